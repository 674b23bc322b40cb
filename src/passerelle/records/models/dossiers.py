"""Dossiers, and the interests that say why a service needs to know."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from passerelle.ids import fresh_ref
from passerelle.records.models.reports import new_salt
from passerelle.records.models.services import Officer, Service
from passerelle.records.sealed import SealedText

INTEREST_KINDS = ("dossier", "watch", "rule")


def new_dossier_ref() -> str:
    """A fresh reference for a dossier."""
    return fresh_ref("dossier")


def new_interest_ref() -> str:
    """A fresh reference for an interest."""
    return fresh_ref("interest")


class Dossier(models.Model):
    """A service's case file: its subjects and its reports."""

    ref = models.CharField(max_length=40, unique=True, default=new_dossier_ref)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="dossiers")
    title = SealedText()
    language = models.CharField(max_length=2)
    themes = models.JSONField(default=list)
    note = SealedText(blank=True)
    salt = models.BinaryField(default=new_salt)
    opened_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+", null=True)
    opened_at = models.DateTimeField()
    index_form = models.PositiveSmallIntegerField(default=0)  # as that of a report

    class Meta:
        ordering: ClassVar[list[str]] = ["-opened_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["id"], condition=models.Q(index_form=0), name="dossier_to_index")
        ]

    def __str__(self) -> str:
        return self.title


class Interest(models.Model):
    """Why a service needs to know: the subjects of a dossier, a watch, or a rule of theme or territory.

    Each has a purpose, a legal basis and an end. A discreet one does not tell the other side whose it is.
    """

    ref = models.CharField(max_length=40, unique=True, default=new_interest_ref)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="interests")
    kind = models.CharField(max_length=10)
    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, related_name="interest", null=True, blank=True)
    theme = models.CharField(max_length=40, blank=True)
    territory = models.CharField(max_length=60, blank=True)
    purpose = models.CharField(max_length=40)
    legal_basis = SealedText()
    salt = models.BinaryField(default=new_salt)
    until = models.DateField()
    discreet = models.BooleanField(default=False)
    stated_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+", null=True)
    approved_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    stated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(kind__in=INTEREST_KINDS), name="interest_kind"),
            models.CheckConstraint(
                condition=~models.Q(kind="dossier") | models.Q(dossier__isnull=False), name="interest_of_a_dossier"
            ),
        ]

    def __str__(self) -> str:
        return self.ref
