"""A duty: who holds it, until when, what happens next, why, and what its holder can do about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from passerelle.errors import Refused
from passerelle.flow import bounce as bouncing
from passerelle.flow import consult, decide, recall, rungs
from passerelle.flow import defer as deferring
from passerelle.flow import hold as holding
from passerelle.flow.facts import NotThere
from passerelle.policy import deadlines
from passerelle.policy.grounds import GROUNDS
from passerelle.records import visibility
from passerelle.records.models import Officer
from passerelle.web.asking import REFUSED_STATUS, beside_the_form, page
from passerelle.web.days import day_in
from passerelle.words import sentence

NO_GROUND = "other"
"""What the form sends when none of the grounds is chosen and the reason is to speak for itself."""


class NoSuchMoment(Refused):
    """A date and time that cannot be read."""

    code = "form.no_such_moment"


@require_safe
@page
def duty(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """The duty, and the forms for what this reader may do."""
    return show(request, ref, now)


@require_POST
@page
def pass_on(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """As much as the law and the handling let travel, travels."""
    return done(
        request, ref, now, "pass_on", gettext("Passed on."),
        lambda: decide.pass_on(ref=ref, officer=request.user, note=typed(request, "note"), now=now),
    )


@require_POST
@page
def destroyed(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """No copy is left of what its sender recalled."""
    return done(
        request, ref, now, "destroyed", gettext("Confirmed. The service that recalled it is told."),
        lambda: recall.confirm_destroyed(ref=ref, officer=request.user, note=typed(request, "note"), now=now),
    )


@require_POST
@page
def withhold(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """Not passed on, on a ground of the closed list; a second person reviews."""
    ground, reason = typed(request, "ground"), typed(request, "reason")
    if ground == NO_GROUND:
        ground = reason
    return done(
        request, ref, now, "withhold", gettext("Withheld. A second person reviews this decision by its own clock."),
        lambda: decide.withhold(ref=ref, officer=request.user, ground=ground, reason=reason, now=now),
    )


@require_POST
@page
def review(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """A second person upholds or overturns."""
    uphold = typed(request, "uphold") == "yes"
    return done(
        request, ref, now, "review", gettext("Upheld.") if uphold else gettext("Overturned."),
        lambda: decide.review(
            ref=ref, officer=request.user, uphold=uphold, reason=typed(request, "reason"),
            next_on=day_in(typed(request, "next_on")), now=now,
        ),
    )


@require_POST
@page
def hold(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """A pause with a reason and an end."""
    return done(
        request, ref, now, "hold", gettext("On hold until the moment you gave; then it is open again."),
        lambda: holding.hold_duty(
            ref=ref, officer=request.user, reason=typed(request, "reason"), until=moment_in(typed(request, "until")),
            now=now,
        ),
    )


@require_POST
@page
def defer(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """The head signs that there are too few people for it until a moment."""
    return done(
        request, ref, now, "defer", gettext("Deferred and signed until the moment you gave; then it is open again."),
        lambda: deferring.defer_duty(
            ref=ref, officer=request.user, reason=typed(request, "reason"), until=moment_in(typed(request, "until")),
            now=now,
        ),
    )


@require_POST
@page
def hand_back(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """The neutral desk hands it back to the service that owes it."""
    return done(
        request, ref, now, "hand_back", gettext("Handed back to who leads that service. Its rung stays."),
        lambda: bouncing.hand_back(ref=ref, officer=request.user, reason=typed(request, "reason"), now=now),
    )


@require_POST
@page
def assign(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """To an officer of the service that holds it, or back to its desk."""

    def act() -> None:
        to = None
        if typed(request, "to"):
            to = Officer.objects.filter(ref=typed(request, "to"), service=request.user.service_id).first()
            if to is None:
                raise NotThere
        holding.assign(ref=ref, officer=request.user, to=to, now=now)

    return done(request, ref, now, "assign", gettext("Given to its new holder."), act)


def done(
    request: HttpRequest, ref: str, now: datetime, form: str, says: str, act: Callable[[], object]
) -> HttpResponse:
    """Call the verb; then the duty again, with what was done or why it was refused."""
    try:
        act()
    except Refused as refusal:
        return show(request, ref, now, refusal=beside_the_form(refusal), form=form)
    messages.success(request, says)
    return redirect("duty", ref=ref)


def show(
    request: HttpRequest, ref: str, now: datetime, *, refusal: Refused | None = None, form: str = ""
) -> HttpResponse:
    """The page; a refusal stands beside the form that was sent, with what was typed."""
    view = consult.read_duty(ref=ref, officer=request.user, now=now)
    row = {row.id: row for row in deadlines.in_force()}.get(view.duty.deadline)
    context: dict[str, Any] = {
        "view": view, "duty": view.duty, "row": row, "period": row.says() if row else None,
        "refusal": refusal, "form": form,
        "typed": request.POST if form else {}, "grounds": GROUNDS.values(), "no_ground": NO_GROUND,
        "colleagues": colleagues(request.user, now) if "reassign" in view.acts else [],
        "latest_hold": _in_days(now, holding.HOLD_DAYS_MAX),
        "question": visibility.questions(request.user).filter(duty=view.duty).values_list("ref", flat=True).first(),
        "latest_deferral": _in_days(now, deferring.DEFER_DAYS_MAX),
        "may_defer": "hold" in view.acts and request.user.role == "head"
        and request.user.service_id == view.duty.service_id,
        "may_hand_back": request.user.service.kind == "neutral_desk" and view.duty.state == "open"
        and "reassign" in view.acts and view.duty.level == rungs.NEUTRAL
        and view.duty.service_id != request.user.service_id,
        "soonest_hold": _in_days(now, 0),
    }
    return render(request, "duty.html", context, status=REFUSED_STATUS if refusal else 200)


def _in_days(now: datetime, days: int) -> str:
    return timezone.localtime(now + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")


def colleagues(officer: Officer, now: datetime) -> list[Officer]:
    """Those of one's own service who could hold a duty now."""
    there = Officer.objects.filter(service=officer.service_id, is_active=True, account__isnull=True)
    there = there.exclude(away_until__gt=now)
    return list(there.exclude(role="administrator").order_by("name"))


def typed(request: HttpRequest, name: str) -> str:
    """What was typed into a field."""
    return str(request.POST.get(name, "")).strip()


def moment_in(text: str) -> datetime:
    """A moment as a form gives it, in the installation's zone. Raises NoSuchMoment."""
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise NoSuchMoment(
            sentence("“{value}” is no date and time.", value=text),
            way_out=sentence("Write it as 2026-12-31 17:00, or choose it from the calendar."),
        )
    return found if timezone.is_aware(found) else timezone.make_aware(found)
