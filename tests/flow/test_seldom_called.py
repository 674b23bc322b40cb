"""Verbs that seldom run: a subject added to a dossier, a watch signed by two at once, what changed in a copy."""

from __future__ import annotations

from datetime import timedelta

import pytest

from passerelle.flow import consult, correct, end_report, index, receive, watches, work
from passerelle.flow.facts import NotThere
from passerelle.flow.ledger_lines import entries
from passerelle.records.models import Delivery, Duty, Interest
from passerelle.testing import makers
from passerelle.testing.makers import NOON, seat

pytestmark = pytest.mark.django_db
THIEF = makers.person("p", "Lambert Vercruysse", birthDate=["1980-05-06"])
OTHER = makers.person("q", "Anneliese Oosterlynck", birthDate=["1971-02-03"])


def test_a_subject_added_to_a_dossier_is_compared_with_what_was_filed_before(exchange) -> None:
    makers.report(exchange["noord"], "Gezien.", THIEF)
    dossier = makers.dossier(exchange["midi"], OTHER)
    work.work_until_done(now=NOON)
    assert not Delivery.objects.exists()
    receive.add_subjects(dossier=dossier, officer=seat(exchange["midi"], "desk"), subjects=[THIEF], now=NOON)
    work.work_until_done(now=NOON)
    assert [one.recipient.key for one in Delivery.objects.all()] == ["midi"]


def test_a_watch_that_two_persons_sign_at_once_is_served_at_once(exchange) -> None:
    makers.report(exchange["noord"], "Gezien.", THIEF)
    watches.state_watch(
        service=exchange["midi"], officer=seat(exchange["midi"], "desk"), approved_by=seat(exchange["midi"], "head"),
        subjects=[THIEF], purpose="investigation", legal_basis="Police Function Act, Art. 44/1",
        until=(NOON + timedelta(days=20)).date(), now=NOON,
    )  # fmt: skip
    work.work_until_done(now=NOON)
    assert Interest.objects.get().kind == "watch" and Delivery.objects.get().recipient == exchange["midi"]


def test_who_holds_a_copy_reads_what_changed_in_it_and_nobody_else_does(exchange) -> None:
    makers.dossier(exchange["midi"], THIEF)
    filed = makers.report(exchange["noord"], "Gezien bij het station.", THIEF)
    work.work_until_done(now=NOON)
    got = Delivery.objects.get()
    consult.read_delivery(ref=got.ref, officer=seat(exchange["midi"], "desk"), purpose="my_case", now=NOON)
    later, owner = NOON + timedelta(hours=1), seat(exchange["noord"], "supervisor")
    end_report.withdraw(ref=filed.ref, officer=owner, ground="not_accurate", reason="it was somebody else", now=later)
    work.work_until_done(now=later)
    duty = Duty.objects.get(kind="correct")
    desk = seat(exchange["midi"], "desk")
    assert consult.read_changes(ref=duty.ref, officer=desk, now=later).duty.ref == duty.ref
    assert any('"kind":"Read"' in entry and desk.ref in entry for entry in entries())
    with pytest.raises(NotThere):
        consult.read_changes(ref=duty.ref, officer=seat(exchange["federal"], "desk"), now=later)
    correct.give_receipt(ref=duty.ref, officer=desk, receipt="removed", note="", now=later)


def test_a_proposed_watch_is_read_by_its_own_service_and_not_by_another(exchange) -> None:
    proposal = watches.ask(
        officer=seat(exchange["midi"], "officer"), kind="watch", purpose="investigation", subjects=[THIEF],
        legal_basis="Police Function Act, Art. 44/1", until=(NOON + timedelta(days=20)).date(), now=NOON,
    )  # fmt: skip
    assert consult.read_proposal(ref=proposal.ref, officer=seat(exchange["midi"], "supervisor"), now=NOON)
    with pytest.raises(NotThere):
        consult.read_proposal(ref=proposal.ref, officer=seat(exchange["noord"], "desk"), now=NOON)


def test_a_search_that_is_remade_follows_what_stands(exchange) -> None:
    makers.report(exchange["noord"], "Gezien bij het station.", THIEF)
    work.work_until_done(now=NOON)
    index.remake(now=NOON)
    work.work_until_done(now=NOON + timedelta(minutes=1))
    while index.follow(now=NOON + timedelta(minutes=1), limit=500):
        pass
    assert not index.faults(read_again=100).any()
