"""Where information waited in a month: for those who lead a service, and for oversight."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from passerelle.errors import Refused
from passerelle.flow import lessons as verbs
from passerelle.flow.facts import NotThere
from passerelle.policy import lessons as rule
from passerelle.replay.live import PAIRS_SHOWN
from passerelle.web.asking import REFUSED_STATUS, beside_the_form, page


@require_safe
@page
def lessons(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """Few numbers, each with what can be done: the tail, the reasons, between whom. A service sees what it owes."""
    officer = request.user
    may = rule.whose(role=officer.role, service=officer.service.key)
    if may is None:
        raise NotThere
    last = now.replace(day=1) - timedelta(days=1)
    asked = request.GET.get("month", f"{last.year}-{last.month:02}")[:7]
    context = {"month": asked, "because": may.because}
    refusal: Refused | None = None
    try:
        found, _, names = verbs.for_officer(officer=officer, month=asked, now=now)
        if "month" not in request.GET and not (found.whole.tail and found.whole.tail.count):
            asked = f"{now.year}-{now.month:02}"  # nothing in the month that is over: this one, so far
            found, _, names = verbs.for_officer(officer=officer, month=asked, now=now)
        context |= {"month": asked, "found": found, "names": names, "pairs": found.pairs[:PAIRS_SHOWN]}
    except Refused as refused:
        refusal = beside_the_form(refused)
    return render(request, "lessons.html", {**context, "refusal": refusal}, status=REFUSED_STATUS if refusal else 200)
