"""Many pairs of subjects at once: names in a batch, the other evidence only where it can still decide."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import numpy.typing as npt

from passerelle.matching import evidence
from passerelle.matching.commonness import Commonness
from passerelle.matching.evidence import Evidence, name
from passerelle.matching.evidence.finding import weights
from passerelle.matching.evidence.number import DOCUMENTS
from passerelle.matching.score import compare, judge
from passerelle.matching.subject import FAMILIES, PERSON, Subject
from passerelle.names.batch import Names, Outcome
from passerelle.words import Sentence

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Subjects:
    """Subjects read once, to be compared in many pairs. `commonness` as in `compare`."""

    def __init__(self, subjects: Sequence[Subject], commonness: Commonness | None = None) -> None:
        self.subjects = list(subjects)
        self.commonness = commonness
        texts: list[str] = []
        first: list[int] = []
        weak: list[bool] = []
        for subject in self.subjects:
            first.append(len(texts))
            if PERSON in FAMILIES[subject.schema]:
                texts.extend(subject.names)
                weak.extend(False for _ in subject.names)
                texts.extend(subject.weak_names)
                weak.extend(True for _ in subject.weak_names)
        self._first = np.array([*first, len(texts)], dtype=np.int64)
        self._weak = np.array(weak, dtype=np.bool_)
        self._texts = texts
        self._names = Names(texts, None if commonness is None else commonness.share)
        self._ceiling = np.array([_ceiling(subject) for subject in self.subjects], dtype=np.float64)
        self._full = np.array([name.has_full_name(subject) for subject in self.subjects], dtype=np.bool_)
        families = [
            sum(1 << place for place, name in enumerate(_FAMILIES) if name in FAMILIES[s.schema]) for s in subjects
        ]
        self._family = np.array(families, dtype=np.int64)

    def score(self, left: npt.ArrayLike, right: npt.ArrayLike, *, at_least: float = 0.7) -> Floats:
        """The score of each pair of rows, equal to `compare(…).score`; 0.0 for a pair that cannot reach `at_least`."""
        ours, theirs = np.asarray(left, dtype=np.int64), np.asarray(right, dtype=np.int64)
        out = np.zeros(len(ours), dtype=np.float64)
        if not len(ours):
            return out
        both = self._family[ours] & self._family[theirs]
        named = (np.diff(self._first)[ours] > 0) & (np.diff(self._first)[theirs] > 0)
        persons = ((both & _PERSON_BIT) > 0) & named
        bits, best_left, best_right = self._name_bits(ours, theirs, persons)
        reach = bits + np.minimum(self._ceiling[ours], self._ceiling[theirs])
        bar = float(np.log2(at_least / (1.0 - at_least)))
        for row in np.flatnonzero(persons & (reach >= bar)):
            one, two = self.subjects[int(ours[row])], self.subjects[int(theirs[row])]
            say = partial(self._say, int(best_left[row]), int(best_right[row]))
            found = [Evidence("name", float(bits[row]), say)]
            found.extend(piece for rule in evidence.RULES[1:] for piece in rule(one, two, self.commonness))
            out[row] = judge(found, FAMILIES[one.schema] & FAMILIES[two.schema]).score
        for row in np.flatnonzero(~persons & (both > 0)):
            one, two = self.subjects[int(ours[row])], self.subjects[int(theirs[row])]
            out[row] = compare(one, two, commonness=self.commonness).score
        return out

    def _say(self, left: int, right: int) -> Sentence:
        return name.say_persons(self._texts[left], self._texts[right], self.commonness)

    def _name_bits(self, left: Ints, right: Ints, persons: npt.NDArray[np.bool_]) -> tuple[Floats, Ints, Ints]:
        """For each pair the bits of its best pair of names, and which two names these are."""
        bits = np.full(len(left), -1e9)
        best_left, best_right = np.zeros(len(left), dtype=np.int64), np.zeros(len(left), dtype=np.int64)
        rows = np.flatnonzero(persons)
        if not len(rows):
            return bits, best_left, best_right
        many_left = (self._first[left + 1] - self._first[left])[rows]
        many_right = (self._first[right + 1] - self._first[right])[rows]
        each = many_left * many_right
        owner = np.repeat(rows, each)
        within = np.arange(each.sum()) - np.repeat(np.cumsum(each) - each, each)
        wide = np.repeat(many_right, each)
        one, two = self._first[left[owner]] + within // wide, self._first[right[owner]] + within % wide
        outcome = self._names.score(one, two)
        found = bits_of(outcome, self.commonness)
        beside = self._full[left[owner]] & self._full[right[owner]] & (outcome.agreeing == 1) & (found > 0)
        found += np.where(beside, weights()["name"]["single_beside_full"], 0.0)
        found += np.where((self._weak[one] | self._weak[two]) & (found > 0), weights()["name"]["weak"], 0.0)
        order = np.lexsort((np.arange(len(owner)), -found, owner))
        first = order[np.concatenate([[True], owner[order][1:] != owner[order][:-1]])]
        bits[owner[first]], best_left[owner[first]], best_right[owner[first]] = found[first], one[first], two[first]
        return bits, best_left, best_right


_FAMILIES = sorted({family for families in FAMILIES.values() for family in families})
_PERSON_BIT = 1 << _FAMILIES.index(PERSON)


def bits_of(outcome: Outcome, commonness: Commonness | None) -> Floats:
    """As `evidence.name.bits_of`, for a whole batch."""
    weigh = weights()["name"]
    score = np.clip(outcome.score, 1e-300, 1.0 - 1e-16)
    logit = np.log(score / (1.0 - score))
    bar = float(np.log(0.7 / 0.3))
    words = outcome.agreeing
    exact = np.minimum(weigh["most"], weigh["exact"] + weigh["more_words"] * (words - 2))
    single = np.where(outcome.heaviest >= name.LONG, weigh["single_long"], weigh["single_short"])
    exact = np.where(words >= 2, exact, np.where(words == 1, single, 0.0))
    if commonness is not None and commonness.subjects:
        expected = outcome.chance * max(commonness.subjects, 1000)
        rare = np.minimum(weigh["rare_most"], weigh["rare_most"] - np.log2(1.0 + weigh["rare_scale"] * expected))
        exact = np.where(words >= 1, rare, exact)
    above = np.where(
        exact <= weigh["at_bar"], exact, weigh["at_bar"] + (exact - weigh["at_bar"]) * (logit - bar) / (4.0 - bar)
    )
    below = np.maximum(weigh["least"], np.minimum(exact, weigh["at_bar"]) - weigh["slope_below"] * (bar - logit))
    return np.where(outcome.score <= 0.0, weigh["least"], np.where(logit >= bar, above, below))


def _ceiling(subject: Subject) -> float:
    """The most that evidence other than the name can add for this subject."""
    weigh = weights()
    most = 0.0
    given = subject.properties
    if "birthDate" in given:
        most += weigh["birth"]["same"]
    if any(kind in given for kind in DOCUMENTS):
        most += weigh["identifier"]["same"]
    if "phone" in given:
        most += weigh["phone"]["same"]
    if "email" in given:
        most += weigh["email"]["same"]
    if "birthPlace" in given:
        most += weigh["birth_place"]["same"]
    if "nationality" in given or "citizenship" in given:
        most += weigh["nationality"]["same"]
    if "birthCountry" in given:
        most += weigh["birth_country"]["same"]
    if "address" in given or any(relation.kind in {"lives_at", "located_at"} for relation in subject.relations):
        most += weigh["address"]["same"]
    return float(most + len(subject.relations) * max(weigh["relation"].values()))
