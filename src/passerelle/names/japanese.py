"""Japanese names in Chinese characters: which they are, and how they are read."""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import product

from passerelle.names import sounds

READINGS_MAX = 3
"""Of the ways to read a name so many are kept, likeliest first."""


@cache
def _tables() -> tuple[dict[str, list[str]], dict[str, list[str]], dict[str, list[str]]]:
    data = sounds.load("japanese")

    def table(name: str) -> dict[str, list[str]]:
        rows = (row.split(":") for row in data[name].split())
        return {signs: found.split("/") for signs, found in rows}

    return table("families"), table("given"), table("signs")


def is_family(signs: str) -> bool:
    """Whether these signs are a well-known Japanese family name."""
    return signs in _tables()[0]


def family_in(signs: str) -> int:
    """Of a name written as one word, how many signs are its Japanese family name; 0 where none is known."""
    families, _, _ = _tables()
    return next((size for size in (3, 2) if len(signs) > size and signs[:size] in families), 0)


@lru_cache(maxsize=65536)
def readings(signs: str, *, family: bool = False) -> tuple[str, ...]:
    """How a family name, or else a given name, is read, likeliest first; () when a sign of it is not known.

    >>> readings("山田", family=True), readings("直美")
    (('yamada',), ('naomi',))
    """
    families, given, single = _tables()
    known = families.get(signs) if family else given.get(signs)
    if known is None and all(sign in single for sign in signs):
        known = ["".join(parts) for parts in product(*(single[sign] for sign in signs))]
    return tuple(known or ())[:READINGS_MAX]
