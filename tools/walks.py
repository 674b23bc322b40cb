"""The tour of each role: the pages that somebody walks in their hour, recorded step by step, and written as a document.

A walk is a function of a recorder and of the seats' pages; `tools.tours` plays the demonstration and calls each in four
languages. What the documents say of a page is its title, as the page showed it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.tours import LANGUAGES, Recorder, Told

Seats = Callable[[str], Any]


def supervisor(recorder: Recorder, seats: Seats, address: str) -> None:
    """What is late, given away with one key; who could take what; what flows between services; who is away."""
    page = seats("isabelle.moreau")
    page.goto(f"{address}/")
    recorder.begin()
    recorder.click(page.locator('.main-nav a[href="/late"]'))
    page.wait_for_url("**/late")
    recorder.step(page, "supervisor", "sees the few numbers, each with what can be done", picture=True)
    recorder.press(page, "4")
    page.wait_for_selector(".message")
    recorder.step(page, "supervisor", "gives the duty that is longest late to somebody who is there")
    recorder.click(page.locator('main a[href="/today"]'))
    page.wait_for_url("**/today")
    recorder.step(page, "supervisor", "sees who could take what today, by language and by what each has in hand")
    page.goto(f"{address}/late")
    recorder.begin()
    recorder.click(page.locator('main a[href="/between"]'))
    page.wait_for_url("**/between")
    recorder.step(page, "supervisor", "sees what flows between services, and where a language gap slows it")
    recorder.click(page.locator('footer a[href="/people"]'))
    page.wait_for_url("**/people")
    recorder.step(page, "supervisor", "has the people of the service, and sends somebody away until a moment")


def oversight(recorder: Recorder, seats: Seats, address: str) -> None:
    """A sample that nobody chose, one item examined; outcomes by language; the ledger, checked without trust."""
    page = seats("helene.masson")
    page.goto(f"{address}/")
    recorder.begin()
    recorder.click(page.locator('footer a[href="/oversight"]'))
    page.wait_for_url("**/oversight")
    recorder.step(page, "oversight", "has the samples, the seats nobody uses, and the ledger to be checked")
    page.fill("[name=size]", "3")
    recorder.click(page.locator('form[action="/oversight/draw"] button'))
    page.wait_for_url("**/oversight/sample/*")
    recorder.step(page, "oversight", "draws a sample: the root of the ledger chooses, risk adds to it", picture=True)
    recorder.click(page.locator("button[value=in_order]").first)
    page.wait_for_load_state()
    recorder.step(page, "oversight", "examines the first, and finds it in order")
    page.goto(f"{address}/oversight")
    recorder.begin()
    recorder.click(page.locator('main a[href="/oversight/outcomes"]'))
    page.wait_for_url("**/oversight/outcomes")
    recorder.step(page, "oversight", "compares what came of the work by service, language and script")
    page.goto(f"{address}/oversight")
    recorder.begin()
    recorder.click(page.locator('main a[href="/readings/of-others"]'))
    page.wait_for_url("**/readings/of-others")
    recorder.step(page, "oversight", "goes through who read what, and what for")


def administrator(recorder: Recorder, seats: Seats, address: str) -> None:
    """The services and their seats; other deadlines, tried on a month that happened, before they are asked for."""
    page = seats("robin.adams")
    page.goto(f"{address}/")
    recorder.begin()
    recorder.click(page.locator('.main-nav a[href="/administration"]'))
    page.wait_for_url("**/administration")
    recorder.step(page, "administrator", "sees each service, its seats, and the rows that wait", picture=True)
    recorder.click(page.locator('main a[href="/administration/rules/deadlines"]'))
    page.wait_for_url("**/administration/rules/deadlines")
    recorder.step(page, "administrator", "has the table in force before them")
    text = page.input_value("#text")
    recorder.paste(page.locator("#text"), text.replace("period: {hours: 8}", "period: {hours: 7}", 1))
    page.locator("h1").click()
    recorder.press(page, "t")
    page.wait_for_selector("#tried")
    recorder.step(page, "administrator", "tries a shorter clock on a month that happened, and sees each desk's load")
    recorder.click(page.locator('footer a[href="/law"]'))
    page.wait_for_url("**/law")
    recorder.step(page, "administrator", "reads the rules that count now, each with its source")


def person(recorder: Recorder, seats: Seats, address: str) -> None:
    """Somebody asks what is held on them: a desk writes it down, looks, and answers within its clock."""
    page = seats("karim.benali")
    page.goto(f"{address}/")
    recorder.begin()
    recorder.click(page.locator('footer a[href="/requests"]'))
    page.wait_for_url("**/requests")
    recorder.step(page, "desk", "has the requests of persons, by clock")
    recorder.click(page.locator('main a[href="/requests/new"]'))
    page.wait_for_url("**/requests/new")
    recorder.click(page.locator("[name=kind]").first)
    recorder.click(page.locator("[name=way][value=direct]"))
    recorder.click(page.locator("[name=identity]").first)
    recorder.paste(page.locator("#p-name"), "Ann Peetermans")
    recorder.paste(page.locator("#asks"), "What is held on me?")
    recorder.step(page, "desk", "writes down who asks, how that was made sure, and what they ask", picture=True)
    recorder.click(page.locator("main form button.primary"))
    page.wait_for_url("**/request/*")
    recorder.step(page, "desk", "sees its clock, and what the service's own records may hold")
    recorder.click(page.locator("[name=outcome][value=nothing_held]"))
    recorder.paste(page.locator("#request-note"), "Looked by name.")
    recorder.click(page.locator('form[action$="/answer"] button'))
    page.wait_for_selector(".message")
    recorder.step(page, "desk", "answers; the letter for the person stands there in their language")


@dataclass(frozen=True, slots=True)
class Tour:
    """A document: its name, for whom, and what it is about."""

    name: str
    title: str
    about: str


TOURS = (
    Tour("officer", "The local officer", "Ten minutes between calls: what a neighbour said, and what became of it."),
    Tour("desk", "The desk", "A pair judged, what travelled read and acknowledged, each in one or two keys."),
    Tour("supervisor", "The supervisor", "A few numbers, and what can be done about each."),
    Tour("oversight", "Oversight", "Samples that nobody chose, outcomes by language, the ledger without trust."),
    Tour("administrator", "The administrator", "Services and seats; rules tried before they count."),
    Tour("person", "The person recorded", "Somebody asks what is held on them; a desk answers within its clock."),
)
WALKS: dict[str, Callable[[Recorder, Seats, str], None]] = {
    "supervisor": supervisor, "oversight": oversight, "administrator": administrator, "person": person,
}  # fmt: skip
"""The officer and the desk walk through one story together: `tools.tours.story`."""

def document(tour: Tour, told: Sequence[Told], pictures: Sequence[str]) -> str:
    """The tour as a page: its steps with keys and seconds, and how each page is called in each language."""
    languages = [one for one in LANGUAGES if any(step.language == one for step in told)]
    by = {(step.number, step.language): step for step in told}
    steps = [step for step in told if step.language == languages[0]]
    lines = [
        f"# {tour.title}", "", tour.about, "",
        "Written by `python -m tools.tours build/tours --write` from a run in a browser on the demonstration, in which",
        "everybody is invented. Seconds are those of the pages, and of keys as fast as a script presses them: the",
        "floor under what a person needs. A key, a click and a paste each count as one.", "",
        "| | who | does what | keys | " + " | ".join(f"{one}: s" for one in languages) + " |",
        "| --- " * (4 + len(languages)) + "|",
    ]  # fmt: skip
    for count, step in enumerate(steps, start=1):
        rows = [by[step.number, one] for one in languages]
        waited = max(row.waited for row in rows)
        more = f" (and up to {waited:.0f} s for the worker's turn)" if waited >= 0.5 else ""
        seconds = " | ".join(f"{row.seconds:.1f}" for row in rows)
        lines.append(f"| {count} | {step.who} | {step.what}{more} | {max(row.keys for row in rows)} | {seconds} |")
    sums = " | ".join(f"{sum(by[step.number, one].seconds for step in steps):.1f}" for one in languages)
    lines.append(f"| | | in all | {sum(step.keys for step in steps)} | {sums} |")
    lines += ["", "## What each page is called", "", "| | page | " + " | ".join(languages) + " |"]
    lines.append("| --- " * (2 + len(languages)) + "|")
    for count, step in enumerate(steps, start=1):
        titles = " | ".join(by[step.number, one].title for one in languages)
        lines.append(f"| {count} | `{step.place}` | {titles} |")
    for name in pictures:
        lines += ["", f"![{tour.title}]({name})"]
    return "\n".join(lines) + "\n"


def write(folder: Path, told: Sequence[Told], pictures: dict[str, list[Path]]) -> None:
    """The documents of all tours that were walked, with the pictures chosen for them."""
    (folder / "pictures").mkdir(parents=True, exist_ok=True)
    for tour in TOURS:
        walked = [one for one in told if (one.tour or one.who) == tour.name]
        if not walked:
            continue
        names = []
        for number, path in enumerate(pictures.get(tour.name, []), start=1):
            name = f"pictures/{tour.name}-{number}.png"
            (folder / name).write_bytes(path.read_bytes())
            names.append(name)
        (folder / f"{tour.name}.md").write_text(document(tour, walked, names), encoding="utf-8")
