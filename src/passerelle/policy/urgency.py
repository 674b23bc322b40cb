"""How urgent something is, by what it says and what it is about, never by its title; and which sentence said so.

It sets a clock, and nothing else: what may travel stays decided by what the sender states, by law and by handling. It
looks at what is said to happen, never at who somebody is, and scores nobody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from passerelle.policy import deadlines
from passerelle.policy.facts import URGENCIES
from passerelle.policy.tables import DATA_FOLDER, rows, wrong
from passerelle.words import Sentence, sentence

DENIED_WITHIN = 3
"""So many words before, a denial takes a danger back."""

_SENTENCES = re.compile(r"[^.!?;\n]+[.!?;]?")
_WORDS = re.compile(r"[\w'’-]+")


@dataclass(frozen=True, slots=True)
class Found:
    """A sentence that speaks of danger to life, and the words in it that say so."""

    sentence: str
    words: str
    row: str


@dataclass(frozen=True, slots=True)
class Urgency:
    """How urgent (one of URGENCIES), why in words that quote nothing, and the sentences that said so."""

    level: str
    because: tuple[Sentence, ...]
    found: tuple[Found, ...]


def of_text(
    text: str,
    *,
    themes: frozenset[str] = frozenset(),
    categories: frozenset[str] = frozenset(),
    danger_to_life: bool = False,
    directly_accessible: bool = False,
) -> Urgency:
    """The urgency of a report or a question, in any of the four languages.

    Danger to life above all: stated, or said in a sentence of the text that does not deny it. Else urgent by its theme
    or because it concerns a child (with direct access where its holder need only look); else normal. More that is said
    never makes it less urgent.
    """
    found = dangers(text)
    because: list[Sentence] = []
    if danger_to_life:
        because.append(sentence("It is stated that a life is in danger."))
    if found:
        because.append(sentence("A sentence of its text speaks of danger to life."))
    urgent = sorted(themes & deadlines.urgent_themes())
    if urgent:
        because.append(sentence("It is about: {theme}.", theme=deadlines.themes()[urgent[0]]))
    if "child" in categories:
        because.append(sentence("It concerns a child."))
    level = deadlines.urgency_of(
        danger_to_life=danger_to_life or bool(found), directly_accessible=directly_accessible, themes=themes,
        asked_urgent="child" in categories,
    )  # fmt: skip
    assert level in URGENCIES
    return Urgency(level, tuple(because), found)


def dangers(text: str) -> tuple[Found, ...]:
    """The sentences of a text that speak of danger to life, in their order, at most one finding each."""
    found = []
    for match in _SENTENCES.finditer(text):
        said = match[0].strip()
        for row, pattern in patterns():
            hit = next((h for h in pattern.finditer(said.casefold()) if not _denied(said.casefold(), h.start())), None)
            if hit is not None:
                found.append(Found(said, hit[0], row))
                break
    return tuple(found)


def _denied(said: str, start: int) -> bool:
    before = _WORDS.findall(said[:start])
    return any(word in denials() for word in before[-DENIED_WITHIN:])


@cache
def patterns(path: Path = DATA_FOLDER / "danger_words.yaml") -> tuple[tuple[str, re.Pattern[str]], ...]:
    """For each row of the table its words as one expression. Raises WrongTable for a row with something else in it."""
    found = []
    for row in rows(path, "danger", required={"language": str, "words": list}):
        if not all(isinstance(words, str) and words.strip("* ") for words in row["words"]):
            raise wrong(path, f"row {row['id']} has words that are no text")
        either = "|".join(_expression(words) for words in sorted(row["words"], key=len, reverse=True))
        found.append((row["id"], re.compile(rf"\b(?:{either})\b")))
    return tuple(found)


def _expression(words: str) -> str:
    parts = [re.escape(part.rstrip("*")) + (r"\w*" if part.endswith("*") else "") for part in words.casefold().split()]
    return r"\s+".join(parts)


@cache
def denials(path: Path = DATA_FOLDER / "danger_words.yaml") -> frozenset[str]:
    """The words that deny what follows them."""
    return frozenset(
        word for row in rows(path, "denials", required={"language": str, "words": list}) for word in row["words"]
    )
