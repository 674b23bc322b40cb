"""access_matrix of the API: every operation × every seat of a machine, with the statuses of a table of its own.

The operations are discovered from the addresses and methods that are really answered; one that the table does not have
fails. Each cell is tried on a thing of one service, by machines of those who own it, those it was told to, and
strangers; what one cell did is undone before the next. An account that has all scopes but the one asked gets nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client as Browser
from django.urls import URLResolver, get_resolver

from passerelle.api.v1 import SCOPE_OF, api
from passerelle.records.models.accounts import SCOPES
from passerelle.testing import makers
from passerelle.testing.client import Client
from tests import figures
from tests.doors.machines import machine, through_django
from tests.doors.test_access_matrix import state, things

pytestmark = pytest.mark.django_db
__all__ = ["things"]

counted: Counter[str] = Counter()


@pytest.fixture(scope="module", autouse=True)
def figures_are_kept() -> Iterator[None]:
    yield
    if counted:
        figures.keep("access_matrix_api", **counted)

SEATS = (
    "noord.officer", "noord.desk", "noord.supervisor", "federal.officer", "federal.desk", "federal.supervisor",
    "stad.officer", "stad.desk", "stad.supervisor", "neutral.desk", "nobody",
)  # fmt: skip
"""noord filed the reports; federal is the recipient; stad is a stranger to all of it; nobody signs nothing."""

SIGNS = {"+": (200, 201), "x": (403,), ".": (404,), "!": (409,), "?": (422,), "u": (401,)}
"""+ answered; x not this seat; . there is nothing here; ! refused as things stand; ? missing or wrong; u 401."""

ALL = "+++ +++ +++ + u"
CASE = {"purpose": "my_case", "reason": "file 2026/12"}
LATER = (datetime.now(tz=UTC) + timedelta(days=60)).date().isoformat()
SOON = (datetime.now(tz=UTC) + timedelta(hours=5)).isoformat()
INTEREST = {"purpose": "investigation", "legal_basis": "an article", "until": LATER}
REPORT = {"text": "Iets.", "language": "nl"}
PERSON = {"id": "p", "schema": "Person", "properties": {"name": ["Wendelien Kapitein"]}}
WITHHOLD = {"ground": "g", "reason": "a life would be in danger"}
HOLD = {"until": SOON, "reason": "we wait for the magistrate"}
RECALL = {"reason": "the wrong service altogether"}
ENDING = {"ground": "not_accurate", "reason": "it was misread"}
ONWARD = {"to": "stad", "purpose": "public_safety", "reason": "they give him leave to hold a market"}
UPHOLD = {"uphold": True, "reason": "the danger is real"}

TABLE: dict[tuple[str, str], list[tuple[str, Any, str]]] = {
    # method, address: thing, what is sent, who gets what
    ("GET", "openapi.json"): [("", None, "+++ +++ +++ + +")],
    ("GET", "docs"): [("", None, "+++ +++ +++ + +")],
    ("GET", "health"): [("", None, "+++ +++ +++ + +")],
    ("GET", "keys"): [("", None, "+++ +++ +++ + +")],
    ("GET", "duties"): [("", None, ALL)],
    ("GET", "matches"): [("", None, ALL)],
    ("GET", "deliveries"): [("", None, ALL)],
    ("GET", "reports"): [("", None, ALL)],
    ("GET", "dossiers"): [("", None, ALL)],
    ("GET", "watches"): [("", None, ALL)],
    ("GET", "notices"): [("", None, ALL)],
    ("POST", "notices/seen"): [("", {"refs": ["notice-0000000000000000"]}, ALL)],
    ("GET", "duties/{ref}"): [
        ("to pass on", None, "+++ .++ ... . u"), ("to pass on, sealed", None, ".++ ... ... . u"),
        ("to acknowledge", None, "... +++ ... . u"), ("to judge", None, "... +++ ... . u"),
        ("to review", None, "+++ ... ... . u"), ("withheld", None, "+++ .++ ... . u"),
    ],
    ("POST", "reports/{ref}/read"): [
        ("open report", CASE, "+++ ... ... . u"), ("consent report", CASE, "+++ ... ... . u"),
        ("sealed report", CASE, ".++ ... ... . u"), ("open report", {"purpose": "my_case"}, "??? ??? ??? ? u"),
        ("open report", {"purpose": "my_duty", "reason": "x"}, "??? ... ... . u"),
        ("open report", {"purpose": "oversight_sample", "reason": "x"}, "??? ... ... . u"),
    ],
    ("POST", "reports/{ref}/followthemoney"): [
        ("open report", CASE, "+++ ... ... . u"), ("sealed report", CASE, ".++ ... ... . u"),
    ],
    ("POST", "deliveries/{ref}/read"): [
        ("whole delivery", CASE, "+++ +++ ... . u"), ("pointer", CASE, "+++ +++ ... . u"),
    ],
    ("POST", "deliveries/{ref}/followthemoney"): [("whole delivery", CASE, "+++ +++ ... . u")],
    ("POST", "matches/{ref}/read"): [
        ("strong match", CASE, "... +++ ... . u"), ("asked match", CASE, "... .++ ... . u"),
    ],
    ("POST", "search"): [
        ("", {**CASE, "question": "Oosterlynck"}, ALL),
        ("", {"question": "x", "purpose": "my_case", "reason": "x"}, "??? ??? ??? ? u"),
        ("", {**CASE, "question": "Oosterlynck", "purpose": "oversight_sample"}, "??? ??? ??? ? u"),
    ],
    ("POST", "dossiers/{ref}/read"): [("dossier", CASE, "... +++ ... . u")],
    ("POST", "reports"): [("", REPORT, ALL), ("", {**REPORT, "text": ""}, "??? ??? ??? ? u")],
    ("POST", "reports/{ref}/versions"): [
        ("open report", REPORT, "+++ xxx ... . u"),  # who was told of it may know that it is
        ("sealed report", REPORT, ".++ ... ... . u"),
    ],
    ("POST", "reports/{ref}/withdraw"): [
        ("open report", ENDING, "x++ xxx ... . u"), ("open report", {**ENDING, "reason": "oops"}, "x?? xxx ... . u"),
        ("sealed report", ENDING, ".!! ... ... . u"),
    ],
    ("POST", "reports/{ref}/erase"): [
        ("open report", {"ground": "unlawful"}, "xx+ xxx ... . u"),
        ("open report", {"ground": "a whim"}, "xx? xxx ... . u"),
    ],
    ("POST", "duties/{ref}/changes"): [
        ("to correct", None, "... +++ ... . u"), ("to pass on", None, "... ... ... . u"),
    ],
    ("POST", "duties/{ref}/receipt"): [
        ("to correct", {"receipt": "corrected"}, "... x++ ... . u"),
        ("to destroy", {"receipt": "removed"}, "... x!! ... . u"),
    ],
    ("POST", "registers/{name}/rows"): [("", b'{"id": "a", "schema": "Person", "properties": {"name": ["X"]}}', ALL)],
    ("POST", "dossiers"): [
        ("", {"title": "x", "language": "nl", **INTEREST}, ALL), ("", {"title": "x"}, "??? ??? ??? ? u"),
    ],
    ("POST", "dossiers/{ref}/subjects"): [("dossier", {"subjects": [PERSON]}, "... +++ ... . u")],
    ("POST", "watches"): [("", {**INTEREST, "subjects": [PERSON]}, ALL)],
    ("POST", "watches/{ref}/end"): [("watch", None, "... xx+ ... . u")],
    ("POST", "matches/{ref}/judge"): [
        ("asked match", {"verdict": "same"}, "... .++ ... . u"),
        ("strong match", {"verdict": "same"}, "... xxx ... . u"),
    ],
    ("POST", "matches/{ref}/take-back"): [("asked match", None, "... .!! ... . u")],
    ("POST", "duties/{ref}/acknowledge"): [
        ("to acknowledge", {"outcome": "noted"}, "... x++ ... . u"),
        ("to pass on", {"outcome": "noted"}, "x!! .xx ... . u"),
    ],
    ("POST", "duties/{ref}/destroyed"): [("to destroy", {}, "... x++ ... . u"), ("to pass on", {}, "x!! .xx ... . u")],
    ("POST", "duties/{ref}/pass-on"): [
        ("to pass on", {}, "x++ .xx ... . u"), ("to pass on, sealed", {}, ".++ ... ... . u"),
        ("to acknowledge", {}, "... x!! ... . u"), ("withheld", {}, "x!! .xx ... . u"),
    ],
    ("POST", "duties/{ref}/withhold"): [
        ("to pass on", WITHHOLD, "x++ .xx ... . u"), ("to pass on, sealed", WITHHOLD, ".++ ... ... . u"),
        ("to pass on", {"ground": "the source is doubtful", "reason": "a b c"}, "??? ??? ??? ? u"),
    ],
    ("POST", "duties/{ref}/review"): [
        ("to review", UPHOLD, "x++ ... ... . u"),  # the desk's machine is not who decided
        ("withheld", UPHOLD, "xxx .xx ... . u"),
    ],
    ("POST", "duties/{ref}/hold"): [
        ("to pass on", HOLD, "x++ .xx ... . u"), ("to acknowledge", HOLD, "... x++ ... . u"),
    ],
    ("POST", "duties/{ref}/assign"): [
        ("to pass on", {"officer": None}, "xx+ .xx ... . u"),
        ("to pass on", {"officer": "officer-0000000000000000"}, "... ... ... . u"),
    ],
    ("POST", "deliveries/{ref}/onward"): [
        ("whole delivery", ONWARD, "... +++ ... . u"), ("pointer", ONWARD, "... !!! ... . u"),
        ("whole delivery", {**ONWARD, "to": "nobody"}, "... ... ... . u"),
    ],
    ("POST", "duties/{ref}/consent"): [
        ("to consent", {}, "x++ ... ... . u"), ("to pass on", {}, "... ... ... . u"),
    ],
    ("POST", "deliveries/{ref}/recall"): [
        ("whole delivery", RECALL, "x++ xxx ... . u"), ("whole delivery", {"reason": "oops"}, "??? ??? ??? ? u"),
    ],
}  # fmt: skip


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")


def addresses() -> set[str]:
    """Every address under /api/v1/ that there is: from the resolver, not from the document."""
    found = set()
    for part in get_resolver().url_patterns:
        if isinstance(part, URLResolver) and str(part.pattern).startswith("api/"):
            found |= {str(pattern.pattern).replace("<", "{").replace(">", "}") for pattern in part.url_patterns}
    return found - {""}


def operations(client: Client, ref: str) -> set[tuple[str, str]]:
    """Each address with each method that is answered there: found by asking."""
    found = set()
    for address in addresses():
        for method in METHODS:
            undo = transaction.savepoint()
            if call(client, method, address, ref, None)[0] != 405:
                found.add((method, address))
            transaction.savepoint_rollback(undo)
    return found


def signed(exchange: dict[str, Any], seat: str, **more: Any) -> Client:
    if seat == "nobody":
        return Client("http://testserver", "key-0000000000000000", bytes(32), send=through_django)
    service, role = seat.split(".")
    return machine(exchange[service], role, **more)


def call(client: Client, method: str, address: str, ref: str, sent: Any) -> tuple[int, bytes]:
    path = "/" + address.replace("{ref}", ref).replace("{name}", "a-list")
    kind = "application/x-ndjson" if isinstance(sent, bytes) else "application/json"
    answer = client.call(method, path, sent, content_type=kind)
    return answer[0], answer[2]


@pytest.fixture
def watched(settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 10_000


def test_access_matrix_every_operation_answers_every_machine_as_the_table_says(
    exchange: dict[str, Any], things: dict[str, str], watched: None
) -> None:
    seated = {seat: signed(exchange, seat) for seat in SEATS}
    found = operations(seated["noord.supervisor"], things["open report"])
    assert found == set(TABLE), "an operation that the table does not have, or a row without one"
    before, wrong, cells = state(), [], 0
    for (method, address), rows in TABLE.items():
        for thing, sent, expected in rows:
            got = ""
            for seat in SEATS:
                cells += 1
                undo = transaction.savepoint()
                code, read = call(seated[seat], method, address, things[thing] if thing else "", sent)
                sign = next((known for known, statuses in SIGNS.items() if code in statuses), str(code))
                got += sign
                if sign != "+" and state() != before:
                    wrong.append(f"{method} {address} {thing}: {seat} changed something")
                if sign in ".u" and b"noord" in read.lower():
                    wrong.append(f"{method} {address} {thing}: {seat} was told whose it is")
                transaction.savepoint_rollback(undo)
            if got != expected.replace(" ", ""):
                told = f"{got[:3]} {got[3:6]} {got[6:9]} {got[9:10]} {got[10:]}"
                wrong.append(f"{method} {address} {thing} {sent}: expected {expected}, got {told}")
    counted["operations"], counted["cells"], counted["unexpected"] = len(found), cells, len(wrong)
    assert not wrong, "\n".join(wrong)
    assert cells > 400


def test_access_matrix_every_operation_asks_a_scope_and_nothing_happens_without_it(
    exchange: dict[str, Any], things: dict[str, str], watched: None
) -> None:
    document = api.get_openapi_schema(path_prefix="/")
    named = {operation["operationId"] for one in document["paths"].values() for operation in one.values()}
    assert named - set(SCOPE_OF) == {"health", "keys"} and set(SCOPE_OF.values()) == set(SCOPES)
    lacking = {
        (scope, seat): signed(exchange, seat, scopes=[one for one in SCOPES if one != scope])
        for scope in SCOPES
        for seat in ("federal.supervisor",)
    }
    before = state()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            scope = SCOPE_OF.get(operation["operationId"])
            for thing, sent, _ in TABLE[(method.upper(), path.strip("/"))] if scope else ():
                ref, seat = things[thing] if thing else "", "federal.supervisor"
                code, read = call(lacking[(str(scope), seat)], method.upper(), path.strip("/"), ref, sent)
                counted["without_the_scope"] += 1
                assert code == 403 and b"scope.missing" in read, f"{seat} {method} {path}: {code}"
    assert state() == before


def test_access_matrix_no_operation_answers_who_signs_nothing_whatever_else_they_bring(
    exchange: dict[str, Any], things: dict[str, str], watched: None
) -> None:
    """A session of the pages, a word that was given elsewhere, a name in a header: none of them is a signature."""
    signed(exchange, "noord.supervisor")  # there is an account that could be mistaken for theirs
    before, asked = state(), 0
    for seat in ("", "noord.head"):
        browser = Browser(raise_request_exception=False)
        if seat:
            browser.force_login(makers.seat(exchange["noord"], "head"))
        for headers in (
            {}, {"Authorization": "Bearer x"}, {"X-Forwarded-User": "noord.head"}, {"Signature": "x=:AA==:"}
        ):  # fmt: skip
            for (method, address), rows in TABLE.items():
                ref = things[rows[0][0]] if rows[0][0] else ""
                path = "/api/v1/" + address.replace("{ref}", ref).replace("{name}", "a-list")
                came_from = f"10.0.{asked // 250}.{asked % 250}"  # tries are counted by address
                answer = browser.generic(
                    method, path, "{}", content_type="application/json", headers=headers, REMOTE_ADDR=came_from
                )
                asked += 1
                open_to_all = path.removeprefix("/api/v1") in ("/health", "/keys", "/docs", "/openapi.json")
                assert answer.status_code == 401 or open_to_all, f"{method} {path} {headers}: {answer.status_code}"
    counted["unsigned"] = asked
    assert asked > 200 and state() == before
