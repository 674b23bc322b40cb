"""Why a reader may or may not do something: the verdict, and which one fact, were it otherwise, would change it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from passerelle.policy import access
from passerelle.policy.facts import HANDLINGS, ROLES, ReaderFacts, ThingFacts
from passerelle.words import Sentence, sentence

HELD = frozenset({"duty", "match", "withholding"})
"""What a service can hold."""


@dataclass(frozen=True, slots=True)
class Explained:
    """One act: whether it is allowed, on which ground, and, where not, what would have to be otherwise."""

    act: str
    allowed: bool
    ground: str | None
    because: Sentence
    otherwise: tuple[Sentence, ...]


def explain(reader: ReaderFacts, act: str, thing: ThingFacts) -> Explained:
    """The verdict of `access.may` and, for a denial, each single change of a fact that would allow it.

    Only for those who may know what is recorded (an operator's command): it says what a denial does not.
    """
    verdict = access.may(reader, act, thing)
    near = () if verdict.allowed else tuple(_near(reader, act, thing))
    return Explained(act, verdict.allowed, verdict.ground, verdict.because, near)


def _near(reader: ReaderFacts, act: str, thing: ThingFacts) -> Iterator[Sentence]:
    def would(reader_then: ReaderFacts = reader, **facts: Any) -> bool:
        return access.may(reader_then, act, replace(thing, **facts)).allowed

    for role in ROLES:
        if role != reader.role and would(replace(reader, role=role)):
            yield sentence("with the role “{role}”", role=role)
    for handling in HANDLINGS:
        if handling != thing.handling and would(handling=handling):
            yield sentence("if its handling were “{handling}”", handling=handling)
    owner = thing.service
    if owner is not None and owner != reader.service:
        if would(replace(reader, service=owner)):
            yield sentence("as an officer of {service}, which owns it", service=owner)
        if would(delivered_to=thing.delivered_to | {reader.service}):
            yield sentence("if it had been delivered to {service}", service=reader.service)
    if thing.kind in HELD and thing.holder_service != reader.service and would(holder_service=reader.service):
        yield sentence("if {service} held it", service=reader.service)
    if thing.assigned_to != reader.officer and would(assigned_to=reader.officer):
        yield sentence("if it were given to this officer")
    if thing.filed_by not in (None, reader.officer) and would(filed_by=reader.officer):
        yield sentence("if this officer had filed it")
    if thing.filed_by == reader.officer and would(filed_by="another"):
        yield sentence("if another had decided it: nobody reviews their own decision")
    if not thing.live and would(live=True):
        yield sentence("if it had not ended")
    if thing.discreet and would(discreet=False):
        yield sentence("if the interest behind it were not discreet")
