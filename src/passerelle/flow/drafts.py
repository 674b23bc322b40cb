"""What an officer is writing is kept until it is filed: in a table of its own, bound to the officer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction

from passerelle.errors import Refused
from passerelle.records import wall
from passerelle.records.models import Draft, Officer
from passerelle.words import sentence


class DraftMovedOn(Refused):
    """The draft that this one goes on from was kept elsewhere since, filed, or thrown away. Nothing was changed."""

    code = "draft.moved_on"


def kept(officer: Officer) -> dict[str, Any]:
    """The officer's own draft; empty where there is none."""
    draft = Draft.objects.filter(officer=officer).first()
    return dict(draft.content) if draft is not None else {}


def kept_at(officer: Officer) -> datetime | None:
    """When the officer's draft was kept last; None where there is none."""
    return Draft.objects.filter(officer=officer).values_list("saved_at", flat=True).first()


@contextmanager
def _alone(officer: Officer) -> Iterator[None]:
    """One transaction in which no other window of this officer changes the draft: their own row is the lock, since a
    draft that is not there yet has none."""
    with transaction.atomic(), wall.as_house():
        Officer.objects.select_for_update(of=("self",)).get(pk=officer.pk)
        yield


def keep(*, officer: Officer, content: dict[str, Any], now: datetime) -> None:
    """Keep this instead of what was kept before."""
    with _alone(officer):
        _put(officer, content, now)


def keep_on(*, officer: Officer, content: dict[str, Any], goes_on_from: str, now: datetime) -> datetime:
    """Keep this, if the draft is still the one it goes on from (its moment in ISO 8601; empty for none), so that two
    windows do not write over each other and what was filed does not come back. Returns the new moment. Raises
    DraftMovedOn."""
    with _alone(officer):
        at = kept_at(officer)
        if (at.isoformat() if at is not None else "") != goes_on_from:
            raise DraftMovedOn(
                sentence("This draft was kept, filed or thrown away in another window since this page was opened."),
                way_out=sentence("Open this page again to see how it stands, or keep what is here instead."),
            )
        _put(officer, content, now)
    return now


def drop(officer: Officer) -> None:
    """It was filed, or given up."""
    with _alone(officer):
        Draft.objects.filter(officer=officer).delete()


def _put(officer: Officer, content: dict[str, Any], now: datetime) -> None:
    Draft.objects.update_or_create(officer=officer, defaults={"content": content, "saved_at": now})
