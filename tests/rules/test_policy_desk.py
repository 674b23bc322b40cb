"""How a desk works through its queue: the measures of the house are read from their table, each in its own unit."""

from __future__ import annotations

from datetime import timedelta

from passerelle.policy import desk
from passerelle.policy.facts import URGENCIES
from passerelle.policy.tables import DATA_FOLDER, rows

MEASURES = {row["id"]: row["values"] for row in rows(DATA_FOLDER / "desk.yaml", "measures", required={"values": list})}


def test_each_measure_is_the_first_value_of_its_row_in_its_own_unit() -> None:
    assert timedelta(minutes=MEASURES["reserved_minutes"][0]) == desk.RESERVED == timedelta(minutes=10)
    assert timedelta(minutes=MEASURES["soon_minutes"][0]) == desk.SOON == timedelta(hours=1)
    assert timedelta(minutes=MEASURES["taken_within_minutes"][0]) == desk.TAKEN_WITHIN == timedelta(hours=1)
    assert timedelta(hours=MEASURES["told_again_hours"][0]) == desk.TOLD_AGAIN == timedelta(days=1)


def test_a_note_and_a_shift_may_have_the_lengths_of_the_table_shortest_first() -> None:
    assert list(desk.NOTE_HOURS) == sorted(MEASURES["note_hours"]) and desk.NOTE_HOURS[2] == 12
    assert list(desk.SHIFT_HOURS) == sorted(MEASURES["shift_hours"]) and desk.SHIFT_HOURS[0] == 8


def test_danger_to_life_stands_first_and_what_is_normal_last() -> None:
    assert sorted(desk.WEIGHT, key=desk.WEIGHT.__getitem__) == list(URGENCIES)
    assert desk.WEIGHT["danger"] == 0 and len(set(desk.WEIGHT.values())) == len(URGENCIES)
