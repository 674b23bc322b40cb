"""A link by its command: killed and given again it goes on, and what it writes is what an unbroken run writes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.registers_invented import write

COMMAND = [sys.executable, "-c", "from passerelle.cli import main; main()", "link"]


def run(*arguments: str | Path, status: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([*COMMAND, *map(str, arguments)], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    return done


def test_a_link_that_was_killed_goes_on_and_writes_the_same(tmp_path: Path) -> None:
    register = tmp_path / "register.csv"
    write(register, 2_400, seed=5)
    unbroken, broken = tmp_path / "unbroken.csv", tmp_path / "broken.csv"
    first = json.loads(run(register, register, "-o", unbroken, "--json").stdout)
    assert first["left"] == first["right"] == 2_400 and not first["resumed"]
    process = subprocess.Popen(
        [*COMMAND, str(register), str(register), "-o", str(broken), "--json"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    work = tmp_path / "broken.csv.work"
    until = time.monotonic() + 300
    while process.poll() is None and not list(work.glob("counts-*.json")):
        assert time.monotonic() < until, "no key was made"
        time.sleep(0.01)
    assert process.poll() is None, "it was still at work when it was killed"
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=60)
    assert work.is_dir() and not broken.exists()
    again = json.loads(run(register, register, "-o", broken, "--json").stdout)
    assert again["resumed"] is True
    assert broken.read_bytes() == unbroken.read_bytes()
    assert not work.exists()
    assert (again["pairs"], again["candidates"]) == (first["pairs"], first["candidates"]) and first["pairs"] > 100
    assert {"left", "right", "candidates", "pairs", "seconds", "memory_mb", "bounded", "engine"} <= set(first)


def test_refused_rows_are_told_and_the_rest_is_joined_with_status_nought(tmp_path: Path) -> None:
    left, right = tmp_path / "left.csv", tmp_path / "right.jsonl"
    left.write_text(
        "id,schema,name,birthDate\nl1,Person,Choukri Boujidar,1971-03-02\nl2,Ghost,Nobody,\n", encoding="utf-8"
    )
    entity = {
        "id": "r1",
        "schema": "Person",
        "properties": {"name": ["Sjoekri Boezjidar"], "birthDate": ["1971-03-02"]},
    }
    right.write_text(json.dumps(entity) + "\n", encoding="utf-8")
    said = run(left, right, "-o", tmp_path / "pairs.csv").stdout
    assert "Refused: left.csv, row 3: “Ghost” is no kind of subject. Write one of Person" in said
    assert "1 and 1 records, 1 refused; 1 candidates weighed, 1 pairs" in said
    rows = (tmp_path / "pairs.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0] == "left_id,right_id,score,band,because" and rows[1].startswith("l1,r1,0.9")
    assert "The birth dates are the same, 2 March 1971." in rows[1]


def test_a_link_needs_no_django_and_says_which_engines_there_are(tmp_path: Path) -> None:
    register = tmp_path / "register.csv"
    register.write_text("id,schema,name\na,Person,Zorba Émile\n", encoding="utf-8")
    program = "import sys\nsys.modules['django'] = None\nfrom passerelle.cli import main\nmain(sys.argv[1:])\n"
    done = subprocess.run(
        [sys.executable, "-c", program, "link", str(register), str(register), "-o", str(tmp_path / "out.parquet")],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    refused = run(register, register, "-o", tmp_path / "out.csv", "--engine", "abacus", status=1)
    assert "There is no engine “abacus”. Leave --engine out" in refused.stderr
