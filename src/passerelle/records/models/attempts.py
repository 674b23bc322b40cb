"""Tries to sign in that failed, counted by account and by address: neither stands here by its name."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Attempt(models.Model):
    """One try that failed. `key` is a keyed digest of the name that was typed, or of the address it came from: an
    account that does not exist is counted like one that does."""

    kind = models.CharField(max_length=10)
    key = models.CharField(max_length=64)
    tried_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["key", "tried_at"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(kind__in=["account", "address"]), name="attempt_kind")
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.key[:8]}"
