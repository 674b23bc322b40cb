"""Pairs of persons scored a second on one core: one by one, in a batch, with words known and words fresh."""

from __future__ import annotations

import json
import random
import time

import click
import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks import names_data
from passerelle.errors import Refused
from passerelle.names import parts
from passerelle.names.batch import Names
from passerelle.names.compare import align


def measure(data: str | None, count: int, seed: int) -> dict[str, int]:
    """Rates for random pairs of invented persons; half of the pairs share a word, as candidates do."""
    rows = names_data.rows(names_data.folder(data) / "people" / "strangers_yente.csv")
    names = [row["full_name"] for row in rows if row["full_name"].isascii()]
    source = random.Random(seed)
    by_word: dict[str, list[int]] = {}
    for number, name in enumerate(names):
        for word in name.split():
            by_word.setdefault(word, []).append(number)
    shared = [group for group in by_word.values() if len(group) > 1]
    pairs = [
        source.sample(source.choice(shared), 2) if at % 2 else source.sample(range(len(names)), 2)
        for at in range(count)
    ]
    left, right = np.array(pairs).T
    found: dict[str, int] = {"names": len(names), "pairs": count}
    Names(names[:50]).score([0], [1])
    begun = time.process_time()
    table = Names(names)
    found["names read a second"] = round(len(names) / (time.process_time() - begun))
    for label in ("batch, words fresh: pairs a second", "batch, words known: pairs a second"):
        begun = time.process_time()
        table.score(left, right)
        found[label] = round(count / (time.process_time() - begun))
    few = pairs[: min(count, 20_000)]
    for label in ("one by one, words fresh: pairs a second", "one by one, words known: pairs a second"):
        begun = time.process_time()
        for one, two in few:
            align(parts.parse(names[one]), parts.parse(names[two]))
        found[label] = round(len(few) / (time.process_time() - begun))
    return found


@click.command()
@click.option("--data", default=None, help="the folder of development data")
@click.option("--count", default=200_000, show_default=True)
@click.option("--seed", default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="one object instead of a table")
def main(data: str | None, count: int, seed: int, as_json: bool) -> None:
    """Measure speed; seconds are of the processor, so that a busy machine does not count."""
    try:
        found = measure(data, count, seed)
    except Refused as refused:
        raise click.ClickException(str(refused)) from refused
    if as_json:
        click.echo(json.dumps(found))
        return
    table = Table("speed", "")
    for row, value in found.items():
        table.add_row(row, f"{value:,}")
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
