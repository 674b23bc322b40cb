"""A filled SQLite installation copied into PostgreSQL: tables by COPY, without the ledger, indexes of keys made last.

For benchmarks that need a million subjects on both databases and have them once. What the import would have written
through its verbs is written straight; the ledger of the copy knows nothing of it. Needs a superuser of the server.
"""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

ROWS = 20_000
LEFT_OUT = frozenset({"records_ledgerline", "records_ledgerhead"})


def copy(source: Path, folder: Path) -> None:
    """All tables of the installation in `source` into the database that Django is connected to; its keys too."""
    from django.apps import apps
    from django.db import connection

    shutil.copy(source / "keys.json", folder / "keys.json")
    models = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in {"records", "auth"} and model._meta.db_table not in LEFT_OUT
    ]
    old = sqlite3.connect(f"file:{source / 'passerelle.sqlite3'}?mode=ro", uri=True)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no checks while tables are filled one by one
        cursor.execute("SET timezone = 'UTC'")
        for model in models:
            cursor.execute(f'DELETE FROM "{model._meta.db_table}"')
    for model in models:
        begun = time.monotonic()
        many = _table(old, model)
        if many:
            click.echo(f"{model._meta.db_table}: {many} rows, {time.monotonic() - begun:.0f} s", err=True)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("ANALYZE")
    old.close()


def _table(old: sqlite3.Connection, model: Any) -> int:
    from django.db import connection

    table = model._meta.db_table
    columns = [field.column for field in model._meta.local_concrete_fields]
    bare = table == "records_key"
    indexes = [*model._meta.indexes] if bare else []
    rules = [*model._meta.constraints] if bare else []
    with connection.schema_editor() as editor:
        for index in indexes:
            editor.remove_index(model, index)
        for rule in rules:
            editor.remove_constraint(model, rule)
    names = ", ".join(f'"{column}"' for column in columns)
    many = 0
    with connection.cursor() as cursor:
        with cursor.cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as into:
            for rows in _rows(old, table, columns):
                many += len(rows)
                if bare:  # numbers and words of our own: nothing in them needs quoting
                    into.write("".join("\t".join(map(str, row)) + "\n" for row in rows))
                else:
                    for row in rows:
                        into.write_row(row)
        if many and model._meta.pk.column == "id":
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM \"{table}\"))"
            )
    with connection.schema_editor() as editor:
        for rule in rules:
            editor.add_constraint(model, rule)
        for index in indexes:
            editor.add_index(model, index)
    return many


def _rows(old: sqlite3.Connection, table: str, columns: list[str]) -> Iterator[list[Any]]:
    names = ", ".join(f'"{column}"' for column in columns)
    cursor = old.execute(f'SELECT {names} FROM "{table}"')
    while rows := cursor.fetchmany(ROWS):
        yield rows
