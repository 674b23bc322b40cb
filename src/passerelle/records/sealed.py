"""Columns that stand sealed in the database: each value opens only in its own row and column, with the key outside."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from passerelle import keyring
from passerelle.keyring import Keyring


@lru_cache(maxsize=4)
def _ring(path: str, written: int) -> Keyring:
    return keyring.read(Path(path))


def keys() -> Keyring:
    """The keys of this installation, read anew when their file was: whoever turns a key need not stop the workers.
    Raises KeysMissing, KeysUnusable."""
    path = str(settings.KEYS_FILE)
    try:
        written = os.stat(path).st_mtime_ns
    except OSError:
        written = 0  # reading it says what is missing
    return _ring(path, written)


def forget_keys() -> None:
    """After the file of keys changed: read it again when it is next needed."""
    _ring.cache_clear()


_asked_first: Callable[[Any, str], None] | None = None


def ask_first(check: Callable[[Any, str], None]) -> None:
    """Before a value of a row is opened, `check(row, column)` is asked; what it raises goes to whoever asked for it."""
    global _asked_first
    _asked_first = check


def open_all(row: models.Model) -> None:
    """Open every sealed value of a row now: what a verb may show stays open for the page that shows it."""
    for field in row._meta.local_concrete_fields:
        if isinstance(field, SealedText):
            getattr(row, field.attname)


def _row_of(row: object) -> str:
    return bytes(row).hex() if isinstance(row, bytes | memoryview | bytearray) else str(row)


class Token(str):
    """A sealed value on its way to or from the database; never shown, never compared."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<sealed>"


class _Opens(DeferredAttribute):
    """Opens what was read when it is first asked for."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        if isinstance(value, Token):
            if value and _asked_first is not None:
                _asked_first(instance, self.field.column)
            value = self.field.opened(value, instance)
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class SealedText(models.TextField):
    """Text that stands sealed. `row` names the attribute that says which row it is: its reference or its salt.

    Empty text stays empty. It cannot be filtered or ordered by; `QuerySet.update` and `bulk_update` cannot write it,
    because they do not know the row: save the row instead.
    """

    descriptor_class = _Opens

    if TYPE_CHECKING:

        def __get__(self, instance: Any, owner: Any) -> Any: ...
        def __set__(self, instance: Any, value: Any) -> None: ...

    def __init__(self, *args: Any, row: str = "ref", **more: Any) -> None:
        self.row = row
        super().__init__(*args, **more)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, more = super().deconstruct()
        if self.row != "ref":
            more["row"] = self.row
        return name, path, args, more

    def place(self, row: object) -> str:
        """Where a value of this column stands: what it is bound to."""
        return f"{self.model._meta.db_table}|{self.column}|{_row_of(row)}"

    def to_plain(self, text: str) -> Any:
        """The value of an opened text."""
        return text

    def to_text(self, value: Any) -> str:
        """The text that is sealed for a value; empty for what need not be."""
        return str(value)

    def opened(self, token: Token, instance: Any) -> Any:
        """The value behind a token, in the row of `instance`."""
        return self.open_in(token, getattr(instance, self.row))

    def open_in(self, token: str, row: object) -> Any:
        """The value behind a token, in a row that is known by itself. Raises KeysMissing, DoesNotOpen."""
        return self.to_plain(keys().open(str(token), self.place(row)) if token else "")

    def sealed_for(self, value: Any, row: object) -> Token:
        """A value sealed for a row."""
        text = self.to_text(value)
        return Token(keys().seal(text, self.place(row)) if text else "")

    def sealer(self) -> Callable[[Any, object], str]:
        """`sealed_for`, for many values in a row: the keys are looked up once."""
        seal, place, to_text = keys().seal, f"{self.model._meta.db_table}|{self.column}|", self.to_text

        def sealed(value: Any, row: object) -> str:
            text = to_text(value)
            return seal(text, place + _row_of(row)) if text else ""

        return sealed

    def opener(self) -> Callable[[str, object], Any]:
        """`open_in`, for many values in a row: the keys are looked up once."""
        unseal, place, to_plain = keys().open, f"{self.model._meta.db_table}|{self.column}|", self.to_plain

        def opened(token: str, row: object) -> Any:
            return to_plain(unseal(token, place + _row_of(row)) if token else "")

        return opened

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        raw = model_instance.__dict__.get(self.attname)
        if isinstance(raw, Token) and not add:
            return raw  # never opened, so it is not changed
        value = getattr(model_instance, self.attname)
        return None if value is None else self.sealed_for(value, getattr(model_instance, self.row))

    def get_prep_value(self, value: Any) -> Any:
        if value is None or isinstance(value, Token):
            return None if value is None else str(value)
        if value == self.to_plain("") or value == "":
            return ""
        raise TypeError(f"{self.name} stands sealed: save the row, do not update or look for it by value")

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return self.get_prep_value(value) if not prepared else value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else Token(value)

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None


class SealedJson(SealedText):
    """A JSON value that stands sealed."""

    def to_plain(self, text: str) -> Any:
        return json.loads(text) if text else self.get_default()

    def to_text(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: Any) -> str:
        return self.to_text(self.value_from_object(obj))
