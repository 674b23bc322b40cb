"""What became of a report after it was told, for each service that holds a copy; and their receipts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from passerelle.ids import fresh_ref
from passerelle.records.models.deliveries import Delivery
from passerelle.records.models.duties import Duty
from passerelle.records.models.reports import Report, new_salt
from passerelle.records.models.services import Officer, Service
from passerelle.records.sealed import SealedJson, SealedText
from passerelle.words import noop

CORRECTION_KINDS: dict[str, str] = {
    "corrected": noop("it was corrected"),
    "withdrawn": noop("it was withdrawn"),
    "erased": noop("it was erased"),
    "parted": noop("it concerns somebody else than your subject"),
    "restricted": noop("its use was restricted"),
    "lifted": noop("it may be used again"),
}
RECEIPTS: dict[str, str] = {
    "corrected": noop("Our copy was corrected"),
    "removed": noop("Our copy was removed"),
    "restricted": noop("Our copy was marked as restricted"),
    "not_found": noop("We have no copy outside the exchange"),
    "refused": noop("The law requires us to keep it as it is"),
}


def new_correction_ref() -> str:
    """A fresh reference for a correction."""
    return fresh_ref("correction")


class Correction(models.Model):
    """One change that one holder of a copy must follow. `changes` is what changed in what they have, field by field.

    `delivery` is the latest that they had. Without a `duty`, nothing of what they have changed: that, too, is on
    record. `receipt` is what their desk did with its copy; empty as long as the duty lives.
    """

    ref = models.CharField(max_length=40, unique=True, default=new_correction_ref)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="corrections")
    recipient = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="corrections")
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="corrections")
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="corrections", null=True, blank=True)
    kind = models.CharField(max_length=12)
    version = models.PositiveIntegerField()
    changes = SealedJson(default=list)
    salt = models.BinaryField(default=new_salt)
    asked_at = models.DateTimeField()
    receipt = models.CharField(max_length=12, blank=True)
    receipt_note = SealedText(blank=True)
    received_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["asked_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(kind__in=list(CORRECTION_KINDS)), name="correction_kind"),
            models.CheckConstraint(
                condition=models.Q(receipt="", received_at__isnull=True)
                | models.Q(receipt__in=list(RECEIPTS), received_at__isnull=False, duty__isnull=False),
                name="correction_receipt",
            ),
        ]

    def __str__(self) -> str:
        return self.ref
