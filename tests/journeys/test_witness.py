"""A witness as another service runs it: real commands, over HTTP and by files, without Django; and an old backup."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.house.test_imports import BLOCKER

COMMAND = "from passerelle.cli import main; main()"
ENDS = "import signal; signal.alarm(300)\n"
"""A program that nobody ends, ends itself: whoever reads what it says does not wait for ever."""


def run(*arguments: str, status: int = 0, begin: str = COMMAND, **more: str) -> str:
    """One command of the house, or of the witness; its output."""
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PASSERELLE_")}
    done = subprocess.run(
        [sys.executable, "-c", begin, *arguments], env=surroundings | more, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == status, f"{arguments}: {done.stdout}{done.stderr}"
    return done.stdout


def without_django() -> str:
    """The command on a machine that has no Django."""
    return BLOCKER.split("sys.meta_path")[0] + "sys.meta_path.insert(0, Absent())\n" + COMMAND


def served(folder: Path) -> tuple[subprocess.Popen[str], str]:
    """`passerelle witness run` on a free port, and its address."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", ENDS + without_django(), "witness", "run", "--port", "0", "--dir", str(folder)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    said = process.stdout.readline()
    return process, next(word for word in said.split() if word.startswith("http"))


def grow(folder: Path, name: str) -> None:
    run("service", "add", name, name.title(), "--kind", "police", "--dir", str(folder))


def last_checkpoint_is_old(folder: Path) -> None:
    """A minute goes by: checkpoints are signed no closer together."""
    import pysqlite3

    connection = pysqlite3.connect(str(folder / "passerelle.sqlite3"))
    with connection:
        connection.execute("UPDATE records_checkpoint SET made_at = datetime('now', '-1 hour')")
        connection.execute("UPDATE records_witness SET asked_at = NULL, vouched_at = datetime('now', '-1 hour')")
    connection.close()


def shown(outsider: Path, status: int = 0) -> Any:
    return json.loads(run("witness", "show", "--json", "--dir", str(outsider), status=status, begin=without_django()))


def test_a_house_set_back_to_an_old_backup_is_caught_over_http_and_says_so(tmp_path: Path) -> None:
    house, outsider, old = tmp_path / "house", tmp_path / "outsider", tmp_path / "old"
    run("init", "--dir", str(house))
    key = run("ledger", "key", "--dir", str(house)).strip()
    made = run("witness", "init", "north", "--log", key, "--json", "--dir", str(outsider), begin=without_django())
    theirs = json.loads(made)["key"]
    process, address = served(outsider)
    try:
        with (house / "passerelle.toml").open("a", encoding="utf-8") as file:
            file.write(f'witnesses = "{theirs} {address}"\n')
        run("work", "--once", "--dir", str(house))
        shutil.copytree(house, old)
        first = next(iter(shown(outsider)["seen"].values()))["size"]
        assert first > 0
        grow(house, "noord")
        last_checkpoint_is_old(house)
        run("work", "--once", "--dir", str(house))
        assert next(iter(shown(outsider)["seen"].values()))["size"] > first
        export, note = tmp_path / "export", tmp_path / "note"
        run("ledger", "export", str(export), "--dir", str(house))
        run("ledger", "checkpoint", "-o", str(note), "--dir", str(house))
        assert json.loads(run("check", "--json", "--dir", str(house)))["errors"] == 0

        last_checkpoint_is_old(old)
        run("service", "list", "--dir", str(old))
        stale = tmp_path / "stale"
        run("ledger", "export", str(stale), "--dir", str(old))
        assert "It holds" in run("ledger", "verify", str(stale)), "alone the old backup passes"
        last_checkpoint_is_old(old)
        with_old = run("work", "--once", "--dir", str(old))
        assert "matches" in with_old, "the work goes on, whatever a witness says"
        checked = json.loads(run("check", "--json", "--dir", str(old), status=1))
        assert [line for line in checked["found"] if line["id"] == "passerelle.E010"], checked
        assert shown(outsider, status=1)["alarms"][-1]["kind"] == "rollback"
        found = run("ledger", "verify", str(stale), "--checkpoint", str(note), "--log", key, status=1)
        assert "It does NOT hold" in found
    finally:
        process.terminate()
        process.wait(timeout=20)
    assert "It holds" in run("ledger", "verify", str(export), "--checkpoint", str(note), "--log", key)


def test_a_witness_is_asked_by_files_and_what_it_signed_is_checked_by_an_outsider(tmp_path: Path) -> None:
    house, outsider = tmp_path / "house", tmp_path / "outsider"
    run("init", "--dir", str(house))
    key = run("ledger", "key", "--dir", str(house)).strip()
    run("witness", "init", "north", "--dir", str(outsider))
    run("witness", "watch", key, "--dir", str(outsider))
    theirs = shown(outsider)["key"]
    with (house / "passerelle.toml").open("a", encoding="utf-8") as file:
        file.write(f'witnesses = "{theirs}"\n')
    request, signature = tmp_path / "request", tmp_path / "signature"
    run("ledger", "checkpoint", "-o", str(request), "--dir", str(house))
    run("witness", "check", str(request), "-o", str(signature), "--dir", str(outsider), begin=without_django())
    assert "north vouches for" in run("ledger", "cosign", str(signature), "--dir", str(house))
    export, note = tmp_path / "export", tmp_path / "note"
    run("ledger", "export", str(export), "--dir", str(house))
    run("ledger", "checkpoint", "-o", str(note), "--dir", str(house))
    note.write_text(note.read_text(encoding="utf-8") + signature.read_text(encoding="utf-8"), encoding="utf-8")
    outside = ("ledger", "verify", str(export), "--checkpoint", str(note), "--log", key)
    assert "Proved: north saw this history grow" in run(*outside, "--witness", theirs)
    assert "no other" not in run(*outside), "a witness nobody asked for proves nothing"
    run("witness", "check", str(tmp_path / "request"), "--dir", str(outsider), status=1)
