"""What pairs of words say, kept for many look-ups at once: a table of hashed places in arrays."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Shorts = npt.NDArray[np.int16]

_EMPTY = -1
_LEAST = 1 << 12
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""2^64 divided by the golden ratio: Fibonacci hashing (Knuth, The Art of Computer Programming, volume 3, 6.4)."""


class PairTable:
    """Whole numbers by key; both are arrays. Keys are 0 or more; values fit in 16 bits."""

    def __init__(self) -> None:
        self._count = 0
        self._make(_LEAST)

    def _make(self, size: int) -> None:
        self._keys = np.full(size, _EMPTY, dtype=np.int64)
        self._values = np.zeros(size, dtype=np.int16)
        self._shift = np.uint64(64 - size.bit_length() + 1)
        self._mask = size - 1

    def __len__(self) -> int:
        return self._count

    def find(self, keys: Ints) -> Ints:
        """Where each key stands, -1 where it does not."""
        place = self._first(keys)
        held = self._keys[place]
        open_ = np.flatnonzero((held != keys) & (held != _EMPTY))
        while len(open_):
            place[open_] = (place[open_] + 1) & self._mask
            held = self._keys[place[open_]]
            open_ = open_[(held != keys[open_]) & (held != _EMPTY)]
        place[self._keys[place] == _EMPTY] = -1
        return place

    def at(self, places: Ints) -> Shorts:
        """The values that stand there."""
        return self._values[places]

    def put(self, keys: Ints, values: Ints) -> None:
        """Keeps values under keys that are not yet held, each given once."""
        wanted = 4 * (self._count + len(keys))
        if wanted > 2 * len(self._keys):
            held = self._keys != _EMPTY
            old_keys, old_values = self._keys[held], self._values[held]
            self._make(1 << (wanted - 1).bit_length())
            self._place(old_keys, old_values)
        self._place(keys, values.astype(np.int16))
        self._count += len(keys)

    def _place(self, keys: Ints, values: Shorts) -> None:
        place = self._first(keys)
        while len(keys):
            free = self._keys[place] == _EMPTY
            self._keys[place[free]] = keys[free]
            mine = free & (self._keys[place] == keys)
            self._values[place[mine]] = values[mine]
            left = ~mine
            keys, values, place = keys[left], values[left], (place[left] + 1) & self._mask

    def _first(self, keys: Ints) -> Ints:
        return ((keys.astype(np.uint64) * _SPREAD) >> self._shift).astype(np.int64)
