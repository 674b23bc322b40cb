"""Latin letters made plain: lower case, one form of each sign, accents kept only where they change the sound."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LONGEST = 500
"""So many signs are read of a name or an address: comparing grows with the product of two lengths."""
_SPLIT_CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ][a-zà-ÿ]{2,})")
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘`´ʼʻʿʾ′＇ʹ", "'"))
_TATWEEL = re.compile("[\u0640\u200b-\u200f\u202a-\u202e\u064b-\u065f\u0670\u0591-\u05c7\ufeff]")


def composed(text: str) -> str:
    """`text` in compatibility form, with one kind of apostrophe and without the Persian non-joiner; capitals stay."""
    text = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES)
    return text.replace("\u200c", "")


@lru_cache(maxsize=32768)
def plain(text: str) -> str:
    """`text` in compatibility form and lower case, without Arabic or Hebrew vowel points, one kind of apostrophe."""
    text = composed(text).replace("İ", "i")
    text = _TATWEEL.sub("", text)
    return unicodedata.normalize("NFC", text.lower())


def parted(text: str) -> str:
    """`text` with a space where two capitalised words were written together: *RamiMakhlouf*. *McDonald* stays."""
    return _SPLIT_CAMEL.sub(lambda found: _space(text, found.start()), text)


def _space(text: str, place: int) -> str:
    start = place
    while start > 0 and text[start - 1].isalpha():
        start -= 1
    return "" if text[start:place] in {"Mc", "Mac", "De", "Di", "La", "Le", "Du", "Van", "El", "Al", "Fitz"} else " "


@lru_cache(maxsize=65536)
def bare(text: str) -> str:
    """`text` without any accent: *ş* becomes *s*, *ł* becomes *l*. For word lists, never for sounds."""
    text = text.translate(_STROKES)
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))


_STROKES = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d"})
