"""Reports as their services filed them, and each version that was ever said."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from passerelle.ids import fresh_bytes, fresh_ref
from passerelle.records.models.services import Officer, Service
from passerelle.records.sealed import SealedText
from passerelle.words import noop

HANDLINGS: dict[str, str] = {
    "open": noop("open: travels by itself to whoever needs it"),
    "consent": noop("on consent: a pointer travels, my desk decides"),
    "sealed": noop("sealed: nothing travels, my desk decides"),
}
SOURCE_GRADES: dict[str, str] = {
    "A": noop("A: no doubt about the source"),
    "B": noop("B: mostly reliable so far"),
    "C": noop("C: mostly unreliable so far"),
    "X": noop("X: cannot be judged"),
}
INFORMATION_GRADES: dict[str, str] = {
    "1": noop("1: accurate beyond doubt"),
    "2": noop("2: known to the source itself"),
    "3": noop("3: not known to the source, but corroborated"),
    "4": noop("4: not known to the source, not corroborated"),
}


def new_report_ref() -> str:
    """A fresh reference for a report."""
    return fresh_ref("report")


def new_salt() -> bytes:
    """Sixteen random bytes that stand with a record; destroyed with it, they leave the ledger's proof mute."""
    return fresh_bytes(16)


class Report(models.Model):
    """One piece of information as its service filed it. Never edited: a new version is said beside the old one."""

    ref = models.CharField(max_length=40, unique=True, default=new_report_ref)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="reports")
    author = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+", null=True)
    dossier = models.ForeignKey(
        "records.Dossier", on_delete=models.PROTECT, related_name="reports", null=True, blank=True
    )
    source_grade = models.CharField(max_length=1, default="X")
    information_grade = models.CharField(max_length=1, default="4")
    handling = models.CharField(max_length=10, default="open")
    handling_reason = SealedText(blank=True)
    handling_review_on = models.DateField(null=True, blank=True)
    handling_note = SealedText(blank=True)  # H3: shown wherever the report is shown
    themes = models.JSONField(default=list)
    territory = models.CharField(max_length=60, blank=True)
    assessment = models.BooleanField(default=False)  # False: fact; True: assessment (Directive (EU) 2016/680, Art. 7)
    danger_to_life = models.BooleanField(default=False)
    learnt_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    filed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-filed_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["service", "-filed_at"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(handling__in=list(HANDLINGS)), name="report_handling"),
            models.CheckConstraint(condition=models.Q(source_grade__in=list(SOURCE_GRADES)), name="report_source"),
            models.CheckConstraint(
                condition=models.Q(information_grade__in=list(INFORMATION_GRADES)), name="report_information"
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class ReportVersion(models.Model):
    """What a report said at one time, with the salt of its commitment in the ledger."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = SealedText(row="salt")
    language = models.CharField(max_length=2)
    salt = models.BinaryField(default=new_salt)
    said_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+", null=True)
    said_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["report", "number"], name="report_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.report_id}/{self.number}"
