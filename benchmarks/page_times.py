"""Each page that can be asked for, in each role: how long it takes at p95, on the processor too, and how many questions
it asks the database.

Built: the demonstration in a temporary folder, or a `--folder` that stands already. With `--duties` it is filled first:
so many open duties to judge for one desk, and a register of so many `--subjects` beside them, through the verbs
themselves. Measured: the pages of a seat are walked from its lists along every link, one of each kind; each is asked
once to warm it and then so many times (`--times`), in this process, by Django's test client, with all that
stands before a view. Time runs from the request to the last byte of the page; the way to a browser is not in it.
Milliseconds of the processor (`cpu`) count less of what else the machine does. A page that asks first what it is read
for is told.
"""

from __future__ import annotations

import gc
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from benchmarks.one_report import at, counted
from passerelle.cli.opening import open_installation

ROLES = ("officer", "desk", "supervisor", "head", "administrator", "oversight")
GOAL_MS = 300
TRIES = 3
"""So many addresses of one route are tried until one answers."""

LINK = re.compile(r'(?:href|action)="(/[^"#?]*)(?:\?[^"#]*)?"')
ASKS = re.compile(r'action="(/why/[^"]+)"')
OFFERED = re.compile(r'name="purpose" value="([a-z_]+)"')


@dataclass
class Timed:
    """One page in one seat: what it took each time, in milliseconds, and its questions to the database."""

    role: str
    service: str
    page: str
    address: str
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    questions: int = 0

    def row(self) -> dict[str, Any]:
        """As the benchmark tells it. The address has a reference of chance in it, and is not told."""
        return {
            "role": self.role, "service": self.service, "page": self.page, "ms_p50": at(self.wall, 0.5),
            "ms_p95": at(self.wall, 0.95), "cpu_ms_p50": at(self.cpu, 0.5), "cpu_ms_p95": at(self.cpu, 0.95),
            "questions": self.questions,
        }  # fmt: skip


def demonstration(folder: Path) -> None:
    """The demonstration, played into this folder by the command itself."""
    run = [sys.executable, "-c", "from passerelle.cli import main; main()"]
    told = subprocess.run([*run, "demo", "--dir", str(folder), "--no-serve"], capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert told.returncode == 0, told.stderr[-2000:]


def fill(duties: int, subjects: int, seed: int, now: datetime) -> None:
    """So many pairs for one desk to judge: a register of another service, a tenth of whom stand in its dossiers as
    somebody else writes them, without a date of birth; and strangers, until there are so many subjects."""
    from benchmarks import registers_invented
    from passerelle.flow import receive, work
    from passerelle.flow.receive import ReportDraft, SubjectDraft
    from passerelle.records.models import Duty, Officer, Subject

    desk = Officer.objects.filter(role="desk", service__kind="police").select_related("service").order_by("id")[0]
    other = Officer.objects.filter(role="officer", service__kind="police").exclude(service=desk.service)
    author = other.select_related("service").order_by("id")[0]
    drawn = registers_invented.Persons(seed, max(subjects, duties))

    def person(local_id: str, name: str) -> SubjectDraft:
        return SubjectDraft(local_id=local_id, schema="Person", category="suspect", properties={"name": [name]})

    wanted = [drawn.person() for _ in range(max(1, duties // 20))]
    for start in range(0, len(wanted), 100):
        receive.open_dossier(
            service=desk.service, officer=None, title=f"Dossier {start}", language=desk.language, now=now,
            purpose="investigation", legal_basis="Police Function Act, Art. 44/1",
            until=(now + timedelta(days=90)).date(),
            subjects=[person(f"d{n}", one["name"]) for n, one in enumerate(wanted[start : start + 100])],
        )  # fmt: skip
        work.work_until_done(now=now)
    filed = 0
    while Subject.objects.count() < subjects or (
        Duty.objects.filter(kind="judge", ended_at__isnull=True).count() < duties and filed < 2 * duties
    ):
        again = wanted[filed % len(wanted)] if filed < 2 * duties else None
        several = [person(f"s{n}", drawn.person()["name"]) for n in range(3 if again else 40)]
        if again is not None:
            several.append(person("p", again["name"]))
        receive.file_report(
            service=author.service, author=author, now=now,
            draft=ReportDraft(text="Een buur zag hem.", language="nl", subjects=several),
        )  # fmt: skip
        filed += 1
        if filed % 200 == 0:
            work.work_until_done(now=now, limit=1000)
            there = Duty.objects.filter(kind="judge", ended_at__isnull=True).count()
            click.echo(f"\r{Subject.objects.count()} subjects, {there} to judge ", nl=False, err=True)
    work.work_until_done(now=now, limit=1000)
    click.echo("", err=True)


def seats() -> Iterator[Any]:
    """One officer of each role, of a police service and of the neutral desk: of those whose desks hold most."""
    from django.db.models import Count, Q

    from passerelle.records.models import Officer

    found: dict[tuple[str, str], Any] = {}
    held = Count("service__holds", filter=Q(service__holds__ended_at__isnull=True))
    rows = Officer.objects.filter(is_active=True, account__isnull=True).select_related("service")
    rows = rows.annotate(held=held).order_by("-held", "id")
    for officer in rows:
        kind = officer.service.kind if officer.service.kind in ("police", "neutral_desk") else "other"
        if kind != "other" or officer.role in ("oversight", "administrator"):
            found.setdefault((officer.role, kind), officer)
    yield from (found[key] for key in sorted(found))


def name_of(address: str) -> str:
    """The route of an address; empty for one that has none."""
    from django.urls import Resolver404, resolve

    try:
        return resolve(address).url_name or ""
    except Resolver404:
        return ""


def opened(client: Any, address: str) -> Any:
    """The page at last, whatever it asked first."""
    answer = client.get(address)
    text = answer.content.decode(errors="replace") if answer.status_code == 200 and not answer.streaming else ""
    asked = ASKS.findall(text)
    if not asked or not OFFERED.findall(text):
        return answer
    client.post(asked[0], {"purpose": OFFERED.findall(text)[0], "reason": "a measurement of its time"})
    return client.get(address)


def pages(client: Any) -> dict[str, str]:
    """One address of each page that this seat can ask for, by its route: those without a reference, and from there
    along each link."""
    from django.urls import get_resolver

    waits = ["/" + places[0][0] for name, (places, *_) in get_resolver().reverse_dict.items() if isinstance(name, str)]
    waits = sorted(address for address in waits if "%(" not in address)
    found: dict[str, str] = {}
    tried: Counter[str] = Counter()
    while waits:
        address = waits.pop(0)
        name = name_of(address)
        if not name or name in found or tried[name] >= TRIES or name in ("sign-out", "to-provider", "from-provider"):
            continue
        tried[name] += 1
        answer = opened(client, address)
        if answer.status_code != 200 or answer.streaming:
            continue
        found[name] = address
        if "html" in answer["Content-Type"]:
            waits += [link for link in LINK.findall(answer.content.decode()) if name_of(link) not in ("", name)]
    return found


def measure(times: int, only: tuple[str, ...], roles: tuple[str, ...]) -> list[Timed]:
    """Every page of every seat, so many times each; `only` these pages and `roles`, where some are named."""
    from django.test import Client

    rows = []
    for officer in seats():
        if roles and officer.role not in roles:
            continue
        client = Client(SERVER_NAME="localhost")
        client.force_login(officer)
        client.post("/language", {"language": officer.language, "next": "/"})
        for page, address in sorted(pages(client).items()):
            if only and page not in only:
                continue
            timed = Timed(officer.role, officer.service.kind, page, address)
            questions: list[int] = []
            with counted(questions):
                opened(client, address)
            with counted(questions):
                client.get(address)
            timed.questions = questions[-1]
            gc.collect()
            for _ in range(times):
                spent, begun = time.process_time(), time.perf_counter()
                answer = client.get(address)
                _ = answer.content if not answer.streaming else b"".join(answer.streaming_content)
                timed.wall.append((time.perf_counter() - begun) * 1000)
                timed.cpu.append((time.process_time() - spent) * 1000)
            rows.append(timed)
    return rows


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), help="an installation (default: the demonstration, anew)")
@click.option("--duties", default=0, help="fill the folder first: so many open duties to judge at one desk")
@click.option("--subjects", default=0, help="fill the folder first: so many subjects in all")
@click.option("--times", default=20, show_default=True, help="how often each page is asked")
@click.option("--only", multiple=True, help="measure this page (its route) alone; may be given again")
@click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), help="measure the pages of this role alone")
@click.option("--seed", default=2026, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="one object instead of lines")
def main(
    folder: Path | None, duties: int, subjects: int, times: int, only: tuple[str, ...], roles: tuple[str, ...],
    seed: int, as_json: bool,
) -> None:  # fmt: skip
    """Measure every page in every role."""
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as temporary:
        place = folder or Path(temporary) / "house"
        if not (place / "passerelle.toml").exists():
            demonstration(place)
        open_installation(place, migrate=True)
        from django.conf import settings

        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "localhost"]
        from passerelle.cli.installation import get_ready
        from passerelle.records import wall

        get_ready()  # as whoever serves does when it starts
        with wall.as_house():
            if duties or subjects:
                fill(duties, subjects, seed, now)
            rows = measure(times, only, roles)
            from passerelle.records.models import Duty, Subject

            size = {
                "subjects": Subject.objects.count(),
                "open_duties": Duty.objects.filter(ended_at__isnull=True).count(),
            }
    told = [row.row() for row in rows]
    slowest = max(told, key=lambda row: row["ms_p95"])
    found = {
        **size, "times": times, "pages": len(told), "ms_p95": slowest["ms_p95"], "slowest": slowest,
        "cpu_ms_p95": max(row["cpu_ms_p95"] for row in told), "questions_max": max(row["questions"] for row in told),
        "over": sum(row["ms_p95"] > GOAL_MS for row in told), "load": round(os.getloadavg()[0], 1), "rows": told,
    }  # fmt: skip
    if as_json:
        click.echo(json.dumps(found, indent=1))
        return
    for row in sorted(told, key=lambda row: -row["cpu_ms_p95"]):
        click.echo(
            f"{row['role']:>13} {row['service']:>14} {row['page']:<22} p50 {row['ms_p50']:7.1f}  "
            f"p95 {row['ms_p95']:7.1f}"
            f"  cpu p95 {row['cpu_ms_p95']:7.1f} ms  {row['questions']:3} questions"
        )
    for name in ("subjects", "open_duties", "pages", "ms_p95", "cpu_ms_p95", "questions_max", "over", "load"):
        click.echo(f"{name:>13}  {found[name]}")


if __name__ == "__main__":
    main()
