"""Many new rows of one table in a few statements: what `bulk_create` writes, without its cost for each value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models.fields.related import ForeignKey

from passerelle.records.sealed import SealedText

M = TypeVar("M", bound=models.Model)

VALUES_MAX = 30_000
"""So many values stand in one statement: SQLite takes 32,766 (since 3.32), PostgreSQL 65,535."""

_AS_THEY_ARE = (models.CharField, models.TextField, models.IntegerField, models.BooleanField, ForeignKey)


@dataclass(frozen=True, slots=True)
class Always:
    """One value for every row."""

    value: Any


def put_columns(model: type[models.Model], many: int, columns: Mapping[str, Any], *, once: bool = False) -> list[int]:
    """Writes so many new rows, told column by column (by `attname`: `report_id`): a list with a value for each row, or
    `Always` one. What is not told has its default. Sealed columns are sealed. Returns the primary keys, in order.

    With `once`, rows that are there already are passed over, and no primary keys are told. For models whose values need
    no check and that nobody listens to: those of a register.
    """
    if not many:
        return []
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    unknown = columns.keys() - {field.attname for field in fields}
    assert not unknown, f"{model.__name__} has no column {unknown}"
    values = [_values(field, columns, many) for field in fields]
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    one = f"({', '.join(['%s'] * len(fields))})"
    end = " ON CONFLICT DO NOTHING" if once else f" RETURNING {connection.ops.quote_name(_key(model).column)}"
    keys: list[int] = []
    size = max(1, VALUES_MAX // len(fields))
    rows = zip(*values, strict=False)
    with connection.cursor() as cursor:
        for start in range(0, many, size):
            count = min(size, many - start)
            asked = f"INSERT INTO {table} ({names}) VALUES {', '.join([one] * count)}{end}"  # noqa: S608 (names of our own tables)
            cursor.execute(asked, list(chain.from_iterable(next(rows) for _ in range(count))))
            if not once:
                keys.extend(key for (key,) in cursor.fetchall())
    return keys


def put_rows(model: type[M], rows: Iterable[M]) -> list[M]:
    """Writes new rows and gives them their primary keys, as `bulk_create` does. For models as `put_columns` takes."""
    listed = list(rows)
    names = [field.attname for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    keys = put_columns(model, len(listed), {name: [row.__dict__[name] for row in listed] for name in names})
    for row, key in zip(listed, keys, strict=True):
        row.pk = key
        row._state.adding = False
        row._state.db = "default"
    return listed


def _key(model: type[models.Model]) -> Any:
    key = model._meta.pk
    assert key is not None
    return key


def _values(field: Any, columns: Mapping[str, Any], many: int) -> Iterable[Any]:
    """The values of one column, as the database takes them."""
    told = columns.get(field.attname)
    if told is None:
        assert field.default in (models.NOT_PROVIDED, list, dict) or not callable(field.default), field.attname
        told = Always(field.get_default())
    if isinstance(told, Always):
        if not isinstance(field, SealedText):
            return repeat(_prepared(field, told.value), many)
        told = [told.value] * many
    assert len(told) == many, field.attname
    if isinstance(field, SealedText):
        seal = field.sealer()
        rows = zip(told, columns[field.row], strict=True)
        return [None if value is None else seal(value, row) for value, row in rows]
    return told if isinstance(field, _AS_THEY_ARE) else _each_prepared(field, told)


def _prepared(field: Any, value: Any) -> Any:
    return value if isinstance(field, _AS_THEY_ARE) else field.get_db_prep_save(value, connection)


def _each_prepared(field: Any, values: Sequence[Any]) -> list[Any]:
    """Few days, lists and numbers are told in many rows: each is prepared once."""
    known: dict[Any, Any] = {}
    out = []
    for value in values:
        if isinstance(value, bytes | bytearray | memoryview):
            out.append(field.get_db_prep_save(value, connection))
            continue
        told = repr(value) if isinstance(value, list | dict) else value
        if told not in known:
            known[told] = field.get_db_prep_save(value, connection)
        out.append(known[told])
    return out


__all__ = ["Always", "put_columns", "put_rows"]
