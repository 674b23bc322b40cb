"""A past case is played through the real verbs by its command, and one file tells what would have been owed."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.journeys.conftest import COMMAND

MECHELEN = Path(__file__).resolve().parents[2] / "chronicles" / "mechelen.yaml"


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *words], capture_output=True, text=True, check=False, timeout=800)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict:
    out = tmp_path_factory.mktemp("replay") / "mechelen.html"
    done = run("replay", str(MECHELEN), "-o", str(out), "--json")
    assert done.returncode == 0, done.stderr
    return {**json.loads(done.stdout), "page": out.read_text(encoding="utf-8")}


def test_the_duty_is_owed_on_the_day_it_was_written_and_is_really_known_102_days_later(told: dict) -> None:
    assert told["first_owed"]["at"].startswith("2015-12-07") and told["first_owed"]["to"] == "investigators"
    (telling,) = told["tellings"]
    assert (telling["form"], round(telling["days"]), telling["other_language"]) == ("whole", 102, True)
    assert sum(told["days_lost"].values()) == pytest.approx(102, abs=0.2)


def test_to_hold_or_withhold_because_the_source_is_doubted_is_refused(told: dict) -> None:
    assert [(row["act"], "doubtful source" in row["because"]) for row in told["refused"]] == [
        ("hold", True), ("withhold", True),
    ]  # fmt: skip


def test_filed_with_consent_a_pointer_travels_and_sealed_nothing_does_but_it_climbs(told: dict) -> None:
    filed = {row["id"]: row for row in told["variants"]}
    assert (filed["open"]["whole"], filed["consent"]["pointer"], filed["consent"]["whole"]) == (1, 1, 0)
    assert filed["sealed"]["deliveries"] == 0 and filed["sealed"]["climbs"] >= 4 and filed["sealed"]["live"] >= 1


def test_a_changed_rule_tells_what_it_does_to_the_load_and_to_equal_errors(told: dict) -> None:
    assert set(told["errors"]) == {"0.7", "0.9"}
    low, high = told["errors"]["0.7"], told["errors"]["0.9"]
    assert high["missed_of_100"] > low["missed_of_100"] and high["strangers_of_10000"] < low["strangers_of_10000"]
    assert all(row["overseen"] and row["overseen"].startswith("2015-12-0") for row in told["variants"])


def test_the_sheet_says_moments_as_each_language_does_and_rests_on_what_is_assumed(told: dict) -> None:
    page = told["page"]
    assert "7. Dezember 2015, 12:15" in page and "7 décembre 2015, 12:15" in page
    assert "2015-12-07" not in page and "07/12 12:15" not in page
    assert "One version" in page and page.count('class="assumed"') >= 4


def test_it_says_plainly_that_passing_on_would_not_have_delivered_the_fugitive(told: dict) -> None:
    assert any("future host" in text and "not have delivered the fugitive" in text for text in told["not_caught"])
    assert "futur hôte" in told["page"] and "toekomstige gastheer" in told["page"]


def test_a_line_that_cannot_be_played_is_told_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "bent.yaml"
    text = MECHELEN.read_text(encoding="utf-8").replace("refused: true", "refused: false")
    begins, ends = text.index("  - id: consent"), text.index("breaks:")
    path.write_text(text[:begins] + text[ends:], encoding="utf-8")
    done = run("replay", str(path), "-o", str(tmp_path / "x.html"))
    assert done.returncode == 1 and "line 10" in done.stderr and "refused" in done.stderr
    assert not (tmp_path / "x.html").exists()
