"""Very many duties open at once: what one sweep, an idle turn and the reconciliation take, in seconds and memory.

The rows are put in directly, as the verbs would leave them (reconcile finds none missing and none too many); each phase
runs in a process of its own, as a worker would. On SQLite in a folder that goes away; on PostgreSQL in a database that
is empty: `--database postgres://user:password@host:port/name`.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SERVICES = 10
REPORTS_EACH = 10
"""So many reports speak of each person who is wanted: a duty for each."""
DOSSIER = 100
AT_ONCE = 5_000
SECONDS_MAX = 3600
PHASES = ("fill", "sweep", "climb", "idle", "reconcile")


def _person(number: int) -> dict[str, list[str]]:
    letters = "".join("abcdefghijklmnopqrstuvwxyz"[number // 26**place % 26] for place in range(4))
    born = date(1950, 1, 1) + timedelta(days=37 * number % 18000)
    name = f"Q{letters}ard Z{letters[::-1]}mans"
    return {"name": [name], "birthDate": [born.isoformat()], "idNumber": [f"N{number:08}"]}


def _seats() -> tuple[list[Any], list[Any]]:
    from passerelle.flow import seats

    long_ago = NOW - timedelta(days=60)
    owners, recipients = [], []
    for number in range(2 * SERVICES):
        service = seats.add_service(
            key=f"police-{number}", name=f"Police {number}", kind="police", languages=("nl",), now=long_ago
        )
        (owners if number < SERVICES else recipients).append(service)
        for role in ("desk", "supervisor", "head"):
            seats.seat_officer(
                username=f"{role}.{number}", name=f"{role} {number}", service=service, role=role, language="nl",
                now=long_ago,
            )  # fmt: skip
    watching = seats.add_service(
        key="oversight", name="Oversight", kind="oversight", languages=("nl",), now=long_ago
    )
    seats.seat_officer(
        username="oversight.1", name="Oversight", service=watching, role="oversight", language="nl", now=long_ago
    )
    return owners, recipients


def fill(duties: int) -> dict[str, Any]:
    """Persons wanted in dossiers, reports on consent that speak of them, their matches, and a late duty for each."""
    from passerelle import matching
    from passerelle.flow import candidates
    from passerelle.records.models import Dossier, Duty, Interest, Key, Match, Report, ReportVersion, Subject

    owners, recipients = _seats()
    persons = max(duties // REPORTS_EACH, 1)
    filed = NOW - timedelta(days=20)
    dossiers: list[Any] = []
    for number in range(-(-persons // DOSSIER)):
        service = recipients[number % SERVICES]
        dossier = Dossier.objects.create(service=service, title="A dossier", language="nl", opened_at=filed)
        Interest.objects.create(
            service=service, kind="dossier", dossier=dossier, purpose="investigation", legal_basis="an article",
            until=(NOW + timedelta(days=900)).date(), stated_at=filed,
        )  # fmt: skip
        dossiers.append(dossier)
    interests = {one.dossier_id: one for one in Interest.objects.all()}

    def batches() -> Iterator[range]:
        step = AT_ONCE // REPORTS_EACH
        yield from (range(start, min(start + step, persons)) for start in range(0, persons, step))

    def subject(number: int, **of: Any) -> Subject:
        who = _person(number)
        return Subject(
            schema="Person", category="suspect", caption=who["name"][0], properties=who, recorded_at=filed,
            local_id=f"p{number}", **of,
        )  # fmt: skip

    for batch in batches():
        wanted = Subject.objects.bulk_create(
            subject(number, service=dossiers[number // DOSSIER].service, dossier=dossiers[number // DOSSIER])
            for number in batch
        )
        reports = Report.objects.bulk_create(
            Report(
                service=owners[(number + one) % SERVICES], handling="consent", filed_at=filed,
                handling_reason="the source could be recognised", handling_review_on=(NOW + timedelta(days=400)).date(),
                review_on=(NOW + timedelta(days=900)).date(),
            )
            for number in batch
            for one in range(REPORTS_EACH)
        )  # fmt: skip
        ReportVersion.objects.bulk_create(
            ReportVersion(report=report, number=1, text="Gezien bij het station.", language="nl", said_at=filed)
            for report in reports
        )
        held = Subject.objects.bulk_create(
            subject(batch[place // REPORTS_EACH], service=report.service, report=report)
            for place, report in enumerate(reports)
        )
        keys = []
        for place, number in enumerate(batch):
            found = candidates.digests(matching.Subject("s", "Person", _person(number)))
            for one in (wanted[place], *held[place * REPORTS_EACH : (place + 1) * REPORTS_EACH]):
                keys += [
                    Key(subject=one, service_id=one.service_id, kind=kind, value=value) for value, kind in found.items()
                ]
        Key.objects.bulk_create(keys, batch_size=AT_ONCE)
        matches = Match.objects.bulk_create(
            Match(
                left=wanted[place // REPORTS_EACH], right=one, score=0.99, band="strong", evidence="0" * 64,
                found_at=filed,
            )
            for place, one in enumerate(held)
        )  # fmt: skip
        rows = Duty.objects.bulk_create(
            Duty(
                kind="pass_on", report=report, service=report.service, holder=report.service, form="whole",
                recipient=wanted[place // REPORTS_EACH].service, deadline="decide", raised_at=filed,
                due_at=NOW - timedelta(days=3, seconds=place), next_event="escalate",
                next_event_at=NOW - timedelta(days=3, seconds=place),
            )
            for place, report in enumerate(reports)
        )  # fmt: skip
        Duty.matches.through.objects.bulk_create(
            Duty.matches.through(duty=duty, match=match) for duty, match in zip(rows, matches, strict=True)
        )
        Duty.interests.through.objects.bulk_create(
            Duty.interests.through(duty=duty, interest=interests[wanted[place // REPORTS_EACH].dossier_id])
            for place, duty in enumerate(rows)
        )
    return {"duties": Duty.objects.count(), "keys": Key.objects.count()}


def _sweep(at: datetime) -> dict[str, Any]:
    from passerelle.flow import ledger_lines, work
    from passerelle.records.models import Duty

    before = ledger_lines.head()[0]
    turns = work.work_until_done(now=at)
    assert not [failure for turn in turns for failure in turn.failed]
    due = Duty.objects.filter(ended_at__isnull=True, next_event_at__lte=at).count()
    assert due == 0, f"{due} duties are still due after the sweep"
    happened = sum(len(turn.happened) for turn in turns)
    return {"happened": happened, "turns": len(turns), "lines": ledger_lines.head()[0] - before}


def _reconcile() -> dict[str, Any]:
    from passerelle.flow import reconcile

    found = reconcile.reconcile(now=NOW + timedelta(days=30))
    assert found.balances, "the rows are not what the verbs would have made"
    return {"owed": found.owed, "live": found.live}


def phase(name: str, duties: int) -> dict[str, Any]:
    """One phase in this process, with its seconds and its memory."""
    from passerelle.cli.opening import memory_mb

    acts: dict[str, Callable[[], dict[str, Any]]] = {
        "fill": lambda: fill(duties),
        "sweep": lambda: _sweep(NOW),  # all of them climb from the desk
        "climb": lambda: _sweep(NOW + timedelta(days=30)),  # and once more, after a month
        "idle": lambda: _sweep(NOW + timedelta(days=30)),  # nothing is due
        "reconcile": _reconcile,
    }
    begun, own = time.perf_counter(), time.process_time()
    found = acts[name]()
    took = {"seconds": round(time.perf_counter() - begun, 2), "processor_seconds": round(time.process_time() - own, 2)}
    return {**took, **_of_the_server(), "memory_mb": memory_mb(), **found}


def _of_the_server() -> dict[str, float]:
    """Processor seconds of the server's process that answered this one, where it runs on this machine."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        found = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    if not found.exists():
        return {}
    ticks = found.read_text(encoding="utf-8").rpartition(")")[2].split()[11:13]
    return {"server_processor_seconds": round(sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK"), 2)}


def measured(duties: int, database: str) -> dict[str, Any]:
    """All phases, each in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="open-duties-") as name:
        surroundings = {**os.environ, **({"PASSERELLE_DATABASE_URL": database} if database else {})}
        begin = [sys.executable, "-c", "from passerelle.cli import main; main()", "init", "--dir", name]
        subprocess.run(begin, env=surroundings, check=True, capture_output=True, timeout=SECONDS_MAX)
        told: dict[str, Any] = {"duties": duties, "database": "postgresql" if database else "sqlite"}
        for one in PHASES:
            arguments = ("--duties", str(duties), "--phase", one, "--dir", name)
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.open_duties", *arguments],
                env=surroundings, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1],
                timeout=SECONDS_MAX,
            )  # fmt: skip
            if done.returncode:
                raise SystemExit(done.stderr[-3000:])
            told[one] = json.loads(done.stdout)
    return told


@contextlib.contextmanager
def _of_our_own(server: str) -> Iterator[str]:
    """A database that is made on a server and goes away with its role, which is no superuser, so that policies hold."""
    import psycopg

    name, word = f"open_duties_{secrets.token_hex(4)}", secrets.token_hex(16)
    parts = urlsplit(server)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '{word}'")
        connection.execute(f"CREATE DATABASE {name} OWNER {name}")
        try:
            yield urlunsplit(parts._replace(netloc=f"{name}:{word}@{parts.hostname}:{parts.port}", path=f"/{name}"))
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
            connection.execute(f"DROP ROLE {name}")


def main() -> None:
    """`python -m benchmarks.open_duties [--duties N] [--database URL | --server]`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--duties", type=int, default=int(os.environ.get("PASSERELLE_OPEN_DUTIES", "100000")))
    parser.add_argument("--database", default="")
    parser.add_argument("--server", action="store_true", help="a database of its own, on PASSERELLE_TEST_DATABASE_URL")
    parser.add_argument("--phase", choices=PHASES, help=argparse.SUPPRESS)
    parser.add_argument("--dir", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.phase:
        from passerelle.cli.opening import open_installation

        open_installation(given.dir)
        print(json.dumps(phase(given.phase, given.duties)))
    elif given.server:
        if not (server := os.environ.get("PASSERELLE_TEST_DATABASE_URL", "")):
            raise SystemExit("Say which server: PASSERELLE_TEST_DATABASE_URL=postgres://…")
        with _of_our_own(server) as database:
            print(json.dumps(measured(given.duties, database)))
    else:
        print(json.dumps(measured(given.duties, given.database)))


if __name__ == "__main__":
    main()
