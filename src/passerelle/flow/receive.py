"""A service files a report, opens a dossier, or states an interest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from passerelle.errors import Refused
from passerelle.flow import asked_often, commonness, correct, duties, exceptions, index, match, oblige, rungs, sizes
from passerelle.flow.candidates import plain
from passerelle.flow.facts import NotThere, allow, report_facts
from passerelle.flow.interests import InterestIncomplete, check_interest, state_interest
from passerelle.flow.ledger_lines import Journal, journal
from passerelle.ledger import canonical
from passerelle.ledger.events import DossierOpened, ReportFiled, ReportVersioned, SubjectsAdded
from passerelle.policy import deadlines, disclosure, retention
from passerelle.records import tear_line, visibility
from passerelle.records.models import Dossier, Interest, Officer, Relation, Report, ReportVersion, Service, Subject
from passerelle.records.models.reports import HANDLINGS, INFORMATION_GRADES, SOURCE_GRADES, new_salt
from passerelle.records.models.subjects import CATEGORIES
from passerelle.words import LANGUAGES, sentence


@dataclass(frozen=True, slots=True)
class SubjectDraft:
    """A subject as it was confirmed: FollowTheMoney schema and properties, and where it stands in the text."""

    local_id: str
    schema: str
    properties: Mapping[str, Sequence[str]]
    category: str = "other"
    caption: str = ""
    spans: Sequence[tuple[int, int]] = ()


@dataclass(frozen=True, slots=True)
class RelationDraft:
    """How two drafts hang together, by their local ids."""

    source: str
    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class ReportDraft:
    """A report as it is to be filed. `themes` are keys of the table of themes; `learnt_on` may be unknown."""

    text: str
    language: str
    subjects: Sequence[SubjectDraft] = ()
    relations: Sequence[RelationDraft] = ()
    source_grade: str = "X"
    information_grade: str = "4"
    handling: str = "open"
    handling_reason: str = ""
    handling_review_on: date | None = None
    handling_note: str = ""
    themes: Sequence[str] = ()
    territory: str = ""
    assessment: bool = False
    danger_to_life: bool = False
    learnt_on: date | None = None


class ReportIncomplete(Refused):
    """Something that a report must have is missing or unknown; nothing was filed."""

    code = "report.incomplete"


THINGS = frozenset({"Address", "Vehicle", "Vessel", "Airplane", "Phone", "Identification", "BankAccount"})
"""Schemas that are no person and no organisation: they have no category of data subject."""


def file_report(
    *, service: Service, author: Officer | None, draft: ReportDraft, dossier: Dossier | None = None, now: datetime
) -> Report:
    """A report of `service` lands, its subjects waiting to be compared. Rules of theme and territory oblige at once.

    Stricter handling than `open` needs a reason and a review date, and raises a duty for a second person where it is
    `sealed`. Raises ReportIncomplete, and nothing is filed.
    """
    check_report(draft)
    with journal(now) as lines:
        report = put_report(lines, service=service, author=author, draft=draft, dossier=dossier)
        oblige.by_rules(lines, report)
        if draft.handling == "sealed":
            duties.raise_duty(
                lines,
                kind="review",
                service=service,
                report=report,
                level=rungs.SUPERVISOR,
                excluding=author,
                themes=frozenset(draft.themes),
                because=[sentence("A report was sealed: a second person must confirm that nothing of it may travel.")],
            )
    return report


def check_report(draft: ReportDraft) -> None:
    """Raises ReportIncomplete with what is missing and what to give instead."""
    if not draft.text.strip():
        raise ReportIncomplete(sentence("A report needs its text."))
    sizes.check_text(draft.text, sentence("text"), most=sizes.TEXT_CHARACTERS_MAX)
    for said in (draft.handling_reason, draft.handling_note):
        sizes.check_text(said, sentence("reason or note"))
    sizes.check_text(draft.territory, sentence("territory"), most=60)
    sizes.check_subjects(draft.subjects)
    for value, known, what in (
        (draft.language, LANGUAGES, sentence("language")),
        (draft.source_grade, SOURCE_GRADES, sentence("grade of the source")),
        (draft.information_grade, INFORMATION_GRADES, sentence("grade of the information")),
        (draft.handling, HANDLINGS, sentence("handling")),
    ):
        if value not in known:
            raise ReportIncomplete(
                sentence("“{value}” is not a known {what}.", value=value, what=what),
                way_out=sentence("Use one of: {known}.", known=", ".join(known)),
            )
    for theme in draft.themes:
        if theme not in deadlines.themes():
            raise ReportIncomplete(
                sentence("“{value}” is not a known {what}.", value=theme, what=sentence("theme")),
                way_out=sentence("Use one of: {known}.", known=", ".join(deadlines.themes())),
            )
    rule = disclosure.handlings()[draft.handling]
    if rule.needs_reason and len(draft.handling_reason.split()) < 3:
        raise ReportIncomplete(
            sentence("Handling stricter than open needs a reason of a few words."),
            way_out=sentence(
                "Say what would happen if it travelled; “the source is doubtful” is no reason: the grade says so."
            ),
        )
    if rule.needs_review_date and draft.handling_review_on is None:
        raise ReportIncomplete(sentence("Handling stricter than open needs a date on which it is looked at again."))
    for subject in draft.subjects:
        if subject.category not in CATEGORIES:
            raise ReportIncomplete(
                sentence(
                    "“{value}” is not a known {what}.", value=subject.category, what=sentence("category of person")
                ),
                way_out=sentence("Use one of: {known}.", known=", ".join(CATEGORIES)),
            )
    ids = [subject.local_id for subject in draft.subjects]
    if len(set(ids)) != len(ids):
        raise ReportIncomplete(sentence("Two subjects of one report bear the same id."))
    for relation in draft.relations:
        if relation.source not in ids or relation.target not in ids:
            raise ReportIncomplete(
                sentence("A relation “{kind}” names a subject that the report does not have.", kind=relation.kind)
            )


def put_report(
    lines: Journal, *, service: Service, author: Officer | None, draft: ReportDraft, dossier: Dossier | None = None
) -> Report:
    """The rows of a report and its line; for verbs that file within their own transaction."""
    report = Report.objects.create(
        service=service,
        author=author,
        dossier=dossier,
        source_grade=draft.source_grade,
        information_grade=draft.information_grade,
        handling=draft.handling,
        handling_reason=draft.handling_reason,
        handling_review_on=draft.handling_review_on,
        handling_note=draft.handling_note,
        themes=list(draft.themes),
        territory=draft.territory,
        assessment=draft.assessment,
        danger_to_life=draft.danger_to_life,
        learnt_on=draft.learnt_on,
        filed_at=lines.now,
        review_on=looked_at_again(draft, lines.now),
    )
    said = ReportVersion.objects.create(
        report=report, number=1, text=draft.text, language=draft.language, said_by=author, said_at=lines.now
    )
    subjects = put_subjects(lines, service, draft.subjects, draft.relations, report=report)
    lines.write(
        ReportFiled(
            report=report.ref,
            service=service.key,
            by=author.ref if author else "",
            version=1,
            handling=report.handling,
            dossier=dossier.ref if dossier else "",
            commitment=commitment_of(said, draft),
            subjects=tuple(subject.ref for subject in subjects),
            language=draft.language,
        )
    )
    return report


PARTICULARS = (
    "source_grade", "information_grade", "handling_note", "territory", "assessment", "danger_to_life", "learnt_on",
)  # fmt: skip
"""What a new version says beside its text, its themes and its subjects."""


class GoneAlready(Refused):
    """What was withdrawn or erased has no new version."""

    code = "ending.gone_already"


def looked_at_again(draft: ReportDraft, filed_at: datetime) -> date:
    """The day on which somebody says whether a report is kept, from what it speaks of."""
    about = {category_of(subject) for subject in draft.subjects}
    day, _ = retention.looked_at_again(about, assessment=draft.assessment, since=filed_at.date())
    return day


def revise_report(*, ref: str, officer: Officer, draft: ReportDraft, now: datetime) -> Report:
    """A new version of a report, by its own service: all of it as it should have been; handling stays as it was filed.

    Its subjects are compared again, and every holder of a copy follows (`flow/correct`). Raises NotThere, NotAllowed,
    ReportIncomplete, GoneAlready.
    """
    check_report(draft)
    with journal(now) as lines:
        row = visibility.reports(officer).filter(ref=ref).values_list("pk", flat=True).first()
        if row is None:
            raise NotThere
        report = (
            Report.objects.select_for_update(of=("self",)).select_related("service", "author", "dossier").get(pk=row)
        )
        allow(officer, "file", report_facts(report))
        if report.gone:
            raise GoneAlready(sentence("This report was withdrawn or erased already."))
        draft = replace(draft, handling=report.handling)
        for name in PARTICULARS:
            setattr(report, name, getattr(draft, name))
        report.themes = list(draft.themes)
        report.save(update_fields=[*PARTICULARS, "themes"])
        put_version(lines, report=report, officer=officer, draft=draft)
        oblige.by_rules(lines, report)
    return report


SAID_ANEW = ("schema", "category", "caption", "properties", "spans", "to_match_at", "dropped_at")


def put_version(lines: Journal, *, report: Report, officer: Officer | None, draft: ReportDraft) -> None:
    """The rows of a new version and its line. A subject keeps its reference as long as its local id stays; one that the
    new version no longer has goes, unless a match rests on it."""
    before = ReportVersion.objects.filter(report=report, number=report.version).first()
    report.version += 1
    index.read_anew(report)
    day = looked_at_again(draft, report.filed_at)
    report.review_on = min(day, report.review_on) if report.review_on else day
    report.save(update_fields=["version", "review_on"])
    said = ReportVersion.objects.create(
        report=report,
        number=report.version,
        text=draft.text,
        language=draft.language,
        tear_line=_line_of(before, draft.text),
        said_by=officer,
        said_at=lines.now,
    )
    old = {subject.local_id: subject for subject in report.subjects.all()}
    if report.handling == "open":
        said_before = commonness.counted_of(
            plain(one.ref, one.schema, one.properties) for one in old.values() if one.dropped_at is None
        )
        said_now = _counted(draft.subjects)
        commonness.add({word: said_now[word] - said_before[word] for word in said_now | said_before})
    Relation.objects.filter(source__report=report).delete()
    kept, added = [], []
    for subject_draft in draft.subjects:
        subject = old.pop(subject_draft.local_id, None)
        if subject is None:
            added.append(subject_draft)
            continue
        subject.schema, subject.caption = subject_draft.schema, caption_of(subject_draft)
        subject.category = category_of(subject_draft)
        subject.properties = {name: list(values) for name, values in subject_draft.properties.items()}
        subject.spans = [list(span) for span in subject_draft.spans]
        subject.to_match_at, subject.dropped_at = lines.now, None
        kept.append(subject)
    for subject in kept:  # one by one, because what is sealed is sealed for its row
        subject.save(update_fields=SAID_ANEW)
    _drop(lines, [subject for subject in old.values() if subject.dropped_at is None])
    new = put_subjects(lines, report.service, added, (), report=report, counted=True)
    by_id = {subject.local_id: subject for subject in (*kept, *new)}
    Relation.objects.bulk_create(
        (Relation(source=by_id[r.source], kind=r.kind, target=by_id[r.target]) for r in draft.relations),
        ignore_conflicts=True,
    )
    lines.write(
        ReportVersioned(
            report=report.ref,
            by=officer.ref if officer else "",
            version=report.version,
            commitment=commitment_of(said, draft),
            subjects=tuple(subject.ref for subject in (*kept, *new)),
        )
    )
    correct.new_version(lines, report, officer)
    exceptions.carry_new_version(lines, report)
    oblige.corrected_since(lines, report)


def _line_of(before: ReportVersion | None, text: str) -> dict[str, Any]:
    """What an extract of the next version may carry: no more than one of the last could."""
    drawn = tear_line.from_json(before.tear_line) if before is not None else None
    line = tear_line.carried_over(drawn, str(before.text), text) if before is not None and drawn is not None else None
    return line.to_json() if line is not None else {}


def _drop(lines: Journal, dropped: Sequence[Subject]) -> None:
    """What the new version speaks of no more goes. Where a match rests on it, its row stays, empty: the pair is weighed
    again at once, nothing speaks for it any more, and what rests on it is judged."""
    ids = [subject.pk for subject in dropped]
    Subject.objects.filter(pk__in=ids, matches_left__isnull=True, matches_right__isnull=True).delete()
    left = list(Subject.objects.filter(pk__in=ids))
    for subject in left:
        subject.caption, subject.properties, subject.spans = "", {}, []
        subject.dropped_at = subject.to_match_at = lines.now
        subject.save(update_fields=["caption", "properties", "spans", "dropped_at", "to_match_at"])
    if left:
        oblige.by_matches(lines, match.with_rows(match.match_subjects(lines, left)))


def commitment_of(said: ReportVersion, draft: ReportDraft) -> str:
    """The salted commitment over all that a version of a report says."""
    return canonical.commitment(bytes(said.salt), content_of(draft))


def content_of(draft: ReportDraft) -> dict[str, Any]:
    """All that a draft says, in the shape that is committed to."""
    return {
        "text": draft.text,
        "language": draft.language,
        "grade": draft.source_grade + draft.information_grade,
        "handling": draft.handling,
        "themes": list(draft.themes),
        "subjects": [
            {"id": s.local_id, "schema": s.schema, "properties": {k: list(v) for k, v in s.properties.items()}}
            for s in draft.subjects
        ],
        "relations": [[r.source, r.kind, r.target] for r in draft.relations],
    }


def put_subjects(
    lines: Journal,
    service: Service,
    subjects: Sequence[SubjectDraft],
    relations: Sequence[RelationDraft],
    *,
    report: Report | None = None,
    dossier: Dossier | None = None,
    watch: Interest | None = None,
    counted: bool = False,
    added_by: Officer | None = None,
) -> list[Subject]:
    """The rows of subjects and their relations, waiting to be compared; `counted` where their names already are;
    `added_by` whoever put them into a dossier, which has a quota."""
    if report is not None and report.handling == "open" and not counted:
        commonness.add(_counted(subjects))
    rows = Subject.objects.bulk_create(
        Subject(
            service=service,
            report=report,
            dossier=dossier,
            watch=watch,
            added_by=added_by,
            local_id=draft.local_id,
            schema=draft.schema,
            category=category_of(draft),
            caption=caption_of(draft),
            properties={name: list(values) for name, values in draft.properties.items()},
            spans=[list(span) for span in draft.spans],
            recorded_at=lines.now,
            to_match_at=lines.now,
        )
        for draft in subjects
    )
    by_id = {row.local_id: row for row in rows}
    Relation.objects.bulk_create(
        (Relation(source=by_id[r.source], kind=r.kind, target=by_id[r.target]) for r in relations),
        ignore_conflicts=True,
    )
    return rows


def _counted(subjects: Sequence[SubjectDraft]) -> Counter[int]:
    return commonness.counted_of(plain(one.local_id, one.schema, one.properties) for one in subjects)


def category_of(draft: SubjectDraft) -> str:
    """The category of data subject; a thing has none."""
    return "none" if draft.schema in THINGS else draft.category


def caption_of(draft: SubjectDraft) -> str:
    """How a subject is called on a page: its caption, its first name, or another value that tells it from others."""
    if draft.caption:
        return draft.caption[:300]
    for name in (
        "name",
        "alias",
        "weakAlias",
        "full",
        "registrationNumber",
        "phone",
        "accountNumber",
        "number",
        "model",
        "description",
    ):
        values = draft.properties.get(name)
        if values:
            return str(values[0])[:300]
    first = next((value for values in draft.properties.values() for value in values), "")
    return str(first)[:300] or draft.schema


def open_dossier(
    *,
    service: Service,
    officer: Officer | None,
    title: str,
    language: str,
    purpose: str,
    legal_basis: str,
    until: date,
    subjects: Sequence[SubjectDraft] = (),
    relations: Sequence[RelationDraft] = (),
    themes: Sequence[str] = (),
    note: str = "",
    discreet: bool = False,
    now: datetime,
) -> Dossier:
    """A service opens a dossier; its subjects are an interest with a purpose, a legal basis and an end.

    Raises InterestIncomplete, TooLong, NoText, quotas.QuotaExceeded.
    """
    check_interest(purpose, legal_basis, until, now)
    if language not in LANGUAGES:
        raise InterestIncomplete(
            sentence("“{value}” is not a known {what}.", value=language, what=sentence("language")),
            way_out=sentence("Use one of: {known}.", known=", ".join(LANGUAGES)),
        )
    for said in (title, note):
        sizes.check_text(said, sentence("title or note"))
    sizes.check_subjects(subjects)
    with journal(now) as lines:
        asked_often.one_more_dossier(officer, lines.now)
        dossier = Dossier.objects.create(
            service=service,
            title=title,
            language=language,
            themes=list(themes),
            note=note,
            opened_by=officer,
            opened_at=lines.now,
        )
        lines.write(
            DossierOpened(
                dossier=dossier.ref,
                service=service.key,
                by=officer.ref if officer else "",
                commitment=canonical.commitment(bytes(dossier.salt), {"title": title, "note": note}),
            )
        )
        state_interest(
            lines,
            service=service,
            officer=officer,
            kind="dossier",
            dossier=dossier,
            purpose=purpose,
            legal_basis=legal_basis,
            until=until,
            discreet=discreet,
        )
        put_more(lines, service, officer, subjects, relations, dossier=dossier)
    return dossier


def add_subjects(
    *,
    dossier: Dossier,
    officer: Officer | None,
    subjects: Sequence[SubjectDraft],
    relations: Sequence[RelationDraft] = (),
    now: datetime,
) -> list[Subject]:
    """Subjects are added to a dossier; what was filed before is compared with them too. Raises TooLong, NoText."""
    sizes.check_subjects(subjects)
    with journal(now) as lines:
        return put_more(lines, dossier.service, officer, subjects, relations, dossier=dossier)


def put_more(
    lines: Journal,
    service: Service,
    officer: Officer | None,
    subjects: Sequence[SubjectDraft],
    relations: Sequence[RelationDraft],
    *,
    dossier: Dossier | None = None,
    watch: Interest | None = None,
) -> list[Subject]:
    """Subjects are added to a dossier or a watch, within a verb's own transaction."""
    if not subjects:
        return []
    by = officer if dossier is not None else None
    asked_often.more_subjects(by, len(subjects), lines.now)
    rows = put_subjects(lines, service, subjects, relations, dossier=dossier, watch=watch, added_by=by)
    if dossier is not None:
        index.read_anew(dossier)
    to = dossier.ref if dossier is not None else watch.ref if watch is not None else ""
    lines.write(
        SubjectsAdded(
            to=to,
            by=officer.ref if officer else "",
            commitment=canonical.commitment(
                new_salt(),
                {
                    "subjects": [
                        {"schema": s.schema, "properties": {k: list(v) for k, v in s.properties.items()}}
                        for s in subjects
                    ]
                },
            ),
            subjects=tuple(row.ref for row in rows),
        )
    )
    return rows
