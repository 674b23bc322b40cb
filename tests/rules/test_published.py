"""No small count is published, nor what gives one back: of a whole and its part, or of a column and its sum."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from passerelle.policy.published import SMALL_NUMBER, parts_hidden, told

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


@st.composite
def months_and_whose(draw):
    """Months, and in each what one or two services know of them as their own: never more than there is."""
    rows = draw(months())
    own = []
    for row in rows:
        readers = draw(st.integers(1, 2))
        known = [{name: draw(st.integers(0, count)) for name, count in row.items()} for _ in range(readers)]
        own.append([{name: count for name, count in one.items() if count or draw(st.booleans())} for one in known])
    return rows, own


@given(months_and_whose())
def test_who_takes_their_own_from_what_is_told_is_left_with_no_small_number(given_months) -> None:
    rows, own = given_months
    for row, mine, shown in zip(rows, own, told(rows, PART_OF, own), strict=True):
        for reader in mine:
            for column, value in shown.items():
                theirs = row[column] - reader.get(column, 0)
                assert value is None or not small(theirs)
                whole = PART_OF.get(column)
                if value is not None and whole is not None:
                    assert shown[whole] is not None and not small(row[whole] - reader.get(whole, 0) - theirs)


def test_a_reader_who_has_none_of_it_hides_nothing() -> None:
    rows = [{"duties": 2 * SMALL_NUMBER, "late": SMALL_NUMBER}]
    assert told(rows, {"late": "duties"}, [[{}]]) == told(rows, {"late": "duties"}) == rows
    assert told(rows, {"late": "duties"}, [[{"late": 1}]]) == [{"duties": 2 * SMALL_NUMBER, "late": None}]


def test_parts_of_a_whole_that_is_not_told_are_not_told_either() -> None:
    assert parts_hidden([{"reports": 40}, {"reports": 50}], set(), whole_is_told=False) == {0, 1}
    assert parts_hidden([], set(), whole_is_told=True) == set()
    assert parts_hidden([{"reports": 40}], set(), whole_is_told=True) == set()


def test_a_part_with_a_small_number_hides_the_smallest_beside_it_until_their_sum_says_nothing() -> None:
    parts = [{"reports": 40}, {"reports": 1}, {"reports": 9}, {"reports": 7}]
    assert parts_hidden(parts, set(), whole_is_told=True) == {1, 3}
    parts[1]["reports"] = SMALL_NUMBER  # and where it is not told for another reason, nothing gives it back
    assert parts_hidden(parts, set(), whole_is_told=True) == set()
    assert parts_hidden(parts, {1}, whole_is_told=True) == {1}


def test_each_column_of_the_hidden_parts_must_say_nothing() -> None:
    parts = [{"reports": 9, "late": 2}, {"reports": 8, "late": 0}, {"reports": 30, "late": 20}]
    assert parts_hidden(parts, set(), whole_is_told=True) == {0, 1, 2}


def test_who_knows_their_own_part_gets_no_small_number_back() -> None:
    parts = [{"reports": 2}, {"reports": 6}, {"reports": 7}, {"reports": 40}]
    assert parts_hidden(parts, set(), whole_is_told=True) == {0, 1}
    mine = {1: {"reports": 5}}  # of the eight that are hidden, five are the reader's: three would be left
    assert parts_hidden(parts, set(), whole_is_told=True, own=[mine]) == {0, 1, 2}
    assert parts_hidden(parts, set(), whole_is_told=True, own=[{1: {}}, {3: {"reports": 39}}]) == {0, 1}
    parts[1] = {"reports": 3}  # five are left, none of them the reader's
    assert parts_hidden(parts, set(), whole_is_told=True, own=[{1: {}}]) == {0, 1}
