"""What came of the work, as plain rows without names: judged, withheld, acknowledged, by service and language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from passerelle.fairness.work import Case
from passerelle.flow.consult import read_as_operator, write_down
from passerelle.flow.facts import NotThere
from passerelle.flow.ledger_lines import journal
from passerelle.names.script import script_of
from passerelle.policy.access import oversight as oversight_ground
from passerelle.records.models import Duty, Judgement, Officer, Report, ReportVersion, Service, Subject

MONTHS_DAYS = 365
"""Outcomes of the last year are counted."""


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
    said = dict(ReportVersion.objects.order_by("number").values_list("report_id", "language"))
    return [*_judged(since, said), *_withheld(since, said), *_late(since, now, said)]


def _judged(since: datetime, said: dict[int, str]) -> Iterator[Case]:
    rows = Judgement.objects.filter(judged_at__gte=since, taken_back_at__isnull=True).select_related(
        "officer__service", "match__left", "match__right"
    )
    for row in rows.iterator(chunk_size=500):
        sides = (row.match.left, row.match.right)
        report = next((side.report_id for side in sides if side.report_id), None)
        scripts = sorted({script_of(side.caption) or "none" for side in sides})
        yield Case(
            "judged_same",
            (("service", row.officer.service.name), *_language(report, said), ("script", " – ".join(scripts))),
            row.verdict == "same",
        )


def _withheld(since: datetime, said: dict[int, str]) -> Iterator[Case]:
    rows = Duty.objects.filter(kind="pass_on", raised_at__gte=since).select_related("service", "recipient", "report")
    for row in rows.prefetch_related("withholdings").iterator(chunk_size=500):
        yield Case(
            "withheld",
            (
                ("service", row.service.name),
                *_language(row.report_id, said),
                *_gap(row.recipient, row.report_id, said),
                *_script(row.report),
            ),
            bool(row.withholdings.all()),
        )


def _late(since: datetime, now: datetime, said: dict[int, str]) -> Iterator[Case]:
    rows = Duty.objects.filter(kind="acknowledge", raised_at__gte=since, due_at__lte=now)
    rows = rows.select_related("recipient", "report")
    for row in rows.iterator(chunk_size=500):
        if row.recipient is None or row.due_at is None:
            continue
        hours = (row.ended_at - row.raised_at).total_seconds() / 3600 if row.ended_at else None
        yield Case(
            "late",
            (
                ("service", row.recipient.name),
                *_language(row.report_id, said),
                *_gap(row.recipient, row.report_id, said),
                *_script(row.report),
            ),
            (row.ended_at or now) > row.due_at,
            hours,
        )


def _language(report: int | None, said: dict[int, str]) -> tuple[tuple[str, str], ...]:
    return (("language", said[report]),) if report in said else ()


def _gap(reader: Service | None, report: int | None, said: dict[int, str]) -> tuple[tuple[str, str], ...]:
    if reader is None or report not in said:
        return ()
    return (("reads_it", "yes" if said[report] in reader.languages else "no"),)


def _script(report: Report | None) -> tuple[tuple[str, str], ...]:
    if report is None:
        return ()
    persons = Subject.objects.filter(report=report, schema="Person").only("ref", "caption")[:20]
    scripts = sorted({script_of(person.caption) or "none" for person in persons})
    return (("script", " – ".join(scripts)),) if scripts else ()
