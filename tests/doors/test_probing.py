"""An officer of another service wants to learn whether a certain person is known: every way is tried.

Two worlds, one in which noord has a sealed report and jeugd a discreet dossier on the person, one in which they have
them on somebody else. Each way is tried in both by an officer of stad; docs/security/probing.md says what each yields.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from passerelle.flow import index, lessons_kept, work
from passerelle.ids import seeded
from passerelle.policy.tables import DATA_FOLDER
from passerelle.records.models import Duty, Heartbeat, Notice, Officer, Reading
from passerelle.testing import makers
from tests.doors.test_two_worlds import NOW, REF, STRICT, TOKEN, at, shape

pytestmark = pytest.mark.django_db

NAME, OTHER = "Ferdinand Oosterlynck", "Anouk Terlinden"
ROW = {
    "s0-id": "a", "s0-hand": "1", "s0-keep": "on", "s0-schema": "Person", "s0-category": "suspect", "s0-main": NAME,
    "s0-p-name": NAME, "s0-p-birthDate": "1971-05-03",
}  # fmt: skip
UNTIL = "2026-05-20"
Way = Callable[[Client], list[Any]]


def reads(*addresses: str, **asked: str) -> Way:
    return lambda client: [client.get(address, asked) for address in addresses]


def files(client: Client) -> list[Any]:
    sent = {"text": f"{NAME} was er.", "language": "nl", "source_grade": "X", "information_grade": "4",
            "handling": "open", "do": "file", **ROW}  # fmt: skip
    answers = [client.post("/file", sent), client.post("/file/subjects", sent)]
    return [*answers, client.get(answers[-1]["Location"])]


def opens(client: Client) -> list[Any]:
    answer = client.post(
        "/dossiers/new", {"title": "Zaak", "language": "nl", "purpose": "public_safety", "legal_basis": "Art. 1",
                          "until": UNTIL, "do": "open", **ROW},
    )  # fmt: skip
    return [answer, client.get(answer["Location"])]


def watches(client: Client) -> list[Any]:
    answer = client.post(
        "/watches/new", {"kind": "watch", "purpose": "public_safety", "legal_basis": "Art. 1", "until": UNTIL, **ROW}
    )
    return [answer, client.get(answer["Location"]), client.get("/watches")]


def guesses(client: Client) -> list[Any]:
    kinds = ("report", "dossier", "delivery", "match", "duty", "exception", "watches/asked")
    return [client.get(f"/{kind}/{kind}-{NAME.split()[-1].lower()}") for kind in kinds] + [
        client.post("/why/report-0000000000000000", {"purpose": "other", "reason": NAME})
    ]


def searches(client: Client) -> list[Any]:
    """By name, by a part of it, misspelt, in another script, by what was said of them in another language."""
    asked = (NAME, "Oosterl", "Oosterlinck", "Фердинанд Остерлинк", "secret Ferdinand", "geheim", "1971-05-03")
    return [client.post("/search", {"question": one, "purpose": "my_case"}) for one in asked]


def as_seat(role: str, way: Way) -> Way:
    """The same by another seat of that service."""

    def asked(client: Client) -> list[Any]:
        client.force_login(Officer.objects.get(service__key="stad", role=role))
        return way(client)

    return asked


def drafts(client: Client) -> list[Any]:
    return [client.post("/file/draft", {"text": f"{NAME} was er.", "language": "nl", **ROW}), client.get("/file")]


def tries_rules(client: Client) -> list[Any]:
    text = (DATA_FOLDER / "deadlines.yaml").read_text(encoding="utf-8").replace("{days: 7}", "{days: 6}", 1)
    sent = {"do": "try", "text": text, "month": "2026-03"}
    return [client.get("/administration"), client.post("/administration/rules/deadlines", sent)]


def asks_around(client: Client) -> list[Any]:
    """Files a report, and asks what anybody knows; then asks that what was never delivered be passed on."""
    ref = files(client)[1]["Location"].split("?")[0].rpartition("/")[2]
    sent = {"text": f"Who knows {NAME} here?", "purpose": "public_safety"}
    onward = {"to": "midi", "purpose": "investigation", "reason": "they follow his brother"}
    return [client.post(f"/ask/{ref}", sent), client.get("/questions"),
            client.post("/delivery/delivery-0000000000000000/ask-onward", onward)]  # fmt: skip


def errs(client: Client) -> list[Any]:
    return [client.post("/file", {"text": ""}), client.delete("/reports"), client.get(f"/{NAME}"),
            client.post("/watches/new", {**ROW, "kind": "watch", "legal_basis": ""})]  # fmt: skip


def turns(client: Client) -> list[Any]:
    return [client.post("/language", {"language": "fr", "next": f"/reports?q={NAME}"}),
            client.get("/sign-in", {"next": f"/dossier/{NAME}"}), Client().get("/reports", {"q": NAME})]  # fmt: skip


WAYS: dict[str, Way] = {
    "lists, their order and their counts": reads("/", "/reports", "/dossiers", "/watches", "/exceptions", "/readings"),
    "searching and filtering by parameters": reads("/reports", "/dossiers", "/people", "/readings", q=NAME, name=NAME),
    "the page of health": reads("/health"),
    "the figures of all": reads("/figures"),
    "who is late and who works where": reads("/late", "/people", "/law"),
    "references that are guessed": guesses,
    "errors": errs,
    "changing language and being sent on": turns,
    "filing a report on the person": files,
    "opening a dossier on the person": opens,
    "asking for a watch on the person": watches,
    "searching by words, by parts, in other scripts and languages": searches,
    "searching as the desk": as_seat("desk", searches),
    "the desk and the handover": as_seat("desk", reads("/desk", "/handover", "/desk/beforehand", "/today")),
    "what flows between services, lessons and today": as_seat(
        "head",
        reads("/between?month=2026-03", "/between.csv?month=2026-03", "/lessons", "/today", "/late", "/late/away"),
    ),
    "a dossier with its chart and its map, as the head": as_seat("head", opens),
    "drafts": drafts,
    "trying rules on a month": as_seat("administrator", tries_rules),
    "asking around": asks_around,
}


def world_with(name: str) -> dict[str, Any]:
    with seeded(1):
        world: dict[str, Any] = makers.exchange(now=at(-3))
    known = makers.person("p", name, birthDate=["1971-05-03"])
    with seeded(2):
        makers.report(
            world["noord"], f"Geheim: {name}.", known, handling="sealed", now=at(1),
            author=makers.seat(world["noord"], "desk"), **STRICT,
        )  # fmt: skip
        makers.dossier(world["jeugd"], known, discreet=True, purpose="child_protection", now=at(1.1))
        makers.officer(world["stad"], "administrator", now=at(1.2))
    while index.follow(now=NOW, limit=500):
        pass
    Heartbeat.objects.update(beat_at=NOW)
    return world


def tried(name: str, way: Way, *, later: bool) -> tuple[list[Any], list[str]]:
    """The answers and the shapes of the queries of one way, in the world in which `name` is known; `later`: and what
    the officer sees the next day."""
    undo = transaction.savepoint()
    world = world_with(name)
    client = Client(raise_request_exception=False)
    client.force_login(makers.seat(world["stad"], "officer"))
    client.get("/")
    numbers: dict[str, str] = {}

    def plain(text: str) -> str:
        for ref in REF.finditer(text):
            numbers.setdefault(ref[0], f"{ref[1]}-{len(numbers) + 1}")
        return TOKEN.sub("", REF.sub(lambda ref: numbers[ref[0]], text))

    with seeded(3), CaptureQueriesContext(connection) as asked:
        answers = way(client)
    queries = [shape(query["sql"]) for query in asked.captured_queries]
    if later:
        with seeded(4):
            work.work_until_done(now=NOW + timedelta(hours=1))
        Heartbeat.objects.update(beat_at=NOW)
        answers += [client.get(address) for address in ("/", "/reports", "/dossiers", "/watches", "/late", "/figures")]
    said = [(a.status_code, plain(str(sorted(a.items()))), plain(a.content.decode())) for a in answers]
    transaction.savepoint_rollback(undo)
    return said, queries


@pytest.fixture(autouse=True)
def clock_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.mark.parametrize("way", WAYS)
def test_no_way_tells_at_once_whether_somebody_is_known_by_its_bytes_or_by_its_queries(way: str) -> None:
    (said, queries), (said_there, queries_there) = (tried(name, WAYS[way], later=False) for name in (NAME, OTHER))
    assert said == said_there
    assert queries == queries_there and queries
    assert all(status < 500 for status, _, _ in said)


def test_nobody_feels_whether_another_service_has_looked_at_the_lessons_of_a_month() -> None:
    world = world_with(NAME)
    clients = {key: Client() for key in ("stad", "noord")}
    for key, client in clients.items():
        client.force_login(makers.seat(world[key], "head"))
        client.get("/")

    def asked(key: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert clients[key].get("/lessons?month=2026-02").status_code == 200
        return len(queries)

    alone = asked("stad")
    asked("noord")
    assert asked("stad") == alone, "another service was there before, and the queries tell"
    while lessons_kept.read_on(lines_left=0):
        pass
    assert asked("stad") < alone, "what the worker keeps spares nothing: a test of nothing"


@pytest.mark.parametrize("role", ["head", "administrator"])
@pytest.mark.parametrize("table", ["deadlines", "who_may_tell_whom"])
def test_whoever_opens_a_dossier_and_tries_rules_reads_in_no_count_whether_somebody_is_known(
    table: str, role: str
) -> None:
    """A trial looks at what all services hold: its counts moved by one when the dossier met a sealed report."""
    text = (DATA_FOLDER / f"{table}.yaml").read_text(encoding="utf-8")
    text = text.replace("{days: 7}", "{days: 6}", 1) if table == "deadlines" else text.replace(": whole", ": pointer")
    sent = {"do": "try", "text": text, "month": "2026-03"}
    seen = []
    for name in (NAME, OTHER):
        undo = transaction.savepoint()
        world = world_with(name)
        client = Client()
        client.force_login(makers.seat(world["stad"], "head"))
        with seeded(3):
            opens(client)
            work.work_until_done(now=NOW + timedelta(minutes=1))
        Heartbeat.objects.update(beat_at=NOW)
        client.force_login(makers.seat(world["stad"], role))
        answer = client.post(f"/administration/rules/{table}", sent)
        seen.append((answer.status_code, TOKEN.sub("", answer.content.decode())))
        transaction.savepoint_rollback(undo)
    assert seen[0] == seen[1]


FIGURES = (
    "/late", "/late?page=2", "/late/away", "/figures", "/figures?month=2026-03", "/between?month=2026-03",
    "/between.csv?month=2026-03", "/lessons", "/lessons?month=2026-03", "/today", "/law", "/people", "/health", "/desk",
    "/handover", "/", "/reports", "/exceptions", "/overloads", "/readings/of-others", "/questions", "/watches",
)  # fmt: skip


@pytest.mark.parametrize("days", [1, 12, 40])
def test_whoever_opens_a_dossier_reads_in_no_figure_whether_a_decision_is_owed_on_a_sealed_report(
    days: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dossier makes a duty of the other service: it is owed, comes late, climbs, and is told again above."""
    seen = []
    for name in (NAME, OTHER):
        undo = transaction.savepoint()
        world = world_with(name)
        client = Client()
        client.force_login(makers.seat(world["stad"], "head"))
        with seeded(3):
            opens(client)
            for day in range(0, days * 24 + 1, 12):
                work.work_until_done(now=NOW + timedelta(hours=day, minutes=1))
        owed = Duty.objects.filter(service=world["noord"]).exclude(kind="review").count()
        later = NOW + timedelta(days=days, minutes=2)
        monkeypatch.setattr("django.utils.timezone.now", lambda later=later: later)
        Heartbeat.objects.update(beat_at=later)
        client = Client()
        client.force_login(makers.seat(world["stad"], "head"))
        said = {address: TOKEN.sub("", client.get(address).content.decode()) for address in FIGURES}
        seen.append((owed, {address: REF.sub("ref", text) for address, text in said.items()}))
        monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
        transaction.savepoint_rollback(undo)
    (owed, said), (owed_there, said_there) = seen
    assert owed > owed_there, "nothing was owed on the sealed report: a test of nothing"
    for address in FIGURES:
        assert said[address] == said_there[address], f"{address} tells after {days} days"


@pytest.mark.parametrize("way", ["asking for a watch on the person", "lists, their order and their counts"])
def test_these_ways_tell_nothing_the_next_day_either(way: str) -> None:
    (said, _), (said_there, _) = (tried(name, WAYS[way], later=True) for name in (NAME, OTHER))
    assert said == said_there


def test_what_a_probe_leaves_behind_is_seen_by_those_who_watch() -> None:
    world = world_with(NAME)
    client = Client()
    client.force_login(makers.seat(world["stad"], "officer"))
    before = Notice.objects.count(), Reading.objects.count()
    opens(client)
    from passerelle.flow import ledger_lines

    told = "\n".join(ledger_lines.entries())
    stad = makers.seat(world["stad"], "officer").ref
    assert f'"by":"{stad}"' in told and '"kind":"InterestStated"' in told, "the probe stands in the ledger by name"
    assert (Notice.objects.count(), Reading.objects.count()) >= before
    assert not re.search(NAME, told)
