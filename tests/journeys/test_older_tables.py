"""Houses from before the first release: what their steps made goes on; what a half of them made is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from importlib import import_module
from pathlib import Path

import pytest
from django.db.backends.sqlite3.base import Database

from passerelle.records import tables_made
from tests.journeys.test_backup import client, references, saved, surroundings
from tests.journeys.test_witness import COMMAND, run

STEPS = import_module("passerelle.records.migrations.0001_all_tables").REPLACED
NOW = "0001_all_tables"


def recorded(house: Path, change: Callable[[list[str]], list[str]]) -> None:
    """Bend what the database of a house says was done to its tables; they are left as they are."""
    with closing(Database.connect(str(house / "passerelle.sqlite3"))) as database:
        rows = database.execute("SELECT name FROM django_migrations WHERE app = 'records' ORDER BY id")
        done = [name for (name,) in rows]
        database.execute("DELETE FROM django_migrations WHERE app = 'records'")
        database.executemany(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('records', ?, '2026-11-22')",
            [(name,) for name in change(done)],
        )
        database.commit()


def refused(*arguments: str) -> str:
    command = [sys.executable, "-c", COMMAND, *arguments]
    done = subprocess.run(command, env=surroundings(), capture_output=True, text=True, timeout=120)
    assert done.returncode, done.stdout
    return " ".join(done.stderr.split())


def made_before(done: list[str]) -> list[str]:
    assert set(STEPS) | {NOW} <= set(done), "a new house has the old steps, and the one in their place"
    return [*STEPS, *later(done)]


def later(done: list[str]) -> list[str]:
    """The steps that came after the old ones were put together; their tables are there."""
    return [name for name in done if name not in STEPS and name != NOW]


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    house = tmp_path_factory.mktemp("older") / "house"
    run("init", "--dir", str(house))
    client(house, 2).communicate(timeout=60)
    recorded(house, made_before)
    return house


def test_a_house_made_by_the_old_steps_goes_on_without_a_word(older: Path, tmp_path: Path) -> None:
    assert len(references(older)) == 2
    assert json.loads(run("reconcile", "--dir", str(older), "--json"))
    run("init", "--dir", str(older))
    assert len(references(older)) == 2, "brought up, and nothing made anew"


def test_a_backup_of_such_a_house_is_restored(older: Path, tmp_path: Path) -> None:
    recorded(older, lambda done: [*STEPS, *later(done)])
    saved(older, tmp_path / "saved")
    run("restore", str(tmp_path / "saved"), "--dir", str(tmp_path / "again"), "--keys", str(older / "keys.json"))
    assert references(tmp_path / "again") == references(older)


def test_a_house_that_stopped_half_way_is_refused_with_a_way_out(older: Path, tmp_path: Path) -> None:
    recorded(older, lambda done: [*STEPS[:-3], *later(done)])
    for command in ("init", "reconcile"):
        said = refused(command, "--dir", str(older))
        assert f"lack {STEPS[-3]} and 2 more" in said, said
        assert f"the last version that still has {STEPS[-1]}" in said
    recorded(older, lambda done: [*STEPS, *later(done)])
    run("reconcile", "--dir", str(older))


def test_which_steps_are_known_and_by_which_name() -> None:
    old = [("records", name) for name in STEPS]
    assert tables_made.missing_between([]) == [] == tables_made.missing_between(old)
    assert tables_made.missing_between(old[1:]) == [STEPS[0]]
    assert tables_made.known([("auth", "0001_initial"), *old, ("records", "9999_later")]) == (
        [("auth", "0001_initial"), ("records", NOW)],
        [("records", "9999_later")],
    )
