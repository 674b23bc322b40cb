"""The lessons of months as far as the ledger was read for them: kept, read on, and made again where they do not fit."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.db import transaction

from passerelle.flow import ledger_lines
from passerelle.records import wall
from passerelle.records.models import Lesson, Match, Report, ReportVersion, Service
from passerelle.replay import waiting, waits_kept
from passerelle.replay.waiting import Reader, Span, Waits
from passerelle.replay.waits_kept import MonthRead

LINES_LEFT = 2_000
"""So many lines may be left to who opens the page; more are read by the worker."""

LINES_AT_ONCE = 20_000
"""So many lines of the ledger are passed in one turn of the worker: half a second of the processor at most."""

TOGETHER = 500
"""So many lines are read before the tables are asked about their reports."""

KINDS_READ = waiting.KINDS_READ - {"ReportFiled", "MatchFound"}
"""What these lines say of a report that a duty is about is asked of the tables, for those that have one."""

_NOTHING: MonthRead = ({}, {})


class Filed:
    """Reports and matches as the tables know them, asked for some lines at once."""

    def __init__(self) -> None:
        self._reports: dict[str, tuple[str, str, float]] = {}
        self._matches: dict[str, str] = {}

    def take(self, kind: str, facts: Mapping[str, Any], at: float) -> None:
        """Nothing: the tables know it."""

    def look_up(self, lines: list[Mapping[str, Any]]) -> None:
        """Ask for all that these lines raise duties about: always the same three questions, whatever they hold."""
        raised = [line["facts"] for line in lines if line["kind"] == "DutyRaised"]
        matches = {""} | {facts["match"] for facts in raised if not facts["report"]}
        sides = ("ref", "left__report__ref", "left__report__filed_at", "right__report__ref", "right__report__filed_at")
        self._matches = {}
        for ref, left, left_at, right, right_at in Match.objects.filter(ref__in=matches).values_list(*sides):
            there = [(at, report) for at, report in ((left_at, left), (right_at, right)) if report]
            if there:
                self._matches[ref] = max(there)[1]
        reports = {""} | {facts["report"] for facts in raised} | set(self._matches.values())
        said = dict(
            ReportVersion.objects.filter(number=1, report__ref__in=reports).values_list("report__ref", "language")
        )
        rows = Report.objects.filter(ref__in=reports).values_list("ref", "service__key", "filed_at")
        self._reports = {ref: (service, said.get(ref, ""), at.timestamp()) for ref, service, at in rows}

    def of(self, report: str, match: str, at: float) -> tuple[str, str, float]:
        """The report, or that of the match."""
        return self._reports.get(report or self._matches.get(match, "")) or ("", "", at)


class _Reading:
    """The ledger being read: from where it was left, or from its first line. `over`: months that ended meanwhile, each
    with the lines that were read by then and the text that is kept of it."""

    def __init__(self, *, afresh: bool = False) -> None:
        self.filed = Filed()
        self.row: Lesson | None = None
        self.reader: Reader | None = None
        self.place, self.leaf = 0, ""
        self.over: dict[str, tuple[MonthRead, int, str]] = {}
        last = None if afresh else _newest()
        if last is not None:
            self.reader = waits_kept.reader_of(last.found, self.filed)
        if last is not None and self.reader is not None:
            self.row, self.place, self.leaf = last, last.place, last.leaf

    def read(self, size: int) -> None:
        """Read on, up to the line before the place `size`."""
        if size <= self.place:
            return
        texts = ledger_lines.entries_between(KINDS_READ, self.place, size)
        lines = (line for line in map(waiting.entry_of, texts) if line is not None)
        while some := list(islice(lines, TOGETHER)):
            self.filed.look_up(some)
            for line in some:
                self._take(line)
        self.place, self.leaf = size, ledger_lines.leaf_at(size - 1)

    def _take(self, line: Mapping[str, Any]) -> None:
        at = waiting.seconds(line["at"])
        if self.reader is None:
            self.reader = Reader(self.filed, _month_at(at), languages=_languages())
        while at >= self.reader.span.ends:
            self.end()
        self.reader.take(line, at)

    def end(self) -> None:
        """The month that is read is over."""
        assert self.reader is not None
        over = self.reader.span
        found = self.reader.end(_month_at(over.ends))
        lines = self.reader.lines
        self.over[name_of(over)] = (found, lines, waits_kept.month_text(found, self.reader.languages, lines))


def _newest() -> Lesson | None:
    """The month that goes on, if what was kept is of this ledger."""
    last = Lesson.objects.order_by("-month").first()
    fits = last is not None and ledger_lines.leaf_at(last.place - 1) == last.leaf
    return last if fits else None


def differences() -> list[str]:
    """The months of which something else is kept than the ledger tells, when it is read again from its first line as
    far as was read. None where what is kept is of another ledger: then it is made again by the next turn."""
    last = _newest()
    if last is None:
        return []
    again = _Reading(afresh=True)
    again.read(last.place)
    said = {name: text for name, (_, _, text) in again.over.items()}
    if again.reader is not None:
        said[name_of(again.reader.span)] = waits_kept.reader_text(again.reader)
    kept = dict(Lesson.objects.values_list("month", "found"))
    return sorted(month for month in kept.keys() | said.keys() if kept.get(month) != said.get(month))


def name_of(month: Span) -> str:
    """As 2026-10."""
    return f"{datetime.fromtimestamp(month.begins, UTC):%Y-%m}"


@wall.as_house()
def waits(months: tuple[Span, ...], until: float) -> Waits:
    """What the ledger tells of these months, the last as far as `until` (seconds since 1970): from what was kept, and
    from the lines since. Nothing is written."""
    wanted = {name_of(month): month for month in months}
    fits = _newest() is not None
    kept = {
        row.month: told
        for row in Lesson.objects.filter(month__in=wanted, leaf="")
        if fits and (told := waits_kept.month_of(row.found)) is not None
    }
    if kept.keys() == wanted.keys():
        told = kept[name_of(months[0])]
        return _as_waits([kept[name][0] for name in wanted], told[1], told[2])
    reading = _Reading()
    reading.read(ledger_lines.head()[0])
    reader = reading.reader
    last = max(months, key=lambda month: month.ends)
    while reader is not None and reader.span.ends <= last.begins:
        reading.end()
    if reader is not None and reader.span == last:
        reader.span = Span(last.begins, min(last.ends, until))
        found = reader.end(_month_at(last.ends))
        reading.over[name_of(last)] = (found, reader.lines, "")
    each = [
        reading.over[name][0] if name in reading.over else kept[name][0] if name in kept else _NOTHING
        for name in wanted
    ]  # fmt: skip
    name = name_of(last)
    lines = reading.over[name][1] if name in reading.over else kept[name][2] if name in kept else 0
    return _as_waits(each, {} if reader is None else reader.languages, lines)


@wall.as_house()
def read_on(*, lines_left: int | None = None, lines_at_once: int = LINES_AT_ONCE) -> bool:
    """Read some lines on, where many wait, and keep what they say; whether more are left. Two workers that read the
    same keep it once; what was kept of another ledger (a backup that was played back) goes, and is made again."""
    size = ledger_lines.head()[0]
    lines_left = LINES_LEFT if lines_left is None else lines_left
    last = _newest()
    if size - (0 if last is None else last.place) < lines_left and (last is not None or not Lesson.objects.exists()):
        return False
    reading = _Reading()
    began = reading.place
    reading.read(min(size, began + lines_at_once))
    if reading.reader is None:
        return False
    with transaction.atomic():
        if reading.row is None:
            Lesson.objects.all().delete()
        else:
            there = Lesson.objects.select_for_update().filter(pk=reading.row.pk, place=began, leaf=reading.row.leaf)
            if there.first() is None:
                return False  # another worker was first
            reading.row.delete()
        rows = [
            Lesson(month=over, place=reading.place, leaf="", found=text) for over, (_, _, text) in reading.over.items()
        ]
        goes_on = waits_kept.reader_text(reading.reader)
        month = name_of(reading.reader.span)
        rows.append(Lesson(month=month, place=reading.place, leaf=reading.leaf, found=goes_on))
        Lesson.objects.bulk_create(rows, ignore_conflicts=True)
    return size > reading.place


def _month_at(seconds: float) -> Span:
    moment = datetime.fromtimestamp(seconds, UTC)
    return Span.month(moment.year, moment.month)


def _languages() -> dict[str, list[str]]:
    return dict(Service.objects.values_list("key", "languages"))


def _as_waits(each: list[MonthRead], languages: Mapping[str, frozenset[str]], lines: int) -> Waits:
    sums = tuple(found[0] for found in each)
    lay: tuple[dict[str, array[float]], ...] = tuple(found[1] for found in each)
    known = {key: frozenset(those) for key, those in _languages().items()} | dict(languages)
    return Waits(sums, lay, known, lines)
