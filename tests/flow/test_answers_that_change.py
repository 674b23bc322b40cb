"""What was answered on the evidence of a day is owed anew when a judgement, a review or a correction changes it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from passerelle.flow import consult, decide, judge, recall, receive, reconcile
from passerelle.flow.facts import NotThere
from passerelle.flow.receive import ReportDraft
from passerelle.records.models import Delivery, Duty, Match
from passerelle.testing import makers
from passerelle.testing.makers import NOON
from passerelle.words import Sentence

pytestmark = pytest.mark.django_db

NAMESAKE = makers.person("p", "Lambert Vercruysse")
CHILD = makers.person("k", "Lotte Verhaeghe", category="child", birthDate=["2011-04-02"])
STRICT = {
    "handling": "consent", "handling_reason": "the source could be recognised",
    "handling_review_on": (NOON + timedelta(days=30)).date(),
}  # fmt: skip
WHY = "the danger is real for him"


def at(hours: float) -> Any:
    return NOON + timedelta(hours=hours)


def judged(verdict: str, hours: float) -> Match:
    match = Match.objects.get()
    asked = Duty.objects.filter(kind="judge", match=match).order_by("id").first()
    assert asked is not None
    return judge.judge_match(ref=match.ref, officer=makers.seat(asked.service, "desk"), verdict=verdict, now=at(hours))


def test_a_pointer_passed_on_while_unsure_is_decided_anew_once_it_is_the_same(exchange: dict[str, Any]) -> None:
    makers.dossier(exchange["midi"], NAMESAKE)
    makers.report(exchange["noord"], "Lambert Vercruysse.", NAMESAKE, **STRICT)
    judged("unsure", 1)
    first = Duty.objects.get(kind="pass_on")
    decide.pass_on(ref=first.ref, officer=makers.seat(exchange["noord"], "desk"), now=at(2))
    judged("same", 3)
    again = Duty.objects.get(kind="pass_on", ended_at__isnull=True)
    assert again.form == "whole" and "would differ now" in str(Sentence.from_json(again.because[0]))
    first.refresh_from_db()
    assert (first.state, first.outcome) == ("done", "again")
    assert reconcile.reconcile(now=at(4)).balances
    decide.pass_on(ref=again.ref, officer=makers.seat(exchange["noord"], "desk"), now=at(5))
    assert set(Delivery.objects.values_list("form", flat=True)) == {"pointer", "whole"}


def test_an_overturned_withholding_waits_for_the_judgement_and_then_travels_by_itself(
    exchange: dict[str, Any],
) -> None:
    makers.dossier(exchange["federal"], CHILD, purpose="child_protection")
    makers.report(exchange["jeugd"], "Lotte Verhaeghe was niet op school.", CHILD)
    duty = Duty.objects.get(kind="pass_on")
    desk, head = makers.seat(exchange["jeugd"], "desk"), makers.seat(exchange["jeugd"], "head")
    with pytest.raises(decide.NotJudgedYet):
        decide.pass_on(ref=duty.ref, officer=desk, now=at(0.1))
    decide.withhold(ref=duty.ref, officer=desk, ground="g", reason=WHY, now=at(0.2))
    review = Duty.objects.get(kind="review")
    decide.review(ref=review.ref, officer=head, uphold=False, reason="nobody is in danger", now=at(0.3))
    duty.refresh_from_db()
    assert duty.state == "open" and duty.holder is not None and duty.level >= 1, "the rung never falls"
    judged("same", 0.4)
    duty.refresh_from_db()
    assert duty.state == "done" and Delivery.objects.exclude(form="pointer").exists()
    assert reconcile.reconcile(now=at(1)).balances


def test_what_was_withheld_as_inaccurate_is_decided_anew_when_it_is_put_right(exchange: dict[str, Any]) -> None:
    thief = makers.person("p", "Lambert Vercruysse", birthDate=["1980-05-06"])
    makers.dossier(exchange["midi"], thief)
    report = makers.report(exchange["noord"], "Lambert Vercruysse.", thief, **STRICT)
    duty, desk = Duty.objects.get(kind="pass_on"), makers.seat(exchange["noord"], "desk")
    decide.withhold(ref=duty.ref, officer=desk, ground="e", reason="the plate was misread", now=at(1))
    review = Duty.objects.get(kind="review")
    decide.review(ref=review.ref, officer=makers.seat(exchange["noord"], "head"), uphold=True, reason=WHY, now=at(2))
    draft = ReportDraft(text="Lambert Vercruysse, nu juist.", language="nl", subjects=[thief])
    receive.revise_report(ref=report.ref, officer=desk, draft=draft, now=at(3))
    again = Duty.objects.get(kind="pass_on", ended_at__isnull=True)
    assert "put right since" in str(Sentence.from_json(again.because[0]))
    assert reconcile.reconcile(now=at(4)).balances


def test_the_neutral_desk_keeps_sight_of_what_it_judged_until_it_takes_that_back(exchange: dict[str, Any]) -> None:
    makers.dossier(
        exchange["stad"], makers.person("k", "Lotte Verhaeghe", category="child"), purpose="child_protection"
    )
    makers.report(exchange["jeugd"], "Lotte Verhaeghe.", makers.person("k", "Lotte Verhaeghe", category="child"))
    asked = Duty.objects.get(kind="judge")
    assert asked.service == exchange["neutral"]
    desk = makers.seat(exchange["neutral"], "desk")
    judge.judge_match(ref=asked.match.ref, officer=desk, verdict="unsure", now=at(1))
    assert consult.read_match(ref=asked.match.ref, officer=desk, purpose="my_case", now=at(2)).may_judge
    judge.take_back(ref=asked.match.ref, officer=desk, now=at(3))
    assert Duty.objects.get(kind="judge", ended_at__isnull=True).holder == exchange["neutral"], "it is asked again"
    with pytest.raises(NotThere):
        consult.read_match(ref=asked.match.ref, officer=makers.seat(exchange["midi"], "desk"), now=at(4))


@pytest.mark.parametrize("order", [("pointer",), ("pointer", "whole"), ("whole", "pointer")])
def test_recalling_an_answer_that_is_owed_anew_leaves_one_duty_that_decides_again(
    exchange: dict[str, Any], order: tuple[str, ...]
) -> None:
    desk = makers.seat(exchange["noord"], "desk")
    makers.dossier(exchange["midi"], NAMESAKE)
    makers.report(exchange["noord"], "Lambert Vercruysse.", NAMESAKE, **STRICT)
    judged("unsure", 1)
    decide.pass_on(ref=Duty.objects.get(kind="pass_on").ref, officer=desk, now=at(2))
    judged("same", 3)
    again = Duty.objects.get(kind="pass_on", ended_at__isnull=True)
    if "whole" in order:
        decide.pass_on(ref=again.ref, officer=desk, now=at(4))
    for form in order:
        for told in Delivery.objects.filter(form=form):
            recall.recall(ref=told.ref, officer=desk, reason="it was the wrong person", now=at(5))
    owed = Duty.objects.get(kind="pass_on", ended_at__isnull=True)
    assert (owed == again) == (order == ("pointer",)), "what is owed already is not owed twice"
    assert reconcile.reconcile(now=at(6)).balances
    decide.pass_on(ref=owed.ref, officer=desk, now=at(7))
    assert reconcile.reconcile(now=at(8)).balances
