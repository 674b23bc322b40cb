"""May this reader do this with this thing? Grounds are tried in the order of a plain tuple; no ground means no."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

from passerelle.policy.access import (
    absence,
    administrator,
    asked,
    delivered,
    directory,
    granted,
    holder,
    neutral_desk,
    overload,
    oversight,
    own_filing,
    own_service,
    party_to_match,
    persons,
    review,
    waiting,
)
from passerelle.policy.facts import ACTS, ROLES, SERVICE_KINDS, THING_KINDS, ReaderFacts, ThingFacts, check_word
from passerelle.words import Sentence, sentence

GROUNDS: tuple[ModuleType, ...] = (
    own_service,
    own_filing,
    holder,
    party_to_match,
    delivered,
    waiting,
    review,
    granted,
    neutral_desk,
    asked,
    overload,
    persons,
    oversight,
    administrator,
    absence,
    directory,
)
"""Each has NAME, BECAUSE and `grants(reader, act, thing)`, one boolean expression over the facts, so that
`records/visibility.py` can say the same in SQL. The first that grants names the verdict; the order changes no more."""

NO_GROUND = sentence("There is nothing here that you may see or do.")
"""The one answer for what is denied and for what does not exist."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Allowed, on which ground; or not, in a sentence that tells nothing about the thing."""

    allowed: bool
    ground: str | None
    because: Sentence


DENIED = Verdict(allowed=False, ground=None, because=NO_GROUND)


def may(reader: ReaderFacts, act: str, thing: ThingFacts) -> Verdict:
    """Whether `reader` may do `act` with `thing`, and on which ground.

    Raises UnknownWord for an act, a role or a kind outside its closed list: that is a slip of ours, not an answer.
    """
    check_word(act, ACTS, what="act")
    check_word(reader.role, ROLES, what="role")
    check_word(reader.service_kind, SERVICE_KINDS, what="kind of service")
    check_word(thing.kind, THING_KINDS, what="kind of thing")
    for ground in GROUNDS:
        if ground.grants(reader, act, thing):
            return Verdict(allowed=True, ground=ground.NAME, because=Sentence(ground.BECAUSE))
    return DENIED
