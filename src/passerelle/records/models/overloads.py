"""Overload, said out loud: the head of a service signs that one kind of duty of its desk is deferred until a day."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models

from passerelle.ids import fresh_ref
from passerelle.records.models.duties import Duty
from passerelle.records.models.reports import new_salt
from passerelle.records.models.services import Officer, Service
from passerelle.records.sealed import SealedText


def new_overload_ref() -> str:
    """A fresh reference for an overload."""
    return fresh_ref("overload")


class Overload(models.Model):
    """Too few people for one kind of duty, until a moment, signed and reviewed by oversight (`outcome`)."""

    ref = models.CharField(max_length=40, unique=True, default=new_overload_ref)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="overloads")
    kind = models.CharField(max_length=12)
    reason = SealedText()
    salt = models.BinaryField(default=new_salt)
    signed_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    until = models.DateTimeField()
    review = models.OneToOneField(Duty, on_delete=models.PROTECT, related_name="overload")
    outcome = models.CharField(max_length=10, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-signed_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["service", "kind"], condition=models.Q(ended_at__isnull=True), name="overload_once"
            ),
            models.CheckConstraint(condition=models.Q(until__gt=models.F("signed_at")), name="overload_ends"),
            models.CheckConstraint(
                condition=models.Q(outcome__in=["", "upheld", "overturned"]), name="overload_outcome"
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    def live(self, at: datetime) -> bool:
        """Whether it still defers at `at`."""
        return self.ended_at is None and at < self.until
