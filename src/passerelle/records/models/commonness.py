"""How many persons bear each word of a name, counted as they are filed, and the coarse counts that matching uses."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from passerelle.records.models.reports import new_salt

ALL = 0
"""The value under which all persons are counted."""


class NameWord(models.Model):
    """How many persons of open reports bear one word of a name, which stands here as 64 bits of a digest. Read by
    nobody: only what `NameCount` says of it, in bands, is ever used."""

    value = models.BigIntegerField(primary_key=True)
    bearers = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.value}: {self.bearers}"


class NameCount(models.Model):
    """A version of what was known of the commonness of names, never changed: what matches were weighed by.

    `subjects` is told in steps; `words` gives, for the digest of a word, the exponent of the power of two of persons
    that bear it, for those that at least eight bear. `persons` is the exact count, by which growth is told.
    """

    version = models.PositiveIntegerField(unique=True)
    subjects = models.PositiveIntegerField()
    words = models.JSONField(default=dict)
    persons = models.PositiveIntegerField()
    salt = models.BinaryField(default=new_salt)
    counted_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["version"]

    def __str__(self) -> str:
        return f"version {self.version}"
