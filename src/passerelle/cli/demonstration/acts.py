"""Each step of the demonstration done through the verb that officers and systems use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from passerelle.cli.demonstration import script
from passerelle.cli.demonstration.seats import fresh_password
from passerelle.flow import acknowledge, consult, decide, hold, judge, receive, seats, watches
from passerelle.records.models import Dossier, Duty, Interest, Match, Officer, Report, Service

Row = Mapping[str, Any]


class NothingToDo(Exception):
    """A step that waits for a match or a duty which did not come about: the matcher weighs otherwise than when the
    story was written. The step is left out and counted; a test demands that none is."""


@dataclass(slots=True)
class Cast:
    """Who and what the data's short names stand for, and the seats with their passwords."""

    services: dict[str, Service] = field(default_factory=dict)
    officers: dict[str, Officer] = field(default_factory=dict)
    records: dict[str, Report | Dossier | Interest] = field(default_factory=dict)
    seats: list[dict[str, str]] = field(default_factory=list)


def service(cast: Cast, row: Row, now: datetime) -> None:
    """A service joins, and its officers get their seats."""
    found = seats.add_service(
        key=row["key"],
        name=row["name"],
        kind=row["kind"],
        languages=row["languages"],
        territories=row.get("territories", ()),
        themes=row.get("themes", ()),
        desk_address=row["desk_address"],
        now=now,
    )
    cast.services[found.key] = found
    for who in row["officers"]:
        password = fresh_password()
        officer = seats.seat_officer(
            username=who["username"],
            name=who["name"],
            service=found,
            role=who["role"],
            language=who["language"],
            languages_read=who["reads"],
            password=password,
            deputy=cast.officers.get(who.get("deputy", "")),
            now=now,
        )
        cast.officers[officer.username] = officer
        cast.seats.append(
            {
                "username": officer.username,
                "name": officer.name,
                "role": officer.role,
                "service": found.name,
                "language": officer.language,
                "password": password,
            }
        )
        if "away_days" in who:
            seats.go_away(officer=officer, until=now + timedelta(days=who["away_days"]), by=None, now=now)


def dossier(cast: Cast, row: Row, now: datetime) -> None:
    """A service opens a dossier."""
    subjects, relations = script.subject_drafts(row["subjects"])
    cast.records[row["id"]] = receive.open_dossier(
        service=cast.services[row["service"]],
        officer=cast.officers[row["officer"]],
        title=row["title"],
        language=row["language"],
        purpose=row["purpose"],
        legal_basis=row["legal_basis"],
        until=(now + timedelta(days=row.get("until_days", script.UNTIL_DAYS))).date(),
        subjects=subjects,
        relations=relations,
        themes=row.get("themes", ()),
        now=now,
    )


def watch(cast: Cast, row: Row, now: datetime) -> None:
    """A service watches for somebody."""
    subjects, relations = script.subject_drafts(row["subjects"])
    cast.records[row["id"]] = watches.state_watch(
        service=cast.services[row["service"]],
        officer=cast.officers[row["officer"]],
        approved_by=cast.officers[row["approved_by"]],
        subjects=subjects,
        relations=relations,
        purpose=row["purpose"],
        legal_basis=row["legal_basis"],
        until=(now + timedelta(days=row.get("until_days", script.UNTIL_DAYS))).date(),
        now=now,
    )


def rule(cast: Cast, row: Row, now: datetime) -> None:
    """A theme is entrusted to a service."""
    watches.state_rule(
        service=cast.services[row["service"]],
        officer=cast.officers[row["officer"]],
        approved_by=cast.officers[row["approved_by"]],
        theme=row["theme"],
        purpose=row["purpose"],
        legal_basis=row["legal_basis"],
        until=(now + timedelta(days=row.get("until_days", script.UNTIL_DAYS))).date(),
        now=now,
    )


def report(cast: Cast, row: Row, now: datetime) -> None:
    """An officer files a report."""
    cast.records[row["id"]] = receive.file_report(
        service=cast.services[row["service"]],
        author=cast.officers[row["author"]],
        draft=script.report_draft(row, now),
        now=now,
    )


def acknowledge_delivery(cast: Cast, row: Row, now: datetime) -> None:
    """A desk opens what it got and says what was done with it."""
    officer = cast.officers[row["who"]]
    duty = _duty(cast, row, "acknowledge", officer.service)
    assert duty.report is not None
    for delivery in duty.report.deliveries.filter(recipient=officer.service):
        consult.read_delivery(ref=delivery.ref, officer=officer, now=now)
    acknowledge.acknowledge_duty(
        ref=duty.ref, officer=officer, outcome=row["outcome"], note=row.get("note", ""), now=now
    )


def read_delivery(cast: Cast, row: Row, now: datetime) -> None:
    """A desk opens what it got, and does nothing yet."""
    officer = cast.officers[row["who"]]
    filed = cast.records[row["report"]]
    assert isinstance(filed, Report)
    for delivery in filed.deliveries.filter(recipient=officer.service):
        consult.read_delivery(ref=delivery.ref, officer=officer, now=now)


def pass_on(cast: Cast, row: Row, now: datetime) -> None:
    """The owner's desk decides that it may travel."""
    duty = _duty(cast, row, "pass_on", cast.services[row["to"]])
    decide.pass_on(ref=duty.ref, officer=cast.officers[row["who"]], note=row.get("note", ""), now=now)


def withhold(cast: Cast, row: Row, now: datetime) -> None:
    """The owner's desk decides that it may not travel, on a ground."""
    duty = _duty(cast, row, "pass_on", cast.services[row["to"]])
    decide.withhold(
        ref=duty.ref, officer=cast.officers[row["who"]], ground=row["ground"], reason=row["reason"], now=now
    )


def review(cast: Cast, row: Row, now: datetime) -> None:
    """A second person looks at a decision."""
    officer = cast.officers[row["who"]]
    duty = Duty.objects.filter(
        kind="review", report=cast.records[row["report"]], service=officer.service, ended_at__isnull=True
    ).first()
    if duty is None:
        raise NothingToDo(f"no review of {row['report']} waits at {officer.service.key}")
    decide.review(ref=duty.ref, officer=officer, uphold=row["uphold"], reason=row["reason"], now=now)


def put_on_hold(cast: Cast, row: Row, now: datetime) -> None:
    """A desk puts a duty on hold until a date."""
    officer = cast.officers[row["who"]]
    to = cast.services[row["to"]] if "to" in row else officer.service
    duty = _duty(cast, row, row.get("kind", "pass_on"), to)
    hold.hold_duty(
        ref=duty.ref, officer=officer, reason=row["reason"], until=now + timedelta(hours=row["hours"]), now=now
    )


def assign(cast: Cast, row: Row, now: datetime) -> None:
    """A supervisor gives a duty of the desk to one officer."""
    officer = cast.officers[row["who"]]
    duty = _duty(cast, row, row["kind"], officer.service)
    hold.assign(ref=duty.ref, officer=officer, to=cast.officers[row["officer"]], now=now)


def judge_matches(cast: Cast, row: Row, now: datetime) -> None:
    """A person judges the matches between two records that wait for it, one a minute."""
    officer = cast.officers[row["who"]]
    one, other = (_subjects(cast.records[name]) for name in row["between"])
    waiting = Match.objects.filter(
        duties__kind="judge", duties__ended_at__isnull=True, left__in=[*one, *other], right__in=[*one, *other]
    ).order_by("id")
    refs = [match.ref for match in waiting if (match.left_id in one) != (match.right_id in one)]
    if not refs:
        raise NothingToDo(f"no match between {row['between']} waits to be judged")
    for minute, ref in enumerate(refs):
        at = now + timedelta(minutes=minute)
        consult.read_match(ref=ref, officer=officer, now=at)
        judge.judge_match(ref=ref, officer=officer, verdict=row["verdict"], reason=row["reason"], now=at)


def _subjects(record: Report | Dossier | Interest) -> set[int]:
    return set(record.subjects.values_list("pk", flat=True))


def _duty(cast: Cast, row: Row, kind: str, recipient: Service) -> Duty:
    found = Duty.objects.select_related("report").filter(
        kind=kind, report=cast.records[row["report"]], recipient=recipient
    )
    duty = found.first()
    if duty is None:
        raise NothingToDo(f"{row['report']} calls for no duty to {kind} towards {recipient.key}")
    return duty


DOES: dict[str, Callable[[Cast, Row, datetime], None]] = {
    "service": service,
    "dossier": dossier,
    "watch": watch,
    "rule": rule,
    "report": report,
    "acknowledge": acknowledge_delivery,
    "read": read_delivery,
    "pass_on": pass_on,
    "withhold": withhold,
    "review": review,
    "hold": put_on_hold,
    "assign": assign,
    "judge": judge_matches,
}
"""What is done for each kind of step."""
