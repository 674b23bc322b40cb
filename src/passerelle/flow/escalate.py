"""Whatever is late climbs one rung, to one holder, told with the rung below; pauses end when their date comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from passerelle.duty import KINDS, MOVES
from passerelle.flow import duties, oblige, onward, rungs
from passerelle.flow.ledger_lines import Journal, journal
from passerelle.policy import ladder
from passerelle.records.models import Duty, Officer
from passerelle.words import Sentence, sentence


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened to one duty: its reference, and the rung on which it stands now."""

    ref: str
    level: int


def next_events(due: Sequence[tuple[int, int]], *, now: datetime) -> list[Happened]:
    """What was set to happen to these duties, (primary key, version), happens: each climbs, is told again, or is taken
    off hold. One transaction; few at a time, for whatever else the house does waits for it.

    Compare and set: where a duty moved since its version was read nothing is done, so that any number of sweeps in any
    order count once.
    """
    versions = dict(due)
    with journal(now) as lines:
        rows = (
            Duty.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("service", "recipient", "holder", "officer__account", "about", "match")
            .defer("match__because")
            .filter(pk__in=versions, ended_at__isnull=True, next_event_at__lte=lines.now)
            .exclude(state="withheld")
        )
        found = sorted((duty for duty in rows if duty.version == versions[duty.pk]), key=_longest_waiting)
        lapsed = oblige.serving_no_interest(found, lines.now)
        seats, deciders = rungs.Seats(), duties.deciders_of(found)
        seats.look_up(duty.service_id for duty in found)
        for duty in found:
            if duty.pk in lapsed:
                _lapse(lines, duty)
            elif duty.state in ("held", "deferred"):
                _resume(lines, duty)
            else:
                _climb(lines, duty, seats, deciders.get(duty.pk))
    return [Happened(duty.ref, duty.level) for duty in found]


def _longest_waiting(duty: Duty) -> tuple[datetime, int]:
    assert duty.next_event_at is not None
    return duty.next_event_at, duty.pk


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


def _climb(lines: Journal, duty: Duty, seats: rungs.Seats, decider: Officer | None) -> None:
    assert duty.due_at is not None and duty.holder is not None
    if duty.kind == "answer" and onward.passes_by_silence(lines, duty):
        return
    level, at, because = ladder.next_event_after(
        duty.level, duty.due_at, lines.now, duty.urgency, rung_until=duty.next_event_at
    )
    if level == duty.level and level < ladder.TOP:  # asked too early: come back when the rung's time is over
        duty.next_event_at = at
        duties.move(lines, duty, "assign")
        return
    below_service, below_officer = duty.holder, duty.officer
    holder = rungs.holder_from(duty.service, level, lines.now, excluding=decider, seats=seats)
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
