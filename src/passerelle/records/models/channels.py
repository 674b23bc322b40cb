"""Ways to reach a desk or an officer, and the outbox: what is to be said through them, written when it became true."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from passerelle.ids import fresh_ref
from passerelle.records.models.duties import Duty
from passerelle.records.models.notices import Notice
from passerelle.records.models.services import Officer, Service
from passerelle.records.sealed import SealedText
from passerelle.words import noop

CHANNEL_KINDS: dict[str, str] = {"email": noop("e-mail"), "webhook": noop("a signed webhook")}
MESSAGE_STATES: dict[str, str] = {
    "waiting": noop("waiting"), "sent": noop("sent"), "parked": noop("parked"), "dropped": noop("dropped"),
}  # fmt: skip


def new_channel_ref() -> str:
    """A fresh reference for a channel."""
    return fresh_ref("channel")


def new_message_ref() -> str:
    """A fresh reference for a message."""
    return fresh_ref("message")


class Channel(models.Model):
    """A way to reach the desk of a service, or one officer of it. The address stands sealed."""

    ref = models.CharField(max_length=40, unique=True, default=new_channel_ref)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="channels")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="channels", null=True, blank=True)
    kind = models.CharField(max_length=10)
    address = SealedText()
    language = models.CharField(max_length=2)
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)  # when somebody was last told that messages are parked

    class Meta:
        ordering: ClassVar[list[str]] = ["added_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(kind__in=list(CHANNEL_KINDS)), name="channel_kind"),
        ]

    def __str__(self) -> str:
        return self.ref


class Message(models.Model):
    """One row of the outbox: through which channel, and about what. It holds no words: these are made when it is sent,
    of what is true then. Its reference is what its recipient knows a second copy by.

    `claimed_until`: a relay is at it; if that relay dies, another takes it up afterwards.
    """

    ref = models.CharField(max_length=40, unique=True, default=new_message_ref)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="messages")
    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="messages", null=True, blank=True)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="messages", null=True, blank=True)
    state = models.CharField(max_length=10, default="waiting")
    made_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["made_at", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["next_at", "id"], condition=models.Q(state="waiting"), name="message_next")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(state__in=list(MESSAGE_STATES)), name="message_state"),
            models.CheckConstraint(
                condition=models.Q(duty__isnull=False) | models.Q(notice__isnull=False), name="message_about"
            ),
            models.CheckConstraint(  # no message without an end, or a moment at which it is tried again
                condition=models.Q(state="waiting", next_at__isnull=False, ended_at__isnull=True)
                | (~models.Q(state="waiting") & models.Q(next_at__isnull=True, ended_at__isnull=False)),
                name="message_goes_on_or_has_ended",
            ),
        ]

    def __str__(self) -> str:
        return self.ref
