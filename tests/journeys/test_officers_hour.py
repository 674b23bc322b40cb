"""In a real browser: filed in Dutch, found in French, acknowledged, and the sender hears it; by key and by form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.conftest import House

pytestmark = [pytest.mark.browser]

DUTCH = (
    "Volgens een buurvrouw slaapt Oskar Wijndaele, geboren op 03/02/1980, al een week in de Papegaaiduikerstraat 12 "
    "te Schaarbeek. Hij rijdt met een grijze Skoda."
)
PAGES = ("/", "/file", "/reports", "/dossiers", "/dossiers/new", "/late", "/people", "/readings", "/law")
COMPARED_WITHIN_MS = 60_000
"""The promise: what is filed is compared with what others hold within a minute. The page asks again by itself."""

SERIOUS = {"serious", "critical"}


def open_dossier(page: Any, house: House, name: str, born: str) -> None:
    """A dossier on one suspect, written in by hand."""
    page.goto(f"{house.address}/dossiers/new")
    page.fill("#title", f"Dossier {name}")
    page.fill("#legal_basis", "Loi sur la fonction de police, art. 44/1")
    page.fill("#s0-main", name)
    page.fill("#s0-p-birthDate", born)
    page.select_option("#s0-category", "suspect")
    page.click("button[value=open]")
    page.wait_for_url("**/dossier/*")


def file(page: Any, house: House, text: str, suspect: str, born: str = "") -> None:
    """A report in two steps; the person named `suspect` is confirmed as one, with a date of birth."""
    page.goto(f"{house.address}/file")
    page.fill("#text", text)
    page.click("main form button.primary")
    page.wait_for_url("**/file/subjects")
    row = page.locator("fieldset.row-of-subject", has=page.locator(f'input[value="{suspect}"]')).first
    row.locator("select[name$='-category']").select_option("suspect")
    row.locator("input[name$='-p-birthDate']").fill(born)
    page.click("button[value=file]")
    page.wait_for_url("**/report/*")
    page.wait_for_selector("main:not(:has(.waits))", timeout=COMPARED_WITHIN_MS)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_dutch_report_reaches_the_french_desk_and_the_officer_hears_that_it_was_used(
    house: House, sit: Callable[..., Any], scripts: bool
) -> None:
    name = "Oskar Wijndaele" if scripts else "Casimir Verhoeyweghen"
    karim = sit("karim.benali", java_script_enabled=scripts)
    open_dossier(karim, house, name, "1980-02-03")
    jana = sit("jana.peeters", java_script_enabled=scripts)
    file(jana, house, DUTCH.replace("Oskar Wijndaele", name), name, "1980-02-03")
    follows = jana.locator("section[aria-labelledby=follows]")
    assert "Aan Zone de police Val-Tilleul: het volledige verslag" in follows.inner_text()

    karim.goto(f"{house.address}/")
    karim.locator(".board .go", has_text="Accuser réception").last.click()
    karim.wait_for_url("**/delivery/*")
    said = karim.locator("article.paper p.text")
    assert said.get_attribute("lang") == "nl"
    assert name in said.inner_text()
    if scripts:
        karim.keyboard.press("1")
        karim.keyboard.press("a")
    else:
        karim.check("input[value=acted_upon]")
        karim.click("form.panel button.primary")
    karim.wait_for_load_state()
    assert "Réception confirmée." in karim.locator(".message").inner_text()

    jana.goto(f"{house.address}/")
    used = jana.locator(".line.good").first.inner_text()
    assert "Uw verslag werd gebruikt door Zone de police Val-Tilleul" in used


def test_a_match_is_judged_with_one_key_and_taken_back_with_another(house: House, sit: Callable[..., Any]) -> None:
    karim = sit("karim.benali")
    open_dossier(karim, house, "Joesef Hadjerinne", "")
    jana = sit("jana.peeters")
    file(jana, house, "Gisteren werd Youssef Hadjerinne gezien aan het station.", "Youssef Hadjerinne")

    karim.goto(f"{house.address}/")
    karim.locator(".board .go", has_text="Juger une concordance").last.click()
    karim.wait_for_url("**/match/*")
    assert "≈" in karim.locator("tr.alike").inner_text()
    karim.keyboard.press("?")
    assert "Identiques" in karim.locator("dialog[open]").inner_text()
    karim.keyboard.press("Escape")
    karim.focus("#reason")
    karim.keyboard.type("usd")
    assert karim.locator(".message").count() == 0, "letters typed into a field are no keys"
    karim.locator("h1").click()
    karim.keyboard.press("s")
    karim.wait_for_selector(".message")
    assert "identiques" in karim.locator(".message").inner_text()
    karim.keyboard.press("z")
    karim.wait_for_selector(".message:has-text('retiré')")


def closed(page: Any) -> None:
    """The list of keys, closed with Escape."""
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog:not([open])", state="attached")


def test_single_keys_can_be_switched_off(house: House, sit: Callable[..., Any]) -> None:
    page = sit("karim.benali")
    page.keyboard.press("?")
    page.uncheck("#keys-on")
    closed(page)
    page.keyboard.press("f")
    page.wait_for_timeout(300)
    assert page.url == f"{house.address}/"
    page.keyboard.press("?")
    page.check("#keys-on")
    closed(page)
    page.keyboard.press("f")
    page.wait_for_url("**/file")


def test_the_keyboard_alone_reaches_the_content_and_walks_the_list(house: House, sit: Callable[..., Any]) -> None:
    page = sit("nadia.haddad")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("j")
    first = page.evaluate("document.activeElement.href")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.href") != first
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.href") == first


def things(page: Any, house: House) -> list[str]:
    """One address of each kind of thing that the lists lead to."""
    found: dict[str, str] = {}
    for place in ("/", "/reports", "/dossiers", "/late"):
        page.goto(f"{house.address}{place}")
        for link in page.eval_on_selector_all("main a[href]", "links => links.map(link => link.getAttribute('href'))"):
            kind = link.split("/")[1] if link.count("/") > 1 else ""
            if kind in {"duty", "match", "delivery", "report", "dossier"}:
                found.setdefault(kind, link)
    return list(found.values())


def serious(page: Any, address: str) -> list[str]:
    """What axe finds on this page that shuts somebody out."""
    from axe_playwright_python.sync_playwright import Axe

    return [
        f"{address}: {fault['id']} at {[node['target'] for node in fault['nodes']][:3]}"
        for fault in Axe().run(page).response["violations"]
        if fault["impact"] in SERIOUS
    ]


@pytest.mark.parametrize(
    ("seat", "language", "width", "scheme"),
    [
        ("nadia.haddad", "nl", 360, "light"),
        ("karim.benali", "fr", 1280, "dark"),
        ("isabelle.moreau", "de", 360, "dark"),
        ("helene.masson", "en", 1280, "light"),
        ("robin.adams", "fr", 360, "light"),
    ],
)
def test_no_page_has_a_serious_fault_of_access_or_is_wider_than_its_screen(
    house: House, sit: Callable[..., Any], seat: str, language: str, width: int, scheme: str
) -> None:
    page = sit(seat, viewport={"width": width, "height": 780}, color_scheme=scheme)
    page.click(f".languages button[value={language}]")
    page.wait_for_load_state()
    faults: list[str] = []
    asked: set[str] = set()
    for address in (*PAGES, *things(page, house), "/duty/duty-0000000000000000"):
        page.goto(f"{house.address}{address}")
        if page.locator(".purposes").count() and address not in asked:
            asked.add(address)
            faults += serious(page, address)
            page.keyboard.press("1")
            page.wait_for_selector("main:not(:has(.purposes))")
        assert page.locator("html").get_attribute("lang") == language
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            faults.append(f"{address} is {wide} wide")
        faults += serious(page, address)
    assert not faults, "\n".join(faults)
