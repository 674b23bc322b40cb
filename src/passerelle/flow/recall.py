"""The sender takes back what was passed on by mistake: out of sight at once, and destroyed where it was read."""

from __future__ import annotations

from datetime import datetime

from passerelle.duty import OWED_ANEW
from passerelle.errors import Refused
from passerelle.flow import duties, index, oblige
from passerelle.flow.acknowledge import locked_duty
from passerelle.flow.facts import NotThere, allow, delivery_facts, duty_facts
from passerelle.flow.ledger_lines import Journal, journal
from passerelle.ledger import canonical
from passerelle.ledger.events import DeliveryRecalled, GrantEnded
from passerelle.records import visibility
from passerelle.records.models import Delivery, Duty, Officer
from passerelle.words import sentence

DESTROYED = "destroyed"
"""How a duty to correct comes out when every copy of what was recalled is gone."""


class RecallNeedsReason(Refused):
    """A recall says why."""

    code = "recall.reason_missing"


class RecalledAlready(Refused):
    """What was recalled cannot be recalled again."""

    code = "recall.already"


class NothingToDestroy(Refused):
    """A duty that asks for something else than destruction."""

    code = "recall.nothing_to_destroy"


def recall(*, ref: str, officer: Officer, reason: str, now: datetime) -> Delivery:
    """The desk that passed something on, or who leads it, takes it back.

    The recipient sees it no more. If it had been opened, its desk owes the destruction of every copy, by a clock. Where
    an interest still calls for the telling, the sender owes a new decision: nothing travels by itself any more.
    Raises NotThere, NotAllowed, RecallNeedsReason, RecalledAlready.
    """
    if len(reason.split()) < 3:
        raise RecallNeedsReason(
            sentence("A recall needs a reason of a few words."),
            way_out=sentence("Say what went wrong: the wrong service, the wrong person, more than was allowed."),
        )
    with journal(now) as lines:
        row = visibility.deliveries(officer).filter(ref=ref).values_list("pk", flat=True).first()
        if row is None:
            raise NotThere
        delivery = (
            Delivery.objects.select_for_update(of=("self",))
            .select_related("sender", "recipient", "report__service", "duty")
            .get(pk=row)
        )
        allow(officer, "recall", delivery_facts(delivery))
        if delivery.evidence == "recalled":
            raise RecalledAlready(sentence("This was recalled already."))
        was_read = delivery.opened_at is not None or delivery.evidence not in ("queued", "delivered")
        delivery.evidence, delivery.recalled_at, delivery.recall_reason = "recalled", lines.now, reason
        delivery.save(update_fields=["evidence", "recalled_at", "recall_reason"])
        index.take_out_delivery(delivery)
        lines.write(
            DeliveryRecalled(
                delivery=delivery.ref,
                by=officer.ref,
                was_read=was_read,
                commitment=canonical.commitment(bytes(delivery.salt), {"reason": reason}),
            )
        )
        _end_acknowledgement(lines, delivery, officer)
        _end_grants(lines, delivery, officer)
        if was_read:
            _ask_for_destruction(lines, delivery)
        else:
            whose = delivery.sender.name
            says = sentence("{service} recalled what it had passed on; nobody had read it.", service=whose)
            duties.tell(lines, delivery.recipient, "recalled", says)
        _decide_again(lines, delivery)
    return delivery


def confirm_destroyed(*, ref: str, officer: Officer, note: str = "", now: datetime) -> Duty:
    """The recipient's desk says that no copy is left; the sender hears it. Raises NotThere, NotAllowed, IllegalMove,
    NothingToDestroy."""
    with journal(now) as lines:
        duty = locked_duty(ref, officer)
        allow(officer, "correct", duty_facts(duty))
        if duty.kind != "correct" or duty.recipient is None or duty.report is None:
            raise NothingToDestroy(sentence("This duty does not ask that something be destroyed."))
        duties.move(lines, duty, "correct", by=officer, outcome=DESTROYED, note=note)
        whose = (
            sentence("a service with a lawful interest")
            if duty.about is not None and duty.about.discreet
            else duty.recipient.name
        )
        says = sentence("What you recalled was destroyed by {service}.", service=whose)
        duties.tell(lines, duty.report.service, "destroyed", says, duty=duty.about)
    return duty


def _end_acknowledgement(lines: Journal, delivery: Delivery, officer: Officer) -> None:
    left = Delivery.objects.filter(report=delivery.report, recipient=delivery.recipient, form__in=("whole", "extract"))
    if left.exclude(evidence="recalled").exists():
        return  # it speaks of another delivery too
    owed = Duty.objects.select_for_update(of=("self",)).select_related("service", "recipient", "report")
    for duty in owed.filter(
        report=delivery.report, recipient=delivery.recipient, kind="acknowledge", ended_at__isnull=True
    ):
        duties.move(lines, duty, "recall", by=officer, outcome="recalled")


def _end_grants(lines: Journal, delivery: Delivery, officer: Officer) -> None:
    """What a broken glass let somebody read by way of this delivery ends with it."""
    for grant in delivery.grants.select_for_update(of=("self",)).filter(ended_at__isnull=True, until__gt=lines.now):
        grant.ended_at, grant.ended_by = lines.now, officer
        grant.save(update_fields=["ended_at", "ended_by"])
        lines.write(GrantEnded(grant=grant.ref, by=officer.ref))


def _ask_for_destruction(lines: Journal, delivery: Delivery) -> None:
    report, recipient = delivery.report, delivery.recipient
    says = sentence(
        "{service} recalled what it had passed on: destroy every copy, and say so.", service=delivery.sender.name
    )
    if Duty.objects.filter(report=report, recipient=recipient, kind="correct", ended_at__isnull=True).exists():
        duties.tell(lines, recipient, "recalled", says)
        return
    owed = duties.raise_duty(
        lines, kind="correct", service=recipient, report=report, recipient=recipient, about=delivery.duty,
        urgency=delivery.duty.urgency, because=[says],
    )  # fmt: skip
    duties.tell(lines, recipient, "recalled", says, duty=owed)


def _decide_again(lines: Journal, delivery: Delivery) -> None:
    """The telling is owed again, if anything still calls for it: its sender decides, by the clock, and says why not."""
    told: Duty | None = (
        Duty.objects.select_for_update(of=("self",))
        .select_related("report__service", "recipient", "service", "holder", "officer")
        .get(pk=delivery.duty_id)
    )
    assert told is not None
    if told.outcome in OWED_ANEW and told.report is not None and told.recipient is not None:
        told = oblige.owed(told.report, told.recipient)  # the one that stands in its place since
    if told is None or told.live or told.state == "void":
        return
    standing = Delivery.objects.filter(report=told.report, recipient=told.recipient).exclude(evidence="recalled")
    if standing.exists():
        return
    duties.owe_anew(lines, told, "recalled")
    claims = [claim for claim in oblige.claims_of(told, lines.now) if claim.interest.pk is not None]  # not a request
    if not claims or told.report is None or told.recipient is None:
        return
    decided, _, _ = oblige.best_disclosure(told.report, told.recipient, claims, sender_decided=True)
    duties.raise_duty(
        lines,
        kind="pass_on",
        service=told.service,
        report=told.report,
        recipient=told.recipient,
        form=decided.ceiling,
        matches=list(told.matches.all()),
        interests=list(told.interests.all()),
        discreet=told.discreet,
        urgency=told.urgency,
        themes=frozenset(told.report.themes),
        because=[sentence("What was passed on was recalled; decide again what may travel.")],
    )
