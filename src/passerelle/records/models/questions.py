"""Questions from one service to another, with their answers: whoever can answer owes it by a clock."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from passerelle.ids import fresh_ref
from passerelle.records.models.deliveries import Delivery
from passerelle.records.models.dossiers import Dossier
from passerelle.records.models.duties import Duty
from passerelle.records.models.matches import Match
from passerelle.records.models.reports import Report, new_salt
from passerelle.records.models.services import Officer, Service
from passerelle.records.sealed import SealedText


def new_question_ref() -> str:
    """A fresh reference for a question."""
    return fresh_ref("question")


class Question(models.Model):
    """What an officer asked about a report, a match or a delivery that they may see, or `parent`: a question back.
    About a `dossier` of one's own service a colleague there is asked.

    `service` asks; the service of `duty`, which may be passed on, owes the answer. `discreet`: the one who answers is
    not told who asks; of a question back, the one who asks is not told who answers. `onward_to`: it asks whoever filed
    a report to pass it on to this further service.
    """

    ref = models.CharField(max_length=40, unique=True, default=new_question_ref)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="questions")
    asked_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="questions", null=True, blank=True)
    match = models.ForeignKey(Match, on_delete=models.PROTECT, related_name="questions", null=True, blank=True)
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="questions", null=True, blank=True)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="questions", null=True, blank=True)
    onward_to = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, related_name="asked_back", null=True, blank=True)
    duty = models.OneToOneField(Duty, on_delete=models.PROTECT, related_name="question")
    purpose = models.CharField(max_length=40)
    language = models.CharField(max_length=2)
    themes = models.JSONField(default=list)
    territory = models.CharField(max_length=60, blank=True)
    discreet = models.BooleanField(default=False)
    text = SealedText()
    salt = models.BinaryField(default=new_salt)
    asked_at = models.DateTimeField()
    answer = SealedText(blank=True, default="")
    answer_salt = models.BinaryField(default=new_salt)
    answered_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-asked_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(answered_by__isnull=True, answered_at__isnull=True)
                | models.Q(answered_by__isnull=False, answered_at__isnull=False),
                name="question_answered",
            ),
        ]

    def __str__(self) -> str:
        return self.ref
