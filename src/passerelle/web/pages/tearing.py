"""An extract: what its author marks that it may carry, and what the desk passes on, seen exactly as it will travel."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from passerelle.errors import Refused
from passerelle.flow import consult, decide
from passerelle.flow import tear_line as verb
from passerelle.flow.facts import NotAllowed
from passerelle.records import tear_line
from passerelle.records.tear_line import CAPTION, TearLine
from passerelle.web.asking import REFUSED_STATUS, beside_the_form, page
from passerelle.web.pages.duties import typed
from passerelle.words import sentence


@require_http_methods(["GET", "HEAD", "POST"])
@page
def mark_extract(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """The author, or the desk, marks what an extract of this report may carry, part by part."""
    view = consult.read_report(ref=ref, officer=request.user, now=now)
    if not view.may_revise or view.said is None:
        raise NotAllowed(sentence("Only the service that filed a report marks what an extract may carry."))
    line = tear_line.from_json(view.said.tear_line)
    refusal = None
    if request.method == "POST":
        line = line_in(request.POST)
        try:
            subjects = {local_id: sorted(names) for local_id, names in line.subjects.items()}
            verb.mark(ref=ref, officer=request.user, parts=line.parts, subjects=subjects, now=now)
        except Refused as refused:
            refusal = beside_the_form(refused)
        else:
            messages.success(request, gettext("Marked: an extract carries no more than this from now on."))
            return redirect("report", ref=ref)
    context = {"report": view.report, "refusal": refusal, **rows_of(view, line)}
    return render(request, "mark_extract.html", context, status=REFUSED_STATUS if refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def cut_extract(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """The desk takes away what this recipient need not have, sees exactly what will travel, and passes that on."""
    officer, refusal, shown = request.user, None, None
    duty = consult.read_duty(ref=ref, officer=officer, now=now)
    if "pass_on" not in duty.acts or duty.report is None:
        raise NotAllowed(sentence("Only the desk that owes the decision cuts the extract."))
    view = consult.read_report(ref=duty.report.ref, officer=officer, now=now)
    if view.said is None:
        raise NotAllowed(sentence("Nothing of this report is left."))
    line = tear_line.from_json(view.said.tear_line) or everything(view)
    if request.method == "POST":
        line = line_in(request.POST)
    try:
        if request.method == "POST" and typed(request, "do") == "pass":
            decide.pass_on(
                ref=ref, officer=officer, note=typed(request, "note"), chosen=line, seen=typed(request, "seen"), now=now
            )
            messages.success(request, gettext("Passed on, as you saw it."))
            return redirect("duty", ref=ref)
        shown = decide.preview(ref=ref, officer=officer, chosen=line, now=now)
    except Refused as refused:
        refusal = beside_the_form(refused)
    context = {"duty": duty.duty, "shown": shown, "refusal": refusal, **rows_of(view, line)}
    return render(request, "cut_extract.html", context, status=REFUSED_STATUS if refusal else 200)


def everything(view: Any) -> TearLine:
    """All of a report: what a desk begins to take away from."""
    return TearLine(
        parts=tuple(tear_line.sentences(view.said.text)),
        subjects={one.subject.local_id: frozenset({CAPTION, *one.subject.properties}) for one in view.subjects},
    )


def line_in(form: QueryDict) -> TearLine:
    """What was ticked: `part` as 12-40, `mark` as the number of a subject, a colon and a property."""
    parts = []
    for said in form.getlist("part"):
        start, _, end = said.partition("-")
        if start.isascii() and end.isascii() and start.isdigit() and end.isdigit() and len(start) < 9 and len(end) < 9:
            parts.append((int(start), int(end)))
    subjects: dict[str, set[str]] = {}
    for said in form.getlist("mark"):
        name, _, local_id = said.partition(":")
        subjects.setdefault(local_id, set()).add(name)
    return TearLine(parts=tuple(parts), subjects={key: frozenset(names) for key, names in subjects.items()})


def rows_of(view: Any, line: TearLine | None) -> dict[str, Any]:
    """The sentences and the subjects with their properties, each with whether it is ticked."""
    text = str(view.said.text)
    ticked = line or TearLine(parts=(), subjects={})

    def allowed(local_id: str) -> frozenset[str]:
        return ticked.subjects.get(local_id, frozenset())

    return {
        "drawn": line is not None,
        "language": view.said.language,
        "pieces": [
            (f"{start}-{end}", text[start:end], any(a <= start and end <= b for a, b in ticked.parts))
            for start, end in tear_line.sentences(text)
        ],
        "marks": [
            (
                one.subject,
                [
                    (f"{name}:{one.subject.local_id}", name, values, name in allowed(one.subject.local_id))
                    for name, values in [(CAPTION, [one.subject.caption]), *one.subject.properties.items()]
                ],
            )
            for one in view.subjects
        ],
    }  # fmt: skip
