"""Everybody may see which services take part and how to reach their desks, and who their own colleagues are.

act IN (list, read)
AND ( thing.kind = 'service' OR thing.kind = 'officer' AND thing.service = reader.service )
"""

from __future__ import annotations

from passerelle.policy.facts import ReaderFacts, ThingFacts
from passerelle.words import noop

NAME = "directory"
BECAUSE = noop("Everybody may know which services take part, and who works beside them.")


def grants(reader: ReaderFacts, act: str, thing: ThingFacts) -> bool:
    """Names and desks of services; officers of one's own."""
    return act in {"list", "read"} and (
        thing.kind == "service" or (thing.kind == "officer" and thing.service == reader.service)
    )
