"""What stands around every page: who asks, the clock, the seats' pages, and whether anybody watches the clocks."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from passerelle.flow.work import heartbeat_is_old
from passerelle.policy import lessons
from passerelle.policy.facts import DESK_ROLES, SERVICE_ROLES


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """The officer (None before sign-in), the moment the page was made, and the warnings that concern everybody."""
    user = getattr(request, "user", None)
    officer = user if user is not None and user.is_authenticated else None
    now = timezone.now()
    return {
        "officer": officer,
        "now": now,
        "languages": settings.LANGUAGES,
        "demonstration": settings.DEMONSTRATION,
        "clocks_stand_still": officer is not None and heartbeat_is_old(now),
        "works_with_contents": officer is not None and officer.role in SERVICE_ROLES,
        "acts_for_the_desk": officer is not None and officer.role in DESK_ROLES,
        "learns_from_waits": officer is not None
        and lessons.whose(role=officer.role, service=officer.service.key) is not None,
        "sees_what_is_late": officer is not None and (officer.role in DESK_ROLES or officer.role == "oversight"),
    }
