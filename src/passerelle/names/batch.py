"""Many pairs of personal names compared at once: each word is read once, each pair of words is compared once.

The figures are those of `compare.align`, to the last bit but one: the same tables, the same whole hundredths.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerelle.names import as_one, given, parts, slips
from passerelle.names.compare import (
    MERGED_APART,
    MERGED_FIRST_APART,
    REJOINED_APART,
    REJOINED_SHORT,
    SIGNS_SAME_SOUND,
    align,
    joints,
    over_cost,
    plain_word_cost,
    weights,
)
from passerelle.names.distances import Bools, Floats, Ints, Shorts, distances, unit_tables
from passerelle.names.pair_table import PairTable
from passerelle.names.prices import far_from, prices, scores_of
from passerelle.names.word_table import FORMS_MAX, PREFIXES, WORD, Rows, pairs_apart, rows_of, share_one

WORDS_MAX = 8
_YES_OR_NO = ("odd", "abjad", "known", "listed", "title")
_TEXTS = ("script", "bare", "stem", "signs", "signs_heard")
_WIDTHS = np.array([2, 2, 2, 3, 4, 6, 6, 8, 8], dtype=np.int64)
"""Names of a few words are set side by side in a square of so many: by the count of words."""
_FEW = 1000
"""Fewer pairs of names are all set in squares of one size; fewer pairs of words are all listened to."""
_CELLS = 400_000
"""So many pairs of words at once stay in the processor's cache."""
_KINDS = ("same", "sound", "near", "equivalent", "initial", "different")
_SAME, _SOUND, _NEAR, _EQUIVALENT, _INITIAL, _DIFFERENT = range(6)
ROLES = (parts.UNKNOWN, parts.FAMILY, parts.GIVEN)
_FAR_KEY = np.int64(1) << 40
NEAREST_MAX = 25_000_000
"""So many words times units: what each unit costs at least against each word is kept for all of them, in 50 MB."""
COSTS_MAX = 1_000_000
"""So many pairs of words are remembered by names that are laid one set after another."""
_ALIGNED = 8_192  # so many alignments at once stay in the processor's cache


@dataclass(frozen=True, slots=True)
class Outcome:
    """One row for each pair: `score`, `cost` (hundredths of a logit), `agreeing` words, the weight of the heaviest
    agreeing word, the chance (as the product of the words' shares) that a stranger bears the agreeing words, what the
    names could say without the cost (`base`), and whether a word stands against an `initial`."""

    score: Floats
    cost: Ints
    agreeing: Ints
    heaviest: Ints
    chance: Floats
    base: Floats
    initial: Bools


class Names:
    """Personal names read and kept as arrays. `shares` gives, for a word's stem, the share of subjects that bear it."""

    def __init__(self, texts: Sequence[str], shares: Callable[[str], float] | None = None) -> None:
        self._read([parts.parse(text) for text in texts], shares)

    @classmethod
    def of(cls, names: Sequence[parts.Name], shares: Callable[[str], float] | None = None) -> Names:
        """Names that were parsed before."""
        made = cls.__new__(cls)
        made._read(list(names), shares)
        return made

    def _read(self, names: list[parts.Name], shares: Callable[[str], float] | None) -> None:
        self.names = names
        texts = [name.raw for name in names]
        ranks = {text: place for place, text in enumerate(sorted(set(texts)))}
        self._rank = np.array([ranks[text] for text in texts], dtype=np.int64)
        self._words: list[parts.Word] = []
        local: dict[int, int] = {}
        shape = (len(texts), WORDS_MAX)
        self._word = np.full(shape, -1, dtype=np.int64)
        self._prefix = np.zeros(shape, dtype=np.int64)
        self._role = np.zeros(shape, dtype=np.int64)
        self._over = np.zeros(shape, dtype=np.int64)
        self._count = np.zeros(len(texts), dtype=np.int64)
        for row, name in enumerate(names):
            self._count[row] = len(name.words)
            for place, word in enumerate(name.words[:WORDS_MAX]):
                number = local.get(word.number)
                if number is None:
                    number = local[word.number] = len(self._words)
                    self._words.append(word)
                self._word[row, place] = number
                self._prefix[row, place] = PREFIXES.index(word.prefix)
                self._role[row, place] = ROLES.index(name.roles[place])
                self._over[row, place] = over_cost(name, place)
        self._shares: Callable[[str], float] = shares or _sure
        self._hold(rows_of(self._words), np.array([self._shares(word.stem) for word in self._words]))

    @classmethod
    def said(cls, words: Rows, share: Floats) -> Names:
        """No names yet, but the words of all that `lay` will bring: rows of WORD, and the share that bears each."""
        made = cls.__new__(cls)
        made.names, made._words, made._shares = [], [], _sure
        made._hold(words, share)
        return made

    def lay(self, rank: Ints, word: Ints, prefix: Ints, role: Ints, over: Ints) -> None:
        """Names by the places of their words (rows of WORDS_MAX, -1 for none), instead of those there were. `rank`
        puts them in the order of their texts; the rest is said of each word. What words cost stays known."""
        self._rank, self._word, self._prefix, self._role, self._over = rank, word, prefix, role, over
        self._count = (word >= 0).sum(axis=1)
        if len(self._costs_known) > COSTS_MAX:
            self._forget()

    def scored(self, left: Ints, right: Ints) -> tuple[Outcome, Bools]:
        """As `score`, of names without odd words that were laid; and for which pairs the outcome stands: not where
        two words may be one word of the other name."""
        found, merge = self._plain(left, right)
        sure = np.ones(len(left), dtype=np.bool_)
        sure[merge] = False
        return found, sure

    def word_costs(self, left: Ints, right: Ints) -> list[list[tuple[int, int, int, str]]]:
        """For each pair of names that were laid, each pair of their words: the places of both, and what
        `compare.plain_word_cost` says of them."""
        one, two = self._word[left][:, :, None], self._word[right][:, None, :]
        pair, i, j = np.nonzero((one >= 0) & (two >= 0))
        a, b, words = self._word[left[pair], i], self._word[right[pair], j], len(self._units)
        cost, kind = self._costs(np.minimum(a, b) * words + np.maximum(a, b), words)
        found: list[list[tuple[int, int, int, str]]] = [[] for _ in range(len(left))]
        for at, *said, of in zip(pair.tolist(), i.tolist(), j.tolist(), cost.tolist(), kind.tolist(), strict=True):
            found[at].append((*said, _KINDS[of]))
        return found

    def _hold(self, words: Rows, share: Floats) -> None:
        """Keeps what is known of the words: rows of WORD, and the share of subjects that bear each."""
        if not len(words):
            words, share = np.zeros(1, dtype=WORD), np.ones(1)
        self._units, self._length, self._form_cost = words["units"], words["length"], words["cost"]
        self._groups, self._heard = words["groups"], words["heard"]
        self._grouped = words["groups"][:, 0] >= 0
        self._letters, self._held, self._size = words["letters"], words["held"].copy(), words["size"].copy()
        self._own_prefix = words["prefix"].astype(np.int64)
        self._near: Shorts | None = None
        self._column: Ints | None = None
        self._odd, self._abjad, self._known, self._listed, self._title = (words[name].copy() for name in _YES_OR_NO)
        self._script, self._bare, self._stem, self._signs, self._signs_heard = (words[name].copy() for name in _TEXTS)
        self._weight, self._says = words["weight"].astype(np.int64), words["says"].astype(np.int64)
        self._slipped = np.where(self._abjad, self._weight * slips.UNWRITTEN[0] // slips.UNWRITTEN[1], self._weight)
        self._first, self._share = words["first"].astype(np.int64), share
        self._forget()
        table = weights()
        prices = np.array([table.prefix.get(prefix, 0) for prefix in PREFIXES])
        self._prefix_cost = np.maximum.outer(prices, prices)
        np.fill_diagonal(self._prefix_cost, 0)

    def _forget(self) -> None:
        """What two words cost, for those that were compared."""
        self._costs_known = PairTable()

    def score(self, left: npt.ArrayLike, right: npt.ArrayLike) -> Outcome:
        """The outcome for each pair of rows `left[i]`, `right[i]`."""
        ours, theirs = np.asarray(left, dtype=np.int64), np.asarray(right, dtype=np.int64)
        found, merge = self._plain(ours, theirs)
        if len(merge):
            self._merge(found, merge, ours[merge], theirs[merge])
        return found

    def _plain(self, left: Ints, right: Ints) -> tuple[Outcome, Ints]:
        """The outcomes with each word by itself, and the rows where two words may be one word of the other name."""
        count = len(left)
        found = Outcome(
            np.zeros(count), np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64),
            np.zeros(count, dtype=np.int64), np.zeros(count), np.zeros(count), np.zeros(count, dtype=np.bool_),
        )  # fmt: skip
        if not count:
            return found, np.empty(0, dtype=np.int64)
        swap = self._rank[left] > self._rank[right]
        left, right = np.where(swap, right, left), np.where(swap, left, right)
        widths = _WIDTHS[np.minimum(self._count, WORDS_MAX)]
        shape = widths[left] * 16 + widths[right]
        if count < _FEW:
            shape = np.full(count, int(widths[left].max()) * 16 + int(widths[right].max()))
        order = np.argsort(shape, kind="stable")
        merge = []
        ends = np.flatnonzero(np.diff(shape[order])) + 1
        for rows in np.split(order, ends):
            wide_one, wide_two = divmod(int(shape[rows[0]]), 16)
            step = max(256, _CELLS // (wide_one * wide_two))
            for at in range(0, len(rows), step):
                part = rows[at : at + step]
                piece, again = self._chunk(left[part], right[part], wide_one, wide_two)
                found.score[part], found.cost[part], found.base[part] = piece.score, piece.cost, piece.base
                found.agreeing[part], found.heaviest[part] = piece.agreeing, piece.heaviest
                found.chance[part], found.initial[part] = piece.chance, piece.initial
                merge.append(part[again])
        for row in np.flatnonzero((self._count[left] > WORDS_MAX) | (self._count[right] > WORDS_MAX)):
            self._one_by_one(found, int(row), int(left[row]), int(right[row]))
        return found, np.concatenate(merge)

    def _merge(self, found: Outcome, rows: Ints, left: Ints, right: Ints) -> None:
        """`compare.align` for names of which one may write as one word what the other writes as two."""
        names: list[parts.Name] = []
        places: dict[tuple[int, int], int] = {}

        def place_of(row: int, place: int) -> int:
            """Where a name stands in the table of merged names; 0 and more: its words merged there. -1: it does not."""
            known = places.get((row, place))
            if known is None:
                name = self.names[row] if place < 0 else as_one.merged(self.names[row], place)
                known = places[row, place] = -1 if name is None else len(names)
                if name is not None:
                    names.append(name)
            return known

        owner, one, two = [], [], []
        for at, (mine, other) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
            if self._count[mine] == self._count[other]:
                swap = self._rank[mine] > self._rank[other]
                first, second = (other, mine) if swap else (mine, other)
                for place, opposite in joints(self.names[first], self.names[second]):
                    here, there = place_of(first, place), place_of(second, opposite)
                    if here >= 0 and there >= 0:
                        owner.append(at)
                        one.append(here)
                        two.append(there)
                continue
            longer, shorter = (mine, other) if self._count[mine] > self._count[other] else (other, mine)
            for place in range(int(self._count[longer]) - 1):
                joined = place_of(longer, place)
                if joined >= 0:
                    owner.append(at)
                    one.append(joined)
                    two.append(place_of(shorter, -1))
        if not owner:
            return
        merged, _ = Names.of(names, self._shares)._plain(np.array(one), np.array(two))
        whose = np.array(owner)
        cost = merged.cost + weights().merge
        order = np.lexsort((np.arange(len(whose)), cost, whose))
        best = order[np.concatenate([[True], whose[order][1:] != whose[order][:-1]])]
        best = best[cost[best] < found.cost[rows[whose[best]]]]
        to = rows[whose[best]]
        found.cost[to], found.base[to] = cost[best], merged.base[best]
        found.agreeing[to], found.heaviest[to] = merged.agreeing[best], merged.heaviest[best]
        found.chance[to], found.score[to] = merged.chance[best], scores_of(merged.base[best], cost[best])
        found.initial[to] = merged.initial[best]

    def _chunk(self, left: Ints, right: Ints, wide_one: int, wide_two: int) -> tuple[Outcome, Bools]:
        table = weights()
        rows = len(left)
        one, two = self._word[left, :wide_one], self._word[right, :wide_two]
        a, b = np.broadcast_arrays(one[:, :, None], two[:, None, :])
        both = np.flatnonzero((a >= 0) & (b >= 0))
        words = len(self._units)
        cost, kind = np.zeros(a.shape, dtype=np.int64), np.zeros(a.shape, dtype=np.int64)
        mine, other = a.reshape(-1)[both], b.reshape(-1)[both]
        cost.reshape(-1)[both], kind.reshape(-1)[both] = self._costs(
            np.minimum(mine, other) * words + np.maximum(mine, other), words
        )
        pre_one, pre_two = self._prefix[left][:, :wide_one], self._prefix[right][:, :wide_two]
        if pre_one.any() or pre_two.any():
            cost += self._prefix_cost[pre_one[:, :, None], pre_two[:, None, :]]
        i, j = np.arange(wide_one)[None, :, None], np.arange(wide_two)[None, None, :]
        key = np.full(a.shape, _FAR_KEY)
        key.reshape(-1)[both] = (cost * 512 + ((np.abs(i - j) * 8 + i) * 8 + j)).reshape(-1)[both]
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
        ben = PREFIXES.index("ben")
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
        kept = np.maximum(0, table.said_near - pair_cost)
        said = np.where(full, np.minimum(says_one, says_two) * kept // table.said_near, 0).sum(axis=1)
        share = np.clip((said - table.said_least) / (table.said_enough - table.said_least), 0.0, 1.0)
        # words on one side only
        over = np.where((one >= 0) & ~paired, self._over[left][:, :wide_one], 0).sum(axis=1)
        over += np.where((two >= 0) & ~taken, self._over[right][:, :wide_two], 0).sum(axis=1)
        left_over = ((one >= 0) & ~paired & ~self._title[one]).sum(axis=1)
        left_over += ((two >= 0) & ~taken & ~self._title[two]).sum(axis=1)
        slack = np.where(paired & (pair_kind != _DIFFERENT), pair_cost, 0).sum(axis=1) * table.over_slack
        thin = (1.0 - share) * table.over_thin
        total += np.where(over > 0, np.rint(over * (1.0 + np.minimum(1.5, slack) + thin)), 0).astype(np.int64)
        # the score
        pairs, agreeing = paired.sum(axis=1), full.sum(axis=1)
        base = table.base_least + share * (table.base - table.base_least)
        lonely = (agreeing == 0) | ((agreeing == 1) & (left_over > 0))
        surplus = np.clip((said - table.said_enough) / (table.said_full - table.said_enough), 0.0, 1.0)
        base = np.where(
            lonely,
            np.minimum(base, table.single_base),
            np.where(agreeing < pairs, np.minimum(base, table.initial_base), base + surplus * table.forgiven),
        )
        base = np.where(pairs > 0, base, -np.inf)
        score = scores_of(base, total)
        heaviest = np.where(full, np.maximum(weight_one, weight_two), 0).max(axis=1)
        share_one = self._share[np.where(one >= 0, one, 0)]
        share_two = np.take_along_axis(self._share[np.where(two >= 0, two, 0)], safe, axis=1)
        chance = np.maximum(np.where(full, share_one, 1.0).prod(axis=1), np.where(full, share_two, 1.0).prod(axis=1))
        found = Outcome(score, total, agreeing, heaviest, chance, base, (pair_kind == _INITIAL).any(axis=1))
        different = (paired & (pair_kind == _DIFFERENT)).sum(axis=1)
        count_one, count_two, again = self._count[left], self._count[right], np.zeros(rows, dtype=np.bool_)
        same = paired & (pair_kind == _SAME)
        same_right = np.zeros((rows, wide_two), dtype=np.bool_)
        who, ii = np.nonzero(same)
        same_right[who, match[who, ii]] = True
        free_one, free_two = (one >= 0) & ~same, (two >= 0) & ~same_right
        ready = (total > 0) & (different <= 1) & (count_one <= WORDS_MAX) & (count_two <= WORDS_MAX)
        longer = np.flatnonzero(ready & (count_one > count_two))
        again[longer] |= self._may_merge(one[longer], free_one[longer], two[longer], free_two[longer])
        longer = np.flatnonzero(ready & (count_two > count_one))
        again[longer] |= self._may_merge(two[longer], free_two[longer], one[longer], free_one[longer])
        level = np.flatnonzero(ready & (count_two == count_one))
        again[level] |= self._may_rejoin(one[level], two[level])
        return found, again

    def _may_rejoin(self, left: Ints, right: Ints) -> Bools:
        """Whether `compare.joints` finds any, for many rows of words."""
        apart, _, _, _ = unit_tables()
        found = np.zeros(len(left), dtype=np.bool_)
        places = [(at, to) for at in range(left.shape[1] - 1) for to in range(right.shape[1] - 1)]
        for at, to in places:
            ours, theirs = left[:, at : at + 2], right[:, to : to + 2]
            rows = np.flatnonzero((ours >= 0).all(axis=1) & (theirs >= 0).all(axis=1) & ~found)
            ours, theirs = ours[rows], theirs[rows]
            mine, other = self._weight[ours], self._weight[theirs]
            ready = (mine.max(axis=1, initial=0) <= REJOINED_SHORT) | (other.max(axis=1, initial=0) <= REJOINED_SHORT)
            ready &= np.abs(mine.sum(axis=1) - other.sum(axis=1)) <= REJOINED_APART
            ready &= (self._stem[ours] != self._stem[theirs]).all(axis=1)
            one, two = self._first[ours[:, 0]], self._first[theirs[:, 0]]
            ready &= (one >= 0) & (two >= 0) & (apart[one, two] <= MERGED_FIRST_APART)
            found[rows[ready]] = True
        return found

    def _may_merge(self, long: Ints, long_free: Bools, short: Ints, short_free: Bools) -> Bools:
        """`compare.may_merge` for many rows: the words, and which are there and not written the same."""
        apart, _, _, _ = unit_tables()
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
        found.agreeing[row], found.initial[row] = len(agreeing), any(p.kind == "initial" for p in alignment.pairs)
        ours, theirs = alignment.left.words, alignment.right.words
        found.chance[row] = max(
            math.prod(self._shares(ours[pair.left].stem) for pair in agreeing),
            math.prod(self._shares(theirs[pair.right].stem) for pair in agreeing),
        )
        found.heaviest[row] = max((max(ours[p.left].weight, theirs[p.right].weight) for p in agreeing), default=0)

    def _costs(self, keys: Ints, words: int) -> tuple[Ints, Ints]:
        """Cost and kind of each pair of words; those not yet known are compared, and kept."""
        place = self._costs_known.find(keys)
        lacking = keys[place < 0]
        if len(lacking):
            lacking.sort()
            fresh = lacking[np.concatenate([[True], lacking[1:] != lacking[:-1]])]
            cost, kind = self._compute(fresh // words, fresh % words)
            self._costs_known.put(fresh, cost * 8 + kind)
            place = self._costs_known.find(keys)
        found = self._costs_known.at(place).astype(np.int64)
        return found >> 3, found & 7

    def _may_be_alike(self, one: Ints, two: Ints, length: Ints) -> Bools:
        """Whether two words can cost less than the most there is. Each unit of a word stands against one of the other
        or against none: the sum of the least that each can cost is never more than the whole."""
        far = far_from(length)
        near, places, column = self._nearest(np.concatenate([one, two]))
        alive = np.arange(len(one))
        for mine, other in ((one, places[len(one) :]), (two, places[: len(one)])):
            sums = np.full(len(alive), 100_000, dtype=np.int64)
            for slot in range(FORMS_MAX):
                rows = np.flatnonzero(self._length[mine[alive], slot] > 0)
                if not len(rows):
                    break
                words, against = mine[alive[rows]], other[alive[rows]]
                length, most = self._length[words, slot], far[alive[rows]]
                found = self._form_cost[words, slot].astype(np.int64)
                for at in range(int(length.max())):
                    found += np.where(at < length, near[against, column[self._units[words, slot, at]]], 0)
                    if (
                        at % 2
                    ):  # most pairs have cost too much after a few units, and the rest of theirs need not be seen
                        left = np.flatnonzero(((found < most) | (most > 1000)) & (at + 1 < length))
                        ended = np.flatnonzero(at + 1 >= length)
                        sums[rows[ended]] = np.minimum(sums[rows[ended]], found[ended])
                        rows, against, words, length = rows[left], against[left], words[left], length[left]
                        most, found = most[left], found[left]
                        if not len(rows):
                            break
                sums[rows] = np.minimum(sums[rows], found)
            alive = alive[(sums < far[alive]) | (far[alive] > 1000)]
        may: Bools = self._odd[one] | self._odd[two]
        may[alive] = True
        return may

    def _nearest(self, words: Ints) -> tuple[Shorts, Ints, Ints]:
        """For each word and each unit of all, the least that the unit can cost against the word; where these words
        stand there, and in which column each unit. Of few words in all it is found once, of many for these."""
        if self._column is None:
            there = np.zeros(len(unit_tables()[0]), dtype=np.bool_)
            there[self._units.ravel()] = True
            self._column = np.where(there, np.cumsum(there) - 1, -1)
        if len(self._units) * int(self._column.max() + 1) <= NEAREST_MAX:
            if self._near is None:
                self._near = self._nearest_of(np.arange(len(self._units)), self._column)
            return self._near, words, self._column
        held, places = np.unique(words, return_inverse=True)
        return self._nearest_of(held, self._column), places, self._column

    def _nearest_of(self, words: Ints, column: Ints) -> Shorts:
        apart, *alone = unit_tables()
        units_held = np.flatnonzero(column >= 0)
        table = np.ascontiguousarray(apart[:, units_held])
        near = np.empty((len(words), len(units_held)), dtype=np.int16)
        near[:] = np.minimum.reduce(alone)[units_held]
        for start in range(0, len(words), 2048):
            part, here = words[start : start + 2048], near[start : start + 2048]
            for slot in range(FORMS_MAX):
                length, units = self._length[part, slot], self._units[part, slot]
                for place in range(int(length.max(initial=0))):
                    rows = np.flatnonzero(length > place)
                    here[rows] = np.minimum(here[rows], table[units[rows, place]])
        return near

    def _compute(self, one: Ints, two: Ints) -> tuple[Ints, Ints]:
        """Cost and kind for pairs of distinct words, as `compare.word_cost` without the prefixes."""
        if len(one) < _FEW:
            return self._listen(one, two)
        cap = weights().cap
        may = self._may_be_alike(one, two, np.minimum(self._weight[one], self._weight[two]))
        may |= (self._stem[one] == self._stem[two]) | ((self._signs[one] > 0) & (self._signs[two] > 0))
        may[self._slips(one, two)] = True
        both = np.flatnonzero(self._grouped[one] & self._grouped[two] & ~may)
        may[both] = share_one(self._groups[one[both]], self._groups[two[both]])
        rows = np.flatnonzero(may)
        cost, kind = np.full(len(one), cap, dtype=np.int64), np.full(len(one), _DIFFERENT, dtype=np.int64)
        cost[rows], kind[rows] = self._listen(one[rows], two[rows])
        return cost, kind

    def _listen(self, one: Ints, two: Ints) -> tuple[Ints, Ints]:
        """As `_compute`, of words that may be alike."""
        table = weights()
        count = len(one)
        cost = np.full(count, 1000, dtype=np.int64)
        abjad_one, abjad_two = self._abjad[one], self._abjad[two]
        length = np.minimum(self._weight[one], self._weight[two])
        slipped = self._slips(one, two)
        far = np.ceil(far_from(length)).astype(np.int64)
        for first in range(FORMS_MAX):
            for second in range(FORMS_MAX):
                ours, theirs = self._length[one, first], self._length[two, second]
                rows = np.flatnonzero((ours > 0) & (theirs > 0))
                rows = rows[np.argsort(ours[rows] * 64 + theirs[rows], kind="stable")]  # words of one length together
                for at in range(0, len(rows), _ALIGNED):
                    part = rows[at : at + _ALIGNED]
                    a, b = one[part], two[part]
                    forms = self._form_cost[a, first] + self._form_cost[b, second]
                    found = distances(
                        self._units[a, first], self._length[a, first], self._units[b, second], self._length[b, second],
                        abjad_one[part], abjad_two[part], np.minimum(cost[part], far[part]) - forms,
                    )  # fmt: skip
                    found = found + forms
                    cost[part] = np.minimum(cost[part], found)
        price = prices(cost, length)
        if len(slipped):
            a, b = one[slipped], two[slipped]
            of = slips.costs(self._letters[a], self._letters[b], self._listed[a] != self._listed[b])
            less = self._prefix_cost[self._own_prefix[a], self._own_prefix[b]]
            slip = np.maximum(0, prices(of, np.maximum(self._slipped[a], self._slipped[b])) - less)
            price[slipped] = np.minimum(price[slipped], slip)
        kind = np.where(price >= table.cap, _DIFFERENT, np.where(cost <= 40, _SOUND, _NEAR))
        shared, respelt = self._sisters(one, two)
        respelt &= price > table.respelt
        equal = respelt | (shared & (price > table.equivalent))
        apart = ~shared & self._known[one] & self._known[two] & (self._script[one] == self._script[two])
        known = np.flatnonzero(apart)
        apart[known] &= ~share_one(self._heard[one[known]], self._heard[two[known]])
        raised = np.minimum(table.cap, np.rint(price * table.known_apart).astype(np.int64) + table.known_apart_least)
        kind = np.where(apart & (kind == _SOUND) & (raised > 100), _NEAR, kind)
        kind = np.where(apart & (raised >= table.cap), _DIFFERENT, kind)
        sisters_price = np.where(respelt, table.respelt, table.equivalent)
        price = np.where(equal, sisters_price, np.where(apart, raised, price))
        kind = np.where(equal, _EQUIVALENT, kind)
        sexes = self._two_names(one, two)
        price, kind = np.where(sexes, table.cap, price), np.where(sexes, _DIFFERENT, kind)
        same = self._stem[one] == self._stem[two]
        price, kind = np.where(same, 0, price), np.where(same, _SAME, kind)
        mine, other = self._signs[one], self._signs[two]
        signs = (mine > 0) & (other > 0) & (mine & 1 == other & 1) & (mine != other)
        heard = self._signs_heard[one] == self._signs_heard[two]
        sisters = shared | (heard & (mine & 1 == 0))
        price = np.where(
            signs, np.where(sisters, table.equivalent, np.where(heard, SIGNS_SAME_SOUND, table.cap)), price
        )
        kind = np.where(signs, np.where(sisters, _EQUIVALENT, np.where(heard, _NEAR, _DIFFERENT)), kind)
        for row in np.flatnonzero(self._odd[one] | self._odd[two]):
            single, said = plain_word_cost(self._words[int(one[row])], self._words[int(two[row])])
            price[row], kind[row] = single, _KINDS.index(said)
        return price, kind

    def _slips(self, one: Ints, two: Ints) -> Ints:
        """The pairs of which one word is the other with one slip of the pen."""
        apart = self._held[one] ^ self._held[two]
        likely = (apart & (apart - 1) == 0) & (np.abs(self._size[one] - self._size[two]) <= 1)
        rows = np.flatnonzero(likely & (self._script[one] == self._script[two]) & ~self._odd[one] & ~self._odd[two])
        one, two = one[rows], two[rows]
        known = self._listed[one] != self._listed[two]
        least = np.where(known, slips.LEAST_OF_KNOWN, slips.LEAST)
        last = known & (self._listed[one] == (self._size[one] > self._size[two]))
        return rows[slips.are_slips(self._letters[one], self._letters[two], least, last)]

    def _sisters(self, one: Ints, two: Ints) -> tuple[Bools, Bools]:
        """Which pairs of words are known as one name, and which as one name in two romanisations."""
        found, respelt = np.zeros(len(one), dtype=np.bool_), np.zeros(len(one), dtype=np.bool_)
        rows = np.flatnonzero(self._grouped[one] & self._grouped[two])
        rows = rows[share_one(self._groups[one[rows]], self._groups[two[rows]])]
        found[rows] = True
        ours = self._groups[one[rows]]
        respelt[rows] = share_one(np.where(ours >= given.RESPELT, ours, -1), self._groups[two[rows]])
        return found, respelt

    def _two_names(self, one: Ints, two: Ints) -> Bools:
        """Which pairs of words are two given names that are never one (`given.apart`)."""
        found = np.zeros(len(one), dtype=np.bool_)
        rows = np.flatnonzero((self._bare[one] > 0) & (self._bare[two] > 0))
        if len(rows):
            known, place = np.unique(pairs_apart(), return_inverse=True)
            pairs = place.reshape(-1, 2) @ (len(known), 1)
            ours, theirs = np.searchsorted(known, self._bare[one[rows]]), np.searchsorted(known, self._bare[two[rows]])
            found[rows] = np.isin(ours * len(known) + theirs, pairs)
        return found


def _sure(stem: str) -> float:
    """Without counts, nothing is known of how common a word is."""
    return 1.0
