"""What relations say: a child of the same man, at the same door, in the same car."""

from __future__ import annotations

from functools import partial

from passerelle.matching.commonness import Commonness
from passerelle.matching.evidence import name, number
from passerelle.matching.evidence.finding import Evidence, weights
from passerelle.matching.subject import Relation, Subject
from passerelle.words import noop, sentence

_WEIGHT = {
    "child_of": "parent", "parent_of": "parent", "spouse_of": "spouse", "sibling_of": "sibling",
    "in_contact_with": "contact", "drives": "drives", "uses": "uses", "works_for": "works",
    "owns": "owns", "is_one_of": "one_of",
}  # fmt: skip
_SAY = {
    "child_of": noop("Both are a child of {other}."),
    "parent_of": noop("Both are a parent of {other}."),
    "spouse_of": noop("Both are married to {other}."),
    "sibling_of": noop("Both are a brother or sister of {other}."),
    "in_contact_with": noop("Both are in contact with {other}."),
    "drives": noop("Both drive {other}."),
    "uses": noop("Both use {other}."),
    "works_for": noop("Both work for {other}."),
    "owns": noop("Both own {other}."),
    "is_one_of": noop("Both may be {other}."),
}


def of(left: Subject, right: Subject, commonness: Commonness | None) -> list[Evidence]:
    """One piece of evidence for each kind of relation both sides have to the same other; addresses are elsewhere."""
    weigh = weights()["relation"]
    found: list[Evidence] = []
    for kind, weight in _WEIGHT.items():
        ours = [relation for relation in left.relations if relation.kind == kind]
        theirs = [relation for relation in right.relations if relation.kind == kind]
        best, other = 0.0, ""
        for one in ours:
            for two in theirs:
                share = _same_other(one, two, commonness)
                if share > best:
                    best, other = share, _called(one.other)
        if best:
            found.append(Evidence("relation", weigh[weight] * best, partial(sentence, _SAY[kind], other=other)))
    return found


def _same_other(one: Relation, two: Relation, commonness: Commonness | None) -> float:
    """How surely the two relations point at the same other, from 0 to 1."""
    numbers_alike = sum(found.bits for found in number.of(one.other, two.other, commonness))
    if numbers_alike > 3:
        return 1.0
    if numbers_alike < -1 or not one.other.names or not two.other.names:
        return 0.0
    bits = name.of(one.other, two.other, commonness)[0].bits
    return max(0.0, min(1.0, bits / 3.4)) if bits > 0 else 0.0


def _called(other: Subject) -> str:
    return (
        other.names[0]
        if other.names
        else next((value for values in other.properties.values() for value in values), other.id)
    )
