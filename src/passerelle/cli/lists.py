"""Lists for operators: matches, duties, deliveries. What they show of subjects leaves its line in the ledger."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from passerelle.cli.opening import as_json, in_folder, now, open_installation, print_json

of_service = click.option("--service", "service", help="Only what concerns the service with this key.")
limited = click.option("--limit", type=click.IntRange(1), help="At most so many lines.")


@click.command()
@of_service
@limited
@in_folder
@as_json
def matches(service: str | None, limit: int | None, folder: Path, as_json: bool) -> None:
    """Pairs of subjects that may be the same, best first, each with its reasons."""
    open_installation(folder)
    from django.db.models import Q

    from passerelle.flow import consult
    from passerelle.records.models import Match
    from passerelle.words import Sentence

    consult.read_as_operator(thing="matches", reason=f"passerelle matches {service or ''}".strip(), now=now())
    found = Match.objects.exclude(band="none").select_related("left__service", "right__service")
    if service is not None:
        found = found.filter(Q(left__service__key=service) | Q(right__service__key=service))
    rows = [
        {
            "id": match.ref,
            "score": round(match.score, 4),
            "band": match.band,
            "verdict": match.verdict,
            "left": _subject(match.left),
            "right": _subject(match.right),
            "because": [str(Sentence.from_json(reason)) for reason in match.because],
        }
        for match in (found[:limit] if limit else found)
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        left, right = row["left"], row["right"]
        click.echo(f"{row['band']:<9}{left['service']}: {left['caption']}  ~  {right['service']}: {right['caption']}")
        for reason in row["because"]:
            click.echo(f"         {reason}")
    click.echo(f"{len(rows)} matches.")


def _subject(subject: Any) -> dict[str, Any]:
    return {
        "id": subject.ref,
        "service": subject.service.key,
        "schema": subject.schema,
        "caption": subject.caption,
        "external_id": subject.local_id,
        "over_common": subject.bounded,
    }


@click.command()
@of_service
@click.option("--late", is_flag=True, help="Only what is past its time; status 1 when there is any.")
@click.option("--all", "with_ended", is_flag=True, help="Ended duties too.")
@in_folder
@as_json
def duties(service: str | None, late: bool, with_ended: bool, folder: Path, as_json: bool) -> None:
    """What is owed, by whom, until when, and what happens next; soonest first."""
    open_installation(folder)
    from django.db.models import Q

    from passerelle.records.models import Duty

    moment = now()
    found = Duty.objects.select_related("service", "holder", "officer", "recipient", "report", "match")
    if late:
        found = found.filter(ended_at__isnull=True, due_at__lt=moment).exclude(state__in=("held", "deferred"))
    elif not with_ended:
        found = found.filter(ended_at__isnull=True)
    if service is not None:
        found = found.filter(Q(service__key=service) | Q(holder__key=service))
    rows = [
        {
            "id": duty.ref,
            "kind": duty.kind,
            "holder": (duty.officer.name if duty.officer else duty.holder.key) if duty.holder else None,
            "holder_service": duty.holder.key if duty.holder else None,
            "service": duty.service.key,
            "due_at": duty.due_at.isoformat() if duty.due_at else None,
            "state": duty.state,
            "level": duty.level,
            "next_event": duty.next_event or None,
            "next_event_at": duty.next_event_at.isoformat() if duty.next_event_at else None,
            "late": bool(duty.live and duty.state in ("open", "withheld") and duty.due_at and duty.due_at < moment),
            "report": duty.report.ref if duty.report else None,
            "match": duty.match.ref if duty.match else None,
            "recipient": (duty.recipient.key if not duty.discreet else None) if duty.recipient else None,
        }
        for duty in found
    ]
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            click.echo(
                f"{row['due_at'] or '':<34}{row['kind']:<13}{row['holder'] or '—'!s:<32}"
                f"level {row['level']}  {row['state']}"
                f"{'  LATE' if row['late'] else ''}"
            )
        click.echo(f"{len(rows)} duties.")
    if late and rows:
        sys.exit(1)


@click.command()
@of_service
@click.option(
    "--late", is_flag=True, help="Only those whose acknowledgement is past its time; status 1 when there is any."
)
@in_folder
@as_json
def deliveries(service: str | None, late: bool, folder: Path, as_json: bool) -> None:
    """What was delivered, in which form, and how far its evidence has climbed; latest first."""
    open_installation(folder)
    from django.db.models import Exists, OuterRef, Q

    from passerelle.records.models import Delivery, Duty

    owed = Duty.objects.filter(
        kind="acknowledge",
        report=OuterRef("report"),
        recipient=OuterRef("recipient"),
        ended_at__isnull=True,
        due_at__lt=now(),
    )
    found = Delivery.objects.select_related("sender", "recipient", "report", "duty").annotate(late=Exists(owed))
    if service is not None:
        found = found.filter(Q(sender__key=service) | Q(recipient__key=service))
    if late:
        found = found.filter(late=True)
    rows = [
        {
            "id": d.ref,
            "report": d.report.ref,
            "from": d.sender.key,
            "to": None if d.duty.discreet else d.recipient.key,
            "form": d.form,
            "evidence": d.evidence,
            "delivered_at": d.delivered_at.isoformat(),
            "acknowledged_at": d.acknowledged_at.isoformat() if d.acknowledged_at else None,
            "late": d.late,
        }
        for d in found
    ]
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            click.echo(
                f"{row['delivered_at']:<34}{row['from']} → {row['to'] or 'a service with a lawful interest'}: "
                f"{row['form']}, "
                f"{row['evidence']}{'  LATE' if row['late'] else ''}"
            )
        click.echo(f"{len(rows)} deliveries.")
    if late and rows:
        sys.exit(1)
