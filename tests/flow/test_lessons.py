"""The lessons of a month as those who may learn from it read them, off the ledger of real verbs."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from passerelle.flow import ledger_lines, lessons, work
from passerelle.flow.facts import NotThere
from passerelle.replay import live, waiting
from passerelle.testing import makers
from passerelle.testing.makers import seat

pytestmark = pytest.mark.django_db

FILED = datetime(2026, 3, 16, 9, tzinfo=UTC)
LATER = datetime(2026, 4, 2, 9, tzinfo=UTC)
THIEF = makers.person("p", "Lambert Vercruysse", birthDate=["1980-05-06"])


@pytest.fixture
def silence(exchange: dict[str, Any]) -> dict[str, Any]:
    """A Dutch report that reached a French-speaking zone in March, and that nobody acknowledged."""
    makers.dossier(exchange["midi"], THIEF)
    makers.report(exchange["noord"], "Gezien.", THIEF, now=FILED)
    for days in range(17):
        work.work_until_done(now=FILED + timedelta(days=days))
    return exchange


def _read(seat_: Any, month: str = "2026-03") -> live.Lessons:
    return lessons.for_officer(officer=seat_, month=month, now=LATER)[0]


def test_what_nobody_acknowledged_in_another_language_is_told_under_the_language(silence) -> None:
    found = _read(seat(silence["oversight"], "oversight"))
    reasons = {one.cause: one.hours for one in found.reasons}
    assert reasons["language"] == pytest.approx(14 * 24 + 15, abs=1), "from a day after filing to the end of March"
    (row,) = (row for row in found.pairs if row.label[0] == "midi")
    assert row.label == ("midi", "noord", "nl")
    assert row.tail is not None and (row.tail.late, row.tail.live) == (1, 1)


def test_a_service_sees_what_it_owes_itself_and_a_stranger_to_it_sees_nothing(silence) -> None:
    mine, theirs = _read(seat(silence["midi"], "head")), _read(seat(silence["stad"], "head"))
    assert [row.label for row in mine.pairs] == [("midi", "", "nl")]
    assert theirs.pairs == () and theirs.whole.tail is not None and theirs.whole.tail.count == 0


@pytest.mark.parametrize(("key", "role"), [("midi", "officer"), ("midi", "desk"), ("noord", "desk")])
def test_nobody_else_may_learn_from_it(silence, key: str, role: str) -> None:
    with pytest.raises(NotThere):
        _read(seat(silence[key], role))


def test_this_month_is_told_so_far(silence) -> None:
    found = _read(seat(silence["midi"], "head"), "2026-04")
    assert found.so_far and found.whole.tail is not None
    assert found.whole.tail.longest == pytest.approx((LATER - FILED).total_seconds() / 3600, abs=0.1)


@pytest.mark.parametrize("month", ["2026-05", "9999-01"])
def test_a_month_that_has_not_begun_is_refused(silence, month: str) -> None:
    with pytest.raises(lessons.NoSuchMonth):
        _read(seat(silence["midi"], "head"), month)


@pytest.mark.parametrize("month", ["", "2026", "2026-13", "2026-3", "1926-03", "٢٠٢٦-٠٣", "2026-03-01"])
def test_what_is_no_month_is_refused(silence, month: str) -> None:
    with pytest.raises(lessons.NoSuchMonth):
        _read(seat(silence["midi"], "head"), month)


def test_a_later_line_changes_nothing_of_a_month_that_is_over(silence) -> None:
    oversight = seat(silence["oversight"], "oversight")
    before = _read(oversight)
    makers.report(silence["noord"], "Weer gezien.", THIEF, now=LATER)
    work.work_until_done(now=LATER)
    lessons.forget()
    assert _read(oversight) == before


def test_the_last_line_before_a_moment_is_found_wherever_it_stands(silence) -> None:
    lines = [json.loads(entry) for entry in ledger_lines.entries()]
    for line in (*lines[:3], *lines[len(lines) // 2 :][:3], lines[-1]):
        at = datetime.fromisoformat(line["at"])
        there = sum(datetime.fromisoformat(one["at"]) <= at for one in lines) - 1
        found = ledger_lines.last_before(at + timedelta(microseconds=1))
        assert found.split(" ")[0] == str(there)
    assert ledger_lines.last_before(datetime(2020, 1, 1, tzinfo=UTC)) == ""


def test_the_ledger_says_the_languages_itself(silence) -> None:
    told = [json.loads(entry) for entry in ledger_lines.entries_of(frozenset({"ServiceAdded", "ReportFiled"}))]
    assert [one["facts"]["language"] for one in told if one["kind"] == "ReportFiled"] == ["nl"]
    languages = {one["facts"]["service"]: one["facts"]["languages"] for one in told if one["kind"] == "ServiceAdded"}
    assert languages["federal"] == ["fr", "nl"]


@pytest.mark.parametrize(("key", "role", "shown"), [("oversight", "oversight", True), ("midi", "head", False)])
def test_the_page_says_who_waits_to_oversight_alone(silence, monkeypatch, key: str, role: str, shown: bool) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATER)
    client = Client()
    reader = seat(silence[key], role)
    reader.language = "en"
    reader.save()
    client.force_login(reader)
    page = client.get("/lessons?month=2026-03").content.decode()
    assert "late, in a language that the desk does not work in" in page
    assert ("Who waits" in page) is shown
    assert ("<td>Noord</td>" in page) is shown


def test_two_worlds_whether_a_sealed_report_waits_for_somebody_leaves_their_page_the_same(exchange) -> None:
    """two_worlds: what another service holds for one, and does not tell, moves no figure of one's own."""
    makers.dossier(exchange["midi"], THIEF)
    head = seat(exchange["midi"], "head")
    before = lessons.for_officer(officer=head, month="2026-03", now=LATER)[0]
    makers.report(
        exchange["noord"], "Gezien.", THIEF, handling="sealed", now=FILED,
        handling_reason="the source could be recognised", handling_review_on=(FILED + timedelta(days=30)).date(),
    )  # fmt: skip
    work.work_until_done(now=FILED + timedelta(hours=1))
    lessons.forget()
    after = lessons.for_officer(officer=head, month="2026-03", now=LATER)[0]
    assert (after.pairs, after.reasons, after.whole, after.kinds) == (
        before.pairs, before.reasons, before.whole, before.kinds
    )  # fmt: skip
    assert {cell.to for cell in waiting.read(lessons._lines(), lessons.spans(2026, 3, LATER)).sums[0]} >= {"midi"}
