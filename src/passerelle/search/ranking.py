"""Which texts answer a question best: each language ranked by itself, by what its reader may see, and then merged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerelle.search.entries import WORD
from passerelle.search.question import NEAR_WORD, SHARE_MIN, STEEPNESS, Question, Unit

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each kind of evidence counts; fitted by `benchmarks.search_languages` on the open half of its questions.

    `meaning`: how near the meanings are, against the share of the question's words that a text has, which counts one;
    `number`, `street`: against a word of the same rarity; `usual`: how much of what is usual in a language is taken
    off the nearness of its texts; `rarity`: how fast a word counts more, the fewer texts have it.
    """

    meaning: float = 4.5
    number: float = 3.0
    street: float = 1.5
    usual: float = 1.0
    rarity: float = 1.25
    least: float = 0.03


WEIGHTS = Weights()
WORDS_THAT_MEAN = 4
"""A question of fewer words is looked for by these rather than by what it means."""


@dataclass(frozen=True, slots=True)
class Hits:
    """What the index answered: by entry the places of the texts that have it, in order; and by the stem of a word the
    stems of misspelt or misread words of one letter's difference, as entries."""

    places: Mapping[str, Ints]
    neighbours: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Ranked:
    """One text that answers: its place among those given, its score, how much of it is the words' and the meaning's."""

    place: int
    score: float
    words: float
    meaning: float


def rank(
    question: Question,
    hits: Hits,
    languages: npt.NDArray[np.int8],
    nearness: npt.NDArray[np.float32] | None,
    *,
    most: int,
    weights: Weights = WEIGHTS,
) -> list[Ranked]:
    """The texts that answer, best first, at most `most`. `languages` says the language of each text by a number,
    `nearness` how near its meaning is (cosine), where that was asked. A text that has no word of the question, and
    whose meaning is not nearer than is usual by `least`, does not answer. Of equals the one given first comes first."""
    count = len(languages)
    words = np.zeros(count)
    far = np.zeros(count)
    for language in np.unique(languages):
        mine = languages == language
        words[mine] = _words(question, hits, mine, weights)
        if nearness is not None:
            far[mine] = nearness[mine] - weights.usual * float(np.mean(nearness[mine]))
    score = words + _trust(question, weights) * np.maximum(far, 0.0)
    answers = np.flatnonzero((words > 0) | (far >= weights.least))
    if len(answers) > most:
        cut = np.partition(score[answers], -most)[-most]
        answers = answers[score[answers] >= cut]
    best = answers[np.argsort(-score[answers], kind="stable")][:most]
    return [Ranked(int(at), float(score[at]), float(words[at]), float(far[at])) for at in best]


def _trust(question: Question, weights: Weights) -> float:
    """How much meaning counts for a question: a word or two mean little by themselves, and say what they say."""
    return weights.meaning * min(1.0, len(question.units) / WORDS_THAT_MEAN) if question.units else weights.meaning


def with_sentences(
    question: Question,
    ranked: Sequence[Ranked],
    nearest: Sequence[float | None],
    nearness: npt.NDArray[np.float32],
    weights: Weights = WEIGHTS,
) -> list[Ranked]:
    """The same, with the nearness of each one's nearest sentence counted half beside that of its whole text."""
    anew = []
    for one, sentence in zip(ranked, nearest, strict=True):
        far = one.meaning
        if sentence is not None:
            far += (sentence - float(nearness[one.place])) / 2
        anew.append(Ranked(one.place, one.words + _trust(question, weights) * max(far, 0.0), one.words, far))
    return sorted(anew, key=lambda one: -one.score)


ALONE_MAX = 8
"""So many texts at most answer by their meaning alone: that is a guess."""


def fewer_guesses(ranked: Sequence[Ranked]) -> list[Ranked]:
    """The same without those that have no word of the question, after the first few of them."""
    alone = [one for one in ranked if not one.words][:ALONE_MAX]
    kept = {one.place for one in alone}
    return [one for one in ranked if one.words or one.place in kept]


def _words(question: Question, hits: Hits, mine: npt.NDArray[np.bool_], weights: Weights) -> Floats:
    """How much of the question each text of one language has, from 0 to 1, rare words counting more."""
    among = int(mine.sum())
    found = np.zeros(among)
    possible = 0.0
    for unit in question.units:
        have = np.zeros(len(mine))
        for places, weight in _answers(unit, hits, len(mine)):
            have[places] = np.maximum(have[places], weight)
        here = have[mine]
        bearing = int((here > 0).sum())
        rarity = float(np.log1p(among / (bearing + 0.5))) ** weights.rarity
        rarity *= {"number": weights.number, "street": weights.street}.get(unit.kind, 1.0)
        found += rarity * here
        possible += rarity
    return found / possible if possible else found


def _answers(unit: Unit, hits: Hits, count: int) -> list[tuple[Ints, float | Floats]]:
    """Where a unit is answered, and how well."""
    found: list[tuple[Ints, float | Floats]] = []
    for entry, weight in unit.alternatives.items():
        if entry in hits.places:
            found.append((hits.places[entry], weight))
    for near in unit.near:
        for entry in hits.neighbours.get(near, ()):
            if entry in hits.places and entry not in unit.alternatives:
                found.append((hits.places[entry], NEAR_WORD))
    for wanted in unit.all_of:
        have = np.zeros(count)
        for entry in wanted:
            if entry in hits.places:
                have[hits.places[entry]] += 1.0
        share = have / len(wanted)
        places = np.flatnonzero(share >= SHARE_MIN[unit.kind])
        found.append((places, share[places] ** STEEPNESS[unit.kind]))
    return found


def answered_by(unit: Unit, hits: Hits, place: int) -> str:
    """By which entry a text answers a unit best: a word, a term, a name; the kind itself for a number or a street; ""
    where it does not."""
    best, by = 0.0, ""
    near = [(entry, NEAR_WORD) for stem in unit.near for entry in hits.neighbours.get(stem, ())]
    for entry, weight in (*unit.alternatives.items(), *near):
        if weight > best and _has(hits, entry, place):
            best, by = weight, entry
    for wanted in unit.all_of:
        if sum(_has(hits, entry, place) for entry in wanted) >= SHARE_MIN[unit.kind] * len(wanted):
            return unit.kind
    return by


def _has(hits: Hits, entry: str, place: int) -> bool:
    places = hits.places.get(entry)
    if places is None:
        return False
    at = int(np.searchsorted(places, place))
    return at < len(places) and int(places[at]) == place


def is_word(entry: str) -> bool:
    """Whether an entry answered by a word."""
    return entry.startswith(WORD)
