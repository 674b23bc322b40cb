"""French street to its Dutch name, without a gazetteer or with one: all Dutch names ranked; found first, in five.

Tuned on: half of the rows, and of the other half those whose errors were looked at later (`looked at`). The rows of
`never looked at` were only counted: how many fail, and whether a word of theirs is known, never which.
"""

from __future__ import annotations

import hashlib
import json
import random
import time

import click
from rich.console import Console
from rich.table import Table

from benchmarks import names_data
from passerelle.errors import Refused
from passerelle.names.places import Gazetteer, compare_addresses

PARTS = ("tuned", "looked at", "never looked at")
_READ_EARLY = """
    a0001 a0010 a0013 a0017 a0020 a0021 a0025 a0051 a0057 a0058 a0063 a0074 a0076 a0081 a0082 a0086
    a0087 a0096 a0099 a0102 a0109 a0118 a0131 a0132 a0133 a0135 a0136 a0147 a0152 a0164 a0173 a0838
    a0885 a0934 a1236 a1457 a1542 a1591 a1601 a1620 a1643 a1660 a1693 a1819 a1861 a1978 a2261 a2465
    a2570 a2752 a3199 a3305 a3318 a3447 a3793 a3847 a3943 a3986 a4268 a4298
    """
SEEN_EARLY = frozenset(_READ_EARLY.split())
"""Rows of the untuned half that were read before it was halved again."""


def part(row: str) -> str | None:
    """Which of the three parts a row belongs to; None for those read early and measured in none."""
    if hashlib.sha256(row.encode()).digest()[0] % 2 == 0:
        return "tuned"
    if row in SEEN_EARLY:
        return None
    return "looked at" if hashlib.sha256(f"x{row}".encode()).digest()[1] % 2 == LOOKED_AT else "never looked at"


LOOKED_AT = 0


def measure(
    data: str | None, which: str, count: int, decoys: int, seed: int, taught: bool = False
) -> dict[str, float | int | str]:
    """Ranks for `count` French streets of one part, among all Dutch names of the file and invented ones."""
    rows = list(names_data.rows(names_data.folder(data) / "places" / "addresses_be.csv"))
    truth: dict[str, set[str]] = {}
    for row in rows:
        truth.setdefault(row["fr"], set()).add(row["nl"])
    asked = [row["fr"] for row in rows if part(row["id"]) == which]
    source = random.Random(seed)
    if count < len(asked):
        asked = source.sample(asked, count)
    lesson = [(row["fr"], row["nl"]) for row in rows if taught and part(row["id"]) == "tuned"]
    gazetteer = Gazetteer.from_rows(lesson) if lesson else None
    dutch = sorted({row["nl"] for row in rows})
    dutch += [name for name in _invented(dutch, decoys, source) if name not in dutch]
    first = five = above = false = 0.0
    begun = time.process_time()
    for street in asked:
        scores = sorted(
            ((compare_addresses(street, name, gazetteer=gazetteer).score, name) for name in dutch), reverse=True
        )
        best = [name for score, name in scores if score == scores[0][0]]
        right = truth[street]
        first += sum(name in right for name in best) / len(best)
        five += any(name in right for _, name in scores[:5])
        above += any(name in right for score, name in scores if score >= 0.7)
        false += sum(name not in right for score, name in scores if score >= 0.7)
    total = len(asked)
    return {
        "part": which,
        "streets": total,
        "among": len(dutch),
        "first": round(first / total, 4),
        "in five": round(five / total, 4),
        "at the bar": round(above / total, 4),
        "other streets at the bar, each": round(false / total, 2),
        "pairs a second": round(total * len(dutch) / (time.process_time() - begun)),
    }


def _invented(dutch: list[str], count: int, source: random.Random) -> list[str]:
    """Decoys: the beginning of one Dutch name joined to the end of another."""
    halves = [(name[: len(name) // 2], name[len(name) // 2 :]) for name in dutch]
    return [source.choice(halves)[0] + source.choice(halves)[1] for _ in range(count)]


@click.command()
@click.option("--data", default=None, help="the folder of development data")
@click.option("--part", "which", default="never looked at", type=click.Choice(PARTS), show_default=True)
@click.option("--count", default=10_000, show_default=True, help="French streets asked at most")
@click.option("--decoys", default=0, show_default=True, help="invented Dutch names to add")
@click.option("--seed", default=0, show_default=True)
@click.option("--taught", is_flag=True, help="with the tuned rows imported as a street gazetteer")
@click.option("--json", "as_json", is_flag=True, help="one object instead of a table")
def main(data: str | None, which: str, count: int, decoys: int, seed: int, taught: bool, as_json: bool) -> None:
    """Measure retrieval of Dutch street names from French ones."""
    try:
        found = measure(data, which, count, decoys, seed, taught)
    except Refused as refused:
        raise click.ClickException(str(refused)) from refused
    if as_json:
        click.echo(json.dumps(found))
        return
    table = Table("French to Dutch streets", "")
    for row, value in found.items():
        table.add_row(row, str(value))
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
