"""An exception has a reason, an end and a second person, and shows no more than the law lets travel in danger."""

from __future__ import annotations

from datetime import timedelta

import pytest

from passerelle.flow import consult, decide, exceptions, recall
from passerelle.flow.facts import NotAllowed, NotThere
from passerelle.records.models import Delivery, Duty, Grant, Notice, Reading, Report
from passerelle.testing import makers
from passerelle.testing.makers import NOON

pytestmark = pytest.mark.django_db

WHY = "the boy was seen with a weapon at the school gate just now"
LATER = NOON + timedelta(hours=2)
STRICT = {"handling_reason": "the source could be recognised", "handling_review_on": (NOON + timedelta(days=30)).date()}


def _pointer(exchange, *, handling: str = "consent", discreet: bool = False, category: str = "suspect") -> Delivery:
    person = makers.person("p", "Lambert Vercruysse", birthDate=["1980-05-06"], category=category)
    makers.dossier(
        exchange["midi"], makers.person("p", "Lambert Vercruysse", birthDate=["1980-05-06"]), discreet=discreet
    )
    filed = makers.report(exchange["noord"], "Lambert Vercruysse heeft een wapen.", person, handling=handling, **STRICT)
    return Delivery.objects.get(report=filed, form="pointer")


def test_a_broken_glass_opens_what_the_law_lets_travel_in_danger_and_raises_its_review_at_once(exchange) -> None:
    pointer, officer = _pointer(exchange), makers.seat(exchange["midi"], "officer")
    grant = exceptions.break_glass(ref=pointer.ref, officer=officer, reason=WHY, now=LATER)
    view = consult.read_grant(ref=grant.ref, officer=officer, now=LATER + timedelta(minutes=1))
    assert view.content is not None and "heeft een wapen" in view.content["text"]
    assert Reading.objects.get(thing=grant.ref, purpose="exception").reason == WHY
    review = grant.review
    assert review is not None and review.kind == "review" and review.live
    assert review.officer == makers.seat(exchange["midi"], "supervisor") and review.urgency == "danger"
    assert review.due_at is not None and review.due_at - LATER <= timedelta(minutes=15)
    told = Notice.objects.get(service=exchange["noord"], kind="glass", officer__isnull=True)
    assert "Midi" in str(told.says)


def test_the_grant_ends_by_itself_and_then_shows_nothing_more(exchange) -> None:
    pointer, officer = _pointer(exchange), makers.seat(exchange["midi"], "officer")
    grant = exceptions.break_glass(ref=pointer.ref, officer=officer, reason=WHY, now=LATER)
    over = consult.read_grant(ref=grant.ref, officer=officer, now=LATER + timedelta(hours=4))
    assert over.content is None and not over.live
    again = exceptions.break_glass(ref=pointer.ref, officer=officer, reason=WHY, now=LATER + timedelta(hours=5))
    assert again != grant, "a new glass, with a new review"


def test_the_glass_broken_twice_within_its_time_is_one_grant_and_one_review(exchange) -> None:
    pointer, officer = _pointer(exchange), makers.seat(exchange["midi"], "desk")
    first = exceptions.break_glass(ref=pointer.ref, officer=officer, reason=WHY, now=LATER)
    second = exceptions.break_glass(ref=pointer.ref, officer=officer, reason=WHY, now=LATER + timedelta(minutes=5))
    assert first == second and Duty.objects.filter(grant__isnull=False).count() == 1


def test_a_glass_that_was_not_rightly_broken_is_shut_and_oversight_hears_it(exchange) -> None:
    pointer, officer = _pointer(exchange), makers.seat(exchange["midi"], "desk")
    grant = exceptions.break_glass(ref=pointer.ref, officer=officer, reason=WHY, now=LATER)
    assert grant.review is not None
    with pytest.raises((NotThere, NotAllowed)):
        decide.review(ref=grant.review.ref, officer=officer, uphold=True, reason="it was right of me", now=LATER)
    supervisor = makers.seat(exchange["midi"], "supervisor")
    decide.review(
        ref=grant.review.ref, officer=supervisor, uphold=False, reason="nobody was in danger at all",
        now=LATER + timedelta(minutes=9),
    )  # fmt: skip
    grant.refresh_from_db()
    assert grant.outcome == "unjustified" and grant.ended_by == supervisor
    shut = consult.read_grant(ref=grant.ref, officer=officer, now=LATER + timedelta(minutes=10))
    assert shut.content is None
    assert Notice.objects.filter(service=exchange["oversight"], kind="glass").count() == 1


def test_nobody_breaks_a_glass_behind_which_there_is_nothing_for_them(exchange) -> None:
    pointer = _pointer(exchange)
    for stranger in (makers.seat(exchange["federal"], "head"), makers.seat(exchange["stad"], "desk")):
        with pytest.raises(NotThere):
            exceptions.break_glass(ref=pointer.ref, officer=stranger, reason=WHY, now=LATER)
    with pytest.raises(NotThere):
        exceptions.break_glass(ref="delivery-0000000000000000", officer=stranger, reason=WHY, now=LATER)
    for watcher in (makers.seat(exchange["oversight"], "oversight"), makers.seat(exchange["noord"], "head")):
        with pytest.raises(NotThere):
            exceptions.break_glass(ref=pointer.ref, officer=watcher, reason=WHY, now=LATER)
    whole = makers.report(
        exchange["noord"], "Lambert Vercruysse.", makers.person("p", "Lambert Vercruysse", birthDate=["1980-05-06"])
    )
    got = Delivery.objects.get(report=whole, form="whole")
    with pytest.raises(exceptions.NothingBehindTheGlass):
        exceptions.break_glass(ref=got.ref, officer=makers.seat(exchange["midi"], "desk"), reason=WHY, now=LATER)
    assert not Grant.objects.exists() and not Duty.objects.filter(kind="review").exists()


def test_a_glass_needs_a_reason_in_words(exchange) -> None:
    pointer = _pointer(exchange)
    with pytest.raises(exceptions.ExceptionNeedsReason):
        exceptions.break_glass(ref=pointer.ref, officer=makers.seat(exchange["midi"], "desk"), reason="now", now=LATER)


def test_the_owner_is_not_told_who_broke_the_glass_when_the_interest_is_discreet(exchange) -> None:
    pointer, officer = _pointer(exchange, discreet=True), makers.seat(exchange["midi"], "desk")
    grant = exceptions.break_glass(ref=pointer.ref, officer=officer, reason=WHY, now=LATER)
    told = [str(notice.says) for notice in Notice.objects.filter(service=exchange["noord"], kind="glass")]
    assert told and not any("midi" in says.lower() for says in told)
    with pytest.raises(NotThere):
        consult.read_grant(ref=grant.ref, officer=makers.seat(exchange["noord"], "head"), now=LATER)
    led = consult.read_grant(ref=grant.ref, officer=makers.seat(exchange["midi"], "head"), now=LATER)
    assert led.content is None, "who leads knows that it was broken, and reads nothing by it"


def test_what_leads_a_service_lets_an_officer_read_what_is_sealed_until_a_day_and_takes_it_back(exchange) -> None:
    sealed = makers.report(
        exchange["noord"], "Een tip.", makers.person("p", "Lambert Vercruysse"), handling="sealed",
        author=makers.seat(exchange["noord"], "desk"), **STRICT,
    )  # fmt: skip
    head, officer = makers.seat(exchange["noord"], "head"), makers.seat(exchange["noord"], "officer")
    why, until = "she knows the family and must judge the tip", NOON + timedelta(days=3)
    with pytest.raises(NotThere):
        consult.read_report(ref=sealed.ref, officer=officer, now=LATER)
    for wrong in (makers.seat(exchange["midi"], "officer"), head):
        with pytest.raises(exceptions.CannotBeGiven):
            exceptions.give(ref=sealed.ref, officer=head, to=wrong, until=until, reason=why, now=LATER)
    with pytest.raises(exceptions.CannotBeGiven):
        exceptions.give(
            ref=sealed.ref, officer=head, to=officer, until=NOON + timedelta(days=90), reason=why, now=LATER
        )
    with pytest.raises(NotAllowed):
        exceptions.give(
            ref=sealed.ref, officer=makers.seat(exchange["noord"], "desk"), to=officer, until=until, reason=why,
            now=LATER,
        )  # fmt: skip
    grant = exceptions.give(ref=sealed.ref, officer=head, to=officer, until=until, reason=why, now=LATER)
    read = consult.read_grant(ref=grant.ref, officer=officer, now=LATER)
    assert read.content is not None and read.content["text"] == "Een tip."
    with pytest.raises((NotThere, NotAllowed)):
        exceptions.end(ref=grant.ref, officer=officer, now=LATER)
    exceptions.end(ref=grant.ref, officer=makers.seat(exchange["noord"], "supervisor"), now=LATER + timedelta(hours=1))
    assert consult.read_grant(ref=grant.ref, officer=officer, now=LATER + timedelta(hours=1)).content is None


def test_a_glass_ends_with_the_delivery_it_was_broken_on(exchange) -> None:
    pointer, officer = _pointer(exchange), makers.seat(exchange["midi"], "officer")
    grant = exceptions.break_glass(ref=pointer.ref, officer=officer, reason=WHY, now=LATER)
    recall.recall(
        ref=pointer.ref, officer=makers.seat(exchange["noord"], "desk"), reason="it went to the wrong service",
        now=LATER + timedelta(minutes=10),
    )  # fmt: skip
    over = consult.read_grant(ref=grant.ref, officer=officer, now=LATER + timedelta(minutes=11))
    assert over.content is None and not over.live


def test_who_owns_a_report_that_nobody_signed_is_told_of_the_glass_once(exchange) -> None:
    pointer, officer = _pointer(exchange), makers.seat(exchange["midi"], "officer")
    Report.objects.filter(pk=pointer.report_id).update(author=None)
    exceptions.break_glass(ref=pointer.ref, officer=officer, reason=WHY, now=LATER)
    assert Notice.objects.filter(service=exchange["noord"], kind="glass").count() == 1
