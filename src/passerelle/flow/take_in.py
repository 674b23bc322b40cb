"""A register is taken in: good rows land and are compared, bad ones wait to be mended, a second run doubles nothing."""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from passerelle import intake
from passerelle.errors import Refused
from passerelle.flow import commonness, match, oblige
from passerelle.flow.candidates import MadeWith, made_with, plain
from passerelle.flow.crew import Crew, Keyed, Said, Soon, keys_of_rows, seldom_collected
from passerelle.flow.ledger_lines import Journal, journal
from passerelle.flow.receive import (
    RelationDraft,
    ReportDraft,
    SubjectDraft,
    caption_of,
    category_of,
    content_of,
    put_version,
)
from passerelle.flow.rows_at_once import Always, put_columns
from passerelle.intake import BadRow, Row
from passerelle.ledger import canonical
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
from passerelle.records.models.reports import new_report_ref, new_salt
from passerelle.records.models.subjects import CATEGORIES, new_subject_ref
from passerelle.words import Sentence

ROWS_AT_ONCE = 500
"""So many rows land in one transaction: a kill loses at most these, and the next run takes them in."""

SUBJECTS_AT_ONCE = 4000
"""For so many new subjects at once candidates are searched and weighed: the more, the fewer are read twice."""


class NotMended(Refused):
    """A row that was to be mended is refused again."""

    code = "import.not_mended"


@dataclass(slots=True)
class Taken:
    """What an import did. Of the refused rows, `refusals` shows the first; all of them wait in the tables. `helpers_mb`
    is the most memory (MB) that all helping processes had."""

    register: str
    format: str
    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    subjects: int = 0
    matches: int = 0
    helpers_mb: float = 0.0
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
    workers: int = 0,
    rows_at_once: int = ROWS_AT_ONCE,
    subjects_at_once: int = SUBJECTS_AT_ONCE,
) -> Taken:
    """Read `source` to its end. Rows that are known and unchanged cost a look; changed ones become a new version.

    Each `rows_at_once` rows land in one transaction with their subjects, keys and ledger lines; what is found for some
    `subjects_at_once` subjects is kept in another, with its duties. Killed in between, the subjects wait to be compared
    like those of any report, and the worker or the next run does it. `workers` processes help, each with a connection
    of its own. The file breaking off raises a refusal after the rows before it have landed. Raises HelperLost.
    """
    filing = filing or Filing()
    taken = Taken(register=name, format=source.format, notes=list(source.notes))
    with journal(now) as lines:
        register, _ = Register.objects.get_or_create(
            service=service, name=name, defaults={"format": source.format, "taken_at": lines.now}
        )
    run = _Run(register, officer, filing, taken, subjects_at_once)
    with seldom_collected(), Crew(workers) as crew:
        ahead: deque[tuple[list[Row | BadRow], list[ReportDraft], _Asked]] = deque()
        for batch in _batches(source.read(on_progress), rows_at_once):
            drafts = [draft_of(row, filing) for row in batch if isinstance(row, Row)]
            ahead.append((batch, drafts, _ask_keys(register, crew, batch, drafts)))
            if len(ahead) > crew.workers:
                _take(run, crew, *ahead.popleft(), now=now)
            _keep_found(run, crew, at_most=2 * crew.workers, now=now)
            if on_rows is not None:
                on_rows(taken)
        while ahead:
            _take(run, crew, *ahead.popleft(), now=now)
            _keep_found(run, crew, at_most=2 * crew.workers, now=now)
        _ask(run, crew, at_least=1)
        while run.asked:
            _keep_found(run, crew, at_most=len(run.asked) - 1, now=now)
            if on_rows is not None:
                on_rows(taken)
    taken.helpers_mb = sum(crew.memory.values())
    open_ends, bad_digests = run.open_ends, run.bad_digests
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
        commonness.count_again(lines)
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
    works_in = row.register.service.languages
    read = intake.reread(raw, row.register.format, mapping, language=works_in[0] if works_in else None)
    if isinstance(read, BadRow):
        raise NotMended(read.sentence)
    taken = Taken(register=row.register.name, format=row.register.format, read=1)
    run = _Run(row.register, officer, filing or Filing(), taken)
    draft = draft_of(read, run.filing)
    with journal(now) as lines:
        landed = _land(lines, run, [(read, draft)], frozenset((0,)), keys_of_rows([_said(draft)]))
        _tie_open_ends(row.register, run.open_ends)
        RefusedRow.objects.filter(pk=row.pk).update(mended_at=lines.now)
    taken.matches += len(match.match_waiting(landed, now=now))
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


@dataclass(slots=True)
class _Run:
    """One import on its way: what has landed and is not yet asked for, and what was asked and is not yet kept."""

    register: Register
    officer: Officer | None
    filing: Filing
    taken: Taken
    at_once: int = SUBJECTS_AT_ONCE
    open_ends: list[tuple[str, str, str]] = field(default_factory=list)
    bad_digests: set[str] = field(default_factory=set)
    landed: list[int] = field(default_factory=list)
    landed_with: MadeWith | None = None
    asked: deque[tuple[Soon[match.Findings], MadeWith | None]] = field(default_factory=deque)


def _said(draft: ReportDraft) -> Said:
    """A draft as the helpers read it."""
    places = {subject.local_id: place for place, subject in enumerate(draft.subjects)}
    return (
        [(subject.schema, subject.properties) for subject in draft.subjects],
        [(places[r.source], r.kind, places[r.target]) for r in draft.relations],
    )


_Asked = tuple[frozenset[int], Soon[Keyed]]
"""Of which good rows of a batch, by their places, the keys were asked for; and the answer."""


def _ask_keys(register: Register, crew: Crew, batch: Sequence[Row | BadRow], drafts: Sequence[ReportDraft]) -> _Asked:
    """Asks for the keys of the rows that are not known yet: those of a changed one are made when it is compared."""
    ids = [row.external_id for row in batch if isinstance(row, Row)]
    there = set(
        RegisterRow.objects.filter(register=register, external_id__in=ids).values_list("external_id", flat=True)
    )
    places = [place for place, external_id in enumerate(ids) if external_id not in there]
    if not places:
        return frozenset(), Soon(lambda: Keyed([], Counter(), made_with()))
    return frozenset(places), crew.keys([_said(drafts[place]) for place in places])


def _take(
    run: _Run,
    crew: Crew,
    batch: Sequence[Row | BadRow],
    drafts: Sequence[ReportDraft],
    asked: _Asked,
    *,
    now: datetime,
) -> None:
    """A batch lands; its new subjects are asked for when there are enough of them. Keys that a helper made before the
    index got another key, or another list of streets came in, are made anew."""
    places, found = asked[0], asked[1].get()
    with journal(now) as lines:
        if found.made_with != (with_this := made_with()):
            places, found = frozenset(), Keyed([], Counter(), with_this)
        run.landed_with = run.landed_with or with_this
        good = [row for row in batch if isinstance(row, Row)]
        bad = [row for row in batch if isinstance(row, BadRow)]
        run.taken.read += len(batch)
        run.landed.extend(_land(lines, run, list(zip(good, drafts, strict=True)), places, found))
        _refuse(lines, run.register, bad, run.taken, run.bad_digests)
    _ask(run, crew, at_least=run.at_once)


def _ask(run: _Run, crew: Crew, *, at_least: int) -> None:
    if len(run.landed) >= at_least:
        run.asked.append((crew.find(run.landed), run.landed_with))
        run.landed, run.landed_with = [], None


def _keep_found(run: _Run, crew: Crew, *, at_most: int, now: datetime) -> None:
    """Keep what has been found by now; and wait for it, where more than `at_most` answers are still out."""
    while run.asked and (len(run.asked) > at_most or (crew.workers and run.asked[0][0].here)):
        found, by = run.asked.popleft()
        run.taken.matches += len(match.keep_waiting(found.get(), now=now, found_by=by))


def _land(
    lines: Journal, run: _Run, rows: Sequence[tuple[Row, ReportDraft]], places: frozenset[int], keyed: Keyed
) -> list[int]:
    """The rows of a batch land: new ones with their keys, changed ones as a new version that is compared at once.

    `keyed` is of the rows at these `places`. Returns the new subjects, which wait to be compared.
    """
    register, taken = run.register, run.taken
    known = {
        external_id: (pk, digest, report)
        for external_id, pk, digest, report in RegisterRow.objects.filter(
            register=register, external_id__in=[row.external_id for row, _ in rows]
        ).values_list("external_id", "pk", "digest", "report_id")
    }
    new: list[tuple[Row, ReportDraft]] = []
    changed: list[tuple[int, Row, ReportDraft]] = []
    unforeseen: list[ReportDraft] = []
    keys: list[dict[int, str] | None] = []
    at = 0
    for place, (row, draft) in enumerate(rows):
        local = {subject.local_id for subject in draft.subjects}
        run.open_ends.extend(end for end in row.relations if end[2] not in local and end[1] in RELATIONS)
        found = known.get(row.external_id)
        many = len(draft.subjects)
        if found is None:
            new.append((row, draft))
            if place in places:
                keys.extend(keyed.keys[at : at + many])
            else:  # known when the keys were asked for, and taken away since
                keys.extend([None] * many)
                unforeseen.append(draft)
        elif found[1] == row.digest:
            taken.unchanged += 1
        else:
            changed.append((found[0], row, draft))
        at += many if place in places else 0
    if unforeseen:
        made = iter(keys_of_rows([_said(draft) for draft in unforeseen]).keys)
        keys = [next(made) if mine is None else mine for mine in keys]
    if changed:
        reports = {
            found.pk: found.report
            for found in RegisterRow.objects.filter(pk__in=[pk for pk, _, _ in changed]).select_related(
                "report__service", "report__author", "report__dossier"
            )
        }
        for pk, row, draft in changed:
            if reports[pk].gone:  # what was withdrawn or erased does not come back with its register
                taken.unchanged += 1
                continue
            put_version(lines, report=reports[pk], officer=run.officer, draft=draft)
            RegisterRow.objects.filter(pk=pk).update(digest=row.digest)
            taken.changed += 1
    subjects = _put_new(lines, register, run.officer, new, run.filing)
    match.put_keys(
        [
            (subject, register.service_id, kind, value)
            for subject, mine in zip(subjects, keys, strict=True)
            for value, kind in (mine or {}).items()
        ]
    )
    if run.filing.handling == "open":
        whole = len(new) == len(places) and not unforeseen
        commonness.add(keyed.words if whole else _words(draft for _, draft in new))
    again = list(
        Subject.objects.filter(
            report__in=[report for _, _, report in known.values()], to_match_at__isnull=False
        ).order_by("id")
    )
    if again:
        found_matches = match.match_subjects(lines, again)
        taken.matches += len(found_matches)
        oblige.by_matches(lines, match.with_rows(found_matches))
    taken.added += len(new)
    taken.subjects += len(subjects)
    landed = [row.external_id for row, _ in rows]
    register.refused_rows.filter(mended_at__isnull=True, external_id__in=landed).update(mended_at=lines.now)
    return subjects


def _words(drafts: Iterable[ReportDraft]) -> Counter[int]:
    return commonness.counted_of(
        plain(subject.local_id, subject.schema, subject.properties) for draft in drafts for subject in draft.subjects
    )


def _put_new(
    lines: Journal, register: Register, officer: Officer | None, new: Sequence[tuple[Row, ReportDraft]], filing: Filing
) -> list[int]:
    """The new rows of a batch, told column by column. Returns the primary keys of their subjects, in order."""
    drafts = [draft for _, draft in new]
    refs = [new_report_ref() for _ in drafts]
    author, service, at = officer.pk if officer else None, register.service, Always(lines.now)
    reports = put_columns(Report, len(drafts), {
        "ref": refs,
        "service_id": Always(service.pk),
        "author_id": Always(author),
        "dossier_id": Always(filing.dossier.pk if filing.dossier else None),
        "source_grade": [draft.source_grade for draft in drafts],
        "information_grade": [draft.information_grade for draft in drafts],
        "handling": [draft.handling for draft in drafts],
        "learnt_on": [draft.learnt_on for draft in drafts],
        "filed_at": at,
    })  # fmt: skip
    salts = [new_salt() for _ in drafts]
    put_columns(ReportVersion, len(drafts), {
        "report_id": reports,
        "number": Always(1),
        "text": [draft.text for draft in drafts],
        "language": [draft.language for draft in drafts],
        "salt": salts,
        "said_by_id": Always(author),
        "said_at": at,
    })  # fmt: skip
    whose = [report for report, draft in zip(reports, drafts, strict=True) for _ in draft.subjects]
    said = [subject for draft in drafts for subject in draft.subjects]
    subject_refs = [new_subject_ref() for _ in said]
    subjects = put_columns(Subject, len(said), {
        "ref": subject_refs,
        "service_id": Always(service.pk),
        "report_id": whose,
        "local_id": [subject.local_id for subject in said],
        "schema": [subject.schema for subject in said],
        "category": [category_of(subject) for subject in said],
        "caption": [caption_of(subject) for subject in said],
        "properties": [{name: list(values) for name, values in subject.properties.items()} for subject in said],
        "recorded_at": at,
        "to_match_at": at,
    })  # fmt: skip
    pairs = zip(whose, said, subjects, strict=True)
    number = {(report, subject.local_id): key for report, subject, key in pairs}
    ends = [
        (number[report, relation.source], relation.kind, number[report, relation.target])
        for report, draft in zip(reports, drafts, strict=True)
        for relation in draft.relations
    ]
    put_columns(Relation, len(ends), {
        "source_id": [source for source, _, _ in ends],
        "kind": [kind for _, kind, _ in ends],
        "target_id": [target for _, _, target in ends],
    }, once=True)  # fmt: skip
    put_columns(RegisterRow, len(new), {
        "register_id": Always(register.pk),
        "external_id": [row.external_id for row, _ in new],
        "digest": [row.digest for row, _ in new],
        "report_id": reports,
    })  # fmt: skip
    named = iter(subject_refs)
    for ref, salt, draft in zip(refs, salts, drafts, strict=True):
        lines.write(
            ReportFiled(
                report=ref,
                service=service.key,
                by=officer.ref if officer else "",
                version=1,
                handling=draft.handling,
                dossier=filing.dossier.ref if filing.dossier else "",
                commitment=canonical.commitment(salt, content_of(draft)),
                subjects=tuple(itertools.islice(named, len(draft.subjects))),
                language=draft.language,
            )
        )
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
