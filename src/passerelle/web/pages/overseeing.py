"""Oversight's page: samples that nobody chose, seats that nobody uses, figures by service; and the order to decide."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from passerelle.errors import Refused
from passerelle.fairness import sheet
from passerelle.fairness.work import SMALL_NUMBER, Share, shares
from passerelle.flow import asked_often, ledger_lines
from passerelle.flow import outcomes as worked
from passerelle.flow import oversight as verbs
from passerelle.flow.facts import NotThere
from passerelle.records import wall
from passerelle.records.models import Checkpoint, Gap, Officer, Reading, Sample, Service, Witness
from passerelle.records.models.oversight import FINDINGS, SAMPLE_KINDS
from passerelle.web.asking import REFUSED_STATUS, beside_the_form, page
from passerelle.web.pages import duties
from passerelle.web.pages.duties import typed
from passerelle.web.subject_rows import is_offset

ROWS_MAX = 50
SIZE = 20
PAGES = {"delivery": "delivery", "report": "report", "match": "match", "dossier": "dossier", "grant": "exception"}
"""What has a page of its own, by the first word of its reference."""


def watcher(request: HttpRequest) -> Officer:
    """The officer of oversight who asks. For everybody else there is nothing here."""
    officer: Officer = request.user
    if officer.role != "oversight":
        raise NotThere
    return officer


@require_safe
@page
def oversight(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """The samples, and the seats whose officers have read nothing for long."""
    watcher(request)
    samples = [
        (sample, sample.items.filter(outcome="").count(), sample.items.count())
        for sample in Sample.objects.select_related("drawn_by")[:ROWS_MAX]
    ]
    context = {
        "samples": samples,
        "kinds": SAMPLE_KINDS,
        "size": SIZE,
        "at_the_end": asked_often.at_the_end(now),
        "unused": verbs.unused_access(now=now),
        "unused_days": verbs.UNUSED_AFTER.days,
        "ledger": ledger_lines.head(),
        "checkpoint": Checkpoint.objects.order_by("-size").first(),
        "witnesses": Witness.objects.order_by("name"),
        "gaps": Gap.objects.count(),
    }
    return render(request, "oversight.html", context)


@require_safe
@page
def outcomes(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """What came of the work in the last year, by service, language and script: where errors fall unequally."""
    officer = watcher(request)
    with wall.as_house():
        found = shares(worked.cases(reason="oversight looks at the outcomes of the work", now=now, officer=officer))
    parts: dict[str, list[Share]] = {}
    for share in found:
        parts.setdefault(share.kind, []).append(share)
    told = [
        (
            sheet.OUTCOMES[kind], [row for row in rows if row.share is not None],
            [row for row in rows if row.share is None],
        )
        for kind, rows in parts.items()
    ]
    return render(request, "outcomes.html", {"parts": told, "by": sheet.BY, "least": SMALL_NUMBER})


@require_POST
@page
def draw(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """A new sample of what happened since the last one of its kind."""
    officer = watcher(request)
    size = typed(request, "size")
    sample = verbs.draw_sample(
        kind=typed(request, "kind"), size=int(size) if is_offset(size) else 0, officer=officer, now=now
    )
    return redirect("sample", ref=sample.ref)


@require_safe
@page
def sample(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """What was drawn, why, and what was found."""
    watcher(request)
    found = get_object_or_404(Sample.objects.select_related("drawn_by"), ref=ref)
    numbers = {int(item.thing.split("-")[1]) for item in found.items.all() if item.thing.startswith("reading-")}
    readings = {
        verbs.thing_of_reading(one): one
        for one in Reading.objects.filter(pk__in=numbers).select_related("officer__service")
    }
    items = []
    for item in found.items.select_related("examined_by"):
        reading = readings.get(item.thing)
        about = reading.thing if reading else item.thing
        items.append((item, reading, PAGES.get(about.split("-")[0], ""), about))
    context = {"sample": found, "items": items, "why": verbs.WHY_DRAWN, "findings": FINDINGS}
    return render(request, "sample.html", context)


@require_POST
@page
def examine(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """One thing of a sample: in order, or to be followed up."""
    officer = watcher(request)
    thing, outcome, note = typed(request, "thing"), typed(request, "outcome"), typed(request, "note")
    verbs.examine(ref=ref, thing=thing, outcome=outcome, note=note, officer=officer, now=now)
    messages.success(request, gettext("Kept."))
    return redirect("sample", ref=ref)


@require_POST
@page
def order(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """The one act: to order a decision."""
    return duties.done(
        request,
        ref,
        now,
        "order",
        gettext("Ordered. The head of the service holds it, with a clock of its own."),
        lambda: verbs.order_decision(ref=ref, officer=request.user, reason=typed(request, "reason"), now=now),
    )


@require_safe
@page
def figures(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """What each service did in a month that is over: for everybody, each count with what it is out of."""
    last = now.replace(day=1) - timedelta(days=1)
    asked = request.GET.get("month", f"{last.year}-{last.month:02}")
    year, _, number = asked.partition("-")
    refusal: Refused | None = None
    rows: list[verbs.ServiceFigures] = []
    try:
        if not (is_offset(year) and is_offset(number) and 1 <= int(number) <= 12 and 2000 <= int(year) < 9999):
            raise verbs.WrongSample(verbs.NO_SUCH_MONTH)
        rows = verbs.figures(month=(int(year), int(number)), now=now)
    except Refused as refused:
        refusal = beside_the_form(refused)
    context = {"rows": rows, "month": asked[:7], "refusal": refusal, "services": Service.objects.count()}
    return render(request, "figures.html", context, status=REFUSED_STATUS if refusal else 200)
