"""Who filed something for the service may read it and correct it, also when it is sealed, as long as they belong there.

thing.filed_by = reader.officer AND thing.service = reader.service
AND thing.kind IN (report, subject, dossier, interest) AND role IN (officer, desk, supervisor, head)
AND (act IN (list, read, read_content, file, correct) OR act = 'name_owner' AND (kind = 'interest' OR NOT discreet))
"""

from __future__ import annotations

from passerelle.policy.facts import SERVICE_ROLES, ReaderFacts, ThingFacts
from passerelle.words import noop

NAME = "own_filing"
BECAUSE = noop("You filed it yourself.")

KINDS = frozenset({"report", "subject", "dossier", "interest"})
ALLOWED = frozenset({"list", "read", "read_content", "file", "correct"})


def grants(reader: ReaderFacts, act: str, thing: ThingFacts) -> bool:
    """The filer, still in the service that owns it."""
    return (
        thing.filed_by == reader.officer
        and thing.service == reader.service
        and thing.kind in KINDS
        and reader.role in SERVICE_ROLES
        and (act in ALLOWED or (act == "name_owner" and (thing.kind == "interest" or not thing.discreet)))
    )
