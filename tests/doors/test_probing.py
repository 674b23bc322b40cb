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

from passerelle.flow import work
from passerelle.ids import seeded
from passerelle.records.models import Heartbeat, Notice, Reading
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
