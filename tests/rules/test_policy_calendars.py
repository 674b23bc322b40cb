"""Working days of each place, by its own law; across leap days, daylight saving and the turn of the year."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle.policy import calendar
from passerelle.policy.calendar import easter_sunday, of_place

# Days of 2026 that are no weekend, by place, written from the laws' own lists and a printed calendar of that year.
WORKED_NOT: dict[str, list[tuple[int, int]]] = {
    "be": [(1, 1), (4, 6), (5, 1), (5, 14), (5, 25), (7, 21), (11, 11), (12, 25)],
    "be-vlg": [(1, 1), (4, 6), (5, 1), (5, 14), (5, 25), (7, 21), (11, 11), (12, 25)],  # 11 July is a Saturday
    "lu": [(1, 1), (4, 6), (5, 1), (5, 14), (5, 25), (6, 23), (12, 25)],
    "nl": [(1, 1), (4, 3), (4, 6), (4, 27), (5, 5), (5, 14), (5, 25), (12, 25)],
    "fr": [(1, 1), (4, 6), (5, 1), (5, 8), (5, 14), (5, 25), (7, 14), (11, 11), (12, 25)],
    "fr-alsace-moselle": [(1, 1), (4, 3), (4, 6), (5, 1), (5, 8), (5, 14), (5, 25), (7, 14), (11, 11), (12, 25)],
    "de": [(1, 1), (4, 3), (4, 6), (5, 1), (5, 14), (5, 25), (12, 25)],
    "de-by": [(1, 1), (1, 6), (4, 3), (4, 6), (5, 1), (5, 14), (5, 25), (6, 4), (12, 25)],
    "de-sn": [(1, 1), (4, 3), (4, 6), (5, 1), (5, 14), (5, 25), (11, 18), (12, 25)],
    "de-nw": [(1, 1), (4, 3), (4, 6), (5, 1), (5, 14), (5, 25), (6, 4), (12, 25)],
    "de-hh": [(1, 1), (4, 3), (4, 6), (5, 1), (5, 14), (5, 25), (12, 25)],
}


@pytest.mark.parametrize("place", WORKED_NOT)
def test_the_holidays_of_2026_are_those_of_the_law_of_the_place(place: str) -> None:
    days = (date(2026, 1, 1) + timedelta(days=number) for number in range(365))
    found = [(day.month, day.day) for day in days if day.weekday() < 5 and not of_place(place).is_working_day(day)]
    assert found == WORKED_NOT[place]


def test_a_holiday_begins_with_its_law_and_a_single_one_stays_single() -> None:
    assert of_place("lu").is_working_day(date(2018, 5, 9)) and not of_place("lu").is_working_day(date(2019, 5, 9))
    assert of_place("de-mv").is_working_day(date(2022, 3, 8)) and not of_place("de-mv").is_working_day(date(2023, 3, 8))
    berlin = of_place("de-be")
    assert not berlin.is_working_day(date(2020, 5, 8)) and berlin.is_working_day(date(2023, 5, 8))
    assert of_place("de-hh").is_working_day(date(2017, 3, 8))


@given(st.integers(1990, 2090))
def test_the_day_of_repentance_is_the_last_wednesday_before_the_twenty_third_of_november(year: int) -> None:
    (day,) = (h.in_year(year) for h in of_place("de-sn").holidays if h.id == "de-sn-repentance")
    assert day.weekday() == 2 and date(year, 11, 16) <= day <= date(year, 11, 22)


def test_easter_is_that_of_the_almanac() -> None:
    known = {1961: (4, 2), 1981: (4, 19), 2000: (4, 23), 2008: (3, 23), 2024: (3, 31), 2026: (4, 5), 2038: (4, 25)}
    known |= {1598: (3, 22), 1734: (4, 25), 1818: (3, 22), 1859: (4, 24), 1886: (4, 25), 1943: (4, 25), 2285: (3, 22)}
    assert {year: (easter_sunday(year).month, easter_sunday(year).day) for year in known} == known


@pytest.mark.parametrize("place", calendar.places())
def test_every_place_has_a_clock_and_at_least_seven_days_that_nobody_works(place: str) -> None:
    found = of_place(place)
    assert found.zone.key.startswith("Europe/") and len(found.holidays) >= 7
    assert {holiday.place for holiday in found.holidays} <= {place, place.split("-")[0]}


def test_the_sixteen_laender_and_the_four_parts_of_belgium_are_there() -> None:
    assert sum(place.startswith("de-") for place in calendar.places()) == 16
    assert {"be-vlg", "be-wal", "be-deg", "be-bru"} <= set(calendar.places())


def test_a_place_that_is_not_known_is_refused_with_those_that_are() -> None:
    with pytest.raises(calendar.UnknownPlace, match=r"“uk” are not known\. Use one of: be, "):
        of_place("uk")


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        ("2028-02-28T10:00", "2028-02-29T10:00"),  # Monday to a leap day
        ("2028-02-29T10:00", "2028-03-01T10:00"),
        ("2027-02-26T10:00", "2027-03-01T10:00"),  # a Friday, no leap year
        ("2026-12-31T10:00", "2027-01-04T10:00"),  # over New Year and a weekend
        ("2026-03-27T10:00", "2026-03-30T10:00"),  # over the change to summer time
        ("2026-10-23T10:00", "2026-10-26T10:00"),  # and back
    ],
)
def test_one_working_day_later_is_the_same_time_on_the_wall(moment: str, due: str) -> None:
    zone = ZoneInfo("Europe/Brussels")
    begun = datetime.fromisoformat(moment).replace(tzinfo=zone)
    assert of_place("be").after_working_days(begun, 1) == datetime.fromisoformat(due).replace(tzinfo=zone).astimezone(
        UTC
    )


def test_the_same_moment_is_due_later_where_the_next_day_is_a_holiday() -> None:
    begun = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)  # a Monday; 5 May is Liberation Day in the Netherlands
    assert of_place("nl").after_working_days(begun, 1) - of_place("de").after_working_days(begun, 1) == timedelta(
        days=1
    )


def test_a_service_without_a_place_is_belgian_and_one_of_a_place_known_no_more_knows_only_weekends() -> None:
    wednesday = datetime(2026, 5, 13, 9, 0, tzinfo=UTC)  # Ascension Day is tomorrow
    assert calendar.of_service("") == calendar.belgium() and calendar.of_service("de-by") == of_place("de-by")
    due = [calendar.of_service(place).after_working_days(wednesday, 1) for place in ("", "nl", "atlantis")]
    assert due == [wednesday + timedelta(days=days) for days in (2, 2, 1)], "never later than by a calendar"
    friday = datetime(2026, 5, 15, 9, 0, tzinfo=UTC)
    assert calendar.of_service("atlantis").after_working_days(friday, 1) == friday + timedelta(days=3)


@pytest.mark.parametrize("place", ["be", "fr", "de-by", "nl", "lu"])
def test_nothing_is_due_on_new_years_day_and_what_came_in_on_it_counts_from_the_next_working_day(place: str) -> None:
    zone = of_place(place).zone
    for year in range(2024, 2034):
        eve, day = (datetime(y, m, d, 17, 0, tzinfo=zone) for y, m, d in ((year - 1, 12, 31), (year, 1, 1)))
        for moment in (eve, day):
            due = of_place(place).after_working_days(moment, 1).astimezone(zone)
            assert due > moment and (due.month, due.day) != (1, 1)
        assert of_place(place).after_working_days(day, 1).astimezone(zone).time().isoformat() == "00:00:00"


def test_half_past_two_in_the_night_that_the_clocks_change_comes_once_for_every_clock() -> None:
    """29 March 2026, 02:30, never was; 25 October 2026, 02:30, came twice: both count from Monday."""
    belgium, zone = of_place("be"), ZoneInfo("Europe/Brussels")
    never = datetime(2026, 3, 29, 2, 30, tzinfo=zone).astimezone(UTC)
    twice = [datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=zone).astimezone(UTC) for fold in (0, 1)]
    assert twice[1] - twice[0] == timedelta(hours=1)
    assert belgium.after_working_days(never, 1) == datetime(2026, 3, 31, 0, 0, tzinfo=zone).astimezone(UTC)
    for moment in twice:
        assert belgium.after_working_days(moment, 1) == datetime(2026, 10, 27, 0, 0, tzinfo=zone).astimezone(UTC)
    friday = datetime(2026, 10, 23, 2, 30, tzinfo=zone)
    assert belgium.after_working_days(friday, 1).astimezone(zone).isoformat() == "2026-10-26T02:30:00+01:00"
