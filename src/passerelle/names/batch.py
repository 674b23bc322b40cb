"""Many pairs of personal names compared at once: each word is read once, each pair of words is compared once.

The figures are those of `compare.align`, to the last bit but one: the same tables, the same whole hundredths.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from passerelle.names import given, latin, parts, sounds
from passerelle.names.compare import (
    HAN_SAME_SOUND,
    MERGED_APART,
    MERGED_FIRST_APART,
    align,
    over_cost,
    plain_word_cost,
    price_of,
    weights,
)

Ints = npt.NDArray[np.int64]
Costs = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

WORDS_MAX = 5
UNITS_MAX = 16
FORMS_MAX = 3
_GROUPS_MAX = 8
_HEARD_MAX = 16
_KINDS = ("same", "sound", "near", "equivalent", "initial", "different")
_SAME, _SOUND, _NEAR, _EQUIVALENT, _INITIAL, _DIFFERENT = range(6)
_PREFIXES = ("", "ben", "abd", "abu", "van", "mac")
_FAR_KEY = np.int64(1) << 40
_CHUNK = 65_536
_ALIGNED = 8_192  # so many alignments at once stay in the processor's cache


@cache
def _unit_tables() -> tuple[Costs, Costs, Costs]:
    """`apart[u, v]`, `missing[u]`, `missing_abjad[u]` of `sounds.tables()` as arrays."""
    tables = sounds.tables()
    texts = sorted({reading.sound for unit in tables.units for reading in unit.readings})
    place = {text: number for number, text in enumerate(texts)}
    between = np.array([[tables.between_sounds(one, two) for two in texts] for one in texts], dtype=np.int32)
    most = max(len(unit.readings) for unit in tables.units)
    count = len(tables.units)
    option = np.zeros((count, most), dtype=np.int32)
    price = np.full((count, most), 100_000, dtype=np.int32)
    for number, unit in enumerate(tables.units):
        for slot, reading in enumerate(unit.readings):
            option[number, slot], price[number, slot] = place[reading.sound], reading.cost
    apart = np.full((count, count), sounds.FAR, dtype=np.int32)
    for one in range(most):
        for two in range(most):
            found = between[option[:, one][:, None], option[:, two][None, :]]
            np.minimum(apart, found + price[:, one][:, None] + price[:, two][None, :], out=apart)
    np.fill_diagonal(apart, 0)
    for (one, two), cost in tables.apart_unit.items():
        apart[one, two] = cost
    return apart, np.array(tables.missing, dtype=np.int32), np.array(tables.missing_abjad, dtype=np.int32)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One row for each pair: `score`, `cost` (hundredths of a logit), `agreeing` words, the weight of the heaviest
    agreeing word, and the chance (as the product of the words' shares) that a stranger bears the agreeing words."""

    score: Floats
    cost: Ints
    agreeing: Ints
    heaviest: Ints
    chance: Floats


class Names:
    """Personal names read and kept as arrays. `shares` gives, for a word's stem, the share of subjects that bear it."""

    def __init__(self, texts: Sequence[str], shares: Callable[[str], float] | None = None) -> None:
        self.names = [parts.parse(text) for text in texts]
        order = sorted(range(len(texts)), key=texts.__getitem__)
        self._rank = np.empty(len(texts), dtype=np.int64)
        self._rank[order] = np.arange(len(texts))
        same = [place for place in range(1, len(order)) if texts[order[place]] == texts[order[place - 1]]]
        for place in same:
            self._rank[order[place]] = self._rank[order[place - 1]]
        self._words: list[parts.Word] = []
        local: dict[int, int] = {}
        shape = (len(texts), WORDS_MAX)
        self._word = np.full(shape, -1, dtype=np.int64)
        self._prefix = np.zeros(shape, dtype=np.int64)
        self._role = np.zeros(shape, dtype=np.int64)
        self._over = np.zeros(shape, dtype=np.int64)
        self._count = np.zeros(len(texts), dtype=np.int64)
        roles = {parts.FAMILY: 1, parts.GIVEN: 2}
        for row, name in enumerate(self.names):
            self._count[row] = len(name.words)
            for place, word in enumerate(name.words[:WORDS_MAX]):
                number = local.get(word.number)
                if number is None:
                    number = local[word.number] = len(self._words)
                    self._words.append(word)
                self._word[row, place] = number
                self._prefix[row, place] = _PREFIXES.index(word.prefix)
                self._role[row, place] = roles.get(name.roles[place], 0)
                self._over[row, place] = over_cost(name, place)
        self._shares: Callable[[str], float] = shares or _sure
        self._read_words()
        self._known = np.empty(0, dtype=np.int64)
        self._known_cost = np.empty(0, dtype=np.int64)
        self._known_kind = np.empty(0, dtype=np.int64)
        table = weights()
        prices = np.array([table.prefix.get(prefix, 0) for prefix in _PREFIXES])
        self._prefix_cost = np.maximum.outer(prices, prices)
        np.fill_diagonal(self._prefix_cost, 0)

    def _read_words(self) -> None:
        count = max(1, len(self._words))
        self._units = np.zeros((count, FORMS_MAX, UNITS_MAX), dtype=np.int64)
        self._length = np.full((count, FORMS_MAX), -1, dtype=np.int64)
        self._form_cost = np.zeros((count, FORMS_MAX), dtype=np.int64)
        self._abjad = np.zeros(count, dtype=np.bool_)
        self._weight = np.zeros(count, dtype=np.int64)
        self._says = np.zeros(count, dtype=np.int64)
        self._first = np.full(count, -1, dtype=np.int64)
        self._odd = np.zeros(count, dtype=np.bool_)
        self._groups = np.full((count, _GROUPS_MAX), -1, dtype=np.int64)
        self._heard = np.full((count, _HEARD_MAX), -1, dtype=np.int64)
        self._is_known = np.zeros(count, dtype=np.bool_)
        self._script = np.zeros(count, dtype=np.int64)
        self._bare = np.zeros(count, dtype=np.int64)
        self._stem = np.zeros(count, dtype=np.int64)
        self._han = np.zeros(count, dtype=np.int64)
        self._share = np.ones(count, dtype=np.float64)
        scripts: dict[str, int] = {}
        bares: dict[str, int] = {}
        stems: dict[str, int] = {}
        signs: dict[str, int] = {}
        paired = {name for pair in given.apart() for name in pair}
        for number, word in enumerate(self._words):
            self._odd[number] = (
                word.kind != "name"
                or len(word.forms) > FORMS_MAX
                or len(word.groups) > _GROUPS_MAX
                or len(word.heard) > _HEARD_MAX
                or any(len(form.units) > UNITS_MAX for form in word.forms)
            )
            self._says[number] = word.says
            self._weight[number], self._first[number] = word.weight, word.first
            self._script[number] = scripts.setdefault(word.script, len(scripts))
            self._is_known[number] = word.known
            self._stem[number] = stems.setdefault(word.stem, len(stems))
            if word.script == "han":
                self._han[number] = signs.setdefault(word.text, len(signs) + 1)
            self._share[number] = self._shares(word.stem)
            bare = latin.bare(word.stem)
            self._bare[number] = bares.setdefault(bare, len(bares) + 1) if bare in paired else 0
            if self._odd[number]:
                continue
            self._groups[number, : len(word.groups)] = sorted(word.groups)
            self._heard[number, : len(word.heard)] = sorted(word.heard)
            for slot, form in enumerate(word.forms):
                self._length[number, slot] = len(form.units)
                self._units[number, slot, : len(form.units)] = form.units
                self._form_cost[number, slot] = form.cost
                self._abjad[number] = form.abjad
        self._paired = np.array(
            sorted(bares[one] * 1_000_000 + bares[two] for one, two in given.apart() if one in bares and two in bares),
            dtype=np.int64,
        )

    def score(self, left: npt.ArrayLike, right: npt.ArrayLike) -> Outcome:
        """The outcome for each pair of rows `left[i]`, `right[i]`."""
        ours, theirs = np.asarray(left, dtype=np.int64), np.asarray(right, dtype=np.int64)
        pieces = [self._chunk(ours[at : at + _CHUNK], theirs[at : at + _CHUNK]) for at in range(0, len(ours), _CHUNK)]
        if not pieces:
            empty = np.empty(0)
            none = np.empty(0, dtype=np.int64)
            return Outcome(empty, none, none, none, empty)
        return Outcome(
            np.concatenate([piece.score for piece in pieces]),
            np.concatenate([piece.cost for piece in pieces]),
            np.concatenate([piece.agreeing for piece in pieces]),
            np.concatenate([piece.heaviest for piece in pieces]),
            np.concatenate([piece.chance for piece in pieces]),
        )

    def _chunk(self, left: Ints, right: Ints) -> Outcome:
        table = weights()
        swap = self._rank[left] > self._rank[right]
        left, right = np.where(swap, right, left), np.where(swap, left, right)
        rows = len(left)
        one, two = self._word[left], self._word[right]
        wide_one, wide_two = int(min(WORDS_MAX, self._count[left].max())), int(min(WORDS_MAX, self._count[right].max()))
        wide_one, wide_two = max(1, wide_one), max(1, wide_two)
        one, two = one[:, :wide_one], two[:, :wide_two]
        a, b = one[:, :, None], two[:, None, :]
        valid = (a >= 0) & (b >= 0)
        words = max(1, len(self._words))
        keys = np.where(valid, np.minimum(a, b) * words + np.maximum(a, b), -1)
        cost, kind = self._costs(keys.ravel(), words)
        cost, kind = cost.reshape(keys.shape), kind.reshape(keys.shape)
        pre_one, pre_two = self._prefix[left][:, :wide_one], self._prefix[right][:, :wide_two]
        cost = cost + self._prefix_cost[pre_one[:, :, None], pre_two[:, None, :]]
        i, j = np.arange(wide_one)[None, :, None], np.arange(wide_two)[None, None, :]
        key = np.where(valid, ((cost * 8 + np.abs(i - j)) * 8 + i) * 8 + j, _FAR_KEY)
        match = np.full((rows, wide_one), -1, dtype=np.int64)
        pair_cost = np.zeros((rows, wide_one), dtype=np.int64)
        pair_kind = np.full((rows, wide_one), -1, dtype=np.int64)
        taken = np.zeros((rows, wide_two), dtype=np.bool_)
        every = np.arange(rows)
        for _ in range(min(wide_one, wide_two)):
            best = key.reshape(rows, -1).argmin(axis=1)
            at_i, at_j = best // wide_two, best % wide_two
            live = key[every, at_i, at_j] < _FAR_KEY
            if not live.any():
                break
            who, ii, jj = every[live], at_i[live], at_j[live]
            match[who, ii] = jj
            pair_cost[who, ii] = cost[who, ii, jj]
            pair_kind[who, ii] = kind[who, ii, jj]
            taken[who, jj] = True
            key[who, ii, :] = _FAR_KEY
            key[who[:, None], np.arange(wide_one)[None, :], jj[:, None]] = _FAR_KEY
        paired = match >= 0
        total = pair_cost.sum(axis=1)
        safe = np.where(paired, match, 0)
        # crossed pairs, and roles that clash
        crossed = np.zeros(rows, dtype=np.bool_)
        for first in range(wide_one):
            for second in range(first + 1, wide_one):
                crossed |= paired[:, first] & paired[:, second] & (match[:, first] > match[:, second])
        role_one = self._role[left][:, :wide_one]
        role_two = np.take_along_axis(self._role[right][:, :wide_two], safe, axis=1)
        clash = (paired & (role_one + role_two == 3) & (role_one != 0) & (role_two != 0)).any(axis=1)
        total += np.where(crossed, table.reorder * np.where(clash, 3, 1), 0)
        # fathers set against sons
        ben = _PREFIXES.index("ben")
        ben_one, ben_two = pre_one == ben, pre_two == ben
        uneven = (paired & (ben_one != np.take_along_axis(ben_two, safe, axis=1))).sum(axis=1)
        fathers = ben_one.any(axis=1) & ben_two.any(axis=1) & (uneven >= 2)
        total += np.where(fathers, uneven * table.father_for_son, 0)
        # what agrees, and how much it says
        full = paired & (pair_kind != _INITIAL) & (pair_kind != _DIFFERENT)
        weight_one = self._weight[np.where(one >= 0, one, 0)]
        weight_two = np.take_along_axis(self._weight[np.where(two >= 0, two, 0)], safe, axis=1)
        says_one = self._says[np.where(one >= 0, one, 0)]
        says_two = np.take_along_axis(self._says[np.where(two >= 0, two, 0)], safe, axis=1)
        said = np.where(full, np.minimum(says_one, says_two), 0).sum(axis=1)
        share = np.clip((said - table.said_least) / (table.said_enough - table.said_least), 0.0, 1.0)
        # words on one side only
        over = np.where((one >= 0) & ~paired, self._over[left][:, :wide_one], 0).sum(axis=1)
        over += np.where((two >= 0) & ~taken, self._over[right][:, :wide_two], 0).sum(axis=1)
        left_over = ((one >= 0) & ~paired).sum(axis=1) + ((two >= 0) & ~taken).sum(axis=1)
        slack = np.where(paired & (pair_kind != _DIFFERENT), pair_cost, 0).sum(axis=1) * table.over_slack
        thin = (1.0 - share) * table.over_thin
        total += np.where(over > 0, np.rint(over * (1.0 + np.minimum(1.5, slack) + thin)), 0).astype(np.int64)
        # the score
        pairs, agreeing = paired.sum(axis=1), full.sum(axis=1)
        base = table.base_least + share * (table.base - table.base_least)
        lonely = (agreeing == 0) | ((agreeing == 1) & (left_over > 0))
        base = np.where(
            lonely,
            np.minimum(base, table.single_base),
            np.where(agreeing < pairs, np.minimum(base, table.initial_base), base),
        )
        with np.errstate(over="ignore"):
            score = np.where(pairs > 0, 1.0 / (1.0 + np.exp(-(base - total) / 100)), 0.0)
        heaviest = np.where(full, np.maximum(weight_one, weight_two), 0).max(axis=1)
        share_one = self._share[np.where(one >= 0, one, 0)]
        share_two = np.take_along_axis(self._share[np.where(two >= 0, two, 0)], safe, axis=1)
        chance = np.maximum(np.where(full, share_one, 1.0).prod(axis=1), np.where(full, share_two, 1.0).prod(axis=1))
        found = Outcome(score, total, agreeing, heaviest, chance)
        different = (paired & (pair_kind == _DIFFERENT)).sum(axis=1)
        count_one, count_two = self._count[left], self._count[right]
        again = (count_one > WORDS_MAX) | (count_two > WORDS_MAX)
        same = paired & (pair_kind == _SAME)
        same_right = np.zeros((rows, wide_two), dtype=np.bool_)
        who, ii = np.nonzero(same)
        same_right[who, match[who, ii]] = True
        free_one, free_two = (one >= 0) & ~same, (two >= 0) & ~same_right
        ready = (total > 0) & (different <= 1)
        longer = np.flatnonzero(ready & (count_one > count_two))
        again[longer] |= self._may_merge(one[longer], free_one[longer], two[longer], free_two[longer])
        longer = np.flatnonzero(ready & (count_two > count_one))
        again[longer] |= self._may_merge(two[longer], free_two[longer], one[longer], free_one[longer])
        for row in np.flatnonzero(again):
            self._one_by_one(found, int(row), int(left[row]), int(right[row]))
        return found

    def _may_merge(self, long: Ints, long_free: Bools, short: Ints, short_free: Bools) -> Bools:
        """`compare.may_merge` for many rows: the words, and which are there and not written the same."""
        apart, _, _ = _unit_tables()
        found = np.zeros(len(long), dtype=np.bool_)
        for place in range(long.shape[1] - 1):
            both = self._weight[long[:, place]] + self._weight[long[:, place + 1]]
            begins = self._first[long[:, place]]
            free = long_free[:, place] & long_free[:, place + 1] & (begins >= 0)
            for other in range(short.shape[1]):
                weight, first = self._weight[short[:, other]], self._first[short[:, other]]
                near = np.abs(both - weight) <= MERGED_APART + weight // 4
                found |= (
                    free & short_free[:, other] & (first >= 0) & near & (apart[begins, first] <= MERGED_FIRST_APART)
                )
        return found

    def _one_by_one(self, found: Outcome, row: int, left: int, right: int) -> None:
        alignment = align(self.names[left], self.names[right])
        found.score[row], found.cost[row] = alignment.score, alignment.cost
        agreeing = [pair for pair in alignment.pairs if pair.kind not in {"initial", "different"}]
        found.agreeing[row] = len(agreeing)
        ours, theirs = alignment.left.words, alignment.right.words
        found.chance[row] = max(
            math.prod(self._shares(ours[pair.left].stem) for pair in agreeing),
            math.prod(self._shares(theirs[pair.right].stem) for pair in agreeing),
        )
        found.heaviest[row] = max((max(ours[p.left].weight, theirs[p.right].weight) for p in agreeing), default=0)

    def _costs(self, keys: Ints, words: int) -> tuple[Ints, Ints]:
        place, met = self._find(keys)
        fresh = np.unique(keys[~met])
        fresh = fresh[fresh >= 0]
        if len(fresh):
            cost, kind = self._compute(fresh // words, fresh % words)
            known = np.concatenate([self._known, fresh])
            order = np.argsort(known, kind="stable")
            self._known = known[order]
            self._known_cost = np.concatenate([self._known_cost, cost])[order]
            self._known_kind = np.concatenate([self._known_kind, kind])[order]
            place, _ = self._find(keys)
        if not len(self._known):
            return np.zeros(len(keys), dtype=np.int64), np.zeros(len(keys), dtype=np.int64)
        return self._known_cost[place], self._known_kind[place]

    def _find(self, keys: Ints) -> tuple[Ints, Bools]:
        """Where each key stands among the known ones, and whether it does (a key of -1 counts as known)."""
        if not len(self._known):
            return np.zeros(len(keys), dtype=np.int64), keys < 0
        place = np.minimum(np.searchsorted(self._known, keys), len(self._known) - 1)
        return place, (self._known[place] == keys) | (keys < 0)

    def _compute(self, one: Ints, two: Ints) -> tuple[Ints, Ints]:
        """Cost and kind for pairs of distinct words, as `compare.word_cost` without the prefixes."""
        table = weights()
        count = len(one)
        cost = np.full(count, 1000, dtype=np.int64)
        abjad_one, abjad_two = self._abjad[one], self._abjad[two]
        for first in range(FORMS_MAX):
            for second in range(FORMS_MAX):
                ours, theirs = self._length[one, first], self._length[two, second]
                rows = np.flatnonzero((ours > 0) & (theirs > 0))
                rows = rows[np.argsort(ours[rows] * 64 + theirs[rows], kind="stable")]  # words of one length together
                for at in range(0, len(rows), _ALIGNED):
                    part = rows[at : at + _ALIGNED]
                    a, b = one[part], two[part]
                    found = distances(
                        self._units[a, first], self._length[a, first], self._units[b, second], self._length[b, second],
                        abjad_one[part], abjad_two[part],
                    )  # fmt: skip
                    found = found + self._form_cost[a, first] + self._form_cost[b, second]
                    cost[part] = np.minimum(cost[part], found)
        length = np.minimum(self._weight[one], self._weight[two])
        both, inverse = np.unique(cost * 1_000_000 + length, return_inverse=True)
        priced = np.array([price_of(int(k) // 1_000_000, int(k) % 1_000_000, 10**9) for k in both])
        price = priced[inverse.ravel()].astype(np.int64)
        kind = np.where(price >= table.cap, _DIFFERENT, np.where(cost <= 40, _SOUND, _NEAR))
        shared = _share_one(self._groups[one], self._groups[two])
        equal = shared & (price > table.equivalent)
        apart = ~shared & self._is_known[one] & self._is_known[two] & (self._script[one] == self._script[two])
        known = np.flatnonzero(apart)
        apart[known] &= ~_share_one(self._heard[one[known]], self._heard[two[known]])
        raised = np.minimum(table.cap, np.rint(price * table.known_apart).astype(np.int64) + table.known_apart_least)
        kind = np.where(apart & (kind == _SOUND) & (raised > 100), _NEAR, kind)
        kind = np.where(apart & (raised >= table.cap), _DIFFERENT, kind)
        price = np.where(equal, table.equivalent, np.where(apart, raised, price))
        kind = np.where(equal, _EQUIVALENT, kind)
        sexes = np.isin(self._bare[one] * 1_000_000 + self._bare[two], self._paired)
        sexes |= np.isin(self._bare[two] * 1_000_000 + self._bare[one], self._paired)
        sexes &= (self._bare[one] > 0) & (self._bare[two] > 0)
        price, kind = np.where(sexes, table.cap, price), np.where(sexes, _DIFFERENT, kind)
        same = self._stem[one] == self._stem[two]
        price, kind = np.where(same, 0, price), np.where(same, _SAME, kind)
        signs = (self._han[one] > 0) & (self._han[two] > 0) & (self._han[one] != self._han[two])
        price = np.where(signs, np.where(same, HAN_SAME_SOUND, table.cap), price)
        kind = np.where(signs, np.where(same, _NEAR, _DIFFERENT), kind)
        for row in np.flatnonzero(self._odd[one] | self._odd[two]):
            single, said = plain_word_cost(self._words[int(one[row])], self._words[int(two[row])])
            price[row], kind[row] = single, _KINDS.index(said)
        return price, kind


def _share_one(left: Ints, right: Ints) -> Bools:
    """Whether two rows of numbers, padded with -1, have one in common."""
    found = np.zeros(len(left), dtype=np.bool_)
    for slot in range(left.shape[1]):
        mine = left[:, slot]
        if not (mine >= 0).any():
            break
        found |= (mine[:, None] == right).any(axis=1) & (mine >= 0)
    return found


def _sure(stem: str) -> float:
    """Without counts, nothing is known of how common a word is."""
    return 1.0


def distances(
    left: Ints, left_length: Ints, right: Ints, right_length: Ints, left_abjad: Bools, right_abjad: Bools
) -> Costs:
    """`sounds.distance` for many pairs: units padded to (pairs, UNITS_MAX), and their lengths."""
    apart, missing, missing_abjad = _unit_tables()
    wide_left, wide_right = int(left_length.max()), int(right_length.max())
    count = apart.shape[0]
    flat = apart.ravel()
    ours, theirs = left[:, :wide_left].T.copy(), right[:, :wide_right].T.copy()
    gone_left = np.where(right_abjad & ~left_abjad, missing_abjad[ours], missing[ours])
    gone_right = np.where(left_abjad & ~right_abjad, missing_abjad[theirs], missing[theirs])
    row = [np.zeros(len(left), dtype=np.int32)]
    for column in range(wide_right):
        row.append(row[-1] + gone_right[column])
    out = np.zeros(len(left), dtype=np.int32)
    even_left = int(left_length.min()) == wide_left
    even_right = int(right_length.min()) == wide_right
    before, swaps_before = row, row
    for index in range(wide_left):
        gone = gone_left[index]
        offset = ours[index] * count
        fresh = [row[0] + gone]
        swaps = [flat[offset + theirs[column]] for column in range(wide_right)]
        for column in range(wide_right):
            best = row[column] + swaps[column]
            np.minimum(best, row[column + 1] + gone, out=best)
            np.minimum(best, fresh[column] + gone_right[column], out=best)
            if index and column:
                turned = before[column - 1] + swaps[column - 1] + swaps_before[column]
                turned += sounds.TRANSPOSED
                np.minimum(best, turned, out=best)
            fresh.append(best)
        before, row, swaps_before = row, fresh, swaps
        if not even_left or not even_right:
            _finish(out, row, left_length == index + 1, right_length)
    return row[-1] if even_left and even_right else out


def _finish(out: Costs, row: list[Costs], ended: Bools, right_length: Ints) -> None:
    """Takes the figure of those pairs whose left word ends here."""
    rows = np.flatnonzero(ended)
    if len(rows):
        lengths = right_length[rows]
        for length in np.unique(lengths):
            chosen = rows[lengths == length]
            out[chosen] = row[int(length)][chosen]
