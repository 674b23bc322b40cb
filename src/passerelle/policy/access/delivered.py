"""What was delivered to a service may be seen there, as far as it was delivered.

    reader.service IN thing.delivered_to AND role IN (officer, desk, supervisor, head)
    AND thing.kind IN (report, subject, delivery, match)
    AND ( act IN (list, read)
          OR act = 'read_content' AND thing.kind <> 'match'
             AND (thing.kind = 'delivery' OR reader.service IN thing.delivered_whole_to)
          OR act = 'name_owner' AND NOT thing.discreet
          OR act = 'acknowledge' AND thing.kind = 'delivery' AND role IN (desk, supervisor, head) )

A delivery holds only what travelled: its content is the extract or the pointer itself. A report that came whole may be
read as it stands; one that came as an extract or a pointer may not. Of a match, a recipient sees that it is.
"""

from __future__ import annotations

from passerelle.policy.facts import DESK_ROLES, SERVICE_ROLES, ReaderFacts, ThingFacts
from passerelle.words import noop

NAME = "delivered"
BECAUSE = noop("It was delivered to your service.")

KINDS = frozenset({"report", "subject", "delivery", "match"})


def grants(reader: ReaderFacts, act: str, thing: ThingFacts) -> bool:
    """A recipient, no further than what it received."""
    return (
        reader.service in thing.delivered_to
        and reader.role in SERVICE_ROLES
        and thing.kind in KINDS
        and (
            act in {"list", "read"}
            or (
                act == "read_content"
                and thing.kind != "match"
                and (thing.kind == "delivery" or reader.service in thing.delivered_whole_to)
            )
            or (act == "name_owner" and not thing.discreet)
            or (act == "acknowledge" and thing.kind == "delivery" and reader.role in DESK_ROLES)
        )
    )
