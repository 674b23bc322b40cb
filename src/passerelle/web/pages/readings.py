"""Readings: what was read of protected content, by whom, when, for what, and on which ground it was allowed."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from passerelle.flow.facts import NotThere
from passerelle.policy import access
from passerelle.records import visibility
from passerelle.records.models import Reading, Search
from passerelle.web.asking import page

ROWS_MAX = 200
KINDS = ("report", "delivery", "match", "dossier")
"""What has a page of its own, by the first word of its reference."""


@require_safe
@page
def readings(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """One's own history, latest first."""
    own = Reading.objects.filter(officer=request.user.pk)
    searches = Search.objects.filter(officer=request.user.pk).select_related("officer__service")[:ROWS_MAX]
    context = {"rows": shown(own), "searches": searches, "sees_others": visibility.answers_for_readings(request.user)}
    return render(request, "readings.html", {**context, "rows_max": ROWS_MAX, "kinds": KINDS})


@require_safe
@page
def of_others(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """For who leads a service, the readings of its officers; for oversight, all."""
    if not visibility.answers_for_readings(request.user):
        raise NotThere
    found = visibility.readings(request.user)
    people = list(visibility.read_by(request.user).select_related("service").order_by("name"))
    wanted = request.GET.get("officer", "")
    if wanted:
        found = found.filter(officer__ref=wanted)
    searches = Search.objects.filter(officer__in=visibility.read_by(request.user)).select_related("officer__service")
    if wanted:
        searches = searches.filter(officer__ref=wanted)
    context = {
        "rows": shown(found), "searches": searches[:ROWS_MAX], "of_others": True, "people": people, "wanted": wanted,
    }  # fmt: skip
    return render(request, "readings.html", {**context, "rows_max": ROWS_MAX, "kinds": KINDS})


def shown(found: QuerySet[Reading]) -> list[tuple[Reading, str, str]]:
    """Each reading with the kind of what was read and the sentence of its ground, latest first."""
    says = {ground.NAME: ground.BECAUSE for ground in access.GROUNDS}
    rows = found.select_related("officer__service").order_by("-read_at", "-id")[:ROWS_MAX]
    return [(one, one.thing.split("-")[0], says.get(one.ground, one.ground)) for one in rows]
