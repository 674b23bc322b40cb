"""The second factor at the door: nobody is let in by half, no code counts twice, and nothing tells who has one."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from passerelle.flow import ledger_lines, seats, second_factor, sign_in
from passerelle.records.models import Factor, FactorReset, Officer, RecoveryCode
from passerelle.testing import makers
from tests.doors.test_pages_reach import without_what_is_random

pytestmark = pytest.mark.django_db

PASSWORD = "a bridge over a river"
NOW = makers.NOON
LETTERS = re.compile(r"<code>([A-Z2-7 ]+)</code>")
LATER = timedelta(minutes=2)


@pytest.fixture(autouse=True)
def passwords_that_are_weighed_fast(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """Django's clock, told: its last entry is now."""
    told = [NOW]
    monkeypatch.setattr("django.utils.timezone.now", lambda: told[-1])
    return told


@pytest.fixture
def jana(exchange: dict[str, Any], clock: list[datetime]) -> Officer:
    return seats.seat_officer(
        username="jana", name="Jana", service=exchange["noord"], role="desk", language="en", password=PASSWORD, now=NOW
    )


def with_password(username: str = "jana", password: str = PASSWORD, **more: Any) -> tuple[Client, Any]:
    client = Client(headers={"Accept-Language": "en"}, **more)
    return client, client.post("/sign-in", {"username": username, "password": password, "next": "/law"})


def added(client: Client, clock: list[datetime]) -> tuple[str, list[str]]:
    """An app that this client adds, by its pages: its secret, and the recovery codes that were shown."""
    secret = LETTERS.findall(client.get("/second-factor/app").content.decode())[0].replace(" ", "")
    sent = {"code": second_factor.code_at(secret, clock[-1]), "password": PASSWORD}
    answer = client.post("/second-factor/app", sent)
    assert answer.status_code == 200, answer.content.decode()
    codes = LETTERS.findall(answer.content.decode())
    clock.append(clock[-1] + LATER)
    return secret, codes


@pytest.fixture
def app(jana: Officer, clock: list[datetime]) -> tuple[str, list[str]]:
    return added(with_password()[0], clock)


def test_the_code_is_the_one_that_rfc_6238_publishes() -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238, appendix B: “12345678901234567890”
    for seconds, code in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        assert second_factor.code_at(secret, datetime.fromtimestamp(seconds, tz=NOW.tzinfo)) == code


def test_the_password_alone_opens_nothing_and_with_the_code_it_opens_what_was_asked_for(
    app: tuple[str, list[str]], clock: list[datetime]
) -> None:
    client, answer = with_password()
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/second")
    for address in ("/", "/law", "/second-factor", "/second-factor/app", "/reports"):
        assert client.get(address)["Location"].startswith("/sign-in"), address
    answer = client.post("/sign-in/second", {"code": second_factor.code_at(app[0], clock[-1])})
    assert (answer.status_code, answer["Location"]) == (302, "/law")
    assert client.get("/law").status_code == 200


def test_whoever_has_no_second_factor_signs_in_as_before(jana: Officer) -> None:
    assert with_password()[1]["Location"] == "/law"


def test_a_wrong_password_gets_the_same_answer_whether_there_is_a_second_factor_or_not(
    app: tuple[str, list[str]], exchange: dict[str, Any]
) -> None:
    seats.seat_officer(
        username="piet", name="Piet", service=exchange["noord"], role="desk", language="en", password=PASSWORD, now=NOW
    )
    answers = {}
    for name in ("jana", "piet", "nobody"):
        client, answer = with_password(name, "something else")
        assert client.get("/sign-in/second")["Location"] == "/sign-in"
        answers[name] = (answer.status_code, without_what_is_random(answer.content.decode(), name))
    assert len(set(answers.values())) == 1 and answers["jana"][0] == 401


def test_wrong_passed_used_and_empty_codes_get_one_answer(app: tuple[str, list[str]], clock: list[datetime]) -> None:
    client, _ = with_password()
    used = second_factor.code_at(app[0], clock[-1] - LATER)
    spent = app[1][0]
    assert second_factor.fits(officer=Officer.objects.get(username="jana"), typed=spent, now=clock[-1])
    said = set()
    for code in ("000000", used, spent, "", "x" * 5000, "٣٣٣٣٣٣", second_factor.code_at(app[0], clock[-1] + LATER)):
        answer = client.post("/sign-in/second", {"code": code})
        said.add((answer.status_code, without_what_is_random(answer.content.decode(), code or "no such word")))
        sign_in.succeeded(username="jana")
    assert len(said) == 1 and next(iter(said))[0] == 401


def test_no_code_opens_twice_not_even_for_somebody_else_who_gives_it_at_once(
    app: tuple[str, list[str]], clock: list[datetime]
) -> None:
    for code in (second_factor.code_at(app[0], clock[-1]), app[1][0]):
        first, second = with_password()[0], with_password()[0]
        assert first.post("/sign-in/second", {"code": code}).status_code == 302
        assert second.post("/sign-in/second", {"code": code}).status_code == 401
    before = {"code": second_factor.code_at(app[0], clock[-1] - second_factor.STEP)}
    assert second.post("/sign-in/second", before).status_code == 401, "nor one from before the last that was taken"


def test_codes_are_tried_as_seldom_as_passwords_and_a_right_password_does_not_start_anew(
    app: tuple[str, list[str]], clock: list[datetime]
) -> None:
    for number in range(sign_in.ACCOUNT_TRIES_MAX):
        client, answer = with_password(REMOTE_ADDR=f"10.0.1.{number}")
        assert answer.status_code == 302
        assert client.post("/sign-in/second", {"code": "000000"}).status_code == 401
    right = {"code": second_factor.code_at(app[0], clock[-1])}
    assert client.post("/sign-in/second", right).status_code == 429
    assert with_password()[1].status_code == 429


def test_the_second_step_waits_ten_minutes_and_ends_with_the_seat(
    app: tuple[str, list[str]], clock: list[datetime]
) -> None:
    client, _ = with_password()
    assert client.get("/sign-in/second").status_code == 200
    clock.append(clock[-1] + second_factor.PENDING + timedelta(seconds=1))
    right = {"code": second_factor.code_at(app[0], clock[-1])}
    assert client.post("/sign-in/second", right)["Location"] == "/sign-in"
    client, _ = with_password()
    seats.close_seat(officer=Officer.objects.get(username="jana"), now=clock[-1])
    assert client.post("/sign-in/second", right)["Location"] == "/sign-in"


def test_a_session_that_skipped_the_second_step_is_over(app: tuple[str, list[str]]) -> None:
    client = Client()
    client.force_login(Officer.objects.get(username="jana"))
    assert client.get("/law")["Location"] == "/sign-in"
    assert client.get("/")["Location"].startswith("/sign-in"), "and it stays over"


def test_other_sessions_end_when_a_factor_comes_and_when_it_goes(jana: Officer, clock: list[datetime]) -> None:
    elsewhere, here = with_password()[0], with_password()[0]
    secret, codes = added(here, clock)
    assert elsewhere.get("/law").status_code == 302 and here.get("/law").status_code == 200
    other = with_password()[0]
    other.post("/sign-in/second", {"code": second_factor.code_at(secret, clock[-1])})
    assert other.get("/law").status_code == 200
    factor = Factor.objects.get()
    refused = here.post("/second-factor/remove", {"factor": factor.ref, "code": "000000"})
    assert refused.status_code == 409 and Factor.objects.count() == 1
    here.post("/second-factor/remove", {"factor": factor.ref, "code": codes[0]})
    assert not Factor.objects.exists() and not RecoveryCode.objects.exists()
    assert other.get("/law").status_code == 302 and here.get("/law").status_code == 200


def test_a_factor_is_added_only_with_the_password_and_the_app_s_own_code(jana: Officer, clock: list[datetime]) -> None:
    client = with_password()[0]
    secret = LETTERS.findall(client.get("/second-factor/app").content.decode())[0].replace(" ", "")
    code = second_factor.code_at(secret, NOW)
    for sent in ({"code": code, "password": "x"}, {"code": "000000", "password": PASSWORD}):
        answer = client.post("/second-factor/app", sent)
        assert answer.status_code == 409 and not Factor.objects.exists()
        assert secret in answer.content.decode().replace(" ", ""), "the same square, to try again"
    added(client, clock)
    assert client.get("/second-factor/app")["Location"] == "/second-factor"
    again = client.post("/second-factor/app", {"code": code, "password": PASSWORD})
    assert again.status_code == 409 and Factor.objects.count() == 1


def test_neither_tables_nor_sessions_nor_ledger_hold_a_secret_or_a_recovery_code_in_plain(
    jana: Officer, clock: list[datetime]
) -> None:
    client = with_password()[0]
    secret = LETTERS.findall(client.get("/second-factor/app").content.decode())[0].replace(" ", "")
    kept = client.session["second_adding"]["secret"]
    assert secret not in kept
    secret, codes = added(client, clock)
    with connection.cursor() as cursor:
        rows = []
        for table in ("records_factor", "records_recoverycode", "django_session"):
            cursor.execute(f"SELECT * FROM {table}")
            rows += cursor.fetchall()
    everything = str(rows) + str(dict(client.session)) + "".join(ledger_lines.entries())
    assert len(codes) == second_factor.CODES
    for word in (secret, *(code.replace(" ", "") for code in codes)):
        assert word not in everything


def test_other_recovery_codes_end_those_of_before(app: tuple[str, list[str]], clock: list[datetime]) -> None:
    client = with_password()[0]
    client.post("/sign-in/second", {"code": app[1][0]})
    assert client.post("/second-factor/codes", {"code": "000000"}).status_code == 409
    answer = client.post("/second-factor/codes", {"code": app[1][1]})
    fresh = LETTERS.findall(answer.content.decode())
    assert len(fresh) == second_factor.CODES and not set(fresh) & set(app[1])
    jana = Officer.objects.get(username="jana")
    assert not second_factor.fits(officer=jana, typed=app[1][2], now=clock[-1])
    assert second_factor.fits(officer=jana, typed=fresh[0], now=clock[-1])


@pytest.mark.parametrize(("setting", "role", "must"), [
    ("optional", "head", False), ("roles", "desk", False), ("roles", "officer", False), ("roles", "head", True),
    ("roles", "supervisor", True), ("roles", "administrator", True), ("roles", "oversight", True),
    ("all", "desk", True),
])
def test_whoever_must_have_one_adds_it_before_anything_else_opens(
    exchange: dict[str, Any], clock: list[datetime], settings: Any, setting: str, role: str, must: bool
) -> None:
    settings.SECOND_FACTOR = setting
    seats.seat_officer(username="ann", name="Ann", service=exchange["noord"], role=role, language="en",
                       password=PASSWORD, now=NOW)
    client = with_password("ann")[0]
    assert (client.get("/law").status_code == 302) is must
    if must:
        assert client.get("/law")["Location"] == "/second-factor"
        assert client.post("/people/away", {}).status_code == 302
        added(client, clock)
        assert client.get("/law").status_code == 200
        only = {"factor": Factor.objects.get().ref, "code": "000000"}
        assert "needs a second factor" in client.post("/second-factor/remove", only).content.decode()


def test_an_administrator_resets_a_factor_for_a_reason_and_the_ledger_says_who_and_not_why(
    app: tuple[str, list[str]], exchange: dict[str, Any], clock: list[datetime]
) -> None:
    jana = Officer.objects.get(username="jana")
    session = with_password()[0]
    session.post("/sign-in/second", {"code": app[1][0]})
    administrator = makers.officer(exchange["noord"], "administrator")
    client = Client()
    client.force_login(administrator)
    sent = {"officer": jana.ref, "reason": "the telephone fell into the river"}
    assert client.post("/people/reset-factor", sent)["Location"] == "/people"
    assert session.get("/law").status_code == 302, "their sessions are over"
    assert with_password()[1]["Location"] == "/law"
    (line,) = [entry for entry in ledger_lines.entries() if '"act":"reset"' in entry]
    assert jana.ref in line and administrator.ref in line and "river" not in line
    assert FactorReset.objects.get().reason == sent["reason"]


def test_an_administrator_does_not_reset_their_own(exchange: dict[str, Any], clock: list[datetime]) -> None:
    seats.seat_officer(username="ann", name="Ann", service=exchange["noord"], role="administrator", language="en",
                       password=PASSWORD, now=NOW)
    client = with_password("ann")[0]
    added(client, clock)
    sent = {"officer": Officer.objects.get(username="ann").ref, "reason": "I lost it on a train"}
    assert client.post("/people/reset-factor", sent).status_code == 404 and Factor.objects.count() == 1
