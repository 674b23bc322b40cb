"""Oversight's seat: the ledger to be checked elsewhere, and what came of the work by language and script."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from passerelle.flow import defer, ledger_lines
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


def test_who_reviews_a_deferral_reads_who_signed_it_and_why_on_the_page_of_the_review(exchange: dict[str, Any]) -> None:
    now = timezone.now()
    head, why = makers.seat(exchange["noord"], "head"), "Two of three are on a course; one is lent on Wednesday."
    signed = defer.sign_overload(
        officer=head, kind="acknowledge", reason=why, until=now + timedelta(days=2), now=now
    )  # fmt: skip
    page = signed_in(makers.seat(exchange["oversight"], "oversight")).get(f"/duty/{signed.review.ref}")
    assert why in page.content.decode() and head.name in page.content.decode()
    assert signed_in(makers.seat(exchange["federal"], "head")).get(f"/duty/{signed.review.ref}").status_code == 404


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
