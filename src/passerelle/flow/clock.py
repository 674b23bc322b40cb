"""A false jump of the clock on the wall is acknowledged: effective time is the wall's again, by one line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from passerelle.errors import Refused
from passerelle.flow import duties, ledger_lines, seats
from passerelle.flow.ledger_lines import journal
from passerelle.ledger.events_of_clocks import ClockSetRight
from passerelle.policy.facts import check_word
from passerelle.records.models import Duty, Officer
from passerelle.words import noop, sentence

CAUSES: dict[str, str] = {
    "time_server": noop("the time server was wrong"),
    "battery": noop("the machine lost its clock"),
    "restored": noop("a virtual machine was restored or moved"),
    "typed": noop("somebody set it by hand"),
    "unknown": noop("nobody knows"),
}
"""Why a clock jumped: a closed list, because a line of the ledger holds no text."""


class NoFalseJump(Refused):
    """There is nothing to acknowledge: effective time is the clock on the wall."""

    code = "clock.no_false_jump"


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock on the wall, the effective time, how far that runs ahead, and since when."""

    wall: datetime
    effective: datetime
    ahead: timedelta
    back_at: datetime | None


def look(*, now: datetime) -> Clock:
    """What the clocks say at `now`; changes nothing."""
    at = ledger_lines.effective(now)
    return Clock(wall=now, effective=at, ahead=at - now, back_at=ledger_lines.lead()[1])


def set_right(*, cause: str, now: datetime) -> tuple[timedelta, int]:
    """The lead of effective time was a false jump of the clock: from the next line on the wall counts again.

    Every live duty that was raised or moved in the false time has what was set there moved back by the lead, and never
    before `now`: nothing is postponed by the false jump, and nothing fell due in it that is not looked at now. Whose
    absence seemed to be over is away again: what they hold finds another holder. Returns the lead and how many duties
    were moved. Raises NoFalseJump, UnknownWord.
    """
    check_word(cause, CAUSES, what="cause of a jump")
    ledger_lines.look_at_the_clock(now)
    with journal(now) as lines:
        ahead, back_at = lines.ahead, ledger_lines.lead()[1]
        if not ahead or back_at is None:
            raise NoFalseJump(sentence("Effective time is the clock on the wall: there is no jump to acknowledge."))
        touched = {
            entry["facts"]["duty"]
            for entry in ledger_lines.lines_since(back_at)
            if entry["kind"] in ("DutyRaised", "DutyMoved")
        }
        moved = 0
        live = Duty.objects.select_for_update(of=("self",)).filter(ended_at__isnull=True).exclude(state="withheld")
        for duty in live.select_related("service", "holder", "officer").order_by("id").iterator():
            if duty.ref in touched and _moved_back(duty, ahead, back_at, now):
                duties.move(lines, duty, "set_right")
                moved += 1
        for officer in Officer.objects.filter(away_until__gt=now).select_related("service").order_by("id"):
            seats.find_other_holders(lines, officer, at=now)
        lines.write(ClockSetRight(cause=cause, seconds=ceil(ahead.total_seconds()), duties=moved))
        lines.set_right()
    return ahead, moved


def _moved_back(duty: Duty, ahead: timedelta, back_at: datetime, now: datetime) -> bool:
    """Move what was set in the false time; what was set before it stays, also where it lies beyond."""
    before = (duty.due_at, duty.next_event_at, duty.paused_until)
    if duty.raised_at > back_at and duty.due_at is not None:
        duty.due_at = max(duty.due_at - ahead, now)
    if duty.next_event_at is not None and duty.next_event_at > back_at:
        duty.next_event_at = max(duty.next_event_at - ahead, now)
    if duty.paused_until is not None and duty.paused_until > back_at + ahead:
        duty.paused_until = max(duty.paused_until - ahead, now)
    return (duty.due_at, duty.next_event_at, duty.paused_until) != before
