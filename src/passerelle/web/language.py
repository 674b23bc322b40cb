"""Chooses the language of a page: the one chosen in this session, the officer's, the cookie's, the browser's."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from passerelle.words import LANGUAGES

COOKIE = "passerelle_language"
IN_SESSION = "language"


class LanguageMiddleware:
    """After sign-in the officer's own language, unless they chose another; before it, the cookie's or the browser's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = language_of(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response = response.render()
        response["Content-Language"] = language
        return response


def language_of(request: HttpRequest) -> str:
    """One of the four languages."""
    chosen = request.session.get(IN_SESSION)
    if chosen in LANGUAGES:
        return str(chosen)
    if request.user.is_authenticated and request.user.language in LANGUAGES:
        return str(request.user.language)
    if request.COOKIES.get(COOKIE) in LANGUAGES:
        return request.COOKIES[COOKIE]
    for code, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if code.split("-")[0] in LANGUAGES:
            return str(code.split("-")[0])
    return str(settings.LANGUAGE_CODE)
