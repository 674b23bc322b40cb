"""The lessons of a ledger of a million lines, written as an exchange writes it: seconds and memory."""

from __future__ import annotations

import argparse
import json
import random  # bent: invented waits, the same for the same seed
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from passerelle.ledger import canonical, export

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 304  # to the end of October
LANGUAGES = ("nl", "fr", "de", "nl", "fr", "nl")
SERVICES = tuple((f"service-{number:02}", LANGUAGES[number % 6]) for number in range(20))
OFTEN_READ = 6


def entries(count: int, seed: int = 7) -> Iterator[str]:
    """So many canonical entries: reports, duties with their moves, reads; in order of time, over ten months."""
    ordered = sorted(_facts(count, seed), key=lambda one: one[0])[:count]
    for index, (at, _, kind, facts) in enumerate(ordered):
        yield canonical.encode(kind=kind, at=at, index=index, facts=facts).decode()


def _facts(count: int, seed: int) -> list[tuple[datetime, int, str, dict[str, Any]]]:
    dice = random.Random(seed)
    told: list[tuple[datetime, int, str, dict[str, Any]]] = []

    def tell(at: datetime, event: str, /, **facts: Any) -> None:
        told.append((at, len(told), event, facts))

    for key, language in SERVICES:
        tell(BEGAN, "ServiceAdded", service=key, kind="police", languages=[language])
    number = 0
    while len(told) < count * 1.02:
        number += 1
        at = BEGAN + timedelta(seconds=dice.uniform(60, DAYS * 86_400))
        (sender, language), (to, theirs) = dice.sample(SERVICES, 2)
        report, duty = f"report-{number:012d}", f"duty-{number:012d}"
        tell(
            at, "ReportFiled", report=report, service=sender, by="", version=1, handling="open", dossier="",
            commitment=f"{number:064x}", subjects=[f"subject-{number:012d}{one}" for one in "abc"], language=language,
        )  # fmt: skip
        for _ in range(OFTEN_READ):
            later = at + timedelta(hours=dice.expovariate(1 / 50))
            tell(
                later, "Read", officer=f"officer-{number % 500}", service=to, thing=report, purpose="my_case",
                ground="delivered", commitment=f"{number:064x}",
            )  # fmt: skip
        due = at + timedelta(hours=24)
        hours = dice.lognormvariate(2.0, 1.3) * (2.0 if language != theirs else 1.0)
        row = {
            "duty": duty, "state": "open", "level": 0, "holder": to, "officer": "", "due_at": canonical.timestamp(due),
            "next_event": "escalate", "next_event_at": canonical.timestamp(due),
        }  # fmt: skip
        tell(
            at, "DutyRaised", kind="acknowledge", report=report, recipient=to, match="", about="",
            deadline="acknowledge", **row,
        )  # fmt: skip
        version, climbs = 1, due
        while climbs < at + timedelta(hours=hours):
            version += 1
            tell(climbs, "DutyMoved", move="escalate", by="", version=version, **{**row, "level": min(version - 1, 4)})
            climbs += timedelta(hours=24)
        done = {"state": "done", "holder": "", "next_event": "", "next_event_at": ""}
        tell(
            at + timedelta(hours=hours), "DutyMoved", move="acknowledge", by="", version=version + 1, **{**row, **done}
        )  # fmt: skip
    return told


def main() -> None:
    """`python -m benchmarks.lessons_million [--lines N] [--json]`. The lessons are drawn in a process of their own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", type=Path, help="only write the ledger to this file")
    given = parser.parse_args()
    if given.write:
        export.write(given.write, entries(given.lines), installation="bench", exported_at=BEGAN + timedelta(days=DAYS))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.jsonl"
        again = [sys.executable, "-m", "benchmarks.lessons_million", "--lines", str(given.lines), "--write", str(path)]
        subprocess.run(again, check=True)  # its memory is its own: a child begins with its parent's peak
        command = [
            sys.executable, "-c", "from passerelle.cli import main; main()", "lessons", "--ledger", str(path),
            "--month", "2026-10", "--for", "oversight", "-o", str(Path(folder) / "sheet.html"), "--json",
        ]  # fmt: skip
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        wall = time.perf_counter() - begun
        found = json.loads(done.stdout)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        late = {one["cause"]: one["hours"] for one in found["reasons"]}
        assert late["language"] > late["unacknowledged"], "two of three pairs read no language of the other's"
        told = {
            "lines": given.lines, "megabytes": round(path.stat().st_size / 1e6), "seconds": round(wall, 1),
            "processor_seconds": round(used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime, 1),
            "memory_mb": found["memory_mb"],
            "waits": found["now"]["waits"], "median": found["now"]["median"], "p99": found["now"]["p99"],
            "late_share": found["now"]["late_share"], "hours": late,
        }  # fmt: skip
    print(json.dumps(told, indent=2) if given.json else "\n".join(f"{name}: {value}" for name, value in told.items()))


if __name__ == "__main__":
    main()
