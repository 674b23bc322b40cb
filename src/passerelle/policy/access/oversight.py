"""Oversight reads everything, checks the ledger, and has one act besides: to order a decision.

role = 'oversight'
AND ( act IN (list, read, read_content, name_owner)
      OR act = 'export_ledger' AND thing.kind = 'ledger'
      OR act = 'order_decision' AND thing.kind IN (duty, withholding) )
"""

from __future__ import annotations

from passerelle.policy.facts import ReaderFacts, ThingFacts
from passerelle.words import noop

NAME = "oversight"
BECAUSE = noop("Oversight may read whatever is recorded, and each reading is recorded too.")


def grants(reader: ReaderFacts, act: str, thing: ThingFacts) -> bool:
    """Reading, and the order to decide; never deciding itself."""
    return reader.role == "oversight" and (
        act in {"list", "read", "read_content", "name_owner"}
        or (act == "export_ledger" and thing.kind == "ledger")
        or (act == "order_decision" and thing.kind in {"duty", "withholding"})
    )
