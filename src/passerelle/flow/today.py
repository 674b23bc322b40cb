"""What a desk has before it today, and who takes what: read off the tables, decided by a rule, given by nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from passerelle.capacity.sharing import Hand, Taken, Task, minutes_of, shared
from passerelle.flow import duties
from passerelle.flow.hold import MAY_BE_GIVEN
from passerelle.policy.facts import DESK_ROLES
from passerelle.records import visibility, wall
from passerelle.records.models import Delivery, Duty, Officer, ReportVersion, Service

TASKS_MAX = 200


@dataclass(frozen=True, slots=True)
class Day:
    """`shares`: each officer who is there, what they hold already in minutes, and what the rule gives them;
    `nobody`: what nobody who is there may end; `rows`: the duties by reference; `more`: whether there are more."""

    shares: tuple[tuple[Officer, float, tuple[Taken, ...]], ...]
    nobody: tuple[Taken, ...]
    rows: dict[str, Duty]
    more: bool


def day_of(*, service: Service, reader: Officer | None, now: datetime) -> Day:
    """Who takes what is open at the desk of a service with nobody by name. `reader`: only what they see (None: the
    command line). Writes nothing: giving a duty to somebody is `flow.hold.assign`, by those who lead."""
    held = (visibility.duties(reader) if reader is not None else Duty.objects.all()).filter(
        holder=service, state="open"
    )
    rows: list[Duty] = wall.with_relations(
        held.filter(officer__isnull=True).order_by("due_at", "id")[: TASKS_MAX + 1], "report", "match", "about"
    )
    there = Officer.objects.filter(service=service, is_active=True, account__isnull=True)
    people = list(there.exclude(away_until__gt=now).filter(role__in=[*DESK_ROLES, "officer"]).order_by("id"))
    minutes: dict[int, float] = {}
    for officer, kind in held.filter(officer__isnull=False).values_list("officer", "kind"):
        minutes[officer] = minutes.get(officer, 0.0) + minutes_of(kind)
    languages = _languages(service, rows)
    hands = [
        Hand(
            one.ref, one.name, tuple(one.languages_read or [one.language]),
            frozenset(MAY_BE_GIVEN) if one.role == "officer" else _EVERYTHING, minutes.get(one.pk, 0.0),
        )
        for one in people
        if one.role not in ("head",)  # the head is told what others left
    ]  # fmt: skip
    with wall.as_house():  # who decided is told to nobody here: the rule only passes them over
        looked_at = Duty.objects.filter(pk__in=[duty.pk for duty in rows]).select_related("match", "about")
        deciders = duties.deciders_of(looked_at)
    tasks = []
    for duty in rows[:TASKS_MAX]:
        decider = deciders.get(duty.pk)
        assert duty.due_at is not None
        not_for = frozenset({decider.ref} if decider is not None else ())
        tasks.append(Task(duty.ref, duty.kind, duty.due_at, languages.get(duty.report_id or 0, ""), not_for))
    taken = shared(tasks, hands)
    return Day(
        tuple(
            (one, minutes.get(one.pk, 0.0), tuple(line for line in taken if line.to == one.ref))
            for one in people
            if any(hand.ref == one.ref for hand in hands)
        ),
        tuple(line for line in taken if not line.to),
        {duty.ref: duty for duty in rows},
        len(rows) > TASKS_MAX,
    )


_EVERYTHING = frozenset({"pass_on", "judge", "acknowledge", "answer", "review", "correct", "request"})


def _languages(service: Service, rows: list[Duty]) -> dict[int, str]:
    """The language of each report that this service has: its own, or one that was delivered to it. Of a pointer, or of
    what another service holds, no language is told."""
    wanted = {duty.report_id for duty in rows if duty.report_id}
    own = {duty.report_id for duty in rows if duty.report is not None and duty.report.service_id == service.pk}
    got = set(
        Delivery.objects.filter(report__in=wanted, recipient=service)
        .exclude(form="pointer")
        .exclude(evidence="recalled")
        .values_list("report_id", flat=True)
    )
    with wall.as_house():  # whoever got a report read its language; its versions stand with its owner
        said = ReportVersion.objects.filter(report__in=own | got).order_by("number")
        return dict(said.values_list("report_id", "language"))
