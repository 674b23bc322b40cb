"""Reports as their services filed them, and each version that was ever said."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from passerelle.ids import fresh_bytes, fresh_ref
from passerelle.records.models.services import Officer, Service
from passerelle.records.sealed import SealedJson, SealedText
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
GONE: dict[str, str] = {"": noop("it stands"), "withdrawn": noop("withdrawn"), "erased": noop("erased")}
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
    """One piece of information as its service filed it. Never edited: a new version is said beside the old one.

    `gone`: withdrawn (its own service still reads it; it calls for nothing any more) or erased (this row is the
    tombstone: no text, no subject, no salt is left). While it is restricted it travels no further.
    """

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
    review_on = models.DateField(null=True, blank=True, db_index=True)  # whether it is still kept is looked at again
    gone = models.CharField(max_length=10, blank=True, default="")
    gone_at = models.DateTimeField(null=True, blank=True)
    gone_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    gone_ground = models.CharField(max_length=30, blank=True, default="")
    gone_reason = SealedText(blank=True, default="")
    restricted_until = models.DateField(null=True, blank=True)
    restriction = models.CharField(max_length=30, blank=True, default="")  # why: a row of restrictions.yaml
    restriction_reason = SealedText(blank=True, default="")
    index_form = models.PositiveSmallIntegerField(default=0)  # in which form it can be searched for; 0: it waits

    class Meta:
        ordering: ClassVar[list[str]] = ["-filed_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["service", "-filed_at"]),
            models.Index(fields=["id"], condition=models.Q(index_form=0), name="report_to_index"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(handling__in=list(HANDLINGS)), name="report_handling"),
            models.CheckConstraint(
                condition=models.Q(gone="", gone_at__isnull=True)
                | models.Q(gone__in=["withdrawn", "erased"], gone_at__isnull=False),
                name="report_gone",
            ),
            models.CheckConstraint(
                condition=models.Q(restriction="", restricted_until__isnull=True)
                | (~models.Q(restriction="") & models.Q(restricted_until__isnull=False)),
                name="report_restriction_ends",
            ),
            models.CheckConstraint(condition=models.Q(source_grade__in=list(SOURCE_GRADES)), name="report_source"),
            models.CheckConstraint(
                condition=models.Q(information_grade__in=list(INFORMATION_GRADES)), name="report_information"
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    def spoken_of(self) -> Any:
        """The subjects of its latest version; those of earlier ones stay only for the matches that rest on them."""
        return self.subjects.filter(dropped_at__isnull=True)


class ReportVersion(models.Model):
    """What a report said at one time, with the salt of its commitment in the ledger."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = SealedText(row="salt")
    language = models.CharField(max_length=2)
    tear_line = SealedJson(default=dict, row="salt")  # what an extract may carry; empty: unmarked
    salt = models.BinaryField(default=new_salt)
    said_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+", null=True)
    said_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["report", "number"], name="report_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.report_id}/{self.number}"
