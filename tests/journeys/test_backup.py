"""The drill: a backup under load, the house killed, a house again from the file, against what clients were told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from passerelle.flow import backup_file
from passerelle.keyring import make
from tests.journeys.test_witness import run

CLIENT = """
import signal, sys
signal.alarm(600)  # one that nobody kills ends itself: whoever reads what it says does not wait for ever
from pathlib import Path
from passerelle.cli.opening import now, open_installation
open_installation(Path(sys.argv[1]))
from passerelle.flow import seats, receive
from passerelle.flow.receive import ReportDraft, SubjectDraft
from passerelle.records.models import Officer, Service
service = Service.objects.filter(key="noord").first() or seats.add_service(
    key="noord", name="Noord", kind="police", languages=["nl"], now=now())
author = Officer.objects.filter(username="noor").first() or seats.seat_officer(
    username="noor", name="Noor", service=service, role="officer", language="nl", now=now())
for number in range(int(sys.argv[2])):
    report = receive.file_report(service=service, author=author, now=now(), draft=ReportDraft(
        text=f"Gezien, nummer {number}.", language="nl",
        subjects=[SubjectDraft("p", "Person", {"name": [f"Lambert Vercruysse {number}"]}, category="suspect")]))
    print(report.ref, flush=True)
"""
REPORTS = "from passerelle.records.models import Report; print(*Report.objects.values_list('ref', flat=True))"
OPEN = "import sys; from pathlib import Path; from passerelle.cli.opening import open_installation; "


def surroundings(**more: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PASSERELLE_")} | more


def client(folder: Path, count: int, **more: str) -> subprocess.Popen[str]:
    """A client that files reports one after another, and says each reference once the house has acknowledged it."""
    return subprocess.Popen(
        [sys.executable, "-c", CLIENT, str(folder), str(count)], env=surroundings(**more), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def references(folder: Path, **more: str) -> set[str]:
    return set(run(str(folder), begin=f"{OPEN}open_installation(Path(sys.argv[1])); {REPORTS}", **more).split())


def saved(folder: Path, file: Path, **more: str) -> Any:
    return json.loads(run("backup", str(file), "--dir", str(folder), "--json", **more))


def drill(house: Path, again: Path, file: Path, **more: str) -> None:
    """File, back up while filing, kill, restore: what was told before the backup began is there."""
    process = client(house, 10_000, **more)
    assert process.stdout is not None
    before = [process.stdout.readline().strip() for _ in range(5)]
    done = saved(house, file, **more)
    process.send_signal(signal.SIGKILL)
    told = {*before, *(line.strip() for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n"))}
    process.communicate(timeout=60)
    assert len(told) >= 5 and told <= references(house, **more), "what was acknowledged survived the kill too"
    more = {name: value.replace("house", "again") for name, value in more.items()}
    restored = json.loads(
        run("restore", str(file), "--dir", str(again), "--keys", str(house / "keys.json"), "--json", **more)
    )
    assert (restored["size"], restored["root"]) == (done["size"], done["root"])
    assert set(before) <= references(again, **more), "everything that was told before the backup began is there"
    balanced = json.loads(run("reconcile", "--dir", str(again), "--json", **more))
    assert balanced["missing"] == 0
    export = file.with_suffix(".ledger")
    run("ledger", "export", str(export), "--dir", str(again), **more)
    assert "It holds" in run("ledger", "verify", str(export), "--size", str(done["size"]), "--root", done["root"])
    assert '"kind":"Restored"' in export.read_text(encoding="utf-8")


def test_a_backup_under_load_is_whole_and_nothing_told_before_it_is_lost(tmp_path: Path) -> None:
    house = tmp_path / "house"
    run("init", "--dir", str(house))
    drill(house, tmp_path / "again", tmp_path / "saved")
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")], "nothing is left beside"


def test_a_backup_holds_no_key_and_nothing_in_the_open(tmp_path: Path) -> None:
    house = tmp_path / "house"
    run("init", "--dir", str(house))
    client(house, 3).communicate(timeout=60)
    saved(house, tmp_path / "saved")
    data = (tmp_path / "saved").read_bytes()
    keys = json.loads((house / "keys.json").read_text(encoding="utf-8"))
    for secret in [key for ring in keys.values() if isinstance(ring, dict) for key in ring["keys"].values()]:
        assert secret.encode() not in data
    assert b"SQLite format" not in data and b"noord" not in data
    other = tmp_path / "other.json"
    make().write(other)
    run("restore", str(tmp_path / "saved"), "--dir", str(tmp_path / "x"), "--keys", str(other), status=1)
    assert not (tmp_path / "x").exists()


def test_nothing_in_the_open_ever_stands_beside_a_backup_while_it_is_made(tmp_path: Path) -> None:
    """The place a backup goes to may be a stick or a share: the unsealed copy is made in the house's own folder."""
    house, elsewhere = tmp_path / "house", tmp_path / "share"
    elsewhere.mkdir()
    run("init", "--dir", str(house))
    begin = (
        f"{OPEN}folder = Path(sys.argv[1]); open_installation(folder); from passerelle.cli.opening import now; "
        "from passerelle.flow import backup, backup_file; write = backup_file.write; "
        "backup_file.write = lambda path, *more, **also: (print(*[p.name for p in path.parent.iterdir()], '|', "
        "*[p.name for p in folder.iterdir() if p.name.startswith('.passerelle-backup-')]), "
        "write(path, *more, **also))[1]; backup.backup(file=Path(sys.argv[2]), now=now())"
    )
    beside, _, at_home = run(str(house), str(elsewhere / "saved"), begin=begin).strip().rpartition("|")
    assert not beside.strip() and at_home.strip()
    assert [path.name for path in elsewhere.iterdir()] == ["saved"]
    assert not [path for path in house.iterdir() if path.name.startswith(".passerelle")]


def test_a_restoration_refuses_a_folder_in_which_something_stands(tmp_path: Path) -> None:
    house = tmp_path / "house"
    run("init", "--dir", str(house))
    saved(house, tmp_path / "saved")
    before = {path.name: path.stat().st_size for path in house.iterdir()}
    run("restore", str(tmp_path / "saved"), "--dir", str(house), status=2)
    assert {path.name: path.stat().st_size for path in house.iterdir()} == before


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """A small backup file and its ring."""
    folder = tmp_path_factory.mktemp("sealed")
    ring = make()
    (folder / "part").write_bytes(os.urandom(200_000))
    backup_file.write(folder / "saved", {"vendor": "none"}, {"part": folder / "part"}, ring=ring, salt=b"s" * 16)
    return folder / "saved", ring


def test_a_backup_that_was_changed_cut_or_added_to_is_refused(sealed: tuple[Path, Any], tmp_path: Path) -> None:
    path, ring = sealed
    whole = path.read_bytes()
    assert backup_file.read(path, tmp_path, ring=ring)["parts"]["part"]["bytes"] == 200_000
    bent = [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(0, len(whole), 911)]
    bent += [whole[:at] for at in range(0, len(whole), 9973)] + [whole + b"x", whole + whole]
    piece = 4 + backup_file.PIECE_BYTES + 16
    head = whole.index(b"\n") + 1
    first, second, rest = whole[head : head + piece], whole[head + piece : head + 2 * piece], whole[head + 2 * piece :]
    bent.append(whole[:head] + second + first + rest)
    for number, data in enumerate(bent):
        (tmp_path / "bent").write_bytes(data)
        (tmp_path / str(number)).mkdir()
        with pytest.raises((backup_file.NotABackup, backup_file.KeysMissing)):
            backup_file.read(tmp_path / "bent", tmp_path / str(number), ring=ring)


def test_an_older_backup_is_refused_until_a_named_person_signs_the_gap(tmp_path: Path) -> None:
    house, again = tmp_path / "house", tmp_path / "again"
    run("init", "--dir", str(house))
    saved(house, tmp_path / "old")
    client(house, 3).communicate(timeout=60)
    run("ledger", "checkpoint", "-o", str(tmp_path / "note"), "--dir", str(house))
    restore = ("restore", str(tmp_path / "old"), "--dir", str(again), "--keys", str(house / "keys.json"))
    known = ("--known", str(tmp_path / "note"))
    run(*restore, *known, status=1)
    assert not again.exists(), "nothing was touched"
    run(*restore, *known, "--sign-gap", "Ann Peeters", status=2)
    done = json.loads(run(*restore, *known, "--sign-gap", "Ann Peeters, the disk was lost", "--json"))
    assert done["gap"] and done["known"] > done["size"]
    export = tmp_path / "export"
    run("ledger", "export", str(export), "--dir", str(again))
    lines = export.read_text(encoding="utf-8")
    assert '"kind":"GapSigned"' in lines and "Ann Peeters" not in lines, "who and why is committed to, not told"


@pytest.mark.postgres
def test_the_same_drill_on_postgresql(tmp_path: Path) -> None:
    """As a role for which the second wall stands, into a database of its own."""
    from urllib.parse import urlsplit, urlunsplit

    import psycopg

    server = os.environ["PASSERELLE_TEST_DATABASE_URL"]
    mark = f"{os.getpid()}_{time.monotonic_ns() % 10**6}"
    parts = urlsplit(server)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE drill_{mark} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD 'only-for-a-test'")
        try:
            for name in ("house", "again"):
                connection.execute(f"CREATE DATABASE {name}_{mark} OWNER drill_{mark}")
            place = parts._replace(
                netloc=f"drill_{mark}:only-for-a-test@{parts.hostname}:{parts.port}", path=f"/house_{mark}"
            )
            url = urlunsplit(place)
            run("init", "--dir", str(tmp_path / "one"), PASSERELLE_DATABASE_URL=url)
            drill(tmp_path / "one", tmp_path / "two", tmp_path / "saved", PASSERELLE_DATABASE_URL=url)
        finally:
            for name in ("house", "again"):
                connection.execute(f"DROP DATABASE IF EXISTS {name}_{mark} WITH (FORCE)")
            connection.execute(f"DROP ROLE drill_{mark}")
