"""A report is put right, withdrawn or erased by its service; who holds a copy sees what changed, and answers for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from passerelle.errors import Refused
from passerelle.flow import consult, correct, end_report, receive
from passerelle.flow import restrict as restricting
from passerelle.flow.facts import NotAllowed
from passerelle.flow.receive import ReportDraft
from passerelle.policy import deadlines, ending
from passerelle.records.models.reports import INFORMATION_GRADES, SOURCE_GRADES
from passerelle.web.asking import REFUSED_STATUS, beside_the_form, page
from passerelle.web.beat import after_the_beat
from passerelle.web.days import day_in
from passerelle.web.pages.duties import typed
from passerelle.web.subject_rows import blank, drafts, for_page, rows_in, ties_in
from passerelle.words import LANGUAGES, sentence

FIELDS = ("text", "language", "source_grade", "information_grade", "handling_note", "territory", "learnt_on")
SWITCHES = ("assessment", "danger_to_life")


@require_http_methods(["GET", "HEAD", "POST"])
@page
def correct_report(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """A new version: all of the report as it should have been. The old one stays on record."""
    view = consult.read_report(ref=ref, officer=request.user, now=now)
    if not view.may_revise or view.said is None:
        raise NotAllowed(sentence("Only the service that filed a report puts it right, as long as it stands."))
    if request.method != "POST":
        report = view.report
        given: dict[str, Any] = {
            "text": view.said.text, "language": view.said.language,
            **{name: getattr(report, name) for name in ("source_grade", "information_grade", "handling_note")},
            "territory": report.territory, "learnt_on": report.learnt_on.isoformat() if report.learnt_on else "",
            **{name: getattr(report, name) for name in SWITCHES}, "themes": report.themes,
        }  # fmt: skip
        return correct_page(request, view, given, *_rows_of(view))
    given = {name: request.POST.get(name, "").replace("\r\n", "\n").strip() for name in FIELDS}
    given |= {name: name in request.POST for name in SWITCHES}
    given["themes"] = request.POST.getlist("themes")
    rows, ties = rows_in(request.POST), ties_in(request.POST)
    if request.POST.get("do") == "add":
        return correct_page(request, view, given, [*rows, blank(len(rows) + 1)], ties)
    subjects, relations = drafts(rows, ties)
    try:
        draft = ReportDraft(
            subjects=subjects, relations=relations,
            **{**given, "learnt_on": day_in(given["learnt_on"])},
        )  # fmt: skip
        receive.revise_report(ref=ref, officer=request.user, draft=draft, now=now)
    except Refused as refusal:
        return correct_page(request, view, given, rows, ties, beside_the_form(refusal))
    messages.success(request, gettext("Put right. Whoever has a copy is told what changed, and owes a receipt."))
    return after_the_beat("report", ref)


def _rows_of(view: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    subjects = [one.subject for one in view.subjects]
    by_pk = {subject.pk: subject.local_id for subject in subjects}
    rows = [
        {
            "id": subject.local_id, "schema": subject.schema, "category": subject.category, "caption": subject.caption,
            "spans": [list(span) for span in subject.spans], "values": dict(subject.properties), "keep": True,
            "hand": False,
        }
        for subject in subjects
    ]  # fmt: skip
    ties = [
        {"source": one.subject.local_id, "kind": kind, "target": by_pk[other.pk], "keep": True}
        for one in view.subjects
        for kind, other in one.relations
        if other.pk in by_pk
    ]
    return rows, ties


def correct_page(
    request: HttpRequest,
    view: Any,
    given: dict[str, Any],
    rows: list[dict[str, Any]],
    ties: list[dict[str, Any]],
    refusal: Refused | None = None,
) -> HttpResponse:
    """The form, with the report as it stands."""
    context = {
        "report": view.report, "typed": given, "refusal": refusal, "languages_known": LANGUAGES,
        "source_grades": SOURCE_GRADES, "information_grades": INFORMATION_GRADES, "themes": deadlines.themes(),
        "copies": len({delivery.recipient_id for delivery in view.deliveries}), **for_page(rows, ties),
    }  # fmt: skip
    return render(request, "correct_report.html", context, status=REFUSED_STATUS if refusal else 200)


@require_POST
@page
def withdraw(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """The report is taken back as a whole."""
    return ended(
        request, ref, gettext("Withdrawn. Nobody is told of it any more; every copy is to be removed."),
        lambda: end_report.withdraw(
            ref=ref, officer=request.user, ground=typed(request, "ground"), reason=typed(request, "reason"), now=now
        ),
    )  # fmt: skip


@require_POST
@page
def erase(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """What it said is destroyed."""
    return ended(
        request, ref, gettext("Erased. What it said is destroyed; every copy is to be removed."),
        lambda: end_report.erase(ref=ref, officer=request.user, ground=typed(request, "ground"), now=now),
    )  # fmt: skip


@require_POST
@page
def restrict(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """It travels no further until a day on which that is looked at again."""
    return ended(
        request, ref, gettext("Restricted. It travels no further; whoever has a copy marks it."),
        lambda: restricting.restrict(
            ref=ref, officer=request.user, why=typed(request, "why"), reason=typed(request, "reason"),
            until=day_in(typed(request, "until")[:10]), now=now,
        ),
    )  # fmt: skip


@require_POST
@page
def lift(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """It may be used again."""
    return ended(
        request, ref, gettext("It may be used again; what was owed meanwhile travels."),
        lambda: restricting.lift(ref=ref, officer=request.user, reason=typed(request, "reason"), now=now),
    )  # fmt: skip


def ended(request: HttpRequest, ref: str, says: str, act: Callable[[], object]) -> HttpResponse:
    """Call the verb; then the report, or why it was refused."""
    try:
        act()
    except Refused as refusal:
        return render(request, "refused.html", {"refusal": beside_the_form(refusal)}, status=REFUSED_STATUS)
    messages.success(request, says)
    return redirect("report", ref=ref)


@require_safe
@page
def changes(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """What changed in the copy that this service holds, field by field."""
    return changes_page(request, ref, now)


@require_POST
@page
def receipt(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """What was done with our copy; the service whose report it is sees it."""
    try:
        correct.give_receipt(
            ref=ref, officer=request.user, receipt=typed(request, "receipt"), note=typed(request, "note"), now=now
        )
    except Refused as refusal:
        return changes_page(request, ref, now, beside_the_form(refusal))
    messages.success(request, gettext("Kept. The service whose report it is sees your answer."))
    return redirect("duty", ref=ref)


def changes_page(request: HttpRequest, ref: str, now: datetime, refusal: Refused | None = None) -> HttpResponse:
    """The page, with a refusal beside its form where there is one."""
    view = consult.read_changes(ref=ref, officer=request.user, now=now)
    context = {"view": view, "duty": view.duty, "refusal": refusal, "typed": request.POST}
    return render(request, "changes.html", context, status=REFUSED_STATUS if refusal else 200)


def ending_grounds(act: str) -> list[ending.EndingGround]:
    """The grounds on which a form for this act may rest."""
    return [ground for ground in ending.grounds().values() if act in ground.acts]
