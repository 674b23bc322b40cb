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

    `large` groups are those with 5 events or more expected; `raw_ratio` is worst over median rate of these, None where
    they are fewer than three. `shrunken_ratio` is worst over median of all groups' rates, drawn towards the common one
    as far as their counts are chance (gamma-Poisson, by moments).
    `ratio_by_chance`: what `raw_ratio` would be, in the middle and in one of twenty cases, were all rates equal.
    `p_spread`: the share of such equal worlds in which all groups' sum of squared deviations is as large.
    `seen_from`: the smallest ratio of one group of middling size to all others that would be found in four of five.
    """

    groups: int
    large: int
    events: float
    rate: float
    raw_ratio: float | None
    worst: str
    shrunken_ratio: float | None
    ratio_by_chance: tuple[float, float] | None
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
    names = [name for name, (_, of) in groups.items() if of > 0]
    hits, of = (np.array([groups[name][place] for name in names], dtype=np.float64) for place in (0, 1))
    events, rate = float(hits.sum()), float(hits.sum()) / max(1e-9, float(of.sum()))
    large = of * rate >= EXPECTED_LEAST
    if len(names) < 2 or events < 2 * EXPECTED_LEAST:
        return Verdict(len(names), int(large.sum()), events, rate, None, "", None, None, None, None, None)
    share = of / of.sum()
    dice = np.random.default_rng(seed)
    scale = events / sum(sizes) if sizes else 1.0
    dealt = [int(size) for size in sizes] if sizes else [1] * round(events)
    worlds = _worlds(dealt, share, dice, rounds) * scale
    spreads = ((worlds - events * share) ** 2 / (events * share)).sum(axis=1)
    p_spread = float((spreads >= _spread(hits, share)).mean())
    raw, chance = None, None
    if large.sum() >= 3:
        raw = _ratio((hits / of)[large])
        by_chance = [_ratio((world / of)[large]) for world in worlds[:1000]]
        chance = (float(np.median(by_chance)), float(np.quantile(by_chance, 0.95)))
        raw, chance = (raw, chance) if math.isfinite(raw) and math.isfinite(chance[1]) else (None, None)
    shrunk = shrunken(hits, of)
    limit = float(np.quantile(spreads, 0.95)) / scale
    return Verdict(
        groups=len(names), large=int(large.sum()), events=events, rate=rate, raw_ratio=raw,
        worst=names[int(np.argmax(shrunk))], shrunken_ratio=_ratio(shrunk), ratio_by_chance=chance, p_spread=p_spread,
        equality_rejected=p_spread < 0.05, seen_from=_seen_from(dealt, share, limit, dice, rounds // 4),
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
