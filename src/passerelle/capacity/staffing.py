"""The cheapest hiring, borrowing and waiting that holds the clocks, by a solver (HiGHS), then checked by living it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import highspy
import numpy as np

from passerelle.capacity.plan_file import WEEKS_A_YEAR, Group, Kind, Plan
from passerelle.capacity.simulate import Lived, lived
from passerelle.capacity.workload import NOTHING, Changes, arrivals, first_quarter, hours, people, quarters

MARGINS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)
"""More work than expected that a plan is made for, until enough of its lives hold."""
HALVINGS = 4
"""So often the gap between a margin that holds and one that does not is halved; a sixteenth of it is left."""
SECONDS_MAX = 20.0
LATE_COST = 10.0
"""What an hour that is late for a week is taken to cost, in the unit of a year of one person: it is only chosen where
nothing else helps, and is worked off as soon as anything does."""
HOURS_LATE_MAX = 1.0
"""Fewer late hours in a week are rounding."""


@dataclass(frozen=True, slots=True)
class Best:
    """The best plan found. `margin`: the extra work it is made for; `cost` in the unit of the file, those there are not
    counted; `unserved_hours`: the most work that is late at once on the expected course, whatever of what the file
    allows is done; `since`: the week from which the clocks can hold, and from which the lives are counted.

    `asked`: the share of lives it was to hold in; `prices`: what plans that were tried cost, (margin, cost, share of
    lives that hold), cheapest first."""

    changes: Changes
    margin: float
    cost: float
    unserved_hours: float
    since: int
    lived: Lived
    asked: float = 0.0
    prices: tuple[tuple[float, float, float], ...] = ()

    @property
    def reached(self) -> bool:
        """Whether it holds in as many lives as were asked for."""
        return self.lived.holds >= self.asked


def best(plan: Plan, *, runs: int = 1000) -> Best:
    """The cheapest changes in whose lives the clocks hold in `plan.target` of the runs, or the best there is.

    The solver holds the expected course with a margin; the margin grows until enough simulated lives hold.
    """
    _, _, unserved, since = solve(plan)
    found: Best | None = None
    for margin in MARGINS:
        changes, cost, _, _ = solve(plan, margin)
        tried = lived(plan, changes, runs=max(200, runs // 2), since=since)
        if found is None or _better(tried, found.lived):
            found = Best(changes, margin, cost, unserved, since, tried)
        if tried.holds >= plan.target:
            break
    assert found is not None
    whole = lived(plan, found.changes, runs=runs, since=since, seed=plan.seed + 1)
    return Best(found.changes, found.margin, found.cost, unserved, since, whole, plan.target)


def cheapest_that_holds(plan: Plan, *, runs: int = 1000) -> Best:
    """The cheapest plan found that holds in `plan.target` of lives it was not chosen by; else the one that does so from
    the earliest week on.

    Margins are tried upwards until one holds; between it and the last that did not the smallest that does is looked
    for; then it must do so again in fresh lives, and gets a little more until it does.
    """
    _, _, unserved, since = solve(plan)
    tries: dict[float, Best] = {}

    def tried(margin: float, seed: int) -> Best:
        changes, cost, _, _ = solve(plan, margin)
        found = lived(plan, changes, runs=runs, since=since, seed=seed)
        tries[margin] = Best(changes, margin, cost, unserved, since, found, plan.target)
        return tries[margin]

    low = high = MARGINS[0]
    for high in MARGINS:
        if tried(high, plan.seed).reached:
            break
        low = high
    if not tries[high].reached:
        chosen = min(tries.values(), key=lambda one: (_from(one, plan), one.cost))
    else:
        for _ in range(HALVINGS if high > low else 0):
            middle = round((low + high) / 2, 4)
            low, high = (low, middle) if tried(middle, plan.seed).reached else (middle, high)
        chosen = tried(high, plan.seed + 1)
        for _ in range(HALVINGS):
            if chosen.reached:
                break
            chosen = tried(round(chosen.margin + 0.02, 4), plan.seed + 1)
    prices = sorted((one.margin, one.cost, one.lived.holds) for one in tries.values())
    return replace(chosen, prices=tuple(prices))


def _from(one: Best, plan: Plan) -> int:
    """The month from which it holds in enough lives, as a number to sort by; the weeks of one month are alike."""
    return plan.weeks if one.lived.holds_from is None else one.lived.holds_from // 4


def _better(one: Lived, other: Lived) -> bool:
    """Whether one holds in markedly more lives, or in enough of them a month sooner."""
    if one.holds > other.holds + 0.02:
        return True
    if one.holds_from is None or other.holds_from is None:
        return one.holds_from is not None
    return one.holds_from + 4 < other.holds_from


def solve(plan: Plan, margin: float = 0.0) -> tuple[Changes, float, float, int]:
    """The changes, their cost, the most hours that are late at once, and the week after the last in which some are.

    For each kind, group and week: hours worked. By each week at least what is due must have been done, and no more
    than has arrived; a group gives no more than its people have. Hired and borrowed people are whole numbers.
    """
    return _Solver(plan, margin).solved()


class _Solver:
    """One model for HiGHS: columns are added by name, rows as sums."""

    def __init__(self, plan: Plan, margin: float) -> None:
        self.plan, self.margin = plan, margin
        self.model = highspy.Highs()
        self.model.setOptionValue("output_flag", False)
        self.model.setOptionValue("time_limit", SECONDS_MAX)
        self.model.setOptionValue("mip_rel_gap", 0.03)
        self.model.setOptionValue("threads", 1)
        self.count = 0
        self.begins = first_quarter(plan)

    def _column(self, cost: float, most: float, whole: bool = False) -> int:
        self.model.addCol(cost, 0.0, most, 0, [], [])
        if whole:
            self.model.changeColIntegrality(self.count, highspy.HighsVarType.kInteger)
        self.count += 1
        return self.count - 1

    def _row(self, low: float, high: float, terms: dict[int, float]) -> None:
        self.model.addRow(low, high, len(terms), np.array(list(terms), dtype=np.int32), np.array(list(terms.values())))

    def solved(self) -> tuple[Changes, float, float, int]:
        plan = self.plan
        spans = quarters(plan)
        years = 13 / WEEKS_A_YEAR
        hired = {
            group.id: [
                self._column(self._wage(group, q), self._hires(group.hires_year_max, q), True) for q in range(spans)
            ]
            for group in plan.groups
            if group.hires_year_max
        }
        borrowed = {
            group.id: [
                self._column(group.loan_cost_year * years, group.loan_max if q >= self.begins else 0, True)
                for q in range(spans)
            ]
            for group in plan.groups
            if group.loan_max
        }
        counts = arrivals(plan) * (1 + self.margin)
        deferred = {
            kind.id: [self._column(*self._deferral(kind, counts[k], q)) for q in range(spans)]
            for k, kind in enumerate(plan.kinds)
            if kind.deferred_max
        }  # fmt: skip
        worked = self._clocks(counts, deferred)
        self._people(worked, hired, borrowed)
        self.model.run()
        values = self.model.getSolution().col_value
        changes = Changes(
            {key: tuple(round(values[one]) for one in columns) for key, columns in hired.items()},
            {key: tuple(round(values[one]) for one in columns) for key, columns in borrowed.items()},
            {key: tuple(round(values[one], 3) for one in columns) for key, columns in deferred.items()},
        )
        late: dict[int, float] = {}
        for week, column in self.short:
            late[week] = late.get(week, 0.0) + values[column]
        since = max((week for week, hours_late in late.items() if hours_late > HOURS_LATE_MAX), default=-1) + 1
        unserved = max(late.values(), default=0.0) if since else 0.0
        chosen = [one for columns in (*hired.values(), *borrowed.values(), *deferred.values()) for one in columns]
        costs = self.model.getLp().col_cost_
        return changes, float(sum(costs[one] * values[one] for one in chosen)), float(unserved), since

    def _wage(self, group: Group, quarter: int) -> float:
        """What one who is hired in that quarter costs to the end of the plan."""
        return group.cost_year * (self.plan.weeks - 13 * quarter) / WEEKS_A_YEAR

    def _hires(self, in_a_year: int, quarter: int) -> float:
        return -(-in_a_year // 4) if quarter >= self.begins else 0

    def _deferral(self, kind: Kind, counts: np.ndarray, quarter: int) -> tuple[float, float]:
        """The cost of deferring all of a quarter's, and how much of it may be."""
        cost = kind.deferral_cost * float(counts[quarter * 13 : quarter * 13 + 13].sum())
        return cost, kind.deferred_max if quarter >= self.begins else 0.0

    def _clocks(self, counts: np.ndarray, deferred: dict[str, list[int]]) -> dict[tuple[int, int, int], int]:
        """What is due by each week has been done by then, and nothing before it came."""
        plan = self.plan
        worked: dict[tuple[int, int, int], int] = {}
        self.short: list[tuple[int, int]] = []
        for k, kind in enumerate(plan.kinds):
            able = [g for g, group in enumerate(plan.groups) if plan.can(group, kind)]
            before: int | None = None
            for week in range(plan.weeks):
                come = float(counts[k, : week + 1].sum()) * kind.hours
                done = self._column(0.0, come)  # hours done since the beginning
                grown = {done: 1.0}
                for g in able:
                    worked[k, g, week] = self._column(0.0, highspy.kHighsInf)
                    grown[worked[k, g, week]] = -1.0
                if before is not None:
                    grown[before] = -1.0
                self._row(0.0, 0.0, grown)
                before = done
                self._owed(kind, counts[k], week, done, deferred.get(kind.id, ()))
        return worked

    def _owed(self, kind: Kind, counts: np.ndarray, week: int, done: int, deferred: Sequence[int]) -> None:
        """By the end of a week everything is done whose clock ends in it, but for what is deferred and not back."""
        until = week - kind.clock_weeks
        owed = float(counts[: max(until + 1, 0)].sum()) * kind.hours
        if not owed:
            return
        lack = self._column(LATE_COST, highspy.kHighsInf)  # hours that are late at the end of this week
        self.short.append((week, lack))
        terms = {done: 1.0, lack: 1.0}
        for q, column in enumerate(deferred):
            first, last = q * 13, min(q * 13 + 13, self.plan.weeks)
            put_off = float(counts[first : min(last, max(until + 1, first))].sum())
            back = until - kind.deferred_weeks
            returned = float(counts[first : min(last, max(back + 1, first))].sum())
            if put_off > returned:
                terms[column] = (put_off - returned) * kind.hours
        self._row(owed, highspy.kHighsInf, terms)

    def _people(
        self, worked: dict[tuple[int, int, int], int], hired: dict[str, list[int]], borrowed: dict[str, list[int]]
    ) -> None:
        """No group works more hours than its people have, those hired from when they are trained."""
        plan = self.plan
        given = hours(plan, NOTHING)
        for g, group in enumerate(plan.groups):
            each = group.hours_week * (1 - group.absent)
            ones = {
                q: people(plan, Changes({group.id: tuple(int(q == other) for other in range(q + 1))}, {}, {}))[g]
                - people(plan, NOTHING)[g]
                for q in range(len(hired.get(group.id, ())))
            }
            for week in range(plan.weeks):
                terms = {worked[k, g, week]: 1.0 for k in range(len(plan.kinds)) if (k, g, week) in worked}
                if not terms:
                    continue
                for q, column in enumerate(hired.get(group.id, ())):
                    if ones[q][week] > 0:
                        terms[column] = -each * float(ones[q][week])
                if group.id in borrowed:
                    terms[borrowed[group.id][week // 13]] = -each
                self._row(-highspy.kHighsInf, float(given[g, week]), terms)
