"""Runs the harnesses that try to break the first promise, and keeps their figures for docs/reliability.md.

    python -m tools.harnesses --list                     what there is, and what was kept of each
    python -m tools.harnesses --only silence,images      run these, and keep their figures in docs/reliability.json
    python -m tools.harnesses                            all of them: hours
    python -m tools.harnesses --only kills --set PASSERELLE_KILLS=200

Each harness is a test, or a program that prints JSON. A test puts its figures down by `tests.figures.keep`. One that
fails keeps nothing and ends this with status 1. Then `make docs` writes the table from what was kept.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "docs" / "reliability.json"
Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Harness:
    """One program that tries to break a promise: its name, what it does, and how it is run."""

    name: str
    letter: str
    does: str
    runs: tuple[str, ...]
    """Arguments of pytest; or, after `-m`, of Python itself, for a program that prints its figures as JSON."""
    with_: dict[str, str] = field(default_factory=dict)
    hours: float = 2.0
    """So long it may take by the clock on the wall; then it is ended, with all its processes, and counts as failed."""


SIMULATE = "tests/simulation/test_simulate.py"
MATRIX = "tests/doors/test_access_matrix"
KILLS = "tests/journeys/test_kills.py"
PLANTS = (
    "skipped_sweep", "lost_retry", "dropped_line", "double_delivery", "same_reviewer", "falling", "owed_twice",
    "forgotten_recall",
)  # fmt: skip
HARNESSES = (
    Harness(
        "states", "a", "A state machine draws what services, officers and the clock do, on the real tables.",
        ("tests/flow/test_every_duty_has_a_holder_and_a_clock.py",),
        {"PASSERELLE_EXAMPLES": "300", "PASSERELLE_STEPS": "50"},
    ),
    Harness(
        "simulation", "b", "A year of the whole system, with crashes at every commit point.",
        (SIMULATE, "-k", "half_a_year"), {"PASSERELLE_YEARS": "1"},
    ),
    Harness("kernel", "b", "The rules alone, for 250 years.", (SIMULATE, "-k", "two_hundred_and_fifty_years")),
    Harness("silence", "b", "Six months in which nobody acts.", (SIMULATE, "-k", "six_months_of_silence")),
    *(
        Harness(f"planted_{plant}", "b", f"A bug on purpose, `{plant}`, in the whole system.",
                (SIMULATE, "-k", f"bug_on_purpose and {plant}"))
        for plant in PLANTS
    ),
    Harness(
        "deaths", "every verb", "Each transaction dies at each of its moments, under the tests of the flow.",
        ("tests/journeys/test_every_transaction_dies.py",),
    ),
    Harness("kills", "c", "Clients that file, decide and import, killed with -9.", (KILLS, "-k", "a_thousand_kills")),
    Harness("early", "c", "A client that is told before the commit, on purpose.", (KILLS, "-k", "before_the_commit")),
    Harness("full_disk", "c", "A disk that is full, at many sizes.", (KILLS, "-k", "two_hundred_sizes")),
    Harness(
        "images", "c", "Images of the disk as a power cut could leave it.",
        ("tests/rules/test_crash_images.py", "-k", "as_the_house_opens or less_lose"),
    ),
    Harness(
        "postmaster", "c", "PostgreSQL's postmaster and all its processes killed.",
        ("tests/journeys/test_postmaster_killed.py",),
    ),
    Harness(
        "workers_killed", "c", "Four workers share the duties on PostgreSQL; two are killed, twice.",
        ("tests/journeys/test_workers_killed.py", "-k", "10000"), {"PASSERELLE_TEST_DUTIES": "10000"},
    ),
    Harness(
        "flips", "h", "Bytes of an exported ledger flipped, one at a time.",
        ("tests/rules/test_ledger_witness.py", "-k", "flipped"),
    ),
    Harness(
        "bugs_in_duty", "rules", "Small bugs planted in `duty`, one after another.",
        ("-m", "tools.mutate", "--only", "duty/", "--json"),
    ),
    Harness(
        "bugs_in_policy", "rules", "Small bugs planted in `policy`, drawn by a seed.",
        ("-m", "tools.mutate", "--only", "policy/", "--sample", "160", "--seed", "9", "--json"),
    ),
    Harness(
        "open_duties", "sweep", "Very many duties open at once, on SQLite.",
        ("-m", "benchmarks.open_duties"),
    ),
    Harness(
        "open_duties_postgresql", "sweep", "Very many duties open at once, on PostgreSQL.",
        ("-m", "benchmarks.open_duties", "--server"),
    ),
    Harness(
        "ledger_million", "ledger", "A ledger of a million lines: export, verify, receipt, growth.",
        ("-m", "benchmarks.ledger_million", "--json"),
    ),
    Harness(
        "access_matrix", "d", "Every route of the pages for every seat; other methods, types and crossed references.",
        (MATRIX + ".py",),
    ),
    Harness(
        "access_matrix_api", "d", "Every operation of the API for every machine, and without its scope.",
        (MATRIX + "_api.py",),
    ),
    Harness(
        "access_walls", "d", "On PostgreSQL: a sample of the cells, and each wall with the other down.",
        ("tests/doors/test_access_walls.py",),
    ),
    Harness(
        "two_worlds", "e", "Worlds that differ in one secret, on every page a seat reaches, and in searches.",
        ("tests/doors/test_two_worlds.py",),
    ),
    Harness(
        "two_worlds_api", "e", "The same, in every list and reading of the API.",
        ("tests/doors/test_two_worlds_api.py",),
    ),
    Harness(
        "two_worlds_outside", "e", "The same, in mails, exports, searches, errors, the box; each with a leak planted.",
        ("tests/doors/test_two_worlds_outside.py",),
    ),
    Harness(
        "timing", "f", "Denied against absent by the clock, in pairs; then a planted one that fetches first.",
        ("-m", "tools.timing", "--only", "report,search", "--pairs", "10000", "--beside", "2000", "--seed", "2311",
         "--json"),
    ),
)  # fmt: skip


def run(harness: Harness, surroundings: dict[str, str]) -> Figures | None:
    """Run one and return what it counted, with the processor seconds of its processes; None when it failed."""
    with tempfile.TemporaryDirectory(prefix="harness-") as folder:
        environment = {**os.environ, **harness.with_, **surroundings, "PASSERELLE_FIGURES": folder}
        program = harness.runs[0] == "-m"
        seconds = round(3600 * harness.hours)
        tests = ("-m", "pytest", "-q", "-n", "0", "-o", f"faulthandler_timeout={seconds}", *harness.runs)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = _ended([sys.executable, *(harness.runs if program else tests)], environment, seconds)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        kept = Path(folder) / f"{harness.name}.json"
        if program and done.stdout.strip().startswith("{"):
            counted: Figures = json.loads(done.stdout)
        elif done.returncode == 0 and kept.exists():
            counted = json.loads(kept.read_text(encoding="utf-8"))
        else:
            sys.stderr.write(f"{harness.name} failed or was skipped:\n{done.stdout[-2000:]}{done.stderr[-1000:]}\n")
            return None
    day = datetime.now(UTC).date().isoformat()
    return {"on": day, "processor_seconds": spent, "counted": counted}


def _ended(command: list[str], environment: dict[str, str], seconds: int) -> subprocess.CompletedProcess[str]:
    """A command that came to its end, or was ended with all that it had started when its time was over."""
    started = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    try:
        out, err = started.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(started.pid, signal.SIGKILL)
        out, err = started.communicate(timeout=60)
        err += f"\nit was ended after {seconds:,} seconds"
    finally:
        if started.poll() is None:  # somebody breaks this off: nothing goes on unseen
            os.killpg(started.pid, signal.SIGKILL)
    return subprocess.CompletedProcess(command, started.returncode, out, err)


def kept() -> dict[str, Figures]:
    """What was kept of each harness, by name."""
    return dict(json.loads(KEPT.read_text(encoding="utf-8"))) if KEPT.exists() else {}


def keep(name: str, found: Figures) -> None:
    """Put one run in the place of the one before it."""
    everything = {**kept(), name: found}
    text = json.dumps(dict(sorted(everything.items())), indent=1, ensure_ascii=False, sort_keys=True)
    KEPT.write_text(text + "\n", encoding="utf-8")


def said(counted: Figures) -> str:
    """Figures in words: `lost 0, told 1,204`; of a list, how many it has; what is nested deeper is left to the file."""
    parts = []
    for name, value in counted.items():
        words = name.replace("_", " ")
        if isinstance(value, (bool, str)):
            parts.append(f"{words} {value}")
        elif isinstance(value, int | float):
            parts.append(f"{words} {value:,}")
        elif isinstance(value, list):
            parts.append(f"{words} {len(value):,}")
        elif isinstance(value, dict) and not any(isinstance(one, dict | list) for one in value.values()):
            parts.append(f"{words} ({said(value)})")
    return ", ".join(parts)


def rows() -> list[tuple[str, ...]]:
    """The table of the page: a row for each harness, with what its last run counted."""
    found = kept()
    table: list[tuple[str, ...]] = [("", "Harness", "What it does", "Counted", "Run"), ("---",) * 5]
    for harness in HARNESSES:
        one = found.get(harness.name)
        counted = said(one["counted"]) if one else "not run in full yet"
        when = f"{one['on']}, {one['processor_seconds']:,} processor seconds" if one else ""
        table.append((harness.letter, f"`{harness.name}`", harness.does, counted, when))
    return table


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked, one after another; keep the figures of those that hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="names, with commas between")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a count, for this run")
    parser.add_argument("--list", action="store_true", help="run nothing; say what there is")
    given = parser.parse_args(arguments)
    names = [harness.name for harness in HARNESSES]
    asked = [name for name in given.only.split(",") if name] or names
    if unknown := set(asked) - set(names):
        parser.error(f"there is no harness {', '.join(sorted(unknown))}; there are: {', '.join(names)}")
    if given.list:
        for row in rows()[2:]:
            print("  ".join(row))
        return 0
    failed = 0
    for harness in (one for one in HARNESSES if one.name in asked):
        found = run(harness, dict(one.split("=", 1) for one in given.set))
        if found is None:
            failed += 1
            continue
        keep(harness.name, found)
        print(f"{harness.name}: {said(found['counted'])}", flush=True)
    print("Next: make docs writes the table of docs/reliability.md.")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
