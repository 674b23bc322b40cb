"""Many who must be told of one report are told in as few statements as two are, none twice, and none is forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from passerelle.flow import acknowledge, receive, reconcile, work
from passerelle.flow.receive import ReportDraft
from passerelle.records.models import Delivery, Duty, Notice, Report, Service
from passerelle.testing import makers
from passerelle.testing.makers import NOON

pytestmark = pytest.mark.django_db

PERSONS = [
    makers.person(f"p{number}", name, birthDate=[f"19{60 + number}-03-1{number % 10}"])
    for number, name in enumerate(
        ("Ferdinand Oosterlynck", "Małgorzata Wójcik", "Youssef Benhachmi", "Léonie Delhougne", "Wim Nachtegaele",
         "Aurélie Fauconnier", "Bogdan Ionescu", "Ingeborg Zwartjes", "Thibault Quaghebeur", "Hélène Vandamme")
    )
]  # fmt: skip


def _told_to(many: int, start: int = 0, **more) -> tuple[Report, int]:
    """A report that speaks of persons whom so many services look for, and the statements that its comparison took."""
    sender = _service(f"sender-{many}")
    for number in range(many):
        makers.dossier(_service(f"wants-{many}-{number}"), PERSONS[start + number])
    draft = ReportDraft(text="Gezien bij het station.", language="nl", subjects=PERSONS[start : start + many], **more)
    filed = receive.file_report(service=sender, author=makers.seat(sender, "officer"), draft=draft, now=NOON)
    with CaptureQueriesContext(connection) as asked:
        work.turn(now=NOON + timedelta(minutes=1))
    return filed, len(asked)


def _service(key: str) -> Service:
    made = makers.service(key)
    for role in ("officer", "desk"):
        makers.officer(made, role)
    return made


def test_eight_are_told_in_few_more_statements_than_two(exchange) -> None:
    _, for_two = _told_to(2)
    filed, for_eight = _told_to(8, start=2)
    assert Delivery.objects.filter(report=filed).count() == 8
    # two questions for each service: how it is reached, and whether it signed that it has too few people
    assert for_eight - for_two <= 2 * 6 + 4, (for_two, for_eight)


def test_each_is_told_once_owes_an_acknowledgement_and_hears_it_later_like_any_other(exchange) -> None:
    filed, _ = _told_to(6)
    telling = Duty.objects.filter(report=filed, kind="pass_on")
    assert [(duty.state, duty.version, duty.matches.count(), duty.interests.count()) for duty in telling] == [
        ("done", 2, 1, 1)
    ] * 6
    owed = Duty.objects.filter(report=filed, kind="acknowledge", ended_at__isnull=True)
    assert {duty.about_id for duty in owed} == {duty.pk for duty in telling}
    assert all(duty.holder_id == duty.recipient_id and duty.next_event_at for duty in owed)
    one = owed.select_related("recipient").order_by("id")[0]
    acknowledge.acknowledge_duty(
        ref=one.ref, officer=makers.seat(one.recipient, "desk"), outcome="noted", now=NOON + timedelta(hours=1)
    )
    assert reconcile.reconcile(now=NOON + timedelta(hours=2)).balances


def test_two_persons_of_one_report_that_one_service_looks_for_make_one_duty_that_names_both(exchange) -> None:
    makers.dossier(exchange["midi"], PERSONS[0], PERSONS[1])
    filed = makers.report(exchange["noord"], "Gezien.", PERSONS[0], PERSONS[1])
    (duty,) = Duty.objects.filter(report=filed, kind="pass_on")
    assert duty.matches.count() == 2 and duty.deliveries.count() == 1
    assert Duty.objects.filter(report=filed, kind="acknowledge").count() == 1


def test_a_pointer_that_is_told_to_many_names_its_own_duty_to_each(exchange) -> None:
    filed, _ = _told_to(
        4, handling="consent", handling_reason="the source could be recognised",
        handling_review_on=(NOON + timedelta(days=30)).date(),
    )  # fmt: skip
    for duty in Duty.objects.filter(report=filed, kind="pass_on"):
        assert duty.live and duty.holder_id == filed.service_id
        assert [notice.duty_id for notice in Notice.objects.filter(service=duty.recipient, kind="pointer")] == [duty.pk]
