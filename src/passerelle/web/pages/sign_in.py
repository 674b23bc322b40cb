"""Signing in and out, and choosing the language of the pages."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from passerelle.errors import Refused
from passerelle.flow import passkeys, provider
from passerelle.flow import sign_in as tries
from passerelle.web import second
from passerelle.web.language import COOKIE, IN_SESSION
from passerelle.words import LANGUAGES, sentence

YEAR_SECONDS = 31_536_000
ABSENT_STATUS = 401
TOO_MANY_STATUS = 429


class TooManyTries(Refused):
    """Too many tries on one name or from one address: the same answer for a name that exists and one that does not."""

    code = "sign_in.too_many_tries"


class NotSignedIn(Refused):
    """An unknown name, a wrong password and a closed seat get the same answer."""

    code = "sign_in.refused"


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form; or, with the right name and password, on to the page that was asked for, by way of the second step
    for whoever has a second factor."""
    going_to = safe_next(request)
    if request.method != "POST":
        return render(request, "sign_in.html", {"next": going_to, **ways_in()})
    username, now = request.POST.get("username", "").strip(), timezone.now()
    address = request.META.get("REMOTE_ADDR", "")
    context = {"next": going_to, "username": username, **ways_in()}
    if tries.must_wait(username=username, address=address, now=now):
        return render(request, "sign_in.html", {**context, "refusal": too_many()}, status=TOO_MANY_STATUS)
    officer = authenticate(request, username=username, password=request.POST.get("password", ""))
    if officer is None:
        tries.failed(username=username, address=address, now=now)
        refusal = NotSignedIn(
            sentence("This name and this password do not belong together."),
            way_out=sentence("Ask the administrator of your service if you have forgotten them."),
        )
        return render(request, "sign_in.html", {**context, "refusal": refusal}, status=ABSENT_STATUS)
    if officer.second_since is not None:  # the count of tries goes on: it ends when both were right
        second.wait_for_second(request, officer, going_to, now)
        return redirect("second-step")
    tries.succeeded(username=username)
    second.opened_by(request, officer, "password", now)
    return redirect(going_to or settings.LOGIN_REDIRECT_URL)


def ways_in() -> dict[str, Any]:
    """What the page of signing in offers beside name and password."""
    return {"seats": seats(), "passkeys": passkeys.offered(), "provider": provider.configured() is not None}


def too_many() -> TooManyTries:
    """The one refusal after too many tries, of whatever."""
    minutes = int(tries.WINDOW.total_seconds() // 60)
    return TooManyTries(
        sentence("There were too many tries."), way_out=sentence("Wait {minutes} minutes.", minutes=minutes)
    )


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """The session ends."""
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@require_safe
def who_is_here(request: HttpRequest) -> JsonResponse:
    """Who is signed in here now, and what a form of theirs must bear: a page asks before it sends what was typed."""
    ref = request.user.ref if request.user.is_authenticated else ""
    return JsonResponse({"who": ref, "token": get_token(request)})


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """The pages speak this language from now on, in this browser."""
    response = redirect(safe_next(request) or settings.LOGIN_REDIRECT_URL)
    language = request.POST.get("language", "")
    if language in LANGUAGES:
        request.session[IN_SESSION] = language
        response.set_cookie(
            COOKIE, language, max_age=YEAR_SECONDS, httponly=True, samesite="Lax",
            secure=bool(settings.SESSION_COOKIE_SECURE),
        )
    return response


def safe_next(request: HttpRequest) -> str:
    """The page that was asked for before, if it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours and wanted.startswith("/") else ""


def seats() -> list[dict[str, Any]]:
    """The invented seats of a demonstration; none anywhere else."""
    path = settings.FOLDER / "seats.json"
    if not settings.DEMONSTRATION or not path.is_file():
        return []
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return found
