"""A duty is held by somebody who can act, never by the one whose decision it looks at; its rung never falls."""

from __future__ import annotations

from datetime import timedelta

import pytest

from passerelle.flow import consult, decide, hold, receive, seats, work
from passerelle.flow.facts import NotAllowed, NotThere
from passerelle.flow.receive import ReportDraft
from passerelle.records.models import Duty, Notice, Report
from passerelle.testing import makers
from passerelle.testing.makers import NOON

pytestmark = pytest.mark.django_db

THIEF = makers.person("p", "Lambert Vercruysse", birthDate=["1980-05-06"])
WHY = "the informant would be in danger"


def _report(exchange, handling: str = "consent") -> Report:
    makers.dossier(exchange["midi"], THIEF)
    return makers.report(
        exchange["noord"], "Lambert Vercruysse stal een fiets.", THIEF, handling=handling,
        handling_reason="the source could be recognised", handling_review_on=(NOON + timedelta(days=30)).date(),
    )  # fmt: skip


def _pass_on(exchange, handling: str = "consent") -> Duty:
    return Duty.objects.get(kind="pass_on", report=_report(exchange, handling))


def _withheld_by(exchange, role: str) -> tuple[Duty, Duty]:
    duty = _pass_on(exchange)
    decide.withhold(
        ref=duty.ref, officer=makers.seat(exchange["noord"], role), ground="g", reason=WHY,
        now=NOON + timedelta(hours=1),
    )  # fmt: skip
    duty.refresh_from_db()
    return duty, Duty.objects.get(kind="review", about=duty)


def _same_holder_and_clock(duty: Duty, review: Duty) -> None:
    for row in (duty, review):
        row.refresh_from_db()
    assert (duty.holder, duty.officer, duty.due_at, duty.next_event_at) == (
        review.holder, review.officer, review.due_at, review.next_event_at,
    )  # fmt: skip


def test_when_the_reviewer_leaves_the_review_does_not_come_to_the_one_who_decided(exchange) -> None:
    duty, review = _withheld_by(exchange, "head")
    supervisor = makers.seat(exchange["noord"], "supervisor")
    assert review.officer == supervisor
    seats.go_away(officer=supervisor, until=NOON + timedelta(days=9), by=supervisor, now=NOON + timedelta(hours=2))
    review.refresh_from_db()
    assert review.holder == exchange["neutral"] and review.officer is None, "the head decided: the next rung holds it"
    _same_holder_and_clock(duty, review)


def test_a_review_on_hold_gives_what_it_reviews_its_clock_and_takes_it_back(exchange) -> None:
    duty, review = _withheld_by(exchange, "desk")
    supervisor = makers.seat(exchange["noord"], "supervisor")
    until = NOON + timedelta(days=2)
    hold.hold_duty(
        ref=review.ref, officer=supervisor, reason="the informant is being asked", until=until,
        now=NOON + timedelta(hours=2),
    )  # fmt: skip
    _same_holder_and_clock(duty, review)
    assert duty.next_event_at == until
    work.turn(now=until)
    _same_holder_and_clock(duty, review)
    assert review.state == "open" and duty.state == "withheld"


def test_a_review_is_not_given_to_the_one_who_decided_nor_to_who_cannot_review(exchange) -> None:
    duty, review = _withheld_by(exchange, "desk")
    supervisor, now = makers.seat(exchange["noord"], "supervisor"), NOON + timedelta(hours=2)
    for role in ("desk", "officer"):
        with pytest.raises(hold.HoldIncomplete, match="cannot hold this duty now"):
            hold.assign(ref=review.ref, officer=supervisor, to=makers.seat(exchange["noord"], role), now=now)
    head = makers.seat(exchange["noord"], "head")
    hold.assign(ref=duty.ref, officer=supervisor, to=head, now=now)
    review.refresh_from_db()
    assert review.officer == head, "who is given a withheld duty is given its review"
    _same_holder_and_clock(duty, review)
    assert Notice.objects.filter(officer=head, kind="asked", duty=review).exists()


def test_who_is_away_and_when_a_hold_ends_is_read_off_the_ledgers_time(exchange) -> None:
    duty = _pass_on(exchange)
    supervisor, desk = makers.seat(exchange["noord"], "supervisor"), makers.seat(exchange["noord"], "desk")
    seats.go_away(officer=desk, until=NOON + timedelta(days=1), by=desk, now=NOON)
    with pytest.raises(hold.HoldIncomplete, match="cannot hold this duty now"):
        hold.assign(ref=duty.ref, officer=supervisor, to=desk, now=NOON + timedelta(hours=1))
    makers.dossier(exchange["stad"], now=NOON + timedelta(days=2))  # the ledger's last line
    hold.assign(ref=duty.ref, officer=supervisor, to=desk, now=NOON + timedelta(hours=1))
    duty.refresh_from_db()
    assert duty.officer == desk, "by the ledger's time they are back"
    with pytest.raises(hold.HoldIncomplete, match="ends within"):
        hold.hold_duty(
            ref=duty.ref, officer=supervisor, reason="the informant is being asked",
            until=NOON + timedelta(days=1), now=NOON + timedelta(hours=1),
        )  # fmt: skip


def test_what_climbed_to_oversight_does_not_fall_when_oversight_is_away(exchange) -> None:
    duty = _pass_on(exchange, "sealed")
    for day in range(1, 60):
        work.work_until_done(now=NOON + timedelta(days=day))
    duty.refresh_from_db()
    assert duty.level == 4
    overseer = duty.officer
    seats.go_away(officer=overseer, until=NOON + timedelta(days=90), by=overseer, now=NOON + timedelta(days=60))
    duty.refresh_from_db()
    assert (duty.level, duty.holder, duty.officer) == (4, exchange["neutral"], None)
    work.work_until_done(now=NOON + timedelta(days=62))
    seats.go_away(officer=overseer, until=None, by=overseer, now=NOON + timedelta(days=62))
    work.work_until_done(now=NOON + timedelta(days=64))
    duty.refresh_from_db()
    assert (duty.level, duty.officer) == (4, overseer)


def test_withholding_late_does_not_bring_the_duty_down_the_ladder(exchange) -> None:
    duty = _pass_on(exchange)
    for day in range(1, 60):
        work.work_until_done(now=NOON + timedelta(days=day))
    duty.refresh_from_db()
    assert duty.level == 4
    decide.withhold(
        ref=duty.ref, officer=makers.seat(exchange["noord"], "desk"), ground="g", reason=WHY,
        now=NOON + timedelta(days=60),
    )  # fmt: skip
    duty.refresh_from_db()
    review = Duty.objects.get(kind="review", about=duty)
    assert (duty.level, review.level, review.holder) == (4, 3, exchange["neutral"])


def test_a_deputy_who_could_not_act_does_not_stand_in(exchange) -> None:
    supervisor, officer = makers.seat(exchange["noord"], "supervisor"), makers.seat(exchange["noord"], "officer")
    seats.name_deputy(officer=supervisor, deputy=makers.seat(exchange["noord"], "desk"), by=supervisor, now=NOON)
    with pytest.raises(seats.CannotStandIn):
        seats.name_deputy(officer=supervisor, deputy=officer, by=supervisor, now=NOON)
    seats.change_role(officer=makers.seat(exchange["noord"], "desk"), role="officer", now=NOON)
    makers.officer(exchange["noord"], "desk")
    seats.go_away(officer=supervisor, until=NOON + timedelta(days=9), by=supervisor, now=NOON)
    _, review = _withheld_by(exchange, "desk")
    assert review.officer == makers.seat(exchange["noord"], "head"), "an officer without a desk cannot review"


def test_who_comes_to_hold_a_duty_because_another_left_is_told(exchange) -> None:
    duty, review = _withheld_by(exchange, "desk")
    supervisor = makers.seat(exchange["noord"], "supervisor")
    seats.go_away(officer=supervisor, until=NOON + timedelta(days=9), by=supervisor, now=NOON + timedelta(hours=2))
    head = makers.seat(exchange["noord"], "head")
    assert Notice.objects.filter(officer=head, kind="asked", duty=review).count() == 1
    _same_holder_and_clock(duty, review)


def test_nobody_sends_another_away_but_who_leads_them(exchange) -> None:
    noord = exchange["noord"]
    desk, until = makers.seat(noord, "desk"), NOON + timedelta(days=1)
    for by in (makers.seat(noord, "officer"), makers.seat(exchange["midi"], "head")):
        with pytest.raises((NotAllowed, NotThere)):
            seats.go_away(officer=desk, until=until, by=by, now=NOON)
    desk.refresh_from_db()
    assert desk.away_until is None
    seats.go_away(officer=desk, until=until, by=makers.seat(noord, "supervisor"), now=NOON)
    desk.refresh_from_db()
    assert desk.away_until == until


def test_a_deputy_reviews_what_another_decided_and_never_what_they_decided_themselves(exchange) -> None:
    noord = exchange["noord"]
    supervisor, head, desk = (makers.seat(noord, role) for role in ("supervisor", "head", "desk"))
    seats.name_deputy(officer=supervisor, deputy=desk, by=supervisor, now=NOON)
    seats.go_away(officer=supervisor, until=NOON + timedelta(days=9), by=supervisor, now=NOON)
    _, review = _withheld_by(exchange, "desk")
    assert review.officer == head, "the deputy who decided does not stand in for the second person"
    with pytest.raises(NotAllowed):
        decide.review(ref=review.ref, officer=desk, uphold=True, reason="it holds here too", now=NOON)
    seats.change_role(officer=desk, role="head", now=NOON + timedelta(hours=2))
    with pytest.raises(NotAllowed):
        decide.review(ref=review.ref, officer=desk, uphold=True, reason="it holds here too", now=NOON)


def test_a_sealed_report_that_nobody_wrote_is_reviewed_by_a_person_of_its_service(exchange) -> None:
    filed = receive.file_report(
        service=exchange["noord"], author=None, now=NOON,
        draft=ReportDraft(
            text="Iets.", language="nl", subjects=[], handling="sealed", handling_reason="the source could be known",
            handling_review_on=(NOON + timedelta(days=30)).date(),
        ),
    )  # fmt: skip
    review = Duty.objects.get(report=filed, kind="review")
    supervisor = makers.seat(exchange["noord"], "supervisor")
    assert "review" in consult.read_duty(ref=review.ref, officer=supervisor, now=NOON).acts
    decide.review(ref=review.ref, officer=supervisor, uphold=True, reason="the source would be known", now=NOON)
    review.refresh_from_db()
    assert (review.state, review.outcome) == ("done", "upheld")
