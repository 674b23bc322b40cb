"""Each sheet in a real browser, on a phone and in the dark: it shuts nobody out, fits, and asks nobody for anything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from passerelle.capacity import plan_file
from passerelle.capacity import sheet as plans
from passerelle.fairness import outcomes
from passerelle.fairness import sheet as equal
from passerelle.replay import chronicle, lessons
from passerelle.replay import sheet as replays
from passerelle.words import sentence
from tests.journeys.test_officers_hour import SERIOUS

pytestmark = [pytest.mark.browser]
HERE = Path(__file__).resolve().parents[2]
MADE = {"made": "2026-11-23", "version": "0"}
LARGEST = 2_000_000


def replayed() -> str:
    """The chronicle of Mechelen as it is read, with one telling that nobody played."""
    case = chronicle.read(HERE / "chronicles" / "mechelen.yaml")
    owed = datetime(2015, 12, 7, 11, 0, 20, tzinfo=UTC)
    why = (sentence("It is late."),)
    telling = lessons.Telling(
        "pass_on", "r-host", "investigators", "mechelen", owed, owed + timedelta(minutes=15), why, why[0],
        ((owed, "whole"),), 0, "done",
    )  # fmt: skip
    told = tuple(lessons.Told(owed, "owed", why[0], why, frozenset({"r-host"})) for _ in range(6))
    counts = {"duties": 1, "deliveries": 1, "climbs": 0, "live": 0}
    played = [lessons.Played(one.id, (telling,), (), told, counts) for one in case.variants]
    errors = {0.7: lessons.Errors(4.5, (7.8, sentence("Chinese")), 3.0, (18.2, sentence("Vietnamese")))}
    return replays.sheet(case, played, errors, 14)


def planned() -> str:
    return plans.sheet(plans.answer(plan_file.read(HERE / "plans" / "city.toml"), runs=20), **MADE)


def measured() -> str:
    return equal.sheet(outcomes.measure(count=20), [], signed="", **MADE)


@pytest.mark.parametrize("written", [replayed, planned, measured], ids=lambda one: one.__name__)
def test_a_sheet_shuts_nobody_out_fits_a_phone_and_asks_for_nothing(written: Any, browser: Any, tmp_path: Path) -> None:
    from axe_playwright_python.sync_playwright import Axe

    path = tmp_path / "sheet.html"
    path.write_text(written(), encoding="utf-8")
    assert path.stat().st_size < LARGEST
    asked: list[str] = []
    context = browser.new_context(viewport={"width": 390, "height": 800}, color_scheme="dark", bypass_csp=True)
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    for language in ("nl", "en"):
        page.check(f"#in-{language}", force=True)
        wide, there = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= there, (language, wide)
        faults = [one for one in Axe().run(page).response["violations"] if one["impact"] in SERIOUS]
        assert not faults, [(one["id"], one["nodes"][0]["target"]) for one in faults]
    assert asked == [path.as_uri()]
    context.close()
