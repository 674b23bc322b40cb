"""One slip of the pen: a letter left out inside a word, or two neighbours that changed places.

What a slip does to the sound depends on the letters it falls on: *Trường* without its n, *Sadeghi* as *Saedghi* sound
far from what was meant, *Tahiri* without its r does not. A slip is as likely in each, so that it costs the same: no
more than `SLIPS`. Found by letters without accents, in one script; the first letter, and a last vowel that is
left out (*Karim*, *Karima*), are not taken for slips, but for that of a name in the lists that is in none without it
(*Jessica*, *Jessic*).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

LETTERS_MAX = 24
VOWELS = "aeiouyаеиоуыэюяєіїαεηιουωაეიოუաեէըիոօاهةويیىہה"
"""A last letter that makes another name: vowels, and the letters that stand for one where vowels are not written."""
LEAST = 4
LEAST_OF_KNOWN = 3
"""So many letters has the longer of two words of which one may be a slip of the other; and where just one is known."""
SLIPS = (65, 50, 75)
"""What one slip costs, in hundredths of a consonant: a letter left out within, two that changed places (which hardly
ever makes a name that others bear), the last letter left out (*Levin*, *Levi*: often another name)."""
SLIPS_OF_A_KNOWN_NAME = (50, 40, 60)
"""The same where one of the two is in the lists of names and the other is not: hardly anybody is called the other."""

UNWRITTEN = (2, 1)
"""What a word says where vowels are not written, times so much, when a slip in it is priced: it has fewer letters than
it has sounds, and each of them says more. Set on 3,000 invented strangers: so a slip is missed as often as in Latin
letters, and no more strangers meet a false match."""

Letters = npt.NDArray[np.uint16]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def is_slip(left: str, right: str, least: int = LEAST, last: bool = False) -> bool:
    """Whether one word is the other with one slip, the longer of `least` letters or more; the same both ways round.
    `last`: also where the slip is the last vowel left out.

    >>> is_slip("sadeghi", "saedghi"), is_slip("truong", "truog"), is_slip("karim", "karima"), is_slip("lan", "lna")
    (True, True, False, False)
    """
    short, long = (left, right) if len(left) <= len(right) else (right, left)
    size = len(long)
    if size < least or size - len(short) > 1 or left == right or left[:1] != right[:1]:
        return False
    before = next((at for at, (one, two) in enumerate(zip(short, long, strict=False)) if one != two), len(short))
    if len(short) < size:
        return (last or before < size - 1 or _is_consonant(long[-1])) and short[before:] == long[before + 1 :]
    return (
        before < size - 1
        and short[before] == long[before + 1]
        and short[before + 1] == long[before]
        and short[before + 2 :] == long[before + 2 :]
    )


def cost(left: str, right: str, known: bool) -> int:
    """What the slip costs that parts two words; `known`: one of them is in the lists of names."""
    which = 1 if len(left) == len(right) else 2 if left.startswith(right) or right.startswith(left) else 0
    return (SLIPS_OF_A_KNOWN_NAME if known else SLIPS)[which]


def said(weight: int, abjad: bool) -> int:
    """What a word says, for the price of a slip in it, by what its written sounds say."""
    return weight * UNWRITTEN[0] // UNWRITTEN[1] if abjad else weight


def costs(left: Letters, right: Letters, known: Bools) -> Ints:
    """`cost` for many pairs of rows of letters."""
    shorter = (left == 0) | (right == 0)
    turned, ends = ((left > 0) == (right > 0)).all(axis=1), ((left == right) | shorter).all(axis=1)
    found: Ints = _COSTS[known.astype(np.int64), np.where(turned, 1, np.where(ends, 2, 0))]
    return found


_COSTS = np.array([SLIPS, SLIPS_OF_A_KNOWN_NAME])


def _is_consonant(letter: str) -> bool:
    return letter not in VOWELS and letter.isalpha()


def letters_of(text: str) -> tuple[int, ...]:
    """The letters of a word as a row of `LETTERS_MAX` numbers; 0 where there is none."""
    found = [(ord(sign) & 0xFFFF) or 1 for sign in text[:LETTERS_MAX]]
    return (*found, *(0 for _ in range(LETTERS_MAX - len(found))))


def held_in(text: str) -> int:
    """Which letters a word has, one bit for each (some letters share one): a slip changes one bit at most."""
    found = 0
    for sign in text:
        found |= 1 << ord(sign) % 62
    return found


@cache
def _consonants() -> Bools:
    found = np.array([_is_consonant(chr(number)) for number in range(0x10000)], dtype=np.bool_)
    found[0] = False
    return found


def are_slips(left: Letters, right: Letters, least: Ints, last: Bools) -> Bools:
    """`is_slip` for many pairs of rows of letters, each with its `least` and `last`."""
    if not len(left):
        return np.zeros(0, dtype=np.bool_)
    one_size, two_size = (left > 0).sum(axis=1), (right > 0).sum(axis=1)
    swap = one_size > two_size
    short, long = np.where(swap[:, None], right, left), np.where(swap[:, None], left, right)
    size = np.maximum(one_size, two_size)
    differ = short != long
    before = np.where(differ.any(axis=1), differ.argmax(axis=1), LETTERS_MAX)
    every, places = np.arange(len(left)), np.arange(LETTERS_MAX)[None, :]
    able = (size >= least) & (size - np.minimum(one_size, two_size) <= 1) & (before >= 1)
    shifted = np.concatenate([long[:, 1:], np.zeros((len(long), 1), dtype=long.dtype)], axis=1)
    left_out = (one_size != two_size) & ((short == shifted) | (places < before[:, None])).all(axis=1)
    at, after = np.minimum(before, LETTERS_MAX - 1), np.minimum(before + 1, LETTERS_MAX - 1)
    left_out &= last | (before < size - 1) | _consonants()[long[every, size - 1]]
    turned = (
        (one_size == two_size)
        & (before < size - 1)
        & (short[every, at] == long[every, after])
        & (short[every, after] == long[every, at])
    )
    turned &= (~differ | (places == at[:, None]) | (places == after[:, None])).all(axis=1)
    found: Bools = able & (left_out | turned)
    return found
