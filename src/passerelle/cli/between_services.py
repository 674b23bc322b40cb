"""What flowed between services in a month, at the command line."""

from __future__ import annotations

from pathlib import Path

import click

from passerelle.cli.opening import as_json, in_folder, now, open_installation, print_json
from passerelle.cli.overseeing import seat


@click.command("flow")
@click.option("--month", required=True, help="The month, as 2026-10.")
@click.option("--as", "username", default="", help="Whose view: who leads a service sees its own, oversight sees all.")
@click.option("--csv", "csv_wanted", is_flag=True, help="Print the rows as CSV.")
@in_folder
@as_json
def flow(month: str, username: str, csv_wanted: bool, folder: Path, as_json: bool) -> None:
    """What each service owed each other one: owed, on time, late, median hours, by the language it came in.

    Without --as it is what anybody may know: a month that is over, and no cell of fewer than five.
    """
    open_installation(folder)
    from passerelle.flow import between_services as verbs

    found = verbs.between(month=verbs.month_in(month), officer=seat(username) if username else None, now=now())
    if as_json:
        print_json({"month": found.month, "over": found.over, "rows": verbs.as_rows(found)})
        return
    if csv_wanted:
        click.echo(verbs.as_csv(found), nl=False)
        return
    for cell in found.cells:
        to = cell.recipient.name if cell.recipient else "a service with a lawful interest"
        click.echo(f"{cell.sender.name} to {to}, in {cell.language or '?'}{' (not read there)' if cell.gap else ''}:")
        if not cell.shown:
            click.echo("  fewer than five; not shown")
            continue
        counts = cell.counts
        if not cell.clock_shown:
            click.echo(f"  owed {counts.owed}, told {counts.told}; how many were late is not shown: too few")
            continue
        hours = "–" if counts.hours is None else f"{counts.hours:g}"
        read = "–" if counts.hours_until_read is None else f"{counts.hours_until_read:g}"
        click.echo(
            f"  owed {counts.owed}, on time {counts.on_time}, late {counts.late}, running {counts.running}, median "
            f"{hours} h; told {counts.told}, acknowledged {counts.acknowledged}, median {read} h"
        )
    click.echo(f"{found.month}: {len(found.cells)} pairs of services and languages. Next: --csv for a table, --json.")
