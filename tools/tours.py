"""Records a story on the pages as a folder of screenshots, with the seconds and the keys of each step, per language.

`python -m tools.tours FOLDER` plays a demonstration, serves it, and records the story of the demonstration in Dutch,
French, German and English: a local officer files half a name, the desk of another service judges the pair, acknowledges
what then travels, and the officer hears that it was used. `FOLDER/nl/01-….png` and so on, `FOLDER/story.md` as a table,
`FOLDER/story.json`. Then the tours of other roles (`tools.walks`); with `--write` each becomes a page of docs/tours.
Seconds are those of the pages and of the keys as fast as a script presses them: the floor under
what a person needs, not a person. What is waited for the worker's beat is told apart. A press of a key, a click and a
paste each count as one. `Recorder` is for other tours too: they walk their pages and call `step` where a picture
belongs.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

LANGUAGES = ("nl", "fr", "de", "en")
DOCUMENTS = Path(__file__).parents[1] / "docs" / "tours"
COMMAND = (sys.executable, "-c", "from passerelle.cli import main; main()")
SWITCHES = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
COMPARED_WITHIN_MS = 60_000

PEOPLE = {"nl": "Hadjerinne", "fr": "Benkaddour", "de": "Tahirovane", "en": "Oulmeskine"}
"""One invented man for each language, so that the four stories do not meet: the dossier calls him Joesef."""

TEXTS = {
    "nl": "Een buurvrouw vertelde dat Youssef {name} sinds een week bij zijn broer slaapt. Zij weet niet meer.",
    "fr": "Une voisine a raconté que Youssef {name} dort chez son frère depuis une semaine. Elle n'en sait pas plus.",
    "de": "Eine Nachbarin erzählte, dass Youssef {name} seit einer Woche bei seinem Bruder schläft.",
    "en": "A neighbour said that Youssef {name} has been sleeping at his brother's for a week. She knows no more.",
}


REFERENCE = re.compile(r"/[a-z]+-[0-9a-z]{16}\b")


def place_of(address: str) -> str:
    """The address of a page without what differs from run to run."""
    path = re.sub(r"^https?://[^/]+", "", address).split("?")[0]
    return REFERENCE.sub("/…", path)


@dataclass(frozen=True, slots=True)
class Told:
    """One step of a story: in which language, who, what, how many seconds and keys it took, and its picture."""

    language: str
    number: int
    who: str
    what: str
    seconds: float
    keys: int
    waited: float
    picture: str
    place: str = ""
    title: str = ""
    tour: str = ""


@dataclass
class Recorder:
    """Counts the keys and the seconds of a story, and takes its pictures where it is given a folder.

    A step runs from `begin` (or the step before it) to `step`. The seconds within `waiting` are told apart."""

    language: str
    folder: Path | None = None
    tour: str = ""
    chosen: list[tuple[str, Path]] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    _keys: int = 0
    _waited: float = 0.0
    _begun: float = 0.0

    def begin(self) -> None:
        """From here on the next step counts."""
        self._keys, self._waited, self._begun = 0, 0.0, time.perf_counter()

    def press(self, page: Any, *keys: str) -> None:
        """One key after the other."""
        for key in keys:
            page.keyboard.press(key)
            self._keys += 1

    def click(self, place: Any) -> None:
        """One click, which counts as a key."""
        place.click()
        self._keys += 1

    def paste(self, place: Any, text: str) -> None:
        """A text that is there already, put into a field at once."""
        place.fill(text)
        self._keys += 1

    def choose(self, place: Any, word: str) -> None:
        """One of a list."""
        place.select_option(word)
        self._keys += 1

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """What is waited for here is the house's time, not that of who works."""
        begun = time.perf_counter()
        yield
        self._waited += time.perf_counter() - begun

    def step(self, page: Any, who: str, what: str, *, whole: bool = False, picture: bool = False) -> Told:
        """The step has ended: its figures are kept, and its picture is taken; `picture`: one for documents."""
        seconds = time.perf_counter() - self._begun - self._waited
        number = len(self.told) + 1
        file = ""
        if self.folder is not None:
            name = "".join(sign if sign.isalnum() else "-" for sign in what.lower())
            file = f"{self.language}/{number:02}-{name}.png"
            (self.folder / self.language).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(self.folder / file), full_page=whole)
            if picture:
                self.chosen.append((self.tour or who, self.folder / file))
        one = Told(
            self.language, number, who, what, round(seconds, 2), self._keys, round(self._waited, 2), file,
            place_of(page.url), page.title().removesuffix(" · Passerelle"), self.tour,
        )  # fmt: skip
        self.told.append(one)
        self.begin()
        return one


def sit(browser: Any, address: str, username: str, password: str, language: str, **more: Any) -> Any:
    """A seat with a page of its own, signed in, in a language."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **more})
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.fill("#username", username)
    page.fill("#password", password)
    page.press("#password", "Enter")
    page.wait_for_url(f"{address}/")
    page.click(f".languages button[value={language}]")
    page.wait_for_selector(f"html[lang={language}]")
    return page


def open_dossier(page: Any, address: str, name: str) -> None:
    """The dossier in which he stands already: written before the story begins."""
    page.goto(f"{address}/dossiers/new")
    page.fill("#title", f"Dossier {name}")
    page.fill("#legal_basis", "Loi sur la fonction de police, art. 44/1")
    page.fill("#s0-main", f"Joesef {name}")
    page.select_option("#s0-category", "suspect")
    page.click("button[value=open]")
    page.wait_for_url("**/dossier/*")


def story(recorder: Recorder, officer: Any, desk: Any, address: str) -> None:
    """The story of the demonstration in the recorder's language: `officer` and `desk` are seats' pages."""
    name = PEOPLE[recorder.language]
    open_dossier(desk, address, name)
    officer.goto(f"{address}/")

    recorder.begin()
    recorder.press(officer, "f")
    officer.wait_for_url("**/file")
    recorder.paste(officer.locator("#text"), TEXTS[recorder.language].format(name=name))
    recorder.step(officer, "officer", "writes what a neighbour said")
    recorder.press(officer, "Control+Enter")
    officer.wait_for_url("**/file/subjects")
    row = officer.locator("fieldset.row-of-subject", has=officer.locator(f'input[value="Youssef {name}"]')).first
    recorder.choose(row.locator("select[name$='-category']"), "suspect")
    recorder.step(officer, "officer", "confirms whom it speaks of", picture=True)
    recorder.click(officer.locator("button[value=file]"))
    officer.wait_for_url("**/report/*")
    with recorder.waiting():
        officer.wait_for_selector("main:not(:has(.waits))", timeout=COMPARED_WITHIN_MS)
    recorder.step(officer, "officer", "is told what follows")

    desk.goto(f"{address}/")
    recorder.begin()
    recorder.press(desk, "g")
    desk.wait_for_url("**/desk")
    recorder.step(desk, "desk", "sees the queue")
    recorder.click(desk.locator(".board .go").last)
    desk.wait_for_url("**/desk/match-*")
    desk.wait_for_selector(f"text={name}")
    recorder.step(desk, "desk", "has the two records side by side", picture=True)
    recorder.press(desk, "s")
    desk.wait_for_selector(".message:not([hidden])")
    recorder.step(desk, "desk", "judges the pair")

    recorder.press(desk, "l")
    desk.wait_for_url(f"{address}/")
    recorder.step(desk, "desk", "finds in its list what came of it")
    recorder.click(desk.locator('section[aria-labelledby=due] .go[href^="/delivery/"]').last)
    desk.wait_for_url("**/delivery/*")
    recorder.step(desk, "desk", "reads what travelled")
    recorder.press(desk, "1", "a")
    desk.wait_for_selector(".message:not([hidden])")
    recorder.step(desk, "desk", "acknowledges and says what was done")

    recorder.press(officer, "l")
    officer.wait_for_selector(".line.good")
    recorder.step(officer, "officer", "hears that it was used", picture=True)


def table(told: Sequence[Told]) -> str:
    """The steps as a table: a row for each, its seconds and keys in each language."""
    languages = list(dict.fromkeys(one.language for one in told))
    steps = list(dict.fromkeys((one.number, one.who, one.what) for one in told))
    by = {(one.number, one.language): one for one in told}
    head = "| step | who | what | keys | " + " | ".join(f"{language}: s" for language in languages) + " |"
    lines = [head, "| --- " * (4 + len(languages)) + "|"]
    for number, who, what in steps:
        rows = [by[number, language] for language in languages if (number, language) in by]
        waited = max(row.waited for row in rows)
        more = f" (and up to {waited:.0f} s for the beat)" if waited >= 0.5 else ""
        cells = " | ".join(f"{row.seconds:.1f}" for row in rows)
        lines.append(f"| {number} | {who} | {what}{more} | {max(row.keys for row in rows)} | {cells} |")
    for who in dict.fromkeys(one.who for one in told):
        cells = " | ".join(
            f"{sum(one.seconds for one in told if one.who == who and one.language == language):.1f}"
            for language in languages
        )
        keys = sum(one.keys for one in told if one.who == who and one.language == languages[0])
        lines.append(f"| | {who} | in all | {keys} | {cells} |")
    return "\n".join(lines) + "\n"


TARGETS = (
    ("filing, from the first key until it is said what follows", 60.0, 0,
     ("writes what a neighbour said", "confirms whom it speaks of", "is told what follows")),
    ("a judgement, with the two records read in", 10.0, 2, ("has the two records side by side", "judges the pair")),
)  # fmt: skip
"""What is aimed at: of which steps, in how many seconds, and with how many keys (0: not said)."""


def against_targets(told: Sequence[Told]) -> str:
    """The parts of the story for which something is aimed at, in each language, and whether it was reached."""
    languages = list(dict.fromkeys(one.language for one in told))
    head = "| | aimed at | " + " | ".join(f"{language}: s, keys" for language in languages) + " | |"
    lines = [head, "| --- " * (3 + len(languages)) + "|"]
    for part, seconds_max, keys_max, steps in TARGETS:
        counted = [one for one in told if one.what in steps]
        rows = {language: [one for one in counted if one.language == language] for language in languages}
        sums = [(sum(one.seconds for one in of), sum(one.keys for one in of)) for of in rows.values()]
        reached = all(s < seconds_max and (not keys_max or k <= keys_max) for s, k in sums)
        aimed = f"< {seconds_max:.0f} s" + (f", {keys_max} keys" if keys_max else "")
        cells = " | ".join(f"{seconds:.1f}, {keys}" for seconds, keys in sums)
        lines.append(f"| {part} | {aimed} | {cells} | {'reached' if reached else '**not reached**'} |")
    return "\n".join(lines) + "\n"


def story_document(told: Sequence[Told]) -> str:
    """The story as a page of the documents."""
    return (
        "# The story, filmed in four languages\n\n"
        "A local officer files half a name, the desk of another service judges the pair and acknowledges what then\n"
        "travels, and the officer hears that it was used. Written, like its pictures, by\n"
        "`python -m tools.tours build/tours --write` from a run in a browser on the demonstration, in which everybody\n"
        "is invented. Seconds are those of the pages, and of keys as fast as a script presses them: the floor under\n"
        "what a person needs. A key, a click and a paste each count as one.\n\n"
        f"{against_targets(told)}\n## Step by step\n\n{table(told)}"
    )


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """A demonstration played into this folder and served: its address, and the password of each seat."""
    surroundings = {key: word for key, word in os.environ.items() if not key.startswith(("PASSERELLE_", "DJANGO_"))}
    demo = [*COMMAND, "demo", "--dir", str(folder), "--no-serve"]
    played = subprocess.run(demo, env=surroundings, check=False, timeout=600)
    assert played.returncode == 0, "the demonstration did not play"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (folder / "served.log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(
            [*COMMAND, "serve", "--dir", str(folder), "--port", str(port)], env=surroundings, stdout=log, stderr=log
        )
        try:
            address = f"http://127.0.0.1:{port}"
            answers(f"{address}/sign-in", server)
            seats = json.loads((folder / "seats.json").read_text(encoding="utf-8"))
            yield address, {seat["username"]: seat["password"] for seat in seats}
        finally:
            server.terminate()
            server.wait(timeout=30)


def answers(address: str, server: subprocess.Popen[Any]) -> None:
    """Until the pages answer."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 (an address of this machine, made above)
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError(f"{address} did not answer")


def main() -> None:
    """Record the story of the demonstration."""
    wants = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    wants.add_argument("folder", type=Path, help="where the pictures and the table go")
    wants.add_argument("--language", action="append", choices=LANGUAGES, help="one of them (default: all four)")
    wants.add_argument("--width", type=int, default=1280, help="of the screen, in points (default: 1280)")
    wants.add_argument("--dark", action="store_true", help="on a dark screen")
    wants.add_argument("--write", action="store_true", help="write docs/tours too, with the pictures of --pictures")
    wants.add_argument("--pictures", choices=LANGUAGES, default="en", help="in the documents (default: en)")
    wanted = wants.parse_args()
    from playwright.sync_api import sync_playwright

    from tools import walks

    screen = {
        "viewport": {"width": wanted.width, "height": 800}, "color_scheme": "dark" if wanted.dark else "light",
    }  # fmt: skip
    told: list[Told] = []
    pictures: dict[str, list[Path]] = {}
    wanted.folder.mkdir(parents=True, exist_ok=True)
    house = wanted.folder / "house"
    shutil.rmtree(house, ignore_errors=True)
    with served(house) as (address, passwords), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(SWITCHES))
        for language in wanted.language or LANGUAGES:
            taken: dict[str, Any] = {}

            def seats(who: str, language: str = language, taken: dict[str, Any] = taken) -> Any:
                if who not in taken:
                    taken[who] = sit(browser, address, who, passwords[who], language, **screen)
                return taken[who]

            officer, desk = seats("jana.peeters"), seats("karim.benali")
            recorder = Recorder(language, wanted.folder)
            story(recorder, officer, desk, address)
            told += recorder.told
            for name, walk in walks.WALKS.items():
                walker = Recorder(language, wanted.folder / name, name)
                walk(walker, seats, address)
                told += walker.told
                recorder.chosen += walker.chosen
            if language == wanted.pictures:
                for name, path in recorder.chosen:
                    pictures.setdefault(name, []).append(path)
            for one in taken.values():
                one.context.close()
        browser.close()
    shutil.rmtree(house)
    (wanted.folder / "story.json").write_text(json.dumps([asdict(one) for one in told], indent=1), encoding="utf-8")
    of_story = [one for one in told if not one.tour]
    (wanted.folder / "story.md").write_text(table(of_story), encoding="utf-8")
    print(against_targets(of_story))
    print(table(of_story))
    print(f"The pictures stand in {wanted.folder}; story.md is this table.")
    if wanted.write:
        walks.write(DOCUMENTS, told, pictures)
        (DOCUMENTS / "story.md").write_text(story_document(of_story), encoding="utf-8")
        print(f"The tours stand in {DOCUMENTS}.")


if __name__ == "__main__":
    main()
