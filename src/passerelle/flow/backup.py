"""A backup while the house serves: one moment of the whole database, checked, and sealed into one file.

SQLite by its own backup interface, in one read of the log; PostgreSQL by COPY of each table within one REPEATABLE READ
transaction, so that no other program is needed and the role that serves is enough. Sessions are left out.
"""

from __future__ import annotations

import secrets  # bent: what makes two sealings differ is never seeded
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from passerelle.errors import Refused
from passerelle.flow import backup_file, checkpoints, ledger_lines
from passerelle.ledger import canonical, chain
from passerelle.records import sealed, wall
from passerelle.words import sentence

DATABASE = "passerelle.sqlite3"
LEFT_OUT = ("django_session", "django_migrations")
"""Nobody stays signed in over a restoration; which migrations ran is told in the manifest."""

_AT_ONCE = 10_000


class Damaged(Refused):
    """The database, or a copy of it, is not whole: its ledger does not add up, or its pages do not."""

    code = "backup.damaged"


@dataclass(frozen=True, slots=True)
class Backup:
    """What was backed up: the ledger's size and root at that moment, and the bytes of the file."""

    file: Path
    size: int
    root: str
    bytes: int


def backup(*, file: Path, now: datetime) -> Backup:
    """Write a sealed backup to `file`, whole or not at all, while others write. What is not sealed yet stands in the
    house's own folder meanwhile, never where the backup goes: that may be a share. Raises Damaged, KeysMissing."""
    ring = sealed.keys()
    ring.active("backups")
    with tempfile.TemporaryDirectory(dir=settings.FOLDER, prefix=".passerelle-backup-") as name:
        folder = Path(name)
        parts, facts = _sqlite(folder) if connection.vendor == "sqlite" else _postgresql(folder)
        manifest = {
            **facts,
            "format": backup_file.MARK,
            "vendor": connection.vendor,
            "made_at": canonical.timestamp(now),
            "installation": settings.FOLDER.name,
            "witnesses": str(settings.WITNESSES),
            "origin": checkpoints.origin() if facts["size"] else "",
        }
        backup_file.write(file, manifest, parts, ring=ring, salt=secrets.token_bytes(backup_file.SALT_BYTES))
    return Backup(file, int(facts["size"]), str(facts["root"]), file.stat().st_size)


def _sqlite(folder: Path) -> tuple[dict[str, Path], dict[str, Any]]:
    from django.db.backends.sqlite3.base import Database

    copy = folder / DATABASE
    connection.ensure_connection()
    with closing(Database.connect(str(copy))) as target:
        connection.connection.backup(target)  # one step: one moment, and no writer waits for it
        target.execute("PRAGMA journal_mode=DELETE")
        target.execute("DELETE FROM django_session")
        target.commit()
        return {DATABASE: copy}, checked_sqlite(target)


def checked_sqlite(database: Any) -> dict[str, Any]:
    """Size, root and migrations of a SQLite database whose pages, references and ledger add up. Raises Damaged."""
    wrong = [row[0] for row in database.execute("PRAGMA integrity_check") if row[0] != "ok"]
    wrong += [f"{row[0]}: a reference to nothing" for row in database.execute("PRAGMA foreign_key_check")]
    if wrong:
        raise Damaged(sentence("The database is not whole: {why}.", why="; ".join(map(str, wrong[:3]))))
    lines = database.execute(ledger_lines.LINES_OF_A_COPY)
    head = database.execute(ledger_lines.HEAD_OF_A_COPY).fetchone()
    done = database.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()
    return _facts(lines, head, done)


def _facts(lines: Any, head: tuple[int, bytes] | None, done: list[tuple[str, str]]) -> dict[str, Any]:
    frontier = chain.Frontier()
    for entry, leaf in lines:
        computed = chain.leaf_hash(entry.encode())
        if computed.hex() != leaf:
            raise Damaged(sentence("Line {index} of the ledger was changed.", index=frontier.size))
        frontier.append(computed)
    if frontier.to_bytes() != (chain.Frontier().to_bytes() if head is None else bytes(head[1])):
        raise Damaged(sentence("The lines of the ledger are not those its head speaks of."))
    return {"size": frontier.size, "root": frontier.root().hex(), "migrations": [list(row) for row in done]}


def _postgresql(folder: Path) -> tuple[dict[str, Path], dict[str, Any]]:
    import psycopg

    parts: dict[str, Path] = {}
    columns: dict[str, list[str]] = {}
    with psycopg.connect(**plain_parameters()) as reading:
        reading.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        reading.read_only = True
        with reading.cursor() as cursor:
            cursor.execute(wall.TELL, wall.HOUSE)
            for table in tables(cursor):
                columns[table] = columns_of(cursor, table)
                parts[f"{table}.copy"] = folder / f"{table}.copy"
                listed = ", ".join(f'"{name}"' for name in columns[table])
                with (
                    parts[f"{table}.copy"].open("wb") as file,
                    cursor.copy(f'COPY "{table}" ({listed}) TO STDOUT') as rows,
                ):
                    for data in rows:
                        file.write(data)
            cursor.execute(ledger_lines.HEAD_OF_A_COPY)
            head = cursor.fetchone()
            cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
            done = cursor.fetchall()
            facts = _facts(_lines(reading), head, done)
    return parts, {**facts, "columns": columns}


def _lines(reading: Any) -> Iterator[tuple[str, str]]:
    with reading.cursor(name="lines") as cursor:
        cursor.itersize = _AT_ONCE
        cursor.execute(ledger_lines.LINES_OF_A_COPY)
        yield from cursor


def plain_parameters() -> dict[str, Any]:
    """How to open a connection of one's own to the same PostgreSQL."""
    kept = ("dbname", "user", "password", "host", "port")
    return {name: value for name, value in connection.get_connection_params().items() if name in kept}


def tables(cursor: Any) -> list[str]:
    """The tables of the house, by name, without those that are left out."""
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    return [name for (name,) in cursor.fetchall() if name not in LEFT_OUT]


def columns_of(cursor: Any, table: str) -> list[str]:
    """The columns of a table, in order."""
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s "
        "ORDER BY ordinal_position",
        [table],
    )
    return [name for (name,) in cursor.fetchall()]
