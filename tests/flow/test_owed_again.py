"""What is owed follows the matches, the interests and the versions as they are now: it ends, and is owed again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from passerelle.flow import acknowledge, consult, decide, judge, match, receive, reconcile, watches, work
from passerelle.flow.receive import ReportDraft
from passerelle.records.models import Delivery, Duty, Match, Report, Subject
from passerelle.testing import makers
from passerelle.testing.makers import NOON
from passerelle.words import Sentence

pytestmark = pytest.mark.django_db

THIEF = makers.person("p", "Lambert Vercruysse", birthDate=["1980-05-06"])
NAMESAKE = makers.person("p", "Lambert Vercruysse")
OTHER = makers.person("p", "Mireille Dardenne", birthDate=["1971-11-30"])
WHY = "the informant would be in danger"


def _hours(count: float):
    return NOON + timedelta(hours=count)


def _report(exchange, *subjects, handling: str = "consent", **more) -> Report:
    return makers.report(
        exchange["noord"], "Gezien in de stad.", *subjects, handling=handling,
        handling_reason="the source could be recognised", handling_review_on=_hours(900).date(), **more,
    )  # fmt: skip


def _revise(report: Report, *subjects, hours: float) -> None:
    draft = ReportDraft(text="Gezien in het dorp.", language="nl", subjects=subjects)
    receive.revise_report(ref=report.ref, officer=makers.seat(report.service, "desk"), draft=draft, now=_hours(hours))
    work.work_until_done(now=_hours(hours))


def _balance(hours: float) -> reconcile.Reconciliation:
    result = reconcile.reconcile(now=_hours(hours))
    assert result.balances, result
    return result


def _judge(exchange, role: str, verdict: str, hours: float) -> None:
    judge.judge_match(
        ref=Match.objects.get().ref, officer=makers.seat(exchange["noord"], role), verdict=verdict, now=_hours(hours)
    )


def test_parted_by_two_and_joined_again_it_is_owed_again(exchange) -> None:
    makers.dossier(exchange["midi"], NAMESAKE)
    report = _report(exchange, NAMESAKE)
    assert Match.objects.get().band == "possible"
    for role, verdict in (("desk", "same"), ("desk", "different"), ("supervisor", "different")):
        _judge(exchange, role, verdict, 1)
    assert [duty.state for duty in report.duties.filter(kind="pass_on")] == ["void"]
    for role in ("supervisor", "desk"):
        judge.take_back(ref=Match.objects.get().ref, officer=makers.seat(exchange["noord"], role), now=_hours(2))
    assert [duty.state for duty in report.duties.filter(kind="pass_on").order_by("id")] == ["void", "open"]
    assert Delivery.objects.filter(report=report).count() == 1, "the pointer is not sent twice"
    assert _balance(3).live == 1


def test_what_comes_after_an_acknowledgement_is_acknowledged_by_itself(exchange) -> None:
    makers.dossier(exchange["midi"], THIEF)
    report = _report(exchange, THIEF, handling="open")
    desk = makers.seat(exchange["midi"], "desk")
    first = Duty.objects.get(kind="acknowledge")
    acknowledge.acknowledge_duty(ref=first.ref, officer=desk, outcome="acted_upon", now=_hours(1))
    _revise(report, THIEF, hours=2)
    second = Duty.objects.get(kind="acknowledge", ended_at__isnull=True)
    acknowledge.acknowledge_duty(ref=second.ref, officer=desk, outcome="noted", now=_hours(3))
    said = list(Delivery.objects.order_by("id").values_list("report_version", "evidence", "acknowledged_at"))
    assert said == [(1, "acted_upon", _hours(1)), (2, "acknowledged", _hours(3))], "evidence never climbs down"


def test_two_deliveries_before_the_acknowledgement_ask_for_one(exchange) -> None:
    makers.dossier(exchange["midi"], THIEF)
    report = _report(exchange, THIEF, handling="open")
    consult.read_delivery(ref=Delivery.objects.get().ref, officer=makers.seat(exchange["midi"], "desk"), now=_hours(1))
    _revise(report, THIEF, hours=2)
    assert Delivery.objects.count() == 2 and Duty.objects.filter(kind="acknowledge").count() == 1


def test_when_every_interest_has_ended_the_duty_ends_and_a_new_one_owes_it_anew(exchange) -> None:
    makers.dossier(exchange["midi"], THIEF, until=(NOON + timedelta(days=1)).date())
    report = _report(exchange, THIEF)
    for day in range(1, 10):
        work.work_until_done(now=NOON + timedelta(days=day))
    ended = report.duties.get(kind="pass_on")
    assert (ended.state, ended.outcome) == ("void", "lapse")
    assert _balance(24 * 10).owed == 0
    makers.dossier(exchange["midi"], THIEF, now=NOON + timedelta(days=11))
    assert report.duties.get(kind="pass_on", ended_at__isnull=True).state == "open"
    assert _balance(24 * 12).live == 1


def test_a_withholding_whose_interest_has_ended_ends_with_its_review(exchange) -> None:
    makers.dossier(exchange["midi"], THIEF, until=(NOON + timedelta(days=1)).date())
    duty = _report(exchange, THIEF).duties.get(kind="pass_on")
    decide.withhold(ref=duty.ref, officer=makers.seat(exchange["noord"], "desk"), ground="g", reason=WHY, now=_hours(1))
    for day in range(1, 10):
        work.work_until_done(now=NOON + timedelta(days=day))
    assert set(Duty.objects.values_list("kind", "state")) == {("pass_on", "void"), ("review", "void")}


def test_a_rule_that_has_ended_calls_for_nothing(exchange) -> None:
    watches.state_rule(
        service=exchange["federal"], officer=None, approved_by=None, theme="terrorism", purpose="investigation",
        legal_basis="an article", until=(NOON + timedelta(days=1)).date(), now=NOON,
    )  # fmt: skip
    report = _report(exchange, THIEF, themes=["terrorism"])
    duty = report.duties.get(kind="pass_on")
    with pytest.raises(decide.NothingMayTravel):
        decide.pass_on(ref=duty.ref, officer=makers.seat(exchange["noord"], "desk"), now=NOON + timedelta(days=2))
    work.work_until_done(now=NOON + timedelta(days=2))
    duty.refresh_from_db()
    assert duty.state == "void"


def test_a_rule_calls_no_more_for_a_report_that_a_correction_took_its_theme_from(exchange) -> None:
    watches.state_rule(
        service=exchange["federal"], officer=None, approved_by=None, theme="terrorism", purpose="investigation",
        legal_basis="an article", until=(NOON + timedelta(days=90)).date(), now=NOON,
    )  # fmt: skip
    report = _report(exchange, THIEF, themes=["terrorism"])
    duty = report.duties.get(kind="pass_on")
    assert duty.live and _balance(1).live == 1
    _revise(report, THIEF, hours=2)
    with pytest.raises(decide.NothingMayTravel):
        decide.pass_on(ref=duty.ref, officer=makers.seat(exchange["noord"], "desk"), now=_hours(3))
    work.work_until_done(now=NOON + timedelta(days=2))
    duty.refresh_from_db()
    assert duty.state == "void" and not Delivery.objects.exclude(form="pointer").exists()
    draft = ReportDraft(text="Gezien in de stad.", language="nl", subjects=[THIEF], themes=["terrorism"])
    desk = makers.seat(exchange["noord"], "desk")
    receive.revise_report(ref=report.ref, officer=desk, draft=draft, now=_hours(60))
    work.work_until_done(now=_hours(60))
    assert report.duties.get(kind="pass_on", ended_at__isnull=True).recipient == exchange["federal"], "owed again"


def test_a_judged_pair_is_asked_again_on_new_evidence_and_the_question_says_so(exchange) -> None:
    makers.dossier(exchange["midi"], NAMESAKE)
    report = _report(exchange, NAMESAKE)
    _judge(exchange, "desk", "different", 1)
    _revise(report, NAMESAKE, hours=2)
    assert not Duty.objects.filter(kind="judge", ended_at__isnull=True).exists(), "nothing new, no question"
    _revise(report, makers.person("p", "Lambert Verkruisse"), hours=3)
    asked = Duty.objects.get(kind="judge", ended_at__isnull=True)
    assert "evidence has changed since" in str(Sentence.from_json(asked.because[0]))
    _judge(exchange, "desk", "same", 4)
    assert report.duties.filter(kind="pass_on", ended_at__isnull=True).exists()


def test_one_more_family_in_the_house_is_no_new_evidence() -> None:
    def told(count: int, street: str):
        inner = Sentence("{left} is {right}.", (("left", street), ("right", street)))
        return [Sentence("{before} Shared by {count}.", (("before", inner), ("count", count))).to_json()]

    assert match.digest_of(told(24, "Kiekenmarkt")) == match.digest_of(told(25, "Kiekenmarkt"))
    assert match.digest_of(told(24, "Kiekenmarkt")) != match.digest_of(told(24, "Vismarkt"))


def test_a_name_that_was_corrected_is_weighed_again_and_what_rests_on_it_is_judged(exchange) -> None:
    makers.dossier(exchange["midi"], THIEF)
    report = _report(exchange, THIEF)
    duty = report.duties.get(kind="pass_on")
    assert Match.objects.get().band == "strong"
    _revise(report, OTHER, hours=1)
    assert Match.objects.get().band == "none", "no key is shared any more, and still it was weighed"
    desk = makers.seat(exchange["noord"], "desk")
    with pytest.raises(decide.NothingMayTravel):
        decide.pass_on(ref=duty.ref, officer=desk, now=_hours(2))
    assert Duty.objects.filter(kind="judge", match=Match.objects.get(), ended_at__isnull=True).exists()
    for role in ("desk", "supervisor"):
        _judge(exchange, role, "different", 3)
    duty.refresh_from_db()
    assert duty.state == "void"
    assert _balance(4).owed == 0


def test_while_a_withholding_awaits_its_review_nothing_travels_when_the_seal_falls(exchange) -> None:
    makers.dossier(exchange["midi"], THIEF)
    report = _report(exchange, THIEF, handling="sealed")
    duty, sealing = report.duties.get(kind="pass_on"), report.duties.get(kind="review")
    desk, head = makers.seat(exchange["noord"], "desk"), makers.seat(exchange["noord"], "head")
    decide.withhold(ref=duty.ref, officer=desk, ground="g", reason=WHY, now=_hours(1))
    decide.review(ref=sealing.ref, officer=head, uphold=False, reason="nothing asks for a seal", now=_hours(2))
    assert not Delivery.objects.exists()
    review = Duty.objects.get(kind="review", about=duty)
    decide.review(ref=review.ref, officer=head, uphold=False, reason="nobody would be in danger", now=_hours(3))
    assert Delivery.objects.get().form == "whole"


def test_a_category_that_a_new_version_corrects_decides_what_may_travel(exchange) -> None:
    report = _report(exchange, THIEF, handling="open")
    witness = makers.person("p", "Lambert Vercruysse", category="witness", birthDate=["1980-05-06"])
    _revise(report, witness, hours=1)
    assert Subject.objects.get(report=report).category == "witness"
    makers.dossier(exchange["midi"], THIEF, now=_hours(2))
    assert Delivery.objects.get(report=report).form == "pointer"


def test_a_telling_that_is_done_without_a_delivery_is_missing(exchange) -> None:
    makers.dossier(exchange["midi"], THIEF)
    report = _report(exchange, THIEF)
    duty = report.duties.get(kind="pass_on")
    Delivery.objects.filter(report=report).update(recipient=exchange["stad"])
    Duty.objects.filter(pk=duty.pk).update(
        state="done", holder=None, officer=None, next_event="", next_event_at=None, ended_at=NOON
    )
    assert reconcile.reconcile(now=_hours(1)).missing == ((report.ref, "midi"),)
    Delivery.objects.filter(report=report).update(recipient=exchange["midi"])
    Duty.objects.filter(pk=duty.pk).update(
        state="open", holder=duty.holder, next_event=duty.next_event, next_event_at=duty.next_event_at, ended_at=None
    )


def test_passing_on_nothing_is_not_called_passing_on(exchange) -> None:
    makers.dossier(
        exchange["stad"], makers.person("p", "Lotte Verhaeghe", category="victim", birthDate=["2011-04-02"]),
        purpose="victim_protection",
    )  # fmt: skip
    report = _report(
        exchange, makers.person("k", "Lotte Verhaeghe", category="victim", birthDate=["2011-04-02"]), handling="open"
    )
    duty = report.duties.get(kind="pass_on")
    asked = Duty.objects.get(kind="judge")
    judge.judge_match(ref=asked.match.ref, officer=makers.seat(asked.holder, "desk"), verdict="unsure", now=_hours(1))
    duty.refresh_from_db()
    assert duty.state == "void" and not Delivery.objects.exclude(form="pointer").exists()
    assert _balance(2).owed == 0
