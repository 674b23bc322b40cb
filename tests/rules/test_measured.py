"""A plan written from the ledger says what that says: arrivals, clocks, handling times, people and their absence."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from passerelle.capacity import measured, plan_file, workload

BEGINS, ENDS = date(2026, 8, 3), date(2026, 11, 2)
FIRST = datetime(2026, 8, 3, tzinfo=UTC)


def at(days: float) -> str:
    return (FIRST + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def line(days: float, event: str, /, **facts: Any) -> dict[str, Any]:
    return {"at": at(days), "kind": event, "facts": facts}


def ledger(minutes: float = 15, of_them: int = 26) -> list[dict[str, Any]]:
    """Two at the desk; one match to judge every day, opened and judged `minutes` later."""
    lines = [
        line(-30, "OfficerSeated", officer=f"officer-{one}", service="noord", role=role)
        for one, role in enumerate(("desk", "supervisor", "head"))
    ]
    for day in range(91):
        lines += [
            line(day + 0.3, "DutyRaised", duty=f"d{day}", kind="judge", holder="noord", due_at=at(day + 0.8)),
            line(day + 0.4, "Read", officer="officer-0", thing="match"),
        ]
        if day < of_them:
            done = day + 0.4 + minutes / 1440
            lines.append(line(done, "DutyMoved", duty=f"d{day}", move="judge", by="officer-0", state="done"))
    return sorted(lines, key=lambda one: one["at"])


def test_arrivals_clocks_people_and_handling_times_are_those_of_the_ledger() -> None:
    found = measured.measure(ledger(), "noord", BEGINS, ENDS)
    assert (found.people, found.weeks) == (2, 13), "the head is no hand of the desk"
    assert found.kinds["judge"].count == 91
    assert found.hours_of("judge") == (pytest.approx(0.25, abs=0.01), True)
    plan = plan_file.read_text(measured.plan_text(found), "the ledger")
    (kind,) = plan.kinds
    assert (kind.id, kind.clock_days, kind.source) == ("judge", 0.5, "ledger")
    assert workload.arrivals(plan)[0, 3] == pytest.approx(7, rel=0.01)
    assert plan.begins == ENDS


def test_what_was_put_aside_for_longer_than_an_hour_is_not_counted_as_work() -> None:
    found = measured.measure(ledger(minutes=90), "noord", BEGINS, ENDS)
    assert found.kinds["judge"].minutes == []
    assert found.hours_of("judge") == (pytest.approx(0.2), False)


def test_too_few_timed_take_the_usual_time_and_the_plan_says_so() -> None:
    found = measured.measure(ledger(of_them=measured.TAKEN_LEAST - 1), "noord", BEGINS, ENDS)
    assert found.hours_of("judge")[1] is False
    plan = plan_file.read_text(measured.plan_text(found), "the ledger")
    assert any("too few were timed" in one.in_language("en") for one in plan.assumed)


def test_days_away_are_a_share_of_the_days_of_the_desk() -> None:
    away = [
        line(10, "OfficerAway", officer="officer-0", until=at(40)),
        line(20, "OfficerAway", officer="officer-0", until=""),
        line(80, "OfficerAway", officer="officer-1", until=at(200)),
        line(50, "OfficerAway", officer="officer-2", until=at(60)),
    ]  # fmt: skip
    found = measured.measure(sorted([*ledger(), *away], key=lambda one: one["at"]), "noord", BEGINS, ENDS)
    assert found.absent == pytest.approx((10 + 11) / (2 * 91)), "until they came back, or the end"


def test_who_left_is_not_counted_and_what_came_before_or_after_is_not_either() -> None:
    left = line(5, "OfficerLeft", officer="officer-1")
    late = line(95, "DutyRaised", duty="x", kind="judge", holder="noord", due_at=at(96))
    others = line(5, "DutyRaised", duty="y", kind="judge", holder="midi", due_at=at(96))
    found = measured.measure(sorted([*ledger(), left, late, others], key=lambda one: one["at"]), "noord", BEGINS, ENDS)
    assert (found.people, found.kinds["judge"].count) == (1, 91)
