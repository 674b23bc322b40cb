"""What can be found by searching: reports, deliveries and dossiers as their readers read them, by keyed words."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from passerelle.ids import fresh_ref
from passerelle.records.models.deliveries import Delivery
from passerelle.records.models.dossiers import Dossier
from passerelle.records.models.reports import Report, new_salt
from passerelle.records.models.services import Officer, Service
from passerelle.records.sealed import SealedText


def new_search_ref() -> str:
    """A fresh reference for a search."""
    return fresh_ref("search")


class Findable(models.Model):
    """A report, a delivery or a dossier in the index of one service's readers.

    `space` says which readers: digests of words are made for one space, so that a look into the index for one reader
    meets no row of what that reader may not see. `entries` are these digests, eight bytes each, in order: by them the
    rows are found again that must go. `meaning` and `sentences` are vectors, sealed; empty where none were made.
    """

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    report = models.OneToOneField(Report, on_delete=models.CASCADE, related_name="findable", null=True)
    delivery = models.OneToOneField(Delivery, on_delete=models.CASCADE, related_name="findable", null=True)
    dossier = models.OneToOneField(Dossier, on_delete=models.CASCADE, related_name="findable", null=True)
    space = models.CharField(max_length=40)
    language = models.CharField(max_length=2)
    form = models.PositiveSmallIntegerField()
    salt = models.BinaryField(default=new_salt)
    entries = models.BinaryField(default=bytes)
    encoder = models.CharField(max_length=20, blank=True, default="")
    meaning = SealedText(row="salt", blank=True, default="")
    sentences = SealedText(row="salt", blank=True, default="")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["space", "language"], name="findable_of")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=(
                    models.Q(report__isnull=False, delivery__isnull=True, dossier__isnull=True)
                    | models.Q(report__isnull=True, delivery__isnull=False, dossier__isnull=True)
                    | models.Q(report__isnull=True, delivery__isnull=True, dossier__isnull=False)
                ),
                name="findable_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.report_id or self.delivery_id or self.dossier_id} in {self.space}"


class Posting(models.Model):
    """That one entry stands in one findable: a digest made with the key of the index for one space, and no word."""

    pk = models.CompositePrimaryKey("value", "findable_id")
    value = models.BigIntegerField()
    findable_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.value} in {self.findable_id}"


class Spelling(models.Model):
    """That one word of a space is another but for one letter: two digests, of the word and of it less one letter."""

    pk = models.CompositePrimaryKey("near", "word")
    near = models.BigIntegerField()
    word = models.BigIntegerField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["word"], name="spelling_of")]

    def __str__(self) -> str:
        return f"{self.near} of {self.word}"


class Search(models.Model):
    """One question that was put to the index: by whom, in which words, what for. The words stand sealed."""

    ref = models.CharField(max_length=40, unique=True, default=new_search_ref)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="searches")
    question = SealedText()
    purpose = models.CharField(max_length=20)
    reason = SealedText(blank=True)
    salt = models.BinaryField(default=new_salt)
    asked_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "searches"
        ordering: ClassVar[list[str]] = ["-asked_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["officer", "-asked_at"], name="search_of")]

    def __str__(self) -> str:
        return self.ref
