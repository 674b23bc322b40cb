"""Why somebody opened a thing that is no duty of theirs: asked once, good for one visit."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from passerelle.records.models.services import Officer
from passerelle.records.sealed import SealedText


class Visit(models.Model):
    """A purpose given for one thing, until a moment. Each reading within it bears its purpose and its words."""

    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="visits")
    thing = models.CharField(max_length=40)
    purpose = models.CharField(max_length=20)
    reason = SealedText(blank=True, row="thing")
    begun_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["officer", "thing", "until"])]

    def __str__(self) -> str:
        return f"{self.officer_id}: {self.thing}"
