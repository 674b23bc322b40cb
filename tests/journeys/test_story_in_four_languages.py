"""In a real browser, per language: half a name is filed, judged, acknowledged, and the officer hears it was used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import House
from tools import tours

pytestmark = [pytest.mark.browser]

JUDGEMENT_KEYS_MAX = 2
"""The promise: a judgement is two keys, one to come to the pair and one to judge it."""


@pytest.mark.parametrize("language", tours.LANGUAGES)
def test_the_story_is_told_from_half_a_name_to_used(
    house: House, browser: Any, tmp_path: Path, language: str
) -> None:
    officer, desk = (
        tours.sit(browser, house.address, who, house.passwords[who], language)
        for who in ("jana.peeters", "karim.benali")
    )
    recorder = tours.Recorder(language, tmp_path)
    tours.story(recorder, officer, desk, house.address)
    told = {one.what: one for one in recorder.told}
    assert len(told) == 10
    assert all((tmp_path / one.picture).stat().st_size > 10_000 for one in told.values())
    judged = told["has the two records side by side"].keys + told["judges the pair"].keys
    assert judged <= JUDGEMENT_KEYS_MAX
    assert told["acknowledges and says what was done"].keys == 2
    assert "Val-Tilleul" in officer.locator(".line.good").first.inner_text()
    lines = tours.table(recorder.told).splitlines()
    assert f"{language}: s" in lines[0] and len(lines) == 2 + 10 + 2
    for page in (officer, desk):
        page.context.close()


def test_the_next_pair_is_there_before_it_is_asked_for_and_a_dead_connection_loses_nothing(
    house: House, browser: Any
) -> None:
    desk = tours.sit(browser, house.address, "karim.benali", house.passwords["karim.benali"], "en")
    officer = tours.sit(browser, house.address, "jana.peeters", house.passwords["jana.peeters"], "en")
    tours.open_dossier(desk, house.address, "Zerrouqane")
    for day in ("Monday", "Tuesday", "Friday"):
        officer.goto(f"{house.address}/file")
        officer.fill("#text", f"On {day} a neighbour saw Youssef Zerrouqane at the station.")
        officer.keyboard.press("Control+Enter")
        officer.wait_for_url("**/file/subjects")
        officer.locator("select[name$='-category']").first.select_option("suspect")
        officer.click("button[value=file]")
        officer.wait_for_url("**/report/*")
    officer.wait_for_selector("main:not(:has(.waits))", timeout=tours.COMPARED_WITHIN_MS)

    desk.goto(f"{house.address}/desk")
    with desk.expect_response("**/desk/beforehand*") as loaded:
        desk.locator(".board .go").last.click()
    assert loaded.value.status == 200
    first = desk.locator("[data-pair]").get_attribute("data-pair")
    desk.context.set_offline(True)
    desk.locator("h1").click()
    desk.keyboard.press("d")
    desk.wait_for_selector("[data-lost]:not([hidden])")
    assert desk.locator("[data-pair]").get_attribute("data-pair") == first, "nothing moved, nothing is lost"
    desk.context.set_offline(False)
    with desk.expect_response("**/desk/beforehand*"):
        desk.keyboard.press("d")
        desk.wait_for_selector("[data-says]:not([hidden])")
    assert desk.locator("[data-pair]").get_attribute("data-pair") != first
    assert desk.evaluate("document.activeElement.tagName") == "H1", "who hears the page hears the next pair"
    desk.keyboard.press("z")
    desk.wait_for_url(f"**/desk/{first}*")
    assert "taken back" in desk.locator(".message:not([hidden])").inner_text()
    desk.keyboard.press("?")
    assert "Different" in desk.locator("dialog[open]").inner_text()
    for page in (officer, desk):
        page.context.close()


def test_what_is_typed_in_a_window_that_another_has_overtaken_comes_back(house: House, browser: Any) -> None:
    page = tours.sit(browser, house.address, "jana.peeters", house.passwords["jana.peeters"], "en")
    page.goto(f"{house.address}/file")
    other = page.context.new_page()
    other.goto(f"{house.address}/file")
    other.fill("#text", "Typed in the other window.")
    other.wait_for_selector("#kept.done")
    other.close()
    page.fill("#text", "Typed here.")
    page.wait_for_selector("[data-instead]:not([hidden])")
    page.locator("#text").press_sequentially(" And a sentence more, for which nobody is asked.")
    page.wait_for_timeout(500)
    page.reload()
    page.click("[data-take-back]")
    assert page.input_value("#text") == "Typed here. And a sentence more, for which nobody is asked."
    page.context.close()
