"""Reading a dossier: its subjects and theirs in its reports, what happened, who else is concerned, and what is owed.

Each report whose subjects are shown is a reading of its own, with its line, before the first byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import Q

from passerelle.duty import LIVE
from passerelle.flow import facts, visits
from passerelle.flow.consult import match_lines, may_read, subject_views, write_down
from passerelle.flow.facts import NotThere, match_facts, reader_facts
from passerelle.flow.ledger_lines import journal
from passerelle.flow.views import DossierView, MatchLine, Moment, OtherService, RecordView
from passerelle.policy import access
from passerelle.records import visibility, wall
from passerelle.records.models import (
    Delivery,
    Dossier,
    Duty,
    Interest,
    Judgement,
    Match,
    Officer,
    Question,
    Report,
    Service,
    Subject,
    Withholding,
)

REPORTS_SHOWN_MAX = 40
"""Of so many reports, the latest, the subjects are shown and each is written down as read."""

MATCHES_NAMED_MAX = 60


def read_dossier(
    *, ref: str, officer: Officer, purpose: str = "", reason: str = "", with_records: bool = False, now: datetime
) -> DossierView:
    """A dossier of the reader's own service, with what reached it and what came of it; `with_records`: also the
    subjects of its reports. Raises NotThere, PurposeNeeded."""
    with journal(now) as lines:
        dossier = visibility.dossiers(officer).select_related("service", "opened_by").filter(ref=ref).first()
        if dossier is None:
            raise NotThere
        ground = may_read(officer, facts.dossier_facts(dossier))
        follows = visits.of_dossier(officer, dossier)
        why = visits.why(lines, officer, dossier.ref, follows, purpose, reason)
        write_down(lines, officer, dossier.ref, *why, ground)
        subjects = list(dossier.subjects.order_by("id"))
        reports = list(
            visibility.reports(officer).select_related("service", "author").filter(dossier=dossier)
            .order_by("filed_at", "id")
        )  # fmt: skip
        refs = {subject.ref for subject in subjects} | set(
            Subject.objects.filter(report__in=reports).values_list("ref", flat=True)
        )
        mine = Subject.objects.filter(ref__in=refs)
        deliveries = _received(officer, dossier, refs)
        seen = visibility.matches(officer)
        found = (seen.filter(left__in=mine) | seen.filter(right__in=mine)).distinct()
        matches = match_lines(officer, found)
        in_full = _in_full(officer, found)
        sent = _sent(officer, reports)
        tasks = _tasks(officer, dossier, reports, deliveries, matches)
        questions = _questions(officer, dossier, reports, deliveries, matches)
        records = []
        for report in reversed(reports[-REPORTS_SHOWN_MAX:]) if with_records else ():
            if report.gone == "erased":
                continue
            write_down(lines, officer, report.ref, *why, may_read(officer, facts.report_facts(report)))
            records.append(RecordView(report=report, subjects=subject_views(report.spoken_of().order_by("id"))))
        return DossierView(
            dossier=dossier,
            interest=Interest.objects.filter(dossier=dossier).first(),
            subjects=subject_views(subjects),
            reports=reports,
            deliveries=deliveries,
            matches=matches,
            timeline=_timeline(officer, dossier, reports, deliveries, matches, in_full, sent, questions, tasks),
            records=records,
            others=_others(officer, deliveries, sent, in_full, tasks),
            tasks=[duty for duty in tasks if duty.state in LIVE],
            concerns=_concerns(in_full, refs),
        )


def _received(officer: Officer, dossier: Dossier, refs: set[str]) -> Sequence[Delivery]:
    """What the service got about these subjects. Which deliveries name one of them is read without opening any."""
    rows = visibility.deliveries(officer).filter(recipient=dossier.service).order_by("delivered_at", "id")
    naming = [pk for pk, names in rows.values_list("pk", "names").iterator() if refs.intersection(names)]
    near: list[Delivery] = wall.with_relations(rows.filter(pk__in=naming), "sender", "recipient", "report")
    return [one for one in near if refs.intersection(one.content.get("yours", ()))]


def _sent(officer: Officer, reports: Sequence[Report]) -> Sequence[Delivery]:
    rows = visibility.deliveries(officer).filter(report__in=[one.pk for one in reports]).order_by("delivered_at", "id")
    return wall.with_relations(rows, "sender", "recipient", "report", "duty")


def _in_full(officer: Officer, found: object) -> Sequence[Match]:
    """The matches of which this reader sees both sides."""
    rows = visibility.matches_in_full(officer).filter(pk__in=found.values("pk"))  # type: ignore[attr-defined]
    return wall.with_relations(rows.order_by("id")[:MATCHES_NAMED_MAX], "left__service", "right__service")


def _tasks(
    officer: Officer,
    dossier: Dossier,
    reports: Sequence[Report],
    deliveries: Sequence[Delivery],
    matches: Sequence[MatchLine],
) -> list[Duty]:
    """The duties about anything in the dossier that this reader may list: one's own reports, what was received (for
    what one's own service owes about it), its matches, and what colleagues were asked."""
    own = Q(report__in=[one.pk for one in reports])
    received = Q(report__in=[one.report_id for one in deliveries]) & (
        Q(service=dossier.service_id) | Q(recipient=dossier.service_id)
    )
    judged = Q(match__ref__in=[one.ref for one in matches])
    asked = Q(question__dossier=dossier)
    rows = visibility.duties(officer).filter(own | received | judged | asked).order_by("due_at", "id")
    return wall.with_relations(rows, "service", "holder", "officer", "recipient", "report__service", "match")


def _questions(
    officer: Officer,
    dossier: Dossier,
    reports: Sequence[Report],
    deliveries: Sequence[Delivery],
    matches: Sequence[MatchLine],
) -> list[Question]:
    about = (
        Q(dossier=dossier)
        | Q(report__in=[one.pk for one in reports])
        | Q(delivery__in=[one.pk for one in deliveries])
        | Q(match__ref__in=[one.ref for one in matches])
    )
    return wall.with_relations(visibility.questions(officer).filter(about).order_by("asked_at", "id"), "service")


def _timeline(
    officer: Officer,
    dossier: Dossier,
    reports: Sequence[Report],
    deliveries: Sequence[Delivery],
    matches: Sequence[MatchLine],
    in_full: Sequence[Match],
    sent: Sequence[Delivery],
    questions: Sequence[Question],
    tasks: Sequence[Duty],
) -> list[Moment]:
    """What happened, latest first, each thing as far as this reader may know of it."""

    def moments() -> Iterator[Moment]:
        yield Moment(dossier.opened_at, "opened", dossier)
        for report in reports:
            yield Moment(report.filed_at, "filed", report)
        for delivery in deliveries:
            yield Moment(delivery.delivered_at, "received", delivery)
        for delivery in sent:
            named = delivery.recipient if _named(officer, delivery.duty) else None
            yield Moment(delivery.delivered_at, "sent", delivery, service=named)
            if delivery.acknowledged_at is not None:
                yield Moment(delivery.acknowledged_at, "acknowledged", delivery, service=named)
        at_once: dict[datetime, list[MatchLine]] = {}
        for match in matches:
            at_once.setdefault(match.found_at, []).append(match)
        for at, lines in at_once.items():
            yield Moment(at, "matched", lines)
        stand = Judgement.objects.filter(match__in=[one.pk for one in in_full], taken_back_at__isnull=True)
        judgements: list[Judgement] = wall.with_relations(stand.order_by("id"), "match", "officer__service")
        for judgement in judgements:
            yield Moment(judgement.judged_at, "judged", judgement)
        for question in questions:
            yield Moment(question.asked_at, "asked", question)
            if question.answered_at is not None:
                yield Moment(question.answered_at, "answered", question)
        mine = [duty.pk for duty in tasks if duty.service_id == officer.service_id or officer.role == "oversight"]
        for held in Withholding.objects.filter(duty__in=mine).select_related("duty", "decided_by", "reviewed_by"):
            yield Moment(held.decided_at, "withheld", held)
            if held.reviewed_at is not None:
                yield Moment(held.reviewed_at, "reviewed", held)

    return sorted(moments(), key=lambda moment: moment.at, reverse=True)


def _named(officer: Officer, duty: Duty) -> bool:
    """Whether this reader may know for whom a duty is owed."""
    return not duty.discreet or duty.recipient_id == officer.service_id or officer.role == "oversight"


def _others(
    officer: Officer,
    deliveries: Sequence[Delivery],
    sent: Sequence[Delivery],
    in_full: Sequence[Match],
    tasks: Sequence[Duty],
) -> list[OtherService]:
    """The other services that are concerned, by name, and how. A discreet interest is not among them: not by name, not
    by a count, not by an empty line."""
    found: dict[int, OtherService] = {}

    def of(service: Service) -> OtherService:
        return found.setdefault(service.pk, OtherService(service))

    for delivery in deliveries:
        of(delivery.sender).told_us.append(delivery)
    for delivery in sent:
        if delivery.recipient_id != officer.service_id and not delivery.duty.discreet:
            of(delivery.recipient).was_told.append(delivery)
    told = {(one.report_id, one.recipient_id) for one in sent if one.form != "pointer"}
    for duty in tasks:
        if (
            duty.kind == "pass_on" and duty.recipient is not None and not duty.discreet and duty.state in LIVE
            and duty.recipient_id != officer.service_id and (duty.report_id, duty.recipient_id) not in told
        ):  # fmt: skip
            of(duty.recipient).is_owed.append(duty)
    reader = reader_facts(officer)
    for match in in_full:
        if access.may(reader, "name_owner", match_facts(match)).allowed:
            for side in (match.left, match.right):
                if side.service_id != officer.service_id:
                    of(side.service).matched.append(match)
    return sorted(found.values(), key=lambda one: one.service.name)


def _concerns(in_full: Sequence[Match], refs: set[str]) -> dict[str, list[str]]:
    """By match that the reader sees in full: which of the dossier's subjects it concerns."""
    return {
        match.ref: [side.ref for side in (match.left, match.right) if side.ref in refs] for match in in_full
    }  # fmt: skip
