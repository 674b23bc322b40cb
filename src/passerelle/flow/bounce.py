"""“Not ours, but theirs”: a duty goes on to who can do it, and climbs when it would return to where it came from."""

from __future__ import annotations

from datetime import datetime

from passerelle.errors import Refused
from passerelle.flow import ask, duties, onward, rungs
from passerelle.flow.acknowledge import locked_duty, put_acknowledgement
from passerelle.flow.facts import NotAllowed, allow, duty_facts
from passerelle.flow.ledger_lines import Journal, journal
from passerelle.ledger.events_of_clocks import DutyPassedOn
from passerelle.policy import ladder
from passerelle.records.models import Duty, Officer, Service
from passerelle.words import Sentence, sentence

REASON_WORDS_MIN = 3


class BounceNeedsReason(Refused):
    """A duty is another's for a reason."""

    code = "bounce.reason_missing"


class NotTheirs(Refused):
    """A service that could not do what the duty asks, or may not be told of it."""

    code = "bounce.not_theirs"


class NothingToHandBack(Refused):
    """The neutral desk hands back what climbed to it from a service, once."""

    code = "hand_back.nothing"


def bounce(*, ref: str, officer: Officer, to: Service, reason: str, now: datetime) -> Duty:
    """A desk says that a question is not theirs to answer but another's, or that it cannot judge a match.

    The due time stays. Who had it before gets it back one rung higher at least, and each return climbs again, so that
    two desks that send it to each other meet at the neutral desk. Raises NotThere, NotAllowed, IllegalMove,
    BounceNeedsReason, NotTheirs.
    """
    _has_reason(reason)
    with journal(now) as lines:
        duty = locked_duty(ref, officer)
        allow(officer, duty.kind if duty.kind in ("answer", "judge") else "reassign", duty_facts(duty))
        _theirs(duty, to)
        before = [*duty.came_through, duty.service.key]
        returns = to.key in before
        level = min(duty.level + 1, ladder.TOP) if returns else duty.level
        holder = rungs.holder_from(to, level, lines.now, excluding=duties.decider_of(duty))
        duty.came_through, duty.service = before, to
        duty.level, duty.holder, duty.officer = max(level, holder.level), holder.service, holder.officer
        duty.because = [*duty.because, _because(returns).to_json()]
        duty.next_event, duty.next_event_at = "escalate", _next(duty, lines)
        duties.move(lines, duty, "bounce", by=officer, note=reason)
        lines.write(DutyPassedOn(duty=duty.ref, service=to.key, by=officer.ref))
        says = sentence("A duty was passed on to you as yours: {kind}.", kind=duties.kind_words(duty.kind))
        duties.tell(lines, holder.service, "bounced", says, duty=duty, officer=holder.officer)
    return duty


def _theirs(duty: Duty, to: Service) -> None:
    """Raises NotTheirs unless `to` could do it, and may be told what it asks."""
    refused = NotTheirs(
        sentence("{service} cannot be given this duty.", service=to.name),
        way_out=sentence("Give it to a service that may be told, or to the neutral desk, which finds one."),
    )
    if to.pk == duty.service_id or to.closed_at is not None or to.kind == "oversight":
        raise refused
    if duty.kind == "answer":
        asked = ask.of_duty(duty)
        if asked.onward_to_id is not None or ask.first_of(asked).dossier_id is not None:
            raise refused  # only who filed it decides; a colleague is asked within one service
    if duty.kind == "judge":
        if to.kind != "neutral_desk":
            raise refused
    elif duty.kind == "answer" and to.kind != "neutral_desk":
        question = ask.of_duty(duty)
        mine = question.service_id == to.pk or question.parent_id is not None  # asked back of who asked, nobody else
        known = question.match.left.category if question.match is not None else "none"
        categories = (
            frozenset(question.report.subjects.values_list("category", flat=True)) or frozenset({known})
            if question.report is not None
            else frozenset({known})
        )
        target = ask.Target(report=question.report, categories=categories)
        if mine or not ask.may_hear(question.service, to, target, question.purpose):
            raise refused


def _because(returns: bool) -> Sentence:
    if returns:
        return sentence("It was sent back to where it came from, so it climbs.")
    return sentence("Another desk said that it is not theirs, but yours.")


def _next(duty: Duty, lines: Journal) -> datetime:
    """When it is due; where that has passed, after the time that its rung has."""
    assert duty.due_at is not None
    if duty.due_at > lines.now:
        return duty.due_at
    rung = ladder.RUNGS[max(duty.level, 1)]
    return lines.now + ladder.shipped().intervals[duty.urgency][rung]


def not_for_us(*, ref: str, officer: Officer, theirs: Service, note: str = "", now: datetime) -> Duty:
    """What was passed on to us is not for us, but for them: the acknowledgement ends, and the originator hears it as a
    question, whose answer is a duty with a clock. Raises what `acknowledge_duty` raises."""
    with journal(now) as lines:
        duty = put_acknowledgement(lines, ref=ref, officer=officer, outcome="not_ours", note=note)
        assert duty.report is not None
        rows = duty.report.deliveries.filter(recipient=duty.recipient).exclude(evidence="recalled")
        delivery = rows.order_by("id").last()
        if delivery is not None:
            said = sentence("This is not for us, but for {service}. Will you pass it on?", service=theirs.name)
            target = ask.target_of(delivery.ref, officer, lines.now)
            ask.put_question(
                lines,
                target,
                officer=officer,
                text=f"{said} {note}".strip(),
                to=duty.report.service,
                because=[sentence("Another desk said that it is not theirs.")],
                themes=target.themes,
                territory=target.territory,
                purpose=target.purpose,
                onward_to=theirs if onward.may_be_asked_for(theirs, duty.report.service, officer.service) else None,
            )
    return duty


def hand_back(*, ref: str, officer: Officer, reason: str, now: datetime) -> Duty:
    """The neutral desk hands what climbed to it back to the head of the service that owes it, or whoever is there.

    Its rung does not fall: if that service leaves it undone again, it climbs to oversight. Raises NotThere, NotAllowed,
    NothingToHandBack, BounceNeedsReason, IllegalMove.
    """
    _has_reason(reason)
    with journal(now) as lines:
        duty = locked_duty(ref, officer)
        allow(officer, "reassign", duty_facts(duty))
        if officer.service.kind != "neutral_desk" or duty.holder_id != officer.service_id:
            raise NotAllowed(sentence("The neutral desk hands back what it holds."))
        if duty.level != rungs.NEUTRAL or duty.service_id == officer.service_id:
            raise NothingToHandBack(sentence("This duty did not climb to the neutral desk from another service."))
        there = (rungs.present(duty.service, role, lines.now) for role in ("head", "supervisor"))
        duty.holder, duty.officer = duty.service, next((found for found in there if found is not None), None)
        duty.next_event, duty.next_event_at = "escalate", _next(duty, lines)
        duty.because = [*duty.because, sentence("The neutral desk handed it back.").to_json()]
        duties.move(lines, duty, "hand_back", by=officer, note=reason)
        says = sentence("The neutral desk hands back to you: {kind}.", kind=duties.kind_words(duty.kind))
        duties.tell(lines, duty.service, "bounced", says, duty=duty, officer=duty.officer)
    return duty


def _has_reason(reason: str) -> None:
    if len(reason.split()) < REASON_WORDS_MIN:
        raise BounceNeedsReason(
            sentence("A duty is another's for a reason of a few words."),
            way_out=sentence("Say why they can do what your desk cannot."),
        )
