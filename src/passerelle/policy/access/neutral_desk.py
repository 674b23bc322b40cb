"""The neutral desk of the exchange judges the matches it was given, and hands back what nobody decided.

    reader.service_kind = 'neutral_desk' AND role IN (desk, supervisor, head)
    AND ( thing.kind = 'match' AND act IN (list, read, read_content, judge)
          AND ( thing.holder_service = reader.service OR reader.service IN thing.judged_by )
          OR thing.kind = 'duty' AND thing.holder_service = reader.service AND act IN (list, read, judge, reassign) )

It sees both sides of a match, which the sides do not, as long as it holds its judgement or the one it gave stands: so
that it can be taken back. It is not told whose discreet interest it is.
"""

from __future__ import annotations

from passerelle.policy.facts import DESK_ROLES, ReaderFacts, ThingFacts
from passerelle.words import noop

NAME = "neutral_desk"
BECAUSE = noop("The neutral desk was given this to judge or to hand back.")


def grants(reader: ReaderFacts, act: str, thing: ThingFacts) -> bool:
    """What stands with the neutral desk now, and the matches that it judged."""
    return (
        reader.service_kind == "neutral_desk"
        and reader.role in DESK_ROLES
        and (
            (
                thing.kind == "match"
                and act in {"list", "read", "read_content", "judge"}
                and (thing.holder_service == reader.service or reader.service in thing.judged_by)
            )
            or (
                thing.kind == "duty"
                and thing.holder_service == reader.service
                and act in {"list", "read", "judge", "reassign"}
            )
        )
    )
