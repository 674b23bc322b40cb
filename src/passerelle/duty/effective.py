"""Effective time: what the house takes for now, though clocks disagree, jump forward and jump back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

CLOCKS_DISAGREE_MAX = timedelta(minutes=5)
"""Machines that share a database may differ by this much: whoever is behind waits. More than this is a jump back."""


@dataclass(frozen=True, slots=True)
class EffectiveTime:
    """`at` is what counts as now; `ahead` how far it runs before the clock on the wall; `went_back` how far that clock
    was found to have gone back just now (zero: it was not)."""

    at: datetime
    ahead: timedelta
    went_back: timedelta


def effective(now: datetime, floor: datetime | None, ahead: timedelta) -> EffectiveTime:
    """The effective time when the clock on the wall says `now`.

    `floor` is the latest effective time that was ever acted on, `ahead` the lead that was noted then. Never before
    `floor`, so that time does not run backwards. After a jump back it does not stand still either: it goes on from
    where it was, that far ahead of the wall, so that a jump back postpones nothing by more than the jump. The lead ends
    as soon as the wall has caught up. A jump forward cannot be told from a long silence; that it skips no rung is the
    ladder's business.
    """
    if floor is None or now >= floor:
        return EffectiveTime(now, timedelta(), timedelta())
    running = now + ahead
    if running >= floor:
        return EffectiveTime(running, ahead, timedelta())
    if floor - running <= CLOCKS_DISAGREE_MAX:
        return EffectiveTime(floor, ahead, timedelta())
    return EffectiveTime(floor, floor - now, floor - running)
