"""A backup becomes a house again: checked before anything is touched, and answered for where lines are missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction

from passerelle.errors import Refused
from passerelle.flow import backup as backups
from passerelle.flow import backup_file, ledger_lines
from passerelle.flow.ledger_lines import journal
from passerelle.keyring import Keyring
from passerelle.ledger import canonical, checkpoint, notes
from passerelle.ledger.events import GapSigned, Restored
from passerelle.records import checks, tables_made, wall
from passerelle.records.models import Gap
from passerelle.replay import diff, fold
from passerelle.words import sentence

Ask = Callable[[str, str], str]
"""Asks a witness at an address for the newest checkpoint of a ledger; empty: it saw none. Raises OSError."""


class OlderThanKnown(Refused):
    """Others know of lines that this backup does not have, or could not be asked; nobody has answered for it."""

    code = "restore.older_than_known"


class AnotherHistory(Refused):
    """The backup is of a ledger that a witness never saw."""

    code = "restore.another_history"


class WrongDatabase(Refused):
    """The backup does not fit the database it is to go into."""

    code = "restore.wrong_database"


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The most lines that somebody outside knows of, and who could not be asked."""

    known: int
    unasked: tuple[str, ...]


def opened(file: Path, *, into: Path, ring: Keyring) -> dict[str, Any]:
    """Open a backup into an empty folder and check all of it; its manifest. Raises NotABackup, KeysMissing, Damaged."""
    manifest = backup_file.read(file, into, ring=ring)
    if manifest["vendor"] == "sqlite":
        from django.db.backends.sqlite3.base import Database

        with closing(Database.connect(str(into / backups.DATABASE))) as database:
            found = backups.checked_sqlite(database)
        if (found["size"], found["root"]) != (manifest["size"], manifest["root"]):
            raise backups.Damaged(sentence("The ledger in the backup is not the one its manifest speaks of."))
    return manifest


def what_others_know(
    manifest: dict[str, Any], *, ring: Keyring, known: Iterable[str], ask: Ask
) -> Knowledge:
    """Ask each witness the backup names, and read the checkpoints at hand (`known`: texts of notes).

    Raises AnotherHistory for a checkpoint of the same ledger at the same size with another root; NotACheckpoint for one
    that no key of the ring signed.
    """
    texts, unasked = list(known), []
    for part in (part.split() for part in manifest["witnesses"].split(",") if part.strip()):
        if len(part) < 2:
            unasked.append(part[0].partition("+")[0])
            continue
        try:
            texts.append(ask(part[1], manifest["origin"]))
        except OSError:
            unasked.append(part[0].partition("+")[0])
    most = 0
    for text in filter(None, texts):
        said = _signed_here(notes.read(text), manifest["origin"], ring)
        if said.size == manifest["size"] and said.root.hex() != manifest["root"]:
            raise AnotherHistory(
                sentence("A witness saw another root over the same {size} lines.", size=said.size),
                way_out=sentence("Call oversight: this backup is not of the ledger that others know."),
            )
        most = max(most, said.size)
    return Knowledge(most, tuple(unasked))


def check_gap(manifest: dict[str, Any], knowledge: Knowledge, *, signed: bool) -> bool:
    """Whether there is a gap to be written down. Raises OlderThanKnown unless somebody signed it."""
    older = knowledge.known > manifest["size"]
    if (older or knowledge.unasked) and not signed:
        said = (
            sentence(
                "This backup has {size} lines and others know of {known}: what came after it would be forgotten.",
                size=manifest["size"], known=knowledge.known,
            )
            if older
            else sentence("{witness} could not be asked if this is the newest.", witness=", ".join(knowledge.unasked))
        )  # fmt: skip
        way_out = sentence("Find a newer backup; or somebody answers for it by name: --sign-gap “Name, reason”.")
        raise OlderThanKnown(said, way_out=way_out)
    return older or bool(knowledge.unasked)


def load(manifest: dict[str, Any], folder: Path) -> None:
    """Put what was opened into the database: SQLite's file stands in place already; PostgreSQL's must be empty.

    Raises WrongDatabase, Damaged.
    """
    if manifest["vendor"] != connection.vendor:
        raise WrongDatabase(
            sentence("The backup is of {theirs}, and the settings name {ours}.", theirs=manifest["vendor"], ours=connection.vendor)  # noqa: E501
        )
    taken = _known_migrations(manifest)
    if connection.vendor == "postgresql":
        _into_postgresql(manifest, folder, taken)
    call_command("migrate", verbosity=0, interactive=False)


def settle(
    manifest: dict[str, Any], *, gap: bool, known: int, signed_by: str, reason: str, now: datetime
) -> None:
    """What was restored is compared with its own ledger, and the ledger says that it was. Raises Damaged."""
    if (manifest["size"], manifest["root"]) != ledger_lines.head():
        raise backups.Damaged(sentence("What was restored is not the ledger that the manifest speaks of."))
    found = diff.differences(fold.fold(ledger_lines.entries()), checks.plain_rows())
    if found:
        raise backups.Damaged(sentence("The tables are not what the ledger tells: {first}", first=str(found[0])))
    with journal(now) as lines:
        lines.write(Restored(size=manifest["size"], root=manifest["root"], made_at=manifest["made_at"]))
        if gap:
            row = Gap.objects.create(
                size=manifest["size"], known=known, signed_by=signed_by, reason=reason, signed_at=lines.now
            )
            said = canonical.commitment(bytes(row.salt), {"signed_by": signed_by, "reason": reason})
            lines.write(GapSigned(gap=row.ref, size=row.size, known=row.known, commitment=said))


def _signed_here(note: notes.Note, origin: str, ring: Keyring) -> checkpoint.Checkpoint:
    signing = ring.rings["signing"].keys.values() if "signing" in ring.rings else ()
    for seed in signing:
        try:
            return checkpoint.check(note, log=notes.key_of(origin, seed, notes.LOG)).checkpoint
        except checkpoint.NotACheckpoint as refused:
            last = refused
    raise last if signing else checkpoint.NotACheckpoint(sentence("There is no key to check a checkpoint with."))


def _known_migrations(manifest: dict[str, Any]) -> list[tables_made.Step]:
    """The steps that made the tables of the backup, as this version calls them. Raises WrongDatabase."""
    taken = [(app, name) for app, name in manifest["migrations"]]
    ours, later = tables_made.known(taken)
    if later:
        named = ", ".join(f"{app}.{name}" for app, name in sorted(later)[:3])
        raise WrongDatabase(
            sentence("The backup was made by a later version: {later}.", later=named),
            way_out=sentence("Restore it with the version that made it, or a newer one."),
        )
    lacking = tables_made.missing_between(taken)
    if lacking:
        raise WrongDatabase(
            sentence("The backup is of a version before the first release, and lacks {first}.", first=lacking[0]),
            way_out=sentence("Restore it with the last version that still has {last}.", last=lacking[-1]),
        )
    return ours


def _into_postgresql(manifest: dict[str, Any], folder: Path, taken: list[tables_made.Step]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        if cursor.fetchone()[0]:
            raise WrongDatabase(
                sentence("The database has tables already; a backup goes into an empty one."),
                way_out=sentence("Make a new database and name it in `database_url`."),
            )
    last = dict(taken)  # the last of each app, as they were applied
    for app, name in last.items():
        call_command("migrate", app, name, verbosity=0, interactive=False)
    with transaction.atomic(), wall.as_house(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        walled = _walled(cursor)
        for table in walled:  # COPY FROM is not for tables behind the wall: it goes up again before anybody is let in
            cursor.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
            cursor.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
        for table in manifest["columns"]:
            cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{table}")')  # noqa: S608 (names of our own tables)
            if cursor.fetchone()[0]:
                cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608
        for table, columns in manifest["columns"].items():
            listed = ", ".join(f'"{name}"' for name in columns)
            with (
                (folder / f"{table}.copy").open("rb") as file,
                cursor.cursor.copy(f'COPY "{table}" ({listed}) FROM STDIN') as rows,
            ):
                while data := file.read(1 << 16):
                    rows.write(data)
            if "id" in columns:
                cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [f'"{table}"'])
                if (sequence := cursor.fetchone()[0]) is not None:
                    cursor.execute(f'SELECT setval(%s, (SELECT max(id) FROM "{table}"))', [sequence])  # noqa: S608
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in walled:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
            cursor.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')


def _walled(cursor: Any) -> list[str]:
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relrowsecurity AND relnamespace = 'public'::regnamespace ORDER BY relname"
    )
    return [name for (name,) in cursor.fetchall()]
