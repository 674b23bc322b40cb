"""What of a report travels: whole, an extract, or a pointer; with everyone blacked out of whom less may be told."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

from passerelle.records.models import Relation, Report, ReportVersion, Subject

BLACK = "█"
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")
_NAMING = (
    "name",
    "alias",
    "weakAlias",
    "firstName",
    "lastName",
    "middleName",
    "fatherName",
    "motherName",
    "phone",
    "email",
    "address",
    "full",
    "idNumber",
    "passportNumber",
    "taxNumber",
    "registrationNumber",
    "accountNumber",
    "number",
    "birthDate",
    "iban",
)


def whole(report: Report, hidden: Collection[str]) -> dict[str, Any]:
    """The report as it stands, but for the subjects in `hidden` (references), who are blacked out of text and list."""
    return _content(report, hidden, text_of=lambda text, blacked: blacked)


def extract(report: Report, hidden: Collection[str], matched: Collection[str]) -> dict[str, Any]:
    """The sentences in which a matched subject stands, and the subjects that may be shown; nothing else of the text."""
    return _content(report, hidden, text_of=lambda text, blacked: _sentences_with(report, text, blacked, matched))


def pointer(report: Report) -> dict[str, Any]:
    """That this service holds something, and whom to ask: not a word of what it says."""
    return {"sender": report.service.name, "desk": report.service.desk_address, "reference": report.ref}


def _content(report: Report, hidden: Collection[str], *, text_of: Any) -> dict[str, Any]:
    said = ReportVersion.objects.get(report=report, number=report.version)
    subjects = list(report.subjects.order_by("id"))
    covered = {subject.ref for subject in subjects if subject.ref in hidden}
    blacked = blacked_text(said.text, [subject for subject in subjects if subject.ref in covered])
    shown = [subject for subject in subjects if subject.ref not in covered]
    shown_ids = {subject.pk for subject in shown}
    relations = Relation.objects.filter(source__report=report).select_related("source", "target").order_by("id")
    return {
        "sender": report.service.name,
        "desk": report.service.desk_address,
        "reference": report.ref,
        "text": text_of(said.text, blacked),
        "language": said.language,
        "grade": report.source_grade + report.information_grade,
        "assessment": report.assessment,
        "handling": report.handling,
        "handling_note": report.handling_note,
        "themes": report.themes,
        "learnt_on": report.learnt_on.isoformat() if report.learnt_on else "",
        "filed_at": report.filed_at.isoformat(),
        "subjects": [
            {
                "ref": subject.ref,
                "schema": subject.schema,
                "caption": subject.caption,
                "category": subject.category,
                "properties": subject.properties,
            }
            for subject in shown
        ],
        "relations": [
            [relation.source.ref, relation.kind, relation.target.ref]
            for relation in relations
            if relation.source_id in shown_ids and relation.target_id in shown_ids
        ],
        "blacked_out": len(covered),
    }


def blacked_text(text: str, subjects: Iterable[Subject]) -> str:
    """The text with each place of these subjects covered: where they were marked, and wherever a name or number stands.

    A subject that was never marked in the text and has nothing by which it could be found leaves no way to cover it:
    then the whole text is covered. Offsets stay as they were.
    """
    signs = list(text)
    for subject in subjects:
        places = [(int(start), int(end)) for start, end in subject.spans]
        found = False
        for value in _values(subject):
            for hit in re.finditer(re.escape(value), text, flags=re.IGNORECASE):
                places.append(hit.span())
                found = True
        if not places and not found:
            return BLACK * len(text)
        for start, end in places:
            signs[start:end] = [sign if sign == "\n" else BLACK for sign in signs[start:end]]
    return "".join(signs)


def _values(subject: Subject) -> set[str]:
    values: set[str] = set()
    for name in _NAMING:
        for value in subject.properties.get(name, ()):
            values.add(str(value))
            if name in ("name", "alias", "weakAlias"):
                values.update(part for part in re.split(r"[\s,]+", str(value)) if len(part) > 2)
    return {value for value in values if len(value) > 1}


def _sentences_with(report: Report, text: str, blacked: str, matched: Collection[str]) -> str:
    places = [
        (int(start), int(end))
        for subject in report.subjects.all()
        if subject.ref in matched
        for start, end in subject.spans
    ]
    kept: list[str] = []
    start = 0
    for end in [*(m.start() for m in _SENTENCE_END.finditer(text)), len(text)]:
        if any(start <= place[0] < end for place in places):
            kept.append(blacked[start:end].strip())
        start = end
    return " […] ".join(kept)
