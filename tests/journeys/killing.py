"""A program that makes clients and kills them: each files, decides and imports, and says what it was told.

One process loads the house and forks a client for each kill, so that a thousand take minutes. After each it looks,
with a connection of its own, for whatever a client was told.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

ROWS = 4
CLIENT_SECONDS_MAX = 120


def places_of(folder: Path, number: int) -> Path:
    """Where a client writes down the moments of transactions it came to, once each: beside the house, for it dies."""
    return folder.parent / f"places-{number}"


def client(told: Any, number: int, folder: Path, early: bool) -> None:
    """File, decide, acknowledge, import, and say each thing once its verb has returned; until somebody kills it."""
    from django.db.utils import DatabaseError

    from passerelle.cli.opening import now
    from passerelle.errors import Refused
    from passerelle.flow import acknowledge, commit_points, decide, receive, take_in, work
    from passerelle.flow.receive import ReportDraft, SubjectDraft
    from passerelle.intake import open_source
    from passerelle.records.models import Duty, Officer, Service

    dice = random.Random(number)
    said: list[str] = []

    def say(line: str) -> None:
        told.write(line + "\n")
        told.flush()

    def seat(service: Any) -> Any:
        return Officer.objects.filter(service=service, role="desk").first()

    seen: set[str] = set()
    places = places_of(folder, number).open("w", encoding="utf-8", buffering=1)

    def before_it_is_true(point: str, moment: str) -> None:
        if (place := f"{point} {moment}") not in seen:
            seen.add(place)
            places.write(place + "\n")
        if early and moment == "written" and said:
            say(said.pop())
            time.sleep(0.05)

    with commit_points.watched(before_it_is_true):
        while True:
            act = dice.random()
            try:
                service = Service.objects.get(key=dice.choice(("noord", "midi")))
                if act < 0.6:
                    mark = f"{number}-{dice.randrange(10**9)}"
                    said[:] = [f"report {mark}"] if early else []
                    who = SubjectDraft(mark, "Person", {"name": ["Lambert Vercruysse"]}, category="suspect")
                    draft = ReportDraft(
                        text=f"Gezien {mark}.", language=service.languages[0], handling="consent", subjects=[who],
                        handling_reason="the source could be recognised",
                        handling_review_on=(now() + timedelta(days=30)).date(),
                    )  # fmt: skip
                    receive.file_report(service=service, author=seat(service), now=now(), draft=draft)
                    if not early:
                        say(f"report {mark}")
                elif act < 0.75:
                    work.turn(now=now(), limit=3)
                elif act < 0.9:
                    duty = Duty.objects.filter(kind__in=["pass_on", "acknowledge"], state="open").order_by("?").first()
                    if duty is None:
                        continue
                    if duty.kind == "acknowledge":
                        desk = seat(duty.service)
                        acknowledge.acknowledge_duty(ref=duty.ref, officer=desk, outcome="noted", now=now())
                    else:
                        decide.pass_on(ref=duty.ref, officer=seat(duty.service), now=now())
                    say(f"ended {duty.ref}")
                else:
                    name = f"{number}-{dice.randrange(10**9)}"
                    path = folder / f"{name}.csv"
                    rows = "".join(f"{name}.{row},Person,Mireille Dardenne {row}\n" for row in range(ROWS))
                    path.write_text(f"id,schema,name\n{rows}", encoding="utf-8")
                    take_in.take_in(service=service, officer=None, source=open_source(path), name=name, now=now())
                    say(f"register {name}")
            except Refused:
                continue
            except DatabaseError as error:
                say(f"error {type(error).__name__}: {error}")
                return


def lost(line: str) -> bool:
    """Whether what a client was told is not there."""
    from passerelle.records.models import Duty, RegisterRow, Subject

    kind, _, what = line.partition(" ")
    if kind == "report":
        return not Subject.objects.filter(report__isnull=False, local_id=what).exists()
    if kind == "ended":
        return not Duty.objects.filter(ref=what, ended_at__isnull=False).exists()
    if kind == "register":
        return RegisterRow.objects.filter(register__name=what).count() != ROWS
    return False


def one(number: int, folder: Path, early: bool, room: int | None, dice: random.Random) -> list[str]:
    """A client is born, works, and dies: killed a moment after it said a few things, or on a disk that is full."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(CLIENT_SECONDS_MAX)  # one that is refused again and again would never die, and be read for ever
        os.close(reading)
        try:
            if room is not None:
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
            client(os.fdopen(writing, "w"), number, folder, early)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as said:
        heard = ""
        if room is None:
            heard = "".join(said.readline() for _ in range(dice.randint(int(early), 6)))
            time.sleep(0 if early else dice.uniform(0, 0.08))
            os.kill(child, signal.SIGKILL)
        lines = (heard + said.read()).split("\n")[:-1]  # a last line without its end was not heard
    os.waitpid(child, 0)
    return lines


def size_of_disk(dice: random.Random, size: int) -> int:
    """How large a file may become, in bytes: mostly so that the log is full after few lines, now and then after many,
    or when the database of `size` itself is to grow."""
    pages = dice.choice((dice.randint(9, 90), dice.randint(9, 90), dice.randint(90, 250)))
    return size + 4096 * dice.randint(-8, 8) if dice.random() < 0.1 else 4096 * pages


def warm(folder: Path) -> None:
    """The tables of names are read once, here, and not by each client."""
    from passerelle.cli.opening import now
    from passerelle.flow import receive, work
    from passerelle.flow.receive import ReportDraft, SubjectDraft
    from passerelle.records.models import Officer, Service

    for key in ("noord", "midi"):
        service = Service.objects.get(key=key)
        who = SubjectDraft("warm", "Person", {"name": ["Lambert Vercruysse"]}, category="suspect")
        draft = ReportDraft(text="Gezien.", language=service.languages[0], subjects=[who])
        receive.file_report(service=service, author=Officer.objects.get(service=service), now=now(), draft=draft)
    work.work_until_done(now=now())


def main() -> None:
    """`killing.py FOLDER COUNT kill|early|full`: one JSON object of what was told and what of it is lost."""
    folder, count, way = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    from passerelle.cli.opening import now, open_installation

    open_installation(folder, migrate=True)
    from django.db import connection

    from passerelle.flow import backup, commit_points, ledger_lines, reconcile, seats, work
    from passerelle.records import checks
    from passerelle.records.models import Service
    from passerelle.replay import diff, fold

    if not Service.objects.filter(key="noord").exists():
        for key, language in (("noord", "nl"), ("midi", "fr")):
            service = seats.add_service(key=key, name=key, kind="police", languages=[language], now=now())
            seats.seat_officer(
                username=f"{key}.desk", name=key, service=service, role="desk", language=language, now=now()
            )
    warm(folder)
    places: set[str] = set()
    dice, told, gone, errors, half = random.Random(count), 0, [], 0, []
    for number in range(count):
        size = sum(path.stat().st_size for path in folder.glob("passerelle.sqlite3"))
        connection.close()
        room = size_of_disk(dice, size) if way == "full" else None
        lines = one(number, folder, way == "early", room, dice)
        errors += sum(line.startswith("error") for line in lines)
        told += len(lines)
        if (written := places_of(folder, number)).exists():
            places |= set(written.read_text(encoding="utf-8").splitlines())
            written.unlink()
        gone += [line for line in lines if lost(line)]
        connection.ensure_connection()
        try:
            backup.checked_sqlite(connection.connection)
        except backup.Damaged as damaged:
            half.append(str(damaged))
    work.work_until_done(now=now())
    half += map(str, diff.differences(fold.fold(ledger_lines.entries()), checks.plain_rows()))
    half += map(str, reconcile.reconcile(now=now()).missing)
    visited = sorted({place.partition(" ")[0] for place in places} & set(commit_points.known()))
    result = {
        "clients": count, "told": told, "lost": len(gone), "half": half[:5], "errors": errors, "visited": visited,
        "moments": len(places),
    }  # fmt: skip
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
