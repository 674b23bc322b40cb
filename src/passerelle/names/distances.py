"""How far words sound apart, for many pairs of words at once."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from passerelle.names import sounds

Ints = npt.NDArray[np.int64]
Costs = npt.NDArray[np.int32]
Shorts = npt.NDArray[np.int16]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@cache
def unit_tables() -> tuple[Shorts, Shorts, Shorts, Shorts]:
    """`apart[u, v]`, `missing[u]`, `missing_abjad[u]`, `missing_both[u]` of `sounds.tables()` as arrays; whole words
    cost less than 2^15 too."""
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
    having = [np.flatnonzero(price[:, slot] < 100_000) for slot in range(most)]
    for ours in range(most):
        for theirs in range(most):
            rows, columns = having[ours][:, None], having[theirs][None, :]
            found = between[option[rows, ours], option[columns, theirs]] + price[rows, ours] + price[columns, theirs]
            apart[rows, columns] = np.minimum(apart[rows, columns], found)
    np.fill_diagonal(apart, 0)
    for (one, two), cost in tables.apart_unit.items():
        apart[one, two] = cost
    gone = (tables.missing, tables.missing_abjad, tables.missing_both)
    missing, missing_abjad, missing_both = (np.array(costs, dtype=np.int16) for costs in gone)
    short: Shorts = apart.astype(np.int16)
    tables.apart_in_all = lambda one: list(map(int, short[one]))
    return short, missing, missing_abjad, missing_both


EACH = 2
_WORTH = 256
"""After so many units of the left words it is seen which pairs are decided; of fewer pairs that is not worth a look."""


def distances(
    left: Ints, left_length: Ints, right: Ints, right_length: Ints, left_abjad: Bools, right_abjad: Bools,
    enough: Ints | None = None,
) -> Costs:  # fmt: skip
    """`sounds.distance` for many pairs: units padded to `word_table.UNITS_MAX`, and their lengths. A pair that is found
    to be no nearer than `enough` is not followed to its end, and any figure from there on is told of it."""
    apart, missing, missing_abjad, missing_both = unit_tables()
    wide_left, wide_right = int(left_length.max()), int(right_length.max())
    count = apart.shape[0]
    flat = apart.ravel()
    ours, theirs = left[:, :wide_left].T.astype(np.int64), right[:, :wide_right].T.astype(np.int64)
    gone_left: Shorts = missing.take(ours, mode="clip")
    gone_right: Shorts = missing.take(theirs, mode="clip")
    if left_abjad.any() or right_abjad.any():
        both = left_abjad & right_abjad
        gone_left = np.where(both, missing_both[ours], np.where(right_abjad, missing_abjad[ours], gone_left))
        gone_right = np.where(both, missing_both[theirs], np.where(left_abjad, missing_abjad[theirs], gone_right))
    ours *= count  # where the row of a unit begins in `flat`
    # A row holds, for each end of the right word and each pair, the cost up to there; `alone`, that of all before it
    # standing against nothing. Above that, a row never rises: what stands against nothing is found by least figures.
    alone: Shorts = np.zeros((wide_right + 1, len(left)), dtype=np.int16)
    np.cumsum(gone_right, axis=0, dtype=np.int16, out=alone[1:])
    row = before = alone
    swaps_before: Shorts = gone_right
    out = np.zeros(len(left), dtype=np.int16)
    at: Ints | None = None
    even = int(left_length.min()) == wide_left and int(right_length.min()) == wide_right
    for index in range(wide_left):
        swaps = flat.take(theirs + ours[index], mode="clip")
        fresh = row + gone_left[index]
        best = fresh[1:]
        np.minimum(best, row[:-1] + swaps, out=best)
        if index and wide_right > 1:
            turned = before[:-2] + swaps[:-1]
            turned += swaps_before[1:]
            turned += sounds.TRANSPOSED
            np.minimum(best[1:], turned, out=best[1:])
        fresh -= alone
        for column in range(wide_right):
            np.minimum(fresh[column + 1], fresh[column], out=fresh[column + 1])
        fresh += alone
        before, row, swaps_before = row, fresh, swaps
        if not even:
            ended = np.flatnonzero(left_length == index + 1)
            if len(ended):
                out[ended if at is None else at[ended]] = row[right_length[ended], ended]
        if enough is None or index % EACH == 0 or index + 1 == wide_left or len(enough) < _WORTH:
            continue
        # what is still to come adds to the least of the last two rows
        least = np.minimum(row.min(axis=0), before.min(axis=0))
        open_ = least < enough
        if np.count_nonzero(open_) > len(open_) * 0.7:
            continue
        kept = np.flatnonzero(open_)
        decided = np.flatnonzero(~open_ & (left_length > index + 1))
        out[decided if at is None else at[decided]] = least[decided]
        at = kept if at is None else at[kept]
        if not len(kept):
            return _costs(out)
        ours, theirs = ours[:, kept], theirs[:, kept]
        row, before, swaps_before, gone_left, alone = (
            table[:, kept] for table in (row, before, swaps_before, gone_left, alone)
        )
        left_length, right_length, enough = left_length[kept], right_length[kept], enough[kept]
    if even:
        if at is None:
            return _costs(row[-1])
        out[at] = row[-1]
    return _costs(out)


def _costs(found: Shorts) -> Costs:
    costs: Costs = found.astype(np.int32)
    return costs
