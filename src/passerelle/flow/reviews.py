"""When its day comes, somebody looks again: whether a report is kept, stays stricter, or stays restricted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from passerelle.flow import duties, end_report, index, restrict, rungs
from passerelle.flow.facts import allow, report_facts
from passerelle.flow.ledger_lines import Journal, effective, journal
from passerelle.ledger import canonical
from passerelle.ledger.events import HandlingChanged, ReviewCame, ReviewDecided
from passerelle.policy import retention
from passerelle.records.models import Duty, Heartbeat, Officer, PeriodicReview, Report
from passerelle.words import Sentence, noop

EVERY = timedelta(hours=1)
"""Days are looked for no oftener than this: they do not come sooner."""

ASKS: dict[str, str] = {
    "retention": noop("Its day has come: say whether this report is still needed, or erase it."),
    "handling": noop("Its day has come: say whether this report must still be handled stricter than open."),
    "restriction": noop("Its day has come: say whether the use of this report stays restricted."),
}

LOOSER = {"sealed": "consent", "consent": "open"}
"""One step at a time: what was sealed is first a pointer again."""


def come_due(*, now: datetime, limit: int) -> tuple[int, bool]:
    """Raise the duties to look again whose day has come, at most `limit`, each in its own transaction. Returns how
    many, and whether more are left. Any number of workers may do so at once: one that waits is not raised twice."""
    beat = Heartbeat.objects.filter(name="reviews").first()
    if beat is not None and abs(now - beat.beat_at) < EVERY:
        return 0, False
    raised = 0
    for of, ids in _due(effective(now).date()):
        for pk in ids.values_list("pk", flat=True)[: limit - raised]:
            raised += _raise(of, pk, now)
        if raised >= limit:
            return raised, True
    Heartbeat.objects.update_or_create(name="reviews", defaults={"beat_at": now})
    return raised, False


def _due(today: date) -> Iterator[tuple[str, QuerySet[Report]]]:
    """What is due to be looked at again, by what of it. A report of before there were such days counts from its
    filing."""
    standing = Report.objects.filter(gone="")
    waiting = PeriodicReview.objects.filter(report=OuterRef("pk"), outcome="")
    oldest = retention.years_later(today, -retention.longest_years())
    kept = Q(review_on__lte=today) | Q(review_on__isnull=True, filed_at__date__lte=oldest)
    stricter = ~Q(handling="open") & Q(handling_review_on__lte=today)
    for of, wanted in (
        ("retention", kept), ("handling", stricter), ("restriction", Q(restricted_until__lte=today)),
    ):  # fmt: skip
        yield of, standing.filter(wanted).exclude(Exists(waiting.filter(of=of))).order_by("pk")


def _raise(of: str, pk: int, now: datetime) -> int:
    with journal(now) as lines:
        report = (
            Report.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("service", "author")
            .filter(pk=pk, gone="")
            .first()
        )
        if report is None or report.reviews.filter(of=of, outcome="").exists():
            return 0
        due_on = {
            "retention": report.review_on or lines.now.date(), "handling": report.handling_review_on,
            "restriction": report.restricted_until,
        }[of]  # fmt: skip
        assert due_on is not None
        duty = duties.raise_duty(
            lines,
            kind="review",
            service=report.service,
            report=report,
            level=rungs.SUPERVISOR,
            excluding=report.author,
            themes=frozenset(report.themes),
            because=[Sentence(ASKS[of])],
        )
        review = PeriodicReview.objects.create(report=report, of=of, due_on=due_on, duty=duty)
        lines.write(ReviewCame(review=review.ref, report=report.ref, of=of, due_on=due_on.isoformat(), duty=duty.ref))
    return 1


def decide(
    lines: Journal, review: PeriodicReview, officer: Officer, *, stays: bool, reason: str, next_on: date | None
) -> None:
    """A second person said whether it stays as it is, and until when; or that it ends: the report is erased, its
    handling becomes one step looser, its restriction is lifted.

    Raises ReviewDayWrong, NotAllowed (only who leads a service erases), StillOwed.
    """
    report = Report.objects.select_for_update(of=("self",)).select_related("service", "author").get(pk=review.report_id)
    today = lines.now.date()
    review.outcome, review.reason = ("stays" if stays else "ended"), reason
    review.decided_by, review.decided_at = officer, lines.now
    if stays:
        review.next_on = _again_on(report, review.of, next_on, today)
        field = {"retention": "review_on", "handling": "handling_review_on", "restriction": "restricted_until"}
        setattr(report, field[review.of], review.next_on)
        report.save(update_fields=[field[review.of]])
    review.save(update_fields=["outcome", "reason", "decided_by", "decided_at", "next_on"])
    lines.write(
        ReviewDecided(
            review=review.ref,
            outcome=review.outcome,
            next_on=review.next_on.isoformat() if review.next_on else "",
            by=officer.ref,
            commitment=canonical.commitment(bytes(review.salt), {"reason": reason}),
        )
    )
    if not stays:
        _end(lines, report, review.of, officer, reason)


def _again_on(report: Report, of: str, given: date | None, today: date) -> date:
    if of == "retention":
        latest, _ = retention.looked_at_again(
            report.spoken_of().values_list("category", flat=True), assessment=report.assessment, since=today
        )
        return min(given, latest) if given is not None and given > today else latest
    return retention.check_day(of, given, today)


def _end(lines: Journal, report: Report, of: str, officer: Officer, reason: str) -> None:
    if of == "retention":
        allow(officer, "erase", report_facts(report))
        end_report.erase_now(lines, report, "retention", officer)
    elif of == "handling":
        loosen(lines, report, LOOSER[report.handling])
    else:
        restrict.lift_now(lines, report, officer, reason)


def loosen(lines: Journal, report: Report, handling: str) -> None:
    """A report falls back to a looser handling: what may travel by itself now, travels. Open for the first time, its
    names are counted with the others."""
    report.handling = handling
    if handling == "open":
        report.handling_review_on = None
    report.save(update_fields=["handling", "handling_review_on"])
    index.read_anew(report)
    lines.write(HandlingChanged(report=report.ref, handling=handling))
    if handling == "open":
        end_report.count_names(report, +1)
    restrict.owed_again(lines, report)


def first_day(report: Report, categories: set[str]) -> date:
    """When it is first looked at again whether a new report is kept."""
    day, _ = retention.looked_at_again(categories, assessment=report.assessment, since=report.filed_at.date())
    return day


def of_duty(duty: Duty) -> PeriodicReview | None:
    """What came up to be looked at again by this duty; None for any other duty."""
    return PeriodicReview.objects.select_related("report__service").filter(duty=duty).first()
