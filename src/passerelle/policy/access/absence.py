"""Who says that somebody is away: each for themselves, who leads a service for its officers, oversight's own body too.

    thing.kind = 'officer' AND act = 'send_away'
    AND ( thing.service = reader.service
          AND (thing.assigned_to = reader.officer OR role IN (supervisor, head, administrator))
          OR role = 'administrator' AND reader.service_kind = 'neutral_desk' )

What an absent officer holds finds another holder at once: nobody is sent away to keep a duty from being done.
"""

from __future__ import annotations

from passerelle.policy.facts import ReaderFacts, ThingFacts
from passerelle.words import noop

NAME = "absence"
BECAUSE = noop("Each says for themselves that they are away; who leads a service, for its officers.")


def grants(reader: ReaderFacts, act: str, thing: ThingFacts) -> bool:
    """Oneself, one's own people, or who administers them."""
    return (
        thing.kind == "officer"
        and act == "send_away"
        and (
            (
                thing.service == reader.service
                and (thing.assigned_to == reader.officer or reader.role in {"supervisor", "head", "administrator"})
            )
            or (reader.role == "administrator" and reader.service_kind == "neutral_desk")
        )
    )
