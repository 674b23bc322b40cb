"""An administrator manages their own service and its officers, the exchange's administrator all of them; no content.

role = 'administrator' AND thing.kind IN (service, officer) AND act IN (list, read, manage)
AND (thing.service = reader.service OR reader.service_kind = 'neutral_desk')
"""

from __future__ import annotations

from passerelle.policy.facts import ReaderFacts, ThingFacts
from passerelle.words import noop

NAME = "administrator"
BECAUSE = noop("You administer this service.")


def grants(reader: ReaderFacts, act: str, thing: ThingFacts) -> bool:
    """Services and officers, never what they hold."""
    return (
        reader.role == "administrator"
        and thing.kind in {"service", "officer"}
        and act in {"list", "read", "manage"}
        and (thing.service == reader.service or reader.service_kind == "neutral_desk")
    )
