"""A shift hands over: a signed note with an end and a clock, taken over by a colleague, or told one rung up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from passerelle.flow import close, handover, seats, work
from passerelle.flow.facts import NotThere
from passerelle.policy.desk import NOTE_HOURS, TAKEN_WITHIN, TOLD_AGAIN
from passerelle.records.models import Handover, Notice, Officer, Reading
from passerelle.testing import makers
from passerelle.testing.makers import NOON
from passerelle.words import Sentence

pytestmark = pytest.mark.django_db

NOTE = "The informant calls at six; ask for the second plate."


@pytest.fixture
def signed(exchange: dict[str, Any]) -> Handover:
    """A handover of the clerk of noord, for twelve hours."""
    return handover.hand_over(officer=makers.seat(exchange["noord"], "desk"), note=NOTE, hours=12, now=NOON)


@pytest.fixture
def colleague(exchange: dict[str, Any]) -> Officer:
    return makers.officer(exchange["noord"], "desk")


def told(officer: Officer) -> list[str]:
    return [str(Sentence.from_json(row.says)) for row in Notice.objects.filter(officer=officer).order_by("id")]


def unread(officer: Officer) -> list[str]:
    rows = Notice.objects.filter(officer=officer, seen_at__isnull=True).order_by("id")
    return [str(Sentence.from_json(row.says)) for row in rows]


def test_who_was_told_that_nobody_took_it_over_is_rid_of_that_when_somebody_does(
    exchange: dict[str, Any], signed: Handover, colleague: Officer
) -> None:
    supervisor = makers.seat(exchange["noord"], "supervisor")
    work.work_until_done(now=NOON + TAKEN_WITHIN)
    assert len(unread(supervisor)) == 1
    handover.take_over(ref=signed.ref, officer=colleague, now=NOON + TAKEN_WITHIN + timedelta(minutes=5))
    assert not unread(supervisor)


def test_a_colleague_takes_it_over_and_who_signed_hears_it(signed: Handover, colleague: Officer) -> None:
    assert signed.next_event_at == NOON + TAKEN_WITHIN
    taken = handover.take_over(ref=signed.ref, officer=colleague, now=NOON + timedelta(minutes=5))
    assert taken.next_event_at is None and taken.taken_by == colleague
    assert told(signed.signed_by) == [f"{colleague.name} took your shift over."]
    work.work_until_done(now=NOON + timedelta(hours=5))
    assert Handover.objects.get().level == 0, "nobody above is told of it"
    with pytest.raises(handover.HandoverTaken, match="taken over already"):
        handover.take_over(ref=signed.ref, officer=colleague, now=NOON + timedelta(hours=1))


def test_nobody_takes_over_their_own_shift_nor_that_of_another_desk(exchange: dict[str, Any], signed: Handover) -> None:
    with pytest.raises(handover.HandoverTaken, match="signed this handover yourself"):
        handover.take_over(ref=signed.ref, officer=signed.signed_by, now=NOON)
    for stranger in (makers.seat(exchange["midi"], "desk"), makers.seat(exchange["noord"], "officer")):
        with pytest.raises(NotThere):
            handover.take_over(ref=signed.ref, officer=stranger, now=NOON)


def test_what_nobody_takes_over_climbs_to_the_supervisor_then_the_head_until_its_note_ends(
    exchange: dict[str, Any], signed: Handover
) -> None:
    supervisor, head = (makers.seat(exchange["noord"], role) for role in ("supervisor", "head"))
    work.work_until_done(now=NOON + TAKEN_WITHIN)
    assert len(told(supervisor)) == 1 and not told(head)
    work.work_until_done(now=NOON + 2 * TAKEN_WITHIN)
    assert "Nobody has taken over the shift of" in told(head)[0]
    last = Handover.objects.get()
    assert last.next_event_at == NOON + 2 * TAKEN_WITHIN + TOLD_AGAIN
    work.work_until_done(now=last.next_event_at)
    assert "its note has ended" in told(head)[1]
    assert unread(head) == [told(head)[1]] and not unread(supervisor), "what is no longer so leaves the lists"
    assert Handover.objects.get().next_event_at is None


def test_the_last_shift_of_a_service_that_closes_is_taken_over_by_its_successor(
    exchange: dict[str, Any], signed: Handover
) -> None:
    zuid = makers.service("zuid", languages=("nl",))
    there, above = makers.officer(zuid, "desk"), makers.officer(zuid, "supervisor")
    closed = NOON + timedelta(hours=1)
    close.close_service(service=exchange["noord"], successor=zuid, now=closed)
    work.work_until_done(now=closed + TAKEN_WITHIN)
    assert told(above) == [f"Nobody has taken over the shift of {signed.signed_by.name} yet."]
    (read,) = handover.read_handovers(officer=there, now=closed + TAKEN_WITHIN)
    assert read.note == NOTE
    assert handover.take_over(ref=signed.ref, officer=there, now=closed + TAKEN_WITHIN).next_event_at is None


def test_where_no_supervisor_sits_the_head_is_told_at_once_and_without_either_the_desk(
    exchange: dict[str, Any], signed: Handover
) -> None:
    seats.close_seat(officer=makers.seat(exchange["noord"], "supervisor"), now=NOON)
    work.work_until_done(now=NOON + TAKEN_WITHIN)
    head = makers.seat(exchange["noord"], "head")
    assert len(told(head)) == 1
    seats.close_seat(officer=head, now=NOON + TAKEN_WITHIN)
    work.work_until_done(now=NOON + 2 * TAKEN_WITHIN)
    assert Notice.objects.filter(kind="handover", officer__isnull=True, service=exchange["noord"]).count() == 1


def test_each_reading_of_a_note_is_written_down_but_that_of_its_own_author(
    exchange: dict[str, Any], signed: Handover, colleague: Officer
) -> None:
    assert [row.note for row in handover.read_handovers(officer=colleague, now=NOON)] == [NOTE]
    handover.read_handovers(officer=signed.signed_by, now=NOON)
    assert list(Reading.objects.values_list("officer", "thing", "purpose")) == [
        (colleague.pk, signed.ref, "handing_over")
    ]
    assert handover.read_handovers(officer=makers.seat(exchange["midi"], "desk"), now=NOON) == []
    assert handover.read_handovers(officer=colleague, now=signed.until) == [], "a note has an end"
    with pytest.raises(NotThere):
        handover.read_handovers(officer=makers.seat(exchange["noord"], "officer"), now=NOON)


def test_a_handover_says_something_and_counts_for_hours_of_the_table(exchange: dict[str, Any]) -> None:
    desk = makers.seat(exchange["noord"], "desk")
    for note, hours in (("  ", NOTE_HOURS[0]), ("x" * 5000, NOTE_HOURS[0]), (NOTE, 5)):
        with pytest.raises(handover.HandoverIncomplete):
            handover.hand_over(officer=desk, note=note, hours=hours, now=NOON)
    assert not Handover.objects.exists()


def test_how_much_stood_open_and_late_is_signed_with_it(exchange: dict[str, Any]) -> None:
    makers.dossier(exchange["midi"], makers.person("d", "Lambert Vercruysse"))
    makers.report(exchange["noord"], "Hij was er.", makers.person("p", "Lambert Verkruisse"))
    desk = makers.seat(exchange["midi"], "desk")
    early = handover.hand_over(officer=desk, note="nothing special", hours=4, now=NOON + timedelta(hours=1))
    late = handover.hand_over(officer=desk, note="nothing special", hours=4, now=NOON + timedelta(hours=13))
    assert (early.open_count, early.late_count) == (1, 0)
    assert (late.open_count, late.late_count) == (1, 1)
