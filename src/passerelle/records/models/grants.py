"""Exceptions, each with a reason and an end: the glass that somebody broke, and what an officer was let read."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models

from passerelle.ids import fresh_ref
from passerelle.policy.grants import GRANT_KINDS
from passerelle.records.models.deliveries import FORMS, Delivery
from passerelle.records.models.duties import Duty
from passerelle.records.models.reports import Report, new_salt
from passerelle.records.models.services import Officer
from passerelle.records.sealed import SealedJson, SealedText
from passerelle.words import noop

OUTCOMES: dict[str, str] = {"justified": noop("rightly"), "unjustified": noop("not rightly")}
"""What a second person can say of a broken glass."""


def new_grant_ref() -> str:
    """A fresh reference for a grant."""
    return fresh_ref("grant")


class Grant(models.Model):
    """One officer may read one version of one report until a moment. `content` is exactly what they may read.

    `delivery` is the pointer or the extract that told the officer's service that there is more; a broken glass has a
    `review` from its first instant. For a glass, `given_by` is the officer.
    """

    ref = models.CharField(max_length=40, unique=True, default=new_grant_ref)
    kind = models.CharField(max_length=10)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="grants")
    report_version = models.PositiveIntegerField()
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="grants", null=True, blank=True)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="grants")
    form = models.CharField(max_length=10)
    content = SealedJson(default=dict)
    reason = SealedText()
    salt = models.BinaryField(default=new_salt)
    given_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    review = models.OneToOneField(Duty, on_delete=models.PROTECT, related_name="grant", null=True, blank=True)
    outcome = models.CharField(max_length=12, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-given_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(kind__in=list(GRANT_KINDS)), name="grant_kind"),
            models.CheckConstraint(condition=models.Q(form__in=list(FORMS)), name="grant_form"),
            models.CheckConstraint(condition=models.Q(until__gt=models.F("given_at")), name="grant_ends"),
            models.CheckConstraint(condition=models.Q(outcome__in=["", *OUTCOMES]), name="grant_outcome"),
            models.CheckConstraint(
                condition=~models.Q(kind="glass") | models.Q(review__isnull=False), name="grant_glass_is_reviewed"
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    def live(self, at: datetime) -> bool:
        """Whether it may still be read by at `at`."""
        return self.ended_at is None and at < self.until
