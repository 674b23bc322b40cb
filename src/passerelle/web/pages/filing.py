"""A report is filed in two steps: what was learnt, in one box; then whom it speaks of, confirmed by a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from passerelle.errors import Refused
from passerelle.flow import drafts as drafts_kept
from passerelle.flow import files, receive
from passerelle.flow.facts import NotThere
from passerelle.flow.receive import ReportDraft
from passerelle.flow.sizes import NAME_CHARACTERS_MAX, TEXT_CHARACTERS_MAX, check_text
from passerelle.intake import text as reading
from passerelle.policy import deadlines, disclosure
from passerelle.policy.facts import SERVICE_ROLES
from passerelle.records import visibility
from passerelle.records.models import Dossier, Officer
from passerelle.records.models.reports import HANDLINGS, INFORMATION_GRADES, SOURCE_GRADES
from passerelle.web.asking import REFUSED_STATUS, beside_the_form, page
from passerelle.web.beat import after_the_beat
from passerelle.web.days import day_in
from passerelle.web.draft_key import draft_key, draft_place
from passerelle.web.dropped import FIELD
from passerelle.web.subject_rows import (
    SIGNS,
    blank,
    drafts,
    for_page,
    is_offset,
    kinds_found,
    label,
    marked,
    picked,
    proposed,
    rows_in,
    ties_in,
    with_dates,
    with_places,
)
from passerelle.web.templatetags.said import clock_time, said
from passerelle.web.words_shown import SCHEMA_WORDS
from passerelle.words import LANGUAGES, sentence

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


PICKS = (
    ("Person", "●"), ("nameless", "○"), ("Address", "⌂"), ("Vehicle", "▣"), ("Phone", "☏"), ("BankAccount", "€"),
    ("Identification", "▤"), ("Organization", "◆"),
)
"""What a selected part of the text can be marked as."""


class NoFile(Refused):
    """The button for a file was pressed, and no file was chosen."""

    code = "file.none"


@require_http_methods(["GET", "HEAD", "POST"])
@page
def write(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """The one box. What was written is kept until it is filed; the text of a file that is dropped comes into it."""
    officer = filer(request)
    kept = {**EMPTY, **drafts_kept.kept(officer)}
    if request.method != "POST":
        return first_step(request, officer, kept)
    typed = typed_in(request, kept)
    wish = request.POST.get("do", "next")
    wish = "take" if request.FILES.get(FIELD) else wish if wish in ("take", "keep", "throw") else "next"
    try:
        if wish == "take":
            take_file(request, typed)
        elif wish == "next":
            typed = read_text(typed, kept)
    except Refused as refusal:
        drafts_kept.keep(officer=officer, content=typed, now=now)
        return first_step(request, officer, typed, beside_the_form(refusal))
    if wish == "throw":
        drafts_kept.drop(officer)
        messages.success(request, gettext("The draft was thrown away."))
        return redirect("file-report")
    drafts_kept.keep(officer=officer, content=typed, now=now)
    if wish == "keep":
        messages.success(request, kept_words(now))
    return redirect("confirm-subjects" if wish == "next" else "file-report")


@require_http_methods(["GET", "HEAD", "POST"])
@page
def confirm(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """What the text speaks of, proposed: kept, corrected, rejected, marked or written in by hand. Then it is filed."""
    officer = filer(request)
    kept = drafts_kept.kept(officer)
    if "rows" not in kept:
        return redirect("file-report")
    if request.method != "POST":
        return second_step(request, officer, kept)
    kept = confirmed(request.POST, kept)
    wish = request.POST.get("do", "keep")
    if wish == "add":
        kept["rows"].append(blank(len(kept["rows"]) + 1))
    elif wish == "mark":
        mark(request.POST, kept)
    elif wish == "several":
        one_of(request.POST, kept)
    elif wish == "language" and request.POST.get("language") in LANGUAGES:
        kept["language"] = request.POST["language"]
        kept["rows"], kept["ties"] = proposed(kept["text"], kept["language"])
    drafts_kept.keep(officer=officer, content=kept, now=now)
    if wish != "file":
        return redirect("file-report" if wish == "back" else "confirm-subjects")
    try:
        filed = receive.file_report(
            service=officer.service, author=officer, draft=draft_of(kept), dossier=dossier_of(officer, kept), now=now
        )
    except Refused as refusal:
        return second_step(request, officer, kept, beside_the_form(refusal))
    drafts_kept.drop(officer)
    messages.success(request, gettext("Filed."))
    return after_the_beat("report", filed.ref)


@require_POST
@page
def keep_draft(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """The page keeps what is being typed, by itself: from the box, or from the subjects. Answers when it was kept."""
    officer = filer(request)
    kept = {**EMPTY, **drafts_kept.kept(officer)}
    content = confirmed(request.POST, kept) if "s-step" in request.POST else typed_in(request, kept)
    before = drafts_kept.kept_at(officer)
    instead = before.isoformat() if before is not None else ""
    goes_on_from = instead if "instead" in request.POST else request.POST.get("goes_on_from", "")
    try:
        at = drafts_kept.keep_on(officer=officer, content=content, goes_on_from=goes_on_from, now=now)
    except drafts_kept.DraftMovedOn as refusal:
        return JsonResponse({"said": said(refusal)}, status=REFUSED_STATUS)
    return JsonResponse({"kept_at": at.isoformat(), "said": kept_words(at)})


def kept_words(at: datetime) -> str:
    """That the draft was kept, and when."""
    return gettext("Kept at %(time)s.") % {"time": clock_time(at)[:5]}


def typed_in(request: HttpRequest, kept: dict[str, Any]) -> dict[str, Any]:
    """The fields of the box as they were sent; what was proposed stays as long as the text does."""
    typed: dict[str, Any] = {name: request.POST.get(name, "").replace("\r\n", "\n").strip() for name in FIELDS}
    typed |= {name: name in request.POST for name in SWITCHES}
    typed["themes"] = request.POST.getlist("themes")
    if "rows" in kept and typed["text"] == kept["text"] and typed["language"] in ("", kept["language"]):
        typed |= {"rows": kept["rows"], "ties": kept["ties"], "language": kept["language"]}
    return typed


def take_file(request: HttpRequest, typed: dict[str, Any]) -> None:
    """The text of the file that came with the form, behind what is in the box already; and what to know about it.
    Raises NoFile, and what `files.read_file` does."""
    brought = request.FILES.get(FIELD)
    if brought is None:
        raise NoFile(sentence("No file was chosen."), way_out=sentence("Choose one, or paste its text into the box."))
    name = files.plain_name(brought.name or "")
    document = files.read_file(name, brought.read())
    text = "\n\n".join(part for part in (typed["text"], document.text) if part)
    check_text(text, sentence("text with what {file} holds", file=name), most=TEXT_CHARACTERS_MAX)
    for name_of in ("rows", "ties"):
        typed.pop(name_of, None)
    typed["text"], typed["language"] = text, ""
    taken = gettext("The text of %(file)s is in the box. Look it over before you go on.")
    messages.success(request, taken % {"file": name})
    for note in document.notes:
        messages.info(request, said(note))
    if document.learnt_on and not typed["learnt_on"]:
        typed["learnt_on"] = document.learnt_on
        messages.info(request, gettext("“Learnt on” was set to the day of the e-mail; change it if that is not right."))


def read_text(typed: dict[str, Any], kept: dict[str, Any]) -> dict[str, Any]:
    """What was typed, in its language and with what it speaks of. Raises ReportIncomplete, TooLong, NoText."""
    read = {**typed, "language": typed["language"] or reading.detect_language(typed["text"])}
    receive.check_report(draft_of(read))
    if "rows" not in read or read["language"] != kept["language"]:
        read["rows"], read["ties"] = proposed(read["text"], read["language"])
    return read


def confirmed(form: QueryDict, kept: dict[str, Any]) -> dict[str, Any]:
    """The draft with its subjects and relations as this form has them."""
    return {**kept, "rows": with_places(kept["text"], rows_in(form)), "ties": ties_in(form)}


def mark(form: QueryDict, kept: dict[str, Any]) -> None:
    """What the officer marked in the text becomes a row of its own, in the order of the text."""
    start, end, kind = form.get("from", ""), form.get("to", ""), form.get("as", "Person")
    schema = "Person" if kind == "nameless" else kind
    if not (is_offset(start) and is_offset(end) and schema in SCHEMA_WORDS):
        return
    here, there = int(start), min(int(end), len(kept["text"]))
    if not kept["text"][here:there].strip() or there - here > NAME_CHARACTERS_MAX:
        return
    row = picked(kept["text"], here, there, schema, nameless=kind == "nameless")
    if row["id"] not in {one["id"] for one in kept["rows"]}:
        kept["rows"].append(row)


def one_of(form: QueryDict, kept: dict[str, Any]) -> None:
    """Somebody of whom it is only known that they are one of several: a subject of its own, tied to each of these."""
    several = [row["id"] for row in kept["rows"] if row["id"] in form.getlist("several")]
    who = form.get("who", "")
    if len(several) < 2:
        return
    if who not in {row["id"] for row in kept["rows"]} - set(several):
        row = blank(len(kept["rows"]) + 1)
        names = [label(one, number) for number, one in enumerate(kept["rows"], start=1) if one["id"] in several]
        called = " / ".join(name.split(". ", maxsplit=1)[-1] for name in names)
        kept["rows"].append({**row, "caption": gettext("one of: %(names)s") % {"names": called}})
        who = row["id"]
    for other in several:
        tie = {"source": who, "kind": "is_one_of", "target": other, "keep": True}
        same = (who, "is_one_of", other)
        kept["ties"] = [one for one in kept["ties"] if (one["source"], one["kind"], one["target"]) != same]
        kept["ties"].append(tie)


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
        "dossiers": list(own[:100]), "handling_rows": disclosure.handlings(), **kept_here(officer),
    }
    return render(request, "file_report.html", context, status=REFUSED_STATUS if refusal else 200)


def second_step(
    request: HttpRequest, officer: Officer, kept: dict[str, Any], refusal: Refused | None = None
) -> HttpResponse:
    """The page of the subjects."""
    pieces = with_dates(marked(kept["text"], kept["rows"]))
    context = {
        "draft": kept, "pieces": pieces, "date_sign": SIGNS["date"], "refusal": refusal, "languages_known": LANGUAGES,
        "kinds": kinds_found(kept["rows"], pieces), "picks": PICKS,
        "persons": [row["id"] for row in kept["rows"] if row["schema"] == "Person"],
        **for_page(kept["rows"], kept["ties"]), **kept_here(officer),
    }
    return render(request, "confirm_subjects.html", context, status=REFUSED_STATUS if refusal else 200)


def kept_here(officer: Officer) -> dict[str, Any]:
    """What a page needs to keep a draft by itself: from which moment it goes on, and what the browser seals with."""
    at = drafts_kept.kept_at(officer)
    return {
        "kept_at": at, "goes_on_from": at.isoformat() if at is not None else "",
        "kept_words": kept_words(at) if at is not None else "", "seals_with": draft_key(officer),
        "seals_at": draft_place(officer),
    }


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
