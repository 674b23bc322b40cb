"""Who broke the glass, or was let read something for a time, reads that and nothing else, until it ends.

    thing.kind = 'grant' AND role IN (officer, desk, supervisor, head)
    AND ( thing.assigned_to = reader.officer AND thing.holder_service = reader.service
          AND (act IN (list, read) OR act = 'read_content' AND thing.live)
          OR act IN (list, read) AND role IN (supervisor, head) AND thing.holder_service = reader.service
          OR act IN (list, read) AND role IN (desk, supervisor, head) AND thing.service = reader.service
             AND NOT thing.discreet
          OR act = 'end' AND role IN (supervisor, head) AND thing.service = reader.service AND thing.live
             AND NOT thing.discreet )

`service` owns the report, `holder_service` is that of the officer who reads. The owner is not told of a reader whose
interest is discreet; the reader's own supervisor, the review and oversight are.
"""

from __future__ import annotations

from passerelle.policy.facts import DESK_ROLES, SERVICE_ROLES, ReaderFacts, ThingFacts
from passerelle.words import noop

NAME = "granted"
BECAUSE = noop("An exception, with a reason and an end, lets you see this.")


def grants(reader: ReaderFacts, act: str, thing: ThingFacts) -> bool:
    """The officer it is for; those who lead them; the desk that owns what is read."""
    leads = reader.role in {"supervisor", "head"}
    theirs = thing.holder_service == reader.service
    return (
        thing.kind == "grant"
        and reader.role in SERVICE_ROLES
        and (
            (
                thing.assigned_to == reader.officer
                and theirs
                and (act in {"list", "read"} or (act == "read_content" and thing.live))
            )
            or (act in {"list", "read"} and leads and theirs)
            or (
                act in {"list", "read"}
                and reader.role in DESK_ROLES
                and thing.service == reader.service
                and not thing.discreet
            )
            or (act == "end" and leads and thing.service == reader.service and thing.live and not thing.discreet)
        )
    )
