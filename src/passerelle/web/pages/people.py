"""The people of one's own service: who is there, who is away, and going away oneself."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from passerelle.errors import Refused
from passerelle.flow import seats
from passerelle.flow.facts import NotThere, officer_facts, reader_facts
from passerelle.policy import access
from passerelle.records.models import Officer
from passerelle.web.asking import REFUSED_STATUS, beside_the_form, page
from passerelle.web.pages.duties import NoSuchMoment, moment_in, typed
from passerelle.words import Day, sentence


@require_safe
@page
def people(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """Everybody of this service."""
    return show(request, now)


@require_POST
@page
def away(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """Away until a moment, or back; whatever that officer held finds another holder at once."""
    officer = Officer.objects.filter(ref=typed(request, "officer"), service=request.user.service_id).first()
    if officer is None or not may_send_away(request.user, officer):
        raise NotThere
    try:
        until = None if typed(request, "back") else moment_in(typed(request, "until"))
        if until is not None and until <= now:
            raise NoSuchMoment(
                sentence(
                    "An absence ends at a moment that is still to come, not on {day}.",
                    day=Day(timezone.localtime(until)),
                )
            )
        moved = seats.go_away(officer=officer, until=until, by=request.user, now=now)
    except Refused as refusal:
        return show(request, now, refusal=beside_the_form(refusal), about=officer.ref)
    if until is None:
        messages.success(request, gettext("%(name)s is back.") % {"name": officer.name})
    else:
        says = ngettext(
            "%(name)s is away; %(count)s duty found another holder.",
            "%(name)s is away; %(count)s duties found another holder.", len(moved),
        )
        messages.success(request, says % {"name": officer.name, "count": len(moved)})
    return redirect("people")


def may_send_away(reader: Officer, officer: Officer) -> bool:
    """Oneself; others, where policy lets this reader send them away."""
    return access.may(reader_facts(reader), "send_away", officer_facts(officer)).allowed


def may_manage(reader: Officer, officer: Officer) -> bool:
    """Where policy lets this reader manage somebody's seat."""
    return access.may(reader_facts(reader), "manage", officer_facts(officer)).allowed


def show(request: HttpRequest, now: datetime, *, refusal: Refused | None = None, about: str = "") -> HttpResponse:
    """The page, with a refusal beside the form it belongs to."""
    rows = [
        (
            officer, officer.away_until is not None and officer.away_until > now,
            may_send_away(request.user, officer), may_manage(request.user, officer),
        )
        for officer in Officer.objects.filter(service=request.user.service_id, is_active=True)
        .select_related("service", "deputy").order_by("name")
    ]
    context = {
        "rows": rows, "refusal": refusal, "about": about, "typed": request.POST,
        "soonest": timezone.localtime(now).strftime("%Y-%m-%dT%H:%M"),
    }
    return render(request, "people.html", context, status=REFUSED_STATUS if refusal else 200)
