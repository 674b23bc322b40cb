"""How many moments lie within one window: what a quota of asking counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from passerelle.policy import quotas

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_what_lies_exactly_a_window_apart_does_not_count_together() -> None:
    assert quotas.busiest([NOON, NOON + HOUR], HOUR) == (1, NOON)
    assert quotas.busiest([NOON + timedelta(seconds=1), NOON + HOUR], HOUR) == (2, NOON + HOUR)
    assert quotas.busiest([], HOUR) == (0, None)


@given(st.lists(st.integers(0, 500), max_size=40))
def test_the_busiest_window_is_what_counting_back_from_each_moment_finds(minutes: list[int]) -> None:
    moments = [NOON + timedelta(minutes=minute) for minute in minutes]
    counted = [sum(at - HOUR < other <= at for other in moments) for at in moments]
    assert quotas.busiest(moments, HOUR)[0] == max(counted, default=0)
