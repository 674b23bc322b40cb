"""One row that cannot be worked on stops no other, and the heartbeat says that not all is well."""

from __future__ import annotations

from datetime import timedelta

import pytest

from passerelle.flow import decide, handover, receive, rules, work
from passerelle.flow.receive import ReportDraft
from passerelle.policy.tables import DATA_FOLDER
from passerelle.records.models import Delivery, Duty, Handover, Heartbeat, Interest, Report, Subject
from passerelle.testing import makers
from passerelle.testing.makers import NOON

pytestmark = pytest.mark.django_db

ONE = makers.person("p", "Lambert Vercruysse", birthDate=["1980-05-06"])
OTHER = makers.person("q", "Mireille Dardenne", birthDate=["1971-11-30"])
BROKEN = ["not", "a", "mapping"]


def _two_late_acknowledgements(exchange) -> tuple[Duty, Duty]:
    makers.dossier(exchange["midi"], ONE)
    for minutes, text in ((1, "Hij stal een fiets."), (2, "Hij stal er nog een.")):
        makers.report(exchange["noord"], text, ONE, now=NOON + timedelta(minutes=minutes))
    first, second = Duty.objects.filter(kind="acknowledge").order_by("id")
    return first, second


def test_a_duty_that_cannot_be_worked_on_does_not_stop_the_clocks_of_the_others(exchange) -> None:
    first, second = _two_late_acknowledgements(exchange)
    Duty.objects.filter(pk=first.pk).update(urgency="no such urgency")
    late = NOON + timedelta(days=10)
    turn = work.turn(now=late)
    second.refresh_from_db()
    assert second.level == 1, "the one behind it climbed"
    assert len(turn.failed) == 1 and turn.failed[0].startswith(first.ref) and not turn.more
    assert work.heartbeat_is_old(late), "as long as one clock is not watched, the heart does not beat"
    Duty.objects.filter(pk=first.pk).update(urgency="normal")
    assert not work.turn(now=late).failed
    first.refresh_from_db()
    assert first.level == 1 and not work.heartbeat_is_old(late), "it was kept, and tried again"


def test_more_broken_duties_than_a_turn_takes_do_not_hide_the_one_behind_them(exchange) -> None:
    first, second = _two_late_acknowledgements(exchange)
    Duty.objects.filter(pk=first.pk).update(urgency="no such urgency")
    work.turn(now=NOON + timedelta(days=10), limit=1)
    second.refresh_from_db()
    assert second.level == 1


def test_a_subject_that_cannot_be_compared_does_not_stop_the_others(exchange) -> None:
    makers.dossier(exchange["midi"], OTHER)
    for subject in (ONE, OTHER):
        receive.file_report(
            service=exchange["noord"], author=makers.seat(exchange["noord"], "officer"), now=NOON,
            draft=ReportDraft(text="Gezien.", language="nl", subjects=[subject]),
        )  # fmt: skip
    broken = makers.called("Lambert Vercruysse")
    broken.properties = BROKEN
    broken.save(update_fields=["properties"])
    at = NOON + timedelta(minutes=1)
    turn = work.turn(now=at, limit=1)
    assert Delivery.objects.count() == 1, "Mireille Dardenne was found behind the one that breaks"
    assert turn.failed[0].startswith(broken.ref) and not turn.more
    broken.refresh_from_db()
    assert broken.to_match_at is not None, "it still waits"
    broken.properties = ONE.properties
    broken.save(update_fields=["properties"])
    assert not work.turn(now=at).failed


def test_where_very_many_subjects_cannot_be_compared_whoever_works_until_all_is_done_ends(
    exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "FAILURES_MAX", 1)  # bent: a thousand broken rows take minutes
    for number in range(4):
        subject = makers.person("p", f"Persoon {number}")
        receive.file_report(
            service=exchange["noord"], author=makers.seat(exchange["noord"], "officer"), now=NOON,
            draft=ReportDraft(text="Gezien.", language="nl", subjects=[subject]),
        )  # fmt: skip
    for subject in Subject.objects.all():
        subject.properties = BROKEN
        subject.save(update_fields=["properties"])
    turn = work.turn(now=NOON, limit=1)
    assert len(turn.failed) == 2 and not turn.more, "the next turn would meet the same two"


def test_a_report_that_other_rules_cannot_be_asked_of_stops_no_clock_and_no_handover(exchange) -> None:
    _two_late_acknowledgements(exchange)
    desk = makers.seat(exchange["midi"], "desk")
    late = NOON + timedelta(days=10)
    handover.hand_over(officer=desk, note="Nothing special.", hours=8, now=late - timedelta(hours=4))
    shipped = (DATA_FOLDER / "who_may_tell_whom.yaml").read_text(encoding="utf-8")
    version = rules.propose(
        table="who_may_tell_whom", text=shipped.replace("at_once: whole", "at_once: pointer", 1),
        reason="the circular of October", officer=makers.officer(exchange["neutral"], "administrator"), now=late,
    )  # fmt: skip
    decide.review(
        ref=version.review.ref, officer=version.review.officer, uphold=True, reason="as the circular says", now=late
    )
    Interest.objects.update(purpose="no such purpose")
    turn = work.turn(now=late)
    broken = sorted(failure.partition(":")[0] for failure in turn.failed)
    assert broken == sorted(Report.objects.values_list("ref", flat=True)) and work.heartbeat_is_old(late)
    assert {duty.level for duty in Duty.objects.filter(kind="acknowledge")} == {1}
    assert Handover.objects.get().level == 1
    Interest.objects.update(purpose="investigation")
    assert not work.turn(now=late).failed and not work.heartbeat_is_old(late)


def test_a_heartbeat_from_the_future_is_no_sign_of_life(exchange) -> None:
    work.turn(now=NOON)
    assert not work.heartbeat_is_old(NOON)
    Heartbeat.objects.update(beat_at=NOON + timedelta(hours=3))
    assert work.heartbeat_is_old(NOON), "the clock went back, and no turn was left since"


def test_the_beat_depends_on_the_clock_alone_and_what_waits_is_known_one_beat_after_it_is_taken_up() -> None:
    for later in (0.0, 0.2, 1.0, 1.999):
        moment = NOON + timedelta(seconds=later)
        assert moment + timedelta(seconds=work.seconds_to_the_beat(moment, 2)) == NOON + timedelta(seconds=2)
        assert work.known_at(moment, 2) == NOON + timedelta(seconds=4), "the same for all that waits at one beat"


def test_an_idle_house_writes_its_heartbeat_no_oftener_than_it_must() -> None:
    work.turn(now=NOON)
    work.turn(now=NOON + timedelta(seconds=2))
    assert Heartbeat.objects.get(name="worker").beat_at == NOON
    work.turn(now=NOON + work.HEARTBEAT_EVERY)
    assert Heartbeat.objects.get(name="worker").beat_at == NOON + work.HEARTBEAT_EVERY
    work.turn(now=NOON - timedelta(days=1))
    assert not work.heartbeat_is_old(NOON - timedelta(days=1)), "a clock that was put back is no alarm"


def test_an_alarm_names_what_is_not_watched_and_none_sounds_when_all_is_well(exchange) -> None:
    assert [alarm.code for alarm in work.alarms(now=NOON)] == ["clocks_stand_still"]
    work.turn(now=NOON)
    assert work.alarms(now=NOON + timedelta(minutes=5)) == []
    late = work.alarms(now=NOON + timedelta(minutes=6))
    assert [alarm.code for alarm in late] == ["clocks_stand_still"] and "at 2 March 2026, 12:00." in str(late[0].says)
    makers.report(
        exchange["noord"], "Iets.", now=NOON, handling="sealed", handling_reason="a reason of some words",
        handling_review_on=NOON.date() + timedelta(days=9),
    )  # fmt: skip
    due = Duty.objects.get(kind="review").next_event_at
    Heartbeat.objects.update(beat_at=due + timedelta(minutes=11))
    missed = work.alarms(now=due + timedelta(minutes=11))
    assert [alarm.code for alarm in missed] == ["events_not_happened"]
