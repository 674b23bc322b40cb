"""A question is seen by the service that asked and by whoever owes the answer, nobody else.

    thing.kind = 'question'
    AND ( act IN (list, read, read_content) OR act = 'name_owner' AND NOT thing.discreet )
    AND ( thing.service = reader.service AND role IN (officer, desk, supervisor, head)
          OR thing.holder_service = reader.service
          AND ( role IN (desk, supervisor, head) OR role = 'officer' AND thing.assigned_to = reader.officer )
          OR reader.service IN thing.parties AND role IN (desk, supervisor, head) )

`service` asked, `parties` names the service whose duty the answer is, `holder_service` holds it now.
"""

from __future__ import annotations

from passerelle.policy.facts import DESK_ROLES, SERVICE_ROLES, ReaderFacts, ThingFacts
from passerelle.words import noop

NAME = "asked"
BECAUSE = noop("Your service asked this, or owes the answer.")

READING = frozenset({"list", "read", "read_content"})


def grants(reader: ReaderFacts, act: str, thing: ThingFacts) -> bool:
    """Who asked, and who is to answer."""
    return (
        thing.kind == "question"
        and (act in READING or (act == "name_owner" and not thing.discreet))
        and (
            (thing.service == reader.service and reader.role in SERVICE_ROLES)
            or (
                thing.holder_service == reader.service
                and (reader.role in DESK_ROLES or (reader.role == "officer" and thing.assigned_to == reader.officer))
            )
            or (reader.service in thing.parties and reader.role in DESK_ROLES)
        )
    )
