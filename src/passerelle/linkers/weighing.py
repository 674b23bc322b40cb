"""What a record is found by, how common its words are here, and how candidates are weighed: alike for every runner."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from passerelle.linkers import rarity, sieve
from passerelle.linkers.doors import door
from passerelle.matching import Commonness, Subject, Subjects, compare, keys
from passerelle.matching.evidence import address
from passerelle.matching.subject import ADDRESS, FAMILIES
from passerelle.names import parts

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
    """

    bar: float = 0.7
    hub: int = 30
    each: int = 10
    because: bool = True
    counted: bool = True


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


@dataclass(slots=True)
class Said:
    """What a run of records says: its keys by 64-bit digest (with the row that bears each), the kinds and samples of
    keys, the stems of its names, and the digests of values that many may share."""

    rows: list[int] = field(default_factory=list)
    digests: list[int] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    stems: Counter[str] = field(default_factory=Counter)
    shared: list[int] = field(default_factory=list)


KINDS = (
    "name", "word", "near", "born", "birth", "organisation", "identifier", "phone", "plate", "plate_part", "email",
    "address", "relation", "other",
)  # fmt: skip
"""The kinds of keys that `matching` makes; one that is not listed here counts as other, and is bounded like all."""


def digest(kind: str, value: str) -> int:
    """A key as a signed 64-bit number. Two that collide only cost one comparison more."""
    return int(digests([f"{kind}\0{value}"])[0])


def digests(texts: Sequence[str]) -> Ints:
    """Texts as signed 64-bit numbers, alike on every machine: eight bytes at a time, mixed and added."""
    if not texts:
        return np.empty(0, dtype=np.int64)
    packed = np.array([text.encode() for text in texts])
    width = -(-packed.dtype.itemsize // 8)
    parts_of = packed.astype(f"S{8 * width}").view("<u8").reshape(len(texts), width)
    out = np.zeros(len(texts), dtype=np.uint64)
    with np.errstate(over="ignore"):
        for place in range(width):
            part = parts_of[:, place]
            out += np.where(part != 0, _mixed(part + np.uint64((place + 1) * _STEP % 2**64)), np.uint64(0))
        return _mixed(out).view(np.int64)


_STEP = 0x9E3779B97F4A7C15


def _mixed(word: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The mixing of SplitMix64 (Steele, Lea and Flood, 2014)."""
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: npt.NDArray[np.uint64] = word ^ (word >> np.uint64(31))
    return mixed


def say(first: int, subjects: Sequence[Subject]) -> Said:
    """What these records say; the first of them has the number `first`."""
    said = Said()
    places = {kind: place for place, kind in enumerate(KINDS)}
    other = places["other"]
    texts: list[str] = []
    shared: list[str] = []
    for row, subject in enumerate(subjects, first):
        found = _keys(subject)
        said.rows.extend([row] * len(found))
        for kind, value in found:
            texts.append(f"{kind}\0{value}")
            said.kinds.append(places.get(kind, other))
            if kind in {"phone", "identifier"}:
                shared.append(f"\0{value}")
        shared.extend(f"\0{text}" for text in address.addresses(subject))
        said.stems.update({word.stem for name in subject.names for word in parts.parse(name).words})
    said.digests = digests(texts).tolist()
    said.shared = digests(shared).tolist()
    return said


def _keys(subject: Subject) -> Collection[tuple[str, str]]:
    """As `matching.keys`, with plain addresses read by their street."""
    lived = (*subject.properties.get("address", ()), *subject.properties.get("full", ()))
    if not lived or ADDRESS in FAMILIES[subject.schema]:
        return keys(subject)
    found = [door(text) for text in lived]
    if not all(found):
        return keys(subject)
    rest = {name: values for name, values in subject.properties.items() if name not in {"address", "full"}}
    bare = Subject(subject.id, subject.schema, subject.names, subject.weak_names, rest, subject.relations)
    at = {("address", f"{word}#{one[1]}"[:64]) for one in found if one for word in one[0]}
    return at.union(keys(bare))


def stem_digests(stems: Iterable[str]) -> dict[str, int]:
    """The digests of words of names."""
    listed = list(stems)
    return dict(zip(listed, digests([f"\0{stem}" for stem in listed]).tolist(), strict=True))


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
) -> list[Pair]:
    """The pairs that reach the bar. `pairs` are the records' numbers; `left`, `right` their places in `subjects`.

    The scores are those of `matching.compare`: the batch only says which pairs are worth asking it.
    """
    if not len(left):
        return []
    scores = Subjects(subjects, known).score(left, right, at_least=least(terms))
    found = []
    for place in np.flatnonzero(scores >= least(terms)).tolist():
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
    left: sieve.Table, right: sieve.Table, named: npt.NDArray[np.float64], terms: Terms
) -> npt.NDArray[np.bool_]:
    """Which pairs of rows of `sieve.FACTS` can still reach the bar, when their names say no more than `named` bits.

    Pairs that are not persons with names always may.
    """
    persons = (left["person"] > 0) & (right["person"] > 0)
    may: npt.NDArray[np.bool_] = ~persons | (sieve.most(left, right) + named >= bar_of(terms))
    return may
