"""A chronicle: what services knew and did in a past case, with its sources and competing versions, read from YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from passerelle.errors import Refused
from passerelle.policy.facts import SERVICE_KINDS
from passerelle.words import LANGUAGES, noop, sentence

Certainty = Literal["official", "sourced", "disputed", "assumed"]

CERTAINTIES: dict[str, str] = {
    "official": noop("official text read"),
    "sourced": noop("sourced"),
    "disputed": noop("disputed"),
    "assumed": noop("assumed"),
}
"""How sure a line is: from an official text that was read, from a source, with versions that differ, or assumed."""

CAUSES: dict[str, str] = {
    "spelling": noop("another spelling or another name"),
    "language": noop("another language"),
    "no_rule": noop("no rule said that it was owed"),
    "no_holder": noop("nobody in particular owed it"),
    "hold": noop("on hold"),
    "wrong_desk": noop("sent to the wrong desk"),
    "bounce": noop("sent back"),
    "unanswered": noop("a question without an answer"),
    "absence": noop("somebody was away"),
    "overload": noop("too few people"),
    "withheld": noop("decided not to pass on"),
    "closed": noop("closed without passing on"),
}
"""Why time was lost: the closed list. A chronicle says which for each span, with its source."""

PLAYS = (
    "dossier",
    "more",
    "watch",
    "rule",
    "report",
    "hold",
    "withhold",
    "pass_on",
    "judge",
    "acknowledge",
    "review",
    "away",
)
"""What a line may have played through the verbs."""

BAR = 0.7
"""From this score on a match is possible, as the weights that come with Passerelle say; a variant may raise it."""

NOON = time(12)
"""Where the record gives a day and no hour, the line is played at noon."""

_MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d))?$")


class ChronicleFaulty(Refused):
    """A chronicle that cannot be read or played: the file, the place in it and what to write instead."""

    code = "chronicle.faulty"


@dataclass(frozen=True, slots=True)
class Said:
    """A text of the chronicle in one or more languages; `in_language` falls back to English, then to any."""

    texts: Mapping[str, str]

    def in_language(self, language: str) -> str:
        """The text in `language`, else in English, else in the first there is."""
        return self.texts.get(language) or self.texts.get("en") or next(iter(self.texts.values()), "")

    def __bool__(self) -> bool:
        return any(self.texts.values())


@dataclass(frozen=True, slots=True)
class Version:
    """What another source says instead."""

    says: Said
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the record. `to` says whom it really reached: a key of a service, `no`, or nothing said (empty).

    `row`: on which line of the file it begins.
    `who` is the key of a service or a letter; who is neither, there or in `to`, is told in words beside it."""

    number: int
    row: int
    at: datetime
    precise: bool
    said_when: Said
    who: str
    who_says: Said
    says: Said
    to: str
    to_says: Said
    sources: tuple[str, ...]
    certainty: str
    versions: tuple[Version, ...]
    plays: tuple[tuple[str, Mapping[str, Any]], ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A service of the chronicle; `kind` and the rest as `passerelle service add` takes them."""

    key: str
    name: Said
    kind: str
    languages: tuple[str, ...]
    territories: tuple[str, ...]
    themes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lost:
    """A span of time in which a report reached nobody who needed it, and why: a key of CAUSES."""

    report: str
    begins: datetime
    ends: datetime
    why: str
    says: Said
    sources: tuple[str, ...]

    @property
    def days(self) -> float:
        """Its length in days of 24 hours."""
        return (self.ends - self.begins).total_seconds() / 86_400


@dataclass(frozen=True, slots=True)
class Really:
    """When a report really reached a service; `told` is None where it never did."""

    report: str
    to: str
    told: datetime | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """The same case under a changed rule: other handling for some reports, by their ids, or another bar of matching."""

    id: str
    says: Said
    handling: Mapping[str, str] = field(default_factory=dict)
    bar: float = BAR


@dataclass(frozen=True, slots=True)
class Chronicle:
    """A whole chronicle. Moments are in UTC; `zone` is where its hours were said. `ends`: so long it is played."""

    path: str
    id: str
    title: Said
    summary: Said
    zone: ZoneInfo
    ends: datetime
    services: tuple[Member, ...]
    persons: Mapping[str, Said]
    lines: tuple[Line, ...]
    really: tuple[Really, ...]
    lost: tuple[Lost, ...]
    variants: tuple[Variant, ...]
    breaks: tuple[Said, ...]
    not_caught: tuple[Said, ...]
    assumed: tuple[Said, ...]
    fairness: tuple[Said, ...]
    sources: Mapping[str, str]

    @property
    def begins(self) -> datetime:
        """The moment of its first line."""
        return self.lines[0].at


def read(path: Path) -> Chronicle:
    """The chronicle of a file. Raises ChronicleFaulty with the file, the place and the remedy."""
    try:
        text = path.read_text(encoding="utf-8")
        loaded, marks = yaml.safe_load(text), _marks(yaml.compose(text, Loader=yaml.SafeLoader))
    except OSError as error:
        raise ChronicleFaulty(
            sentence("{file} cannot be read: {error}.", file=str(path), error=error.strerror or str(error))
        ) from error
    except UnicodeDecodeError as error:
        raise ChronicleFaulty(sentence("{file} is not text in UTF-8.", file=str(path))) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark is not None else str(path)
        raise ChronicleFaulty(
            sentence("{place} is not YAML: {error}.", place=where, error=str(getattr(error, "problem", error)))
        ) from error
    return _Reader(str(path), marks).chronicle(loaded)


def _marks(node: Any, where: str = "") -> dict[str, int]:
    """On which line of the file each named place begins: “lines, line 2, plays, line 1” and the like."""
    found: dict[str, int] = {}
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            place = f"{where}, {key.value}" if where else str(key.value)
            found[place] = key.start_mark.line + 1
            found.update(_marks(value, place))
    elif isinstance(node, yaml.SequenceNode):
        for number, one in enumerate(node.value, 1):
            for place in (f"{where}, line {number}", f"{where}, {number}"):
                found[place] = one.start_mark.line + 1
                found.update(_marks(one, place))
    return found


class _Reader:
    """Reads one file; each fault names its place."""

    def __init__(self, path: str, marks: Mapping[str, int]) -> None:
        self.path, self.marks = path, marks
        self.zone = ZoneInfo("UTC")
        self.sources: Mapping[str, str] = {}
        self.reports: list[str] = []
        self.keys: list[str] = []

    def chronicle(self, raw: Any) -> Chronicle:
        top = self._map(raw, "")
        self._known(top, "", {
            "id", "title", "summary", "zone", "ends", "services", "persons", "lines", "really", "lost", "variants",
            "breaks", "not_caught", "assumed", "fairness", "sources",
        })  # fmt: skip
        try:
            self.zone = ZoneInfo(str(top.get("zone", "Europe/Brussels")))
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise self._fault("zone", "give a zone of the time zone database, such as Europe/Brussels") from error
        self.sources = {str(key): str(text) for key, text in self._map(top.get("sources", {}), "sources").items()}
        services = tuple(self._member(row, where) for row, where in self._rows(top, "services"))
        if not services:
            raise self._fault("services", "give at least two services")
        self.keys = [service.key for service in services]
        lines = tuple(self._line(row, where, n) for n, (row, where) in enumerate(self._rows(top, "lines"), 1))
        if not lines:
            raise self._fault("lines", "give at least one line")
        for before, after in pairwise(lines):
            if after.at < before.at:
                raise self._fault(f"lines, line {after.number}", "put the lines in the order of time")
        ends = self._moment(top.get("ends"), "ends")[0]
        if ends < lines[-1].at:
            raise self._fault("ends", "give a moment after the last line")
        self.reports = [str(row["id"]) for line in lines for kind, row in line.plays if kind == "report"]
        return Chronicle(
            path=self.path,
            id=self._text(top, "id", ""),
            title=self._said(top.get("title"), "title"),
            summary=self._said(top.get("summary"), "summary"),
            zone=self.zone,
            ends=ends,
            services=services,
            persons={
                str(key): self._said(text, f"persons, {key}")
                for key, text in self._map(top.get("persons", {}), "persons").items()
            },
            lines=lines,
            really=tuple(self._really(row, where) for row, where in self._rows(top, "really")),
            lost=tuple(self._lost(row, where) for row, where in self._rows(top, "lost")),
            variants=tuple(self._variant(row, where) for row, where in self._rows(top, "variants"))
            or (Variant("as_filed", Said({"en": "as filed"})),),
            breaks=self._saids(top, "breaks"),
            not_caught=self._saids(top, "not_caught"),
            assumed=self._saids(top, "assumed"),
            fairness=self._saids(top, "fairness"),
            sources=self.sources,
        )

    def _line(self, row: Mapping[str, Any], where: str, number: int) -> Line:
        self._known(row, where, {"at", "when", "who", "says", "to", "sources", "certainty", "versions", "plays"})
        at, precise = self._moment(row.get("at"), where)
        certainty = str(row.get("certainty", "sourced"))
        if certainty not in CERTAINTIES:
            raise self._fault(where, f"“certainty” is one of: {', '.join(CERTAINTIES)}")
        said = {
            name: self._said(row[name], f"{where}, {name}") if isinstance(row.get(name), Mapping) else Said({})
            for name in ("who", "to")
        }
        who = said["who"].in_language("en") or self._text(row, "who", where)
        to = said["to"].in_language("en") or str(row.get("to", ""))
        sources = self._cited(row, where)
        if not sources and certainty != "assumed":
            raise self._fault(where, "name a source, or mark the line as assumed")
        return Line(
            number=number, row=self.marks.get(where, 0), at=at, precise=precise,
            said_when=self._said(row["when"], where) if "when" in row else Said({}),
            who=who, who_says=said["who"], says=self._said(row.get("says"), where), to=to, to_says=said["to"],
            sources=sources, certainty=certainty,
            versions=tuple(
                Version(self._said(one.get("says"), place), self._cited(one, place))
                for one, place in self._rows(row, "versions", where)
            ),
            plays=tuple(self._plays(row, where)),
        )  # fmt: skip

    def _plays(self, row: Mapping[str, Any], where: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for one, place in self._rows(row, "plays", where):
            if len(one) != 1 or next(iter(one)) not in PLAYS:
                raise self._fault(place, f"give one of: {', '.join(PLAYS)}")
            kind = next(iter(one))
            what = self._map(one[kind], place)
            if kind in ("dossier", "watch", "rule", "report") and not what.get("id"):
                raise self._fault(place, "give it an id, so that later lines can name it")
            needs = {"dossier": ("service",), "report": ("service", "text", "language"), "watch": ("service",)}
            for name in needs.get(kind, ()):
                if not what.get(name):
                    raise self._fault(place, f"a {kind} needs “{name}”")
            if "service" in what and what["service"] not in self.keys:
                raise self._fault(place, f"“service” is one of: {', '.join(self.keys)}")
            if kind == "report":
                self._mentions(what, place)
            yield kind, what

    def _mentions(self, report: Mapping[str, Any], where: str) -> None:
        """Each subject of a report stands in its text, by its mention or its first name."""
        for row, place in self._rows(report, "subjects", where):
            names = row.get("properties", {}).get("name", ()) if isinstance(row.get("properties", {}), Mapping) else ()
            mention = str(row.get("mention") or (names[0] if names else ""))
            if not mention or mention not in str(report["text"]):
                raise self._fault(place, f"give a “mention” that stands in the text; “{mention}” does not")

    def _member(self, row: Mapping[str, Any], where: str) -> Member:
        self._known(row, where, {"key", "name", "kind", "languages", "territories", "themes"})
        if row.get("kind") not in SERVICE_KINDS:
            raise self._fault(where, f"“kind” is one of: {', '.join(SERVICE_KINDS)}")
        return Member(
            key=self._text(row, "key", where), name=self._said(row.get("name"), where),
            kind=self._text(row, "kind", where), languages=self._words(row, "languages"),
            territories=self._words(row, "territories"), themes=self._words(row, "themes"),
        )  # fmt: skip

    def _really(self, row: Mapping[str, Any], where: str) -> Really:
        self._known(row, where, {"report", "to", "told", "sources"})
        told = None if row.get("told") in (None, "never") else self._moment(row["told"], where)[0]
        to = self._text(row, "to", where)
        if to not in self.keys:
            raise self._fault(where, f"“to” is one of: {', '.join(self.keys)}")
        return Really(self._report(row, where), to, told, self._cited(row, where))

    def _lost(self, row: Mapping[str, Any], where: str) -> Lost:
        self._known(row, where, {"report", "begins", "ends", "why", "says", "sources"})
        why = self._text(row, "why", where)
        if why not in CAUSES:
            raise self._fault(where, f"“why” is one of: {', '.join(CAUSES)}")
        begins, ends = self._moment(row.get("begins"), where)[0], self._moment(row.get("ends"), where)[0]
        if ends < begins:
            raise self._fault(where, "a span ends after it begins")
        return Lost(
            self._report(row, where), begins, ends, why, self._said(row.get("says"), where), self._cited(row, where)
        )

    def _variant(self, row: Mapping[str, Any], where: str) -> Variant:
        self._known(row, where, {"id", "says", "handling", "bar"})
        handling = {str(key): str(value) for key, value in self._map(row.get("handling", {}), where).items()}
        for report in handling:
            if report not in self.reports:
                raise self._fault(where, f"“handling” names a report of this chronicle: {', '.join(self.reports)}")
            if handling[report] not in ("open", "consent", "sealed"):
                raise self._fault(where, "“handling” is open, consent or sealed")
        bar = row.get("bar", BAR)
        if not isinstance(bar, int | float) or not BAR <= bar < 1:
            raise self._fault(where, f"“bar” is a number from {BAR} to below 1")
        return Variant(self._text(row, "id", where), self._said(row.get("says"), where), handling, float(bar))

    def _report(self, row: Mapping[str, Any], where: str) -> str:
        name = self._text(row, "report", where)
        if name not in self.reports:
            raise self._fault(where, f"“report” is one of: {', '.join(self.reports)}")
        return name

    def _cited(self, row: Mapping[str, Any], where: str) -> tuple[str, ...]:
        cited = self._words(row, "sources")
        for one in cited:
            if one.split()[0] not in self.sources:
                raise self._fault(where, f"“{one}” does not stand under “sources”")
        return cited

    def _moment(self, raw: Any, where: str) -> tuple[datetime, bool]:
        if isinstance(raw, datetime):
            at = raw if raw.tzinfo else raw.replace(tzinfo=self.zone)
            return at.astimezone(UTC), True
        if isinstance(raw, date):
            return datetime.combine(raw, NOON, self.zone).astimezone(UTC), False
        found = _MOMENT.match(str(raw or ""))
        if not found:
            raise self._fault(where, "give a moment such as 2015-12-07 or “2015-12-07 10:50”")
        year, month, day, hour, minute = (int(part) if part else None for part in found.groups())
        assert year is not None and month is not None and day is not None
        try:
            on = date(year, month, day)
            clock = NOON if hour is None else time(hour, minute or 0)
        except ValueError as error:
            raise self._fault(where, f"{raw} is no moment: {error}") from error
        return datetime.combine(on, clock, self.zone).astimezone(UTC), hour is not None

    def _said(self, raw: Any, where: str) -> Said:
        if isinstance(raw, str) and raw.strip():
            return Said({"en": raw.strip()})
        if isinstance(raw, Mapping) and raw and set(raw) <= set(LANGUAGES):
            return Said({str(language): str(text).strip() for language, text in raw.items()})
        raise self._fault(where, f"give a text, or one for each of: {', '.join(LANGUAGES)}")

    def _saids(self, row: Mapping[str, Any], name: str) -> tuple[Said, ...]:
        return tuple(self._said(one, f"{name}, {n}") for n, one in enumerate(row.get(name) or (), 1))

    def _words(self, row: Mapping[str, Any], name: str) -> tuple[str, ...]:
        raw = row.get(name) or ()
        return (raw,) if isinstance(raw, str) else tuple(str(one) for one in raw)

    def _text(self, row: Mapping[str, Any], name: str, where: str) -> str:
        value = str(row.get(name) or "").strip()
        if not value:
            raise self._fault(where, f"give “{name}”")
        return value

    def _map(self, raw: Any, where: str) -> Mapping[str, Any]:
        if not isinstance(raw, Mapping):
            raise self._fault(where, "give names with values here")
        return raw

    def _rows(self, row: Mapping[str, Any], name: str, where: str = "") -> list[tuple[Mapping[str, Any], str]]:
        raw = row.get(name) or ()
        place = f"{where}, {name}" if where else name
        if not isinstance(raw, Sequence) or isinstance(raw, str):
            raise self._fault(place, "give a list here")
        return [(self._map(one, f"{place}, line {n}"), f"{place}, line {n}") for n, one in enumerate(raw, 1)]

    def _known(self, row: Mapping[str, Any], where: str, names: set[str]) -> None:
        strange = sorted(set(map(str, row)) - names)
        if strange:
            raise self._fault(where, f"“{strange[0]}” is not known here; known are {', '.join(sorted(names))}")

    def _fault(self, where: str, remedy: str) -> ChronicleFaulty:
        line = next(
            (self.marks[where.rsplit(", ", n)[0]] for n in range(9) if where.rsplit(", ", n)[0] in self.marks), 0
        )
        file = f"{self.path}:{line}" if line else self.path
        return ChronicleFaulty(
            sentence("{file}: {place} cannot be read.", file=file, place=where or "the file"),
            way_out=sentence("Instead: {remedy}.", remedy=remedy),
        )
