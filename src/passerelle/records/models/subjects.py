"""The subjects that reports and dossiers speak of, how they hang together, and the keys they are found by."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from passerelle.ids import fresh_ref
from passerelle.records.models.dossiers import Dossier, Interest
from passerelle.records.models.reports import Report
from passerelle.records.models.services import Officer, Service
from passerelle.records.sealed import SealedJson, SealedText
from passerelle.words import noop

CATEGORIES: dict[str, str] = {
    "suspect": noop("suspect"),
    "contact": noop("contact"),
    "victim": noop("victim"),
    "witness": noop("witness"),
    "child": noop("child"),
    "other": noop("other"),
    "none": noop("not a person"),
}


def new_subject_ref() -> str:
    """A fresh reference for a subject."""
    return fresh_ref("subject")


class Subject(models.Model):
    """Someone or something that a report, a dossier or a watch of one service speaks of.

    `properties` are FollowTheMoney's: lists of strings by name. A subject may have no name and live by its relations.
    `spans` are the places in the report's text where it stands, as pairs of character offsets.
    """

    ref = models.CharField(max_length=40, unique=True, default=new_subject_ref)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="subjects")
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="subjects", null=True, blank=True)
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="subjects", null=True, blank=True)
    watch = models.ForeignKey(Interest, on_delete=models.CASCADE, related_name="subjects", null=True, blank=True)
    added_by = models.ForeignKey(
        Officer, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )  # into a dossier: what one officer may add in a day is counted by it
    local_id = models.CharField(max_length=200, blank=True)
    schema = models.CharField(max_length=30)
    category = models.CharField(max_length=10, default="other")
    caption = SealedText()
    properties = SealedJson(default=dict)
    spans = models.JSONField(default=list)
    bounded = models.JSONField(default=list)  # over-common values that were not followed in full: [[kind, records]]
    recorded_at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True, blank=True)  # a later version speaks of it no more; its matches stay
    counted = models.PositiveIntegerField(default=0)  # the version of the counts of names it was last compared by
    to_match_at = models.DateTimeField(null=True, blank=True)  # empty: compared with everything known

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["to_match_at", "id"], condition=models.Q(to_match_at__isnull=False), name="subject_to_match"
            ),
            models.Index(
                fields=["added_by", "recorded_at"], condition=models.Q(added_by__isnull=False), name="subject_added_by"
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(category__in=list(CATEGORIES)), name="subject_category"),
            models.CheckConstraint(
                condition=(
                    models.Q(report__isnull=False, dossier__isnull=True, watch__isnull=True)
                    | models.Q(report__isnull=True, dossier__isnull=False, watch__isnull=True)
                    | models.Q(report__isnull=True, dossier__isnull=True, watch__isnull=False)
                ),
                name="subject_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return self.caption


class Relation(models.Model):
    """How two subjects of one report or dossier hang together: child_of, lives_at, drives, is_one_of, …"""

    source = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="relations")
    kind = models.CharField(max_length=30)
    target = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="related_from")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["source", "kind", "target"], name="relation_once")
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.target_id}"


class Key(models.Model):
    """One value by which a subject can be found: 64 bits of a digest over kind and value, so an index stays small."""

    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="keys", db_index=False)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)
    value = models.BigIntegerField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["value", "service", "subject"], name="key_value")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["subject", "value"], name="key_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"
