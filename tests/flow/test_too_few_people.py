"""Too few people is said out loud: signed by the head, seen by whoever waits, reviewed by oversight, and it ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from passerelle.flow import decide, defer, work
from passerelle.flow.facts import NotAllowed, NotThere
from passerelle.records.models import Duty, Notice, Overload
from passerelle.testing import makers
from passerelle.testing.makers import NOON, seat

pytestmark = pytest.mark.django_db

STRICT = {"handling_reason": "the source could be recognised", "handling_review_on": (NOON + timedelta(days=30)).date()}
THIEF = makers.person("p", "Lambert Vercruysse", birthDate=["1980-05-06"])
LATER = NOON + timedelta(hours=1)
WHY = "four of seven are ill until then"


def _owed(exchange, text: str = "Gezien.", now=NOON, **more) -> Duty:
    if not Duty.objects.exists():
        makers.dossier(exchange["midi"], THIEF)
    filed = makers.report(exchange["noord"], text, THIEF, handling="consent", now=now, **STRICT, **more)
    return Duty.objects.get(kind="pass_on", report=filed)


def test_a_head_signs_that_one_duty_is_deferred_and_it_expires_into_the_duty(exchange) -> None:
    duty, until = _owed(exchange), LATER + timedelta(days=9)
    due = duty.due_at
    deferred = defer.defer_duty(
        ref=duty.ref, officer=seat(exchange["noord"], "head"), reason=WHY, until=until, now=LATER
    )
    assert (deferred.state, deferred.next_event, deferred.next_event_at, deferred.due_at) == (
        "deferred", "resume", until, due
    )  # fmt: skip
    assert Notice.objects.filter(service=exchange["midi"], kind="held").exists(), "whoever waits is told"
    work.work_until_done(now=until)
    duty.refresh_from_db()
    assert (duty.state, duty.level) == ("open", 0)
    work.work_until_done(now=until + timedelta(minutes=1))
    duty.refresh_from_db()
    assert duty.level == 1, "past its time, it climbs with the next sweep"


@pytest.mark.parametrize("role", ["officer", "desk", "supervisor"])
def test_nobody_but_the_head_signs_that_there_are_too_few_people(exchange, role: str) -> None:
    duty, until = _owed(exchange), LATER + timedelta(days=3)
    officer = seat(exchange["noord"], role)
    with pytest.raises((NotAllowed, NotThere)):
        defer.defer_duty(ref=duty.ref, officer=officer, reason=WHY, until=until, now=LATER)
    with pytest.raises(NotAllowed):
        defer.sign_overload(officer=officer, kind="pass_on", reason=WHY, until=until, now=LATER)
    assert not Overload.objects.exists() and Duty.objects.get(pk=duty.pk).state == "open"


def test_danger_to_life_and_what_is_late_and_a_review_are_never_deferred(exchange) -> None:
    head, until = seat(exchange["noord"], "head"), LATER + timedelta(days=3)
    danger = _owed(exchange, "Zij heeft een doodsbedreiging gekregen.")
    assert danger.urgency == "danger"
    for duty in (danger, _owed(exchange, "Ook gezien.")):
        at = LATER if duty == danger else duty.due_at
        with pytest.raises(defer.DeferralIncomplete):
            defer.defer_duty(ref=duty.ref, officer=head, reason=WHY, until=at + timedelta(days=2), now=at)
    for kind in ("review", "correct", "everything"):
        with pytest.raises(defer.DeferralIncomplete):
            defer.sign_overload(officer=head, kind=kind, reason=WHY, until=until, now=LATER)
    for reason, end in (("too few", until), (WHY, LATER), (WHY, LATER + timedelta(days=29))):
        with pytest.raises(defer.DeferralIncomplete):
            defer.sign_overload(officer=head, kind="pass_on", reason=reason, until=end, now=LATER)


def test_an_overload_defers_what_is_there_and_what_comes_and_nothing_else(exchange) -> None:
    before, until = _owed(exchange), LATER + timedelta(days=5)
    overload = defer.sign_overload(
        officer=seat(exchange["noord"], "head"), kind="pass_on", reason=WHY, until=until, now=LATER
    )
    with pytest.raises(defer.OverloadedAlready):
        defer.sign_overload(officer=seat(exchange["noord"], "head"), kind="pass_on", reason=WHY, until=until, now=LATER)
    after = _owed(exchange, "Nog eens gezien.", now=LATER + timedelta(hours=1))
    danger = _owed(exchange, "Hij dreigt haar te vermoorden.", now=LATER + timedelta(hours=2))
    before.refresh_from_db()
    assert (before.state, after.state, danger.state) == ("deferred", "deferred", "open")
    assert after.next_event_at == until and overload.review.officer == seat(exchange["oversight"], "oversight")
    work.work_until_done(now=until)
    before.refresh_from_db()
    overload.refresh_from_db()
    assert before.state == "open" and overload.ended_at == until
    last = _owed(exchange, "Toch gezien.", now=until + timedelta(hours=1))
    assert last.state == "open", "an overload that is over defers nothing"


def test_oversight_reviews_an_overload_and_what_it_overturns_is_open_again(exchange) -> None:
    duty = _owed(exchange)
    head = seat(exchange["noord"], "head")
    overload = defer.sign_overload(officer=head, kind="pass_on", reason=WHY, until=LATER + timedelta(days=5), now=LATER)
    for officer in (head, seat(exchange["noord"], "supervisor"), seat(exchange["neutral"], "desk")):
        with pytest.raises((NotAllowed, NotThere)):
            decide.review(ref=overload.review.ref, officer=officer, uphold=True, reason="we are really few", now=LATER)
    watcher = seat(exchange["oversight"], "oversight")
    decide.review(ref=overload.review.ref, officer=watcher, uphold=False, reason="others could be borrowed", now=LATER)
    duty.refresh_from_db()
    overload.refresh_from_db()
    assert (duty.state, duty.next_event_at, overload.outcome) == ("open", duty.due_at, "overturned")
    assert overload.ended_at == LATER and Notice.objects.filter(officer=head, kind="reviewed").exists()


@pytest.mark.parametrize("uphold", [True, False])
def test_an_overload_whose_day_came_before_its_review_stays_ended_whatever_is_said_of_it(exchange, uphold) -> None:
    head, day = seat(exchange["noord"], "head"), LATER + timedelta(days=2)
    overload = defer.sign_overload(officer=head, kind="pass_on", reason=WHY, until=day, now=LATER)
    work.work_until_done(now=day + timedelta(hours=1))
    overload.refresh_from_db()
    ended = overload.ended_at
    assert ended is not None and not overload.outcome
    reviewer = seat(overload.review.holder, "oversight")
    decide.review(ref=overload.review.ref, officer=reviewer, uphold=uphold, reason=WHY, now=day + timedelta(days=1))
    overload.refresh_from_db()
    assert overload.outcome == ("upheld" if uphold else "overturned") and overload.ended_at == ended


def test_an_overload_that_nobody_reviews_is_told_to_oversight_every_day(exchange) -> None:
    overload = defer.sign_overload(
        officer=seat(exchange["noord"], "head"), kind="judge", reason=WHY, until=LATER + timedelta(days=20), now=LATER
    )
    due = overload.review.due_at
    for days in range(3):
        work.work_until_done(now=due + timedelta(days=days))
    assert Notice.objects.filter(duty=overload.review, kind="late").count() == 3
