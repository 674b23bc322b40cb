"""What the names of two records say, told by their words alone: the records themselves need not be read again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from passerelle.linkers import sieve
from passerelle.linkers.keeping import mapped, save
from passerelle.linkers.rarity import Rarity
from passerelle.linkers.saying import NAMED
from passerelle.matching import Commonness
from passerelle.matching.evidence import name
from passerelle.matching.evidence.finding import weights
from passerelle.names import parts
from passerelle.names.batch import WORDS_MAX, Names
from passerelle.names.compare import remember
from passerelle.names.word_table import number_of, together

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

WORD_AT = np.dtype([("word", np.int32), ("prefix", np.uint8), ("role", np.uint8), ("over", np.int16)])
"""One word of a record's one name: its place among all words, and what stands in `saying.NAMED`."""

_LITTLE = np.float32(1e-4)
"""Figures of half the length are rounded up by so much: a bound stays one."""


def gather_words(folder: Path, files: Iterable[Path], stems: Mapping[str, int], known: Commonness) -> Ints:
    """All words of all records in `words.npy`, with the share of subjects that bear each; returns their numbers."""
    words = together(np.load(file) for file in files)
    counts = {number_of(stem): count for stem, count in stems.items()}
    shares = [
        (counts.get(stem, 0) + 1.0) / (known.subjects + 500.0) if known.subjects else 1.0
        for stem in words["stem"].tolist()
    ]
    save(folder / "words.npy", words)
    save(folder / "shares.npy", np.array(shares, dtype=np.float64))
    numbers: Ints = np.ascontiguousarray(words["of"])
    return numbers


def gather_records(
    folder: Path, side: str, count: int, facts: Sequence[Path], named: Sequence[Path], numbers: Ints, rarity: Rarity
) -> None:
    """What was noted of the records of a side, put together: `facts`, the places of their words with where those of
    each record begin (`said`, `begins`), and the most bits that the name of each can say (`most`)."""
    with (folder / f"facts-{side}.npy.part").open("wb") as file:
        np.lib.format.write_array_header_1_0(
            file, {"descr": np.lib.format.dtype_to_descr(sieve.FACTS), "fortran_order": False, "shape": (count,)}
        )
        for path in facts:
            np.load(path).tofile(file)
    (folder / f"facts-{side}.npy.part").replace(folder / f"facts-{side}.npy")
    begins = np.zeros(count + 1, dtype=np.int64)
    most = np.empty(count, dtype=np.float32)
    held = [np.zeros(0, dtype=WORD_AT)]
    first = 0
    for path, told in zip(named, facts, strict=True):
        said, many = np.load(path), len(np.load(told, mmap_mode="r"))
        here = said["r"] - first
        begins[first + 1 : first + many + 1] = np.bincount(here, minlength=many)
        said["r"] = here
        most[first : first + many] = rarity.most(said, many)
        at = np.zeros(len(said), dtype=WORD_AT)
        at["word"] = np.searchsorted(numbers, said["of"])
        for field in ("prefix", "role", "over"):
            at[field] = said[field]
        held.append(at)
        first += many
    save(folder / f"said-{side}.npy", np.concatenate(held))
    save(folder / f"begins-{side}.npy", np.cumsum(begins))
    save(folder / f"most-{side}.npy", most + _LITTLE)


class Noted:
    """What was gathered of the records of one side, opened to be read."""

    def __init__(self, folder: Path, side: str) -> None:
        self.facts, self.said, self.begins, self.most = (
            mapped(folder / f"{name}-{side}.npy") for name in ("facts", "said", "begins", "most")
        )


class Naming:
    """The bits of the names of pairs of records; what two words cost is kept from one set of pairs to the next."""

    def __init__(self, folder: Path, left: Noted, right: Noted, known: Commonness) -> None:
        words = mapped(folder / "words.npy")
        self._odd = np.ascontiguousarray(words["odd"])
        self._names = Names.said(words, np.load(folder / "shares.npy"))
        self._sides, self._known = (left, right), known

    def bits(self, left: Ints, right: Ints) -> tuple[Floats, Bools]:
        """The bits of the evidence `name` of each pair of records, and where they stand: not where two words may be one
        word of the other name, nor for records that have no name, or several, or one that must be looked at by itself
        (there they are said to be very low)."""
        if not len(self._odd):  # nobody here has a name
            return np.full(len(left), -1e9), np.zeros(len(left), dtype=np.bool_)
        ours, theirs = self._sides
        one, at_one = np.unique(left, return_inverse=True)
        two, at_two = np.unique(right, return_inverse=True)
        at_two = at_two + len(one)
        laid = [_laid(side, rows) for side, rows in ((ours, one), (theirs, two))]
        word, prefix, role, over = (np.concatenate(both) for both in zip(*laid, strict=True))
        texts = np.concatenate([ours.facts["text"][one], theirs.facts["text"][two]])
        _, rank = np.unique(texts, return_inverse=True)
        self._names.lay(rank, word, prefix, role, over)
        self._at = at_one, at_two
        there = word >= 0
        plain = there.any(axis=1) & ~(self._odd[word] & there).any(axis=1)
        stands = plain[at_one] & plain[at_two]
        stands &= (rank[at_one] != rank[at_two]) | (word[at_one] == word[at_two]).all(axis=1)
        rows = np.flatnonzero(stands)
        bits = np.full(len(left), -1e9)
        outcome, sure = self._names.scored(at_one[rows], at_two[rows])
        found = name.bits_of_many(outcome, self._known)
        full = there.sum(axis=1) > 1
        beside = full[at_one[rows]] & full[at_two[rows]] & (outcome.agreeing == 1) & ~outcome.initial & (found > 0)
        bits[rows] = found + np.where(beside, weights()["name"]["single_beside_full"], 0.0)
        stands[rows] = sure
        return bits, stands

    def remember(self, pairs: Ints, left: Sequence[str], right: Sequence[str]) -> None:
        """Lets `names.compare` know what the words of these pairs cost, of the pairs that `bits` was last asked for:
        their places there, and the names on both sides."""
        if not len(pairs):
            return
        one, two = (side[pairs] for side in self._at)
        for costs, ours, theirs in zip(self._names.word_costs(one, two), left, right, strict=True):
            mine, others = parts.parse(ours).words, parts.parse(theirs).words
            for i, j, cost, kind in costs:
                remember(mine[i], others[j], cost, kind)


def _laid(side: Noted, rows: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    begins = side.begins[rows]
    many = side.begins[rows + 1] - begins
    place = np.arange(WORDS_MAX)
    there = place[None, :] < many[:, None]
    said = side.said[np.where(there, begins[:, None] + place, 0)] if len(side.said) else np.zeros(there.shape, WORD_AT)
    word = np.where(there, said["word"].astype(np.int64), -1)
    prefix, role, over = (np.where(there, said[field].astype(np.int64), 0) for field in ("prefix", "role", "over"))
    return word, prefix, role, over


__all__ = ["NAMED", "Naming", "Noted", "gather_records", "gather_words"]
