"""Who of a desk takes what today, and why: a proposal that nobody has to follow."""

from __future__ import annotations

from pathlib import Path

import click

from passerelle.cli.opening import as_json, in_folder, now, open_installation, print_json


@click.command()
@click.argument("service")
@in_folder
@as_json
def today(service: str, folder: Path, as_json: bool) -> None:
    """Who of SERVICE's desk takes what today: by language and by what each has in hand, with the reason.

    Work is taken in the order of its clocks. Whom it is about, and how dangerous anybody holds them, plays no part: the
    rule is not told. Nothing is given to anybody by this; those who lead do that on the page “Today”.
    """
    open_installation(folder)
    from passerelle.flow import today as days
    from passerelle.records.models import Service

    of = Service.objects.filter(key=service).first()
    if of is None:
        raise click.UsageError(f"There is no service {service}; `passerelle service list` names them.")
    day = days.day_of(service=of, reader=None, now=now())
    if as_json:
        rows = [
            {
                "duty": line.task.ref, "kind": line.task.kind, "due_at": line.task.due.isoformat(),
                "language": line.task.language, "to": name, "minutes": line.minutes,
                "because": [str(one) for one in line.because],
            }
            for name, lines in [
                *((one.username, lines) for one, _, lines in day.shares), (None, day.nobody),
            ]
            for line in lines
        ]  # fmt: skip
        hands = [
            {"officer": one.username, "languages": one.languages_read, "minutes_in_hand": held, "given": len(lines)}
            for one, held, lines in day.shares
        ]
        print_json({"service": service, "there": hands, "shares": rows, "more": day.more})
        return
    for one, held, lines in day.shares:
        in_hand = f"{held:.0f} minutes in hand, {sum(line.minutes for line in lines):.0f} more today"
        click.echo(f"{one.name} ({', '.join(one.languages_read)}): {in_hand}")
        for line in lines:
            click.echo(f"  {line.task.ref}  {line.task.kind:<12} by {line.task.due:%Y-%m-%d %H:%M} UTC")
            click.echo(f"      {' '.join(str(because) for because in line.because)}")
    for line in day.nobody:
        click.echo(f"Nobody: {line.task.ref}  {line.task.kind}: {line.because[0]}")
    if not day.rows:
        click.echo("Nothing is open at the desk with nobody by name.")
    click.echo("Next: those who lead give them on the page “Today”, or otherwise; nothing was given by this command.")
