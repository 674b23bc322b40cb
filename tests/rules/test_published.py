"""No small count is published, nor what gives one back: of a whole and its part, or of a column and its sum."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from passerelle.policy.published import SMALL_NUMBER, told

PART_OF = {"late": "duties", "withheld": "duties", "upheld": "withheld"}


@st.composite
def months(draw):
    rows = []
    for _ in range(draw(st.integers(0, 7))):
        duties = draw(st.integers(0, 30))
        withheld = draw(st.integers(0, duties))
        rows.append(
            {"duties": duties, "late": draw(st.integers(0, duties)), "withheld": withheld,
             "upheld": draw(st.integers(0, withheld))}
        )  # fmt: skip
    return rows


def small(count: int) -> bool:
    return 0 < count < SMALL_NUMBER


@given(months())
def test_no_small_number_is_told_and_no_difference_of_two_that_are_told_is_one(rows) -> None:
    for row, shown in zip(rows, told(rows, PART_OF), strict=True):
        for column, value in shown.items():
            assert value in (None, row[column]) and (value is None or not small(value))
            whole = PART_OF.get(column)
            if value is not None and whole is not None:
                assert shown[whole] is not None and not small(shown[whole] - value)


@given(months())
def test_who_knows_the_sum_of_a_column_learns_no_single_count_that_was_hidden(rows) -> None:
    shown = told(rows, PART_OF)
    for column in ("duties", "late", "withheld", "upheld"):
        hidden = [row[column] for row, seen in zip(rows, shown, strict=True) if seen[column] is None]
        others = [row[column] for row, seen in zip(rows, shown, strict=True) if seen[column] is not None]
        if hidden and any(others):
            assert len(hidden) > 1 and sum(hidden) >= SMALL_NUMBER


def test_numbers_that_are_large_enough_stay_as_they_are() -> None:
    rows = [{"duties": 40, "late": 12}, {"duties": 20, "late": 0}]
    assert told(rows, {"late": "duties"}) == rows


def test_five_is_no_small_number_and_neither_is_none_at_all() -> None:
    rows = [{"reports": SMALL_NUMBER}, {"reports": 0}, {"reports": SMALL_NUMBER + 1}]
    assert told(rows, {}) == rows


def test_none_at_all_hides_nothing_beside_it_and_is_told() -> None:
    rows = [{"reports": 3}, {"reports": 0}, {"reports": 9}, {"reports": 40}]
    assert [row["reports"] for row in told(rows, {})] == [None, 0, None, 40]


def test_two_that_are_five_together_hide_no_third() -> None:
    rows = [{"reports": 2}, {"reports": 3}, {"reports": 9}, {"reports": 40}]
    assert [row["reports"] for row in told(rows, {})] == [None, None, 9, 40]
    rows[1]["reports"] = 2
    assert [row["reports"] for row in told(rows, {})] == [None, None, None, 40]


def test_one_small_number_hides_another_beside_it() -> None:
    rows = [{"reports": 3}, {"reports": 9}, {"reports": 40}]
    assert [row["reports"] for row in told(rows, {})] == [None, None, 40]
