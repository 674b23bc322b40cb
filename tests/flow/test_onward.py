"""A recipient asks the originator to pass a report on to a further service: who decides, and what silence does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from passerelle.flow import answer, bounce, consult, decide, onward, recall, receive, reconcile, work
from passerelle.flow.facts import NotAllowed, NotThere
from passerelle.flow.receive import ReportDraft
from passerelle.records.models import Correction, Delivery, Duty, Notice, Question
from passerelle.records.models.ledger import LedgerLine
from passerelle.testing import makers
from passerelle.testing.makers import NOON, seat

pytestmark = pytest.mark.django_db

STRICT = {"handling_reason": "the source could be recognised", "handling_review_on": (NOON + timedelta(days=60)).date()}
THIEF = makers.person("p", "Lambert Vercruysse", birthDate=["1980-05-06"])
LATER = NOON + timedelta(hours=1)
WHY = "the federal unit follows his brother"


def _got(exchange, handling: str = "open") -> Delivery:
    makers.dossier(exchange["midi"], THIEF)
    filed = makers.report(exchange["noord"], "Hij stal een fiets.", THIEF, handling=handling, **STRICT)
    if handling == "consent":
        duty = Duty.objects.get(kind="pass_on", report=filed, recipient=exchange["midi"])
        decide.pass_on(ref=duty.ref, officer=seat(exchange["noord"], "desk"), now=NOON)
    return Delivery.objects.exclude(form="pointer").get(recipient=exchange["midi"])


def _asked(exchange, got: Delivery, to: str = "federal", reason: str = WHY) -> Question:
    return onward.ask_originator(
        delivery=got.ref, officer=seat(exchange["midi"], "desk"), to=exchange[to], purpose="investigation",
        reason=reason, now=LATER,
    )  # fmt: skip


def test_the_originator_owes_the_answer_with_a_holder_and_a_clock_and_nothing_has_travelled(exchange) -> None:
    asked = _asked(exchange, _got(exchange, "consent"))
    duty = asked.duty
    assert (duty.kind, duty.holder, duty.recipient, duty.level) == ("answer", exchange["noord"], exchange["midi"], 0)
    assert duty.due_at is not None and duty.next_event == "escalate"
    assert not Delivery.objects.filter(recipient=exchange["federal"]).exists()
    assert not Notice.objects.filter(service=exchange["federal"]).exists()


def test_yes_goes_by_the_ordinary_road_and_who_asked_hears_that_it_went(exchange) -> None:
    asked = _asked(exchange, _got(exchange, "consent"))
    onward.consent(ref=asked.duty.ref, officer=seat(exchange["noord"], "desk"), note="Goed.", now=LATER)
    sent = Delivery.objects.get(recipient=exchange["federal"])
    assert (sent.sender, sent.form, sent.decided, sent.duty.state) == (exchange["noord"], "whole", True, "done")
    assert Duty.objects.filter(kind="acknowledge", recipient=exchange["federal"], ended_at__isnull=True).exists()
    asked.refresh_from_db()
    assert (asked.duty.state, asked.duty.outcome, asked.answer) == ("done", "consented", "Goed.")
    assert "Federal" in str(Notice.objects.get(officer=asked.asked_by, kind="answered").says)
    assert "midi" not in str(sent.because).lower(), "who asked is not named to whom it went"
    kinds = [str(kind) for kind in LedgerLine.objects.order_by("index").values_list("kind", flat=True)]
    assert kinds.index("OnwardAsked") < kinds.index("Delivered", kinds.index("OnwardAsked")) < kinds.index(
        "OnwardDecided"
    )
    assert reconcile.reconcile(now=LATER).balances


def test_an_extract_is_all_that_goes_where_the_originator_says_so(exchange) -> None:
    asked = _asked(exchange, _got(exchange))
    onward.consent(ref=asked.duty.ref, officer=seat(exchange["noord"], "desk"), extract=True, now=LATER)
    assert Delivery.objects.get(recipient=exchange["federal"]).form == "extract"


def test_no_is_a_withholding_on_a_ground_that_a_second_person_reviews_and_then_who_asked_hears_it(exchange) -> None:
    asked = _asked(exchange, _got(exchange, "consent"))
    decide.withhold(
        ref=asked.duty.ref, officer=seat(exchange["noord"], "desk"), ground="g", reason="an informant is in danger",
        now=LATER,
    )  # fmt: skip
    review = Duty.objects.get(kind="review", about=asked.duty)
    decide.review(
        ref=review.ref, officer=seat(exchange["noord"], "supervisor"), uphold=True, reason="he would be recognised",
        now=LATER,
    )  # fmt: skip
    asked.refresh_from_db()
    assert asked.duty.state == "upheld" and not Delivery.objects.filter(recipient=exchange["federal"]).exists()
    told = str(list(Notice.objects.filter(officer=asked.asked_by, kind="answered").values_list("says", flat=True)))
    assert "withheld" in told and "informant" not in told and "recognised" not in told


def test_silence_passes_nothing_on_that_needs_consent_it_climbs(exchange) -> None:
    asked = _asked(exchange, _got(exchange, "consent"))
    work.work_until_done(now=asked.duty.due_at + timedelta(minutes=1))
    asked.duty.refresh_from_db()
    assert asked.duty.live and asked.duty.level == 1
    work.work_until_done(now=asked.duty.due_at + timedelta(days=300))
    assert not Delivery.objects.filter(recipient=exchange["federal"]).exists()


def test_silence_passes_on_what_was_filed_openly_as_it_would_to_an_interest(exchange) -> None:
    asked = _asked(exchange, _got(exchange))
    work.work_until_done(now=asked.duty.due_at - timedelta(minutes=1))
    assert not Delivery.objects.filter(recipient=exchange["federal"]).exists()
    work.work_until_done(now=asked.duty.due_at + timedelta(minutes=1))
    sent = Delivery.objects.get(recipient=exchange["federal"])
    asked.duty.refresh_from_db()
    assert (sent.form, sent.decided, asked.duty.outcome) == ("whole", False, "by_silence")
    assert Notice.objects.filter(service=exchange["noord"], kind="answered").exists()


def test_silence_does_not_undo_what_was_withheld_from_them_or_recalled(exchange) -> None:
    got = _got(exchange)
    asked = _asked(exchange, got)
    onward.consent(ref=asked.duty.ref, officer=seat(exchange["noord"], "desk"), now=LATER)
    sent = Delivery.objects.get(recipient=exchange["federal"])
    recall.recall(
        ref=sent.ref, officer=seat(exchange["noord"], "desk"), reason="the wrong service altogether", now=LATER
    )
    assert not Duty.objects.filter(kind="pass_on", recipient=exchange["federal"], ended_at__isnull=True).exists()
    again = _asked(exchange, got)
    work.work_until_done(now=again.duty.due_at + timedelta(minutes=1))
    again.duty.refresh_from_db()
    assert again.duty.live and not Delivery.objects.filter(recipient=exchange["federal"], evidence="delivered").exists()


def test_what_may_be_told_is_no_more_than_the_law_says_whoever_asks(exchange) -> None:
    asked = _asked(exchange, _got(exchange), to="stad")  # no competent authority for an investigation
    with pytest.raises(decide.NothingMayTravel):
        onward.consent(ref=asked.duty.ref, officer=seat(exchange["noord"], "desk"), now=LATER)
    asked.refresh_from_db()
    assert asked.duty.live and asked.answered_at is None
    work.work_until_done(now=asked.duty.due_at + timedelta(minutes=1))
    asked.duty.refresh_from_db()
    assert asked.duty.live and asked.duty.level == 1, "nor does silence tell them"


def test_a_correction_reaches_whom_it_was_passed_on_to(exchange) -> None:
    got = _got(exchange)
    asked = _asked(exchange, got)
    desk = seat(exchange["noord"], "desk")
    onward.consent(ref=asked.duty.ref, officer=desk, now=LATER)
    sent = Delivery.objects.get(recipient=exchange["federal"])
    consult.read_delivery(ref=sent.ref, officer=seat(exchange["federal"], "desk"), now=LATER)
    draft = ReportDraft(text="Hij stal niets.", language="nl", subjects=(THIEF,))
    receive.revise_report(ref=got.report.ref, officer=desk, draft=draft, now=LATER + timedelta(hours=1))
    assert Correction.objects.filter(recipient=exchange["federal"]).exists()
    assert "niets" in str(Delivery.objects.filter(recipient=exchange["federal"]).order_by("-id")[0].content)


def test_only_the_service_that_filed_it_says_yes_and_words_are_no_answer(exchange) -> None:
    asked = _asked(exchange, _got(exchange, "consent"))
    for key in ("midi", "federal", "neutral"):
        with pytest.raises((NotThere, NotAllowed)):
            onward.consent(ref=asked.duty.ref, officer=seat(exchange[key], "desk"), now=LATER)
    with pytest.raises(answer.YesOrNo):
        answer.answer(ref=asked.duty.ref, officer=seat(exchange["noord"], "desk"), text="Ja hoor.", now=LATER)
    with pytest.raises(bounce.NotTheirs):
        bounce.bounce(
            ref=asked.duty.ref, officer=seat(exchange["noord"], "desk"), to=exchange["neutral"],
            reason="they know who decides", now=LATER,
        )  # fmt: skip


def test_who_asks_learns_nothing_of_what_the_further_service_has(exchange) -> None:
    makers.dossier(exchange["federal"], THIEF, discreet=True)
    got = _got(exchange)  # both had it by an interest of their own
    assert Delivery.objects.filter(recipient=exchange["federal"]).count() == 1
    asked = _asked(exchange, got)
    onward.consent(ref=asked.duty.ref, officer=seat(exchange["noord"], "desk"), now=LATER)
    asked.refresh_from_db()
    assert asked.duty.outcome == "consented"
    assert Delivery.objects.filter(recipient=exchange["federal"]).count() == 1, "no duplicate is visible"


def test_a_request_that_makes_no_sense_is_refused_with_a_way_out(exchange) -> None:
    got = _got(exchange)
    for to in ("noord", "midi", "neutral", "oversight"):
        with pytest.raises(onward.NotToThem):
            _asked(exchange, got, to=to)
    _asked(exchange, got)
    with pytest.raises(onward.AskedAlready):
        _asked(exchange, got)
    stranger = seat(exchange["stad"], "desk")
    with pytest.raises(NotThere):
        onward.ask_originator(
            delivery=got.ref, officer=stranger, to=exchange["federal"], purpose="investigation", reason=WHY, now=LATER
        )


def test_a_pointer_carries_nothing_that_could_be_passed_on(exchange) -> None:
    makers.dossier(exchange["midi"], THIEF)
    makers.report(exchange["noord"], "Hij stal een fiets.", THIEF, handling="consent", **STRICT)
    with pytest.raises(onward.NothingToPassOn):
        _asked(exchange, Delivery.objects.get(recipient=exchange["midi"]))
