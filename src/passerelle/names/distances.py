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
    return apart.astype(np.int16), missing, missing_abjad, missing_both


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
    both = left_abjad & right_abjad
    gone_left = np.where(both, missing_both[ours], np.where(right_abjad, missing_abjad[ours], missing[ours]))
    gone_right = np.where(both, missing_both[theirs], np.where(left_abjad, missing_abjad[theirs], missing[theirs]))
    row = [np.zeros(len(left), dtype=np.int16)]
    for column in range(wide_right):
        row.append(row[-1] + gone_right[column])
    out = np.zeros(len(left), dtype=np.int16)
    at: Ints | None = None
    even = int(left_length.min()) == wide_left and int(right_length.min()) == wide_right
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
        if not even:
            _finish(out, at, row, left_length == index + 1, right_length)
        if enough is None or index % EACH == 0 or index + 1 == wide_left or len(enough) < _WORTH:
            continue
        # what is still to come adds to the least of the last two rows
        least = np.minimum.reduce([*row, *before])
        open_ = least < enough
        if np.count_nonzero(open_) > len(open_) * 0.7:
            continue
        kept = np.flatnonzero(open_)
        decided = np.flatnonzero(~open_ & (left_length > index + 1))
        out[decided if at is None else at[decided]] = least[decided]
        at = kept if at is None else at[kept]
        if not len(kept):
            return out.astype(np.int32)
        row, before, swaps_before = ([line[kept] for line in table] for table in (row, before, swaps_before))
        ours, theirs, gone_left, gone_right = (table[:, kept] for table in (ours, theirs, gone_left, gone_right))
        left_length, right_length, enough = left_length[kept], right_length[kept], enough[kept]
    if even:
        if at is None:
            return row[-1].astype(np.int32)
        out[at] = row[-1]
    return out.astype(np.int32)


def _finish(out: Shorts, at: Ints | None, row: list[Shorts], ended: Bools, right_length: Ints) -> None:
    """Takes the figure of those pairs whose left word ends here; they stand in `out` where `at` says, or each at its
    own place."""
    rows = np.flatnonzero(ended)
    if len(rows):
        lengths = right_length[rows]
        for length in np.flatnonzero(np.bincount(lengths)):
            chosen = rows[lengths == length]
            out[chosen if at is None else at[chosen]] = row[int(length)][chosen]
