"""What a text is found by: the stems of its words, the terms it uses, and its names, numbers and streets.

Each entry is a short text with its kind before it. Whoever keeps an index keeps digests of entries, made with a key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from passerelle.matching.keys import word_keys
from passerelle.names import parts
from passerelle.names.street_words import fold
from passerelle.names.streets import read_street, street_keys
from passerelle.search.glossary import find
from passerelle.search.stems import is_little, parts_of, stem, tokens

FORM = 1
"""Raised when what a text is found by is read in another way: an index of an older form waits to be made anew."""

WORD, TERM, NAME, NUMBER, STREET = "w:", "c:", "n:", "g:", "a:"
SKELETON_SIGNS_MIN = 3
NEAR_SIGNS_MIN = 5
NEAR_SIGNS_MAX = 24
GRAM_OF_PLATE, GRAM_OF_NUMBER = 3, 4
PLATE_SIGNS_MAX = 9
NUMBER_SIGNS_MIN = 4
ENTRIES_MAX = 4000
"""So many different entries a text leaves at most: a whole register pasted into one report fills no index."""

_NUMBERLIKE = re.compile(
    r"(?<![\w@])(?:\+?[0-9][0-9 ./()-]{4,}[0-9]|[A-Z0-9]{1,4}(?:[-. ][A-Z0-9]{1,5}){1,7}"
    r"|(?=\w*[0-9])[A-Za-z0-9]{4,34})(?!\w)"
)


def of_text(text: str, language: str) -> set[str]:
    """The entries of a running text."""
    said = list(tokens(text))
    found: set[str] = set()
    for token in said:
        if not is_little(language, token.text):
            found |= {WORD + stem(language, part) for part in (token.text, *parts_of(token.text))}
    covered: set[int] = set()
    for hit in find(text, language, said):
        found |= {TERM + term.key for term in hit.terms}
        covered |= {token.start for token in said if hit.start <= token.start < hit.end}
    for token in said:
        if may_be_name(token.text) and token.start not in covered and not is_little(language, token.text):
            found |= set(of_name(token.text))
    for number in numbers_in(text):
        found |= grams(number)
    return set(sorted(found)[:ENTRIES_MAX]) if len(found) > ENTRIES_MAX else found


def may_be_name(word: str) -> bool:
    """Whether a word is written as a name is: with a capital, or in a script that has none."""
    return word[:1].isupper() or (word[:1].isalpha() and not word[:1].islower())


@lru_cache(maxsize=16384)
def of_name(name: str) -> frozenset[str]:
    """The entries of a name in any script: the consonants of each of its words, and its given-name rows."""
    return frozenset(
        NAME + key
        for word in parts.parse(name).words
        if word.kind == "name"
        for key in word_keys(word)
        if key.startswith("=") or len(key) >= SKELETON_SIGNS_MIN
    )


def numbers_in(text: str) -> Iterator[str]:
    """Plates, phones, accounts and document numbers in a text: capitals and digits without the signs between."""
    for found in _NUMBERLIKE.finditer(text):
        bare = bare_number(found[0])
        if len(bare) >= NUMBER_SIGNS_MIN and any(sign.isdigit() for sign in bare):
            yield bare


def bare_number(written: str) -> str:
    """A number as it is compared: capitals and digits; a phone number without the nought it begins with at home."""
    bare = "".join(sign for sign in fold(written).upper() if sign.isascii() and sign.isalnum())
    return bare.lstrip("0") if bare.isdigit() and not written.startswith("+") else bare


def gram_size(number: str) -> int:
    """How long the parts are that a number is found by: of a plate shorter ones."""
    return GRAM_OF_NUMBER if number.isdigit() or len(number) > PLATE_SIGNS_MAX else GRAM_OF_PLATE


def grams(number: str, size: int = 0) -> set[str]:
    """The parts that a number is found by."""
    size = size or gram_size(number)
    return {f"{NUMBER}{number[at : at + size]}" for at in range(len(number) - size + 1)}


def of_number(number: str) -> set[str]:
    """The entries of a number that a subject bears."""
    bare = bare_number(number)
    return grams(bare) if len(bare) >= NUMBER_SIGNS_MIN and any(sign.isdigit() for sign in bare) else set()


@lru_cache(maxsize=16384)
def of_street(street: str) -> frozenset[str]:
    """The entries of a street in any of the four languages: the meanings or the sounds of its words."""
    return frozenset(STREET + key for key in street_keys(read_street(street)))


def near(word: str) -> frozenset[str]:
    """What a word shares with another that one letter sets apart: itself, and itself with one letter left out. A word
    that is too short for it has nothing."""
    if not NEAR_SIGNS_MIN <= len(word) <= NEAR_SIGNS_MAX or not word.isalpha():
        return frozenset()
    return frozenset((word, *(word[:at] + word[at + 1 :] for at in range(len(word)))))


_SENTENCE_END = re.compile(r"(?<=[.!?…;:])\s+|\n+")
_SENTENCE_SIGNS_MIN = 12


def sentences(text: str) -> list[str]:
    """The sentences of a text; the shortest say too little by themselves."""
    return [part for part in _SENTENCE_END.split(text) if len(part) >= _SENTENCE_SIGNS_MIN]
