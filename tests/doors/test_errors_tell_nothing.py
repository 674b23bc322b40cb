"""Errors say that something is wrong and no more: no path, no reason, no version; with the headers of every page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from passerelle.testing import makers
from passerelle.web.headers import HEADERS

pytestmark = pytest.mark.django_db

TELLS = ("Traceback", "Django", "django", "/src/", "SELECT", "passerelle.", "Error:", "a NUL")


def asked(client: Client) -> dict[str, Any]:
    return {
        "a NUL in a field": client.post("/file", {"text": "a\x00b"}),
        "a NUL in a query": client.get("/readings/of-others", {"officer": "a\x00"}),
        "a NUL in a path": client.get("/report/report-x%00"),
        "a NUL before sign-in": Client().post("/sign-in", {"username": "a\x00", "password": "b"}),
        "too large a form": client.post("/file", {"text": "a" * 1_100_000}),
        "nothing there": client.get("/report/report-x"),
        "no such page": client.get("/admin/"),
        "no such method": client.delete("/report/report-x"),
    }


def test_no_error_tells_more_than_that_it_is_one_and_each_has_every_header(exchange: dict[str, Any]) -> None:
    client = Client()
    client.force_login(makers.seat(exchange["noord"], "desk"))
    statuses = {}
    for name, answer in asked(client).items():
        body = answer.content.decode().replace("/static/passerelle/", "")
        assert not [word for word in TELLS if word in body], f"{name}: {[word for word in TELLS if word in body]}"
        for header, value in HEADERS.items():
            assert answer[header] == value, f"{name} lacks {header}"
        statuses[name] = answer.status_code
    assert set(statuses.values()) == {400, 404, 405}, statuses
    assert all(status == 400 for name, status in statuses.items() if "NUL" in name), statuses
