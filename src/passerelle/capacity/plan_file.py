"""A plan file: services, people by skill and language, what arrives, what takes how long, and what may be changed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from passerelle.errors import Refused
from passerelle.words import LANGUAGES, sentence

WEEKS_A_YEAR = 365.25 / 7


class PlanFaulty(Refused):
    """A plan file that cannot be read: the file, the place in it, and what to write instead."""

    code = "plan.faulty"


@dataclass(frozen=True, slots=True)
class Said:
    """A text in one or more languages; English where one is missing."""

    texts: Mapping[str, str]

    def in_language(self, language: str) -> str:
        """The text in `language`, else in English, else in the first there is."""
        return self.texts.get(language) or self.texts.get("en") or next(iter(self.texts.values()), "")


@dataclass(frozen=True, slots=True)
class Group:
    """People of one service with one skill who read the same languages. `people` is at the beginning.

    `hours_week`: what one of them can give to duties in a week when present; `absent`: the share of time away (leave,
    illness, courses); `leaving_year`: the share who leave for good in a year; `cost_year`: of one person, in any unit.
    """

    id: str
    says: Said
    service: str
    skill: str
    languages: tuple[str, ...]
    people: float
    hours_week: float
    absent: float
    leaving_year: float
    cost_year: float
    hires_year_max: int
    training_months: float
    loan_from: Said
    loan_max: int
    loan_cost_year: float


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of duty: who can do it, how long one takes, and by when each is due.

    `hours` of work for one, `hours_spread` their coefficient of variation; `clock_days` from arrival;
    `deferred_max`: the share that may lawfully wait by a signed deferral, for `deferred_weeks`; `deferral_cost`: what
    putting off one of them for that long is taken to cost, in the unit of the people.
    """

    id: str
    says: Said
    skill: str
    language: str
    hours: float
    hours_spread: float
    clock_days: float
    deferred_max: float
    deferred_weeks: int
    deferral_cost: float
    source: str

    @property
    def clock_weeks(self) -> int:
        """Whole weeks that one may wait and still be in time; within the week it arrives where the clock is shorter."""
        return int(self.clock_days // 7)


@dataclass(frozen=True, slots=True)
class Arrivals:
    """So many of a kind in a year, between two days; a burst is short. `spread`: a week's variance over its mean."""

    kind: str
    begins: date
    ends: date
    per_year: float
    spread: float
    source: str


@dataclass(frozen=True, slots=True)
class Told:
    """A figure that was told of what happened: so many of a kind came from `begins` to `ends`, or, where `lent` people
    of each group helped from `begins` on, so many waited on the day `ends`. The page sets the model's beside it."""

    says: Said
    figure: float
    kind: str
    begins: date
    ends: date
    lent: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole plan file. Time is counted in weeks from `begins`."""

    path: str
    title: Said
    says: Said
    begins: date
    ends: date
    decided: date
    seed: int
    target: float
    groups: tuple[Group, ...]
    kinds: tuple[Kind, ...]
    arrivals: tuple[Arrivals, ...]
    assumed: tuple[Said, ...]
    sources: Mapping[str, str]
    told: tuple[Told, ...] = ()

    @property
    def weeks(self) -> int:
        """How many whole weeks are planned."""
        return max(1, (self.ends - self.begins).days // 7)

    def week_of(self, day: date) -> float:
        """A day in weeks from the beginning."""
        return (day - self.begins).days / 7

    def can(self, group: Group, kind: Kind) -> bool:
        """Whether people of a group can end a duty of a kind: the skill, and the language it is written in."""
        return group.skill == kind.skill and (not kind.language or kind.language in group.languages)


def read(path: Path) -> Plan:
    """The plan of a file. Raises PlanFaulty with the file, the place and the remedy."""
    try:
        text = path.read_text(encoding="utf-8")
        raw = tomllib.loads(text)
    except OSError as error:
        raise PlanFaulty(
            sentence("{file} cannot be read: {error}.", file=str(path), error=error.strerror or str(error))
        ) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PlanFaulty(sentence("{file} is not TOML: {error}.", file=str(path), error=str(error))) from error
    return _Reader(str(path), text).plan(raw)


def read_text(text: str, name: str) -> Plan:
    """The plan of a text that was written by this program; `name` says where it is from. Raises PlanFaulty."""
    return _Reader(name, text).plan(tomllib.loads(text))


class _Reader:
    """Reads one file; each fault names its place."""

    def __init__(self, path: str, text: str) -> None:
        self.path, self.lines = path, text.splitlines()

    def _line_of(self, where: str) -> int:
        """On which line of the file a place begins, such as “[[kind]] number 2” or “ends”; 0 where it is not there."""
        table, _, number = where.partition(" number ")
        begins = [n for n, line in enumerate(self.lines, 1) if re.match(rf"{re.escape(table)}(\s*=|\s*(#|$))", line)]
        place = int(number) - 1 if number.isdigit() else 0
        return begins[place] if place < len(begins) else 0

    def plan(self, raw: Mapping[str, Any]) -> Plan:
        self._known(raw, "the file", {
            "title", "says", "begins", "ends", "decided", "seed", "target", "group", "kind", "arrivals", "assumed",
            "sources", "told",
        })  # fmt: skip
        begins, ends = self._day(raw, "begins", "the file"), self._day(raw, "ends", "the file")
        if (ends - begins).days < 28:
            raise self._fault("ends", "give a day at least four weeks after “begins”")
        groups = tuple(self._group(row, where) for row, where in self._rows(raw, "group"))
        kinds = tuple(self._kind(row, where) for row, where in self._rows(raw, "kind"))
        arrivals = tuple(self._arrivals(row, where, begins, ends, kinds) for row, where in self._rows(raw, "arrivals"))
        for name, rows in (("group", groups), ("kind", kinds), ("arrivals", arrivals)):
            if not rows:
                raise self._fault(name, f"give at least one [[{name}]]")
        decided = self._day(raw, "decided", "the file") if "decided" in raw else begins
        plan = Plan(
            path=self.path, title=self._said(raw.get("title"), "title"), says=self._said(raw.get("says", ""), "says"),
            begins=begins, ends=ends, decided=max(decided, begins), seed=int(raw.get("seed", 1)),
            target=self._share(raw, "target", "the file", 0.95), groups=groups, kinds=kinds, arrivals=arrivals,
            assumed=tuple(self._said(one, "assumed") for one in raw.get("assumed", ())),
            sources={str(key): str(text) for key, text in raw.get("sources", {}).items()},
            told=tuple(self._told(row, where, groups, kinds) for row, where in self._rows(raw, "told")),
        )  # fmt: skip
        for kind in kinds:
            if not any(plan.can(group, kind) for group in groups):
                raise self._fault(
                    f"kind “{kind.id}”", f"give a group with skill “{kind.skill}” that reads “{kind.language or 'any'}”"
                )
        return plan

    def _group(self, row: Mapping[str, Any], where: str) -> Group:
        self._known(row, where, {
            "id", "says", "service", "skill", "languages", "people", "hours_week", "absent", "leaving_year",
            "cost_year", "hires_year_max", "training_months", "loan_from", "loan_max", "loan_cost_year",
        })  # fmt: skip
        name = self._text(row, "id", where)
        cost = self._number(row, "cost_year", where, 1.0)
        return Group(
            id=name, says=self._said(row.get("says", name), where), service=self._text(row, "service", where),
            skill=self._text(row, "skill", where), languages=tuple(map(str, row.get("languages", ()))),
            people=self._number(row, "people", where), hours_week=self._number(row, "hours_week", where, 30.0),
            absent=self._share(row, "absent", where, 0.15), leaving_year=self._share(row, "leaving_year", where, 0.05),
            cost_year=cost, hires_year_max=int(self._number(row, "hires_year_max", where, 0)),
            training_months=self._number(row, "training_months", where, 24.0),
            loan_from=self._said(row.get("loan_from", ""), where),
            loan_max=int(self._number(row, "loan_max", where, 0)),
            loan_cost_year=self._number(row, "loan_cost_year", where, 1.5 * cost),
        )  # fmt: skip

    def _kind(self, row: Mapping[str, Any], where: str) -> Kind:
        self._known(row, where, {
            "id", "says", "skill", "language", "hours", "hours_spread", "clock_days", "deferred_max",
            "deferred_weeks", "deferral_cost", "source",
        })  # fmt: skip
        name = self._text(row, "id", where)
        return Kind(
            id=name, says=self._said(row.get("says", name), where), skill=self._text(row, "skill", where),
            language=str(row.get("language", "")), hours=self._number(row, "hours", where),
            hours_spread=self._number(row, "hours_spread", where, 0.5),
            clock_days=self._number(row, "clock_days", where),
            deferred_max=self._share(row, "deferred_max", where, 0.0),
            deferred_weeks=int(self._number(row, "deferred_weeks", where, 26)),
            deferral_cost=self._number(row, "deferral_cost", where, 0.05), source=str(row.get("source", "")),
        )  # fmt: skip

    def _arrivals(
        self, row: Mapping[str, Any], where: str, begins: date, ends: date, kinds: Sequence[Kind]
    ) -> Arrivals:
        self._known(row, where, {"kind", "from", "until", "count", "per_year", "per_day", "spread", "source"})
        kind = self._text(row, "kind", where)
        if kind not in {one.id for one in kinds}:
            raise self._fault(where, f"“kind” is one of: {', '.join(one.id for one in kinds)}")
        first = self._day(row, "from", where) if "from" in row else begins
        last = self._day(row, "until", where) if "until" in row else ends
        if last <= first:
            raise self._fault(where, "give an “until” after “from”")
        given = [name for name in ("count", "per_year", "per_day") if name in row]
        if len(given) != 1:
            raise self._fault(where, "give one of “count” (in all), “per_year” or “per_day”")
        amount = self._number(row, given[0], where)
        per_year = {
            "count": amount * 365.25 / (last - first).days, "per_year": amount, "per_day": amount * 365.25,
        }[given[0]]  # fmt: skip
        return Arrivals(
            kind, first, last, per_year, max(1.0, self._number(row, "spread", where, 1.0)), str(row.get("source", ""))
        )

    def _told(self, row: Mapping[str, Any], where: str, groups: Sequence[Group], kinds: Sequence[Kind]) -> Told:
        self._known(row, where, {"says", "figure", "kind", "from", "until", "lent"})
        kind, lent = self._text(row, "kind", where), row.get("lent", {})
        if kind not in {one.id for one in kinds}:
            raise self._fault(where, f"“kind” is one of: {', '.join(one.id for one in kinds)}")
        if not isinstance(lent, Mapping) or not set(lent) <= {group.id for group in groups}:
            raise self._fault(where, f"“lent” names groups: {', '.join(group.id for group in groups)}")
        return Told(
            self._said(row.get("says", kind), where), self._number(row, "figure", where), kind,
            self._day(row, "from", where), self._day(row, "until", where),
            {str(key): int(self._number(lent, key, where)) for key in lent},
        )  # fmt: skip

    def _number(self, row: Mapping[str, Any], name: str, where: str, default: float | None = None) -> float:
        value = row.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9:
            raise self._fault(where, f"give “{name}” as a number of zero or more")
        return float(value)

    def _share(self, row: Mapping[str, Any], name: str, where: str, default: float) -> float:
        value = self._number(row, name, where, default)
        if value >= 1:
            raise self._fault(where, f"give “{name}” as a share below 1, such as 0.15")
        return value

    def _day(self, row: Mapping[str, Any], name: str, where: str) -> date:
        value = row.get(name)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        raise self._fault(where, f"give “{name}” as a day, such as 2015-01-01 (without quotes)")

    def _said(self, raw: Any, where: str) -> Said:
        if isinstance(raw, str):
            return Said({"en": raw})
        if isinstance(raw, Mapping) and raw and set(raw) <= set(LANGUAGES):
            return Said({str(language): str(text) for language, text in raw.items()})
        raise self._fault(where, f"give a text, or one for each of: {', '.join(LANGUAGES)}")

    def _text(self, row: Mapping[str, Any], name: str, where: str) -> str:
        value = str(row.get(name) or "").strip()
        if not value:
            raise self._fault(where, f"give “{name}”")
        return value

    def _rows(self, raw: Mapping[str, Any], name: str) -> list[tuple[Mapping[str, Any], str]]:
        rows = raw.get(name, [])
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            raise self._fault(name, f"write it as [[{name}]]")
        return [(row, f"[[{name}]] number {number}") for number, row in enumerate(rows, 1)]

    def _known(self, row: Mapping[str, Any], where: str, names: set[str]) -> None:
        strange = sorted(set(row) - names)
        if strange:
            raise self._fault(where, f"“{strange[0]}” is not known here; known are {', '.join(sorted(names))}")

    def _fault(self, where: str, remedy: str) -> PlanFaulty:
        line = self._line_of(where)
        file = f"{self.path}:{line}" if line else self.path
        return PlanFaulty(
            sentence("{file}: {place} cannot be read.", file=file, place=where),
            way_out=sentence("Instead: {remedy}.", remedy=remedy),
        )
