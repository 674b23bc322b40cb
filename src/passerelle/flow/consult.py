"""Reading protected content: the line comes before the first byte, and only what policy lets one see returns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from datetime import datetime

from django.db.models import QuerySet

from passerelle.duty import moves_from
from passerelle.flow import beside_the_pair, correct, facts, new_since_judged, oblige, visits
from passerelle.flow.facts import NotThere
from passerelle.flow.ledger_lines import Journal, journal
from passerelle.flow.views import (
    ChangesView,
    DeliveryView,
    DutyView,
    GrantView,
    MatchLine,
    MatchView,
    ProposalView,
    ReportView,
    SideView,
    SubjectView,
)
from passerelle.ledger import canonical
from passerelle.ledger.events import DeliveryClimbed, Read
from passerelle.policy import access, disclosure, ending, reading, unusual
from passerelle.policy.access import waiting
from passerelle.policy.facts import ThingFacts
from passerelle.records import extracts, sealed, visibility
from passerelle.records.models import (
    Correction,
    Delivery,
    Dossier,
    Duty,
    Grant,
    Match,
    Officer,
    PeriodicReview,
    Proposal,
    Reading,
    Relation,
    ReportVersion,
    RuleTable,
    Service,
    Subject,
)
from passerelle.records.models.readings import READING_PURPOSES
from passerelle.records.models.reports import new_salt
from passerelle.words import Sentence


def read_report(*, ref: str, officer: Officer, purpose: str = "", reason: str = "", now: datetime) -> ReportView:
    """A report as its service filed it. Raises NotThere for what is denied and what is absent alike, PurposeNeeded
    where neither the house nor the reader says what it is read for (so do the other readings)."""
    with journal(now) as lines:
        report = visibility.reports(officer).select_related("service", "author", "dossier").filter(ref=ref).first()
        if report is None:
            raise NotThere
        reader, thing = facts.reader_facts(officer), facts.report_facts(report)
        ground = may_read(officer, thing)
        follows = visits.of_report(officer, report)
        why = visits.why(lines, officer, report.ref, follows, purpose, reason)
        write_down(lines, officer, report.ref, *why, ground)
        duties = visibility.duties(officer).filter(report=report)
        deliveries = visibility.deliveries(officer).filter(report=report)
        return ReportView(
            report=report,
            said=ReportVersion.objects.filter(report=report, number=report.version).first(),
            subjects=subject_views(report.spoken_of().order_by("id")),
            duties=list(duties.select_related("recipient", "holder", "officer").order_by("raised_at", "id")),
            deliveries=list(deliveries.select_related("recipient", "duty")),
            receipts=correct.receipts_of(report) if officer.service_id == report.service_id else [],
            may_withdraw=not report.gone and access.may(reader, "correct", thing).allowed,
            may_erase=report.gone != "erased" and access.may(reader, "erase", thing).allowed,
            may_revise=not report.gone and access.may(reader, "file", thing).allowed,
        )


def read_delivery(*, ref: str, officer: Officer, purpose: str = "", reason: str = "", now: datetime) -> DeliveryView:
    """What travelled. When a recipient reads it first, its evidence climbs to `opened`. Raises NotThere."""
    with journal(now) as lines:
        row = visibility.deliveries(officer).filter(ref=ref).values_list("pk", flat=True).first()
        if row is None:
            raise NotThere
        delivery = (
            Delivery.objects.select_for_update(of=("self",))
            .select_related("sender", "recipient", "report", "report__service", "duty")
            .get(pk=row)
        )
        ground = may_read(officer, facts.delivery_facts(delivery))
        follows = visits.of_delivery(officer, delivery)
        write_down(
            lines, officer, delivery.ref, *visits.why(lines, officer, delivery.ref, follows, purpose, reason), ground
        )
        mine = officer.service_id == delivery.recipient_id
        if mine and delivery.evidence == "delivered":
            delivery.evidence, delivery.opened_at = "opened", lines.now
            delivery.save(update_fields=["evidence", "opened_at"])
            lines.write(DeliveryClimbed(delivery=delivery.ref, evidence="opened", by=officer.ref))
        acknowledge = (
            Duty.objects.filter(report=delivery.report, recipient=delivery.recipient, kind="acknowledge")
            .select_related("holder", "officer", "recipient", "service")
            .first()
        )
        yours = Subject.objects.filter(ref__in=delivery.content.get("yours", ()))
        return DeliveryView(
            delivery=delivery,
            because=delivery.because if mine or officer.role == "oversight" else delivery.duty.because,
            acknowledge=acknowledge if mine and delivery.form != "pointer" else None,
            awaited=delivery.duty if mine and delivery.form == "pointer" and delivery.duty.live else None,
            corrections=list(
                Correction.objects.filter(report=delivery.report, recipient=delivery.recipient, duty__isnull=False)
                .select_related("duty")
                .order_by("-asked_at", "-id")
            ),
            dossiers=list(Dossier.objects.filter(subjects__in=yours, service=officer.service_id).distinct()),
        )


def read_changes(*, ref: str, officer: Officer, now: datetime) -> ChangesView:
    """What changed in the copy that a duty to correct asks for: for the service that holds it, and oversight. Each
    reading writes its line. Raises NotThere."""
    with journal(now) as lines:
        duty = (
            visibility.duties(officer)
            .select_related("service", "holder", "officer", "recipient", "report__service", "about")
            .filter(ref=ref, kind="correct")
            .first()
        )
        if duty is None or duty.report is None:
            raise NotThere
        thing = facts.duty_facts(duty)
        write_down(lines, officer, duty.ref, "duty", "", may_read(officer, thing))
        rows = list(duty.corrections.select_related("delivery", "report").order_by("asked_at", "id"))
        waits = [row for row in rows if not row.receipt]
        sealed.open_all(duty)
        return ChangesView(
            duty=duty,
            corrections=rows,
            receipts=ending.receipts_for(waits[-1].kind) if waits else (),
            may_answer=duty.live and bool(waits) and access.may(facts.reader_facts(officer), "correct", thing).allowed,
        )


def read_match(
    *, ref: str, officer: Officer, purpose: str = "", reason: str = "", beforehand: bool = False, now: datetime
) -> MatchView:
    """Two records side by side, each as far as this reader may see it. `beforehand`: a pair that this reader's
    desk is to judge is given out before it is shown, and its line says so; anything else is NotThere. Raises it."""
    with journal(now) as lines:
        match = (
            visibility.matches(officer)
            .select_related(
                "left__service",
                "right__service",
                "left__report__service",
                "right__report__service",
                "left__dossier__service",
                "right__dossier__service",
                "left__report__author",
                "right__report__author",
                "left__report__dossier__interest",
                "right__report__dossier__interest",
                "left__dossier__interest",
                "right__dossier__interest",
                "left__watch",
                "right__watch",
            )
            .filter(ref=ref)
            .first()
        )
        if match is None:
            raise NotThere
        reader, thing = facts.reader_facts(officer), facts.match_facts(match)
        whole = access.may(reader, "read_content", thing)
        ground = whole.ground or access.may(reader, "list", thing).ground or ""
        follows = visits.of_match(officer, match)
        if beforehand and not follows.holds_duty:
            raise NotThere
        why = ("beforehand", "") if beforehand else visits.why(lines, officer, match.ref, follows, purpose, reason)
        write_down(lines, officer, match.ref, *why, ground)
        duty = (
            Duty.objects.filter(match=match, kind="judge", ended_at__isnull=True)
            .select_related("holder", "officer", "service", "recipient")
            .first()
        )
        if whole.allowed:
            sealed.open_all(match)
        judgements = list(match.judgements.select_related("officer__service")) if whole.allowed else []
        for judgement in judgements:
            sealed.open_all(judgement)
        left = _side(officer, match.left, match.right, whole.allowed, thing.discreet, lines.now)
        right = _side(officer, match.right, match.left, whole.allowed, thing.discreet, lines.now)
        return MatchView(
            match=match,
            left=left,
            right=right,
            differences=_differences(left.subject, right.subject) if left.subject and right.subject else {},
            judgements=judgements,
            duty=duty if whole.allowed else None,
            may_judge=access.may(reader, "judge", thing).allowed,
            shows_reasons=whole.allowed,
            news=new_since_judged.since_judged(match) if whole.allowed else None,
            earlier=beside_the_pair.earlier(officer, match) if whole.allowed else (),
        )


def read_grant(*, ref: str, officer: Officer, now: datetime) -> GrantView:
    """What an exception lets its officer read, as long as it lasts; who leads or watches sees that it is. Each reading
    writes its line. Raises NotThere."""
    with journal(now) as lines:
        grant = (
            visibility.grants(officer)
            .select_related("report__service", "officer__service", "given_by", "review", "delivery__sender")
            .filter(ref=ref)
            .first()
        )
        if grant is None:
            raise NotThere
        reader, thing = facts.reader_facts(officer), facts.grant_facts(grant, lines.now)
        content = access.may(reader, "read_content", thing)
        if content.allowed:
            write_down(lines, officer, grant.ref, "exception", grant.reason, content.ground or "")
        return GrantView(
            grant=grant,
            content=grant.content if content.allowed else None,
            live=grant.live(lines.now),
            may_end=access.may(reader, "end", thing).allowed,
        )


def read_proposal(*, ref: str, officer: Officer, now: datetime) -> ProposalView:
    """A watch or a rule as it was asked for: for its own service, whoever holds its review, and oversight. Each reading
    writes its line. Raises NotThere."""
    with journal(now) as lines:
        proposal = (
            Proposal.objects.select_related("service", "asked_by", "review__service", "review__holder", "interest")
            .filter(ref=ref)
            .first()
        )
        if proposal is None:
            raise NotThere
        thing = facts.duty_facts(proposal.review)
        write_down(lines, officer, proposal.ref, "duty", "", may_read(officer, thing))
        may = proposal.review.live and access.may(facts.reader_facts(officer), "review", thing).allowed
        return ProposalView(proposal=proposal, content=proposal.content, may_review=may)


ACTS_OF_KIND = {
    "pass_on": ("pass_on", "withhold", "hold", "reassign"),
    "judge": ("judge", "hold", "reassign"),
    "acknowledge": ("acknowledge", "hold", "reassign"),
    "review": ("review", "reassign"),
    "answer": ("answer", "hold", "reassign"),
    "correct": ("correct", "hold", "reassign"),
    "request": ("reassign",),
}


def read_duty(*, ref: str, officer: Officer, now: datetime) -> DutyView:
    """A duty with its clock, its reasons and what this reader may do. No report's text: that is read by itself."""
    duty = (
        visibility.duties(officer)
        .select_related(
            "service", "holder", "officer", "recipient", "report__service", "report__author", "match", "about"
        )
        .filter(ref=ref)
        .first()
    )
    if duty is None:
        raise NotThere
    reader, thing = facts.reader_facts(officer), facts.duty_facts(duty)
    asked = (*ACTS_OF_KIND[duty.kind], "order_decision") if duty.live else ()
    acts = {act for act in asked if access.may(reader, act, thing).allowed}
    if duty.kind == "judge" and duty.match is not None and duty.live:
        acts.discard("judge")
        if access.may(reader, "judge", facts.match_facts(duty.match)).allowed:
            acts.add("judge")
    if "acknowledge" in acts and duty.report is not None:
        got = (
            duty.report.deliveries.filter(recipient=duty.recipient)
            .exclude(form="pointer")
            .select_related("sender", "recipient", "report")
        )
        if not all(access.may(reader, "read", facts.delivery_facts(delivery)).allowed for delivery in got):
            acts.discard("acknowledge")
    acts &= {"judge", "acknowledge", "review", "reassign", "order_decision", *(_still_possible(duty))}
    named = duty.recipient is not None and (
        not duty.discreet or duty.recipient_id == officer.service_id or officer.role == "oversight"
    )
    may_read_report = (
        duty.report is not None and access.may(reader, "read_content", facts.report_facts(duty.report)).allowed
    )
    in_full = access.may(reader, "read", thing).ground != waiting.NAME
    return DutyView(
        glass=_ref_of(Grant, duty),
        asked=_ref_of(Proposal, duty),
        rules=_ref_of(RuleTable, duty),
        follows=duty.corrections.exists(),
        request=_request_of(duty, officer),
        periodic=PeriodicReview.objects.filter(duty=duty).values_list("of", flat=True).first() or "",
        duty=duty,
        in_full=in_full,
        because=duty.because if in_full else duty.because[:1],
        recipient=duty.recipient if named else None,
        acts=frozenset(acts),
        withholdings=list(duty.withholdings.select_related("decided_by", "reviewed_by"))
        if duty.service_id == officer.service_id or officer.role == "oversight"
        else [],
        matches=match_lines(officer, visibility.matches(officer).filter(called_for=duty)),
        report=duty.report if may_read_report else None,
        deliveries=list(
            visibility.deliveries(officer)
            .filter(report=duty.report, recipient=duty.recipient)
            .select_related("sender", "recipient")
        )
        if duty.report is not None and (named or not duty.discreet)
        else [],
        warnings=_unusual(duty) if "pass_on" in acts and named else (),
    )


def _ref_of(model: type[Grant] | type[Proposal] | type[RuleTable], duty: Duty) -> str:
    """The exception, the proposal or the version of a table that a duty to review is about."""
    if duty.kind != "review":
        return ""
    return model.objects.filter(review=duty).values_list("ref", flat=True).first() or ""


def _unusual(duty: Duty) -> Sequence[Sentence]:
    """What is unusual about the recipient of a telling that its reader may decide, and whom they may name."""
    report, recipient = duty.report, duty.recipient
    assert report is not None and recipient is not None
    said = ReportVersion.objects.filter(report=report, number=report.version).values_list("language", flat=True).first()
    return unusual.warnings(
        recipient=recipient.name,
        told_before=Delivery.objects.filter(sender=report.service, recipient=recipient, duty__discreet=False)
        .exclude(form="pointer")
        .exists(),
        language=said or "",
        languages=recipient.languages,
        territory=report.territory,
        territories=recipient.territories,
    )


def _request_of(duty: Duty, officer: Officer) -> str:
    """What a person asked, by the duty to answer it, for who may see it."""
    if duty.kind != "request":
        return ""
    asked = visibility.requests(officer).filter(duty=duty).values_list("ref", flat=True).first()
    return asked or visibility.request_parts(officer).filter(duty=duty).values_list("ref", flat=True).first() or ""


def _still_possible(duty: Duty) -> set[str]:
    names = {"deliver": "pass_on"}
    return {names.get(step, step) for step in moves_from(duty.kind, duty.state)}


def may_read(officer: Officer, thing: ThingFacts) -> str:
    """The ground on which an officer may read a content. Raises NotThere for what is denied and absent alike."""
    verdict = access.may(facts.reader_facts(officer), "read_content", thing)
    if not verdict.allowed or verdict.ground is None:
        raise NotThere
    return verdict.ground


def write_down(lines: Journal, officer: Officer, thing: str, purpose: str, reason: str, ground: str) -> None:
    """The row and the line of a reading, before the first byte of what is read."""
    assert purpose in reading.PURPOSES or purpose in READING_PURPOSES
    row = Reading.objects.create(
        officer=officer, thing=thing, purpose=purpose, reason=reason, ground=ground, read_at=lines.now
    )
    lines.write(
        Read(
            officer=officer.ref,
            service=officer.service.key,
            thing=thing,
            purpose=purpose,
            ground=ground,
            commitment=canonical.commitment(bytes(row.salt), {"reason": reason}),
        )
    )


def _relations(subject: Subject) -> list[tuple[str, Subject]]:
    return [
        (relation.kind, relation.target)
        for relation in Relation.objects.filter(source=subject).select_related("target").order_by("id")
    ]


def subject_views(subjects: Iterable[Subject]) -> list[SubjectView]:
    """Subjects of one's own service, each with its relations."""
    return [SubjectView(subject=subject, relations=_relations(subject)) for subject in subjects]


def match_lines(officer: Officer, found: QuerySet[Match]) -> list[MatchLine]:
    """Matches in a list, each with no more than this reader may know."""
    in_full = set(visibility.matches_in_full(officer).filter(pk__in=found.values("pk")).values_list("pk", flat=True))
    return [
        MatchLine(match.ref, match.found_at, match.band, match.verdict)
        if match.pk in in_full
        else MatchLine(match.ref, match.found_at, "", "")
        for match in found.order_by("id")
    ]


_NOT_SHOWN = SideView(service=None, subject=None, relations=(), report=None, said=None, dossier=None)


def _side(officer: Officer, subject: Subject, other: Subject, whole: bool, discreet: bool, now: datetime) -> SideView:
    """One's own side as it stands, where one may read it; the other's as far as the law would let it be told at once:
    other persons of whom it would say less are blacked out of the text, the relations and the values."""
    own = access.may(facts.reader_facts(officer), "read_content", facts.subject_facts(subject)).allowed
    report = subject.report
    if own:
        filed = ReportVersion.objects.filter(report=report, number=report.version).first() if report else None
        return SideView(
            service=subject.service,
            subject=subject,
            relations=_relations(subject),
            report=report,
            said=filed,
            dossier=subject.dossier,
            mentions=beside_the_pair.mentions(filed, subject, as_filed=True),
        )
    if not whole or subject.service_id == officer.service_id or (report is not None and report.gone):
        return _NOT_SHOWN
    form, hidden = _law_between(subject, officer.service, other, now)
    sealed.open_all(subject)
    relations = [(kind, target) for kind, target in _relations(subject) if target.pk not in {one.pk for one in hidden}]
    for _, target in relations:
        sealed.open_all(target)
    shown = _as_shown(subject, hidden)
    said = _said(subject, form, hidden) if report is not None and report.handling == "open" else None
    return SideView(
        service=None if discreet and _is_discreet(subject) else subject.service,
        subject=shown,
        relations=[(kind, _as_shown(target, hidden)) for kind, target in relations],
        report=None,
        said=said,
        dossier=None,
        mentions=beside_the_pair.mentions(said, shown, as_filed=False),
    )


def _law_between(subject: Subject, reader: Service, other: Subject, now: datetime) -> tuple[str, list[Subject]]:
    """How much of the record of `subject` its match lets the reader see, and which persons in it stay unseen. The
    neutral desk stands in for the service on the other side, and sees no text beyond the sentences of the subject."""
    neutral = reader.kind == "neutral_desk"
    recipient = other.service if neutral else reader
    interest = oblige.interest_of(other, now) or oblige.interest_of(subject, now)
    purpose = interest.purpose if interest is not None else "investigation"
    report = subject.report
    danger = report.danger_to_life if report is not None else False
    sender, receiver = facts.service_facts(subject.service), facts.service_facts(recipient)
    form = "extract"
    if not neutral:
        form = disclosure.decide(
            sender=sender, recipient=receiver, purpose=purpose, category=subject.category, standing="strong",
            danger_to_life=danger, handling=report.handling if report is not None else "open",
        ).form  # fmt: skip
    beside = Subject.objects.filter(service=subject.service_id).exclude(pk=subject.pk)
    beside = (
        beside.filter(report=report)
        if report is not None
        else beside.filter(dossier=subject.dossier_id, watch=subject.watch_id)
    )
    persons = {one.ref: one for one in beside.order_by("id") if one.category != "none"}
    hidden = disclosure.blacked_out(
        sender=sender,
        recipient=receiver,
        purpose=purpose,
        form=form if form in ("extract", "whole") else "extract",
        standing="strong",
        others={ref: one.category for ref, one in persons.items()},
        danger_to_life=danger,
    )
    return form, [persons[ref] for ref in sorted(hidden)]


def _as_shown(subject: Subject, hidden: Sequence[Subject]) -> Subject:
    """A copy, never saved, in whose values nobody who stays unseen is named."""
    shown = copy(subject)
    shown.caption = extracts.without(subject.caption, hidden)
    shown.properties = extracts.without(subject.properties, hidden)
    return shown


def _said(subject: Subject, form: str, hidden: Sequence[Subject]) -> ReportVersion | None:
    """A copy, never saved, of what the report says: blacked out, and no more than an extract where that is the form."""
    report = subject.report
    assert report is not None
    said = ReportVersion.objects.filter(report=report, number=report.version).first()
    if said is None:
        return None
    refs = {one.ref for one in hidden}
    said.text = extracts.text_of(report, said.text, refs, None if form == "whole" else {subject.ref})
    return said if said.text else None


def _is_discreet(subject: Subject) -> bool:
    """Whether this side stands here by a discreet interest: a watch's, a dossier's, or its report's dossier's."""
    dossier = subject.dossier or (subject.report.dossier if subject.report is not None else None)
    interest = subject.watch or getattr(dossier, "interest", None)
    return interest is not None and interest.discreet


def _differences(left: Subject, right: Subject) -> dict[str, str]:
    marks = {}
    for name in sorted({*left.properties, *right.properties}):
        mine = {str(value).casefold() for value in left.properties.get(name, ())}
        theirs = {str(value).casefold() for value in right.properties.get(name, ())}
        if mine and theirs:
            marks[name] = "same" if mine & theirs else "different"
        else:
            marks[name] = "one side only"
    return marks


def read_as_operator(*, thing: str, reason: str, now: datetime) -> None:
    """Somebody with the command line looks at a list that shows subjects: no officer, and a line all the same."""
    with journal(now) as lines:
        lines.write(
            Read(
                officer="",
                service="",
                thing=thing,
                purpose="operator",
                ground="command_line",
                commitment=canonical.commitment(new_salt(), {"reason": reason}),
            )
        )
