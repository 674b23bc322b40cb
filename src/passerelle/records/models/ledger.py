"""The ledger's own tables: its lines, and the head that is locked while a line is added."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.db import models


class LedgerLine(models.Model):
    """One line, never changed: the canonical bytes of an entry and the hash of its leaf (RFC 6962)."""

    index = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=30)
    entry = models.TextField()
    leaf = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar[list[str]] = ["index"]

    def __str__(self) -> str:
        return f"{self.index}: {self.kind}"


class LedgerHead(models.Model):
    """How many lines there are, the frontier of the tree over them, and the clock: one row.

    `last_at` is the time of the last line, `seen_at` the effective time up to which the worker has acted, `ahead` how
    far effective time runs before the clock on the wall since that was found, at `back_at`, to have gone back.
    """

    name = models.CharField(max_length=10, unique=True, default="ledger")
    size = models.BigIntegerField(default=0)
    frontier = models.BinaryField(default=bytes)
    last_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    ahead = models.DurationField(default=timedelta)
    back_at = models.DateTimeField(null=True, blank=True)
    rules = models.JSONField(default=dict)  # which versions of the tables of rules count now, by name

    def __str__(self) -> str:
        return f"{self.size} lines"
