"""The same verbs and the same commands on PostgreSQL: a country's database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

pytestmark = pytest.mark.postgres

ROOT = Path(__file__).parents[2]
PASSWORD = "only-for-a-test"
ROWS = "id,schema,name,birthDate\n" + "".join(
    f"p{number},Person,{given} {family},19{60 + number % 40}-03-1{number % 10}\n"
    for number, (given, family) in enumerate(
        (given, family)
        for given in ("Ferdinand", "Małgorzata", "Youssef", "Léonie", "Wim")
        for family in ("Oosterlynck", "Wójcikiewicz", "Benhachmi", "Delhougne", "Şahinkaya")
    )
)


def _as(server: str, role: str, database: str) -> str:
    parts = urlsplit(server)
    return urlunsplit(parts._replace(netloc=f"{role}:{PASSWORD}@{parts.hostname}:{parts.port}", path=f"/{database}"))


@pytest.fixture
def owner() -> Iterator[str]:
    """A role that may make databases and is no superuser, so that the policies on rows hold; and away with it."""
    import psycopg

    name = f"owner_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(os.environ["PASSERELLE_TEST_DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS PASSWORD '{PASSWORD}'")
        yield name
        left = connection.execute("SELECT datname FROM pg_database WHERE pg_get_userbyid(datdba) = %s", [name])
        for (database,) in left.fetchall():  # of tests that were ended before they could clear up
            connection.execute(f"DROP DATABASE {database} WITH (FORCE)")
        connection.execute(f"DROP ROLE {name}")


@pytest.fixture
def database(owner: str) -> Iterator[str]:
    """A fresh database on the server that was named, for its owner; and away with it afterwards."""
    import psycopg

    server = os.environ["PASSERELLE_TEST_DATABASE_URL"]
    name = f"passerelle_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} OWNER {owner}")
        yield _as(server, owner, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _run(*arguments: str, database: str, folder: Path, status: int = 0, seconds: int = 300) -> str:
    done = subprocess.run(
        [sys.executable, "-c", "from passerelle.cli import main; main()", *arguments, "--dir", str(folder)],
        env={**os.environ, "PASSERELLE_DATABASE_URL": database},
        capture_output=True,
        text=True,
        timeout=seconds,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


def _json(*arguments: str, **more: Any) -> Any:
    return json.loads(_run(*arguments, "--json", **more))


PARTS = {
    "a to d": "tests/flow/test_[a-d]*.py", "e to o": "tests/flow/test_[e-o]*.py", "p to r": "tests/flow/test_[p-r]*.py",
    "s to z": "tests/flow/test_[s-z]*.py", "walls": "tests/doors/test_access_walls.py",
}  # fmt: skip
"""The tests of the verbs, in parts that different processes can take."""

NOT_THERE = {"test_candidates_by_index.py"}
"""PostgreSQL rightly reads small tables whole."""


@pytest.mark.parametrize("part", PARTS)
def test_every_test_of_the_verbs_passes_on_postgresql(owner: str, part: str) -> None:
    """As a role for which the second wall stands; what it shows is tests/flow/test_second_wall.py's, and of pages
    tests/doors/test_access_walls.py's."""
    server = _as(os.environ["PASSERELLE_TEST_DATABASE_URL"], owner, f"verbs_{uuid.uuid4().hex[:8]}")
    files = [str(path) for path in sorted(ROOT.glob(PARTS[part])) if path.name not in NOT_THERE]
    assert files
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *files, "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--no-header"],
        cwd=ROOT,
        env={**os.environ, "PASSERELLE_DATABASE_URL": server},
        capture_output=True,
        text=True,
        timeout=1200,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert " passed" in done.stdout and " failed" not in done.stdout and " skipped" not in done.stdout


def test_no_test_of_the_verbs_is_left_out_on_postgresql() -> None:
    taken = [path for pattern in PARTS.values() for path in ROOT.glob(pattern) if path.parent.name == "flow"]
    assert sorted(taken) == sorted(ROOT.glob("tests/flow/test_*.py"))


def test_a_register_is_taken_in_matched_and_reconciled_by_command(database: str, tmp_path: Path) -> None:
    folder = tmp_path / "house"
    register = tmp_path / "register.csv"
    register.write_text(ROWS, encoding="utf-8")
    _run("init", database=database, folder=folder)
    first = _json("import", "noord", str(register), database=database, folder=folder)
    assert (first["read"], first["added"], first["refused"]) == (25, 25, 0)
    second = _json(
        "import",
        "midi",
        str(register),
        "--dossier",
        "Register",
        "--legal-basis",
        "Police Function Act, Art. 44/1",
        "--until",
        "2099-01-01",
        database=database,
        folder=folder,
    )
    assert second["matches"] >= 25
    again = _json("import", "midi", str(register), database=database, folder=folder)
    assert (again["added"], again["unchanged"]) == (0, 25)
    balance = _json("reconcile", database=database, folder=folder)
    assert balance["owed"] == balance["sent"] + balance["live"] + balance["withheld"] and balance["owed"] >= 25
    assert balance["missing"] == balance["surplus"] == 0
    exported = tmp_path / "ledger.jsonl"
    _run("ledger", "export", str(exported), database=database, folder=folder)
    assert _json_verify(exported)["holds"]


def test_who_serves_stands_behind_the_wall_and_says_when_not(database: str, tmp_path: Path) -> None:
    """The two roles of docs/how-to/postgresql.md; a superuser is refused, the owner is warned."""
    import psycopg

    server, name = os.environ["PASSERELLE_TEST_DATABASE_URL"], urlsplit(database).path[1:]
    folder, house = tmp_path / "house", f"house_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as above:
        above.execute(f"CREATE ROLE {house} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '{PASSWORD}'")
        try:
            with psycopg.connect(database, autocommit=True) as own:
                own.execute(f"ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {house}")
                own.execute(f"ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO {house}")
            _run("init", database=database, folder=folder)
            served, superuser = _as(server, house, name), urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
            assert "E005" in _run("check", database=superuser, folder=folder, status=1)
            assert "W007" in _run("check", database=database, folder=folder)
            said = _run("check", database=served, folder=folder)
            assert "E005" not in said and "W007" not in said
            register = tmp_path / "register.csv"
            register.write_text(ROWS, encoding="utf-8")
            _run("service", "add", "noord", "Noord", "--kind", "police", database=served, folder=folder)
            assert _json("import", "noord", str(register), database=served, folder=folder)["added"] == 25
            with psycopg.connect(served) as nobody:
                assert nobody.execute("SELECT count(*) FROM records_report").fetchone() == (0,)
            with psycopg.connect(superuser) as everything:
                assert everything.execute("SELECT count(*) FROM records_report").fetchone() == (25,)
        finally:
            above.execute(f"DROP OWNED BY {house}")
            with psycopg.connect(superuser, autocommit=True) as inside:
                inside.execute(f"DROP OWNED BY {house}")
            above.execute(f"DROP ROLE {house}")


def _json_verify(exported: Path) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", "from passerelle.cli import main; main()", "ledger", "verify", str(exported), "--json"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    return json.loads(done.stdout)


def test_two_workers_at_once_do_everything_once(database: str, tmp_path: Path) -> None:
    folder = tmp_path / "house"
    register = tmp_path / "register.csv"
    register.write_text(ROWS, encoding="utf-8")
    _run("init", database=database, folder=folder)
    commands = [
        [
            sys.executable,
            "-c",
            "from passerelle.cli import main; main()",
            "import",
            service,
            str(register),
            "--dossier",
            "D",
            "--legal-basis",
            "Police Function Act, Art. 44/1",
            "--until",
            "2099-01-01",
            "--json",
            "--dir",
            str(folder),
        ]
        for service in ("noord", "midi")
    ]
    environment = {**os.environ, "PASSERELLE_DATABASE_URL": database}
    running = [subprocess.Popen(c, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for c in commands]
    for process in running:
        _, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors.decode()
    balance = _json("reconcile", database=database, folder=folder)
    assert balance["missing"] == 0 and balance["owed"] >= 50, "whichever service came first, each is owed the other's"
    deliveries = _json("deliveries", database=database, folder=folder)
    assert len({(d["report"], d["to"], d["form"]) for d in deliveries}) == len(deliveries)
