"""From a filed report to an acknowledged delivery: the story the whole house is for, told with the real verbs."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from passerelle.flow import acknowledge, consult, decide, reconcile, work
from passerelle.flow.receive import RelationDraft, SubjectDraft
from passerelle.policy.grounds import GroundNotLawful
from passerelle.records.models import Delivery, Duty, Match, Notice, Officer, Report
from passerelle.testing import makers
from passerelle.testing.makers import NOON

pytestmark = pytest.mark.django_db

TEXT = (
    "Van horen zeggen: de zoon van Latifa Bouzerda, Zevensterrenstraat 41, rijdt met een grijze Skoda en heeft contact "
    "met de gebroeders Jasin en Soufjan Ben Sjarki."
)


def _dutch_report(exchange, **more) -> Report:
    subjects = [
        SubjectDraft("host", "Person", {}, category="contact", caption="de zoon van Latifa Bouzerda"),
        makers.person("mother", "Latifa Bouzerda", category="other"),
        makers.address("address", "Zevensterrenstraat 41"),
        SubjectDraft("car", "Vehicle", {"model": ["Skoda"], "color": ["grijs"]}),
        makers.person("b1", "Jasin Ben Sjarki"),
        makers.person("b2", "Soufjan Ben Sjarki"),
    ]
    relations = [
        RelationDraft("host", "child_of", "mother"),
        RelationDraft("host", "lives_at", "address"),
        RelationDraft("host", "drives", "car"),
        RelationDraft("host", "in_contact_with", "b1"),
        RelationDraft("host", "in_contact_with", "b2"),
    ]
    return makers.report(
        exchange["noord"],
        TEXT,
        *subjects,
        relations=relations,
        source_grade="X",
        information_grade="4",
        themes=["terrorism"],
        **more,
    )


def _french_dossier(exchange, **more):
    return makers.dossier(
        exchange["midi"],
        makers.person("s", "Yassine Ben Charki", birthDate=["1989-09-15"]),
        makers.address("a", "41, rue des Sept-Étoiles, 1030 Schaerbeek"),
        title="Dossier Ben Charki",
        **more,
    )


def test_the_dutch_report_reaches_the_french_investigators_within_a_minute_of_filing(exchange) -> None:
    _french_dossier(exchange)
    report = _dutch_report(exchange, now=NOON + timedelta(hours=1))
    delivery = Delivery.objects.get(report=report)
    assert delivery.recipient == exchange["midi"] and delivery.form == "whole"
    assert delivery.delivered_at - report.filed_at < timedelta(seconds=60)
    kinds = {match.left.schema for match in Match.objects.select_related("left")}
    assert kinds >= {"Person", "Address"}, "both the brother and the translated street are matched"
    acknowledging = Duty.objects.get(kind="acknowledge", report=report)
    assert acknowledging.holder == exchange["midi"] and acknowledging.next_event == "escalate"


def test_a_new_dossier_finds_what_was_filed_before_it(exchange) -> None:
    report = _dutch_report(exchange)
    assert not Delivery.objects.exists()
    _french_dossier(exchange, now=NOON + timedelta(days=3))
    assert Delivery.objects.get(report=report).recipient == exchange["midi"]


def test_without_an_acknowledgement_the_duty_climbs_to_a_named_supervisor_and_up_to_oversight(exchange) -> None:
    _french_dossier(exchange)
    report = _dutch_report(exchange, now=NOON + timedelta(hours=1))
    holders = []
    for hour in range(24 * 30):
        work.turn(now=NOON + timedelta(hours=1 + hour))
        duty = Duty.objects.get(kind="acknowledge", report=report)
        holder = (duty.level, duty.holder.key, duty.officer.name if duty.officer else "")
        if not holders or holders[-1] != holder:
            holders.append(holder)
    assert holders == [
        (0, "midi", ""),
        (1, "midi", "supervisor of midi"),
        (2, "midi", "head of midi"),
        (3, "neutral", ""),
        (4, "oversight", "oversight of oversight"),
    ]
    told = Notice.objects.filter(kind="late", duty=duty, officer=makers.seat(exchange["midi"], "supervisor"))
    assert told.count() == 2, "told when it reached them, and with the rung below when it climbed on"


def test_acknowledging_ends_the_duty_and_the_originator_hears_it(exchange) -> None:
    _french_dossier(exchange)
    report = _dutch_report(exchange, now=NOON + timedelta(hours=1))
    duty = Duty.objects.get(kind="acknowledge", report=report)
    desk = makers.seat(exchange["midi"], "desk")
    acknowledge.acknowledge_duty(
        ref=duty.ref, officer=desk, outcome="acted_upon", note="Adresse vérifiée.", now=NOON + timedelta(hours=2)
    )
    assert Delivery.objects.get(report=report).evidence == "acted_upon"
    heard = Notice.objects.get(kind="used")
    assert heard.officer == report.author
    assert "used by Midi" in str(acknowledge.Sentence.from_json(heard.says))


def test_acknowledging_twice_is_refused_and_leaves_no_trace(exchange) -> None:
    _french_dossier(exchange)
    report = _dutch_report(exchange, now=NOON + timedelta(hours=1))
    duty = Duty.objects.get(kind="acknowledge", report=report)
    desk = makers.seat(exchange["midi"], "desk")
    acknowledge.acknowledge_duty(ref=duty.ref, officer=desk, outcome="noted", now=NOON + timedelta(hours=2))
    before = Notice.objects.count()
    with pytest.raises(acknowledge.Refused, match="It has ended; nothing can happen to it any more"):
        acknowledge.acknowledge_duty(ref=duty.ref, officer=desk, outcome="acted_upon", now=NOON + timedelta(hours=3))
    assert Notice.objects.count() == before


def test_another_service_learns_neither_of_the_delivery_nor_of_the_duty(exchange) -> None:
    _french_dossier(exchange)
    report = _dutch_report(exchange, now=NOON + timedelta(hours=1))
    delivery = Delivery.objects.get(report=report)
    stranger = makers.seat(exchange["stad"], "desk")
    for read, ref in (
        (consult.read_delivery, delivery.ref),
        (consult.read_report, report.ref),
        (consult.read_delivery, "delivery-none"),
        (consult.read_match, Match.objects.first().ref),
    ):
        with pytest.raises(consult.NotThere, match="There is nothing here that you can see"):
            read(ref=ref, officer=stranger, now=NOON + timedelta(hours=2))


def test_consent_sends_a_pointer_and_its_owner_owes_a_decision(exchange) -> None:
    _french_dossier(exchange)
    report = _dutch_report(
        exchange,
        now=NOON + timedelta(hours=1),
        handling="consent",
        handling_reason="the source could be recognised",
        handling_review_on=(NOON + timedelta(days=30)).date(),
    )
    delivery = Delivery.objects.get(report=report)
    assert delivery.form == "pointer" and "text" not in delivery.content
    duty = Duty.objects.get(kind="pass_on", report=report)
    assert duty.state == "open" and duty.holder == exchange["noord"]
    desk = makers.seat(exchange["noord"], "desk")
    with pytest.raises(GroundNotLawful, match="source"):
        decide.withhold(
            ref=duty.ref,
            officer=desk,
            ground="source unreliable",
            reason="the source is doubtful",
            now=NOON + timedelta(hours=2),
        )
    duty.refresh_from_db()
    assert duty.state == "open" and not duty.withholdings.exists()
    decide.pass_on(ref=duty.ref, officer=desk, now=NOON + timedelta(hours=3))
    assert set(Delivery.objects.filter(report=report).values_list("form", flat=True)) == {"pointer", "whole"}


def test_a_withholding_is_reviewed_by_a_second_person_and_overturned(exchange) -> None:
    _french_dossier(exchange)
    report = _dutch_report(
        exchange,
        now=NOON + timedelta(hours=1),
        handling="consent",
        handling_reason="the source could be recognised",
        handling_review_on=(NOON + timedelta(days=30)).date(),
    )
    duty = Duty.objects.get(kind="pass_on", report=report)
    supervisor = makers.seat(exchange["noord"], "supervisor")
    decide.withhold(
        ref=duty.ref,
        officer=supervisor,
        ground="g",
        reason="the informant would be in danger",
        now=NOON + timedelta(hours=2),
    )
    review = Duty.objects.get(kind="review", about=duty)
    assert review.officer != supervisor, "nobody holds the review of their own decision"
    with pytest.raises(decide.Refused):
        decide.review(
            ref=review.ref, officer=supervisor, uphold=True, reason="I still think so", now=NOON + timedelta(hours=3)
        )
    head = makers.seat(exchange["noord"], "head")
    decide.review(
        ref=review.ref,
        officer=head,
        uphold=False,
        reason="the informant is not named in it",
        now=NOON + timedelta(hours=3),
    )
    duty.refresh_from_db()
    assert duty.state == "done" and duty.outcome == "whole"
    assert Delivery.objects.filter(report=report, form="whole").exists()


def test_sealed_tells_nobody_and_climbs_to_oversight(exchange) -> None:
    _french_dossier(exchange)
    report = _dutch_report(
        exchange,
        now=NOON + timedelta(hours=1),
        handling="sealed",
        handling_reason="an undercover officer would be exposed",
        handling_review_on=(NOON + timedelta(days=30)).date(),
    )
    assert not Delivery.objects.exists()
    for day in range(60):
        work.work_until_done(now=NOON + timedelta(days=day))
    duty = Duty.objects.get(kind="pass_on", report=report)
    assert duty.level == 4 and duty.officer.role == "oversight" and duty.state == "open"
    assert not Delivery.objects.exists(), "silence never releases what is sealed"
    recipient_sees = consult.visibility.duties(makers.seat(exchange["midi"], "head"))
    assert not recipient_sees.filter(report=report).exists()


def test_youth_care_sends_a_pointer_until_a_person_has_judged_and_its_desk_decided(exchange) -> None:
    makers.dossier(
        exchange["midi"],
        makers.person("k", "Lotte Verhaeghe", category="child", birthDate=["2011-04-02"]),
        purpose="child_protection",
    )
    report = makers.report(
        exchange["jeugd"],
        "Lotte Verhaeghe is al drie dagen niet op school.",
        makers.person("k", "Lotte Verhaeghe", category="child", birthDate=["2011-04-02"]),
        now=NOON + timedelta(hours=1),
    )
    assert list(Delivery.objects.filter(report=report).values_list("form", flat=True)) == ["pointer"]
    duty = Duty.objects.get(kind="pass_on", report=report)
    desk = makers.seat(exchange["jeugd"], "desk")
    with pytest.raises(decide.NotJudgedYet, match="must first judge"):
        decide.pass_on(ref=duty.ref, officer=desk, now=NOON + timedelta(hours=2))
    judging = Duty.objects.get(kind="judge")
    from passerelle.flow import judge

    judge.judge_match(
        ref=judging.match.ref,
        officer=makers.seat(judging.holder, "desk"),
        verdict="same",
        now=NOON + timedelta(hours=3),
    )
    decide.pass_on(ref=duty.ref, officer=desk, now=NOON + timedelta(hours=4))
    assert Delivery.objects.filter(report=report).exclude(form="pointer").count() == 1


def test_reconcile_balances_and_finds_a_telling_that_was_lost(exchange) -> None:
    _french_dossier(exchange)
    report = _dutch_report(exchange, now=NOON + timedelta(hours=1))
    result = reconcile.reconcile(now=NOON + timedelta(hours=2))
    assert (result.owed, result.sent, result.live, result.missing, result.surplus) == (1, 1, 0, (), ())
    Duty.objects.filter(report=report, kind="pass_on").update(report=None)
    lost = reconcile.reconcile(now=NOON + timedelta(hours=3))
    assert lost.missing == ((report.ref, "midi"),)
    Duty.objects.filter(kind="pass_on").update(report=report)


def test_somebody_who_goes_away_holds_nothing_any_more(exchange) -> None:
    from passerelle.flow import seats

    _french_dossier(exchange)
    report = _dutch_report(exchange, now=NOON + timedelta(hours=1))
    for hour in range(24 * 4):
        work.turn(now=NOON + timedelta(hours=1 + hour))
        duty = Duty.objects.get(kind="acknowledge", report=report)
        if duty.level == 1:
            break
    supervisor = makers.seat(exchange["midi"], "supervisor")
    assert duty.officer == supervisor
    seats.go_away(officer=supervisor, until=NOON + timedelta(days=60), by=supervisor, now=NOON + timedelta(days=5))
    assert not Duty.objects.filter(officer=supervisor).exists()
    duty.refresh_from_db()
    assert duty.officer == makers.seat(exchange["midi"], "head")


def test_officers_are_people_of_the_exchange(exchange) -> None:
    assert Officer.objects.count() == 6 * 4 + 1


def test_an_address_shared_by_many_is_ranked_lower_and_shown_as_such(exchange) -> None:
    for number in range(24):
        makers.report(
            exchange["stad"], f"Ingeschreven, kamer {number}.", makers.address("a", "Zevensterrenstraat 41"),
            now=NOON + timedelta(minutes=number),
        )
    _french_dossier(exchange, now=NOON + timedelta(hours=1))
    match = Match.objects.order_by("-id")[0]
    said = " ".join(str(acknowledge.Sentence.from_json(reason)) for reason in match.because)
    assert re.search(r"shared by 20\+ records here", said), "in steps: an exact number would tell of each new record"
    assert match.band == "possible", "a shelter's address is no proof, and it is not silently dropped"
    assert Duty.objects.filter(kind="judge", match=match).exists()


def test_a_row_of_holds_ends_soon_after_the_due_time_and_then_the_duty_climbs(exchange) -> None:
    from passerelle.flow import hold

    _french_dossier(exchange)
    report = _dutch_report(exchange, now=NOON + timedelta(hours=1))
    desk = makers.seat(exchange["midi"], "desk")
    duty = Duty.objects.get(kind="acknowledge", report=report)
    now = NOON + timedelta(hours=2)
    hold.hold_duty(
        ref=duty.ref, officer=desk, reason="waiting for the magistrate", until=now + timedelta(days=6), now=now
    )
    now += timedelta(days=6, minutes=1)
    work.turn(now=now)
    with pytest.raises(hold.HoldTooLate, match="past its time and cannot be put on hold"):
        hold.hold_duty(
            ref=duty.ref, officer=desk, reason="waiting for the magistrate", until=now + timedelta(days=6), now=now
        )
    work.work_until_done(now=now + timedelta(hours=1))
    duty.refresh_from_db()
    assert duty.state == "open" and duty.level >= 1
