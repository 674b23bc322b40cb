"""My readings: what I read of protected content, when, for what, and on which ground I was allowed to."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from passerelle.policy import access
from passerelle.records.models import Reading
from passerelle.web.asking import page

ROWS_MAX = 200
KINDS = ("report", "delivery", "match", "dossier")
"""What has a page of its own, by the first word of its reference."""


@require_safe
@page
def readings(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """One's own history, latest first."""
    says = {ground.NAME: ground.BECAUSE for ground in access.GROUNDS}
    rows = [
        (reading, reading.thing.split("-")[0], says.get(reading.ground, reading.ground))
        for reading in Reading.objects.filter(officer=request.user.pk).order_by("-read_at", "-id")[:ROWS_MAX]
    ]
    return render(request, "readings.html", {"rows": rows, "rows_max": ROWS_MAX, "kinds": KINDS})
