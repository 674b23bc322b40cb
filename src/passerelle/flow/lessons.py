"""Where information waited in a month, read off one's own ledger, for those who may learn from it."""

from __future__ import annotations

from datetime import UTC, datetime

from passerelle.errors import Refused
from passerelle.flow import lessons_kept
from passerelle.flow.consult import read_as_operator
from passerelle.flow.facts import NotThere
from passerelle.policy import lessons as rule
from passerelle.records.models import Officer, Service
from passerelle.replay import live
from passerelle.replay.waiting import Span, Waits
from passerelle.words import sentence


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
    waits = _waits(year, number, now)
    found = live.lessons(waits, month=month, so_far=far, service=may.service, least=may.least)
    return found, may, names()


def for_operator(*, month: str, service: str, now: datetime, reason: str) -> tuple[Waits, bool]:
    """What the command line reads: the waits of a month and the one before, and whether the month still goes on. The
    reading is written down."""
    year, number = month_of(month, now)
    read_as_operator(thing=f"lessons-{month}", reason=reason, now=now)
    return _waits(year, number, now), Span.month(year, number).ends > now.timestamp()


def names() -> dict[str, str]:
    """How each service is called, by its key."""
    return dict(Service.objects.values_list("key", "name"))


def _waits(year: int, number: int, now: datetime) -> Waits:
    both = spans(year, number, now)
    return lessons_kept.waits((Span.month(year, number), both[1]), both[0].ends)
