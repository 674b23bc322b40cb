"""How long a report is kept unlooked at, why it may be restricted, and what a person who asks is answered."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from passerelle.policy import lessons, requests, retention
from passerelle.policy.tables import WrongTable
from passerelle.words import Day, Sentence

TODAY = date(2026, 3, 2)
NEXT_YEARS = {1: date(2027, 3, 2), 2: date(2028, 3, 2), 3: date(2029, 3, 2)}


@pytest.mark.parametrize(
    ("categories", "assessment", "row", "years"),
    [
        ((), False, "report", 3), (("suspect",), False, "report", 3), (("suspect",), True, "assessment", 2),
        (("victim",), False, "bystander", 1), (("witness", "suspect"), True, "bystander", 1),
        (("child",), True, "child", 1),
    ],
)  # fmt: skip
def test_the_row_whose_day_comes_first_says_when_a_report_is_looked_at_again(
    categories: tuple[str, ...], assessment: bool, row: str, years: int
) -> None:
    day, found = retention.looked_at_again(categories, assessment=assessment, since=TODAY)
    assert (found.id, found.years, day) == (row, years, NEXT_YEARS[years])
    assert found.source and found.standing in ("binding", "borrowed") and str(found.says).endswith(".")


def test_years_pass_over_leap_days_and_the_longest_is_the_longest() -> None:
    assert retention.years_later(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert retention.years_later(date(2024, 2, 29), 4) == date(2028, 2, 29)
    assert retention.longest_years() == 3
    assert retention.longest("handling") == timedelta(days=365)
    assert retention.longest("restriction") == timedelta(days=180)


@pytest.mark.parametrize(("of", "days"), [("handling", 365), ("restriction", 180)])
def test_a_day_to_look_again_is_after_today_and_not_too_far_away(of: str, days: int) -> None:
    for good in (1, 2, days):
        assert retention.check_day(of, TODAY + timedelta(days=good), TODAY) == TODAY + timedelta(days=good)
    for wrong in (TODAY, TODAY - timedelta(days=1), TODAY + timedelta(days=days + 1), None):
        with pytest.raises(retention.ReviewDayWrong) as refused:
            retention.check_day(of, wrong, TODAY)
        assert str(Day(TODAY + timedelta(days=days))) in str(refused.value.way_out)


def test_a_report_is_restricted_for_a_reason_of_the_closed_list() -> None:
    assert set(retention.restrictions()) == {"accuracy", "evidence", "wish"}
    assert retention.check_restriction("evidence") == Sentence("It must be kept as evidence.")
    says, source, standing = retention.restrictions()["wish"]
    assert "2016/679" in source and standing == "borrowed" and str(says)
    with pytest.raises(retention.RestrictionUnknown) as refused:
        retention.check_restriction("whim")
    assert "whim" in str(refused.value) and "accuracy, evidence, wish" in str(refused.value.way_out)


ROW = "source: Article 1, standing: borrowed, says: So it is."


@pytest.mark.parametrize(
    "rows",
    [
        f"- {{id: one, years: 0, {ROW}}}", f"- {{id: one, years: three, {ROW}}}", f"- {{id: one, {ROW}}}",
        f"- {{id: one, years: 1, categories: [giant], {ROW}}}", f"- {{id: one, years: 1, categories: [child], {ROW}}}",
        f"- {{id: one, years: 1, assessment: true, {ROW}}}", "- {id: one, years: 1, source: x, standing: borrowed}",
    ],
)  # fmt: skip
def test_a_table_of_years_that_does_not_fit_every_report_is_refused(tmp_path: Path, rows: str) -> None:
    path = tmp_path / "retention.yaml"
    path.write_text(f"rows:\n  {rows}\n", encoding="utf-8")
    with pytest.raises(WrongTable):
        retention.table(path)
    path.with_name("good.yaml").write_text(f"rows:\n  - {{id: one, years: 1, {ROW}}}\n", encoding="utf-8")
    assert [row.years for row in retention.table(path.with_name("good.yaml"))] == [1]


FULL = {"granted": {"access"}, "rectified": {"rectification"}, "erased": {"erasure"}}
EVERY = {"access", "rectification", "erasure", "restriction"}
REASON = "our desk looked in all registers"


def test_what_may_come_of_a_request_depends_on_what_was_asked() -> None:
    assert set(requests.words("kinds")) == EVERY and "in_person" in requests.words("identities")
    for key, kinds in {**FULL, "nothing_held": EVERY, "restricted": EVERY - {"access"}}.items():
        for kind in EVERY:
            if kind in kinds:
                assert requests.check_outcome(kind, key, "", REASON).key == key
            else:
                with pytest.raises(requests.RequestUnknown) as refused:
                    requests.check_outcome(kind, key, "", REASON)
                assert key in str(refused.value) and "nothing_held" in str(refused.value.way_out)
                assert key not in str(refused.value.way_out).split(": ")[1].rstrip(".").split(", ")
    with pytest.raises(requests.RequestUnknown):
        requests.check_outcome("access", "no such outcome", "", REASON)


def test_what_is_held_back_names_its_letter_and_every_answer_says_what_was_looked_at() -> None:
    assert requests.check_outcome("access", "held_back", "b", REASON).needs_ground
    for ground in ("", "z"):
        with pytest.raises(requests.RequestUnknown) as refused:
            requests.check_outcome("access", "held_back", ground, REASON)
        assert "a, b, c, d, e" in str(refused.value.way_out)
    assert requests.check_outcome("access", "granted", "", "looked at all")
    for few in ("", "looked there"):
        with pytest.raises(requests.RequestUnknown):
            requests.check_outcome("access", "granted", "", few)


def test_a_word_of_a_closed_list_is_found_or_refused() -> None:
    found = requests.check("identities", "electronic")
    assert found.key == "electronic" and "12(5)" in found.source and str(found.says) == "by electronic identity"
    with pytest.raises(requests.RequestUnknown) as refused:
        requests.check("identities", "by telephone")
    assert "by telephone" in str(refused.value) and "in_person" in str(refused.value.way_out)


def test_a_letter_says_what_was_done_or_the_same_words_whatever_stands_behind_it() -> None:
    silent = [requests.CHECKED, requests.COMPLAIN]
    for key, outcome in requests.outcomes().items():
        assert requests.letter(key, way="authority") == silent
        assert outcome.full == (key in (*FULL, "restricted"))
        assert requests.letter(key, way="direct") == ([outcome.says, requests.COMPLAIN] if outcome.full else silent)


def test_an_outcome_for_a_kind_of_request_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "requests.yaml"
    kinds = f"kinds:\n  - {{id: access, {ROW}}}\n"
    row = f"full: true, ground: false, {ROW}}}\n"
    path.write_text(f"{kinds}outcomes:\n  - {{id: one, kinds: [access], {row}", encoding="utf-8")
    assert set(requests.outcomes(path)) == {"one"}
    for name, text in {
        "kind": f"{{id: one, kinds: [flattery], {row}", "list": f"{{id: one, kinds: access, {row}",
        "full": f"{{id: one, kinds: [access], ground: false, {ROW}}}\n",
        "ground": f"{{id: one, kinds: [access], full: true, {ROW}}}\n",
    }.items():  # fmt: skip
        wrong = tmp_path / f"{name}.yaml"
        wrong.write_text(f"{kinds}outcomes:\n  - {text}", encoding="utf-8")
        with pytest.raises(WrongTable):
            requests.outcomes(wrong)


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        ("oversight", ""), ("supervisor", "noord"), ("head", "noord"), ("desk", None), ("officer", None),
        ("administrator", None),
    ],
)  # fmt: skip
def test_whose_waits_one_may_learn_from(role: str, sees: str | None) -> None:
    found: Any = lessons.whose(role=role, service="noord")
    assert (found.service if found is not None else None) == sees
    if found is not None:
        assert found.least == 0 and str(found.because)


def test_what_services_read_together_shows_no_cell_of_fewer_than_ten() -> None:
    found = lessons.for_the_meeting()
    assert (found.service, found.least) == ("", 10) and "10" in str(found.because)
