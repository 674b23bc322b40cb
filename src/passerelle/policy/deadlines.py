"""By when a duty must be done: of all clocks the law sets it, the one that runs out first."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from passerelle.policy import calendar as calendars
from passerelle.policy.calendar import Calendar
from passerelle.policy.facts import DUTY_KINDS, SERVICE_KINDS, URGENCIES, check_word
from passerelle.policy.tables import DATA_FOLDER, Given, knows, read, rows, set_here, wrong
from passerelle.words import Sentence, noop, sentence

UNITS = ("minutes", "hours", "days", "working_days")
LONGEST = {"minutes": 1440, "hours": 8784, "days": 366, "working_days": 260}
"""So much at most: what is due later than in a year is due never, and no calendar needs to be counted to the end."""

STANDING_WORDS: dict[str, str] = {"binding": noop("binding"), "borrowed": noop("borrowed")}


@dataclass(frozen=True, slots=True)
class DeadlineRow:
    """One clock; an empty set fits everything. `count` of `unit`; `at_once` is so many minutes."""

    id: str
    duties: frozenset[str]
    urgencies: frozenset[str]
    themes: frozenset[str]
    recipients: frozenset[str]
    count: int
    unit: str
    at_once: bool
    measured: bool
    source: str
    standing: str

    def fits(self, kind: str, urgency: str, themes: frozenset[str], recipient_kind: str) -> bool:
        """Does this clock run for this duty?"""
        return (
            kind in self.duties
            and (not self.urgencies or urgency in self.urgencies)
            and (not self.themes or bool(self.themes & themes))
            and (not self.recipients or recipient_kind in self.recipients)
        )

    def due_after(self, moment: datetime, calendar: Calendar) -> datetime:
        """When it runs out, in UTC, if it starts at `moment`.

        Hours and days (of 24 hours) count from the moment itself, which is never later than Regulation (EEC, Euratom)
        No 1182/71, Art. 3, would count them.
        """
        if self.unit == "working_days":
            return calendar.after_working_days(moment, self.count)
        return moment.astimezone(UTC) + timedelta(**{self.unit: self.count})

    def says(self) -> Sentence:
        """The period in words."""
        if self.at_once:
            return sentence("at once (measured as {count} minutes)", count=self.count)
        if self.unit == "minutes":
            return sentence("within {count} minutes", count=self.count)
        if self.unit == "hours":
            return sentence("within {count} hours", count=self.count)
        if self.unit == "days":
            return sentence("within {count} days", count=self.count)
        if self.count == 1:
            return sentence("within one working day")
        return sentence("within {count} working days", count=self.count)


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a duty is due (UTC), by which row, and whether its source binds here or is borrowed."""

    row: str
    due_at: datetime
    source: str
    standing: str
    because: Sentence


def due(
    *,
    kind: str,
    urgency: str,
    themes: frozenset[str],
    recipient_kind: str,
    raised_at: datetime,
    calendar: Calendar | None = None,
    table: tuple[DeadlineRow, ...] | None = None,
) -> Deadline:
    """By when a duty of `kind` raised at `raised_at` (zone-aware) must be done.

    `recipient_kind` is the kind of service that is, or waits, to be told. Of the rows that fit, the one that runs out
    first decides, so that one more theme or a higher urgency never gives more time. Raises UnknownWord; a table without
    a row for a duty is a fault of ours.
    """
    check_word(kind, DUTY_KINDS, what="kind of duty")
    check_word(urgency, URGENCIES, what="urgency")
    check_word(recipient_kind, SERVICE_KINDS, what="kind of service")
    assert raised_at.tzinfo is not None, "raised_at must carry its zone"
    clocks = calendars.belgium() if calendar is None else calendar
    fitting = [
        (row.due_after(raised_at, clocks), row)
        for row in (in_force() if table is None else table)
        if row.fits(kind, urgency, themes, recipient_kind)
    ]
    if not fitting and table is None:  # a version approved before each duty had to have a row: no clock is missing
        rows = (row for row in shipped() if row.fits(kind, urgency, themes, recipient_kind))
        fitting = [(row.due_after(raised_at, clocks), row) for row in rows]
    assert fitting, f"the table of deadlines has no row for {kind}, {urgency}"
    due_at, row = min(fitting, key=lambda pair: pair[0])
    because = sentence(
        "Due {period}: {source} ({standing}).",
        period=row.says(), source=row.source, standing=Sentence(STANDING_WORDS[row.standing]),
    )  # fmt: skip
    return Deadline(row=row.id, due_at=due_at, source=row.source, standing=row.standing, because=because)


def urgency_of(
    *, danger_to_life: bool, directly_accessible: bool, themes: frozenset[str], asked_urgent: bool = False
) -> str:
    """The urgency of a report or a question, from what it says and what it is about, never from its title.

    Danger to life above all; else a theme that is urgent by the table (or a sender who says so) makes it urgent, and
    urgent with direct access where the holder need only look.
    """
    if danger_to_life:
        return "danger"
    if asked_urgent or themes & urgent_themes():
        return "urgent_direct" if directly_accessible else "urgent"
    return "normal"


@cache
def urgent_themes(path: Path = DATA_FOLDER / "themes.yaml") -> frozenset[str]:
    """The themes that are urgent by themselves."""
    found = rows(path, "themes", required={"says": str, "urgent": bool})
    return frozenset(row["id"] for row in found if row["urgent"])


@cache
def themes(path: Path = DATA_FOLDER / "themes.yaml") -> dict[str, Sentence]:
    """All themes a report or a task may have, each with its name."""
    return {row["id"]: Sentence(row["says"]) for row in rows(path, "themes", required={"says": str, "urgent": bool})}


@cache
def shipped() -> tuple[DeadlineRow, ...]:
    """The table that comes with Passerelle."""
    return load(DATA_FOLDER / "deadlines.yaml")


def in_force() -> tuple[DeadlineRow, ...]:
    """The table by which deadlines are set now: the installation's own, else the shipped one."""
    own: tuple[DeadlineRow, ...] | None = set_here("deadlines")
    return shipped() if own is None else own


def load(path: Given) -> tuple[DeadlineRow, ...]:
    """The table of deadlines in `path`. Raises WrongTable for a word or a period nobody knows."""
    at_once_minutes = read(path).get("at_once_minutes")
    if type(at_once_minutes) is not int or not 0 < at_once_minutes <= LONGEST["minutes"]:
        raise wrong(path, f"“at_once_minutes” must be a number from 1 to {LONGEST['minutes']}")
    lists = {
        "duties": frozenset(DUTY_KINDS), "urgencies": frozenset(URGENCIES), "themes": frozenset(themes()),
        "recipients": frozenset(SERVICE_KINDS),
    }  # fmt: skip
    found = []
    for row in rows(path, "rows", required={"duties": list, "period": (dict, str)}):
        for key, known in lists.items():
            given = row.get(key, [])
            if not isinstance(given, list) or (key in row and not given) or not knows(known, given):
                raise wrong(path, f"row {row['id']} has a word under “{key}” that policy does not know")
        unit, count = _period(path, row, at_once_minutes)
        found.append(
            DeadlineRow(
                id=row["id"],
                duties=frozenset(row["duties"]),
                urgencies=frozenset(row.get("urgencies", ())),
                themes=frozenset(row.get("themes", ())),
                recipients=frozenset(row.get("recipients", ())),
                count=count,
                unit=unit,
                at_once=row["period"] == "at_once",
                measured=bool(row.get("measured", False)),
                source=row["source"],
                standing=row["standing"],
            )
        )
    return tuple(found)


def _period(path: Given, row: dict[str, Any], at_once_minutes: int) -> tuple[str, int]:
    period = row["period"]
    if period == "at_once":
        return "minutes", at_once_minutes
    if isinstance(period, dict) and len(period) == 1:
        ((unit, count),) = period.items()
        if unit in UNITS and type(count) is int and 0 < count <= LONGEST[unit]:
            return unit, count
    longest = ", ".join(f"{unit} (up to {LONGEST[unit]})" for unit in UNITS)
    raise wrong(path, f"row {row['id']} has a period that is neither at_once nor one of {longest}")


def whole(path: Given) -> tuple[DeadlineRow, ...]:
    """A table by which a house can work: the same, and every duty that can arise has a row. Raises WrongTable."""
    table = load(path)
    for kind, urgency, waits in itertools.product(DUTY_KINDS, URGENCIES, SERVICE_KINDS):
        if not any(row.fits(kind, urgency, frozenset(), waits) for row in table):
            raise wrong(path, f"no row says by when {kind} is due ({urgency}, for {waits}, without a theme)")
    return table
