"""Who of the desk takes what today: proposed with its reasons; those who lead give it with one button."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from passerelle.flow import today as days
from passerelle.flow.facts import NotThere
from passerelle.policy.facts import DESK_ROLES
from passerelle.web.asking import page


@require_safe
@page
def today(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """For the desk and those who lead it: each colleague who is there, what they have, and what they would take."""
    officer = request.user
    if officer.role not in DESK_ROLES:
        raise NotThere
    day = days.day_of(service=officer.service, reader=officer, now=now)
    shares = [
        (
            one, round(held), round(sum(line.minutes for line in lines)),
            [(line, day.rows[line.task.ref]) for line in lines],
        )
        for one, held, lines in day.shares
    ]  # fmt: skip
    nobody = [(line, day.rows[line.task.ref]) for line in day.nobody]
    context = {
        "shares": shares, "nobody": nobody, "more": day.more, "leads": officer.role in ("supervisor", "head"),
        "count": sum(len(lines) for *_, lines in shares) + len(nobody),
    }  # fmt: skip
    return render(request, "today.html", context)
