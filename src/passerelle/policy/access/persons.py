"""A person's request is seen by the service that recorded it and answered by the one that holds it, or by oversight.

    thing.kind = 'request'
    AND ( thing.service = reader.service AND role IN (desk, supervisor, head)
          AND act IN (list, read, read_content, answer)
          OR thing.service = reader.service AND role = 'oversight'
          AND reader.service_kind = 'oversight' AND act = 'answer'
          OR reader.service IN thing.parties AND role IN (desk, supervisor, head) AND act IN (list, read) )

`service` answers it, `parties` recorded it: who recorded one that goes by way of the authority sees that it was sent,
and neither what was found nor when it was answered. To answer a person is no decision on what services owe each other,
so it is oversight's too.
"""

from __future__ import annotations

from passerelle.policy.facts import DESK_ROLES, ReaderFacts, ThingFacts
from passerelle.words import noop

NAME = "persons"
BECAUSE = noop("Your service recorded this person's request, or answers it.")


def grants(reader: ReaderFacts, act: str, thing: ThingFacts) -> bool:
    """The desk that answers; the desk that recorded, no further than that it did; oversight where it answers."""
    if thing.kind != "request":
        return False
    answers = thing.service == reader.service
    if reader.role == "oversight":
        return answers and reader.service_kind == "oversight" and act == "answer"
    return reader.role in DESK_ROLES and (
        (answers and act in {"list", "read", "read_content", "answer"})
        or (reader.service in thing.parties and act in {"list", "read"})
    )
