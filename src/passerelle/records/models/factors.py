"""Second factors of officers: the app or the passkey they hold, the codes for the day it is lost, and resets."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from passerelle.ids import fresh_ref
from passerelle.records.models.reports import new_salt
from passerelle.records.models.services import Officer
from passerelle.records.sealed import SealedText
from passerelle.words import noop

FACTOR_KINDS: dict[str, str] = {"app": noop("an app that shows codes"), "passkey": noop("a passkey")}


def new_factor_ref() -> str:
    """A fresh reference for a factor."""
    return fresh_ref("factor")


def new_reset_ref() -> str:
    """A fresh reference for a reset."""
    return fresh_ref("reset")


class Factor(models.Model):
    """One second factor. `secret` stands sealed: an app's shared secret, or a passkey's public credential.

    `last_step` is the last step of 30 seconds whose code was taken, or a passkey's counter: neither goes back.
    `digest` is that of a passkey's number, by which it is found when nobody said a name; empty for an app.
    """

    ref = models.CharField(max_length=40, unique=True, default=new_factor_ref)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="factors")
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=60, blank=True)
    secret = SealedText()
    digest = models.CharField(max_length=64, blank=True, default="")
    last_step = models.BigIntegerField(default=0)
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["added_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(kind__in=list(FACTOR_KINDS)), name="factor_kind"),
            models.UniqueConstraint(fields=["officer"], condition=models.Q(kind="app"), name="factor_one_app"),
            models.UniqueConstraint(fields=["digest"], condition=~models.Q(digest=""), name="factor_one_digest"),
        ]

    def __str__(self) -> str:
        return self.ref


class RecoveryCode(models.Model):
    """One code for the day the factor is lost. Only its digest is kept; it counts once."""

    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["officer", "digest"], name="recovery_code_once")
        ]

    def __str__(self) -> str:
        return self.digest[:8]


class FactorReset(models.Model):
    """Somebody took an officer's second factors away, for a reason. `by` is empty for the command line."""

    ref = models.CharField(max_length=40, unique=True, default=new_reset_ref)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    reason = SealedText()
    salt = models.BinaryField(default=new_salt)
    reset_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.ref
