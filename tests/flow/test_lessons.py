"""The lessons of a month as those who may learn from it read them, off the ledger of real verbs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from passerelle.flow import ledger_lines, lessons, lessons_kept, work
from passerelle.flow.facts import NotThere
from passerelle.ledger.events_of_clocks import ClockWentBack
from passerelle.records.models import Lesson
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


def lines_read() -> Iterator[Mapping[str, Any]]:
    """All lines that say where information waits, from the first."""
    for entry in ledger_lines.entries_of(waiting.KINDS_READ):
        line = waiting.entry_of(entry)
        if line is not None:
            yield line


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
    assert _read(oversight) == before


def _everything(seat_: Any, now: datetime = LATER) -> list[Any]:
    found = [lessons.for_operator(month=month, service="", now=now, reason="a test")[0] for month in
             ("2026-02", "2026-03", "2026-04")]  # fmt: skip
    return [(one.sums, one.lay, one.languages) for one in found]


@pytest.mark.parametrize("at_once", [1, 3, 10_000])
def test_what_is_kept_and_read_on_is_what_is_read_at_once(silence, at_once: int) -> None:
    oversight = seat(silence["oversight"], "oversight")
    afresh = _everything(oversight)
    spans = lessons.spans(2026, 4, LATER)
    plain = waiting.read(lines_read(), spans)
    assert afresh[2][:2] == (plain.sums, plain.lay), "what the tables say of a report is what its line said"
    makers.report(silence["noord"], "Weer gezien.", THIEF, now=LATER)
    work.work_until_done(now=LATER)
    before = _everything(oversight, LATER + timedelta(days=2))
    turns = 0
    while lessons_kept.read_on(lines_left=0, lines_at_once=at_once):
        turns += 1
        assert turns < 1_000
    assert [row.month for row in Lesson.objects.order_by("month")] == ["2026-03", "2026-04"]
    with CaptureQueriesContext(connection) as asked:
        assert _everything(oversight, LATER + timedelta(days=2)) == before
    whole = [one["sql"] for one in asked if '"index" >= 0 ' in one["sql"]]
    assert not whole, "no line is read twice"


def test_what_was_kept_of_another_ledger_is_made_again(silence) -> None:
    oversight = seat(silence["oversight"], "oversight")
    before = _everything(oversight)
    lessons_kept.read_on(lines_left=0)
    Lesson.objects.filter(month="2026-04").update(leaf="00")
    Lesson.objects.filter(month="2026-03").delete()
    assert _everything(oversight) == before
    lessons_kept.read_on(lines_left=0)
    assert Lesson.objects.get(month="2026-04").leaf != "00"
    assert _everything(oversight) == before


def test_what_is_kept_of_a_month_and_differs_from_the_ledger_is_named(silence) -> None:
    lessons_kept.read_on(lines_left=0)
    assert lessons_kept.differences() == [] and Lesson.objects.count() > 1
    one = Lesson.objects.order_by("month")[0]
    Lesson.objects.filter(pk=one.pk).update(found=one.found.replace("1", "2"))
    assert lessons_kept.differences() == [one.month]
    Lesson.objects.filter(pk=one.pk).delete()
    assert lessons_kept.differences() == [one.month]
    one.save(force_insert=True)


def test_the_worker_keeps_what_many_lines_said_and_leaves_few_to_who_asks(silence) -> None:
    work.turn(now=LATER)
    assert not Lesson.objects.exists()
    with ledger_lines.journal(LATER) as lines:
        for _ in range(lessons_kept.LINES_LEFT):
            lines.write(ClockWentBack(seconds=1))
    work.turn(now=LATER)
    goes_on = Lesson.objects.order_by("-month")[0]
    assert (goes_on.month, goes_on.place) == ("2026-04", ledger_lines.head()[0])


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
    after = lessons.for_officer(officer=head, month="2026-03", now=LATER)[0]
    assert (after.pairs, after.reasons, after.whole, after.kinds) == (
        before.pairs, before.reasons, before.whole, before.kinds
    )  # fmt: skip
    all_told = waiting.read(lines_read(), lessons.spans(2026, 3, LATER))
    assert {cell.to for cell in all_told.sums[0]} >= {"midi"}
