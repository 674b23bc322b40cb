"""What sounds that differ cost the names they stand in, for many pairs at once."""

from __future__ import annotations

import numpy as np

from passerelle.names.compare import price_of, weights
from passerelle.names.distances import Floats, Ints


def far_from(length: Ints) -> Floats:
    """The cost of sounds from which on two words are as far apart as can be, by what the shorter says."""
    table = weights()
    most = (table.cap / table.scale) ** (1.0 / table.power)
    return np.asarray(most * (table.length_floor * 100 + table.length_share * length) + 1.0, dtype=np.float64)


_PRICED = np.full((1001, 4096), -1, dtype=np.int32)
"""What `price_of` said so far: by the cost of the sounds, and by what the shorter word says (a word of so few units
says less than the last column)."""


def prices(cost: Ints, length: Ints) -> Ints:
    """`compare.price_of` for costs of at most 1000."""
    length = np.minimum(length, _PRICED.shape[1] - 1)
    price = _PRICED[cost, length]
    for one, weight in {*zip(cost[price < 0].tolist(), length[price < 0].tolist(), strict=True)}:
        _PRICED[one, weight] = price_of(one, weight, 10**9)
    return _PRICED[cost, length].astype(np.int64)


def scores_of(base: Floats, cost: Ints) -> Floats:
    """`compare`'s score for what names can say (more than `weights().base` only makes up for cost), and their cost."""
    with np.errstate(over="ignore"):
        found: Floats = 1.0 / (1.0 + np.exp(-np.minimum(base - cost, weights().base) / 100))
    return found
