"""A past case is played through the real verbs by its command, and one file tells what would have been owed."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.journeys.conftest import COMMAND

MECHELEN = Path(__file__).resolve().parents[2] / "chronicles" / "mechelen.yaml"


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *words], capture_output=True, text=True, check=False)


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


def test_it_says_plainly_that_passing_on_would_not_have_delivered_the_fugitive(told: dict) -> None:
    assert any("future host" in text and "not have delivered the fugitive" in text for text in told["not_caught"])
    assert "futur hôte" in told["page"] and "toekomstige gastheer" in told["page"]


def test_a_line_that_cannot_be_played_is_told_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "bent.yaml"
    text = MECHELEN.read_text(encoding="utf-8")
    path.write_text(text.replace("refused: true", "refused: false"), encoding="utf-8")
    done = run("replay", str(path), "-o", str(tmp_path / "x.html"))
    assert done.returncode == 1 and "line 4" in done.stderr and "refused" in done.stderr
    assert not (tmp_path / "x.html").exists()
