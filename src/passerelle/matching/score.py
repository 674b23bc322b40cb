"""Are these two subjects the same? The evidence added up, in bits, into a score and a band."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from passerelle.matching import evidence
from passerelle.matching.commonness import Commonness
from passerelle.matching.evidence import Evidence, address
from passerelle.matching.evidence.finding import weights
from passerelle.matching.subject import ADDRESS, FAMILIES, PERSON, Subject
from passerelle.words import Sentence, sentence

STRONG, POSSIBLE, NONE = "strong", "possible", "none"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The answer: `score` from 0 to 1 (0.7 is the bar of *possible*), the band, and the evidence, heaviest first."""

    score: float
    band: str
    evidence: tuple[Evidence, ...] = field(default=())
    closing: tuple[Sentence, ...] = ()

    @property
    def reasons(self) -> tuple[Sentence, ...]:
        """The evidence in sentences, heaviest first."""
        return (*(found.sentence for found in self.evidence), *self.closing)

    @property
    def because(self) -> tuple[str, ...]:
        """The reasons in English."""
        return tuple(str(reason) for reason in self.reasons)


def compare(left: Subject, right: Subject, *, commonness: Commonness | None = None) -> Comparison:
    """Whether two subjects may be the same, with the reasons for and against. What one side lacks is neutral."""
    family = FAMILIES[left.schema] & FAMILIES[right.schema]
    if not family:
        why = sentence("A {left} and a {right} cannot be the same.", left=left.schema, right=right.schema)
        return Comparison(0.0, NONE, (), (why,))
    if family == {ADDRESS}:
        return judge(address.between(left, right, commonness), family)
    found = [piece for rule in evidence.RULES for piece in rule(left, right, commonness)]
    return judge(found, family)


def judge(found: list[Evidence], family: frozenset[str]) -> Comparison:
    """Adds up evidence. An address without a name is no identity of persons, and between two addresses it is all."""
    kinds = {piece.kind for piece in found if piece.bits > 0}
    bits = sum(piece.bits for piece in found)
    if ADDRESS not in family and kinds <= {"address", "nationality", "birth_place"}:
        bits = min(bits, 0.0)
    score = score_of(bits)
    ordered = tuple(sorted(found, key=lambda piece: (-abs(piece.bits), piece.kind)))
    return Comparison(score, band_of(score), ordered)


def score_of(bits: float) -> float:
    """The chance that goes with `bits` of evidence: 0 bits is one half."""
    return round(1.0 / (1.0 + math.pow(2.0, -max(-60.0, min(60.0, bits)))), 9)


def band_of(score: float) -> str:
    """`strong`, `possible` or `none`, by the bars in `data/weights.yaml`."""
    bars: dict[str, float] = weights()["bars"]
    return STRONG if score >= bars["strong"] else POSSIBLE if score >= bars["possible"] else NONE


__all__ = ["ADDRESS", "PERSON", "Comparison", "band_of", "compare", "judge", "score_of"]
