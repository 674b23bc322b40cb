"""A service closes: nothing it held, owed or was owed is left without somebody who can act."""

from __future__ import annotations

from datetime import timedelta

import pytest

from passerelle.duty import LIVE
from passerelle.flow import ask, close, consult, decide, reconcile, work
from passerelle.records.models import Delivery, Duty, Officer, Question
from passerelle.testing import makers
from passerelle.testing.makers import NOON, seat

pytestmark = pytest.mark.django_db

STRICT = {"handling_reason": "the source could be recognised", "handling_review_on": (NOON + timedelta(days=30)).date()}
THIEF = makers.person("p", "Lambert Vercruysse", birthDate=["1980-05-06"])
OTHER = makers.person("q", "Mireille Dardenne", birthDate=["1971-11-30"])
LATER = NOON + timedelta(days=1)


def _everything(exchange) -> None:
    makers.dossier(exchange["midi"], THIEF)
    makers.dossier(exchange["noord"], OTHER)
    for handling in ("open", "consent", "sealed"):
        makers.report(exchange["noord"], f"Hij, {handling}.", THIEF, handling=handling, **STRICT)
        makers.report(exchange["midi"], f"Elle, {handling}.", OTHER, handling=handling, **STRICT)
    makers.report(exchange["stad"], "Gezien.", OTHER)
    owed = Duty.objects.filter(kind="pass_on", service=exchange["noord"], state="open").first()
    decide.withhold(
        ref=owed.ref, officer=seat(exchange["noord"], "desk"), ground="g", reason="an informant is in danger", now=NOON
    )
    told = Delivery.objects.filter(recipient=exchange["midi"], form="whole").first()
    ask.ask(about=told.ref, officer=seat(exchange["midi"], "desk"), text="Weet u waar hij woont?", now=NOON)


def _balances(now) -> None:
    found = reconcile.reconcile(now=now)
    assert found.balances, found
    for duty in Duty.objects.filter(state__in=LIVE).select_related("holder", "officer", "service"):
        assert duty.holder.closed_at is None and duty.service.closed_at is None, duty.kind
        assert duty.officer is None or duty.officer.is_active


def test_what_a_closed_service_held_owed_and_was_owed_is_its_successors(exchange) -> None:
    _everything(exchange)
    zuid = makers.service("zuid", languages=("nl",))
    for role in ("desk", "supervisor", "head"):
        makers.officer(zuid, role)
    moved = close.close_service(service=exchange["noord"], successor=zuid, now=LATER)
    assert moved and {duty.service for duty in moved} >= {zuid}
    work.work_until_done(now=LATER)
    _balances(LATER)
    assert not Officer.objects.filter(service=exchange["noord"], is_active=True).exists()
    assert Question.objects.get().duty.service == zuid
    owed = Duty.objects.filter(kind="pass_on", service=zuid, state="open", report__handling="consent").first()
    if owed is not None:
        decide.pass_on(ref=owed.ref, officer=seat(zuid, "desk"), now=LATER)
    received = Delivery.objects.filter(recipient=zuid, form="whole")
    assert received.exists(), "what the closed service was told is told to its successor by law and handling"
    assert consult.read_delivery(ref=received.first().ref, officer=seat(zuid, "desk"), now=LATER)
    for days in range(1, 12):
        work.work_until_done(now=LATER + timedelta(days=days))
    _balances(LATER + timedelta(days=11))


def test_what_the_two_owed_each_other_ends_when_they_become_one(exchange) -> None:
    _everything(exchange)
    close.close_service(service=exchange["noord"], successor=exchange["midi"], now=LATER)
    _balances(LATER)
    live = Duty.objects.filter(state__in=LIVE, kind__in=("pass_on", "acknowledge", "judge"))
    assert not [duty for duty in live if duty.recipient == exchange["midi"] == (duty.report and duty.report.service)]


@pytest.mark.parametrize("other", ["noord", "stad", "neutral"])
def test_a_successor_is_another_open_service_of_the_same_kind(exchange, other: str) -> None:
    with pytest.raises(close.CannotClose):
        close.close_service(service=exchange["noord"], successor=exchange[other], now=NOON)
    assert Officer.objects.filter(service=exchange["noord"], is_active=True).exists()


def test_the_neutral_desk_closes_into_another_and_what_climbs_later_finds_that_one(exchange) -> None:
    _everything(exchange)
    other = makers.service("neutral-2", "neutral_desk", languages=("en",))
    makers.officer(other, "desk")
    close.close_service(service=exchange["neutral"], successor=other, now=LATER)
    for days in range(1, 20):
        work.work_until_done(now=LATER + timedelta(days=days))
    assert Duty.objects.filter(state__in=LIVE, level__gte=3).exists()
    assert not Duty.objects.filter(state__in=LIVE, holder=exchange["neutral"]).exists()
