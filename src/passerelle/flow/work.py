"""One bounded turn of the worker: what waits is compared, what is due happens, and the heartbeat is left."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import InterfaceError, OperationalError
from django.db.models import Q

from passerelle.duty import LIVE
from passerelle.flow import duties, handover, lessons_kept, reviews, rules
from passerelle.flow.defer import end_overloads
from passerelle.flow.escalate import Happened, next_events
from passerelle.flow.ledger_lines import effective, keep_time, look_at_the_clock
from passerelle.flow.match import match_waiting, waiting
from passerelle.records import wall
from passerelle.records.models import Duty, Handover, Heartbeat, Match
from passerelle.words import Sentence, sentence

HEARTBEAT_AGE_MAX = timedelta(minutes=5)
"""A last turn older than this means that nobody watches the clocks: a banner, a failing health check, an alarm."""

HEARTBEAT_EVERY = timedelta(seconds=20)
"""Turns come every few seconds; the heartbeat is written no oftener than this, so that an idle house writes little."""

EVENTS_AT_ONCE = 50
"""So many due events share a transaction: whoever writes meanwhile waits for them, a tenth of a second."""

FAILURES_MAX = 1000
"""So many rows that cannot be worked on are gone past in one turn, to reach those behind them."""

T = TypeVar("T")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn did; `more` when something was left for the next one.

    `failed` names the rows whose work broke off, each with its error: they stay as they were, and are tried again.
    """

    matched: int
    matches: tuple[Match, ...]
    happened: tuple[Happened, ...]
    more: bool
    failed: tuple[str, ...] = ()


@wall.as_house()
def turn(*, now: datetime, limit: int = 100) -> Turn:
    """Compare up to `limit` waiting subjects and let up to `limit` due events happen, a few in each transaction.

    Any number of workers may take turns at once; a turn that finds nothing to do changes nothing but the heartbeat.
    One row that cannot be worked on stops none of the others, but it stops the heartbeat: as long as one clock is not
    watched, nobody is told that all are. A database that cannot be reached stops the turn.
    """
    at = look_at_the_clock(now)
    failed: list[str] = []
    matches, more = _match(now, at, limit, failed)
    _unless_it_breaks("overloads", failed, lambda: end_overloads(now=now))
    _unless_it_breaks("rules", failed, lambda: rules.take_effect(now=now))
    happened, due_left = _happen(now, at, limit, failed)
    more = more or due_left
    days = _unless_it_breaks(
        "reviews", failed, lambda: reviews.come_due(now=now, limit=max(limit - len(happened), 1))
    )
    more = more or (days is not None and days[1])
    more = bool(_unless_it_breaks("rules", failed, lambda: _look_anew(now, failed))) or more
    if Handover.objects.filter(next_event_at__lte=at).exists():
        _unless_it_breaks("handovers", failed, lambda: handover.come_due(now=now, limit=limit))
    more = bool(_unless_it_breaks("lessons", failed, lessons_kept.read_on)) or more
    if not failed:
        _beat(now, at)
    return Turn(
        matched=len(matches), matches=tuple(matches), happened=tuple(happened), more=more, failed=tuple(failed)
    )


def _beat(now: datetime, at: datetime) -> None:
    beat = Heartbeat.objects.filter(name="worker").first()
    if beat is None or abs(now - beat.beat_at) >= HEARTBEAT_EVERY:
        keep_time(at)
        Heartbeat.objects.update_or_create(name="worker", defaults={"beat_at": now})


def _due(at: datetime) -> Iterator[list[tuple[int, int, str]]]:
    """Key, version and reference of the duties whose next event has come, the longest waiting first, a few at a time;
    what comes due while they happen is among the next ones."""
    due = Duty.objects.filter(state__in=LIVE, next_event_at__lte=at).exclude(state="withheld")
    rows = due.order_by("next_event_at", "id").values_list("next_event_at", "pk", "version", "ref")
    page = list(rows[:EVENTS_AT_ONCE])
    while page:
        yield [row[1:] for row in page]
        last_at, last = page[-1][:2]
        page = list(rows.filter(Q(next_event_at__gt=last_at) | Q(next_event_at=last_at, pk__gt=last))[:EVENTS_AT_ONCE])


def _happen(now: datetime, at: datetime, limit: int, failed: list[str]) -> tuple[list[Happened], bool]:
    """Let up to `limit` due events happen, few in one transaction; whether some were left. A batch that breaks is
    halved until the duty that breaks it is alone, as in `_match`."""
    happened: list[Happened] = []
    left = limit
    for rest in _due(at):
        while rest:
            if left <= 0 or len(failed) > FAILURES_MAX:
                return happened, left <= 0
            halves, rest = [rest[:left]], rest[left:]
            while halves:
                part = halves.pop()
                try:
                    happened += next_events([(pk, version) for pk, version, _ in part], now=now)
                    left -= len(part)
                except (OperationalError, InterfaceError):
                    raise
                except Exception as error:  # noqa: BLE001 (whatever it is, the clocks of the others go on; it is told)
                    if len(part) == 1:
                        _note(failed, part[0][2], error)
                    else:
                        halves += [part[len(part) // 2 :], part[: len(part) // 2]]
    return happened, False


def _match(now: datetime, at: datetime, limit: int, failed: list[str]) -> tuple[list[Match], bool]:
    """Compare up to `limit` waiting subjects; a batch that breaks is halved until the one that breaks it is alone."""
    found: list[Match] = []
    done, broken = 0, set[int]()
    while done < limit and len(broken) <= FAILURES_MAX:
        batch = list(waiting(at).exclude(pk__in=broken)[: limit - done].values_list("pk", "ref"))
        if not batch:
            return found, False
        done += len(batch)
        halves = [batch]
        while halves:
            part = halves.pop()
            try:
                found.extend(match_waiting([pk for pk, _ in part], now=now))
            except (OperationalError, InterfaceError):
                raise
            except Exception as error:  # noqa: BLE001 (whatever it is, the others are compared; it is told)
                if len(part) == 1:
                    broken.add(part[0][0])
                    done -= 1
                    _note(failed, part[0][1], error)
                else:
                    halves += [part[len(part) // 2 :], part[: len(part) // 2]]
    if len(broken) > FAILURES_MAX:  # the next turn meets the same ones: who takes turns to the end would never end
        return found, False
    return found, waiting(at).exclude(pk__in=broken).exists()


def _look_anew(now: datetime, failed: list[str]) -> bool:
    """Look at the next reports under a table that came into force; whether more wait. A handful that breaks is halved
    until the report that breaks it is alone: the others are looked at, and it is tried again in the next turn."""
    sweep = rules.to_look_at()
    if sweep is None:
        return False
    broken, refs = set[int](), dict(sweep.reports)
    halves = [list(refs)] if refs else []
    while halves:
        part = halves.pop()
        try:
            rules.look_anew(part, now=now)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001 (whatever it is, the others are looked at; it is told)
            if len(part) == 1:
                broken.add(part[0])
                _note(failed, refs[part[0]], error)
            else:
                halves += [part[len(part) // 2 :], part[: len(part) // 2]]
    return rules.looked_at(sweep, broken)


def _unless_it_breaks(what: str, failed: list[str], act: Callable[[], T]) -> T | None:
    """What a part of the turn answers; None where it broke off: that is told, and the other parts go on."""
    try:
        return act()
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 (whatever it is, the clocks of the others go on; it is told)
        _note(failed, what, error)
        return None


def _note(failed: list[str], ref: str, error: Exception) -> None:
    failed.append(f"{ref}: {type(error).__name__}: {error}")
    _log.exception("work on %s broke off; it stays as it was and is tried again", ref)


def work_until_done(*, now: datetime, limit: int = 100) -> list[Turn]:
    """Turns until nothing is left to do at `now`. Ends: each due event moves its duty's clock past `now`."""
    turns = [turn(now=now, limit=limit)]
    while turns[-1].more:
        turns.append(turn(now=now, limit=limit))
    return turns


def seconds_to_the_beat(now: datetime, every_seconds: int) -> float:
    """Seconds from `now` to the next whole multiple of `every_seconds` on the clock: more than none, at most all."""
    return every_seconds - now.timestamp() % every_seconds


def known_at(waiting_since: datetime, every_seconds: int) -> datetime:
    """When what waits to be compared since a moment is known: one beat after the beat that takes it up. It depends on
    that moment alone, not on what is found."""
    wait = seconds_to_the_beat(waiting_since, every_seconds)
    return waiting_since + timedelta(seconds=wait + every_seconds)


SWEEP_LATE = timedelta(minutes=10)
"""What was due to happen and has not happened for so long: a sweep that beats and does not get there."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that must wake somebody: a code for the machine, a sentence for the person."""

    code: str
    says: Sentence


@wall.as_house()
def alarms(*, now: datetime) -> list[Alarm]:
    """What is wrong with the watching of the clocks at `now`; empty when all is well."""
    found = []
    if heartbeat_is_old(now):
        beat = Heartbeat.objects.filter(name="worker").first()
        found.append(
            Alarm(
                "clocks_stand_still",
                sentence("Nobody watches the clocks: no worker has ever taken a turn.")
                if beat is None
                else sentence(
                    "Nobody watches the clocks: the last sweep was at {at}.", at=duties.said_moment(beat.beat_at)
                ),
            )
        )
    at = effective(now)
    late = Duty.objects.filter(state__in=LIVE, next_event_at__lt=at - SWEEP_LATE).exclude(state="withheld").count()
    if late:
        found.append(
            Alarm(
                "events_not_happened",
                sentence("What was due to happen to {count} duties ten minutes ago has not happened.", count=late),
            )
        )
    return found


def heartbeat_is_old(now: datetime) -> bool:
    """Whether nobody has watched the clocks for too long. A beat from the future says nothing: no turn since was left,
    and the clock went back."""
    beat = Heartbeat.objects.filter(name="worker").first()
    return beat is None or abs(now - beat.beat_at) > HEARTBEAT_AGE_MAX
