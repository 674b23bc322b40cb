"""The law this installation carries: deadlines, grounds, who may tell whom, handling, the ladder; with sources."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from passerelle.duty import KINDS
from passerelle.policy import deadlines, disclosure, ladder
from passerelle.policy.facts import SERVICE_KINDS
from passerelle.policy.grounds import GROUNDS
from passerelle.web.asking import page


@require_safe
@page
def law(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """Each table as it is applied, row by row."""
    rows = deadlines.shipped()
    context = {
        "deadlines": [(kind, [(row, row.says()) for row in rows if kind in row.duties]) for kind in KINDS],
        "grounds": GROUNDS.values(),
        "tellings": disclosure.telling_table(),
        "handlings": disclosure.handlings().values(),
        "rungs": list(enumerate(ladder.RUNGS)),
        "service_kinds": SERVICE_KINDS,
    }
    return render(request, "law.html", context)
