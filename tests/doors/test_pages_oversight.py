"""Oversight's seat: the ledger to be checked elsewhere, and what came of the work by language and script."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from passerelle.flow import ledger_lines
from passerelle.records.models import Officer, Reading
from passerelle.testing import makers

pytestmark = pytest.mark.django_db

FERDINAND = makers.person("p", "Ferdinand Oosterlynck", birthDate=["1971-05-03"])


def signed_in(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    client.post("/language", {"language": "en", "next": "/"})
    return client


def test_oversight_sees_the_root_of_the_ledger_and_how_to_check_it_alone(exchange: dict[str, Any]) -> None:
    watcher = makers.seat(exchange["oversight"], "oversight")
    page = signed_in(watcher).get("/oversight").content.decode()
    size, root = ledger_lines.head()
    assert root in page and f'<dd class="number">{size}</dd>' in page
    assert "passerelle ledger verify ledger.jsonl --log KEY" in page
    assert "none: a restored old backup could pass unseen" in page


def test_outcomes_of_the_work_are_told_by_language_and_the_look_at_them_is_written_down(
    exchange: dict[str, Any],
) -> None:
    now = timezone.now() - timedelta(days=1)
    makers.dossier(exchange["federal"], FERDINAND, now=now, until=(now + timedelta(days=90)).date())
    for number in range(12):
        makers.report(exchange["noord"], f"{number} Ferdinand Oosterlynck.", FERDINAND, now=now)
    watcher = makers.seat(exchange["oversight"], "oversight")
    page = signed_in(watcher).get("/oversight/outcomes").content.decode()
    withheld = page[page.index("Tellings withheld, of those owed") :]
    assert "Dutch" in withheld and "0 % (0 – 24)" in withheld
    assert Reading.objects.filter(officer=watcher, thing="outcomes", purpose="oversight").exists()
