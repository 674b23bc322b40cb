"""The receiving desk says it has got the report, and what was done with it; the originator hears it."""

from __future__ import annotations

from datetime import datetime

from passerelle.errors import Refused
from passerelle.flow import duties
from passerelle.flow.facts import NotThere, allow, delivery_facts, duty_facts
from passerelle.flow.ledger_lines import Journal, journal
from passerelle.ledger.events import DeliveryClimbed
from passerelle.policy.facts import PURPOSES
from passerelle.records import visibility
from passerelle.records.models import Duty, Officer
from passerelle.words import Sentence, noop, sentence

OUTCOMES: dict[str, str] = {
    "acted_upon": noop("Used: we acted on it"),
    "added": noop("Used: added to a dossier"),
    "known": noop("We already knew this"),
    "noted": noop("Read, nothing to do for now"),
    "not_ours": noop("Not for us"),
}
"""What a recipient can say was done. `acted_upon` and `added` count as used."""

TOLD: dict[str, str] = {
    "acted_upon": noop("they acted on it"),
    "added": noop("it was added to a dossier"),
    "known": noop("they already knew this"),
    "noted": noop("there is nothing to do for now"),
    "not_ours": noop("it is not for them"),
}
"""The same, as the originator hears it."""

USED = frozenset({"acted_upon", "added"})


class UnknownOutcome(Refused):
    """Something that is not on the list of what can have been done."""

    code = "acknowledge.unknown_outcome"


def acknowledge_duty(*, ref: str, officer: Officer, outcome: str, note: str = "", now: datetime) -> Duty:
    """End the duty to acknowledge; its deliveries climb to acknowledged or acted upon; the sender is told.

    Acknowledging twice is refused and leaves no trace. Raises NotThere, NotAllowed, IllegalMove, UnknownOutcome.
    """
    if outcome not in OUTCOMES:
        raise UnknownOutcome(
            sentence("“{outcome}” does not say what was done.", outcome=outcome),
            way_out=sentence("Use one of: {known}.", known=", ".join(OUTCOMES)),
        )
    with journal(now) as lines:
        return put_acknowledgement(lines, ref=ref, officer=officer, outcome=outcome, note=note)


def put_acknowledgement(lines: Journal, *, ref: str, officer: Officer, outcome: str, note: str) -> Duty:
    """The same within a verb's own transaction."""
    duty = locked_duty(ref, officer)
    received = (
        duty.report.deliveries.filter(
            recipient=duty.recipient, form__in=("whole", "extract"), acknowledged_at__isnull=True
        )
        if duty.report
        else ()
    )
    allow(officer, "acknowledge", duty_facts(duty))
    for delivery in received:  # a rung above may hold the duty; only who got the report can say what was done
        allow(officer, "read", delivery_facts(delivery))
    duties.move(lines, duty, "acknowledge", by=officer, outcome=outcome, note=note)
    evidence = "acted_upon" if outcome in USED else "acknowledged"
    for delivery in received:
        delivery.evidence = evidence
        delivery.acknowledged_at = lines.now
        delivery.save(update_fields=["evidence", "acknowledged_at"])
        lines.write(DeliveryClimbed(delivery=delivery.ref, evidence=evidence, by=officer.ref))
    _tell_the_originator(lines, duty, outcome, note)
    return duty


def _tell_the_originator(lines: Journal, duty: Duty, outcome: str, note: str) -> None:
    report, passed_on = duty.report, duty.about
    assert report is not None and duty.recipient is not None
    whose = (
        sentence("a service with a lawful interest")
        if passed_on is not None and passed_on.discreet
        else duty.recipient.name
    )
    what = Sentence(TOLD[outcome])
    says = (
        sentence("Your report was used by {service}: {what}", service=whose, what=what)
        if outcome in USED
        else sentence("Your report was read by {service}: {what}", service=whose, what=what)
    )
    purposes = (
        sorted(set(passed_on.interests.filter(discreet=False).values_list("purpose", flat=True)))
        if outcome in USED and passed_on is not None and not passed_on.discreet
        else []
    )
    if len(purposes) == 1:  # the row of law by which it was told named it to the owner already
        says = sentence("{before}, for {purpose}", before=says, purpose=Sentence(PURPOSES[purposes[0]]))
    duties.tell(lines, report.service, "used", says, duty=passed_on, officer=report.author)


def locked_duty(ref: str, officer: Officer) -> Duty:
    """The duty, locked, if this officer may know of it. Raises NotThere."""
    row = visibility.duties(officer).filter(ref=ref).values_list("pk", flat=True).first()
    if row is None:
        raise NotThere
    return (
        Duty.objects.select_for_update(of=("self",))
        .select_related(
            "service", "recipient", "holder", "officer", "report__service", "report__author", "about", "match"
        )
        .get(pk=row)
    )
