"""A mistaken share is taken back: out of sight at once, destroyed where it was read, and decided anew."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from passerelle.flow import acknowledge, consult, decide, recall, reconcile, work
from passerelle.flow.facts import NotAllowed, NotThere
from passerelle.flow.recall import RecalledAlready, RecallNeedsReason
from passerelle.records import visibility
from passerelle.records.models import Delivery, Duty, Match, Notice
from passerelle.testing import makers
from passerelle.testing.makers import NOON

pytestmark = pytest.mark.django_db

KNOWN = makers.person("p", "Ferdinand Oosterlynck", birthDate=["1971-05-03"])
LATER = NOON + timedelta(minutes=5)
WHY = "it went to the wrong service"


@pytest.fixture
def told(exchange: dict[str, Any]) -> Delivery:
    """A report of noord that reached federal whole."""
    makers.dossier(exchange["federal"], KNOWN)
    makers.report(exchange["noord"], "Ferdinand Oosterlynck.", KNOWN, territory="noord")
    return Delivery.objects.get()


def taken_back(exchange: dict[str, Any], delivery: Delivery, role: str = "desk") -> Delivery:
    return recall.recall(ref=delivery.ref, officer=makers.seat(exchange["noord"], role), reason=WHY, now=LATER)


def test_what_nobody_read_is_out_of_sight_at_once_and_nothing_is_asked_of_its_recipient(
    exchange: dict[str, Any], told: Delivery
) -> None:
    desk = makers.seat(exchange["federal"], "desk")
    assert taken_back(exchange, told).evidence == "recalled"
    assert not visibility.deliveries(desk).exists()
    with pytest.raises(NotThere):
        consult.read_delivery(ref=told.ref, officer=desk, now=LATER)
    owed = Duty.objects.get(kind="acknowledge")
    assert (owed.state, owed.outcome) == ("void", "recalled")
    assert not Duty.objects.filter(kind="correct").exists()
    assert "nobody had read it" in str(Notice.objects.get(kind="recalled").says)
    assert not Match.objects.filter(pk__in=visibility.matches(desk)).exists(), "nor by way of its match"


def test_what_was_read_is_to_be_destroyed_by_a_clock_and_its_sender_hears_it(
    exchange: dict[str, Any], told: Delivery
) -> None:
    desk = makers.seat(exchange["federal"], "desk")
    consult.read_delivery(ref=told.ref, officer=desk, now=NOON)
    taken_back(exchange, told)
    assert not visibility.deliveries(desk).exists()
    owed = Duty.objects.get(kind="correct")
    assert owed.live and owed.holder == exchange["federal"] and owed.due_at == LATER + timedelta(hours=24)
    assert "correct" in consult.read_duty(ref=owed.ref, officer=desk, now=LATER).acts
    for stranger in (makers.seat(exchange["midi"], "desk"), makers.seat(exchange["noord"], "desk")):
        with pytest.raises((NotThere, NotAllowed)):
            recall.confirm_destroyed(ref=owed.ref, officer=stranger, now=LATER)
    work.work_until_done(now=LATER + timedelta(hours=25))
    owed.refresh_from_db()
    assert owed.level == 1, "silence climbs"
    supervisor = makers.seat(exchange["federal"], "supervisor")
    recall.confirm_destroyed(ref=owed.ref, officer=supervisor, note="paper too", now=LATER + timedelta(hours=26))
    owed.refresh_from_db()
    assert (owed.state, owed.outcome) == ("done", "destroyed")
    assert "destroyed by Federal" in str(Notice.objects.get(kind="destroyed").says).replace("{service}", "Federal")


def test_what_is_still_owed_is_decided_anew_and_travels_by_no_silence(
    exchange: dict[str, Any], told: Delivery
) -> None:
    taken_back(exchange, told)
    again = Duty.objects.get(kind="pass_on", ended_at__isnull=True)
    assert again.holder == exchange["noord"] and str(again.because).count("recalled") == 1
    found = reconcile.reconcile(now=LATER)
    assert found.balances and (found.owed, found.sent, found.live) == (1, 0, 1)
    makers.dossier(exchange["federal"], KNOWN, title="Another", now=LATER)
    for day in (1, 8, 15):
        work.work_until_done(now=LATER + timedelta(days=day))
    assert Delivery.objects.count() == 1, "neither silence nor another match sends it again"
    desk = makers.seat(exchange["noord"], "desk")
    decide.pass_on(ref=again.ref, officer=desk, now=LATER + timedelta(days=15))
    assert list(Delivery.objects.order_by("id").values_list("evidence", flat=True)) == ["recalled", "delivered"]
    assert reconcile.reconcile(now=LATER + timedelta(days=15)).balances


def test_a_recall_takes_a_reason_and_somebody_of_the_desk_that_sent_it_and_happens_once(
    exchange: dict[str, Any], told: Delivery
) -> None:
    for key, role, refusal in (
        ("noord", "officer", NotAllowed), ("federal", "desk", NotAllowed), ("federal", "head", NotAllowed),
        ("midi", "desk", NotThere), ("oversight", "oversight", NotAllowed),
    ):  # fmt: skip
        with pytest.raises(refusal):
            recall.recall(ref=told.ref, officer=makers.seat(exchange[key], role), reason=WHY, now=LATER)
    desk = makers.seat(exchange["noord"], "desk")
    with pytest.raises(RecallNeedsReason):
        recall.recall(ref=told.ref, officer=desk, reason="oops", now=LATER)
    assert Delivery.objects.get().evidence == "delivered"
    taken_back(exchange, told, "supervisor")
    with pytest.raises(RecalledAlready, match="recalled already"):
        taken_back(exchange, told)


def test_what_was_acknowledged_is_recalled_too_and_both_sides_see_what_is_theirs(
    exchange: dict[str, Any], told: Delivery
) -> None:
    desk = makers.seat(exchange["federal"], "desk")
    consult.read_delivery(ref=told.ref, officer=desk, now=NOON)
    duty = Duty.objects.get(kind="acknowledge")
    acknowledge.acknowledge_duty(ref=duty.ref, officer=desk, outcome="acted_upon", now=NOON)
    taken_back(exchange, told)
    duty.refresh_from_db()
    assert duty.state == "done", "what ended stays as it ended"
    assert Duty.objects.get(kind="correct").live
    author = makers.seat(exchange["noord"], "officer")
    view = consult.read_delivery(ref=told.ref, officer=author, now=LATER)
    assert view.delivery.recall_reason == WHY


def test_before_passing_on_by_hand_the_desk_is_told_what_is_unusual_about_the_recipient(
    exchange: dict[str, Any],
) -> None:
    makers.dossier(exchange["midi"], KNOWN)
    asked = {
        "handling": "consent", "handling_reason": "the source could be recognised",
        "handling_review_on": (NOON + timedelta(days=30)).date(),
    }  # fmt: skip
    makers.report(exchange["noord"], "Ferdinand Oosterlynck.", KNOWN, **asked)
    first, desk = Duty.objects.get(kind="pass_on"), makers.seat(exchange["noord"], "desk")
    said = " ".join(map(str, consult.read_duty(ref=first.ref, officer=desk, now=LATER).warnings))
    assert "never passed anything on to Midi" in said and "does not work in the language" in said
    assert not consult.read_duty(ref=first.ref, officer=makers.seat(exchange["noord"], "officer"), now=LATER).warnings
    decide.pass_on(ref=first.ref, officer=desk, now=LATER)
    makers.report(exchange["noord"], "Nog eens Ferdinand Oosterlynck.", KNOWN, now=LATER, **asked)
    second = Duty.objects.get(kind="pass_on", ended_at__isnull=True)
    said = " ".join(map(str, consult.read_duty(ref=second.ref, officer=desk, now=LATER).warnings))
    assert "never" not in said and "does not work in the language" in said


def test_of_a_discreet_recipient_no_warning_tells_who_it_is(exchange: dict[str, Any]) -> None:
    makers.dossier(exchange["midi"], KNOWN, discreet=True)
    makers.report(
        exchange["noord"], "Ferdinand Oosterlynck.", KNOWN, handling="consent",
        handling_reason="the source could be recognised", handling_review_on=(NOON + timedelta(days=30)).date(),
    )  # fmt: skip
    duty = Duty.objects.get(kind="pass_on")
    assert duty.discreet
    assert not consult.read_duty(ref=duty.ref, officer=makers.seat(exchange["noord"], "desk"), now=LATER).warnings
