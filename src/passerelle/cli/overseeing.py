"""Why somebody may see something, and what oversight does from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from passerelle.cli.opening import as_json, in_folder, now, open_installation, print_json, tell, tells


@click.command()
@click.argument("officer")
@click.argument("thing")
@in_folder
@as_json
def explain(officer: str, thing: str, folder: Path, as_json: bool) -> None:
    """Why OFFICER (a username) may or may not do what with THING (a reference), and what would make it otherwise.

    For a report: also what of it travels to whom, by which row of the law. The question is written down in the ledger.
    """
    open_installation(folder)
    from passerelle.flow import explain as verb

    found = verb.why(username=officer, ref=thing, now=now())
    acts: list[dict[str, Any]] = [
        {
            "act": line.act,
            "allowed": line.allowed,
            "ground": line.ground,
            "because": str(line.because),
            "otherwise": [str(near) for near in line.otherwise],
        }
        for line in found.acts
    ]
    tellings = [
        {
            "to": telling.recipient.key,
            "form": telling.form,
            "row": telling.row,
            "source": telling.legal_source,
            "because": [str(reason) for reason in telling.because],
        }
        for telling in found.tellings
    ]
    if as_json:
        print_json({"officer": officer, "thing": thing, "acts": acts, "tellings": tellings})
        return
    seat = found.officer
    click.echo(f"{seat.name}, {seat.role} of {seat.service.name}; {thing}:")
    for act in acts:
        if act["allowed"]:
            click.echo(f"  may     {act['act']:<14} {act['because']} ({act['ground']})")
    for act in acts:
        if not act["allowed"]:
            near = "; ".join(act["otherwise"]) or "no single fact would change it"
            click.echo(f"  may not {act['act']:<14} otherwise: {near}")
    for telling in tellings:
        click.echo(f"  to {telling['to']}: {telling['form']}, by {telling['row']} ({telling['source']})")


@click.group()
def oversight() -> None:
    """What oversight does: order a decision, draw a sample and look at it, see who uses no access."""


as_officer = click.option("--as", "username", required=True, help="The officer who acts, by their username.")


def seat(username: str) -> Any:
    """The officer who signs in with this name. Raises UsageError."""
    from passerelle.records.models import Officer

    found = Officer.objects.select_related("service").filter(username=username, is_active=True).first()
    if found is None:
        raise click.UsageError(f"There is no officer {username}; `passerelle officer list` names them.")
    return found


@oversight.command("order")
@click.argument("duty")
@click.option("--reason", required=True, help="Why, in a few words; the holder reads it.")
@as_officer
@in_folder
@tells
def order(duty: str, reason: str, username: str, folder: Path) -> None:
    """Order that DUTY be decided: a pause ends, the head of the service holds it, with a new clock."""
    open_installation(folder)
    from passerelle.flow import oversight as verbs

    done = verbs.order_decision(ref=duty, officer=seat(username), reason=reason, now=now())
    assert done.holder is not None and done.due_at is not None
    who = done.officer.name if done.officer else done.holder.name
    tell(
        f"Ordered: {who} decides by {done.next_event_at:%Y-%m-%d %H:%M} UTC.",
        duty=done.ref, holder=done.holder.key, due_at=done.due_at, next_event=done.next_event_at,
    )  # fmt: skip


@oversight.command("sample")
@click.argument("kind", type=click.Choice(["reads", "withholdings", "glass"]))
@click.option("--size", type=click.IntRange(1, 200), default=20, show_default=True)
@as_officer
@in_folder
@as_json
def sample(kind: str, size: int, username: str, folder: Path, as_json: bool) -> None:
    """Draw a sample of what happened since the last one: at random by the root of the ledger, and by rules of risk."""
    open_installation(folder)
    from passerelle.flow import oversight as verbs

    drawn = verbs.draw_sample(kind=kind, size=size, officer=seat(username), now=now())
    items = [{"thing": item.thing, "why": item.why} for item in drawn.items.all()]
    if as_json:
        print_json({"sample": drawn.ref, "population": drawn.population, "root": drawn.ledger_root, "items": items})
        return
    for item in items:
        click.echo(f"{item['thing']:<32} {item['why']}")
    click.echo(
        f"{drawn.ref}: {len(items)} of {drawn.population}, drawn by the ledger's root over {drawn.ledger_size} lines."
    )
    click.echo("Next: look at them on the page of oversight, or `passerelle oversight examine SAMPLE THING …`.")


@oversight.command("examine")
@click.argument("sample")
@click.argument("thing")
@click.option("--outcome", type=click.Choice(["in_order", "follow_up"]), required=True)
@click.option("--note", default="", help="What is to be looked into.")
@as_officer
@in_folder
@tells
def examine(sample: str, thing: str, outcome: str, note: str, username: str, folder: Path) -> None:
    """Say of one THING of a SAMPLE that it is in order, or is to be followed up."""
    open_installation(folder)
    from passerelle.flow import oversight as verbs

    verbs.examine(ref=sample, thing=thing, outcome=outcome, note=note, officer=seat(username), now=now())
    tell("Kept.", sample=sample, thing=thing, outcome=outcome)


@oversight.command("unused")
@in_folder
@as_json
def unused(folder: Path, as_json: bool) -> None:
    """Seats whose officers have read nothing for ninety days."""
    open_installation(folder)
    from passerelle.flow import oversight as verbs

    rows = [
        {
            "officer": row.officer.username,
            "service": row.officer.service.key,
            "role": row.officer.role,
            "last_read": row.last_read.isoformat() if row.last_read else None,
        }
        for row in verbs.unused_access(now=now())
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['service']}: {row['officer']} ({row['role']}), last read {row['last_read'] or 'never'}")
    click.echo(f"{len(rows)} seats. What nobody uses, nobody needs: `passerelle officer close USERNAME` takes it back.")


@oversight.command("figures")
@click.argument("month")
@in_folder
@as_json
def figures(month: str, folder: Path, as_json: bool) -> None:
    """What each service did in MONTH (2026-03), which must be over: counts, each with what it is out of."""
    open_installation(folder)
    from passerelle.flow import oversight as verbs

    try:
        year, number = (int(part) for part in month.split("-"))
        rows = verbs.figures(month=(year, number), now=now())
    except ValueError as error:
        raise click.UsageError(f"{month} is no month; write it as 2026-03.") from error
    plain = [
        {
            "service": row.service.key,
            "reports": row.reports,
            "stricter": row.stricter,
            "duties": row.duties,
            "late": row.late,
            "withheld": row.withheld,
            "upheld": row.upheld,
        }
        for row in rows
    ]
    if as_json:
        print_json(plain)
        return
    for line in plain:
        told = {name: "–" if count is None else str(count) for name, count in line.items()}
        said = ", ".join(f"{name} {told[name]}" for name in ("stricter", "late", "withheld", "upheld"))
        click.echo(f"{told['service']}: {told['reports']} reports, {told['duties']} duties to pass on; {said}")
    click.echo("– stands for a number below five, which would tell of single cases, or that would give one back.")
