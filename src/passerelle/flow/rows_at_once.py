"""Many new rows of one table in a few statements: what `bulk_create` writes, without its cost for each value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models.fields.related import ForeignKey

from passerelle.records.sealed import SealedText

M = TypeVar("M", bound=models.Model)

VALUES_MAX = 30_000
"""So many values stand in one statement: SQLite takes 32,766 (since 3.32), PostgreSQL 65,535."""

_AS_THEY_ARE = (models.CharField, models.TextField, models.IntegerField, models.BooleanField, ForeignKey)


def put_rows(model: type[M], rows: Iterable[M], *, once: bool = False) -> list[M]:
    """Writes new rows and gives them their primary keys, as `bulk_create` does; sealed columns are sealed.

    With `once`, rows that are there already are passed over, and none is given its primary key. For models whose values
    need no check and that nobody listens to: those of a register.
    """
    listed = list(rows)
    if not listed:
        return listed
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    writers = [_writer(field) for field in fields]
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    one = f"({', '.join(['%s'] * len(fields))})"
    end = " ON CONFLICT DO NOTHING" if once else f" RETURNING {connection.ops.quote_name(_key(model).column)}"
    with connection.cursor() as cursor:
        size = max(1, VALUES_MAX // len(fields))
        for start in range(0, len(listed), size):
            chunk = listed[start : start + size]
            values = [write(row) for row in chunk for write in writers]
            asked = f"INSERT INTO {table} ({columns}) VALUES {', '.join([one] * len(chunk))}{end}"  # noqa: S608 (names of our own tables)
            cursor.execute(asked, values)
            if not once:
                _told(model, chunk, [key for (key,) in cursor.fetchall()])
    return listed


def _key(model: type[models.Model]) -> Any:
    key = model._meta.pk
    assert key is not None
    return key


def _told(model: type[M], rows: Sequence[M], keys: Sequence[int]) -> None:
    """The rows know their primary keys, and that they stand in the database."""
    for row, key in zip(rows, keys, strict=True):
        row.pk = key
        row._state.adding = False
        row._state.db = connection.alias


def _writer(field: Any) -> Callable[[Any], Any]:
    """How the value of one column is read off a row, as the database takes it."""
    name = field.attname
    if isinstance(field, SealedText):
        of = field.row

        def sealed(row: Any) -> Any:
            value = row.__dict__[name]
            return None if value is None else str(field.sealed_for(value, row.__dict__[of]))

        return sealed
    if isinstance(field, _AS_THEY_ARE):
        return lambda row: row.__dict__[name]
    known: dict[Any, Any] = {}

    def prepared(row: Any) -> Any:
        value = row.__dict__[name]
        told = repr(value) if isinstance(value, list | dict) else value
        if isinstance(value, bytes | bytearray | memoryview):
            return field.get_db_prep_save(value, connection)
        if told not in known:
            known[told] = field.get_db_prep_save(value, connection)
        return known[told]

    return prepared


__all__ = ["put_rows"]
