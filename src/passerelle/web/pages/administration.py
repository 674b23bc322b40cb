"""The administrator's seat: which services lack somebody, what waits to be mended, the rules of the installation."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from passerelle.duty import KINDS
from passerelle.errors import Refused
from passerelle.flow import between_services, rules_tried, sizes
from passerelle.flow import rules as verbs
from passerelle.flow.facts import NotThere
from passerelle.flow.rules_in_force import TABLE_CHARACTERS_MAX
from passerelle.policy import deadlines, facts
from passerelle.policy.tables import DATA_FOLDER, Written
from passerelle.records import wall
from passerelle.records.models import Officer, RefusedRow, RuleTable, Service
from passerelle.records.models.rules import TABLES
from passerelle.web import rules_shown
from passerelle.web.asking import REFUSED_STATUS, beside_the_form, page
from passerelle.web.days import day_in
from passerelle.web.pages.duties import typed
from passerelle.words import sentence

SEATS = ("desk", "supervisor", "head")


@require_safe
@page
def administration(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """The services that this administrator connects: all from the neutral desk, else one's own. No content of any."""
    officer: Officer = request.user
    if officer.role != "administrator":
        raise NotThere
    services = Service.objects.filter(closed_at__isnull=True).order_by("name")
    if officer.service.kind != "neutral_desk":
        services = services.filter(pk=officer.service_id)
    seated = Officer.objects.filter(service__in=services, is_active=True, account__isnull=True)
    seats: dict[int, Counter[str]] = {}
    for service, role in seated.values_list("service_id", "role"):
        seats.setdefault(service, Counter())[role] += 1
    with wall.as_house():  # how many rows wait, and nothing of what stands in them
        waiting = dict(
            RefusedRow.objects.filter(register__service__in=services, mended_at__isnull=True)
            .order_by().values_list("register__service").annotate(Count("pk"))
        )  # fmt: skip
    rows = [
        {
            "service": one,
            "seats": [(role, seats.get(one.pk, Counter())[role]) for role in SEATS],
            "lacks": [
                role for role in SEATS if one.kind not in ("oversight",) and not seats.get(one.pk, Counter())[role]
            ],
            "waiting": waiting.get(one.pk, 0),
        }
        for one in services
    ]
    waits = RuleTable.objects.filter(outcome="")
    return render(request, "administration.html", {"rows": rows, "waits": waits, "tables": TABLES})


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new_rules(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """Another version of a table: tried on a past month, and asked for; a second person approves."""
    officer: Officer = request.user
    table = ref
    if officer.role not in verbs.PROPOSERS or table not in TABLES:
        raise NotThere
    before = timezone.localtime(now)
    last = f"{before.year}-{before.month:02}"
    given: dict[str, Any] = {
        "text": request.POST.get("text", _in_force(table)), "month": typed(request, "month") or last,
        "reason": typed(request, "reason"), "starts": typed(request, "starts"),
    }  # fmt: skip
    refusal: Refused | None = None
    trial: rules_tried.Trial | None = None
    if request.method == "POST":
        text = given["text"].replace("\r\n", "\n")
        try:
            sizes.check_text(text, sentence("text"), most=TABLE_CHARACTERS_MAX)
            if request.POST.get("do") == "ask":
                asked = verbs.propose(
                    table=table, text=text, reason=given["reason"], officer=officer, starts_at=_start(given["starts"]),
                    now=now,
                )  # fmt: skip
                messages.success(request, gettext("Asked for. Nothing changes before a second person approved."))
                return redirect("rules", ref=asked.ref)
            with wall.as_house():  # counts and references of a month; of no report a word
                trial = rules_tried.tried(
                    path=Written(f"{table}.yaml", text), month=between_services.month_in(given["month"]),
                    reason="rules tried before they are asked for", officer=officer, now=now,
                )  # fmt: skip
        except Refused as refused:
            refusal = beside_the_form(refused)
    loads = sorted(trial.loads.items()) if trial is not None else []
    context = {
        "table": table, "given": given, "refusal": refusal, "trial": trial, "loads": loads,
        "kinds": [(kind, len(trial.of(kind))) for kind in ("new", "more", "less", "gone")] if trial else [],
        "legend": legend(table), "may_try": rules_tried.may_try(officer),
        "names": dict(Service.objects.values_list("key", "name")),
    }  # fmt: skip
    return render(request, "new_rules.html", context, status=REFUSED_STATUS if refusal else 200)


def legend(table: str) -> list[tuple[str, list[str]]]:
    """The keys that the table may use in each of its fields."""
    lists: dict[str, list[str]] = {
        "duty": list(KINDS), "urgency": list(facts.URGENCIES), "theme": list(deadlines.themes()),
        "service_kind": list(facts.SERVICE_KINDS), "regime": list(facts.REGIMES), "purpose": list(facts.PURPOSES),
        "concerned": list(facts.CATEGORIES), "telling": list(facts.FORM_WORDS),
        "standing": list(deadlines.STANDING_WORDS),
    }  # fmt: skip
    return [
        (field, [key for of in rules_shown.SAID_BY[field] for key in lists[of]])
        for field in rules_shown.KEYS_OF[table]
    ]


def _in_force(table: str) -> str:
    own = RuleTable.objects.filter(table=table, in_force_at__isnull=False).order_by("-version").first()
    return own.text if own is not None else (DATA_FOLDER / f"{table}.yaml").read_text(encoding="utf-8")


def _start(text: str) -> datetime | None:
    day = day_in(text) if text else None
    return timezone.make_aware(datetime(day.year, day.month, day.day)) if day is not None else None  # noqa: DTZ001
