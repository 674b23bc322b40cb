"""How often an officer asks and searches, against the table of quotas; oversight sees who comes to their end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.db.models import F, QuerySet

from passerelle.policy import quotas
from passerelle.records.models import Officer, Question, Search
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


COUNTED: dict[str, tuple[Callable[[], QuerySet[Search] | QuerySet[Question]], str, timedelta]] = {
    "searches_in_an_hour": (_searches, "officer", timedelta(hours=1)),
    "questions_in_an_hour": (_questions, "asked_by", timedelta(hours=1)),
    "questions_around_in_a_day": (_questions_around, "asked_by", timedelta(days=1)),
}
"""By quota: what is counted, whose it is, and within what time."""


@dataclass(frozen=True, slots=True)
class AtTheEnd:
    """An officer who came to the end of a quota: how many there were within its time, and when the last was."""

    officer: Officer
    says: Sentence
    count: int
    at: datetime


def one_more(name: str, officer: Officer, now: datetime) -> None:
    """Raises quotas.QuotaExceeded where this officer may not ask once more now."""
    rows, whose, window = COUNTED[name]
    quotas.within(name, rows().filter(**{whose: officer}, asked_at__gt=now - window).count() + 1)


def at_the_end(now: datetime) -> list[AtTheEnd]:
    """Who came to the end of a quota within the last thirty days: the next was refused. Latest first."""
    found: list[AtTheEnd] = []
    for name, (rows, whose, window) in COUNTED.items():
        quota = quotas.quotas()[name]
        asked = rows().filter(asked_at__gt=now - LOOKED_BACK).order_by(whose, "asked_at").values_list(whose, "asked_at")
        for officer, moments in groupby(asked.iterator(chunk_size=5000), key=lambda row: row[0]):
            count, at = quotas.busiest((moment for _, moment in moments), window)
            if count >= quota.most and at is not None:
                who = Officer.objects.select_related("service").get(pk=officer)
                found.append(AtTheEnd(officer=who, says=quota.says, count=count, at=at))
    return sorted(found, key=lambda one: one.at, reverse=True)
