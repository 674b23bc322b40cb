"""What was filed is compared at the worker's beat, never in the request: its page says when, and asks again.

When and how a filing is answered therefore depends on nothing that other services hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from passerelle.flow import work
from passerelle.records.models import Subject

ASKED = "asked"
"""In the address: how often the page has asked again by itself."""

ASKS_MAX = 10
"""A page asks by itself so often, and then leaves it to its reader: nobody may be watching the clocks."""


def after_the_beat(page: str, ref: str) -> HttpResponse:
    """On to the page of what was just filed, which asks again until it was compared."""
    response = redirect(page, ref=ref)
    response["Location"] += f"?{ASKED}=0"
    return response


def known_at(subjects: Iterable[Subject], now: datetime) -> datetime | None:
    """When what waits among these subjects is known; None where nothing waits. Late is said as the next beat."""
    waiting = [subject.to_match_at for subject in subjects if subject.to_match_at is not None]
    if not waiting:
        return None
    every = settings.BEAT_SECONDS
    return max(work.known_at(max(waiting), every), now + timedelta(seconds=work.seconds_to_the_beat(now, every)))


def asks_again(request: HttpRequest, response: HttpResponse, known: datetime | None, now: datetime) -> HttpResponse:
    """The page, told to ask again when it will be known, if it is what was just filed; without any script."""
    asked = request.GET.get(ASKED, "")
    if known is not None and asked.isascii() and asked.isdigit() and len(asked) < 3 and int(asked) < ASKS_MAX:
        seconds = max(1, round((known - now).total_seconds() + 0.5))
        response["Refresh"] = f"{seconds}; url={request.path}?{ASKED}={int(asked) + 1}"
    return response
