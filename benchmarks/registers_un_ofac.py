"""The UN list against the OFAC list: which persons are found, by name, birth date and nationality alone, and by all.

Counted are the UN persons whose OFAC entry is known (`links_un_ofac.csv`), against every person on the OFAC list.
Tuned on: the bits in `matching/data/weights.yaml` were set by hand with these pairs in sight. The links held out by the
commissioner were never seen.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from benchmarks import names_data
from passerelle.errors import Refused
from passerelle.intake import Row, open_source
from passerelle.matching import Key, Subject, compare, keys

PRIMARY = ("birthDate", "nationality", "citizenship")


def persons(source: Path, *, primary: bool) -> dict[str, Subject]:
    """The persons of one list, whole or with primary name, birth date and nationality alone."""
    found: dict[str, Subject] = {}
    for row in open_source(source).read():
        if not isinstance(row, Row) or row.entities[0]["schema"] != "Person":
            continue
        subject = Subject.from_ftm(row.entities[0])
        if primary:
            kept = {name: values for name, values in subject.properties.items() if name in PRIMARY}
            subject = Subject(subject.id, subject.schema, subject.names[:1], properties=kept)
        found[row.external_id] = subject
    return found


def index_of(subjects: dict[str, Subject]) -> dict[Key, set[str]]:
    """Which subjects bear each key."""
    index: dict[Key, set[str]] = defaultdict(set)
    for number, subject in subjects.items():
        for key in keys(subject):
            index[key].add(number)
    return index


def measure(data: str | None, *, primary: bool) -> dict[str, float | int]:
    """True and false pairs above the bar, and what the keys lost."""
    folder = names_data.folder(data) / "registers"
    rows = list(names_data.rows(folder / "links_un_ofac.csv"))
    links = {(row["un_reference_number"], row["ofac_ent_num"]) for row in rows}
    strict = {(row["un_reference_number"], row["ofac_ent_num"]) for row in rows if row["evidence"] == "strict"}
    un, ofac = persons(folder / "un_consolidated.xml", primary=primary), persons(folder, primary=primary)
    index = index_of(ofac)
    begun = time.perf_counter()
    pairs = {(one, two) for one, _ in links for key in keys(un[one]) for two in index.get(key, ())}
    above = {(one, two) for one, two in pairs if compare(un[one], ofac[two]).score >= 0.7}
    seconds = time.perf_counter() - begun
    true, false, missed = len(above & links), len(above - links), len(links - above)
    return {
        "links": len(links),
        "true": true,
        "false": false,
        "missed": missed,
        "lost by keys": len(links - pairs),
        "F1": round(2 * true / (2 * true + false + missed), 4),
        "recall, links proved by documents or birth": round(len(above & strict) / len(strict), 4),
        "pairs": len(pairs),
        "pairs a second, words not yet known": round(len(pairs) / seconds),
    }


@click.command()
@click.option("--data", default=None, help="the folder of development data")
@click.option("--json", "as_json", is_flag=True, help="one object instead of a table")
def main(data: str | None, as_json: bool) -> None:
    """Measure with primary names alone, and with all that the lists say."""
    try:
        found = {"primary": measure(data, primary=True), "all": measure(data, primary=False)}
    except Refused as refused:
        raise click.ClickException(str(refused)) from refused
    if as_json:
        click.echo(json.dumps(found))
        return
    table = Table("UN to OFAC", "primary name, birth date, nationality", "all")
    for row, value in found["primary"].items():
        table.add_row(row, str(value), str(found["all"][row]))
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
