"""What the desk of one shift leaves to the next, and which pair a clerk has before them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models

from passerelle.ids import fresh_ref
from passerelle.records.models.duties import Duty
from passerelle.records.models.reports import new_salt
from passerelle.records.models.services import Officer, Service
from passerelle.records.sealed import SealedText


def new_handover_ref() -> str:
    """A fresh reference for a handover."""
    return fresh_ref("handover")


class Handover(models.Model):
    """A signed note from one shift of a desk to the next, until a moment. Until somebody took it over it has a clock:
    at `next_event_at` the rung above is told, and `level` says how far that went."""

    ref = models.CharField(max_length=40, unique=True, default=new_handover_ref)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="handovers")
    signed_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    note = SealedText()
    salt = models.BinaryField(default=new_salt)
    open_count = models.PositiveIntegerField(default=0)
    late_count = models.PositiveIntegerField(default=0)
    signed_at = models.DateTimeField()
    until = models.DateTimeField()
    taken_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    level = models.PositiveSmallIntegerField(default=0)
    next_event_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-signed_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["next_event_at"], condition=models.Q(next_event_at__isnull=False), name="handover_next_event"
            )
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(until__gt=models.F("signed_at")), name="handover_ends"),
            models.CheckConstraint(
                condition=models.Q(taken_by__isnull=True, taken_at__isnull=True)
                | models.Q(taken_by__isnull=False, taken_at__isnull=False, next_event_at__isnull=True),
                name="handover_taken_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    def live(self, at: datetime) -> bool:
        """Whether its note still counts at `at`."""
        return at < self.until


class Reservation(models.Model):
    """A pair that a clerk has before them, or that is loaded for them: for a few minutes no other clerk gets it from
    the queue. It is no holder and no clock: the duty stays their desk's, and runs on."""

    duty = models.OneToOneField(Duty, on_delete=models.CASCADE, related_name="reservation")
    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="reservations")
    since = models.DateTimeField()
    until = models.DateTimeField()
    beforehand = models.BooleanField(default=False)  # loaded, and not shown yet

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["officer", "until"])]

    def __str__(self) -> str:
        return f"{self.officer_id}: {self.duty_id}"
