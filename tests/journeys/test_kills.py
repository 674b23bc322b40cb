"""Clients killed with -9 while they file, decide and import, and a disk that is full: nothing told is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import figures
from tests.journeys.test_witness import run

KILLS = int(os.environ.get("PASSERELLE_KILLS", "8"))
KILLS_LONG = int(os.environ.get("PASSERELLE_KILLS", "1000"))
DISKS = int(os.environ.get("PASSERELLE_DISKS", "200"))
KILLING_SECONDS_MAX = 6600
"""So long so many clients may take on a machine that does much else; minutes on one that is free."""


def clients(folder: Path, count: int, way: str) -> Any:
    """So many clients that die in one way; what they were told and what of it is lost."""
    if not folder.exists():
        run("init", "--dir", str(folder))
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PASSERELLE_")}
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("killing.py")), str(folder), str(count), way],
        env=surroundings, capture_output=True, text=True, timeout=KILLING_SECONDS_MAX,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_clients_killed_at_work_lose_nothing_that_they_were_told(tmp_path: Path) -> None:
    found = clients(tmp_path / "house", KILLS, "kill")
    assert found["told"] > 0 and (found["lost"], found["half"]) == (0, []), found


def test_a_client_that_is_told_before_the_commit_is_found_out(tmp_path: Path) -> None:
    found = clients(tmp_path / "house", 12, "early")
    assert found["lost"] > 0, "the kills are blind: a told commit that never was went unnoticed"
    figures.keep("early", **found)


def test_on_a_full_disk_an_error_is_told_and_nothing_is_half(tmp_path: Path) -> None:
    found = clients(tmp_path / "house", KILLS, "full")
    assert found["errors"] > 0 and (found["lost"], found["half"]) == (0, []), found


@pytest.mark.release
def test_a_thousand_kills_lose_nothing(tmp_path: Path) -> None:
    found = clients(tmp_path / "house", KILLS_LONG, "kill")
    assert found["told"] > KILLS_LONG and (found["lost"], found["half"]) == (0, []), found
    figures.keep("kills", **found)


@pytest.mark.release
def test_two_hundred_sizes_of_a_full_disk_leave_nothing_half(tmp_path: Path) -> None:
    found = clients(tmp_path / "house", DISKS, "full")
    assert found["errors"] > DISKS // 2 and (found["lost"], found["half"]) == (0, []), found
    figures.keep("full_disk", **found)
