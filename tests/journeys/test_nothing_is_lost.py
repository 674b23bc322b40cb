"""In a real browser: what is typed into a form outlives a dead connection and an ended session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.conftest import House
from tests.journeys.every_page import Seat

pytestmark = [pytest.mark.browser]

WITHHOLDS = "form:has(#withhold-reason) button"
FORMS = {
    "the note to the next shift": ("karim.benali", "/handover", "#note", "form:has(#note) button.primary"),
    "a question": ("nathalie.simon", r"/ask/delivery-\w+", "#text", "form:has(#text) button.primary"),
    "a reason to withhold": ("karim.benali", r"/duty/duty-\w+/withhold", "#withhold-reason", WITHHOLDS),
    "a request of a person": ("karim.benali", "/requests/new", "#asks", "main form button.primary"),
    "why a pair is the same": ("david.collard", r"/match/match-\w+", "#reason", "button[value=unsure]"),
}
"""What it is: who writes it, on which page, in which field, and what sends it."""

TYPED = "He was seen at the bridge, and nobody else knows it yet."


@pytest.mark.parametrize("what", FORMS)
def test_what_is_typed_is_there_when_the_line_and_the_session_are_back(
    house: House, browser: Any, what: str
) -> None:
    username, place, field, sends = FORMS[what]
    seat = Seat(browser.new_context(), house, username)
    seat.sign_in()
    address = place if "\\" not in place else seat.finds(place).removesuffix("/withhold")
    seat.ask(address)
    page = seat.context.new_page()
    page.goto(house.address + address)
    page.evaluate("document.querySelectorAll('main details').forEach(part => { part.open = true })")
    for ground in page.locator("[name=ground]").all()[:1]:
        ground.check() if ground.get_attribute("type") == "radio" else ground.select_option(index=1)
    for name in ("kind", "identity"):
        if page.locator(f"main [type=radio][name={name}]").count():
            page.locator(f"main [type=radio][name={name}]").first.check()
    page.fill(field, TYPED)

    seat.context.set_offline(True)
    page.locator(sends).first.click()
    page.wait_for_selector(".not-sent [data-for=line]")
    assert page.input_value(field) == TYPED
    seat.context.set_offline(False)

    seat.context.clear_cookies(name="passerelle_session")
    page.locator(sends).first.click()
    page.wait_for_selector(".not-sent [data-for=out]")
    assert page.input_value(field) == TYPED

    other = Seat(seat.context, house, "jana.peeters")
    other.sign_in()
    page.locator(sends).first.click()
    page.wait_for_selector(".not-sent [data-for=other]")
    assert page.input_value(field) == TYPED

    seat.context.clear_cookies(name="passerelle_session")
    with seat.context.expect_page() as opened:
        page.locator(sends).first.click()
        page.wait_for_selector(".not-sent [data-for=out]")
        page.click(".not-sent a")
    again = opened.value
    again.fill("#username", username)
    again.fill("#password", house.passwords[username])
    again.press("#password", "Enter")
    again.wait_for_url(f"{house.address}/")
    with page.expect_response(lambda answer: answer.request.method == "POST") as sent:
        page.locator(sends).first.click()
    assert sent.value.status in (302, 409), "it came in; what policy says of it is another matter"
    seat.context.close()


def test_without_scripts_who_signs_in_again_is_on_the_page_of_the_form(
    house: House, sit: Callable[..., Any]
) -> None:
    page = sit("karim.benali", java_script_enabled=False)
    page.goto(f"{house.address}/handover")
    page.context.clear_cookies(name="passerelle_session")
    page.fill("#note", TYPED)
    page.click("form:has(#note) button.primary")
    page.wait_for_url("**/sign-in?next=/handover")
    page.fill("#username", "karim.benali")
    page.fill("#password", house.passwords["karim.benali"])
    page.press("#password", "Enter")
    page.wait_for_url(f"{house.address}/handover")
    assert page.locator("#note").count() == 1, "the form stands there, and not an address that only takes forms"
