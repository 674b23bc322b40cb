"""What came up to be looked at again on its day: whether a report is kept, stays stricter, or stays restricted."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from passerelle.ids import fresh_ref
from passerelle.records.models.duties import Duty
from passerelle.records.models.reports import Report, new_salt
from passerelle.records.models.services import Officer
from passerelle.records.sealed import SealedText
from passerelle.words import noop

REVIEWED: dict[str, str] = {
    "retention": noop("whether it is still kept"),
    "handling": noop("whether its stricter handling is still needed"),
    "restriction": noop("whether its use stays restricted"),
}


def new_review_ref() -> str:
    """A fresh reference for a periodic review."""
    return fresh_ref("review")


class PeriodicReview(models.Model):
    """The day came on which something about a report is looked at again: a duty, until somebody has said so.

    `outcome`: `stays` until `next_on`, or `ended` (erased, opened, lifted); `moot` where the report went before.
    """

    ref = models.CharField(max_length=40, unique=True, default=new_review_ref)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="reviews")
    of = models.CharField(max_length=12)
    due_on = models.DateField()
    duty = models.OneToOneField(Duty, on_delete=models.PROTECT, related_name="periodic")
    outcome = models.CharField(max_length=8, blank=True)
    reason = SealedText(blank=True)
    salt = models.BinaryField(default=new_salt)
    decided_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    next_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["due_on", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(of__in=list(REVIEWED)), name="periodic_of"),
            models.UniqueConstraint(
                fields=["report", "of"], condition=models.Q(outcome=""), name="periodic_review_once"
            ),
        ]

    def __str__(self) -> str:
        return self.ref
