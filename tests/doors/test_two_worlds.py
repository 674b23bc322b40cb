"""two_worlds: two worlds that differ in one secret give whoever may not know it the same bytes, page by page.

Each world is built by the same steps at the same told times, with seeded references; the pages of a seat are walked
from its lists along every link, and compared: address, status, headers, body, and so order and counts. References are
random, so they are counted in the order in which a seat meets them. The same comparison for a seat that may know must
find a difference: that is how we see that it could.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from passerelle.flow import decide, hold, index, judge, onward, receive, requests, work
from passerelle.flow.receive import SubjectDraft
from passerelle.ids import seeded
from passerelle.records.models import Delivery, Duty, Heartbeat
from passerelle.testing import makers
from passerelle.testing.makers import NOON
from tests import figures
from tests.doors.opening import opened

pytestmark = pytest.mark.django_db

counted: Counter[str] = Counter()


@pytest.fixture(scope="module", autouse=True)
def figures_are_kept() -> Iterator[None]:
    yield
    if counted:
        figures.keep("two_worlds", **counted)

NOW = NOON + timedelta(days=2)
LISTS = (
    "/", "/desk", "/handover", "/reports", "/dossiers", "/late", "/late/away", "/people", "/readings",
    "/readings/of-others", "/file", "/questions", "/requests", "/between?month=2026-03", "/between.csv?month=2026-03",
)  # fmt: skip
FRESH = ("/second-factor/app", "/second-factor/passkey", "/sign-in/passkey")
"""Draws a secret of its own each time it is asked: of one reader alone, and never the same bytes twice."""

SAME_FOR_ALL = ("/law", "/dossiers/new")
KINDS = (
    "channel|correction|delivery|dossier|duty|grant|handover|interest|match|message|notice|officer|order|overload|part|"
    "proposal|question|report|request|review|sample|search|subject|withholding"
)
QUESTIONS = ("Ferdinand Oosterlynck", "Oosterlinck", "geheim", "Griet Lammens verblijft", "tueur", "stil", "er")
"""Asked of the index by each seat: a name, a name misspelt, words of the secrets and of what is open."""

REF = re.compile(rf"\b({KINDS})-[0-9a-z]{{16}}\b")
LINK = re.compile(r'href="(/[^"#]*)"')
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')
PAGES_MAX = 60

World = dict[str, Any]
Step = Callable[[World], object]
Page = tuple[str, int, tuple[tuple[str, str], ...], str]

PERSON = makers.person("p", "Ferdinand Oosterlynck", birthDate=["1971-05-03"])
STRICT = {
    "handling_reason": "the source could be recognised",
    "handling_review_on": (NOON + timedelta(days=30)).date(),
}


def at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def common(world: World) -> None:
    """What stands in both worlds: two dossiers, an open report delivered whole, a pointer, a match that was judged."""
    makers.dossier(world["federal"], PERSON, makers.person("q", "Joesef Hadjeri"), title="Zaak 12", now=at(0))
    makers.dossier(world["midi"], makers.person("r", "Griet Lammens", birthDate=["1966-01-09"]), now=at(0.1))
    makers.report(world["noord"], "Ferdinand Oosterlynck was er.", PERSON, now=at(1))
    makers.report(world["noord"], "Youssef Hadjeri was er.", makers.person("q", "Youssef Hadjeri"), now=at(1.1))
    child = makers.person("k", "Griet Lammens", category="child", birthDate=["1966-01-09"])
    makers.report(world["jeugd"], "Griet Lammens verblijft hier.", child, now=at(1.2))


def nothing(world: World) -> None:
    """No secret."""


def sealed(world: World) -> None:
    """A sealed report on somebody another service asks for; put on hold, too."""
    author, hour = makers.seat(world["noord"], "desk"), world["hour"]
    filed = makers.report(
        world["noord"], "Geheim: Ferdinand Oosterlynck.", PERSON, handling="sealed", author=author, now=at(hour),
        **STRICT,
    )  # fmt: skip
    for duty in Duty.objects.filter(report=filed, kind="pass_on"):
        hold.hold_duty(
            ref=duty.ref, officer=author, reason="we wait for the magistrate", until=at(30), now=at(hour + 0.5)
        )


def a_report_nobody_asked_for(world: World) -> None:
    """A report of another service on a person of one's own reports, in whom nobody has an interest."""
    makers.report(
        world["stad"], "Youssef Hadjeri vroeg een attest.", makers.person("x", "Youssef Hadjery", category="child"),
        now=at(2),
    )  # fmt: skip


def a_dossier_of_another(world: World) -> None:
    """A dossier of another service on a person whom nobody else holds."""
    makers.dossier(world["stad"], makers.person("x", "Anouk Terlinden"), purpose="public_safety", now=at(world["hour"]))


def a_discreet_dossier(key: str) -> Step:
    def opened(world: World) -> None:
        makers.dossier(world[key], PERSON, discreet=True, title="Stil", now=at(2))

    return opened


def a_dossier_met_discreetly(key: str) -> Step:
    """A dossier with a report in it, which a discreet dossier of another service meets."""

    def opened(world: World) -> None:
        of = makers.dossier(world["noord"], makers.person("z", "Ward Vermeulen"), title="Eigen zaak", now=at(1.9))
        a_discreet_dossier(key)(world)
        makers.report(world["noord"], "Ferdinand Oosterlynck kwam terug.", PERSON, dossier=of, now=at(2.1))

    return opened


def withheld(ground: str, reason: str) -> Step:
    def decided(world: World) -> None:
        filed = makers.report(world["noord"], "Nog iets.", PERSON, handling="consent", now=at(2), **STRICT)
        duty = Duty.objects.get(report=filed, kind="pass_on", recipient=world["federal"])
        desk = makers.seat(world["noord"], "desk")
        decide.withhold(ref=duty.ref, officer=desk, ground=ground, reason=reason, now=at(3))

    return decided


def behind_a_pointer(category: str, text: str) -> Step:
    def filed(world: World) -> None:
        known = makers.person("p", "Ferdinand Oosterlynck", category=category, birthDate=["1971-05-03"])
        makers.report(world["noord"], text, known, now=at(2))

    return filed


def asked_onward(held: bool) -> Step:
    """A recipient asked that a report be passed on to a service that has it already, by a discreet dossier, or not."""

    def asked(world: World) -> None:
        other = makers.person("x", "Anouk Terlinden")
        makers.dossier(world["midi"], PERSON if held else other, discreet=True, title="Stil", now=at(2))
        got = Delivery.objects.filter(recipient=world["federal"], form="whole").order_by("id")[0]
        question = onward.ask_originator(
            delivery=got.ref, officer=makers.seat(world["federal"], "desk"), to=world["midi"], now=at(2.2),
            purpose="investigation", reason="they follow his brother",
        )  # fmt: skip
        onward.consent(ref=question.duty.ref, officer=makers.seat(world["noord"], "desk"), now=at(2.3))

    return asked


def blacked_out(name: str) -> Step:
    def filed(world: World) -> None:
        makers.report(
            world["noord"],
            f"Ferdinand Oosterlynck, zoon van {name}, sloeg {name} in huis.",
            SubjectDraft(
                "p", "Person", {**PERSON.properties, "motherName": [name]}, category="suspect",
                caption=f"de zoon van {name}",
            ),
            makers.person("v", name, category="victim"),
            now=at(2),
        )  # fmt: skip

    return filed


def judged(name: str) -> Step:
    def asked(world: World) -> None:
        makers.report(
            world["noord"], f"Youssef Hadjeri woont bij {name}.", makers.person("y", "Youssef Hadjeri"),
            makers.person("v", name, category="witness"), now=at(2),
        )  # fmt: skip
        duty = Duty.objects.filter(kind="judge", ended_at__isnull=True).order_by("id").last()
        assert duty is not None and duty.service == world["federal"]
        judge.judge_match(ref=duty.match.ref, officer=makers.seat(duty.service, "desk"), verdict="unsure", now=at(3))

    return asked


def who_asks_is_held(found: bool) -> Step:
    """A person asks a service directly and another by way of the authority; the town holds something on them."""

    def asked(world: World) -> None:
        known = makers.person("a", "Anouk Terlinden", birthDate=["1990-01-01"])
        of = known if found else makers.person("a", "Veerle Molenaers", birthDate=["1961-03-04"])
        makers.report(world["stad"], "Kwam een attest vragen.", of, now=at(2))
        ask: Any = {
            "kind": "access", "identity": "in_person", "person": known.properties, "language": "fr",
            "asks": "ce que vous savez de moi", "received_on": at(2).date(),
        }  # fmt: skip
        desk = makers.seat(world["federal"], "desk")
        direct = requests.record(way="direct", officer=desk, now=at(3), **ask)
        said = {"note": "looked by name and day of birth", "now": at(4)}
        requests.answer(ref=direct.ref, officer=desk, outcome="nothing_held", **said)
        by_authority = requests.record(way="authority", officer=desk, now=at(5), **ask)
        for part in by_authority.parts.select_related("service").order_by("id"):
            holds = found and part.service == world["stad"]
            outcome = {"outcome": "held_back", "ground": "a"} if holds else {"outcome": "nothing_held"}
            requests.answer(
                ref=part.ref, officer=makers.seat(part.service, "desk"), **outcome, **{**said, "now": at(6)}
            )
        watcher = makers.seat(world["oversight"], "oversight")
        requests.answer(ref=by_authority.ref, officer=watcher, **{**said, "now": at(7)})

    return asked


def edited(known: SubjectDraft) -> Step:
    """A sealed report of nobody whom others look for is corrected: now it speaks of this person, and is matched again.
    What is matched is compared again on an edit (DFIR-IRIS #426), and one's edit shows in no case of another (#462)."""

    def corrected(world: World) -> None:
        author = makers.seat(world["noord"], "desk")
        other = makers.person("p", "Roderik Swinnen", birthDate=["1958-11-30"])
        filed = makers.report(
            world["noord"], "Geheim: iemand.", other, handling="sealed", author=author, now=at(2), **STRICT
        )
        said = receive.ReportDraft(text="Geheim: iemand anders.", language="nl", subjects=[known])
        receive.revise_report(ref=filed.ref, officer=author, draft=said, now=at(3))
        work.work_until_done(now=at(3.1))
        owed = Duty.objects.filter(report=filed, kind="pass_on", recipient=world["federal"]).exists()
        assert owed == (known is PERSON), "the edit was not matched again: a test of nothing"

    return corrected


SECRETS: dict[str, tuple[Step, Step, list[str], str]] = {
    # what differs: one world, the other world, who may not know, one who may
    "a sealed report": (
        nothing, sealed, ["federal.desk", "federal.officer", "stad.head", "neutral.desk", "noord.officer"], "noord.desk"
    ),
    "a report nobody asked for": (
        nothing, a_report_nobody_asked_for, ["noord.desk", "federal.desk", "jeugd.head"], "stad.officer"
    ),
    "a dossier of another service": (nothing, a_dossier_of_another, ["noord.desk", "federal.head"], "stad.desk"),
    "whose discreet interest it is": (
        a_discreet_dossier("midi"), a_discreet_dossier("zuid"),
        ["noord.desk", "noord.officer", "federal.desk"], "midi.desk",
    ),
    "whose discreet interest meets a dossier": (
        a_dossier_met_discreetly("midi"), a_dossier_met_discreetly("zuid"), ["noord.desk", "noord.officer"], "midi.desk"
    ),
    "why it was withheld": (
        withheld("g", "an informant would be in danger"), withheld("f", "essential interests are at stake here"),
        ["federal.desk", "federal.officer"], "noord.desk",
    ),
    "what stands behind a pointer": (
        behind_a_pointer("witness", "Zag alles vanuit het raam."), behind_a_pointer("victim", "Werd geslagen."),
        ["federal.desk", "federal.officer"], "noord.officer",
    ),
    "who was blacked out": (
        blacked_out("Adriana Verhulst"), blacked_out("An De Wachter"), ["federal.desk", "federal.officer"], "noord.desk"
    ),
    "whether another service holds who asks": (
        who_asks_is_held(True), who_asks_is_held(False), ["federal.desk", "federal.head", "noord.desk", "midi.head"],
        "stad.desk",
    ),
    "whether whom it was passed on to had it already": (
        asked_onward(True), asked_onward(False), ["federal.desk", "federal.officer"], "midi.desk"
    ),
    "of whom a sealed report speaks since it was corrected": (
        edited(PERSON), edited(makers.person("p", "Anouk Terlinden", birthDate=["1990-01-01"])),
        ["federal.desk", "federal.officer", "stad.head"], "noord.desk",
    ),
    "who else stands in a report that is judged": (
        judged("Adriana Verhulst"), judged("An De Wachter"), ["federal.desk", "federal.officer", "stad.desk"],
        "noord.desk",
    ),
}  # fmt: skip


def built(secret: Step, *, first: bool) -> World:
    with seeded(1):
        world: World = makers.exchange(now=at(-3))
        world["hour"] = -2 if first else 2
        world["zuid"] = makers.service("zuid", languages=("fr",), now=at(-3))
        for role in ("officer", "desk", "supervisor", "head"):
            makers.officer(world["zuid"], role, now=at(-3))
    steps = (secret, common) if first else (common, secret)
    for number, step in enumerate(steps, start=2):
        with seeded(number if step is common else 100):
            step(world)
    with seeded(9):
        work.work_until_done(now=at(40))
    Heartbeat.objects.update(beat_at=NOW)
    return world


def walked(world: World, seat: str) -> list[Page]:
    """Every page that this seat reaches, each as the bytes that left."""
    service, role = seat.split(".")
    client = Client()
    client.force_login(makers.seat(world[service], role))
    numbers: dict[str, str] = {}

    def plain(text: str) -> str:
        for ref in REF.finditer(text):
            numbers.setdefault(ref[0], f"{ref[1]}-{len(numbers) + 1}")
        return TOKEN.sub("", REF.sub(lambda ref: numbers[ref[0]], text))

    ahead, seen, pages = list(LISTS), set(LISTS), []
    for question in QUESTIONS:
        with CaptureQueriesContext(connection) as asked:
            answer = client.post("/search", {"question": question, "purpose": "my_case"})
        headers = (("queries", str(len(asked))),)  # denied and absent ask the database the same
        pages.append((question, answer.status_code, headers, plain(answer.content.decode())))
    while ahead and len(pages) < PAGES_MAX:
        address = ahead.pop(0)
        answer = opened(client, address)
        body = answer.content.decode()
        headers = tuple(sorted((name, plain(value)) for name, value in answer.items()))
        length = ("Content-Length", str(len(body)))
        assert length[1] == str(len(body))
        pages.append((plain(address), answer.status_code, headers, plain(body)))
        for link in LINK.findall(body):
            if link not in seen and not link.startswith(("/static/", *FRESH, *SAME_FOR_ALL)):
                seen.add(link)
                ahead.append(link)
    return pages


def views(secret: Step, seats: list[str], *, first: bool) -> dict[str, list[Page]]:
    """What each seat sees of a world in which this is the secret; afterwards the world is gone."""
    undo = transaction.savepoint()
    world = built(secret, first=first)
    while index.follow(now=NOW, limit=500):
        pass
    seen = {}
    for seat in seats:
        before = transaction.savepoint()
        seen[seat] = walked(world, seat)
        transaction.savepoint_rollback(before)
    transaction.savepoint_rollback(undo)
    return seen


def compared(counts: Counter[str], left: Sequence[tuple[Any, ...]], right: Sequence[tuple[Any, ...]]) -> None:
    """Count one pair: what was asked in both worlds, and the bytes that differ between their answers."""
    one, other = ("\n".join(map(str, said)).encode() for said in (left, right))
    counts["pairs"] += 1
    counts["requests"] += len(left) + len(right)
    counts["bytes"] += len(one) + len(other)
    counts["differing_bytes"] += abs(len(one) - len(other)) + (
        0 if one == other else sum(a != b for a, b in zip(one, other, strict=False))
    )


def difference(left: list[Page], right: list[Page]) -> str:
    for one, other in zip(left, right, strict=False):
        if one != other:
            for mine, theirs in zip(one[3].splitlines(), other[3].splitlines(), strict=False):
                if mine != theirs:
                    return f"{one[0]} and {other[0]}:\n  {mine}\n  {theirs}"
            return f"{one[:3]} and {other[:3]}"
    return "" if len(left) == len(right) else f"{len(left)} pages and {len(right)}"


@pytest.fixture(autouse=True)
def clock_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django's clock, which the doors read."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.mark.parametrize("what", SECRETS)
def test_two_worlds_give_whoever_may_not_know_the_same_bytes(what: str) -> None:
    one, other, blind, knowing = SECRETS[what]
    left, right = views(one, [*blind, knowing], first=False), views(other, [*blind, knowing], first=False)
    for seat in blind:
        compared(counted, left[seat], right[seat])
        assert len(left[seat]) > len(LISTS) or seat.startswith(("stad", "neutral")), f"{seat} reached nothing"
        assert not difference(left[seat], right[seat]), f"{what}: {seat}: {difference(left[seat], right[seat])}"
    counted["secrets"] += 1
    counted["seats_that_may_know_and_saw_it"] += bool(difference(left[knowing], right[knowing]))
    assert difference(left[knowing], right[knowing]), f"{knowing} may know and sees no difference: it would not be seen"


@pytest.mark.parametrize("what", ["a sealed report", "a dossier of another service"])
def test_two_worlds_are_the_same_also_when_the_secret_came_first(what: str) -> None:
    one, other, blind, knowing = SECRETS[what]
    seats = [seat for seat in blind if not seat.startswith("noord")]
    left, right = views(one, [*seats, knowing], first=True), views(other, [*seats, knowing], first=True)
    for seat in seats:
        compared(counted, left[seat], right[seat])
        assert not difference(left[seat], right[seat]), f"{what}: {seat}: {difference(left[seat], right[seat])}"
    assert difference(left[knowing], right[knowing])


# What an act asks of the database while its filer waits, and the bytes it is answered with: whoever may not know of a
# match is not to feel it either.

ROW_ASIDE = re.compile(r"'(?:[^']|'')*'|\b[0-9a-f]{32,}\b|(?<![\w\"])-?\d+(?:\.\d+)?")
SAVEPOINT = re.compile(r'"s\d+_x\d+"')
LISTED = re.compile(r"\(\?(?:, \?)+\)")
TEXT = "Ferdinand Oosterlynck, geboren op 03/05/1971, was er. Hij rijdt met een grijze Skoda."

Trace = tuple[list[str], list[tuple[int, str, str]]]


def hidden(world: World) -> None:
    """A sealed report of another service, and a discreet dossier of a third, on the person who is about to be filed."""
    makers.report(
        world["noord"], "Geheim: Ferdinand Oosterlynck.", PERSON, handling="sealed", now=at(1),
        author=makers.seat(world["noord"], "desk"), **STRICT,
    )  # fmt: skip
    makers.dossier(world["jeugd"], PERSON, discreet=True, purpose="child_protection", now=at(1.1))


def about_another(world: World) -> None:
    """The same number of reports and dossiers of the same services, on somebody else."""
    other = makers.person("p", "Anouk Terlinden", birthDate=["1990-01-01"])
    makers.report(
        world["noord"], "Geheim: Anouk Terlinden was hier.", other, handling="sealed", now=at(1),
        author=makers.seat(world["noord"], "desk"), **STRICT,
    )  # fmt: skip
    makers.dossier(world["jeugd"], other, discreet=True, purpose="child_protection", now=at(1.1))


def a_report_is_filed(client: Client) -> list[Any]:
    sent = {
        "text": TEXT, "language": "nl", "source_grade": "X", "information_grade": "4", "handling": "open", "do": "file",
        "s0-id": "a", "s0-keep": "on", "s0-schema": "Person", "s0-category": "suspect",
        "s0-p-name": "Ferdinand Oosterlynck", "s0-p-birthDate": "1971-05-03",
    }  # fmt: skip
    answers = [client.post("/file", sent), client.post("/file/subjects", sent)]
    return [*answers, client.get(answers[-1]["Location"])]


def a_dossier_is_opened(client: Client) -> list[Any]:
    sent = {
        "title": "Zaak 13", "language": "nl", "purpose": "investigation", "legal_basis": "Art. 44/1",
        "until": "2026-12-31", "do": "open", "s0-id": "a", "s0-hand": "1", "s0-schema": "Person",
        "s0-category": "suspect", "s0-main": "Ferdinand Oosterlynck", "s0-p-birthDate": "1971-05-03",
    }  # fmt: skip
    answer = client.post("/dossiers/new", sent)
    more = client.post(answer["Location"].split("?")[0] + "/subjects", {**sent, "do": "save"})
    return [answer, client.get(answer["Location"]), more, client.get(more["Location"])]


ACTS: dict[str, Callable[[Client], list[Any]]] = {
    "a report is filed": a_report_is_filed, "a dossier is opened": a_dossier_is_opened,
}  # fmt: skip


def shape(sql: str) -> str:
    """A query without its values: what is asked, not of whom."""
    return LISTED.sub("(?, …)", ROW_ASIDE.sub("?", SAVEPOINT.sub("s", sql)))


def traced(secret: Step, act: Callable[[Client], list[Any]], after: Callable[[], object] | None) -> Trace:
    """The queries of an act by their shape, and its answers; `after` is what a leak would do within the request."""
    undo = transaction.savepoint()
    with seeded(1):
        world: World = makers.exchange(now=at(-3))
    with seeded(2):
        secret(world)
    Heartbeat.objects.update(beat_at=NOW)
    client = Client()
    client.force_login(makers.seat(world["federal"], "officer"))
    client.get("/file")
    numbers: dict[str, str] = {}

    def plain(text: str) -> str:
        for ref in REF.finditer(text):
            numbers.setdefault(ref[0], f"{ref[1]}-{len(numbers) + 1}")
        return TOKEN.sub("", REF.sub(lambda ref: numbers[ref[0]], text))

    with seeded(3), CaptureQueriesContext(connection) as asked:
        answers = act(client)
        if after is not None:
            after()
    transaction.savepoint_rollback(undo)
    said = [
        (answer.status_code, plain(str(sorted(answer.items()))), plain(answer.content.decode())) for answer in answers
    ]
    return [shape(query["sql"]) for query in asked.captured_queries], said


@pytest.mark.parametrize("act", ACTS)
def test_two_worlds_are_filed_into_with_the_same_queries_and_the_same_answers(act: str) -> None:
    (asked, said), (asked_there, said_there) = (traced(world, ACTS[act], None) for world in (hidden, about_another))
    assert said == said_there
    assert asked == asked_there
    assert all(status in (200, 302) for status, _, _ in said) and len(asked) > 20, "the act was refused"


@pytest.mark.parametrize("act", ACTS)
def test_two_worlds_differ_in_their_queries_where_a_leak_compares_within_the_request(act: str) -> None:
    def leak() -> None:
        work.turn(now=NOW)

    (asked, _), (asked_there, _) = (traced(world, ACTS[act], leak) for world in (hidden, about_another))
    assert len(asked) > len(asked_there), "a worker within the request would not be seen"


def test_two_worlds_tell_the_filer_at_the_beat_what_policy_lets_them_know_and_no_more() -> None:
    with seeded(1):
        world: World = makers.exchange(now=at(-3))
    hidden(world)
    client = Client()
    client.force_login(makers.seat(world["federal"], "officer"))
    client.post("/language", {"language": "en", "next": "/"})
    address = a_report_is_filed(client)[1]["Location"]
    assert not Duty.objects.filter(report__service=world["federal"]).exists(), "not before the beat"
    work.work_until_done(now=NOW + timedelta(seconds=2))
    told = client.get(address).content.decode()
    assert "a service with a lawful interest" in told
    assert "Jeugd" not in told and "Noord" not in told
