"""What is going to happen in the demonstration, read from its data and dated so that it ends now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from passerelle.flow.match import HUB_RECORDS_MAX
from passerelle.flow.receive import RelationDraft, ReportDraft, SubjectDraft

DATA_FOLDER = Path(__file__).parent / "data"
ZONE = ZoneInfo("Europe/Brussels")
BEGINS = "9d 08:00"
UNTIL_DAYS = 180
"""How long the interests of the demonstration last."""

_DAY = re.compile(r"(\d+)d (\d\d):(\d\d)$")
_SPAN = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(\d+)?$")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that somebody does at a moment; `kind` is `service`, `dossier`, `watch`, `rule`, `report` or an act."""

    at: datetime
    kind: str
    row: Mapping[str, Any]


@cache
def _read(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DATA_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return loaded


def steps(now: datetime) -> list[Step]:
    """All steps in their order; each lies before `now`."""
    rows: list[tuple[str, Mapping[str, Any]]] = [
        *(("service", {"id": row["key"], "at": BEGINS, **row}) for row in _read("services")["services"]),
        *(("dossier", row) for row in _read("dossiers")["dossiers"]),
        *(("watch", row) for row in _read("dossiers")["watches"]),
        *(("rule", row) for row in _read("dossiers")["rules"]),
        *(("report", row) for row in _read("reports")["reports"]),
        *((row["act"], row) for row in _read("acts")["acts"]),
    ]
    known: dict[str, datetime] = {}
    found = []
    for kind, row in rows:
        at = moment(str(row["at"]), now, known)
        assert at <= now, f"{row} lies {at - now} after the end of the story"
        if "id" in row:
            known[row["id"]] = at
        found.append(Step(at, kind, row))
    return sorted(found, key=lambda step: step.at)


def moment(said: str, now: datetime, known: Mapping[str, datetime]) -> datetime:
    """A moment as the data say it: `9d 08:40` (nine days before, at that time in Brussels), `13h20` (so long before the
    end) or `r-son + 9h30` (so long after another step)."""
    day = _DAY.match(said)
    if day:
        days, hour, minute = (int(part) for part in day.groups())
        date = (now.astimezone(ZONE) - timedelta(days=days)).date()
        return datetime.combine(date, time(hour, minute), ZONE).astimezone(UTC)
    if " + " in said:
        before, _, later = said.partition(" + ")
        return known[before] + _span(later)
    return now - _span(said)


def _span(said: str) -> timedelta:
    parts = _SPAN.match(said)
    assert parts and said, f"{said!r} is no span of time such as 2d4h30"
    days, hours, minutes = (int(part or 0) for part in parts.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


def report_draft(row: Mapping[str, Any], at: datetime) -> ReportDraft:
    """A report of the data as a draft, with the places where its subjects stand in the text."""
    text = str(row["text"]).strip()
    subjects, relations = subject_drafts(row.get("subjects", ()), text)
    more, at_the_shelter = _residents(row.get("residents"))
    day = at.astimezone(ZONE).date()
    grade = row["grade"]
    review = row.get("handling_review")
    return ReportDraft(
        text=text, language=row["language"], subjects=[*subjects, *more], relations=[*relations, *at_the_shelter],
        source_grade=grade[0], information_grade=grade[1], handling=row.get("handling", "open"),
        handling_reason=row.get("handling_reason", ""),
        handling_review_on=day + timedelta(days=review) if review else None, themes=row.get("themes", ()),
        assessment=row.get("assessment", False), danger_to_life=row.get("danger_to_life", False),
        learnt_on=day - timedelta(days=row["learnt"]),
    )


def subject_drafts(
    rows: Sequence[Mapping[str, Any]], text: str = ""
) -> tuple[list[SubjectDraft], list[RelationDraft]]:
    """The subjects of a report or a dossier, and how they hang together."""
    subjects = [
        SubjectDraft(
            local_id=row["id"], schema=row["schema"], properties=row.get("properties", {}),
            category=row.get("category", "none"), caption=row.get("caption", ""),
            spans=list(_spans(row, text)) if text else (),
        )
        for row in rows
    ]
    relations = [
        RelationDraft(row["id"], kind, target)
        for row in rows
        for kind, targets in row.get("relations", {}).items()
        for target in ([targets] if isinstance(targets, str) else targets)
    ]
    return subjects, relations


def _spans(row: Mapping[str, Any], text: str) -> Iterator[tuple[int, int]]:
    mention = row.get("mention") or row["properties"]["name"][0]
    places = [hit.span() for hit in re.finditer(re.escape(mention), text)]
    assert places, f"{mention!r} does not stand in the text of its report"
    yield from places


def _residents(row: Mapping[str, Any] | None) -> tuple[list[SubjectDraft], list[RelationDraft]]:
    """So many residents of a shelter that its address is over-common."""
    if row is None:
        return [], []
    names = [f"{given} {family}" for family in row["family"] for given in row["given"]][: HUB_RECORDS_MAX + 10]
    subjects = [
        SubjectDraft(local_id=f"resident-{number}", schema="Person", properties={"name": [name]}, category="other")
        for number, name in enumerate(names)
    ]
    return subjects, [RelationDraft(subject.local_id, "lives_at", row["at"]) for subject in subjects]
