"""House rules on the way in: make says what to do on an old machine, and CI may not skip what it was set up to run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.source import ROOT, test_sources


def make(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs make on a copy of the Makefile in an empty folder, so that nothing here is built or removed."""
    for name in ("Makefile", "requirements.lock", "requirements-test.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    return subprocess.run(
        ["make", *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=300,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **environment},
    )


def test_make_help_lists_every_target(tmp_path: Path) -> None:
    said = make(tmp_path, "help").stdout
    targets = ("run", "test", "check", "lint", "audit", "fuzz", "bench", "peers", "docs", "messages", "lock", "clean")
    for target in targets:
        assert f"make {target} " in said


def test_an_old_python_is_refused_with_the_way_out_and_leaves_nothing(tmp_path: Path) -> None:
    old = tmp_path / "old-python"
    old.write_text('#!/bin/sh\ncase "$2" in *version_info*) exit 1;; *) echo 3.9.2;; esac\n', encoding="utf-8")
    old.chmod(0o755)
    done = make(tmp_path, "run", f"PYTHON={old}")
    assert done.returncode != 0
    assert f"Passerelle needs Python 3.11 or newer; “{old}” is 3.9.2." in done.stderr
    assert "make run PYTHON=python3.12" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_a_missing_python_is_refused_with_the_way_out(tmp_path: Path) -> None:
    done = make(tmp_path, "run", "PYTHON=python-that-is-not-there")
    assert done.returncode != 0
    assert "no “python-that-is-not-there” is on the path" in done.stderr


@pytest.mark.parametrize("mark", ["postgres", "browser"])
def test_a_test_that_needs_something_absent_is_skipped_with_a_way_and_fails_in_ci(tmp_path: Path, mark: str) -> None:
    (tmp_path / "test_planted.py").write_text(
        f"import pytest\n\n@pytest.mark.{mark}\ndef test_it():\n    assert 1\n\ndef test_plain():\n"
        "    pytest.skip('why')\n",
        encoding="utf-8",
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n  postgres\n  browser\n", encoding="utf-8")

    def run(**environment: str) -> subprocess.CompletedProcess[str]:
        plugins = ["-p", "tests.house.must_run", "-p", "no:django", "-p", "no:xdist"]
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-rs", *plugins, "test_planted.py"],
            cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120,
            env={"PATH": str(tmp_path), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **environment},
        )

    relaxed = run()
    assert relaxed.returncode == 0, relaxed.stdout + relaxed.stderr
    assert "Run these" in relaxed.stdout, "the skip does not say how to run the test"
    strict = run(PASSERELLE_CI_MUST_RUN="1")
    assert strict.returncode == 1, strict.stdout + strict.stderr
    assert f"every test marked {mark} runs here" in strict.stdout
    assert "1 skipped, 1 error" in strict.stdout, "a skip for another reason is no failure"


def test_something_is_really_marked_for_postgresql_and_for_the_browser() -> None:
    said = "".join(file.text for file in test_sources() if not file.where.startswith("tests/house/"))
    bare = [mark for mark in ("postgres", "browser") if f"mark.{mark}" not in said]
    assert not bare, f"no test is marked {bare}: CI would start them for nothing. Instead: @pytest.mark.{bare[0]}"


def test_ci_is_a_program_that_asks_for_everything_to_run() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK), ".ci/run cannot be started. Instead: chmod +x .ci/run"
    text = script.read_text(encoding="utf-8")
    assert "PASSERELLE_CI_MUST_RUN=1" in text
    assert text.index("trap stop EXIT") < text.index('pg_ctl" -D "$folder/data" -l'), "it starts before it can stop"
    assert subprocess.run(["bash", "-n", str(script)], check=False, timeout=60).returncode == 0
