"""A duty is put on hold with a reason and an end; when the end comes it is open again, with its clock as it was."""

from __future__ import annotations

from datetime import datetime, timedelta

from passerelle.errors import Refused
from passerelle.flow import duties
from passerelle.flow.acknowledge import locked_duty
from passerelle.flow.facts import allow, duty_facts
from passerelle.flow.ledger_lines import journal
from passerelle.policy import grounds
from passerelle.records.models import Duty, Officer
from passerelle.words import sentence

HOLD_DAYS_MAX = 7
"""Longer than the longest answer time of Directive (EU) 2023/977, Art. 5, no hold lasts; it can be asked for again."""


class HoldIncomplete(Refused):
    """A hold without a reason or a lawful end."""

    code = "hold.incomplete"


def hold_duty(*, ref: str, officer: Officer, reason: str, until: datetime, now: datetime) -> Duty:
    """Pause a duty until a moment at most seven days away. Raises HoldIncomplete, GroundNotLawful, IllegalMove."""
    if len(reason.split()) < 3:
        raise HoldIncomplete(sentence("A hold needs a reason of a few words: what is being waited for, and from whom."))
    grounds.refuse_what_is_no_ground(reason)
    if not now < until <= now + timedelta(days=HOLD_DAYS_MAX):
        raise HoldIncomplete(
            sentence("A hold ends within {days} days.", days=HOLD_DAYS_MAX),
            way_out=sentence("Give an earlier end; when it comes the duty is open again and says so."),
        )
    with journal(now) as lines:
        duty = locked_duty(ref, officer)
        allow(officer, "hold", duty_facts(duty))
        duty.paused_until, duty.pause_reason = until, reason
        duty.next_event, duty.next_event_at = "resume", until
        duties.move(lines, duty, "hold", by=officer, note=reason)
        if duty.recipient is not None and duty.recipient_id != duty.service_id:
            duties.tell(
                lines,
                duty.recipient,
                "held",
                sentence("A telling to you is on hold until {day}.", day=until.date().isoformat()),
                duty=duty,
            )
    return duty


def assign(*, ref: str, officer: Officer, to: Officer | None, now: datetime) -> Duty:
    """Give a duty of one's desk to an officer of the same service, or back to the desk (None)."""
    with journal(now) as lines:
        duty = locked_duty(ref, officer)
        allow(officer, "reassign", duty_facts(duty))
        if to is not None and (
            duty.holder is None
            or to.service_id != duty.holder_id
            or (to.away_until is not None and to.away_until > now)
        ):
            raise HoldIncomplete(
                sentence("{officer} cannot hold this duty now.", officer=to.name),
                way_out=sentence("Choose somebody of the service that holds it who is not away."),
                code="assign.cannot_hold",
            )
        duty.officer = to
        duties.move(lines, duty, "assign", by=officer)
    return duty
