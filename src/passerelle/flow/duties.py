"""How a duty comes into being and how it moves: the row and its line in the ledger, always together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from passerelle import duty as rules
from passerelle.flow import rungs
from passerelle.flow.ledger_lines import Journal
from passerelle.ledger.events import DutyMoved, DutyRaised
from passerelle.policy import deadlines
from passerelle.records.models import Duty, Interest, Match, Notice, Officer, Report, Service
from passerelle.words import Sentence


def said_time(moment: datetime | None) -> str:
    """A moment as the ledger says it; empty for none."""
    return "" if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def raise_duty(
    lines: Journal,
    *,
    kind: str,
    service: Service,
    because: Iterable[Sentence],
    report: Report | None = None,
    recipient: Service | None = None,
    match: Match | None = None,
    about: Duty | None = None,
    form: str = "",
    matches: Iterable[Match] = (),
    interests: Iterable[Interest] = (),
    discreet: bool = False,
    urgency: str = "normal",
    themes: frozenset[str] = frozenset(),
    level: int = 0,
    excluding: Officer | None = None,
) -> Duty:
    """A duty of `service`, with its holder, its due time by the table of deadlines, and its next event."""
    deadline = deadlines.due(
        kind=kind,
        urgency=urgency,
        themes=themes,
        recipient_kind=recipient.kind if recipient is not None else service.kind,
        raised_at=lines.now,
    )
    holder = rungs.holder_from(service, level, lines.now, excluding=excluding)
    duty = Duty.objects.create(
        kind=kind,
        state="open",
        report=report,
        recipient=recipient,
        match=match,
        about=about,
        form=form,
        level=holder.level,
        service=service,
        holder=holder.service,
        officer=holder.officer,
        discreet=discreet,
        urgency=urgency,
        deadline=deadline.row,
        because=[reason.to_json() for reason in because],
        raised_at=lines.now,
        due_at=deadline.due_at,
        next_event="escalate",
        next_event_at=deadline.due_at,
    )
    duty.matches.set(matches)
    duty.interests.set(interests)
    lines.write(
        DutyRaised(
            duty=duty.ref,
            kind=kind,
            report=report.ref if report else "",
            recipient=recipient.key if recipient else "",
            match=match.ref if match else "",
            about=about.ref if about else "",
            state="open",
            level=duty.level,
            holder=holder.service.key,
            officer=holder.officer.ref if holder.officer else "",
            due_at=said_time(duty.due_at),
            next_event=duty.next_event,
            next_event_at=said_time(duty.next_event_at),
            deadline=duty.deadline,
        )
    )
    if holder.officer is not None:
        tell(
            lines,
            holder.service,
            "asked",
            Sentence("You hold a duty: {kind}.", (("kind", kind_words(kind)),)),
            duty=duty,
            officer=holder.officer,
        )
    return duty


def move(
    lines: Journal, duty: Duty, step: str, *, by: Officer | None = None, outcome: str = "", note: str = ""
) -> None:
    """Take one step of the table of moves, with whatever holder and clock were already set on `duty`.

    Raises IllegalMove and changes nothing when the table does not have it.
    """
    duty.state = rules.after(duty.kind, duty.state, step)
    if duty.state in rules.ENDED:
        duty.holder = duty.officer = duty.next_event_at = duty.paused_until = None
        duty.next_event = ""
        duty.ended_at = lines.now
        duty.outcome = outcome or step
        duty.outcome_note = note
    elif duty.state not in ("held", "deferred"):
        duty.paused_until = None
    duty.version += 1
    duty.save()
    lines.write(
        DutyMoved(
            duty=duty.ref,
            move=step,
            by=by.ref if by else "",
            version=duty.version,
            state=duty.state,
            level=duty.level,
            holder=duty.holder.key if duty.holder else "",
            officer=duty.officer.ref if duty.officer else "",
            due_at=said_time(duty.due_at),
            next_event=duty.next_event,
            next_event_at=said_time(duty.next_event_at),
        )
    )


def tell(
    lines: Journal,
    service: Service,
    kind: str,
    says: Sentence,
    *,
    duty: Duty | None = None,
    officer: Officer | None = None,
) -> None:
    """A sentence for a desk, or for one officer."""
    Notice.objects.create(
        service=service, officer=officer, duty=duty, kind=kind, says=says.to_json(), told_at=lines.now
    )


def kind_words(kind: str) -> Sentence:
    """What a kind of duty is called."""
    return Sentence(rules.KINDS[kind])
