"""Probes on the live road, summed: of invented pairs that should meet, how many did not, by group of their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from passerelle.fairness import gaps
from passerelle.fairness.gaps import Verdict


@dataclass(frozen=True, slots=True)
class Road:
    """Of one group of invented names written in one way: pairs tried, met at all, met strongly, and probes that met a
    real record as well, which is always wrong; and how many rounds of probes it is the sum of."""

    group: str
    way: str
    tried: int
    met: int
    strong: int
    met_others: int
    rounds: int


def by_group(rows: Iterable[Road]) -> dict[str, tuple[int, int, int]]:
    """For each group: pairs that did not meet, probes that met a real record, and pairs tried."""
    found: dict[str, tuple[int, int, int]] = {}
    for row in rows:
        missed, alarms, tried = found.get(row.group, (0, 0, 0))
        found[row.group] = (missed + row.tried - row.met, alarms + row.met_others, tried + row.tried)
    return found


def verdicts(rows: Sequence[Road]) -> Mapping[str, Verdict]:
    """Whether what is missed, and what meets a real record wrongly, is the same for all groups."""
    sums = by_group(rows)
    return {
        "missed": gaps.verdict({group: (float(one[0]), float(one[2])) for group, one in sums.items()}),
        "met_others": gaps.verdict({group: (float(one[1]), float(one[2])) for group, one in sums.items()}),
    }
