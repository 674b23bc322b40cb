"""Passkeys: adding one, and signing in with one and nothing else. The browser does `static/passerelle/passkeys.js`."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from passerelle.errors import Refused
from passerelle.flow import passkeys, second_factor
from passerelle.flow import sign_in as tries
from passerelle.flow.facts import NotThere
from passerelle.web import second
from passerelle.web.asking import REFUSED_STATUS, page
from passerelle.web.pages.duties import typed
from passerelle.web.pages.second_factor import guarded, password, shown_once, stay
from passerelle.web.pages.sign_in import ABSENT_STATUS, TOO_MANY_STATUS, safe_next, too_many
from passerelle.web.refusals import not_there


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def passkey_sign_in(request: HttpRequest) -> HttpResponse:
    """The browser is asked for any passkey of this place. Nobody says a name, so there is none to learn about."""
    if not passkeys.offered():
        return not_there(request)
    now, address, going_to = timezone.now(), request.META.get("REMOTE_ADDR", ""), safe_next(request)
    if request.method != "POST":
        return _ask(request, going_to, now)
    shown = second.shown(request)
    if tries.must_wait(username=None, address=address, now=now):
        return _ask(request, going_to, now, too_many(), TOO_MANY_STATUS)
    officer = passkeys.who_signs_in(shown=shown, now=now)
    if officer is None:
        tries.failed(username=None, address=address, now=now)
        return _ask(request, going_to, now, passkeys.wrong_passkey(), ABSENT_STATUS)
    request.session.pop(second.PENDING, None)
    second.let_in(request, officer, "passkey", now)
    return redirect(going_to or settings.LOGIN_REDIRECT_URL)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@page
def add_passkey(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """A name and the password; then the browser makes a passkey, which becomes a second factor."""
    if not passkeys.offered():
        raise NotThere
    if request.method != "POST":
        return _make(request, now)
    shown = second.shown(request)
    try:
        guarded(request, now)
        password(request, now)
        codes = second_factor.add_passkey(officer=request.user, name=typed(request, "name"), shown=shown, now=now)
    except Refused as refusal:
        return _make(request, now, refusal)
    stay(request)
    return shown_once(request, codes)


def _ask(
    request: HttpRequest, going_to: str, now: datetime, refusal: Refused | None = None, status: int = 200
) -> HttpResponse:
    asks = passkeys.asks_to_show(second.give_challenge(request, "sign-in", None, now), None)
    return render(
        request, "passkey_sign_in.html", {"next": going_to, "passkey": asks, "refusal": refusal}, status=status
    )


def _make(request: HttpRequest, now: datetime, refusal: Refused | None = None) -> HttpResponse:
    given = second.give_challenge(request, "add", request.user, now)
    asks = passkeys.asks_for_new(request.user, given)
    request.session.modified = True  # the handle was written into what the session keeps
    context = {"passkey": asks, "refusal": refusal, "typed": request.POST}
    return render(request, "add_passkey.html", context, status=REFUSED_STATUS if refusal else 200)
