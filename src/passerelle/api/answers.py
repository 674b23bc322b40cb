"""What an answer holds: the lines of lists, and what was read, each as far as its verb let this reader see it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ninja import Schema

from passerelle.flow.views import DeliveryView, DossierView, DutyView, MatchLine, MatchView, ReportView, SideView
from passerelle.records.models import Delivery, Dossier, Duty, Interest, Match, Notice, Officer, Report, Subject
from passerelle.words import Sentence


class DutyLine(Schema):
    """A duty in a list. `officer` and `urgency` are for those whose duty it is or at whose desk it stands."""

    ref: str
    kind: str
    state: str
    service: str
    holder: str | None
    officer: str | None
    due_at: datetime | None
    paused_until: datetime | None
    next_event: str | None
    next_event_at: datetime | None
    level: int
    urgency: str | None
    match: str | None
    delivery: str | None
    because: list[str]


class DutiesPage(Schema):
    """A page of duties."""

    rows: list[DutyLine]
    next: str | None


class DutyOut(DutyLine):
    """A duty, and what this account may do with it. `recipient` is null where it may not be named."""

    recipient: str | None
    report: str | None
    acts: list[str]
    warnings: list[str]
    matches: list[str]
    deliveries: list[str]
    outcome: str | None
    ended_at: datetime | None


class MatchRow(Schema):
    """A match in a list; band and verdict are null for who may know that it is and no more."""

    ref: str
    found_at: datetime
    band: str | None
    verdict: str | None


class MatchesPage(Schema):
    """A page of matches."""

    rows: list[MatchRow]
    next: str | None


class DeliveryLine(Schema):
    """A delivery in a list: no content. `to` is null where the recipient may not be named."""

    ref: str
    sender: str
    to: str | None
    form: str
    evidence: str
    delivered_at: datetime
    acknowledged_at: datetime | None


class HitLine(Schema):
    """Something that answers a question, as a list shows it: no word of it. `score` orders, and says nothing else."""

    kind: str
    ref: str
    at: datetime
    service: str
    language: str
    themes: list[str]
    title: str | None
    form: str | None
    score: float
    because: list[str]


class FoundOut(Schema):
    """What a search found, best first; `waiting`: something just filed is still being read; `meanings_left`: meanings
    were compared among the newest alone, and the next search goes on."""

    search: str
    rows: list[HitLine]
    waiting: bool
    by_meaning: bool
    meanings_left: bool


class DeliveriesPage(Schema):
    """A page of deliveries."""

    rows: list[DeliveryLine]
    next: str | None


class ReportLine(Schema):
    """A report of one's own service in a list: no content."""

    ref: str
    filed_at: datetime
    version: int
    handling: str
    grade: str
    themes: list[str]


class ReportsPage(Schema):
    """A page of reports."""

    rows: list[ReportLine]
    next: str | None


class DossierLine(Schema):
    """A dossier of one's own service in a list: no content."""

    ref: str
    opened_at: datetime
    language: str
    themes: list[str]


class DossiersPage(Schema):
    """A page of dossiers."""

    rows: list[DossierLine]
    next: str | None


class WatchLine(Schema):
    """A live watch or rule of one's own service."""

    ref: str
    kind: str
    purpose: str
    theme: str
    territory: str
    discreet: bool
    until: date
    stated_at: datetime


class WatchesPage(Schema):
    """A page of watches and rules."""

    rows: list[WatchLine]
    next: str | None


class NoticeLine(Schema):
    """Something that was told to this account's desk and asks for nothing."""

    ref: str
    kind: str
    says: str
    duty: str | None
    told_at: datetime


class NoticesPage(Schema):
    """A page of notices."""

    rows: list[NoticeLine]
    next: str | None


class Done(Schema):
    """A command was carried out; `ref` is what it made or acted on. `repeated`: it had counted before."""

    ref: str
    repeated: bool
    known_at: datetime | None = None


class Seen(Schema):
    """How many notices were marked."""

    seen: int


class RowsTaken(Schema):
    """What an import did, and the first rows it refused, each with its number and its remedy."""

    read: int
    added: int
    changed: int
    unchanged: int
    refused: int
    refusals: list[dict[str, Any]]


class Keys(Schema):
    """Public keys: name, algorithm, and 32 bytes in base 64."""

    keys: list[dict[str, str]]


class Health(Schema):
    """Whether somebody watches the clocks."""

    ok: bool
    last_sweep: datetime | None


class Problem(Schema):
    """A refusal (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str
    detail: str = ""
    remedy: str = ""
    fields: list[dict[str, str]] = []


def said(reasons: Any, language: str) -> list[str]:
    """Reasons as they are kept, in one language."""
    return [Sentence.from_json(reason).in_language(language) for reason in reasons or ()]


def duty_line(duty: Duty, officer: Officer, language: str, got: dict[int, str] | None = None) -> dict[str, Any]:
    """A duty as a list shows it; what it says of its holder and its haste only to whose it is."""
    in_full = officer.role == "oversight" or officer.service_id in (duty.service_id, duty.holder_id)
    return {
        "ref": duty.ref,
        "kind": duty.kind,
        "state": duty.state,
        "service": duty.service.key,
        "holder": duty.holder.key if duty.holder else None,
        "officer": duty.officer.ref if duty.officer and in_full else None,
        "due_at": duty.due_at,
        "paused_until": duty.paused_until,
        "next_event": duty.next_event or None,
        "next_event_at": duty.next_event_at,
        "level": duty.level,
        "urgency": duty.urgency if in_full else None,
        "match": duty.match.ref if duty.match and duty.kind == "judge" and in_full else None,
        "delivery": (got or {}).get(duty.report_id or 0) if duty.kind == "acknowledge" else None,
        "because": said(duty.because[:1], language),
    }


def duty_out(view: DutyView, officer: Officer, language: str) -> dict[str, Any]:
    """A duty as its reader may see it."""
    duty = view.duty
    return {
        **duty_line(duty, officer, language),
        "because": said(view.because, language),
        "recipient": view.recipient.key if view.recipient else None,
        "report": view.report.ref if view.report else None,
        "acts": sorted(view.acts),
        "warnings": [warning.in_language(language) for warning in view.warnings],
        "matches": [line.ref for line in view.matches],
        "deliveries": [delivery.ref for delivery in view.deliveries],
        "outcome": (duty.outcome or None) if view.in_full else None,
        "ended_at": duty.ended_at,
    }


def match_line(line: MatchLine | Match) -> dict[str, Any]:
    """A match in a list."""
    return {
        "ref": line.ref, "found_at": line.found_at, "band": line.band or None, "verdict": line.verdict or None,
    }  # fmt: skip


def delivery_line(delivery: Delivery, officer: Officer) -> dict[str, Any]:
    """A delivery in a list."""
    named = delivery.recipient_id == officer.service_id or not delivery.duty.discreet or officer.role == "oversight"
    return {
        "ref": delivery.ref,
        "sender": delivery.sender.key,
        "to": delivery.recipient.key if named else None,
        "form": delivery.form,
        "evidence": delivery.evidence,
        "delivered_at": delivery.delivered_at,
        "acknowledged_at": delivery.acknowledged_at,
    }


def report_line(report: Report) -> dict[str, Any]:
    """A report in a list."""
    return {
        "ref": report.ref,
        "filed_at": report.filed_at,
        "version": report.version,
        "handling": report.handling,
        "grade": report.source_grade + report.information_grade,
        "themes": report.themes,
    }


def dossier_line(dossier: Dossier) -> dict[str, Any]:
    """A dossier in a list."""
    return {
        "ref": dossier.ref, "opened_at": dossier.opened_at, "language": dossier.language, "themes": dossier.themes,
    }  # fmt: skip


def watch_line(interest: Interest) -> dict[str, Any]:
    """A watch or a rule in a list."""
    names = ("ref", "kind", "purpose", "theme", "territory", "discreet", "until", "stated_at")
    return {name: getattr(interest, name) for name in names}


def notice_line(notice: Notice, language: str) -> dict[str, Any]:
    """A notice in a list."""
    return {
        "ref": notice.ref,
        "kind": notice.kind,
        "says": Sentence.from_json(notice.says).in_language(language),
        "duty": notice.duty.ref if notice.duty else None,
        "told_at": notice.told_at,
    }


def subject(one: Subject, relations: Any = ()) -> dict[str, Any]:
    """A subject with its relations."""
    return {
        "ref": one.ref,
        "schema": one.schema,
        "category": one.category,
        "caption": one.caption,
        "properties": one.properties,
        "relations": [{"kind": kind, "ref": other.ref, "caption": other.caption} for kind, other in relations],
    }


def report_out(view: ReportView, officer: Officer, language: str) -> dict[str, Any]:
    """A report as its own service reads it."""
    report = view.report
    return {
        **report_line(report),
        "service": report.service.key,
        "author": report.author.name if report.author else None,
        "dossier": report.dossier.ref if report.dossier else None,
        "text": view.said.text if view.said else None,
        "language": view.said.language if view.said else None,
        "handling_reason": report.handling_reason,
        "handling_review_on": report.handling_review_on,
        "handling_note": report.handling_note,
        "territory": report.territory,
        "assessment": report.assessment,
        "danger_to_life": report.danger_to_life,
        "learnt_on": report.learnt_on,
        "subjects": [subject(one.subject, one.relations) for one in view.subjects],
        "duties": [duty_line(duty, officer, language) for duty in view.duties],
        "deliveries": [delivery_line(delivery, officer) for delivery in view.deliveries],
    }


def delivery_out(view: DeliveryView, officer: Officer, language: str) -> dict[str, Any]:
    """Exactly what travelled."""
    content = {name: value for name, value in view.delivery.content.items() if name != "yours"}
    return {
        **delivery_line(view.delivery, officer),
        "content": content,
        "because": said(view.because, language),
        "recalled_at": view.delivery.recalled_at,
        "recall_reason": view.delivery.recall_reason,
        "duty": view.acknowledge.ref if view.acknowledge and view.acknowledge.live else None,
        "awaited": view.awaited.ref if view.awaited else None,
        "dossiers": [dossier.ref for dossier in view.dossiers],
    }


def match_out(view: MatchView, language: str) -> dict[str, Any]:
    """Two records, each as far as this reader may see it."""
    match, shown = view.match, view.shows_reasons
    return {
        "ref": match.ref,
        "found_at": match.found_at,
        "band": match.band if shown else None,
        "score": round(match.score, 3) if shown else None,
        "verdict": (match.verdict or None) if shown else None,
        "because": [] if not shown else said(match.because, language),
        "left": _side(view.left),
        "right": _side(view.right),
        "differences": view.differences,
        "judgements": [
            {
                "verdict": one.verdict, "service": one.officer.service.key, "judged_at": one.judged_at,
                "reason": one.reason, "taken_back_at": one.taken_back_at,
            }
            for one in view.judgements
        ],
        "duty": view.duty.ref if view.duty else None,
        "may_judge": view.may_judge,
    }  # fmt: skip


def _side(side: SideView) -> dict[str, Any] | None:
    if side.subject is None:
        return None
    one = subject(side.subject, side.relations)
    return {
        "service": side.service.key if side.service else None,
        "subject": {name: one[name] for name in ("schema", "category", "caption", "properties")},
        "relations": [{"kind": tie["kind"], "caption": tie["caption"]} for tie in one["relations"]],
        "text": side.said.text if side.said else None,
        "language": side.said.language if side.said else None,
        "report": side.report.ref if side.report else None,
        "dossier": side.dossier.ref if side.dossier else None,
    }


def dossier_out(view: DossierView, officer: Officer) -> dict[str, Any]:
    """A dossier of one's own service, and what reached it."""
    dossier, interest = view.dossier, view.interest
    return {
        **dossier_line(dossier),
        "title": dossier.title,
        "note": dossier.note,
        "interest": None
        if interest is None
        else {
            "purpose": interest.purpose, "legal_basis": interest.legal_basis, "until": interest.until,
            "discreet": interest.discreet,
        },
        "subjects": [subject(one.subject, one.relations) for one in view.subjects],
        "reports": [report_line(report) for report in view.reports],
        "deliveries": [delivery_line(delivery, officer) for delivery in view.deliveries],
        "matches": [match_line(line) for line in view.matches],
    }  # fmt: skip
