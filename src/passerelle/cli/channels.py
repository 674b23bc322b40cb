"""Channels: how desks and officers are told beside the pages, and what did not arrive."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from passerelle.cli.opening import as_json, in_folder, now, open_installation, print_json, tell, tells
from passerelle.words import LANGUAGES


@click.group()
def channel() -> None:
    """How a desk or an officer is told beside the pages: e-mail, signed webhook. Pointers only, never contents."""


@channel.command("add")
@click.argument("service_key", metavar="SERVICE")
@click.option("--kind", type=click.Choice(("email", "webhook")), required=True)
@click.option("--address", required=True, help="An e-mail address, or an https address on one of `webhook_hosts`.")
@click.option("--officer", "username", help="Only for this officer; without it, for the desk.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Without it, the officer's or the service's first one.")
@as_json
@in_folder
def add(
    service_key: str, kind: str, address: str, username: str | None, language: str | None, as_json: bool, folder: Path
) -> None:
    """Tell the desk of SERVICE by this way too, from now on."""
    open_installation(folder)
    from passerelle.flow import outbox
    from passerelle.flow.ways import ways
    from passerelle.records.models import Officer, Service

    of = Service.objects.filter(key=service_key).first()
    if of is None:
        raise click.UsageError(f"There is no service {service_key}. `passerelle service list` shows them.")
    person = Officer.objects.filter(username=username, service=of).first() if username else None
    if username and person is None:
        raise click.UsageError(f"There is no officer {username} in {service_key}.")
    spoken = language or (person.language if person else of.languages[0])
    added = outbox.add_channel(
        service=of, officer=person, kind=kind, address=address, language=spoken, ways=ways(), now=now()
    )
    if as_json:
        print_json({"channel": added.ref, "service": of.key, "kind": kind, "language": spoken})
        return
    who = person.name if person else f"the desk of {of.name}"
    click.echo(f"Added: {who} is told by {kind} from now on ({added.ref}).")
    click.echo(f"Next: `passerelle channel try {added.ref}`.")


@channel.command("list")
@click.option("--parked", is_flag=True, help="Only channels on which messages are parked; status 1 when there is any.")
@as_json
@in_folder
def list_channels(parked: bool, as_json: bool, folder: Path) -> None:
    """The channels, and what waits or is parked on each. Addresses are not shown."""
    open_installation(folder)
    from django.db.models import Count, Q

    from passerelle.records.models import Channel

    counts = {
        state: Count("messages", filter=Q(messages__state=state), distinct=True)
        for state in ("waiting", "sent", "parked")
    }
    found = Channel.objects.select_related("service", "officer").annotate(**counts)
    rows: list[dict[str, Any]] = [
        {
            "channel": one.ref,
            "service": one.service.key,
            "officer": one.officer.username if one.officer else None,
            "kind": one.kind,
            "language": one.language,
            "ended": one.ended_at is not None,
            **{state: getattr(one, state) for state in counts},
            "faults": sorted(set(one.messages.filter(state="parked").values_list("fault", flat=True))),
        }
        for one in found
        if one.parked or not parked
    ]
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            who = row["officer"] or "desk"
            state = "ended" if row["ended"] else f"{row['waiting']} wait, {row['sent']} sent, {row['parked']} parked"
            click.echo(f"{row['channel']}: {row['kind']} for {who} of {row['service']}: {state}")
            for fault in row["faults"]:
                click.echo(f"    parked because of {fault}; then: passerelle channel resend {row['channel']}")
        click.echo(f"{len(rows)} channels.")
    if parked and rows:
        sys.exit(1)


@channel.command("try")
@click.argument("ref")
@in_folder
@tells
def try_channel(ref: str, folder: Path) -> None:
    """Send one message that says that it is a try."""
    open_installation(folder)
    from passerelle.flow import outbox
    from passerelle.flow.ways import ways

    outbox.try_channel(channel=_found(ref), ways=ways(), now=now())
    tell("The other side took it.", channel=ref, taken=True)


@channel.command("resend")
@click.argument("ref")
@in_folder
@tells
def resend(ref: str, folder: Path) -> None:
    """Try again what is parked on a channel. The worker sends it."""
    open_installation(folder)
    from passerelle.flow import outbox

    count = outbox.resend(channel=_found(ref), now=now())
    tell(
        f"{count} messages are tried again by `passerelle serve` or `passerelle work`.",
        channel=ref, tried_again=count,
    )  # fmt: skip


@channel.command("end")
@click.argument("ref")
@in_folder
@tells
def end(ref: str, folder: Path) -> None:
    """Send nothing by this way any more. What waited or was parked is dropped; it stands on the pages."""
    open_installation(folder)
    from passerelle.flow import outbox

    count = outbox.end_channel(channel=_found(ref), now=now())
    tell(
        f"Ended; {count} messages were dropped. What they were about stands in the lists of the pages.",
        channel=ref, dropped=count,
    )  # fmt: skip


@channel.command("key")
@click.option("--fresh", is_flag=True, help="Make another one first, which signs from now on.")
@as_json
@in_folder
def key(fresh: bool, as_json: bool, folder: Path) -> None:
    """The public keys by which receivers know our webhooks; the one in use first."""
    open_installation(folder)
    from passerelle.flow.ways import fresh_key, public_keys

    if fresh:
        fresh_key(now=now())
    rows = public_keys()
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['key']}  {row['alg']}  {row['public']}")
    if fresh:
        click.echo("Next: keep a new copy of the file of keys elsewhere, and start `serve` and `work` anew.")
    click.echo("Receivers also find them at /api/v1/keys.")


def _found(ref: str) -> Any:
    from passerelle.records.models import Channel

    found = Channel.objects.select_related("service").filter(ref=ref).first()
    if found is None:
        raise click.UsageError(f"There is no channel {ref}. `passerelle channel list` shows them.")
    return found
