"""How much evidence beside the name a pair can have at most: what cannot reach the bar is not weighed any further."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from passerelle.matching import Subject
from passerelle.matching.evidence import birth
from passerelle.matching.evidence.finding import weights
from passerelle.matching.evidence.number import DOCUMENTS, slipped
from passerelle.names import numbers

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_SMALL = 1e-9
_LITTLE = (("email", "email"), ("birthPlace", "birth_place"), ("birthCountry", "birth_country"))


class Sieve:
    """Subjects looked at once. `most` is never less than what `compare` would add to the names of a pair."""

    def __init__(self, subjects: Sequence[Subject]) -> None:
        weigh = weights()
        self._born = [tuple(d for t in one.values("birthDate") if (d := birth.read(t))) for one in subjects]
        self._date = np.zeros((len(subjects), 3), dtype=np.int64)
        self._plain = np.zeros(len(subjects), dtype=np.bool_)
        for row, dates in enumerate(self._born):
            if len(dates) == 1 and dates[0][2] and dates[0][1:] != (1, 1):
                self._date[row], self._plain[row] = dates[0], True
        self._has_born = np.array([bool(dates) for dates in self._born], dtype=np.bool_)
        self._documents = [_documents(one) for one in subjects]
        self._phones = [frozenset(f for text in one.values("phone") if (f := numbers.phone(text))) for one in subjects]
        self._has_documents = np.array([bool(one) for one in self._documents], dtype=np.bool_)
        self._has_phones = np.array([bool(one) for one in self._phones], dtype=np.bool_)
        self._rest = np.array([_rest(one, weigh) for one in subjects], dtype=np.float64)
        self._weigh = weigh

    def most(self, left: Ints, right: Ints, named: Floats, bar: float) -> Floats:
        """For each pair the most bits that all evidence but the name can add. `named` are the bits of the names: for a
        pair that these keep below the `bar` whatever else is said, the figure may be higher than it need be."""
        out = np.minimum(self._rest[left], self._rest[right])
        out += self._births(left, right)
        for has, values, kind in (
            (self._has_documents, self._documents, "identifier"), (self._has_phones, self._phones, "phone"),
        ):  # fmt: skip
            weigh = self._weigh[kind]
            both = has[left] & has[right]
            out[both] += weigh["same"]
            for row in np.flatnonzero(both & (named + out >= bar - _SMALL)):
                ours, theirs = values[int(left[row])], values[int(right[row])]
                if ours.isdisjoint(theirs):
                    near = any(slipped(one, two) for one in ours for two in theirs)
                    out[row] += (weigh["near"] if near else 0.0) - weigh["same"]
        return out

    def _births(self, left: Ints, right: Ints) -> Floats:
        weigh = self._weigh["birth"]
        out = np.zeros(len(left), dtype=np.float64)
        plain = self._plain[left] & self._plain[right]
        one, two = self._date[left], self._date[right]
        gap = np.abs(one[:, 0] - two[:, 0])
        same = (one == two).all(axis=1)
        months = one[:, 1] == two[:, 1]
        days = (one[:, 1:] == two[:, 1:]).all(axis=1)
        digits = sum(
            ((one[:, part] // ten) % 10 != (two[:, part] // ten) % 10).astype(np.int64)
            for part, tens in ((0, (1, 10, 100, 1000)), (1, (1, 10)), (2, (1, 10)))
            for ten in tens
        )
        turned = (gap == 0) & (one[:, 1] == two[:, 2]) & (one[:, 2] == two[:, 1])
        figures = np.select(
            [
                same, turned, days & (gap == 1), (digits == 1) | (days & (gap == 10)),
                (gap == 0) & months, gap == 0, days | (gap <= 1),
            ],
            [
                weigh["same"], weigh["swapped"], weigh["year_one_off"], weigh["one_digit"],
                weigh["same_month"], weigh["same_year"], weigh["near"],
            ],
            weigh["apart"],
        )  # fmt: skip
        out[plain] = figures[plain]
        for row in np.flatnonzero(~plain & self._has_born[left] & self._has_born[right]):
            out[row] = max(
                birth.between(a, b)[0] for a in self._born[int(left[row])] for b in self._born[int(right[row])]
            )
        return out


def _documents(subject: Subject) -> frozenset[str]:
    given = subject.properties
    found = (numbers.document(value) for name in DOCUMENTS if name in given for value in given[name])
    return frozenset(value for value in found if len(value) >= 4)


def _rest(subject: Subject, weigh: dict[str, Any]) -> float:
    """The most that all else can add for this subject: address, nationality, relations and the like."""
    given = subject.properties
    most = sum(float(weigh[kind]["same"]) for name, kind in _LITTLE if name in given)
    if "nationality" in given or "citizenship" in given:
        most += float(weigh["nationality"]["same"])
    lives = any(relation.kind in {"lives_at", "located_at"} for relation in subject.relations)
    if "address" in given or "full" in given or lives:
        most += float(weigh["address"]["same"])
    return most + len(subject.relations) * float(max(weigh["relation"].values()))
