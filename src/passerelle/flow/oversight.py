"""Oversight's seat: its one act, to order a decision; and its samples, drawn so that nobody chose them."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from passerelle.duty import KINDS
from passerelle.errors import Refused
from passerelle.flow import duties, ledger_lines, rungs
from passerelle.flow.acknowledge import locked_duty
from passerelle.flow.facts import NotThere, allow, duty_facts
from passerelle.flow.ledger_lines import head, journal
from passerelle.ledger import canonical
from passerelle.ledger.events import DecisionOrdered, OfficerSeated, SampleDrawn, SampleExamined
from passerelle.policy import ladder, published
from passerelle.records.models import Duty, Grant, Officer, Order, Reading, Sample, SampleItem, Service, Withholding
from passerelle.records.models.oversight import FINDINGS, SAMPLE_KINDS
from passerelle.words import Sentence, noop, sentence

NO_SUCH_MONTH = sentence("This is no month; write it as 2026-03.")
REASON_WORDS_MIN = 3
SAMPLE_SIZE_MAX = 200
READS_AN_HOUR = 30
"""Who opens more different things than this within one hour reads more than a duty asks for: it is looked at."""
HASTY_REVIEW = timedelta(minutes=2)
"""A review that took less than this after the decision can hardly have looked at it."""
SAME_TWO_MIN = 5
"""Two persons who review only each other's withholdings, so many times, are looked at."""
UNUSED_AFTER = timedelta(days=90)

WHY_DRAWN: dict[str, str] = {
    "random": noop("drawn at random"),
    "many": noop("many different things within an hour"),
    "exception": noop("by an exception"),
    "sealed": noop("a sealed report"),
    "hasty": noop("reviewed within two minutes"),
    "same_two": noop("the same two persons each time"),
    "unjustified": noop("found not to be justified"),
}


class OversightOnly(Refused):
    """An act of oversight by somebody who has no seat there."""

    code = "oversight.only"


class OrderNeedsReason(Refused):
    """An order without a reason."""

    code = "oversight.reason_missing"


class WrongSample(Refused):
    """A sample of a kind, a size or an outcome that there is not."""

    code = "oversight.wrong_sample"


def order_decision(*, ref: str, officer: Officer, reason: str, now: datetime) -> Duty:
    """Oversight orders that a live duty be done: a pause ends, the head of the service (or the rung above, where it
    stands already) holds it, and it falls due within the time that rung has; then it climbs the moment it is late.

    What was withheld is ordered to be reviewed. Oversight never decides itself. Raises NotThere, NotAllowed,
    OrderNeedsReason, IllegalMove for a duty that has ended.
    """
    if len(reason.split()) < REASON_WORDS_MIN:
        raise OrderNeedsReason(sentence("An order needs a reason of a few words."))
    with journal(now) as lines:
        duty = locked_duty(ref, officer)
        allow(officer, "order_decision", duty_facts(duty))
        if duty.state == "withheld":
            review = Duty.objects.get(about=duty, kind="review", ended_at__isnull=True)
            duty = locked_duty(review.ref, officer)
        if duty.live and duty.level < rungs.HEAD:
            holder = rungs.holder_from(duty.service, rungs.HEAD, lines.now, excluding=duties.decider_of(duty))
            duty.level, duty.holder, duty.officer = holder.level, holder.service, holder.officer
        by = lines.now + ladder.shipped().intervals[duty.urgency]["head"]
        if duty.live:
            duty.due_at = min(duty.due_at or by, by)
            duty.next_event = "escalate" if duty.level < ladder.TOP else "remind"
            duty.next_event_at = duty.due_at if duty.due_at > lines.now else by
        duties.move(lines, duty, "order", by=officer, note=reason)
        order = Order.objects.create(duty=duty, reason=reason, ordered_by=officer, ordered_at=lines.now)
        lines.write(
            DecisionOrdered(
                order=order.ref,
                duty=duty.ref,
                by=officer.ref,
                commitment=canonical.commitment(bytes(order.salt), {"reason": reason}),
            )
        )
        says = sentence(
            "Oversight orders a decision within {hours} hours: {kind}. {reason}",
            hours=round((by - lines.now).total_seconds() / 3600),
            kind=Sentence(KINDS[duty.kind]),
            reason=reason,
        )
        assert duty.holder is not None
        duties.tell(lines, duty.holder, "ordered", says, duty=duty, officer=duty.officer)
        if duty.holder_id != duty.service_id or duty.officer is not None:
            duties.tell(lines, duty.service, "ordered", says, duty=duty)
    return duty


def draw_sample(*, kind: str, size: int, officer: Officer, now: datetime) -> Sample:
    """Draw `size` things of a kind that happened since the last sample of it, and whatever a rule of risk names.

    The draw orders all of them by SHA-256 of the root of the ledger and their reference, and takes the first: the root
    was fixed before anybody asked, so nobody can choose what oversight sees, and anybody with the export can draw
    again. Raises OversightOnly, WrongSample.
    """
    _is_oversight(officer)
    if kind not in SAMPLE_KINDS or not 1 <= size <= SAMPLE_SIZE_MAX:
        raise WrongSample(
            sentence(
                "A sample is of {kinds}, of 1 to {most} things.", kinds=", ".join(SAMPLE_KINDS), most=SAMPLE_SIZE_MAX
            )
        )
    with journal(now) as lines:
        count, root = head()
        last = Sample.objects.filter(kind=kind).order_by("-drawn_at", "-id").first()
        since = last.drawn_at if last is not None else None
        risky, things = _POPULATIONS[kind](since)
        drawn = dict.fromkeys(drawn_from(root, kind, things, size), "random")
        items = {**dict(list(risky.items())[:SAMPLE_SIZE_MAX]), **drawn}
        sample = Sample.objects.create(
            kind=kind,
            drawn_by=officer,
            drawn_at=lines.now,
            since=since,
            ledger_size=count,
            ledger_root=root,
            population=len(things),
        )
        SampleItem.objects.bulk_create(SampleItem(sample=sample, thing=thing, why=why) for thing, why in items.items())
        lines.write(
            SampleDrawn(
                sample=sample.ref,
                kind=kind,
                by=officer.ref,
                size=count,
                root=root,
                population=len(things),
                things=tuple(items),
            )
        )
    return sample


def drawn_from(root: str, kind: str, things: Iterable[str], size: int) -> list[str]:
    """The first `size` of these by the hash of the ledger's root and their reference."""
    return sorted(things, key=lambda thing: hashlib.sha256(f"{root}|{kind}|{thing}".encode()).digest())[:size]


def examine(*, ref: str, thing: str, outcome: str, note: str = "", officer: Officer, now: datetime) -> SampleItem:
    """Oversight looked at one thing of a sample: in order, or to be followed up (then with a note).

    Raises OversightOnly, NotThere, WrongSample.
    """
    _is_oversight(officer)
    if outcome not in FINDINGS or (outcome == "follow_up" and not note.strip()):
        raise WrongSample(
            sentence("Say “in_order”, or “follow_up” with a note of what is to be looked into."),
        )
    with journal(now) as lines:
        item = (
            SampleItem.objects.select_for_update(of=("self",))
            .select_related("sample")
            .filter(sample__ref=ref, thing=thing)
            .first()
        )
        if item is None:
            raise NotThere
        item.outcome, item.note, item.examined_by, item.examined_at = outcome, note, officer, lines.now
        item.save()
        lines.write(
            SampleExamined(
                sample=item.sample.ref,
                thing=thing,
                outcome=outcome,
                by=officer.ref,
                commitment=canonical.commitment(bytes(item.salt), {"note": note}),
            )
        )
    return item


def thing_of_reading(reading: Reading) -> str:
    """How a sample names one reading."""
    return f"reading-{reading.pk}"


def _reads(since: datetime | None) -> tuple[dict[str, str], list[str]]:
    rows = Reading.objects.exclude(officer__role="oversight").order_by("id")
    if since is not None:
        rows = rows.filter(read_at__gt=since)
    risky: dict[str, str] = {}
    things: list[str] = []
    sealed = set(_sealed_things())
    lately: dict[int, list[tuple[datetime, str]]] = {}
    for reading in rows.only("id", "officer_id", "thing", "purpose", "read_at").iterator():
        name = thing_of_reading(reading)
        things.append(name)
        window = [
            (at, thing) for at, thing in lately.get(reading.officer_id, []) if at > reading.read_at - timedelta(hours=1)
        ]
        window.append((reading.read_at, reading.thing))
        lately[reading.officer_id] = window
        if len({thing for _, thing in window}) > READS_AN_HOUR:
            risky[name] = "many"
        elif reading.purpose == "exception":
            risky[name] = "exception"
        elif reading.thing in sealed:
            risky[name] = "sealed"
    return risky, things


def _sealed_things() -> Iterable[str]:
    from passerelle.records.models import Report

    return Report.objects.filter(handling="sealed").values_list("ref", flat=True)


def _withholdings(since: datetime | None) -> tuple[dict[str, str], list[str]]:
    rows = list(Withholding.objects.order_by("id"))
    pairs = Counter(
        frozenset((row.decided_by_id, row.reviewed_by_id)) for row in rows if row.reviewed_by_id is not None
    )
    with_others = Counter(person for pair in pairs for person in pair)
    risky: dict[str, str] = {}
    things: list[str] = []
    for row in rows:
        if since is not None and max(row.decided_at, row.reviewed_at or row.decided_at) <= since:
            continue
        things.append(row.ref)
        pair = frozenset((row.decided_by_id, row.reviewed_by_id))
        if row.reviewed_at is not None and row.reviewed_at - row.decided_at < HASTY_REVIEW:
            risky[row.ref] = "hasty"
        elif pairs[pair] >= SAME_TWO_MIN and all(with_others[person] == 1 for person in pair):
            risky[row.ref] = "same_two"
    return risky, things


def _glass(since: datetime | None) -> tuple[dict[str, str], list[str]]:
    rows = Grant.objects.filter(kind="glass").order_by("id")
    if since is not None:
        rows = rows.filter(given_at__gt=since)
    found = list(rows)
    return {row.ref: "unjustified" for row in found if row.outcome == "unjustified"}, [row.ref for row in found]


_POPULATIONS = {"reads": _reads, "withholdings": _withholdings, "glass": _glass}


@dataclass(frozen=True, slots=True)
class Unused:
    """A seat whose officer has read and decided nothing for a long time: access that nobody needs is taken back."""

    officer: Officer
    last_read: datetime | None


def unused_access(*, now: datetime) -> list[Unused]:
    """Active officers who have had their seat and read nothing for ninety days, longest first."""
    from django.db.models import Max

    lately = ledger_lines.lines_since(now - UNUSED_AFTER, frozenset({OfficerSeated.__name__}))
    young = {line["facts"]["officer"] for line in lately}
    rows = (
        Officer.objects.filter(is_active=True)
        .exclude(role="administrator")
        .select_related("service")
        .annotate(last_read=Max("readings__read_at"))
        .order_by("last_read", "id")
    )
    return [
        Unused(officer=row, last_read=row.last_read)
        for row in rows
        if row.ref not in young and (row.last_read is None or row.last_read < now - UNUSED_AFTER)
    ]


@dataclass(frozen=True, slots=True)
class ServiceFigures:
    """What one service did in a month, each count with what it is out of. None where it is too small to show, or would
    give back one that is."""

    service: Service
    reports: int | None
    stricter: int | None
    duties: int | None
    late: int | None
    withheld: int | None
    upheld: int | None


def figures(*, month: tuple[int, int], now: datetime) -> list[ServiceFigures]:
    """By service, for a month that is over: reports filed and how many of them stricter than open; duties to pass on,
    how many were late when they ended or still are, withheld, and upheld.

    Only whole months that are past are told, so that no figure moves with a single filing. Raises WrongSample.
    """
    start, end = _month(month, now)
    services = list(Service.objects.order_by("name"))
    counted: list[dict[str, int]] = []
    own: list[list[Mapping[str, int]]] = []
    for service in services:
        filed = service.reports.filter(filed_at__gte=start, filed_at__lt=end)
        raised = Duty.objects.filter(service=service, kind="pass_on", raised_at__gte=start, raised_at__lt=end)
        kept = {
            "withheld": set(raised.filter(withholdings__isnull=False).values_list("pk", flat=True)),
            "upheld": set(raised.filter(withholdings__outcome="upheld").values_list("pk", flat=True)),
        }
        by_recipient: dict[int, Counter[str]] = defaultdict(Counter)
        for pk, recipient, due, ended in raised.values_list("pk", "recipient_id", "due_at", "ended_at"):
            into = by_recipient[recipient]
            into["duties"] += 1
            into["late"] += due is not None and (ended or end) > due
            for name, those in kept.items():
                into[name] += pk in those
        counted.append(
            {
                "reports": filed.count(), "stricter": filed.exclude(handling="open").count(),
                **{name: sum(one[name] for one in by_recipient.values()) for name in OWED},
            }
        )  # fmt: skip
        own.append(list(by_recipient.values()))
    shown = published.told(counted, PART_OF, own)
    return [ServiceFigures(service=service, **row) for service, row in zip(services, shown, strict=True)]


OWED = ("duties", "late", "withheld", "upheld")
"""The figures of which a recipient knows its own share: what it was owed it sees in its lists."""

PART_OF = {"stricter": "reports", "late": "duties", "withheld": "duties", "upheld": "withheld"}
"""Of which other figure a figure counts a part."""


def _month(month: tuple[int, int], now: datetime) -> tuple[datetime, datetime]:
    year, number = month
    start = datetime(year, number, 1, tzinfo=now.tzinfo)
    end = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=now.tzinfo)
    if end > now:
        raise WrongSample(
            sentence("The month {month} is not over.", month=f"{year}-{number:02}"),
            way_out=sentence("Figures are told for whole months that are past."),
        )
    return start, end


def _is_oversight(officer: Officer) -> None:
    if officer.role != "oversight":
        raise OversightOnly(sentence("Only oversight draws and examines samples."))
