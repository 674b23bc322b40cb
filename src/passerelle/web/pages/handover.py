"""Shift handover: what is open by the clock, what was begun and decided, what waits on whom, and the note."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from passerelle.duty import LIVE
from passerelle.errors import Refused
from passerelle.flow import desk as queues
from passerelle.flow import handover as shifts
from passerelle.policy.desk import NOTE_HOURS, SHIFT_HOURS, SOON, TAKEN_WITHIN
from passerelle.records import visibility
from passerelle.records.models import Draft, Officer, Withholding
from passerelle.web.asking import REFUSED_STATUS, beside_the_form, page
from passerelle.web.pages.desk import at_the_desk
from passerelle.web.pages.my_list import shown, to_do, waiting_for

ROWS_MAX = 40
"""So many rows of each part are printed, the least time left first; of more, how many there are is said."""


@require_http_methods(["GET", "HEAD", "POST"])
@page
def handover(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """The sheet; and the note, when it is signed."""
    officer = at_the_desk(request)
    refusal: Refused | None = None
    if request.method == "POST":
        try:
            shifts.hand_over(
                officer=officer, note=request.POST.get("note", ""), hours=number_in(request.POST.get("hours", "")),
                now=now,
            )  # fmt: skip
        except Refused as refused:
            refusal = beside_the_form(refused)
        else:
            messages.success(request, gettext("Signed. The next shift takes it over, or your supervisor is told."))
            return redirect("handover")
    hours = number_in(request.GET.get("hours", ""))
    hours = hours if hours in SHIFT_HOURS else SHIFT_HOURS[0]
    context = {
        **sheet(officer, now - timedelta(hours=hours), now),
        "notes": shifts.read_handovers(officer=officer, now=now), "refusal": refusal, "typed": request.POST,
        "hours": hours, "shift_hours": SHIFT_HOURS, "note_hours": NOTE_HOURS, "offered": NOTE_HOURS[2],
        "within_minutes": int(TAKEN_WITHIN.total_seconds() // 60), "printed_at": now,
    }  # fmt: skip
    return render(request, "handover.html", context, status=REFUSED_STATUS if refusal else 200)


@require_POST
@page
def take_over(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """A colleague takes a shift over."""
    shifts.take_over(ref=ref, officer=request.user, now=now)
    messages.success(request, gettext("Taken over: the desk is yours. Whoever signed it is told."))
    return redirect("handover")


def sheet(officer: Officer, since: datetime, now: datetime) -> dict[str, Any]:
    """The parts of the sheet. Each part has its rows, no more than are printed, and how many there are in all."""
    mine = to_do(officer)
    running = mine.filter(state="open")
    soon = now + SOON
    by_clock = [
        ("late", part(running.filter(due_at__lt=now))),
        ("soon", part(running.filter(due_at__gte=now, due_at__lt=soon))),
        ("later", part(running.filter(due_at__gte=soon))),
        ("paused", part(mine.filter(state__in=("held", "deferred")))),
    ]
    waiting = waiting_for(officer)
    on_whom = waiting.values("holder__name").order_by("holder__name").annotate(
        count=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now))
    )
    judged = queues.judged_since(officer, since)
    ended = visibility.duties(officer).filter(service=officer.service_id, ended_at__gte=since)
    withheld = Withholding.objects.filter(decided_by__service=officer.service_id, decided_at__gte=since)
    return {
        "since": since,
        "by_clock": by_clock,
        "begun": part(visibility.duties(officer).filter(officer=officer.pk, state__in=LIVE)),
        "drafts": Draft.objects.filter(officer=officer.pk).count(),
        "judged": list(judged[:ROWS_MAX]), "judged_count": judged.count(),
        "ended": list(ended.values("kind", "outcome").order_by("kind", "outcome").annotate(count=Count("pk"))),
        "withheld": list(withheld.select_related("decided_by", "duty").order_by("-decided_at")[:ROWS_MAX]),
        "waiting": part(waiting), "on_whom": list(on_whom),
    }


def part(found: Any) -> dict[str, Any]:
    """Rows of one part, and how many there are."""
    rows = shown(found)
    return {"rows": rows[:ROWS_MAX], "count": len(rows) if len(rows) <= ROWS_MAX else found.count()}


def number_in(text: str) -> int:
    """A number as a form gives it; none is nought."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


