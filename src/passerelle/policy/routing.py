"""Whom a question reaches: who holds the subject, else who has the theme or the territory, else the neutral desk.

Only what the asker already knows decides: a service that holds the subject and of which the asker was told nothing is
no different from one that does not hold it, or asking would tell.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from passerelle.policy.facts import ServiceFacts
from passerelle.words import Sentence, noop, sentence

WHY: tuple[str, ...] = (
    noop("It holds what the question is about."),
    noop("The theme and the territory of the question are entrusted to it."),
    noop("The theme of the question is entrusted to it."),
    noop("The territory of the question is entrusted to it."),
    noop("No service is known to hold it or to be entrusted with it, so the neutral desk finds who can answer."),
)
"""Why a service is asked, from the best reason to none; a place in it is a rank."""

NOBODY_IN_PARTICULAR = len(WHY) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Answerer:
    """A service that could be asked: whether the asker knows that it holds the subject, and what its desk reads."""

    service: ServiceFacts
    holds: bool = False
    reads: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Route:
    """A service to ask (its key), why, and whether its desk reads the language of the question."""

    key: str
    because: Sentence
    reads_it: bool


def routes(
    answerers: Iterable[Answerer], *, asking: str, themes: frozenset[str], territory: str, language: str
) -> list[Route]:
    """The services that a question of the service `asking` may go to, best first; empty: the neutral desk's.

    Who holds the subject comes first, then theme and territory; among equals who reads the language, then by key.
    """
    ranked = []
    for one in answerers:
        if one.service.key == asking or one.service.kind in ("neutral_desk", "oversight"):
            continue
        rank = rank_of(one, themes, territory)
        if rank < NOBODY_IN_PARTICULAR:
            ranked.append((rank, language not in one.reads, one.service.key))
    return [Route(key, Sentence(WHY[rank]), not foreign) for rank, foreign, key in sorted(ranked)]


def rank_of(one: Answerer, themes: frozenset[str], territory: str) -> int:
    """The place in `WHY` of the best reason to ask this service."""
    theme = bool(themes & one.service.tasks)
    place = bool(territory) and territory in one.service.territories
    return (one.holds, theme and place, theme, place, True).index(True)


def nobody_in_particular() -> Sentence:
    """Why the neutral desk is asked."""
    return sentence(WHY[NOBODY_IN_PARTICULAR])
