"""The words of a text as they are looked for: without their endings, without accents, each in its language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import snowballstemmer
import yaml

from passerelle.names.street_words import fold

DATA = Path(__file__).parent / "data"
LANGUAGES = ("nl", "fr", "de", "en")
_STEMMERS = {"nl": "dutch", "fr": "french", "de": "german", "en": "english"}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORD = re.compile(r"[^\W_]+(?:[-.][^\W_]+)*")
_ELIDED = re.compile(r"(?i)\b(?:[cdjlmnst]|qu|lorsqu|puisqu|jusqu)['’]")
WORD_SIGNS_MAX = 60
"""Longer runs of signs are no words; they are cut."""


def read_yaml(name: str) -> Any:
    """The parsed content of one data file of this package."""
    return yaml.load((DATA / name).read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 (a safe loader, in C)


class Token(NamedTuple):
    """One word of a text, and where it stands."""

    start: int
    end: int
    text: str


def tokens(text: str) -> Iterator[Token]:
    """The words of a text in order. An elided article (*l'arme*) is no part of its word; a word with a hyphen is one
    word (*proces-verbaal*), and `parts_of` gives its parts."""
    loose = _ELIDED.sub(lambda found: " " * len(found[0]), text)
    for found in _WORD.finditer(loose):
        yield Token(found.start(), found.end(), text[found.start() : found.end()][:WORD_SIGNS_MAX])


def parts_of(word: str) -> tuple[str, ...]:
    """The parts of a word with hyphens; nothing for a word that has none."""
    parts = tuple(part for part in re.split(r"[-.]", word) if part)
    return parts if len(parts) > 1 else ()


@lru_cache(maxsize=65536)
def stem(language: str, word: str) -> str:
    """A word of a language without its ending (Snowball), in lower case and without accents. The endings are taken
    off first: they need the accents. Each word has a stemmer of its own: it keeps the word it is at, and with one for
    all threads a word got the ending of another's, which was then kept."""
    return fold(snowballstemmer.stemmer(_STEMMERS[language]).stemWord(word.lower().replace("’", "'")))


@cache
def stop_words(language: str) -> frozenset[str]:
    """The little words of a language, with their accents: *ne* says nothing, *né* does."""
    return frozenset(read_yaml("stop_words.yaml")[language].split())


def is_little(language: str, word: str) -> bool:
    """Whether a word says nothing by itself."""
    return word.casefold() in stop_words(language)
