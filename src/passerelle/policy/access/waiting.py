"""Who waits for a decision, and was told that there is something to wait for, may see that it is open and until when.

    thing.kind IN (duty, withholding) AND reader.service IN thing.parties AND reader.service IN thing.delivered_to
    AND thing.handling <> 'sealed' AND role IN (desk, supervisor, head) AND act IN (list, read)

`delivered_to` of a duty or a withholding names the services that got at least a pointer to what it is about.
"""

from __future__ import annotations

from passerelle.policy.facts import DESK_ROLES, ReaderFacts, ThingFacts
from passerelle.words import noop

NAME = "waiting"
BECAUSE = noop("Your service waits for this and was told that it is held.")


def grants(reader: ReaderFacts, act: str, thing: ThingFacts) -> bool:
    """The state and the clock, never the content."""
    return (
        thing.kind in {"duty", "withholding"}
        and reader.service in thing.parties
        and reader.service in thing.delivered_to
        and thing.handling != "sealed"
        and reader.role in DESK_ROLES
        and act in {"list", "read"}
    )
