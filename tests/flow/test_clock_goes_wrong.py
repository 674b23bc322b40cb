"""Whatever the clock on the wall does, effective time goes on: nothing is postponed by more than a jump back."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from passerelle.flow import clock, defer, handover, ledger_lines, seats, work
from passerelle.ledger import export, verify
from passerelle.records.models import Duty
from passerelle.testing import makers

pytestmark = pytest.mark.django_db

NOON = makers.NOON
YEAR = timedelta(days=365)
STRICT = {"handling_reason": "the source could be recognised", "handling_review_on": (NOON + timedelta(days=30)).date()}


def _owed(exchange, now=NOON) -> Duty:
    person = makers.person("p", "Lambert Vercruysse", birthDate=["1980-05-06"])
    makers.dossier(exchange["midi"], person, now=now, until=(now + 9 * YEAR).date())
    makers.report(exchange["noord"], "Gezien.", person, handling="consent", now=now, **STRICT)
    return Duty.objects.get(kind="pass_on")


def _kinds() -> list[str]:
    return [json.loads(entry)["kind"] for entry in ledger_lines.entries()]


def test_after_a_jump_forward_and_back_the_clocks_still_run(exchange) -> None:
    duty = _owed(exchange)
    work.work_until_done(now=NOON + YEAR)
    duty.refresh_from_db()
    assert duty.level == 1, "a jump forward skips no rung"
    work.work_until_done(now=NOON + timedelta(hours=1))
    assert _kinds()[-1] == "ClockWentBack"
    for days in (1.1, 2.2, 3.3):
        work.work_until_done(now=NOON + timedelta(days=days))
    duty.refresh_from_db()
    assert duty.level == 4, "each rung had its day by the wall, and no more"


def test_what_is_raised_after_a_jump_back_falls_due_when_its_time_has_passed_by_the_wall(exchange) -> None:
    makers.report(exchange["noord"], "Iets.", now=NOON + YEAR)
    back = NOON + timedelta(hours=1)
    duty = _owed(exchange, now=back)
    allowed = duty.due_at - duty.raised_at
    work.work_until_done(now=back + allowed - timedelta(hours=1))
    duty.refresh_from_db()
    assert duty.level == 0
    work.work_until_done(now=back + allowed)
    duty.refresh_from_db()
    assert duty.level == 1


def test_time_never_runs_backwards_and_catches_up_with_the_wall(exchange) -> None:
    told = []
    for hours in (0, 5, 2, 3, 4, 1, 2, 12, 13):
        work.turn(now=NOON + timedelta(hours=hours))
        told.append(ledger_lines.effective(NOON + timedelta(hours=hours)))
    assert told == sorted(told)
    assert told[-1] == NOON + timedelta(hours=13), "once the wall has caught up it counts again"
    assert told[3] - told[2] == timedelta(hours=1), "it does not stand still meanwhile"


def test_a_signed_deferral_ends_by_effective_time_too(exchange) -> None:
    until = NOON + timedelta(days=5)
    head = makers.seat(exchange["noord"], "head")
    overload = defer.sign_overload(
        officer=head, kind="pass_on", reason="three of four are ill this week", until=until, now=NOON
    )
    desk = makers.seat(exchange["midi"], "desk")
    handover.hand_over(officer=desk, note="Nothing special.", hours=8, now=until + timedelta(days=1))
    work.turn(now=NOON + timedelta(days=1))
    overload.refresh_from_db()
    assert overload.ended_at is not None


def test_two_machines_whose_clocks_differ_a_little_do_not_drive_time_on(exchange) -> None:
    for minute in range(20):
        makers.report(exchange["noord"], "Iets.", now=NOON + timedelta(minutes=minute, seconds=100 * (minute % 2)))
    assert ledger_lines.effective(NOON + timedelta(minutes=30)) == NOON + timedelta(minutes=30)
    assert "ClockWentBack" not in _kinds()


def test_two_machines_an_hour_apart_follow_the_faster_and_drive_it_no_further(exchange) -> None:
    for minute in range(20):
        makers.report(exchange["noord"], "Iets.", now=NOON + timedelta(minutes=minute, hours=minute % 2))
    latest = NOON + timedelta(minutes=19, hours=1)
    assert ledger_lines.effective(latest) - latest < timedelta(minutes=2)


def test_a_false_jump_is_acknowledged_and_what_was_set_in_it_comes_back(exchange, tmp_path) -> None:
    before = _owed(exchange)
    due = before.due_at
    work.work_until_done(now=NOON + YEAR)
    back = NOON + timedelta(hours=1)
    person = makers.person("q", "Mireille Dardenne", birthDate=["1971-11-30"])
    makers.dossier(exchange["midi"], person, now=back, until=(NOON + 9 * YEAR).date())
    makers.report(exchange["noord"], "Ook gezien.", person, handling="consent", now=back, **STRICT)
    false = Duty.objects.exclude(pk=before.pk).get(kind="pass_on")
    assert false.due_at - back > YEAR

    ahead, moved = clock.set_right(cause="time_server", now=back + timedelta(minutes=10))
    assert timedelta(days=364) < ahead < YEAR
    assert moved >= 2
    before.refresh_from_db()
    false.refresh_from_db()
    assert before.due_at == due and before.next_event_at <= back + timedelta(days=1, minutes=10)
    assert back < false.due_at < back + timedelta(days=8)
    assert ledger_lines.effective(back + timedelta(minutes=11)) == back + timedelta(minutes=11)
    work.work_until_done(now=back + timedelta(days=9))
    false.refresh_from_db()
    assert false.level == 1

    exported = tmp_path / "ledger.jsonl"
    export.write(exported, ledger_lines.entries(), installation="here", exported_at=NOON)
    assert verify.verify(exported).holds, "after the line that says so, time may stand earlier by what it says"


def test_whose_absence_seemed_over_in_a_false_jump_holds_nothing_when_it_is_taken_back(exchange) -> None:
    duty = _owed(exchange)
    away = makers.seat(exchange["noord"], "supervisor")
    seats.go_away(officer=away, until=NOON + timedelta(days=30), by=None, now=NOON)
    work.work_until_done(now=NOON + YEAR)
    duty.refresh_from_db()
    assert duty.officer == away, "by the false time they were back"
    back = NOON + timedelta(hours=1)
    work.work_until_done(now=back)
    clock.set_right(cause="battery", now=back + timedelta(minutes=10))
    duty.refresh_from_db()
    assert duty.officer != away and duty.holder is not None and duty.level >= 1, "nobody holds it who is not there"
    assert duty.due_at is not None and duty.next_event_at is not None


def test_without_a_false_jump_there_is_nothing_to_acknowledge(exchange) -> None:
    with pytest.raises(clock.NoFalseJump):
        clock.set_right(cause="typed", now=NOON + timedelta(days=1))
    assert clock.look(now=NOON + timedelta(days=1)).ahead == timedelta()
