"""What flowed between services in a month: owed, on time, late, and the language gap; and who sees which cell."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from passerelle.flow import acknowledge, consult, decide, work
from passerelle.flow import between_services as between
from passerelle.flow.facts import NotThere
from passerelle.records.models import Delivery, Duty
from passerelle.testing import makers

pytestmark = pytest.mark.django_db

FERDINAND = makers.person("p", "Ferdinand Oosterlynck", birthDate=["1971-05-03"])
STRICT = {
    "handling_reason": "the source could be recognised",
    "handling_review_on": (makers.NOON + timedelta(days=300)).date(),
}
MARCH = (2026, 3)
LATER = makers.NOON + timedelta(days=20)


def cells(officer: Any, now: Any = LATER) -> dict[tuple[str, str, str], between.Counts]:
    return {
        (one.sender.key, one.recipient.key if one.recipient else "", one.language): one.counts
        for one in between.between(month=MARCH, officer=officer, now=now).cells
    }


@pytest.fixture
def march(exchange: dict[str, Any]) -> dict[str, Any]:
    """noord tells federal at once, in Dutch and in German; one by consent is decided late; midi waits discreetly."""
    noord = exchange["noord"]
    makers.dossier(exchange["federal"], FERDINAND)
    makers.dossier(exchange["midi"], FERDINAND, discreet=True)
    makers.report(noord, "Ferdinand Oosterlynck was er.", FERDINAND, now=makers.NOON)
    makers.report(noord, "Ferdinand Oosterlynck war da.", FERDINAND, language="de", now=makers.NOON)
    makers.report(noord, "Ferdinand Oosterlynck, misschien.", FERDINAND, handling="consent", now=makers.NOON, **STRICT)
    desk = makers.seat(exchange["federal"], "desk")
    delivery = Delivery.objects.filter(recipient=exchange["federal"], form="whole").order_by("id")[0]
    duty = Duty.objects.get(kind="acknowledge", report=delivery.report, recipient=exchange["federal"])
    at = makers.NOON + timedelta(hours=3)
    consult.read_delivery(ref=delivery.ref, officer=desk, now=at)
    acknowledge.acknowledge_duty(ref=duty.ref, officer=desk, outcome="noted", now=at)
    late = makers.NOON + timedelta(days=15)
    work.work_until_done(now=late)
    owed = Duty.objects.get(kind="pass_on", recipient=exchange["federal"], report__handling="consent")
    decide.pass_on(ref=owed.ref, officer=makers.seat(noord, "head"), now=late)
    return exchange


def test_each_pair_has_what_was_owed_what_was_late_and_how_long_it_took(march: dict[str, Any]) -> None:
    found = cells(makers.seat(march["oversight"], "oversight"))
    dutch = found["noord", "federal", "nl"]
    assert (dutch.owed, dutch.on_time, dutch.late, dutch.running) == (2, 1, 1, 0)
    assert dutch.hours == pytest.approx(15 * 24 / 2)
    assert (dutch.told, dutch.acknowledged, dutch.hours_until_read) == (2, 1, 3.0)


def test_a_language_that_the_desk_does_not_read_shows_as_a_gap(march: dict[str, Any]) -> None:
    flow = between.between(month=MARCH, officer=makers.seat(march["oversight"], "oversight"), now=LATER)
    gaps = {(one.recipient.key, one.language) for one in flow.cells if one.gap and one.recipient}
    assert ("federal", "de") in gaps and ("federal", "nl") not in gaps
    by_language = {(language, read): counts.told for language, read, counts in flow.languages}
    assert by_language["de", False] >= 1 and ("de", True) not in by_language


def test_who_leads_a_service_sees_its_own_cells_alone(march: dict[str, Any]) -> None:
    federal = cells(makers.seat(march["federal"], "supervisor"))
    assert federal and all("federal" in pair[:2] for pair in federal)
    stad = cells(makers.seat(march["stad"], "head"))
    assert stad == {}


def test_who_waits_discreetly_is_not_named_to_who_owes_and_is_to_oversight(march: dict[str, Any]) -> None:
    noord = cells(makers.seat(march["noord"], "head"))
    assert not [pair for pair in noord if pair[1] == "midi"]
    assert noord["noord", "", "nl"].owed == 2
    assert cells(makers.seat(march["oversight"], "oversight"))["noord", "midi", "nl"].owed == 2


@pytest.mark.parametrize("role", ["officer", "desk"])
def test_a_seat_that_leads_nothing_sees_nothing_of_it(exchange: dict[str, Any], role: str) -> None:
    with pytest.raises(NotThere):
        between.between(month=MARCH, officer=makers.seat(exchange["noord"], role), now=LATER)


def test_for_everybody_small_counts_stay_unsaid_and_only_whole_months_are_told(march: dict[str, Any]) -> None:
    with pytest.raises(between.NoSuchMonth, match="is not over"):
        between.between(month=MARCH, officer=None, now=LATER)
    flow = between.between(month=MARCH, officer=None, now=makers.NOON + timedelta(days=60))
    rows = between.as_rows(flow)
    assert rows and all(row["owed"] is None and row["median_hours"] is None for row in rows)
    assert {row["recipient"] for row in rows} == {"federal", between.UNNAMED}


def test_for_everybody_few_stay_unsaid_beside_many_and_no_sum_tells_them(march: dict[str, Any]) -> None:
    """Six more that somebody asked for are told to federal in Dutch, and owed to nobody by a duty of this month."""
    Duty.objects.filter(kind="pass_on").update(raised_at=makers.NOON - timedelta(days=60))
    for number in range(4):
        makers.report(march["noord"], f"Ferdinand Oosterlynck, {number}.", FERDINAND, now=makers.NOON)
    flow = between.between(month=MARCH, officer=None, now=makers.NOON + timedelta(days=60))
    (dutch,) = (one for one in flow.cells if one.recipient is not None and one.language == "nl")
    assert (dutch.counts.owed, dutch.counts.told) == (4, 6), "few were owed, more were told"
    assert not dutch.shown
    assert flow.languages == [], "a sum over cells that are not shown would tell what they hold"


def test_for_everybody_no_median_is_of_a_single_case(march: dict[str, Any]) -> None:
    for number in range(5):
        makers.report(march["noord"], f"Ferdinand Oosterlynck, {number}.", FERDINAND, now=makers.NOON)
    flow = between.between(month=MARCH, officer=None, now=makers.NOON + timedelta(days=60))
    (dutch,) = (row for row in between.as_rows(flow) if (row["recipient"], row["language"]) == ("federal", "nl"))
    assert dutch["told"] == 7 and dutch["acknowledged"] == 1
    assert dutch["median_hours_until_acknowledged"] is None


def test_the_table_as_csv_has_a_row_for_each_cell_under_its_header(march: dict[str, Any]) -> None:
    flow = between.between(month=MARCH, officer=makers.seat(march["oversight"], "oversight"), now=LATER)
    lines = between.as_csv(flow).splitlines()
    assert lines[0] == ",".join(between.COLUMNS) and len(lines) == 1 + len(flow.cells)
    row = next(line for line in lines if line.startswith("2026-03,noord,federal,nl,"))
    assert row.endswith(",False,2,1,1,0,180.0,2,1,3.0")


@pytest.mark.parametrize("written", ["2026", "2026-13", "26-10", "october", "9999-12"])
def test_what_is_no_month_is_refused(exchange: dict[str, Any], written: str) -> None:
    with pytest.raises(between.NoSuchMonth):
        between.between(month=between.month_in(written), officer=None, now=LATER)
