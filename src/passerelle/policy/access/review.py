"""A second person reviews a decision of their service, or one whose review their desk holds; nobody reviews their own.

    thing.kind IN (withholding, interest, report, duty, match) AND thing.filed_by IS NOT NULL
    AND thing.filed_by <> reader.officer AND role IN (desk, supervisor, head)
    AND ( thing.service = reader.service AND thing.kind <> 'match'
          OR thing.holder_service = reader.service AND thing.kind IN (withholding, duty, match)
          OR thing.kind = 'match' AND reader.service IN thing.sees_both AND reader.service IN thing.parties )
    AND ( act = 'review' OR act IN (list, read, read_content) AND thing.kind IN (withholding, duty) )

`filed_by` is who decided. Where nobody knows who did, nobody can be the second person.
"""

from __future__ import annotations

from passerelle.policy.facts import DESK_ROLES, ReaderFacts, ThingFacts
from passerelle.words import noop

NAME = "review"
BECAUSE = noop("You are the second person for a decision that another took.")

KINDS = frozenset({"withholding", "interest", "report", "duty", "match"})


def grants(reader: ReaderFacts, act: str, thing: ThingFacts) -> bool:
    """Four eyes: of the service that decided or holds the review, and not the one who decided."""
    return (
        thing.kind in KINDS
        and thing.filed_by is not None
        and thing.filed_by != reader.officer
        and reader.role in DESK_ROLES
        and (
            (thing.service == reader.service and thing.kind != "match")
            or (thing.holder_service == reader.service and thing.kind in {"withholding", "duty", "match"})
            or (thing.kind == "match" and reader.service in thing.sees_both and reader.service in thing.parties)
        )
        and (act == "review" or (act in {"list", "read", "read_content"} and thing.kind in {"withholding", "duty"}))
    )
