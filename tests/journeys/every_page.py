"""The list of every page: which seat opens it, and what must have happened before there is something on it.

A route that answers to being read is here or in `NO_PAGES`, with its reason; else the test of every page fails. What
the demonstration does not hold (a question, a sample, a broken glass) is made through the pages' own forms.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from passerelle.flow import second_factor
from passerelle.web.urls import urlpatterns
from tests.journeys.conftest import House

LINK = re.compile(r'href="(/[^"#?]*)')
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
ASKED = re.compile(r'action="(/why/[^"]+)"')
OFFERED = re.compile(r'name="purpose" value="([a-z_]+)"')
LOOKED_AT_MAX = 80
OF_ONE_KIND_MAX = 4
"""So many links of one kind are followed from a page."""

OFFICER, DESK, SUPERVISOR = "jana.peeters", "karim.benali", "isabelle.moreau"
NEUTRAL, ADMINISTRATOR, OVERSIGHT, SPARE = "david.collard", "robin.adams", "helene.masson", "jonas.weber"

NO_PAGES = {
    "health": "a word for machines",
    "who-is-here": "a word for a page that is about to send what was typed",
    "between-csv": "a file",
    "to-provider": "leads to another house, and is not there where none is set",
    "from-provider": "comes from another house, and is not there where none is set",
}

PAGES: dict[str, str] = {
    "my-list": DESK, "sign-in": "", "passkey-sign-in": "", "second-step": SPARE, "second-factor": SPARE,
    "add-app": DESK, "add-passkey": DESK, "file-report": OFFICER, "confirm-subjects": OFFICER, "reports": OFFICER,
    "report": OFFICER, "correct-report": SUPERVISOR, "mark-extract": SUPERVISOR, "cut-extract": "nadia.haddad",
    "changes": DESK, "match": NEUTRAL, "desk": DESK, "desk-pair": NEUTRAL, "handover": DESK,
    "delivery": SUPERVISOR, "duty": SUPERVISOR, "dossiers": DESK, "new-dossier": DESK, "dossier": SUPERVISOR,
    "add-subjects": DESK, "questions": "nathalie.simon", "ask": "nathalie.simon", "question": "nathalie.simon",
    "overloads": SUPERVISOR,
    "late": SUPERVISOR, "absences": SUPERVISOR, "between": OVERSIGHT, "today": NEUTRAL, "lessons": OVERSIGHT,
    "people": SUPERVISOR, "search": OFFICER, "readings": DESK, "readings-of-others": OVERSIGHT, "exceptions": OVERSIGHT,
    "exception": OVERSIGHT, "oversight": OVERSIGHT, "outcomes": OVERSIGHT, "sample": OVERSIGHT, "figures": SUPERVISOR,
    "watches": DESK, "new-watch": DESK, "asked": DESK, "requests": DESK, "new-request": DESK, "request": DESK,
    "law": ADMINISTRATOR, "rules": ADMINISTRATOR, "administration": ADMINISTRATOR, "new-rules": ADMINISTRATOR,
}  # fmt: skip
"""route: who opens it. Nobody: it is opened before signing in."""

PLAIN = {f"/{route.pattern}" for route in urlpatterns}

APPS: dict[str, str] = {}
"""username: the secret of the app that was added for it."""


class Seat:
    """Somebody signed in, who asks for pages without drawing them; a browser's `context` shares the cookies."""

    def __init__(self, context: Any, house: House, username: str) -> None:
        self.context, self.house, self.username = context, house, username
        self.read_already: dict[str, str] = {}

    def sign_in(self) -> None:
        """With the password, and with a code where an app was added since."""
        sent = {"username": self.username, "password": self.house.passwords[self.username]}
        answer = self.send("/sign-in", "/sign-in", **sent)
        if answer.headers.get("location", "").startswith("/sign-in/second"):
            code = second_factor.code_at(APPS[self.username], datetime.now(UTC))
            self.send("/sign-in/second", "/sign-in/second", code=code)

    def ask(self, path: str) -> tuple[int, str]:
        """The status and the page, whatever it asked first."""
        answer = self.context.request.get(self.house.address + path, max_redirects=0)
        text = str(answer.text())
        asked, offered = ASKED.findall(text), OFFERED.findall(text)
        if answer.status != 200 or not asked or not offered:
            return answer.status, text
        self.post(asked[0], text, purpose=offered[0], reason="a test that reads")
        answer = self.context.request.get(self.house.address + path, max_redirects=0)
        return answer.status, str(answer.text())

    def read(self, path: str) -> str:
        """The page, once."""
        if path not in self.read_already:
            status, text = self.ask(path)
            self.read_already[path] = text if status == 200 else ""
        return self.read_already[path]

    def post(self, path: str, page: str, **fields: str) -> Any:
        """A form of a page that was read, sent."""
        token = TOKEN.findall(page)[0]
        return self.context.request.post(
            self.house.address + path, form={"csrfmiddlewaretoken": token, **fields}, max_redirects=0,
            headers={"Referer": self.house.address + path},
        )  # fmt: skip

    def send(self, path: str, on: str, *, whole: bool = False, **fields: str) -> Any:
        """A form that stands `on` a page, sent; what was read before may be another now. `whole`: with all that stands
        in the largest form of the page already."""
        page = self.ask(on)[1]
        answer = self.post(path, page, **({**values(page), **fields} if whole else fields))
        self.read_already.clear()
        assert answer.status in (200, 302), f"{path}: {answer.status} {says(answer.text())}"
        return answer

    def seen(self) -> Iterator[tuple[str, str]]:
        """Each page within reach of links, near ones first: its address, and its text."""
        waits, asked = ["/", "/desk", "/late", "/reports", "/dossiers", "/questions", "/requests", "/law"], set[str]()
        while waits and len(asked) < LOOKED_AT_MAX:
            path = waits.pop(0)
            if path in asked:
                continue
            asked.add(path)
            text = self.read(path)
            several = Counter[str]()
            for link in LINK.findall(text):
                several[link.split("/")[1]] += 1
                if several[link.split("/")[1]] <= OF_ONE_KIND_MAX:
                    waits.append(link)
            yield path, text

    def finds(self, pattern: str) -> str:
        """The first address of this form that a page links to or sends a form to."""
        sought = re.compile(f'(?:href|action)="({pattern})[?"]')
        for _path, text in self.seen():
            for found in sought.findall(text):
                if found not in PLAIN:
                    return str(found)
        raise AssertionError(f"{self.username} finds no {pattern}")


def says(page: str) -> str:
    """What a page says where it refuses, for whoever reads the failure."""
    found = re.search(r'id="refusal".*?</', page, re.DOTALL)
    return found[0] if found else page[:200]


def values(page: str) -> dict[str, str]:
    """What stands in the fields of the form on this page, as a browser would send them: ticks and first choices too."""
    form = max(page.split("<form")[1:], key=len).split("</form>")[0]
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        loose = "checkbox" in tag or "radio" in tag
        if name and "csrf" not in tag and 'type="file"' not in tag and (not loose or "checked" in tag):
            found[name[1]] = html.unescape(value[1] if value else "")
    for name_, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        found[name_] = html.unescape(chosen[1]) if chosen else ""
    for name_, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        found[name_] = html.unescape(text)
    return found


def in_days(days: int) -> str:
    """A day from today, as a field of a form holds it."""
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


def make_content(seats: Callable[[str], Seat]) -> dict[str, str]:
    """What the demonstration lacks, made by the forms of the pages. Gives the addresses that no list leads to."""
    corrector = seats("els.vandamme")
    filed = dict.fromkeys(re.findall(r'href="(/report/[\w-]+)"', corrector.read("/reports")))
    address = next(f"{one}/correct" for one in filed if "Dauwens" in corrector.read(one))
    said = values(corrector.read(address))["text"]
    corrector.send(address, address, whole=True, do="save", text=f"{said} It rained.")

    reader = seats("nathalie.simon")
    ask = reader.finds(r"/ask/delivery-\w+")
    reader.send(ask, ask, text="Is he still seen there? We would like to hear him.")
    glass = reader.finds(r"/delivery/delivery-\w+/break-glass")
    reader.send(glass, glass.removesuffix("/break-glass"), reason="he was seen with a weapon at the school")

    overseer = seats(OVERSIGHT)
    overseer.send("/oversight/draw", "/oversight", kind="reads", size="3")

    desk = seats(DESK)
    desk.send(
        "/watches/new", "/watches/new", whole=True, until=in_days(30), do="ask",
        legal_basis="Police Function Act, Art. 44/1", **{"s0-category": "suspect", "s0-main": "Ilse Vandorpe"},
    )  # fmt: skip
    desk.send(
        "/requests/new", "/requests/new", whole=True, kind="access", way="direct", identity="in_person",
        asks="What is held on me?", **{"p-name": "Ann Peetermans"},
    )  # fmt: skip

    administrator = seats(ADMINISTRATOR)
    address = "/administration/rules/deadlines"
    table = values(administrator.read(address))["text"]
    changed = re.sub(r"period: {hours: 8}", "period: {hours: 7}", table, count=1)
    assert changed != table, "no row of eight hours"
    asked = administrator.send(address, address, text=changed, do="ask", reason="the circular of October asks for it")

    owner = seats(OFFICER)
    told = "De zoon van Mia Verdonckt woont in de Molenstraat 12 te Mechelen."
    owner.send("/file", "/file", whole=True, do="next", text=told)

    spare = seats(SPARE)
    secret = re.findall(r"<code>([A-Z2-7 ]+)</code>", spare.read("/second-factor/app"))[0].replace(" ", "")
    APPS[SPARE] = secret
    spare.send(
        "/second-factor/app", "/second-factor/app", code=second_factor.code_at(secret, datetime.now(UTC)),
        password=spare.house.passwords[SPARE],
    )  # fmt: skip
    return {"rules": str(asked.headers["location"]), "confirm-subjects": "/file/subjects"}
