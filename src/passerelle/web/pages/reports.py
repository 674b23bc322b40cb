"""Reports: those this service filed and those that reached it; and one report as its own service reads it."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from passerelle.flow import consult, oblige
from passerelle.policy import ending, retention
from passerelle.policy.facts import SERVICE_ROLES
from passerelle.records import visibility
from passerelle.records.models import Officer
from passerelle.web import outlook
from passerelle.web.asking import page
from passerelle.web.beat import asks_again, known_at
from passerelle.web.pages.correcting import ending_grounds
from passerelle.web.pages.duties import colleagues

ROWS_MAX = 100


@require_safe
@page
def reports(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """What was filed here, and what came from others, latest first. Lists say when and about what, not what it says."""
    officer: Officer = request.user
    filed = visibility.reports(officer).filter(service=officer.service_id)
    if officer.role == "oversight":
        filed = visibility.reports(officer)
    received = visibility.deliveries(officer).filter(recipient=officer.service_id)
    context = {
        "filed": list(filed.select_related("service", "author").order_by("-filed_at", "-id")[:ROWS_MAX]),
        "received": list(received.select_related("sender", "report").order_by("-delivered_at", "-id")[:ROWS_MAX]),
        "rows_max": ROWS_MAX,
    }
    return render(request, "reports.html", context)


@require_safe
@page
def report(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """One report of one's own service: its text, its subjects, who was told, and what is still owed."""
    view = consult.read_report(ref=ref, officer=request.user, now=now)
    known = known_at((one.subject for one in view.subjects), now)
    leads = request.user.role in ("supervisor", "head") and view.report.service_id == request.user.service_id
    context = {
        "view": view,
        "live": [duty for duty in view.duties if duty.live],
        "gone_ground": ending.grounds()[view.report.gone_ground].says if view.report.gone else "",
        "withdraw_grounds": ending_grounds("withdraw"), "erase_grounds": ending_grounds("erase"),
        "restrictions": {key: row[0] for key, row in retention.restrictions().items()},
        "restriction": retention.restrictions()[view.report.restriction][0] if view.report.restriction else "",
        "known_at": known,
        "outlook": outlook.of(view, request.user, now),
        "asks_about": ref if view.report.service_id == request.user.service_id and request.user.role in SERVICE_ROLES
        else "",
        "urgency": oblige.urgency_and_why(view.report) if view.report.service_id == request.user.service_id else None,
        "colleagues": [one for one in colleagues(request.user, now) if one != request.user] if leads else [],
    }
    return asks_again(request, render(request, "report.html", context), known, now)
