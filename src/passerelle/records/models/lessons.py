"""Where information waited in a month, as far as the ledger was read for it."""

from __future__ import annotations

from django.db import models


class Lesson(models.Model):
    """One month, as the ledger told of it up to one of its lines: the newest goes on, those before it are over.

    Made of the ledger alone, and made again from it at any time: `place` lines were read, `leaf` is the hash of the
    last of them, so that a ledger that is another one is noticed; a month that is over has none. `found` names duties
    and services, and no contents.
    """

    month = models.CharField(max_length=7, unique=True)
    place = models.BigIntegerField()
    leaf = models.CharField(max_length=64)
    found = models.TextField()

    def __str__(self) -> str:
        return self.month
