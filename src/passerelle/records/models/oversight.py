"""What oversight did: the decisions it ordered, and the samples it drew and looked at."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from passerelle.ids import fresh_ref
from passerelle.records.models.duties import Duty
from passerelle.records.models.reports import new_salt
from passerelle.records.models.services import Officer
from passerelle.records.sealed import SealedText
from passerelle.words import noop

SAMPLE_KINDS: dict[str, str] = {
    "reads": noop("reads of protected content"),
    "withholdings": noop("withholdings"),
    "glass": noop("glass that was broken"),
}
FINDINGS: dict[str, str] = {"in_order": noop("in order"), "follow_up": noop("to be followed up")}


def new_order_ref() -> str:
    """A fresh reference for an order."""
    return fresh_ref("order")


def new_sample_ref() -> str:
    """A fresh reference for a sample."""
    return fresh_ref("sample")


class Order(models.Model):
    """Oversight's one act besides reading: a decision is to be taken, now."""

    ref = models.CharField(max_length=40, unique=True, default=new_order_ref)
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="orders")
    reason = SealedText()
    salt = models.BinaryField(default=new_salt)
    ordered_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.ref


class Sample(models.Model):
    """What oversight drew of one kind between two moments. The draw at random follows from the root of the ledger at
    `ledger_size`, so that nobody chose it and anybody can draw it again."""

    ref = models.CharField(max_length=40, unique=True, default=new_sample_ref)
    kind = models.CharField(max_length=15)
    drawn_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()
    since = models.DateTimeField(null=True, blank=True)
    ledger_size = models.PositiveBigIntegerField()
    ledger_root = models.CharField(max_length=64)
    population = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-drawn_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(kind__in=list(SAMPLE_KINDS)), name="sample_kind"),
        ]

    def __str__(self) -> str:
        return self.ref


class SampleItem(models.Model):
    """One thing of a sample, why it is in it (`random`, or a rule of risk), and what oversight found."""

    sample = models.ForeignKey(Sample, on_delete=models.CASCADE, related_name="items")
    thing = models.CharField(max_length=60)
    why = models.CharField(max_length=20)
    outcome = models.CharField(max_length=12, blank=True)
    note = SealedText(blank=True, row="salt")
    salt = models.BinaryField(default=new_salt)
    examined_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    examined_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["sample", "thing"], name="sample_item_once"),
            models.CheckConstraint(condition=models.Q(outcome__in=["", *FINDINGS]), name="sample_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.sample_id}: {self.thing}"
