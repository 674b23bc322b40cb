"""Going to the provider of single sign-on, and coming back from it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from passerelle.errors import Refused
from passerelle.flow import provider, single_sign_on
from passerelle.flow import sign_in as tries
from passerelle.web import second
from passerelle.web.pages.sign_in import ABSENT_STATUS, TOO_MANY_STATUS, safe_next, too_many, ways_in
from passerelle.web.refusals import not_there

WAITED_FOR = "single_sign_on"
SILENT_STATUS = 502


@require_GET
def to_provider(request: HttpRequest) -> HttpResponse:
    """The browser goes to the provider. What it must bring back is kept in its session."""
    if provider.configured() is None:
        return not_there(request)
    now = timezone.now()
    if tries.must_wait(username=None, address=request.META.get("REMOTE_ADDR", ""), now=now):
        return _refused(request, too_many(), TOO_MANY_STATUS)
    try:
        there, kept = single_sign_on.begin(back=_back(), going_to=safe_next(request), now=now)
    except provider.ProviderSilent as refusal:
        return _refused(request, refusal, SILENT_STATUS)
    request.session[WAITED_FOR] = kept
    return redirect(there)


@require_GET
def from_provider(request: HttpRequest) -> HttpResponse:
    """Somebody comes back. What was kept for it is gone from the session by this, right or wrong."""
    if provider.configured() is None:
        return not_there(request)
    now, address = timezone.now(), request.META.get("REMOTE_ADDR", "")
    kept = request.session.pop(WAITED_FOR, None)
    if tries.must_wait(username=None, address=address, now=now):
        return _refused(request, too_many(), TOO_MANY_STATUS)
    try:
        entered = single_sign_on.finish(said=request.GET.dict(), kept=kept, back=_back(), now=now)
    except provider.ProviderSilent as refusal:
        return _refused(request, refusal, SILENT_STATUS)
    except provider.NotAccepted as refusal:
        tries.failed(username=None, address=address, now=now)
        return _refused(request, refusal, ABSENT_STATUS)
    signed_in = {"identity": entered.identity.ref, "at": now.timestamp()}
    if entered.officer.second_since is not None and not entered.second:
        second.wait_for_second(request, entered.officer, entered.going_to, now, signed_in)
        return redirect("second-step")
    second.opened_by(request, entered.officer, "provider", now, signed_in)
    if entered.second:
        request.session[second.GIVEN] = request.session[second.PROVIDER_ASKED_TWO] = True
    return redirect(entered.going_to or settings.LOGIN_REDIRECT_URL)


def _back() -> str:
    return f"{settings.ADDRESS}{reverse('from-provider')}"


def _refused(request: HttpRequest, refusal: Refused, status: int) -> HttpResponse:
    """The page of signing in; nothing of the address that somebody came back with stands in it."""
    context = {"next": "", "here": reverse(settings.LOGIN_URL), "refusal": refusal, **ways_in()}
    return render(request, "sign_in.html", context, status=status)
