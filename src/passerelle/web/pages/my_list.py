"""My list: what I owe, by the clock; what I wait for; what came back; what I have not read yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from passerelle.duty import LIVE
from passerelle.flow import notices
from passerelle.policy.facts import DESK_ROLES
from passerelle.records import visibility, wall
from passerelle.records.models import Delivery, Duty, Notice, Officer
from passerelle.web.asking import page

ROWS_MAX = 60
"""So many rows of each part are shown; the ones with the least time left come first."""

NOTICES_MAX = 12
NOTICE_DAYS = 14
LISTED_ALREADY = ("asked", "late", "pointer")
"""Notices of what stands in another part of the list anyway."""


@require_safe
@page
def my_list(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """Everything that concerns me now, the shortest clock first."""
    officer = request.user
    return render(request, "my_list.html", lists(officer, now))


def lists(officer: Officer, now: datetime) -> dict[str, Any]:
    """The parts of the list: late, due, on hold, waiting for others, unread, and what came back."""
    mine = to_do(officer)
    running = mine.filter(state="open")
    return {
        "delivered": delivered(officer, mine),
        "late": shown(running.filter(due_at__lt=now)),
        "due": shown(running.filter(due_at__gte=now)),
        "paused": shown(mine.filter(state__in=("held", "deferred"))),
        "waiting": shown(waiting_for(officer)),
        "sent": list(sent_and_unanswered(officer)[:ROWS_MAX]),
        "unread": list(unread(officer)[:ROWS_MAX]),
        "notices": list(came_back(officer, now)[:NOTICES_MAX]),
    }


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
        .select_related("recipient", "duty")
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
    return found.select_related("sender").order_by("delivered_at", "id")


def came_back(officer: Officer, now: datetime) -> QuerySet[Notice]:
    """What was told to this officer or their desk, latest first: “your report was used” among it."""
    told = visibility.notices(officer).filter(told_at__gt=now - timedelta(days=NOTICE_DAYS), seen_at__isnull=True)
    told = told.exclude(kind__in=LISTED_ALREADY)
    return told.select_related("duty").order_by("-told_at", "-id")


def delivered(officer: Officer, duties: QuerySet[Duty]) -> dict[int, str]:
    """By report: the delivery that a duty to acknowledge is about, so that the list leads straight to it."""
    wanted = duties.filter(kind="acknowledge").values("report")
    got = visibility.deliveries(officer).filter(report__in=wanted, recipient=officer.service_id).exclude(form="pointer")
    return dict(got.order_by("delivered_at", "id").values_list("report_id", "ref"))


def shown(duties: QuerySet[Duty]) -> Sequence[Duty]:
    """The duties with what a row of the list needs."""
    rows = duties.order_by("due_at", "id")[:ROWS_MAX]
    return wall.with_relations(rows, "service", "holder", "officer", "recipient", "report__service", "match")
