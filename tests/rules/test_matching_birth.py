"""Birth dates that agree, slip or differ, and what each says."""

from __future__ import annotations

import pytest

from passerelle.matching import Subject, compare, keys
from passerelle.matching.evidence import birth
from passerelle.matching.evidence.birth import read


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("1987-03-02", (1987, 3, 2)),
        ("1987-03", (1987, 3, 0)),
        ("1987", (1987, 0, 0)),
        ("2/3/1987", (1987, 3, 2)),
        ("2/13/1987", (1987, 2, 13)),
        ("02 Mar 1987", (1987, 3, 2)),
        ("2 maart 1987", (1987, 3, 2)),
        ("circa 1987", (1987, -2, 0)),
        ("omstreeks 1987", (1987, -2, 0)),
        ("ca. 3 mars 1987", (1987, -2, 0)),
        ("1987~", (1987, -2, 0)),
        ("1985/1989", (1987, -2, 0)),
        ("tussen 1985 en 1988", (1987, -2, 0)),
        ("1980s", (1985, -5, 0)),
        ("198X", (1985, -5, 0)),
        ("1950-1990", None),
        ("before 1987", None),
        ("../1987", None),
        ("1987-03-02T00:00:00", (1987, 3, 2)),
        ("unknown", None),
        ("", None),
    ],
)
def test_a_date_is_read_from_the_ways_it_is_written(text: str, date: tuple[int, int, int] | None) -> None:
    assert read(text) == date


def _bits(left: str, right: str) -> float:
    one = Subject("1", "Person", properties={"birthDate": (left,)})
    two = Subject("2", "Person", properties={"birthDate": (right,)})
    (found,) = birth.of(one, two, None)
    return found.bits


def test_the_nearer_two_dates_the_more_they_say() -> None:
    ladder = [
        _bits("1980-03-12", "1980-03-12"),
        _bits("1980-03-12", "1980-12-03"),
        _bits("1980-03-12", "1981-03-12"),
        _bits("1980-03-12", "1980"),
        _bits("1980-03-12", "1981"),
        _bits("1980-03-12", "1980-03-25"),
        _bits("1980-03-12", "1980-07-25"),
        _bits("1980-03-12", "1957-07-25"),
    ]
    assert ladder == sorted(ladder, reverse=True)
    assert ladder[4] > 0 >= ladder[5] > ladder[7]


def test_the_first_of_january_says_less_than_another_day() -> None:
    assert 0 < _bits("1980-01-01", "1980-01-01") < _bits("1980-03-12", "1980-03-12")


def test_a_span_of_many_years_meets_many_and_says_less() -> None:
    one = Subject("1", "Person", properties={"birthDate": ("1970",)})
    span = Subject("2", "Person", properties={"birthDate": tuple(str(year) for year in range(1968, 1976))})
    (found,) = birth.of(one, span, None)
    assert 0 <= found.bits < _bits("1970", "1970")


def test_an_approximate_year_meets_its_neighbours_and_says_less_than_a_year() -> None:
    assert _bits("1987", "1987") > _bits("circa 1987", "1988-05-03") == _bits("1987~", "1986") > 0
    assert _bits("circa 1987", "1990") == 0
    assert _bits("circa 1987", "1997") < _bits("circa 1987", "1992") < 0
    assert 0 <= _bits("1980/1990", "1984-05-03") < _bits("1986/1990", "1988-05-03")


def test_who_was_born_about_a_year_is_found_by_each_year_it_may_be() -> None:
    about, year = (
        Subject(text, "Person", ("Zéphyrin Vandenabeele",), properties={"birthDate": (text,)})
        for text in ("circa 1987", "1989-05-03")
    )
    other = Subject("c", "Person", ("Zephyrin Claes",), properties={"birthDate": ("1985",)})
    assert {key for key in keys(about) & keys(year) if key.kind == "born"}
    assert {key for key in keys(about) & keys(other) if key.kind == "born"}
    assert compare(about, year).score > 0.7
    assert "1985–1989" in " ".join(compare(about, year).because)


def test_without_a_date_on_one_side_nothing_is_said() -> None:
    assert birth.of(Subject("1", "Person"), Subject("2", "Person", properties={"birthDate": ("1980",)}), None) == []
