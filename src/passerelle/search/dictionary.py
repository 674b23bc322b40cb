"""Common words of one of the four languages in the other three: from the meanings that streets are named after."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache

from passerelle.names.street_words import fold, read_yaml
from passerelle.search.stems import is_little, stem

FILES = (
    "places_words",
    "places_words_flemish",
    "places_words_nature",
    "places_words_society",
    "places_words_things",
)
COLUMNS = ("fr", "nl", "de", "en")
LINKS = ("", "s", "en", "n", "e", "er", "es")
PART_SIGNS_MIN = 4
MEANINGS_MAX = 4
"""A word of more meanings than these says too little by itself."""


@cache
def _rows() -> tuple[tuple[tuple[str, ...], ...], ...]:
    """Each meaning: its words of one word in French, Dutch, German and English."""
    found = []
    for name in FILES:
        for block in read_yaml(f"{name}.yaml")["words"].values():
            for line in block.splitlines():
                cells = [tuple(word.strip() for word in cell.split(",") if word.strip()) for cell in line.split("|")]
                if len(cells) == len(COLUMNS):
                    found.append(tuple(tuple(word for word in cell if " " not in word) for cell in cells))
    return tuple(found)


@cache
def _by_stem(language: str) -> Mapping[str, tuple[int, ...]]:
    """The numbers of the meanings that a word of this language has, by its stem and by its folded form."""
    column = COLUMNS.index(language)
    found: dict[str, list[int]] = {}
    for number, row in enumerate(_rows()):
        for word in row[column]:
            for key in {stem(language, word), fold(word)}:
                if number not in (places := found.setdefault(key, [])):
                    places.append(number)
    return {key: tuple(numbers) for key, numbers in found.items()}


@lru_cache(maxsize=8192)
def translated(word: str, language: str) -> tuple[tuple[str, str], ...]:
    """What a common word of a language is in the others, as (language, word): nothing for a word that is in no row, or
    that has too many meanings."""
    meanings = _meanings(word, language)
    if not 0 < len(meanings) <= MEANINGS_MAX:
        return ()
    return _said(meanings, language)


@lru_cache(maxsize=8192)
def translated_parts(word: str, language: str) -> tuple[tuple[str, str], ...]:
    """What the parts of a Dutch or German compound are in the other languages (*spaargeld*: *épargne*, *argent*), where
    both parts are common words and the compound is none itself."""
    folded = fold(word)
    if language not in ("nl", "de") or len(folded) < 2 * PART_SIGNS_MIN or not folded.isalpha():
        return ()
    if _meanings(word, language):
        return ()
    for cut in range(len(folded) - PART_SIGNS_MIN, PART_SIGNS_MIN - 1, -1):
        last = _meanings(folded[cut:], language)
        if not last:
            continue
        for link in LINKS:
            before = folded[:cut]
            first = _meanings(before[: len(before) - len(link)], language) if before.endswith(link) else ()
            if first:
                return _said((*first[:MEANINGS_MAX], *last[:MEANINGS_MAX]), language)
    return ()


def _meanings(word: str, language: str) -> tuple[int, ...]:
    if len(word) < 3 or is_little(language, word):
        return ()
    table = _by_stem(language)
    return table.get(fold(word)) or table.get(stem(language, word), ())


def _said(meanings: tuple[int, ...], language: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        dict.fromkeys(
            (other, word)
            for number in meanings
            for other, words in zip(COLUMNS, _rows()[number], strict=True)
            if other != language
            for word in words
        )
    )
