"""What a played chronicle teaches: what would have been owed, to whom and when, beside what was really passed on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from passerelle.replay.chronicle import CAUSES, Chronicle, Line, Lost
from passerelle.words import Sentence


@dataclass(frozen=True, slots=True)
class Telling:
    """One duty that the play raised about a report: to pass it on, or to judge whether it concerns somebody.

    `report` is the id in the chronicle, `to` the key of the service that waits, `holder` who owes it; `because` the
    evidence and the rule in sentences. `told` are the moments at which something travelled, each with its form
    (`whole`, `extract`, `pointer`). `climbed`: how often it rose a rung in silence.
    """

    kind: str
    report: str
    to: str
    holder: str
    owed: datetime
    due: datetime
    because: tuple[Sentence, ...]
    deadline: Sentence
    told: tuple[tuple[datetime, str], ...]
    climbed: int
    state: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What somebody did in the record, tried through the verbs: `refused` holds the sentences, empty where it went."""

    at: datetime
    line: int
    report: str
    act: str
    who: str
    refused: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """One line of what Passerelle did, as the demonstration tells it too."""

    at: datetime
    event: str
    says: Sentence
    because: tuple[Sentence, ...]
    reports: frozenset[str]


@dataclass(frozen=True, slots=True)
class Played:
    """One variant, played to its end. `counts`: duties, deliveries by form, climbs, duties still live. `overseen`: when
    a duty first climbed as far as oversight, if one did."""

    variant: str
    tellings: tuple[Telling, ...]
    tried: tuple[Tried, ...]
    story: tuple[Told, ...]
    counts: Mapping[str, int]
    overseen: datetime | None = None


@dataclass(frozen=True, slots=True)
class Errors:
    """How often a bar of matching is wrong on invented persons: of 100 written otherwise so many are missed, of 10,000
    pairs of strangers so many are taken for a match; each with the worst group's figure and what it is called."""

    missed: float
    missed_worst: tuple[float, Sentence]
    strangers: float
    strangers_worst: tuple[float, Sentence]


@dataclass(frozen=True, slots=True)
class Gap:
    """One report and one service that would have been told it, or that the record says was, beside each other.

    `known`: whether the record says when it really was told (`really`, None for never). `days` lie between the first
    thing that would have travelled and what really did (or the end of the record); None where nothing would have
    travelled, or where the record does not say. `other_language`: the recipient does not work in the report's language.
    """

    report: str
    to: str
    owed: datetime | None
    told: datetime | None
    form: str
    known: bool
    really: datetime | None
    days: float | None
    other_language: bool
    because: tuple[Sentence, ...]


def first(played: Played) -> Telling | None:
    """The first instant at which a duty to pass something on would have been owed."""
    return min((one for one in played.tellings if one.kind == "pass_on"), key=lambda one: one.owed, default=None)


def assumed_of(chronicle: Chronicle, telling: Telling) -> list[Line]:
    """The lines that are assumed and on which it rests that somebody waited for this telling; none if one is not."""
    found = [
        line
        for line in chronicle.lines
        if line.at <= telling.owed
        and any(kind in ("dossier", "watch", "rule") and row["service"] == telling.to for kind, row in line.plays)
    ]
    return found if all(line.certainty == "assumed" for line in found) else []


def covered_days(lost: Iterable[Lost]) -> float:
    """The days of the calendar in which something was lost, each counted once."""
    covered, end = 0.0, None
    for one in sorted(lost, key=lambda one: one.begins):
        begins = one.begins if end is None else max(one.begins, end)
        covered += max((one.ends - begins).total_seconds(), 0.0) / 86_400
        end = one.ends if end is None else max(end, one.ends)
    return covered


def gaps(chronicle: Chronicle, played: Played) -> list[Gap]:
    """For each telling that would have been owed or that the record speaks of: when it would have come, when it did."""
    languages = {service.key: set(service.languages) for service in chronicle.services}
    written = _languages(chronicle)
    really = {(one.report, one.to): one.told for one in chronicle.really}
    owed = {(one.report, one.to): one for one in played.tellings if one.kind == "pass_on"}
    found = []
    for report, to in dict.fromkeys([*really, *owed]):
        telling = owed.get((report, to))
        went = min(telling.told, default=None) if telling is not None else None
        ended = really.get((report, to)) or chronicle.ends
        found.append(
            Gap(
                report=report, to=to, owed=telling.owed if telling else None, told=went[0] if went else None,
                form=went[1] if went else "", known=(report, to) in really, really=really.get((report, to)),
                days=(ended - went[0]).total_seconds() / 86_400 if went and (report, to) in really else None,
                other_language=bool(written.get(report)) and written[report] not in languages.get(to, set()),
                because=telling.because if telling else (),
            )
        )  # fmt: skip
    return found


def _languages(chronicle: Chronicle) -> dict[str, str]:
    return {
        str(row["id"]): str(row["language"]) for line in chronicle.lines for kind, row in line.plays if kind == "report"
    }


def lost_days(lost: Iterable[Lost]) -> list[tuple[str, float, Sequence[Lost]]]:
    """Days lost by cause, most first: the cause (a key of CAUSES), the days, and the spans they are made of."""
    by: dict[str, list[Lost]] = {}
    for one in lost:
        by.setdefault(one.why, []).append(one)
    return sorted(
        ((why, sum(one.days for one in spans), spans) for why, spans in by.items()),
        key=lambda row: (-row[1], list(CAUSES).index(row[0])),
    )
