"""Whether errors are equal: invented probes on the matcher, outcomes of the work, and a page the public can read."""

from __future__ import annotations

import importlib.metadata
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from passerelle import conf
from passerelle.cli.opening import as_json, in_folder, now, open_installation, print_json
from passerelle.fairness import outcomes, sheet
from passerelle.fairness.operation import Road, by_group, verdicts
from passerelle.fairness.work import Share, shares
from passerelle.matching import Commonness


@click.command()
@click.option("-o", "--output", "out", type=click.Path(path_type=Path, dir_okay=False), help="The HTML page to write.")
@click.option("--persons", type=click.IntRange(20, 256), default=160, show_default=True, help="Of each group of names.")
@click.option(
    "--seed", type=int, default=2026, show_default=True, help="Which invented persons: the same for the same."
)
@click.option("--signed", default="", help="Who answers for the page: a name and an office.")
@in_folder
@as_json
def fairness(out: Path | None, persons: int, seed: int, signed: str, folder: Path, as_json: bool) -> None:
    """Measure whether errors fall on all names alike, and write one HTML page that the public can read.

    Invented persons of fourteen groups of names are written otherwise and compared. In an installation's folder names
    count as they are common there, and outcomes of the work are shown by service, language and script of the record.
    """
    begun = time.monotonic()
    road: Sequence[Road] | None = None
    commonness: Commonness | None = None
    work: Sequence[Share] | None = None
    if (folder / conf.FILE_NAME).exists():
        open_installation(folder)
        from passerelle.flow import commonness as counts
        from passerelle.flow import outcomes as worked

        commonness = counts.known({})[1]
        from passerelle.flow import probes as live

        road = live.sums(now=now())
        work = shares(worked.cases(reason="the page on equal errors", now=now()))
    measured = outcomes.measure(count=persons, seed=seed, commonness=commonness)
    found = {key: one.plain() for key, one in sheet.verdicts(measured).items()}
    if out is not None:
        version = importlib.metadata.version("passerelle")
        made = now().date().isoformat()
        out.write_text(sheet.sheet(measured, work, road, made=made, version=version, signed=signed), encoding="utf-8")
    seconds = round(time.monotonic() - begun, 1)
    if as_json:
        print_json(
            {
                "persons": persons, "seed": seed, "bar": measured.bar, "tried": [asdict(row) for row in measured.tried],
                "strangers": [asdict(row) for row in measured.strangers], "verdicts": found,
                "work": [asdict(row) for row in work] if work is not None else None,
                "road": [without_others(row) for row in road] if road is not None else None,
                "page": str(out) if out else None, "seconds": seconds,
            }
        )  # fmt: skip
        return
    for key, one in found.items():
        per = 10_000 if key.startswith("strangers") else 100
        equal = {None: "too few to compare", True: f"not equal; worst: {one['worst']}", False: "no difference shown"}
        click.echo(f"{key:<15} {per * one['rate']:6.1f} of {per:<6}  {equal[one['equality_rejected']]}")
    told = f"Wrote {out}" if out else "Nothing was written; -o SHEET.html writes the page"
    click.echo(f"{told} ({seconds} s). Next: read it as a citizen would, and sign it with --signed.")


def without_others(row: Road) -> dict[str, object]:
    """What the page tells of a group: not how many of its probes met a real record, which would say whose names those
    are."""
    return {name: value for name, value in asdict(row).items() if name != "met_others"}


@click.command()
@click.option("--as", "username", required=True, help="The officer of oversight who signs for it, by their username.")
@click.option("--of-each", type=click.IntRange(1, 64), default=16, show_default=True, help="Persons of each group.")
@click.option("--seed", type=int, default=2026, show_default=True, help="Which invented persons.")
@in_folder
@as_json
def probes(username: str, of_each: int, seed: int, folder: Path, as_json: bool) -> None:
    """Put invented pairs of records that should meet on the live road of matching, count which met, and undo them.

    Each handful is filed, compared as real records are, with their keys and counts of names, and taken back before
    anybody could see it. Sums by group of invented names stand in the ledger, signed by oversight; `passerelle
    fairness` shows those of the last year.
    """
    begun = time.monotonic()
    open_installation(folder)
    from passerelle.cli.overseeing import seat
    from passerelle.flow import probes as live

    live.run(officer=seat(username), of_each=of_each, seed=seed, now=now())
    rows = live.sums(now=now())
    seconds = round(time.monotonic() - begun, 1)
    if as_json:
        print_json(
            {
                "rows": [asdict(row) for row in rows], "seconds": seconds,
                "verdicts": {key: one.plain() for key, one in verdicts(rows).items()},
            }
        )  # fmt: skip
        return
    for group, (missed, alarms, tried) in by_group(rows).items():
        click.echo(f"{group:<14} {missed:4d} of {tried:<5d} did not meet; {alarms} met a real record too")
    click.echo(f"Sums of the last year ({seconds} s). Next: `passerelle fairness -o fairness.html` shows them.")
