"""A session that nobody used for a while ends: an unlocked screen is not an open door for long."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

SEEN = "seen"
NOTED_EVERY_SECONDS = 60


class IdleMiddleware:
    """Ends the session after `IDLE_SECONDS` without a request. It stands behind the session and before who asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        now, seen = int(timezone.now().timestamp()), request.session.get(SEEN)
        if "_auth_user_id" in request.session:
            if isinstance(seen, int) and now - seen > settings.IDLE_SECONDS:
                request.session.flush()
            elif not isinstance(seen, int) or abs(now - seen) >= NOTED_EVERY_SECONDS:
                request.session[SEEN] = now
        return self.get_response(request)
