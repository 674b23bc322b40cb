"""A correction, a withdrawal or an erasure reaches every holder of a copy, or is a live duty; receipts come back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Q

from passerelle.flow import (
    acknowledge,
    answer,
    ask,
    ask_back,
    consult,
    correct,
    decide,
    end_report,
    exceptions,
    judge,
    ledger_lines,
    recall,
    receive,
    reconcile,
    work,
)
from passerelle.flow.facts import NotAllowed, NotThere
from passerelle.flow.receive import GoneAlready, ReportDraft
from passerelle.ledger import canonical
from passerelle.policy import ending
from passerelle.records import changes
from passerelle.records.models import (
    Correction,
    Delivery,
    Duty,
    Key,
    Match,
    Notice,
    Question,
    Report,
    ReportVersion,
    Subject,
)
from passerelle.testing import makers
from passerelle.testing.makers import NOON

pytestmark = pytest.mark.django_db

THIEF = makers.person("p", "Lambert Vercruysse", birthDate=["1980-05-06"])
OTHER = makers.person("q", "Mireille Dardenne", birthDate=["1971-11-30"])
STRICT = {
    "handling": "consent",
    "handling_reason": "the source could be recognised",
    "handling_review_on": (NOON + timedelta(days=300)).date(),
}
WHY = "the plate was read wrongly"


def at(hours: float) -> Any:
    return NOON + timedelta(hours=hours)


@pytest.fixture
def filed(exchange: dict[str, Any]) -> Report:
    """A report of noord that reached federal and midi whole."""
    for key in ("federal", "midi"):
        makers.dossier(exchange[key], THIEF)
    return makers.report(exchange["noord"], "Lambert Vercruysse reed weg.", THIEF)


def opened(exchange: dict[str, Any], key: str, hours: float = 1) -> Delivery:
    got = Delivery.objects.filter(recipient=exchange[key]).order_by("-id").first()
    assert got is not None
    return consult.read_delivery(ref=got.ref, officer=makers.seat(exchange[key], "desk"), now=at(hours)).delivery


def revised(report: Report, *subjects: Any, text: str = "Hij fietste weg.", hours: float = 2, **more: Any) -> None:
    draft = ReportDraft(text=text, language="nl", subjects=subjects, **more)
    receive.revise_report(ref=report.ref, officer=makers.seat(report.service, "desk"), draft=draft, now=at(hours))


def withdrawn(report: Report, hours: float = 2) -> Report:
    officer = makers.seat(report.service, "desk")
    return end_report.withdraw(ref=report.ref, officer=officer, ground="not_accurate", reason=WHY, now=at(hours))


def erased(report: Report, hours: float = 3, ground: str = "unlawful") -> Report:
    return end_report.erase(ref=report.ref, officer=makers.seat(report.service, "head"), ground=ground, now=at(hours))


def owed(key: str) -> Duty:
    return Duty.objects.get(kind="correct", recipient__key=key, ended_at__isnull=True)


def receipt(exchange: dict[str, Any], key: str, said: str, note: str = "", hours: float = 4) -> Duty:
    officer = makers.seat(exchange[key], "desk")
    return correct.give_receipt(ref=owed(key).ref, officer=officer, receipt=said, note=note, now=at(hours))


def balanced(hours: float) -> None:
    result = reconcile.reconcile(now=at(hours))
    assert result.balances, result


def test_a_correction_asks_who_read_it_and_stands_in_place_for_who_did_not(
    exchange: dict[str, Any], filed: Report
) -> None:
    opened(exchange, "federal")
    revised(filed, THIEF)
    unread = Delivery.objects.get(recipient=exchange["midi"])
    assert (unread.report_version, unread.content["text"]) == (2, "Hij fietste weg."), "nobody saw the old one"
    assert not Duty.objects.filter(kind="correct", recipient=exchange["midi"]).exists()
    old, new = Delivery.objects.filter(recipient=exchange["federal"]).order_by("id")
    assert (old.report_version, new.report_version) == (1, 2)
    correction = owed("federal").corrections.get()
    assert [(row["field"], row["before"], row["after"]) for row in correction.changes] == [
        ("text", "Lambert Vercruysse reed weg.", "Hij fietste weg.")
    ]
    assert owed("federal").due_at == at(2) + timedelta(hours=24), "without delay, as the table measures it"
    balanced(3)


def test_the_originator_sees_each_receipt_and_a_refusal_names_its_law(exchange: dict[str, Any], filed: Report) -> None:
    for key in ("federal", "midi"):
        opened(exchange, key)
    revised(filed, THIEF)
    receipt(exchange, "federal", "corrected")
    with pytest.raises(ending.ReceiptUnknown, match="names the law"):
        receipt(exchange, "midi", "refused", "no")
    receipt(exchange, "midi", "refused", "Art. 14 of the archives act")
    said = {row.recipient.key: row.receipt for row, _ in correct.receipts_of(filed)}
    assert said == {"federal": "corrected", "midi": "refused"}
    told = [str(notice.says) for notice in Notice.objects.filter(service=exchange["noord"], kind="corrected")]
    assert len(told) == 2
    assert Notice.objects.filter(service=exchange["oversight"], kind="corrected").exists()
    assert not Duty.objects.filter(kind="correct", ended_at__isnull=True).exists()
    balanced(5)


def test_where_nothing_of_what_they_have_changed_nothing_is_asked_and_that_is_written_down(
    exchange: dict[str, Any],
) -> None:
    makers.dossier(exchange["federal"], THIEF)
    report = makers.report(exchange["noord"], "Lambert Vercruysse reed weg.", THIEF, **STRICT)
    opened(exchange, "federal")
    revised(report, THIEF)
    correction = Correction.objects.get()
    assert (correction.duty, correction.changes, correction.version) == (None, [], 2), "a pointer says nothing of it"
    balanced(3)


def test_what_was_decided_to_be_passed_on_is_corrected_too_in_no_more_than_that_form(exchange: dict[str, Any]) -> None:
    makers.dossier(exchange["federal"], THIEF)
    report = makers.report(exchange["noord"], "Lambert Vercruysse reed weg.", THIEF, **STRICT)
    duty = Duty.objects.get(kind="pass_on")
    decide.pass_on(ref=duty.ref, officer=makers.seat(exchange["noord"], "desk"), now=at(1))
    opened(exchange, "federal", 2)
    revised(report, THIEF, hours=3)
    last = Delivery.objects.order_by("-id").first()
    assert (last.form, last.report_version, last.content["text"]) == ("whole", 2, "Hij fietste weg.")
    assert owed("federal").corrections.count() == 1
    balanced(4)


def test_a_second_correction_joins_the_duty_that_lives_and_one_receipt_ends_both(
    exchange: dict[str, Any], filed: Report
) -> None:
    opened(exchange, "federal")
    revised(filed, THIEF)
    opened(exchange, "federal", 2.5)
    revised(filed, THIEF, text="Hij liep weg.", hours=3)
    assert owed("federal").corrections.count() == 2
    receipt(exchange, "federal", "corrected")
    assert set(Correction.objects.exclude(duty=None).values_list("receipt", flat=True)) == {"corrected"}


def test_whoever_was_dropped_from_a_report_stands_in_no_later_delivery(exchange: dict[str, Any]) -> None:
    makers.dossier(exchange["federal"], THIEF, OTHER)
    report = makers.report(exchange["noord"], "Lambert Vercruysse en Mireille Dardenne.", THIEF, OTHER)
    opened(exchange, "federal")
    assert Match.objects.count() == 2
    revised(report, THIEF, text="Lambert Vercruysse alleen.")
    last = Delivery.objects.order_by("-id").first()
    assert [subject["caption"] for subject in last.content["subjects"]] == ["Lambert Vercruysse"]
    gone = Subject.objects.get(report=report, dropped_at__isnull=False)
    assert (gone.caption, gone.properties) == ("", {})
    assert {match.band for match in Match.objects.all()} == {"strong", "none"}, "weighed again at once"
    fields = [row["field"] for row in Correction.objects.get(duty__isnull=False).changes]
    assert fields[:2] == ["text", "subject_gone"]
    makers.report(exchange["midi"], "Nog eens Mireille Dardenne.", OTHER, now=at(3))
    assert Match.objects.filter(band="none").count() == 1, "an empty row meets nobody"


def test_a_withdrawal_reaches_who_read_it_and_is_out_of_sight_for_who_did_not(
    exchange: dict[str, Any], filed: Report
) -> None:
    opened(exchange, "federal")
    withdrawn(filed)
    assert Delivery.objects.get(recipient=exchange["midi"]).evidence == "recalled"
    assert owed("federal").corrections.get().kind == "withdrawn"
    assert not Duty.objects.filter(kind="acknowledge", ended_at__isnull=True).exists()
    assert not Key.objects.filter(subject__report=filed).exists(), "it is found no more"
    makers.dossier(exchange["stad"], THIEF, purpose="administrative_enforcement", now=at(3))
    assert not Duty.objects.filter(recipient=exchange["stad"]).exists(), "nobody is told of it any more"
    desk = makers.seat(exchange["noord"], "desk")
    read = consult.read_report(ref=filed.ref, officer=desk, purpose="my_case", now=at(3))
    assert read.said.text == "Lambert Vercruysse reed weg.", "its own service still reads it"
    with pytest.raises(ending.ReceiptUnknown):
        receipt(exchange, "federal", "corrected")
    receipt(exchange, "federal", "removed")
    balanced(5)


def test_an_erasure_leaves_a_tombstone_and_a_ledger_that_still_verifies(
    exchange: dict[str, Any], filed: Report
) -> None:
    def matched() -> list[Match]:
        return list(Match.objects.filter(Q(left__report=filed) | Q(right__report=filed)))

    opened(exchange, "federal")
    revised(filed, THIEF)
    assert matched()
    salts = {bytes(row.salt) for row in [*Delivery.objects.all(), *matched(), *ReportVersion.objects.all()]}
    erased(filed)
    filed.refresh_from_db()
    assert (filed.gone, filed.gone_ground, filed.themes) == ("erased", "unlawful", [])
    assert not ReportVersion.objects.filter(report=filed).exists()
    for subject in Subject.objects.filter(report=filed):
        assert (subject.caption, subject.properties, subject.spans) == ("", {}, [])
    for delivery in Delivery.objects.filter(report=filed):
        assert (delivery.content, delivery.names) == ({}, [])
    assert all(match.because == [] for match in matched())
    assert salts.isdisjoint(bytes(row.salt) for row in [*Delivery.objects.all(), *matched()])
    lines = list(ledger_lines.entries())
    assert not any("Vercruysse" in line for line in lines)
    shown = consult.read_delivery(
        ref=Delivery.objects.filter(recipient=exchange["federal"]).order_by("id")[0].ref,
        officer=makers.seat(exchange["federal"], "desk"), purpose="my_case", now=at(4),
    )  # fmt: skip
    assert shown.delivery.content == {}
    receipt(exchange, "federal", "removed")
    balanced(6)
    makers.dossier(exchange["jeugd"], THIEF, purpose="child_protection", now=at(7))
    work.work_until_done(now=at(8))
    balanced(9)


def test_an_erasure_destroys_what_was_asked_and_answered_about_the_report(
    exchange: dict[str, Any], filed: Report
) -> None:
    asks, answers = makers.seat(exchange["federal"], "desk"), makers.seat(exchange["noord"], "desk")
    got = opened(exchange, "federal")
    first, second = (ask.ask(about=got.ref, officer=asks, text="Waar woont Vercruysse?", now=at(2)) for _ in range(2))
    back = ask_back.ask_back(ref=first.duty.ref, officer=answers, text="Lambert Vercruysse zelf?", now=at(2))
    answer.answer(ref=back.duty.ref, officer=asks, text="Ja, Vercruysse.", now=at(2))
    answer.answer(ref=first.duty.ref, officer=answers, text="Vercruysse woont hier.", now=at(2))
    salts = {bytes(salt) for row in Question.objects.all() for salt in (row.answer_salt, row.salt)}
    erased(filed)
    said = {row.pk: (row.text, row.answer) for row in Question.objects.all()}
    assert said[first.pk] == said[back.pk] == ("", "")
    assert said[second.pk] == ("Waar woont Vercruysse?", ""), "it is answered all the same"
    first.refresh_from_db()
    assert salts.isdisjoint({bytes(first.salt), bytes(first.answer_salt)})
    answer.answer(ref=second.duty.ref, officer=answers, text="Wij hebben niets.", now=at(4))
    balanced(6)


def test_an_erasure_comes_from_who_leads_the_service_and_once(exchange: dict[str, Any], filed: Report) -> None:
    with pytest.raises(NotAllowed):
        end_report.erase(ref=filed.ref, officer=makers.seat(exchange["noord"], "desk"), ground="unlawful", now=at(1))
    for stranger in ("federal", "stad"):
        with pytest.raises((NotThere, NotAllowed)):
            end_report.erase(
                ref=filed.ref, officer=makers.seat(exchange[stranger], "head"), ground="unlawful", now=at(1)
            )
    with pytest.raises(ending.EndingGroundUnknown, match="no ground"):
        erased(filed, ground="not_accurate")
    erased(filed)
    with pytest.raises(GoneAlready):
        erased(filed, 4)
    with pytest.raises(GoneAlready):
        revised(filed, THIEF, hours=5)


def test_what_somebody_is_still_owed_is_decided_and_reviewed_before_it_goes(exchange: dict[str, Any]) -> None:
    makers.dossier(exchange["federal"], THIEF)
    report = makers.report(exchange["noord"], "Lambert Vercruysse reed weg.", THIEF, **STRICT)
    duty = Duty.objects.get(kind="pass_on")
    for act in (withdrawn, erased):
        with pytest.raises(ending.StillOwed, match="still owed"):
            act(report)
    desk = makers.seat(exchange["noord"], "desk")
    decide.withhold(ref=duty.ref, officer=desk, ground="e", reason=WHY, now=at(4))
    with pytest.raises(ending.StillOwed, match=r"not been reviewed|still owed"):
        withdrawn(report, 5)
    review = Duty.objects.get(kind="review", about=duty)
    decide.review(ref=review.ref, officer=makers.seat(exchange["noord"], "head"), uphold=True, reason=WHY, now=at(6))
    assert withdrawn(report, 7).gone == "withdrawn"


def test_a_broken_glass_is_reviewed_before_what_it_showed_is_erased(exchange: dict[str, Any]) -> None:
    makers.dossier(exchange["federal"], THIEF)
    witness = makers.person("p", "Lambert Vercruysse", category="witness", birthDate=["1980-05-06"])
    report = makers.report(exchange["noord"], "Lambert Vercruysse zag alles.", witness)
    pointer = Delivery.objects.get()
    exceptions.break_glass(
        ref=pointer.ref, officer=makers.seat(exchange["federal"], "desk"), now=at(1),
        reason="he was seen with a weapon at the school",
    )  # fmt: skip
    told = Duty.objects.get(kind="pass_on")
    decide.withhold(ref=told.ref, officer=makers.seat(exchange["noord"], "desk"), ground="e", reason=WHY, now=at(2))
    review = Duty.objects.get(kind="review", about=told)
    decide.review(ref=review.ref, officer=makers.seat(exchange["noord"], "head"), uphold=True, reason=WHY, now=at(3))
    with pytest.raises(ending.StillOwed, match="glass"):
        erased(report, 4)
    withdrawn(report, 5)
    assert owed("federal").corrections.get().kind == "withdrawn", "who read through the glass holds a copy"


def test_two_persons_who_part_a_match_take_back_what_was_told_on_it(exchange: dict[str, Any]) -> None:
    makers.dossier(exchange["midi"], makers.person("p", "Lambert Vercruysse"))
    makers.report(exchange["noord"], "Lambert Vercruysse reed weg.", makers.person("p", "Lambert Vercruysse"))
    match = Match.objects.get()
    asked = Duty.objects.get(kind="judge")
    judge.judge_match(ref=match.ref, officer=makers.seat(asked.holder, "desk"), verdict="same", now=at(1))
    opened(exchange, "midi", 2)
    for hours, role in ((3, "desk"), (4, "head")):
        judge.judge_match(ref=match.ref, officer=makers.seat(asked.service, role), verdict="different", now=at(hours))
    assert owed("midi").corrections.get().kind == "parted"
    assert not Delivery.objects.exclude(evidence="recalled").exists(), "out of sight at once"
    receipt(exchange, "midi", "removed", hours=5)
    balanced(6)
    judge.take_back(ref=match.ref, officer=makers.seat(asked.service, "head"), now=at(7))
    judge.take_back(ref=match.ref, officer=makers.seat(asked.service, "desk"), now=at(8))
    assert Duty.objects.get(kind="pass_on", ended_at__isnull=True).service == exchange["noord"], "owed again"
    balanced(9)


def test_a_recall_and_a_correction_share_one_duty_and_destruction_ends_both(
    exchange: dict[str, Any], filed: Report
) -> None:
    desk = makers.seat(exchange["noord"], "desk")
    first = opened(exchange, "federal")
    recall.recall(ref=first.ref, officer=desk, reason="more than was allowed", now=at(2))
    duty = owed("federal")
    with pytest.raises(correct.NothingToCorrect):
        receipt(exchange, "federal", "corrected")
    recall.confirm_destroyed(ref=duty.ref, officer=makers.seat(exchange["federal"], "desk"), now=at(3))
    assert Duty.objects.get(pk=duty.pk).outcome == "destroyed"


def test_what_changed_says_no_more_than_its_reader_had_or_gets() -> None:
    before = {
        "text": "a", "grade": "X4", "blacked_out": 1, "yours": ["s1"],
        "subjects": [
            {"ref": "s", "schema": "Person", "category": "suspect", "caption": "A", "properties": {"name": ["A"]}}
        ],
        "relations": [],
    }  # fmt: skip
    after = {**before, "grade": "B2", "subjects": [{**before["subjects"][0], "properties": {"name": ["A", "B"]}}]}
    assert changes.differences(before, before) == []
    assert changes.differences(before, after) == [
        {"field": "grade", "of": "", "before": "X4", "after": "B2"},
        {"field": "name", "of": "A", "before": ["A"], "after": ["A", "B"]},
    ]


def test_what_is_logged_is_what_travels_after_a_correction_in_place(exchange: dict[str, Any], filed: Report) -> None:
    revised(filed, THIEF)
    got = Delivery.objects.get(recipient=exchange["midi"])
    logged = [line for line in ledger_lines.entries() if "DeliveryRenewed" in line and got.ref in line]
    assert canonical.commitment(bytes(got.salt), got.content) in logged[0]


def test_reconcile_finds_a_copy_that_no_correction_follows(exchange: dict[str, Any], filed: Report) -> None:
    opened(exchange, "federal")
    acknowledged = Duty.objects.get(kind="acknowledge", recipient=exchange["federal"])
    desk = makers.seat(exchange["federal"], "desk")
    acknowledge.acknowledge_duty(ref=acknowledged.ref, officer=desk, outcome="noted", now=at(1.5))
    Report.objects.filter(pk=filed.pk).update(version=2)  # as a lost correction would leave it
    assert (filed.ref, "federal") in reconcile.reconcile(now=at(2)).uncorrected
    Report.objects.filter(pk=filed.pk).update(version=1)
