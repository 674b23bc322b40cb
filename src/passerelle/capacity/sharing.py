"""Who of a desk takes what today: by language and by how much each has in hand already, and why.

A task holds no word of whom it is about, and no score: by its clock it gets its turn, by its language its reader. What
a person may have done, or how dangerous somebody holds them to be, cannot be asked here, because it cannot be said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import yaml

from passerelle.words import Sentence, noop, sentence

DATA = Path(__file__).parent / "data" / "handling.yaml"

MINUTES_A_DAY = 300
"""So much of a day goes to duties: a measure of this house, as `hours_week` in the plans. More is told as too much."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something a desk owes that nobody holds by name. `language`: that of what must be read ("" where none must);
    `not_for`: references of those who may not take it (nobody reviews their own decision)."""

    ref: str
    kind: str
    due: datetime
    language: str = ""
    not_for: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody of the desk who is there today. `kinds`: what they may end; `minutes`: work in hand already."""

    ref: str
    name: str
    languages: tuple[str, ...]
    kinds: frozenset[str]
    minutes: float = 0.0


@dataclass(frozen=True, slots=True)
class Taken:
    """One task with whoever is to take it (empty: nobody here can), and why, in sentences. `minutes`: what it asks."""

    task: Task
    to: str
    minutes: float
    because: tuple[Sentence, ...]


@cache
def minutes_of(kind: str) -> float:
    """Minutes that one duty of a kind takes where nothing was measured."""
    rows = yaml.safe_load(DATA.read_text(encoding="utf-8"))["rows"]
    return float(next(row["minutes"] for row in rows if row["kind"] == kind))


def shared(tasks: Iterable[Task], hands: Sequence[Hand]) -> list[Taken]:
    """Each task in the order of the clocks to whoever may end it, reads its language and has least in hand.

    The order of two hands with equally much is that of the list. Where nobody who is there reads the language, whoever
    has least takes it, and it says so. The same tasks and hands always give the same answer.
    """
    load = {hand.ref: hand.minutes for hand in hands}
    found = []
    for task in sorted(tasks, key=lambda one: (one.due, one.ref)):
        able = [hand for hand in hands if task.kind in hand.kinds and hand.ref not in task.not_for]
        if not able:
            says = sentence("Nobody who is here today may end it: give it to the desk of another day, or ask for help.")
            found.append(Taken(task, "", minutes_of(task.kind), (says,)))
            continue
        readers = [hand for hand in able if not task.language or task.language in hand.languages]
        among = readers or able
        chosen = min(among, key=lambda hand: load[hand.ref])
        found.append(Taken(task, chosen.ref, minutes_of(task.kind), _because(task, chosen, readers, load[chosen.ref])))
        load[chosen.ref] += minutes_of(task.kind)
    return found


def _because(task: Task, chosen: Hand, readers: Sequence[Hand], held: float) -> tuple[Sentence, ...]:
    says = []
    language = Sentence(LANGUAGE_WORDS[task.language]) if task.language in LANGUAGE_WORDS else task.language
    if task.language and not readers:
        says.append(
            sentence(
                "Nobody who is here reads {language}: ask the originator for three sentences in yours.",
                language=language,
            )
        )
    elif task.language:
        says.append(sentence("{name} reads {language}.", name=chosen.name, language=language))
    if len(readers) == 1 and task.language:
        says.append(sentence("Nobody else who is here does."))
    else:
        says.append(
            sentence("Of those who can, {name} has the least in hand: {minutes} minutes.",
                     name=chosen.name, minutes=round(held))
        )  # fmt: skip
    if held + minutes_of(task.kind) > MINUTES_A_DAY:
        says.append(sentence("It is more than a day's work: somebody must help, or a deferral be signed."))
    return tuple(says)


LANGUAGE_WORDS = {"nl": noop("Dutch"), "fr": noop("French"), "de": noop("German"), "en": noop("English")}
