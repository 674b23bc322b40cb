"""The ladder a late duty climbs: desk, supervisor, head, neutral desk, oversight; one rung at a time, never down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from passerelle.policy.facts import URGENCIES, check_word
from passerelle.policy.tables import DATA_FOLDER, rows, wrong
from passerelle.words import Sentence, noop, sentence

RUNGS = ("desk", "supervisor", "head", "neutral", "oversight")
"""From the bottom up; a level is an index into it."""

TOP = len(RUNGS) - 1

CLIMBS = noop("It is late and {below} did not end it, so it climbs to {above}.")

RUNG_WORDS: dict[str, str] = {
    "desk": noop("the desk"),
    "supervisor": noop("the supervisor"),
    "head": noop("the head of the service"),
    "neutral": noop("the neutral desk of the exchange"),
    "oversight": noop("oversight"),
}


@dataclass(frozen=True, slots=True)
class Ladder:
    """How long each rung has, by urgency and rung; the top's interval is that between two tellings."""

    intervals: Mapping[str, Mapping[str, timedelta]]


def next_event_after(
    level: int, late_since: datetime, now: datetime, urgency: str, *,
    rung_until: datetime | None = None, ladder: Ladder | None = None,
) -> tuple[int, datetime, Sentence]:
    """What happens to a late duty at `now`: its level from now on, when its next event comes, and why.

    `level` is where it stands (0 to 4), `late_since` when it fell due, `rung_until` until when its rung has time (None:
    no longer). It climbs one rung at most, so that a clock that jumps forward skips none, and each rung has its whole
    interval counted from `now`. Called too early, for a duty that is not late or whose rung still has time, it leaves
    the level alone and says when to come back. One that was given to a higher rung from its start, by a review or an
    order, climbs from there the moment it is late. At the top it is told again after the top's interval, every time.
    """
    check_word(urgency, URGENCIES, what="urgency")
    ladder = shipped() if ladder is None else ladder
    _checked(level)
    if now < late_since:
        return level, late_since, sentence("It is not late.")
    if rung_until is not None and now < rung_until:
        return level, rung_until, sentence("{rung} still has time.", rung=Sentence(RUNG_WORDS[RUNGS[level]]))
    if level == TOP:
        again = now + ladder.intervals[urgency][RUNGS[TOP]]
        return TOP, again, sentence("It stays with {rung}, who is told again.", rung=Sentence(RUNG_WORDS[RUNGS[TOP]]))
    above = level + 1
    because = Sentence(
        CLIMBS, (("below", Sentence(RUNG_WORDS[RUNGS[level]])), ("above", Sentence(RUNG_WORDS[RUNGS[above]])))
    )
    return above, now + ladder.intervals[urgency][RUNGS[above]], because


def is_climb(said: Sentence) -> bool:
    """Whether a reason of a duty says that it climbed, and not why it is owed."""
    return said.text == CLIMBS


@cache
def shipped() -> Ladder:
    """The ladder that comes with Passerelle."""
    return load(DATA_FOLDER / "ladder.yaml")


def load(path: Path) -> Ladder:
    """The ladder of `path`. Raises WrongTable unless it has our rungs, every urgency, and times above zero."""
    if tuple(row["id"] for row in rows(path, "rungs", required={"says": str})) != RUNGS:
        raise wrong(path, "its rungs must be desk, supervisor, head, neutral and oversight, in this order")
    required: dict[str, type | tuple[type, ...]] = dict.fromkeys(RUNGS[1:], int)
    found = {row["id"]: row for row in rows(path, "intervals", required=required)}
    if set(found) != set(URGENCIES):
        raise wrong(path, "it must have a row of intervals for each urgency")
    if any(found[urgency][rung] <= 0 for urgency in URGENCIES for rung in RUNGS[1:]):
        raise wrong(path, "an interval is not above zero")
    return Ladder({u: {rung: timedelta(minutes=found[u][rung]) for rung in RUNGS[1:]} for u in URGENCIES})


def _checked(level: int) -> None:
    assert 0 <= level <= TOP, f"a level is 0 to {TOP}, not {level}"
