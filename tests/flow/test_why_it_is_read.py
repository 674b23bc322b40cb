"""A reason on each read: preset by a duty, else asked once for each thing and visit, and written before the bytes."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from passerelle.flow import acknowledge, consult, judge, ledger_lines, visits
from passerelle.flow.facts import NotThere
from passerelle.flow.sizes import TooLong
from passerelle.flow.visits import PurposeNeeded
from passerelle.policy.reading import VISIT, PurposeNeedsText
from passerelle.records import visibility
from passerelle.records.models import Delivery, Match, Reading, Report, Visit
from passerelle.testing import makers
from passerelle.testing.makers import NOON

pytestmark = pytest.mark.django_db

KNOWN = makers.person("p", "Ferdinand Oosterlynck", birthDate=["1971-05-03"])
LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def told(exchange: dict[str, Any]) -> dict[str, Any]:
    """A report of noord's officer that reached federal whole."""
    makers.dossier(exchange["federal"], KNOWN)
    makers.report(exchange["noord"], "Ferdinand Oosterlynck.", KNOWN)
    return exchange


def last_read() -> dict[str, Any]:
    return next(
        line["facts"] for line in map(json.loads, reversed(list(ledger_lines.entries()))) if line["kind"] == "Read"
    )


def test_who_holds_a_duty_or_filed_it_is_asked_nothing_and_the_line_says_why(told: dict[str, Any]) -> None:
    sent, filed = Delivery.objects.get(), Report.objects.get()
    consult.read_delivery(ref=sent.ref, officer=makers.seat(told["federal"], "desk"), now=LATER)
    assert last_read()["purpose"] == "my_duty"
    consult.read_report(ref=filed.ref, officer=makers.seat(told["noord"], "officer"), now=LATER)
    assert last_read()["purpose"] == "my_filing"
    consult.read_delivery(ref=sent.ref, officer=makers.seat(told["federal"], "officer"), now=LATER)
    assert last_read()["purpose"] == "my_filing", "it concerns a dossier of theirs"


def test_anybody_else_is_asked_first_and_nothing_is_read_or_written_until_they_said_why(told: dict[str, Any]) -> None:
    filed, curious = Report.objects.get(), makers.seat(told["noord"], "desk")
    before = ledger_lines.head()
    with pytest.raises(PurposeNeeded) as asked:
        consult.read_report(ref=filed.ref, officer=curious, now=LATER)
    assert asked.value.thing == filed.ref
    assert ledger_lines.head() == before and not Reading.objects.exists()
    with pytest.raises(PurposeNeedsText):
        visits.begin(ref=filed.ref, officer=curious, purpose="other", reason="just so", now=LATER)
    assert not Visit.objects.exists()

    visits.begin(ref=filed.ref, officer=curious, purpose="other", reason="asked by the magistrate", now=LATER)
    for minutes in (0, 30):
        consult.read_report(ref=filed.ref, officer=curious, now=LATER + timedelta(minutes=minutes))
    assert [(one.purpose, one.reason) for one in Reading.objects.all()] == [("other", "asked by the magistrate")] * 2
    with pytest.raises(PurposeNeeded):
        consult.read_report(ref=filed.ref, officer=curious, now=LATER + VISIT)


def test_words_as_long_as_a_book_are_no_reason_to_read(told: dict[str, Any]) -> None:
    report, curious = Report.objects.get(), makers.seat(told["noord"], "desk")
    asked: dict[str, Any] = {"ref": report.ref, "officer": curious, "purpose": "my_case", "now": LATER}
    for read in (visits.begin, consult.read_report):
        with pytest.raises(TooLong):
            read(**asked, reason="words " * 1000)


def test_a_purpose_holds_for_one_thing_and_one_officer_only(told: dict[str, Any]) -> None:
    first, curious = Report.objects.get(), makers.seat(told["noord"], "desk")
    other = makers.report(told["noord"], "Nog iets.", now=LATER)
    visits.begin(ref=first.ref, officer=curious, purpose="my_case", now=LATER)
    for ref, officer in ((other.ref, curious), (first.ref, makers.seat(told["noord"], "head"))):
        with pytest.raises(PurposeNeeded):
            consult.read_report(ref=ref, officer=officer, now=LATER)


def test_what_may_not_be_read_asks_nothing_whether_it_is_there_or_not(told: dict[str, Any]) -> None:
    stranger = makers.seat(told["stad"], "desk")
    for ref in (Report.objects.get().ref, "report-0000000000000000", Match.objects.get().ref, "duty-x", "x", ""):
        with pytest.raises(NotThere):
            visits.begin(ref=ref, officer=stranger, purpose="my_case", now=LATER)
    assert not Visit.objects.exists()


def test_who_has_just_acknowledged_or_judged_is_not_asked_why_they_look_again(told: dict[str, Any]) -> None:
    sent, desk = Delivery.objects.get(), makers.seat(told["federal"], "desk")
    consult.read_delivery(ref=sent.ref, officer=desk, now=LATER)
    duty = sent.report.duties.get(kind="acknowledge")
    acknowledge.acknowledge_duty(ref=duty.ref, officer=desk, outcome="noted", now=LATER)
    consult.read_delivery(ref=sent.ref, officer=desk, now=LATER + timedelta(minutes=1))
    with pytest.raises(PurposeNeeded):
        consult.read_delivery(ref=sent.ref, officer=desk, now=LATER + timedelta(hours=2))

    makers.dossier(told["federal"], makers.person("q", "Joesef Hadjeri"), now=LATER)
    makers.report(told["noord"], "Youssef Hadjeri.", makers.person("q", "Youssef Hadjeri"), now=LATER)
    asked = Match.objects.get(duties__kind="judge")
    consult.read_match(ref=asked.ref, officer=desk, now=LATER)
    judge.judge_match(ref=asked.ref, officer=desk, verdict="different", now=LATER)
    consult.read_match(ref=asked.ref, officer=desk, now=LATER + timedelta(minutes=1))


def test_oversight_says_what_for_too_and_the_ledger_holds_no_word_of_it(told: dict[str, Any]) -> None:
    filed, oversight = Report.objects.get(), makers.seat(told["oversight"], "oversight")
    with pytest.raises(PurposeNeeded):
        consult.read_report(ref=filed.ref, officer=oversight, now=LATER)
    consult.read_report(
        ref=filed.ref, officer=oversight, purpose="complaint", reason="complaint number 12 of today", now=LATER
    )
    line = last_read()
    assert line["purpose"] == "complaint" and "number 12" not in str(line)
    assert line["commitment"]


def test_a_supervisor_sees_the_readings_of_their_service_and_oversight_sees_all(told: dict[str, Any]) -> None:
    consult.read_report(ref=Report.objects.get().ref, officer=makers.seat(told["noord"], "officer"), now=LATER)
    consult.read_delivery(ref=Delivery.objects.get().ref, officer=makers.seat(told["federal"], "desk"), now=LATER)

    def seen(service: str, role: str) -> set[str]:
        rows = visibility.readings(makers.seat(told[service], role))
        return set(rows.values_list("officer__service__key", flat=True))

    assert seen("noord", "supervisor") == {"noord"} and seen("federal", "head") == {"federal"}
    assert seen("oversight", "oversight") == {"noord", "federal"}
    assert seen("noord", "officer") == {"noord"} and not seen("noord", "desk")
