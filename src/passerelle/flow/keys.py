"""The keys change: what is sealed is sealed anew, a few hundred rows at a time, and the index is made anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection

from passerelle import keyring
from passerelle.flow import index
from passerelle.flow.ledger_lines import entries_of, journal
from passerelle.ledger.events import KeysChanged
from passerelle.matching.keys import FORM
from passerelle.records import sealed
from passerelle.records.models import Subject
from passerelle.records.sealed import SealedText

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Standing:
    """How many values of the database were sealed with each key, by its number."""

    sealed_with: dict[str, int]
    active: str

    @property
    def old(self) -> int:
        """Values that another key than the active one sealed."""
        return sum(count for number, count in self.sealed_with.items() if number != self.active)


def columns() -> list[SealedText]:
    """Every sealed column of the database."""
    return [
        field
        for model in apps.get_app_config("records").get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, SealedText)
    ]


def standing() -> Standing:
    """Read through every sealed column; nothing is opened."""
    ring = sealed.keys()
    found: dict[str, int] = {}
    for field in columns():
        for number, count in _numbers(field).items():
            found[number] = found.get(number, 0) + count
    return Standing(found, ring.rings["fields"].active)


def _numbers(field: SealedText) -> dict[str, int]:
    found: dict[str, int] = {}
    ring = sealed.keys()
    table, column = field.model._meta.db_table, field.column
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE {column} <> ''")  # noqa: S608 (names of our own tables)
        while rows := cursor.fetchmany(AT_ONCE):
            for (token,) in rows:
                number = ring.sealed_with(token)
                found[number] = found.get(number, 0) + 1
    return found


def rotate_fields(*, now: datetime, told: Callable[[int], None] = lambda done: None) -> int:
    """A fresh key seals from now on, and everything that stands sealed is sealed with it. The number of values.

    The new key is on disk before anything is sealed with it, and the old ones stay on the ring: broken off anywhere,
    everything opens, and `reseal` goes on.
    """
    ring = keyring.read(Path(settings.KEYS_FILE))
    number = ring.fresh("fields")
    ring.write(settings.KEYS_FILE)
    with journal(now) as lines:
        lines.write(KeysChanged(ring="fields", key=number, step="fresh"))
    return reseal(now=now, told=told)


def reseal(*, now: datetime, told: Callable[[int], None] = lambda done: None) -> int:
    """Whatever another key than the active one sealed is sealed anew. The number of values; a second run finds none."""
    ring = sealed.keys()
    active = ring.rings["fields"].active
    done = 0
    for field in columns():
        last = 0
        while True:
            with journal(now):  # its lock keeps every verb out while these rows change; no line is owed for a form
                rows, last, count = _reseal_some(field, last, active)
            done += count
            told(done)
            if not rows:
                break
    if done or not _told_of(active):
        with journal(now) as lines:
            lines.write(KeysChanged(ring="fields", key=active, step="resealed"))
    return done


def _told_of(active: str) -> bool:
    """Whether the last line on the fields' keys says that all is sealed with this one: who died before it says it now.
    Nothing is owed where no key was ever changed."""
    said = [json.loads(line)["facts"] for line in entries_of(frozenset({"KeysChanged"}))]
    facts = next((one for one in reversed(said) if one["ring"] == "fields"), None)
    return facts is None or facts["step"] != "fresh" or facts["key"] != active


def _reseal_some(field: SealedText, after: int, active: str) -> tuple[int, int, int]:
    ring = sealed.keys()
    table, column, row = field.model._meta.db_table, field.column, field.model._meta.get_field(field.row)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, {row.column}, {column} FROM {table} "  # noqa: S608 (names of our own tables)
            "WHERE id > %s ORDER BY id LIMIT %s",
            [after, AT_ONCE],
        )
        rows = cursor.fetchall()
        changed = []
        for key, of, token in rows:
            if token and ring.sealed_with(token) != active:
                place = field.place(of)
                changed.append((ring.seal(ring.open(token, place), place), key))
        cursor.executemany(f"UPDATE {table} SET {column} = %s WHERE id = %s", changed)  # noqa: S608
    return len(rows), rows[-1][0] if rows else after, len(changed)


def rotate_index(*, now: datetime) -> int:
    """A fresh key for the index: every subject waits to be compared again, and gets its keys anew then; everything that
    can be searched for waits to be read again. The number of subjects.

    A pair is weighed when the second of the two has its new keys, so nothing is missed; nobody is asked again, because
    the evidence stays as it was. They wait before the key is on disk, so that breaking off loses no match, and once
    more after, for what a worker gave the old key in between; the ledger says it when all is done.
    """
    with journal(now) as lines:
        Subject.objects.update(to_match_at=lines.now)
        index.start_anew()
    ring = keyring.read(Path(settings.KEYS_FILE))
    number = ring.fresh("index")
    ring.retire("index")
    ring.write(settings.KEYS_FILE)
    with journal(now) as lines:
        waiting = Subject.objects.update(to_match_at=lines.now)
        index.start_anew()
        lines.write(KeysChanged(ring="index", key=number, step="fresh"))
    return waiting


def follow_form(*, now: datetime) -> int | None:
    """Where another version of the rules of names made the keys, every subject waits to be compared again and gets its
    keys anew then: the number of subjects. None where the keys are of this version. The ledger says it once."""
    said = [json.loads(line)["facts"] for line in entries_of(frozenset({"KeysChanged"}))]
    forms = [facts["key"] for facts in said if facts["ring"] == "form"]
    if forms[-1:] == [str(FORM)]:
        return None
    with journal(now) as lines:
        waiting = Subject.objects.update(to_match_at=lines.now)
        lines.write(KeysChanged(ring="form", key=str(FORM), step="fresh"))
    return waiting


def retire_fields(*, now: datetime) -> list[str]:
    """The keys that seal nothing any more leave the ring; none while something stands sealed with an old one."""
    if standing().old:
        return []
    ring = keyring.read(Path(settings.KEYS_FILE))
    gone = ring.retire("fields")
    ring.write(settings.KEYS_FILE)
    with journal(now) as lines:
        for number in gone:
            lines.write(KeysChanged(ring="fields", key=number, step="retired"))
    return gone
