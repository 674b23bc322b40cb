"""The author marks what an extract of a report may carry: parts of its text, its subjects, their properties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from passerelle.errors import Refused
from passerelle.flow.end_report import locked_report
from passerelle.flow.facts import allow, report_facts
from passerelle.flow.ledger_lines import journal
from passerelle.flow.receive import GoneAlready
from passerelle.ledger import canonical
from passerelle.ledger.events_after_telling import ExtractMarked
from passerelle.records.models import Officer, Report, ReportVersion
from passerelle.records.tear_line import CAPTION, TearLine
from passerelle.words import sentence


class MarksUnknown(Refused):
    """A mark that stands outside the text, or on a subject or a property that the report does not have."""

    code = "extract.marks_unknown"


def mark(
    *,
    ref: str,
    officer: Officer,
    parts: Sequence[tuple[int, int]],
    subjects: Mapping[str, Sequence[str]],
    now: datetime,
) -> Report:
    """From now on an extract of this version carries no more than this: `parts` of the text by their offsets, and by a
    subject's local id the properties (and its `caption`) that may be shown. A later version carries no more than its
    words that stayed. Raises NotThere, NotAllowed, MarksUnknown, GoneAlready."""
    with journal(now) as lines:
        report = locked_report(ref, officer)
        allow(officer, "file", report_facts(report))
        if report.gone:
            raise GoneAlready(sentence("This report was withdrawn or erased already."))
        said = ReportVersion.objects.select_for_update().get(report=report, number=report.version)
        line = checked(report, str(said.text), parts, subjects)
        said.tear_line = line.to_json()
        said.save(update_fields=["tear_line"])
        lines.write(
            ExtractMarked(
                report=report.ref,
                version=report.version,
                by=officer.ref,
                commitment=canonical.commitment(bytes(said.salt), line.to_json()),
            )
        )
    return report


def checked(
    report: Report, text: str, parts: Sequence[tuple[int, int]], subjects: Mapping[str, Sequence[str]]
) -> TearLine:
    """The tear line, if the report has all that it marks. Raises MarksUnknown."""
    known = {one.local_id: {CAPTION, *one.properties} for one in report.spoken_of()}
    outside = any(not 0 <= start < end <= len(text) for start, end in parts)
    if outside or any(not set(names) <= known.get(local_id, set()) for local_id, names in subjects.items()):
        raise MarksUnknown(
            sentence("Something is marked that this version of the report does not have."),
            way_out=sentence("Open the page again: the report may have been put right meanwhile."),
        )
    return TearLine(
        parts=tuple(sorted(parts)), subjects={key: frozenset(names) for key, names in subjects.items() if names}
    )
