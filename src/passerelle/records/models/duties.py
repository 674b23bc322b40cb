"""Duties: what a desk owes, until when, and what happens next if nobody does anything."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from passerelle.duty import ENDED, KINDS, LIVE, OWED_ANEW, STATES
from passerelle.ids import fresh_ref
from passerelle.records.models.dossiers import Interest
from passerelle.records.models.matches import Match
from passerelle.records.models.reports import Report
from passerelle.records.models.services import Officer, Service
from passerelle.records.sealed import SealedText
from passerelle.words import noop

NEXT_EVENTS: dict[str, str] = {
    "escalate": noop("climbs one rung"),
    "remind": noop("is told again"),
    "resume": noop("is taken off hold"),
    "review": noop("its review is due"),
}


def new_duty_ref() -> str:
    """A fresh reference for a duty."""
    return fresh_ref("duty")


class Duty(models.Model):
    """Something a desk owes. While it lives it has one holder, a due time and a next event; the database insists.

    The holder is a service and a rung of its ladder (`level`): 0 the desk, 1 the supervisor, 2 the head, 3 the
    exchange's neutral desk, 4 oversight. `officer` is the named person on that rung; empty means the desk as a whole.
    `recipient` is the service that is owed the telling; for a judgement or a review it is the service that waits.
    """

    ref = models.CharField(max_length=40, unique=True, default=new_duty_ref)
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=10, default="open")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="duties", null=True, blank=True)
    recipient = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="owed", null=True, blank=True)
    match = models.ForeignKey(Match, on_delete=models.PROTECT, related_name="duties", null=True, blank=True)
    about = models.ForeignKey("self", on_delete=models.PROTECT, related_name="raised_for", null=True, blank=True)
    onward = models.ForeignKey(  # the request that it be told, to which its owner said yes
        "records.Question", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    matches = models.ManyToManyField(Match, related_name="called_for", blank=True)
    interests = models.ManyToManyField(Interest, related_name="called_for", blank=True)
    level = models.PositiveSmallIntegerField(default=0)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="duties")  # whose ladder it climbs
    holder = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="holds", null=True, blank=True)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="holds", null=True, blank=True)
    form = models.CharField(max_length=10, blank=True)  # what may travel once its holder decides
    discreet = models.BooleanField(default=False)  # the owner is not told for whom it is owed
    urgency = models.CharField(max_length=20, default="normal")
    deadline = models.CharField(max_length=60)  # the row of the table of deadlines
    because = models.JSONField(default=list)
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    next_event = models.CharField(max_length=10, blank=True)
    next_event_at = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateTimeField(null=True, blank=True)
    pause_reason = SealedText(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    came_through = models.JSONField(default=list)  # keys of the services that said it was another's, in order
    outcome = models.CharField(max_length=40, blank=True)
    outcome_note = SealedText(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "duties"
        ordering: ClassVar[list[str]] = ["due_at", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["next_event_at", "id"], condition=models.Q(state__in=LIVE), name="duty_next_event"),
            models.Index(fields=["holder", "due_at"], condition=models.Q(state__in=LIVE), name="duty_held"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(kind__in=list(KINDS)), name="duty_kind"),
            models.CheckConstraint(condition=models.Q(state__in=list(STATES)), name="duty_state"),
            models.CheckConstraint(condition=models.Q(level__lte=4), name="duty_level"),
            models.CheckConstraint(
                condition=(
                    models.Q(
                        state__in=LIVE,
                        holder__isnull=False,
                        due_at__isnull=False,
                        next_event_at__isnull=False,
                        next_event__in=list(NEXT_EVENTS),
                        ended_at__isnull=True,
                    )
                    | models.Q(
                        state__in=ENDED,
                        holder__isnull=True,
                        officer__isnull=True,
                        next_event="",
                        next_event_at__isnull=True,
                        ended_at__isnull=False,
                    )
                ),
                name="duty_has_a_holder_and_a_clock_or_has_ended",
            ),
            models.UniqueConstraint(  # one that was void may be owed again
                fields=["report", "recipient", "kind"],
                condition=models.Q(kind="pass_on") & ~models.Q(state="void") & ~models.Q(outcome__in=OWED_ANEW),
                name="duty_once",
            ),
            models.UniqueConstraint(
                fields=["report", "recipient"],
                condition=models.Q(kind="correct", state__in=LIVE),
                name="duty_correct_once",
            ),
            models.UniqueConstraint(  # what is delivered after an acknowledgement is acknowledged by itself
                fields=["report", "recipient"],
                condition=models.Q(kind="acknowledge", state__in=LIVE),
                name="duty_acknowledge_once",
            ),
            models.UniqueConstraint(
                fields=["match"], condition=models.Q(kind="judge", state__in=LIVE), name="duty_judge_once"
            ),
            models.UniqueConstraint(
                fields=["about"], condition=models.Q(kind="review", state__in=LIVE), name="duty_review_once"
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def live(self) -> bool:
        """Whether it still has a holder and a clock."""
        return self.state in LIVE
