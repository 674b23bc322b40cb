"""A report is filed in two steps: what was learnt, in one box; then whom it speaks of, confirmed by a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from passerelle.errors import Refused
from passerelle.flow import drafts as drafts_kept
from passerelle.flow import receive
from passerelle.flow.facts import NotThere
from passerelle.flow.receive import ReportDraft
from passerelle.intake import text as reading
from passerelle.policy import deadlines, disclosure
from passerelle.policy.facts import SERVICE_ROLES
from passerelle.records import visibility
from passerelle.records.models import Dossier, Officer
from passerelle.records.models.reports import HANDLINGS, INFORMATION_GRADES, SOURCE_GRADES
from passerelle.web.asking import REFUSED_STATUS, beside_the_form, page
from passerelle.web.beat import after_the_beat
from passerelle.web.days import day_in
from passerelle.web.subject_rows import blank, drafts, for_page, marked, proposed, rows_in, ties_in
from passerelle.words import LANGUAGES

FIELDS = (
    "text", "language", "source_grade", "information_grade", "handling", "handling_reason", "handling_review_on",
    "handling_note", "learnt_on", "dossier",
)
SWITCHES = ("assessment", "danger_to_life")
EMPTY: dict[str, Any] = {
    "text": "", "language": "", "source_grade": "X", "information_grade": "4", "handling": "open",
    "handling_reason": "",
    "handling_review_on": "", "handling_note": "", "learnt_on": "", "dossier": "", "themes": [], "assessment": False,
    "danger_to_life": False,
}


@require_http_methods(["GET", "HEAD", "POST"])
@page
def write(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """The one box. What was written is kept until it is filed."""
    officer = filer(request)
    kept = {**EMPTY, **drafts_kept.kept(officer)}
    if request.method != "POST":
        return first_step(request, officer, kept)
    typed: dict[str, Any] = {name: request.POST.get(name, "").replace("\r\n", "\n").strip() for name in FIELDS}
    typed |= {name: name in request.POST for name in SWITCHES}
    typed["themes"] = request.POST.getlist("themes")
    if not typed["language"]:
        typed["language"] = reading.detect_language(typed["text"])
    same_text = (typed["text"], typed["language"]) == (kept["text"], kept["language"]) and "rows" in kept
    if same_text:
        typed["rows"], typed["ties"] = kept["rows"], kept["ties"]
    try:
        receive.check_report(draft_of(typed))
        if not same_text:
            typed["rows"], typed["ties"] = proposed(typed["text"], typed["language"])
    except Refused as refusal:
        drafts_kept.keep(officer=officer, content=typed, now=now)
        return first_step(request, officer, typed, beside_the_form(refusal))
    drafts_kept.keep(officer=officer, content=typed, now=now)
    return redirect("confirm-subjects")


@require_http_methods(["GET", "HEAD", "POST"])
@page
def confirm(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """What the text speaks of, proposed: kept, corrected, rejected, or written in by hand. Then it is filed."""
    officer = filer(request)
    kept = drafts_kept.kept(officer)
    if "rows" not in kept:
        return redirect("file-report")
    if request.method != "POST":
        return second_step(request, kept)
    kept = {**kept, "rows": rows_in(request.POST), "ties": ties_in(request.POST)}
    wish = request.POST.get("do", "file")
    if wish == "add":
        kept["rows"].append(blank(len(kept["rows"]) + 1))
    drafts_kept.keep(officer=officer, content=kept, now=now)
    if wish == "back":
        return redirect("file-report")
    if wish == "add":
        return redirect("confirm-subjects")
    try:
        filed = receive.file_report(
            service=officer.service, author=officer, draft=draft_of(kept), dossier=dossier_of(officer, kept), now=now
        )
    except Refused as refusal:
        return second_step(request, kept, beside_the_form(refusal))
    drafts_kept.drop(officer)
    messages.success(request, gettext("Filed."))
    return after_the_beat("report", filed.ref)


def filer(request: HttpRequest) -> Officer:
    """The officer, if theirs is a seat from which reports are filed. Raises NotThere."""
    officer: Officer = request.user
    if officer.role not in SERVICE_ROLES:
        raise NotThere
    return officer


def first_step(
    request: HttpRequest, officer: Officer, typed: dict[str, Any], refusal: Refused | None = None
) -> HttpResponse:
    """The page of the box."""
    own = visibility.dossiers(officer).filter(service=officer.service_id).order_by("-opened_at", "-id")
    context = {
        "typed": typed, "refusal": refusal, "languages_known": LANGUAGES, "source_grades": SOURCE_GRADES,
        "information_grades": INFORMATION_GRADES, "handlings": HANDLINGS, "themes": deadlines.themes(),
        "dossiers": list(own[:100]), "handling_rows": disclosure.handlings(),
    }
    return render(request, "file_report.html", context, status=REFUSED_STATUS if refusal else 200)


def second_step(request: HttpRequest, kept: dict[str, Any], refusal: Refused | None = None) -> HttpResponse:
    """The page of the subjects."""
    context = {
        "draft": kept, "pieces": marked(kept["text"], kept["rows"]), "refusal": refusal,
        **for_page(kept["rows"], kept["ties"]),
    }
    return render(request, "confirm_subjects.html", context, status=REFUSED_STATUS if refusal else 200)


def draft_of(typed: dict[str, Any]) -> ReportDraft:
    """The draft that these fields say. Raises ReportIncomplete for a date that is none."""
    subjects, relations = drafts(typed.get("rows", ()), typed.get("ties", ()))
    return ReportDraft(
        text=typed["text"], language=typed["language"], subjects=subjects, relations=relations,
        source_grade=typed["source_grade"], information_grade=typed["information_grade"], handling=typed["handling"],
        handling_reason=typed["handling_reason"], handling_review_on=day_in(typed["handling_review_on"]),
        handling_note=typed["handling_note"], themes=typed["themes"], assessment=typed["assessment"],
        danger_to_life=typed["danger_to_life"], learnt_on=day_in(typed["learnt_on"]),
    )


def dossier_of(officer: Officer, typed: dict[str, Any]) -> Dossier | None:
    """The dossier it is filed in, where one was chosen. Raises NotThere for another service's."""
    if not typed["dossier"]:
        return None
    found = visibility.dossiers(officer).filter(service=officer.service_id, ref=typed["dossier"]).first()
    if found is None:
        raise NotThere
    return found
