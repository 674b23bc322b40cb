"""Where information waits, read off lines that say one thing each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from passerelle.policy import lessons as rule
from passerelle.replay import live, live_sheet, waiting
from passerelle.replay.waiting import Cell, Span, Waits, read
from passerelle.words import LANGUAGES

OCTOBER, SEPTEMBER = Span.month(2026, 10), Span.month(2026, 9)
BEGAN = datetime(2026, 10, 5, 8, tzinfo=UTC)


class Told:
    """Lines of a ledger as they would be written; `at` in hours after the fifth of October."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []
        for key, languages in (("noord", ["nl"]), ("val", ["fr"]), ("stad", ["nl", "fr"])):
            self(-1, "ServiceAdded", service=key, kind="police", languages=languages)

    def __call__(self, hours: float, event: str, **facts: Any) -> None:
        at = (BEGAN + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        self.lines.append({"at": at, "kind": event, "facts": facts})

    def report(self, hours: float, ref: str = "r", service: str = "noord", language: str = "nl") -> None:
        self(hours, "ReportFiled", report=ref, service=service, subjects=[f"{ref}-1"], language=language)

    def duty(self, hours: float, kind: str, due: float, ref: str = "d", **facts: Any) -> None:
        said = {
            "report": "r",
            "recipient": "val",
            "match": "",
            "state": "open",
            "holder": "val",
            "officer": "",
            **facts,
        }
        self(hours, "DutyRaised", duty=ref, kind=kind, due_at=self.moment(due), **said)

    def move(self, hours: float, step: str, state: str = "open", ref: str = "d", **facts: Any) -> None:
        said = {"by": "", "holder": "" if state in waiting.ENDED else "val", "officer": "", "due_at": "", **facts}
        self(hours, "DutyMoved", duty=ref, move=step, state=state, **said)

    def moment(self, hours: float) -> str:
        return (BEGAN + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def waits(self) -> Waits:
        return read(sorted(self.lines, key=lambda line: str(line["at"])), (OCTOBER, SEPTEMBER))

    def hours(self) -> dict[str, float]:
        """Hours by cause, of all cells, in October."""
        found: dict[str, float] = {}
        for one in self.waits().sums[0].values():
            for cause, amount in one.hours.items():
                found[cause] = found.get(cause, 0.0) + amount
        return {cause: round(amount, 3) for cause, amount in found.items()}


def test_what_ends_within_its_clock_waited_for_no_reason() -> None:
    told = Told()
    told.report(0)
    told.duty(0, "acknowledge", 24)
    told.move(6, "acknowledge", "done")
    assert told.hours() == {"in_time": 6.0}
    (sums,) = told.waits().sums[0].values()
    assert (list(sums.lasted), sums.late, sums.live) == ([6.0], 0, 0)


def test_who_filed_the_report_waits_for_its_acknowledgement() -> None:
    told = Told()
    told.report(0)
    told.duty(0, "acknowledge", 24)
    assert list(told.waits().sums[0]) == [Cell("acknowledge", "val", "noord", "nl")]


@pytest.mark.parametrize(("kind", "cause"), [
    ("pass_on", "undecided"), ("answer", "unanswered"), ("review", "unreviewed"), ("request", "unanswered"),
])  # fmt: skip
def test_what_is_late_is_told_by_what_was_late(kind: str, cause: str) -> None:
    told = Told()
    told.report(0)
    told.duty(0, kind, 10)
    told.move(10, "escalate")
    told.move(30, "deliver", "done")
    assert told.hours() == {"in_time": 10.0, cause: 20.0}


def test_late_hours_over_a_report_in_a_language_the_desk_does_not_work_in_are_told_under_the_language() -> None:
    told = Told()
    told.report(0)  # in Dutch; val works in French
    told.duty(0, "acknowledge", 10)
    told.move(30, "acknowledge", "done")
    assert told.hours() == {"in_time": 10.0, "language": 20.0}


def test_late_hours_of_a_desk_that_works_in_the_language_are_not() -> None:
    told = Told()
    told.report(0)
    told.duty(0, "acknowledge", 10, holder="stad", recipient="stad")
    told.move(30, "acknowledge", "done")
    assert told.hours() == {"in_time": 10.0, "unacknowledged": 20.0}


@pytest.mark.parametrize(("step", "state", "cause"), [
    ("hold", "held", "hold"), ("defer", "deferred", "overload"), ("withhold", "withheld", "withheld"),
    ("ask_back", "held", "unanswered"),
])  # fmt: skip
def test_a_pause_is_told_as_what_it_is(step: str, state: str, cause: str) -> None:
    told = Told()
    told.report(0)
    told.duty(0, "answer", 100)
    told.move(1, step, state)
    told.move(21, "resume")
    told.move(22, "answer", "done")
    assert told.hours() == {"in_time": 2.0, cause: 20.0}


def test_a_clock_that_stood_while_the_other_side_had_the_word_is_not_late_for_it() -> None:
    told = Told()
    told.report(0)
    told.duty(0, "answer", 10)
    told.move(5, "ask_back", "held", due_at=told.moment(25))  # the other side has fifteen hours to answer
    told.move(15, "hear", due_at=told.moment(20))  # it took ten: five are left, as before
    told.move(18, "answer", "done")
    assert told.hours() == {"in_time": 8.0, "unanswered": 10.0}
    assert [one.late for one in told.waits().sums[0].values()] == [0]


class Tables(dict[str, str]):
    """What the tables say of the language of reports: empty until it is asked, as that of the house."""

    asked = 0

    def get(self, key: str, default: str = "") -> str:  # type: ignore[override]  # a narrower default
        self.asked += 1
        return "nl" if key == "r" else default


@pytest.mark.parametrize(("language", "asked"), [("nl", 0), ("", 1)])
def test_the_tables_are_asked_for_a_language_that_no_line_says_and_for_no_other(language: str, asked: int) -> None:
    told = Told()
    told.report(0, language=language)
    told.duty(0, "acknowledge", 10)
    told.move(5, "acknowledge", "done")
    tables = Tables()
    (cell,) = read(told.lines, (OCTOBER, SEPTEMBER), reports=tables).sums[0]
    assert (cell.language, tables.asked) == ("nl", asked)


def test_what_was_given_to_somebody_who_went_away_waited_for_their_absence() -> None:
    told = Told()
    told.report(0)
    told.duty(0, "pass_on", 100)
    told.move(1, "assign", officer="officer-a", by="officer-b")
    told(31, "OfficerAway", officer="officer-a", until="2026-10-20")
    told.move(31, "assign")
    told.move(32, "deliver", "done")
    assert told.hours() == {"in_time": 2.0, "absence": 30.0}


def test_giving_it_to_somebody_else_is_no_absence() -> None:
    told = Told()
    told.report(0)
    told.duty(0, "pass_on", 100)
    told.move(1, "assign", officer="officer-a", by="officer-b")
    told.move(31, "assign", officer="officer-c", by="officer-b")
    told.move(32, "deliver", "done")
    assert told.hours() == {"in_time": 32.0}


def test_the_wrong_desk_and_what_came_back_are_told_apart_and_belong_to_whom_they_waited_at() -> None:
    told = Told()
    told.report(0)
    told.duty(0, "judge", 200, report="")
    told.move(10, "bounce", holder="stad", by="officer-a")
    told(10, "DutyPassedOn", duty="d", service="stad", by="officer-a")
    told.move(30, "bounce", by="officer-b")
    told(30, "DutyPassedOn", duty="d", service="val", by="officer-b")
    told.move(35, "judge", "done")
    assert told.hours() == {"wrong_desk": 30.0, "bounce": 5.0}
    by = {cell.owner: dict(one.hours) for cell, one in told.waits().sums[0].items()}
    assert by == {"val": {"wrong_desk": 10.0, "bounce": 5.0}, "stad": {"wrong_desk": 20.0}}


@pytest.mark.parametrize(("verdict", "cause"), [("same", "spelling"), ("different", "in_time")])
def test_a_possible_match_that_was_the_same_waited_for_its_spelling(verdict: str, cause: str) -> None:
    told = Told()
    told.report(0)
    told(0, "MatchFound", match="m", left="r-1", right="other", band="possible")
    told.duty(0, "judge", 12, report="", match="m")
    told(5, "MatchJudged", match="m", verdict=verdict, by="officer-a", evidence="")
    told.move(5, "judge", "done")
    assert told.hours() == {cause: 5.0}
    assert next(iter(told.waits().sums[0])).language == "nl"


def test_hours_fall_into_the_month_in_which_they_went_by_and_each_month_counts_what_lived_in_it() -> None:
    told = Told()
    long_ago = -24 * 10  # 25 September
    told.report(long_ago)
    told.duty(long_ago, "pass_on", 24 * 100)
    told.move(24, "deliver", "done")
    october, september = told.waits().sums
    (now,), (before,) = october.values(), september.values()
    assert sum(now.hours.values()) + sum(before.hours.values()) == pytest.approx(264)
    assert (now.live, before.live) == (0, 1)
    assert list(now.lasted) == [264.0]
    assert list(before.lasted) == [pytest.approx((SEPTEMBER.ends - BEGAN.timestamp()) / 3600 + 240)]


def test_what_still_goes_on_at_the_end_of_the_month_counts_as_long_as_it_lasted() -> None:
    told = Told()
    told.report(0)
    told.duty(0, "pass_on", 10)
    (sums,) = told.waits().sums[0].values()
    assert (sums.live, sums.late) == (1, 1)
    assert list(sums.lasted) == [(OCTOBER.ends - BEGAN.timestamp()) / 3600]


def test_a_report_that_lay_before_anybody_needed_it_is_no_wait() -> None:
    told = Told()
    told.report(-200)
    told.duty(0, "pass_on", 10)
    told.move(0.1, "deliver", "done")
    assert list(told.waits().lay[0]["noord"]) == [200.0]
    assert told.hours() == {"in_time": 0.1}


def test_lines_of_older_ledgers_get_their_languages_from_whoever_knows_them() -> None:
    told = Told()
    told.lines = []
    told(0, "ServiceAdded", service="val", kind="police")
    told(0, "ReportFiled", report="r", service="noord", subjects=[])
    told.duty(0, "acknowledge", 10)
    found = read(told.lines, (OCTOBER, SEPTEMBER), reports={"r": "nl"}, languages={"val": ["fr"]})
    ((cell, sums),) = found.sums[0].items()
    assert cell.language == "nl"
    assert "language" in sums.hours


def test_a_line_that_says_nothing_of_waiting_is_not_even_parsed() -> None:
    assert waiting.entry_of('{"facts":{broken,"kind":"DutyMoved"},"kind":"Read"}') is None


def many(counts: dict[tuple[str, str], int]) -> Waits:
    told = Told()
    told.report(0)
    number = 0
    for (owner, to), count in counts.items():
        for _ in range(count):
            number += 1
            told.duty(0, "pass_on", 10, ref=f"d{number}", holder=owner, recipient=to)
            told.move(number % 30, "deliver", "done", ref=f"d{number}")
    return told.waits()


def test_small_cells_are_hidden_and_no_subtraction_gives_one_away() -> None:
    waits = many({("noord", "val"): 3, ("noord", "stad"): 11, ("noord", "x"): 40, ("val", "noord"): 15})
    found = live.lessons(waits, month="2026-10", least=rule.SMALL_NUMBER)
    assert {row.label[:2] for row in found.pairs} == {("noord", "x"), ("val", "noord")}
    assert found.hidden == 2
    assert found.whole.tail is not None
    told = [row.tail.count for row in found.services if row.tail is not None]
    assert sum(told) == found.whole.tail.count == 69


def test_cells_that_are_few_even_together_hide_a_larger_one_beside_them() -> None:
    waits = many({("noord", "val"): 2, ("noord", "stad"): 3, ("noord", "x"): 12, ("noord", "y"): 40})
    found = live.lessons(waits, month="2026-10", least=rule.SMALL_NUMBER)
    assert {row.label[:2] for row in found.pairs} == {("noord", "y")} and found.hidden == 3, "57 less 52 tells of five"


def test_a_service_sees_what_it_owes_and_not_to_whom() -> None:
    may = rule.whose(role="supervisor", service="noord")
    assert may is not None
    found = live.lessons(
        many({("noord", "val"): 3, ("val", "noord"): 15}), month="2026-10", service=may.service, least=may.least
    )
    assert [row.label for row in found.pairs] == [("noord", "", "nl")]
    assert found.whole.tail is not None
    assert found.whole.tail.count == 3


@pytest.mark.parametrize("role", ["officer", "desk", "administrator"])
def test_who_leads_no_service_sees_no_lessons(role: str) -> None:
    assert rule.whose(role=role, service="noord") is None


def test_every_cause_but_being_in_time_says_what_can_be_done() -> None:
    assert set(live.REMEDIES) == set(waiting.CAUSES) - {"in_time"}


def test_the_sheet_tells_the_tail_and_its_reasons_in_each_language_and_asks_nobody_for_anything() -> None:
    found = live.lessons(many({("noord", "val"): 30, ("val", "noord"): 15}), month="2026-10")
    page = live_sheet.sheet(
        found, {"noord": "Zone <North>"}, why=rule.for_the_meeting().because, made="2026-11-01", version="1"
    )
    assert all(f'<main lang="{code}"' in page for code in LANGUAGES)
    assert "Zone &lt;North&gt;" in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert "one in a hundred lasted longer" in page


def test_too_few_waits_in_all_show_nothing() -> None:
    found = live.lessons(many({("noord", "val"): 4}), month="2026-10", least=rule.SMALL_NUMBER)
    assert found.whole.tail is None
    assert (found.pairs, found.curve) == ((), ())
    page = live_sheet.sheet(found, {}, why=rule.for_the_meeting().because, made="2026-11-01", version="1")
    assert "Too few waits" in page


@pytest.mark.parametrize(
    ("hours", "said"), [(0.5, "30 min"), (5.25, "5.2 h"), (30, "30 h"), (240, "10 days"), (None, "–")]
)
def test_lengths_are_said_in_a_size_that_is_read_at_once(hours: float | None, said: str) -> None:
    assert live_sheet.lasted(hours) == said
