"""Too few people, said out loud: one duty deferred and signed, or a kind of duty of a desk, reviewed by oversight."""

from __future__ import annotations

from datetime import datetime, timedelta

from passerelle.errors import Refused
from passerelle.flow import duties, rungs
from passerelle.flow.acknowledge import locked_duty
from passerelle.flow.duties import NOT_DEFERRED
from passerelle.flow.facts import NotAllowed, allow, duty_facts
from passerelle.flow.hold import waits
from passerelle.flow.ledger_lines import Journal, effective, journal
from passerelle.ledger import canonical
from passerelle.ledger.events_of_clocks import OverloadEnded, OverloadSigned
from passerelle.records.models import Duty, Officer, Overload
from passerelle.words import sentence

DEFER_DAYS_MAX = 14
"""One duty, signed by the head; a measure of this house."""

OVERLOAD_DAYS_MAX = 28
"""A kind of duty of a desk, signed by the head and reviewed by oversight; a measure of this house."""

KINDS_DEFERRED = ("pass_on", "judge", "acknowledge", "answer")
"""What a desk may have too few people for. A review and a correction are never deferred as a kind."""


class DeferralIncomplete(Refused):
    """A deferral without a reason or a lawful end, or of what is never deferred."""

    code = "defer.incomplete"


class OverloadedAlready(Refused):
    """One overload for one kind of duty of a service at a time."""

    code = "overload.already"


def defer_duty(*, ref: str, officer: Officer, reason: str, until: datetime, now: datetime) -> Duty:
    """The head of the service signs that one duty is deferred for lack of people. Its due time stays: when the deferral
    ends after it, the duty is late at once and climbs.

    Raises NotThere, NotAllowed, DeferralIncomplete, IllegalMove.
    """
    _complete(reason, until, now, DEFER_DAYS_MAX)
    with journal(now) as lines:
        duty = locked_duty(ref, officer)
        allow(officer, "hold", duty_facts(duty))
        _is_head(officer, duty.service_id)
        if duty.urgency in NOT_DEFERRED or duty.kind == "review":
            raise DeferralIncomplete(
                sentence("This duty is never deferred."),
                way_out=sentence("Do it, or give it to somebody who can; it climbs meanwhile."),
            )
        if duty.due_at is not None and lines.now >= duty.due_at:
            raise DeferralIncomplete(sentence("This duty is past its time and cannot be deferred."))
        duties.defer(lines, duty, until, by=officer, reason=reason)
        _tell_who_waits(lines, duty, until)
    return duty


def sign_overload(*, officer: Officer, kind: str, reason: str, until: datetime, now: datetime) -> Overload:
    """The head of a service signs that one kind of duty of its desk is deferred until a moment, for lack of people.

    What is open on the desk's rung and not late is deferred with it, and what comes while it lasts: each with a line of
    its own, and whoever waits is told as far as policy lets them. Danger to life is never deferred. Oversight gets the
    duty to review it. Raises NotAllowed, DeferralIncomplete, OverloadedAlready.
    """
    _complete(reason, until, now, OVERLOAD_DAYS_MAX)
    if kind not in KINDS_DEFERRED:
        raise DeferralIncomplete(
            sentence("“{kind}” is never deferred as a kind.", kind=kind),
            way_out=sentence("Use one of: {known}.", known=", ".join(KINDS_DEFERRED)),
        )
    _is_head(officer, officer.service_id)
    with journal(now) as lines:
        if Overload.objects.filter(service=officer.service_id, kind=kind, ended_at__isnull=True).exists():
            raise OverloadedAlready(sentence("An overload for this kind of duty is signed already."))
        review = duties.raise_duty(
            lines,
            kind="review",
            service=officer.service,
            level=rungs.OVERSIGHT,
            excluding=officer,
            because=[
                sentence(
                    "{service} signed that it has too few people: {kind} is deferred until {day}.",
                    service=officer.service.name, kind=duties.kind_words(kind), day=duties.said_day(until),
                )
            ],
        )  # fmt: skip
        overload = Overload(
            service=officer.service, kind=kind, reason=reason, signed_by=officer, signed_at=lines.now, until=until,
            review=review,
        )  # fmt: skip
        overload.save()
        lines.write(
            OverloadSigned(
                overload=overload.ref,
                service=officer.service.key,
                kind=kind,
                by=officer.ref,
                until=duties.said_time(until),
                review=review.ref,
                commitment=canonical.commitment(bytes(overload.salt), {"reason": reason}),
            )
        )
        open_ones = Duty.objects.select_for_update(of=("self",)).filter(
            service=officer.service_id, kind=kind, state="open", level=rungs.DESK, due_at__gt=lines.now
        )
        rows = open_ones.exclude(urgency__in=NOT_DEFERRED).select_related("service", "recipient", "holder", "officer")
        for duty in rows.select_related("report").order_by("id"):
            duties.defer(lines, duty, until, by=officer, reason="")
            _tell_who_waits(lines, duty, until)
    return overload


def decide_overload(lines: Journal, overload: Overload, officer: Officer, uphold: bool) -> None:
    """Oversight reviewed it: it stands, or it ends now and what it deferred is open again. One whose day came before
    its review has ended, whatever is said of it."""
    overload.outcome = "upheld" if uphold else "overturned"
    if not uphold:
        overload.ended_at = overload.ended_at or lines.now
        _resume_all(lines, overload)
    overload.save(update_fields=["outcome", "ended_at"])
    ended = overload.ended_at is not None
    lines.write(OverloadEnded(overload=overload.ref, outcome=overload.outcome, by=officer.ref, ended=ended))
    says = (
        sentence("The overload you signed was reviewed: it stands until its day.")
        if uphold
        else sentence("The overload you signed was overturned: what it deferred is open again.")
    )
    duties.tell(lines, overload.service, "reviewed", says, duty=overload.review, officer=overload.signed_by)


def end_overloads(*, now: datetime) -> list[Overload]:
    """The overloads whose day has come end; what they deferred comes back by its own clock. Called by each sweep."""
    due = Overload.objects.filter(ended_at__isnull=True, until__lte=effective(now)).values_list("pk", flat=True)
    ended = []
    for pk in list(due):
        with journal(now) as lines:
            overload = Overload.objects.select_for_update().filter(pk=pk, ended_at__isnull=True).first()
            if overload is not None and overload.until <= lines.now:
                overload.ended_at = lines.now
                overload.save(update_fields=["ended_at"])
                lines.write(OverloadEnded(overload=overload.ref, outcome="", by="", ended=True))
                ended.append(overload)
    return ended


def _resume_all(lines: Journal, overload: Overload) -> None:
    held = Duty.objects.select_for_update(of=("self",)).filter(
        service=overload.service_id, kind=overload.kind, state="deferred", paused_until=overload.until
    )
    for duty in held.select_related("service", "holder", "officer", "recipient").order_by("id"):
        assert duty.due_at is not None
        duty.next_event, duty.next_event_at = "escalate", max(duty.due_at, lines.now)
        duties.move(lines, duty, "resume")


def _tell_who_waits(lines: Journal, duty: Duty, until: datetime) -> None:
    if waits(duty) and duty.recipient is not None:
        says = sentence("A telling to you is deferred until {day}, for lack of people.", day=duties.said_day(until))
        duties.tell(lines, duty.recipient, "held", says, duty=duty)


def _is_head(officer: Officer, service: int) -> None:
    if officer.role != "head" or officer.service_id != service:
        raise NotAllowed(sentence("The head of the service signs that there are too few people."))


def _complete(reason: str, until: datetime, now: datetime, days: int) -> None:
    if len(reason.split()) < 3:
        raise DeferralIncomplete(sentence("A deferral needs a reason of a few words: who is missing, and until when."))
    if not now < until <= now + timedelta(days=days):
        raise DeferralIncomplete(
            sentence("A deferral ends within {days} days.", days=days),
            way_out=sentence("Give an earlier end; when it comes the duties are open again and say so."),
        )
