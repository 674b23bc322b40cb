"""Who read what, and why: the reason in words stands here, its commitment in the ledger."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from passerelle.records.models.reports import new_salt
from passerelle.records.models.services import Officer
from passerelle.records.sealed import SealedText
from passerelle.words import noop

READING_PURPOSES: dict[str, str] = {
    "own_work": noop("work on one's own reports and dossiers"),
    "duty": noop("to carry out a duty"),
    "received": noop("to read what was passed on to us"),
    "exception": noop("an exception: the glass was broken, or reading was given for a time"),
    "oversight": noop("oversight"),
}


class Reading(models.Model):
    """One read of protected content: by whom, of what, for which purpose and reason, on which ground of access."""

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="readings")
    thing = models.CharField(max_length=40)
    purpose = models.CharField(max_length=20)
    reason = SealedText(blank=True, row="salt")
    ground = models.CharField(max_length=40)
    salt = models.BinaryField(default=new_salt)
    read_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-read_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["thing"]),
            models.Index(fields=["officer", "-read_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.officer_id}: {self.thing}"
