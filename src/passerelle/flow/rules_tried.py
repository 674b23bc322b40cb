"""Rules tried on a month that happened, before they count: what would have been owed, to whom, and each desk's load.

Nothing is written but that it was looked at. Three kinds of file are known by what stands in them: a table of who may
tell whom, a table of deadlines, and rules of theme or territory of a service.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from passerelle.errors import Refused
from passerelle.flow import oblige
from passerelle.flow.between_services import span_of
from passerelle.flow.consult import read_as_operator, write_down
from passerelle.flow.duties import clock_of
from passerelle.flow.facts import NotAllowed, standing_of
from passerelle.flow.ledger_lines import journal, rules_applied
from passerelle.flow.rules_in_force import LOADERS
from passerelle.policy import deadlines, disclosure, tables
from passerelle.policy.facts import PURPOSES
from passerelle.policy.tables import Given
from passerelle.records.models import Duty, Interest, Match, Officer, Report, Service
from passerelle.words import sentence

_AT_ONCE = 500


class WrongRules(Refused):
    """A file that is none of the tables that can be tried, or a rule in it that says too little."""

    code = "rules.wrong_file"


@dataclass(frozen=True, slots=True)
class Change:
    """One telling that would be another: its report, who owes, who would be told, and how much, before and after.
    “owed” beside a form: the owner's desk would owe a decision too."""

    report: str
    sender: str
    recipient: str
    before: str
    after: str


@dataclass(slots=True)
class Load:
    """What one desk would do in that month, now and then: decisions, acknowledgements, clocks of another length."""

    decisions: int = 0
    decisions_then: int = 0
    acknowledgements: int = 0
    acknowledgements_then: int = 0
    shorter: int = 0
    longer: int = 0
    late: int = 0
    late_then: int = 0


@dataclass(slots=True)
class Trial:
    """What would have been otherwise. `changes`: newly owed, more, less, or no longer owed."""

    table: str
    month: str
    reports: int = 0
    duties: int = 0
    owed: int = 0
    owed_then: int = 0
    changes: list[Change] = field(default_factory=list)
    loads: dict[str, Load] = field(default_factory=dict)

    def of(self, kind: str) -> list[Change]:
        """The changes of one kind: new, gone, more or less."""
        return [one for one in self.changes if kind_of(one) == kind]


def kind_of(change: Change) -> str:
    """new, gone, more or less."""
    if change.before == "nothing":
        return "new"
    if change.after == "nothing":
        return "gone"
    return "more" if _weight(change.after) > _weight(change.before) else "less"


def _weight(form: str) -> float:
    name, _, owed = form.partition(" ")
    return ("nothing", "pointer", "extract", "whole").index(name) + (0.5 if owed else 0)


def which(path: Given) -> str:
    """Which of the tables a file is: deadlines, who_may_tell_whom, or rules. Raises WrongRules, WrongTable."""
    data = tables.read(path)
    if "rules" in data:
        return "rules"
    if "at_once_minutes" in data:
        return "deadlines"
    rows = data.get("rows")
    if isinstance(rows, list) and rows and isinstance(rows[0], dict) and "at_once" in rows[0]:
        return "who_may_tell_whom"
    raise WrongRules(
        sentence("{name} is no table that can be tried.", name=path.name),
        way_out=sentence("`passerelle rules show deadlines` prints one; a rule of theme stands under “rules:”."),
    )


def may_try(officer: Officer) -> bool:
    """Whether this seat may see what rules would have done."""
    return officer.service.kind == "neutral_desk"


def tried(
    *, path: Given, month: tuple[int, int], reason: str, officer: Officer | None = None, now: datetime
) -> Trial:
    """Try the rules in a file on the reports and duties of a month; `officer`, or the operator, looked at it.

    A trial counts what all services hold, sealed reports and discreet interests too: before and after a dossier of
    one's own it would tell whether somebody is known. So of officers only those of the neutral desk look at one.
    Raises WrongRules, WrongTable, NoSuchMonth, NotAllowed."""
    if officer is not None and not may_try(officer):
        raise NotAllowed(
            sentence("Rules are tried at the neutral desk: it counts what all services hold."),
            way_out=sentence("Ask for them here: who approves tries them first."),
        )
    start, end = span_of(month)
    table = which(path)
    after = rules_in(path) if table == "rules" else LOADERS[table](path)
    if officer is None:
        read_as_operator(thing="rules tried", reason=reason, now=now)
    else:
        with journal(now) as lines:
            write_down(lines, officer, "rules tried", "own_work", reason, officer.role)
    trial = Trial(table=table, month=f"{month[0]}-{month[1]:02}")
    with rules_applied():
        if table == "deadlines":
            _deadlines(trial, after, start, end, now)
        else:
            _tellings(trial, table, after, start, end, now)
    return trial


def rules_in(path: Given) -> list[Interest]:
    """Rules of theme or territory as rows that are never saved. Raises WrongRules."""
    found = []
    services = {service.key: service for service in Service.objects.all()}
    for number, row in enumerate(tables.read(path).get("rules") or [], start=1):
        row = row if isinstance(row, dict) else {}
        service, theme, territory = services.get(row.get("service", "")), row.get("theme", ""), row.get("territory", "")
        purpose = row.get("purpose", "")
        if service is None or purpose not in PURPOSES or not (theme or territory):
            raise WrongRules(
                sentence("Rule {number} of {name} says too little.", number=number, name=path.name),
                way_out=sentence("It needs a service, a purpose, and a theme or a territory that are known here."),
            )
        if theme and theme not in deadlines.themes():
            raise WrongRules(sentence("There is no theme {theme}.", theme=theme))
        found.append(
            Interest(
                service=service, kind="rule", theme=theme, territory=territory, purpose=purpose, until=date.max,
                legal_basis=str(row.get("legal_basis", "")),
            )
        )  # fmt: skip
    if not found:
        raise WrongRules(sentence("There is no rule in {name}.", name=path.name))
    return found


def _tellings(trial: Trial, table: str, after: Any, start: datetime, end: datetime, now: datetime) -> None:
    extra: list[Interest] = after if table == "rules" else []
    then = {} if table == "rules" else {table: after}
    for report in _reports(start, end):
        trial.reports += 1
        claims = _claims(report, now)
        before = {service: _decided(report, of) for service, of in claims.items()}
        for rule in extra:
            if rule.service_id != report.service_id and oblige.rule_names(rule, report):
                claims.setdefault(rule.service, []).append(oblige.Claim(rule, None, None, "rule"))
        own = {name: tables.set_here(name) for name in LOADERS if tables.set_here(name) is not None}
        with tables.in_force({**own, **then}):
            new = {service: _decided(report, of) for service, of in claims.items()}
        for service in new:
            _compare(trial, report, service, before.get(service), new[service])


def _reports(start: datetime, end: datetime) -> Iterator[Report]:
    rows = Report.objects.filter(filed_at__gte=start, filed_at__lt=end, gone="").select_related("service")
    yield from rows.order_by("pk").iterator(chunk_size=_AT_ONCE)


def _claims(report: Report, now: datetime) -> dict[Service, list[oblige.Claim]]:
    """By service: what it has to do with this report, by matches that stand and by rules."""
    found: dict[Service, list[oblige.Claim]] = {}
    mine = report.subjects.values("pk")
    rows = Match.objects.filter(Q(left__in=mine) | Q(right__in=mine)).select_related(*oblige.MATCH_ROWS)
    for match in rows.order_by("pk").distinct():
        standing = standing_of(match)
        for held, wanted in oblige.sides(match):
            if not standing or held.report_id != report.pk:
                continue
            interest = oblige.interest_of(wanted, now)
            if interest is not None and interest.service_id != report.service_id:
                found.setdefault(interest.service, []).append(oblige.Claim(interest, match, held, standing))
    for rule in oblige.rules_for(report, now):
        found.setdefault(rule.service, []).append(oblige.Claim(rule, None, None, "rule"))
    return found


def _decided(report: Report, claims: Sequence[oblige.Claim]) -> disclosure.Disclosure:
    return oblige.best_disclosure(report, claims[0].interest.service, claims, sender_decided=False)[0]


def _said(decided: disclosure.Disclosure | None) -> str:
    if decided is None or (decided.form == "nothing" and not decided.owner_owes_decision):
        return "nothing"
    return f"{decided.form} +decision" if decided.owner_owes_decision else decided.form


def _compare(
    trial: Trial, report: Report, to: Service, before: disclosure.Disclosure | None, after: disclosure.Disclosure
) -> None:
    one, other = _said(before), _said(after)
    trial.owed += one != "nothing"
    trial.owed_then += other != "nothing"
    sender, recipient = _load(trial, report.service), _load(trial, to)
    sender.decisions += "+decision" in one
    sender.decisions_then += "+decision" in other
    recipient.acknowledgements += one.split()[0] in ("whole", "extract")
    recipient.acknowledgements_then += other.split()[0] in ("whole", "extract")
    if one != other:
        trial.changes.append(Change(report.ref, report.service.key, to.key, one, other))


def _load(trial: Trial, service: Service) -> Load:
    return trial.loads.setdefault(service.key, Load())


def _deadlines(trial: Trial, after: Any, start: datetime, end: datetime, now: datetime) -> None:
    """Each duty of the month by its new clock: from when it was raised, against when it ended."""
    rows = Duty.objects.filter(raised_at__gte=start, raised_at__lt=end, due_at__isnull=False)
    rows = rows.select_related(
        "service", "recipient", "report", "question", "match__left__report", "match__right__report"
    ).order_by("pk")
    for duty in rows.iterator(chunk_size=_AT_ONCE):
        trial.duties += 1
        was, then = (due_by(duty, table) for table in (None, after))
        ended = duty.ended_at or now
        load = _load(trial, duty.service)
        load.late += ended > was
        load.late_then += ended > then
        load.shorter += then < was
        load.longer += then > was


def due_by(duty: Duty, table: tuple[deadlines.DeadlineRow, ...] | None = None) -> datetime:
    """When a duty is due that was raised when this one was, by the table in force or the one that is given."""
    return clock_of(
        duty.raised_at, kind=duty.kind, service=duty.service, recipient=duty.recipient, discreet=duty.discreet,
        urgency=duty.urgency, themes=_themes(duty), table=table,
    ).due_at  # fmt: skip


def _themes(duty: Duty) -> frozenset[str]:
    """What a duty is about, as its clock asks for it: its report, its question, or the report whose match is judged."""
    if duty.report is not None:
        return frozenset(duty.report.themes)
    if duty.kind == "answer":
        return frozenset(duty.question.themes if hasattr(duty, "question") else ())
    if duty.match is not None:
        left, right = duty.match.left, duty.match.right
        held = right if left.service_id == duty.recipient_id else left
        return frozenset(held.report.themes if held.report is not None else ())
    return frozenset()


def as_json(trial: Trial) -> dict[str, Any]:
    """The trial as plain values."""
    kinds = Counter(kind_of(one) for one in trial.changes)
    return {
        "table": trial.table, "month": trial.month, "reports": trial.reports, "duties": trial.duties,
        "owed": trial.owed, "owed_then": trial.owed_then,
        "new": kinds["new"], "gone": kinds["gone"], "more": kinds["more"], "less": kinds["less"],
        "changes": [
            {"report": one.report, "sender": one.sender, "recipient": one.recipient, "before": one.before,
             "after": one.after}
            for one in trial.changes
        ],
        "loads": {
            key: {name: getattr(load, name) for name in Load.__slots__} for key, load in sorted(trial.loads.items())
        },
    }  # fmt: skip
