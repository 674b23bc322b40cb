"""Whether errors are equal is measured on invented persons, and a bent matcher shows on the page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from passerelle.cli.equal_errors import fairness
from passerelle.fairness import outcomes, probes, sheet, work
from passerelle.fairness.outcomes import Measured, Strangers, Tried


@pytest.fixture(scope="module")
def measured() -> Measured:
    return outcomes.measure(count=24, seed=7)


def test_each_group_has_as_many_given_as_family_names_so_that_strangers_share_one_as_often() -> None:
    sizes = {(len(one.given), len(one.family)) for one in probes.traditions()}
    assert sizes == {(16, 16)} and len(probes.traditions()) >= 12


def test_no_two_invented_persons_of_a_group_bear_the_same_names_and_the_seed_says_who_they_are() -> None:
    for tradition in probes.traditions():
        people = probes.persons(tradition, 100, 3)
        assert len({(one.given, one.family) for one in people}) == 100
        assert people == probes.persons(tradition, 100, 3) != probes.persons(tradition, 100, 4)


def test_a_probe_is_written_otherwise_than_usual() -> None:
    for tradition in probes.traditions():
        people = probes.persons(tradition, 30, 1)
        for probe in probes.probes(people, 1):
            assert probe.other != probe.person.name, probe
            assert probe.kind in probes.KINDS and probe.other.strip()


def test_stages_are_told_apart_and_every_loss_among_candidates_is_a_miss(measured: Measured) -> None:
    assert sum(row.of for row in measured.tried) > 500
    assert all(row.lost_among_candidates <= row.missed <= row.of for row in measured.tried)


def test_birth_dates_take_false_alarms_away(measured: Measured) -> None:
    names = sum(row.alarms for row in measured.strangers if not row.born)
    dates = sum(row.alarms for row in measured.strangers if row.born)
    assert names > 0 and dates < names


def _world(worst: int) -> Measured:
    groups = [one.id for one in probes.traditions()]
    tried = tuple(Tried(group, "spelling", 400, 0, worst if group == "polish" else 20) for group in groups)
    return Measured(400, 1, 0.7, tried, tuple(Strangers(group, False, 1000, 1, (1, 1)) for group in groups))


def test_one_group_that_is_missed_three_times_as_often_is_named_and_equal_groups_are_not() -> None:
    bent = sheet.verdicts(_world(60))["spelling"]
    assert bent.equality_rejected and bent.worst == "polish"
    assert sheet.verdicts(_world(21))["spelling"].equality_rejected is False


def test_a_group_of_few_cases_bears_no_figure_not_even_how_few() -> None:
    def cases(group: str, count: int, hits: int) -> list[work.Case]:
        return [work.Case("late", (("service", group),), place < hits, 5.0) for place in range(count)]

    small, large = work.shares([*cases("A", work.SMALL_NUMBER - 1, 3), *cases("B", 40, 10)])
    assert (small.cases, small.share, small.hours_median) == (None, None, None)
    assert (large.cases, large.share, large.hours_median) == (40, 0.25, 5.0)
    assert large.low is not None and large.high is not None and large.low < 0.25 < large.high


def test_a_group_hidden_alone_cannot_be_had_by_subtracting_from_another_breakdown() -> None:
    def cases(service: str, count: int) -> list[work.Case]:
        groups = (("service", service), ("language", "nl"))
        return [work.Case("late", groups, place < 4, None) for place in range(count)]

    those = [*cases("A", 5), *cases("B", 20), *cases("C", 40)]
    found = {one.group: one.cases for one in work.shares(those)}
    assert found == {"A": None, "B": None, "C": 40, "nl": 65}


def test_groups_that_are_few_even_together_hide_a_larger_one_beside_them() -> None:
    def cases(service: str, count: int) -> list[work.Case]:
        groups = (("service", service), ("language", "nl"))
        return [work.Case("withheld", groups, place < 1, None) for place in range(count)]

    those = [*cases("A", 1), *cases("B", 3), *cases("C", 16), *cases("D", 17)]
    found = {one.group: one.cases for one in work.shares(those)}
    assert found == {"A": None, "B": None, "C": None, "D": 17, "nl": 37}, "37 less 33 would tell of four cases"


def test_the_page_speaks_four_languages_asks_for_nothing_and_says_what_could_be_misread(measured: Measured) -> None:
    page = sheet.sheet(measured, None, made="2026-11-22", version="0", signed="A. Name, <office>")
    assert "<script" not in page and "http" not in page.replace("http-equiv", "")
    assert "&lt;office&gt;" in page and "not a proof of equality" in page
    for language in ("nl", "fr", "de", "en"):
        assert f'<main lang="{language}"' in page


def test_the_command_needs_no_installation_and_says_for_machines_what_it_found(tmp_path: Path) -> None:
    out = tmp_path / "sheet.html"
    done = CliRunner().invoke(fairness, ["-o", str(out), "--persons", "20", "--dir", str(tmp_path), "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["work"] is None and out.exists() and {row["kind"] for row in said["tried"]} == set(probes.KINDS)


def test_how_long_was_waited_has_a_median_with_its_range_and_what_nine_in_ten_do_not_exceed() -> None:
    cases = [work.Case("late", (("service", "Noord"),), False, float(hours)) for hours in range(1, 101)]
    (row,) = work.shares(cases)
    assert (row.hours_median, row.hours_p90) == (50.5, 90.0)
    assert row.hours_low is not None and row.hours_high is not None
    assert 39 <= row.hours_low <= 41 and 60 <= row.hours_high <= 62, "the 40th and the 61st of a hundred (Conover)"
    (few,) = work.shares(cases[:12])
    assert few.hours_low is not None and few.hours_low < 6 < few.hours_high
