"""The same join said plainly, in memory and one pair after another: what the engines are checked against."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import product

from passerelle.linkers.digests import KINDS
from passerelle.linkers.saying import say
from passerelle.linkers.weighing import BESIDE, NAMED, WEIGHT, Pair, Terms, commonness
from passerelle.matching import Subject, compare
from passerelle.names import gazetteers

Key = tuple[int, ...]


def pairs_of(left: Sequence[Subject], right: Sequence[Subject] | None, terms: Terms) -> list[Pair]:
    """The pairs of two registers (or, where `right` is None, the doubles of one) by number, best first."""
    gazetteers.take_up(terms.streets)
    said = [say(0, side) for side in (left, right) if side is not None]
    stems: Counter[str] = Counter()
    shared: Counter[int] = Counter()
    for side in said:
        stems += side.stems
        shared.update(side.shared.tolist())
    shared = Counter({value: count for value, count in shared.items() if count > 2})
    known = commonness(len(left) + len(right or ()), stems, shared, terms)
    found = []
    for one_row, two_row in candidates(left, right, terms):
        one, two = left[one_row], (left if right is None else right)[two_row]
        compared = compare(one, two, commonness=known)
        if compared.score >= terms.bar:
            why = " ".join(compared.because) if terms.because else ""
            found.append(Pair(one_row, two_row, compared.score, compared.band, why))
    return sorted(found, key=lambda pair: (-pair.score, pair.left, pair.right))


def candidates(left: Sequence[Subject], right: Sequence[Subject] | None, terms: Terms) -> list[tuple[int, int]]:
    """The pairs that are weighed."""
    ours = _bearers(left)
    theirs = ours if right is None else _bearers(right)
    single = _common(ours[0], theirs[0], alone=right is None)
    hubs = {key for key, (_, most) in single.items() if most > terms.hub}
    both_ours = _both(ours, hubs)
    both_theirs = both_ours if right is None else _both(theirs, hubs)
    double = _common(both_ours, both_theirs, alone=right is None)
    weights: dict[int, Counter[int]] = defaultdict(Counter)
    for table, other, counted in ((ours[0], theirs[0], single), (both_ours, both_theirs, double)):
        for key, (count, most) in counted.items():
            if most > terms.hub:
                continue
            for one, two in product(table[key], other[key]):
                if right is not None or one != two:
                    weights[one][two] += WEIGHT // count
    found = set()
    for one, partners in weights.items():
        for two, _ in sorted(partners.items(), key=lambda item: (-item[1], item[0]))[: terms.each]:
            found.add((one, two) if right is not None else (min(one, two), max(one, two)))
    return sorted(found)


def _bearers(subjects: Sequence[Subject]) -> tuple[dict[Key, list[int]], dict[int, list[tuple[int, str]]]]:
    """For each key the records that bear it, and for each record its keys with their kinds."""
    said = say(0, subjects)
    by_key: dict[Key, list[int]] = defaultdict(list)
    by_row: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for row, value, kind in zip(said.rows.tolist(), said.digests.tolist(), said.kinds.tolist(), strict=True):
        by_key[(value,)].append(row)
        by_row[row].append((value, KINDS[kind]))
    return by_key, by_row


def _common(ours: dict[Key, list[int]], theirs: dict[Key, list[int]], *, alone: bool) -> dict[Key, tuple[int, int]]:
    """The keys that may join two records: how many bear each, and on the side where most do."""
    if alone:
        return {key: (len(rows), len(rows)) for key, rows in ours.items() if len(rows) > 1}
    return {
        key: (len(rows) + len(theirs[key]), max(len(rows), len(theirs[key])))
        for key, rows in ours.items()
        if key in theirs
    }


def _both(side: tuple[dict[Key, list[int]], dict[int, list[tuple[int, str]]]], hubs: set[Key]) -> dict[Key, list[int]]:
    """Over-common keys two and two: a name together with what stands beside it."""
    found: dict[Key, list[int]] = defaultdict(list)
    for row, borne in side[1].items():
        over = [(value, kind) for value, kind in borne if (value,) in hubs]
        for (one, first), (two, second) in product(over, over):
            if first in NAMED and second in BESIDE:
                found[(one, two)].append(row)
    return found
