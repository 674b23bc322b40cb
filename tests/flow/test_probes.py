"""Probes on the live road: they meet as real records do, leave only their sums, and no page of a person shows any."""

from __future__ import annotations

import json
import re

import pytest
from django.apps import apps
from django.test import Client

from passerelle.fairness import operation, outcomes, sheet
from passerelle.fairness.probes import persons, probes, traditions
from passerelle.flow import ledger_lines, work
from passerelle.flow import probes as live
from passerelle.testing import makers
from passerelle.testing.makers import NOON, seat

pytestmark = pytest.mark.django_db

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')
PAGES = ("/", "/late", "/today", "/reports", "/dossiers", "/between", "/figures?month=2026-02", "/people", "/readings",
         "/watches", "/questions", "/overloads", "/exceptions", "/requests")  # fmt: skip
WRITTEN = list(probes(persons(traditions()[6], 3, 7), 7))
"""Invented persons with Arabic names, each written otherwise."""

SOME = ("arabic", "persian")


@pytest.fixture
def busy(exchange):
    """An exchange where a real record bears the name of a probe."""
    named = makers.person("p", WRITTEN[0].person.name)
    makers.dossier(exchange["federal"], named)
    makers.report(exchange["noord"], "Gezien.", named)
    work.work_until_done(now=NOON)
    return exchange


def rows() -> dict[str, int]:
    return {
        model.__name__: model._default_manager.count()
        for model in apps.get_models()
        if model.__name__ not in ("LedgerLine", "LedgerHead")
    }


def test_a_handful_meets_as_real_records_do_and_nothing_of_it_is_left(busy) -> None:
    before, size = rows(), ledger_lines.head()[0]
    found = live.tried(WRITTEN, now=NOON)
    assert sum(found.tried.values()) == len(WRITTEN)
    assert sum(found.met.values()) >= len(WRITTEN) - 2
    assert sum(found.met_others.values()) >= 1, "the real record of that name"
    assert rows() == before
    assert ledger_lines.head()[0] == size


def test_two_worlds_with_and_without_probes_no_byte_of_a_persons_pages_differs(busy, monkeypatch) -> None:
    """two_worlds: every seat's pages before probes ran, and after."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)

    def world() -> dict[tuple[str, str, str], bytes]:
        found = {}
        for key, role in (("federal", "supervisor"), ("noord", "head"), ("stad", "desk"), ("noord", "officer")):
            client = Client()
            client.force_login(seat(busy[key], role))
            for page in PAGES:
                answer = client.get(page)
                shown = TOKEN.sub("", answer.content.decode())
                found[key, role, page] = f"{answer.status_code} {shown}".encode()
        return found

    before = world()
    assert any(b"Federal" in page for page in before.values())
    live.run(officer=seat(busy["oversight"], "oversight"), of_each=2, seed=7, groups=SOME, now=NOON)
    assert world() == before


def test_the_ledger_says_who_signed_and_the_sums_and_no_name(busy) -> None:
    officer = seat(busy["oversight"], "oversight")
    told = live.run(officer=officer, of_each=2, seed=7, groups=SOME, now=NOON)
    lines = [json.loads(one) for one in ledger_lines.entries_of(frozenset({"ProbesTried"}))]
    assert len(lines) == len(told) == len({(one["facts"]["group"], one["facts"]["way"]) for one in lines})
    assert {one["facts"]["by"] for one in lines} == {officer.ref}
    assert WRITTEN[0].person.name not in json.dumps(lines, ensure_ascii=False)
    live.run(officer=officer, of_each=2, seed=8, groups=SOME, now=NOON)
    sums = live.sums(now=NOON)
    assert {row.rounds for row in sums} == {2}
    assert {row.group for row in sums} == {"arabic", "persian"}


@pytest.mark.parametrize("role", ["officer", "desk", "supervisor", "head"])
def test_nobody_but_oversight_signs_for_probes(busy, role: str) -> None:
    with pytest.raises(live.ProbesNotSigned):
        live.run(officer=seat(busy["noord"], role), of_each=2, seed=7, now=NOON)
    assert list(ledger_lines.entries_of(frozenset({"ProbesTried"}))) == []


def test_the_public_page_tells_what_was_missed_by_group_and_what_met_real_records_in_sum_alone() -> None:
    rows = [operation.Road("arabic", "spelling", 100, 97, 90, 4, 2), operation.Road("dutch", "slip", 100, 99, 95, 1, 2)]
    measured = outcomes.measure(count=20, seed=1)
    page = sheet.sheet(measured, None, rows, made="2026-11-23", version="1", signed="")
    assert "always wrongly: 5 of 200" in page
    assert "3 / 100" in page and "1 / 100" in page
    assert "4 / 100" not in page
    none = sheet.sheet(measured, None, [], made="2026-11-23", version="1", signed="")
    assert "No probes were tried here" in none
