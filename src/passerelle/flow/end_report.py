"""A report is withdrawn by its service, or erased, leaving a tombstone; what rested on it ends, each copy follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from passerelle.errors import Refused
from passerelle.flow import commonness, correct, duties, index
from passerelle.flow.candidates import drop_keys, plain
from passerelle.flow.facts import NotThere, allow, report_facts
from passerelle.flow.ledger_lines import Journal, journal
from passerelle.flow.receive import GoneAlready
from passerelle.ledger import canonical
from passerelle.ledger.events import GrantEnded, MatchWeighedAgain
from passerelle.ledger.events_after_telling import ReportEnded, ReviewDecided
from passerelle.policy import ending
from passerelle.records import visibility
from passerelle.records.models import (
    Correction,
    Delivery,
    Duty,
    Grant,
    Judgement,
    Match,
    Officer,
    Order,
    PeriodicReview,
    Question,
    Relation,
    Report,
    ReportVersion,
    Subject,
    Withholding,
)
from passerelle.records.models.reports import new_salt
from passerelle.words import sentence


class EndingNeedsReason(Refused):
    """A withdrawal says why, in words."""

    code = "ending.reason_missing"


def withdraw(*, ref: str, officer: Officer, ground: str, reason: str, now: datetime) -> Report:
    """The desk that owns a report, or who filed it, takes it back as a whole: its own service still reads it, nobody is
    told of it any more, and every holder of a copy owes its removal.

    What was not opened yet is out of sight at once. Refused while somebody is still owed it: that is decided first.
    Raises NotThere, NotAllowed, EndingGroundUnknown, EndingNeedsReason, StillOwed, GoneAlready.
    """
    with journal(now) as lines:
        report = locked_report(ref, officer)
        allow(officer, "correct", report_facts(report))
        lawful = ending.lawful(ground, "withdraw")
        if len(reason.split()) < 3:
            raise EndingNeedsReason(
                sentence("A withdrawal needs a reason of a few words."),
                way_out=sentence("Say what was found, by whom, and when."),
            )
        if report.gone:
            raise GoneAlready(sentence("This report was withdrawn or erased already."))
        _settle_duties(lines, report, "withdraw", officer)
        said = ReportVersion.objects.get(report=report, number=report.version)
        _go(lines, report, "withdrawn", lawful.key, reason, officer,
            canonical.commitment(bytes(said.salt), {"reason": reason}))  # fmt: skip
        _not_found_any_more(report)
        correct.ask(lines, report, "withdrawn", because=(lawful.says,), by=officer)
    return report


def erase(*, ref: str, officer: Officer, ground: str, now: datetime) -> Report:
    """Who leads the service destroys what a report said: texts, subjects, salts, and what travelled of it. The row
    stays as a tombstone, the ledger still verifies and its commitments can be opened by nobody.

    Every holder of a copy owes its removal. Raises NotThere, NotAllowed, EndingGroundUnknown, StillOwed, GoneAlready.
    """
    with journal(now) as lines:
        report = locked_report(ref, officer)
        allow(officer, "erase", report_facts(report))
        erase_now(lines, report, ending.lawful(ground, "erase").key, officer)
    return report


def erase_now(lines: Journal, report: Report, ground: str, officer: Officer) -> None:
    """The same for a verb that has asked its rules already. Raises StillOwed, GoneAlready."""
    if report.gone == "erased":
        raise GoneAlready(sentence("This report was withdrawn or erased already."))
    _settle_duties(lines, report, "erase", officer)
    withdrawn = report.gone == "withdrawn"
    if not withdrawn:
        _not_found_any_more(report)
    _go(lines, report, "erased", ground, "", officer, "")
    correct.ask(lines, report, "erased", because=(ending.grounds()[ground].says,), by=officer)
    _destroy(lines, report)


def locked_report(ref: str, officer: Officer) -> Report:
    """The report, locked, if this officer may know of it. Raises NotThere."""
    row = visibility.reports(officer).filter(ref=ref).values_list("pk", flat=True).first()
    if row is None:
        raise NotThere
    return Report.objects.select_for_update(of=("self",)).select_related("service", "author", "dossier").get(pk=row)


def _go(lines: Journal, report: Report, how: str, ground: str, reason: str, officer: Officer, commitment: str) -> None:
    report.gone, report.gone_at, report.gone_by = how, lines.now, officer
    report.gone_ground, report.gone_reason, report.review_on = ground, reason, None
    report.save()
    lines.write(ReportEnded(report=report.ref, how=how, ground=ground, by=officer.ref, commitment=commitment))


def reviews_what(duty: Duty) -> str:
    """What a duty to review looks at, as the table of fates calls it; empty for any other duty."""
    if duty.kind != "review":
        return ""
    if duty.about_id is not None:
        return "withholding"
    if Grant.objects.filter(review=duty).exists():
        return "glass"
    return "periodic" if PeriodicReview.objects.filter(duty=duty).exists() else "sealing"


def _settle_duties(lines: Journal, report: Report, act: str, officer: Officer) -> None:
    """What stands in the way refuses, before anything is changed; the rest ends by the table, or stays."""
    mine = Subject.objects.filter(report=report).values("pk")
    about = Q(report=report) | Q(match__left__in=mine) | Q(match__right__in=mine)
    live = (
        Duty.objects.select_for_update(of=("self",))
        .select_related("service", "recipient", "holder", "officer", "match", "about")
        .filter(about, ended_at__isnull=True)
        .order_by("id")
    )
    fates = [(duty, ending.fate_of(duty.kind, reviews_what(duty), act)) for duty in live]
    for _, fate in fates:
        if fate.fate == "refuses":
            raise ending.StillOwed(fate.says, way_out=sentence("The page of the report lists what is still owed."))
    for duty, fate in fates:
        if fate.fate == "ends":
            for review in PeriodicReview.objects.filter(duty=duty, outcome=""):
                review.outcome, review.decided_by, review.decided_at = "moot", officer, lines.now
                review.save(update_fields=["outcome", "decided_by", "decided_at"])
                lines.write(ReviewDecided(review=review.ref, outcome="moot", next_on="", by=officer.ref, commitment=""))
            duties.move(lines, duty, "withdraw", by=officer, outcome="gone")
    for grant in Grant.objects.select_for_update().filter(report=report, ended_at__isnull=True, until__gt=lines.now):
        grant.ended_at, grant.ended_by = lines.now, officer
        grant.save(update_fields=["ended_at", "ended_by"])
        lines.write(GrantEnded(grant=grant.ref, by=officer.ref))


def _not_found_any_more(report: Report) -> None:
    """Its subjects are compared with nothing any more, their names are counted no more, and nobody finds it by a
    search."""
    if report.handling == "open":
        count_names(report, -1)
    drop_keys([subject.pk for subject in report.subjects.all()])
    index.take_out(report)
    report.subjects.update(to_match_at=None)


def count_names(report: Report, sign: int) -> None:
    """The names of a report are counted among those of open reports, or no more."""
    said = commonness.counted_of(plain(one.ref, one.schema, one.properties) for one in report.spoken_of())
    commonness.add(Counter({word: sign * count for word, count in said.items()}))


def _destroy(lines: Journal, report: Report) -> None:
    """Everything that a report said, wherever it was kept. What has a reference in the ledger stays as an empty row;
    its salt is another from now on, so that no commitment to what it said can be opened."""
    Relation.objects.filter(source__report=report).delete()
    subjects = report.subjects.all()
    matches = Match.objects.filter(Q(left__in=subjects.values("pk")) | Q(right__in=subjects.values("pk")))
    for match in matches:
        match.because, match.salt, match.evidence, match.band, match.score = [], new_salt(), "", "none", 0.0
        match.save(update_fields=["because", "salt", "evidence", "band", "score"])
        lines.write(
            MatchWeighedAgain(match=match.ref, band="none", score_permille=0, evidence="", counted=match.counted)
        )
        for judgement in Judgement.objects.filter(match=match):
            judgement.reason, judgement.evidence = "", ""
            judgement.save(update_fields=["reason", "evidence"])
    subjects.filter(matches_left__isnull=True, matches_right__isnull=True).delete()
    for subject in report.subjects.all():
        subject.local_id, subject.caption, subject.category = "", "", "none"
        subject.properties, subject.spans, subject.bounded = {}, [], []
        subject.dropped_at = lines.now
        subject.save()
    ReportVersion.objects.filter(report=report).delete()
    for delivery in Delivery.objects.filter(report=report):
        delivery.content, delivery.because, delivery.names, delivery.salt = {}, [], [], new_salt()
        delivery.recall_reason, delivery.torn = "", {}
        delivery.save(update_fields=["content", "because", "names", "salt", "recall_reason", "torn"])
    for grant in Grant.objects.filter(report=report):
        grant.content, grant.reason, grant.salt = {}, "", new_salt()
        grant.save(update_fields=["content", "reason", "salt"])
    for withholding in Withholding.objects.filter(duty__report=report):
        withholding.reason, withholding.review_reason, withholding.salt = "", "", new_salt()
        withholding.save(update_fields=["reason", "review_reason", "salt"])
    for order in Order.objects.filter(duty__report=report):
        order.reason, order.salt = "", new_salt()
        order.save(update_fields=["reason", "salt"])
    for correction in Correction.objects.filter(report=report):
        correction.changes, correction.receipt_note, correction.salt = [], "", new_salt()
        correction.save(update_fields=["changes", "receipt_note", "salt"])
    for review in PeriodicReview.objects.filter(report=report):
        review.reason, review.salt = "", new_salt()
        review.save(update_fields=["reason", "salt"])
    _destroy_answers(report, matches.values_list("pk", flat=True))
    for duty in Duty.objects.filter(report=report):
        duty.pause_reason, duty.outcome_note = "", ""
        duty.save(update_fields=["pause_reason", "outcome_note"])
    report.handling_reason = report.handling_note = report.gone_reason = report.restriction_reason = ""
    report.source_grade, report.information_grade, report.themes, report.territory = "X", "4", [], ""
    report.assessment, report.danger_to_life, report.learnt_on = False, False, None
    report.save()


def _destroy_answers(report: Report, matches: Iterable[int]) -> None:
    """What was asked and answered about a report says what it said. A question whose duty lives keeps its words: who
    asked is answered all the same."""
    about = Q(report=report) | Q(delivery__report=report) | Q(match__in=list(matches))
    rows = list(Question.objects.filter(about).select_related("duty"))
    while rows:
        for question in rows:
            question.answer, question.answer_salt = "", new_salt()
            if not question.duty.live:
                question.text, question.salt = "", new_salt()
            question.save(update_fields=["answer", "answer_salt", "text", "salt"])
        rows = list(Question.objects.filter(parent__in=rows).select_related("duty"))
