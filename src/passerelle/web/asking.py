"""Who asks, and when: what every page does before it speaks, and how a refusal becomes an answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from passerelle.errors import Refused
from passerelle.flow.ledger_lines import rules_applied
from passerelle.flow.visits import PurposeNeeded
from passerelle.policy import reading
from passerelle.records import wall

REFUSED_STATUS = 409
"""A refused act: nothing was changed, the page says why, and what was typed is still there."""


def page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for those who signed in. The view gets `now`; what is denied and what is absent are the same page.
    On PostgreSQL whatever it reads outside a verb is read behind the wall of its reader."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **names: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(goes_on_at(request))
        try:
            with wall.as_reader(request.user), rules_applied():
                return view(request, *args, now=timezone.now(), **names)
        except PurposeNeeded as asked:
            before = asked.__context__  # the act was refused, and the page around the refusal may not be read yet
            if isinstance(before, Refused):
                return render(request, "refused.html", {"refusal": before}, status=REFUSED_STATUS)
            return what_for(request, asked.thing)
        except Refused as refusal:
            if refusal.code == "not_there":
                raise Http404 from None
            return render(request, "refused.html", {"refusal": refusal}, status=REFUSED_STATUS)

    return answered


def goes_on_at(request: HttpRequest) -> str:
    """Where who signs in goes on: at what was asked for, or, where a form was sent, at the page on which it stood."""
    if request.method != "POST":
        return request.get_full_path()
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    parts = urlsplit(came_from)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def what_for(request: HttpRequest, thing: str, refusal: Refused | None = None) -> HttpResponse:
    """The page that asks what a thing is read for. Nothing of the thing was read, and nothing of it is told."""
    purposes = reading.offered(request.user.role)
    context = {
        "thing": thing,
        "kind": thing.split("-")[0],
        "refusal": refusal,
        "typed": request.POST if refusal else {},
        "at_once": [purpose for purpose in purposes if not purpose.needs_text],
        "in_words": [purpose for purpose in purposes if purpose.needs_text],
        "visit_minutes": int(reading.VISIT.total_seconds() // 60),
    }
    return render(request, "why.html", context, status=REFUSED_STATUS if refusal else 200)


def beside_the_form(refusal: Refused) -> Refused:
    """The refusal, to be shown beside the form; what is not there stays not there, and what is asked first is asked."""
    if refusal.code in ("not_there", PurposeNeeded.code):
        raise refusal
    return refusal
