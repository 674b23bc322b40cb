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

from tests import figures
from tests.journeys.test_on_postgresql import _json, _run, database, owner

pytestmark = pytest.mark.postgres

__all__ = ["database", "owner"]  # the fixtures of the other file
WORKERS, KILLED = 4, 2
SEED = 20261122
SECONDS_MAX = 300 if "PASSERELLE_TEST_DUTIES" not in os.environ else 3000
COMMAND = [sys.executable, "-c", "from passerelle.cli import main; main()", "work"]

SEEDING = """
import random, sys
from datetime import datetime, timedelta, UTC
from pathlib import Path
from passerelle.cli.opening import open_installation
open_installation(Path(sys.argv[1]))
from passerelle.flow import receive, seats
from passerelle.flow.receive import ReportDraft, SubjectDraft
long_ago, many, draw = datetime.now(UTC) - timedelta(days=30), int(sys.argv[2]), random.Random(7)
waiting = 10  # services that want somebody of each report: so many duties for each
made, desks = [], []
for number in range(waiting + 1):
    made.append(seats.add_service(
        key=f"police-{number}", name=f"Police {number}", kind="police", languages=("nl",), now=long_ago
    ))
    for role in ("supervisor", "head", "desk"):
        seated = seats.seat_officer(
            username=f"{role}.{number}", name=role, service=made[-1], role=role, language="nl", now=long_ago
        )
    desks.append(seated)
def word():
    return "".join(draw.choice("bdfgklmnprstvz") + draw.choice("aeiou") for _ in range(4)).capitalize()
def person(number):  # like nobody else
    born = datetime(1940, 1, 1) + timedelta(days=draw.randrange(22_000))
    who = {"name": [f"{word()} {word()}"], "birthDate": [born.date().isoformat()], "idNumber": [f"N{number:08}"]}
    return SubjectDraft(f"p{number}", "Person", who, category="suspect")
people = [person(number) for number in range(many)]
for place in range(waiting):
    theirs = people[place::waiting]
    for start in range(0, len(theirs), 100):
        receive.open_dossier(
            service=made[place], officer=None, title="A dossier", language="nl", purpose="investigation",
            legal_basis="an article", until=(long_ago + timedelta(days=900)).date(), now=long_ago,
            subjects=theirs[start:start + 100],
        )
for start in range(0, many, waiting):
    draft = ReportDraft(text=f"Gezien, {start}.", language="nl", subjects=people[start:start + waiting])
    receive.file_report(service=made[-1], author=desks[-1], now=long_ago, draft=draft)
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
        capture_output=True, text=True, check=False, timeout=SECONDS_MAX,
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


WAITING = "SELECT count(*) FROM records_subject WHERE to_match_at IS NOT NULL"
OVERDUE = "SELECT count(*) FROM records_duty WHERE ended_at IS NULL AND next_event_at <= now()"


def _left(database: str, asked: str) -> int:
    """Asked by one plain connection: to load the house for each look would take more than the work."""
    import psycopg

    with psycopg.connect(database) as connection:
        connection.execute("SELECT set_config('passerelle.sees', 'house', true)")
        row = connection.execute(asked).fetchone()
        assert row is not None
        return int(row[0])


def _with_workers(database: str, folder: Path, asked: str, draw: random.Random) -> float:
    """Four workers until nothing is left of what is asked; two of them are killed, each when a share of the work is
    done that is drawn by lot. Seconds it took."""
    environment = {**os.environ, "PASSERELLE_DATABASE_URL": database, "PASSERELLE_BEAT_SECONDS": "1"}
    begun, whole = time.monotonic(), _left(database, asked)
    log = folder / "workers.log"
    with log.open("ab") as said:
        running = [
            subprocess.Popen([*COMMAND, "--dir", str(folder)], env=environment, stdout=subprocess.DEVNULL, stderr=said)
            for _ in range(WORKERS)
        ]
    victims = list(zip(sorted(draw.uniform(0.2, 1) * whole for _ in range(KILLED)), running, strict=False))
    try:
        left = whole
        while left or victims:
            left = _left(database, asked)
            while victims and left <= victims[-1][0]:
                victims.pop()[1].send_signal(signal.SIGKILL)
            at_work = [one for one in running[KILLED:] if one.poll() is None]
            assert at_work, "nobody is left to work: " + log.read_text(encoding="utf-8")[-4000:]
            assert time.monotonic() - begun < SECONDS_MAX, (
                f"{left} of {whole} are left, {len(at_work)} workers: " + log.read_text(encoding="utf-8")[-4000:]
            )
            time.sleep(0.5)
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
    begun = time.monotonic()
    _run("init", database=database, folder=folder)
    _python(SEEDING, str(folder), str(many), database=database)
    filing = time.monotonic() - begun

    def look() -> dict[str, int]:
        return dict(_python(LOOKING, str(folder), database=database))

    seconds = _with_workers(database, folder, WAITING, draw)
    told = look()
    assert told["doubled"] == told["waiting"] == 0
    assert told["deliveries"] == told["pass_on"] == told["acknowledge"] == many
    _make_late(database)
    more = _with_workers(database, folder, OVERDUE, draw)
    after = look()
    assert after["late"] >= many and after["late_in_silence"] == after["climbed_twice"] == 0
    assert after["deliveries"] == many and after["doubled"] == 0
    balance = _json("reconcile", database=database, folder=folder, seconds=1500)
    assert balance["owed"] == balance["sent"] == many and balance["missing"] == balance["surplus"] == 0
    figures.keep(
        "workers_killed", duties=many, workers=WORKERS, killed=2 * KILLED, delivered=after["deliveries"],
        delivered_twice=after["doubled"], late=after["late"], late_in_silence=after["late_in_silence"],
        climbed_twice=after["climbed_twice"], seconds_filing=round(filing), seconds_delivering=round(seconds),
        seconds_climbing=round(more), seconds=round(time.monotonic() - begun),
    )  # fmt: skip
