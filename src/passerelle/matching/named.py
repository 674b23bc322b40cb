"""What names say, for many pairs of subjects at once: persons, organisations, vessels and all else with a name."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from passerelle.matching.commonness import Commonness
from passerelle.matching.evidence import name
from passerelle.matching.evidence.finding import weights
from passerelle.matching.subject import ADDRESS, FAMILIES, ORGANISATION, PERSON, Subject
from passerelle.names.batch import Names
from passerelle.names.organisations_batch import OrganisationNames

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

AT_ONCE = 100_000
"""So many pairs of names at once fit in little memory."""


class Named:
    """Subjects' names, read when they are first asked for. `bits` are those of `evidence.name.of`."""

    def __init__(self, subjects: Sequence[Subject], commonness: Commonness | None) -> None:
        self._commonness = commonness
        self._texts: list[str] = []
        first: list[int] = []
        weak: list[bool] = []
        self.person = np.array([PERSON in FAMILIES[one.schema] for one in subjects], dtype=np.bool_)
        self.organisation = np.array([ORGANISATION in FAMILIES[one.schema] for one in subjects], dtype=np.bool_)
        for subject in subjects:
            first.append(len(self._texts))
            if FAMILIES[subject.schema] != {ADDRESS}:
                self._texts.extend((*subject.names, *subject.weak_names))
                weak.extend((*(False for _ in subject.names), *(True for _ in subject.weak_names)))
        self._first = np.array([*first, len(self._texts)], dtype=np.int64)
        self._weak = np.array(weak, dtype=np.bool_)
        self.has = np.diff(self._first) > 0
        self._owner = np.repeat(np.arange(len(subjects)), np.diff(self._first))
        self._persons: Names | None = None
        self._organisations: OrganisationNames | None = None
        self._persons_held = np.zeros(len(subjects), dtype=np.bool_)
        self._organisations_held = np.zeros(len(subjects), dtype=np.bool_)
        self._place = np.zeros(len(self._texts), dtype=np.int64)
        self._place_organisation = np.zeros(len(self._texts), dtype=np.int64)
        self._full = np.zeros(len(subjects), dtype=np.bool_)

    def most(self) -> float:
        """The most bits that names can say."""
        weigh = weights()["name"]
        return float(max(weigh["exact"], weigh["most"], weigh["rare_most"]))

    def bits(self, left: Ints, right: Ints) -> Floats:
        """For each pair the bits of its best pair of names; a side without a name costs what it must make up for."""
        out = np.full(len(left), float(weights()["prior_without_name"]))
        named = self.has[left] & self.has[right]
        persons = self.person[left] & self.person[right]
        organisations = ~persons & self.organisation[left] & self.organisation[right]
        for rows, kind in (
            (np.flatnonzero(named & persons), PERSON),
            (np.flatnonzero(named & organisations), ORGANISATION),
            (np.flatnonzero(named & ~persons & ~organisations), ""),
        ):
            if len(rows):
                self._read(np.concatenate([left[rows], right[rows]]), kind == ORGANISATION)
            many = np.diff(self._first)
            ends = np.cumsum(many[left[rows]] * many[right[rows]])
            start = 0
            while start < len(rows):
                before = int(ends[start - 1]) if start else 0
                stop = max(start + 1, int(np.searchsorted(ends, before + AT_ONCE, side="right")))
                part = rows[start:stop]
                out[part] = self._best(left[part], right[part], kind)
                start = stop
        return out

    def _read(self, subjects: Ints, organisations: bool) -> None:
        """Reads the names of these subjects. Where some were read before, all are read: none is read a third time."""
        held = self._organisations_held if organisations else self._persons_held
        wanted = np.unique(subjects)
        if held[wanted].all():
            return
        if held.any():
            wanted = np.flatnonzero(self.organisation if organisations else self.person | ~self.organisation)
        held[wanted] = True
        rows = np.flatnonzero(held[self._owner])
        texts = [self._texts[row] for row in rows.tolist()]
        if organisations:
            self._organisations = OrganisationNames(texts)
            self._place_organisation[rows] = np.arange(len(rows))
            return
        self._persons = Names(texts, None if self._commonness is None else self._commonness.share)
        self._place[rows] = np.arange(len(rows))
        for row, name_read in zip(rows.tolist(), self._persons.names, strict=True):
            if len(name_read.words) > 1 and not self._weak[row]:
                self._full[self._owner[row]] = True

    def _best(self, left: Ints, right: Ints, kind: str) -> Floats:
        wide = self._first[right + 1] - self._first[right]
        each = (self._first[left + 1] - self._first[left]) * wide
        starts = np.cumsum(each) - each
        owner = np.repeat(np.arange(len(left)), each)
        within = np.arange(int(each.sum())) - starts[owner]
        one, two = self._first[left[owner]] + within // wide[owner], self._first[right[owner]] + within % wide[owner]
        if kind == ORGANISATION:
            found = self._organisation_bits(one, two)
        else:
            found = self._aligned_bits(one, two, left[owner], right[owner], kind)
        found += np.where((self._weak[one] | self._weak[two]) & (found > 0), weights()["name"]["weak"], 0.0)
        best: Floats = np.maximum.reduceat(found, starts)
        return best

    def _organisation_bits(self, one: Ints, two: Ints) -> Floats:
        assert self._organisations is not None, "what is held was read"
        places = self._place_organisation
        return name.bits_of_scores(self._organisations.score(places[one], places[two]))

    def _aligned_bits(self, one: Ints, two: Ints, left: Ints, right: Ints, kind: str) -> Floats:
        assert self._persons is not None, "what is held was read"
        outcome = self._persons.score(self._place[one], self._place[two])
        if kind != PERSON:
            return name.bits_of_scores(np.round(outcome.score, 6))
        bits = name.bits_of_many(outcome, self._commonness)
        beside = self._full[left] & self._full[right] & (outcome.agreeing == 1) & ~outcome.initial & (bits > 0)
        bits += np.where(beside, weights()["name"]["single_beside_full"], 0.0)
        return bits
