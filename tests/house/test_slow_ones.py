"""A test that waits for ever names itself, fails, and takes no other with it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

WAITS = """
import threading

def test_waits():
    threading.Event().wait()

def test_goes_on():
    pass
"""
SET = '[pytest]\nfaulthandler_timeout = 3\nfaulthandler_exit_on_timeout = true\n'


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_test_that_waits_for_ever_is_named_and_alone_fails(tmp_path: Path, workers: str) -> None:
    (tmp_path / "test_waiting.py").write_text(WAITS)
    (tmp_path / "pytest.ini").write_text(SET)
    root = str(Path(__file__).parents[2])
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "PASSERELLE_"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", workers, "--dist", "worksteal", "-p", "tests.house.slow_ones",
         "-p", "no:django", str(tmp_path)],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
        env={**kept, "PYTHONPATH": root, "PASSERELLE_TESTS_SLOW_SECONDS": "0.5"},
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode == 1 and "1 failed, 1 passed" in said, said
    assert "s: test_waiting.py::test_waits" in said, "it was named while it waited"
    assert "in test_waits" in said and "Timeout" in said, "where it stood is told"
