"""The page of searching: one box in the reader's own language, what for, and what answers, best first."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from passerelle.errors import Refused
from passerelle.flow import search as searching
from passerelle.flow.facts import NotThere
from passerelle.flow.visits import PurposeNeeded
from passerelle.policy import reading
from passerelle.records.models import Officer
from passerelle.search.question import SIGNS_MAX
from passerelle.web.asking import REFUSED_STATUS, page


@require_http_methods(["GET", "HEAD", "POST"])
@page
def search(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """A question is sent as a form, so that it stands in no address, no history and no log of a proxy."""
    officer: Officer = request.user
    if not searching.may_search(officer):
        raise NotThere
    found, refusal = None, None
    if request.method == "POST":
        try:
            found = searching.search(
                question=request.POST.get("question", ""),
                officer=officer,
                purpose=request.POST.get("purpose", ""),
                reason=request.POST.get("reason", "").strip(),
                now=now,
            )
        except Refused as refused:
            refusal = refused
    given = searching.purpose_given(officer, now)
    context = {
        "found": found,
        "refusal": refusal,
        "asks_why": isinstance(refusal, PurposeNeeded),
        "question": request.POST.get("question", ""),
        "given": reading.PURPOSES[given].says if given else "",
        "purposes": () if given else reading.offered(officer.role),
        "typed": request.POST,
        "signs_max": SIGNS_MAX,
        "visit_minutes": int(reading.VISIT.total_seconds() // 60),
    }
    return render(request, "search.html", context, status=REFUSED_STATUS if refusal else 200)
