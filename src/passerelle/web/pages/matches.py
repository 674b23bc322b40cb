"""A match: two records side by side, why they may be the same, and a person's word on it."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from passerelle.errors import Refused
from passerelle.flow import consult
from passerelle.flow import judge as judging
from passerelle.policy.facts import SERVICE_ROLES
from passerelle.records import visibility
from passerelle.records.models import Duty, Officer
from passerelle.records.models.matches import VERDICTS
from passerelle.web import side_by_side
from passerelle.web.asking import REFUSED_STATUS, beside_the_form, page
from passerelle.web.pages.my_list import to_do


@require_safe
@page
def match(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """The two records, and the three answers."""
    return show(request, ref, now)


@require_POST
@page
def judge(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """Same, different or unsure."""
    verdict = request.POST.get("verdict", "")
    try:
        judging.judge_match(
            ref=ref, officer=request.user, verdict=verdict, reason=request.POST.get("reason", "").strip(), now=now
        )
    except Refused as refusal:
        return show(request, ref, now, refusal=beside_the_form(refusal))
    messages.success(request, gettext("You judged this match: %(verdict)s.") % {"verdict": gettext(VERDICTS[verdict])})
    return back_to(request, ref)


@require_POST
@page
def take_back(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """One's own last judgement is taken back."""
    try:
        judging.take_back(ref=ref, officer=request.user, now=now)
    except Refused as refusal:
        return show(request, ref, now, refusal=beside_the_form(refusal))
    messages.success(request, gettext("Your judgement was taken back; the match is asked again."))
    return back_to(request, ref)


def back_to(request: HttpRequest, ref: str) -> HttpResponse:
    """The match again, with the way to take it back; my list where it may no longer be seen."""
    if visibility.matches(request.user).filter(ref=ref).exists():
        return redirect("match", ref=ref)
    return redirect("my-list")


def show(request: HttpRequest, ref: str, now: datetime, *, refusal: Refused | None = None) -> HttpResponse:
    """The page, with a refusal beside its form where there is one."""
    officer: Officer = request.user
    view = consult.read_match(ref=ref, officer=officer, now=now)
    mine = [said for said in view.judgements if said.officer_id == officer.pk and said.taken_back_at is None]
    following = next_to_judge(officer, ref)
    context = {
        "view": view, "lines": side_by_side.lines(view), "new_relations": side_by_side.new_relations(view),
        "refusal": refusal, "mine": mine[-1] if mine else None,
        "asks_about": ref if view.shows_reasons and officer.role in SERVICE_ROLES else "",
        "following": following, "reason": request.POST.get("reason", ""),
    }
    return render(request, "match.html", context, status=REFUSED_STATUS if refusal else 200)


def next_to_judge(officer: Officer, ref: str) -> Duty | None:
    """The next match this officer owes a judgement, by the clock."""
    waiting = to_do(officer).filter(kind="judge", state="open").exclude(match__ref=ref)
    return waiting.select_related("match").order_by("due_at", "id").first()
