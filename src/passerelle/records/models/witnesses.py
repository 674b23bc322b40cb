"""What outsiders hold of the ledger: checkpoints that were signed, witnesses that vouch for them, gaps answered for."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from passerelle.ids import fresh_ref
from passerelle.records.models.reports import new_salt
from passerelle.records.sealed import SealedText


def new_gap_ref() -> str:
    """A fresh reference for a gap."""
    return fresh_ref("gap")


class Checkpoint(models.Model):
    """How many lines the ledger had and which root, signed; `note` grows by a line for each witness that vouches.

    `frontier` is the tree's right edge then, so that a proof of growth reads only the lines that came after.
    """

    size = models.BigIntegerField(unique=True)
    root = models.CharField(max_length=64)
    frontier = models.BinaryField()
    note = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["size"]

    def __str__(self) -> str:
        return f"{self.size} lines"


class Witness(models.Model):
    """What a witness last answered: the size it vouches for, since when, and what was wrong, if something was."""

    name = models.CharField(max_length=120, unique=True)
    seen_size = models.BigIntegerField(default=0)
    vouched_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    trouble = models.TextField(blank=True)
    alarm = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class Gap(models.Model):
    """Lines that others know of and that a restored backup does not have: a named person answers for it."""

    ref = models.CharField(max_length=40, unique=True, default=new_gap_ref)
    size = models.BigIntegerField()
    known = models.BigIntegerField()
    signed_by = SealedText()
    reason = SealedText()
    salt = models.BinaryField(default=new_salt)
    signed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.ref
