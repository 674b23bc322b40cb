"""Who takes what today: by the clock, the language and what each has in hand; never by whom it is about."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from passerelle.capacity.sharing import MINUTES_A_DAY, Hand, Task, minutes_of, shared
from passerelle.duty import KINDS

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
ALL = frozenset(KINDS)
ANN, BEA = Hand("ann", "Ann", ("nl",), ALL), Hand("bea", "Bea", ("nl", "fr"), ALL)


def task(ref: str, kind: str = "judge", hours: float = 12, language: str = "", **more: frozenset[str]) -> Task:
    return Task(ref, kind, NOW + timedelta(hours=hours), language, **more)


def to(tasks: list[Task], hands: list[Hand]) -> dict[str, str]:
    return {line.task.ref: line.to for line in shared(tasks, hands)}


def test_whoever_reads_the_language_takes_it_and_the_reason_says_so() -> None:
    (line,) = shared([task("a", language="fr")], [ANN, BEA])
    assert line.to == "bea"
    assert [str(one) for one in line.because] == ["Bea reads French.", "Nobody else who is here does."]


def test_of_those_who_can_whoever_has_least_in_hand_takes_it() -> None:
    busy = dataclasses.replace(ANN, minutes=40)
    (line,) = shared([task("a", language="nl")], [busy, BEA])
    assert line.to == "bea"
    assert "Of those who can, Bea has the least in hand: 0 minutes." in [str(one) for one in line.because]


def test_work_is_taken_in_the_order_of_its_clocks_and_shared_evenly() -> None:
    lines = shared([task(f"t{hours}", hours=hours) for hours in (9, 3, 7, 1)], [ANN, BEA])
    assert [line.task.ref for line in lines] == ["t1", "t3", "t7", "t9"]
    assert [line.to for line in lines] == ["ann", "bea", "ann", "bea"]


def test_nobody_takes_what_they_may_not() -> None:
    assert to([task("a", "review", not_for=frozenset({"ann"}))], [ANN, BEA]) == {"a": "bea"}
    officer = Hand("o", "Olga", ("nl",), frozenset({"answer"}))
    assert to([task("a", "judge"), task("b", "answer")], [officer]) == {"a": "", "b": "o"}


def test_a_language_that_nobody_here_reads_is_said() -> None:
    (line,) = shared([task("a", language="de")], [ANN, BEA])
    assert str(line.because[0]) == "Nobody who is here reads German: ask the originator for three sentences in yours."


def test_more_than_a_day_is_said() -> None:
    full = dataclasses.replace(ANN, minutes=MINUTES_A_DAY)
    (line,) = shared([task("a")], [full])
    assert "more than a day's work" in str(line.because[-1])


def test_nobody_there_leaves_it_with_nobody() -> None:
    (line,) = shared([task("a")], [])
    assert (line.to, len(line.because)) == ("", 1)


def test_the_same_work_and_people_always_give_the_same_answer_in_whatever_order_the_work_came() -> None:
    tasks = [task(f"t{n}", hours=n % 3, language=("nl", "fr", "")[n % 3]) for n in range(12)]
    assert shared(tasks, [ANN, BEA]) == shared(reversed(tasks), [ANN, BEA])


def test_the_rule_cannot_be_told_of_whom_a_duty_is_or_how_urgent_somebody_finds_them() -> None:
    told = {field.name for field in dataclasses.fields(Task)}
    assert told == {"ref", "kind", "due", "language", "not_for"}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_duty_has_its_usual_minutes(kind: str) -> None:
    assert 0 < minutes_of(kind) <= MINUTES_A_DAY
