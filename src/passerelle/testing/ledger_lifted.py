"""Lets a test flush its database: the triggers that keep the ledger append-only are lifted for a moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from django.db import connection

_TRIGGERS = import_module("passerelle.records.migrations._append_only")


@contextmanager
def ledger_lifted() -> Iterator[None]:
    """Within it the ledger's lines can be removed; afterwards they cannot. Only ever for a test's database."""
    assert "test" in str(connection.settings_dict["NAME"]) or "memory" in str(connection.settings_dict["NAME"])
    undo, again = (
        (_TRIGGERS.UNDO_SQLITE, _TRIGGERS.SQLITE)
        if connection.vendor == "sqlite"
        else (_TRIGGERS.UNDO_POSTGRESQL, _TRIGGERS.POSTGRESQL)
    )
    with connection.cursor() as cursor:
        for command in undo:
            cursor.execute(command)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for command in again:
                cursor.execute(command)
