"""A service closes: its successor takes over its records, its interests and every duty of it, in one transaction."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from passerelle.errors import Refused
from passerelle.flow import duties, handover, index, oblige, outbox
from passerelle.flow.ledger_lines import Journal, journal
from passerelle.ledger.events import OfficerLeft, ServiceClosed
from passerelle.records.models import (
    Channel,
    Correction,
    Dossier,
    Duty,
    Interest,
    Match,
    Officer,
    Overload,
    PersonRequest,
    Proposal,
    Question,
    Register,
    Report,
    RequestPart,
    Service,
    Subject,
)
from passerelle.words import sentence


class CannotClose(Refused):
    """A successor that is not of the same kind, is closed itself, or is the service itself."""

    code = "close.cannot"


def close_service(*, service: Service, successor: Service, now: datetime) -> list[Duty]:
    """Close a service for good; the operator does, on the word of both heads.

    Its reports, dossiers, interests and registers are its successor's from now on, and so is what it owed: each live
    duty goes to the successor's ladder on the rung where it stood. What it was owed is owed to the successor anew, as
    law and handling say for that one, and the old duty is folded into it. Its seats are closed. What was delivered and
    decided stays as it was. A successor is of the same kind, so that the same law goes on. Raises CannotClose. Returns
    the duties that found another holder.
    """
    with journal(now) as lines:
        rows = {row.pk: row for row in Service.objects.select_for_update().filter(pk__in=[service.pk, successor.pk])}
        service, successor = rows[service.pk], rows[successor.pk]
        if service == successor or service.closed_at is not None or successor.closed_at is not None:
            raise CannotClose(sentence("A service that is open closes, and another that is open takes over."))
        if service.kind != successor.kind:
            raise CannotClose(
                sentence(
                    "{successor} is of another kind than {service}.", successor=successor.name, service=service.name
                ),
                way_out=sentence("Name a successor of the same kind: the same law must let it hold what was held."),
            )
        index.read_anew_of(service)
        service.closed_at, service.successor = lines.now, successor
        service.save(update_fields=["closed_at", "successor"])
        lines.write(ServiceClosed(service=service.key, successor=successor.key))
        for officer in Officer.objects.select_for_update().filter(service=service, is_active=True).order_by("id"):
            officer.is_active = False
            officer.save(update_fields=["is_active"])
            lines.write(OfficerLeft(officer=officer.ref))
        for channel in Channel.objects.select_for_update().filter(service=service, ended_at__isnull=True):
            outbox.put_channel_away(lines, channel)
        mine = list(Subject.objects.filter(service=service).values_list("pk", flat=True).iterator())
        for model in (Report, Dossier, Interest, Register, Subject, Proposal, Question, Overload):
            model._default_manager.filter(service=service).update(service=successor)
        Correction.objects.filter(recipient=service).update(recipient=successor)
        PersonRequest.objects.filter(service=service).update(service=successor)
        PersonRequest.objects.filter(holder=service).update(holder=successor)
        asked = list(RequestPart.objects.filter(service=successor).values_list("request", flat=True))
        RequestPart.objects.filter(service=service).exclude(request__in=asked).update(service=successor)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE records_key SET service_id = %s WHERE service_id = %s", [successor.pk, service.pk])
        handover.go_on_at(lines, service, successor)
        moved = _what_it_owed(lines, service, successor)
        _what_it_was_owed(lines, service, successor, mine)
        _between_the_two(lines, successor)
    return moved


def _locked() -> QuerySet[Duty]:
    return Duty.objects.select_for_update(of=("self",)).select_related(
        "service", "recipient", "holder", "officer", "report__service", "report__author", "about", "match"
    )


def _what_it_owed(lines: Journal, service: Service, successor: Service) -> list[Duty]:
    """Every live duty on its ladder, and what it held for others, finds another holder."""
    found: list[Duty] = []
    live = Duty.objects.filter(ended_at__isnull=True).exclude(state="withheld")
    owed = live.filter(service=service) | live.filter(holder=service)
    withheld = Duty.objects.filter(ended_at__isnull=True, state="withheld", service=service)
    for duty in Duty.objects.select_for_update().filter(pk__in=list(withheld.values_list("pk", flat=True))):
        duty.service = successor
        duty.save(update_fields=["service"])
    for duty in _locked().filter(pk__in=list(owed.values_list("pk", flat=True))).order_by("id"):
        if duty.service_id == service.pk:
            duty.service = successor
        duties.rehome(lines, duty)
        found.append(duty)
    return found


def _what_it_was_owed(lines: Journal, service: Service, successor: Service, mine: list[int]) -> None:
    """What its interests call for is owed to the successor; the old duties are folded into the new ones."""
    owed = Duty.objects.filter(recipient=service, ended_at__isnull=True, kind__in=("pass_on", "acknowledge", "review"))
    stale = list(owed.values_list("pk", flat=True))
    for start in range(0, len(mine), 500):
        part = mine[start : start + 500]
        rows = Match.objects.filter(left__in=part) | Match.objects.filter(right__in=part)
        oblige.by_matches(lines, rows.select_related(*oblige.MATCH_ROWS).distinct().order_by("id"))
    for rule in Interest.objects.filter(service=successor, kind="rule", until__gt=lines.now.date()):
        for report in Report.objects.exclude(service=successor).select_related("service", "author").order_by("id"):
            if oblige.rule_names(rule, report):
                oblige.by_rules(lines, report, rules=(rule,))
    reviews = Duty.objects.filter(about__in=stale, kind="review", ended_at__isnull=True).values_list("pk", flat=True)
    for duty in _locked().filter(pk__in=[*reviews, *stale], ended_at__isnull=True).order_by("-id"):
        duties.move(lines, duty, "fold", outcome="closed")


def _between_the_two(lines: Journal, successor: Service) -> None:
    """What the two owed each other has become one service's own: it ends."""
    to_itself = _locked().filter(
        report__service=successor, recipient=successor, ended_at__isnull=True, kind__in=("pass_on", "acknowledge")
    )
    asked = _locked().filter(
        kind="judge", ended_at__isnull=True, match__left__service=successor, match__right__service=successor
    )
    for duty in [*to_itself.order_by("id"), *asked.order_by("id")]:
        for review in _locked().filter(about=duty, kind="review", ended_at__isnull=True):
            duties.move(lines, review, "fold", outcome="closed")
        duty.refresh_from_db()
        duties.move(lines, duty, "fold", outcome="closed")
