"""From rows to the frozen facts that policy decides on, and the one question every verb asks first."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Manager, QuerySet

from passerelle.errors import Refused
from passerelle.policy import access, disclosure
from passerelle.policy.facts import ReaderFacts, ServiceFacts, ThingFacts
from passerelle.records.models import (
    Delivery,
    Dossier,
    Duty,
    Grant,
    Match,
    Officer,
    Overload,
    Proposal,
    Question,
    Report,
    RuleTable,
    Service,
    Subject,
)
from passerelle.words import sentence

OPERATOR = "operator"
"""Who sealed a report that has no author: whoever takes in a register at the command line. It is no officer's
reference, so each officer of the desk is a second person."""


class NotThere(Refused):
    """What is denied and what is absent are the same answer."""

    code = "not_there"

    def __init__(self) -> None:
        super().__init__(sentence("There is nothing here that you can see."))


class NotAllowed(Refused):
    """The reader may know of the thing, and may not do this with it."""

    code = "not_allowed"


def service_facts(service: Service) -> ServiceFacts:
    """What policy knows of a service."""
    return ServiceFacts(
        key=service.key,
        kind=service.kind,
        regime=disclosure.regime_of(service.kind),
        tasks=frozenset(service.themes),
        territories=frozenset(service.territories),
    )


def reader_facts(officer: Officer) -> ReaderFacts:
    """Who asks."""
    return ReaderFacts(
        officer=officer.ref,
        service=officer.service.key,
        role=officer.role,
        languages=frozenset(officer.languages_read),
        service_kind=officer.service.kind,
    )


def officer_facts(officer: Officer) -> ThingFacts:
    """An officer: of one service; `assigned_to` is the officer, for what each may do for themselves."""
    return ThingFacts(kind="officer", service=officer.service.key, assigned_to=officer.ref)


def report_facts(report: Report) -> ThingFacts:
    """A report: its owner, its handling, and who got anything of it.

    A recipient reads its delivery, which holds exactly what travelled; `delivered_whole_to` stays empty, because a
    report may since have a new version, and in a whole one others may have been blacked out.
    """
    return ThingFacts(
        kind="report",
        service=report.service.key,
        handling=report.handling,
        delivered_to=frozenset(_standing(report.deliveries).values_list("recipient__key", flat=True)),
        filed_by=report.author.ref if report.author else None,
    )


def dossier_facts(dossier: Dossier) -> ThingFacts:
    """A dossier: only its own service knows it."""
    return ThingFacts(
        kind="dossier", service=dossier.service.key, filed_by=dossier.opened_by.ref if dossier.opened_by else None
    )


def _standing(deliveries: Manager[Delivery]) -> QuerySet[Delivery]:
    """Those of these deliveries that were not recalled."""
    return deliveries.exclude(evidence="recalled")


def delivery_facts(delivery: Delivery) -> ThingFacts:
    """A delivery: from its sender, to its recipient, who sees no more of it once it was recalled."""
    recipients = frozenset({delivery.recipient.key} if delivery.evidence != "recalled" else ())
    return ThingFacts(
        kind="delivery",
        service=delivery.sender.key,
        handling=delivery.report.handling,
        delivered_to=recipients,
        delivered_whole_to=recipients if delivery.form == "whole" else frozenset(),
        holder_service=delivery.recipient.key,
    )


def duty_facts(duty: Duty) -> ThingFacts:
    """A duty: whose ladder it climbs, who holds it, who waits for it. A review is about a decision, so it is asked for
    as a withholding: `filed_by` is who decided."""
    parties = {duty.service.key}
    if duty.recipient is not None:
        parties.add(duty.recipient.key)
    return ThingFacts(
        kind=_kind_of(duty),
        service=duty.service.key,
        handling=duty.report.handling if duty.report is not None else "open",
        delivered_to=frozenset(_standing(duty.deliveries).values_list("recipient__key", flat=True)),
        holder_service=duty.holder.key if duty.holder else None,
        assigned_to=duty.officer.ref if duty.officer else None,
        parties=frozenset(parties),
        discreet=duty.discreet,
        filed_by=_who_decided(duty),
    )


def _kind_of(duty: Duty) -> str:
    if duty.kind != "review":
        return "duty"
    return "overload" if _overload(duty) is not None else "withholding"


def _overload(duty: Duty) -> Overload | None:
    if duty.about_id is not None or duty.report_id is not None:
        return None
    return Overload.objects.select_related("signed_by").filter(review=duty).first()


def question_facts(question: Question) -> ThingFacts:
    """A question: who asked, whose duty the answer is, who holds that now."""
    duty = question.duty
    return ThingFacts(
        kind="question",
        service=question.service.key,
        handling="open",
        holder_service=duty.holder.key if duty.holder else None,
        assigned_to=duty.officer.ref if duty.officer else None,
        parties=frozenset({duty.service.key}),
        discreet=question.discreet,
        filed_by=question.asked_by.ref,
    )


def _who_decided(duty: Duty) -> str | None:
    if duty.kind != "review":
        return None
    if duty.about is None:
        grant = Grant.objects.select_related("officer").filter(review=duty).first()
        if grant is not None:
            return grant.officer.ref
        asked = Proposal.objects.select_related("asked_by").filter(review=duty).first()
        if asked is not None:
            return asked.asked_by.ref
        overload = _overload(duty)
        if overload is not None:
            return overload.signed_by.ref
        rules = RuleTable.objects.select_related("proposed_by").filter(review=duty).first()
        if rules is not None:
            return rules.proposed_by.ref
        if duty.report is None:
            return None
        return duty.report.author.ref if duty.report.author is not None else OPERATOR
    withholding = duty.about.withholdings.order_by("-decided_at").select_related("decided_by").first()
    return withholding.decided_by.ref if withholding is not None else None


def match_facts(match: Match) -> ThingFacts:
    """A match: the services on either side, who holds its judgement, who was told, and who may see both sides.

    A side sees both when the law would let the other's record travel to it at once: that is how the desk of a duty to
    judge is chosen, so its service is such a side.
    """
    parties = frozenset({match.left.service.key, match.right.service.key})
    judges = Duty.objects.filter(match=match, kind="judge").select_related("service", "holder")
    live = [duty for duty in judges if duty.live]
    sides = {match.left.ref, match.right.ref}
    sent = _standing(Delivery.objects).filter(duty__matches=match).values_list("recipient__key", "names")
    told = [to for to, names in sent if not sides.isdisjoint(names)]
    return ThingFacts(
        kind="match",
        parties=parties,
        sees_both=frozenset(duty.service.key for duty in judges if duty.service.key in parties),
        delivered_to=frozenset(told),
        holder_service=live[0].holder.key if live and live[0].holder is not None else None,
        discreet=any(duty.discreet for duty in judges),
        judged_by=frozenset(
            match.judgements.filter(taken_back_at__isnull=True).values_list("officer__service__key", flat=True)
        ),
    )


def grant_facts(grant: Grant, at: datetime) -> ThingFacts:
    """An exception: whose report it opens, to whom, and whether it still does at `at`."""
    return ThingFacts(
        kind="grant",
        service=grant.report.service.key,
        handling=grant.report.handling,
        holder_service=grant.officer.service.key,
        assigned_to=grant.officer.ref,
        discreet=grant.review is not None and grant.review.discreet,
        filed_by=grant.given_by.ref,
        live=grant.live(at),
    )


def standing_of(match: Match) -> str:
    """What a match rests on: a judgement where there is one, else strong evidence; empty where it calls for nothing."""
    if match.verdict in ("same", "unsure"):
        return match.verdict
    return "strong" if match.band == "strong" and not match.verdict else ""


def subject_facts(subject: Subject) -> ThingFacts:
    """A subject follows its report or its dossier."""
    if subject.report is not None:
        return report_facts(subject.report)
    return ThingFacts(kind="dossier", service=subject.service.key)


def allow(officer: Officer, act: str, thing: ThingFacts) -> str:
    """The ground on which `officer` may do `act` with `thing`.

    Raises NotThere when they may not even know of it, NotAllowed (with the reason) when they may know but not act.
    """
    reader = reader_facts(officer)
    verdict = access.may(reader, act, thing)
    if verdict.allowed:
        assert verdict.ground is not None
        return verdict.ground
    if not access.may(reader, "list", thing).allowed:
        raise NotThere
    raise NotAllowed(verdict.because)
