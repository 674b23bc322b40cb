"""What became of a report reaches every holder of a copy, as a duty with a clock; their receipts come back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import F, Q

from passerelle.errors import Refused
from passerelle.flow import deliver, duties, oblige
from passerelle.flow.acknowledge import locked_duty
from passerelle.flow.facts import allow, duty_facts
from passerelle.flow.ledger_lines import Journal, journal
from passerelle.ledger import canonical
from passerelle.ledger.events import DeliveryRecalled
from passerelle.ledger.events_after_telling import CorrectionAsked, CorrectionReceived, DeliveryRenewed
from passerelle.policy import disclosure, ending
from passerelle.policy.facts import FORMS, lesser
from passerelle.records import changes, tear_line
from passerelle.records.models import Correction, Delivery, Duty, Grant, Officer, Report, ReportVersion, Service
from passerelle.records.models.corrections import RECEIPTS
from passerelle.records.models.reports import new_salt
from passerelle.records.tear_line import TearLine
from passerelle.words import Sentence, noop, sentence

ASKS: dict[str, str] = {
    "corrected": noop("{service} corrected a report you have: look at what changed, and correct your copy."),
    "withdrawn": noop("{service} withdrew a report you have: remove your copy, and say so."),
    "erased": noop("{service} erased a report you have: remove your copy, and say so."),
    "parted": noop("What {service} passed on concerns somebody else than your subject: remove it, and say so."),
    "restricted": noop("{service} restricted the use of a report you have: mark your copy, and say so."),
    "lifted": noop("{service} lets a report be used again: take the mark off your copy, and say so."),
}
"""What a holder of a copy is asked, by what became of the report."""


class NothingToCorrect(Refused):
    """A duty that asks for something else than a correction."""

    code = "correct.nothing_to_correct"


def holders(report: Report) -> list[Delivery]:
    """The latest delivery of each service that holds a copy, or was told that there is one, and it was not recalled."""
    latest: dict[int, Delivery] = {}
    sent = Delivery.objects.select_for_update(of=("self",)).select_related(
        "sender", "recipient", "report__service", "duty__report__service", "duty__recipient", "duty__service"
    )
    for delivery in sent.filter(report=report).exclude(evidence="recalled").order_by("report_version", "id"):
        latest[delivery.recipient_id] = delivery
    return list(latest.values())


def new_version(lines: Journal, report: Report, by: Officer | None = None) -> None:
    """Each holder of a copy has the new version, as far as it may have it.

    A delivery that nobody opened carries it in place. Who read the old one gets the new one beside it, in no more than
    the form they had or what may travel by itself, and owes the correction of its copy; where nothing of what they have
    changed, that is written down, and nothing asked. Where nothing calls for the telling any more, or the law now lets
    less travel than a copy says, the copy is to be removed.
    """
    for latest in holders(report):
        again = _again(latest, lines.now)
        if not was_read(latest):
            if again is None:
                take_back(lines, latest, by)
            else:
                _renew(lines, latest, *again)
            continue
        if again is None:
            put(lines, latest, "parted", [])
            continue
        decided, claim, content, chosen = again
        rows = [*changes.differences(latest.content, content), *_behind_the_glass(latest, claim)]
        if rows and not (latest.report_version == report.version and latest.form == decided.form):
            deliver.send(
                lines, latest.duty, decided, claim.interest.purpose, claim.standing,
                because=oblige.told_because(claim, decided), sender_decided=latest.decided, chosen=chosen,
            )  # fmt: skip
        put(lines, latest, "corrected", rows)


def ask(lines: Journal, report: Report, kind: str, *, because: Iterable[Sentence] = (), by: Officer | None) -> None:
    """Each holder of a copy is asked what this kind of change asks. What nobody opened of a report that is gone is out
    of sight at once, and nothing is asked of who never saw it."""
    told = tuple(because)
    for latest in holders(report):
        if report.gone:
            unread = Delivery.objects.select_for_update().filter(
                report=report, recipient=latest.recipient, opened_at__isnull=True, evidence__in=("queued", "delivered")
            )
            read = was_read(latest)
            for delivery in unread.select_related("sender", "recipient"):
                take_back(lines, delivery, by)
            if not read:
                continue
        put(lines, latest, kind, [], because=told, asks=True)


def parted(lines: Journal, told: Iterable[Duty], by: Officer) -> None:
    """Two persons parted the match that these tellings rested on: what was told is out of sight at once, and who read
    it removes every copy. Should the two be one after all, it is owed anew, and its sender decides."""
    for duty in told:
        sent = Delivery.objects.select_for_update(of=("self",)).select_related(
            "sender", "recipient", "report__service", "duty"
        )
        standing = list(sent.filter(duty=duty).exclude(evidence="recalled").order_by("report_version", "id"))
        if not standing:
            continue
        if was_read(standing[-1]):
            put(lines, standing[-1], "parted", [])
        for delivery in standing:
            take_back(lines, delivery, by)
        owed = Duty.objects.select_for_update(of=("self",)).select_related("service", "recipient", "report")
        for one in owed.filter(report=duty.report, recipient=duty.recipient, kind="acknowledge", ended_at__isnull=True):
            duties.move(lines, one, "recall", by=by, outcome="recalled")
        if duty.state == "done":
            duty.outcome = "again"
            duty.save(update_fields=["outcome"])


def was_read(latest: Delivery) -> bool:
    """Whether anybody of its recipient's has seen anything of the report: a delivery that was opened, or a glass."""
    opened = Q(opened_at__isnull=False) | ~Q(evidence__in=("queued", "delivered"))
    theirs = Delivery.objects.filter(report=latest.report_id, recipient=latest.recipient_id)
    theirs = theirs.exclude(evidence="recalled")
    return (
        theirs.filter(opened).exists()
        or Grant.objects.filter(report=latest.report_id, officer__service=latest.recipient_id, kind="glass").exists()
    )


def take_back(lines: Journal, delivery: Delivery, by: Officer | None) -> None:
    """It is out of sight at once; where nobody had opened it, nobody need remove anything."""
    read = delivery.opened_at is not None or delivery.evidence not in ("queued", "delivered")
    delivery.evidence, delivery.recalled_at = "recalled", lines.now
    delivery.save(update_fields=["evidence", "recalled_at"])
    lines.write(DeliveryRecalled(delivery=delivery.ref, by=by.ref if by else "", was_read=read, commitment=""))
    if not read:
        says = sentence("{service} took back what nobody here had read yet.", service=delivery.sender.name)
        duties.tell(lines, delivery.recipient, "recalled", says)


def _again(
    latest: Delivery, now: datetime
) -> tuple[disclosure.Disclosure, oblige.Claim, dict[str, Any], TearLine | None] | None:
    """What this holder would get of the report as it is now: no more than they had, or than travels by itself. Of an
    extract that the desk cut itself, no more than the words of it that stayed."""
    duty, report = latest.duty, latest.report
    duty.report = report
    claims = oblige.claims_of(duty, now)
    if not claims:
        return None
    decided, claim, _ = oblige.best_disclosure(report, latest.recipient, claims, sender_decided=False)
    if latest.decided:
        more, its, _ = oblige.best_disclosure(report, latest.recipient, claims, sender_decided=True)
        form = lesser(more.form, latest.form)
        if FORMS.index(form) > FORMS.index(decided.form):
            decided, claim = replace(more, form=form, recipient_owes_acknowledgement=form != "pointer"), its
    if decided.form == "nothing" or (report.restriction and FORMS.index(decided.form) > FORMS.index(latest.form)):
        return None
    chosen = _torn_as_before(latest)
    content = deliver.content_of(
        duty, decided.form, claim.interest.purpose, claim.standing,
        sender_decided=latest.decided, danger_to_life=report.danger_to_life, chosen=chosen,
    )  # fmt: skip
    return decided, claim, content, chosen


def _torn_as_before(latest: Delivery) -> TearLine | None:
    line = tear_line.from_json(latest.torn)
    if line is None:
        return None
    said = ReportVersion.objects.filter(report=latest.report_id)
    then, now = (str(said.get(number=one).text) for one in (latest.report_version, latest.report.version))
    return tear_line.carried_over(line, then, now)


def _renew(
    lines: Journal,
    latest: Delivery,
    decided: disclosure.Disclosure,
    claim: oblige.Claim,
    content: dict[str, Any],
    chosen: TearLine | None,
) -> None:
    latest.torn = chosen.to_json() if chosen is not None else {}
    latest.report_version, latest.form, latest.content = latest.report.version, decided.form, content
    latest.names = deliver.names_in(content)
    latest.because = [reason.to_json() for reason in oblige.told_because(claim, decided)]
    latest.salt = new_salt()
    latest.save(update_fields=["report_version", "form", "content", "names", "because", "salt", "torn"])
    lines.write(
        DeliveryRenewed(
            delivery=latest.ref,
            version=latest.report_version,
            form=latest.form,
            commitment=canonical.commitment(bytes(latest.salt), content),
        )
    )


def _behind_the_glass(latest: Delivery, claim: oblige.Claim) -> list[dict[str, Any]]:
    """What changed in what was read by breaking the glass, which may be more than what was delivered."""
    read = Grant.objects.filter(report=latest.report_id, officer__service=latest.recipient_id, kind="glass")
    seen = read.order_by("-report_version", "-id").first()
    if seen is None or seen.report_version >= latest.report.version:
        return []
    now = deliver.content_of(
        latest.duty, seen.form, claim.interest.purpose, claim.standing, sender_decided=True, danger_to_life=True
    )
    told = changes.differences(latest.content, now)
    return [row for row in changes.differences(seen.content, now) if row not in told]


def put(
    lines: Journal,
    latest: Delivery,
    kind: str,
    rows: list[dict[str, Any]],
    *,
    because: tuple[Sentence, ...] = (),
    asks: bool = False,
) -> Correction:
    """The row of a correction, its line, and the one duty of its holder; none where nothing of theirs changed."""
    duty = None
    if asks or rows or kind == "parted":
        says = Sentence(ASKS[kind], (("service", latest.sender.name),))
        duty = _duty_of(lines, latest, [says, *because])
    correction = Correction.objects.create(
        report=latest.report, recipient=latest.recipient, delivery=latest, duty=duty, kind=kind,
        version=latest.report.version, changes=rows, asked_at=lines.now,
    )  # fmt: skip
    lines.write(
        CorrectionAsked(
            correction=correction.ref,
            report=latest.report.ref,
            recipient=latest.recipient.key,
            delivery=latest.ref,
            duty=duty.ref if duty else "",
            kind=kind,
            version=correction.version,
            commitment=canonical.commitment(bytes(correction.salt), {"changes": rows}),
        )
    )
    return correction


def _duty_of(lines: Journal, latest: Delivery, says: list[Sentence]) -> Duty:
    live = (
        Duty.objects.select_for_update(of=("self",))
        .select_related("service", "recipient", "holder", "officer", "report")
        .filter(report=latest.report, recipient=latest.recipient, kind="correct", ended_at__isnull=True)
        .first()
    )
    if live is None:
        duty = duties.raise_duty(
            lines, kind="correct", service=latest.recipient, report=latest.report, recipient=latest.recipient,
            about=latest.duty, urgency=latest.duty.urgency, because=says,
        )  # fmt: skip
    else:
        duty = live
        duty.because = [*duty.because, *(one.to_json() for one in says)]
        duties.move(lines, duty, "learn")
    duties.tell(lines, latest.recipient, "corrected", says[0], duty=duty)
    return duty


def give_receipt(*, ref: str, officer: Officer, receipt: str, note: str = "", now: datetime) -> Duty:
    """The desk of a holder says what was done with its copy; the originator hears it, and a refusal oversight too.

    Raises NotThere, NotAllowed, IllegalMove, NothingToCorrect, ReceiptUnknown.
    """
    with journal(now) as lines:
        duty = locked_duty(ref, officer)
        allow(officer, "correct", duty_facts(duty))
        waiting = list(duty.corrections.select_for_update().filter(receipt="").order_by("id"))
        if duty.kind != "correct" or not waiting:
            raise NothingToCorrect(
                sentence("This duty does not ask for the correction of a copy."),
                way_out=sentence("What was recalled is destroyed, and confirmed as such."),
            )
        ending.check_receipt(receipt, waiting[-1].kind, note)
        settle(lines, duty, officer, receipt, note)
        duties.move(lines, duty, "correct", by=officer, outcome=receipt, note=note)
        _tell_the_originator(lines, duty, receipt)
    return duty


def settle(lines: Journal, duty: Duty, officer: Officer, receipt: str, note: str) -> None:
    """All corrections that wait on this duty bear the receipt."""
    for correction in duty.corrections.select_for_update().filter(receipt="").order_by("id"):
        correction.receipt, correction.receipt_note = receipt, note
        correction.received_by, correction.received_at = officer, lines.now
        correction.save(update_fields=["receipt", "receipt_note", "received_by", "received_at"])
        lines.write(
            CorrectionReceived(
                correction=correction.ref,
                receipt=receipt,
                by=officer.ref,
                commitment=canonical.commitment(bytes(correction.salt), {"note": note}),
            )
        )


def _tell_the_originator(lines: Journal, duty: Duty, receipt: str) -> None:
    assert duty.recipient is not None and duty.report is not None
    whose = (
        sentence("a service with a lawful interest")
        if duty.about is not None and duty.about.discreet
        else duty.recipient.name
    )
    says = sentence("{service} answers on its copy of your report: {what}.", service=whose,
                    what=Sentence(RECEIPTS[receipt]))  # fmt: skip
    duties.tell(lines, duty.report.service, "corrected", says, duty=duty.about)
    if receipt == "refused":
        for watcher in Officer.objects.filter(role="oversight", is_active=True).select_related("service"):
            told = sentence("A service refused to correct its copy of a report: a law asks it to keep it, it says.")
            duties.tell(lines, watcher.service, "corrected", told, duty=duty, officer=watcher)


def uncorrected() -> Iterator[tuple[int, int]]:
    """Every (report, recipient) whose copy says something else than the report does, computed afresh from all
    deliveries: gone, changed since, or restricted; without a correction that was received or whose duty lives."""
    sent = (
        Delivery.objects.exclude(evidence="recalled")
        .filter(~Q(report__gone="") | ~Q(report__restriction="") | Q(report_version__lt=F("report__version")))
        .order_by("report_id", "recipient_id", "report_version")
    )
    latest: dict[tuple[int, int], tuple[int, int, str, str]] = {}
    rows = sent.values_list(
        "report_id", "recipient_id", "report_version", "report__version", "report__gone", "report__restriction"
    )
    for report, recipient, version, stands, gone, restriction in rows.iterator():
        latest[report, recipient] = (version, stands, gone, restriction)
    for (report, recipient), (version, stands, gone, restriction) in latest.items():
        theirs = Correction.objects.filter(report=report, recipient=recipient).filter(
            Q(duty__isnull=True) | ~Q(receipt="") | Q(duty__ended_at__isnull=True)
        )
        newer = Delivery.objects.filter(report=report, recipient=recipient, report_version=stands)
        if gone:
            reached = theirs.filter(kind=gone).exists()
        else:
            kinds = ("corrected", "parted")
            reached = version >= stands or theirs.filter(kind__in=kinds, version=stands).exists() or (
                newer.exclude(evidence="recalled").exists() and not _read_before(report, recipient, stands)
            )  # fmt: skip
            if restriction:
                reached = reached and theirs.filter(kind="restricted").exists()
        if not reached:
            yield report, recipient


def _read_before(report: int, recipient: int, version: int) -> bool:
    earlier = Delivery.objects.filter(report=report, recipient=recipient, report_version__lt=version)
    return earlier.exclude(evidence__in=("recalled", "queued", "delivered")).exists()


def receipts_of(report: Report) -> list[tuple[Correction, Service | None]]:
    """What became of each copy, for the service that owns the report: whose it is, where that may be said."""
    rows = Correction.objects.filter(report=report).select_related("recipient", "duty", "delivery__duty")
    return [(row, None if row.delivery.duty.discreet else row.recipient) for row in rows.order_by("asked_at", "id")]
