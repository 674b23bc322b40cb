"""What was told to whom beside their duties, and the worker's heartbeat."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from passerelle.ids import fresh_ref
from passerelle.records.models.duties import Duty
from passerelle.records.models.services import Officer, Service


def new_notice_ref() -> str:
    """A fresh reference for a notice."""
    return fresh_ref("notice")


class Notice(models.Model):
    """A sentence for a desk, or for one officer of a service: a duty climbed, a report was used."""

    ref = models.CharField(max_length=40, unique=True, default=new_notice_ref)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="notices")
    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="notices", null=True, blank=True)
    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="notices", null=True, blank=True)
    kind = models.CharField(max_length=20)
    says = models.JSONField()
    told_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-told_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["service", "-told_at"])]

    def __str__(self) -> str:
        return self.ref


class Heartbeat(models.Model):
    """When the worker last took a turn: one row. Too old means that the clocks are not being watched."""

    name = models.CharField(max_length=20, unique=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
