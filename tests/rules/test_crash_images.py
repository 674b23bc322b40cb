"""Images of the disk as a power cut could leave it, at every write: no commit that was told is lost, none is half."""

from __future__ import annotations

from pathlib import Path

import pysqlite3
import pytest

from passerelle.server import safe_sqlite
from tests import figures
from tests.rules.recorded_disk import Disk, layers

COMMITS = 24
TABLES = (
    "CREATE TABLE report (id INTEGER PRIMARY KEY, text TEXT)",
    "CREATE TABLE line (id INTEGER PRIMARY KEY, leaf BLOB)",
)


def recorded(folder: Path, commands: str, commits: int = COMMITS) -> Disk:
    """A client files reports, each with its line in one transaction, and is told of each; the log goes in often."""
    disk = Disk()
    with disk.connect(folder / "house") as connection:
        for command in filter(None, (part.strip() for part in commands.split(";"))):
            connection.execute(command)
        connection.execute("PRAGMA wal_autocheckpoint=9")
        for table in TABLES:
            connection.execute(table)
        for number in range(1, commits + 1):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO report VALUES (?, ?)", (number, "gezien " * (number * 37 % 500)))
            connection.execute("INSERT INTO line VALUES (?, ?)", (number, bytes(32)))
            connection.execute("COMMIT")
            disk.told(number)
    return disk


def lost(disk: Disk, folder: Path, every: int) -> tuple[int, int, int]:
    """How many images were built, in how many a told commit is lost, and how many are damaged or half."""
    folder.mkdir()
    built = missing = damaged = 0
    for told, image in disk.images(seed=7, every=every):
        for old in folder.iterdir():
            old.unlink()
        for name, data in image.items():
            (folder / name).write_bytes(data)
        built += 1
        try:
            connection = pysqlite3.connect(str(folder / "house"))
            whole = connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            reports = connection.execute("SELECT id FROM report ORDER BY id").fetchall() if tables == 2 else []
            lines = connection.execute("SELECT id FROM line ORDER BY id").fetchall() if tables == 2 else []
            connection.close()
        except pysqlite3.DatabaseError:
            damaged += 1
            continue
        damaged += not whole or reports != lines or reports != [(n,) for n in range(1, len(reports) + 1)]
        missing += len(reports) < told
    return built, missing, damaged


SAFE = safe_sqlite.opening_commands((3, 51, 3))
FALLBACK = safe_sqlite.opening_commands((3, 40, 1))


@pytest.mark.parametrize("commands", [SAFE, FALLBACK], ids=["log", "journal"])
def test_crash_images_as_the_house_opens_its_database_lose_nothing(tmp_path: Path, commands: str) -> None:
    disk = recorded(tmp_path, commands)
    assert sum(one.kind == "sync" for one in disk.done) >= COMMITS, "nothing was synced: nothing is recorded"
    built, missing, damaged = lost(disk, tmp_path / "images", every=3 if commands == SAFE else 9)
    assert built > 150
    assert (missing, damaged) == (0, 0)
    figures.keep("images" if commands == SAFE else "images_journal", images=built, lost=missing, damaged=damaged)


@pytest.mark.parametrize("level", ["NORMAL", "OFF"])
def test_crash_images_of_a_database_that_is_synced_less_lose_what_was_told(tmp_path: Path, level: str) -> None:
    disk = recorded(tmp_path, SAFE.replace("synchronous=FULL", f"synchronous={level}"))
    built, missing, _ = lost(disk, tmp_path / "images", every=5)
    assert missing > 20, f"synchronous={level} was not found out: the images are blind"
    figures.keep(f"images_{level}", images=built, lost=missing)


def test_a_disk_that_was_recorded_leaves_nothing_with_sqlite(tmp_path: Path) -> None:
    before = layers()
    for number in range(8):
        (tmp_path / str(number)).mkdir()
        recorded(tmp_path / str(number), SAFE, 2)
        assert layers() == before


@pytest.mark.release
@pytest.mark.parametrize("commands", [SAFE, FALLBACK], ids=["log", "journal"])
def test_thousands_of_crash_images_lose_nothing(tmp_path: Path, commands: str) -> None:
    built, missing, damaged = lost(recorded(tmp_path, commands, 160), tmp_path / "images", every=1)
    assert built > 5_000
    assert (missing, damaged) == (0, 0)
    name = "images_long" if commands == SAFE else "images_long_journal"
    figures.keep(name, images=built, lost=missing, damaged=damaged)
