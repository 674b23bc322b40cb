"""A match: two records side by side, why they may be the same, and a person's word on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from passerelle import names
from passerelle.errors import Refused
from passerelle.flow import consult
from passerelle.flow import judge as judging
from passerelle.flow.views import MatchView
from passerelle.names import places
from passerelle.policy.facts import SERVICE_ROLES
from passerelle.records import visibility
from passerelle.records.models import Duty, Officer
from passerelle.records.models.matches import VERDICTS
from passerelle.web.asking import REFUSED_STATUS, beside_the_form, page
from passerelle.web.pages.my_list import to_do

ALIKE_FROM = 0.7
NAMES = frozenset({"name", "alias", "weakAlias", "previousName", "firstName", "lastName"})
ADDRESSES = frozenset({"full", "address", "street", "city"})
MARKS = {"same": "=", "alike": "≈", "different": "≠", "one": "·"}
"""The sign beside the colour, so that nobody needs the colour."""


@dataclass(frozen=True, slots=True)
class Line:
    """One property on both sides, and how they compare: same, alike (written differently), different, or one."""

    name: str
    left: Sequence[str]
    right: Sequence[str]
    how: str

    @property
    def sign(self) -> str:
        """The sign that stands for it."""
        return MARKS[self.how]


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
        "view": view, "lines": lines(view), "refusal": refusal, "mine": mine[-1] if mine else None,
        "asks_about": ref if view.shows_reasons and officer.role in SERVICE_ROLES else "",
        "following": following, "reason": request.POST.get("reason", ""),
    }
    return render(request, "match.html", context, status=REFUSED_STATUS if refusal else 200)


def next_to_judge(officer: Officer, ref: str) -> Duty | None:
    """The next match this officer owes a judgement, by the clock."""
    waiting = to_do(officer).filter(kind="judge", state="open").exclude(match__ref=ref)
    return waiting.select_related("match").order_by("due_at", "id").first()


def lines(view: MatchView) -> list[Line]:
    """The properties of both sides; what agrees stands first, and what only one side has stands last."""
    if view.left.subject is None or view.right.subject is None:
        return []
    left, right = view.left.subject, view.right.subject
    found = []
    for name, mark in view.differences.items():
        mine, theirs = list(left.properties.get(name, ())), list(right.properties.get(name, ()))
        how = {"same": "same", "different": "different"}.get(mark, "one")
        if how == "different" and written_differently(left.schema, name, mine, theirs):
            how = "alike"
        found.append(Line(name=name, left=mine, right=theirs, how=how))
    order = list(MARKS)
    return sorted(found, key=lambda line: (order.index(line.how), line.name != "name"))


def written_differently(schema: str, name: str, left: Sequence[str], right: Sequence[str]) -> bool:
    """Whether a name or an address on one side is, by the rules of names and places, one of the other side's."""
    if name in NAMES:
        return any(names.compare(schema, a, b).score >= ALIKE_FROM for a in left for b in right)
    if name in ADDRESSES:
        return any(places.compare_addresses(a, b).score >= ALIKE_FROM for a in left for b in right)
    return False
