"""Watches and rules that somebody asked for: nothing is watched before a second person approved."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from passerelle.ids import fresh_ref
from passerelle.records.models.dossiers import Interest
from passerelle.records.models.duties import Duty
from passerelle.records.models.reports import new_salt
from passerelle.records.models.services import Officer, Service
from passerelle.records.sealed import SealedJson
from passerelle.words import noop

PROPOSAL_KINDS: dict[str, str] = {"watch": noop("a watch"), "rule": noop("a rule of theme or territory")}
DECISIONS: dict[str, str] = {"approved": noop("approved"), "refused": noop("refused")}


def new_proposal_ref() -> str:
    """A fresh reference for a proposal."""
    return fresh_ref("proposal")


class Proposal(models.Model):
    """A watch or a rule as it was asked for. `content` is all that was asked, `review` the second person's duty."""

    ref = models.CharField(max_length=40, unique=True, default=new_proposal_ref)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="proposals")
    kind = models.CharField(max_length=10)
    content = SealedJson(default=dict)
    salt = models.BinaryField(default=new_salt)
    asked_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    review = models.OneToOneField(Duty, on_delete=models.PROTECT, related_name="proposal")
    outcome = models.CharField(max_length=10, blank=True)
    interest = models.OneToOneField(Interest, on_delete=models.PROTECT, related_name="proposal", null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-asked_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(kind__in=list(PROPOSAL_KINDS)), name="proposal_kind"),
            models.CheckConstraint(
                condition=models.Q(outcome__in=["", "refused"], interest__isnull=True)
                | models.Q(outcome="approved", interest__isnull=False),
                name="proposal_outcome",
            ),
        ]

    def __str__(self) -> str:
        return self.ref
