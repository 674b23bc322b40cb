"""The owner's desk decides what does not travel by itself: to pass it on, or to withhold it on a lawful ground."""

from __future__ import annotations

from datetime import datetime

from passerelle.errors import Refused
from passerelle.flow import defer, deliver, duties, oblige, rungs, watches
from passerelle.flow.acknowledge import locked_duty
from passerelle.flow.exceptions import review_glass
from passerelle.flow.facts import allow, duty_facts
from passerelle.flow.ledger_lines import Journal, journal
from passerelle.ledger import canonical
from passerelle.ledger.events import HandlingChanged, Withheld, WithholdingReviewed
from passerelle.policy import deadlines, grounds
from passerelle.records.models import Duty, Officer, Withholding
from passerelle.words import sentence


class NotJudgedYet(Refused):
    """The table of law wants a person to have judged the match before the owner may pass it on."""

    code = "pass_on.not_judged_yet"


class NothingMayTravel(Refused):
    """Law or handling lets nothing more travel, whatever the desk decides."""

    code = "pass_on.nothing_may_travel"


class ReviewNeedsReason(Refused):
    """A second person says why."""

    code = "review.reason_missing"


def pass_on(*, ref: str, officer: Officer, note: str = "", now: datetime) -> Duty:
    """The desk passes on as much as law and handling let it. Raises NotJudgedYet, NothingMayTravel, IllegalMove."""
    with journal(now) as lines:
        duty = locked_duty(ref, officer)
        allow(officer, "pass_on", duty_facts(duty))
        _pass_on(lines, duty, officer, "deliver", note)
    return duty


def _pass_on(lines: Journal, duty: Duty, officer: Officer, step: str, note: str) -> None:
    assert duty.report is not None and duty.recipient is not None
    claims = oblige.claims_of(duty, lines.now)
    if not claims:
        raise NothingMayTravel(
            sentence("Nothing calls for this telling any more: the match was parted or the interest has ended.")
        )
    decided, claim, _ = oblige.best_disclosure(duty.report, duty.recipient, claims, sender_decided=True)
    if decided.needs_judgement:
        raise NotJudgedYet(
            sentence("A person must first judge whether the two records are the same subject."),
            way_out=sentence("The duty to judge stands in the list of its desk; it has a clock of its own."),
        )
    if decided.form == "nothing":
        raise NothingMayTravel(sentence("The law or the handling lets nothing of this report travel to this service."))
    told = oblige.told_because(claim, decided)
    deliver.send(lines, duty, decided, claim.interest.purpose, claim.standing, because=told, sender_decided=True)
    duties.move(lines, duty, step, by=officer, outcome=decided.form, note=note)


def withhold(*, ref: str, officer: Officer, ground: str, reason: str, now: datetime) -> Withholding:
    """Not to pass on, on one ground of the closed list; a second person must review it, by a clock.

    Raises GroundNotLawful for whatever is not on the list, “the source is doubtful” among it, and IllegalMove.
    """
    lawful = grounds.lawful(ground, reason)
    with journal(now) as lines:
        duty = locked_duty(ref, officer)
        allow(officer, "withhold", duty_facts(duty))
        duties.move(lines, duty, "withhold", by=officer)
        withholding = Withholding.objects.create(
            duty=duty, ground=lawful.letter, reason=reason, decided_by=officer, decided_at=lines.now
        )
        lines.write(
            Withheld(
                withholding=withholding.ref,
                duty=duty.ref,
                ground=lawful.letter,
                by=officer.ref,
                commitment=canonical.commitment(bytes(withholding.salt), {"reason": reason}),
            )
        )
        review = duties.raise_duty(
            lines,
            kind="review",
            service=duty.service,
            about=duty,
            report=duty.report,
            level=max(rungs.SUPERVISOR, min(duty.level, rungs.NEUTRAL)),
            excluding=officer,
            urgency=duty.urgency,
            themes=frozenset(duty.report.themes if duty.report is not None else ()),
            discreet=duty.discreet,
            because=[sentence("Withheld on ground {letter}: {ground}", letter=lawful.letter, ground=lawful.text)],
        )
        duties.mirror(lines, review)
    return withholding


def review(*, ref: str, officer: Officer, uphold: bool, reason: str, now: datetime) -> Duty:
    """A second person upholds a decision, or overturns it; an overturned withholding is passed on at once.

    Nobody reviews their own decision. Raises NotAllowed, IllegalMove, ReviewNeedsReason.
    """
    if len(reason.split()) < 3:
        raise ReviewNeedsReason(
            sentence("A review needs a reason of a few words."),
            way_out=sentence("Say why the ground holds here, or why it does not."),
        )
    with journal(now) as lines:
        duty = locked_duty(ref, officer)
        allow(officer, "review", duty_facts(duty))
        outcome = "upheld" if uphold else "overturned"
        duties.move(lines, duty, "review", by=officer, outcome=outcome, note=reason)
        grant, asked, overload = duties.broken_glass(duty), duties.asked_watch(duty), duties.signed_overload(duty)
        if grant is not None:
            review_glass(lines, grant, officer, uphold)
        elif asked is not None:
            watches.decide(lines, asked, officer, approve=uphold)
        elif overload is not None:
            defer.decide_overload(lines, overload, officer, uphold)
        elif duty.about is None:
            _review_sealing(lines, duty, uphold)
        else:
            _review_withholding(lines, duty, officer, uphold, reason)
    return duty


def _review_withholding(lines: Journal, review_duty: Duty, officer: Officer, uphold: bool, reason: str) -> None:
    duty = (
        Duty.objects.select_for_update(of=("self",))
        .select_related("service", "recipient", "holder", "officer", "report__service", "report__author")
        .get(pk=review_duty.about_id)
    )
    withholding = duty.withholdings.select_for_update().get(outcome="")
    withholding.outcome = "upheld" if uphold else "overturned"
    withholding.reviewed_by, withholding.reviewed_at, withholding.review_reason = officer, lines.now, reason
    withholding.save()
    lines.write(WithholdingReviewed(withholding=withholding.ref, outcome=withholding.outcome, by=officer.ref))
    if uphold:
        duties.move(lines, duty, "uphold", by=officer, outcome="upheld", note=reason)
    elif duty.kind == "answer":
        duty.next_event, duty.next_event_at = "escalate", _due_again(lines, duty)
        duties.move(lines, duty, "reopen", by=officer, note=reason)
    else:
        _pass_on(lines, duty, officer, "overturn", reason)
    duties.tell(
        lines,
        duty.service,
        "reviewed",
        sentence("Your withholding was upheld.")
        if uphold
        else sentence("Your withholding was overturned: the question is to be answered.")
        if duty.kind == "answer"
        else sentence("Your withholding was overturned and passed on."),
        duty=duty,
        officer=withholding.decided_by,
    )


def _due_again(lines: Journal, duty: Duty) -> datetime:
    """A question whose withholding was overturned has the time of its deadline again."""
    duty.due_at = deadlines.due(
        kind=duty.kind, urgency=duty.urgency, themes=frozenset(), recipient_kind=duty.service.kind, raised_at=lines.now
    ).due_at
    return duty.due_at


def _review_sealing(lines: Journal, review_duty: Duty, uphold: bool) -> None:
    """A second person confirmed that a report stays sealed, or let it fall back to `consent`, which tells at once."""
    report = review_duty.report
    assert report is not None
    if uphold:
        return
    report.handling = "consent"
    report.save(update_fields=["handling"])
    lines.write(HandlingChanged(report=report.ref, handling="consent"))
    for duty in (
        Duty.objects.select_for_update(of=("self",))
        .select_related("report__service", "recipient", "service", "holder", "officer")
        .filter(report=report, kind="pass_on", ended_at__isnull=True)
    ):
        claims = oblige.claims_of(duty, lines.now)
        if claims and duty.recipient is not None:
            oblige.owe(lines, report, duty.recipient, claims)
