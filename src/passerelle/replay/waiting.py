"""Where information waits: the lines of a ledger read once, in order, into hours by service, language and reason."""

from __future__ import annotations

import json
from array import array
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from passerelle.words import noop

CAUSES: dict[str, str] = {
    "in_time": noop("within its clock"),
    "spelling": noop("another spelling: somebody had to look before it was the same"),
    "language": noop("late, in a language that the desk does not work in"),
    "judged_late": noop("a match that nobody judged in time"),
    "undecided": noop("the owner had not decided in time"),
    "unacknowledged": noop("delivered, and nobody said in time that they had it"),
    "unanswered": noop("a question without an answer in time"),
    "unreviewed": noop("a decision that no second person reviewed in time"),
    "uncorrected": noop("a correction that was not carried out in time"),
    "hold": noop("on hold"),
    "withheld": noop("withheld, until a second person had reviewed it"),
    "overload": noop("too few people, signed"),
    "absence": noop("given to somebody who went away"),
    "wrong_desk": noop("at a desk that said it was another's"),
    "bounce": noop("sent back to where it came from"),
    "no_holder": noop("nobody in particular held it"),
}
"""Why a wait was where it was, in each of its hours: the closed list of live lessons. The words are those of chronicles
where these have the same; late hours are told by what was late."""

LATE: dict[str, str] = {
    "pass_on": "undecided", "judge": "judged_late", "acknowledge": "unacknowledged", "answer": "unanswered",
    "request": "unanswered", "review": "unreviewed", "correct": "uncorrected",
}  # fmt: skip
READ_IN_A_LANGUAGE = ("acknowledge", "judge", "correct")
"""Kinds of duty for which somebody has to read the report of another service."""

KINDS_READ = frozenset(
    {
        "ServiceAdded",
        "ReportFiled",
        "MatchFound",
        "DutyRaised",
        "DutyMoved",
        "DutyPassedOn",
        "MatchJudged",
        "OfficerAway",
    }
)
"""The kinds of line that say where information waits; a reader may leave out all others."""

CLOCK_MOVED = ("set_right", "ask_back", "hear")
"""Steps after which a duty has another clock that is its own: a false jump was put right, or the other side had the
word. The clock of a review or an order is not that of the wait."""

LAY_SECONDS_MIN = 3600.0
"""A report that met a need sooner than this after it was filed did not lie anywhere."""

REMEMBERED = 100_000
"""So many subjects, the latest filed, and matches, the latest found, are remembered, to say in which language the
report is that a match is about; most matches are found within a minute of filing."""

ENDED = ("done", "upheld", "void")
NO_CLOCK = float("inf")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, in seconds since 1970: from `begins`, before `ends`."""

    begins: float
    ends: float

    @classmethod
    def month(cls, year: int, number: int) -> Span:
        """A month of the calendar, in UTC."""
        following = (year + number // 12, number % 12 + 1)
        return cls(
            datetime(year, number, 1, tzinfo=UTC).timestamp(), datetime(*following, 1, tzinfo=UTC).timestamp()
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """What is counted together: a kind of duty, who owes it, who waits for it, and the language of the report ("" where
    the ledger does not say it)."""

    kind: str
    owner: str
    to: str
    language: str


@dataclass(slots=True)
class Sum:
    """Of one cell and one span of time: how long each wait had lasted when it ended, or when the span did, in hours.

    `late`: how many were past their clock by then; `live`: how many went on; `hours`: hours inside the span by cause,
    and `touched`: how many waits each cause was part of.
    """

    lasted: array[float] = field(default_factory=lambda: array("d"))
    late: int = 0
    live: int = 0
    hours: dict[str, float] = field(default_factory=dict)
    touched: dict[str, int] = field(default_factory=dict)

    def add(self, other: Sum) -> None:
        """Count another cell's waits in."""
        self.lasted.extend(other.lasted)
        self.late += other.late
        self.live += other.live
        for mine, theirs in ((self.hours, other.hours), (self.touched, other.touched)):
            for cause, amount in theirs.items():
                mine[cause] = mine.get(cause, 0) + amount  # type: ignore[assignment]  # hours and counts alike


@dataclass(slots=True)
class Waits:
    """What a ledger says: for each span asked for, the sum of each cell; how long reports lay before any need met them
    (`lay`, hours, by the service that filed them); languages of services as told; and how many lines were read."""

    sums: tuple[dict[Cell, Sum], ...]
    lay: tuple[dict[str, array[float]], ...]
    languages: dict[str, frozenset[str]]
    lines: int = 0


class Wait:
    """One live duty. `spans`: [cause or "" (within its clock so far), begins, ends, owner], of the month that is read;
    `places`: whose it was, in any month."""

    __slots__ = ("bounced", "due", "holder", "kind", "language", "match", "officer", "owner", "places", "raised",
                 "same", "since", "spans", "state", "to")  # fmt: skip

    def __init__(self, facts: Mapping[str, Any], at: float, filed_by: str, language: str) -> None:
        self.kind, self.to, self.match, self.language = facts["kind"], facts["recipient"], facts["match"], language
        self.owner = self.holder = facts["holder"]
        if self.kind in ("acknowledge", "correct"):  # its recipient is who owes it; who filed the report waits
            self.to = filed_by
        self.officer, self.state = facts["officer"], facts["state"]
        self.raised = self.since = at
        self.due = seconds(facts["due_at"]) if facts["due_at"] else NO_CLOCK
        self.spans: list[list[Any]] = []
        self.places: list[str] = []
        self.same = False
        self.bounced = ""


def seconds(moment: str) -> float:
    """A moment of the ledger as seconds since 1970."""
    return datetime.fromisoformat(moment).timestamp()


def read(
    lines: Iterable[Mapping[str, Any]],
    spans: tuple[Span, ...],
    *,
    reports: Mapping[str, str] | None = None,
    languages: Mapping[str, Collection[str]] | None = None,
) -> Waits:
    """Read entries of a ledger (`{"at", "facts", "kind"}`), in order, from the first; lines after the last span are
    not looked at. Each span is told as it was known at its end. `reports` and `languages` tell, by reference and key,
    what lines of older ledgers do not say.

    Memory grows with the duties that live at once and with the reports, not with the lines.
    """
    ordered = sorted(spans, key=lambda span: span.ends)
    reader = Reader(Remembered({} if reports is None else reports), ordered[0], languages=languages or {})
    found: dict[Span, tuple[dict[Cell, Sum], dict[str, array[float]]]] = {}
    left = ordered[1:]
    for line in lines:
        at = seconds(line["at"])
        while at >= reader.span.ends and left:
            over = reader.span
            found[over] = reader.end(left.pop(0))
        if at < reader.span.ends:
            reader.take(line, at)
    for following in [*left, ordered[-1]]:
        over = reader.span
        found[over] = reader.end(following)
    told = [found[span] for span in spans]
    return Waits(tuple(sums for sums, _ in told), tuple(lay for _, lay in told), reader.languages, reader.lines)


class Reports(Protocol):
    """Who knows of a report that a duty is about."""

    def take(self, kind: str, facts: Mapping[str, Any], at: float) -> None:
        """Remember what a line says of a report, its subjects or a match, where this is how it is known."""

    def of(self, report: str, match: str, at: float) -> tuple[str, str, float]:
        """Of a report, or of the one that a match is about (the later filed): who filed it, its language, and when it
        was filed; nobody, no language and `at` where that is not known."""


class Remembered:
    """Reports as the lines before told of them; `said` knows languages that they did not say."""

    def __init__(self, said: Mapping[str, str]) -> None:
        self.said = said
        self.filed: dict[str, tuple[str, str, float]] = {}
        self.subjects: dict[str, str] = {}
        self.matches: dict[str, str] = {}

    def take(self, kind: str, facts: Mapping[str, Any], at: float) -> None:
        """Reports as they are filed, their subjects, and matches between them."""
        if kind == "ReportFiled":
            report = facts["report"]
            self.filed[report] = (facts["service"], facts.get("language") or self.said.get(report, ""), at)
            for subject in facts["subjects"]:
                self.subjects[subject] = report
            _forget(self.subjects)
        elif kind == "MatchFound":
            sides = [self.subjects[side] for side in (facts["left"], facts["right"]) if side in self.subjects]
            if sides:
                self.matches[facts["match"]] = max(sides, key=lambda report: self.filed[report][2])
                _forget(self.matches)

    def of(self, report: str, match: str, at: float) -> tuple[str, str, float]:
        """The report, or that of the match."""
        report = report or self.matches.get(match, "")
        return self.filed.get(report) or ("", self.said.get(report, ""), at)


class Reader:
    """The fold of the lines, one span after the other: duties that live now, and what is told of this span so far.

    `languages` are those that services work in where no line told it.
    """

    def __init__(self, reports: Reports, span: Span, *, languages: Mapping[str, Collection[str]]) -> None:
        self.reports, self.span = reports, span
        self.sums: dict[Cell, Sum] = {}
        self.lay: dict[str, array[float]] = {}
        self.languages = {key: frozenset(those) for key, those in languages.items()}
        self.lines = 0
        self.live: dict[str, Wait] = {}
        self.judging: dict[str, str] = {}
        self.gone: set[str] = set()
        self.does = {
            "ServiceAdded": self._service, "DutyRaised": self._raised, "DutyMoved": self._moved,
            "DutyPassedOn": self._passed_on, "MatchJudged": self._judged, "OfficerAway": self._away,
        }  # fmt: skip

    def take(self, line: Mapping[str, Any], at: float) -> None:
        """Read one line, dated before the end of the span."""
        kind = line["kind"]
        if kind not in KINDS_READ:
            return
        self.lines += 1
        act = self.does.get(kind)
        if act is None:
            self.reports.take(kind, line["facts"], at)
        else:
            act(line["facts"], at)

    def end(self, following: Span) -> tuple[dict[Cell, Sum], dict[str, array[float]]]:
        """What the span was, now that it is over: its sums, and how long reports lay. Another one begins."""
        for wait in self.live.values():
            self._close(wait, self.span.ends)
            self._count(wait, None)
            wait.spans.clear()
        told = (self.sums, self.lay)
        self.span, self.sums, self.lay = following, {}, {}
        return told

    def _service(self, facts: Mapping[str, Any], at: float) -> None:
        if facts.get("languages"):
            self.languages[facts["service"]] = frozenset(facts["languages"])

    def _raised(self, facts: Mapping[str, Any], at: float) -> None:
        owner, language, filed = self.reports.of(facts["report"], facts["match"], at)
        wait = self.live[facts["duty"]] = Wait(facts, at, owner, language)
        if wait.kind == "judge" and wait.match:
            self.judging[wait.match] = facts["duty"]
        if wait.kind == "pass_on" and at - filed >= LAY_SECONDS_MIN and at >= self.span.begins:
            self.lay.setdefault(owner, array("d")).append((at - filed) / 3600)

    def _judged(self, facts: Mapping[str, Any], at: float) -> None:
        wait = self.live.get(self.judging.get(facts["match"], ""))
        if wait is not None:
            wait.same = facts["verdict"] == "same"

    def _away(self, facts: Mapping[str, Any], at: float) -> None:
        if facts["until"]:
            self.gone.add(facts["officer"])
        else:
            self.gone.discard(facts["officer"])

    def _passed_on(self, facts: Mapping[str, Any], at: float) -> None:
        wait = self.live.get(facts["duty"])
        if wait is not None:
            wait.bounced = "bounce" if wait.owner != facts["service"] and self._was_at(wait, facts["service"]) else ""
            wait.owner = facts["service"]

    def _was_at(self, wait: Wait, service: str) -> bool:
        return service in wait.places

    def _moved(self, facts: Mapping[str, Any], at: float) -> None:
        wait = self.live.get(facts["duty"])
        if wait is None:
            return
        step = facts["move"]
        cause = ""
        if step == "bounce":
            cause = "wrong_desk"
        elif step == "assign" and wait.officer and wait.officer in self.gone and not facts["by"]:
            cause = "absence"
        self._close(wait, at, cause)
        if step in CLOCK_MOVED and facts["due_at"]:
            wait.due = seconds(facts["due_at"])
        wait.state, wait.holder, wait.officer = facts["state"], facts["holder"], facts["officer"]
        if step == "ask_back":
            wait.state = "asked"
        if wait.state in ENDED:
            self.judging.pop(wait.match, None)
            del self.live[facts["duty"]]
            self._count(wait, at)

    def _close(self, wait: Wait, at: float, cause: str = "") -> None:
        """What lay between the last line of a duty and this moment, told apart at its due time."""
        begins, wait.since = wait.since, at
        if at <= begins:
            return
        state = wait.state
        standing = {"held": "hold", "deferred": "overload", "withheld": "withheld", "asked": "unanswered"}.get(state)
        why = cause or standing or wait.bounced or ("" if wait.holder else "no_holder")
        if why:
            self._span(wait, why, begins, at)
            return
        if begins < wait.due:
            self._span(wait, "", begins, min(at, wait.due))
        if at > wait.due:
            self._span(wait, self._late(wait), max(begins, wait.due), at)

    def _span(self, wait: Wait, why: str, begins: float, ends: float) -> None:
        last = wait.spans[-1] if wait.spans else None
        if last is not None and last[0] == why and last[3] == wait.owner:
            last[2] = ends
        else:
            wait.spans.append([why, begins, ends, wait.owner])
        if wait.owner not in wait.places:
            wait.places.append(wait.owner)

    def _late(self, wait: Wait) -> str:
        works_in = self.languages.get(wait.owner)
        if wait.kind in READ_IN_A_LANGUAGE and wait.language and works_in and wait.language not in works_in:
            return "language"
        return LATE.get(wait.kind, "unanswered")

    def _count(self, wait: Wait, ended: float | None) -> None:
        """Add a wait to the span: hours go to whose they were, the whole wait to who had it last."""
        span = self.span
        if ended is not None and ended < span.begins:
            return
        until = span.ends if ended is None else ended
        found = self.sums.setdefault(Cell(wait.kind, wait.owner, wait.to, wait.language), Sum())
        found.lasted.append((until - wait.raised) / 3600)
        found.late += until > wait.due
        found.live += ended is None
        touched: set[tuple[str, str]] = set()
        for why, begins, ends, owner in wait.spans:
            inside = min(ends, span.ends) - max(begins, span.begins)
            if inside <= 0:
                continue
            cause = why or ("spelling" if wait.same else "in_time")
            of = found if owner == wait.owner else self.sums.setdefault(
                Cell(wait.kind, owner, wait.to, wait.language), Sum()
            )  # fmt: skip
            of.hours[cause] = of.hours.get(cause, 0.0) + inside / 3600
            if (owner, cause) not in touched:
                touched.add((owner, cause))
                of.touched[cause] = of.touched.get(cause, 0) + 1


def _forget(kept: dict[str, str]) -> None:
    """The oldest go when there are too many."""
    while len(kept) > REMEMBERED:
        del kept[next(iter(kept))]


def entry_of(text: str, kinds: frozenset[str] = KINDS_READ) -> Mapping[str, Any] | None:
    """A canonical entry read, or None where it is of no such kind: the kind stands last and is looked at
    before anything is parsed.

    >>> entry_of('{"at":"2026-01-01T00:00:00.000000Z","facts":{},"index":0,"kind":"Read"}') is None
    True
    """
    place = text.rfind('"kind":"')
    if text[place + 8 : text.find('"', place + 8)] not in kinds:
        return None
    found: Mapping[str, Any] = json.loads(text)
    return found
