"""Who holds a duty may see it and do what ends it.

    thing.kind = 'duty' AND thing.holder_service = reader.service
    AND ( role IN (desk, supervisor, head) OR role = 'officer' AND thing.assigned_to = reader.officer )
    AND ( act IN (list, read, read_content, judge, acknowledge, answer, hold)
          OR act IN (pass_on, withhold, correct) AND thing.service = reader.service
          OR act = 'correct' AND reader.service IN thing.delivered_to
          OR act = 'reassign' AND role IN (supervisor, head)
          OR act = 'name_owner' AND NOT thing.discreet )

Passing on and withholding belong to the service that owns what the duty is about: a rung above it may only remind and
reassign. Whose discreet interest it is, the holder is not told.
"""

from __future__ import annotations

from passerelle.policy.facts import DESK_ROLES, ReaderFacts, ThingFacts
from passerelle.words import noop

NAME = "holder"
BECAUSE = noop("Your desk holds this duty.")

ENDING = frozenset({"list", "read", "read_content", "judge", "acknowledge", "answer", "hold"})
OWNERS = frozenset({"pass_on", "withhold", "correct"})


def grants(reader: ReaderFacts, act: str, thing: ThingFacts) -> bool:
    """The desk that holds it, or the officer it is assigned to there."""
    return (
        thing.kind == "duty"
        and thing.holder_service == reader.service
        and (reader.role in DESK_ROLES or (reader.role == "officer" and thing.assigned_to == reader.officer))
        and (
            act in ENDING
            or (act in OWNERS and thing.service == reader.service)
            or (act == "correct" and reader.service in thing.delivered_to)
            or (act == "reassign" and reader.role in {"supervisor", "head"})
            or (act == "name_owner" and not thing.discreet)
        )
    )
