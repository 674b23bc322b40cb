"""Addresses of the plainest shape (*Kerkstraat 12, 9000 Gent*): a street and town are read once, not for each door."""

from __future__ import annotations

import re
from functools import lru_cache

from passerelle.names import gazetteers, places

_PLAIN = re.compile(r"([^\W\d][^\d,;()\n]*) ([1-9]\d{0,2}), ([1-9]\d{3} [^\W\d][^\d,;()\n]*)")


@lru_cache(maxsize=8192)
def door(text: str) -> tuple[frozenset[str], str] | None:
    """The words by which the street of a plain address is found, and its house number; None for any other text.

    The keys of such an address (`places.address_keys`) are each word, `#` and the number.
    """
    found = _PLAIN.fullmatch(text)
    if found is None:
        return None
    street, number, town = found.groups()
    words = _street(street, len(number), town)
    return None if words is None else (words, number)


@lru_cache(maxsize=32768)
def _street(street: str, figures: int, town: str) -> frozenset[str] | None:
    """The words that two numbers of so many figures have in common with each other, if nothing else hangs on them."""
    said = []
    for figure in "17":
        number = figure * figures
        keys = places.address_keys(f"{street} {number}, {town}")
        if not keys or not all(key.endswith(f"#{number}") for key in keys):
            return None
        said.append(frozenset(key.removesuffix(f"#{number}") for key in keys))
    return said[0] if said[0] == said[1] else None


gazetteers.when_changed(_street.cache_clear)
gazetteers.when_changed(door.cache_clear)
