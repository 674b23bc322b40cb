"""The gate before the API: no cookie counts, every request is signed, and whatever goes wrong is a problem+json."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import timezone

from passerelle import signing
from passerelle.api import problems
from passerelle.errors import Refused
from passerelle.flow import accounts
from passerelle.records import wall

PREFIX = "/api/"
OPEN_TO_ALL = frozenset({"/api/v1/openapi.json", "/api/v1/docs", "/api/v1/health", "/api/v1/keys"})
"""What says nothing about anybody: how to speak to us, whether we stand, and by which key we sign."""

CONTENT = ("application/json",)
CONTENT_OF_ROWS = (*CONTENT, "application/x-ndjson", "text/csv")
ROWS = "/api/v1/registers/"
HOW_TO_SIGN = (
    'passerelle=("@method" "@authority" "@request-target" "content-digest" "content-type" "idempotency-key")'
    ';created;nonce;keyid;alg="ed25519"'
)


class GateMiddleware:
    """Stands before the session: for the API there is none. Behind it, `request.account` is whose request it is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        request.COOKIES = {}
        request.META.pop("HTTP_COOKIE", None)
        request.META.pop("HTTP_X_CSRFTOKEN", None)
        request.META.pop("HTTP_AUTHORIZATION", None)
        asks: Any = request
        asks.now = timezone.now()
        answer = self._answer(asks)
        if answer.status_code >= 400 and answer["Content-Type"] != problems.CONTENT_TYPE:
            answer = problems.problem(request, answer.status_code)
        answer.cookies.clear()
        if answer.has_header("Vary"):
            del answer["Vary"]
        answer["Vary"] = "Accept-Language, Signature"
        return answer

    def _answer(self, request: Any) -> HttpResponse:
        try:
            body, asked = request.body, signed_part(request)
        except RequestDataTooBig:
            return problems.problem(request, 413)
        except (DisallowedHost, UnreadablePostError):
            return problems.problem(request, 400)
        if request.path_info in OPEN_TO_ALL:
            return self.get_response(request) if request.method == "GET" else problems.problem(request, 405)
        kind = (request.content_type or "").lower()
        if body and kind not in (CONTENT_OF_ROWS if request.path_info.startswith(ROWS) else CONTENT):
            return problems.problem(request, 415)
        try:
            account = accounts.admit(
                asked=asked, body=body, address=request.META.get("REMOTE_ADDR", ""), now=request.now
            )
        except Refused as refusal:
            answer = problems.refused(request, refusal)
            if answer.status_code == 401:
                answer["Accept-Signature"] = HOW_TO_SIGN
            return answer
        request.account, request.officer = account, account.officer
        with wall.as_reader(account.officer):
            return self.get_response(request)


def signed_part(request: HttpRequest) -> signing.Asked:
    """The request as it was signed. Raises DisallowedHost."""
    query = request.META.get("QUERY_STRING", "")
    return signing.Asked(
        method=request.method or "",
        scheme=request.scheme or "",
        authority=signing.authority_of(request.scheme or "", request.get_host()),
        target=request.get_full_path().partition("?")[0] + (f"?{query}" if query else ""),
        headers={name.lower(): value for name, value in request.headers.items()},
    )
