"""What a word of a name says for being one person, where the share of people who bear it is known."""

from __future__ import annotations

import math
from functools import cache

from passerelle.names import latin, sounds


@cache
def _most_said() -> dict[str, int]:
    """For each word that very many people bear, the most that it says, in hundredths of a consonant."""
    data = sounds.load("common_words")
    found: dict[str, int] = {}
    for row in data["words"]:
        most = round(-data["per_bit"] * math.log2(row["share"]))
        for word in row["words"]:
            found[str(word)] = min(most, found.get(str(word), most))
    return found


def said(stem: str, weight: int, text: str = "") -> int:
    """What a word says for being one person: where its share is known (`data/common_words.yaml`) what that says,
    however long it is written; its weight for all others."""
    most = _most_said()
    return min((most[word] for word in (stem, latin.bare(stem), text) if word in most), default=weight)
