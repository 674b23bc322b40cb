"""Pages for what cannot be shown: the same answer for what is denied and what is absent, and one for our own faults."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def not_there(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Denied and absent: one page, one status."""
    return render(request, "not_there.html", status=404)


def our_fault(request: HttpRequest) -> HttpResponse:
    """A fault of ours: says so, and tells nothing. It asks the database nothing, because that may be what failed."""
    return HttpResponse(render_to_string("our_fault.html"), status=500)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A request that no page of ours sends. It is told in four words, and asks nothing of the database."""
    return HttpResponse("This cannot be read.", status=400, content_type="text/plain; charset=utf-8")
