"""Between the password and the pages: who still owes a second factor, and who must add one before anything else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from passerelle.flow import passkeys, second_factor, sign_in, single_sign_on
from passerelle.records.models import Officer

GIVEN = "second_given"
PENDING = "second_pending"
CHALLENGE = "passkey_challenge"
BY_PROVIDER = "signed_in_by_provider"
PROVIDER_ASKED_TWO = "provider_asked_two"
OPEN_TO_ALL = (
    "sign-in", "second-step", "passkey-sign-in", "to-provider", "from-provider", "sign-out", "language", "health",
    "who-is-here",
)  # fmt: skip
TO_ADD_ONE = ("second-factor", "add-app", "add-passkey")


class SecondFactorMiddleware:
    """Ends a session that skipped the second factor, or that was opened by a link which is gone since; sends whoever
    must add a factor to the page where they can."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        officer: Any = request.user
        if officer.is_authenticated:
            if officer.second_since is not None and not request.session.get(GIVEN):
                logout(request)
                return redirect(settings.LOGIN_URL)
            by = request.session.get(BY_PROVIDER)
            if by is not None and not single_sign_on.stands(by["identity"]):
                logout(request)
                return redirect(settings.LOGIN_URL)
            asked = officer.second_since is None and not request.session.get(PROVIDER_ASKED_TWO)
            if asked and second_factor.must_have(officer) and not _is_open(request.path):
                return redirect("second-factor")
        return self.get_response(request)


def _is_open(path: str) -> bool:
    return path in {reverse(name) for name in (*OPEN_TO_ALL, *TO_ADD_ONE)}


def wait_for_second(
    request: HttpRequest, officer: Officer, going_to: str, now: datetime, by_provider: dict[str, Any] | None = None
) -> None:
    """The password was right, or the provider's word: nobody is signed in yet, and for some minutes a second factor is
    waited for."""
    if request.user.is_authenticated:
        logout(request)
    request.session.cycle_key()
    request.session[PENDING] = {
        "officer": officer.pk, "seat": officer.get_session_auth_hash(), "next": going_to,
        "until": (now + second_factor.PENDING).timestamp(), "by_provider": by_provider,
    }


def who_is_waited_for(request: HttpRequest, now: datetime) -> tuple[Officer, str] | None:
    """The officer whose password was right a moment ago, and the page they asked for."""
    pending = request.session.get(PENDING)
    if not pending or now.timestamp() > pending["until"]:
        return None
    officer = Officer.objects.filter(pk=pending["officer"], second_since__isnull=False).first()
    if officer is None or not constant_time_compare(pending["seat"], officer.get_session_auth_hash()):
        return None
    return officer, pending["next"]


def give_challenge(
    request: HttpRequest, purpose: passkeys.Purpose, officer: Officer | None, now: datetime
) -> dict[str, Any]:
    """A fresh challenge for a passkey, kept in this session; the one before counts no more."""
    given = passkeys.challenge(purpose, officer, now)
    request.session[CHALLENGE] = given
    return given


def shown(request: HttpRequest) -> passkeys.Shown:
    """What the browser says its passkey answered. The challenge is gone from the session by this, right or wrong."""
    return passkeys.Shown(request.POST.get("passkey", ""), request.session.pop(CHALLENGE, None))


def let_in(request: HttpRequest, officer: Officer, by: str, now: datetime) -> None:
    """Signed in, with both: the second is a code or a passkey."""
    pending = request.session.pop(PENDING, None)
    by_provider = pending.get("by_provider") if pending else None
    first = f"{'provider' if by_provider else 'password'}+" if pending else ""
    opened_by(request, officer, f"{first}{by}", now, by_provider)
    request.session[GIVEN] = True


def opened_by(
    request: HttpRequest, officer: Officer, by: str, now: datetime, by_provider: dict[str, Any] | None = None
) -> None:
    """Signed in, and written down; the session ends with the link to the provider, where one opened it."""
    sign_in.entered(officer=officer, by=by, now=now)
    login(request, officer)
    for left in (GIVEN, PROVIDER_ASKED_TWO, BY_PROVIDER, PENDING, CHALLENGE):
        request.session.pop(left, None)
    if by_provider is not None:
        request.session[BY_PROVIDER] = by_provider
