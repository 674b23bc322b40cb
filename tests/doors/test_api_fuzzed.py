"""The API asked with whatever its own document allows, and with what it does not (schemathesis): no answer is a 5xx.

Every answer is one that the document names, and every refusal a problem+json. The short form asks a few things of each
operation, from one seed; the long form 500 (`make check`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from django.db import transaction
from hypothesis import HealthCheck, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from passerelle.api.v1 import api
from passerelle.testing.client import Client
from tests.doors.machines import machine
from tests.doors.test_access_matrix import things

pytestmark = pytest.mark.django_db
__all__ = ["things"]

DOCUMENT = api.get_openapi_schema(path_prefix="/api/v1/")
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
REFS = {"duties": "to pass on", "reports": "open report", "deliveries": "whole delivery", "matches": "asked match",
        "dossiers": "dossier", "watches": "watch"}  # fmt: skip


def operations() -> Iterator[Any]:
    for found in schemathesis.openapi.from_dict(DOCUMENT).get_all_operations():
        yield found.ok()


def asked(client: Client, case: Any, ref: str) -> tuple[int, dict[str, str], bytes]:
    """What schemathesis thought of, signed and sent; every second time about a thing that is there."""
    given_ref = str((case.path_parameters or {}).get("ref", (case.path_parameters or {}).get("name", "")))
    use = ref if ref and len(given_ref) % 2 else given_ref
    said = quote(use, safe="")
    path = case.path.removeprefix("/api/v1").replace("{ref}", said).replace("{name}", said)
    kind = case.media_type or "application/json"
    body: Any = None
    if type(case.body).__name__ != "NotSet":
        body = case.body if isinstance(case.body, bytes) else (
            str(case.body).encode("utf-8", "replace") if kind != "application/json" else json.dumps(case.body).encode()
        )  # fmt: skip
    query = {str(name): value for name, value in (case.query or {}).items()}
    once = str((case.headers or {}).get("Idempotency-Key", ""))
    headers = {"once": once} if once.isascii() and once.isprintable() else {}
    return client.call(case.method.upper(), path, body, content_type=kind, **headers, **safe(query))


def safe(query: dict[str, Any]) -> dict[str, Any]:
    """A query whose names are none of our client's own."""
    ours = ("method", "path", "body", "once", "content_type")
    return {name: value for name, value in query.items() if name not in ours}


def fuzz(client: Client, things: dict[str, str], examples: int) -> int:
    count = 0
    for operation in operations():
        ref = things.get(REFS.get(operation.path.split("/")[3], ""), "")
        for mode in MODES:
            count += fuzz_one(client, operation, mode, ref, examples)
    return count


def fuzz_one(client: Client, operation: Any, mode: Any, ref: str, examples: int) -> int:
    documented, count = set(operation.definition.raw["responses"]), 0

    def ask(case: Any) -> None:
        nonlocal count
        count += 1
        undo = transaction.savepoint()
        code, headers, read = asked(client, case, ref)
        transaction.savepoint_rollback(undo)
        where = f"{case.method} {case.path} {case.path_parameters} {case.query} {case.body!r:.300}: {code}"
        assert code < 500 or case.path.endswith("/health"), f"{where} {read[:300]!r}"
        assert str(code) in documented, where
        if 400 <= code < 500:
            assert headers["content-type"] == "application/problem+json" and json.loads(read)["title"], where

    bounded = settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    try:
        seed(20261122)(bounded(given(case=operation.as_strategy(generation_mode=mode))(ask)))()
    except Unsatisfiable:
        assert not operation.body and not operation.query, "nothing of this operation could be wrong"
    return count


@pytest.fixture
def desk(exchange: dict[str, Any], settings: Any) -> Client:
    settings.API_REQUESTS_PER_MINUTE = 10_000_000
    return machine(exchange["noord"], "supervisor")


def test_a_few_things_asked_of_each_operation_are_answered(desk: Client, things: dict[str, str]) -> None:
    assert fuzz(desk, things, 2) > 100


@pytest.mark.release
def test_five_hundred_things_asked_of_each_operation_are_answered(
    desk: Client, things: dict[str, str]
) -> None:
    assert fuzz(desk, things, 250) > 5_000, "250 that the document allows, and 250 that it does not"
