"""What a service filed itself is read whole, for an export: one line in the ledger before the first of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from passerelle.errors import Refused
from passerelle.flow import consult
from passerelle.records.models import Relation, Report, ReportVersion, Service
from passerelle.words import sentence

REASON_WORDS_MIN = 3
AT_ONCE = 200


class ExportNeedsReason(Refused):
    """An export says what for."""

    code = "export.reason_missing"


def own_reports(*, service: Service, reason: str, now: datetime) -> Iterator[dict[str, Any]]:
    """The reports of a service as they stand, oldest first, in the shape that `channels.followthemoney.entities` takes.
    Nothing that others told it. A few hundred are in memory at a time. Raises ExportNeedsReason."""
    if len(reason.split()) < REASON_WORDS_MIN:
        raise ExportNeedsReason(
            sentence("An export needs a reason of a few words."),
            way_out=sentence("Say what it is for, and who asked."),
        )
    consult.read_as_operator(thing=f"reports of {service.key}", reason=reason, now=now)
    return _read(service)


def _read(service: Service) -> Iterator[dict[str, Any]]:
    last = 0
    rows = Report.objects.filter(service=service).order_by("pk")
    while found := list(rows.filter(pk__gt=last)[:AT_ONCE]):
        last = found[-1].pk
        said = {one.report_id: one for one in _versions(found)}
        for report in found:
            if report.pk not in said:
                continue  # what was erased says nothing any more
            ties = Relation.objects.filter(source__report=report).select_related("source", "target").order_by("id")
            yield {
                "ref": report.ref,
                "text": said[report.pk].text,
                "language": said[report.pk].language,
                "learnt_on": report.learnt_on.isoformat() if report.learnt_on else "",
                "subjects": [
                    {"ref": one.ref, "schema": one.schema, "properties": one.properties}
                    for one in report.subjects.order_by("id")
                ],
                "relations": [(tie.source.ref, tie.kind, tie.target.ref) for tie in ties],
            }


def _versions(reports: list[Report]) -> list[ReportVersion]:
    standing = {report.pk: report.version for report in reports}
    found = ReportVersion.objects.filter(report__in=list(standing))
    return [one for one in found if standing[one.report_id] == one.number]
