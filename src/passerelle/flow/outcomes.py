"""What came of the work, as plain rows without names: judged, withheld, acknowledged, by service and language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from passerelle.fairness.work import Case
from passerelle.flow.consult import read_as_operator, write_down
from passerelle.flow.facts import NotThere
from passerelle.flow.ledger_lines import journal
from passerelle.names.script import script_of
from passerelle.policy.access import oversight as oversight_ground
from passerelle.records.models import Duty, Judgement, Match, Officer, ReportVersion, Service, Subject

MONTHS_DAYS = 365
"""Outcomes of the last year are counted."""

HANDFUL = 500
PERSONS_MAX = 20
"""The script of a report is that of so many of the persons it writes of."""


def cases(*, reason: str, now: datetime, officer: Officer | None = None) -> list[Case]:
    """One row for each judgement that stands, each telling owed and each acknowledgement ended in the last year.

    Groups: the service that acted, the language of the report, whether its reader works in that language, and the
    script in which the record writes its subjects. Nothing is inferred of any person. The reading is written down: of
    `officer`, who must be oversight, or of the operator. Raises NotThere.
    """
    if officer is None:
        read_as_operator(thing="fairness", reason=reason, now=now)
    elif officer.role != "oversight":
        raise NotThere
    else:
        with journal(now) as lines:
            write_down(lines, officer, "outcomes", "oversight", reason, oversight_ground.NAME)
    since = now - timedelta(days=MONTHS_DAYS)
    return [*_judged(since), *_withheld(since), *_late(since, now)]


@dataclass(frozen=True)
class _Reports:
    """Of so many reports: the language in which each was last said, and the scripts in which it writes persons."""

    said: dict[int, str]
    scripts: dict[int, str]


def _with_reports(rows: Iterable[Any], of: Callable[[Any], int | None]) -> Iterator[tuple[Any, _Reports]]:
    """Each row with what its report says, asked for in handfuls."""
    waits = iter(rows)
    while handful := list(islice(waits, HANDFUL)):
        reports = {report for row in handful if (report := of(row)) is not None}
        said = ReportVersion.objects.filter(report__in=reports).order_by("number").values_list("report_id", "language")
        persons: dict[int, list[Subject]] = defaultdict(list)
        written = Subject.objects.filter(report__in=reports, schema="Person").annotate(
            place=Window(RowNumber(), partition_by=[F("report_id")], order_by=F("id").asc())
        )
        for person in written.filter(place__lte=PERSONS_MAX).only("ref", "caption", "report_id"):
            persons[person.report_id].append(person)
        scripts = {
            report: " – ".join(sorted({script_of(person.caption) or "none" for person in several}))
            for report, several in persons.items()
        }
        known = _Reports(dict(said), scripts)
        yield from ((row, known) for row in handful)


def _side_of(match: Match) -> int | None:
    return next((side.report_id for side in (match.left, match.right) if side.report_id), None)


def _judged(since: datetime) -> Iterator[Case]:
    rows = Judgement.objects.filter(judged_at__gte=since, taken_back_at__isnull=True).select_related(
        "officer__service", "match__left", "match__right"
    )
    for row, reports in _with_reports(rows.iterator(chunk_size=HANDFUL), lambda row: _side_of(row.match)):
        sides = (row.match.left, row.match.right)
        scripts = sorted({script_of(side.caption) or "none" for side in sides})
        yield Case(
            "judged_same",
            (
                ("service", row.officer.service.name),
                *_language(_side_of(row.match), reports),
                ("script", " – ".join(scripts)),
            ),
            row.verdict == "same",
        )


def _withheld(since: datetime) -> Iterator[Case]:
    rows = Duty.objects.filter(kind="pass_on", raised_at__gte=since).select_related("service", "recipient")
    rows = rows.prefetch_related("withholdings")
    for row, reports in _with_reports(rows.iterator(chunk_size=HANDFUL), lambda row: row.report_id):
        yield Case(
            "withheld",
            (
                ("service", row.service.name),
                *_language(row.report_id, reports),
                *_gap(row.recipient, row.report_id, reports),
                *_script(row.report_id, reports),
            ),
            bool(row.withholdings.all()),
        )


def _late(since: datetime, now: datetime) -> Iterator[Case]:
    rows = Duty.objects.filter(kind="acknowledge", raised_at__gte=since, due_at__lte=now)
    rows = rows.select_related("recipient")
    for row, reports in _with_reports(rows.iterator(chunk_size=HANDFUL), lambda row: row.report_id):
        if row.recipient is None or row.due_at is None:
            continue
        hours = (row.ended_at - row.raised_at).total_seconds() / 3600 if row.ended_at else None
        yield Case(
            "late",
            (
                ("service", row.recipient.name),
                *_language(row.report_id, reports),
                *_gap(row.recipient, row.report_id, reports),
                *_script(row.report_id, reports),
            ),
            (row.ended_at or now) > row.due_at,
            hours,
        )


def _language(report: int | None, reports: _Reports) -> tuple[tuple[str, str], ...]:
    return (("language", reports.said[report]),) if report in reports.said else ()


def _gap(reader: Service | None, report: int | None, reports: _Reports) -> tuple[tuple[str, str], ...]:
    if reader is None or report not in reports.said:
        return ()
    return (("reads_it", "yes" if reports.said[report] in reader.languages else "no"),)


def _script(report: int | None, reports: _Reports) -> tuple[tuple[str, str], ...]:
    return (("script", reports.scripts[report]),) if report in reports.scripts else ()
