"""Names written again by rules that are not ours: slips of the pen, the same for every name, and ICU's romanisation.

Run as a program by the peers' interpreter (which has PyICU) it reads `{"names": […]}` and writes `{"names": […]}`, each
in Latin letters by CLDR's `Any-Latin; Latin-ASCII`. The slips need nothing.
"""

from __future__ import annotations

import json
import random
import sys
import unicodedata
from collections.abc import Callable

Slip = Callable[[list[str], random.Random], list[str] | None]


def _bare(words: list[str], dice: random.Random) -> list[str] | None:
    """Accents left out; only where there is one, on a Latin letter."""
    text = " ".join(words)
    plain = "".join(
        sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign) or sign > "\u036f"
    )
    latin = all(sign < "\u0250" or "\u1e00" <= sign < "\u1f00" for sign in text)
    return plain.split() if latin and plain != unicodedata.normalize("NFKD", text) else None


def _longest(words: list[str]) -> int:
    return max(range(len(words)), key=lambda place: (len(words[place]), -place))


def _dropped(words: list[str], dice: random.Random) -> list[str] | None:
    """One letter of the longest word left out, never its first; words of four letters and more."""
    place = _longest(words)
    if len(words[place]) < 4:
        return None
    at = dice.randrange(1, len(words[place]))
    return [*words[:place], words[place][:at] + words[place][at + 1 :], *words[place + 1 :]]


def _turned(words: list[str], dice: random.Random) -> list[str] | None:
    """Two neighbours in the longest word change places, never the first; words of four letters and more."""
    place = _longest(words)
    word = words[place]
    spots = [at for at in range(1, len(word) - 1) if word[at] != word[at + 1]]
    if len(word) < 4 or not spots:
        return None
    at = dice.choice(spots)
    return [*words[:place], word[:at] + word[at + 1] + word[at] + word[at + 2 :], *words[place + 1 :]]


def _swapped(words: list[str], dice: random.Random) -> list[str] | None:
    """The last word first."""
    return [words[-1], *words[:-1]] if len(words) > 1 else None


def _part_lost(words: list[str], dice: random.Random) -> list[str] | None:
    """A middle word left out; names of three words and more."""
    if len(words) < 3:
        return None
    at = dice.randrange(1, len(words) - 1)
    return [*words[:at], *words[at + 1 :]]


SLIPS: dict[str, Slip] = {
    "accents left out": _bare,
    "one letter left out": _dropped,
    "two letters change places": _turned,
    "last word first": _swapped,
    "a middle word left out": _part_lost,
}


def slip(kind: str, name: str, seed: int) -> str | None:
    """The name with one slip, or None where it has no room for it. The same seed and name give the same slip.

    >>> slip("last word first", "Ana Maria Lopes", 1)
    'Lopes Ana Maria'
    """
    found = SLIPS[kind](name.split(), random.Random(f"{seed} {kind} {name}"))
    return " ".join(found) if found else None


def _main() -> None:
    import icu  # type: ignore[import-not-found]

    reads = icu.Transliterator.createInstance("Any-Latin; Latin-ASCII")
    json.dump({"names": [reads.transliterate(name) for name in json.load(sys.stdin)["names"]]}, sys.stdout)


if __name__ == "__main__":
    _main()
