"""Are rates the same for all groups? Intervals, a test of equality, shrunken ratios, and what the test could see."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

Z = 1.959964
EXPECTED_LEAST = 5.0
"""A group in which fewer events would be expected at the common rate has an interval, and no part in a verdict."""
ROUNDS = 4000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the groups' rates say of equality.

    `raw_ratio`: worst over median rate, of the groups judged; None when the median is 0. `shrunken_ratio`: the same of
    the rates drawn towards the common one as far as their counts are chance (gamma-Poisson, by moments).
    `ratio_by_chance`: what `raw_ratio` would be, in the middle and in one of twenty cases, were all rates equal.
    `p_ratio`, `p_spread`: the share of such equal worlds whose ratio, or whose sum of squared deviations, is as large.
    `seen_from`: the smallest ratio of one group of middling size to all others that would be found in four of five.
    """

    groups: int
    judged: int
    events: float
    rate: float
    raw_ratio: float | None
    worst: str
    shrunken_ratio: float | None
    ratio_by_chance: tuple[float | None, float | None]
    p_ratio: float | None
    p_spread: float | None
    equality_rejected: bool | None
    seen_from: float | None

    def plain(self) -> dict[str, Any]:
        """As plain values for JSON."""
        return asdict(self)


def wilson(hits: float, of: float) -> tuple[float, float]:
    """The interval of a rate at 95 % (Wilson, 1927); (0, 1) of nothing.

    >>> [round(edge, 3) for edge in wilson(0, 100)]
    [0.0, 0.037]
    """
    if of <= 0:
        return 0.0, 1.0
    share, square = hits / of, Z * Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = Z / (1 + square / of) * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)


def shrunken(hits: Floats, of: Floats) -> Floats:
    """Rates drawn towards the common rate, as far as their spread is no more than chance (gamma-Poisson, moments)."""
    total = float(of.sum())
    common = float(hits.sum()) / total
    if common <= 0 or len(hits) < 2:
        return np.full(len(hits), common)
    rates = hits / of
    spread = float((of * (rates - common) ** 2).sum())
    spare = total - float((of**2).sum()) / total
    between = (spread - (len(hits) - 1) * common) / spare  # variance of the true rates
    if between <= 0:
        return np.full(len(hits), common)
    shape, scale = common * common / between, common / between
    found: Floats = (hits + shape) / (of + scale)
    return found


def verdict(
    groups: Mapping[str, tuple[float, float]], sizes: Sequence[int] = (), *, seed: int = 1, rounds: int = ROUNDS
) -> Verdict:
    """Whether the rates of `groups` (events, exposure) are equal.

    `sizes` are those of clusters of events that come together (one name borne by many): an equal world deals out
    clusters, not events. Without it each event stands alone.
    """
    events = sum(hits for hits, _ in groups.values())
    exposure = sum(of for _, of in groups.values())
    rate = events / exposure if exposure else 0.0
    judged = {name: group for name, group in groups.items() if group[1] * rate >= EXPECTED_LEAST}
    if len(judged) < 2:
        return Verdict(len(groups), len(judged), events, rate, None, "", None, (None, None), None, None, None, None)
    names = list(judged)
    hits, of = (np.array([judged[name][place] for name in names], dtype=np.float64) for place in (0, 1))
    total, share = float(hits.sum()), of / of.sum()
    dice = np.random.default_rng(seed)
    scale = total / sum(sizes) if sizes else 1.0
    dealt = [int(size) for size in sizes] if sizes else [1] * round(total)
    worlds = _worlds(dealt, share, dice, rounds) * scale
    raw, spread = _ratio(hits / of), _spread(hits, share)
    ratios = np.array([_ratio(world / of) for world in worlds])
    spreads = np.array([_spread(world, share) for world in worlds])
    p_ratio = float((ratios >= raw).mean()) if math.isfinite(raw) else None
    p_spread = float((spreads >= spread).mean())
    limit = float(np.quantile(spreads, 0.95))
    shrunk = shrunken(hits, of)
    finite = ratios[np.isfinite(ratios)]
    chance = (float(np.median(finite)), float(np.quantile(finite, 0.95))) if len(finite) else (None, None)
    return Verdict(
        groups=len(groups), judged=len(judged), events=events, rate=rate,
        raw_ratio=raw if math.isfinite(raw) else None, worst=names[int(np.argmax(hits / of))],
        shrunken_ratio=_ratio(shrunk), ratio_by_chance=chance, p_ratio=p_ratio, p_spread=p_spread,
        equality_rejected=p_spread < 0.05, seen_from=_seen_from(dealt, share, limit / scale, dice, rounds // 4),
    )  # fmt: skip


def _worlds(sizes: Sequence[int], share: Floats, dice: np.random.Generator, rounds: int) -> Floats:
    """Events in each group, in `rounds` worlds where clusters of these sizes fall on groups by their share."""
    found = np.zeros((rounds, len(share)))
    for size in sorted(set(sizes)):
        found += size * dice.multinomial(sum(one == size for one in sizes), share, size=rounds)
    return found


def _ratio(rates: Floats) -> float:
    middle = float(np.median(rates))
    return float(rates.max()) / middle if middle > 0 else math.inf


def _spread(hits: Floats, share: Floats) -> float:
    expected = hits.sum() * share
    return float(((hits - expected) ** 2 / expected).sum())


def _seen_from(
    sizes: Sequence[int], share: Floats, limit: float, dice: np.random.Generator, rounds: int
) -> float | None:
    """The smallest ratio of the group of middling size to the others that is found in four worlds of five."""
    if not sizes:
        return None
    middle = int(np.argsort(share)[len(share) // 2])
    for ratio in (1.1, 1.2, 1.3, 1.4, 1.5, 1.75, 2, 2.5, 3, 4, 5, 6, 8, 10, 15, 20):
        tilted = share.copy()
        tilted[middle] *= ratio
        tilted /= tilted.sum()
        worlds = _worlds(sizes, tilted, dice, rounds)
        if np.mean([_spread(world, share) > limit for world in worlds]) >= 0.8:
            return float(ratio)
    return None


def rates(groups: Mapping[str, tuple[float, float]], per: float = 1000.0) -> dict[str, dict[str, float]]:
    """For each group its events, exposure, rate and interval, the highest rate first."""
    ordered = sorted(groups.items(), key=lambda item: (-item[1][0] / max(item[1][1], 1e-9), item[0]))
    return {
        name: {
            "events": hits, "of": of, "rate": round(per * hits / of, 3) if of else 0.0,
            "low": round(per * wilson(hits, of)[0], 3), "high": round(per * wilson(hits, of)[1], 3),
        }
        for name, (hits, of) in ordered
    }  # fmt: skip
