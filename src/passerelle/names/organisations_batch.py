"""Many pairs of names of organisations compared at once: each word is read once, each pair of words is compared once.

The scores are those of `organisations.compare_organisations`: the same whole numbers, added up the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import JaroWinkler, Levenshtein
from rapidfuzz.process import cpdist

from passerelle.names import organisations, sounds
from passerelle.names.distances import distances
from passerelle.names.organisations import ALIKE, LEFT_OUT
from passerelle.names.organisations_read import COUNTRY, NUMBER, Token, read, units
from passerelle.names.pair_table import PairTable
from passerelle.names.towns import read_town
from passerelle.names.word_table import UNITS_MAX

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

WORDS_MAX = 12
_WIDTHS = np.array([2, 2, 2, 3, 4, 6, 6, 9, 9, 9, 12, 12, 12], dtype=np.int64)
"""Names are set side by side in a square of so many words: by their count."""
_CELLS = 400_000
_FEW = 1000
"""Fewer pairs than this are all set in squares of one size."""
_ROWS_MAX = 4
"""So many meanings, or towns, of one word are held; a word with more is compared alone."""
_ACRONYMS_MAX = 4
_CHUNK = 65_536
_BAND = 16
"""Words are set side by side in a square of no more than so many by so many."""


class OrganisationNames:
    """Names of organisations read and kept as arrays."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = list(texts)
        self._halves: dict[int, list[int]] = {}
        """Where the halves of a name stand that a stroke sets apart."""
        for row, text in enumerate(texts):
            for half in read(text).alternatives:
                self._halves.setdefault(row, []).append(len(self._texts))
                self._texts.append(half)
        self._has_halves = np.zeros(len(self._texts), dtype=np.bool_)
        self._has_halves[list(self._halves)] = True
        self._known = PairTable()
        count = len(self._texts)
        shape = (count, WORDS_MAX)
        self._token = np.full(shape, -1, dtype=np.int64)
        self._over = np.zeros((2, count, WORDS_MAX), dtype=np.int64)
        self._apart = np.zeros(shape, dtype=np.bool_)
        self._count = np.zeros(count, dtype=np.int64)
        self._odd = np.zeros(count, dtype=np.bool_)
        self._form = np.full(count, -1, dtype=np.int64)
        self._kinds = np.zeros(count, dtype=np.int64)
        self._countries = np.zeros((count, 2), dtype=np.int64)
        self._joined = np.zeros(count, dtype=np.int64)
        self._numbers = np.zeros(count, dtype=np.int64)
        self._core = np.full(count, -1, dtype=np.int64)
        self._acronyms = np.full((count, _ACRONYMS_MAX), -2, dtype=np.int64)
        self._size = np.zeros(count, dtype=np.int64)
        order = {text: place for place, text in enumerate(sorted(set(self._texts)))}
        self._rank = np.array([order[text] for text in self._texts], dtype=np.int64)
        self._tokens: list[Token] = []
        self._written: list[str] = []
        local: dict[Token, int] = {}
        words: dict[Any, int] = {}
        bits: dict[str, int] = {}
        for row, text in enumerate(self._texts):
            name = read(text)
            self._count[row] = len(name.tokens)
            self._odd[row] = len(name.tokens) > WORDS_MAX
            self._written.append(name.joined)
            self._size[row] = len(name.joined)
            self._joined[row] = words.setdefault(name.joined, len(words))
            self._numbers[row] = words.setdefault(tuple(organisations.numbers_of(name)), len(words))
            if len(name.core) >= 3:
                self._core[row] = words.setdefault(name.core, len(words))
            for slot, acronym in enumerate(sorted(name.acronyms)[:_ACRONYMS_MAX]):
                self._acronyms[row, slot] = words.setdefault(acronym, len(words))
            self._odd[row] |= len(name.acronyms) > _ACRONYMS_MAX
            if name.form:
                self._form[row] = words.setdefault(name.form, len(words))
            for kind in name.kinds:
                self._kinds[row] |= 1 << bits.setdefault(kind, len(bits))
            for country in name.countries:
                place = bits.setdefault(country, len(bits))
                self._countries[row, place // 60] |= 1 << (place % 60)
            for place, token in enumerate(name.tokens[:WORDS_MAX]):
                number = local.get(token)
                if number is None:
                    number = local[token] = len(self._tokens)
                    self._tokens.append(token)
                self._token[row, place] = number
                self._over[0, row, place] = organisations.over_weight(token, contrast=False)
                self._over[1, row, place] = organisations.over_weight(token, contrast=True)
                self._apart[row, place] = organisations.sets_apart(token)
        assert len(bits) <= 120, "kinds and countries of legal forms are held in two numbers of sixty bits"
        self._read_tokens()

    def _read_tokens(self) -> None:
        count = max(1, len(self._tokens))
        self._weight = np.zeros(count, dtype=np.int64)
        self._kind = np.zeros(count, dtype=np.int64)
        self._raw = np.full(count, -1, dtype=np.int64)
        self._sound = np.full(count, -1, dtype=np.int64)
        self._listens = np.zeros(count, dtype=np.bool_)
        self._length = np.zeros(count, dtype=np.int64)
        self._sign = np.zeros(count, dtype=np.int64)
        self._latin = np.zeros(count, dtype=np.bool_)
        self._alone = np.zeros(count, dtype=np.bool_)
        self._meanings = np.full((count, _ROWS_MAX), -1, dtype=np.int64)
        self._towns = np.full((count, _ROWS_MAX), -1, dtype=np.int64)
        self._units = np.zeros((count, UNITS_MAX), dtype=np.int64)
        self._units_length = np.zeros(count, dtype=np.int64)
        self._abjad = np.zeros(count, dtype=np.bool_)
        self._heavy = np.zeros(count, dtype=np.int64)
        texts: dict[str, int] = {}
        for row, token in enumerate(self._tokens):
            self._weight[row], self._kind[row] = token.weight, token.kind
            self._raw[row] = texts.setdefault(token.raw, len(texts))
            self._sound[row] = texts.setdefault(token.sound, len(texts))
            self._listens[row] = len(token.sound) >= organisations.SOUND_LENGTH_MIN
            self._length[row], self._sign[row] = len(token.raw), ord(token.raw[0])
            self._latin[row] = organisations.is_latin(token.raw)
            town = read_town(token.raw)
            rows = sorted(town.identities) if town else []
            cut, abjad = units(token.raw)
            self._alone[row] = max(len(token.meanings), len(rows)) > _ROWS_MAX or len(cut) > UNITS_MAX
            if self._alone[row]:
                continue
            self._meanings[row, : len(token.meanings)] = sorted(token.meanings)
            self._towns[row, : len(rows)] = rows
            self._units[row, : len(cut)], self._units_length[row] = cut, len(cut)
            self._abjad[row], self._heavy[row] = abjad, sounds.weigh(cut)
        self._raws = np.array([token.raw for token in self._tokens], dtype=object)
        self._sounds = np.array([token.sound for token in self._tokens], dtype=object)
        self._joins = np.array(self._written, dtype=object)

    def score(self, left: npt.ArrayLike, right: npt.ArrayLike) -> Floats:
        """The score of each pair of rows `left[i]`, `right[i]`."""
        ours, theirs = np.asarray(left, dtype=np.int64), np.asarray(right, dtype=np.int64)
        out = np.zeros(len(ours), dtype=np.float64)
        for at in range(0, len(ours), _CHUNK):
            out[at : at + _CHUNK] = self._chunk(ours[at : at + _CHUNK], theirs[at : at + _CHUNK])
        rows = np.flatnonzero(self._has_halves[ours] | self._has_halves[theirs])
        if len(rows):
            self._by_halves(out, rows, ours[rows].tolist(), theirs[rows].tolist())
        return out

    def _by_halves(self, out: Floats, rows: Ints, left: list[int], right: list[int]) -> None:
        """A name with a stroke in it is also taken as each of its halves."""
        owner, one, two = [], [], []
        for row, mine, other in zip(rows.tolist(), left, right, strict=True):
            for a in (mine, *self._halves.get(mine, ())):
                for b in (other, *self._halves.get(other, ())):
                    if (a, b) != (mine, other):
                        owner.append(row)
                        one.append(a)
                        two.append(b)
        a, b = np.array(one), np.array(two)
        for at in range(0, len(owner), _CHUNK):
            part = slice(at, at + _CHUNK)
            np.maximum.at(out, np.array(owner[part]), self._chunk(a[part], b[part]) * organisations.ALTERNATIVE)

    def _chunk(self, left: Ints, right: Ints) -> Floats:
        swap = self._rank[left] > self._rank[right]
        left, right = np.where(swap, right, left), np.where(swap, left, right)
        out = np.zeros(len(left), dtype=np.float64)
        odd = self._odd[left] | self._odd[right]
        there = ~odd & (self._count[left] > 0) & (self._count[right] > 0)
        same = there & (self._joined[left] == self._joined[right])
        out[same] = 1.0
        rows = np.flatnonzero(there & ~same)
        if len(rows):
            wide_left, wide_right = _WIDTHS[self._count[left[rows]]], _WIDTHS[self._count[right[rows]]]
            shape = wide_left * 16 + wide_right
            if len(rows) < _FEW:
                shape = np.full(len(rows), int(wide_left.max()) * 16 + int(wide_right.max()))
            order = np.argsort(shape, kind="stable")
            for group in np.split(order, np.flatnonzero(np.diff(shape[order])) + 1):
                wide_one, wide_two = divmod(int(shape[group[0]]), 16)
                step = max(256, _CELLS // (wide_one * wide_two))
                for at in range(0, len(group), step):
                    part = rows[group[at : at + step]]
                    out[part] = self._aligned(left[part], right[part], wide_one, wide_two)
            self._joined_up(out, rows, left, right)
            for short, long in ((left, right), (right, left)):
                found = (self._core[short[rows], None] == self._acronyms[long[rows]]).any(axis=1)
                found &= self._count[long[rows]] >= 2
                said = np.where(self._count[short[rows]] == 1, organisations.ACRONYM, organisations.ACRONYM_BESIDE)
                out[rows] = np.maximum(out[rows], np.where(found, said, 0.0))
        forms = (self._form[left] >= 0) & (self._form[right] >= 0) & (self._form[left] != self._form[right])
        forms &= (self._kinds[left] & self._kinds[right]) == 0
        here = ((self._countries[left] & self._countries[right]) != 0).any(axis=1)
        out *= np.where(forms, np.where(here, organisations.FORM_DIFFERS_HERE, organisations.FORM_DIFFERS), 1.0)
        for row in np.flatnonzero(odd):
            one, two = self._texts[int(left[row])], self._texts[int(right[row])]
            out[row] = organisations.compare_read(read(one), read(two)).score
        return np.minimum(1.0, out)

    def _joined_up(self, out: Floats, rows: Ints, left: Ints, right: Ints) -> None:
        """Names that are spelt alike as a whole, though cut into other words."""
        least = organisations.JOINED_FROM
        short = np.minimum(self._size[left[rows]], self._size[right[rows]])
        long = np.maximum(self._size[left[rows]], self._size[right[rows]])
        may = (short > least * long) & (self._numbers[left[rows]] == self._numbers[right[rows]])
        rows = rows[may & (out[rows] < organisations.JOINED)]
        if not len(rows):
            return
        found = _many(Levenshtein.normalized_similarity, self._joins[left[rows]], self._joins[right[rows]], least)
        near = (found > least) & (found * organisations.JOINED > out[rows])
        for row, ratio in zip(rows[near].tolist(), found[near].tolist(), strict=True):
            one, two = read(self._texts[int(left[row])]), read(self._texts[int(right[row])])
            if not organisations.contrasted(one, two):
                out[row] = ratio * organisations.JOINED

    def _aligned(self, left: Ints, right: Ints, wide_one: int, wide_two: int) -> Floats:
        out = np.zeros(len(left), dtype=np.float64)
        one, two = self._token[left, :wide_one], self._token[right, :wide_two]
        words = max(1, len(self._tokens))
        a, b = one[:, :, None], two[:, None, :]
        valid = (a >= 0) & (b >= 0)
        likeness = np.zeros(valid.shape, dtype=np.int64)
        likeness[valid] = self._likeness((np.minimum(a, b) * words + np.maximum(a, b))[valid], words)
        some = np.flatnonzero(likeness.any(axis=(1, 2)))
        if not len(some):
            return out
        left, right, one, two, likeness = left[some], right[some], one[some], two[some], likeness[some]
        rows = len(some)
        every = np.arange(rows)
        i, j = np.arange(wide_one)[None, :, None], np.arange(wide_two)[None, None, :]
        key = ((likeness * _BAND + (_BAND - 1 - np.abs(i - j))) * _BAND + (_BAND - 1 - i)) * _BAND + (_BAND - 1 - j)
        key = np.where(likeness > 0, key, 0)
        free_one, free_two = one >= 0, two >= 0
        matched, total = np.zeros(rows, dtype=np.int64), np.zeros(rows, dtype=np.int64)
        specific = np.zeros(rows, dtype=np.bool_)
        flat = key.reshape(rows, -1)
        for _ in range(min(wide_one, wide_two)):
            best = flat.argmax(axis=1)
            live = flat[every, best] > 0
            if not live.any():
                break
            who, ii, jj = every[live], best[live] // wide_two, best[live] % wide_two
            first, second = one[who, ii], two[who, jj]
            weight = self._weight[first] + self._weight[second]
            matched[who] += likeness[who, ii, jj] * weight
            total[who] += ALIKE * weight
            lands = (self._kind[first] == COUNTRY) | (self._kind[second] == COUNTRY)
            specific[who] |= (weight > organisations.TELLING) & ~lands
            free_one[who, ii], free_two[who, jj] = False, False
            key[who, ii, :] = 0
            key[who, :, jj] = 0
        contrast = (free_one & self._apart[left][:, :wide_one]).any(axis=1)
        contrast &= (free_two & self._apart[right][:, :wide_two]).any(axis=1)
        which = contrast.astype(np.int64)
        for free, names, wide in ((free_one, left, wide_one), (free_two, right, wide_two)):
            over = self._over[which, names][:, :wide]
            total += np.where(free, ALIKE * over * 2 * LEFT_OUT // 100, 0).sum(axis=1)
        score = np.where(total > 0, matched / np.maximum(total, 1), 0.0)
        lacking = free_one.any(axis=1) | free_two.any(axis=1)
        out[some] = np.where(~specific & lacking, score * 0.8, score)
        return out

    def _likeness(self, keys: Ints, words: int) -> Ints:
        """The likeness of each pair of words; those not yet known are compared, and kept."""
        place = self._known.find(keys)
        lacking = keys[place < 0]
        if len(lacking):
            fresh = np.unique(lacking)
            self._known.put(fresh, self._compute(fresh // words, fresh % words))
            place = self._known.find(keys)
        return self._known.at(place).astype(np.int64)

    def _compute(self, one: Ints, two: Ints) -> Ints:
        """`organisations.alike` for many pairs of words."""
        out = np.zeros(len(one), dtype=np.int64)
        open_ = np.ones(len(one), dtype=np.bool_)

        def decide(rows: Bools, value: Ints | int) -> None:
            chosen = open_ & rows
            out[chosen] = value if isinstance(value, int) else value[chosen]
            open_[chosen] = False

        alone = self._alone[one] | self._alone[two]
        for row in np.flatnonzero(alone):
            out[row] = organisations.alike(self._tokens[int(one[row])], self._tokens[int(two[row])])
        open_[alone] = False
        decide(self._raw[one] == self._raw[two], ALIKE)
        decide(_share(self._meanings[one], self._meanings[two]), organisations.TRANSLATED)
        decide((self._meanings[one, 0] >= 0) & (self._meanings[two, 0] >= 0), 0)
        decide((self._kind[one] == NUMBER) | (self._kind[two] == NUMBER), 0)
        letters = (self._length[one] == 1) | (self._length[two] == 1)
        decide(letters & (self._sign[one] == self._sign[two]), organisations.SAME_LETTER)
        decide(letters, 0)
        decide(_share(self._towns[one], self._towns[two]), organisations.SAME_TOWN)
        listens = self._listens[one] & self._listens[two]
        decide(listens & (self._sound[one] == self._sound[two]), organisations.SAME_SOUND)
        rows = np.flatnonzero(open_ & ~(self._latin[one] & self._latin[two]))
        if len(rows):
            heard = self._heard(one[rows], two[rows], organisations.SPELT_FROM)
            figures = np.rint(ALIKE * organisations.HEARD_OTHER_SCRIPT * heard).astype(np.int64)
            out[rows] = np.where(heard >= organisations.SPELT_FROM, figures, 0)
            open_[rows] = False
        rows = np.flatnonzero(open_)
        if len(rows):
            out[rows] = self._spelt(one[rows], two[rows], listens[rows])
        return out

    def _spelt(self, one: Ints, two: Ints, listens: Bools) -> Ints:
        least = organisations.HEARD_FROM - 0.01  # what is below says nothing
        ratio = _many(Levenshtein.normalized_similarity, self._raws[one], self._raws[two], least)
        other = _many(Levenshtein.normalized_similarity, self._sounds[one], self._sounds[two], least + 0.03)
        np.maximum(ratio, np.where(listens, other - 0.03, 0.0), out=ratio)
        np.maximum(
            ratio, _many(JaroWinkler.similarity, self._raws[one], self._raws[two], least + 0.14) - 0.14, out=ratio
        )
        spelt = np.where(ratio < organisations.SPELT_FROM, 0.0, (ratio - 0.4) / 0.6)
        long = np.minimum(self._length[one], self._length[two]) > 4
        rows = np.flatnonzero((spelt < 0.85) & (ratio >= organisations.HEARD_FROM) & long)
        if len(rows):
            heard = self._heard(one[rows], two[rows], 0.9)
            better = np.maximum(spelt[rows], organisations.HEARD * heard)
            spelt[rows] = np.where(heard >= 0.9, better, spelt[rows])
        figures: Ints = np.rint(ALIKE * spelt).astype(np.int64)
        return figures

    def _heard(self, one: Ints, two: Ints, least: float) -> Floats:
        """How alike two words sound, from 0 to 1; below `least` it need not be true."""
        out = np.zeros(len(one), dtype=np.float64)
        rows = np.flatnonzero((self._units_length[one] > 0) & (self._units_length[two] > 0))
        if not len(rows):
            return out
        rows = rows[np.argsort(self._units_length[one[rows]] * 64 + self._units_length[two[rows]], kind="stable")]
        for at in range(0, len(rows), 8192):
            part = rows[at : at + 8192]
            a, b = one[part], two[part]
            weight = np.maximum(np.maximum(self._heavy[a], self._heavy[b]), 1)
            found = distances(
                self._units[a], self._units_length[a], self._units[b], self._units_length[b],
                self._abjad[a], self._abjad[b], np.ceil((1.0 - least) * weight).astype(np.int64) + 1,
            )  # fmt: skip
            same = (self._units[a] == self._units[b]).all(axis=1) & (self._units_length[a] == self._units_length[b])
            out[part] = np.where(same, 1.0, np.maximum(0.0, 1.0 - found / weight))
        return out


def _share(left: Ints, right: Ints) -> Bools:
    """Whether two rows of numbers, padded with -1, have one in common."""
    found = np.zeros(len(left), dtype=np.bool_)
    for slot in range(left.shape[1]):
        mine = left[:, slot]
        if not (mine >= 0).any():
            break
        found |= (mine[:, None] == right).any(axis=1) & (mine >= 0)
    return found


def _many(scorer: Any, left: npt.NDArray[Any], right: npt.NDArray[Any], cutoff: float | None = None) -> Floats:
    """A likeness of strings, pair by pair, in one call."""
    found: Floats = cpdist(left.tolist(), right.tolist(), scorer=scorer, score_cutoff=cutoff, dtype=np.float64)
    return found
