"""Who an officer is at the provider of single sign-on: linked by an administrator, never by an address."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from passerelle.ids import fresh_ref
from passerelle.records.models.reports import new_salt
from passerelle.records.models.services import Officer


def new_identity_ref() -> str:
    """A fresh reference for an identity."""
    return fresh_ref("identity")


class Identity(models.Model):
    """One subject of one provider is one officer. `subject` is what the provider's token says in the claim that the
    settings name; it stands open, like the name an officer signs in with. `linked_by` is empty for the command line."""

    ref = models.CharField(max_length=40, unique=True, default=new_identity_ref)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="identities")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    salt = models.BinaryField(default=new_salt)
    linked_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    linked_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "identities"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="identity_one_officer"),
            models.UniqueConstraint(fields=["issuer", "officer"], name="identity_one_each"),
        ]

    def __str__(self) -> str:
        return self.ref
