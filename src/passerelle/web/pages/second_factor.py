"""The second step of signing in, and the page where an officer adds, renews or removes a second factor."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from passerelle.errors import Refused
from passerelle.flow import passkeys, second_factor
from passerelle.flow import sign_in as tries
from passerelle.flow.facts import NotThere
from passerelle.keyring import DoesNotOpen
from passerelle.records import sealed
from passerelle.records.models import Factor, Officer
from passerelle.web import second
from passerelle.web.asking import REFUSED_STATUS, page
from passerelle.web.pages.duties import typed
from passerelle.web.pages.people import may_manage, show
from passerelle.web.pages.sign_in import ABSENT_STATUS, TOO_MANY_STATUS, too_many
from passerelle.words import sentence

ADDING = "second_adding"


class WrongPassword(Refused):
    """Whoever adds a factor shows that the screen was not merely left open."""

    code = "second_factor.wrong_password"


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """After the right password: a code of the app, or a recovery code. Without that password, the sign-in page."""
    now = timezone.now()
    waited_for = second.who_is_waited_for(request, now)
    if waited_for is None:
        return redirect(settings.LOGIN_URL)
    officer, going_to = waited_for
    if request.method != "POST":
        return _ask(request, officer, now)
    address, shown = request.META.get("REMOTE_ADDR", ""), second.shown(request)
    if tries.must_wait(username=officer.username, address=address, now=now):
        return _ask(request, officer, now, too_many(), TOO_MANY_STATUS)
    if not second_factor.fits(officer=officer, typed=typed(request, "code"), shown=shown, now=now):
        tries.failed(username=officer.username, address=address, now=now)
        wrong = passkeys.wrong_passkey() if shown.answer else second_factor.wrong_code()
        return _ask(request, officer, now, wrong, ABSENT_STATUS)
    tries.succeeded(username=officer.username)
    second.let_in(request, officer, "passkey" if shown.answer else "code", now)
    return redirect(going_to or settings.LOGIN_REDIRECT_URL)


def _ask(
    request: HttpRequest, officer: Officer, now: datetime, refusal: Refused | None = None, status: int = 200
) -> HttpResponse:
    context = {"refusal": refusal, "passkey": _to_show(request, officer, now)}
    return render(request, "second_step.html", context, status=status)


def _to_show(request: HttpRequest, officer: Officer, now: datetime) -> str:
    """What the browser is asked to show, for an officer who has passkeys; else nothing."""
    if not passkeys.offered() or not officer.factors.filter(kind="passkey").exists():
        return ""
    return passkeys.asks_to_show(second.give_challenge(request, "show", officer, now), officer)


@require_safe
@page
def second_factor_page(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """What this officer has, and what they can do about it."""
    return _show(request, now)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@page
def add_app(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """The square and the letters; then the app's first code and the password make it the second factor."""
    officer = request.user
    if request.method != "POST":
        if officer.factors.filter(kind="app").exists():
            return redirect("second-factor")
        return _show_secret(request, _secret(request, now))
    secret = _secret(request, now)
    try:
        guarded(request, now)
        password(request, now)
        try:
            codes = second_factor.add_app(officer=officer, secret=secret, code=typed(request, "code"), now=now)
        except second_factor.WrongCode:
            tries.failed(username=officer.username, address=request.META.get("REMOTE_ADDR", ""), now=now)
            raise
    except Refused as refusal:
        return _show_secret(request, secret, refusal)
    request.session.pop(ADDING, None)
    stay(request)
    return shown_once(request, codes)


@sensitive_post_parameters()
@require_POST
@page
def recovery_codes(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """Other recovery codes, shown once."""
    try:
        guarded(request, now)
        codes = _counted(request, now, second_factor.new_codes)
    except Refused as refusal:
        return _show(request, now, refusal, about="codes")
    return shown_once(request, codes)


@sensitive_post_parameters()
@require_POST
@page
def remove_factor(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """One factor goes, for whoever can still show one."""
    factor = Factor.objects.filter(officer=request.user, ref=typed(request, "factor")).first()
    if factor is None:
        raise NotThere
    try:
        guarded(request, now)
        _counted(request, now, second_factor.remove, factor=factor)
    except Refused as refusal:
        return _show(request, now, refusal, about=factor.ref)
    stay(request)
    messages.success(request, gettext("The second factor was removed."))
    return redirect("second-factor")


@require_POST
@page
def reset_factor(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """An administrator takes away what an officer lost. Nobody does that for themselves."""
    officer = Officer.objects.filter(ref=typed(request, "officer"), service=request.user.service_id).first()
    if officer is None or officer.pk == request.user.pk or not may_manage(request.user, officer):
        raise NotThere
    try:
        second_factor.reset(officer=officer, by=request.user, reason=typed(request, "reason"), now=now)
    except Refused as refusal:
        return show(request, now, refusal=refusal, about=officer.ref)
    messages.success(request, gettext("%(name)s has no second factor any more.") % {"name": officer.name})
    return redirect("people")


def stay(request: HttpRequest) -> None:
    """This session goes on, with what was just added or removed; every other session of the officer is over."""
    officer = Officer.objects.get(pk=request.user.pk)
    update_session_auth_hash(request, officer)
    request.session[second.GIVEN] = True
    request.user = officer


def shown_once(request: HttpRequest, codes: list[str]) -> HttpResponse:
    """The recovery codes, if there are new ones; else the page of factors."""
    if codes:
        return render(request, "recovery_codes.html", {"codes": codes})
    messages.success(request, gettext("The second factor was added."))
    return redirect("second-factor")


def _show(request: HttpRequest, now: datetime, refusal: Refused | None = None, about: str = "") -> HttpResponse:
    officer = request.user
    factors = list(officer.factors.all())
    context = {
        "factors": factors, "kinds": {factor.kind for factor in factors},
        "codes_left": second_factor.codes_left(officer),
        "must_have": second_factor.must_have(officer), "refusal": refusal, "about": about,
        "offered": passkeys.offered(), "passkey": _to_show(request, officer, now),
        "room_for_passkeys": sum(factor.kind == "passkey" for factor in factors) < passkeys.PASSKEYS_MAX,
    }
    return render(request, "second_factor.html", context, status=REFUSED_STATUS if refusal else 200)


def _show_secret(request: HttpRequest, secret: str, refusal: Refused | None = None) -> HttpResponse:
    address = second_factor.app_address(request.user, secret, place=request.get_host())
    square = segno.make(address, error="m", micro=False)
    context = {
        "lines": square.svg_inline().split(' d="')[1].split('"')[0], "side": square.symbol_size()[0],
        "secret": second_factor.grouped(secret), "refusal": refusal,
    }
    return render(request, "add_app.html", context, status=REFUSED_STATUS if refusal else 200)


def _secret(request: HttpRequest, now: datetime) -> str:
    """The secret that is being added: it waits sealed in the session, for some minutes."""
    place, waits = f"session|{ADDING}|{request.user.ref}", request.session.get(ADDING)
    if waits and now.timestamp() <= waits["until"]:
        try:
            return str(sealed.keys().open(waits["secret"], place))
        except DoesNotOpen:
            pass
    secret = second_factor.new_secret()
    request.session[ADDING] = {
        "secret": str(sealed.keys().seal(secret, place)), "until": (now + second_factor.PENDING).timestamp(),
    }
    return secret


def guarded(request: HttpRequest, now: datetime) -> None:
    """Raises TooManyTries."""
    if tries.must_wait(username=request.user.username, address=request.META.get("REMOTE_ADDR", ""), now=now):
        raise too_many()


def password(request: HttpRequest, now: datetime) -> None:
    """Whoever adds a factor gives the password. Raises WrongPassword."""
    by = request.session.get(second.BY_PROVIDER)
    fresh = by is not None and now.timestamp() <= by["at"] + second_factor.PENDING.total_seconds()
    if fresh and not request.user.has_usable_password():
        return  # they have none: having come from the provider a moment ago shows as much
    if not request.user.check_password(request.POST.get("password", "")):
        tries.failed(username=request.user.username, address=request.META.get("REMOTE_ADDR", ""), now=now)
        raise WrongPassword(sentence("This is not your password."))


def _counted(request: HttpRequest, now: datetime, act: Any, **more: Any) -> Any:
    """An act that asks for a second factor: a wrong one counts like a wrong password."""
    try:
        return act(officer=request.user, typed=typed(request, "code"), shown=second.shown(request), now=now, **more)
    except second_factor.WrongCode:
        tries.failed(username=request.user.username, address=request.META.get("REMOTE_ADDR", ""), now=now)
        raise
