"""One report of five subjects against a whole exchange: from filing to the duty and the delivery in the inbox.

Built: an installation in a temporary folder (or the PostgreSQL that is named) with so many invented subjects, persons
and their addresses, as registers of four services that work in four languages; and a dossier of a fifth, with 200 of
these persons. The rows land through the import itself (`flow.take_in`), only that they are not compared with each
other. Measured: 200 reports, one after another, each with a person of the dossier as another clerk writes them down, a
stranger, an address, a phone and a car. Time runs from the call of `file_report` until `match_waiting` has returned:
matched, the duties raised, what may travel delivered. That is what the worker does at its beat; the wait for the beat
is not in it. Milliseconds of the processor (`cpu_ms`) count less of what else the machine does, and nothing of a
server's work. Nothing is tuned on these persons; the seed draws others. A `--folder` filled before is measured again.
PostgreSQL can have the rows of such a folder by COPY (`--copied-from`) instead of through the import.
"""

from __future__ import annotations

import json
import os
import platform
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from benchmarks import copied, registers_invented

SERVICES = {"noord": "nl", "midi": "fr", "ost": "de", "harbour": "en"}
WANTED = 200


def open_house(folder: Path, url: str) -> None:
    """A new installation in this folder, or its tables on the server that is named."""
    os.environ["PASSERELLE_DIR"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "passerelle.server.settings"
    if url:
        os.environ["PASSERELLE_DATABASE_URL"] = url
    from click.testing import CliRunner

    from passerelle.cli import main as passerelle

    told = CliRunner().invoke(passerelle, ["init", "--dir", str(folder)])
    assert told.exit_code == 0, told.output


def fill(folder: Path, subjects: int, seed: int, workers: int, now: datetime) -> list[dict[str, str]]:
    """Four registers land; returns the persons whom somebody will ask for."""
    from passerelle import intake
    from passerelle.flow import crew, match, seats, take_in
    from passerelle.records.models import Service

    class Landing(crew.Crew):
        """Rows land as ever, with their keys; nothing is looked for."""

        def find(self, subjects: Any) -> Any:
            return crew.Soon(lambda: match.Findings(subjects=list(subjects)))

    take_in.Crew = Landing  # type: ignore[misc]
    people: list[dict[str, str]] = []
    dice = random.Random(seed)
    each = subjects // 2 // len(SERVICES)
    for number, (key, language) in enumerate(SERVICES.items()):
        rows = registers_invented.rows(each, seed + number)
        if key != "noord":
            people.extend(row for row in rows if dice.random() < 6 * WANTED / subjects)
        if Service.objects.filter(key=key).exists():
            continue
        path = folder / f"{key}.csv"
        registers_invented.write(path, each, seed + number)
        service = seats.add_service(key=key, name=key.title(), kind="police", languages=[language], now=now)
        source = intake.open_source(path, format=None, mapping=None)
        begun = time.monotonic()
        take_in.take_in(
            service=service, officer=None, source=source, name=path.name, now=now, workers=workers,
            on_rows=lambda taken, key=key, begun=begun: click.echo(  # type: ignore[misc]
                f"\r{key}: {taken.subjects} subjects, {time.monotonic() - begun:.0f} s ", nl=False, err=True
            ),
        )  # fmt: skip
        click.echo("", err=True)
        path.unlink()
    dice.shuffle(people)
    return people[:WANTED]


def draft_of(person: dict[str, str], local_id: str) -> Any:
    from passerelle.flow.receive import SubjectDraft

    given = {name: [person[name]] for name in ("name", "birthDate", "nationality", "phone") if person.get(name)}
    return SubjectDraft(local_id=local_id, schema="Person", category="suspect", properties=given)


@contextmanager
def counted(queries: list[int]) -> Iterator[None]:
    """How many statements go to the database within."""
    from django.db import connection

    def one(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        queries[-1] += 1
        return execute(sql, params, many, context)

    queries.append(0)
    with connection.execute_wrapper(one):
        yield


def measure(people: list[dict[str, str]], reports: int, seed: int, now: datetime) -> dict[str, Any]:
    """The times of so many reports, in milliseconds, and what was found."""
    from passerelle.flow import match, receive, seats
    from passerelle.flow.receive import RelationDraft, ReportDraft, SubjectDraft
    from passerelle.records.models import Delivery, Dossier, Duty, Service, Subject

    federal = Service.objects.filter(key="federal").first() or seats.add_service(
        key="federal", name="Federal", kind="federal_police", languages=["fr"], now=now
    )
    if not Service.objects.filter(kind="neutral_desk").exists():
        seats.add_service(key="neutral", name="Neutral", kind="neutral_desk", languages=["en"], now=now)
    if not Dossier.objects.filter(service=federal).exists():  # a folder measured again has it already
        dossier = receive.open_dossier(
            service=federal, officer=None, title="A dossier", language="fr", purpose="investigation",
            legal_basis="Police Function Act, Art. 44/1", until=(now + timedelta(days=90)).date(), now=now,
            subjects=[draft_of(person, f"d{number}") for number, person in enumerate(people)],
        )  # fmt: skip
        match.match_waiting(list(dossier.subjects.values_list("pk", flat=True)), now=now)
    noord = Service.objects.get(key="noord")
    strangers = registers_invented.Persons(seed + 99, 10_000)
    times, filed, compared, processor, candidates, told, delivered = [], [], [], [], 0, 0, 0
    queries: list[int] = []
    for number in range(reports):
        person = strangers.again(people[number % len(people)])
        stranger = strangers.person()
        subjects = [
            draft_of(person, "p"), draft_of(stranger, "q"),
            SubjectDraft("a", "Address", {"full": [stranger["address"]]}),
            SubjectDraft("t", "Phone", {"number": [f"+3247{number:07}"]}),
            SubjectDraft("c", "Vehicle", {"registrationNumber": [f"1-ABC-{number % 1000:03}"]}),
        ]  # fmt: skip
        relations = [RelationDraft("p", "lives_at", "a"), RelationDraft("p", "drives", "c")]
        draft = ReportDraft(
            text="Een buur zag hem.", language="nl", subjects=subjects, relations=relations, source_grade="B",
            information_grade="2",
        )  # fmt: skip
        with counted(queries):
            spent, begun = time.process_time(), time.perf_counter()
            report = receive.file_report(service=noord, author=None, draft=draft, now=now)
            between = time.perf_counter()
            match.match_waiting(list(report.subjects.values_list("pk", flat=True)), now=now)
            ended = time.perf_counter()
        processor.append((time.process_time() - spent) * 1000)
        times.append((ended - begun) * 1000)
        filed.append((between - begun) * 1000)
        compared.append((ended - between) * 1000)
        mine = list(Subject.objects.filter(report=report))
        keys = match.keys_of([one.pk for one in mine])
        candidates += sum(map(len, match.near(noord.pk, keys)[0].values()))
        told += Duty.objects.filter(report=report, kind="pass_on").exists()
        delivered += Delivery.objects.filter(report=report, recipient=federal).exists()
    return {
        "reports": reports, "ms_p50": at(times, 0.5), "ms_p95": at(times, 0.95), "ms_max": at(times, 1.0),
        "cpu_ms_p50": at(processor, 0.5), "cpu_ms_p95": at(processor, 0.95),
        "filing_ms_p95": at(filed, 0.95), "comparing_ms_p95": at(compared, 0.95),
        "candidates_per_report": round(candidates / reports), "queries_per_report": round(sum(queries) / reports),
        "queries_max": max(queries), "with_a_duty": told, "delivered": delivered,
    }  # fmt: skip


def at(figures: list[float], share: float) -> float:
    """The figure that this share of all does not exceed."""
    ordered = sorted(figures)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)


@click.command()
@click.option("--subjects", default=100_000, show_default=True)
@click.option("--reports", default=200, show_default=True)
@click.option("--seed", default=2026, show_default=True)
@click.option("--workers", default=2, show_default=True, help="processes that help to fill it")
@click.option("--database", default="sqlite", show_default=True, help="sqlite, or postgresql://USER:PASSWORD@HOST/NAME")
@click.option(
    "--copied-from", type=click.Path(path_type=Path, exists=True), help="a folder filled before: its tables by COPY"
)
@click.option("--folder", type=click.Path(path_type=Path), help="where it is built (default: temporary)")
@click.option("--json", "as_json", is_flag=True, help="one object instead of lines")
def main(
    subjects: int, reports: int, seed: int, workers: int, database: str, copied_from: Path | None, folder: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Measure one report against so many subjects."""
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as temporary:
        place = folder or Path(temporary)
        place.mkdir(parents=True, exist_ok=True)
        open_house(place, "" if database == "sqlite" else database)
        begun = time.monotonic()
        if copied_from is not None:
            copied.copy(copied_from, place)
        people = fill(place, subjects, seed, workers, now)
        built = time.monotonic() - begun
        from django.db import connection

        from passerelle.cli.installation import get_ready
        from passerelle.records.models import Key, Subject

        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        get_ready()  # as the worker does when it starts
        found = {
            "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()[0]},
            "database": connection.vendor, "seed": seed, "subjects": Subject.objects.count(),
            "keys": Key.objects.count(), "built_seconds": round(built, 1), **measure(people, reports, seed, now),
            "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "load_after": os.getloadavg()[0],
        }  # fmt: skip
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for name, value in found.items():
        click.echo(f"{name:>24}  {value}")


if __name__ == "__main__":
    main()
