"""Why an officer may or may not do what with one thing; an operator's question, written down like any read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from passerelle.errors import Refused
from passerelle.flow import consult, facts, oblige
from passerelle.policy import disclosure
from passerelle.policy.explain import Explained, explain
from passerelle.policy.facts import ACTS, ThingFacts
from passerelle.records.models import Delivery, Dossier, Duty, Grant, Match, Officer, Report, Service, Subject
from passerelle.words import Sentence, sentence


class NoSuchThing(Refused):
    """A reference that names nothing, or an officer nobody knows."""

    code = "explain.no_such_thing"


@dataclass(frozen=True, slots=True)
class Telling:
    """What may travel of a report to one service that has an interest, and by which row of the law."""

    recipient: Service
    form: str
    row: str
    legal_source: str
    because: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every act that policy knows, for one officer and one thing, and what of it travels to whom."""

    officer: Officer
    thing: ThingFacts
    acts: tuple[Explained, ...]
    tellings: tuple[Telling, ...]


def why(*, username: str, ref: str, now: datetime) -> Explanation:
    """Explain each act of `username` on the thing `ref`. Raises NoSuchThing."""
    officer = Officer.objects.select_related("service").filter(username=username).first()
    if officer is None:
        raise NoSuchThing(
            sentence("There is no officer {name}.", name=username),
            way_out=sentence("`passerelle officer list` names them."),
        )
    thing, report = _thing(ref, now)
    consult.read_as_operator(thing=ref, reason=f"passerelle explain {username}", now=now)
    reader = facts.reader_facts(officer)
    return Explanation(
        officer=officer,
        thing=thing,
        acts=tuple(explain(reader, act, thing) for act in ACTS),
        tellings=tuple(_tellings(report, now)) if report is not None else (),
    )


def _thing(ref: str, now: datetime) -> tuple[ThingFacts, Report | None]:
    kind = ref.partition("-")[0]
    if kind == "report":
        report = Report.objects.select_related("service", "author").filter(ref=ref).first()
        if report is not None:
            return facts.report_facts(report), report
    elif kind == "subject":
        subject = Subject.objects.select_related("service", "report__service", "report__author").filter(ref=ref).first()
        if subject is not None:
            return facts.subject_facts(subject), subject.report
    elif kind == "duty":
        duty = Duty.objects.filter(ref=ref).first()
        if duty is not None:
            return facts.duty_facts(duty), duty.report
    elif kind == "match":
        match = Match.objects.select_related("left__service", "right__service").filter(ref=ref).first()
        if match is not None:
            return facts.match_facts(match), None
    elif kind == "delivery":
        delivery = Delivery.objects.select_related("sender", "recipient", "report").filter(ref=ref).first()
        if delivery is not None:
            return facts.delivery_facts(delivery), delivery.report
    elif kind == "dossier":
        dossier = Dossier.objects.select_related("service", "opened_by").filter(ref=ref).first()
        if dossier is not None:
            return facts.dossier_facts(dossier), None
    elif kind == "grant":
        grant = Grant.objects.select_related("report__service", "officer__service").filter(ref=ref).first()
        if grant is not None:
            return facts.grant_facts(grant, now), grant.report
    raise NoSuchThing(
        sentence("Nothing has the reference {ref}.", ref=ref),
        way_out=sentence("References look like report-…, duty-…, match-…, delivery-…, dossier-…, grant-…."),
    )


def _tellings(report: Report, now: datetime) -> list[Telling]:
    found: list[Telling] = []
    if report.gone:  # erased or withdrawn: nothing of it travels any more
        return found
    for duty in report.duties.filter(kind="pass_on").select_related("recipient", "report__service").order_by("id"):
        claims = oblige.claims_of(duty, now)
        if not claims or duty.recipient is None:
            continue
        decided, _, _ = oblige.best_disclosure(report, duty.recipient, claims, sender_decided=False)
        found.append(
            Telling(
                recipient=duty.recipient,
                form=decided.form,
                row=decided.row,
                legal_source=decided.legal_source,
                because=_reasons(decided),
            )
        )
    return found


def _reasons(decided: disclosure.Disclosure) -> tuple[Sentence, ...]:
    return tuple(decided.because)
