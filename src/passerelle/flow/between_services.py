"""What flowed between services in a month: owed, on time, late, and how long; with the languages of both sides.

Who leads a service sees its own cells; oversight sees all; whoever else asks sees no small count.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from statistics import median

from django.db.models import F, QuerySet

from passerelle.errors import Refused
from passerelle.flow import oversight
from passerelle.flow.facts import NotThere
from passerelle.policy import published
from passerelle.policy.facts import DESK_ROLES
from passerelle.policy.published import SMALL_NUMBER
from passerelle.records import visibility, wall
from passerelle.records.models import Delivery, Duty, Officer, ReportVersion, Service
from passerelle.words import sentence

SEES_OWN = ("supervisor", "head")
"""Who leads a service sees what it owes and what it was told."""

UNNAMED = ""
"""The key of whoever may not be named: a service with a lawful interest."""

_AT_ONCE = 5_000

Key = tuple[int, int, str]
"""Sender, recipient (0: may not be named) and language."""


class NoSuchMonth(Refused):
    """A month that cannot be read, or that is not over for who asks."""

    code = "flow.no_such_month"


@dataclass(slots=True)
class Counts:
    """Tellings owed and how they ended; then what was told, and when it was acknowledged. Hours are those between
    raised and ended, and between delivered and acknowledged; of each the median is said."""

    owed: int = 0
    on_time: int = 0
    late: int = 0
    told: int = 0
    acknowledged: int = 0
    hours_owed: list[float] = field(default_factory=list)
    hours_read: list[float] = field(default_factory=list)

    @property
    def running(self) -> int:
        """Not ended, and not late."""
        return self.owed - self.on_time - self.late

    @property
    def hours(self) -> float | None:
        """The median of hours until a telling that was owed ended."""
        return round(median(self.hours_owed), 1) if self.hours_owed else None

    @property
    def hours_until_read(self) -> float | None:
        """The median of hours until what was told was acknowledged."""
        return round(median(self.hours_read), 1) if self.hours_read else None

    def too_small(self) -> bool:
        """Whether these counts would say something about single cases: of what was owed, or of what was told."""
        return 0 < self.owed < SMALL_NUMBER or 0 < self.told < SMALL_NUMBER

    def small_within(self) -> bool:
        """Whether a part of what was owed or told, or what is left beside it, is so few that it says something about
        single cases: on time, late, running, acknowledged."""
        parts = [(self.owed, one) for one in (self.on_time, self.late, self.running)]
        parts.append((self.told, self.acknowledged))
        return any(0 < few < SMALL_NUMBER for whole, part in parts for few in (part, whole - part))

    def without_few_hours(self) -> Counts:
        """The same without a median of so few that it would be the time of single cases."""
        owed, read = (hours if len(hours) >= SMALL_NUMBER else [] for hours in (self.hours_owed, self.hours_read))
        return replace(self, hours_owed=owed, hours_read=read)


@dataclass(slots=True)
class Cell:
    """What one service owed another in one language (empty where the reader may not know it). `recipient` is None for
    a service that may not be named. `gap`: nobody at the recipient's desk reads that language."""

    sender: Service
    recipient: Service | None
    language: str
    reads: tuple[str, ...]
    gap: bool
    counts: Counts
    shown: bool = True
    clock_shown: bool = True
    """Whether it is told, too, how many were on time and late, acknowledged, and within how many hours."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A month of it. `languages`: by language of what was told, and whether the recipient's desk reads it; sums of the
    cells that are shown, so that no subtraction tells of one that is not."""

    month: str
    over: bool
    cells: Sequence[Cell]
    languages: Sequence[tuple[str, bool, Counts]]


def month_in(text: str) -> tuple[int, int]:
    """A month as 2026-10. Raises NoSuchMonth."""
    year, _, number = text.partition("-")
    if len(year) == 4 and year.isdecimal() and number.isdecimal() and 1 <= int(number) <= 12 and int(year) >= 2000:
        return int(year), int(number)
    raise NoSuchMonth(sentence("“{month}” is no month.", month=text), way_out=sentence("Write it as 2026-10."))


def span_of(month: tuple[int, int]) -> tuple[datetime, datetime]:
    """The first moment of a month and of the next, in UTC. Raises NoSuchMonth for one that no clock reaches."""
    year, number = month
    if year >= 9999:
        raise NoSuchMonth(sentence("“{month}” is no month.", month=f"{year}-{number:02}"))
    return datetime(year, number, 1, tzinfo=UTC), datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC)


def between(*, month: tuple[int, int], officer: Officer | None, now: datetime) -> Flow:
    """What flowed in a month, as this reader may know it; without a reader as anybody may: whole months that are over,
    and no small numbers. Raises NotThere for a seat that does not see it, NoSuchMonth."""
    start, end = span_of(month)
    said = f"{month[0]}-{month[1]:02}"
    if start > now or (officer is None and end > now):
        raise NoSuchMonth(
            sentence("The month {month} is not over.", month=said),
            way_out=sentence("Figures for everybody are told for whole months that are past."),
        )
    if officer is not None and officer.role not in (*SEES_OWN, "oversight"):
        raise NotThere
    owed = Duty.objects.all() if officer is None else visibility.duties(officer)
    told = Delivery.objects.all() if officer is None else visibility.deliveries(officer)
    owed = owed.filter(kind="pass_on", raised_at__gte=start, raised_at__lt=end).order_by()
    told = told.exclude(form="pointer").exclude(evidence="recalled")
    told = told.filter(delivered_at__gte=start, delivered_at__lt=end).order_by()
    mine = officer.service_id if officer is not None and officer.role in SEES_OWN else None
    if mine is not None:
        owed = owed.filter(service=mine) | owed.filter(recipient=mine)
    by_cell = _counted(owed, told, mine, named=officer is not None and officer.role == "oversight", until=min(end, now))
    services = Service.objects.in_bulk()
    reads = languages_read()
    cells = [
        Cell(
            sender=services[sender],
            recipient=services[recipient] if recipient else None,
            language=language,
            reads=tuple(sorted(reads[recipient])) if recipient else (),
            gap=bool(language and recipient) and language not in reads[recipient],
            counts=counts if officer is not None else counts.without_few_hours(),
        )
        for (sender, recipient, language), counts in by_cell.items()
    ]
    if officer is None:
        truly = _counted(owed, told, None, named=True, until=min(end, now))
        _hide_small(cells, truly, oversight.figures(month=month, now=now))
    cells.sort(key=lambda one: (one.sender.name, one.recipient.name if one.recipient else "", one.language))
    return Flow(month=said, over=end <= now, cells=cells, languages=_by_language(cells))


def _hide_small(
    cells: Iterable[Cell], truly: Mapping[Key, Counts], figures: Iterable[oversight.ServiceFigures]
) -> None:
    """What is told to everybody here and the figures by service are one table: no cell is told from which, with those
    figures and with what one service sees of its own, a small number would be found again. What goes to services that
    may not be named is never told: one of them could subtract its own. `truly`: the counts by who it really was."""
    wholes = {one.service.pk: one for one in figures}
    by_sender: dict[int, list[Cell]] = defaultdict(list)
    for cell in cells:
        by_sender[cell.sender.pk].append(cell)
    for sender, theirs in by_sender.items():
        whole = wholes[sender]
        small = {number for number, cell in enumerate(theirs) if cell.recipient is None or cell.counts.too_small()}
        owed = [_owed(cell.counts) for cell in theirs]
        hidden = published.parts_hidden(owed, small, whole.duties is not None, _known(theirs, truly, _owed))
        few = hidden | {number for number, cell in enumerate(theirs) if cell.counts.small_within()}
        clock = [_clock(cell.counts) for cell in theirs]
        timed = published.parts_hidden(clock, few, whole.late is not None, _known(theirs, truly, _clock))
        for number, cell in enumerate(theirs):
            cell.shown, cell.clock_shown = number not in hidden, number not in hidden | timed


def _owed(counts: Counts) -> dict[str, int]:
    return {"owed": counts.owed}


def _clock(counts: Counts) -> dict[str, int]:
    return {"late": counts.late, "not_late": counts.owed - counts.late}


def _known(
    cells: Sequence[Cell], truly: Mapping[Key, Counts], of: Callable[[Counts], dict[str, int]]
) -> list[dict[int, dict[str, int]]]:
    """For each recipient of one sender what it knows of these cells: its own, and of those of nobody named its part."""
    places = {(one.recipient.pk if one.recipient else 0, one.language): place for place, one in enumerate(cells)}
    found: dict[int, dict[int, dict[str, int]]] = defaultdict(dict)
    for (sender, recipient, language), counts in truly.items():
        if sender != cells[0].sender.pk:
            continue
        place, mine = places.get((recipient, language)), of(counts)
        if place is not None:
            found[recipient][place] = of(cells[place].counts)
            mine = {name: count - found[recipient][place][name] for name, count in mine.items()}
        if any(mine.values()):
            found[recipient][places[0, language]] = mine
    return list(found.values())


def _counted(
    owed: QuerySet[Duty], told: QuerySet[Delivery], mine: int | None, *, named: bool, until: datetime
) -> dict[Key, Counts]:
    """By sender, recipient (0: may not be named) and language."""
    rows = list(
        owed.values_list("service_id", "recipient_id", "report_id", "discreet", "raised_at", "due_at", "ended_at")
    )
    got = list(told.values_list("sender_id", "recipient_id", "report_id", "delivered_at", "acknowledged_at", "duty_id"))
    quiet = set(Duty.objects.filter(pk__in=[row[5] for row in got], discreet=True).values_list("pk", flat=True))
    heard = {(report, recipient) for _, recipient, report, *_ in got}
    wanted = {row[2] for row in rows if mine is None or row[0] == mine or (row[2], mine) in heard}
    wanted |= {row[2] for row in got}
    said = _languages(one for one in wanted if one is not None)
    found: dict[Key, Counts] = defaultdict(Counts)

    def to(recipient: int, discreet: bool) -> int:
        return 0 if discreet and not named and recipient != mine else recipient

    for sender, recipient, report, discreet, raised_at, due_at, ended_at in rows:
        if recipient is None:
            continue
        counts = found[sender, to(recipient, discreet), said.get(report, "")]
        counts.owed += 1
        if due_at is not None and min(ended_at or until, until) > due_at:
            counts.late += 1
        elif ended_at is not None and ended_at <= until:
            counts.on_time += 1
        if ended_at is not None:
            counts.hours_owed.append((ended_at - raised_at).total_seconds() / 3600)
    for sender, recipient, report, delivered_at, acknowledged_at, duty in got:
        counts = found[sender, to(recipient, duty in quiet), said.get(report, "")]
        counts.told += 1
        if acknowledged_at is not None:
            counts.acknowledged += 1
            counts.hours_read.append((acknowledged_at - delivered_at).total_seconds() / 3600)
    return dict(found)


def _languages(reports: Iterable[int]) -> dict[int, str]:
    """The language of each of these reports, which their reader filed or was told."""
    keys, found = sorted(set(reports)), {}
    with wall.as_house():
        for start in range(0, len(keys), _AT_ONCE):
            rows = ReportVersion.objects.filter(report__in=keys[start : start + _AT_ONCE], number=F("report__version"))
            found.update(rows.order_by().values_list("report_id", "language"))
    return found


def languages_read() -> dict[int, frozenset[str]]:
    """By service: the languages it works in, and those that who acts for its desk reads."""
    found = {service.pk: set(service.languages) for service in Service.objects.all()}
    seats = Officer.objects.filter(is_active=True, role__in=DESK_ROLES).values_list("service_id", "languages_read")
    for service, read in seats:
        found[service] |= set(read)
    return {service: frozenset(read) for service, read in found.items()}


def _by_language(cells: Iterable[Cell]) -> list[tuple[str, bool, Counts]]:
    found: dict[tuple[str, bool], Counts] = defaultdict(Counts)
    for cell in cells:
        if cell.shown and cell.clock_shown and cell.language and cell.recipient is not None:
            into = found[cell.language, not cell.gap]
            for name in ("owed", "on_time", "late", "told", "acknowledged"):
                setattr(into, name, getattr(into, name) + getattr(cell.counts, name))
            into.hours_owed += cell.counts.hours_owed
            into.hours_read += cell.counts.hours_read
    return [
        (language, read, counts)
        for (language, read), counts in sorted(found.items(), key=lambda one: (one[0][0], not one[0][1]))
    ]


COLUMNS = (
    "month", "sender", "recipient", "language", "recipient_reads", "language_gap", "owed", "on_time", "late", "running",
    "median_hours", "told", "acknowledged", "median_hours_until_acknowledged",
)  # fmt: skip


def as_rows(flow: Flow) -> list[dict[str, object]]:
    """Each cell as a plain row, by the names of `COLUMNS`; None for what is too small to show."""
    found: list[dict[str, object]] = []
    for cell in flow.cells:
        counts = cell.counts
        numbers: tuple[object, ...] = (
            counts.owed, counts.on_time, counts.late, counts.running, counts.hours,
            counts.told, counts.acknowledged, counts.hours_until_read,
        )  # fmt: skip
        if not cell.shown:
            numbers = (None,) * len(numbers)
        elif not cell.clock_shown:
            numbers = (counts.owed, None, None, None, None, counts.told, None, None)
        recipient = cell.recipient.key if cell.recipient is not None else UNNAMED
        said = (flow.month, cell.sender.key, recipient, cell.language, " ".join(cell.reads), cell.gap)
        found.append(dict(zip(COLUMNS, (*said, *numbers), strict=True)))
    return found


def as_csv(flow: Flow) -> str:
    """The same rows as CSV with a header."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in as_rows(flow):
        writer.writerow({name: "" if value is None else value for name, value in row.items()})
    return out.getvalue()
