"""The words of names as rows of figures: each read once, kept on disk if need be, compared many at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt

from passerelle.names import given, latin, parts, slips

Rows = npt.NDArray[Any]
"""Rows of WORD."""

UNITS_MAX = 24
FORMS_MAX = 4
GROUPS_MAX = 12
PREFIXES = ("", "ben", "abd", "abu", "van", "mac")
HEARD_MAX = 16

WORD = np.dtype(
    [
        ("of", np.int64), ("stem", np.int64), ("script", np.int64), ("bare", np.int64), ("signs", np.int64),
        ("signs_heard", np.int64), ("weight", np.int32), ("says", np.int32), ("first", np.int32), ("odd", np.bool_),
        ("known", np.bool_), ("listed", np.bool_), ("title", np.bool_), ("abjad", np.bool_),
        ("length", np.int16, (FORMS_MAX,)), ("cost", np.int16, (FORMS_MAX,)),
        ("units", np.int16, (FORMS_MAX, UNITS_MAX)), ("groups", np.int32, (GROUPS_MAX,)),
        ("heard", np.int32, (HEARD_MAX,)), ("held", np.int64), ("size", np.int16), ("prefix", np.int16),
        ("letters", np.uint16, (slips.LETTERS_MAX,)),
    ]
)  # fmt: skip
"""One word. `of` tells it from every other word, in any process; texts stand as numbers that are equal where they are.
`bare` is 0 for a word that is no half of a pair of given names kept apart; `signs` is 0 for a word of letters, odd
for Chinese signs, even for Korean. `held`, `size` and `letters` are for `slips`; `prefix` is a place in PREFIXES.
`odd` words do not fit, and are compared one by one."""


def number_of(*texts: object) -> int:
    """A number of 62 bits that equal texts share, alike in every process; 0 is never one."""
    said = "\0".join(map(str, texts)).encode("utf-8", "surrogatepass")
    return (int.from_bytes(blake2b(said, digest_size=8).digest(), "little") >> 2) | 1 << 61


@cache
def _paired() -> frozenset[str]:
    return frozenset(name for pair in given.apart() for name in pair)


@cache
def pairs_apart() -> npt.NDArray[np.int64]:
    """The pairs of given names that are never one, by the numbers of their texts: one row for each, both ways."""
    pairs = [(number_of(one), number_of(two)) for one, two in given.apart()]
    return np.array(sorted({*pairs, *((two, one) for one, two in pairs)}), dtype=np.int64).reshape(-1, 2)


def identity(word: parts.Word) -> int:
    """What tells a word from every other: how it is written and read, not where it stands."""
    return number_of(
        word.stem, word.letters, word.prefix, word.kind, word.signs, sorted(word.groups),
        [(f.cost, f.units) for f in word.forms],
    )  # fmt: skip


KEPT_MAX = 16_384
_kept: dict[int, bytes] = {}
"""The rows of words, by their numbers in this process: one set of names after another says many of the same."""


def rows_of(words: Sequence[parts.Word]) -> Rows:
    """The rows of these words. Another thread may let go of what is kept meanwhile: what was looked up is held here."""
    rows = [_kept.get(word.number) for word in words]
    lacking = [word for word, row in zip(words, rows, strict=True) if row is None]
    if not lacking:
        return np.frombuffer(b"".join(row for row in rows if row is not None), dtype=WORD)
    made = np.array([_row(word) for word in lacking], dtype=WORD)
    if len(lacking) == len(words) > KEPT_MAX:
        return made
    held = {word.number: row for word, row in zip(words, rows, strict=True) if row is not None}
    fresh = dict(zip([word.number for word in lacking], [row.tobytes() for row in made], strict=True))
    if len(_kept) + len(fresh) > KEPT_MAX:
        _kept.clear()
        _kept.update(held)
    _kept.update(fresh)
    held.update(fresh)
    return np.frombuffer(b"".join([held[word.number] for word in words]), dtype=WORD)


def _row(word: parts.Word) -> tuple[Any, ...]:
    bare, letters = latin.bare(word.stem), word.letters
    forms = word.forms[:FORMS_MAX]
    odd = (
        word.kind != "name"
        or len(word.forms) > FORMS_MAX
        or len(word.groups) > GROUPS_MAX
        or len(word.heard) > HEARD_MAX
        or len(letters) > slips.LETTERS_MAX
        or any(len(form.units) > UNITS_MAX for form in forms)
    )
    if odd:
        forms = ()
    signs, heard = 0, 0
    if word.signs:
        signs, heard = (number_of(word.signs) & ~1) | (word.script == "han"), number_of(word.signs_heard)
    return (
        identity(word), number_of(word.stem), number_of(word.known_in), number_of(bare) if bare in _paired() else 0,
        signs, heard, word.weight, word.says, word.first, odd, word.known, word.listed, word.title,
        any(form.abjad for form in forms[-1:]),
        _wide((len(form.units) for form in forms), FORMS_MAX, -1), _wide((form.cost for form in forms), FORMS_MAX, 0),
        (*(_wide(form.units, UNITS_MAX, 0) for form in forms), *(_NO_UNITS,) * (FORMS_MAX - len(forms))),
        _wide(() if odd else sorted(word.groups), GROUPS_MAX, -1),
        _wide(() if odd else sorted(word.heard), HEARD_MAX, -1), slips.held_in(letters), len(letters),
        PREFIXES.index(word.prefix), slips.letters_of(letters),
    )  # fmt: skip


_NO_UNITS = (0,) * UNITS_MAX


def _wide(values: Iterable[int], width: int, rest: int) -> tuple[int, ...]:
    """The values, and so often `rest` that there are `width`."""
    held = tuple(values)
    return held + (rest,) * (width - len(held))


def together(tables: Iterable[Rows]) -> Rows:
    """The rows of several tables in the order of `of`, each word once."""
    rows = np.concatenate([np.zeros(0, dtype=WORD), *tables])
    _, first = np.unique(rows["of"], return_index=True)
    return rows[first]


def share_one(left: npt.NDArray[Any], right: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Whether two rows of numbers, padded with -1, have one in common."""
    found = np.zeros(len(left), dtype=np.bool_)
    for slot in range(left.shape[1]):
        mine = left[:, slot]
        if not (mine >= 0).any():
            continue
        found |= (mine[:, None] == right).any(axis=1) & (mine >= 0)
    return found
