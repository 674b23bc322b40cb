"""The second wall, on PostgreSQL: for whom the database shows rows. Where nobody was named, it shows none.

Who asks is told to the database by `set_config(…, true)`: it ends with its transaction, and never stays on a connection
that somebody else uses next. A statement outside a transaction gets one of its own for it. On SQLite all of this does
nothing. It is a wall against a forgotten filter: who can send SQL of their own can also name who asks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import Model, QuerySet

from passerelle.records.models import Officer

Row = TypeVar("Row", bound=Model)
Asker = tuple[str, str, str, str, str]
"""What the policies read: sees (house, reader or nothing), service, officer, role, and the service's kind."""

NOBODY: Asker = ("", "", "", "", "")
HOUSE: Asker = ("house", "", "", "", "")
"""The verbs that must see both sides: matching, obliging, the worker, importing, commands of the operator."""

TELL = "SELECT " + ", ".join(
    f"set_config('passerelle.{name}', %s, true)" for name in ("sees", "service", "officer", "role", "kind")
)
_ROWS = re.compile(r"\s*\(?\s*(SELECT|INSERT|UPDATE|DELETE|WITH|VALUES|DECLARE|EXPLAIN|LOCK)\b", re.IGNORECASE)

_asks: ContextVar[Asker] = ContextVar("asks", default=NOBODY)
"""Who asks in this thread."""

_told: ContextVar[Asker] = ContextVar("told", default=NOBODY)
"""Who asks, as the transaction that this thread is in was told."""


def asker() -> Asker:
    """Who asks in this thread now."""
    return _asks.get()


def reader(officer: Officer) -> Asker:
    """An officer as the policies know one."""
    return ("reader", str(officer.service_id), str(officer.pk), officer.role, officer.service.kind)


@contextmanager
def as_reader(officer: Officer) -> Iterator[None]:
    """What is read in here is read behind the wall of this officer."""
    with _asking(reader(officer)):
        yield


@contextmanager
def as_house() -> Iterator[None]:
    """What is read in here is read by the house itself, which sees both sides."""
    with _asking(HOUSE):
        yield


def house_from_now_on() -> None:
    """This thread is the house until it ends: an operator's command. Threads that it starts are nobody."""
    _asks.set(HOUSE)


def with_relations(rows: QuerySet[Row], *related: str) -> list[Row]:
    """The rows with what is shown beside them (as `select_related` names it).

    Which rows there are is decided behind the wall of whoever asks. They are then read by the house: a related row that
    is hidden, like the sealed report of an exception, would else hide its row too."""
    if connection.vendor != "postgresql":
        return list(rows.select_related(*related))
    keys = list(rows.values_list("pk", flat=True))
    with as_house():
        found = rows.model._default_manager.select_related(*related).in_bulk(keys)
    return [found[key] for key in keys]


@contextmanager
def _asking(asker: Asker) -> Iterator[None]:
    before = _asks.set(asker)
    try:
        if connection.vendor == "postgresql" and connection.in_atomic_block:
            with _telling(asker):
                yield
        else:
            yield
    finally:
        _asks.reset(before)


@contextmanager
def _telling(asker: Asker) -> Iterator[None]:
    """The transaction is told who asks, and afterwards who asked before. A broken one forgets it by itself."""
    before = _told.get()
    if asker == before:
        yield
        return
    _tell(asker)
    token = _told.set(asker)
    try:
        yield
    finally:
        _told.reset(token)
        if not _broken():
            _tell(before)


def _tell(asker: Asker) -> None:
    with connection.cursor() as cursor:
        cursor.execute(TELL, asker)


def _broken() -> bool:
    if connection.connection is None or connection.needs_rollback:
        return True
    return str(connection.connection.info.transaction_status.name) in ("INERROR", "UNKNOWN")


def told_first(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Run a statement so that the database knows who asks: at once where its transaction was told, else told first."""
    asker = _asks.get()
    if asker == _told.get() or sql == TELL or not _ROWS.match(str(sql)):
        return execute(sql, params, many, context)
    if connection.in_atomic_block:
        with _telling(asker):
            return execute(sql, params, many, context)
    with transaction.atomic():
        _tell(asker)
        return execute(sql, params, many, context)


def watch(connection: Any, **_: Any) -> None:
    """Each connection to PostgreSQL, as it is opened: its statements go through `told_first`."""
    if connection.vendor == "postgresql" and told_first not in connection.execute_wrappers:
        connection.execute_wrappers.append(told_first)
