"""two_worlds of the API: two worlds that differ in one secret give a machine that may not know it the same bytes.

The worlds and secrets are those of the pages. A machine walks every list to its end, then reads every reference it met,
in every way there is; status, headers and bodies are compared. Cursors are sealed anew each time, so only whether there
is a next page is compared. The same walk by one who may know must find a difference.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from passerelle.testing.client import Client
from tests import figures
from tests.doors.machines import machine
from tests.doors.test_two_worlds import NOW, REF, SECRETS, World, at, built, clock_that_is_told, compared

pytestmark = pytest.mark.django_db
__all__ = ["clock_that_is_told"]

counted: Counter[str] = Counter()


@pytest.fixture(scope="module", autouse=True)
def figures_are_kept() -> Iterator[None]:
    yield
    if counted:
        figures.keep("two_worlds_api", **counted)

LISTS = (
    ("/duties", {"part": "to_do"}), ("/duties", {"part": "waiting"}), ("/duties", {"part": "all"}), ("/matches", {}),
    ("/deliveries", {"part": "received"}), ("/deliveries", {"part": "sent"}), ("/reports", {}), ("/dossiers", {}),
    ("/watches", {}), ("/notices", {}),
)  # fmt: skip
READ = {
    "report": ("reports", "read", "followthemoney"), "delivery": ("deliveries", "read", "followthemoney"),
    "match": ("matches", "read"), "dossier": ("dossiers", "read"),
}  # fmt: skip
CASE = {"purpose": "my_case", "reason": "file 2026/12"}
CURSOR = re.compile(r'"next": "[^"]+"')
CALLS_MAX = 120
KNOWS_BY_ROLE = {"head": "supervisor"}

Said = tuple[str, int, str, str]


def walked(world: World, seat: str) -> list[Said]:
    service, role = seat.split(".")
    client = machine(
        world[service], KNOWS_BY_ROLE.get(role, role), now=at(-3), clock=NOW.timestamp
    )
    client.language = "nl"
    numbers: dict[str, str] = {}
    said: list[Said] = []
    ahead: list[str] = []

    def plain(text: str) -> str:
        for ref in REF.finditer(text):
            if ref[0] not in numbers:
                numbers[ref[0]] = f"{ref[1]}-{len(numbers) + 1}"
                ahead.append(ref[0])
        return CURSOR.sub('"next": "…"', REF.sub(lambda ref: numbers[ref[0]], text))

    def ask(client: Client, method: str, path: str, body: Any = None, **query: Any) -> bytes:
        code, headers, read = client.call(method, path, body, **query)
        told = str(sorted((name, value) for name, value in headers.items() if name != "content-length"))
        said.append((plain(f"{method} {path} {sorted(query)}"), code, plain(told), plain(read.decode())))
        return read

    for path, query in LISTS:
        cursor = ""
        while True:
            page = json.loads(ask(client, "GET", path, limit=2, cursor=cursor, **query))
            cursor = page["next"] or ""
            if not cursor:
                break
    met: set[str] = set()
    while ahead and len(said) < CALLS_MAX:
        ref = ahead.pop(0)
        if ref in met:
            continue
        met.add(ref)
        kind = ref.split("-")[0]
        if kind == "duty":
            ask(client, "GET", f"/duties/{ref}")
        for act in READ.get(kind, ())[1:]:
            ask(client, "POST", f"/{READ[kind][0]}/{ref}/{act}", CASE)
    ask(client, "POST", "/reports", {"text": "Iets nieuws.", "language": "nl"}, once="the-same-in-both")
    return said


def views(secret: Any, seats: list[str]) -> dict[str, list[Said]]:
    undo = transaction.savepoint()
    world = built(secret, first=False)
    seen = {}
    for seat in seats:
        before = transaction.savepoint()
        seen[seat] = walked(world, seat)
        transaction.savepoint_rollback(before)
    transaction.savepoint_rollback(undo)
    return seen


def difference(left: list[Said], right: list[Said]) -> str:
    for one, other in zip(left, right, strict=False):
        if one != other:
            return f"{one}\n{other}"
    return "" if len(left) == len(right) else f"{len(left)} answers and {len(right)}"


@pytest.mark.parametrize("what", SECRETS)
def test_two_worlds_give_a_machine_that_may_not_know_the_same_bytes(what: str, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 10_000
    one, other, blind, knowing = SECRETS[what]
    left, right = views(one, [*blind, knowing]), views(other, [*blind, knowing])
    for seat in blind:
        compared(counted, left[seat], right[seat])
        assert len(left[seat]) > len(LISTS)
        assert not difference(left[seat], right[seat]), f"{what}: {seat}: {difference(left[seat], right[seat])}"
    counted["secrets"] += 1
    counted["seats_that_may_know_and_saw_it"] += bool(difference(left[knowing], right[knowing]))
    assert difference(left[knowing], right[knowing]), f"{knowing} may know and sees no difference: it would not be seen"
