"""two_worlds of all that is no page read in peace: mails, exports, the box and what it says follows, searches, errors.

The worlds and the secrets are those of the pages. In each, every desk and every officer has an address for mail from
the beginning. What a seat that may not know gets by each way is compared with the other world byte for byte. Beside
each way stands a leak that is planted, and must be seen.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from passerelle.channels import followthemoney
from passerelle.flow import index, ledger_lines, outbox, search, take_out, work
from passerelle.flow.facts import NotAllowed
from passerelle.ids import seeded
from passerelle.ledger import canonical, export
from passerelle.records import visibility
from passerelle.records.models import Findable, Heartbeat, Officer, Report
from passerelle.testing import makers
from passerelle.testing.recording import Recording
from passerelle.web import outlook
from passerelle.words import sentence
from tests import figures
from tests.doors.machines import machine
from tests.doors.test_two_worlds import NOW, QUESTIONS, REF, SECRETS, STRICT, TOKEN, World, at, clock_that_is_told
from tests.doors.test_two_worlds import common as both_have
from tests.doors.test_two_worlds_api import KNOWS_BY_ROLE

pytestmark = pytest.mark.django_db
__all__ = ["clock_that_is_told"]

CASE = {"purpose": "my_case", "reason": "file 2026/12"}
KINDS = {"report": "reports", "dossier": "dossiers", "delivery": "deliveries", "match": "matches", "duty": "duties"}
ABOUT = {"Ferdinand Oosterlynck": "1971-05-03", "Youssef Hadjeri": "", "Anouk Terlinden": "1990-01-01"}
"""Of whom a report is filed by the box: who is secret here or there."""

Said = dict[str, list[str]]
"""By way: all that came, in order, with references counted as they come."""

counted: Counter[str] = Counter()


@pytest.fixture(scope="module", autouse=True)
def figures_are_kept() -> Iterator[None]:
    yield
    if counted:
        figures.keep("two_worlds_outside", **counted)


class Plain:
    """References in the order in which a seat meets them; what is drawn anew for each request is left out."""

    def __init__(self) -> None:
        self.numbers: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        for ref in REF.finditer(text):
            self.numbers.setdefault(ref[0], f"{ref[1]}-{len(self.numbers) + 1}")
        return TOKEN.sub("", REF.sub(lambda ref: self.numbers[ref[0]], text))


def told(answer: Any, plain: Plain) -> str:
    return f"{answer.status_code} {plain(str(sorted(answer.items())))} {plain(answer.content.decode())}"


def world_of(secret: Any) -> World:
    """As the pages' world; everybody has an address before anything is told."""
    way = Recording()
    with seeded(1):
        world: World = makers.exchange(now=at(-3))
        world["hour"], world["mail"] = 2, way
        world["zuid"] = makers.service("zuid", languages=("fr",), now=at(-3))
        for role in ("officer", "desk", "supervisor", "head"):
            makers.officer(world["zuid"], role, now=at(-3))
        for officer in [None, *Officer.objects.select_related("service").order_by("id")]:
            for of in [officer.service] if officer else [one for one in world.values() if hasattr(one, "languages")]:
                who = f"{of.key}.{officer.role}" if officer else of.key
                outbox.add_channel(
                    service=of, officer=officer, kind="email", address=f"{who}@house.example", language="en",
                    ways={"email": way}, now=at(-3),
                )  # fmt: skip
    for number, step in enumerate((both_have, secret), start=2):
        with seeded(number if step is both_have else 100):
            step(world)
    with seeded(9):
        work.work_until_done(now=at(40))
    Heartbeat.objects.update(beat_at=NOW)
    while index.follow(now=NOW, limit=500):
        pass
    return world


def mails(world: World, seat: str, plain: Plain) -> list[str]:
    """What lies in the mailboxes of this seat; the desk's and the leaders' own are also the service's."""
    service, role = seat.split(".")
    while outbox.relay(now=NOW, ways={"email": world["mail"]}).more:
        pass
    boxes = {f"{seat}@house.example"} | ({f"{service}@house.example"} if role != "officer" else set())
    return [
        plain(f"{one.id} {one.to} {one.subject}\n{one.text}\n{json.dumps(dict(one.facts), sort_keys=True)}")
        for one in world["mail"].taken if one.to in boxes
    ]  # fmt: skip


def exports(world: World, seat: str, plain: Plain) -> list[str]:
    """The own reports of this seat's service as FollowTheMoney, for who may read them all: the desk and who leads."""
    service, role = seat.split(".")
    if role == "officer":
        return []
    reports = take_out.own_reports(service=world[service], reason="a test that reads", now=NOW)
    return [plain(line) for one in reports for line in followthemoney.lines(followthemoney.entities(**one))]


def box(world: World, seat: str, plain: Plain) -> list[str]:
    """A report is filed by the box on who is secret; then what its page says follows: who has an interest."""
    client = browser(world, seat)
    said: list[str] = []
    for number, (name, born) in enumerate(ABOUT.items()):
        sent = {
            "text": f"{name} was er, geheim.", "language": "nl", "source_grade": "X", "information_grade": "4",
            "handling": "open", "do": "file", "s0-id": "a", "s0-keep": "on", "s0-hand": "1", "s0-schema": "Person",
            "s0-category": "suspect", "s0-main": name, "s0-p-name": name, "s0-p-birthDate": born,
        }  # fmt: skip
        with seeded(30 + number):
            answers = [client.get("/file"), client.post("/file", sent), client.post("/file/subjects", sent)]
            said += [told(answer, plain) for answer in answers]
            address = answers[-1].get("Location", "")
            if address:
                said.append(told(client.get(address), plain))
                work.work_until_done(now=NOW + timedelta(seconds=2 + number))
                Heartbeat.objects.update(beat_at=NOW)
                said.append(told(client.get(address), plain))
    return said + [told(client.get(address), plain) for address in ("/", "/reports", "/desk", "/late")]


def searches(world: World, seat: str, plain: Plain) -> list[str]:
    """By a machine of the service in this role: the answers, their order and scores; the lists with their counts."""
    service, role = seat.split(".")
    client = machine(world[service], KNOWS_BY_ROLE.get(role, role), now=at(-3), clock=NOW.timestamp)
    said = []
    for question in QUESTIONS:
        code, headers, body = client.call("POST", "/search", {"question": question, "limit": 30, **CASE})
        said.append(plain(f"{code} {headers.get('content-type')} {body.decode()}"))
    for listed in ("reports", "dossiers", "duties", "matches", "deliveries", "watches", "notices"):
        code, _, body = client.call("GET", f"/{listed}", limit=100)
        said.append(plain(f"{code} {body.decode()}"))
    return said


def errors(world: World, seat: str, plain: Plain) -> list[str]:
    """What is denied in one world, asked by its own reference, and what is absent in the other, by a fresh one."""
    client, said = browser(world, seat), []
    for kind, ref in sorted(world["unseen"].items()):
        for address in (f"/{kind}/{ref}", f"/{kind}/{ref}/no-such-act", f"/why/{ref}", f"/{kind}/{ref}%00"):
            said += [told(client.get(address), plain), told(client.post(address, CASE), plain)]
        for act in ("judge", "acknowledge", "pass-on", "withhold", "correct", "recall", "subjects", "extract", "hold"):
            said.append(told(client.post(f"/{kind}/{ref}/{act}", {**CASE, "until": "soon"}), plain))
    service, role = seat.split(".")
    asking = machine(world[service], KNOWS_BY_ROLE.get(role, role), now=at(-3), clock=NOW.timestamp)
    for kind, ref in sorted(world["unseen"].items()):
        for method, path in (("GET", ""), ("POST", "/read"), ("POST", "/followthemoney"), ("POST", "/acknowledge")):
            code, _, body = asking.call(method, f"/{KINDS[kind]}/{ref}{path}", CASE if method == "POST" else None)
            said.append(plain(f"{code} {body.decode()}"))
    return said


WAYS: dict[str, Callable[[World, str, Plain], list[str]]] = {
    "mails": mails, "exports": exports, "searches": searches, "errors": errors, "box": box
}  # fmt: skip


def browser(world: World, seat: str) -> Client:
    service, role = seat.split(".")
    client = Client(raise_request_exception=False)
    client.force_login(makers.seat(world[service], role))
    client.get("/")
    return client


def unseen(world: World, seat: str, *, there: bool) -> dict[str, str]:
    """By kind the latest reference that this seat may not see; where it is absent, or there is none, a fresh one."""
    service, role = seat.split(".")
    officer, found = makers.seat(world[service], role), {}
    lists = {
        "report": visibility.reports, "dossier": visibility.dossiers, "delivery": visibility.deliveries,
        "match": visibility.matches, "duty": visibility.duties,
    }  # fmt: skip
    for kind, listed in lists.items():
        seen = listed(officer)
        hidden = seen.model.objects.exclude(pk__in=seen.values("pk")).order_by("-pk").first()
        found[kind] = hidden.ref if there and hidden is not None else f"{kind}-0000000000000000"
    return found


def views(secret: Any, seats: list[str], *, there: bool, ways: list[str]) -> dict[str, Said]:
    """What comes to each seat by each way in a world with this secret; afterwards the world is gone."""
    undo = transaction.savepoint()
    world, seen = world_of(secret), {}
    for seat in seats:
        before = transaction.savepoint()
        plain, came = Plain(), {}
        world["unseen"] = unseen(world, seat, there=there)
        for way in ways:
            world["mail"].taken.clear()
            came[way] = WAYS[way](world, seat, plain)
            counted["answers"] += len(came[way])
        seen[seat] = came
        transaction.savepoint_rollback(before)
    transaction.savepoint_rollback(undo)
    return seen


def differing(left: Said, right: Said) -> dict[str, int]:
    """By way: how many bytes differ."""
    found = {}
    for way, ours in left.items():
        one, other = "\n".join(ours).encode(), "\n".join(right[way]).encode()
        if one != other:
            found[way] = abs(len(one) - len(other)) + sum(a != b for a, b in zip(one, other, strict=False))
    return found


def first(left: Said, right: Said) -> str:
    """The first line that differs, for whoever reads a failure."""
    for way, ours in left.items():
        if len(ours) != len(right[way]):
            return f"{way}: {len(ours)} and {len(right[way])}\n{ours[-1:]}\n{right[way][-1:]}"
        for one, other in zip(ours, right[way], strict=True):
            for mine, theirs in zip(one.splitlines(), other.splitlines(), strict=False):
                if mine != theirs:
                    return f"{way}:\n  {mine}\n  {theirs}"
    return ""


def compared(what: str, ways: list[str]) -> None:
    one, other, blind, _ = SECRETS[what]
    left = views(one, blind, there=False, ways=ways)
    right = views(other, blind, there=True, ways=ways)
    for seat in blind:
        assert all(said.startswith("200 ") for said in left[seat].get("searches", ())), "a search was refused"
        wrong = differing(left[seat], right[seat])
        counted["pairs"] += 1
        counted["differing_bytes"] += sum(wrong.values())
        assert not wrong, f"{what}: {seat}: {wrong}\n{first(left[seat], right[seat])}"


SHORT = "whose discreet interest it is"
BY_DESIGN = {"whether whom it was passed on to had it already": {"box"}}
"""Whoever files on somebody in whom a service has a discreet interest sees "a service with a lawful interest", and not
which one (docs/security/probing.md): whether there is one is no secret of that way."""


@pytest.mark.parametrize(
    "what", [pytest.param(what, marks=() if what == SHORT else pytest.mark.long) for what in SECRETS]
)
def test_two_worlds_send_export_answer_and_refuse_whoever_may_not_know_the_same_bytes(what: str, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 10_000
    compared(what, [way for way in WAYS if way not in BY_DESIGN.get(what, set())])


def in_mails(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail says how much there is in the whole house."""
    true = outbox.outgoing_of

    def leaks(message: Any) -> Any:
        said = true(message)
        return said and replace(said, text=f"{said.text}{Report.objects.count()} reports in all.\n")

    monkeypatch.setattr(outbox, "outgoing_of", leaks)  # bent: a leak is planted


def in_exports(monkeypatch: pytest.MonkeyPatch) -> None:
    """An export forgets whose it is."""
    true = take_out._read

    def leaks(service: Any) -> Iterator[Any]:
        for one in Report.objects.values_list("service", flat=True).distinct():
            yield from true(one)

    monkeypatch.setattr(take_out, "_read", leaks)  # bent: a leak is planted


def in_searches(monkeypatch: pytest.MonkeyPatch) -> None:
    """The index is searched in full; the labels on what leaves stop the answer, and the error itself would tell."""
    everything = Findable.objects.all
    monkeypatch.setattr(visibility, "findables", lambda officer: everything())  # bent: a leak is planted
    monkeypatch.setattr(  # bent: a leak is planted
        search, "_spaces", lambda officer: list(Findable.objects.values_list("space", flat=True).distinct())
    )


def in_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there and denied is refused by another sentence than what is not there."""
    from passerelle.flow import consult

    true = consult.read_report

    def leaks(*, ref: str, officer: Officer, **more: Any) -> Any:
        if Report.objects.filter(ref=ref).exists() and not visibility.reports(officer).filter(ref=ref).exists():
            raise NotAllowed(sentence("This is not for you."))
        return true(ref=ref, officer=officer, **more)

    monkeypatch.setattr(consult, "read_report", leaks)  # bent: a leak is planted


def in_box(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line under a report counts everybody who has something, told or not."""
    true = outlook.of

    def leaks(view: Any, officer: Officer, now: Any) -> Any:
        others = Report.objects.exclude(service=officer.service_id).count()
        return [*true(view, officer, now), sentence("{count} services have an interest in it.", count=others)]

    monkeypatch.setattr(outlook, "of", leaks)  # bent: a leak is planted


LEAKS = {"mails": in_mails, "exports": in_exports, "searches": in_searches, "errors": in_errors, "box": in_box}


def test_two_worlds_differ_by_each_way_in_which_a_leak_is_planted(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.API_REQUESTS_PER_MINUTE = 10_000
    assert set(LEAKS) == set(WAYS)
    one, other, _, _ = SECRETS["a sealed report"]
    seen: list[dict[str, Said]] = []
    for secret, there in ((one, False), (other, True)):
        undo = transaction.savepoint()
        world, came = world_of(secret), {}
        world["unseen"] = unseen(world, "federal.desk", there=there)
        for way, plant in LEAKS.items():
            before = transaction.savepoint()
            world["mail"].taken.clear()
            with monkeypatch.context() as bent:
                plant(bent)
                came[way] = {way: WAYS[way](world, "federal.desk", Plain())}
            transaction.savepoint_rollback(before)
        seen.append(came)
        transaction.savepoint_rollback(undo)
    missed = [way for way in WAYS if not differing(seen[0][way], seen[1][way])]
    assert not missed, f"a leak by {missed} would not be seen"
    counted["planted_leaks_seen"] += len(WAYS)


HASHES = re.compile(r"\b[0-9a-f]{64}\b")


def exported(name: str, folder: Path) -> str:
    """The ledger of a world in which this is the secret, as an outsider gets it, without its hashes."""
    undo = transaction.savepoint()
    with seeded(1):
        world: World = makers.exchange(now=at(-3))
    with seeded(2):
        known = makers.person("p", name, birthDate=["1971-05-03"])
        desk = makers.seat(world["noord"], "desk")
        strict = makers.report(
            world["noord"], f"Geheim: {name} was er.", known, handling="sealed", author=desk, now=at(1), **STRICT
        )
        quiet = {"discreet": True, "purpose": "child_protection", "title": f"Zaak {name}"}
        makers.dossier(world["jeugd"], known, **quiet, now=at(2))
        search.search(question=name, officer=desk, purpose="my_case", now=at(3))
        client = browser(world, "noord.desk")
        client.post(f"/why/{strict.ref}", CASE)
        assert name in client.get(f"/report/{strict.ref}").content.decode()
        client.post(f"/report/{strict.ref}/correct", {"text": f"Het was {name} toch niet.", "language": "nl"})
        work.work_until_done(now=at(40))
    path = folder / f"{name.split()[0]}.jsonl"
    export.write(path, ledger_lines.entries(), installation="here", exported_at=NOW)
    transaction.savepoint_rollback(undo)
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") > 20
    for part in name.split():
        assert part not in text
    return HASHES.sub("…", text)


def test_two_worlds_give_an_outsider_the_same_export_of_the_ledger_but_for_salted_hashes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = (exported(name, tmp_path) for name in ("Anouk Terlinden", "Bo Molenaers"))
    counted["lines_exported"] += one.count("\n")
    counted["differing_bytes"] += sum(a != b for a, b in zip(one, other, strict=False)) + abs(len(one) - len(other))
    assert one == other

    def leaks(salt: bytes, fields: Any) -> str:
        return str(len(json.dumps(fields)))

    monkeypatch.setattr(canonical, "commitment", leaks)  # bent: a leak is planted, the length of what was said
    one, other = (exported(name, tmp_path) for name in ("Anouk Terlinden", "Bo Molenaers"))
    assert one != other, "a leak into the ledger would not be seen"
    counted["planted_leaks_seen"] += 1
