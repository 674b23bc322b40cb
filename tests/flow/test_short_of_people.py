"""The head reads off the ledger when the clocks break and what a deferral would buy, chooses, and signs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from passerelle.capacity import measured, plan_file
from passerelle.flow import short_of_people, work
from passerelle.records.models import Duty, Overload
from passerelle.testing import makers
from passerelle.testing.makers import NOON, seat

pytestmark = pytest.mark.django_db

THIEF = makers.person("p", "Lambert Vercruysse", birthDate=["1980-05-06"])
LATER = NOON + timedelta(days=28)


@pytest.fixture
def told(exchange):
    """A desk that got three reports in four weeks."""
    makers.dossier(exchange["midi"], THIEF)
    for days in (1, 8, 9):
        makers.report(exchange["noord"], f"Gezien op dag {days}.", THIEF, now=NOON + timedelta(days=days))
        work.work_until_done(now=NOON + timedelta(days=days))
    return exchange


def test_a_desk_with_little_to_do_holds_its_clocks_and_is_offered_no_deferral(told) -> None:
    found = short_of_people.of_desk(told["midi"], LATER)
    assert found is not None
    assert (found.breaks_on, found.choices, found.short) == (None, (), 0.0)
    assert "hold" in str(found.says)


def test_a_desk_to_which_nothing_came_is_told_nothing(told) -> None:
    assert short_of_people.of_desk(told["stad"], LATER) is None


def test_what_is_short_and_what_each_deferral_buys_is_said_chosen_and_signed(told, monkeypatch, settings) -> None:
    settings.DUTY_HOURS_WEEK = 0.01
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATER)
    found = short_of_people.of_desk(told["midi"], LATER)
    assert found is not None and found.breaks_on is not None and found.short > 0
    (choice,) = found.choices
    assert choice.kind == "acknowledge"
    assert f"{round(found.short)} hours a week are short" in str(choice.says)
    assert choice.breaks_on is None or choice.breaks_on > found.breaks_on
    client = Client()
    client.force_login(seat(told["midi"], "desk"))
    assert "What the plan says" not in client.get("/overloads").content.decode()
    head = seat(told["midi"], "head")
    client.force_login(head)
    head.language = "en"
    head.save()
    page = client.get("/overloads?kind=acknowledge").content.decode()
    assert "What the plan says" in page and '<option value="acknowledge" selected>' in page
    assert page.count("hours a week are short") == 2, "in the choice, and in the form"
    until = (LATER + timedelta(days=20)).strftime("%Y-%m-%dT%H:%M")
    signed = client.post("/overloads", {"kind": "acknowledge", "reason": str(choice.says), "until": until})
    assert signed.status_code == 302
    overload = Overload.objects.get()
    assert (overload.kind, overload.reason) == ("acknowledge", str(choice.says))
    assert overload.review.kind == "review" and overload.review.level == 4, "oversight reviews it"


def test_the_arrivals_and_the_people_are_those_of_the_tables(told) -> None:
    found = short_of_people.measure(told["midi"], LATER)
    owed = Duty.objects.filter(kind="acknowledge", service=told["midi"], raised_at__gt=NOON)
    assert found.kinds["acknowledge"].count == owed.count() > 0
    assert found.people == 2, "a desk and a supervisor"


def test_a_measured_plan_can_be_read_as_a_plan(told, tmp_path: Path) -> None:
    path = tmp_path / "desk.toml"
    path.write_text(measured.plan_text(short_of_people.measure(told["midi"], LATER)), encoding="utf-8")
    assert plan_file.read(path).kinds[0].id == "acknowledge"
