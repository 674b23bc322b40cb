"""A question reaches whoever can answer and keeps its clock; its answer travels as a telling would."""

from __future__ import annotations

from datetime import timedelta

import pytest

from passerelle.duty import LIVE
from passerelle.flow import answer, ask, ask_back, bounce, consult_question, decide, receive, work
from passerelle.flow.facts import NotAllowed, NotThere
from passerelle.flow.receive import ReportDraft
from passerelle.records.models import Delivery, Duty, Match, Notice, Question, Reading
from passerelle.testing import makers
from passerelle.testing.makers import NOON, seat

pytestmark = pytest.mark.django_db

STRICT = {"handling_reason": "the source could be recognised", "handling_review_on": (NOON + timedelta(days=30)).date()}
THIEF = makers.person("p", "Lambert Vercruysse", birthDate=["1980-05-06"])
LATER = NOON + timedelta(hours=1)
FOR = "investigation"
WORDS = "Weet u waar hij nu woont?"


def every_live_duty_has_a_holder_and_a_clock() -> None:
    """Invariant 1, and 5: whoever holds one can act."""
    for duty in Duty.objects.filter(state__in=LIVE).select_related("holder", "officer"):
        assert duty.holder is not None and duty.due_at is not None
        assert duty.next_event_at is not None and duty.next_event
        assert duty.officer is None or (duty.officer.is_active and duty.officer.service_id == duty.holder_id)
    assert not Duty.objects.exclude(state__in=LIVE).filter(holder__isnull=False).exists()


@pytest.fixture(autouse=True)
def invariants():
    yield
    every_live_duty_has_a_holder_and_a_clock()


def _delivered(exchange, handling: str = "open", category: str = "suspect") -> Delivery:
    makers.dossier(exchange["midi"], THIEF)
    person = makers.person("p", "Lambert Vercruysse", birthDate=["1980-05-06"], category=category)
    makers.report(exchange["noord"], "Hij stal een fiets.", person, handling=handling, **STRICT)
    return Delivery.objects.get(recipient=exchange["midi"])


def _asked(exchange, handling: str = "open", category: str = "suspect") -> Question:
    delivery = _delivered(exchange, handling, category)
    return ask.ask(about=delivery.ref, officer=seat(exchange["midi"], "officer"), text=WORDS, now=LATER)


def test_a_question_about_a_delivery_goes_to_who_holds_it_with_a_clock(exchange) -> None:
    asked = _asked(exchange)
    duty = asked.duty
    assert (duty.kind, duty.service, duty.holder, duty.recipient) == (
        "answer", exchange["noord"], exchange["noord"], exchange["midi"]
    )  # fmt: skip
    assert duty.due_at == LATER + timedelta(days=7) and duty.next_event == "escalate"
    assert "It holds what the question is about." in str(duty.because)


def test_its_answer_reaches_who_asked_and_nobody_else(exchange) -> None:
    asked = _asked(exchange)
    answer.answer(ref=asked.duty.ref, officer=seat(exchange["noord"], "desk"), text="In de Kerkstraat.", now=LATER)
    view = consult_question.read_question(ref=asked.ref, officer=seat(exchange["midi"], "officer"), now=LATER)
    assert view.question.answer == "In de Kerkstraat." and view.question.duty.state == "done"
    assert Notice.objects.filter(officer=asked.asked_by, kind="answered").exists()
    assert Reading.objects.filter(thing=asked.ref).count() == 1
    for key, role in (("stad", "head"), ("federal", "desk"), ("noord", "administrator")):
        if role == "administrator":
            makers.officer(exchange[key], role)
        with pytest.raises(NotThere):
            consult_question.read_question(ref=asked.ref, officer=seat(exchange[key], role), now=LATER)


def test_what_may_not_travel_as_a_telling_does_not_travel_as_an_answer(exchange) -> None:
    asked = _asked(exchange, "consent", "witness")  # an extract, once a person has judged the match
    desk = seat(exchange["noord"], "desk")
    assert asked.duty.service == exchange["noord"]
    with pytest.raises(answer.AnswerMayNotTravel):
        answer.answer(ref=asked.duty.ref, officer=desk, text="In de Kerkstraat.", now=LATER)
    with pytest.raises(answer.AnswerMayNotTravel):
        ask_back.ask_back(ref=asked.duty.ref, officer=desk, text="De man van de Kerkstraat 12?", now=LATER)
    asked.refresh_from_db()
    assert not asked.answer and asked.duty.state == "open" and not asked.asked_back.exists()


def test_a_question_whose_withholding_was_overturned_has_the_clock_of_its_themes_again(exchange) -> None:
    asked = ask.ask(
        about=_asked(exchange).delivery.ref, officer=seat(exchange["midi"], "officer"), themes=["terrorism"],
        text="Where was he seen last?", now=LATER,
    )  # fmt: skip
    allowed = asked.duty.due_at - asked.duty.raised_at
    decide.withhold(
        ref=asked.duty.ref, officer=seat(exchange["noord"], "desk"), ground="g", reason="an informant is in danger",
        now=LATER,
    )  # fmt: skip
    review = Duty.objects.get(kind="review", about=asked.duty)
    at = LATER + timedelta(minutes=5)
    decide.review(
        ref=review.ref, officer=seat(exchange["noord"], "supervisor"), uphold=False, reason="the danger has passed now",
        now=at,
    )  # fmt: skip
    asked.duty.refresh_from_db()
    assert asked.duty.due_at == at + allowed and allowed <= timedelta(minutes=15)


def test_an_answer_is_withheld_on_a_ground_and_reopened_when_a_second_person_overturns(exchange) -> None:
    asked = _asked(exchange)
    decide.withhold(
        ref=asked.duty.ref, officer=seat(exchange["noord"], "desk"), ground="g", reason="an informant is in danger",
        now=LATER,
    )  # fmt: skip
    review = Duty.objects.get(kind="review", about=asked.duty)
    asked.duty.refresh_from_db()
    assert (asked.duty.state, asked.duty.officer, asked.duty.next_event_at) == (
        "withheld", review.officer, review.next_event_at
    )  # fmt: skip
    decide.review(
        ref=review.ref, officer=seat(exchange["noord"], "supervisor"), uphold=False, reason="the danger has passed now",
        now=LATER + timedelta(days=2),
    )  # fmt: skip
    asked.duty.refresh_from_db()
    assert (asked.duty.state, asked.duty.due_at) == ("open", LATER + timedelta(days=9))


def test_a_question_answered_with_a_question_waits_with_a_clock_and_goes_on_where_it_stood(exchange) -> None:
    asked = _asked(exchange)
    desk = seat(exchange["noord"], "desk")
    back = ask_back.ask_back(
        ref=asked.duty.ref, officer=desk, text="Welke van de twee broers?", now=LATER + timedelta(days=1)
    )
    duty = Duty.objects.get(pk=asked.duty_id)
    assert duty.state == "held" and duty.paused_until == back.duty.due_at == duty.next_event_at
    assert back.duty.service == exchange["midi"] and back.duty.due_at == LATER + timedelta(days=8)
    answer.answer(
        ref=back.duty.ref, officer=seat(exchange["midi"], "desk"), text="De oudste.", now=LATER + timedelta(days=3)
    )
    duty.refresh_from_db()
    assert (duty.state, duty.due_at) == ("open", LATER + timedelta(days=9)), "two days stood with the other side"
    answer.answer(ref=duty.ref, officer=desk, text="In de Kerkstraat.", now=LATER + timedelta(days=4))


def test_a_question_back_that_nobody_answers_expires_into_the_duty_and_climbs_itself(exchange) -> None:
    asked = _asked(exchange)
    back = ask_back.ask_back(
        ref=asked.duty.ref, officer=seat(exchange["noord"], "desk"), text="Welke van de twee?", now=LATER
    )
    work.work_until_done(now=back.duty.due_at)
    duty, of_back = Duty.objects.get(pk=asked.duty_id), Duty.objects.get(pk=back.duty_id)
    assert (duty.state, of_back.level) == ("open", 1)
    assert duty.due_at == LATER + timedelta(days=14)


def test_it_is_answered_with_a_question_twice_and_no_more(exchange) -> None:
    asked = _asked(exchange)
    desk, other = seat(exchange["noord"], "desk"), seat(exchange["midi"], "desk")
    for times in range(2):
        at = LATER + timedelta(hours=times)
        back = ask_back.ask_back(ref=asked.duty.ref, officer=desk, text="Welke van de twee?", now=at)
        answer.answer(ref=back.duty.ref, officer=other, text="De oudste.", now=at)
    with pytest.raises(ask_back.AskedBackTooOften):
        ask_back.ask_back(ref=asked.duty.ref, officer=desk, text="Zeker van de twee?", now=LATER + timedelta(hours=3))


def test_not_ours_but_theirs_goes_on_and_climbs_when_it_returns(exchange) -> None:
    asked = _asked(exchange)
    due = asked.duty.due_at
    duty = bounce.bounce(
        ref=asked.duty.ref, officer=seat(exchange["noord"], "desk"), to=exchange["federal"],
        reason="their unit has the file", now=LATER,
    )  # fmt: skip
    assert (duty.service, duty.holder, duty.level, duty.due_at) == (exchange["federal"], exchange["federal"], 0, due)
    with pytest.raises(NotThere):
        answer.answer(ref=duty.ref, officer=seat(exchange["stad"], "desk"), text="Wij niet.", now=LATER)
    duty = bounce.bounce(
        ref=duty.ref, officer=seat(exchange["federal"], "desk"), to=exchange["noord"], reason="no it is yours",
        now=LATER,
    )  # fmt: skip
    assert (duty.service, duty.level, duty.officer) == (exchange["noord"], 1, seat(exchange["noord"], "supervisor"))
    for key, level in (("federal", 2), ("noord", 3)):
        holder = duty.officer
        duty = bounce.bounce(ref=duty.ref, officer=holder, to=exchange[key], reason="no it is yours really", now=LATER)
        assert duty.level == level
    assert duty.holder == exchange["neutral"], "two desks that send it to each other meet at the neutral desk"
    with pytest.raises(bounce.NotTheirs):
        bounce.bounce(
            ref=duty.ref, officer=seat(exchange["neutral"], "desk"), to=exchange["midi"], reason="who asked it knows",
            now=LATER,
        )  # fmt: skip


def test_the_neutral_desk_hands_back_and_silence_then_climbs_to_oversight(exchange) -> None:
    asked = _asked(exchange)
    for days in range(7, 10):
        work.work_until_done(now=LATER + timedelta(days=days))
    duty = Duty.objects.get(pk=asked.duty_id)
    assert (duty.level, duty.holder) == (3, exchange["neutral"])
    at = LATER + timedelta(days=9, hours=1)
    with pytest.raises(NotAllowed):
        bounce.hand_back(ref=duty.ref, officer=seat(exchange["noord"], "head"), reason="it is all theirs", now=at)
    duty = bounce.hand_back(
        ref=duty.ref, officer=seat(exchange["neutral"], "desk"), reason="only they can know it", now=at
    )
    assert (duty.level, duty.officer) == (3, seat(exchange["noord"], "head"))
    work.work_until_done(now=at + timedelta(days=1))
    duty.refresh_from_db()
    assert duty.level == 4 and duty.officer == seat(exchange["oversight"], "oversight")


def test_a_question_on_a_theme_goes_to_whom_it_is_entrusted_who_reads_its_language(exchange) -> None:
    french = makers.service("bxl", "federal_police", languages=("fr",), themes=("drugs",))
    dutch = makers.service("gent", "federal_police", languages=("nl",), themes=("drugs",))
    filed = makers.report(exchange["noord"], "Iets over pillen.", themes=["drugs"])
    asked = ask.ask(about=filed.ref, officer=seat(exchange["noord"], "officer"), text=WORDS, purpose=FOR, now=LATER)
    assert asked.duty.service == dutch
    asked.asked_by.language = "fr"
    french_words = "Connaissez-vous ces pilules ?"
    again = ask.ask(about=filed.ref, officer=asked.asked_by, text=french_words, purpose=FOR, now=LATER)
    assert again.duty.service == french


def test_where_nobody_is_known_to_hold_it_the_neutral_desk_finds_who_can_answer(exchange) -> None:
    filed = makers.report(exchange["noord"], "Iets.")
    asked = ask.ask(about=filed.ref, officer=seat(exchange["noord"], "officer"), text=WORDS, purpose=FOR, now=LATER)
    assert asked.duty.service == exchange["neutral"]
    neutral = seat(exchange["neutral"], "desk")
    with pytest.raises(answer.AnswerMayNotTravel):
        answer.answer(ref=asked.duty.ref, officer=neutral, text="Wij weten niets.", now=LATER)
    duty = bounce.bounce(
        ref=asked.duty.ref, officer=neutral, to=exchange["federal"], reason="they may know it", now=LATER
    )
    assert duty.service == exchange["federal"]


def test_two_worlds_a_hidden_holder_does_not_change_where_a_question_goes(exchange) -> None:
    filed = makers.report(exchange["noord"], "Hij stal.", THIEF)
    officer = seat(exchange["noord"], "officer")
    first = ask.ask(about=filed.ref, officer=officer, text=WORDS, purpose=FOR, now=LATER)
    makers.dossier(exchange["jeugd"], THIEF, discreet=True, now=LATER)
    assert Match.objects.exists()
    second = ask.ask(about=filed.ref, officer=officer, text=WORDS, purpose=FOR, now=LATER)
    assert first.duty.service == second.duty.service == exchange["neutral"]
    assert first.duty.due_at == second.duty.due_at


def test_who_asks_out_of_a_discreet_interest_is_not_named(exchange) -> None:
    makers.dossier(exchange["federal"], THIEF, discreet=True)
    makers.report(exchange["noord"], "Hij stal een fiets.", THIEF)
    delivery = Delivery.objects.get(recipient=exchange["federal"])
    asked = ask.ask(about=delivery.ref, officer=seat(exchange["federal"], "desk"), text=WORDS, now=LATER)
    view = consult_question.read_question(ref=asked.ref, officer=seat(exchange["noord"], "desk"), now=LATER)
    assert view.asks is None and not view.mine and asked.duty.discreet


def test_nobody_asks_about_what_they_may_not_see(exchange) -> None:
    delivery = _delivered(exchange)
    filed = delivery.report
    for about, officer in (
        (delivery.ref, seat(exchange["stad"], "desk")), (filed.ref, seat(exchange["midi"], "desk")),
        ("report-nonesuch", seat(exchange["noord"], "desk")), (delivery.ref, seat(exchange["oversight"], "oversight")),
        (delivery.duty.ref, seat(exchange["noord"], "desk")),
    ):  # fmt: skip
        with pytest.raises(NotThere):
            ask.ask(about=about, officer=officer, text=WORDS, now=LATER)
    with pytest.raises(ask.QuestionIncomplete):
        ask.ask(about=delivery.ref, officer=seat(exchange["midi"], "desk"), text="Waar?", now=LATER)


def test_not_for_us_but_for_them_is_heard_by_the_originator_as_a_question(exchange) -> None:
    delivery = _delivered(exchange)
    duty = Duty.objects.get(kind="acknowledge", report=delivery.report)
    bounce.not_for_us(
        ref=duty.ref, officer=seat(exchange["midi"], "desk"),  theirs=exchange["federal"],
        note="the federal unit follows him", now=LATER,
    )  # fmt: skip
    asked = Question.objects.get()
    assert asked.duty.service == exchange["noord"] and asked.service == exchange["midi"]
    assert "Federal" in asked.text


def test_who_asks_out_of_a_discreet_interest_is_not_named_by_asking_back_either(exchange) -> None:
    makers.dossier(exchange["federal"], THIEF, discreet=True)
    makers.report(exchange["noord"], "Hij stal een fiets.", THIEF)
    delivery = Delivery.objects.get(recipient=exchange["federal"])
    desks = {key: seat(exchange[key], "desk") for key in ("federal", "noord")}
    asked = ask.ask(about=delivery.ref, officer=desks["federal"], text=WORDS, now=LATER)
    back = ask_back.ask_back(ref=asked.duty.ref, officer=desks["noord"], text="Welke van de twee?", now=LATER)
    again = ask_back.ask_back(ref=back.duty.ref, officer=desks["federal"], text="Zijn er dan twee?", now=LATER)
    for one, asks, answers in ((asked, False, True), (back, True, False), (again, False, True)):
        assert one.duty.discreet is not asks
        for desk in desks.values():
            view = consult_question.read_question(ref=one.ref, officer=desk, now=LATER)
            assert (view.asks is not None) is (view.mine or asks), "the federal unit is named to nobody"
            assert (view.asked is not None) is (not view.mine or answers)


def test_what_may_no_longer_travel_does_not_travel_as_an_answer_to_a_question_asked_back_twice(exchange) -> None:
    asked = _asked(exchange)
    noord, midi = seat(exchange["noord"], "desk"), seat(exchange["midi"], "desk")
    back = ask_back.ask_back(ref=asked.duty.ref, officer=noord, text="Welke van de twee?", now=LATER)
    again = ask_back.ask_back(ref=back.duty.ref, officer=midi, text="Zijn er dan twee?", now=LATER)
    witness = makers.person("p", "Lambert Vercruysse", birthDate=["1980-05-06"], category="witness")
    draft = ReportDraft(text="Hij stal niets.", language="nl", subjects=(witness,), handling="consent", **STRICT)
    receive.revise_report(ref=asked.report.ref, officer=noord, draft=draft, now=LATER)
    with pytest.raises(answer.AnswerMayNotTravel):
        answer.answer(ref=again.duty.ref, officer=noord, text="In de Kerkstraat.", now=LATER)
    answer.answer(ref=back.duty.ref, officer=midi, text="De oudste.", now=LATER + timedelta(days=8))


def test_a_question_asked_back_goes_on_to_nobody_but_whom_it_was_asked(exchange) -> None:
    asked = _asked(exchange)
    noord = seat(exchange["noord"], "desk")
    back = ask_back.ask_back(ref=asked.duty.ref, officer=noord, text="Welke van de twee?", now=LATER)
    with pytest.raises(bounce.NotTheirs):
        bounce.bounce(
            ref=back.duty.ref, officer=seat(exchange["midi"], "desk"), to=exchange["federal"], reason="they may know",
            now=LATER,
        )  # fmt: skip
