"""Arabic script to Latin: for each single Arabic name, the Latin names ranked by sound; found first, found in ten.

Tuned on: nothing here. The letters of `names/data/scripts.yaml` were set on other files; this file was measured only
(errors of a random hundred were read once). The commissioner's 3,000 held-out names were never seen.
"""

from __future__ import annotations

import json
import random
import time
from collections import defaultdict

import click
from rich.console import Console
from rich.table import Table

from benchmarks import names_data
from passerelle.errors import Refused
from passerelle.matching.keys import word_keys
from passerelle.names import parts, sounds


def nearness(left: parts.Word, right: parts.Word) -> int:
    """The difference of two words in sound, in hundredths of a consonant."""
    return min(
        (
            sounds.distance(one.units, two.units, one.abjad, two.abjad) + one.cost + two.cost
            for one in left.forms
            for two in right.forms
        ),
        default=10_000,
    )


def measure(data: str | None, count: int, seed: int) -> dict[str, float | int]:
    """Ranks for `count` names, among their own Latin forms."""
    rows = list(names_data.rows(names_data.folder(data) / "names" / "arabic_latin_anetac.csv"))
    rows = random.Random(seed).sample(rows, min(count, len(rows)))
    true = defaultdict(set)
    for row in rows:
        true[row["arabic"]].add(row["latin"].lower())
    latin = sorted({row["latin"].lower() for row in rows})
    words = {name: parts.word_of(name) for name in latin}
    index = defaultdict(set)
    for name, word in words.items():
        for key in word_keys(word):
            index[key].add(name)
    first = ten = blocked = candidates = 0
    begun = time.perf_counter()
    for row in rows:
        word = parts.word_of(row["arabic"])
        near = {name for key in word_keys(word) for name in index[key]}
        candidates += len(near)
        ranked = sorted(near, key=lambda name: (nearness(word, words[name]), name))
        blocked += bool(true[row["arabic"]] & near)
        first += bool(true[row["arabic"]] & set(ranked[:1]))
        ten += bool(true[row["arabic"]] & set(ranked[:10]))
    total = len(rows)
    return {
        "names": total,
        "first": round(first / total, 4),
        "in ten": round(ten / total, 4),
        "among the candidates": round(blocked / total, 4),
        "candidates each": round(candidates / total, 1),
        "seconds": round(time.perf_counter() - begun, 1),
    }


@click.command()
@click.option("--data", default=None, help="the folder of development data")
@click.option("--count", default=3000, show_default=True)
@click.option("--seed", default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="one object instead of a table")
def main(data: str | None, count: int, seed: int, as_json: bool) -> None:
    """Measure retrieval of single Arabic names."""
    try:
        found = measure(data, count, seed)
    except Refused as refused:
        raise click.ClickException(str(refused)) from refused
    if as_json:
        click.echo(json.dumps(found))
        return
    table = Table("Arabic to Latin", "")
    for row, value in found.items():
        table.add_row(row, str(value))
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
