"""What is late and what nobody holds by name: few numbers, each with its act; and who is away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from passerelle.duty import LIVE
from passerelle.errors import Refused
from passerelle.flow import hold as holding
from passerelle.flow.facts import NotThere
from passerelle.policy.facts import DESK_ROLES
from passerelle.records import visibility, wall
from passerelle.records.models import Duty, Notice, Officer
from passerelle.web.asking import REFUSED_STATUS, page
from passerelle.web.pages.duties import colleagues, typed
from passerelle.web.pages.my_list import ROWS_MAX, shown
from passerelle.words import sentence

LEADS = ("supervisor", "head")
KEYS_MAX = 9
"""So many colleagues have a key of their own; the others have a button."""

REHOMED_DAYS = 30
REHOMED_MAX = 200


class NothingChosen(Refused):
    """Duties are given to somebody, and none was chosen."""

    code = "give.nothing_chosen"


@require_safe
@page
def late(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """For those who lead a desk, and for oversight: late, withheld, on hold, with nobody by name, and who is away."""
    return show(request, now)


@require_POST
@page
def give(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """The chosen duties to one colleague, or back to the desk. What cannot be theirs stays where it is, and is said."""
    officer = seen_by(request)
    to = None
    if typed(request, "to") != "desk":
        to = Officer.objects.filter(ref=typed(request, "to"), service=officer.service_id).first()
        if to is None:
            raise NotThere
    refs = list(dict.fromkeys(request.POST.getlist("duty")))[:ROWS_MAX]
    refusal: Refused | None = None
    given = 0
    if not refs:
        refusal = NothingChosen(
            sentence("No duty was chosen."), way_out=sentence("Mark the duties first, then choose who gets them.")
        )
    for ref in refs:
        try:
            holding.assign(ref=ref, officer=officer, to=to, now=now)
            given += 1
        except Refused as refused:
            if refused.code == "not_there":
                raise
            refusal = refusal or refused
    if given:
        name = to.name if to is not None else officer.service.name
        says = ngettext("%(count)s duty is with %(name)s now.", "%(count)s duties are with %(name)s now.", given)
        messages.success(request, says % {"count": given, "name": name})
    if refusal is not None:
        return show(request, now, refusal=refusal)
    return redirect("late")


@require_safe
@page
def absences(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """Who is away and until when, who stands in, and where each duty went that they held."""
    officer = seen_by(request)
    people = _away(officer, now)
    told = Notice.objects.filter(
        officer__in=[one.pk for one in people], kind="rehomed", told_at__gt=now - timedelta(days=REHOMED_DAYS)
    ).order_by("-told_at", "-id")[:REHOMED_MAX]
    with wall.as_house():  # a notice is its officer's own; who leads them reads of it where their duties went
        rows = list(told.select_related("duty"))
    listed = set(visibility.duties(officer).filter(pk__in=[row.duty_id for row in rows]).values_list("pk", flat=True))
    context = {
        "rows": [
            (one, [(row, row.duty_id in listed) for row in rows if row.officer_id == one.pk]) for one in people
        ],
        "days": REHOMED_DAYS,
        "held": _held_by_absent(officer, now).count(),
    }  # fmt: skip
    return render(request, "absences.html", context)


def seen_by(request: HttpRequest) -> Officer:
    """Who acts for a desk, leads it, or watches. For everybody else there is nothing here."""
    officer: Officer = request.user
    if officer.role not in DESK_ROLES and officer.role != "oversight":
        raise NotThere
    return officer


def _away(officer: Officer, now: datetime) -> list[Officer]:
    people = Officer.objects.filter(is_active=True, away_until__gt=now)
    if officer.role != "oversight":
        people = people.filter(service=officer.service_id)
    return list(people.select_related("service", "deputy").order_by("service__name", "name"))


def _held_by_absent(officer: Officer, now: datetime) -> QuerySet[Duty]:
    """What somebody holds who is away: there is none, or a rule of this house was broken."""
    return visibility.duties(officer).filter(state__in=LIVE, officer__away_until__gt=now)


def show(request: HttpRequest, now: datetime, *, refusal: Refused | None = None) -> HttpResponse:
    """The page, with a refusal on top."""
    officer = seen_by(request)
    live = visibility.duties(officer).filter(state__in=LIVE)
    overdue, withheld = live.filter(state="open", due_at__lt=now), live.filter(state="withheld")
    paused = live.filter(state__in=("held", "deferred"))
    unassigned = live.filter(state="open", officer__isnull=True, due_at__gte=now)
    if officer.role != "oversight":
        unassigned = unassigned.filter(holder=officer.service_id)
    elsewhere = Duty.objects.none()
    if officer.role != "oversight":
        overdue, elsewhere = overdue.filter(holder=officer.service_id), overdue.exclude(holder=officer.service_id)
    by_holder = Counter(overdue.values_list("holder__name", flat=True))
    people = _away(officer, now)
    rows = {"overdue": shown(overdue), "unassigned": shown(unassigned)}
    first = (one.ref for part in rows.values() for one in part if one.holder_id == officer.service_id)
    context = {
        **rows,
        "overdue_count": overdue.count(),
        "elsewhere": shown(elsewhere), "elsewhere_count": elsewhere.count(),
        "withheld": shown(withheld), "withheld_count": withheld.count(),
        "paused": shown(paused), "paused_count": paused.count(),
        "unassigned_count": unassigned.count(),
        "held_by_absent": _held_by_absent(officer, now).count(),
        "away": people,
        "by_holder": by_holder.most_common() if officer.role == "oversight" else [],
        "colleagues": hands(officer, now) if officer.role in LEADS else [],
        "leads": officer.role in LEADS,
        "refusal": refusal,
        "chosen": request.POST.getlist("duty") or list(first)[:1],
    }
    return render(request, "late.html", context, status=REFUSED_STATUS if refusal else 200)


def hands(officer: Officer, now: datetime) -> Sequence[tuple[str, Officer, int, int]]:
    """Who could take a duty now: a key, the colleague, how many they hold, how many of these are late."""
    people = colleagues(officer, now)
    held = Duty.objects.filter(officer__in=[one.pk for one in people], state__in=LIVE).values("officer")
    counts = {
        row["officer"]: (row["all"], row["late"])
        for row in held.annotate(all=Count("pk"), late=Count("pk", filter=Q(state="open", due_at__lt=now))).order_by()
    }
    return [
        (str(place) if place <= KEYS_MAX else "", one, *counts.get(one.pk, (0, 0)))
        for place, one in enumerate(people, start=1)
    ]
