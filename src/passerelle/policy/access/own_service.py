"""A service works with what it holds itself; what it sealed, only those who act for its desk.

    thing.service = reader.service AND role IN (officer, desk, supervisor, head)
    AND thing.kind IN (report, subject, dossier, duty, delivery, withholding, interest)
    AND ( role IN (desk, supervisor, head)
          AND act IN (list, read, read_content, file, pass_on, withhold, answer, hold, correct)
          OR role IN (desk, supervisor, head) AND thing.kind = 'duty' AND act IN (acknowledge, judge)
          OR role IN (desk, supervisor, head) AND thing.kind = 'delivery' AND act = 'recall'
          OR role IN (supervisor, head) AND (act = 'reassign' OR act IN (grant, erase) AND thing.kind = 'report')
          OR role = 'officer' AND handling <> 'sealed' AND act IN (list, read, read_content, file)
          OR act = 'name_owner' AND (thing.kind = 'interest' OR NOT thing.discreet)
             AND (role <> 'officer' OR handling <> 'sealed') )

A duty that climbed above the service may still be ended below, where it came from. A discreet interest is known to the
service that has it; what rests on another's discreet interest names nobody.
"""

from __future__ import annotations

from passerelle.policy.facts import DESK_ROLES, SERVICE_ROLES, ReaderFacts, ThingFacts
from passerelle.words import noop

NAME = "own_service"
BECAUSE = noop("It belongs to your own service.")

CONTENTS = frozenset({"report", "subject", "dossier", "duty", "delivery", "withholding", "interest"})
READING = frozenset({"list", "read", "read_content"})
DECIDING = frozenset({"file", "pass_on", "withhold", "answer", "hold", "correct"})


def grants(reader: ReaderFacts, act: str, thing: ThingFacts) -> bool:
    """Reading for all who work with contents; deciding for the desk; reassigning for those who lead it."""
    return (
        thing.service == reader.service
        and thing.kind in CONTENTS
        and reader.role in SERVICE_ROLES
        and (
            (reader.role in DESK_ROLES and act in READING | DECIDING)
            or (reader.role in DESK_ROLES and thing.kind == "duty" and act in {"acknowledge", "judge"})
            or (reader.role in DESK_ROLES and thing.kind == "delivery" and act == "recall")
            or (
                reader.role in {"supervisor", "head"}
                and (act == "reassign" or (act in {"grant", "erase"} and thing.kind == "report"))
            )
            or (reader.role == "officer" and thing.handling != "sealed" and act in READING | {"file"})
            or (
                act == "name_owner"
                and (thing.kind == "interest" or not thing.discreet)
                and (reader.role != "officer" or thing.handling != "sealed")
            )
        )
    )
