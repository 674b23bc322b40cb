"""A delivery: exactly what travelled, and the word back to whoever sent it."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from passerelle.errors import Refused
from passerelle.flow import acknowledge as acknowledging
from passerelle.flow import bounce, consult, facts
from passerelle.flow import recall as recalling
from passerelle.flow.facts import NotThere
from passerelle.policy import access
from passerelle.policy.facts import PURPOSES, SERVICE_ROLES
from passerelle.records import visibility
from passerelle.records.models import Duty, Officer, Service
from passerelle.records.models.deliveries import EVIDENCE
from passerelle.web.asking import REFUSED_STATUS, beside_the_form, page

STEPS = ("delivered", "opened", "acknowledged", "acted_upon")


@require_safe
@page
def delivery(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """What we got, or what we sent."""
    return show(request, ref, now)


@require_POST
@page
def acknowledge(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """We have got it, and this is what was done with it."""
    officer = request.user
    got = visibility.deliveries(officer).filter(ref=ref, recipient=officer.service_id).exclude(form="pointer")
    duty = (
        visibility.duties(officer)
        .filter(kind="acknowledge", recipient=officer.service_id, report__in=got.values("report"))
        .values_list("ref", flat=True)
        .first()
    )
    if duty is None:
        raise NotThere
    try:
        outcome, note = request.POST.get("outcome", ""), request.POST.get("note", "").strip()
        theirs = Service.objects.filter(key=request.POST.get("theirs", ""), closed_at__isnull=True).first()
        if outcome == "not_ours" and theirs is not None:
            bounce.not_for_us(ref=duty, officer=officer, theirs=theirs, note=note, now=now)
        else:
            acknowledging.acknowledge_duty(ref=duty, officer=officer, outcome=outcome, note=note, now=now)
    except Refused as refusal:
        return show(request, ref, now, refusal=beside_the_form(refusal))
    messages.success(request, gettext("Acknowledged. The service that sent it is told what you did with it."))
    return redirect("delivery", ref=ref)


@require_POST
@page
def recall(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """Passed on by mistake: taken back, with a reason."""
    try:
        recalling.recall(ref=ref, officer=request.user, reason=request.POST.get("reason", "").strip(), now=now)
    except Refused as refusal:
        return show(request, ref, now, refusal=beside_the_form(refusal), form="recall")
    messages.success(request, gettext("Recalled. Whoever got it sees it no more."))
    return redirect("delivery", ref=ref)


def may_acknowledge(officer: Officer, duty: Duty, now: datetime) -> bool:
    """Whether this reader may end the duty: their desk, or the officer it was given to."""
    if not visibility.duties(officer).filter(pk=duty.pk).exists():
        return False
    return "acknowledge" in consult.read_duty(ref=duty.ref, officer=officer, now=now).acts


def show(
    request: HttpRequest, ref: str, now: datetime, *, refusal: Refused | None = None, form: str = ""
) -> HttpResponse:
    """The page, with a refusal beside its form where there is one."""
    officer = request.user
    view = consult.read_delivery(ref=ref, officer=officer, now=now)
    sent = view.delivery
    came_to = sent.evidence if sent.recalled_at is None else "opened" if sent.opened_at else "delivered"
    reached = list(EVIDENCE).index(came_to)
    mine = sent.recipient_id == officer.service_id
    context = {
        "view": view,
        "content": sent.content,
        "refusal": refusal,
        "mine": mine,
        "steps": [(step, list(EVIDENCE).index(step) <= reached) for step in STEPS],
        "grade": sent.content.get("grade", ""),
        "captions": {subject["ref"]: subject["caption"] for subject in sent.content.get("subjects", ())},
        "outcomes": acknowledging.OUTCOMES,
        "others": Service.objects.filter(closed_at__isnull=True)
        .exclude(pk__in=(sent.sender_id, sent.recipient_id))
        .exclude(kind__in=("neutral_desk", "oversight")),
        "may_acknowledge": view.acknowledge is not None and may_acknowledge(officer, view.acknowledge, now),
        "recipient": sent.recipient if mine or not sent.duty.discreet or officer.role == "oversight" else None,
        "typed": request.POST,
        "form": form,
        "may_ask_onward": mine and sent.form != "pointer" and sent.evidence != "recalled"
        and not sent.report.gone and officer.role in SERVICE_ROLES,
        "purposes": PURPOSES,
        "asks_about": ref if mine and officer.role in SERVICE_ROLES else "",
        "may_break_glass": mine and sent.form != "whole" and officer.role in SERVICE_ROLES,
        "may_recall": not mine and sent.evidence != "recalled" and access.may(
            facts.reader_facts(officer), "recall", facts.delivery_facts(sent)
        ).allowed,
    }
    return render(request, "delivery.html", context, status=REFUSED_STATUS if refusal else 200)
