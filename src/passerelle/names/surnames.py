"""Family names of Spanish use: who bears two of them, and which of two is hardly ever left out."""

from __future__ import annotations

from functools import cache, lru_cache

from passerelle.names import given, latin, sounds
from passerelle.names.parts import FAMILY, UNKNOWN, Name


@cache
def _spanish() -> frozenset[str]:
    """The family names of `data/surnames.yaml`."""
    return frozenset(str(name) for name in sounds.load("surnames")["spanish"])


@lru_cache(maxsize=65536)
def is_spanish(stem: str) -> bool:
    """Whether the word is a family name of Spanish use."""
    return latin.bare(stem) in _spanish()


NONE, PERHAPS, SURELY = 0, 1, 2


@lru_cache(maxsize=65536)
def may_be_the_fathers(stem: str) -> int:
    """Whether the word before a Spanish family name at the end is one too, the first of two: `SURELY` where it is one,
    `PERHAPS` where it is no given name that is known."""
    return SURELY if is_spanish(stem) else NONE if given.is_listed(stem) else PERHAPS


def first_of_two(name: Name, place: int) -> int:
    """Whether the word at `place` is the first of two family names, the second of Spanish use: the last but one of a
    name of three words or more, or of two before a comma.

    >>> from passerelle.names.parts import parse
    >>> [first_of_two(parse("Jesús Joaquín Olivas Ojeda"), place) for place in range(4)]
    [0, 0, 2, 0]
    """
    after = place + 1
    if after >= len(name.words) or name.roles[place] != name.roles[after] or name.words[place].kind != "name":
        return NONE
    if not is_spanish(name.words[after].stem):
        return NONE
    if name.roles[place] == FAMILY:
        ends = name.roles[after + 1 : after + 2] != (FAMILY,)
    else:
        ends = name.roles[place] == UNKNOWN and place > 0 and after == len(name.words) - 1
    return may_be_the_fathers(name.words[place].stem) if ends else NONE
