"""The vectors of what can be searched for, opened once and kept in the memory of this process, so many at most."""

from __future__ import annotations

import threading
import time  # bent: how long ago something was cleared away in this process's memory is no fact of the house
from typing import Any

import numpy as np
import numpy.typing as npt

from passerelle.flow.index import unpacked
from passerelle.records import wall
from passerelle.records.models import Findable
from passerelle.search import encoder

Ints = npt.NDArray[np.int64]

KEPT_MAX = 150_000
"""So many vectors are kept, 512 bytes each; of more that one reader may see, the newest count."""

CLEARED_EVERY_SECONDS = 300
AT_ONCE = 5_000

OPENED_MAX = 10_000
"""So many vectors are opened for one search, about a second of the processor; the newest come first, and the next
search opens more."""

_MEANING: Any = Findable._meta.get_field("meaning")


class Kept:
    """Vectors by the key of their findable, in order of key. A key is never given twice, and a findable never changes:
    what is kept is never wrong, it can only be of something that is gone; that is cleared away every five minutes."""

    def __init__(self, at_most: int = KEPT_MAX, opened_max: int = OPENED_MAX) -> None:
        self._at_most = at_most
        self._opened_max = opened_max
        self._lock = threading.Lock()
        self._of = ""
        self._keys: Ints = np.empty(0, dtype=np.int64)
        self._vectors: encoder.Vectors = np.empty((0, encoder.SIZE), dtype=np.int8)
        self._looked: Ints = np.empty(0, dtype=np.int64)
        self._cleared = time.monotonic()

    def nearness(self, of: Any, question: str, keys: Ints, names: str) -> tuple[npt.NDArray[np.float32], bool]:
        """How near the meaning of each of these findables (by key, in order) is to that of a question; 0 for one that
        has no vector, or whose vector is still to be opened: whether there are such is told too. Only these are
        opened: what it costs depends on nothing else."""
        asked = of.encode([question])[0]
        wanted = keys[-self._at_most :]
        with self._lock:
            left = self._take_in(wanted, names)
            places = np.searchsorted(self._keys, wanted)
            places = np.minimum(places, max(len(self._keys) - 1, 0))
            has = self._keys[places] == wanted if len(self._keys) else np.zeros(len(wanted), dtype=np.bool_)
            vectors = self._vectors[places[has]]
        found = np.zeros(len(keys), dtype=np.float32)
        part = np.zeros(len(wanted), dtype=np.float32)
        part[has] = encoder.nearness(asked, vectors)
        found[len(keys) - len(wanted) :] = part
        return found, left

    def _take_in(self, wanted: Ints, names: str) -> bool:
        """Opens what is missing, the newest first and so many at most; whether some are left."""
        if names != self._of:
            self._of, self._keys, self._looked = names, wanted[:0], wanted[:0]
            self._vectors = np.empty((0, encoder.SIZE), dtype=np.int8)
        if time.monotonic() - self._cleared > CLEARED_EVERY_SECONDS:
            self._clear()
        missing = np.setdiff1d(wanted, self._looked, assume_unique=True)
        if not len(missing):
            return False
        if len(self._keys) + len(missing) > 2 * self._at_most:
            self._keys, self._looked, missing = wanted[:0], wanted[:0], wanted
            self._vectors = np.empty((0, encoder.SIZE), dtype=np.int8)
        left = len(missing) > self._opened_max
        missing = missing[-self._opened_max :]
        keys, texts = _opened(missing, names)
        fresh = unpacked("".join(texts)) if texts else self._vectors[:0]
        order = np.argsort(np.concatenate([self._keys, keys]), kind="stable")
        self._vectors = np.concatenate([self._vectors, fresh])[order]
        self._keys = np.concatenate([self._keys, keys])[order]
        self._looked = np.union1d(self._looked, missing)
        return left

    def _clear(self) -> None:
        with wall.as_house():
            there = np.fromiter(Findable.objects.values_list("pk", flat=True), dtype=np.int64)
        stays = np.isin(self._keys, there)
        self._keys, self._vectors = self._keys[stays], self._vectors[stays]
        self._looked = self._looked[np.isin(self._looked, there)]
        self._cleared = time.monotonic()


def _opened(keys: Ints, names: str) -> tuple[Ints, list[str]]:
    """The vectors of the whole texts of these findables, as text; of those that the encoder `names` made."""
    open_in = _MEANING.opener()
    found: list[int] = []
    texts: list[str] = []
    for start in range(0, len(keys), AT_ONCE):
        part = keys[start : start + AT_ONCE].tolist()
        rows = Findable.objects.filter(pk__in=part, encoder=names).order_by("pk").values_list("pk", "salt", "meaning")
        for pk, salt, meaning in rows:
            found.append(pk)
            texts.append(open_in(meaning, salt))
    return np.array(found, dtype=np.int64), texts


kept = Kept()
"""Those of this process."""
