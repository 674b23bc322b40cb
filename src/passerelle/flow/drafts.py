"""What an officer is writing is kept until it is filed: in a table of its own, bound to the officer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from passerelle.records import wall
from passerelle.records.models import Draft, Officer


def kept(officer: Officer) -> dict[str, Any]:
    """The officer's own draft; empty where there is none."""
    draft = Draft.objects.filter(officer=officer).first()
    return dict(draft.content) if draft is not None else {}


def keep(*, officer: Officer, content: dict[str, Any], now: datetime) -> None:
    """Keep this instead of what was kept before."""
    with wall.as_house():
        Draft.objects.update_or_create(officer=officer, defaults={"content": content, "saved_at": now})


def drop(officer: Officer) -> None:
    """It was filed, or given up."""
    with wall.as_house():
        Draft.objects.filter(officer=officer).delete()
