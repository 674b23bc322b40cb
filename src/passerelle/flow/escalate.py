"""Whatever is late climbs one rung, to one holder, told with the rung below; pauses end when their date comes."""

from __future__ import annotations

from datetime import datetime

from passerelle.duty import KINDS, MOVES
from passerelle.flow import duties, oblige, rungs
from passerelle.flow.ledger_lines import Journal, journal
from passerelle.policy import ladder
from passerelle.records.models import Duty
from passerelle.words import Sentence, sentence


def next_event(*, duty_id: int, version: int, now: datetime) -> Duty | None:
    """What was set to happen to this duty happens: it climbs, is told again, or is taken off hold.

    Compare and set: if the duty moved since `version` was read, nothing is done and None is returned, so that any
    number of sweeps in any order count once.
    """
    with journal(now) as lines:
        duty = (
            Duty.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("service", "recipient", "holder", "officer", "report", "about__report", "match")
            .filter(pk=duty_id, version=version, ended_at__isnull=True, next_event_at__lte=lines.now)
            .exclude(state="withheld")
            .first()
        )
        if duty is None:
            return None
        if oblige.serves_no_interest(duty, lines.now):
            _lapse(lines, duty)
        elif duty.state in ("held", "deferred"):
            _resume(lines, duty)
        else:
            _climb(lines, duty)
    return duty


def _lapse(lines: Journal, duty: Duty) -> None:
    """Every interest that it served has ended: it ends too, with what it reviewed; a new interest would owe it anew."""
    duties.move(lines, duty, "lapse")
    ended = duty
    if duty.kind == "review" and duty.about is not None:
        locked = Duty.objects.select_for_update(of=("self",)).select_related("service", "recipient")
        ended = locked.get(pk=duty.about_id)
        duties.move(lines, ended, "lapse")
    says = Sentence(next(move.says for move in MOVES if move.name == "lapse"))
    duties.tell(lines, ended.service, "lapsed", says, duty=ended)
    if ended.recipient is not None and ended.deliveries.filter(recipient=ended.recipient).exists():
        duties.tell(lines, ended.recipient, "lapsed", says, duty=ended)


def _resume(lines: Journal, duty: Duty) -> None:
    assert duty.due_at is not None
    duty.next_event = "escalate"
    duty.next_event_at = max(duty.due_at, lines.now)
    duties.move(lines, duty, "resume")
    if duty.holder is not None:
        duties.tell(lines, duty.holder, "resumed", sentence("A hold has ended: {kind}.", kind=_kind(duty)), duty=duty)


def _climb(lines: Journal, duty: Duty) -> None:
    assert duty.due_at is not None and duty.holder is not None
    level, at, because = ladder.next_event_after(
        duty.level, duty.due_at, lines.now, duty.urgency, rung_until=duty.next_event_at
    )
    if level == duty.level and level < ladder.TOP:  # asked too early: come back when the rung's time is over
        duty.next_event_at = at
        duties.move(lines, duty, "assign")
        return
    below_service, below_officer = duty.holder, duty.officer
    holder = rungs.holder_from(duty.service, level, lines.now, excluding=duties.decider_of(duty))
    climbed = holder.level > duty.level
    duty.level, duty.holder, duty.officer = max(holder.level, duty.level), holder.service, holder.officer
    duty.next_event = "escalate" if duty.level < ladder.TOP else "remind"
    duty.next_event_at = at
    duty.because = [*duty.because, because.to_json()] if climbed else duty.because
    duties.move(lines, duty, "escalate" if climbed else "remind")
    says = sentence(
        "Late: {kind}. It now stands with {holder}.",
        kind=_kind(duty),
        holder=holder.officer.name if holder.officer else holder.service.name,
    )
    duties.tell(lines, holder.service, "late", says, duty=duty, officer=holder.officer)
    if climbed:
        duties.tell(lines, below_service, "late", says, duty=duty, officer=below_officer)


def _kind(duty: Duty) -> Sentence:
    return Sentence(KINDS[duty.kind])
