"""On PostgreSQL: four workers, two of them killed at random; each duty is delivered once, none is late in silence."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.test_on_postgresql import _json, _run, database, owner

pytestmark = pytest.mark.postgres

__all__ = ["database", "owner"]  # the fixtures of the other file
WORKERS, KILLED = 4, 2
SEED = 20261122
COMMAND = [sys.executable, "-c", "from passerelle.cli import main; main()", "work"]

SEEDING = """
import sys, os
from datetime import datetime, timedelta, UTC
from pathlib import Path
from passerelle.cli.opening import open_installation
open_installation(Path(sys.argv[1]))
from passerelle.flow import receive, seats
from passerelle.flow.receive import ReportDraft, SubjectDraft
from passerelle.records.models import Service
long_ago, many = datetime.now(UTC) - timedelta(days=30), int(sys.argv[2])
made = {}
for key in ("noord", "midi"):
    made[key] = seats.add_service(key=key, name=key, kind="police", languages=("nl",), now=long_ago)
    for role in ("desk", "supervisor", "head"):
        seats.seat_officer(
            username=f"{key}.{role}", name=role, service=made[key], role=role, language="nl", now=long_ago
        )
def person(number):
    letters = "".join("abcdefghijklmnopqrstuvwxyz"[number // 26**place % 26] for place in range(4))
    day = datetime(1950, 1, 1) + timedelta(days=37 * number % 18000)
    name, born = f"Q{letters}ard Z{letters[::-1]}mans", day.date().isoformat()
    return {"name": [name], "birthDate": [born], "idNumber": [f"N{number:08}"]}
people = [person(number) for number in range(many)]
for start in range(0, many, 100):
    receive.open_dossier(
        service=made["midi"], officer=made["midi"].officers.first(), title="A dossier", language="nl",
        purpose="investigation", legal_basis="an article", until=(long_ago + timedelta(days=900)).date(), now=long_ago,
        subjects=[
            SubjectDraft(f"p{n}", "Person", one, category="suspect") for n, one in enumerate(people[start:start + 100])
        ],
    )
for number, one in enumerate(people):
    subject = SubjectDraft("p", "Person", one, category="suspect")
    receive.file_report(
        service=made["noord"], author=made["noord"].officers.first(), now=long_ago,
        draft=ReportDraft(text=f"Gezien, {number}.", language="nl", subjects=[subject]),
    )
"""

LOOKING = """
import sys, json
from datetime import datetime, timedelta, UTC
from pathlib import Path
from passerelle.cli.opening import open_installation
open_installation(Path(sys.argv[1]))
from django.db.models import Count
from passerelle.records.models import Delivery, Duty, Notice, Subject
from passerelle.flow import ledger_lines
now = datetime.now(UTC)
live = Duty.objects.filter(ended_at__isnull=True)
doubled = Delivery.objects.values("report", "recipient", "form").annotate(n=Count("pk")).filter(n__gt=1).count()
climbs = {}
for entry in ledger_lines.entries():
    line = json.loads(entry)
    if line["kind"] == "DutyMoved" and line["facts"]["move"] == "escalate":
        climbs[line["facts"]["duty"]] = climbs.get(line["facts"]["duty"], 0) + 1
late = live.filter(due_at__lt=now)
print(json.dumps({
    "waiting": Subject.objects.filter(to_match_at__isnull=False).count(), "deliveries": Delivery.objects.count(),
    "doubled": doubled, "pass_on": Duty.objects.filter(kind="pass_on", state="done").count(),
    "acknowledge": live.filter(kind="acknowledge").count(),
    "overdue_events": live.filter(next_event_at__lte=now).count(),
    "late": late.count(), "late_in_silence": late.filter(level=0).count(),
    "climbed_twice": sum(1 for number in climbs.values() if number > 1),
    "notices": Notice.objects.filter(kind="late").count(),
}))
"""


def _python(script: str, *arguments: str, database: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], env={**os.environ, "PASSERELLE_DATABASE_URL": database},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    return json.loads(done.stdout) if done.stdout.strip() else None


def _make_late(database: str) -> None:
    """A month of silence: what was delivered a moment ago was delivered long ago. (The ledger is not folded here.)"""
    import psycopg

    with psycopg.connect(database) as connection:
        connection.execute("SELECT set_config('passerelle.sees', 'house', true)")
        connection.execute(
            "UPDATE records_duty SET due_at = due_at - interval '30 days', "
            "next_event_at = next_event_at - interval '30 days' WHERE ended_at IS NULL"
        )


def _with_workers(database: str, folder: Path, done: Any, draw: random.Random) -> float:
    """Four workers until `done()`; two of them are killed, each at a random moment. Seconds it took."""
    environment = {**os.environ, "PASSERELLE_DATABASE_URL": database, "PASSERELLE_BEAT_SECONDS": "1"}
    begun = time.monotonic()
    running = [
        subprocess.Popen([*COMMAND, "--dir", str(folder)], env=environment, stdout=subprocess.DEVNULL, stderr=None)
        for _ in range(WORKERS)
    ]
    try:
        for victim in draw.sample(running, KILLED):
            time.sleep(draw.uniform(2, 8))
            victim.send_signal(signal.SIGKILL)
        while not done():
            assert time.monotonic() - begun < 3000, "the workers that are left do not get there"
            time.sleep(2)
    finally:
        for process in running:
            process.terminate()
            process.wait(timeout=60)
    return time.monotonic() - begun


@pytest.mark.parametrize("many", [60, pytest.param(10_000, marks=pytest.mark.release)])
def test_two_of_four_workers_are_killed_and_each_duty_is_delivered_once_and_none_is_late_in_silence(
    database: str, tmp_path: Path, many: int
) -> None:
    many = int(os.environ.get("PASSERELLE_TEST_DUTIES", many))
    folder, draw = tmp_path / "house", random.Random(SEED)
    _run("init", database=database, folder=folder)
    _python(SEEDING, str(folder), str(many), database=database)

    def look() -> dict[str, int]:
        return dict(_python(LOOKING, str(folder), database=database))

    seconds = _with_workers(database, folder, lambda: look()["waiting"] == 0, draw)
    told = look()
    assert told["doubled"] == 0
    assert told["deliveries"] == told["pass_on"] == told["acknowledge"] == many
    _make_late(database)
    more = _with_workers(database, folder, lambda: look()["overdue_events"] == 0, draw)
    after = look()
    assert after["late"] >= many and after["late_in_silence"] == 0 and after["climbed_twice"] == 0
    assert after["deliveries"] == many and after["doubled"] == 0
    balance = _json("reconcile", database=database, folder=folder)
    assert balance["owed"] == balance["sent"] == many and balance["missing"] == balance["surplus"] == 0
    sys.stderr.write(f"{many} duties delivered in {seconds:.0f} s, escalated in {more:.0f} s; 2 of 4 killed, twice\n")
