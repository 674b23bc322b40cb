"""Notices are marked as seen, by the officer or for the desk they were told to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from passerelle.records import visibility, wall
from passerelle.records.models import Officer


def mark_seen(*, refs: Sequence[str], officer: Officer, now: datetime) -> int:
    """How many of these were marked now. Those of others, and those seen before, stay as they are."""
    mine = visibility.notices(officer).filter(ref__in=list(refs), seen_at__isnull=True)
    with wall.as_house():
        return mine.update(seen_at=now)
