"""When it is looked at again whether a report is kept, stays stricter or restricted; and why one may be restricted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from passerelle.errors import Refused
from passerelle.policy.facts import CATEGORIES
from passerelle.policy.tables import DATA_FOLDER, rows, wrong
from passerelle.words import Day, Sentence, sentence

_PATH = DATA_FOLDER / "retention.yaml"
_RESTRICTIONS = DATA_FOLDER / "restrictions.yaml"


class RestrictionUnknown(Refused):
    """No reason for which the use of a report is restricted."""

    code = "restriction.unknown"


class ReviewDayWrong(Refused):
    """A day on which something is looked at again that is past, or too far away."""

    code = "review.day_wrong"


@dataclass(frozen=True, slots=True)
class RetentionRow:
    """One time limit, in years from the day a report was filed or last looked at; an empty set fits everything."""

    id: str
    categories: frozenset[str]
    assessment: bool
    years: int
    says: Sentence
    source: str
    standing: str


@cache
def table(path: Path = _PATH) -> tuple[RetentionRow, ...]:
    """The table, in its order. Raises WrongTable; its last row fits everything."""
    found = []
    for row in rows(path, "rows", required={"years": int, "says": str}):
        if not set(row.get("categories", ())) <= set(CATEGORIES) or row["years"] < 1:
            raise wrong(path, f"row {row['id']} has a category or a number of years that policy does not know")
        found.append(
            RetentionRow(
                row["id"],
                frozenset(row.get("categories", ())),
                bool(row.get("assessment", False)),
                row["years"],
                Sentence(row["says"]),
                row["source"],
                row["standing"],
            )
        )
    if found[-1].categories or found[-1].assessment:
        raise wrong(path, "its last row must fit every report")
    return tuple(found)


def looked_at_again(categories: Iterable[str], *, assessment: bool, since: date) -> tuple[date, RetentionRow]:
    """The day on which somebody says whether a report is kept, and the row that sets it."""
    about = frozenset(categories)
    fitting = [
        row for row in table() if (not row.categories or row.categories & about) and (assessment or not row.assessment)
    ]
    row = min(fitting, key=lambda one: one.years)
    return years_later(since, row.years), row


def longest_years() -> int:
    """The longest time limit of the table: nothing is kept longer without somebody having looked."""
    return max(row.years for row in table())


def years_later(since: date, years: int) -> date:
    """The same day so many years later; the 28th of February for a leap day."""
    try:
        return since.replace(year=since.year + years)
    except ValueError:
        return since.replace(year=since.year + years, day=28)


@cache
def longest(of: str, path: Path = _PATH) -> timedelta:
    """How long handling or a restriction may last before somebody looks again."""
    return {row["id"]: timedelta(days=row["days"]) for row in rows(path, "limits", required={"days": int})}[of]


def check_day(of: str, day: date | None, today: date) -> date:
    """The day, if it is after today and not too far away. Raises ReviewDayWrong."""
    latest = today + longest(of)
    if day is None or not today < day <= latest:
        raise ReviewDayWrong(
            sentence("A day on which it is looked at again is missing, past, or too far away."),
            way_out=sentence("Give one after today and not after {day}.", day=Day(latest)),
        )
    return day


@cache
def restrictions(path: Path = _RESTRICTIONS) -> dict[str, tuple[Sentence, str, str]]:
    """Why a report may be restricted: sentence, source and standing, by key."""
    found = rows(path, "rows", required={"says": str})
    return {row["id"]: (Sentence(row["says"]), row["source"], row["standing"]) for row in found}


def check_restriction(why: str) -> Sentence:
    """The sentence of a reason for restriction. Raises RestrictionUnknown."""
    found = restrictions().get(why)
    if found is None:
        raise RestrictionUnknown(
            sentence("“{why}” is no reason for restricting the use of a report.", why=why),
            way_out=sentence("Use one of: {known}.", known=", ".join(restrictions())),
        )
    return found[0]
