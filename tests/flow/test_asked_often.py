"""Questions and dossiers have quotas; questions say what for; oversight sees who comes to the end of what is asked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from passerelle.flow import ask, asked_often, receive
from passerelle.policy import quotas
from passerelle.policy.quotas import QuotaExceeded
from passerelle.records.models import Dossier, Question, Subject
from passerelle.testing import makers
from passerelle.testing.makers import NOON, seat
from tests.doors.machines import machine

pytestmark = pytest.mark.django_db

WORDS = "Weet iemand hier iets van?"


def asks(exchange, about: str, minutes: int = 0, role: str = "officer") -> Question:
    return ask.ask(
        about=about, officer=seat(exchange["noord"], role), text=WORDS, purpose="investigation",
        now=NOON + timedelta(minutes=minutes),
    )  # fmt: skip


def test_who_asks_around_too_often_is_refused_and_nothing_is_asked(exchange) -> None:
    filed = makers.report(exchange["noord"], "Iets.")
    most = quotas.quotas()["questions_around_in_a_day"].most
    for number in range(most):
        asks(exchange, filed.ref, number * 10)
    assert [(one.officer, one.count) for one in asked_often.at_the_end(NOON + timedelta(minutes=700))] == [
        (seat(exchange["noord"], "officer"), most)
    ]
    with pytest.raises(QuotaExceeded):
        asks(exchange, filed.ref, 900)
    assert Question.objects.count() == most
    asks(exchange, filed.ref, 900, role="desk")  # the quota is of one officer
    asks(exchange, filed.ref, 24 * 60)  # the first is a day ago


def test_questions_of_any_kind_have_a_quota_within_an_hour(exchange) -> None:
    thief = makers.person("p", "Lambert Vercruysse", birthDate=["1980-05-06"])
    makers.dossier(exchange["noord"], thief)
    filed = makers.report(exchange["midi"], "Il a vole un velo.", thief)
    told = filed.deliveries.get().ref
    for _ in range(quotas.quotas()["questions_in_an_hour"].most):
        asks(exchange, told)
    with pytest.raises(QuotaExceeded):
        asks(exchange, told, 3)
    asks(exchange, told, 61)


def test_a_question_about_a_report_that_stands_in_no_dossier_says_what_for(exchange) -> None:
    filed = makers.report(exchange["noord"], "Iets.")
    with pytest.raises(ask.QuestionIncomplete):
        ask.ask(about=filed.ref, officer=seat(exchange["noord"], "officer"), text=WORDS, now=NOON)
    assert asks(exchange, filed.ref).purpose == "investigation"


def test_nobody_is_shown_who_asks_as_others_do(exchange) -> None:
    filed = makers.report(exchange["noord"], "Iets.")
    asks(exchange, filed.ref)
    assert asked_often.at_the_end(NOON + timedelta(minutes=1)) == []


def opens(exchange, minutes: int = 0, role: str = "officer", *subjects: receive.SubjectDraft) -> Dossier:
    return receive.open_dossier(
        service=exchange["noord"], officer=seat(exchange["noord"], role), title="Zaak", language="nl",
        purpose="investigation", legal_basis="Police Function Act, Art. 44/1", subjects=subjects,
        until=(NOON + timedelta(days=100)).date(), now=NOON + timedelta(minutes=minutes),
    )  # fmt: skip


def test_who_asks_around_by_opening_dossiers_comes_to_an_end_and_oversight_sees_it(exchange) -> None:
    most = quotas.quotas()["dossiers_in_a_day"].most
    for number in range(most):
        opens(exchange, number)
    assert [(one.officer, one.count, one.says) for one in asked_often.at_the_end(NOON + timedelta(hours=1))] == [
        (seat(exchange["noord"], "officer"), most, quotas.quotas()["dossiers_in_a_day"].says)
    ]
    with pytest.raises(QuotaExceeded) as refused:
        opens(exchange, 60)
    assert "dossiers that one officer opened in a day" in str(refused.value)
    assert Dossier.objects.count() == most
    opens(exchange, 60, "desk")  # the quota is of one officer
    opens(exchange, 24 * 60)  # the first is a day ago


def test_who_puts_one_name_after_another_into_a_dossier_of_a_colleague_comes_to_an_end_too(exchange) -> None:
    theirs = opens(exchange, 0, "desk", makers.person("p", "Lambert Vercruysse"))
    most, many = quotas.quotas()["subjects_of_dossiers_in_a_day"].most, 20
    drafts = [makers.person(f"p{number}", f"Persoon {chr(97 + number) * 3}") for number in range(many)]
    officer = seat(exchange["noord"], "officer")

    def adds(minutes: int) -> None:
        receive.add_subjects(dossier=theirs, officer=officer, subjects=drafts, now=NOON + timedelta(minutes=minutes))

    for number in range(most // many):
        adds(number)
    with pytest.raises(QuotaExceeded):
        adds(60)
    assert Subject.objects.filter(dossier=theirs).count() == most + 1
    assert [one.officer for one in asked_often.at_the_end(NOON + timedelta(hours=2))] == [officer]
    adds(24 * 60 + most // many)


def test_a_machine_has_quotas_of_its_own_and_what_the_operator_takes_in_has_none(exchange) -> None:
    made = machine(exchange["noord"]).account.officer  # type: ignore[attr-defined]
    sent = {
        "service": exchange["noord"], "title": "Zaak", "language": "nl", "purpose": "investigation",
        "legal_basis": "Art. 44/1", "until": (NOON + timedelta(days=100)).date(), "now": NOON,
    }  # fmt: skip
    table = quotas.quotas()
    for _ in range(table["dossiers_in_a_day"].most + 1):  # one more than a person may
        receive.open_dossier(officer=made, **sent)
        receive.open_dossier(officer=None, **sent)
    most = table["dossiers_of_a_machine_in_a_day"].most
    left = most - Dossier.objects.filter(opened_by=made).count()
    asked_often.one_more("dossiers_of_a_machine_in_a_day", made, NOON, more=left)
    with pytest.raises(QuotaExceeded) as refused:
        asked_often.one_more("dossiers_of_a_machine_in_a_day", made, NOON, more=left + 1)
    assert "one machine" in str(refused.value)
    with pytest.raises(QuotaExceeded):
        asked_often.more_subjects(made, table["subjects_of_a_machine_in_a_day"].most + 1, NOON)
    asked_often.more_subjects(None, 1_000_000, NOON)
    assert asked_often.at_the_end(NOON) == []
