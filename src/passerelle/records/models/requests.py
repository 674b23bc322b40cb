"""What persons asked of the services that may hold something on them, and how they were answered."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from passerelle.ids import fresh_ref
from passerelle.records.models.duties import Duty
from passerelle.records.models.reports import new_salt
from passerelle.records.models.services import Officer, Service
from passerelle.records.sealed import SealedJson, SealedText

WAYS = ("direct", "authority")


def new_request_ref() -> str:
    """A fresh reference for a person's request."""
    return fresh_ref("request")


def new_part_ref() -> str:
    """A fresh reference for the part of a request that one service answers."""
    return fresh_ref("part")


class PersonRequest(models.Model):
    """A person asks for access, rectification, erasure or restriction. `duty` is to answer them, by a clock.

    `way`: `direct`, the service that recorded it answers for what it holds itself; `authority`, oversight has every
    service look and answers for all. `letter` is what the person was told, as sentences; it says nothing else of
    anybody. `holder` is who answers.
    """

    ref = models.CharField(max_length=40, unique=True, default=new_request_ref)
    kind = models.CharField(max_length=15)
    way = models.CharField(max_length=10)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="requests")
    holder = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="requests_to_answer")
    recorded_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    identity = models.CharField(max_length=20)
    person = SealedJson(default=dict)
    asks = SealedText()
    language = models.CharField(max_length=2)
    salt = models.BinaryField(default=new_salt)
    received_on = models.DateField()
    recorded_at = models.DateTimeField()
    duty = models.OneToOneField(Duty, on_delete=models.PROTECT, related_name="person_request")
    outcome = models.CharField(max_length=12, blank=True)
    ground = models.CharField(max_length=2, blank=True)
    note = SealedText(blank=True)
    reports = models.JSONField(default=list)  # references of the answering service's reports that it acted on
    letter = SealedJson(default=list)
    answered_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-recorded_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(way__in=WAYS), name="request_way"),
        ]

    def __str__(self) -> str:
        return self.ref


class RequestPart(models.Model):
    """What one service found and did on a request that goes by way of the authority. Only that service and oversight
    see it, and each service gets a part of every such request: being asked tells nothing. It says again whom it is
    about, so that nobody need see the request itself, or its answer, to answer this."""

    ref = models.CharField(max_length=40, unique=True, default=new_part_ref)
    request = models.ForeignKey(PersonRequest, on_delete=models.PROTECT, related_name="parts")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="request_parts")
    kind = models.CharField(max_length=15)
    person = SealedJson(default=dict)
    asks = SealedText()
    duty = models.OneToOneField(Duty, on_delete=models.PROTECT, related_name="request_part")
    outcome = models.CharField(max_length=12, blank=True)
    ground = models.CharField(max_length=2, blank=True)
    note = SealedText(blank=True)
    reports = models.JSONField(default=list)
    salt = models.BinaryField(default=new_salt)
    answered_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["request", "service"], name="request_part_once"),
        ]

    def __str__(self) -> str:
        return self.ref
