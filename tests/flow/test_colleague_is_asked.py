"""A task within a dossier is a question to a colleague: a duty with a holder and a clock, that stays in its service."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from passerelle.errors import Refused
from passerelle.flow import answer, ask_colleague, bounce, consult_dossier, consult_question, seats, work
from passerelle.flow.facts import NotThere
from passerelle.records.models import Dossier, Notice, Question
from passerelle.testing import makers

pytestmark = pytest.mark.django_db

NOON = makers.NOON
WORDS = "Find out where he works now."


@pytest.fixture
def case(exchange: dict[str, Any]) -> Dossier:
    return makers.dossier(exchange["noord"], makers.person("p", "Ferdinand Oosterlynck"), title="Zaak 12")


def asked(exchange: dict[str, Any], case: Dossier, to: str = "officer") -> Question:
    return ask_colleague.ask_colleague(
        dossier=case.ref, officer=makers.seat(exchange["noord"], "supervisor"),
        to=makers.seat(exchange["noord"], to) if to else None, text=WORDS, now=NOON,
    )  # fmt: skip


def test_it_has_a_holder_and_a_clock_stands_in_the_dossier_and_ends_with_an_answer_that_is_heard(
    exchange: dict[str, Any], case: Dossier
) -> None:
    officer, lead = (makers.seat(exchange["noord"], role) for role in ("officer", "supervisor"))
    question = asked(exchange, case)
    assert (question.duty.kind, question.duty.officer, question.duty.holder) == ("answer", officer, exchange["noord"])
    assert question.duty.due_at is not None and question.duty.next_event == "escalate"
    view = consult_dossier.read_dossier(ref=case.ref, officer=officer, purpose="my_case", now=NOON)
    assert [duty.ref for duty in view.tasks] == [question.duty.ref]
    assert "asked" in {moment.kind for moment in view.timeline}
    answer.answer(ref=question.duty.ref, officer=officer, text="At the brewery, since May.", now=NOON)
    assert Notice.objects.filter(officer=lead, kind="answered").exists()
    after = consult_dossier.read_dossier(ref=case.ref, officer=officer, purpose="my_case", now=NOON)
    assert not after.tasks and "answered" in {moment.kind for moment in after.timeline}
    read = consult_question.read_question(ref=question.ref, officer=lead, now=NOON)
    assert read.question.answer == "At the brewery, since May."


def test_without_a_name_it_is_the_desk_s_and_left_undone_it_climbs(exchange: dict[str, Any], case: Dossier) -> None:
    question = asked(exchange, case, to="")
    assert question.duty.officer is None and question.duty.level == 0
    work.work_until_done(now=question.duty.due_at + timedelta(minutes=1))
    question.duty.refresh_from_db()
    assert question.duty.level == 1 and question.duty.officer == makers.seat(exchange["noord"], "supervisor")


def test_who_goes_away_leaves_it_to_who_is_there(exchange: dict[str, Any], case: Dossier) -> None:
    question, officer = asked(exchange, case), makers.seat(exchange["noord"], "officer")
    seats.go_away(officer=officer, until=NOON + timedelta(days=3), by=None, now=NOON)
    question.duty.refresh_from_db()
    assert question.duty.officer is None and question.duty.holder == exchange["noord"]


def test_it_is_passed_on_to_no_other_service(exchange: dict[str, Any], case: Dossier) -> None:
    question = asked(exchange, case, to="desk")
    for to in ("midi", "neutral"):
        with pytest.raises(Refused, match="cannot be given this duty"):
            bounce.bounce(
                ref=question.duty.ref, officer=makers.seat(exchange["noord"], "desk"), to=exchange[to],
                reason="they know him better", now=NOON,
            )  # fmt: skip


@pytest.mark.parametrize("role", ["officer", "desk", "head"])
def test_of_the_dossier_of_another_service_nobody_is_asked(
    exchange: dict[str, Any], case: Dossier, role: str
) -> None:
    with pytest.raises(NotThere):
        ask_colleague.ask_colleague(
            dossier=case.ref, officer=makers.seat(exchange["midi"], role), to=None, text=WORDS, now=NOON
        )


def test_somebody_who_is_away_or_of_another_service_cannot_take_it(exchange: dict[str, Any], case: Dossier) -> None:
    lead, officer = (makers.seat(exchange["noord"], role) for role in ("supervisor", "officer"))
    seats.go_away(officer=officer, until=NOON + timedelta(days=3), by=None, now=NOON)
    for to in (officer, makers.seat(exchange["midi"], "desk")):
        with pytest.raises(ask_colleague.CannotTake):
            ask_colleague.ask_colleague(dossier=case.ref, officer=lead, to=to, text=WORDS, now=NOON)
    assert not Question.objects.exists()
