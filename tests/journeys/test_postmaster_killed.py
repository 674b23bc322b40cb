"""A PostgreSQL of its own, synced to disk, is killed with -9 at work and started anew: nothing told is lost."""

from __future__ import annotations

import json
import os
import pwd
import random
import shutil
import signal
import socket  # bent: asks this machine for a free port
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import figures
from tests.journeys.test_backup import client, references
from tests.journeys.test_witness import run

pytestmark = [pytest.mark.postgres, pytest.mark.long]
KILLS = int(os.environ.get("PASSERELLE_POSTMASTERS", "4"))
SECONDS_MAX = 60


def programs() -> Path | None:
    """The folder of PostgreSQL's server programs, as Debian and others place them."""
    found = shutil.which("postgres")
    if found:
        return Path(found).parent
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return newest[-1].parent if newest else None


class Server:
    """One PostgreSQL in a folder of its own; it refuses to run as root, so it is somebody else's there."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs, self.folder, self.data = programs, folder, folder / "data"
        self.user = "postgres" if os.geteuid() == 0 else None
        if self.user is not None:
            os.chown(folder, pwd.getpwnam(self.user).pw_uid, -1)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        made = ["-D", str(self.data), "-U", "house", "-A", "trust", "-E", "UTF8", "--locale=C"]
        subprocess.run(
            [str(programs / "initdb"), *made], check=True, capture_output=True, user=self.user, cwd=folder, timeout=300
        )
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, database: str = "house") -> str:
        role = "keeper" if database == "house" else "house"  # a superuser is refused: no policy on rows holds for it
        return f"postgres://{role}:none@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start it, until it answers: what died a moment ago is recovered first."""
        import psycopg

        ends = time.monotonic() + SECONDS_MAX
        while True:
            if self.process is None or self.process.poll() is not None:
                command = [
                    str(self.programs / "postgres"), "-D", str(self.data), "-p", str(self.port), "-c", "fsync=on",
                    "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={self.folder}",
                ]  # fmt: skip
                self.process = subprocess.Popen(
                    command, user=self.user, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                assert time.monotonic() < ends, "PostgreSQL does not come up again"
                time.sleep(0.2)
            else:
                return

    def kill(self) -> None:
        """Kill the postmaster and all it forked, at once and without a word."""
        assert self.process is not None
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        for one in (pid, *map(int, children)):
            try:
                os.kill(one, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait(timeout=60)


@pytest.fixture
def server() -> Iterator[Server]:
    found = programs()
    if found is None:
        pytest.skip("The programs of a PostgreSQL server are not on this machine: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="postmaster-"))
    made = Server(found, folder)
    try:
        made.start()
        yield made
    finally:
        if made.process is not None and made.process.poll() is None:
            made.kill()
        shutil.rmtree(folder, ignore_errors=True)


def test_a_postmaster_killed_at_work_loses_nothing_that_clients_were_told(server: Server, tmp_path: Path) -> None:
    import psycopg

    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE ROLE keeper LOGIN")
        connection.execute("CREATE DATABASE house OWNER keeper")
    more, house, draw = {"PASSERELLE_DATABASE_URL": server.url()}, tmp_path / "house", random.Random(7)
    run("init", "--dir", str(house), **more)
    told: set[str] = set()
    for _ in range(KILLS):
        at_work = client(house, 10_000, **more)
        assert at_work.stdout is not None
        told |= {at_work.stdout.readline().strip() for _ in range(draw.randint(1, 6))}
        time.sleep(draw.uniform(0, 0.1))
        server.kill()
        rest = at_work.communicate(timeout=SECONDS_MAX)[0].split("\n")[:-1]
        assert at_work.returncode != 0, "the client went on without a database"
        told |= set(rest)
        server.start()
        assert told - {""} <= references(house, **more), "what was told before the kill is gone after it"
    run("work", "--once", "--dir", str(house), **more)
    balance: Any = json.loads(run("reconcile", "--dir", str(house), "--json", **more))
    assert balance["missing"] == balance["surplus"] == 0
    run("ledger", "export", str(tmp_path / "ledger"), "--dir", str(house), **more)
    run("ledger", "verify", str(tmp_path / "ledger"))
    figures.keep("postmaster", killed=KILLS, told=len(told - {""}), lost=0)
