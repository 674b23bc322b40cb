"""Exceptions: the glass is broken on a delivery, reading is given for a time; each with its reason and its end."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from passerelle.errors import Refused
from passerelle.flow import consult
from passerelle.flow import exceptions as verbs
from passerelle.flow.facts import NotThere
from passerelle.records import visibility, wall
from passerelle.records.models import Grant, Officer
from passerelle.web.asking import REFUSED_STATUS, beside_the_form, page
from passerelle.web.pages.duties import moment_in, typed

ROWS_MAX = 200


@require_safe
@page
def exceptions(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """One's own exceptions; for a desk, those on what its service owns; for who leads, those of their officers."""
    found = visibility.grants(request.user).order_by("-given_at", "-id")[:ROWS_MAX]
    with_what: QuerySet[Grant] = wall.with_relations(found, "officer__service", "given_by", "report__service", "review")
    rows = [(grant, grant.live(now)) for grant in with_what]
    return render(request, "exceptions.html", {"rows": rows})


@require_safe
@page
def exception(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """What may be read by it, as long as it lasts."""
    view = consult.read_grant(ref=ref, officer=request.user, now=now)
    captions = {subject["ref"]: subject["caption"] for subject in (view.content or {}).get("subjects", ())}
    return render(request, "exception.html", {"view": view, "content": view.content, "captions": captions})


@require_POST
@page
def break_glass(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """A life is in danger: read now, answer for it at once."""
    try:
        grant = verbs.break_glass(ref=ref, officer=request.user, reason=typed(request, "reason"), now=now)
    except Refused as refusal:
        from passerelle.web.pages.deliveries import show

        return show(request, ref, now, refusal=beside_the_form(refusal), form="glass")
    messages.success(request, gettext("The glass is broken. A second person looks at it now; it ends by itself."))
    return redirect("exception", ref=grant.ref)


@require_POST
@page
def end_exception(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """Who leads the service that owns what is read ends it before its time."""
    verbs.end(ref=ref, officer=request.user, now=now)
    messages.success(request, gettext("It has ended."))
    return redirect("exception", ref=ref)


@require_POST
@page
def give_reading(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """Who leads the service lets one of its officers read a report until a moment."""
    to = Officer.objects.filter(ref=typed(request, "to"), service=request.user.service_id).first()
    try:
        if to is None:
            raise NotThere
        until, reason = moment_in(typed(request, "until")), typed(request, "reason")
        grant = verbs.give(ref=ref, officer=request.user, to=to, until=until, reason=reason, now=now)
    except Refused as refusal:
        return render(request, "refused.html", {"refusal": beside_the_form(refusal)}, status=REFUSED_STATUS)
    messages.success(request, gettext("Given; it ends by itself."))
    return redirect("exception", ref=grant.ref)
