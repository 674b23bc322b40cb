"""Exceptions, each with a reason, an end and a second person: a broken glass, and reading given for a time."""

from __future__ import annotations

from datetime import datetime

from passerelle.errors import Refused
from passerelle.flow import deliver, duties, oblige, rungs
from passerelle.flow.facts import NotThere, allow, delivery_facts, grant_facts, report_facts
from passerelle.flow.ledger_lines import Journal, journal
from passerelle.ledger import canonical
from passerelle.ledger.events import GrantEnded, GrantGiven, GrantReviewed
from passerelle.policy import grants
from passerelle.policy.facts import FORMS, SERVICE_ROLES
from passerelle.records import extracts, visibility
from passerelle.records.models import Delivery, Grant, Officer, Report
from passerelle.records.models.reports import new_salt
from passerelle.words import Sentence, sentence

REASON_WORDS_MIN = 5
"""An exception is answered for: a word or two does not say whose life is in danger, and how."""


class ExceptionNeedsReason(Refused):
    """An exception without a reason in words."""

    code = "exception.reason_missing"


class NothingBehindTheGlass(Refused):
    """Breaking it would show no more than what was delivered: the law lets no more travel even in danger to life."""

    code = "exception.nothing_more"


class CannotBeGiven(Refused):
    """An end that is past or too far away, or an officer of another service."""

    code = "exception.cannot_be_given"


def break_glass(*, ref: str, officer: Officer, reason: str, now: datetime) -> Grant:
    """A life is in danger: read now, through the delivery `ref`, what the law lets travel then, for a few hours.

    Only who was told that there is something can ask for more of it: nothing that policy keeps secret is revealed by
    asking. What travels is decided by the same table, with its rows for danger to life. In the same transaction a
    second person gets the duty to review it, at the clock of danger, and the owner is told (not by whom, where the
    interest is discreet). Whoever broke it once reads the same grant again. Raises NotThere, ExceptionNeedsReason,
    NothingBehindTheGlass.
    """
    _needs_reason(reason)
    with journal(now) as lines:
        delivery = _received(ref, officer)
        allow(officer, "read_content", delivery_facts(delivery))
        if officer.service_id != delivery.recipient_id or officer.role not in SERVICE_ROLES:
            raise NotThere
        broken = delivery.grants.filter(officer=officer, kind="glass", ended_at__isnull=True, until__gt=lines.now)
        again = broken.filter(report_version=delivery.report.version).first()
        if again is not None:
            return again
        form, content = _behind(delivery, lines.now)
        review = duties.raise_duty(
            lines,
            kind="review",
            service=officer.service,
            report=delivery.report,
            level=rungs.SUPERVISOR,
            excluding=officer,
            urgency="danger",
            discreet=delivery.duty.discreet,
            because=[
                sentence("{officer} broke the glass: a life is said to be in danger.", officer=officer.name),
                sentence("A second person says whether that was right; until then it stands open here."),
            ],
        )
        grant = _give(
            lines,
            Grant(
                kind="glass",
                report=delivery.report,
                report_version=delivery.report.version,
                delivery=delivery,
                officer=officer,
                form=form,
                content=content,
                reason=reason,
                given_by=officer,
                given_at=lines.now,
                until=lines.now + grants.limits()["glass"].longest,
                review=review,
            ),
        )
        whose: Sentence | str = officer.service.name
        if delivery.duty.discreet:
            whose = sentence("a service with a lawful interest")
        says = sentence(
            "{service} broke the glass on a report of yours: a life is said to be in danger.", service=whose
        )
        duties.tell(lines, delivery.sender, "glass", says, duty=delivery.duty)
        if delivery.report.author is not None:
            duties.tell(lines, delivery.sender, "glass", says, duty=delivery.duty, officer=delivery.report.author)
    return grant


def _received(ref: str, officer: Officer) -> Delivery:
    row = visibility.deliveries(officer).filter(ref=ref).values_list("pk", flat=True).first()
    if row is None:
        raise NotThere
    return (
        Delivery.objects.select_for_update(of=("self",))
        .select_related("sender", "recipient", "report__service", "report__author", "duty__report__service")
        .select_related("duty__recipient")
        .get(pk=row)
    )


def _behind(delivery: Delivery, now: datetime) -> tuple[str, dict[str, object]]:
    """The form and the content that the law lets travel in danger to life, when it is more than what was delivered."""
    duty = delivery.duty
    claims = oblige.claims_of(duty, now)
    if delivery.report.handling == "sealed" or not claims:
        raise _no_more()
    assert duty.report is not None and duty.recipient is not None
    decided, claim, _ = oblige.best_disclosure(
        duty.report, duty.recipient, claims, sender_decided=True, danger_to_life=True
    )
    got = Delivery.objects.filter(
        report=delivery.report, recipient=delivery.recipient, report_version=delivery.report.version
    )
    most = max((FORMS.index(form) for form in got.values_list("form", flat=True)), default=0)
    if FORMS.index(decided.form) <= max(most, FORMS.index("pointer")):
        raise _no_more()
    purpose, standing = claim.interest.purpose, claim.standing
    content = deliver.content_of(duty, decided.form, purpose, standing, sender_decided=True, danger_to_life=True)
    return decided.form, content


def _no_more() -> NothingBehindTheGlass:
    return NothingBehindTheGlass(
        sentence("Nothing more than what you have may be read, even in danger to life."),
        way_out=sentence("Call the desk that the delivery names."),
    )


def review_glass(lines: Journal, grant: Grant, officer: Officer, uphold: bool) -> None:
    """A second person said whether the glass was rightly broken. Where not, it is shut, and oversight is told."""
    grant.outcome = "justified" if uphold else "unjustified"
    lines.write(GrantReviewed(grant=grant.ref, outcome=grant.outcome, by=officer.ref))
    if not uphold and grant.live(lines.now):
        grant.ended_at, grant.ended_by = lines.now, officer
        lines.write(GrantEnded(grant=grant.ref, by=officer.ref))
    grant.save(update_fields=["outcome", "ended_at", "ended_by"])
    says = (
        sentence("The glass you broke was reviewed: rightly.")
        if uphold
        else sentence("The glass you broke was reviewed: not rightly. Oversight is told.")
    )
    duties.tell(lines, grant.officer.service, "reviewed", says, duty=grant.review, officer=grant.officer)
    if not uphold:
        for watcher in Officer.objects.filter(role="oversight", is_active=True).select_related("service"):
            told = sentence("A broken glass was found not to be justified.")
            duties.tell(lines, watcher.service, "glass", told, duty=grant.review, officer=watcher)


def give(*, ref: str, officer: Officer, to: Officer, until: datetime, reason: str, now: datetime) -> Grant:
    """Who leads the service that owns a report lets one of its officers read it until a moment: what is sealed, above
    all, which the officers of a service do not see by themselves.

    Raises NotThere, NotAllowed, ExceptionNeedsReason, CannotBeGiven.
    """
    _needs_reason(reason)
    with journal(now) as lines:
        report = visibility.reports(officer).select_related("service", "author").filter(ref=ref).first()
        if report is None:
            raise NotThere
        allow(officer, "grant", report_facts(report))
        longest = grants.limits()["given"].longest
        if to.service_id != report.service_id or not to.is_active or to.role not in SERVICE_ROLES or to == officer:
            raise CannotBeGiven(
                sentence("Only to another officer of your own service can reading be given."),
                way_out=sentence("To another service a report is passed on; its desk then answers for it."),
            )
        if not lines.now < until <= lines.now + longest:
            raise CannotBeGiven(sentence("Reading can be given for at most {days} days.", days=longest.days))
        grant = _give(
            lines,
            Grant(
                kind="given",
                report=report,
                report_version=report.version,
                officer=to,
                form="whole",
                content=extracts.whole(report, ()),
                reason=reason,
                given_by=officer,
                given_at=lines.now,
                until=until,
            ),
        )
        duties.tell(
            lines,
            to.service,
            "granted",
            sentence(
                "{officer} lets you read a report until {day}.", officer=officer.name, day=duties.said_day(until)
            ),
            officer=to,
        )
    return grant


def carry_new_version(lines: Journal, report: Report) -> None:
    """Whoever was let read a report for a time reads its new version from now on, and hears that there is one; the line
    of what they read is written anew. A broken glass is corrected with the copies of its service."""
    rows = Grant.objects.select_for_update(of=("self",)).select_related("officer__service", "given_by", "review")
    for grant in rows.filter(report=report, kind="given", ended_at__isnull=True, until__gt=lines.now):
        grant.report, grant.report_version = report, report.version
        grant.content, grant.salt = extracts.whole(report, ()), new_salt()
        _give(lines, grant)
        says = sentence("A report that you may read for a time was corrected: you read the new one now.")
        duties.tell(lines, grant.officer.service, "granted", says, officer=grant.officer)


def end(*, ref: str, officer: Officer, now: datetime) -> Grant:
    """Who leads the service that owns the report ends a grant before its time. Raises NotThere, NotAllowed."""
    with journal(now) as lines:
        grant = _visible(ref, officer, lines.now, lock=True)
        allow(officer, "end", grant_facts(grant, lines.now))
        grant.ended_at, grant.ended_by = lines.now, officer
        grant.save(update_fields=["ended_at", "ended_by"])
        lines.write(GrantEnded(grant=grant.ref, by=officer.ref))
    return grant


def _visible(ref: str, officer: Officer, at: datetime, *, lock: bool = False) -> Grant:
    row = visibility.grants(officer).filter(ref=ref).values_list("pk", flat=True).first()
    if row is None:
        raise NotThere
    rows = Grant.objects.select_for_update(of=("self",)) if lock else Grant.objects.all()
    return rows.select_related(
        "report__service", "report__author", "officer__service", "given_by", "review", "delivery"
    ).get(pk=row)


def _give(lines: Journal, grant: Grant) -> Grant:
    grant.save()
    said = {"reason": grant.reason, "content": grant.content}
    lines.write(
        GrantGiven(
            grant=grant.ref,
            kind=grant.kind,
            report=grant.report.ref,
            version=grant.report_version,
            officer=grant.officer.ref,
            by=grant.given_by.ref,
            form=grant.form,
            until=duties.said_time(grant.until),
            review=grant.review.ref if grant.review else "",
            commitment=canonical.commitment(bytes(grant.salt), said),
        )
    )
    return grant


def _needs_reason(reason: str) -> None:
    if len(reason.split()) < REASON_WORDS_MIN:
        raise ExceptionNeedsReason(
            sentence("An exception needs a reason of {count} words or more.", count=REASON_WORDS_MIN),
            way_out=sentence("Say who is in danger, of what, and why it cannot wait."),
        )
