"""Oversight orders decisions and draws samples that nobody chose; the figures it publishes move with no single case."""

from __future__ import annotations

from datetime import timedelta

import pytest

from passerelle.duty import IllegalMove
from passerelle.flow import consult, decide, hold, oversight, work
from passerelle.flow.facts import NotAllowed, NotThere
from passerelle.flow.ledger_lines import entries
from passerelle.ledger import chain
from passerelle.records.models import Duty, Notice, Reading, Report
from passerelle.testing import makers
from passerelle.testing.makers import NOON

pytestmark = pytest.mark.django_db

STRICT = {"handling_reason": "the source could be recognised", "handling_review_on": (NOON + timedelta(days=30)).date()}
LATER = NOON + timedelta(hours=1)
WHY = "three weeks of silence are enough"


def _pass_on(exchange, handling: str = "consent") -> Duty:
    person = makers.person("p", "Lambert Vercruysse", birthDate=["1980-05-06"])
    makers.dossier(exchange["midi"], person)
    filed = makers.report(exchange["noord"], "Lambert Vercruysse stal.", person, handling=handling, **STRICT)
    return Duty.objects.get(kind="pass_on", report=filed)


def test_an_order_ends_a_hold_and_gives_the_duty_to_the_head_with_a_clock(exchange) -> None:
    duty, watcher = _pass_on(exchange), makers.seat(exchange["oversight"], "oversight")
    hold.hold_duty(
        ref=duty.ref, officer=makers.seat(exchange["noord"], "desk"), reason="we wait for the magistrate",
        until=NOON + timedelta(days=6), now=LATER,
    )  # fmt: skip
    ordered = oversight.order_decision(ref=duty.ref, officer=watcher, reason=WHY, now=NOON + timedelta(days=1))
    head = makers.seat(exchange["noord"], "head")
    assert (ordered.state, ordered.level, ordered.officer) == ("open", 2, head)
    assert ordered.due_at == ordered.next_event_at == NOON + timedelta(days=2)
    assert Notice.objects.filter(kind="ordered", officer=head).exists()
    decide.pass_on(ref=duty.ref, officer=head, now=NOON + timedelta(days=1, hours=1))
    with pytest.raises(IllegalMove):
        oversight.order_decision(ref=duty.ref, officer=watcher, reason=WHY, now=NOON + timedelta(days=2))


def test_an_order_on_what_was_withheld_orders_its_review(exchange) -> None:
    duty = _pass_on(exchange)
    desk = makers.seat(exchange["noord"], "desk")
    decide.withhold(ref=duty.ref, officer=desk, ground="g", reason="the informant would be in danger", now=LATER)
    watcher = makers.seat(exchange["oversight"], "oversight")
    review = oversight.order_decision(ref=duty.ref, officer=watcher, reason=WHY, now=NOON + timedelta(hours=3))
    duty.refresh_from_db()
    assert review.kind == "review" and review.officer == makers.seat(exchange["noord"], "head")
    assert duty.state == "withheld" and duty.next_event_at == review.next_event_at


def test_an_order_on_what_is_late_that_nobody_follows_climbs_when_its_time_is_over(exchange) -> None:
    duty, watcher = _pass_on(exchange), makers.seat(exchange["oversight"], "oversight")
    late = NOON + timedelta(days=8, hours=6)
    for moment in (NOON + timedelta(days=7), late):
        work.work_until_done(now=moment)
    duty.refresh_from_db()
    assert duty.level == 2, "a week, and a day with the supervisor"
    oversight.order_decision(ref=duty.ref, officer=watcher, reason=WHY, now=late + timedelta(hours=1))
    work.work_until_done(now=late + timedelta(hours=24))
    duty.refresh_from_db()
    assert duty.live and duty.level == 2, "the head has the whole of the time that was ordered"
    work.work_until_done(now=late + timedelta(hours=26))
    duty.refresh_from_db()
    assert duty.live and duty.level == 3, "the neutral desk"


def test_an_order_on_what_is_not_late_climbs_the_moment_its_time_is_over(exchange) -> None:
    duty = _pass_on(exchange)
    at = duty.due_at - timedelta(days=3)
    watcher = makers.seat(exchange["oversight"], "oversight")
    ordered = oversight.order_decision(ref=duty.ref, officer=watcher, reason=WHY, now=at)
    assert ordered.due_at == ordered.next_event_at == at + timedelta(hours=12 if duty.urgency == "urgent" else 24)
    work.work_until_done(now=ordered.due_at)
    duty.refresh_from_db()
    assert (duty.level, duty.holder) == (3, exchange["neutral"]), "silence after an order climbs at once"


def test_only_oversight_orders_and_only_with_a_reason(exchange) -> None:
    duty = _pass_on(exchange)
    for other in (makers.seat(exchange["noord"], "head"), makers.seat(exchange["neutral"], "desk")):
        with pytest.raises((NotAllowed, NotThere)):
            oversight.order_decision(ref=duty.ref, officer=other, reason=WHY, now=LATER)
    with pytest.raises(oversight.OrderNeedsReason):
        oversight.order_decision(
            ref=duty.ref, officer=makers.seat(exchange["oversight"], "oversight"), reason="", now=LATER
        )


def _read_much(exchange, count: int) -> None:
    officer = makers.seat(exchange["noord"], "officer")
    for number in range(count):
        filed = makers.report(
            exchange["noord"], f"Report {number}.", makers.person("p", f"Name{number} Vander{number}")
        )
        consult.read_report(ref=filed.ref, officer=officer, now=NOON + timedelta(minutes=number))


def test_a_sample_is_drawn_by_the_root_of_the_ledger_and_can_be_drawn_again_from_the_export(exchange) -> None:
    _read_much(exchange, 12)
    watcher = makers.seat(exchange["oversight"], "oversight")
    sample = oversight.draw_sample(kind="reads", size=4, officer=watcher, now=NOON + timedelta(days=1))
    frontier = chain.Frontier()
    for number, entry in enumerate(entries()):
        if number < sample.ledger_size:
            frontier.append(chain.leaf_hash(entry.encode()))
    assert frontier.root().hex() == sample.ledger_root
    everything = [oversight.thing_of_reading(row) for row in Reading.objects.all()]
    random = [item.thing for item in sample.items.filter(why="random")]
    assert sorted(random) == sorted(oversight.drawn_from(sample.ledger_root, "reads", everything, 4))
    assert sample.population == 12
    later = oversight.draw_sample(kind="reads", size=4, officer=watcher, now=NOON + timedelta(days=2))
    assert later.population == 0, "only what happened since the last sample"


def test_who_opens_many_things_within_an_hour_is_looked_at(exchange) -> None:
    _read_much(exchange, oversight.READS_AN_HOUR + 3)
    watcher = makers.seat(exchange["oversight"], "oversight")
    sample = oversight.draw_sample(kind="reads", size=1, officer=watcher, now=NOON + timedelta(days=1))
    assert sample.items.filter(why="many").count() in (2, 3), "those beyond the limit (one may be drawn at random too)"


def test_a_review_in_no_time_is_looked_at_and_its_examination_is_kept(exchange) -> None:
    duty = _pass_on(exchange)
    decide.withhold(
        ref=duty.ref, officer=makers.seat(exchange["noord"], "desk"), ground="g",
        reason="the informant would be in danger", now=LATER,
    )  # fmt: skip
    review = Duty.objects.get(kind="review", about=duty)
    decide.review(
        ref=review.ref, officer=makers.seat(exchange["noord"], "supervisor"), uphold=True,
        reason="I agree with it", now=LATER + timedelta(seconds=40),
    )  # fmt: skip
    watcher = makers.seat(exchange["oversight"], "oversight")
    sample = oversight.draw_sample(kind="withholdings", size=1, officer=watcher, now=NOON + timedelta(days=1))
    item = sample.items.get()
    with pytest.raises(oversight.WrongSample):
        oversight.examine(ref=sample.ref, thing=item.thing, outcome="follow_up", officer=watcher, now=NOON)
    done = oversight.examine(
        ref=sample.ref, thing=item.thing, outcome="follow_up", note="forty seconds for a review", officer=watcher,
        now=NOON + timedelta(days=1, hours=1),
    )  # fmt: skip
    assert done.outcome == "follow_up"
    with pytest.raises(oversight.OversightOnly):
        oversight.examine(
            ref=sample.ref, thing=item.thing, outcome="in_order", officer=makers.seat(exchange["noord"], "head"),
            now=NOON,
        )  # fmt: skip


def test_seats_that_read_nothing_for_ninety_days_are_listed(exchange) -> None:
    _read_much(exchange, 1)
    reader = makers.seat(exchange["noord"], "officer")
    assert not oversight.unused_access(now=NOON + timedelta(days=30)), "nobody has had a seat for so long"
    unused = {row.officer for row in oversight.unused_access(now=NOON + timedelta(days=91))}
    assert makers.seat(exchange["midi"], "officer") in unused
    fresh = makers.officer(exchange["noord"], "officer", now=NOON + timedelta(days=100))
    unused = {row.officer for row in oversight.unused_access(now=NOON + timedelta(days=120))}
    assert reader in unused and fresh not in unused


def test_figures_are_told_for_months_that_are_past_and_not_for_small_numbers(exchange) -> None:
    _read_much(exchange, 6)
    makers.report(exchange["noord"], "Een tip.", makers.person("q", "Iemand Anders"), handling="sealed", **STRICT)
    makers.report(
        exchange["midi"], "Une information.", makers.person("q", "Quelque Autre"), handling="sealed", **STRICT
    )
    with pytest.raises(oversight.WrongSample):
        oversight.figures(month=(2026, 3), now=NOON)
    rows = {row.service.key: row for row in oversight.figures(month=(2026, 3), now=NOON + timedelta(days=40))}
    assert (rows["midi"].reports, rows["midi"].stricter) == (None, None), "one report says something about one case"
    assert rows["noord"].reports is None, "who knows how many there were in all would subtract it"
    assert rows["stad"].reports == 0
    assert Report.objects.count() == 8
