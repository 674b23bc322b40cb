"""A plan file written from the ledger: what arrived, by when it was due, how long it took, and who was there."""

from __future__ import annotations

import json
import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from passerelle.capacity.sharing import minutes_of
from passerelle.words import LANGUAGES, Sentence, noop

KINDS_READ = frozenset({
    "DutyRaised", "DutyMoved", "DutyPassedOn", "Read", "OfficerSeated", "OfficerReseated", "OfficerLeft",
    "OfficerAway",
})  # fmt: skip
"""The kinds of line that say what arrives, how long it takes and who is there."""

DEFERRED_MAX = {"judge": 0.5, "acknowledge": 0.5, "pass_on": 0.25, "answer": 0.5}
"""The share of a kind that a plan may put off: what a head may sign for (`flow/defer`), by a measure of this house."""

TOUCHES = timedelta(minutes=60)
"""What an officer opened longer ago than this before deciding was put aside in between: it is not counted as work."""

TAKEN_LEAST = 10
"""So many duties of a kind must have been timed before their time counts; else a usual one is taken, and said."""

SEATS = ("desk", "supervisor")
HOURS_WEEK = 30
DEFERRAL_WEEKS = 4


@dataclass(slots=True)
class Of:
    """What was measured of one kind of duty: arrivals by week, minutes each took, days from raised to due."""

    weeks: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    minutes: list[float] = field(default_factory=list)
    clocks: list[float] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many arrived."""
        return sum(self.weeks.values())


@dataclass(slots=True)
class Measured:
    """All that the ledger says of one service between two days: kinds of duty, people at its desk, and the share of
    their days on which they were away."""

    service: str
    begins: date
    ends: date
    kinds: dict[str, Of]
    people: int
    absent: float

    @property
    def weeks(self) -> int:
        """Whole weeks looked at."""
        return max(1, (self.ends - self.begins).days // 7)

    def hours_of(self, kind: str) -> tuple[float, bool]:
        """Hours that one takes, and whether that was measured."""
        taken = self.kinds[kind].minutes
        if len(taken) >= TAKEN_LEAST:
            return statistics.fmean(taken) / 60, True
        return minutes_of(kind) / 60, False


def measure(
    lines: Iterable[Mapping[str, Any]], service: str, begins: date, ends: date, *, seats: Iterable[str] = ()
) -> Measured:
    """Read entries of a ledger and measure one service between two days. Where they are not read from the first,
    `seats` are the officers of the desk.

    A duty is the service's whose desk got it first. Its time is that between the officer's last reading, or last duty
    done, and the end of the duty, if no more than an hour: what was put aside in between is not seen.
    """
    first, last = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (begins, ends))
    kinds: dict[str, Of] = {}
    whose: dict[str, str] = {}
    touched: dict[str, datetime] = {}
    desk = dict.fromkeys(seats, True)
    away: dict[str, tuple[datetime, datetime]] = {}
    days_away = 0.0

    def absence(officer: str, until: datetime) -> float:
        since, planned = away.pop(officer, (until, until))
        span = min(until, planned, last) - max(since, first)
        return max(0.0, span.total_seconds() / 86_400)

    for line in lines:
        kind, facts, at = line["kind"], line["facts"], datetime.fromisoformat(line["at"])
        if at >= last:
            continue
        if kind in ("OfficerSeated", "OfficerReseated"):
            desk[facts["officer"]] = facts["service"] == service and facts["role"] in SEATS
        elif kind == "OfficerLeft":
            days_away += absence(facts["officer"], at) if desk.pop(facts["officer"], False) else 0.0
        elif kind == "OfficerAway" and desk.get(facts["officer"]):
            days_away += absence(facts["officer"], at)
            if facts["until"]:
                away[facts["officer"]] = (at, _until(facts["until"], last))
        elif kind == "Read" and facts["officer"]:
            touched[facts["officer"]] = at
        elif kind == "DutyRaised" and facts["holder"] == service and at >= first:
            whose[facts["duty"]] = facts["kind"]
            of = kinds.setdefault(facts["kind"], Of())
            of.weeks[(at - first).days // 7] += 1
            of.clocks.append((datetime.fromisoformat(facts["due_at"]) - at).total_seconds() / 86_400)
        elif kind == "DutyMoved" and facts["duty"] in whose:
            _moved(facts, at, kinds[whose[facts["duty"]]], touched)
            if facts["state"] in ("done", "upheld", "void"):
                del whose[facts["duty"]]
    days_away += sum(absence(officer, last) for officer in list(away))
    people = sum(desk.values())
    there = max(1.0, people * (last - first).total_seconds() / 86_400)
    return Measured(service, begins, ends, kinds, people, min(0.9, days_away / there))


def _moved(facts: Mapping[str, Any], at: datetime, of: Of, touched: dict[str, datetime]) -> None:
    by = facts["by"]
    if not by:
        return
    if facts["state"] in ("done", "withheld") and by in touched and timedelta() < at - touched[by] <= TOUCHES:
        of.minutes.append((at - touched[by]).total_seconds() / 60)
    touched[by] = at


def _until(text: str, last: datetime) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return last
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def plan_text(found: Measured, *, weeks_ahead: int = 52, hours_week: float = HOURS_WEEK) -> str:
    """The plan file (TOML) that goes on from what was measured; what was not is said in `assumed`. `hours_week`: what
    each person of the desk gives to duties."""
    ends = found.ends + timedelta(weeks=weeks_ahead)
    parts = [
        f"# Measured off the ledger: {found.service}, {found.begins.isoformat()} to {found.ends.isoformat()}.",
        f"begins = {found.ends.isoformat()}", f"ends = {ends.isoformat()}", f"decided = {found.ends.isoformat()}",
        "seed = 1", "target = 0.9", _said("title", TITLE, service=found.service),
        _said("says", SAYS, begins=found.begins.isoformat(), ends=found.ends.isoformat(), weeks=found.weeks),
        "", "[[group]]", 'id = "desk"', _said("says", DESK), f"service = {_text(found.service)}", 'skill = "desk"',
        f"people = {found.people}", f"hours_week = {hours_week:g}", f"absent = {found.absent:.3f}",
        "leaving_year = 0.05",
        "hires_year_max = 4", "training_months = 24", _said("loan_from", LENDER),
        f"loan_max = {max(2, found.people)}", "cost_year = 1.0", "",
    ]  # fmt: skip
    assumed = [ASSUMED]
    for kind, of in sorted(found.kinds.items()):
        hours, timed = found.hours_of(kind)
        spread = 0.5
        if timed and statistics.fmean(of.minutes) > 0:
            spread = min(3.0, statistics.pstdev(of.minutes) / statistics.fmean(of.minutes))
        else:
            assumed.append(NOT_TIMED[kind])
        counts = [of.weeks.get(week, 0) for week in range(found.weeks)]
        mean = statistics.fmean(counts)
        wide = max(1.0, statistics.pvariance(counts) / mean) if mean else 1.0
        parts += [
            "[[kind]]", f"id = {_text(kind)}", _said("says", KIND_WORDS[kind]), 'skill = "desk"',
            f"hours = {hours:.4f}",
            f"hours_spread = {spread:.2f}", f"clock_days = {statistics.median(of.clocks):.2f}",
            f"source = {_text('ledger' if timed else 'assumed')}",
        ]  # fmt: skip
        if kind in DEFERRED_MAX:
            parts += [f"deferred_max = {DEFERRED_MAX[kind]}", f"deferred_weeks = {DEFERRAL_WEEKS}"]
        parts += [
            "", "[[arrivals]]", f"kind = {_text(kind)}", f"per_year = {of.count * 365.25 / (7 * found.weeks):.1f}",
            f"spread = {wide:.2f}", 'source = "ledger"', "",
        ]  # fmt: skip
    for text in assumed:
        parts += [_said("[[assumed]]", text)]
    source = f"The ledger of this installation, {found.begins} to {found.ends}."
    parts += ["", "[sources]", f"ledger = {_text(source)}", ""]
    return "\n".join(parts)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _said(name: str, text: str, **facts: str | int) -> str:
    """A text in the four languages, as TOML: an inline table, or the lines of one in a list."""
    said = Sentence(text, tuple(facts.items()))
    rows = [f"{code} = {_text(said.in_language(code))}" for code in LANGUAGES]
    return "\n".join([name, *rows]) if name.startswith("[[") else f"{name} = {{{', '.join(rows)}}}"


TITLE = noop("The desk of {service}")
SAYS = noop("Measured off the ledger from {begins} to {ends}, {weeks} weeks: what arrives goes on as it did.")
LENDER = noop("another service")
DESK = noop("the people of the desk")
KIND_WORDS = {
    "pass_on": noop("a decision to pass on"), "judge": noop("a match judged"),
    "acknowledge": noop("an acknowledgement"), "answer": noop("an answer"), "review": noop("a review"),
    "correct": noop("a correction"), "request": noop("an answer to a person's request"),
}  # fmt: skip
ASSUMED = noop(
    "That what arrives goes on as it did; the hours a week of each person for duties; who leaves, hiring, training and "
    "loans; that the time from opening to deciding is the time a duty takes."
)
NOT_TIMED = {
    "pass_on": noop("The time of a decision to pass on: too few were timed."),
    "judge": noop("The time of judging a match: too few were timed."),
    "acknowledge": noop("The time of an acknowledgement: too few were timed."),
    "answer": noop("The time of an answer: too few were timed."),
    "review": noop("The time of a review: too few were timed."),
    "correct": noop("The time of a correction: too few were timed."),
    "request": noop("The time of an answer to a person's request: too few were timed."),
}
