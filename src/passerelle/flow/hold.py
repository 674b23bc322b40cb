"""A duty is put on hold with a reason and an end; when the end comes it is open again, with its clock as it was."""

from __future__ import annotations

from datetime import datetime, timedelta

from passerelle.errors import Refused
from passerelle.flow import duties
from passerelle.flow.acknowledge import locked_duty
from passerelle.flow.facts import allow, duty_facts
from passerelle.flow.ledger_lines import journal
from passerelle.policy import grounds
from passerelle.policy.facts import DESK_ROLES
from passerelle.records.models import Duty, Officer
from passerelle.words import sentence

HOLD_DAYS_MAX = 7
"""Longer than the longest answer time of Directive (EU) 2023/977, Art. 5, no hold lasts."""

MAY_BE_GIVEN = frozenset({"pass_on", "acknowledge", "answer", "correct"})
"""What an officer without a desk can end when it is given to them; to judge and to review is the desk's."""


class HoldIncomplete(Refused):
    """A hold without a reason or a lawful end."""

    code = "hold.incomplete"


class HoldTooLate(Refused):
    """A duty that is past its time is done or climbs; a pause would hide that it is late."""

    code = "hold.too_late"


def hold_duty(*, ref: str, officer: Officer, reason: str, until: datetime, now: datetime) -> Duty:
    """Pause a duty until a moment at most seven days away.

    It keeps its due time: when the hold ends after it, the duty is late at once and climbs, and cannot be held again.
    No row of holds therefore lasts longer than the due time and one hold. Raises HoldIncomplete, HoldTooLate,
    GroundNotLawful, IllegalMove.
    """
    if len(reason.split()) < 3:
        raise HoldIncomplete(sentence("A hold needs a reason of a few words: what is being waited for, and from whom."))
    grounds.refuse_what_is_no_ground(reason)
    with journal(now) as lines:
        if not lines.now < until <= lines.now + timedelta(days=HOLD_DAYS_MAX):
            raise HoldIncomplete(
                sentence("A hold ends within {days} days.", days=HOLD_DAYS_MAX),
                way_out=sentence("Give an earlier end; when it comes the duty is open again and says so."),
            )
        duty = locked_duty(ref, officer)
        allow(officer, "hold", duty_facts(duty))
        if duty.state == "open" and duty.due_at is not None and lines.now >= duty.due_at:
            raise HoldTooLate(
                sentence("This duty is past its time and cannot be put on hold."),
                way_out=sentence("Do what it asks, or give it to somebody who can; it climbs meanwhile."),
            )
        duty.paused_until, duty.pause_reason = until, reason
        duty.next_event, duty.next_event_at = "resume", until
        duties.move(lines, duty, "hold", by=officer, note=reason)
        if waits(duty):
            duties.tell(
                lines,
                duty.recipient,
                "held",
                sentence("A telling to you is on hold until {day}.", day=duties.said_day(until)),
                duty=duty,
            )
    return duty


def waits(duty: Duty) -> bool:
    """Whether there is somebody who was told that there is something to wait for: of what is sealed, or of what the law
    lets nobody know before a decision, a hold tells nothing."""
    return (
        duty.recipient is not None
        and duty.recipient_id != duty.service_id
        and (duty.report is None or duty.report.handling != "sealed")
        and duty.deliveries.filter(recipient=duty.recipient).exists()
    )


def assign(*, ref: str, officer: Officer, to: Officer | None, now: datetime) -> Duty:
    """Give a duty of one's desk to an officer of the same service, or back to the desk (None).

    A withheld duty goes where its review goes. Raises HoldIncomplete for somebody who is not there, not of the service
    that holds it, or could not do what it asks: nobody holds the review of their own decision.
    """
    with journal(now) as lines:
        duty = locked_duty(ref, officer)
        allow(officer, "reassign", duty_facts(duty))
        if duty.state == "withheld":
            duty = locked_duty(Duty.objects.get(about=duty, kind="review", ended_at__isnull=True).ref, officer)
            allow(officer, "reassign", duty_facts(duty))
        if to is not None:
            to = Officer.objects.select_for_update(of=("self",)).get(pk=to.pk)  # as they are now, not as they were read
        if to is not None and not can_hold(duty, to, lines.now):
            raise HoldIncomplete(
                sentence("{officer} cannot hold this duty now.", officer=to.name),
                way_out=sentence("Choose somebody of the service that holds it who is not away."),
                code="assign.cannot_hold",
            )
        duty.officer = to
        duties.move(lines, duty, "assign", by=officer)
        if to != officer:
            duties.tell_holder(lines, duty)
    return duty


def can_hold(duty: Duty, to: Officer, at: datetime) -> bool:
    """Whether an officer is of the service that holds a duty, is there at `at`, and could do there what it asks."""
    if (
        to.service_id != duty.holder_id
        or not to.is_active
        or (to.away_until is not None and to.away_until > at)
        or to == duties.decider_of(duty)
        or hasattr(to, "account")  # a machine holds nothing by name: a clock is answered for by a person
    ):
        return False
    return to.role in DESK_ROLES or (to.role == "officer" and duty.kind in MAY_BE_GIVEN)
