"""Keys as numbers of 64 bits, alike on every machine: two that collide only cost one comparison more."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]

KINDS = (
    "name", "word", "near", "born", "birth", "organisation", "identifier", "phone", "plate", "plate_part", "email",
    "address", "relation", "other",
)  # fmt: skip
"""The kinds of keys that `matching` makes; one that is not listed here counts as other, and is bounded like all."""

NAME_SIGNS_MAX = 64
"""A key of two words is cut off here, and is then digested whole."""

_STEP = 0x9E3779B97F4A7C15
_64 = 2**64 - 1


def texts(said: Sequence[str]) -> Words:
    """The digests of texts: eight bytes at a time, mixed and added."""
    if not said:
        return np.empty(0, dtype=np.uint64)
    packed = np.array([text.encode("utf-8", "replace") for text in said])
    width = -(-packed.dtype.itemsize // 8)
    parts_of = packed.astype(f"S{8 * width}").view("<u8").reshape(len(said), width)
    out = np.zeros(len(said), dtype=np.uint64)
    with np.errstate(over="ignore"):
        for place in range(width):
            part = parts_of[:, place]
            out += np.where(part != 0, _mixed(part + np.uint64((place + 1) * _STEP & _64)), np.uint64(0))
        return _mixed(out)


@lru_cache(maxsize=65536)
def text(said: str) -> int:
    """The same digest, of one text: so few are not worth an array."""
    raw = said.encode("utf-8", "replace").rstrip(b"\0")
    out = 0
    for place in range(0, len(raw), 8):
        part = int.from_bytes(raw[place : place + 8], "little")
        out += _mixed_one(part + (place // 8 + 1) * _STEP & _64) if part else 0
    return _mixed_one(out & _64)


@cache
def of_kind(kind: str) -> np.uint64:
    """What is added to the digests of a kind."""
    return np.uint64(text(f"\0{kind}"))


def keys(kind: npt.NDArray[np.uint64] | np.uint64, one: Words, two: Words | np.uint64) -> Ints:
    """The digests of keys: what their kinds add, and the digests of the halves of their values (0 for no half)."""
    with np.errstate(over="ignore"):
        return _mixed(one + two + kind).view(np.int64)


def halves(kind: str, value: str) -> tuple[str, str]:
    """The two texts of which a key is made up, in any order; the second may be missing."""
    if kind == "name" and len(value) < NAME_SIGNS_MAX and value.count("|") == 1:
        one, _, two = value.partition("|")
        return one, two
    if kind == "address" and "#" in value:
        one, _, two = value.rpartition("#")
        return one, two
    if kind == "born":
        one, _, two = value.rpartition("|")
        return one, two
    return (value[:-1], value[-1:]) if kind == "birth" else (value, "")


def digest(kind: str, value: str) -> int:
    """A key as a signed 64-bit number."""
    one, two = halves(kind, value)
    said = _mixed_one(text(one) + (text(two) if two else 0) + int(of_kind(kind)) & _64)
    return said - 2**64 if said >= 2**63 else said


def _mixed(word: Words) -> Words:
    """The mixing of SplitMix64 (Steele, Lea and Flood, 2014)."""
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Words = word ^ (word >> np.uint64(31))
    return mixed


def _mixed_one(word: int) -> int:
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9 & _64
    word = (word ^ (word >> 27)) * 0x94D049BB133111EB & _64
    return word ^ (word >> 31)
