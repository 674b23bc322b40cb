"""Effective time never runs backwards, goes on after a jump back, and is the wall's again when that has caught up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle.duty.effective import CLOCKS_DISAGREE_MAX, EffectiveTime, effective

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR, NONE = timedelta(hours=1), timedelta()


@pytest.mark.parametrize(
    ("now", "floor", "ahead", "expected"),
    [
        (NOON, None, NONE, EffectiveTime(NOON, NONE, NONE)),
        (NOON, None, HOUR, EffectiveTime(NOON, NONE, NONE)),
        (NOON + HOUR, NOON, NONE, EffectiveTime(NOON + HOUR, NONE, NONE)),
        (NOON, NOON, NONE, EffectiveTime(NOON, NONE, NONE)),
        (NOON, NOON, HOUR, EffectiveTime(NOON, NONE, NONE)),  # caught up: the lead is over
        (NOON - HOUR, NOON, HOUR, EffectiveTime(NOON, HOUR, NONE)),  # running on
        (NOON - HOUR, NOON, 2 * HOUR, EffectiveTime(NOON + HOUR, 2 * HOUR, NONE)),
        (NOON - CLOCKS_DISAGREE_MAX, NOON, NONE, EffectiveTime(NOON, NONE, NONE)),  # machines differ a little
        (NOON - HOUR - CLOCKS_DISAGREE_MAX, NOON, HOUR, EffectiveTime(NOON, HOUR, NONE)),
        (NOON - 2 * HOUR, NOON, NONE, EffectiveTime(NOON, 2 * HOUR, 2 * HOUR)),  # a jump back
        (NOON - 2 * HOUR, NOON, HOUR, EffectiveTime(NOON, 2 * HOUR, HOUR)),  # a second one
    ],
)  # fmt: skip
def test_what_counts_as_now(now: datetime, floor: datetime | None, ahead: timedelta, expected: EffectiveTime) -> None:
    assert effective(now, floor, ahead) == expected
    assert timedelta(minutes=5) == CLOCKS_DISAGREE_MAX


@given(st.lists(st.integers(-500_000, 500_000), min_size=1, max_size=30))
def test_whatever_the_wall_says_time_never_runs_backwards_nor_behind_the_wall(steps: list[int]) -> None:
    wall, floor, ahead = NOON, None, NONE
    for step in steps:
        wall += timedelta(seconds=step)
        told = effective(wall, floor, ahead)
        assert told.at >= wall and (floor is None or told.at >= floor)
        assert told.at == wall + told.ahead or told.at - (wall + told.ahead) <= CLOCKS_DISAGREE_MAX
        floor, ahead = told.at, told.ahead


@given(st.integers(301, 10**8), st.lists(st.integers(1, 100_000), min_size=1, max_size=10))
def test_after_a_jump_back_time_passes_as_on_the_wall(jump: int, steps: list[int]) -> None:
    told = effective(NOON - timedelta(seconds=jump), NOON, NONE)
    wall, began = NOON - timedelta(seconds=jump), told.at
    for step in steps:
        before = told
        wall += timedelta(seconds=step)
        told = effective(wall, before.at, before.ahead)
        if wall < before.at:
            assert told.at - before.at == timedelta(seconds=step)
    assert told.at - began >= wall - (NOON - timedelta(seconds=jump)) - timedelta(seconds=jump)
