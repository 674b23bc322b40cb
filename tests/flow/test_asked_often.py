"""Questions have a quota and say what for; oversight sees who comes to the end of what one may ask."""

from __future__ import annotations

from datetime import timedelta

import pytest

from passerelle.flow import ask, asked_often
from passerelle.policy import quotas
from passerelle.policy.quotas import QuotaExceeded
from passerelle.records.models import Question
from passerelle.testing import makers
from passerelle.testing.makers import NOON, seat

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
