"""An import killed again and again, then run to its end: nothing is lost and nothing is there twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pysqlite3

GIVEN = ("Ferdinand", "Małgorzata", "Youssef", "Léonie", "Wim", "Anneliese", "Tamar", "Giulia", "Bart", "Nadège")
FAMILY = (
    "Oosterlynck",
    "Wójcikiewicz",
    "Benhachmi",
    "Delhougne",
    "Şahinkaya",
    "Katzenbogner",
    "Mchedlidze",
    "Ferrabosco",
)
ROWS = 1600


def _command(folder: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-c", "from passerelle.cli import main; main()", *arguments, "--dir", str(folder)]


def _environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("PASSERELLE_")}


def _run(folder: Path, *arguments: str) -> Any:
    done = subprocess.run(_command(folder, *arguments), env=_environment(), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout) if "--json" in arguments else done.stdout


def _landed(folder: Path) -> int:
    connection = pysqlite3.connect(f"file:{folder / 'passerelle.sqlite3'}?mode=ro", uri=True, timeout=30)
    try:
        return int(connection.execute("SELECT count(*) FROM records_registerrow").fetchone()[0])
    finally:
        connection.close()


def test_an_import_killed_three_times_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    register = tmp_path / "register.csv"
    lines = ["id,schema,name,birthDate"]
    for number in range(ROWS):
        name = f"{GIVEN[number % 10]} {FAMILY[number // 10 % 8]}{'aeiou'[number // 80 % 5]}{'nrlst'[number // 400 % 5]}"
        lines.append(f"p{number},Person,{name},{1950 + number % 50}-0{1 + number % 9}-1{number % 9}")
    register.write_text("\n".join(lines) + "\n", encoding="utf-8")
    folder = tmp_path / "house"
    _run(folder, "init")
    kills = 0
    landed_at_kill = []
    while kills < 3:
        before = _landed(folder)
        process = subprocess.Popen(
            _command(folder, "import", "noord", str(register), "--json"),
            env=_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + 300
        while process.poll() is None and _landed(folder) <= before:
            assert time.monotonic() < until, "no row landed"
            time.sleep(0.01)
        assert process.poll() is None, "it was still at work when it was killed"
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        kills += 1
        landed_at_kill.append(_landed(folder))
    assert 0 < landed_at_kill[0] < ROWS, landed_at_kill
    rest = _run(folder, "import", "noord", str(register), "--json")
    assert rest["unchanged"] + rest["added"] == ROWS and rest["refused"] == 0
    assert rest["unchanged"] >= landed_at_kill[-1]
    again = _run(folder, "import", "noord", str(register), "--json")
    assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, ROWS)
    exported = tmp_path / "ledger.jsonl"
    _run(folder, "ledger", "export", str(exported))
    assert _run(folder, "check", "--json")["errors"] == 0
    filed = sum(
        1 for line in exported.read_text(encoding="utf-8").splitlines() if '"ReportFiled' in line.replace("\\", "")
    )
    assert filed == ROWS, "one line for each row that landed, killed or not"


def _count(folder: Path, query: str) -> int:
    connection = pysqlite3.connect(f"file:{folder / 'passerelle.sqlite3'}?mode=ro", uri=True, timeout=30)
    try:
        return int(connection.execute(query).fetchone()[0])
    finally:
        connection.close()


def test_an_import_killed_while_it_compares_finds_what_an_unbroken_one_finds(tmp_path: Path) -> None:
    rows = 300
    register = tmp_path / "register.csv"
    lines = ["id,schema,name,birthDate"]
    for number in range(rows):
        name = f"{GIVEN[number % 10]} {FAMILY[number // 10 % 8]}{'aeiou'[number // 80 % 5]}{'nrlst'[number // 400 % 5]}"
        lines.append(f"p{number},Person,{name},{1950 + number % 50}-0{1 + number % 9}-1{number % 9}")
    register.write_text("\n".join(lines) + "\n", encoding="utf-8")
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    for folder in (whole, broken):
        _run(folder, "init")
        _run(folder, "import", "noord", str(register), "--json")
    unbroken = _run(whole, "import", "midi", str(register), "--json", "--workers", "0")
    assert unbroken["matches"] >= rows
    landed = "SELECT count(*) FROM records_registerrow"
    waits = "SELECT count(*) FROM records_subject WHERE to_match_at IS NOT NULL"
    for moment in (lambda: _count(broken, waits) > 0, lambda: _count(broken, landed) == 2 * rows):
        process = subprocess.Popen(
            _command(broken, "import", "midi", str(register), "--json", "--workers", "1"),
            env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until = time.monotonic() + 300
        while process.poll() is None and not moment():
            assert time.monotonic() < until, "it does not get there"
            time.sleep(0.01)
        assert process.poll() is None, "it was still comparing when it was killed"
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
    assert _count(broken, waits) > 0 and _count(broken, "SELECT count(*) FROM records_match") < unbroken["matches"]
    rest = _run(broken, "import", "midi", str(register), "--json")
    assert (rest["unchanged"] + rest["added"], _count(broken, waits)) == (rows, 0)
    pairs = "SELECT count(*) || ',' || coalesce(sum(round(score * 1e6)), 0) FROM records_match"
    told = []
    for folder in (whole, broken):
        connection = pysqlite3.connect(f"file:{folder / 'passerelle.sqlite3'}?mode=ro", uri=True, timeout=30)
        told.append(connection.execute(pairs).fetchone())
        connection.close()
    assert told[0] == told[1]
    exported = tmp_path / "ledger.jsonl"
    _run(broken, "ledger", "export", str(exported))
    found = sum(1 for line in exported.read_text(encoding="utf-8").splitlines() if "MatchFound" in line)
    assert found == unbroken["matches"], "one line for each match, killed or not"


def test_a_changed_byte_in_an_exported_ledger_is_found(tmp_path: Path) -> None:
    register = tmp_path / "register.csv"
    register.write_text("id,schema,name\np1,Person,Ferdinand Oosterlynck\n", encoding="utf-8")
    folder = tmp_path / "house"
    _run(folder, "init")
    _run(folder, "import", "noord", str(register), "--json")
    exported = tmp_path / "ledger.jsonl"
    _run(folder, "ledger", "export", str(exported))
    data = bytearray(exported.read_bytes())
    place = data.index(b"noord")
    data[place : place + 1] = b"N"
    exported.write_bytes(bytes(data))
    done = subprocess.run(
        [sys.executable, "-c", "from passerelle.cli import main; main()", "ledger", "verify", str(exported), "--json"],
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    told = json.loads(done.stdout)
    assert done.returncode == 1 and told["holds"] is False and told["faults"][0]["line"] > 1
