"""Where information waited in a month, read off one's own ledger, for those who may learn from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from passerelle.errors import Refused
from passerelle.flow import ledger_lines
from passerelle.flow.consult import read_as_operator
from passerelle.flow.facts import NotThere
from passerelle.policy import lessons as rule
from passerelle.records.models import Officer, ReportVersion, Service
from passerelle.replay import live, waiting
from passerelle.replay.waiting import Span, Waits
from passerelle.words import sentence

MONTHS_KEPT = 6

_kept: dict[str, dict[tuple[str, str], Waits]] = {}
"""By service of the reader: what was read off months that are over, by the month and the last line before its end;
later lines change nothing of it. In this process alone. Of each service for itself: what a page takes tells nobody
whether another service, or oversight, has looked at that month."""


class NoSuchMonth(Refused):
    """Something that is no month, or one that has not begun."""

    code = "lessons.no_such_month"


def month_of(text: str, now: datetime) -> tuple[int, int]:
    """The year and the number of a month written `2026-10`. Raises NoSuchMonth for anything else, and later ones."""
    year, dash, number = text.partition("-")
    right = dash and len(year) == 4 and year.isascii() and year.isdigit() and number.isascii() and number.isdigit()
    if not right or not 1 <= int(number) <= 12 or len(number) != 2 or int(year) < 2000:
        raise NoSuchMonth(sentence("“{typed}” is no month.", typed=text[:20]), way_out=_WRITE_IT)
    if (int(year), int(number)) > (now.astimezone(UTC).year, now.astimezone(UTC).month):
        raise NoSuchMonth(sentence("The month {month} has not begun.", month=text), way_out=_WRITE_IT)
    return int(year), int(number)


_WRITE_IT = sentence("Write one that is over, or this one, as 2026-03.")


def spans(year: int, number: int, now: datetime) -> tuple[Span, Span]:
    """The month, as far as it has gone, and the one before it."""
    month = Span.month(year, number)
    past = Span.month(year - (number == 1), 12 if number == 1 else number - 1)
    return Span(month.begins, min(month.ends, now.timestamp())), past


def for_officer(*, officer: Officer, month: str, now: datetime) -> tuple[live.Lessons, rule.Whose, dict[str, str]]:
    """The lessons of a month, so far where it goes on, as far as this officer may read them; whose they are; names of
    services. Whoever reads them sees each duty that is counted in a list of their own.

    Raises NotThere for those to whom they say nothing, NoSuchMonth for a month that has not begun.
    """
    may = rule.whose(role=officer.role, service=officer.service.key)
    if may is None:
        raise NotThere
    year, number = month_of(month, now)
    far = Span.month(year, number).ends > now.timestamp()
    waits = _waits(year, number, now, reader=officer.service.key)
    found = live.lessons(waits, month=month, so_far=far, service=may.service, least=may.least)
    return found, may, names()


def for_operator(*, month: str, service: str, now: datetime, reason: str) -> tuple[Waits, bool]:
    """What the command line reads: the waits of a month and the one before, and whether the month still goes on. The
    reading is written down."""
    year, number = month_of(month, now)
    read_as_operator(thing=f"lessons-{month}", reason=reason, now=now)
    return _waits(year, number, now, reader=""), Span.month(year, number).ends > now.timestamp()


def names() -> dict[str, str]:
    """How each service is called, by its key."""
    return dict(Service.objects.values_list("key", "name"))


def forget() -> None:
    """What is kept in this process goes: the next reading of each service reads the ledger, as the first one did."""
    _kept.clear()


def _waits(year: int, number: int, now: datetime, *, reader: str) -> Waits:
    both = spans(year, number, now)
    if both[0].ends < Span.month(year, number).ends:
        return _read(both)
    kept = _kept.setdefault(reader, {})
    key = (f"{year}-{number:02}", ledger_lines.last_before(datetime.fromtimestamp(both[0].ends, UTC)))
    if key not in kept:
        while len(kept) >= MONTHS_KEPT:
            kept.pop(next(iter(kept)))
        kept[key] = _read(both)
    return kept[key]


def _read(both: tuple[Span, Span]) -> Waits:
    reports = ReportVersion.objects.filter(number=1).values_list("report__ref", "language")
    known = {key: tuple(those) for key, those in Service.objects.values_list("key", "languages")}
    return waiting.read(_lines(), both, reports=_Said(reports), languages=known)


class _Said(dict[str, str]):
    """Languages of reports by reference, asked of the tables only when a line does not say it."""

    def __init__(self, rows: Any) -> None:
        super().__init__()
        self.rows, self.asked = rows, False

    def get(self, key: str, default: str = "") -> str:  # type: ignore[override]  # a narrower default, on purpose
        if not self.asked:
            self.asked = True
            self.update(dict(self.rows.iterator(chunk_size=5000)))
        return super().get(key, default)


def _lines() -> Iterator[Mapping[str, Any]]:
    for entry in ledger_lines.entries_of(waiting.KINDS_READ):
        line = waiting.entry_of(entry)
        if line is not None:
            yield line
