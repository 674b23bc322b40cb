"""What the matcher does with the probes: who is missed, at which stage, and which strangers are taken for a match."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from passerelle.fairness.probes import KINDS, persons, probes, traditions
from passerelle.matching import Commonness, Subjects, keys

BAR = 0.7
"""From here on a pair is at least a possible match, whoever it concerns."""


@dataclass(frozen=True, slots=True)
class Tried:
    """Probes of one tradition written in one way: how many, how many lost because they share no key, and how many
    in all are not found (no shared key, or a score below the bar)."""

    tradition: str
    kind: str
    of: int
    lost_among_candidates: int
    missed: int


@dataclass(frozen=True, slots=True)
class Strangers:
    """Pairs of different persons of one tradition: how many, and how many reach the bar. `born`: with birth dates.

    `sizes`: how many alarms each person who has some is part of; alarms that share a person come together.
    """

    tradition: str
    born: bool
    pairs: int
    alarms: int
    sizes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything that one run found, and from what: persons a tradition, the seed, the bar."""

    persons: int
    seed: int
    bar: float
    tried: tuple[Tried, ...]
    strangers: tuple[Strangers, ...]


def measure(*, count: int = 160, seed: int = 2026, commonness: Commonness | None = None, bar: float = BAR) -> Measured:
    """Measure `count` invented persons of each tradition. `commonness`: how common names are in registers at hand;
    `bar`: from which score on a pair is taken for a match."""
    tried: list[Tried] = []
    strangers: list[Strangers] = []
    for tradition in traditions():
        people = persons(tradition, count, seed)
        written = list(probes(people, seed))
        lefts = [probe.person.subject(f"l{place}") for place, probe in enumerate(written)]
        rights = [probe.person.subject(f"r{place}", probe.other) for place, probe in enumerate(written)]
        scores = Subjects([*lefts, *rights], commonness).score(
            np.arange(len(written)), np.arange(len(written), 2 * len(written)), at_least=bar
        )
        apart = [not keys(left) & keys(right) for left, right in zip(lefts, rights, strict=True)]
        for kind in KINDS:
            these = [place for place, probe in enumerate(written) if probe.kind == kind]
            missed = sum(apart[place] or float(scores[place]) < bar for place in these)
            tried.append(Tried(tradition.id, kind, len(these), sum(apart[place] for place in these), missed))
        pairs = np.array(list(combinations(range(len(people)), 2)), dtype=np.int64)
        for born in (False, True):
            subjects = [person.subject(str(place), born=born) for place, person in enumerate(people)]
            found = Subjects(subjects, commonness).score(pairs[:, 0], pairs[:, 1], at_least=bar) >= bar
            bearers = Counter(int(one) for pair in pairs[found] for one in pair)
            strangers.append(
                Strangers(
                    tradition.id, born, len(pairs), int(found.sum()), tuple(sorted(bearers.values(), reverse=True))
                )
            )
    return Measured(count, seed, bar, tuple(tried), tuple(strangers))


@dataclass(frozen=True, slots=True)
class Sum:
    """All errors of one sort: the share in all groups together, and in the worst, a tradition's id."""

    share: float
    worst: str
    worst_share: float


def sums(measured: Measured) -> tuple[Sum, Sum]:
    """Of all probes written otherwise, those missed; and of all pairs of strangers by names alone, those taken for a
    match."""
    missed: dict[str, tuple[int, int]] = {}
    for row in measured.tried:
        hits, of = missed.get(row.tradition, (0, 0))
        missed[row.tradition] = hits + row.missed, of + row.of
    alarms = {row.tradition: (row.alarms, row.pairs) for row in measured.strangers if not row.born}
    return _sum(missed), _sum(alarms)


def _sum(groups: dict[str, tuple[int, int]]) -> Sum:
    worst = max(groups, key=lambda name: groups[name][0] / groups[name][1])
    hits, of = (sum(row[place] for row in groups.values()) for place in (0, 1))
    return Sum(hits / of, worst, groups[worst][0] / groups[worst][1])
