"""What a record is found by, how common its words are here, and how candidates are weighed: alike for every runner."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerelle.linkers import rarity, sieve
from passerelle.linkers.digests import digest
from passerelle.matching import Commonness, Subject, Subjects, compare, keys
from passerelle.names import gazetteers
from passerelle.names.word_table import number_of

Ints = npt.NDArray[np.int64]

WEIGHT = 10_000_000
"""What a key borne by one record weighs; one borne by n weighs an n-th. Whole numbers add up the same in any order."""

NAMED = frozenset({"name", "word", "near", "organisation"})
BESIDE = frozenset({"born", "birth", "address", "phone", "email", "identifier"})
"""An over-common key of the first set and one of the second, borne together, make a key of their own."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms registers are joined.

    `bar`: pairs below this score are not told. `hub`: a key that more records than this bear (on one side) joins them
    only together with another such key. `each`: so many candidates of one record are weighed, the rarest keys first.
    `because`: whether each pair carries its reasons. `counted`: whether names that are common here weigh less.
    `streets`: streets that bear several names (name, other name, town or ""), as `gazetteers.rows_of_file` reads them.
    """

    bar: float = 0.7
    hub: int = 30
    each: int = 10
    because: bool = True
    counted: bool = True
    streets: tuple[gazetteers.Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be one subject."""

    left: int
    right: int
    score: float
    band: str
    because: str


def line_of(pair: Pair, left: Subject, right: Subject) -> str:
    """A pair as one line of JSON, with the ids of its records."""
    return json.dumps(
        {
            "l": pair.left, "r": pair.right, "left_id": left.id, "right_id": right.id,
            "score": pair.score, "band": pair.band, "because": pair.because,
        },
        ensure_ascii=False,
    )  # fmt: skip


def stem_digests(stems: Iterable[str]) -> dict[str, int]:
    """The digests of words of names."""
    return {stem: number_of(stem) for stem in stems}


def rarity_of(subjects: int, stems: Mapping[str, int], terms: Terms) -> rarity.Rarity:
    """How rare the words are, by their digests."""
    values = np.array(list(stem_digests(stems).values()), dtype=np.int64)
    return rarity.Rarity(subjects if terms.counted else 0, values, np.array(list(stems.values()), dtype=np.int64))


def values_of(bearers: Iterable[tuple[int, Subject]]) -> list[tuple[int, str]]:
    """The values of keys of which only digests were kept, read again off a record that bears each."""
    return [
        (value, key.value)
        for value, subject in bearers
        for key in keys(subject)
        if digest(key.kind, key.value) == value
    ]


class Shared(Mapping[str, int]):
    """How many records share a value, told by its digest."""

    def __init__(self, counts: Mapping[int, int]) -> None:
        self._counts = counts

    def __getitem__(self, value: str) -> int:
        return self._counts[digest("", value)]

    def __iter__(self) -> Iterator[str]:
        raise TypeError("only digests are kept, not the values themselves")

    def __len__(self) -> int:
        return len(self._counts)


def commonness(subjects: int, stems: Mapping[str, int], shared: Mapping[int, int], terms: Terms) -> Commonness:
    """How common words and values are in the registers at hand, both together."""
    return Commonness(subjects if terms.counted else 0, stems if terms.counted else {}, Shared(shared))


def weigh(
    subjects: Sequence[Subject],
    pairs: Sequence[tuple[int, int]],
    left: Ints,
    right: Ints,
    known: Commonness,
    terms: Terms,
    promising: npt.NDArray[np.bool_] | None = None,
) -> list[Pair]:
    """The pairs that reach the bar. `pairs` are the records' numbers; `left`, `right` their places in `subjects`.

    The scores are those of `matching.compare`: the batch only says which pairs are worth asking it, besides those
    that are known to be `promising`.
    """
    if not len(left):
        return []
    worth = np.zeros(len(left), dtype=np.bool_) if promising is None else promising.copy()
    rest = np.flatnonzero(~worth)
    if len(rest):
        read, at = np.unique(np.concatenate([left[rest], right[rest]]), return_inverse=True)
        batch = Subjects([subjects[row] for row in read.tolist()], known)
        scores = batch.score(at[: len(rest)], at[len(rest) :], at_least=least(terms))
        worth[rest] = scores >= least(terms)
    found = []
    for place in np.flatnonzero(worth).tolist():
        compared = compare(subjects[int(left[place])], subjects[int(right[place])], commonness=known)
        if compared.score < terms.bar:
            continue
        why = " ".join(compared.because) if terms.because else ""
        found.append(Pair(pairs[place][0], pairs[place][1], compared.score, compared.band, why))
    return found


def least(terms: Terms) -> float:
    """The score from which on a pair is looked at: a little below the bar, for figures are rounded."""
    return min(0.999999, max(0.01, terms.bar - 1e-6))


def bar_of(terms: Terms) -> float:
    """The same in bits."""
    return math.log2(least(terms) / (1.0 - least(terms)))


def that_may(
    left: sieve.Table,
    right: sieve.Table,
    named: npt.NDArray[np.floating],
    terms: Terms,
) -> npt.NDArray[np.bool_]:
    """Which pairs of rows of `sieve.FACTS` can still reach the bar, when their names say no more than `named` bits.

    Pairs that are not persons with names always may.
    """
    persons = (left["person"] > 0) & (right["person"] > 0)
    may: npt.NDArray[np.bool_] = ~persons | (sieve.most(left, right) + named >= bar_of(terms))
    return may
