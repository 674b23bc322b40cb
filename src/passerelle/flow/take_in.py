"""A register is taken in: good rows land and are compared, bad ones wait to be mended, a second run doubles nothing."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from passerelle import intake
from passerelle.errors import Refused
from passerelle.flow import match, oblige
from passerelle.flow.ledger_lines import Journal, journal
from passerelle.flow.receive import (
    THINGS,
    RelationDraft,
    ReportDraft,
    SubjectDraft,
    caption_of,
    commitment_of,
    put_version,
)
from passerelle.intake import BadRow, Row
from passerelle.ledger.events import RegisterTaken, ReportFiled
from passerelle.matching.subject import FAMILIES, RELATIONS
from passerelle.records.models import (
    Dossier,
    Officer,
    RefusedRow,
    Register,
    RegisterRow,
    Relation,
    Report,
    ReportVersion,
    Service,
    Subject,
)
from passerelle.records.models.subjects import CATEGORIES
from passerelle.words import Sentence

ROWS_AT_ONCE = 250
"""So many rows land in one transaction: a kill loses at most these, and the next run takes them in."""


class NotMended(Refused):
    """A row that was to be mended is refused again."""

    code = "import.not_mended"


@dataclass(slots=True)
class Taken:
    """What an import did. Of the refused rows, `refusals` shows the first; all of them wait in the tables."""

    register: str
    format: str
    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    subjects: int = 0
    matches: int = 0
    refusals: list[tuple[int, str, Sentence]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


REFUSALS_SHOWN = 1000


@dataclass(frozen=True, slots=True)
class Filing:
    """How the rows of a register are filed: grade, handling, and the dossier that makes them an interest, if any."""

    source_grade: str = "X"
    information_grade: str = "4"
    handling: str = "open"
    category: str = "other"
    dossier: Dossier | None = None


def take_in(
    *,
    service: Service,
    officer: Officer | None,
    source: intake.Source,
    name: str,
    now: datetime,
    filing: Filing | None = None,
    on_progress: Callable[[int], None] | None = None,
    on_rows: Callable[[Taken], None] | None = None,
) -> Taken:
    """Read `source` to its end. Rows that are known and unchanged cost a look; changed ones become a new version.

    Each `ROWS_AT_ONCE` rows are one transaction with their subjects, keys, matches, duties and ledger lines. The file
    breaking off raises a refusal after the rows before it have landed.
    """
    filing = filing or Filing()
    taken = Taken(register=name, format=source.format, notes=list(source.notes))
    with journal(now) as lines:
        register, _ = Register.objects.get_or_create(
            service=service, name=name, defaults={"format": source.format, "taken_at": lines.now}
        )
    open_ends: list[tuple[str, str, str]] = []
    bad_digests: set[str] = set()
    for batch in _batches(source.read(on_progress), ROWS_AT_ONCE):
        with journal(now) as lines:
            good = [row for row in batch if isinstance(row, Row)]
            bad = [row for row in batch if isinstance(row, BadRow)]
            taken.read += len(batch)
            _land(lines, register, officer, good, filing, taken, open_ends)
            _refuse(lines, register, bad, taken, bad_digests)
        if on_rows is not None:
            on_rows(taken)
    with journal(now) as lines:
        _tie_open_ends(register, open_ends)
        mended = register.refused_rows.filter(mended_at__isnull=True)
        stale = [pk for pk, digest in mended.values_list("pk", "raw_digest") if digest not in bad_digests]
        RefusedRow.objects.filter(pk__in=stale).update(mended_at=lines.now)
        Register.objects.filter(pk=register.pk).update(taken_at=lines.now)
        lines.write(
            RegisterTaken(
                register=name,
                service=service.key,
                by=officer.ref if officer else "",
                read=taken.read,
                added=taken.added,
                changed=taken.changed,
                unchanged=taken.unchanged,
                refused=taken.refused,
            )
        )
    return taken


def mend(
    *,
    row: RefusedRow,
    raw: str,
    officer: Officer | None,
    mapping: Path | None = None,
    now: datetime,
    filing: Filing | None = None,
) -> Taken:
    """A refused row, edited, is read again and lands, or is refused again with its reason (NotMended)."""
    read = intake.reread(raw, row.register.format, mapping)
    if isinstance(read, BadRow):
        raise NotMended(read.sentence)
    taken = Taken(register=row.register.name, format=row.register.format, read=1)
    with journal(now) as lines:
        ends: list[tuple[str, str, str]] = []
        _land(lines, row.register, officer, [read], filing or Filing(), taken, ends)
        _tie_open_ends(row.register, ends)
        RefusedRow.objects.filter(pk=row.pk).update(mended_at=lines.now)
    return taken


def _batches(rows: Iterator[Row | BadRow], size: int) -> Iterator[list[Row | BadRow]]:
    while batch := list(itertools.islice(rows, size)):
        yield batch


def draft_of(row: Row, filing: Filing) -> ReportDraft:
    """A row as a report: its text, its subjects, the relations among them."""
    category = row.category if row.category in CATEGORIES else filing.category
    local = {str(entity["id"]) for entity in row.entities}
    return ReportDraft(
        text=row.text,
        language=row.language,
        source_grade=filing.source_grade,
        information_grade=filing.information_grade,
        handling=filing.handling,
        learnt_on=_day(row.learnt_on),
        subjects=[
            SubjectDraft(
                local_id=str(entity["id"])[:200],
                schema=_schema(entity),
                properties=entity["properties"],
                category=category if index == 0 else "other",
            )
            for index, entity in enumerate(row.entities)
        ],
        relations=[
            RelationDraft(source, kind, target)
            for source, kind, target in row.relations
            if source in local and target in local and kind in RELATIONS
        ],
    )


def _schema(entity: Mapping[str, object]) -> str:
    schema = str(entity["schema"])
    return schema if schema in FAMILIES else "LegalEntity"


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _land(
    lines: Journal,
    register: Register,
    officer: Officer | None,
    rows: Sequence[Row],
    filing: Filing,
    taken: Taken,
    open_ends: list[tuple[str, str, str]],
) -> None:
    known = {
        found.external_id: found
        for found in RegisterRow.objects.filter(
            register=register, external_id__in=[row.external_id for row in rows]
        ).select_related("report__service", "report__author", "report__dossier")
    }
    new: list[tuple[Row, ReportDraft]] = []
    for row in rows:
        draft = draft_of(row, filing)
        local = {subject.local_id for subject in draft.subjects}
        open_ends.extend(end for end in row.relations if end[2] not in local and end[1] in RELATIONS)
        found = known.get(row.external_id)
        if found is None:
            new.append((row, draft))
        elif found.digest == row.digest:
            taken.unchanged += 1
        else:
            put_version(lines, report=found.report, officer=officer, draft=draft)
            RegisterRow.objects.filter(pk=found.pk).update(digest=row.digest)
            taken.changed += 1
    subjects = _put_new(lines, register, officer, new, filing)
    again = Subject.objects.filter(
        report__in=[found.report_id for found in known.values()], to_match_at__isnull=False
    ).order_by("id")
    pending = [*subjects, *again]
    if pending:
        found_matches = match.match_subjects(lines, pending)
        taken.matches += len(found_matches)
        oblige.by_matches(lines, match.with_rows(found_matches))
    taken.added += len(new)
    taken.subjects += len(subjects)
    landed = [row.external_id for row in rows]
    register.refused_rows.filter(mended_at__isnull=True, external_id__in=landed).update(mended_at=lines.now)


def _put_new(
    lines: Journal, register: Register, officer: Officer | None, new: Sequence[tuple[Row, ReportDraft]], filing: Filing
) -> list[Subject]:
    reports = Report.objects.bulk_create(
        Report(
            service=register.service,
            author=officer,
            dossier=filing.dossier,
            source_grade=draft.source_grade,
            information_grade=draft.information_grade,
            handling=draft.handling,
            learnt_on=draft.learnt_on,
            filed_at=lines.now,
        )
        for _, draft in new
    )
    said = ReportVersion.objects.bulk_create(
        ReportVersion(
            report=report, number=1, text=draft.text, language=draft.language, said_by=officer, said_at=lines.now
        )
        for report, (_, draft) in zip(reports, new, strict=True)
    )
    subjects = Subject.objects.bulk_create(
        Subject(
            service=register.service,
            report=report,
            local_id=subject.local_id,
            schema=subject.schema,
            category="none" if subject.schema in THINGS else subject.category,
            caption=caption_of(subject),
            properties={name: list(values) for name, values in subject.properties.items()},
            spans=[],
            recorded_at=lines.now,
            to_match_at=lines.now,
        )
        for report, (_, draft) in zip(reports, new, strict=True)
        for subject in draft.subjects
    )
    rows_of: dict[int, dict[str, Subject]] = {}
    for subject_row in subjects:
        assert subject_row.report_id is not None
        rows_of.setdefault(subject_row.report_id, {})[subject_row.local_id] = subject_row
    Relation.objects.bulk_create(
        (
            Relation(source=rows_of[report.pk][r.source], kind=r.kind, target=rows_of[report.pk][r.target])
            for report, (_, draft) in zip(reports, new, strict=True)
            for r in draft.relations
        ),
        ignore_conflicts=True,
    )
    RegisterRow.objects.bulk_create(
        RegisterRow(register=register, external_id=row.external_id, digest=row.digest, report=report)
        for report, (row, _) in zip(reports, new, strict=True)
    )
    for report, version, (_, draft) in zip(reports, said, new, strict=True):
        lines.write(
            ReportFiled(
                report=report.ref,
                service=register.service.key,
                by=officer.ref if officer else "",
                version=1,
                handling=report.handling,
                dossier=filing.dossier.ref if filing.dossier else "",
                commitment=commitment_of(version, draft),
                subjects=tuple(subject.ref for subject in rows_of.get(report.pk, {}).values()),
            )
        )
        for rule in oblige.rules_for(report, lines.now) if report.themes or report.territory else ():
            oblige.by_rules(lines, report, rules=(rule,))
    return subjects


def _tie_open_ends(register: Register, open_ends: Sequence[tuple[str, str, str]]) -> None:
    """Relations between rows of one register, once both have landed; what names no row that landed is left out."""
    for start in range(0, len(open_ends), ROWS_AT_ONCE):
        chunk = open_ends[start : start + ROWS_AT_ONCE]
        wanted = {end for source, _, target in chunk for end in (source, target)}
        found = {
            subject.local_id: subject
            for subject in Subject.objects.filter(report__register_row__register=register, local_id__in=wanted)
        }
        Relation.objects.bulk_create(
            (
                Relation(source=found[source], kind=kind, target=found[target])
                for source, kind, target in chunk
                if source in found and target in found
            ),
            ignore_conflicts=True,
        )


def _refuse(lines: Journal, register: Register, bad: Sequence[BadRow], taken: Taken, digests: set[str]) -> None:
    rows: dict[str, RefusedRow] = {}
    for row in bad:
        taken.refused += 1
        if len(taken.refusals) < REFUSALS_SHOWN:
            taken.refusals.append((row.number, row.code, row.sentence))
        digest = hashlib.sha256(f"{row.code}\0{row.raw}".encode()).hexdigest()
        digests.add(digest)
        rows[digest] = RefusedRow(
            register=register,
            raw_digest=digest,
            number=row.number,
            external_id=(row.external_id or "")[:200],
            code=row.code,
            says=row.sentence.to_json(),
            raw=row.raw,
            refused_at=lines.now,
        )
    RefusedRow.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["register", "raw_digest"],
        update_fields=["number", "external_id", "code", "says", "raw", "refused_at", "mended_at"],
    )
