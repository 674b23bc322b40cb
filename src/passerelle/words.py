"""Sentences that rules can hold without Django, and every page can say in Dutch, French, German and English."""

from __future__ import annotations

import gettext as _gettext
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Union

LANGUAGES = ("nl", "fr", "de", "en")
"""The languages an officer may work in, by ISO 639-1 code."""

LOCALE_FOLDER = Path(__file__).parent / "locale"

MONTHS = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "en": "January February March April May June July August September October November December",
}

Fact = Union[str, int, float, "Sentence", "Day"]


def noop(text: str) -> str:
    """Mark a word or sentence for the catalogue; it is returned as it is."""
    return text


@cache
def _catalogue(language: str) -> _gettext.NullTranslations:
    return _gettext.translation("django", localedir=str(LOCALE_FOLDER), languages=[language], fallback=True)


@dataclass(frozen=True, slots=True)
class Day:
    """A day as a fact of a sentence, or a moment by the clock of where it is read: each language writes it its own way.

    >>> Day(date(2026, 11, 19)).in_language("nl"), Day(datetime(2026, 3, 1, 8, 30)).in_language("fr")
    ('19 november 2026', '1er mars 2026, 08:30')
    """

    on: date

    def in_language(self, language: str) -> str:
        """The day in `language`, with its hour if it is a moment; in English for another language."""
        on, spoken = self.on, language if language in MONTHS else "en"
        number = "1er" if spoken == "fr" and on.day == 1 else f"{on.day}." if spoken == "de" else str(on.day)
        day = f"{number} {MONTHS[spoken].split()[on.month - 1]} {on.year}"
        return f"{day}, {on:%H:%M}" if isinstance(on, datetime) else day

    def __str__(self) -> str:
        return self.in_language("en")

    def to_json(self) -> dict[str, str]:
        """`{"day": "2026-11-19"}`, or with the hour."""
        return {"day": self.on.isoformat()}

    @classmethod
    def from_json(cls, data: Mapping[str, str]) -> Day:
        """Back from `to_json`."""
        text = data["day"]
        return cls(datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with named places, kept apart from its facts so that it can be said in any language.

    `text` is the English sentence and the key of the catalogue: `"{left} and {right} are the same number."`;
    `facts` fill its places. A fact that is itself a Sentence, or a Day, is said in the same language.
    """

    text: str
    facts: tuple[tuple[str, Fact], ...] = ()

    def in_language(self, language: str) -> str:
        """The sentence in `language` (nl, fr, de, en); in English where the catalogue has no such sentence."""
        said = self.text if not self.text or language == "en" else _catalogue(language).gettext(self.text)
        if not self.facts:
            return said
        spoken = (Sentence, Day)
        return said.format(
            **{name: fact.in_language(language) if isinstance(fact, spoken) else fact for name, fact in self.facts}
        )

    def __str__(self) -> str:
        return self.in_language("en")

    def to_json(self) -> list[Any]:
        """`[text, {fact: value}]`, where a fact that is a sentence is such a list itself."""
        return [self.text, {n: f.to_json() if isinstance(f, Sentence | Day) else f for n, f in self.facts}]

    @classmethod
    def from_json(cls, data: list[Any]) -> Sentence:
        """Back from `to_json`."""
        text, facts = data
        return cls(text, tuple((name, _fact(fact)) for name, fact in _items(facts)))


def _fact(data: Any) -> Fact:
    if isinstance(data, list):
        return Sentence.from_json(data)
    found: Fact = Day.from_json(data) if isinstance(data, dict) else data
    return found


def _items(facts: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return list(facts.items())


def sentence(text: str, **facts: Fact) -> Sentence:
    """A sentence ready to be said: `sentence("Owed by {service}.", service="Zone A")`. The text must be a literal,
    because the catalogue is collected from such calls."""
    return Sentence(text, tuple(facts.items()))
