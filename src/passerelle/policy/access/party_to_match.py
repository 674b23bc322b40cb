"""The desk on one side of a match judges it, where policy lets it see the other side too.

    thing.kind = 'match' AND reader.service IN thing.parties
    AND (reader.service IN thing.sees_both OR reader.service = thing.holder_service)
    AND role IN (desk, supervisor, head)
    AND ( act IN (list, read, read_content, judge) OR act = 'name_owner' AND NOT thing.discreet )

`sees_both` is filled from `disclosure.sees_other_side`, once for each side, and the judgement is only ever given to a
desk that may see the other side; where neither may, the neutral desk judges.
"""

from __future__ import annotations

from passerelle.policy.facts import DESK_ROLES, ReaderFacts, ThingFacts
from passerelle.words import noop

NAME = "party_to_match"
BECAUSE = noop("Your service stands on one side of this match, and may see enough of the other to judge it.")

ALLOWED = frozenset({"list", "read", "read_content", "judge"})


def grants(reader: ReaderFacts, act: str, thing: ThingFacts) -> bool:
    """A desk of a side that may see both sides."""
    return (
        thing.kind == "match"
        and reader.service in thing.parties
        and (reader.service in thing.sees_both or reader.service == thing.holder_service)
        and reader.role in DESK_ROLES
        and (act in ALLOWED or (act == "name_owner" and not thing.discreet))
    )
