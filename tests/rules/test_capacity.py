"""The day the clocks break, what holds them, and in how many lives: against cases that can be worked out by hand."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from passerelle.capacity import needed, plan_file, sheet, simulate, staffing, workload
from passerelle.capacity.plan_file import PlanFaulty
from passerelle.cli.planning import plan as command

PLANS = sorted((Path(__file__).resolve().parents[2] / "plans").glob("*.toml"))

SMALL = """
begins = 2020-01-06
ends = 2022-01-03
decided = 2020-01-06
title = "A desk"
[[group]]
id = "desk"
service = "north"
skill = "desk"
languages = ["nl"]
people = {people}
hours_week = 40
absent = 0.0
leaving_year = 0.0
{more}
[[kind]]
id = "hit"
skill = "desk"
language = "nl"
hours = 10
hours_spread = 0.0
clock_days = 7
{kind}
[[arrivals]]
kind = "hit"
per_day = 4
"""


def small(folder: Path, people: float = 7, more: str = "", kind: str = "") -> plan_file.Plan:
    path = folder / "small.toml"
    path.write_text(SMALL.format(people=people, more=more, kind=kind), encoding="utf-8")
    return plan_file.read(path)


def test_seven_people_hold_280_hours_a_week_and_six_break_on_the_day_that_can_be_worked_out(tmp_path: Path) -> None:
    counts = workload.arrivals(small(tmp_path))
    assert counts.sum(axis=1)[0] == pytest.approx(4 * 7 * 104, rel=0.001) and counts[0, 5] == pytest.approx(28)
    for people, broken in ((7, None), (6, 7)):
        plan = small(tmp_path, people)
        assert workload.breaks(plan, workload.expected(plan).late, counts) == [broken], people
    # six people leave four a week undone: in the eighth week 28 wait that came before it, and only 24 are done


def test_what_cannot_be_done_still_waits_and_nothing_is_worked_that_has_not_come(tmp_path: Path) -> None:
    plan = small(tmp_path, 6)
    run = workload.expected(plan)
    done = run.used.sum() + run.waiting[:, -1].sum()
    assert done == pytest.approx(workload.arrivals(plan).sum() * 10)
    assert (run.used <= run.there + 1e-9).all()
    idle = workload.expected(small(tmp_path, 20))
    assert idle.used.sum() == pytest.approx(workload.arrivals(plan).sum() * 10) and idle.waiting.max() == 0


def test_the_cheapest_plan_borrows_the_one_that_is_missing(tmp_path: Path) -> None:
    plan = small(tmp_path, 6, more='loan_from = "south"\nloan_max = 3\nloan_cost_year = 2.0')
    changes, cost, unserved, since = staffing.solve(plan)
    assert set(changes.borrowed["desk"][:7]) <= {0, 1} and sum(changes.borrowed["desk"]) == pytest.approx(8, abs=1)
    assert cost == pytest.approx(sum(changes.borrowed["desk"]) * 2.0 * 13 / (365.25 / 7))
    assert (unserved, since) == (0.0, 0)
    assert workload.breaks(plan, workload.expected(plan, changes).late, workload.arrivals(plan)) == [None]


def test_who_is_hired_is_of_use_when_trained_and_what_comes_too_late_is_said(tmp_path: Path) -> None:
    plan = small(tmp_path, 6, more="hires_year_max = 8\ntraining_months = 12")
    changes, _, unserved, since = staffing.solve(plan)
    assert sum(changes.hired["desk"]) >= 1 and unserved > 0 and 52 <= since <= 80
    there = workload.people(plan, changes)[0]
    assert there[51] == 6 and there[53] > 6


def test_a_fault_names_the_line_of_the_plan_on_which_its_place_begins(tmp_path: Path) -> None:
    with pytest.raises(PlanFaulty, match=r"small\.toml:16: \[\[kind\]\] number 1 cannot be read"):
        small(tmp_path, kind="fly = 3")
    path = tmp_path / "small.toml"
    path.write_text(SMALL.format(people=7, more="", kind="").replace("2022-01-03", '"soon"'), encoding="utf-8")
    with pytest.raises(PlanFaulty) as told:
        plan_file.read(path)
    assert "“ends” as a day" in str(told.value.way_out)


def test_what_would_be_needed_is_solved_for_each_thing_by_itself(tmp_path: Path) -> None:
    plan = small(tmp_path, 6, more="hires_year_max = 8\ntraining_months = 12")
    found = {one.says: one for one in needed.needed(plan)}
    as_it_is, sooner = found["as the file allows"], found["training takes half as long"]
    assert 0 < sooner.since < as_it_is.since and sooner.unserved_hours < as_it_is.unserved_hours
    assert found["twice as many may be borrowed"].since == as_it_is.since, "nobody lends here"
    page = sheet.sheet(sheet.answer(plan, runs=20), made="2026-11-23", version="1")
    assert "Why not sooner" in page and page.count("training takes half as long") >= 1


def test_clocks_that_can_hold_ask_for_nothing_more(tmp_path: Path) -> None:
    page = sheet.sheet(sheet.answer(small(tmp_path, 9), runs=20), made="2026-11-23", version="1")
    assert "Why not sooner" not in page and "Nothing needs to be changed" in page


def test_what_was_told_stands_beside_what_the_file_gives() -> None:
    plan = plan_file.read(next(path for path in PLANS if path.stem == "city"))
    gives = [(round(one.figure), needed.modelled(plan, one)) for one in plan.told]
    assert [figure for figure, _ in gives] == [267, 789, 1050, 68]
    for figure, given in gives:
        assert abs(given - figure) <= 0.1 * figure, (figure, given)


def test_steps_of_a_plan_that_last_are_told_once_with_their_end() -> None:
    assert list(sheet._spans((0, 3, 3, 0, 2))) == [(1, 3, 3), (4, 5, 2)]


def test_a_deferral_moves_work_and_does_not_do_it(tmp_path: Path) -> None:
    plan = small(tmp_path, 6, kind="deferred_max = 0.2\ndeferred_weeks = 8")
    counts = workload.arrivals(plan)
    waits = workload.Changes({}, {}, {"hit": (0.2,) * workload.quarters(plan)})
    (before,) = workload.breaks(plan, workload.expected(plan).late, counts)
    (after,) = workload.breaks(plan, workload.expected(plan, waits).late, counts)
    assert before is not None and after is not None and after > before


def test_lives_repeat_for_a_seed_and_spread_about_the_expected_course(tmp_path: Path) -> None:
    plan = small(tmp_path, 9)
    one, same, other = (simulate.lived(plan, runs=60, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one.waiting, same.waiting) and not np.array_equal(one.waiting, other.waiting)
    assert simulate.lived(small(tmp_path, 20), runs=60).holds == 1.0
    assert simulate.lived(small(tmp_path, 5), runs=60).holds == 0.0
    (low, middle, high) = simulate.lived(small(tmp_path, 6), runs=200).first[0]
    assert low is not None and middle is not None and high is not None and low <= middle <= high


@pytest.mark.parametrize(
    ("broken", "place"),
    [
        ({"people": "-1"}, "people"),
        ({"more": "strange = 1"}, "strange"),
        ({"kind": 'source = "x"\n[[kind]]\nid = "y"\nskill = "fly"\nhours = 1\nclock_days = 1'}, "fly"),
        ({"more": "absent = 1.5"}, "absent"),
    ],
)
def test_a_faulty_file_is_told_with_its_place(tmp_path: Path, broken: dict[str, str], place: str) -> None:
    text = SMALL.replace("absent = 0.0\n", "") if "absent" in broken.get("more", "") else SMALL
    path = tmp_path / "bad.toml"
    path.write_text(text.format(**{"people": "7", "more": "", "kind": "", **broken}), encoding="utf-8")
    with pytest.raises(PlanFaulty, match=place) as told:
        plan_file.read(path)
    assert "bad.toml" in str(told.value)


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_each_plan_of_the_house_breaks_when_nothing_is_changed_and_says_what_it_assumes(path: Path) -> None:
    plan = plan_file.read(path)
    assert plan.assumed and all(row.source for row in plan.arrivals)
    weeks = workload.breaks(plan, workload.expected(plan).late, workload.arrivals(plan))
    assert all(week is not None for week in weeks)


def test_the_command_writes_one_page_and_says_for_machines_when_the_clocks_break(tmp_path: Path) -> None:
    small(tmp_path, 6, more='loan_from = "south"\nloan_max = 3')
    out = tmp_path / "page.html"
    done = CliRunner().invoke(command, [str(tmp_path / "small.toml"), "-o", str(out), "--runs", "20", "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert date.fromisoformat(said["breaks"][0]["on"]) > date(2020, 2, 1)
    assert said["best"]["holds"] > said["unchanged_holds"]
    page = out.read_text(encoding="utf-8")
    assert "<script" not in page and all(f'<main lang="{code}"' in page for code in ("nl", "fr", "de", "en"))
    assert sheet.LIMITS[0] in page


def test_a_share_of_lives_can_be_asked_for_and_the_plan_holds_it_in_lives_it_was_not_chosen_by() -> None:
    plan = plan_file.read(next(path for path in PLANS if path.stem == "city"))
    found = sheet.answer(plan, runs=120, hold=0.8).best
    assert found.reached and found.asked == 0.8
    again = simulate.lived(plan, found.changes, runs=400, since=found.since, seed=99)
    assert again.holds > 0.7, "not by luck of the lives it was chosen by"
    cheaper = [cost for _, cost, holds in found.prices if holds < 0.7]
    assert cheaper and max(cheaper) < found.cost


def test_a_share_that_nothing_reaches_is_said_and_never_passed_off(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    small(tmp_path, 1)
    said = CliRunner().invoke(command, [str(path), "--runs", "30", "--hold", "0.95", "--json"])
    best = json.loads(said.stdout)["best"]
    assert (best["reached"], best["asked"]) == (False, 0.95)
    page = tmp_path / "plan.html"
    CliRunner().invoke(command, [str(path), "--runs", "30", "--hold", "0.95", "-o", str(page)])
    assert "Nothing that this file allows holds in so many lives" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("share", ["0.2", "1"])
def test_a_share_that_means_nothing_is_refused(share: str) -> None:
    assert CliRunner().invoke(command, [str(PLANS[0]), "--hold", share]).exit_code == 2
