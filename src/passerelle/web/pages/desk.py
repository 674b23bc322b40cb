"""The desk: what is to be judged by time left, one pair after the other, by single keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from passerelle.errors import Refused
from passerelle.flow import consult
from passerelle.flow import desk as queues
from passerelle.flow import judge as judging
from passerelle.flow.desk import WHEN, WHOSE, Wanted
from passerelle.flow.facts import NotThere
from passerelle.policy.desk import RESERVED
from passerelle.policy.facts import DESK_ROLES, URGENCIES
from passerelle.records import visibility
from passerelle.records.models import Duty, Officer
from passerelle.records.models.matches import VERDICTS
from passerelle.web import side_by_side
from passerelle.web.asking import REFUSED_STATUS, beside_the_form, page
from passerelle.web.lists_shown import listed, number_in

JSON = "application/json"


@require_safe
@page
def desk(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """The queue, the least time left first, with what one may want of it. It shows nobody's name."""
    officer = at_the_desk(request)
    wanted = wanted_in(request, now)
    found = queues.queue(officer, wanted, now)
    rows = listed(
        found, number_in(request, "page"), "page", "match__left__report", "match__right__report", "officer", "holder",
        rest=query(wanted),
    )  # fmt: skip
    context = {
        "wanted": wanted, "query": query(wanted), "queue": rows, "beside": beside(rows.rows),
        "others": queues.others_at(rows.rows, officer, now), "counts": counts(officer, wanted, now),
        "choices": choices(wanted), "reserved_minutes": int(RESERVED.total_seconds() // 60),
    }  # fmt: skip
    return render(request, "desk.html", context)


@require_POST
@page
def begin(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """The first pair, or the one after this one: reserved for this clerk, and shown."""
    officer = at_the_desk(request)
    wanted = wanted_in(request, now)
    return onwards(officer, wanted, now, after=request.POST.get("after", ""))


@require_POST
@page
def leave(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """The clerk leaves: what they had before them is free for the others."""
    queues.put_back(officer=at_the_desk(request), now=now)
    return redirect("desk")


@require_safe
@page
def pair(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """One pair and the three answers."""
    officer = at_the_desk(request)
    queues.take_up(officer=officer, wanted=wanted_in(request, now), ref=ref, now=now)
    return show(request, officer, ref, now)


@require_POST
@page
def beforehand(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """The next pair before it is asked for: reserved, and its reading written down as what it is. Empty if none."""
    officer = at_the_desk(request)
    wanted = wanted_in(request, now)
    duty = queues.take_up(
        officer=officer, wanted=wanted, after=request.POST.get("after", ""), beforehand=True, now=now
    )
    if duty is None or duty.match is None:
        return HttpResponse()
    return show(request, officer, duty.match.ref, now, loaded=True)


@require_POST
@page
def judge(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """Same, different or unsure; then straight to the next pair."""
    officer = at_the_desk(request)
    verdict = request.POST.get("verdict", "")
    try:
        judging.judge_match(
            ref=ref, officer=officer, verdict=verdict, reason=request.POST.get("reason", "").strip(),
            duty_ref=request.POST.get("duty", ""), now=now,
        )  # fmt: skip
    except Refused as refusal:
        told = beside_the_form(refusal)
        if in_the_background(request):
            return JsonResponse({"refused": True}, status=REFUSED_STATUS)
        return show(request, officer, ref, now, refusal=told)
    wanted = wanted_in(request, now)
    says = gettext("You judged the last pair: %(verdict)s.") % {"verdict": gettext(VERDICTS[verdict])}
    loaded = request.POST.get("loaded", "")
    if in_the_background(request) and loaded:
        evidence = request.POST.get("evidence", "")
        if queues.show_loaded(ref=loaded, officer=officer, evidence=evidence, now=now):
            undo = reverse("desk-take-back", args=[ref]) + "?" + query(wanted)
            at = reverse("desk-pair", args=[loaded]) + "?" + query(wanted, last=ref)
            return JsonResponse({"shown": loaded, "at": at, "undo": undo, "says": says})
    messages.success(request, says)
    there = onwards(officer, wanted, now, after=ref, last=ref)
    return JsonResponse({"go": there["Location"]}) if in_the_background(request) else there


@require_POST
@page
def take_back(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """One's own last judgement of a pair is taken back, and the pair stands there again."""
    officer = at_the_desk(request)
    try:
        judging.take_back(ref=ref, officer=officer, now=now)
    except Refused as refusal:
        return show(request, officer, ref, now, refusal=beside_the_form(refusal))
    messages.success(request, gettext("Your judgement was taken back; the match is asked again."))
    wanted = wanted_in(request, now)
    if visibility.matches(officer).filter(ref=ref).exists():
        return redirect(reverse("desk-pair", args=[ref]) + "?" + query(wanted))
    return redirect(reverse("desk") + "?" + query(wanted))


@require_POST
@page
def take(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """Taken upon oneself, or given back to the desk."""
    officer = at_the_desk(request)
    try:
        duty = queues.take(ref=ref, officer=officer, now=now)
    except Refused as refusal:
        return show(request, officer, ref, now, refusal=beside_the_form(refusal))
    mine = duty.officer_id == officer.pk
    messages.success(request, gettext("Taken: it is yours.") if mine else gettext("Given back to your desk."))
    return redirect(reverse("desk-pair", args=[ref]) + "?" + query(wanted_in(request, now)))


def show(
    request: HttpRequest, officer: Officer, ref: str, now: datetime, *, refusal: Refused | None = None,
    loaded: bool = False,
) -> HttpResponse:  # fmt: skip
    """The page of one pair."""
    wanted = wanted_in(request, now)
    view = consult.read_match(ref=ref, officer=officer, beforehand=loaded, now=now)
    mine = [said for said in view.judgements if said.officer_id == officer.pk and said.taken_back_at is None]
    last = request.GET.get("last", "")
    left = queues.queue(officer, wanted, now)
    context = {
        "view": view, "lines": side_by_side.lines(view), "refusal": refusal, "query": query(wanted), "loaded": loaded,
        "mine": mine[-1] if mine else None, "last": last if last != ref else "", "asks_about": ref,
        "left_count": left.count(), "reason": request.POST.get("reason", ""),
        "new_relations": side_by_side.new_relations(view),
        "others": queues.others_at([view.duty], officer, now) if view.duty is not None else {},
        "group_count": left.filter(queues.group_of(view.match)).exclude(match=view.match).count(),
    }  # fmt: skip
    return render(request, "desk_pair.html", context, status=REFUSED_STATUS if refusal else 200)


def onwards(officer: Officer, wanted: Wanted, now: datetime, *, after: str, last: str = "") -> HttpResponse:
    """To the next pair; to the queue where nothing is left that no colleague has."""
    duty = queues.take_up(officer=officer, wanted=wanted, after=after, now=now)
    if duty is None or duty.match is None:
        return redirect(reverse("desk") + "?" + query(wanted, last=last))
    return redirect(reverse("desk-pair", args=[duty.match.ref]) + "?" + query(wanted, last=last))


def at_the_desk(request: HttpRequest) -> Officer:
    """Who asks, if they act for a desk. Raises NotThere."""
    officer: Officer = request.user
    if officer.role not in DESK_ROLES:
        raise NotThere
    return officer


def in_the_background(request: HttpRequest) -> bool:
    """Whether the page's own script asks, and shows the next pair itself."""
    return JSON in request.headers.get("Accept", "")


def wanted_in(request: HttpRequest, now: datetime) -> Wanted:
    """What the address says one wants to see; a word that nobody knows is no wish."""
    whose, when, urgency = (request.GET.get(name, "") for name in ("whose", "when", "urgency"))
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return Wanted(
        whose=whose if whose in WHOSE else "all", when=when if when in WHEN else "all",
        urgency=urgency if urgency in URGENCIES else "", today=midnight,
    )  # fmt: skip


def query(wanted: Wanted, **more: str) -> str:
    """The same as the end of an address."""
    said = {"whose": wanted.whose, "when": wanted.when, "urgency": wanted.urgency, **more}
    return urlencode({name: word for name, word in said.items() if word and word != "all"})


def choices(wanted: Wanted) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """The ways to narrow the queue: for each its name, and (word, address, whether it is on)."""
    rows = []
    for name, words in (("whose", WHOSE), ("when", WHEN), ("urgency", ("", *URGENCIES))):
        now_on = getattr(wanted, name)
        rows.append((name, [(word, query(wanted, **{name: word}), word == now_on) for word in words]))
    return rows


def counts(officer: Officer, wanted: Wanted, now: datetime) -> dict[str, int]:
    """How many of the whole queue there are, are late, are due today, are mine, are nobody's; by urgency too."""
    found: dict[str, int] = queues.to_judge(officer).order_by().aggregate(
        all=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now)),
        today=Count("pk", filter=Q(due_at__lt=wanted.today)), mine=Count("pk", filter=Q(officer=officer.pk)),
        unassigned=Count("pk", filter=Q(officer__isnull=True)),
        **{urgency: Count("pk", filter=Q(urgency=urgency)) for urgency in URGENCIES},
    )  # fmt: skip
    return found


def beside(rows: Sequence[Duty]) -> dict[int, int]:
    """By duty: how many others on this page are of the same report, or of the same record."""
    ends: dict[int, list[tuple[str, int]]] = {}
    for duty in rows:
        match = duty.match
        assert match is not None
        ends[duty.pk] = [("subject", match.left_id), ("subject", match.right_id)]
        ends[duty.pk] += [("report", one.report_id) for one in (match.left, match.right) if one.report_id is not None]
    of = Counter(end for each in ends.values() for end in each)
    return {pk: max(of[end] for end in each) - 1 for pk, each in ends.items()}
