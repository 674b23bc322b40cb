"""Outcomes of the work by service, by language and by script of the record; small groups are not shown."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from passerelle.fairness.gaps import wilson

SMALL_NUMBER = 10
"""A group with fewer cases says something about single cases, and is not shown."""

KINDS = ("judged_same", "withheld", "late")
"""What is counted: matches judged the same of those judged; tellings withheld of those owed; tellings late."""


@dataclass(frozen=True, slots=True)
class Case:
    """One outcome as a plain row: of which kind, in which groups (`by` → value), whether it came about, and hours where
    something was waited for. It names nobody and no record."""

    kind: str
    groups: tuple[tuple[str, str], ...]
    happened: bool
    hours: float | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """Of one group: cases, and among them how many; shares are None where there are too few to be shown."""

    kind: str
    by: str
    group: str
    cases: int | None
    share: float | None
    low: float | None
    high: float | None
    hours_median: float | None
    hours_low: float | None = None
    hours_high: float | None = None
    hours_p90: float | None = None


def shares(cases: Iterable[Case]) -> list[Share]:
    """For each kind and each group its share with an interval at 95 % (Wilson, 1927), in the order of kinds and names.

    A group with fewer than SMALL_NUMBER cases bears no figure at all, its number of cases included. Where another
    breakdown of the same kind shows the whole, a subtraction gives the hidden ones together: so the next smallest are
    hidden too until they are two or more, of SMALL_NUMBER cases or more (secondary suppression; Eurostat, Handbook on
    Statistical Disclosure Control, 4.2).
    """
    kept: dict[tuple[str, str, str], list[Case]] = {}
    for case in cases:
        for by, group in case.groups:
            kept.setdefault((case.kind, by, group), []).append(case)
    hidden = _hidden({key: len(those) for key, those in kept.items()})
    found = []
    for (kind, by, group), those in sorted(kept.items()):
        if (kind, by, group) in hidden:
            found.append(Share(kind, by, group, None, None, None, None, None))
            continue
        hits = sum(case.happened for case in those)
        low, high = wilson(hits, len(those))
        waited = [case.hours for case in those if case.hours is not None]
        hours = _hours(waited) if len(waited) >= SMALL_NUMBER else (None, None, None, None)
        found.append(Share(kind, by, group, len(those), hits / len(those), low, high, *hours))
    return found


def _hours(waited: list[float]) -> tuple[float, float, float, float]:
    """Their median, the interval in which that lies at 95 % (by the order of the cases; Conover, 1999, 3.2), and what
    nine in ten do not exceed."""
    ordered = sorted(waited)
    count = len(ordered)
    half = 0.98 * math.sqrt(count)
    low, high = max(0, math.floor(count / 2 - half)), min(count - 1, math.ceil(count / 2 + half))
    return (
        round(median(ordered), 1), round(ordered[low], 1), round(ordered[high], 1),
        round(ordered[min(count - 1, math.ceil(0.9 * count) - 1)], 1),
    )  # fmt: skip


def _hidden(counts: dict[tuple[str, str, str], int]) -> set[tuple[str, str, str]]:
    """The (kind, by, group) that bear no figure: small ones, and beside them the next smallest until what a subtraction
    gives is of two groups or more and no small number."""
    small = {key for key, count in counts.items() if count < SMALL_NUMBER}
    whole = {(kind, by) for kind, by, _ in counts} - {(kind, by) for kind, by, _ in small}
    for kind, by in {(kind, by) for kind, by, _ in small}:
        if not any(one == kind and other != by for one, other in whole):
            continue
        beside = sorted((count, key) for key, count in counts.items() if key[:2] == (kind, by) and key not in small)
        those = [count for key, count in counts.items() if key[:2] == (kind, by) and key in small]
        for count, key in beside:
            if len(those) > 1 and sum(those) >= SMALL_NUMBER:
                break
            small.add(key)
            those.append(count)
    return small
