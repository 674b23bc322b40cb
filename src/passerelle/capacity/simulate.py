"""A plan lived many times: arrivals in bursts, work that takes longer or shorter, people who are ill or leave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from passerelle.capacity.plan_file import WEEKS_A_YEAR, Plan
from passerelle.capacity.workload import (
    NOTHING,
    SHARE_LATE_MAX,
    Changes,
    Floats,
    arrivals,
    people,
    spreads,
    worked,
)


@dataclass(frozen=True, slots=True)
class Lived:
    """Many runs. `holds`: the share of runs in which no clock broke after `since`; `holds_from`: the week from which no
    clock breaks in so many runs as the plan's target (None: not before the end); `first`: for each kind the weeks at
    which it broke first in 5, 50 and 95 of 100 runs (None: not in so many); `waiting`: (3, weeks) hours that wait, low,
    middle and high; `late_share`: for each kind the share that came late, over all runs."""

    runs: int
    holds: float
    holds_from: int | None
    first: tuple[tuple[int | None, int | None, int | None], ...]
    waiting: Floats
    late_share: tuple[float, ...]


def lived(
    plan: Plan, changes: Changes = NOTHING, *, runs: int = 1000, seed: int | None = None, since: int = 0
) -> Lived:
    """`runs` lives of the plan. Counts of a week are negative binomial with the plan's spread (Poisson where it is 1);
    how heavy a week's duties are is lognormal about their mean; absence and leaving are binomial in people."""
    dice = np.random.default_rng(plan.seed if seed is None else seed)
    counts = _counts(plan, dice, runs)
    given = _hours(plan, changes, dice, runs)
    each = np.broadcast_to([kind.hours for kind in plan.kinds], (runs, len(plan.kinds)))
    found = worked(plan, _heavier(plan, dice, counts), given, each, changes)
    levels = SHARE_LATE_MAX * np.maximum(1.0, arrivals(plan).mean(axis=1))
    broke = found.late > levels[None, :, None]
    ends = plan.weeks - broke.any(axis=1)[:, ::-1].argmax(axis=1)
    ends[~broke.any(axis=(1, 2))] = 0
    holds_from = int(np.quantile(ends, plan.target, method="higher"))
    broke[:, :, :since] = False
    # where no week is left in which the clocks could hold, none holds: an empty span is no success
    holds = float((~broke.any(axis=(1, 2))).mean()) if since < plan.weeks else 0.0
    weeks = np.where(broke.any(axis=2), broke.argmax(axis=2), plan.weeks + 1)
    first = tuple(
        (
            _quantile(weeks[:, kind], 0.05, plan),
            _quantile(weeks[:, kind], 0.5, plan),
            _quantile(weeks[:, kind], 0.95, plan),
        )
        for kind in range(len(plan.kinds))
    )
    late = found.late[:, :, since:].sum(axis=(0, 2)) / np.maximum(counts[:, :, since:].sum(axis=(0, 2)), 1.0)
    waiting = np.quantile(found.waiting.sum(axis=1), (0.05, 0.5, 0.95), axis=0)
    return Lived(
        runs,
        holds,
        holds_from if holds_from < plan.weeks else None,
        first,
        waiting,
        tuple(float(share) for share in late),
    )


def _quantile(weeks: Floats, share: float, plan: Plan) -> int | None:
    found = int(np.quantile(weeks, share, method="lower"))
    return found if found <= plan.weeks else None


def _counts(plan: Plan, dice: np.random.Generator, runs: int) -> Floats:
    means, wide = arrivals(plan), spreads(plan)
    found = np.zeros((runs, *means.shape))
    for kind, spread in enumerate(wide):
        mean = np.broadcast_to(means[kind], (runs, means.shape[1]))
        if spread > 1:
            shape = np.maximum(mean / (spread - 1), 1e-9)
            mean = dice.gamma(shape) * (spread - 1)
        found[:, kind] = dice.poisson(mean)
    return found


def _hours(plan: Plan, changes: Changes, dice: np.random.Generator, runs: int) -> Floats:
    """Hours of each group in each week: people come and go by chance, and each is there or not."""
    means = people(plan, changes)
    found = np.zeros((runs, len(plan.groups), plan.weeks))
    for place, group in enumerate(plan.groups):
        stay = (1 - group.leaving_year) ** (1 / WEEKS_A_YEAR)
        heads = np.full(runs, round(float(means[place, 0])))
        for week in range(plan.weeks):
            if week:
                joined = max(0, round(float(means[place, week] - means[place, week - 1] * stay)))
                gone = max(0, round(float(means[place, week - 1] * stay - means[place, week])))
                heads = np.maximum(dice.binomial(heads, stay) + joined - gone, 0)
            there = dice.binomial(heads, 1 - group.absent) if group.absent else heads
            found[:, place, week] = there * group.hours_week
    return found


def _heavier(plan: Plan, dice: np.random.Generator, counts: Floats) -> Floats:
    """A week's arrivals as so many of the usual weight: many average out, few do not. Lognormal about the mean."""
    found = counts.copy()
    for place, kind in enumerate(plan.kinds):
        spread = kind.hours_spread / np.sqrt(np.maximum(counts[:, place], 1.0))
        scale = np.sqrt(np.log1p(spread**2))
        found[:, place] *= np.exp(dice.normal(0.0, 1.0, scale.shape) * scale - scale**2 / 2)
    return found
