"""The use of a report is restricted instead of its being erased: it travels no further, until somebody looks again."""

from __future__ import annotations

from datetime import date, datetime

from passerelle.errors import Refused
from passerelle.flow import correct, index, oblige
from passerelle.flow.end_report import locked_report
from passerelle.flow.facts import allow, report_facts
from passerelle.flow.ledger_lines import Journal, journal
from passerelle.flow.receive import GoneAlready
from passerelle.ledger import canonical
from passerelle.ledger.events import ReportRestricted
from passerelle.policy import retention
from passerelle.records.models import Duty, Officer, Report, ReportVersion
from passerelle.words import sentence


class RestrictionIncomplete(Refused):
    """A restriction says why, in words."""

    code = "restriction.incomplete"


class RestrictedAlready(Refused):
    """What is restricted cannot be restricted again, and what is not cannot be let go."""

    code = "restriction.already"


def restrict(*, ref: str, officer: Officer, why: str, reason: str, until: date | None, now: datetime) -> Report:
    """The desk that owns a report restricts its use, for a reason of the closed list, until a day on which that is
    looked at again. It travels no further except where a life is in danger, no search finds it, and every holder of a
    copy marks it.

    Raises NotThere, NotAllowed, RestrictionUnknown, RestrictionIncomplete, RestrictedAlready, ReviewDayWrong,
    GoneAlready.
    """
    with journal(now) as lines:
        report = locked_report(ref, officer)
        allow(officer, "correct", report_facts(report))
        says = retention.check_restriction(why)
        if len(reason.split()) < 3:
            raise RestrictionIncomplete(
                sentence("A restriction needs a reason of a few words."),
                way_out=sentence("Say what is contested, or for which proceedings it is kept."),
            )
        if report.gone:
            raise GoneAlready(sentence("This report was withdrawn or erased already."))
        if report.restriction:
            raise RestrictedAlready(sentence("The use of this report is restricted already."))
        day = retention.check_day("restriction", until, lines.now.date())
        report.restriction, report.restriction_reason, report.restricted_until = why, reason, day
        report.save(update_fields=["restriction", "restriction_reason", "restricted_until"])
        index.take_out(report)
        _write(lines, report, officer, reason)
        correct.ask(lines, report, "restricted", because=(says,), by=officer)
    return report


def lift(*, ref: str, officer: Officer, reason: str, now: datetime) -> Report:
    """The desk that owns a report lets it be used again; what was owed meanwhile travels. The person it concerns is
    told first (Directive (EU) 2016/680, Art. 16(3)): the reason says so. Raises as `restrict` does."""
    with journal(now) as lines:
        report = locked_report(ref, officer)
        allow(officer, "correct", report_facts(report))
        if len(reason.split()) < 3:
            raise RestrictionIncomplete(
                sentence("To lift a restriction needs a reason of a few words."),
                way_out=sentence("Say what was ascertained, and that the person was told."),
            )
        if not report.restriction or report.gone:
            raise RestrictedAlready(sentence("The use of this report is not restricted."))
        lift_now(lines, report, officer, reason)
    return report


def lift_now(lines: Journal, report: Report, officer: Officer, reason: str) -> None:
    """The same for a verb that has asked its rules already."""
    report.restriction, report.restriction_reason, report.restricted_until = "", "", None
    report.save(update_fields=["restriction", "restriction_reason", "restricted_until"])
    index.put_back(report)
    _write(lines, report, officer, reason)
    correct.ask(lines, report, "lifted", by=officer)
    owed_again(lines, report)


def owed_again(lines: Journal, report: Report) -> None:
    """What is owed of a report that may travel again, travels as far as it may."""
    live = Duty.objects.select_for_update(of=("self",)).select_related(
        "report__service", "recipient", "service", "holder", "officer"
    )
    for duty in live.filter(report=report, kind="pass_on", ended_at__isnull=True).order_by("id"):
        claims = oblige.claims_of(duty, lines.now)
        if claims and duty.recipient is not None:
            oblige.owe(lines, report, duty.recipient, claims)


def _write(lines: Journal, report: Report, officer: Officer, reason: str) -> None:
    said = ReportVersion.objects.get(report=report, number=report.version)
    lines.write(
        ReportRestricted(
            report=report.ref,
            until=report.restricted_until.isoformat() if report.restricted_until else "",
            restriction=report.restriction,
            by=officer.ref,
            commitment=canonical.commitment(bytes(said.salt), {"reason": reason}),
        )
    )
