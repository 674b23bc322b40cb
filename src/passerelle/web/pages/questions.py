"""Questions: asking one about what one sees, reading the answer, answering, asking back, passing on as another's."""

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
from passerelle.flow import answer as answering
from passerelle.flow import ask as asking
from passerelle.flow import ask_back as asking_back
from passerelle.flow import bounce as bouncing
from passerelle.flow import consult_question
from passerelle.flow import onward as onwards
from passerelle.flow.facts import NotThere
from passerelle.policy import deadlines
from passerelle.policy.facts import PURPOSES
from passerelle.records import visibility, wall
from passerelle.records.models import Question, Service
from passerelle.web.asking import REFUSED_STATUS, beside_the_form, page
from passerelle.web.pages import deliveries
from passerelle.web.pages.duties import typed

SHOWN_MAX = 200


@require_safe
@page
def questions(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """What one's service asked, and what it was asked: latest first."""
    seen = visibility.questions(request.user).order_by("-asked_at", "-id")[:SHOWN_MAX]
    asked: list[Question] = wall.with_relations(seen, "duty")
    rows = [(row, row.service_id == request.user.service_id) for row in asked]
    return render(request, "questions.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@page
def ask(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """Ask about a report, a match or a delivery that the reader may see."""
    refusal: Refused | None = None
    if request.method == "POST":
        try:
            theme = typed(request, "theme")
            asked = asking.ask(
                about=ref, officer=request.user, text=typed(request, "text"), themes=[theme] if theme else (),
                territory=typed(request, "territory"), purpose=typed(request, "purpose"), now=now,
            )  # fmt: skip
        except Refused as refused:
            refusal = beside_the_form(refused)
        else:
            messages.success(request, gettext("Asked. It has a holder and a clock; the answer comes to you."))
            return redirect("question", ref=asked.ref)
    target = asking.target_of(ref, request.user, now)
    context = {
        "about": ref, "refusal": refusal, "typed": request.POST, "themes": deadlines.themes(), "purposes": PURPOSES,
        "purpose": typed(request, "purpose") or target.purpose,
    }  # fmt: skip
    return render(request, "ask.html", context, status=REFUSED_STATUS if refusal else 200)


@require_safe
@page
def question(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """The question, its clock, its answer, and what this reader may do."""
    return show(request, ref, now)


@require_POST
@page
def answer(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """The answer, as far as it may travel."""

    def act(duty: str) -> None:
        answering.answer(ref=duty, officer=request.user, text=typed(request, "text"), now=now)

    return _done(request, ref, now, "answer", gettext("Answered. Who asked is told."), act)


@require_POST
@page
def ask_onward(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """Who filed what was delivered here is asked to pass it on to a further service."""
    try:
        to = Service.objects.filter(key=typed(request, "to")).first()
        if to is None:
            raise NotThere
        asked = onwards.ask_originator(
            delivery=ref, officer=request.user, to=to, purpose=typed(request, "purpose"),
            reason=typed(request, "reason"), now=now,
        )  # fmt: skip
    except Refused as refusal:
        return deliveries.show(request, ref, now, refusal=beside_the_form(refusal), form="onward")
    messages.success(request, gettext("Asked. It has a holder and a clock; the answer comes to you."))
    return redirect("question", ref=asked.ref)


@require_POST
@page
def consent(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """Yes: it is passed on to the further service, as far as law and handling let it."""

    def act(duty: str) -> None:
        onwards.consent(
            ref=duty, officer=request.user, note=typed(request, "note"), extract=typed(request, "form") == "extract",
            now=now,
        )  # fmt: skip

    return _done(request, ref, now, "consent", gettext("Passed on. Who asked is told that it was."), act)


@require_POST
@page
def ask_back(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """A question in answer to a question, with a clock of its own."""

    def act(duty: str) -> None:
        asking_back.ask_back(ref=duty, officer=request.user, text=typed(request, "text"), now=now)

    return _done(request, ref, now, "ask_back", gettext("Asked back. The clock stands until they have answered."), act)


@require_POST
@page
def bounce(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """Not ours, but theirs."""

    def act(duty: str) -> None:
        to = Service.objects.filter(key=typed(request, "to")).first()
        if to is None:
            raise NotThere
        bouncing.bounce(ref=duty, officer=request.user, to=to, reason=typed(request, "reason"), now=now)

    return _done(request, ref, now, "bounce", gettext("Passed on as theirs. Its clock goes on."), act, then="questions")


def _done(
    request: HttpRequest, ref: str, now: datetime, form: str, says: str, act: Callable[[str], None], then: str = ""
) -> HttpResponse:
    found: list[Question] = wall.with_relations(visibility.questions(request.user).filter(ref=ref)[:1], "duty")
    if not found:
        raise NotThere
    try:
        act(found[0].duty.ref)
    except Refused as refusal:
        return show(request, ref, now, refusal=beside_the_form(refusal), form=form)
    messages.success(request, says)
    return redirect(then) if then else redirect("question", ref=ref)


def show(
    request: HttpRequest, ref: str, now: datetime, *, refusal: Refused | None = None, form: str = ""
) -> HttpResponse:
    """The page; a refusal stands beside the form that was sent, with what was typed."""
    view = consult_question.read_question(ref=ref, officer=request.user, now=now)
    context: dict[str, Any] = {
        "view": view,
        "question": view.question,
        "duty": view.question.duty,
        "refusal": refusal,
        "form": form,
        "typed": request.POST if form else {},
        "services": _others(view.question) if "bounce" in view.acts else (),
    }
    return render(request, "question.html", context, status=REFUSED_STATUS if refusal else 200)


def _others(question: Question) -> list[Service]:
    rows = Service.objects.filter(closed_at__isnull=True).exclude(kind="oversight")
    return list(rows.exclude(pk__in=(question.duty.service_id, question.service_id)))
