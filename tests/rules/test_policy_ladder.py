"""A late duty climbs rung by rung, skips none, never comes down, and at the top is told again every day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from passerelle.policy import ladder
from passerelle.policy.facts import URGENCIES, UnknownWord
from passerelle.policy.tables import DATA_FOLDER, WrongTable

LATE = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
URGENCY = st.sampled_from(URGENCIES)
AGES = st.timedeltas(timedelta(0), timedelta(days=60))


def test_each_rung_has_its_word() -> None:
    assert tuple(ladder.RUNG_WORDS) == ladder.RUNGS


@pytest.mark.parametrize(("urgency", "hours"), [("danger", 0.25), ("urgent_direct", 4), ("urgent", 12), ("normal", 24)])
def test_silence_climbs_to_oversight_and_is_told_there_every_day(urgency: str, hours: float) -> None:
    level, at, story = 0, LATE, []
    for _ in range(7):
        level, at, because = ladder.next_event_after(level, LATE, at, urgency)
        story.append((level, at - LATE, str(because)))
    step = timedelta(hours=hours)
    assert [entry[:2] for entry in story] == [
        (1, step), (2, 2 * step), (3, 3 * step),
        (4, 3 * step + timedelta(days=1)), (4, 3 * step + timedelta(days=2)), (4, 3 * step + timedelta(days=3)),
        (4, 3 * step + timedelta(days=4)),
    ]  # fmt: skip
    assert story[0][2] == "It is late and the desk did not end it, so it climbs to the supervisor."
    assert story[3][2] == "It is late and the neutral desk of the exchange did not end it, so it climbs to oversight."
    assert story[4][2] == "It stays with oversight, who is told again."


def test_what_is_not_late_does_not_climb() -> None:
    level, at, because = ladder.next_event_after(0, LATE, LATE - timedelta(seconds=1), "normal")
    assert (level, at, str(because)) == (0, LATE, "It is not late.")


def test_asking_twice_at_the_same_time_climbs_once() -> None:
    level, at, _ = ladder.next_event_after(0, LATE, LATE, "urgent")
    again, when, because = ladder.next_event_after(level, LATE, LATE, "urgent", rung_until=at)
    assert (again, when) == (level, at)
    assert str(because) == "the supervisor still has time."


def test_what_a_higher_rung_held_from_its_start_climbs_the_moment_it_is_late() -> None:
    for level in range(4):
        assert ladder.next_event_after(level, LATE, LATE, "normal", rung_until=LATE)[0] == level + 1


@given(st.integers(0, 4), AGES, URGENCY, AGES)
def test_as_long_as_its_rung_has_time_nothing_moves(level: int, age: timedelta, urgency: str, left: timedelta) -> None:
    until = LATE + age + left + timedelta(microseconds=1)
    assert ladder.next_event_after(level, LATE, LATE + age, urgency, rung_until=until)[:2] == (level, until)


@given(st.integers(0, 4), AGES, URGENCY)
def test_it_never_comes_down_never_skips_and_always_has_a_next_event(level: int, age: timedelta, urgency: str) -> None:
    now = LATE + age
    above, at, because = ladder.next_event_after(level, LATE, now, urgency)
    assert level <= above <= min(level + 1, 4)
    assert now < at <= max(now, LATE) + timedelta(days=3)
    assert str(because)
    if level == 4:
        assert at == now + timedelta(days=1)


@given(st.lists(AGES, min_size=1, max_size=12), URGENCY)
def test_a_clock_that_jumps_forward_skips_no_rung_and_leaves_each_its_time(
    jumps: list[timedelta], urgency: str
) -> None:
    level, at, now, seen = 0, LATE, LATE, [0]
    for jump in jumps:
        now = max(now + jump, at)
        level, at, _ = ladder.next_event_after(level, LATE, now, urgency)
        seen.append(level)
        assert at >= now + timedelta(minutes=15)
    assert seen == [min(step, 4) for step in range(len(seen))]


def test_a_more_urgent_duty_never_climbs_later() -> None:
    for level in range(5):
        times = [ladder.next_event_after(level, LATE, LATE + timedelta(days=9), urgency)[1] for urgency in URGENCIES]
        assert times == sorted(times)


@pytest.mark.parametrize("level", [-1, 5])
def test_a_rung_that_does_not_exist_is_a_mistake_of_ours(level: int) -> None:
    with pytest.raises(AssertionError, match="a level is 0 to 4"):
        ladder.next_event_after(level, LATE, LATE, "normal")


def test_an_urgency_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UnknownWord, match="“asap” is no urgency"):
        ladder.next_event_after(0, LATE, LATE, "asap")


def test_a_ladder_without_a_rung_an_urgency_or_a_time_is_refused(tmp_path: Path) -> None:
    shipped = yaml.safe_load((DATA_FOLDER / "ladder.yaml").read_text(encoding="utf-8"))

    def refused(change: dict[str, object], why: str) -> None:
        path = tmp_path / "ladder.yaml"
        path.write_text(yaml.safe_dump({**shipped, **change}), encoding="utf-8")
        with pytest.raises(WrongTable, match=why):
            ladder.load(path)

    refused({"rungs": shipped["rungs"][:-1]}, "its rungs must be")
    refused({"rungs": shipped["rungs"][::-1]}, "its rungs must be")
    refused({"intervals": shipped["intervals"][:-1]}, "a row of intervals for each urgency")
    refused({"intervals": [{**row, "head": 0} for row in shipped["intervals"]]}, "not above zero")
    refused({"intervals": [{**row, "head": "soon"} for row in shipped["intervals"]]}, "lacks “head”")
