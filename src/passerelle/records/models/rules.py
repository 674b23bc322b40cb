"""The tables of rules as this installation sets them: each version proposed by one person and approved by another."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from passerelle.ids import fresh_ref
from passerelle.records.models.duties import Duty
from passerelle.records.models.reports import new_salt
from passerelle.records.models.services import Officer
from passerelle.words import noop

TABLES: dict[str, str] = {
    "deadlines": noop("By when a duty must be done"),
    "who_may_tell_whom": noop("Who may tell whom"),
}
"""The tables that an installation can set, by the name of their file."""


def new_rules_ref() -> str:
    """A fresh reference for a version of a table of rules."""
    return fresh_ref("rules")


class RuleTable(models.Model):
    """One version of a table of rules. `version` is 0 until a second person approved it; it counts from `in_force_at`,
    which is `starts_at` or the moment of the approval, whichever is later. `swept` is the last report that was looked
    at anew because of it; empty once all were. `left_behind` are reports, by primary key, that could not be looked at:
    they are tried again."""

    ref = models.CharField(max_length=40, unique=True, default=new_rules_ref)
    table = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=0)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    reason = models.TextField()
    salt = models.BinaryField(default=new_salt)
    proposed_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    review = models.OneToOneField(Duty, on_delete=models.PROTECT, related_name="rules")
    starts_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, blank=True)
    decided_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    in_force_at = models.DateTimeField(null=True, blank=True)
    swept = models.BigIntegerField(null=True, blank=True)
    left_behind = models.JSONField(default=list, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-proposed_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(table__in=list(TABLES)), name="rules_table"),
            models.CheckConstraint(
                condition=models.Q(outcome="", version=0, decided_by__isnull=True)
                | models.Q(outcome="refused", version=0, decided_by__isnull=False)
                | models.Q(outcome="approved", version__gt=0, decided_by__isnull=False),
                name="rules_decided",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True) | ~models.Q(decided_by=models.F("proposed_by")),
                name="rules_four_eyes",
            ),
            models.UniqueConstraint(
                fields=["table", "version"], condition=models.Q(version__gt=0), name="rules_version_once"
            ),
            models.UniqueConstraint(fields=["table"], condition=models.Q(outcome=""), name="rules_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return self.ref
