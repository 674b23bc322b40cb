"""The administrator's seat: services and their seats, and rules that are tried on a month and then asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from passerelle.flow import seats
from passerelle.policy.tables import DATA_FOLDER
from passerelle.records.models import Officer, RuleTable
from passerelle.testing import makers

pytestmark = pytest.mark.django_db

FERDINAND = makers.person("p", "Ferdinand Oosterlynck", birthDate=["1971-05-03"])
SLOWER = (
    (DATA_FOLDER / "deadlines.yaml")
    .read_text(encoding="utf-8")
    .replace(
        "{id: acknowledge, duties: [acknowledge], period: {working_days: 1}",
        "{id: acknowledge, duties: [acknowledge], period: {days: 9}",
    )
)


def signed_in(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    client.post("/language", {"language": "en", "next": "/"})
    return client


def test_the_seats_that_lack_are_said_for_all_services_at_the_neutral_desk_and_for_one_s_own_elsewhere(
    exchange: dict[str, Any],
) -> None:
    seats.close_seat(officer=makers.seat(exchange["midi"], "head"), now=timezone.now())
    everywhere = signed_in(makers.officer(exchange["neutral"], "administrator")).get("/administration")
    assert "nobody as head of the service" in everywhere.content.decode() and "Noord" in everywhere.content.decode()
    own = signed_in(makers.officer(exchange["noord"], "administrator")).get("/administration").content.decode()
    assert "nobody as" not in own and "Midi" not in own


def test_rules_are_tried_on_a_month_and_then_asked_for_on_the_same_page(exchange: dict[str, Any]) -> None:
    now = timezone.now() - timedelta(minutes=5)
    makers.dossier(exchange["federal"], FERDINAND, now=now, until=(now + timedelta(days=90)).date())
    makers.report(exchange["noord"], "Ferdinand Oosterlynck was er.", FERDINAND, now=now)
    client = signed_in(makers.officer(exchange["neutral"], "administrator"))
    month = f"{now.year}-{now.month:02}"
    page = client.post("/administration/rules/deadlines", {"text": SLOWER, "month": month, "do": "try"})
    tried = page.content.decode()
    assert page.status_code == 200 and f"What it would have done in {month}" in tried
    assert "<dt><code>pass_on</code></dt><dd>Pass on</dd>" in tried, "the keys of the table are explained beside it"
    federal = tried[tried.index('<th scope="row">Federal</th>') :]
    assert '<td class="number" data-name="longer">1</td>' in federal[:400]
    assert not RuleTable.objects.exists()
    asked = client.post(
        "/administration/rules/deadlines", {"text": SLOWER, "reason": "as the circular asks", "do": "ask"}
    )
    assert asked.status_code == 302
    shown = client.get(asked["Location"]).content.decode()
    assert "changed row" in shown and "nobody yet: a second person must approve" in shown
    assert 'data-key="d"' not in shown, "who asked is not the second person"
    assert "By when" in shown and "within one working day" in shown and "within 9 days" in shown
    assert "<code>count</code>" not in shown and "working_days" not in shown, "a second person reads words, not fields"
    decider = signed_in(makers.seat(exchange["neutral"], "head"))
    assert 'data-key="d"' in decider.get(asked["Location"]).content.decode()


def test_a_table_that_cannot_be_used_is_refused_beside_what_was_typed(exchange: dict[str, Any]) -> None:
    client = signed_in(makers.officer(exchange["neutral"], "administrator"))
    for text, says in (("rows: [", "cannot be used"), ("#" * 200_001, "at most 200000 are taken")):
        answer = client.post("/administration/rules/deadlines", {"text": text, "month": "2026-03", "do": "try"})
        assert answer.status_code == 409
        assert text in answer.content.decode() and says in answer.content.decode()
