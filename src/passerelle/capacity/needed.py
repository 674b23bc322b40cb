"""What a plan file would have to allow for its clocks to hold sooner, and whether the model gives what was told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from passerelle.capacity.plan_file import Plan, Told
from passerelle.capacity.staffing import solve
from passerelle.capacity.workload import Changes, expected, quarters
from passerelle.words import noop

YEAR_DAYS = 365.25


@dataclass(frozen=True, slots=True)
class Needed:
    """One thing more that would be allowed: from which week on the clocks can then hold on the expected course (0: at
    all times), at what cost, and how many hours are late at once before."""

    says: str
    since: int
    cost: float
    unserved_hours: float


def needed(plan: Plan, margin: float = 0.0) -> list[Needed]:
    """What each loosening of the file would buy, the file as it is first; each is a plan of its own, made for `margin`
    more work than expected."""
    found = []
    for says, loosened in LOOSENED:
        _, cost, unserved, since = solve(loosened(plan), margin)
        found.append(Needed(says, since, cost, unserved))
    return found


def _borrowing(plan: Plan) -> Plan:
    return replace(plan, groups=tuple(replace(one, loan_max=2 * one.loan_max) for one in plan.groups))


def _hiring(plan: Plan) -> Plan:
    return replace(plan, groups=tuple(replace(one, hires_year_max=2 * one.hires_year_max) for one in plan.groups))


def _training(plan: Plan) -> Plan:
    return replace(plan, groups=tuple(replace(one, training_months=one.training_months / 2) for one in plan.groups))


def _sooner(plan: Plan) -> Plan:
    day = plan.decided
    back = date(day.year - 1, day.month, min(day.day, 28))
    return replace(plan, decided=max(back, plan.begins))


LOOSENED: tuple[tuple[str, Callable[[Plan], Plan]], ...] = (
    (noop("as the file allows"), lambda plan: plan),
    (noop("twice as many may be borrowed"), _borrowing),
    (noop("twice as many may be hired in a year"), _hiring),
    (noop("training takes half as long"), _training),
    (noop("it is decided a year sooner"), _sooner),
    (noop("all of these together"), lambda plan: _borrowing(_hiring(_training(_sooner(plan))))),
)


def modelled(plan: Plan, told: Told) -> float:
    """What the model gives for a figure that was told: so many come, or so many wait on the last day."""
    if not told.lent:
        return sum(
            row.per_year * max((min(row.ends, told.ends) - max(row.begins, told.begins)).days, 0) / YEAR_DAYS
            for row in plan.arrivals
            if row.kind == told.kind
        )
    first = round(plan.week_of(told.begins) / 13)
    lent = {key: tuple(count if q >= first else 0 for q in range(quarters(plan))) for key, count in told.lent.items()}
    place = next(place for place, kind in enumerate(plan.kinds) if kind.id == told.kind)
    week = min(max(int(plan.week_of(told.ends)), 0), plan.weeks - 1)
    return float(expected(plan, Changes({}, lent, {})).waiting[place][week]) / plan.kinds[place].hours
