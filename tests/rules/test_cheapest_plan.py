"""On tiny plans the solver finds what trying every plan finds: the cheapest that holds, or that none does."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as some

from passerelle.capacity import plan_file, staffing, workload
from passerelle.capacity.workload import Changes

HALF_A_YEAR = """
begins = 2020-01-06
ends = 2020-07-06
title = "A desk"
[[group]]
id = "desk"
service = "north"
skill = "desk"
languages = ["nl"]
people = {people}
hours_week = 40
absent = 0.0
leaving_year = {leaving}
hires_year_max = {hires}
training_months = {training}
loan_max = {loans}
loan_cost_year = {loan_cost}
[[kind]]
id = "hit"
skill = "desk"
hours = 10
clock_days = {clock}
[[arrivals]]
kind = "hit"
per_day = {per_day}
[[arrivals]]
kind = "hit"
from = 2020-05-04
until = 2020-06-01
per_day = {burst}
"""
GAP = 0.03
"""How far from the cheapest the solver may stop, as it is told to."""


def every_plan(plan: plan_file.Plan) -> tuple[float, Changes] | None:
    """The cheapest of all plans whose expected course is never late, by trying each."""
    (group,), spans = plan.groups, workload.quarters(plan)
    hires = range(-(-group.hires_year_max // 4) + 1)
    found: tuple[float, Changes] | None = None
    for hired in product(hires, repeat=spans):
        for lent in product(range(group.loan_max + 1), repeat=spans):
            changes = Changes({"desk": hired}, {"desk": lent}, {})
            years = 13 / plan_file.WEEKS_A_YEAR
            cost = sum(lent) * group.loan_cost_year * years + sum(
                count * group.cost_year * (plan.weeks - 13 * quarter) / plan_file.WEEKS_A_YEAR
                for quarter, count in enumerate(hired)
            )
            if found is not None and cost >= found[0]:
                continue
            if workload.expected(plan, changes).late.max() * plan.kinds[0].hours <= staffing.HOURS_LATE_MAX:
                found = cost, changes
    return found


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    people=some.integers(2, 6), leaving=some.sampled_from((0.0, 0.3)), hires=some.sampled_from((0, 4, 8)),
    training=some.sampled_from((1, 3)), loans=some.integers(0, 3), loan_cost=some.sampled_from((0.5, 1.5, 3.0)),
    clock=some.sampled_from((3, 7, 21)), per_day=some.sampled_from((1.5, 2, 3)), burst=some.sampled_from((0.5, 1, 2)),
)  # fmt: skip
def test_the_solver_finds_what_trying_every_plan_finds(**given_values: float) -> None:
    plan = plan_file.read_text(HALF_A_YEAR.format(**given_values), "a tiny plan")
    changes, cost, unserved, since = staffing.solve(plan)
    cheapest = every_plan(plan)
    if cheapest is None:
        assert since > 0 and unserved > 0
        return
    assert (unserved, since) == (0.0, 0)
    assert workload.expected(plan, changes).late.max() * plan.kinds[0].hours <= staffing.HOURS_LATE_MAX + 0.5
    assert cheapest[0] - 0.02 <= cost <= cheapest[0] * (1 + GAP) + 0.02, (cheapest, changes)
