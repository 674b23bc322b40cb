"""Registers that were taken in: what each row looked like last time, and the rows that wait to be mended."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from passerelle.records.models.reports import Report
from passerelle.records.models.services import Service
from passerelle.records.sealed import SealedText


class Register(models.Model):
    """A list that a service takes in again and again, known by its name within that service."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="registers")
    name = models.CharField(max_length=200)
    format = models.CharField(max_length=20)
    taken_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["service", "name"], name="register_once")
        ]

    def __str__(self) -> str:
        return self.name


class RegisterRow(models.Model):
    """One row of a register that landed, with the digest by which an unchanged one is recognised."""

    register = models.ForeignKey(Register, on_delete=models.CASCADE, related_name="rows", db_index=False)
    external_id = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    report = models.OneToOneField(Report, on_delete=models.CASCADE, related_name="register_row")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["register", "external_id"], name="register_row_once")
        ]

    def __str__(self) -> str:
        return self.external_id


class RefusedRow(models.Model):
    """A row that could not be taken in, as it stood, with the reason; it waits here to be mended."""

    register = models.ForeignKey(Register, on_delete=models.CASCADE, related_name="refused_rows")
    number = models.PositiveIntegerField()
    external_id = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=60)
    says = models.JSONField()
    raw = SealedText(row="raw_digest")
    raw_digest = models.CharField(max_length=64)
    refused_at = models.DateTimeField()
    mended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["number", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["register", "raw_digest"], name="refused_row_once")
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.code}"
