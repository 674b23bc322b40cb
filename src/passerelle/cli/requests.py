"""Requests of persons: recorded, listed and answered from the command line."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from passerelle.cli.opening import as_json, in_folder, now, open_installation, print_json, tell, tells
from passerelle.cli.overseeing import as_officer, seat


@click.group()
def requests() -> None:
    """What persons ask of those who may hold something on them, and how they are answered."""


@requests.command("record")
@click.argument("kind", type=click.Choice(["access", "rectification", "erasure", "restriction"]))
@click.option(
    "--way",
    type=click.Choice(["direct", "authority"]),
    default="direct",
    show_default=True,
    help="Who answers: this service for itself, or the authority for all.",
)
@click.option("--identity", required=True, help="in_person, electronic, by_letter or representative.")
@click.option("--name", "names", multiple=True, required=True, help="Of the person; may be given several times.")
@click.option("--born", default="", help="The person's day of birth, as 1971-05-03.")
@click.option("--asks", required=True, help="What they ask, as they put it.")
@click.option("--received", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day on which it came.")
@as_officer
@in_folder
@tells
def record(
    kind: str,
    way: str,
    identity: str,
    names: tuple[str, ...],
    born: str,
    asks: str,
    received: datetime,
    username: str,
    folder: Path,
) -> None:
    """Record what a person asks, once it was made sure who they are."""
    open_installation(folder)
    from passerelle.flow import requests as verbs

    officer = seat(username)
    made = verbs.record(
        officer=officer,
        kind=kind,
        way=way,
        identity=identity,
        asks=asks,
        language=officer.language,
        person={"name": list(names), **({"birthDate": [born]} if born else {})},
        received_on=received.date(),
        now=now(),
    )
    tell(
        f"Recorded: {made.ref}. {made.holder.name} answers by {made.duty.due_at:%Y-%m-%d}.",
        request=made.ref, holder=made.holder.key, duty=made.duty.ref, due_at=made.duty.due_at,
    )  # fmt: skip


@requests.command("list")
@as_officer
@in_folder
@as_json
def list_requests(username: str, folder: Path, as_json: bool) -> None:
    """The requests, and the parts of requests, that this officer's seat sees; never who asked."""
    open_installation(folder)
    from passerelle.records import visibility

    officer = seat(username)
    rows = [
        {
            "id": one.ref,
            "kind": one.kind,
            "way": one.way,
            "recorded_at": one.recorded_at,
            "answered": one.answered_at is not None if one.holder_id == officer.service_id else None,
        }
        for one in visibility.requests(officer).order_by("recorded_at", "id")
    ]
    rows += [
        {"id": one.ref, "kind": one.kind, "way": "part", "recorded_at": None, "answered": one.answered_at is not None}
        for one in visibility.request_parts(officer).order_by("id")
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        said = {True: "answered", False: "not answered yet", None: "sent to the authority"}[row["answered"]]
        click.echo(f"{row['id']}: {row['kind']}, {row['way']}; {said}")
    click.echo(f"{len(rows)} requests.")


@requests.command("answer")
@click.argument("ref")
@click.option("--outcome", default="", help="What came of it; a wrong one is answered with the list.")
@click.option("--ground", default="", help="If it may not be told: a to e.")
@click.option("--report", "reports", multiple=True, help="A report that was put right, erased or restricted.")
@click.option("--note", default="", help="What was looked at, and by whom; kept for the authority.")
@as_officer
@in_folder
@tells
def answer(
    ref: str, outcome: str, ground: str, reports: tuple[str, ...], note: str, username: str, folder: Path
) -> None:
    """Answer the request REF, or your service's part of it; says what the person is told."""
    open_installation(folder)
    from passerelle.flow import requests as verbs
    from passerelle.words import Sentence

    done = verbs.answer(
        ref=ref, officer=seat(username), outcome=outcome, ground=ground, note=note, reports=reports, now=now()
    )
    whole = hasattr(done, "letter")
    letter = [str(Sentence.from_json(line)) for line in done.letter] if whole else []
    tell(
        *letter, "Answered." if whole else "Kept: the authority answers the person.",
        request=ref, answered=whole, letter=letter,
    )  # fmt: skip
