"""An extract carries what its author marked, less what the desk took away; and exactly what the desk saw travels."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from passerelle.flow import consult, decide, judge, ledger_lines, receive, tear_line
from passerelle.flow.facts import NotAllowed, NotThere
from passerelle.flow.receive import ReportDraft
from passerelle.ledger import canonical
from passerelle.records.extracts import BAR
from passerelle.records.models import Delivery, Duty, Report
from passerelle.records.tear_line import TearLine, carried_over, sentences
from passerelle.testing import makers
from passerelle.testing.makers import NOON

pytestmark = pytest.mark.django_db

TEXT = "Lotte Verhaeghe was niet op school. Haar buurman Dirk Maes belde. De klas gaat op reis."
LOTTE = makers.person("k", "Lotte Verhaeghe", category="child", birthDate=["2011-04-02"], phone=["+32470112233"])
DIRK = makers.person("d", "Dirk Maes", category="other")
SCHOOL, NEIGHBOUR, TRIP = sentences(TEXT)


def at(hours: float) -> Any:
    return NOON + timedelta(hours=hours)


@pytest.fixture
def filed(exchange: dict[str, Any]) -> Report:
    """A report of the youth-care board that reached the police as a pointer, and whose match was judged the same."""
    makers.dossier(exchange["federal"], makers.person("k", "Lotte Verhaeghe", birthDate=["2011-04-02"]),
                   purpose="child_protection")  # fmt: skip
    report = makers.report(exchange["jeugd"], TEXT, LOTTE, DIRK)
    for duty in Duty.objects.filter(kind="judge", ended_at__isnull=True).select_related("match", "service"):
        officer = makers.seat(duty.service, "desk")
        judge.judge_match(ref=duty.match.ref, officer=officer, verdict="same", now=at(0.1))
    return report


def desk(exchange: dict[str, Any]) -> Any:
    return makers.seat(exchange["jeugd"], "desk")


def owed() -> Duty:
    return Duty.objects.get(kind="pass_on", ended_at__isnull=True)


def test_what_travels_is_what_was_seen_and_what_was_logged_byte_for_byte(
    exchange: dict[str, Any], filed: Report
) -> None:
    line = TearLine(parts=(SCHOOL,), subjects={"k": frozenset({"caption", "name"})})
    seen = decide.preview(ref=owed().ref, officer=desk(exchange), chosen=line, now=at(0.2))
    assert seen.content["text"] == "Lotte Verhaeghe was niet op school."
    assert [(one["caption"], one["properties"]) for one in seen.content["subjects"]] == [
        ("Lotte Verhaeghe", {"name": ["Lotte Verhaeghe"]})
    ], "her number and her day of birth stay"
    decide.pass_on(ref=owed().ref, officer=desk(exchange), chosen=line, seen=seen.seen, now=at(0.3))
    got = Delivery.objects.get(form="extract")
    read = consult.read_delivery(ref=got.ref, officer=makers.seat(exchange["federal"], "desk"), now=at(0.4))
    assert read.delivery.content == seen.content
    logged = [entry for entry in ledger_lines.entries() if got.ref in entry and '"Delivered"' in entry]
    assert canonical.commitment(bytes(got.salt), seen.content) in logged[0]


def test_the_desk_adds_nothing_to_what_the_author_marked(exchange: dict[str, Any], filed: Report) -> None:
    tear_line.mark(
        ref=filed.ref, officer=desk(exchange), parts=[SCHOOL, NEIGHBOUR], subjects={"k": ["name"]}, now=at(0.2)
    )
    everything = TearLine(
        parts=(SCHOOL, NEIGHBOUR, TRIP),
        subjects={"k": frozenset({"caption", "name", "phone"}), "d": frozenset({"caption", "name"})},
    )
    seen = decide.preview(ref=owed().ref, officer=desk(exchange), chosen=everything, now=at(0.3)).content
    assert "reis" not in seen["text"] and "Dirk" not in seen["text"], "who is not marked is covered where they stand"
    assert BAR in seen["text"]
    assert [(one["caption"], one["properties"]) for one in seen["subjects"]] == [(BAR, {"name": ["Lotte Verhaeghe"]})]


def test_nothing_else_than_what_was_seen_travels(exchange: dict[str, Any], filed: Report) -> None:
    line = TearLine(parts=(SCHOOL,), subjects={"k": frozenset({"caption", "name"})})
    seen = decide.preview(ref=owed().ref, officer=desk(exchange), chosen=line, now=at(0.2)).seen
    tear_line.mark(ref=filed.ref, officer=desk(exchange), parts=[], subjects={"k": ["name"]}, now=at(0.3))
    with pytest.raises(decide.ChangedSinceSeen):
        decide.pass_on(ref=owed().ref, officer=desk(exchange), chosen=line, seen=seen, now=at(0.4))
    assert not Delivery.objects.exclude(form="pointer").exists()


def test_marks_that_the_report_does_not_have_are_refused_and_another_service_marks_nothing(
    exchange: dict[str, Any], filed: Report
) -> None:
    for parts, subjects in (([(0, 9999)], {}), ([], {"nobody": ["name"]}), ([], {"k": ["shoeSize"]})):
        with pytest.raises(tear_line.MarksUnknown):
            tear_line.mark(ref=filed.ref, officer=desk(exchange), parts=parts, subjects=subjects, now=at(0.2))
    for key in ("federal", "midi"):
        with pytest.raises((NotThere, NotAllowed)):
            tear_line.mark(
                ref=filed.ref, officer=makers.seat(exchange[key], "desk"), parts=[SCHOOL], subjects={}, now=at(0.2)
            )


def test_a_new_version_carries_no_more_than_the_marked_words_that_stayed(
    exchange: dict[str, Any], filed: Report
) -> None:
    line = TearLine(parts=(SCHOOL, NEIGHBOUR), subjects={"k": frozenset({"caption", "name"})})
    decide.pass_on(ref=owed().ref, officer=desk(exchange), chosen=line, now=at(0.2))
    extract = Delivery.objects.get(form="extract")
    consult.read_delivery(ref=extract.ref, officer=makers.seat(exchange["federal"], "desk"), now=at(0.3))
    text = "Lotte Verhaeghe was niet op school. Haar moeder lag in het ziekenhuis."
    draft = ReportDraft(text=text, language="nl", subjects=[LOTTE, DIRK])
    receive.revise_report(ref=filed.ref, officer=desk(exchange), draft=draft, now=at(0.4))
    last = Delivery.objects.filter(form="extract").order_by("-id")[0]
    assert (last.report_version, last.content["text"]) == (2, "Lotte Verhaeghe was niet op school.")


def test_what_is_carried_over_is_what_stands_there_word_for_word() -> None:
    line = TearLine(parts=((0, 5), (6, 10)), subjects={})
    assert carried_over(line, "alpha beta", "beta gamma") == TearLine(parts=((0, 4),), subjects={})
    assert carried_over(None, "alpha", "alpha") is None
    assert line.within(TearLine(parts=((3, 8),), subjects={})).parts == ((3, 5), (6, 8))
