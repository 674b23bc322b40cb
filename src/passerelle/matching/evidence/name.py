"""What two subjects' names say, by how alike they are and how common they are here."""

from __future__ import annotations

import math
from functools import lru_cache, partial

import numpy as np
import numpy.typing as npt

from passerelle.matching.commonness import Commonness
from passerelle.matching.evidence.finding import Evidence, weights
from passerelle.matching.subject import FAMILIES, ORGANISATION, PERSON, Subject
from passerelle.names import compare as names_compare
from passerelle.names import organisations, parts
from passerelle.names.batch import Outcome
from passerelle.names.compare import Alignment, aligned, explain
from passerelle.names.organisations_batch import OrganisationNames
from passerelle.words import Sentence, sentence

Floats = npt.NDArray[np.float64]

LONG = 400
"""A word of four consonants, in hundredths: such a word says something alone."""


def of(left: Subject, right: Subject, commonness: Commonness | None) -> list[Evidence]:
    """The best of all pairs of names; a side without a name is told, and costs what a name must make up for."""
    weigh = weights()["name"]
    if not (left.names or left.weak_names) or not (right.names or right.weak_names):
        return [Evidence("name", weights()["prior_without_name"], partial(sentence, "One side has no name."))]
    persons = PERSON in FAMILIES[left.schema] & FAMILIES[right.schema]
    beside = persons and has_full_name(left) and has_full_name(right)
    best: Evidence | None = None
    for one, one_weak, two, two_weak in _promising(left, right, persons):
        found = _persons(one, two, commonness, beside) if persons else _others(left.schema, right.schema, one, two)
        bits = found.bits + (weigh["weak"] if (one_weak or two_weak) and found.bits > 0 else 0.0)
        if best is None or bits > best.bits:
            best = Evidence("name", bits, found.say)
    assert best is not None, "two sides with names have a best pair"
    return [best]


MANY = 40
"""From so many pairs of names of organisations on, a batch first finds the best ones; only these are weighed one by
one. Persons' words are kept from one comparison to the next, which a batch of few names would not use."""


def _promising(left: Subject, right: Subject, persons: bool) -> list[tuple[str, bool, str, bool]]:
    """All pairs of names, or of very many those that a batch finds best, in the order they stand in."""
    ours, theirs = _names(left), _names(right)
    pairs = [(*one, *two) for one in ours for two in theirs]
    if len(pairs) < MANY or persons or ORGANISATION not in FAMILIES[left.schema] & FAMILIES[right.schema]:
        return pairs
    rows = np.repeat(np.arange(len(ours)), len(theirs))
    columns = len(ours) + np.tile(np.arange(len(theirs)), len(ours))
    bits = bits_of_scores(OrganisationNames([text for text, _ in (*ours, *theirs)]).score(rows, columns))
    weak = np.array([one or two for _, one, _, two in pairs], dtype=np.bool_)
    bits += np.where(weak & (bits > 0), weights()["name"]["weak"], 0.0)
    if bits.max() <= weights()["name"]["least"]:
        return pairs[:1]  # all are as bad as can be
    return [pairs[place] for place in np.flatnonzero(bits >= bits.max() - 1e-4)]


def _names(subject: Subject) -> list[tuple[str, bool]]:
    return [*((name, False) for name in subject.names), *((name, True) for name in subject.weak_names)]


def has_full_name(subject: Subject) -> bool:
    """Whether one of the subject's names has two words or more."""
    return any(len(parts.parse(name).words) > 1 for name in subject.names)


def _persons(left: str, right: str, commonness: Commonness | None, beside: bool) -> Evidence:
    alignment = aligned(left, right)
    bits = bits_of(alignment, commonness)
    kinds = [pair.kind for pair in alignment.pairs]
    if beside and bits > 0 and "initial" not in kinds and sum(kind != "different" for kind in kinds) == 1:
        bits += weights()["name"]["single_beside_full"]
    return Evidence("name", bits, partial(say_persons, left, right, commonness))


def bits_of(alignment: Alignment, commonness: Commonness | None) -> float:
    """The bits of one alignment: what it could say if it were perfect, less what the differences cost."""
    weigh = weights()["name"]
    score = alignment.score
    if score <= 0.0:
        return float(weigh["least"])
    logit = math.log(score / (1.0 - score))
    bar = math.log(0.7 / 0.3)
    agreeing = [pair for pair in alignment.pairs if pair.kind not in {"different", "initial"}]
    words = len(agreeing)
    if words >= 2:
        exact = min(weigh["most"], weigh["exact"] + weigh["more_words"] * (words - 2))
    elif words == 1:
        long = (
            max(alignment.left.words[agreeing[0].left].weight, alignment.right.words[agreeing[0].right].weight) >= LONG
        )
        exact = weigh["single_long"] if long else weigh["single_short"]
        exact += weigh["single_initial"] if any(pair.kind == "initial" for pair in alignment.pairs) else 0.0
    else:
        exact = 0.0
    if commonness is not None and commonness.subjects and words:
        stems = [alignment.left.words[pair.left].stem for pair in agreeing]
        other = [alignment.right.words[pair.right].stem for pair in agreeing]
        expected = max(commonness.expected(stems), commonness.expected(other))
        expected *= 2.0 ** (weigh["rare_near"] * min(1.0, max(0.0, (4.0 - logit) / (4.0 - bar))))
        exact = min(weigh["rare_most"], weigh["rare_most"] - math.log2(1.0 + weigh["rare_scale"] * expected))
    if logit >= bar:
        if exact <= weigh["at_bar"]:
            return float(exact)
        return float(weigh["at_bar"] + (exact - weigh["at_bar"]) * (logit - bar) / (4.0 - bar))
    return float(max(weigh["least"], min(exact, weigh["at_bar"]) - weigh["slope_below"] * (bar - logit)))


def say_persons(left: str, right: str, commonness: Commonness | None) -> Sentence:
    """Two names in words: what matched what, by which habit, and how common it is here."""
    alignment = aligned(left, right)
    said = explain(alignment)
    text: Sentence = sentence("“{left}” and “{right}”:", left=left, right=right)
    for part in said:
        text = sentence("{before} {after}", before=text, after=part)
    if commonness is not None and commonness.subjects:
        agreeing = [pair for pair in alignment.pairs if pair.kind not in {"different", "initial"}]
        expected = commonness.expected(alignment.left.words[pair.left].stem for pair in agreeing)
        if agreeing and expected >= 1:
            text = sentence(
                "{before} About {count} of the {subjects} subjects here would bear it by chance.",
                before=text, count=round(expected), subjects=commonness.subjects,
            )  # fmt: skip
        elif agreeing:
            text = sentence("{before} The name is rare here.", before=text)
    return text


@lru_cache(maxsize=65536)
def _organisations(left: str, right: str) -> float:
    return float(organisations.compare_organisations(left, right).score)


def bits_of_many(outcome: Outcome, commonness: Commonness | None) -> Floats:
    """As `bits_of`, for a whole batch."""
    weigh = weights()["name"]
    score = np.clip(outcome.score, 1e-300, 1.0 - 1e-16)
    logit = np.log(score / (1.0 - score))
    bar = math.log(0.7 / 0.3)
    words = outcome.agreeing
    exact = np.minimum(weigh["most"], weigh["exact"] + weigh["more_words"] * (words - 2))
    single = np.where(outcome.heaviest >= LONG, weigh["single_long"], weigh["single_short"])
    single = single + np.where(outcome.initial, weigh["single_initial"], 0.0)
    exact = np.where(words >= 2, exact, np.where(words == 1, single, 0.0))
    if commonness is not None and commonness.subjects:
        expected = outcome.chance * max(commonness.subjects, 1000)
        expected *= np.exp2(weigh["rare_near"] * np.clip((4.0 - logit) / (4.0 - bar), 0.0, 1.0))
        rare = np.minimum(weigh["rare_most"], weigh["rare_most"] - np.log2(1.0 + weigh["rare_scale"] * expected))
        exact = np.where(words >= 1, rare, exact)
    above = np.where(
        exact <= weigh["at_bar"], exact, weigh["at_bar"] + (exact - weigh["at_bar"]) * (logit - bar) / (4.0 - bar)
    )
    below = np.maximum(weigh["least"], np.minimum(exact, weigh["at_bar"]) - weigh["slope_below"] * (bar - logit))
    bits: Floats = np.where(outcome.score <= 0.0, weigh["least"], np.where(logit >= bar, above, below))
    return bits


def bits_of_score(score: float) -> float:
    """The bits of two names that are no persons', by how alike they are."""
    weigh = weights()["name"]
    score = min(0.995, max(0.0005, score))
    logit = math.log(score / (1 - score))
    bar = math.log(0.7 / 0.3)
    if logit >= bar:
        return float(weigh["at_bar"] + (weigh["exact"] - weigh["at_bar"]) * min(1.0, (logit - bar) / (4.0 - bar)))
    return float(max(weigh["least"], weigh["at_bar"] - weigh["slope_below"] * (bar - logit)))


def bits_of_scores(scores: Floats) -> Floats:
    """As `bits_of_score`, for a whole batch."""
    weigh = weights()["name"]
    score = np.clip(scores, 0.0005, 0.995)
    logit = np.log(score / (1 - score))
    bar = math.log(0.7 / 0.3)
    above = weigh["at_bar"] + (weigh["exact"] - weigh["at_bar"]) * np.minimum(1.0, (logit - bar) / (4.0 - bar))
    below = np.maximum(weigh["least"], weigh["at_bar"] - weigh["slope_below"] * (bar - logit))
    bits: Floats = np.where(logit >= bar, above, below)
    return bits


def _others(schema: str, other: str, left: str, right: str) -> Evidence:
    if ORGANISATION in FAMILIES[schema] & FAMILIES[other]:
        score = _organisations(left, right)
        say = partial(_say_organisations, left, right)
    elif schema == "Vehicle":  # a plate is evidence of its own kind (`number`)
        alignment = aligned(left, right)
        score = round(alignment.score, 6)
        say = partial(_joined, left, right, explain(alignment))
    else:
        found = names_compare(schema, left, right)
        score = found.score
        say = partial(_joined, left, right, found.reasons)
    return Evidence("name", bits_of_score(score), say)


def _say_organisations(left: str, right: str) -> Sentence:
    return _joined(left, right, organisations.compare_organisations(left, right).reasons)


def _joined(left: str, right: str, reasons: tuple[Sentence, ...]) -> Sentence:
    text: Sentence = sentence("“{left}” and “{right}”:", left=left, right=right)
    for part in reasons:
        text = sentence("{before} {after}", before=text, after=part)
    return text
