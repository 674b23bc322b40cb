"""Sentences that rules can hold without Django, and every page can say in Dutch, French, German and English."""

from __future__ import annotations

import gettext as _gettext
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Union

LANGUAGES = ("nl", "fr", "de", "en")
"""The languages an officer may work in, by ISO 639-1 code."""

LOCALE_FOLDER = Path(__file__).parent / "locale"

Fact = Union[str, int, float, "Sentence"]


def noop(text: str) -> str:
    """Mark a word or sentence for the catalogue; it is returned as it is."""
    return text


@cache
def _catalogue(language: str) -> _gettext.NullTranslations:
    return _gettext.translation("django", localedir=str(LOCALE_FOLDER), languages=[language], fallback=True)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with named places, kept apart from its facts so that it can be said in any language.

    `text` is the English sentence and the key of the catalogue: `"{left} and {right} are the same number."`;
    `facts` fill its places. A fact that is itself a Sentence is said in the same language.
    """

    text: str
    facts: tuple[tuple[str, Fact], ...] = ()

    def in_language(self, language: str) -> str:
        """The sentence in `language` (nl, fr, de, en); in English where the catalogue has no such sentence."""
        said = self.text if not self.text or language == "en" else _catalogue(language).gettext(self.text)
        if not self.facts:
            return said
        return said.format(
            **{name: fact.in_language(language) if isinstance(fact, Sentence) else fact for name, fact in self.facts}
        )

    def __str__(self) -> str:
        return self.in_language("en")

    def to_json(self) -> list[Any]:
        """`[text, {fact: value}]`, where a fact that is a sentence is such a list itself."""
        return [self.text, {n: f.to_json() if isinstance(f, Sentence) else f for n, f in self.facts}]

    @classmethod
    def from_json(cls, data: list[Any]) -> Sentence:
        """Back from `to_json`."""
        text, facts = data
        return cls(text, tuple((n, cls.from_json(f) if isinstance(f, list) else f) for n, f in _items(facts)))


def _items(facts: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return list(facts.items())


def sentence(text: str, **facts: Fact) -> Sentence:
    """A sentence ready to be said: `sentence("Owed by {service}.", service="Zone A")`. The text must be a literal,
    because the catalogue is collected from such calls."""
    return Sentence(text, tuple(facts.items()))
