"""Plants the flaws that others published into a copy of our code, and shows that the test named for each turns red.

    python -m tools.planted_flaws                     every flaw, into docs/security/planted-flaws.json; then make docs
    python -m tools.planted_flaws --only CVE-2018-8949,escaping
    python -m tools.planted_flaws --list

Each flaw is a few words of the source that become others, in a copy in a temporary folder; its test runs there. First
every named test must be green without a plant; then each must fail with its own, by an assertion or an error of its own
and not because it could not be collected. 1 where a test stays green: then that test is the finding.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tools.flaws_published import FLAWS, Flaw

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "docs" / "security" / "planted-flaws.json"
SECONDS_MAX = 900
SAID = re.compile(r"^E +(.*)$", re.M)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run of tests came to: `red` where a test ran and failed; `says` is the first line of why."""

    red: bool
    green: bool
    says: str


def planted(source: Path, flaw: Flaw) -> str:
    """The source of the flaw's module before; the file has the flaw now. Raises ValueError where it does not fit."""
    path = source / "passerelle" / flaw.module
    before = path.read_text(encoding="utf-8")
    after = before
    for old, new in ((flaw.instead_of, flaw.stands), *flaw.also):
        if before.count(old) != 1:
            raise ValueError(f"{flaw.name}: {flaw.module} has these words {before.count(old)} times, not once: {old}")
        after = after.replace(old, new)
    path.write_text(after, encoding="utf-8")
    return before


def run(source: Path, folder: Path, tests: Sequence[str], routes: str = "") -> Outcome:
    """Run these tests on the code in `source`; of the access matrix these routes alone, where some are named."""
    environment = {
        **os.environ, "PYTHONPATH": f"{source}{os.pathsep}{ROOT}", "PYTHONDONTWRITEBYTECODE": "1",
        "PASSERELLE_ROUTES": routes, "PASSERELLE_TEST_SQLITE": str(folder / "tests.sqlite3"),
    }  # fmt: skip
    for name in ("PASSERELLE_DATABASE_URL", "PASSERELLE_FIGURES"):
        environment.pop(name, None)
    asked = ["-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "--reuse-db", "--tb=short", *tests]
    try:
        done = subprocess.run(
            [sys.executable, *asked], cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
            timeout=SECONDS_MAX,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Outcome(False, False, f"no end within {SECONDS_MAX} seconds")
    told = SAID.search(done.stdout)
    says = told[1] if told else done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr[-300:]
    failed = " failed" in done.stdout.strip().rsplit("\n", 1)[-1]
    return Outcome(done.returncode == 1 and failed, done.returncode == 0, says[:160])


def chosen(only: str) -> list[Flaw]:
    """The flaws that are asked for by name. Raises KeyError for a name that is none."""
    names = [name for name in only.split(",") if name]
    by_name = {flaw.name: flaw for flaw in FLAWS}
    return [by_name[name] for name in names] if names else list(FLAWS)


def kept() -> dict[str, dict[str, str]]:
    """What was kept of each flaw: the test that went red, when, and what it said."""
    return dict(json.loads(KEPT.read_text(encoding="utf-8"))) if KEPT.exists() else {}


def rows() -> list[tuple[str, ...]]:
    """The table of the page: each flaw, what was planted for it, and the test that went red."""
    found = kept()
    table: list[tuple[str, ...]] = [("seen in", "what was planted here", "the test that went red", "on"), ("---",) * 4]
    for flaw in FLAWS:
        one = found.get(flaw.name, {})
        says = one.get("on", "not planted yet") if one.get("test") == flaw.test else "not planted yet"
        table.append((flaw.seen_in, f"{flaw.says} (`{flaw.module}`)", f"`{flaw.test.split('[')[0]}`", says))
    return table


def main(arguments: Sequence[str] | None = None) -> int:
    """Plant, run, report: 1 where a test is red without its flaw or green with it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="names, with commas between")
    parser.add_argument("--list", action="store_true", help="run nothing; say what there is")
    parser.add_argument("--no-green", action="store_true", help="leave out the run without a plant")
    given = parser.parse_args(arguments)
    try:
        flaws = chosen(given.only)
    except KeyError as unknown:
        parser.error(f"there is no flaw {unknown}; there are: {', '.join(flaw.name for flaw in FLAWS)}")
    if given.list:
        for flaw in flaws:
            print(f"{flaw.name:24} {flaw.seen_in}: {flaw.says}\n{'':24} {flaw.test}")
        return 0
    day, stayed_green = datetime.now(UTC).date().isoformat(), 0
    with tempfile.TemporaryDirectory(prefix="planted-") as name:
        folder = Path(name)
        source = folder / "src"
        shutil.copytree(ROOT / "src", source, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        if not given.no_green:
            named = ",".join(filter(None, (flaw.routes for flaw in flaws)))
            before = run(source, folder, sorted({flaw.test for flaw in flaws}), named)
            print(f"without a plant: {'green' if before.green else 'NOT GREEN: ' + before.says}", flush=True)
            if not before.green:
                return 1
        for flaw in flaws:
            was = planted(source, flaw)
            try:
                came = run(source, folder, [flaw.test], flaw.routes)
            finally:
                (source / "passerelle" / flaw.module).write_text(was, encoding="utf-8")
            print(f"{flaw.name:24} {'red' if came.red else 'STAYED GREEN'}: {came.says}", flush=True)
            stayed_green += not came.red
            if came.red:
                told = {**kept(), flaw.name: {"test": flaw.test, "on": day}}
                text = json.dumps(dict(sorted(told.items())), indent=1, ensure_ascii=False)
                KEPT.write_text(text + "\n", encoding="utf-8")
    print(f"{len(flaws) - stayed_green} of {len(flaws)} planted flaws turned their test red. Next: make docs.")
    return 1 if stayed_green else 0


if __name__ == "__main__":
    raise SystemExit(main())
