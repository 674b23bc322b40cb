"""In a real browser: the demonstration's report filed by key, a file dropped, a draft that a dead line keeps."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tests.house.source import PACKAGE
from tests.journeys.conftest import House
from tests.journeys.test_officers_hour import COMPARED_WITHIN_MS

pytestmark = [pytest.mark.browser]

KEYS_MAX = 20
"""Of the story: to the box, on, each mention confirmed, one of them said to be a contact, filed. The text is pasted."""


def told() -> str:
    """The report that the demonstration begins with, as its officer wrote it."""
    path = PACKAGE / "cli" / "demonstration" / "data" / "reports.yaml"
    for report in yaml.safe_load(path.read_text(encoding="utf-8"))["reports"]:
        if "de zoon van Mariëtte Dauwens" in report["text"]:
            return str(report["text"]).strip()
    raise AssertionError("the demonstration tells another story")


DEAD = """() => {
  window.fetch = () => Promise.reject(new Error("no line"));
  navigator.sendBeacon = () => false;
}"""


class Keys:
    """A keyboard that counts."""

    def __init__(self, page: Any) -> None:
        self.page, self.pressed = page, 0

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.keyboard.press(key)
            self.pressed += 1


def test_the_report_of_the_demonstration_is_filed_by_key_and_says_what_follows(
    house: House, sit: Callable[..., Any]
) -> None:
    page = sit("jana.peeters")
    keys = Keys(page)
    keys.press("f")
    page.wait_for_url("**/file")
    keys.press("t")
    page.keyboard.insert_text(told())
    keys.press("Control+Enter")
    page.wait_for_url("**/file/subjects")
    marks = [one.inner_text() for one in page.locator("#marks a mark").all()]
    assert marks == [
        "de zoon van ", "Mariëtte Dauwens", "Zevensterrenstraat 41 in Brussel", "grijze Peugeot", "Joeri",
        "Sergej Tsjoemakov",
    ]
    keys.press("j")
    assert page.locator("fieldset.here").count() == 1
    keys.press("2")
    keys.press("y", 3)
    keys.press("x")
    assert "rejected" in str(page.locator("#marks a", has_text="Joeri").get_attribute("class"))
    keys.press("k")
    keys.press("y", 2)
    states = [str(one.get_attribute("class")) for one in page.locator("#marks a").all()]
    assert all("kept" in state for state in states), "each was looked at, and the wrong no was taken back"
    keys.press("e")
    page.wait_for_url("**/report/*")
    assert keys.pressed <= KEYS_MAX
    page.wait_for_selector("main:not(:has(.waits))", timeout=COMPARED_WITHIN_MS)
    follows = page.locator("section[aria-labelledby=follows]").inner_text()
    assert "Zone de police Val-Tilleul" in follows
    assert page.locator("section[aria-labelledby=follows] .lead").count() >= 2


def test_a_key_in_a_field_is_a_letter_and_enter_there_files_nothing(house: House, sit: Callable[..., Any]) -> None:
    page = sit("jana.peeters")
    page.goto(f"{house.address}/file")
    page.fill("#text", "Gisteren werd Wannes Terlinden gezien.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/file/subjects")
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.keyboard.type("exy")
    assert page.locator("fieldset.here input[name$='-p-name']").input_value() == "exy"
    page.keyboard.press("Enter")
    assert page.url.endswith("/file/subjects")
    assert page.locator("fieldset.here input[name$='-seen']").is_checked()


def test_what_is_typed_on_a_dead_line_is_sealed_and_sent_when_it_is_back(house: House, sit: Callable[..., Any]) -> None:
    page = sit("sophie.lambert")
    page.goto(f"{house.address}/file")
    page.fill("#text", "Première phrase.")
    page.wait_for_selector("#kept.done")
    page.evaluate(DEAD)
    page.fill("#text", "Première phrase. Dans le tunnel, Édith l'a vu.")
    page.wait_for_selector("#kept.held")
    kept = json.dumps(page.evaluate("Object.entries(localStorage)"))
    assert "passerelle-kept-" in kept and "tunnel" not in kept and "lambert" not in kept.lower()
    context = page.context
    page.close()
    page = context.new_page()
    page.goto(f"{house.address}/file")
    for _ in range(100):
        if not page.evaluate("Object.keys(localStorage).some((name) => name.startsWith('passerelle-kept-'))"):
            break
        page.wait_for_timeout(200)
    else:
        pytest.fail("what was sealed was never sent")
    assert "tunnel" in page.input_value("#text")


def test_what_one_officer_could_not_send_opens_for_no_other_on_the_same_machine(
    house: House, sit: Callable[..., Any]
) -> None:
    page = sit("karim.benali")
    page.goto(f"{house.address}/file")
    page.evaluate(DEAD)
    page.fill("#text", "Le secret de Karim.")
    page.wait_for_selector("#kept.held")
    page.click(".who button")
    page.wait_for_url("**/sign-in**")
    page.fill("#username", "claire.dubois")
    page.fill("#password", house.passwords["claire.dubois"])
    page.press("#password", "Enter")
    page.wait_for_url(f"{house.address}/")
    page.goto(f"{house.address}/file")
    page.wait_for_timeout(500)
    assert page.input_value("#text") == ""
    assert page.locator("#older").is_hidden()


def test_a_dropped_file_comes_into_the_box_and_what_is_selected_is_marked(
    house: House, sit: Callable[..., Any]
) -> None:
    page = sit("nadia.haddad", viewport={"width": 390, "height": 800})
    page.goto(f"{house.address}/file")
    page.evaluate(
        """() => {
          const given = new DataTransfer();
          given.items.add(new File(["Gisteren zag ze Zork bij de brug."], "nota.txt", { type: "text/plain" }));
          document.getElementById("text").dispatchEvent(
            new DragEvent("drop", { dataTransfer: given, bubbles: true, cancelable: true }));
        }"""
    )
    page.wait_for_selector(".message:has-text('nota.txt')")
    assert page.input_value("#text") == "Gisteren zag ze Zork bij de brug."
    page.keyboard.press("Escape")
    page.focus("#text")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/file/subjects")
    page.evaluate(
        """() => {
          const said = document.getElementById("marks").firstChild, range = document.createRange();
          const at = document.getElementById("marks").textContent.indexOf("Zork");
          range.setStart(said, at); range.setEnd(said, at + 4);
          document.getSelection().removeAllRanges(); document.getSelection().addRange(range);
        }"""
    )
    page.click("#adding button[data-as=Person]")
    page.wait_for_selector("#marks a:has-text('Zork')")
    assert page.locator("fieldset[data-row] input[value=Zork]").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
