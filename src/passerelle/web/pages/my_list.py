"""My list: what I owe, by the clock; what I wait for; what came back; what I have not read yet.

Within each part danger to life stands first, then what has the least time left. Urgency and time are set by the table
of deadlines from what a report says and is about; nothing here knows anything about a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from passerelle.duty import LIVE
from passerelle.flow import notices
from passerelle.flow.desk import by_weight, to_judge
from passerelle.policy.facts import DESK_ROLES
from passerelle.records import visibility, wall
from passerelle.records.models import Delivery, Duty, Notice, Officer, Question
from passerelle.web.asking import page
from passerelle.web.lists_shown import Listed, listed, number_in

ROWS_MAX = 60
"""So many rows are shown where a list is not in pages; the ones with the least time left come first."""

ROW = ("service", "holder", "officer", "recipient", "report__service", "match")
"""What a row of the list needs beside its duty."""

NOTICES_MAX = 12
NOTICE_DAYS = 14
LISTED_ALREADY = ("asked", "late", "pointer")
"""Notices of what stands in another part of the list anyway."""


@require_safe
@page
def my_list(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """Everything that concerns me now, the shortest clock first."""
    return render(request, "my_list.html", lists(request.user, request, now))


def lists(officer: Officer, request: HttpRequest, now: datetime) -> dict[str, Any]:
    """The parts of the list, each in pages of its own: late, due, on hold, waiting for others, asked by us, unread, and
    what came back."""
    mine = to_do(officer)
    running = mine.filter(state="open")

    def part(name: str, found: QuerySet[Duty]) -> Listed:
        return listed(found.order_by(by_weight(), "due_at", "id"), number_in(request, name), name, *ROW)

    late, due = part("late", running.filter(due_at__lt=now)), part("due", running.filter(due_at__gte=now))
    return {
        "delivered": delivered(officer, [*late.rows, *due.rows]),
        "late": late,
        "due": due,
        "paused": part("paused", mine.filter(state__in=("held", "deferred"))),
        "waiting": part("waiting", waiting_for(officer)),
        "sent": listed(sent_and_unanswered(officer), number_in(request, "sent"), "sent", "recipient", "duty"),
        "unread": listed(unread(officer), number_in(request, "unread"), "unread", "sender"),
        "questions": listed(asked_by(officer, now), number_in(request, "asked"), "asked", "duty__holder", "asked_by"),
        "notices": came_back_in(officer, now),
        "to_judge": to_judge(officer).count() if officer.role in DESK_ROLES else 0,
    }


def came_back_in(officer: Officer, now: datetime) -> Listed:
    """What came back, the latest first. Who has seen these sees the next: they are in no pages."""
    found = came_back(officer, now)
    rows = list(found[: NOTICES_MAX + 1])
    return Listed(rows[:NOTICES_MAX], len(rows) if len(rows) <= NOTICES_MAX else found.count(), 1, "back")


def asked_by(officer: Officer, now: datetime) -> QuerySet[Question]:
    """What this officer asked, or their desk: what waits for its answer first, then what was answered lately."""
    mine = Q(asked_by=officer.pk)
    if officer.role in DESK_ROLES:
        mine |= Q(service=officer.service_id)
    lately = Q(answered_at__isnull=True) | Q(answered_at__gt=now - timedelta(days=NOTICE_DAYS))
    found = visibility.questions(officer).filter(mine, lately, service=officer.service_id)
    return found.order_by(F("answered_at").desc(nulls_first=True), "asked_at", "id")


@require_POST
@page
def seen(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """What came back was seen, and leaves the list."""
    notices.mark_seen(refs=request.POST.getlist("ref")[:NOTICES_MAX], officer=request.user, now=now)
    return redirect("my-list")


def to_do(officer: Officer) -> QuerySet[Duty]:
    """The live duties that this officer can end: assigned to them, or to their desk as a whole."""
    held = visibility.duties(officer).filter(state__in=LIVE).exclude(state="withheld")
    mine = Q(officer=officer.pk)
    if officer.role in DESK_ROLES:
        mine |= Q(holder=officer.service_id, officer__isnull=True)
    return held.filter(mine)


def waiting_for(officer: Officer) -> QuerySet[Duty]:
    """What others still owe to this officer's service, and what climbed away from it."""
    live = visibility.duties(officer).filter(state__in=LIVE)
    owed = Q(recipient=officer.service_id) & ~Q(service=officer.service_id)
    climbed = Q(service=officer.service_id) & ~Q(holder=officer.service_id)
    reviewed = Q(service=officer.service_id, state="withheld")
    if officer.role == "oversight":
        return live.none()
    return live.filter(owed | climbed | reviewed)


def sent_and_unanswered(officer: Officer) -> QuerySet[Delivery]:
    """What this officer's service passed on and nobody acknowledged yet. Of a discreet interest, no name is said."""
    return (
        visibility.deliveries(officer)
        .filter(sender=officer.service_id, evidence__in=("delivered", "opened"))
        .exclude(form="pointer")
        .exclude(recipient=officer.service_id)
        .order_by("delivered_at", "id")
    )


def unread(officer: Officer) -> QuerySet[Delivery]:
    """What reached this officer's service and nobody opened yet, unless a duty to acknowledge lists it already."""
    listed = Exists(
        Duty.objects.filter(
            report=OuterRef("report"), recipient=OuterRef("recipient"), kind="acknowledge", ended_at__isnull=True
        )
    )
    found = visibility.deliveries(officer).filter(recipient=officer.service_id, evidence="delivered")
    if officer.role in DESK_ROLES:
        found = found.exclude(listed)
    return found.order_by("delivered_at", "id")


def came_back(officer: Officer, now: datetime) -> QuerySet[Notice]:
    """What was told to this officer or their desk, latest first: “your report was used” among it."""
    told = visibility.notices(officer).filter(told_at__gt=now - timedelta(days=NOTICE_DAYS), seen_at__isnull=True)
    told = told.exclude(kind__in=LISTED_ALREADY)
    return told.select_related("duty").order_by("-told_at", "-id")


def delivered(officer: Officer, rows: Sequence[Duty]) -> dict[int, str]:
    """By report: the delivery that a duty to acknowledge is about, so that the list leads straight to it."""
    wanted = {duty.report_id for duty in rows if duty.kind == "acknowledge"}
    if not wanted:
        return {}
    got = visibility.deliveries(officer).filter(report__in=wanted, recipient=officer.service_id).exclude(form="pointer")
    return dict(got.order_by("delivered_at", "id").values_list("report_id", "ref"))


def shown(duties: QuerySet[Duty]) -> Sequence[Duty]:
    """The duties with what a row of the list needs."""
    return wall.with_relations(duties.order_by(by_weight(), "due_at", "id")[:ROWS_MAX], *ROW)
