"""When a desk's clocks break if what arrives goes on, and what deferring one kind would buy: off the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from django.conf import settings

from passerelle.capacity import measured, plan_file, workload
from passerelle.flow import duties, ledger_lines
from passerelle.flow.defer import KINDS_DEFERRED, OVERLOAD_DAYS_MAX
from passerelle.records.models import Officer, Service
from passerelle.words import Day, Sentence, sentence

WEEKS_MEASURED = 13
WEEKS_AHEAD = 26
DEFERRED_WEEKS = OVERLOAD_DAYS_MAX // 7
PATH = "the ledger"


@dataclass(frozen=True, slots=True)
class Choice:
    """Putting off one kind of duty for four weeks: hours a week that it frees, and the day the clocks break then (None:
    not in the half year looked at). `says`: the whole of it, as it can be signed."""

    kind: str
    hours_week: float
    breaks_on: date | None
    says: Sentence


@dataclass(frozen=True, slots=True)
class Short:
    """What a desk has to do and who is there, in hours a week; `breaks_on` (None: the clocks hold); and the choices,
    the one that buys most first."""

    needed: float
    there: float
    breaks_on: date | None
    choices: tuple[Choice, ...]
    says: Sentence

    @property
    def short(self) -> float:
        """Hours a week that are lacking."""
        return max(0.0, self.needed - self.there)


def measure(service: Service, now: datetime, *, weeks: int = WEEKS_MEASURED) -> measured.Measured:
    """What the ledger says of one service in the whole weeks that are over."""
    ends = now.astimezone(UTC).date()
    begins = ends - timedelta(weeks=weeks)
    first = datetime(begins.year, begins.month, begins.day, tzinfo=UTC)
    people = Officer.objects.filter(service=service, role__in=measured.SEATS, is_active=True, account__isnull=True)
    return measured.measure(_lines(first), service.key, begins, ends, seats=people.values_list("ref", flat=True))


def of_desk(service: Service, now: datetime) -> Short | None:
    """When the clocks of a desk break, and what may be put off; None where nothing arrived or nobody is there."""
    found = measure(service, now)
    if not found.kinds or not found.people:
        return None
    text = measured.plan_text(found, weeks_ahead=WEEKS_AHEAD, hours_week=settings.DUTY_HOURS_WEEK)
    plan = plan_file.read_text(text, PATH)
    counts, given = workload.arrivals(plan), workload.hours(plan)
    each = [kind.hours for kind in plan.kinds]
    needed = float((counts[:, :WEEKS_AHEAD].mean(axis=1) * each).sum())
    there = float(given[:, 0].sum())
    week = _breaks(plan, counts)
    day = None if week is None else workload.day_of(plan, week)
    choices = []
    for place, kind in enumerate(plan.kinds):
        if week is None or kind.id not in KINDS_DEFERRED:
            continue
        later = counts.copy()
        later[place, DEFERRED_WEEKS] += later[place, :DEFERRED_WEEKS].sum()
        later[place, :DEFERRED_WEEKS] = 0.0
        then = _breaks(plan, later)
        choices.append(_choice(kind.id, float(counts[place, 0] * kind.hours), plan, then, needed - there, day))
    choices.sort(key=lambda one: (one.breaks_on or date.max, one.hours_week), reverse=True)
    return Short(needed, there, day, tuple(choices), _says(needed, there, day))


def _breaks(plan: plan_file.Plan, counts: workload.Floats) -> int | None:
    """The first week in which the clock of any kind breaks."""
    each = np.array([[kind.hours for kind in plan.kinds]])
    run = workload.worked(plan, counts[None], workload.hours(plan)[None], each)
    return min((week for week in workload.breaks(plan, run.late[0], counts) if week is not None), default=None)


def _choice(
    kind: str, hours: float, plan: plan_file.Plan, then: int | None, lacking: float, day: date | None
) -> Choice:
    after = None if then is None else workload.day_of(plan, then)
    what = duties.kind_words(kind)
    assert day is not None
    if after is None:
        says = sentence(
            "The plan says that {short} hours a week are short and the clocks break on {day}: deferring “{kind}” for "
            "{weeks} weeks frees {hours} hours a week, and the clocks hold for half a year.",
            short=round(max(0.0, lacking)), day=Day(day), kind=what, weeks=DEFERRED_WEEKS, hours=round(hours, 1),
        )  # fmt: skip
    else:
        says = sentence(
            "The plan says that {short} hours a week are short and the clocks break on {day}: deferring “{kind}” for "
            "{weeks} weeks frees {hours} hours a week, and the clocks break on {after}.",
            short=round(max(0.0, lacking)), day=Day(day), kind=what, weeks=DEFERRED_WEEKS, hours=round(hours, 1),
            after=Day(after),
        )  # fmt: skip
    return Choice(kind, hours, after, says)


def _says(needed: float, there: float, day: date | None) -> Sentence:
    if day is None:
        return sentence(
            "By the ledger of the last {weeks} weeks the clocks of this desk hold: {needed} hours of work a week, and "
            "{there} hours of people.",
            weeks=WEEKS_MEASURED, needed=round(needed, 1), there=round(there),
        )  # fmt: skip
    return sentence(
        "By the ledger of the last {weeks} weeks the clocks of this desk break on {day}: {needed} hours of work a "
        "week, and {there} hours of people.",
        weeks=WEEKS_MEASURED, day=Day(day), needed=round(needed), there=round(there),
    )  # fmt: skip


def _lines(since: datetime) -> Iterator[Mapping[str, Any]]:
    return ledger_lines.lines_since(since, measured.KINDS_READ)

