"""What a service files: reports and their versions, rows of a register, dossiers, watches."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from django.conf import settings
from django.http import HttpRequest
from ninja import Path as InPath
from ninja import Query, Status

from passerelle import intake
from passerelle.api import answers
from passerelle.api.asking import Scope, act, drafts, language, now, officer, router, works_with_contents
from passerelle.api.bodies import DossierIn, ReportIn, Subjects, WatchIn
from passerelle.api.lists import Ref
from passerelle.api.problems import WrongField
from passerelle.flow import receive, take_in, watches, work
from passerelle.flow.facts import NotThere, allow, dossier_facts
from passerelle.flow.receive import ReportDraft
from passerelle.policy import deadlines
from passerelle.records import visibility
from passerelle.records.models import Dossier, Officer
from passerelle.words import sentence

REFUSALS_SHOWN = 100
ROWS_BYTES_MAX = 900_000
RegisterName = Annotated[str, InPath(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


@router.post("/reports", response={201: answers.Done, 200: answers.Done}, auth=Scope("file"))
def file_report(request: HttpRequest, body: ReportIn) -> Any:
    """File a report. It is compared at the next beat: `known_at` says when what follows is known."""
    who = works_with_contents(request)
    dossier = _dossier(who, body.dossier) if body.dossier else None
    draft = _draft(body)
    done = act(
        request,
        lambda: receive.file_report(
            service=who.service, author=who, draft=draft, dossier=dossier, now=now(request)
        ).ref,
        made=True, known_at=work.known_at(now(request), settings.BEAT_SECONDS),
    )  # fmt: skip
    return Status(200 if done["repeated"] else 201, done)


@router.post("/reports/{ref}/versions", response=answers.Done, auth=Scope("file"))
def revise_report(request: HttpRequest, ref: Ref, body: ReportIn) -> Any:
    """A new version of a report of this service: handling and grades stay as they were filed."""
    draft = _draft(body)
    return act(
        request,
        lambda: receive.revise_report(ref=ref, officer=works_with_contents(request), draft=draft, now=now(request)),
        ref=ref, known_at=work.known_at(now(request), settings.BEAT_SECONDS),
    )  # fmt: skip


@router.post(
    "/registers/{name}/rows", response=answers.RowsTaken, auth=Scope("file"),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/x-ndjson": {"schema": {"type": "string"}}, "text/csv": {"schema": {"type": "string"}},
            },
        }
    },
)  # fmt: skip
def take_rows(
    request: HttpRequest,
    name: RegisterName,
    handling: Annotated[Literal["open", "consent", "sealed"], Query()] = "open",
    source_grade: Annotated[Literal["A", "B", "C", "X"], Query()] = "X",
    information_grade: Annotated[Literal["1", "2", "3", "4"], Query()] = "4",
) -> Any:
    """Take in rows of a register: FollowTheMoney entities one a line, or CSV with a header, up to 900 kB at a time.

    Rows that are known and unchanged count as unchanged, so that a request may be sent again. Bad rows are refused one
    by one, each with its remedy, and wait to be mended; the others land.
    """
    who = works_with_contents(request)
    kind = {"application/x-ndjson": "ftm", "text/csv": "csv"}.get(request.content_type or "")
    if kind is None or not request.body or len(request.body) > ROWS_BYTES_MAX:
        raise WrongField(
            "body",
            sentence("Rows come as application/x-ndjson or text/csv, up to {bytes} bytes.", bytes=ROWS_BYTES_MAX),
        )
    if handling != "open":
        raise WrongField(
            "handling", sentence("Rows of a register are filed open: each stricter one needs a reason of its own."),
            sentence("File what is stricter as a report, with its reason and its review date."),
        )  # fmt: skip
    filing = take_in.Filing(source_grade=source_grade, information_grade=information_grade)
    # In memory, never in a temporary file: what is sealed in the database would stand there as it was sent.
    file = intake.Opened(Path(f"{name}.{'csv' if kind == 'csv' else 'json'}"), content=request.body)
    source = intake.open_source(file, format=kind, language=who.service.languages[0] if kind == "csv" else None)
    taken = take_in.take_in(
        service=who.service, officer=who, source=source, name=name, now=now(request), filing=filing
    )
    return {
        "read": taken.read, "added": taken.added, "changed": taken.changed, "unchanged": taken.unchanged,
        "refused": taken.refused,
        "refusals": [
            {"row": number, "code": code, "says": says.in_language(language(request))}
            for number, code, says in taken.refusals[:REFUSALS_SHOWN]
        ],
    }  # fmt: skip


@router.post("/dossiers", response={201: answers.Done, 200: answers.Done}, auth=Scope("dossiers"))
def open_dossier(request: HttpRequest, body: DossierIn) -> Any:
    """Open a dossier: its subjects are an interest, with a purpose, a legal basis and an end."""
    who = works_with_contents(request)
    subjects, relations = drafts(body)
    _check_themes(body.themes)
    done = act(
        request,
        lambda: receive.open_dossier(
            service=who.service, officer=who, title=body.title, language=body.language, purpose=body.purpose,
            legal_basis=body.legal_basis, until=body.until, subjects=subjects, relations=relations,
            themes=body.themes, note=body.note, discreet=body.discreet, now=now(request),
        ).ref,
        made=True, known_at=work.known_at(now(request), settings.BEAT_SECONDS),
    )  # fmt: skip
    return Status(200 if done["repeated"] else 201, done)


@router.post("/dossiers/{ref}/subjects", response=answers.Done, auth=Scope("dossiers"))
def add_subjects(request: HttpRequest, ref: Ref, body: Subjects) -> Any:
    """More subjects for a dossier of this service; what was filed before is compared with them too."""
    who = works_with_contents(request)
    found = _dossier(who, ref)
    allow(who, "file", dossier_facts(found))
    subjects, relations = drafts(body)
    if not subjects:
        raise WrongField("subjects", sentence("No subject was written in."), sentence("Give at least one."))
    return act(
        request,
        lambda: receive.add_subjects(
            dossier=found, officer=who, subjects=subjects, relations=relations, now=now(request)
        ),
        ref=ref, known_at=work.known_at(now(request), settings.BEAT_SECONDS),
    )  # fmt: skip


@router.post("/watches", response={201: answers.Done, 200: answers.Done}, auth=Scope("watches"))
def ask_watch(request: HttpRequest, body: WatchIn) -> Any:
    """Ask for a watch or a rule. Nothing is compared before a second person approves."""
    who = works_with_contents(request)
    subjects, relations = drafts(body) if body.kind == "watch" else ([], [])
    _check_themes([body.theme] if body.theme else [])
    done = act(
        request,
        lambda: watches.ask(
            officer=who, kind=body.kind, purpose=body.purpose, legal_basis=body.legal_basis, until=body.until,
            subjects=subjects, relations=relations, theme=body.theme, territory=body.territory,
            discreet=body.discreet, now=now(request),
        ).ref,
        made=True,
    )  # fmt: skip
    return Status(200 if done["repeated"] else 201, done)


@router.post("/watches/{ref}/end", response=answers.Done, auth=Scope("watches"))
def end_watch(request: HttpRequest, ref: Ref) -> Any:
    """A watch or a rule that is no longer needed ends today."""
    return act(request, lambda: watches.end(ref=ref, officer=officer(request), now=now(request)), ref=ref)


def _draft(body: ReportIn) -> ReportDraft:
    subjects, relations = drafts(body)
    _check_themes(body.themes)
    return ReportDraft(
        text=body.text, language=body.language, subjects=subjects, relations=relations,
        source_grade=body.source_grade, information_grade=body.information_grade, handling=body.handling,
        handling_reason=body.handling_reason, handling_review_on=body.handling_review_on,
        handling_note=body.handling_note, themes=body.themes, territory=body.territory,
        assessment=body.assessment, danger_to_life=body.danger_to_life, learnt_on=body.learnt_on,
    )  # fmt: skip


def _check_themes(themes: list[str]) -> None:
    for theme in themes:
        if theme not in deadlines.themes():
            raise WrongField(
                "themes", sentence("“{value}” is not a known {what}.", value=theme, what=sentence("theme")),
                sentence("Use one of: {known}.", known=", ".join(deadlines.themes())),
            )  # fmt: skip


def _dossier(who: Officer, ref: str) -> Dossier:
    found = (
        visibility.dossiers(who).select_related("service", "opened_by").filter(ref=ref, service=who.service_id).first()
    )
    if found is None:
        raise NotThere
    return found
