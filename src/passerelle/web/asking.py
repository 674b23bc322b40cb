"""Who asks, and when: what every page does before it speaks, and how a refusal becomes an answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from passerelle.errors import Refused

REFUSED_STATUS = 409
"""A refused act: nothing was changed, the page says why, and what was typed is still there."""


def page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for those who signed in. The view gets `now`; what is denied and what is absent are the same page."""

    @login_required
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **names: Any) -> HttpResponse:
        try:
            return view(request, *args, now=timezone.now(), **names)
        except Refused as refusal:
            if refusal.code == "not_there":
                raise Http404 from None
            return render(request, "refused.html", {"refusal": refusal}, status=REFUSED_STATUS)

    return answered


def beside_the_form(refusal: Refused) -> Refused:
    """The refusal, to be shown beside the form; what is not there stays not there."""
    if refusal.code == "not_there":
        raise refusal
    return refusal
