"""What is late: few numbers, each with what can be done about it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from passerelle.duty import LIVE
from passerelle.flow.facts import NotThere
from passerelle.policy.facts import DESK_ROLES
from passerelle.records import visibility
from passerelle.records.models import Officer
from passerelle.web.asking import page
from passerelle.web.pages.my_list import shown


@require_safe
@page
def late(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """For those who lead a desk, and for oversight: late, withheld, on hold, and who is away."""
    officer: Officer = request.user
    if officer.role not in DESK_ROLES and officer.role != "oversight":
        raise NotThere
    live = visibility.duties(officer).filter(state__in=LIVE)
    overdue, withheld = live.filter(state="open", due_at__lt=now), live.filter(state="withheld")
    paused = live.filter(state__in=("held", "deferred"))
    people = Officer.objects.filter(is_active=True, away_until__gt=now)
    if officer.role != "oversight":
        people = people.filter(service=officer.service_id)
    by_holder = Counter(overdue.values_list("holder__name", flat=True))
    context = {
        "overdue": shown(overdue), "overdue_count": overdue.count(),
        "withheld": shown(withheld), "withheld_count": withheld.count(),
        "paused": shown(paused), "paused_count": paused.count(),
        "away": list(people.select_related("service").order_by("name")),
        "by_holder": by_holder.most_common() if officer.role == "oversight" else [],
    }
    return render(request, "late.html", context)
