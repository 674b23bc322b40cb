"""Refuses what no page ever sends: a NUL in an address or a form, at which one of the two databases would break."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

NUL = "\x00"


class NoNulMiddleware:
    """A NUL in the path, the query or a field is a bad request, before anything is asked of the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = [request.path, *_said(request.GET.lists())]
        if request.method == "POST":
            given += _said(request.POST.lists())
        if any(NUL in one for one in given):
            raise BadRequest("a NUL")
        return self.get_response(request)


def _said(fields: object) -> list[str]:
    return [text for name, values in fields for text in (name, *values)]  # type: ignore[attr-defined]
