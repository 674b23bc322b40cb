"""Many pairs of subjects at once: figures first, names where they can still decide, all else only for what is left."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from passerelle.matching.columns import Columns
from passerelle.matching.commonness import Commonness
from passerelle.matching.evidence import address, number, relation
from passerelle.matching.named import Named
from passerelle.matching.score import judge
from passerelle.matching.subject import ADDRESS, FAMILIES, Subject

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

SMALL = 1e-6
"""Bits by which sums of the same figures in another order may differ, and many times more."""
AT_ONCE = 200_000
_FAMILIES = sorted({family for families in FAMILIES.values() for family in families})
_ADDRESS = 1 << _FAMILIES.index(ADDRESS)


class Subjects:
    """Subjects read once, to be compared in many pairs. `commonness` as in `compare`.

    >>> one, two = Subject("1", "Person", ("Choukri Boujida",)), Subject("2", "Person", ("Sjoekri Boezjida",))
    >>> Subjects([one, two]).score([0], [1]).round(1).tolist()
    [0.9]
    """

    def __init__(self, subjects: Sequence[Subject], commonness: Commonness | None = None) -> None:
        self.subjects = list(subjects)
        self.commonness = commonness
        self._named = Named(self.subjects, commonness)
        self._columns = Columns(self.subjects)
        bits = {schema: sum(1 << _FAMILIES.index(name) for name in names) for schema, names in FAMILIES.items()}
        self._family = np.array([bits[one.schema] for one in self.subjects], dtype=np.int64)

    def score(self, left: npt.ArrayLike, right: npt.ArrayLike, *, at_least: float = 0.7) -> Floats:
        """The score of each pair of rows, equal to `compare(…).score`; 0.0 for a pair that cannot reach `at_least`."""
        ours, theirs = np.asarray(left, dtype=np.int64), np.asarray(right, dtype=np.int64)
        out = np.zeros(len(ours), dtype=np.float64)
        bar = float(np.log2(at_least / (1.0 - at_least)))
        for at in range(0, len(ours), AT_ONCE):
            part = slice(at, at + AT_ONCE)
            out[part] = self._score(ours[part], theirs[part], bar)
        return out

    def name_bits(self, left: npt.ArrayLike, right: npt.ArrayLike, wanted: npt.ArrayLike | None = None) -> Floats:
        """The bits of the names of each pair, those of the evidence `name`; -1e9 for a pair that is not `wanted`."""
        ours, theirs = np.asarray(left, dtype=np.int64), np.asarray(right, dtype=np.int64)
        out = np.full(len(ours), -1e9)
        rows = np.arange(len(ours)) if wanted is None else np.flatnonzero(np.asarray(wanted))
        out[rows] = self._named.bits(ours[rows], theirs[rows])
        return out

    def _score(self, left: Ints, right: Ints, bar: float) -> Floats:
        out = np.zeros(len(left), dtype=np.float64)
        both = self._family[left] & self._family[right]
        places = both == _ADDRESS
        for row in np.flatnonzero(places).tolist():
            one, two = self.subjects[int(left[row])], self.subjects[int(right[row])]
            out[row] = judge(address.between(one, two, self.commonness), frozenset((ADDRESS,))).score
        rows = np.flatnonzero((both > 0) & ~places)
        exact, known = self._columns.exact(left[rows], right[rows])
        most, more = self._columns.at_most(left[rows], right[rows])
        kept = np.flatnonzero(exact + most + self._named.most() >= bar - SMALL)
        rows, exact, known, most, more = rows[kept], exact[kept], known[kept], most[kept], more[kept]
        named = self._named.bits(left[rows], right[rows])
        kept = np.flatnonzero(exact + most + named >= bar - SMALL)
        rows, exact, known, more, named = rows[kept], exact[kept], known[kept], more[kept], named[kept]
        bits, known = exact + named, known | (named > 0)
        for place in np.flatnonzero(more).tolist():
            one, two = self.subjects[int(left[rows[place]])], self.subjects[int(right[rows[place]])]
            found = [
                *number.of(one, two, self.commonness),
                *address.of(one, two, self.commonness),
                *relation.of(one, two, self.commonness),
            ]
            bits[place] += sum(piece.bits for piece in found)
            known[place] |= any(piece.bits > 0 and piece.kind != "address" for piece in found)
        bits = np.where(known, bits, np.minimum(bits, 0.0))
        out[rows] = np.round(1.0 / (1.0 + np.exp2(-np.clip(bits, -60.0, 60.0))), 9)
        return out
