"""How a desk works through its queue: in which order, how long a pair is one clerk's, and when a handover is late."""

from __future__ import annotations

from datetime import timedelta

from passerelle.policy.facts import URGENCIES
from passerelle.policy.tables import DATA_FOLDER, rows

_TABLE = {row["id"]: row["values"] for row in rows(DATA_FOLDER / "desk.yaml", "measures", required={"values": list})}

RESERVED = timedelta(minutes=_TABLE["reserved_minutes"][0])
"""So long a pair that a clerk has before them comes to no other clerk from the queue."""

SOON = timedelta(minutes=_TABLE["soon_minutes"][0])
"""What is due within this is not kept waiting for the rest of a group."""

TAKEN_WITHIN = timedelta(minutes=_TABLE["taken_within_minutes"][0])
"""A handover is taken over within this, or the next rung is told."""

TOLD_AGAIN = timedelta(hours=_TABLE["told_again_hours"][0])
"""Whoever stands on the last rung that is told hears it again after this."""

NOTE_HOURS: tuple[int, ...] = tuple(_TABLE["note_hours"])
SHIFT_HOURS: tuple[int, ...] = tuple(_TABLE["shift_hours"])

WEIGHT: dict[str, int] = {urgency: place for place, urgency in enumerate(URGENCIES)}
"""What an urgency weighs in the order of a list, least first: danger to life stands before everything else. It is what
the table of deadlines knows of a report, never anything about a person."""
