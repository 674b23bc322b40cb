"""What persons ask of those who may hold something on them: recorded by a desk, looked at, and answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from passerelle.errors import Refused
from passerelle.flow import requests as verbs
from passerelle.flow.facts import NotThere
from passerelle.policy import requests as rules
from passerelle.policy.facts import DESK_ROLES
from passerelle.records import visibility, wall
from passerelle.records.models import Officer
from passerelle.web.asking import REFUSED_STATUS, beside_the_form, page
from passerelle.web.days import day_in
from passerelle.web.pages.duties import typed
from passerelle.web.subject_rows import VALUES_BETWEEN
from passerelle.words import LANGUAGES, sentence

ROWS_MAX = 200
ASKED_OF_A_PERSON = ("name", "alias", "birthDate", "birthPlace", "idNumber", "address", "phone")
"""What a desk writes down of who asks, beside what they ask."""

FIELDS = ("kind", "way", "identity", "asks", "language", "received_on")


@require_safe
@page
def requests(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """Those that this desk recorded or answers, and its parts of those that go by way of the authority."""
    officer = asker(request)
    found = visibility.requests(officer).order_by("-recorded_at", "-id")[:ROWS_MAX]
    held: list[Any] = wall.with_relations(found, "service", "holder")
    parts = visibility.request_parts(officer).filter(service=officer.service_id).order_by("-id")[:ROWS_MAX]
    context = {
        "rows": [
            (one, one.holder_id == officer.service_id or officer.role == "oversight")
            for one in held
        ],
        "parts": list(parts),
    }
    return render(request, "requests.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """A person asks: who they are was made sure, and what they ask is written down as they put it."""
    officer = asker(request)
    way = "authority" if officer.role == "oversight" else "direct"
    today = timezone.localtime(now).date().isoformat()
    given: dict[str, Any] = {"kind": "access", "way": way, "language": officer.language, "received_on": today}
    if request.method != "POST":
        return new_page(request, given)
    given = {name: typed(request, name) for name in (*FIELDS, *(f"p-{one}" for one in ASKED_OF_A_PERSON))}
    try:
        received_on = day_in(given["received_on"])
        if received_on is None:
            raise verbs.RequestIncomplete(sentence("The day on which the request came is missing."))
        person = {
            name: [part.strip() for part in given[f"p-{name}"].split(VALUES_BETWEEN) if part.strip()]
            for name in ASKED_OF_A_PERSON
        }
        recorded = verbs.record(
            officer=officer, kind=given["kind"], way=given["way"], identity=given["identity"], asks=given["asks"],
            person={name: values for name, values in person.items() if values}, language=given["language"],
            received_on=received_on, now=now,
        )  # fmt: skip
    except NotThere:
        raise
    except Refused as refusal:
        return new_page(request, given, beside_the_form(refusal))
    messages.success(request, gettext("Recorded. It has a clock, and somebody who answers."))
    return redirect("request", ref=recorded.ref)


@require_safe
@page
def request_page(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """One request, or one's part of it."""
    return show(request, ref, now)


@require_POST
@page
def answer(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """The person, or the authority, is answered."""
    try:
        verbs.answer(
            ref=ref, officer=request.user, outcome=typed(request, "outcome"), ground=typed(request, "ground"),
            note=typed(request, "note"), reports=typed(request, "reports").split(), now=now,
        )  # fmt: skip
    except NotThere:
        raise
    except Refused as refusal:
        return show(request, ref, now, beside_the_form(refusal))
    messages.success(request, gettext("Answered."))
    return redirect("request", ref=ref)


def asker(request: HttpRequest) -> Officer:
    """The officer, if theirs is a seat that has to do with requests of persons. Raises NotThere."""
    officer: Officer = request.user
    if officer.role != "oversight" and (officer.role not in DESK_ROLES or officer.service.kind == "neutral_desk"):
        raise NotThere
    return officer


def new_page(request: HttpRequest, given: dict[str, Any], refusal: Refused | None = None) -> HttpResponse:
    """The form."""
    officer = asker(request)
    context = {
        "typed": given, "refusal": refusal, "kinds": rules.words("kinds"), "identities": rules.words("identities"),
        "languages_known": LANGUAGES, "direct": officer.role != "oversight",
        "asked": [(name, given.get(f"p-{name}", "")) for name in ASKED_OF_A_PERSON],
    }  # fmt: skip
    return render(request, "new_request.html", context, status=REFUSED_STATUS if refusal else 200)


def show(request: HttpRequest, ref: str, now: datetime, refusal: Refused | None = None) -> HttpResponse:
    """The page, with a refusal beside its form where there is one."""
    view = verbs.read_request(ref=ref, officer=request.user, now=now)
    context = {
        "view": view, "refusal": refusal, "typed": request.POST, "kind": rules.words("kinds")[view.kind],
        "identity": rules.words("identities").get(view.identity),
        "outcomes": [one for one in rules.outcomes().values() if view.kind in one.kinds],
        "grounds": rules.words("grounds").values(), "all_look": view.way == "authority" and not view.is_part,
        "outcome": rules.outcomes().get(view.outcome), "ground": rules.words("grounds").get(view.ground),
    }  # fmt: skip
    return render(request, "request.html", context, status=REFUSED_STATUS if refusal else 200)
