"""What may travel travels: one delivery for one version of a report, in one form, to one recipient."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from passerelle.flow import duties
from passerelle.flow.facts import service_facts, standing_of
from passerelle.flow.ledger_lines import Journal
from passerelle.ledger import canonical
from passerelle.ledger.events import Delivered
from passerelle.policy import disclosure
from passerelle.policy.facts import FORMS
from passerelle.records import extracts
from passerelle.records.models import Delivery, Duty, Match, Report, Service
from passerelle.records.tear_line import TearLine
from passerelle.words import Sentence, sentence


@dataclass(frozen=True, slots=True)
class AtHand:
    """What a verb that tells one report to many has read already; true as long as its transaction changes none of it.

    `matches`: all that this duty rests on; `first`: nothing of this report was ever owed to this recipient, or told;
    its rows are written with others (`lines.together`).
    """

    speaks: extracts.Speaks | None = None
    matches: Sequence[Match] | None = None
    first: bool = False


NOTHING = AtHand()
"""Each telling reads for itself."""


def send(
    lines: Journal,
    duty: Duty,
    decided: disclosure.Disclosure,
    purpose: str,
    standing: str,
    *,
    because: Iterable[Sentence],
    sender_decided: bool = False,
    chosen: TearLine | None = None,
    at_hand: AtHand = NOTHING,
) -> Delivery | None:
    """Deliver what `decided` allows under `duty`; the recipient of content owes an acknowledgement. `chosen`: what the
    desk lets an extract carry.

    Returns None where the recipient already has as much of this version: no duplicate is ever visible.
    """
    report, recipient = duty.report, duty.recipient
    assert report is not None and recipient is not None
    if not at_hand.first and _has_as_much(report, recipient, decided.form):
        return None
    content = content_of(
        duty, decided.form, purpose, standing,
        sender_decided=sender_decided, danger_to_life=report.danger_to_life, chosen=chosen,
        at_hand=at_hand,
    )  # fmt: skip
    delivery = Delivery(
        duty=duty,
        report=report,
        report_version=report.version,
        sender=report.service,
        recipient=recipient,
        form=decided.form,
        content=content,
        names=names_in(content),
        because=[reason.to_json() for reason in because],
        decided=sender_decided,
        torn=chosen.to_json() if chosen is not None else {},
        delivered_at=lines.now,
    )
    if at_hand.first:
        lines.together.tell(delivery)
    else:
        delivery.save()
    lines.write(
        Delivered(
            delivery=delivery.ref,
            duty=duty.ref,
            report=report.ref,
            version=report.version,
            sender=report.service.key,
            recipient=recipient.key,
            form=decided.form,
            commitment=canonical.commitment(bytes(delivery.salt), content),
        )
    )
    if decided.recipient_owes_acknowledgement:
        _ask_for_acknowledgement(lines, duty, delivery, at_hand.first)
    else:
        duties.tell(
            lines,
            recipient,
            "pointer",
            sentence("{service} holds something on a subject of yours; its desk decides.", service=report.service.name),
            duty=duty,
        )
    return delivery


def _has_as_much(report: Report, recipient: Service, form: str) -> bool:
    got = Delivery.objects.filter(report=report, report_version=report.version, recipient=recipient)
    got = got.exclude(evidence="recalled")
    return any(FORMS.index(one) >= FORMS.index(form) for one in got.values_list("form", flat=True))


def names_in(content: dict[str, Any]) -> list[str]:
    """References of the subjects that a content speaks of, the recipient's and the sender's."""
    return sorted({*content.get("yours", ()), *(subject["ref"] for subject in content.get("subjects", ()))})


def content_of(
    duty: Duty,
    form: str,
    purpose: str,
    standing: str,
    *,
    sender_decided: bool,
    danger_to_life: bool,
    chosen: TearLine | None = None,
    at_hand: AtHand = NOTHING,
) -> dict[str, Any]:
    """What `form` of the report shows to the recipient of this duty: exactly what travels, as JSON holds it."""
    report, recipient = duty.report, duty.recipient
    assert report is not None and recipient is not None
    matches = at_hand.matches
    if matches is None:
        matches = list(duty.matches.select_related("left", "right"))
    matched, unsaid = _matched_subjects(matches, report, recipient, purpose, sender_decided, danger_to_life)
    if form == "pointer":
        content = extracts.pointer(report)
        content["unsure"] = standing == "unsure"
    else:
        speaks = at_hand.speaks or extracts.read(report)
        others = {s.ref: s.category for s in speaks.subjects if s.ref not in matched | unsaid}
        hidden = (
            disclosure.blacked_out(
                sender=service_facts(report.service),
                recipient=service_facts(recipient),
                purpose=purpose,
                form=form,
                others=others,
                danger_to_life=danger_to_life,
                sender_decided=sender_decided,
            )
            | unsaid
        )
        if form == "extract":
            content = extracts.extract(report, hidden, matched or set(others) - hidden, chosen, speaks)
        else:
            content = extracts.whole(report, hidden, speaks)
    content["yours"] = _their_subjects(matches, report, recipient, purpose, sender_decided, danger_to_life)
    return content


def _matched_subjects(
    matches: Iterable[Match],
    report: Report,
    recipient: Service,
    purpose: str,
    sender_decided: bool,
    danger_to_life: bool,
) -> tuple[set[str], set[str]]:
    """The matched subjects of the report, by reference: those that may be shown, and those that another match must not
    carry along. One of whom a pointer is the most, by their own row and unless their own match was judged the same,
    stays unsaid. A match that was judged different tells nothing of its subject."""
    shown: set[str] = set()
    known: set[str] = set()
    for match in matches:
        standing = standing_of(match)
        for side in (match.left, match.right):
            if standing and side.report_id == report.pk:
                known.add(side.ref)
                own = disclosure.decide(
                    sender=service_facts(report.service), recipient=service_facts(recipient), purpose=purpose,
                    category=side.category, handling=report.handling,
                    standing="same" if standing == "same" else "strong",
                    danger_to_life=danger_to_life, sender_decided=sender_decided,
                ).form  # fmt: skip
                if own in ("extract", "whole"):
                    shown.add(side.ref)
    return shown, known - shown


def _their_subjects(
    matches: Iterable[Match],
    report: Report,
    recipient: Service,
    purpose: str,
    sender_decided: bool,
    danger_to_life: bool,
) -> list[str]:
    """References of the recipient's own subjects that this delivery may speak of: those of standing matches with a
    subject of whom the recipient may know, by its own row, at least that something is held."""
    mine: set[str] = set()
    for match in matches:
        standing = standing_of(match)
        for held, wanted in ((match.left, match.right), (match.right, match.left)):
            if standing and held.report_id == report.pk and wanted.service_id == recipient.pk:
                own = disclosure.decide(
                    sender=service_facts(report.service), recipient=service_facts(recipient), purpose=purpose,
                    category=held.category, handling=report.handling, standing=standing,
                    danger_to_life=danger_to_life, sender_decided=sender_decided,
                ).form  # fmt: skip
                if own != "nothing":
                    mine.add(wanted.ref)
    return sorted(mine)


def _ask_for_acknowledgement(lines: Journal, duty: Duty, delivery: Delivery, first: bool) -> None:
    report, recipient = delivery.report, delivery.recipient
    asked = Duty.objects.filter(report=report, recipient=recipient, kind="acknowledge", ended_at__isnull=True)
    if not first and asked.exists():
        return  # it will speak of this delivery too
    duties.raise_duty(
        lines,
        kind="acknowledge",
        service=recipient,
        report=report,
        recipient=recipient,
        about=duty,
        urgency=duty.urgency,
        themes=frozenset(report.themes),
        because=[
            sentence("{service} passed on a report; say what was done with it.", service=report.service.name),
        ],
        together=first,
    )
