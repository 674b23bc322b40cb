"""A report is withdrawn or erased, and every copy follows: what operators see and do of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from passerelle.cli.opening import as_json, in_folder, now, open_installation, print_json, tell, tells
from passerelle.cli.overseeing import as_officer, seat


@click.group()
def report() -> None:
    """What becomes of a report: withdrawn, erased, and how far its copies followed."""


@report.command("withdraw")
@click.argument("ref")
@click.option("--ground", required=True, help="Of the closed list; a wrong one is answered with it.")
@click.option("--reason", required=True, help="What was found, in a few words.")
@as_officer
@in_folder
@tells
def withdraw(ref: str, ground: str, reason: str, username: str, folder: Path) -> None:
    """Withdraw the report REF: nobody is told of it any more, and every copy is to be removed."""
    open_installation(folder)
    from passerelle.flow import end_report

    done = end_report.withdraw(ref=ref, officer=seat(username), ground=ground, reason=reason, now=now())
    tell(
        f"Withdrawn: {done.ref}. Next: `passerelle corrections` shows who has answered for their copy.",
        report=done.ref, done="withdrawn",
    )  # fmt: skip


@report.command("erase")
@click.argument("ref")
@click.option("--ground", required=True, help="Of the closed list; a wrong one is answered with it.")
@as_officer
@in_folder
@tells
def erase(ref: str, ground: str, username: str, folder: Path) -> None:
    """Destroy what the report REF said, for good: a tombstone stays, and the ledger still verifies."""
    open_installation(folder)
    from passerelle.flow import end_report

    done = end_report.erase(ref=ref, officer=seat(username), ground=ground, now=now())
    tell(
        f"Erased: {done.ref}. Next: `passerelle corrections` shows who has answered for their copy.",
        report=done.ref, done="erased",
    )  # fmt: skip


@report.command("restrict")
@click.argument("ref")
@click.option("--why", required=True, help="accuracy, evidence or wish.")
@click.option(
    "--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day on which it is looked at again."
)
@click.option("--reason", required=True, help="What is contested, or for which proceedings it is kept.")
@as_officer
@in_folder
@tells
def restrict(ref: str, why: str, until: datetime, reason: str, username: str, folder: Path) -> None:
    """Restrict the use of the report REF: it travels no further, and every copy is marked."""
    open_installation(folder)
    from passerelle.flow import restrict as verb

    done = verb.restrict(ref=ref, officer=seat(username), why=why, reason=reason, until=until.date(), now=now())
    tell(
        f"Restricted until {done.restricted_until}; then somebody looks again. Next: `passerelle corrections`.",
        report=done.ref, done="restricted", until=done.restricted_until,
    )  # fmt: skip


@report.command("lift")
@click.argument("ref")
@click.option("--reason", required=True, help="What was ascertained, and that the person was told.")
@as_officer
@in_folder
@tells
def lift(ref: str, reason: str, username: str, folder: Path) -> None:
    """Let the report REF be used again: what was owed meanwhile travels."""
    open_installation(folder)
    from passerelle.flow import restrict as verb

    done = verb.lift(ref=ref, officer=seat(username), reason=reason, now=now())
    tell(
        f"It may be used again: {done.ref}. Next: `passerelle deliveries` shows what travelled.",
        report=done.ref, done="lifted",
    )  # fmt: skip


@click.command()
@click.option("--service", help="Only copies that the service with this key holds.")
@in_folder
@as_json
def corrections(service: str | None, folder: Path, as_json: bool) -> None:
    """What each holder of a copy was asked to follow, and what it answered."""
    open_installation(folder)
    from passerelle.records.models import Correction

    found = Correction.objects.select_related("report__service", "recipient", "duty").order_by("asked_at", "id")
    if service is not None:
        found = found.filter(recipient__key=service)
    rows = [
        {
            "id": one.ref,
            "report": one.report.ref,
            "of": one.report.service.key,
            "held_by": one.recipient.key,
            "kind": one.kind,
            "version": one.version,
            "asked_at": one.asked_at,
            "due_at": one.duty.due_at if one.duty is not None and one.duty.live else None,
            "duty": one.duty.ref if one.duty is not None else None,
            "receipt": one.receipt or None,
        }
        for one in found
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        answer = row["receipt"] or (f"no answer yet, due {row['due_at']}" if row["due_at"] else "nothing to follow")
        click.echo(f"{row['report']} of {row['of']}, held by {row['held_by']}: {row['kind']}; {answer}")
    click.echo(f"{len(rows)} corrections.")


@click.command()
@click.argument("duty")
@click.option("--answer", required=True, help="corrected, removed, restricted, not_found or refused.")
@click.option("--note", default="", help="For a refusal: the article of law, and what it asks for.")
@as_officer
@in_folder
@tells
def receipt(duty: str, answer: str, note: str, username: str, folder: Path) -> None:
    """Answer the duty to correct DUTY: what was done with your copy."""
    open_installation(folder)
    from passerelle.flow import correct

    correct.give_receipt(ref=duty, officer=seat(username), receipt=answer, note=note, now=now())
    tell("Kept: the service whose report it is sees your answer.", duty=duty, answer=answer)
