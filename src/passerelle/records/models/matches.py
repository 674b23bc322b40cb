"""Matches between subjects of different services, and how persons judged them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from passerelle.ids import fresh_ref
from passerelle.records.models.reports import new_salt
from passerelle.records.models.services import Officer
from passerelle.records.models.subjects import Subject
from passerelle.records.sealed import SealedJson, SealedText
from passerelle.words import noop

VERDICTS: dict[str, str] = {"same": noop("same"), "different": noop("different"), "unsure": noop("unsure")}
BANDS: dict[str, str] = {"strong": noop("strong"), "possible": noop("possible"), "none": noop("no longer alike")}


def new_match_ref() -> str:
    """A fresh reference for a match."""
    return fresh_ref("match")


class Match(models.Model):
    """Two subjects, of different services, that may be the same. `left` is the one recorded first.

    `evidence` is a salted digest of the reasons: a judged pair is not asked again unless it changes, and whoever holds
    the ledger cannot try names until one fits.
    """

    ref = models.CharField(max_length=40, unique=True, default=new_match_ref)
    left = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="matches_left")
    right = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="matches_right")
    score = models.FloatField()
    band = models.CharField(max_length=10)
    because = SealedJson(default=list)
    evidence = models.CharField(max_length=64)
    salt = models.BinaryField(default=new_salt)
    verdict = models.CharField(max_length=10, blank=True)
    judged_evidence = models.CharField(max_length=64, blank=True)
    counted = models.PositiveIntegerField(default=0)  # the version of the counts of names it was weighed by; 0: none
    found_at = models.DateTimeField()
    weighed_at = models.DateTimeField(null=True, blank=True)  # since when its evidence is what it is

    class Meta:
        ordering: ClassVar[list[str]] = ["-score", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["left", "right"], name="match_once"),
            models.CheckConstraint(condition=models.Q(left__lt=models.F("right")), name="match_left_first"),
            models.CheckConstraint(condition=models.Q(band__in=list(BANDS)), name="match_band"),
            models.CheckConstraint(condition=models.Q(verdict__in=["", *VERDICTS]), name="match_verdict"),
        ]

    def __str__(self) -> str:
        return self.ref


class Judgement(models.Model):
    """What a person said of a match, when and on which evidence; it can be taken back, and stays on record.

    `seen` holds salted digests of what stood on either side then, no value of it: so that what is new can be said.
    """

    match = models.ForeignKey(Match, on_delete=models.CASCADE, related_name="judgements")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=10)
    reason = SealedText(blank=True, row="match_id")
    evidence = models.CharField(max_length=64)
    seen = SealedJson(default=dict, row="match_id")
    judged_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["judged_at", "id"]

    def __str__(self) -> str:
        return f"{self.match_id}: {self.verdict}"
