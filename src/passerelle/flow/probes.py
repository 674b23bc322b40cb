"""Probes: invented pairs of records that should meet travel the live road of matching, and leave only their sums.

A handful is filed under two invented services, compared by the very functions that compare real records, with the keys
and the counts of names that real records have, and undone: the transaction is rolled back before anybody could see it.
No duty, delivery, notice or message is ever made of one (docs/decisions/0024).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from passerelle.errors import Refused
from passerelle.fairness.operation import Road
from passerelle.fairness.probes import KINDS, Probe, persons, probes, traditions
from passerelle.flow import match, receive
from passerelle.flow.ledger_lines import Journal, entries_of, journal
from passerelle.flow.receive import ReportDraft, SubjectDraft
from passerelle.ids import fresh_ref
from passerelle.ledger.events import ProbesTried
from passerelle.records.models import Match, Officer, Service, Subject
from passerelle.words import sentence

AT_ONCE = 24
"""So many pairs are tried in one transaction: nobody else can write meanwhile, and it must be short."""

OF_EACH_MAX = 64
LOOKED_BACK = timedelta(days=365)


class ProbesNotSigned(Refused):
    """Probes are decided and signed by oversight."""

    code = "probes.not_signed"


class _Undone(Exception):
    """Takes a handful back."""


@dataclass(frozen=True, slots=True)
class _Handful:
    """What one handful found, counted by the way of writing."""

    tried: Counter[str]
    met: Counter[str]
    strong: Counter[str]
    met_others: Counter[str]


def run(
    *, officer: Officer, of_each: int, seed: int, groups: Collection[str] = (), now: datetime
) -> list[ProbesTried]:
    """Try `of_each` invented persons of each group of names, each written otherwise; one line of the ledger for each
    group and way of writing, signed by an officer of oversight. Real work goes on between handfuls. `groups`: only
    these, where any are given.

    Raises ProbesNotSigned.
    """
    if officer.role != "oversight":
        raise ProbesNotSigned(
            sentence("Oversight decides on probes and signs for them."),
            way_out=sentence("Ask the oversight body; who runs the installation cannot decide it alone."),
        )
    if not 1 <= of_each <= OF_EACH_MAX:
        raise ProbesNotSigned(sentence("Try between 1 and {most} persons of each group.", most=OF_EACH_MAX))
    ref, came = fresh_ref("probes"), []
    for tradition in (one for one in traditions() if not groups or one.id in groups):
        written = list(probes(persons(tradition, of_each, seed), seed))
        handfuls = [tried(written[start : start + AT_ONCE], now=now) for start in range(0, len(written), AT_ONCE)]
        came += [(tradition.id, way, handfuls) for way in KINDS if any(one.tried[way] for one in handfuls)]
    told = []
    with journal(now) as lines:  # all of a round or nothing: what broke off was never tried
        for group, way, handfuls in came:
            line = ProbesTried(
                probes=ref, by=officer.ref, seed=seed, group=group, way=way,
                tried=sum(one.tried[way] for one in handfuls), met=sum(one.met[way] for one in handfuls),
                strong=sum(one.strong[way] for one in handfuls),
                met_others=sum(one.met_others[way] for one in handfuls),
            )  # fmt: skip
            lines.write(line)
            told.append(line)
    return told


def tried(written: Sequence[Probe], *, now: datetime) -> _Handful:
    """Put a handful on the road, see which met, and take all of it back."""
    found = _Handful(Counter(), Counter(), Counter(), Counter())
    try:
        with journal(now) as lines:
            _on_the_road(lines, written, found)
            raise _Undone
    except _Undone:
        return found


def _on_the_road(lines: Journal, written: Sequence[Probe], found: _Handful) -> None:
    sides: list[list[Subject]] = []
    mark = fresh_ref("probe")
    for side, names in (
        ("left", [probe.person.name for probe in written]), ("right", [probe.other for probe in written]),
    ):  # fmt: skip
        service = Service.objects.create(
            key=f"{mark}-{side}", name=mark, kind="police", languages=["en"], joined_at=lines.now
        )
        draft = ReportDraft(
            text="Invented, to be undone.", language="en",
            subjects=[
                SubjectDraft(local_id=str(place), schema="Person", properties={"name": [name]}, caption=name)
                for place, name in enumerate(names)
            ],
        )  # fmt: skip
        report = receive.put_report(lines, service=service, author=None, draft=draft)
        rows = list(Subject.objects.filter(report=report))
        sides.append(sorted(rows, key=lambda row: int(row.local_id)))
    for rows in sides:
        match.match_subjects(lines, rows)
    pairs = {(left.pk, right.pk): place for place, (left, right) in enumerate(zip(*sides, strict=True))}
    whose = {row.pk: place for rows in sides for place, row in enumerate(rows)}
    others: set[int] = set()
    ends = list(whose)
    rows_found = Match.objects.filter(Q(left__in=ends) | Q(right__in=ends)).values_list("left", "right", "band")
    for left, right, band in rows_found:
        place = pairs.get((left, right), pairs.get((right, left)))
        if place is not None:
            found.met[written[place].kind] += 1
            found.strong[written[place].kind] += band == "strong"
        elif (left in whose) != (right in whose):
            others.add(whose[left] if left in whose else whose[right])
    for probe in written:
        found.tried[probe.kind] += 1
    for place in others:
        found.met_others[written[place].kind] += 1


def sums(*, now: datetime) -> list[Road]:
    """What all probes of the last year came to, by group of names and way of writing; empty where none were tried."""
    found: dict[tuple[str, str], Counter[str]] = {}
    rounds: set[str] = set()
    for facts in _told(now):
        counted = found.setdefault((facts["group"], facts["way"]), Counter())
        counted.update({name: facts[name] for name in ("tried", "met", "strong", "met_others")})
        rounds.add(facts["probes"])
    return [
        Road(group, way, one["tried"], one["met"], one["strong"], one["met_others"], len(rounds))
        for (group, way), one in sorted(found.items())
    ]


def _told(now: datetime) -> Iterator[dict[str, Any]]:
    for entry in entries_of(frozenset({"ProbesTried"})):
        line = json.loads(entry)
        if datetime.fromisoformat(line["at"]) > now - LOOKED_BACK:
            yield line["facts"]
