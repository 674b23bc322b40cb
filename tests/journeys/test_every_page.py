"""In a real browser, every page there is: nobody is shut out by it, and it fits the smallest screen.

A new page fails here until it has a seat in the list of pages (`every_page`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from passerelle.web.urls import urlpatterns
from passerelle.words import LANGUAGES
from tests.journeys.conftest import House
from tests.journeys.every_page import NO_PAGES, PAGES, SPARE, Seat, make_content

pytestmark = [pytest.mark.browser]

SERIOUS = {"serious", "critical"}
SCREENS = ((1280, "light"), (390, "dark"))
MORE_SCREENS = ((390, "light"), (1280, "dark"))
NARROWEST = 320
"""WCAG 2.2, 1.4.10: a page of 1280 points at four times its size."""

ONE_ROW_MAX = 80

RULES = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
SHAPE = """() => {
  const wrong = [], seen = part => part.checkVisibility({ visibilityProperty: true });
  const levels = [...document.querySelectorAll("h1, h2, h3, h4")].filter(seen).map(head => +head.tagName[1]);
  if (levels.filter(level => level === 1).length !== 1) wrong.push("not one first heading");
  levels.reduce((last, level) => { if (level > last + 1) wrong.push(`h${level} after h${last}`); return level; }, 1);
  const focused = ["a[href]", "button", "input", "select", "textarea", "summary"].map(name => `main ${name}`).join();
  for (const part of document.querySelectorAll(focused)) {
    if (!seen(part) || part.disabled || part.tabIndex < 0) continue;
    part.focus();
    if (document.activeElement !== part) continue;
    const now = getComputedStyle(part), around = getComputedStyle(part.closest("label, li, article") || part);
    if (!parseFloat(now.outlineWidth) && now.boxShadow === "none" && !parseFloat(around.outlineWidth))
      wrong.push(`no sign of focus: ${part.outerHTML.slice(0, 80)}`);
  }
  return wrong;
}"""
WIDE = """width => document.documentElement.scrollWidth <= width ? "" :
  [...document.querySelectorAll("body *")].filter(part => part.getBoundingClientRect().right > width + 1
    && !part.closest(".scroll, .main-nav, .verdict-more, .drawing")).map(part => part.outerHTML.slice(0, 80))[0] || "?"
"""


def is_read(view: Any) -> bool:
    """Whether a page answers to being read: the decorator that names its methods keeps them in its closure."""
    while hasattr(view, "__wrapped__"):
        for cell in view.__closure__ or ():
            if isinstance(cell.cell_contents, list | tuple) and "POST" in cell.cell_contents:
                return "GET" in cell.cell_contents
        view = view.__wrapped__
    return True


def test_every_address_that_can_be_read_is_in_the_list_of_pages() -> None:
    can_be_read = {str(route.name) for route in urlpatterns if is_read(route.callback)}
    assert can_be_read == PAGES.keys() | NO_PAGES.keys()
    assert "withhold" not in can_be_read, "what only takes forms is no page"
    assert not PAGES.keys() & NO_PAGES.keys()


@pytest.fixture(scope="module")
def seats(house: House, browser: Any) -> Iterator[Callable[[str], Seat]]:
    """Each seat once, in a browser context of its own."""
    yield from signed_in(house, browser)


@pytest.fixture
def seats_anew(house: House, browser: Any) -> Iterator[Callable[[str], Seat]]:
    """The same, signed in for one walk: what a walk before did to a session is no part of it."""
    yield from signed_in(house, browser)


def signed_in(house: House, browser: Any) -> Iterator[Callable[[str], Seat]]:
    """Whoever is asked for, signed in when first asked for; all are closed at the end."""
    taken: dict[str, Seat] = {}

    def seat(username: str) -> Seat:
        if username not in taken:
            taken[username] = Seat(browser.new_context(), house, username)
            if username:
                taken[username].sign_in()
        return taken[username]

    yield seat
    for one in taken.values():
        one.context.close()


@pytest.fixture(scope="module")
def addresses(seats: Callable[[str], Seat]) -> dict[str, str]:
    """Where each page of the list stands, with something on it."""
    known = make_content(seats)
    for route in sorted(urlpatterns, key=lambda one: one.name == "changes"):  # last: the worker tells of a correction
        name, pattern = str(route.name), "/" + str(route.pattern)
        if name not in PAGES or name in known:
            continue
        parts = pattern.split("<slug:ref>")
        known[name] = pattern if len(parts) == 1 else seats(PAGES[name]).finds(r"[\w-]+".join(parts))
    known["second-step"] = "/sign-in/second"
    return known


def faults(page: Any, screens: tuple[tuple[int, str], ...]) -> list[str]:
    """What shuts somebody out of the page that is open, by axe and by its shape, on each of these screens."""
    from axe_playwright_python.sync_playwright import Axe

    found: list[str] = []
    for width, scheme in screens:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        found += [
            f"{fault['id']} at {width}, {scheme}: {[node['target'] for node in fault['nodes']][:3]}"
            for fault in Axe().run(page, options=RULES).response["violations"]
            if fault["impact"] in SERIOUS
        ]
    page.set_viewport_size({"width": NARROWEST, "height": 800})
    if wide := page.evaluate(WIDE, NARROWEST):
        found.append(f"wider than {NARROWEST}: {wide}")
    page.keyboard.press("Tab")
    return found + page.evaluate(SHAPE)


def opened(seats: Callable[[str], Seat], house: House, name: str, address: str, language: str) -> Any:
    """The page in this language, in the browser of who opens it."""
    seat = seats(PAGES[name])
    page = seat.context.pages[0] if seat.context.pages else seat.context.new_page()
    if name == "second-step":
        page.context.clear_cookies()
        page.goto(f"{house.address}/sign-in")
        page.fill("#username", SPARE)
        page.fill("#password", house.passwords[SPARE])
        page.press("#password", "Enter")
        page.wait_for_url("**/sign-in/second")
    else:
        seat.ask(address)  # what it is read for is said beforehand
        seat.send("/language", "/law" if seat.username else "/sign-in", language=language, next="/")
        answer = page.goto(house.address + address)
        assert answer.status == 200, f"{name}: {address} answered {answer.status}"
    assert page.locator(".purposes").count() == 0, f"{name} only asks what for"
    return page


def walk(
    seats: Callable[[str], Seat], house: House, addresses: dict[str, str], languages: dict[str, str],
    screens: tuple[tuple[int, str], ...],
) -> list[str]:
    """The faults of every page, each in its language."""
    found: list[str] = []
    for name in sorted(addresses, key=lambda one: (one == "second-step", PAGES[one])):
        page = opened(seats, house, name, addresses[name], languages[name])
        if name != "second-step" and page.locator("html").get_attribute("lang") != languages[name]:
            found.append(f"{name}: not in {languages[name]}")
        found += [f"{name} ({addresses[name]}, {languages[name]}): {fault}" for fault in faults(page, screens)]
    return found


def test_no_page_shuts_anybody_out_in_light_or_dark_wide_or_narrow(
    seats: Callable[[str], Seat], house: House, addresses: dict[str, str]
) -> None:
    assert addresses.keys() == PAGES.keys()
    languages = {name: LANGUAGES[number % len(LANGUAGES)] for number, name in enumerate(sorted(addresses))}
    found = walk(seats, house, addresses, languages, SCREENS)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_way_to_every_page_stands_in_one_row_of_a_desktop(
    seats: Callable[[str], Seat], house: House, language: str
) -> None:
    page = opened(seats, house, "late", "/late", language)
    page.set_viewport_size({"width": 1280, "height": 800})
    assert page.locator("header.top").bounding_box()["height"] < ONE_ROW_MAX


@pytest.mark.release
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_shuts_anybody_out_in_any_language(
    seats_anew: Callable[[str], Seat], house: House, addresses: dict[str, str], language: str
) -> None:
    found = walk(seats_anew, house, addresses, dict.fromkeys(addresses, language), SCREENS + MORE_SCREENS)
    assert not found, "\n".join(found)
