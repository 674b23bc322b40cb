"""One bounded turn of the worker: what waits is compared, what is due happens, and the heartbeat is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from passerelle.duty import LIVE
from passerelle.flow.escalate import next_event
from passerelle.flow.match import match_pending
from passerelle.records.models import Duty, Heartbeat, Match, Subject

HEARTBEAT_AGE_MAX = timedelta(minutes=5)
"""A last turn older than this means that nobody watches the clocks: a banner, a failing health check, an alarm."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn did; `more` when something was left for the next one."""

    matched: int
    matches: tuple[Match, ...]
    happened: tuple[Duty, ...]
    more: bool


def turn(*, now: datetime, limit: int = 100) -> Turn:
    """Compare up to `limit` waiting subjects and let up to `limit` due events happen, each duty in its own transaction.

    Any number of workers may take turns at once; a turn that finds nothing to do changes nothing but the heartbeat.
    """
    matches = match_pending(now=now, limit=limit)
    due = list(
        Duty.objects.filter(state__in=LIVE, next_event_at__lte=now)
        .exclude(state="withheld")
        .order_by("next_event_at", "id")
        .values_list("pk", "version")[: limit + 1]
    )
    happened = [next_event(duty_id=pk, version=version, now=now) for pk, version in due[:limit]]
    Heartbeat.objects.update_or_create(name="worker", defaults={"beat_at": now})
    waiting = Subject.objects.filter(to_match_at__isnull=False, to_match_at__lte=now).exists()
    return Turn(
        matched=len(matches),
        matches=tuple(matches),
        happened=tuple(duty for duty in happened if duty is not None),
        more=len(due) > limit or waiting,
    )


def work_until_done(*, now: datetime, limit: int = 100) -> list[Turn]:
    """Turns until nothing is left to do at `now`. Ends: each due event moves its duty's clock past `now`."""
    turns = [turn(now=now, limit=limit)]
    while turns[-1].more:
        turns.append(turn(now=now, limit=limit))
    return turns


def heartbeat_is_old(now: datetime) -> bool:
    """Whether nobody has watched the clocks for too long."""
    beat = Heartbeat.objects.filter(name="worker").first()
    return beat is None or now - beat.beat_at > HEARTBEAT_AGE_MAX
