"""What an officer is writing and has not filed yet: one draft for each officer, kept out of the browser's session."""

from __future__ import annotations

from django.db import models

from passerelle.records.models.services import Officer
from passerelle.records.sealed import SealedJson


class Draft(models.Model):
    """The fields of a report that is being written. It goes when the report is filed; nobody else ever reads it."""

    officer = models.OneToOneField(Officer, on_delete=models.CASCADE, related_name="draft")
    content = SealedJson(default=dict, row="officer_id")
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"draft of {self.officer_id}"
