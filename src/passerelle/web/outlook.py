"""What follows of a report, in a sentence or three: who has an interest, how it goes, how long their desk has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from passerelle.flow.views import ReportView
from passerelle.policy import calendar, deadlines
from passerelle.records.models import Delivery, Duty, Officer
from passerelle.words import Sentence, noop, sentence

ONE_SERVICE = noop("One service has an interest in it.")
SOME_SERVICES = noop("{count} services have an interest in it.")
LAWFUL = noop("a service with a lawful interest")
WENT = {
    "whole": noop("It went whole to {service}; their desk has {left} to acknowledge it."),
    "extract": noop("An extract went to {service}; their desk has {left} to acknowledge it."),
}
WENT_AND_SEEN = noop("It reached {service}.")
POINTED = noop("{service} knows that your service holds something; {holder} decides on more within {left}.")
DECIDED_HERE = noop("Whether it goes to {service} is decided by {holder}, within {left}.")
JUDGED_FIRST = noop("{holder} first says whether it is the same as what others hold, within {left}.")
MINUTES = noop("{count} minutes")
HOURS = noop("{count} hours")
DAYS = noop("{count} days")
NO_TIME = noop("no time left")


def of(view: ReportView, officer: Officer, now: datetime) -> list[Sentence]:
    """The sentences for its own service; none for whoever else may read it, and none while nothing follows."""
    if view.report.service_id != officer.service_id or view.report.gone:
        return []
    told = [one for one in view.deliveries if one.recipient_id != officer.service_id]
    waiting = [one for one in view.duties if one.live and one.kind == "pass_on"]
    services = {one.recipient_id for one in told} | {one.recipient_id for one in waiting if one.recipient_id}
    said: list[Sentence] = []
    if services:
        said.append(sentence(SOME_SERVICES, count=len(services)) if len(services) > 1 else sentence(ONE_SERVICE))
    pointed = {one.recipient_id for one in told if one.form == "pointer"}
    said += [_went(one, now) for one in told if one.form != "pointer"]
    for duty in waiting:
        form = POINTED if duty.recipient_id in pointed else DECIDED_HERE
        said.append(sentence(form, service=_name(duty), holder=_holder(duty), left=left(duty.due_at, now)))
    said += list(_judged(view.duties, now))
    return list(dict.fromkeys(said))


def _went(delivery: Delivery, now: datetime) -> Sentence:
    """That it went, and how long they have by the public table of deadlines; a discreet service shows no clock, which
    would tell what kind of service it is."""
    if delivery.duty.discreet:
        return sentence(WENT_AND_SEEN, service=sentence(LAWFUL))
    service = delivery.recipient
    if delivery.evidence not in ("delivered", "opened"):
        return sentence(WENT_AND_SEEN, service=service.name)
    due = deadlines.due(
        kind="acknowledge", urgency=delivery.duty.urgency, themes=frozenset(delivery.report.themes),
        recipient_kind=service.kind, raised_at=delivery.delivered_at,
        calendar=calendar.of_service(service.place),
    ).due_at  # fmt: skip
    return sentence(WENT[delivery.form], service=service.name, left=left(due, now))


def _judged(duties: Sequence[Duty], now: datetime) -> Iterator[Sentence]:
    for duty in duties:
        if duty.live and duty.kind == "judge":
            yield sentence(JUDGED_FIRST, holder=_holder(duty), left=left(duty.due_at, now))


def _name(duty: Duty) -> str | Sentence:
    if duty.discreet or duty.recipient is None:
        return sentence(LAWFUL)
    return str(duty.recipient.name)


def _holder(duty: Duty) -> str:
    return str(duty.holder.name) if duty.holder is not None else ""


def left(due_at: datetime | None, now: datetime) -> Sentence:
    """How much time there is, as a part of a sentence: in minutes under two hours, in hours under two days."""
    minutes = round((due_at - now).total_seconds() / 60) if due_at is not None else 0
    if minutes < 1:
        return sentence(NO_TIME)
    if minutes < 120:
        return sentence(MINUTES, count=minutes)
    if minutes < 48 * 60:
        return sentence(HOURS, count=round(minutes / 60))
    return sentence(DAYS, count=round(minutes / 1440))
