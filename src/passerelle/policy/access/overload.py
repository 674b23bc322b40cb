"""A service sees what its head signed for lack of people; oversight, or who holds its place, reviews it.

    thing.kind = 'overload'
    AND ( thing.service = reader.service AND role IN (officer, desk, supervisor, head) AND act IN (list, read)
          OR thing.holder_service = reader.service AND role IN (desk, supervisor, head, oversight)
          AND thing.filed_by IS NOT NULL AND thing.filed_by <> reader.officer AND act IN (list, read, review) )

`filed_by` is the head who signed. Oversight reads everything by a ground of its own.
"""

from __future__ import annotations

from passerelle.policy.facts import DESK_ROLES, SERVICE_ROLES, ReaderFacts, ThingFacts
from passerelle.words import noop

NAME = "overload"
BECAUSE = noop("Your service signed for it, or you are the second person.")


def grants(reader: ReaderFacts, act: str, thing: ThingFacts) -> bool:
    """Its own service reads; the second person reviews."""
    return thing.kind == "overload" and (
        (thing.service == reader.service and reader.role in SERVICE_ROLES and act in {"list", "read"})
        or (
            thing.holder_service == reader.service
            and reader.role in DESK_ROLES | {"oversight"}
            and thing.filed_by is not None
            and thing.filed_by != reader.officer
            and act in {"list", "read", "review"}
        )
    )
