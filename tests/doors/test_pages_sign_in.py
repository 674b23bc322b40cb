"""Signing in: equal answers for a wrong name and a wrong password, languages before it, seats in a demonstration."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from passerelle.flow import seats, work
from passerelle.testing import makers
from tests.doors.test_pages_reach import without_what_is_random

pytestmark = pytest.mark.django_db
SECRET = "a bridge over a river"


@pytest.fixture
def jana(exchange: dict[str, Any]) -> Any:
    return seats.seat_officer(
        username="jana", name="Jana", service=exchange["noord"], role="desk", language="nl", password=SECRET,
        now=makers.NOON,
    )


def test_the_right_name_and_password_lead_to_the_page_that_was_asked_for(jana: Any) -> None:
    client = Client()
    answer = client.post("/sign-in", {"username": "jana", "password": SECRET, "next": "/law"})
    assert (answer.status_code, answer["Location"]) == (302, "/law")
    assert '<html lang="nl">' in client.get("/").content.decode(), "the officer's own language"


def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(jana: Any) -> None:
    wrong = Client().post("/sign-in", {"username": "jana", "password": "something else"})
    unknown = Client().post("/sign-in", {"username": "nobody", "password": "something else"})
    assert wrong.status_code == unknown.status_code == 401
    assert "This name and this password do not belong together." in wrong.content.decode()
    said = without_what_is_random(wrong.content.decode(), "jana")
    assert said == without_what_is_random(unknown.content.decode(), "nobody")


def test_a_closed_seat_cannot_sign_in(jana: Any) -> None:
    seats.close_seat(officer=jana, now=makers.NOON)
    assert Client().post("/sign-in", {"username": "jana", "password": SECRET}).status_code == 401


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere_after_signing_in(jana: Any, elsewhere: str) -> None:
    answer = Client().post("/sign-in", {"username": "jana", "password": SECRET, "next": elsewhere})
    assert answer["Location"] == "/"


def test_before_signing_in_the_browser_s_language_counts_and_then_the_one_that_was_chosen(db: None) -> None:
    client = Client(headers={"Accept-Language": "fr-BE,fr;q=0.9"})
    assert "Se connecter" in client.get("/sign-in").content.decode()
    client.post("/language", {"language": "de", "next": "/sign-in"})
    assert "Anmelden" in client.get("/sign-in").content.decode()
    client.post("/language", {"language": "tlh", "next": "/sign-in"})
    assert "Anmelden" in client.get("/sign-in").content.decode(), "an unknown language changes nothing"


def test_seats_are_shown_in_a_demonstration_and_nowhere_else(jana: Any, settings: Any, tmp_path: Path) -> None:
    settings.FOLDER = tmp_path
    seat = {
        "username": "jana", "name": "Jana", "role": "desk", "service": "Noord", "language": "nl", "password": SECRET
    }
    (tmp_path / "seats.json").write_text(json.dumps([seat]), encoding="utf-8")
    assert SECRET not in Client().get("/sign-in").content.decode()
    settings.DEMONSTRATION = True
    shown = Client(headers={"Accept-Language": "en"}).get("/sign-in").content.decode()
    assert SECRET in shown
    assert "every person, place and report here is invented" in shown
    answer = Client().post("/sign-in", {"username": "jana", "password": SECRET})
    assert answer["Location"] == "/"


def test_health_is_well_only_while_somebody_watches_the_clocks(exchange: dict[str, Any]) -> None:
    answer = Client().get("/health")
    assert (answer.status_code, answer.json()["ok"]) == (503, False)
    work.turn(now=datetime.now(tz=UTC))
    answer = Client().get("/health")
    assert (answer.status_code, answer.json()["ok"]) == (200, True)
    assert set(answer.json()) == {"ok", "last_sweep"}


def test_when_nobody_watches_the_clocks_every_page_says_so(jana: Any) -> None:
    client = Client()
    client.force_login(jana)
    warning = "Al meer dan vijf minuten kijkt niemand naar de klokken"
    assert warning in client.get("/law").content.decode()
    work.turn(now=datetime.now(tz=UTC))
    assert warning not in client.get("/law").content.decode()
