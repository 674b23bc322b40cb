"""How often an officer asks, searches and opens dossiers, against the table of quotas; oversight sees who comes to
their end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import F, QuerySet

from passerelle.policy import quotas
from passerelle.records.models import Account, Dossier, Officer, Question, Search, Subject
from passerelle.words import Sentence

LOOKED_BACK = timedelta(days=30)
"""So far back oversight is shown who came to the end of a quota."""


def _searches() -> QuerySet[Search]:
    return Search.objects.all()


def _questions() -> QuerySet[Question]:
    """What was asked of other services; what was asked back, and of a colleague, is another thing."""
    return Question.objects.filter(parent__isnull=True, dossier__isnull=True)


def _questions_around() -> QuerySet[Question]:
    """Those about a report of one's own service, which ask whether anybody knows more."""
    return _questions().filter(report__service=F("service"), delivery__isnull=True)


def _dossiers(machines: bool) -> QuerySet[Dossier]:
    return Dossier.objects.filter(opened_by__account__isnull=not machines)


def _subjects(machines: bool) -> QuerySet[Subject]:
    """Those that were put into dossiers: each is compared with what everybody filed, as a question would be."""
    return Subject.objects.filter(added_by__account__isnull=not machines)


@dataclass(frozen=True, slots=True)
class Counted:
    """What a quota counts: the rows, whose each is, when it was, and within what time so many are allowed."""

    rows: Callable[[], QuerySet[Any]]
    whose: str
    at: str
    window: timedelta


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
COUNTED: dict[str, Counted] = {
    "searches_in_an_hour": Counted(_searches, "officer", "asked_at", HOUR),
    "questions_in_an_hour": Counted(_questions, "asked_by", "asked_at", HOUR),
    "questions_around_in_a_day": Counted(_questions_around, "asked_by", "asked_at", DAY),
    "dossiers_in_a_day": Counted(lambda: _dossiers(False), "opened_by", "opened_at", DAY),
    "dossiers_of_a_machine_in_a_day": Counted(lambda: _dossiers(True), "opened_by", "opened_at", DAY),
    "subjects_of_dossiers_in_a_day": Counted(lambda: _subjects(False), "added_by", "recorded_at", DAY),
    "subjects_of_a_machine_in_a_day": Counted(lambda: _subjects(True), "added_by", "recorded_at", DAY),
}


@dataclass(frozen=True, slots=True)
class AtTheEnd:
    """An officer who came to the end of a quota: how many there were within its time, and when the last was."""

    officer: Officer
    says: Sentence
    count: int
    at: datetime


def one_more(name: str, officer: Officer, now: datetime, *, more: int = 1) -> None:
    """Raises quotas.QuotaExceeded where this officer may not ask once more, or so many times more, now."""
    of = COUNTED[name]
    rows = of.rows().filter(**{of.whose: officer, f"{of.at}__gt": now - of.window})
    quotas.within(name, rows.order_by().count() + more)


def one_more_dossier(officer: Officer | None, now: datetime) -> None:
    """Raises quotas.QuotaExceeded where this officer has opened as many dossiers as one may in a day. What the operator
    takes in has no officer, and is no asking around."""
    if officer is not None:
        one_more("dossiers_of_a_machine_in_a_day" if _is_machine(officer) else "dossiers_in_a_day", officer, now)


def more_subjects(officer: Officer | None, more: int, now: datetime) -> None:
    """Raises quotas.QuotaExceeded where with these the officer puts more subjects into dossiers than one may in a day:
    who adds to a dossier asks as who opens one."""
    if officer is not None and more:
        of = "subjects_of_a_machine_in_a_day" if _is_machine(officer) else "subjects_of_dossiers_in_a_day"
        one_more(of, officer, now, more=more)


def _is_machine(officer: Officer) -> bool:
    return Account.objects.filter(officer=officer).exists()


def at_the_end(now: datetime) -> list[AtTheEnd]:
    """Who came to the end of a quota within the last thirty days: the next was refused. Latest first."""
    found: list[AtTheEnd] = []
    for name, of in COUNTED.items():
        quota = quotas.quotas()[name]
        asked = of.rows().filter(**{f"{of.at}__gt": now - LOOKED_BACK, f"{of.whose}__isnull": False})
        asked = asked.order_by(of.whose, of.at).values_list(of.whose, of.at)
        for officer, moments in groupby(asked.iterator(chunk_size=5000), key=lambda row: row[0]):
            count, at = quotas.busiest((moment for _, moment in moments), of.window)
            if count >= quota.most and at is not None:
                who = Officer.objects.select_related("service").get(pk=officer)
                found.append(AtTheEnd(officer=who, says=quota.says, count=count, at=at))
    return sorted(found, key=lambda one: one.at, reverse=True)
