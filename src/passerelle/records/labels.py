"""Labels on the way out: what stands sealed opens for a page only where one of its services, or oversight, reads.

The second wall on SQLite, and a third on PostgreSQL: every sealed value bears the label of its row, the services it may
be opened for by the page of a reader. What policy lets a reader see of another service's record is opened by the verb
that wrote down the reading; whatever a page opens by itself beyond its label is an error and an alarm, never output.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from passerelle.errors import Refused
from passerelle.records import wall
from passerelle.words import sentence

alarm = logging.getLogger("passerelle.alarm")


class AboveTheLabel(Refused):
    """A page opened what its reader may not see: a fault of ours, said to nobody but the log."""

    code = "labels.above"


Services = set[int | None]

LABELS: Mapping[str, Callable[[Any], Services]] = {
    "Report": lambda row: {row.service_id},
    "ReportVersion": lambda row: {row.report.service_id},
    "Subject": lambda row: {row.service_id},
    "Dossier": lambda row: {row.service_id},
    "Interest": lambda row: {row.service_id},
    "Proposal": lambda row: {row.service_id, row.review.holder_id},
    "Delivery": lambda row: {row.sender_id} if row.evidence == "recalled" else {row.sender_id, row.recipient_id},
    "Match": lambda row: set(),
    "Judgement": lambda row: set(),
    "Duty": lambda row: {row.service_id, row.holder_id},
    "Withholding": lambda row: {row.duty.service_id, row.duty.holder_id},
    "Correction": lambda row: {row.report.service_id, row.recipient_id},
    "PeriodicReview": lambda row: {row.report.service_id},
    "PersonRequest": lambda row: {row.holder_id},
    "RequestPart": lambda row: {row.service_id},
    "Channel": lambda row: {row.service_id},
    "Question": lambda row: {row.service_id, row.duty.service_id, row.duty.holder_id},
    "Overload": lambda row: {row.service_id, row.review.holder_id},
    "Grant": lambda row: {row.report.service_id, row.officer.service_id},
    "Order": lambda row: {row.duty.service_id, row.duty.holder_id},
    "Reading": lambda row: {row.officer.service_id},
    "Search": lambda row: {row.officer.service_id},
    "Findable": lambda row: {row.service_id},
    "Visit": lambda row: {row.officer.service_id},
    "Handover": lambda row: {row.service_id},
    "Draft": lambda row: {row.officer.service_id},
    "RefusedRow": lambda row: {row.register.service_id},
    "Factor": lambda row: {row.officer.service_id},
    "FactorReset": lambda row: {row.officer.service_id},
    "SampleItem": lambda row: set(),
    "Gap": lambda row: set(),
}
"""For each table with sealed columns: the services whose readers may have a value of this row opened by a page.
Of none: the verb that decides what this reader may see opens it (why a match, what was judged, a sample's item)."""


def check(row: Any, column: str) -> None:
    """Raises AboveTheLabel when a reader's page opens a sealed value of a row that is none of their service's."""
    asker = wall.asker()
    if asker[0] != "reader" or asker[3] == "oversight":
        return
    of = LABELS.get(type(row).__name__)
    if of is not None and int(asker[1]) in of(row):
        return
    alarm.critical("a page opened %s of %s beyond its label for officer %s", column, type(row).__name__, asker[2])
    raise AboveTheLabel(sentence("Something went wrong here, and it was written down."))
