"""Kin told from self: the same family name at the same door, with another given name and another birth date."""

from __future__ import annotations

from functools import partial

from passerelle.matching.commonness import Commonness
from passerelle.matching.evidence import address, birth
from passerelle.matching.evidence.finding import Evidence
from passerelle.matching.subject import FAMILIES, PERSON, Subject
from passerelle.names.compare import aligned
from passerelle.words import noop, sentence

RELATED = noop(
    "“{left}” and “{right}” share a family name, and differ in the rest: they may be related, which is not the same."
)


NAMES_MAX = 2
"""So many names of each side are looked at: the sentence explains, it does not weigh."""


def of(left: Subject, right: Subject, commonness: Commonness | None) -> list[Evidence]:
    """Says *related* (0 bits: it explains, it does not weigh) when one word agrees and another is different."""
    if PERSON not in FAMILIES[left.schema] & FAMILIES[right.schema]:
        return []
    for one in left.names[:NAMES_MAX]:
        for two in right.names[:NAMES_MAX]:
            alignment = aligned(one, two)
            kinds = [pair.kind for pair in alignment.pairs]
            if "different" not in kinds or not any(kind in {"same", "sound"} for kind in kinds):
                continue
            if _same_door(left, right) or _apart_in_birth(left, right):
                return [Evidence("kin", 0.0, partial(sentence, RELATED, left=one, right=two))]
    return []


def _same_door(left: Subject, right: Subject) -> bool:
    return address.alike(address.addresses(left), address.addresses(right))[0] >= 0.9


def _apart_in_birth(left: Subject, right: Subject) -> bool:
    return any(found.bits < 0 for found in birth.of(left, right, None))
