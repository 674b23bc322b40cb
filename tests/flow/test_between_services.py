"""What flowed between services in a month: owed, on time, late, and the language gap; and who sees which cell."""

from __future__ import annotations

import itertools
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle.flow import acknowledge, consult, decide, work
from passerelle.flow import between_services as between
from passerelle.flow.facts import NotThere
from passerelle.policy import published
from passerelle.records.models import Delivery, Duty, Service
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
    assert dutch["acknowledged"] is None, "one of seven is a single case"
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


# What everybody may read of a month, here and on the page of figures, is one table: whoever subtracts finds nothing.

SENDERS, RECIPIENTS, SPOKEN = (1, 2, 3), (11, 12, 13, 14), ("nl", "fr")
DISCREET = 14
Month = dict[between.Key, between.Counts]


@st.composite
def months(draw: Any) -> Month:
    """By sender, true recipient and language; the last recipient is always discreet, another one now and then."""
    found: Month = {}
    for key in itertools.product(SENDERS, RECIPIENTS, SPOKEN):
        owed = draw(st.sampled_from((0, 0, 1, 2, 3, 5, 6, 8, 12, 20, 40)))
        if owed:
            late = draw(st.integers(0, owed))
            told = draw(st.sampled_from((0, 3, 5, 9, owed)))
            found[key] = between.Counts(owed=owed, late=late, on_time=owed - late, told=told, acknowledged=told)
    return found


def published_of(month: Month, *, as_one: bool) -> tuple[dict[int, dict[str, int | None]], list[between.Cell]]:
    """The figures by service and the cells, as anybody gets them; or each hidden for itself, as it was before."""
    sums = [{"duties": 0, "late": 0} for _ in SENDERS]
    own: list[list[dict[str, int]]] = [[] for _ in SENDERS]
    for sender, recipient in itertools.product(SENDERS, RECIPIENTS):
        those = [counts for key, counts in month.items() if key[:2] == (sender, recipient)]
        mine = {"duties": sum(one.owed for one in those), "late": sum(one.late for one in those)}
        own[sender - 1].append(mine)
        sums[sender - 1] = {name: count + mine[name] for name, count in sums[sender - 1].items()}
    shown = published.told(sums, {"late": "duties"}, own if as_one else ())
    figures = dict(zip(SENDERS, shown, strict=True))
    cells: dict[between.Key, between.Cell] = {}
    for (sender, recipient, language), counts in month.items():
        to = None if recipient == DISCREET else Service(pk=recipient, key=f"r{recipient}")
        cells[sender, recipient, language] = between.Cell(
            Service(pk=sender, key=f"s{sender}"), to, language, (), False, counts, shown=not counts.too_small()
        )
    if as_one:
        between._hide_small(
            cells.values(), month,
            [SimpleNamespace(service=Service(pk=sender), **row) for sender, row in figures.items()],  # type: ignore[misc]
        )  # fmt: skip
    return figures, list(cells.values())


def found_by_subtracting(month: Month, *, as_one: bool) -> list[str]:
    """Every small number that anybody, or one recipient who knows its own, gets by subtracting what is told."""
    figures, cells = published_of(month, as_one=as_one)
    found = []
    for sender, reader in itertools.product(SENDERS, (None, *RECIPIENTS)):
        whole, theirs = figures[sender], [one for one in cells if one.sender.pk == sender]
        late_told = whole["late"] is not None and whole["duties"] is not None
        for name, sum_told, of in (
            ("owed", whole["duties"], lambda one: one.owed), ("late", whole["late"], lambda one: one.late),
            ("not late", whole["duties"] - whole["late"] if late_told else None, lambda one: one.owed - one.late),
        ):  # fmt: skip
            known = [
                one for one in theirs
                if (one.shown and (name == "owed" or one.clock_shown))
                or reader == (one.recipient.pk if one.recipient else DISCREET)
            ]  # fmt: skip
            seen = sum(of(one.counts) for one in known)
            if sum_told is None and theirs and len(known) == len(theirs) and reader is None:
                found.append(f"{name} of {sender} is hidden, and its parts give it back: {seen}")
            if sum_told is not None and 0 < sum_told - seen < published.SMALL_NUMBER:
                found.append(f"{name} of {sender}: {sum_told} less {seen}, for {reader}")
    for one in cells:
        told = [one.counts.owed, one.counts.told] if one.shown else []
        if one.shown and one.clock_shown:
            told += [one.counts.late, one.counts.on_time, one.counts.owed - one.counts.late, one.counts.acknowledged]
        found += [f"{count} is told" for count in told if 0 < count < published.SMALL_NUMBER]
    return found


@given(months())
def test_no_subtraction_of_the_flow_from_the_figures_gives_back_a_small_number(month: Month) -> None:
    assert not found_by_subtracting(month, as_one=True)


def test_figures_and_flow_hidden_each_for_itself_give_small_numbers_back_in_a_month_as_they_are() -> None:
    few = between.Counts(owed=3, on_time=3, told=3, acknowledged=3)
    many = between.Counts(owed=40, on_time=31, late=9, told=40, acknowledged=33)
    some = between.Counts(owed=14, on_time=8, late=6, told=14, acknowledged=9)
    month: Month = {
        (sender, recipient, language): counts
        for sender in SENDERS
        for recipient, language, counts in ((11, "nl", many), (12, "nl", some), (12, "fr", few), (13, "fr", some))
    }
    assert "owed of 1: 71 less 68, for None" in found_by_subtracting(month, as_one=False), "the attack finds nothing"
    assert not found_by_subtracting(month, as_one=True)
    told = [one for one in published_of(month, as_one=True)[1] if one.shown]
    assert len(told) >= 2 * len(SENDERS), "all is hidden: a table of nothing"
