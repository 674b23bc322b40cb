"""What recipients got, and what was decided not to be passed on."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from passerelle.ids import fresh_ref
from passerelle.records.models.duties import Duty
from passerelle.records.models.reports import Report, new_salt
from passerelle.records.models.services import Officer, Service
from passerelle.records.sealed import SealedJson, SealedText
from passerelle.words import noop

FORMS: dict[str, str] = {
    "whole": noop("the whole report"),
    "extract": noop("an extract"),
    "pointer": noop("a pointer"),
}
EVIDENCE: dict[str, str] = {
    "queued": noop("queued"),
    "delivered": noop("delivered"),
    "opened": noop("opened"),
    "acknowledged": noop("acknowledged"),
    "acted_upon": noop("acted upon"),
    "recalled": noop("recalled"),
}


def new_delivery_ref() -> str:
    """A fresh reference for a delivery."""
    return fresh_ref("delivery")


def new_withholding_ref() -> str:
    """A fresh reference for a withholding."""
    return fresh_ref("withholding")


class Delivery(models.Model):
    """What a recipient got: the whole report, an extract, or a pointer. `content` is exactly what travelled."""

    ref = models.CharField(max_length=40, unique=True, default=new_delivery_ref)
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="deliveries")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="deliveries")
    report_version = models.PositiveIntegerField()
    sender = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="sent")
    recipient = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="received")
    form = models.CharField(max_length=10)
    content = SealedJson(default=dict)
    torn = SealedJson(default=dict)  # what the desk let this extract carry; empty: as much as may travel
    names = models.JSONField(default=list)  # references of the subjects it speaks of, theirs and the sender's
    salt = models.BinaryField(default=new_salt)
    decided = models.BooleanField(default=False)  # the sender's desk decided it; else it travelled by itself
    evidence = models.CharField(max_length=15, default="delivered")
    because = SealedJson(default=list)
    delivered_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    recalled_at = models.DateTimeField(null=True, blank=True)
    recall_reason = SealedText(blank=True, default="")
    index_form = models.PositiveSmallIntegerField(default=0)  # as that of a report

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["id"], condition=models.Q(index_form=0), name="delivery_to_index")
        ]
        verbose_name_plural = "deliveries"
        ordering: ClassVar[list[str]] = ["-delivered_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(  # what was recalled may be decided, and passed on, again
                fields=["report", "report_version", "recipient", "form"],
                condition=~models.Q(evidence="recalled"),
                name="delivery_once",
            ),
            models.CheckConstraint(condition=models.Q(form__in=list(FORMS)), name="delivery_form"),
            models.CheckConstraint(condition=models.Q(evidence__in=list(EVIDENCE)), name="delivery_evidence"),
        ]

    def __str__(self) -> str:
        return self.ref


class Withholding(models.Model):
    """A decision not to pass on, on one ground of the closed list; reviewed by a second person."""

    ref = models.CharField(max_length=40, unique=True, default=new_withholding_ref)
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="withholdings")
    ground = models.CharField(max_length=2)
    reason = SealedText()
    salt = models.BinaryField(default=new_salt)
    decided_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, blank=True)
    reviewed_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    review_reason = SealedText(blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(outcome="", reviewed_by__isnull=True)
                | models.Q(outcome__in=["upheld", "overturned"], reviewed_by__isnull=False),
                name="withholding_reviewed",
            ),
            models.CheckConstraint(
                condition=models.Q(reviewed_by__isnull=True) | ~models.Q(reviewed_by=models.F("decided_by")),
                name="withholding_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return self.ref
