"""Watches and rules: those of one's service, what was asked for, and asking for a new one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from passerelle.errors import Refused
from passerelle.flow import consult
from passerelle.flow import watches as verbs
from passerelle.flow.facts import NotThere
from passerelle.flow.interests import InterestIncomplete
from passerelle.policy import deadlines
from passerelle.policy.facts import PURPOSES, SERVICE_ROLES
from passerelle.policy.quotas import quotas
from passerelle.records.models import Interest, Proposal
from passerelle.web.asking import REFUSED_STATUS, beside_the_form, page
from passerelle.web.days import day_in
from passerelle.web.pages.filing import filer
from passerelle.web.subject_rows import blank, drafts, for_page, rows_in, ties_in
from passerelle.words import sentence

ROWS_MAX = 200
BLANK_ROWS = 2
FIELDS = ("kind", "purpose", "legal_basis", "until", "theme", "territory")
USUAL = timedelta(days=90)


@require_safe
@page
def watches(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """The live watches and rules of one's own service, and what waits for a second person."""
    officer = request.user
    if officer.role not in SERVICE_ROLES:
        raise NotThere
    live = Interest.objects.filter(service=officer.service_id, kind__in=("watch", "rule"), until__gt=now.date())
    asked = Proposal.objects.filter(service=officer.service_id, outcome="").select_related("asked_by", "review")
    context = {
        "live": [
            (one, officer.role in ("supervisor", "head") or one.stated_by_id == officer.pk)
            for one in live.select_related("stated_by", "approved_by", "proposal").order_by("until", "id")[:ROWS_MAX]
        ],
        "asked": list(asked[:ROWS_MAX]),
        "themes": {key: str(word) for key, word in deadlines.themes().items()},
    }
    return render(request, "watches.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """Ask for a watch or a rule: its purpose, its legal basis, its end; a second person approves."""
    officer = filer(request)
    given: dict[str, Any] = {
        "kind": "watch", "purpose": "investigation", "legal_basis": "", "until": (now + USUAL).date().isoformat(),
        "theme": "", "territory": "", "discreet": False,
    }  # fmt: skip
    if request.method != "POST":
        return new_page(request, given, [blank(number) for number in range(1, BLANK_ROWS + 1)], [])
    given |= {name: request.POST.get(name, "").strip() for name in FIELDS}
    given["discreet"] = "discreet" in request.POST
    rows, ties = rows_in(request.POST), ties_in(request.POST)
    if request.POST.get("do") == "add":
        return new_page(request, given, [*rows, blank(len(rows) + 1)], ties)
    subjects, relations = drafts(rows, ties) if given["kind"] == "watch" else ([], [])
    try:
        until = day_in(given["until"])
        if until is None:
            raise InterestIncomplete(sentence("A watch or a rule needs a day on which its purpose ends."))
        if given["theme"] and given["theme"] not in deadlines.themes():
            raise InterestIncomplete(sentence("Choose a theme of the list."))
        asked = verbs.ask(
            officer=officer,
            kind=given["kind"],
            purpose=given["purpose"],
            legal_basis=given["legal_basis"],
            until=until,
            subjects=subjects,
            relations=relations,
            theme=given["theme"],
            territory=given["territory"],
            discreet=given["discreet"],
            now=now,
        )
    except Refused as refusal:
        return new_page(request, given, rows, ties, beside_the_form(refusal))
    messages.success(request, gettext("Asked. Nothing is compared before a second person approves."))
    return redirect("asked", ref=asked.ref)


@require_safe
@page
def asked(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """What was asked for, for the second person above all."""
    view = consult.read_proposal(ref=ref, officer=request.user, now=now)
    return render(request, "asked.html", {"view": view, "content": view.content, "review": view.proposal.review})


@require_POST
@page
def end(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """A watch or a rule that is no longer needed ends today."""
    verbs.end(ref=ref, officer=request.user, now=now)
    messages.success(request, gettext("It has ended."))
    return redirect("watches")


def new_page(
    request: HttpRequest,
    given: dict[str, Any],
    rows: list[dict[str, Any]],
    ties: list[dict[str, Any]],
    refusal: Refused | None = None,
) -> HttpResponse:
    """The form."""
    context = {
        "typed": given,
        "refusal": refusal,
        "purposes": PURPOSES,
        "themes": deadlines.themes(),
        "quotas": quotas(),
        **for_page(rows, ties),
    }
    return render(request, "new_watch.html", context, status=REFUSED_STATUS if refusal else 200)
