"""Each duty has a clock with its source in law; of several, the one that runs out first; working days are Belgium's."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle.policy import calendar, deadlines
from passerelle.policy.facts import DUTY_KINDS, SERVICE_KINDS, URGENCIES, UnknownWord
from passerelle.policy.tables import DATA_FOLDER, WrongTable, in_force

BRUSSELS = ZoneInfo("Europe/Brussels")
THURSDAY = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)
THEMES = [frozenset[str](), *(frozenset({theme}) for theme in sorted(deadlines.themes()))]


def moments(first: int, last: int) -> st.SearchStrategy[datetime]:
    """Any second of the years from `first` to the beginning of `last`."""
    begin, end = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (first, last))
    return st.integers(begin, end).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def due(
    kind: str, urgency: str = "normal", *themes: str, to: str = "police", at: datetime = THURSDAY
) -> deadlines.Deadline:
    return deadlines.due(kind=kind, urgency=urgency, themes=frozenset(themes), recipient_kind=to, raised_at=at)


@pytest.mark.parametrize(
    ("kind", "urgency", "themes", "to", "period", "row"),
    [
        ("answer", "danger", (), "police", timedelta(minutes=15), "answer-danger"),
        ("answer", "urgent_direct", (), "police", timedelta(hours=8), "answer-urgent-direct"),
        ("answer", "urgent", (), "police", timedelta(days=3), "answer-urgent"),
        ("answer", "normal", (), "police", timedelta(days=7), "answer"),
        ("answer", "normal", ("terrorism",), "police", timedelta(minutes=15), "answer-terrorism"),
        ("answer", "normal", ("drugs", "child_protection"), "police", timedelta(days=1), "answer-child"),
        ("pass_on", "danger", (), "police", timedelta(minutes=15), "pass-on-danger"),
        ("pass_on", "urgent_direct", (), "police", timedelta(hours=8), "pass-on-urgent-direct"),
        ("pass_on", "urgent", (), "police", timedelta(days=3), "pass-on-urgent"),
        ("pass_on", "normal", (), "police", timedelta(days=7), "pass-on"),
        ("pass_on", "normal", ("terrorism", "drugs"), "police", timedelta(minutes=15), "pass-on-terrorism"),
        ("pass_on", "normal", ("child_protection",), "police", timedelta(days=1), "pass-on-child"),
        ("pass_on", "normal", (), "youth_care", timedelta(days=1), "pass-on-youth-care"),
        ("judge", "danger", (), "police", timedelta(minutes=15), "judge-danger"),
        ("judge", "normal", (), "police", timedelta(hours=12), "judge"),
        ("judge", "normal", ("terrorism",), "police", timedelta(minutes=15), "judge-terrorism"),
        ("judge", "urgent_direct", (), "police", timedelta(hours=8), "judge-urgent-direct"),
        ("acknowledge", "danger", (), "police", timedelta(minutes=15), "acknowledge-danger"),
        ("acknowledge", "urgent_direct", (), "police", timedelta(hours=8), "acknowledge-urgent-direct"),
        ("acknowledge", "urgent", (), "police", timedelta(hours=12), "acknowledge-urgent"),
        ("acknowledge", "normal", ("terrorism",), "police", timedelta(hours=12), "acknowledge-terrorism"),
        ("acknowledge", "normal", (), "police", timedelta(days=1), "acknowledge"),
        ("review", "danger", (), "police", timedelta(minutes=15), "review-danger"),
        ("review", "urgent_direct", (), "police", timedelta(hours=8), "review-urgent-direct"),
        ("review", "urgent", (), "police", timedelta(days=3), "review-urgent"),
        ("review", "normal", ("terrorism",), "police", timedelta(hours=12), "review-terrorism"),
        ("review", "normal", ("child_protection",), "police", timedelta(days=1), "review-child"),
        ("review", "normal", (), "police", timedelta(days=7), "review"),
        ("correct", "danger", (), "police", timedelta(minutes=15), "correct-danger"),
        ("correct", "urgent_direct", (), "police", timedelta(hours=8), "correct-urgent-direct"),
        ("correct", "normal", (), "police", timedelta(hours=24), "correct"),
    ],
)
def test_each_duty_is_due_within_the_period_of_its_row(
    kind: str, urgency: str, themes: tuple[str, ...], to: str, period: timedelta, row: str
) -> None:
    deadline = due(kind, urgency, *themes, to=to)
    assert deadline.row == row
    assert deadline.due_at == THURSDAY + period
    assert deadline.due_at.tzinfo is UTC


def test_every_row_decides_something() -> None:
    deciding = set()
    for kind, urgency, themes, to, day in product(DUTY_KINDS, URGENCIES, THEMES, SERVICE_KINDS, range(7)):
        raised = THURSDAY + timedelta(days=day)
        deciding.add(deadlines.due(kind=kind, urgency=urgency, themes=themes, recipient_kind=to, raised_at=raised).row)
    assert deciding == {row.id for row in deadlines.shipped()}


@given(
    st.sampled_from(DUTY_KINDS),
    st.frozensets(st.sampled_from(sorted(deadlines.themes())), max_size=3),
    st.sampled_from(sorted(deadlines.themes())),
    st.sampled_from(sorted(SERVICE_KINDS)),
    moments(2020, 2035),
)
def test_more_urgency_or_one_more_theme_never_gives_more_time(
    kind: str, themes: frozenset[str], theme: str, to: str, at: datetime
) -> None:
    def when(urgency: str, about: frozenset[str]) -> datetime:
        return deadlines.due(kind=kind, urgency=urgency, themes=about, recipient_kind=to, raised_at=at).due_at

    times = [when(urgency, themes) for urgency in URGENCIES]
    assert times == sorted(times)
    assert at < times[0]
    assert times[-1] <= at + timedelta(days=28 if kind == "request" else 8)
    for urgency in URGENCIES:
        assert when(urgency, themes | {theme}) <= when(urgency, themes)


@given(
    st.sampled_from(DUTY_KINDS),
    st.sampled_from(URGENCIES),
    st.sampled_from(["police", "youth_care"]),
    moments(2025, 2029),
    st.timedeltas(timedelta(0), timedelta(days=4)),
)
def test_what_is_raised_later_is_never_due_earlier(
    kind: str, urgency: str, to: str, at: datetime, later: timedelta
) -> None:
    assert due(kind, urgency, to=to, at=at).due_at <= due(kind, urgency, to=to, at=at + later).due_at


def test_the_reason_says_the_period_the_source_and_whether_it_binds() -> None:
    assert str(due("answer", "urgent_direct").because) == (
        "Due within 8 hours: Directive (EU) 2023/977, Art. 5(1)(a) (borrowed)."
    )
    assert str(due("answer", "danger").because).startswith("Due at once (measured as 15 minutes): ")
    assert str(due("answer").because).startswith("Due within 7 days: ")
    assert str(due("acknowledge").because).startswith("Due within one working day: ")
    assert due("correct").standing == "binding"
    assert due("answer").standing == "borrowed"


@pytest.mark.parametrize(
    ("raised", "due_at"),
    [
        # a day like another
        ("2026-03-05 10:30", "2026-03-06 10:30"),
        # over a weekend
        ("2026-03-06 15:00", "2026-03-09 15:00"),
        # on a weekend: as if it came in when Monday begins
        ("2026-03-07 11:00", "2026-03-10 00:00"),
        ("2026-03-08 23:59", "2026-03-10 00:00"),
        # Easter 2026 is on 5 April: Monday the 6th is a holiday
        ("2026-04-03 09:00", "2026-04-07 09:00"),
        # Ascension is a Thursday: Wednesday's is due on Friday
        ("2026-05-13 09:00", "2026-05-15 09:00"),
        # Christmas on a Friday
        ("2026-12-24 09:00", "2026-12-28 09:00"),
        # New Year's Day on a Friday
        ("2026-12-31 17:00", "2027-01-04 17:00"),
        # leap day: a Thursday in 2024
        ("2024-02-28 12:00", "2024-02-29 12:00"),
        ("2024-02-29 12:00", "2024-03-01 12:00"),
        ("2025-02-28 12:00", "2025-03-03 12:00"),
        # over the change to summer time (29 March 2026) and back (25 October 2026): the clock on the wall counts
        ("2026-03-27 16:00", "2026-03-30 16:00"),
        ("2026-10-23 16:00", "2026-10-26 16:00"),
    ],
)
def test_one_working_day_is_counted_by_the_clock_and_the_calendar_of_brussels(raised: str, due_at: str) -> None:
    at = datetime.fromisoformat(raised).replace(tzinfo=BRUSSELS)
    expected = datetime.fromisoformat(due_at).replace(tzinfo=BRUSSELS)
    assert due("acknowledge", at=at.astimezone(UTC)).due_at == expected.astimezone(UTC)


def test_summer_time_makes_a_working_day_an_hour_shorter_and_leaves_hours_alone() -> None:
    friday = datetime(2026, 3, 27, 15, 0, tzinfo=UTC)
    assert due("acknowledge", at=friday).due_at - friday == timedelta(days=3, hours=-1)
    assert due("answer", "urgent_direct", at=datetime(2026, 3, 28, 22, tzinfo=UTC)).due_at == datetime(
        2026, 3, 29, 6, tzinfo=UTC
    )


def test_a_clock_time_that_summer_time_skips_is_read_an_hour_later() -> None:
    cairo = calendar.Calendar(
        ZoneInfo("Africa/Cairo"), ()
    )  # its clocks went forward on Friday 25 April 2025 at midnight
    thursday = datetime(2025, 4, 23, 22, 30, tzinfo=UTC)  # 00:30 by the clock
    assert cairo.after_working_days(thursday, 1).astimezone(cairo.zone).time().isoformat() == "01:30:00"


def test_the_hour_that_comes_twice_on_a_sunday_counts_as_the_beginning_of_monday() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 for the first time
    tuesday = datetime(2026, 10, 26, 23, 0, tzinfo=UTC)
    for raised in (first, first + timedelta(hours=1)):
        assert calendar.belgium().after_working_days(raised, 1) == tuesday


def easter_of_the_tables(year: int) -> date:
    """By the tables of the Gregorian computus: golden number, epact, paschal full moon, next Sunday."""
    golden = year % 19 + 1
    century = year // 100 + 1
    solar, lunar = 3 * century // 4 - 12, (8 * century + 5) // 25 - 5
    epact = (11 * golden + 20 + lunar - solar) % 30
    if epact == 24 or (epact == 25 and golden > 11):
        epact += 1
    march_day = 44 - epact if 44 - epact >= 21 else 74 - epact
    full_moon = date(year, 3, 1) + timedelta(days=march_day - 1)
    return full_moon + timedelta(days=(6 - full_moon.weekday()) or 7)


def test_easter_is_the_sunday_after_the_first_full_moon_of_spring_in_every_year_of_the_calendar() -> None:
    for year in (*range(1583, 3000), *range(4200, 4400), *range(9900, 9999)):
        assert calendar.easter_sunday(year) == easter_of_the_tables(year), year


@pytest.mark.parametrize(
    ("year", "day"),
    [(1961, (4, 2)), (2000, (4, 23)), (2024, (3, 31)), (2025, (4, 20)), (2026, (4, 5)), (2038, (4, 25))],
)
def test_easter_falls_on_the_day_on_which_it_was_and_will_be_kept(year: int, day: tuple[int, int]) -> None:
    assert calendar.easter_sunday(year) == date(year, *day)


def test_belgium_keeps_ten_days_and_each_community_one_more() -> None:
    days = sorted(holiday.in_year(2026) for holiday in calendar.belgium().holidays)
    assert [f"{day:%m-%d}" for day in days] == [
        "01-01", "04-06", "05-01", "05-14", "05-25", "07-21", "08-15", "11-01", "11-11", "12-25"
    ]  # fmt: skip
    flemish = calendar.belgium(("be", "be-vlg"))
    assert len(flemish.holidays) == 11
    saturday_free = date(2025, 7, 11)
    assert calendar.belgium().is_working_day(saturday_free)
    assert not flemish.is_working_day(saturday_free)


def test_urgency_comes_from_what_is_said_and_what_it_is_about() -> None:
    def urgency(themes: frozenset[str], *, danger: bool = False, direct: bool = False, asked: bool = False) -> str:
        return deadlines.urgency_of(
            danger_to_life=danger, directly_accessible=direct, themes=themes, asked_urgent=asked
        )

    calm, grave = frozenset({"fraud"}), frozenset({"fraud", "terrorism"})
    assert urgency(calm, danger=True) == "danger"
    assert urgency(grave, danger=True, direct=True) == "danger"
    assert urgency(grave) == "urgent"
    assert urgency(grave, direct=True) == "urgent_direct"
    assert urgency(calm, asked=True) == "urgent"
    assert urgency(calm, direct=True) == "normal"
    assert urgency(frozenset()) == "normal"


def test_the_themes_that_services_are_for_have_names() -> None:
    themes = {key: str(name) for key, name in deadlines.themes().items()}
    assert themes["missing_persons"] == "Missing persons"
    assert {"terrorism", "drugs", "domestic_violence", "trafficking", "firearms", "radicalisation"} <= set(themes)
    assert deadlines.urgent_themes() < set(themes)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"kind": "remember"}, "“remember” is no kind of duty"),
        ({"urgency": "asap"}, "“asap” is no urgency"),
        ({"recipient_kind": "army"}, "“army” is no kind of service"),
    ],
)
def test_a_word_outside_its_closed_list_is_refused(wrong: dict[str, str], why: str) -> None:
    right: dict[str, Any] = {"kind": "judge", "urgency": "normal", "recipient_kind": "police"}
    with pytest.raises(UnknownWord, match=why):
        deadlines.due(**{**right, **wrong}, themes=frozenset(), raised_at=THURSDAY)


def test_a_time_without_a_zone_is_a_mistake_of_ours() -> None:
    with pytest.raises(AssertionError, match="must carry its zone"):
        due("judge", at=THURSDAY.replace(tzinfo=None))


def own(folder: Path, row: str, minutes: str = "15") -> Path:
    path = folder / "own.yaml"
    path.write_text(
        f"at_once_minutes: {minutes}\nrows:\n  - {{id: only, source: a law, standing: binding, {row}}}\n",
        encoding="utf-8",
    )
    return path


def test_an_installation_sets_its_own_clocks(tmp_path: Path) -> None:
    table = deadlines.load(own(tmp_path, "duties: [judge], period: {working_days: 2}"))
    deadline = deadlines.due(
        kind="judge", urgency="normal", themes=frozenset(), recipient_kind="police", raised_at=THURSDAY, table=table
    )
    assert deadline.due_at == THURSDAY + timedelta(days=4)
    assert str(deadline.because) == "Due within 2 working days: a law (binding)."
    minutes = deadlines.load(own(tmp_path, "duties: [judge], period: {minutes: 30}"))
    assert str(minutes[0].says()) == "within 30 minutes"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("duties: [remember], period: at_once", "a word under “duties”"),
        ("duties: [judge], urgencies: [asap], period: at_once", "a word under “urgencies”"),
        ("duties: [judge], themes: [gossip], period: at_once", "a word under “themes”"),
        ("duties: [judge], recipients: [army], period: at_once", "a word under “recipients”"),
        ("duties: [judge], recipients: [], period: at_once", "a word under “recipients”"),
        ("duties: [judge], period: soon", "a period that is neither"),
        ("duties: [judge], period: {weeks: 1}", "a period that is neither"),
        ("duties: [judge], period: {hours: 0}", "a period that is neither"),
        ("duties: [judge], period: {hours: 1.5}", "a period that is neither"),
        ("duties: [judge], period: {hours: true}", "a period that is neither"),
        ("duties: [judge], period: {hours: 1, days: 1}", "a period that is neither"),
        ("duties: [judge]", "lacks “period”"),
    ],
)
def test_a_clock_that_nobody_could_read_is_refused(tmp_path: Path, row: str, why: str) -> None:
    with pytest.raises(WrongTable, match=why):
        deadlines.load(own(tmp_path, row))


@pytest.mark.parametrize("minutes", ["0", "soon", "-5"])
def test_at_once_must_be_measured(tmp_path: Path, minutes: str) -> None:
    with pytest.raises(WrongTable, match="at_once_minutes"):
        deadlines.load(own(tmp_path, "duties: [judge], period: at_once", minutes))


def test_a_table_by_which_a_duty_has_no_clock_is_refused_before_anybody_works_by_it(tmp_path: Path) -> None:
    every = f"duties: [{', '.join(DUTY_KINDS)}], period: {{days: 7}}"
    assert [row.id for row in deadlines.whole(own(tmp_path, every))] == ["only"]
    for narrower in (
        f"duties: [{', '.join(DUTY_KINDS[1:])}], period: {{days: 7}}",
        f"{every}, urgencies: [danger, urgent, normal]",
        f"{every}, themes: [terrorism]",
        f"{every}, recipients: [police]",
    ):
        with pytest.raises(WrongTable, match="no row says by when"):
            deadlines.whole(own(tmp_path, narrower))
    assert deadlines.whole(DATA_FOLDER / "deadlines.yaml") == deadlines.shipped()


def test_a_table_that_is_tried_out_and_has_no_row_is_a_fault_of_ours_and_not_filled_up_in_silence() -> None:
    with pytest.raises(AssertionError, match="no row for judge, normal"):
        deadlines.due(
            kind="judge", urgency="normal", themes=frozenset(), recipient_kind="police", raised_at=THURSDAY, table=()
        )


def test_a_duty_for_which_the_own_table_has_no_row_has_the_clock_of_the_shipped_one(tmp_path: Path) -> None:
    own_table = deadlines.load(own(tmp_path, "duties: [judge], period: {minutes: 90}"))
    with in_force({"deadlines": own_table}):
        assert deadlines.in_force() == own_table
        assert due("judge").due_at == THURSDAY + timedelta(minutes=90)
        assert due("answer").row == "answer", "no clock is missing"
    assert due("judge").row == "judge"


LONGEST = [("minutes", 1440), ("hours", 8784), ("days", 366), ("working_days", 260)]


@pytest.mark.parametrize(("unit", "longest"), LONGEST)
def test_a_clock_of_more_than_a_year_is_none(tmp_path: Path, unit: str, longest: int) -> None:
    (row,) = deadlines.load(own(tmp_path, f"duties: [judge], period: {{{unit}: {longest}}}"))
    assert (row.unit, row.count) == (unit, longest)
    with pytest.raises(WrongTable, match=rf"{unit} \(up to {longest}\)"):
        deadlines.load(own(tmp_path, f"duties: [judge], period: {{{unit}: {longest + 1}}}"))


def test_at_once_is_a_day_at_most(tmp_path: Path) -> None:
    (row,) = deadlines.load(own(tmp_path, "duties: [judge], period: at_once", "1440"))
    assert row.at_once and row.due_after(THURSDAY, calendar.belgium()) == THURSDAY + timedelta(days=1)
    with pytest.raises(WrongTable, match="at_once_minutes"):
        deadlines.load(own(tmp_path, "duties: [judge], period: at_once", "1441"))


@pytest.mark.parametrize("row", ["month: 5", "month: 5, day: 1, easter: 2", ""])
def test_a_holiday_without_one_date_is_refused(tmp_path: Path, row: str) -> None:
    path = tmp_path / "days.yaml"
    path.write_text(
        f"holidays:\n  - {{id: a, place: be, says: A day, source: a law, standing: binding, {row}}}\n", encoding="utf-8"
    )
    with pytest.raises(WrongTable, match="row a needs either a month and a day, or days after Easter"):
        calendar.load(path, places=("be",), zone="Europe/Brussels")
