"""Dossiers: the list, one with its timeline, a new one, and more subjects for one that is open."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from passerelle.errors import Refused
from passerelle.flow import ask_colleague as asking
from passerelle.flow import consult_dossier, receive
from passerelle.flow.facts import NotThere, allow, dossier_facts
from passerelle.flow.interests import InterestIncomplete
from passerelle.flow.views import DossierView
from passerelle.policy import deadlines
from passerelle.policy.facts import PURPOSES, SERVICE_ROLES
from passerelle.records import visibility
from passerelle.records.models import Officer
from passerelle.web import link_chart, town_map
from passerelle.web.asking import REFUSED_STATUS, beside_the_form, page
from passerelle.web.beat import after_the_beat, asks_again, known_at
from passerelle.web.days import day_in
from passerelle.web.pages.duties import colleagues, typed
from passerelle.web.pages.filing import filer
from passerelle.web.subject_rows import blank, drafts, for_page, rows_in, ties_in
from passerelle.words import LANGUAGES, sentence

ROWS_MAX = 200
BLANK_ROWS = 3
FIELDS = ("title", "language", "purpose", "legal_basis", "until", "note")
YEAR = timedelta(days=365)


@require_safe
@page
def dossiers(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """The dossiers of one's own service, latest first."""
    found = visibility.dossiers(request.user).select_related("service", "interest").order_by("-opened_at", "-id")
    may_open = request.user.role in SERVICE_ROLES
    return render(request, "dossiers.html", {"dossiers": list(found[:ROWS_MAX]), "may_open": may_open})


@require_safe
@page
def dossier(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """One dossier: why it is kept, whom it speaks of, and what happened."""
    view = consult_dossier.read_dossier(ref=ref, officer=request.user, with_records=True, now=now)
    known = known_at((one.subject for one in view.subjects), now)
    return asks_again(request, shown(request, view, known, now), known, now)


@require_POST
@page
def ask_colleague(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """A colleague is asked to find something out: a duty with a holder and a clock, seen in the dossier."""
    officer = filer(request)
    to = None
    if typed(request, "to"):
        to = Officer.objects.filter(ref=typed(request, "to"), service=officer.service_id).first()
        if to is None:
            raise NotThere
    try:
        asked = asking.ask_colleague(dossier=ref, officer=officer, to=to, text=typed(request, "text"), now=now)
    except Refused as refusal:
        refused = beside_the_form(refusal)
        view = consult_dossier.read_dossier(ref=ref, officer=officer, with_records=True, now=now)
        return shown(request, view, None, now, refusal=refused)
    messages.success(request, gettext("Asked. It has a holder and a clock, and stands in the dossier."))
    return redirect(f"{reverse('dossier', args=[ref])}#tasks" if asked.duty.live else reverse("dossier", args=[ref]))


def shown(
    request: HttpRequest, view: DossierView, known: datetime | None, now: datetime, refusal: Refused | None = None
) -> HttpResponse:
    """The page of a dossier, with a refusal beside the form that was sent."""
    may_add = request.user.role in SERVICE_ROLES and view.dossier.service_id == request.user.service_id
    everybody = [*view.subjects, *(one for record in view.records for one in record.subjects)]
    context = {
        "view": view,
        "may_add": may_add,
        "known_at": known,
        "chart": link_chart.drawn(everybody, view.deliveries),
        "map": town_map.drawn(one.subject for one in everybody),
        "reports_left_out": len(view.reports) - len(view.records),
        "colleagues": colleagues(request.user, now) if may_add else [],
        "refusal": refusal,
        "typed": request.POST if refusal else {},
    }
    return render(request, "dossier.html", context, status=REFUSED_STATUS if refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """A new dossier: its purpose, its legal basis, its end, and its first subjects."""
    officer = filer(request)
    typed: dict[str, Any] = {
        "title": "",
        "language": officer.language,
        "purpose": "investigation",
        "legal_basis": "",
        "until": (now + YEAR).date().isoformat(),
        "note": "",
        "themes": [],
        "discreet": False,
    }
    if request.method != "POST":
        return new_page(request, typed, [blank(number) for number in range(1, BLANK_ROWS + 1)], [])
    typed |= {name: request.POST.get(name, "").strip() for name in FIELDS}
    typed["themes"], typed["discreet"] = request.POST.getlist("themes"), "discreet" in request.POST
    rows, ties = rows_in(request.POST), ties_in(request.POST)
    if request.POST.get("do") == "add":
        return new_page(request, typed, [*rows, blank(len(rows) + 1)], ties)
    subjects, relations = drafts(rows, ties)
    try:
        until = day_in(typed["until"])
        if until is None or not typed["title"]:
            raise InterestIncomplete(sentence("A dossier needs a title and a day on which its purpose ends."))
        opened = receive.open_dossier(
            service=officer.service,
            officer=officer,
            title=typed["title"],
            language=typed["language"],
            purpose=typed["purpose"],
            legal_basis=typed["legal_basis"],
            until=until,
            subjects=subjects,
            relations=relations,
            themes=typed["themes"],
            note=typed["note"],
            discreet=typed["discreet"],
            now=now,
        )
    except Refused as refusal:
        return new_page(request, typed, rows, ties, beside_the_form(refusal))
    messages.success(request, gettext("The dossier is open; its subjects are compared with what others filed."))
    return after_the_beat("dossier", opened.ref)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def add_subjects(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """More subjects; what was filed before is compared with them too."""
    officer = filer(request)
    found = (
        visibility.dossiers(officer)
        .select_related("service", "opened_by")
        .filter(ref=ref, service=officer.service_id)
        .first()
    )
    if found is None:
        raise NotThere
    allow(officer, "file", dossier_facts(found))
    if request.method != "POST":
        return add_page(request, found, [blank(number) for number in range(1, BLANK_ROWS + 1)], [])
    rows, ties = rows_in(request.POST), ties_in(request.POST)
    if request.POST.get("do") == "add":
        return add_page(request, found, [*rows, blank(len(rows) + 1)], ties)
    subjects, relations = drafts(rows, ties)
    try:
        if not subjects:
            raise InterestIncomplete(sentence("No subject was written in."))
        receive.add_subjects(dossier=found, officer=officer, subjects=subjects, relations=relations, now=now)
    except Refused as refusal:
        return add_page(request, found, rows, ties, beside_the_form(refusal))
    messages.success(request, gettext("Added; they are compared with what others filed."))
    return after_the_beat("dossier", ref)


def new_page(
    request: HttpRequest,
    typed: dict[str, Any],
    rows: list[dict[str, Any]],
    ties: list[dict[str, Any]],
    refusal: Refused | None = None,
) -> HttpResponse:
    """The form of a new dossier."""
    context = {
        "typed": typed,
        "refusal": refusal,
        "languages_known": LANGUAGES,
        "purposes": PURPOSES,
        "themes": deadlines.themes(),
        **for_page(rows, ties),
    }
    return render(request, "new_dossier.html", context, status=REFUSED_STATUS if refusal else 200)


def add_page(
    request: HttpRequest,
    found: Any,
    rows: list[dict[str, Any]],
    ties: list[dict[str, Any]],
    refusal: Refused | None = None,
) -> HttpResponse:
    """The form of more subjects."""
    context = {"dossier": found, "refusal": refusal, **for_page(rows, ties)}
    return render(request, "add_subjects.html", context, status=REFUSED_STATUS if refusal else 200)
