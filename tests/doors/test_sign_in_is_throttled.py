"""Signing in: tries are counted without telling who exists, and a session ends with the seat it was opened for."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from passerelle.flow import seats, sign_in
from passerelle.records.models import Attempt, Draft, Duty, Notice, Officer
from passerelle.testing import makers
from tests.doors.test_pages_filing import TEXT, first_step
from tests.doors.test_pages_reach import without_what_is_random
from tests.doors.test_two_worlds import shape

pytestmark = pytest.mark.django_db

SECRET = "a bridge over a river"
NOW = makers.NOON


@pytest.fixture(autouse=True)
def passwords_that_are_weighed_fast(settings: Any) -> None:
    """The tries are many, and how long one takes is not what is tried here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """Django's clock, told: its last entry is now."""
    told = [NOW]
    monkeypatch.setattr("django.utils.timezone.now", lambda: told[-1])
    return told


@pytest.fixture
def jana(exchange: dict[str, Any]) -> Officer:
    return seats.seat_officer(
        username="jana", name="Jana", service=exchange["noord"], role="desk", language="en", password=SECRET, now=NOW
    )


def tried(name: str, password: str = "something else", address: str = "10.0.0.1") -> Any:
    return Client(REMOTE_ADDR=address).post("/sign-in", {"username": name, "password": password})


@pytest.mark.parametrize("name", ["jana", "nobody", "JANA "])
def test_after_too_many_tries_a_name_waits_whether_it_exists_or_not(
    jana: Officer, clock: list[datetime], name: str
) -> None:
    for number in range(sign_in.ACCOUNT_TRIES_MAX):
        assert tried(name, address=f"10.0.1.{number}").status_code == 401
    waits = tried(name.strip(), SECRET)
    assert waits.status_code == 429
    assert "There were too many tries." in waits.content.decode()
    assert tried("another").status_code == 401, "nobody else waits"
    clock.append(NOW + sign_in.WINDOW + timedelta(seconds=1))
    assert tried("jana", SECRET).status_code == 302


def test_after_too_many_tries_an_address_waits_and_another_does_not(jana: Officer, clock: list[datetime]) -> None:
    for number in range(sign_in.ADDRESS_TRIES_MAX):
        assert tried(f"guess{number}").status_code == 401
    assert tried("jana", SECRET).status_code == 429
    assert tried("jana", SECRET, address="10.0.0.2").status_code == 302


def test_the_right_password_ends_the_count_and_what_is_old_goes(jana: Officer, clock: list[datetime]) -> None:
    for _ in range(sign_in.ACCOUNT_TRIES_MAX - 1):
        tried("jana")
    assert tried("jana", SECRET).status_code == 302
    assert tried("jana").status_code == 401
    clock.append(NOW + sign_in.KEPT + timedelta(minutes=1))
    tried("jana")
    assert Attempt.objects.count() == 2


def test_the_table_of_tries_names_neither_the_account_nor_the_address(jana: Officer, clock: list[datetime]) -> None:
    tried("jana")
    said = str(list(Attempt.objects.values()))
    assert "jana" not in said and "10.0.0.1" not in said


def test_unknown_wrong_closed_and_waiting_cost_the_same_work_and_say_the_same(
    jana: Officer, clock: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = seats.seat_officer(
        username="gone", name="Gone", service=jana.service, role="desk", language="en", password=SECRET, now=NOW
    )
    seats.close_seat(officer=closed, now=NOW)
    never = seats.seat_officer(
        username="never", name="Never", service=jana.service, role="desk", language="en", password=None, now=NOW
    )
    assert not never.has_usable_password()
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: Any, password: str, salt: str) -> str:
        hashed.append("once")
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    seen = {}
    for name, password in (("jana", "x"), ("nobody", "x"), ("gone", SECRET), ("gone", "x"), ("never", "x")):
        hashed.clear()
        with CaptureQueriesContext(connection) as asked:
            answer = tried(name, password)
        queries = tuple(shape(query["sql"]) for query in asked.captured_queries)
        said = without_what_is_random(answer.content.decode(), f'"{name}"')
        seen[name, password] = (answer.status_code, said, queries, tuple(hashed))
    assert len(set(seen.values())) == 1, {key: (value[0], len(value[2]), value[3]) for key, value in seen.items()}
    assert next(iter(seen.values()))[3], "no password was weighed at all"


def signed_in(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    assert client.get("/").status_code == 200
    return client


def test_a_session_ends_with_the_role_the_seat_and_the_password(jana: Officer) -> None:
    for end in (
        lambda: seats.change_role(officer=jana, role="officer", now=NOW),
        lambda: seats.set_password(officer=jana, password="another bridge altogether"),
        lambda: seats.close_seat(officer=jana, now=NOW),
    ):
        client = signed_in(jana)
        end()
        assert client.get("/")["Location"].startswith("/sign-in"), "the session lives on"
        jana.refresh_from_db()


def test_whoever_leaves_or_changes_their_role_leaves_no_duty_behind(exchange: dict[str, Any]) -> None:
    makers.dossier(exchange["federal"], makers.person("p", "Karel Vermassen", birthDate=["1975-02-11"]))
    known = makers.person("p", "Karel Vermassen", birthDate=["1975-02-11"])
    makers.report(
        exchange["noord"], "Karel Vermassen.", known, handling="sealed", handling_reason="a source is at risk",
        handling_review_on=(NOW + timedelta(days=30)).date(),
    )  # fmt: skip
    supervisor = makers.seat(exchange["noord"], "supervisor")
    assert Duty.objects.filter(officer=supervisor, ended_at__isnull=True).exists()
    moved = seats.close_seat(officer=supervisor, now=NOW)
    assert moved and not Duty.objects.filter(officer=supervisor, ended_at__isnull=True).exists()
    head = makers.seat(exchange["noord"], "head")
    assert Duty.objects.filter(officer=head, ended_at__isnull=True).exists()
    seats.change_role(officer=head, role="officer", now=NOW)
    assert not Duty.objects.filter(officer=head, ended_at__isnull=True).exists()


def test_a_session_that_nobody_used_ends_and_one_that_is_used_does_not(
    jana: Officer, clock: list[datetime], settings: Any
) -> None:
    client = signed_in(jana)
    for _ in range(3):
        clock.append(clock[-1] + timedelta(seconds=settings.IDLE_SECONDS - 61))
        assert client.get("/").status_code == 200
    clock.append(clock[-1] + timedelta(seconds=settings.IDLE_SECONDS + 61))
    assert client.get("/")["Location"].startswith("/sign-in")
    assert not client.session.items(), "nothing of it stays"


def test_the_cookie_is_closed_to_scripts_and_other_sites_and_ends_with_the_browser(jana: Officer) -> None:
    answer = tried("jana", SECRET)
    cookie = answer.cookies["passerelle_session"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and not cookie["max-age"] and not cookie["expires"]


def test_a_draft_stands_in_a_table_of_its_own_and_no_word_of_it_in_the_session(exchange: dict[str, Any]) -> None:
    officer = makers.seat(exchange["noord"], "officer")
    client = Client()
    client.force_login(officer)
    first_step(client, handling_note="Latifa only")
    assert Draft.objects.get().officer == officer
    kept = [session.get_decoded() for session in Session.objects.all()]
    assert kept and "Latifa" not in str(kept) and "Skoda" not in str(kept)
    assert re.search("Latifa", TEXT)
    other = Client()
    other.force_login(makers.seat(exchange["noord"], "desk"))
    assert "Latifa" not in other.get("/file").content.decode(), "nobody else reads it"


def test_a_notice_is_marked_as_seen_by_whom_it_was_told_to_and_by_nobody_else(exchange: dict[str, Any]) -> None:
    author = makers.seat(exchange["noord"], "officer")
    notice = Notice.objects.create(
        service=exchange["noord"], officer=author, kind="used", says=["It was used.", {}], told_at=datetime.now(tz=UTC)
    )
    stranger, mine = signed_in(makers.seat(exchange["noord"], "desk")), signed_in(author)
    stranger.post("/seen", {"ref": notice.ref})
    assert "It was used." in mine.get("/").content.decode()
    assert mine.post("/seen", {"ref": notice.ref})["Location"] == "/"
    assert "It was used." not in mine.get("/").content.decode()
    notice.refresh_from_db()
    assert notice.seen_at is not None
