"""The ledger shown to outsiders: signed once a minute, witnessed, proved to who waits, and what stops without."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from passerelle.flow import checkpoints, hold, ledger_lines
from passerelle.ledger import checkpoint, notes, receipt
from passerelle.ledger.witness import Witness as Outsider
from passerelle.records.models import Checkpoint, Duty, Notice, Witness
from passerelle.testing import makers

pytestmark = pytest.mark.django_db

NOON = makers.NOON
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class Line:
    """A line to a witness that can be cut."""

    def __init__(self, outsider: Outsider) -> None:
        self.outsider, self.cut, self.now, self.asked = outsider, False, NOON, 0

    def __call__(self, address: str, body: str) -> tuple[int, str]:
        self.asked += 1
        if self.cut:
            raise OSError("no route")
        answer = self.outsider.consider(body, now=self.now)
        return answer.status, answer.body


@pytest.fixture
def line(exchange: dict[str, Any], tmp_path: Path, settings: Any) -> Iterator[Line]:
    """An exchange in which something is owed, and a witness that watches its ledger."""
    makers.dossier(exchange["midi"], makers.person("a", "Lambert Vercruysse", birthDate=["1980-05-06"]))
    makers.report(
        exchange["noord"], "Gezien.", makers.person("b", "Lambert Vercruysse", birthDate=["1980-05-06"]),
        handling="consent", handling_reason="the source could be recognised",
        handling_review_on=(NOON + 9 * DAY).date(),
    )  # fmt: skip
    outsider = Outsider.make(tmp_path / "witness", name="north", seed=b"\x07" * 32)
    outsider.watch(checkpoints.log_key())
    settings.WITNESSES = f"{outsider.key} http://127.0.0.1:1"
    return Line(outsider)


def grow(minutes: int) -> None:
    """The ledger gets lines of its own at this minute."""
    makers.service(f"new-{minutes}", now=NOON + minutes * MINUTE)


def test_a_checkpoint_is_signed_once_a_minute_and_only_when_the_ledger_grew(line: Line) -> None:
    first = checkpoints.sign(now=NOON)
    assert first is not None and first.size == ledger_lines.head()[0]
    grow(0)
    assert checkpoints.sign(now=NOON + timedelta(seconds=59)) is None, "not twice within a minute"
    second = checkpoints.sign(now=NOON + MINUTE)
    assert second is not None and second.root == ledger_lines.head()[1]
    assert checkpoints.sign(now=NOON + 2 * MINUTE) is None, "nothing was added"
    shown = checkpoint.check(notes.read(second.note), log=checkpoints.log_key())
    assert (shown.checkpoint.size, shown.checkpoint.root.hex()) == (second.size, second.root)


def test_a_witness_vouches_for_each_checkpoint_and_its_signature_is_kept(line: Line) -> None:
    for minute in range(4):
        grow(minute)
        checkpoints.sign(now=NOON + minute * MINUTE)
        (row,) = checkpoints.ask_witnesses(now=NOON + minute * MINUTE, send=line)
        assert (row.seen_size, row.trouble) == (checkpoints.newest().size, "")
    for kept in Checkpoint.objects.all():
        assert notes.signed_by(notes.read(kept.note), line.outsider.key) is not None
    assert line.asked == 4 and not line.outsider.alarms()
    soon = NOON + 5 * MINUTE
    assert checkpoints.ask_witnesses(now=soon, send=line) == [], "it has seen the newest"
    assert len(checkpoints.ask_witnesses(now=NOON + DAY, send=line)) == 1, "and is asked again after a while"


@pytest.mark.parametrize("size", ["9" * 5000, "²", "-1", "9" * 60])
def test_a_witness_that_says_an_impossible_size_stops_neither_the_others_nor_the_house(
    line: Line, settings: Any, tmp_path: Path, size: str
) -> None:
    other = Outsider.make(tmp_path / "other", name="aside", seed=b"\x08" * 32)
    settings.WITNESSES = f"{other.key} http://127.0.0.1:2, {settings.WITNESSES}"
    checkpoints.sign(now=NOON)
    asked = checkpoints.ask_witnesses(
        now=NOON, send=lambda to, body: (409, f"{size}\n") if to.endswith(":2") else line(to, body)
    )
    assert [row.name for row in asked] == ["aside", "north"]
    assert asked[0].trouble and asked[0].seen_size == 0 and not asked[1].trouble


def test_a_receipt_of_a_duty_bears_the_signatures_of_the_ledger_and_of_the_witness(line: Line) -> None:
    duty = Duty.objects.filter(kind="pass_on").get()
    checkpoints.sign(now=NOON)
    checkpoints.ask_witnesses(now=NOON, send=line)
    hold.hold_duty(
        ref=duty.ref, officer=makers.seat(duty.service, "desk"), reason="the informant is being asked",
        until=NOON + DAY, now=NOON,
    )  # fmt: skip
    data = checkpoints.receipt_of(duty.ref)
    found = receipt.check(data, log=checkpoints.log_key(), witnesses=[line.outsider.key])
    assert [name for name, _ in found.shown.witnesses] == ["north"]
    assert found.lines[0]["kind"] == "DutyRaised" and found.lines[0]["facts"]["duty"] == duty.ref
    assert {entry["facts"].get("move") for entry in found.lines} != {"hold"}, "its last move is not covered yet"
    checkpoints.sign(now=NOON + MINUTE)
    later = receipt.check(checkpoints.receipt_of(duty.ref), log=checkpoints.log_key())
    assert found.lines == later.lines[: len(found.lines)]
    with pytest.raises(checkpoints.NoSuchDuty):
        checkpoints.receipt_of("duty-0000000000000000")


def test_exports_stop_after_a_day_without_a_witness_and_intake_does_not(line: Line) -> None:
    checkpoints.sign(now=NOON)
    checkpoints.ask_witnesses(now=NOON, send=line)
    line.cut = True
    for minute in (1, 20, 30):
        grow(minute)
        checkpoints.sign(now=NOON + minute * MINUTE)
        (row,) = checkpoints.ask_witnesses(now=NOON + minute * MINUTE, send=line)
        assert "does not answer" in row.trouble and not row.alarm
    checkpoints.refuse_unwitnessed(now=NOON + DAY)
    with pytest.raises(checkpoints.NoWitnessLately):
        checkpoints.refuse_unwitnessed(now=NOON + DAY + MINUTE)
    grow(60 * 24 + 2)
    line.cut = False
    checkpoints.ask_witnesses(now=NOON + DAY + 3 * MINUTE, send=line)
    checkpoints.refuse_unwitnessed(now=NOON + DAY + 4 * MINUTE)
    assert line.outsider.last(checkpoints.origin())[0].size == checkpoints.newest().size


def test_without_a_witness_in_the_settings_nothing_stops(line: Line, settings: Any) -> None:
    settings.WITNESSES = ""
    checkpoints.sign(now=NOON)
    checkpoints.refuse_unwitnessed(now=NOON + 90 * DAY)
    assert checkpoints.ask_witnesses(now=NOON, send=line) == [] and line.asked == 0


def test_a_house_that_was_set_back_hears_it_from_the_witness_and_oversight_is_told(line: Line) -> None:
    block: Any = transaction.atomic()
    block._from_testcase = True  # the verbs' own transactions are durable in all but name
    block.__enter__()
    grow(1)
    checkpoints.sign(now=NOON + MINUTE)
    assert checkpoints.ask_witnesses(now=NOON + MINUTE, send=line)[0].trouble == ""
    seen = checkpoints.newest().size
    transaction.set_rollback(True)  # an old backup: what came after it never was
    block.__exit__(None, None, None)
    assert ledger_lines.head()[0] < seen
    checkpoints.sign(now=NOON + 2 * MINUTE)
    (row,) = checkpoints.ask_witnesses(now=NOON + 2 * MINUTE, send=line)
    assert row.alarm and f"saw {seen} lines of this ledger" in row.trouble
    assert list(checkpoints.troubles()) == [(True, row.trouble)]
    assert Notice.objects.filter(kind="witness", service__kind="oversight").count() == 1
    checkpoints.ask_witnesses(now=NOON + 4 * MINUTE, send=line)
    assert Notice.objects.filter(kind="witness").count() == 1, "told once"
    for minute in range(5, 40):
        grow(minute)
    checkpoints.sign(now=NOON + 50 * MINUTE)
    (row,) = checkpoints.ask_witnesses(now=NOON + 50 * MINUTE, send=line)
    assert ledger_lines.head()[0] > seen, "it has grown past what the witness saw"
    assert row.alarm and "another history" in row.trouble
    assert {alarm["kind"] for alarm in line.outsider.alarms()} == {"rollback", "fork"}


def test_a_signature_of_somebody_else_is_no_vouching(line: Line, tmp_path: Path) -> None:
    other = Outsider.make(tmp_path / "other", name="north", seed=b"\x08" * 32)
    other.watch(checkpoints.log_key())
    checkpoints.sign(now=NOON)
    (row,) = checkpoints.ask_witnesses(now=NOON, send=Line(other))
    assert "no signature of its key" in row.trouble and row.vouched_at is None
    assert Witness.objects.get().seen_size == 0
    answer = line.outsider.consider(checkpoints.request(since=0), now=NOON)
    assert checkpoints.take_signature(line=answer.body, now=NOON).trouble == "", "by file it comes as well"
