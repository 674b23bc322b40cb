"""A list in pages: so many rows, which of how many they are, and the way to the others. Nothing is cut in silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from passerelle.records import wall

ROWS = 60
"""So many rows of a list stand on one page."""

PAGES_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list: its rows, how many there are in all, and its number, from 1. `name` is what the address calls
    it, so that several lists of one page turn by themselves."""

    rows: Sequence[Any]
    total: int
    number: int
    name: str
    rest: str = ""
    size: int = ROWS

    def __bool__(self) -> bool:
        return bool(self.total)

    @property
    def first(self) -> int:
        """The number of its first row, from 1."""
        return (self.number - 1) * self.size + 1

    @property
    def last(self) -> int:
        """The number of its last row."""
        return self.first + len(self.rows) - 1

    @property
    def before(self) -> int:
        """The number of the page before; nought for none."""
        return self.number - 1

    @property
    def after(self) -> int:
        """The number of the page after; nought for none."""
        return self.number + 1 if self.last < self.total else 0

    @property
    def whole(self) -> bool:
        """Whether all rows stand on this page."""
        return len(self.rows) == self.total


def number_in(request: HttpRequest, name: str) -> int:
    """Which page the address asks for; the first where it says none, or nonsense."""
    said = request.GET.get(name, "")
    return min(int(said), PAGES_MAX) if said.isascii() and said.isdigit() and 0 < len(said) < 6 and int(said) else 1


def listed(
    found: QuerySet[Any], number: int, name: str, *related: str, rest: str = "", size: int = ROWS
) -> Listed:
    """A page of an ordered query, each row with what is shown beside it. It counts only what does not fit on a page; a
    page that is no longer there is the last one."""
    while True:
        start = (number - 1) * size
        rows: list[Any] = wall.with_relations(found[start : start + size + 1], *related)
        total = start + len(rows) if len(rows) <= size and (rows or number == 1) else found.count()
        if rows or number == 1 or not total:
            return Listed(rows[:size], total, number if rows else 1, name, rest, size)
        number = (total - 1) // size + 1
