"""What arrives and who is there, week by week; and what happens when people take what is due first."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from passerelle.capacity.plan_file import WEEKS_A_YEAR, Plan

Floats = npt.NDArray[np.float64]

SHARE_LATE_MAX = 0.005
"""So small a share of a kind in a week may be late before the clock is said to break: less is rounding of weeks."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a plan changes: for each group, people hired in each quarter (they work when trained) and borrowed in each
    quarter; for each kind, the share of what arrives in each quarter that is deferred."""

    hired: Mapping[str, tuple[int, ...]]
    borrowed: Mapping[str, tuple[int, ...]]
    deferred: Mapping[str, tuple[float, ...]]


NOTHING = Changes({}, {}, {})


@dataclass(frozen=True, slots=True)
class Worked:
    """What came of a run, or of many: shapes are (kinds, weeks) or (runs, kinds, weeks).

    `late`: how many became late in that week; `waiting`: hours of work that wait at its end; `used`: hours worked, and
    `there`: hours that people could give, both (weeks,) or (runs, weeks).
    """

    late: Floats
    waiting: Floats
    used: Floats
    there: Floats


def quarters(plan: Plan) -> int:
    """How many quarters of 13 weeks the plan has, the last perhaps shorter."""
    return -(-plan.weeks // 13)


def first_quarter(plan: Plan) -> int:
    """The first quarter that begins on or after the day of the decision: before it nothing can be changed."""
    return math.ceil(plan.week_of(plan.decided) / 13)


def arrivals(plan: Plan) -> Floats:
    """How many of each kind arrive in each week: (kinds, weeks)."""
    found = np.zeros((len(plan.kinds), plan.weeks))
    places = {kind.id: place for place, kind in enumerate(plan.kinds)}
    weeks = np.arange(plan.weeks, dtype=np.float64)
    for row in plan.arrivals:
        begins, ends = plan.week_of(row.begins), plan.week_of(row.ends)
        inside = np.clip(np.minimum(weeks + 1, ends) - np.maximum(weeks, begins), 0.0, 1.0)
        found[places[row.kind]] += inside * row.per_year / WEEKS_A_YEAR
    return found


def spreads(plan: Plan) -> Floats:
    """Variance over mean of each kind's weekly count: (kinds,). The widest that its arrivals name."""
    found = np.ones(len(plan.kinds))
    for place, kind in enumerate(plan.kinds):
        found[place] = max((row.spread for row in plan.arrivals if row.kind == kind.id), default=1.0)
    return found


def people(plan: Plan, changes: Changes = NOTHING) -> Floats:
    """How many people of each group can work in each week: (groups, weeks). Some leave; the hired come when trained."""
    found = np.zeros((len(plan.groups), plan.weeks))
    weeks = np.arange(plan.weeks, dtype=np.float64)
    for place, group in enumerate(plan.groups):
        stay = (1 - group.leaving_year) ** (1 / WEEKS_A_YEAR)
        found[place] = group.people * stay**weeks
        trained = group.training_months * WEEKS_A_YEAR / 12
        for quarter, count in enumerate(changes.hired.get(group.id, ())):
            begins = quarter * 13 + trained
            found[place] += count * np.where(weeks >= begins, stay ** np.maximum(weeks - begins, 0), 0.0)
        for quarter, count in enumerate(changes.borrowed.get(group.id, ())):
            found[place, quarter * 13 : quarter * 13 + 13] += count
    return found


def hours(plan: Plan, changes: Changes = NOTHING) -> Floats:
    """Hours that each group can give to duties in each week: (groups, weeks)."""
    each = np.array([group.hours_week * (1 - group.absent) for group in plan.groups])
    found: Floats = people(plan, changes) * each[:, None]
    return found


def due(plan: Plan, counts: Floats, changes: Changes = NOTHING) -> Floats:
    """Counts by the week they arrive and the weeks left: (…, kinds, weeks, clocks). What is deferred has longer."""
    longest = max(
        kind.clock_weeks + (kind.deferred_weeks if changes.deferred.get(kind.id) else 0) for kind in plan.kinds
    )
    found = np.zeros((*counts.shape, longest + 1))
    for place, kind in enumerate(plan.kinds):
        shares = changes.deferred.get(kind.id, ())
        put_off = np.array([shares[week // 13] if week // 13 < len(shares) else 0.0 for week in range(plan.weeks)])
        found[..., place, :, kind.clock_weeks] += counts[..., place, :] * (1 - put_off)
        if shares:
            found[..., place, :, kind.clock_weeks + kind.deferred_weeks] += counts[..., place, :] * put_off
    return found


def worked(plan: Plan, counts: Floats, given: Floats, each_hours: Floats, changes: Changes = NOTHING) -> Worked:
    """Runs of the plan in which people take what is due first, and of what is due at once, what fewest others can do.

    `counts`: (runs, kinds, weeks) arrivals; `given`: (runs, groups, weeks) hours; `each_hours`: (runs, kinds) hours of
    one. What becomes late still waits and is worked off, the longest late first.
    """
    runs, kinds, weeks = counts.shape
    arriving = due(plan, counts, changes)
    clocks = arriving.shape[-1]
    able = [[place for place, group in enumerate(plan.groups) if plan.can(group, kind)] for kind in plan.kinds]
    order = sorted(range(kinds), key=lambda kind: (len(able[kind]), plan.kinds[kind].clock_days))
    queue, overdue = np.zeros((runs, kinds, clocks)), np.zeros((runs, kinds))
    late, waiting = np.zeros((runs, kinds, weeks)), np.zeros((runs, kinds, weeks))
    used, there = np.zeros((runs, weeks)), given.sum(axis=1)
    for week in range(weeks):
        queue += arriving[:, :, week, :]
        left = given[:, :, week].copy()

        def work(amount: Floats, kind: int, left: Floats = left, week: int = week) -> Floats:
            """Hours go to so many of a kind; how many are done."""
            done = np.zeros(runs)
            for group in sorted(able[kind], key=lambda one: sum(one in those for those in able)):
                take = np.minimum((amount - done) * each_hours[:, kind], left[:, group])
                left[:, group] -= take
                used[:, week] += take
                done += take / each_hours[:, kind]
            return done

        for kind in order:
            overdue[:, kind] -= work(overdue[:, kind], kind)
        for clock in range(clocks):
            for kind in order:
                queue[:, kind, clock] -= work(queue[:, kind, clock], kind)
        late[:, :, week] = queue[:, :, 0]
        overdue += queue[:, :, 0]
        queue[:, :, :-1] = queue[:, :, 1:]
        queue[:, :, -1] = 0.0
        waiting[:, :, week] = (queue.sum(axis=2) + overdue) * each_hours
    return Worked(late, waiting, used, there)


def expected(plan: Plan, changes: Changes = NOTHING) -> Worked:
    """The one run in which everything is as expected; shapes without runs."""
    each = np.array([[kind.hours for kind in plan.kinds]])
    run = worked(plan, arrivals(plan)[None], hours(plan, changes)[None], each, changes)
    return Worked(run.late[0], run.waiting[0], run.used[0], run.there[0])


def breaks(plan: Plan, late: Floats, counts: Floats) -> list[int | None]:
    """For each kind the first week in which its clock breaks, None where it holds. `late`, `counts`: (kinds, weeks)."""
    found: list[int | None] = []
    for place in range(len(plan.kinds)):
        level = SHARE_LATE_MAX * max(1.0, float(counts[place].mean()))
        over = np.nonzero(late[place] > level)[0]
        found.append(int(over[0]) if len(over) else None)
    return found


def first_day(plan: Plan, week: int) -> date:
    """The first day of a week of the plan."""
    return plan.begins + timedelta(weeks=week)


def day_of(plan: Plan, week: int) -> date:
    """The last day of a week of the plan: by then what was due in it is late."""
    return plan.begins + timedelta(weeks=week + 1) - timedelta(days=1)
