"""What is late, for who leads: each number with its act, duties given away with one key, and who is away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from passerelle.flow import seats
from passerelle.records.models import Duty, Officer
from passerelle.testing import makers

pytestmark = pytest.mark.django_db

FERDINAND = makers.person("p", "Ferdinand Oosterlynck", birthDate=["1971-05-03"])


@pytest.fixture
def owed(exchange: dict[str, Any]) -> list[Duty]:
    """Two duties to acknowledge that stand with the desk of federal, with nobody by name."""
    now = timezone.now() - timedelta(minutes=5)
    makers.dossier(exchange["federal"], FERDINAND, now=now, until=(now + timedelta(days=90)).date())
    for text in ("Ferdinand Oosterlynck was er.", "Ferdinand Oosterlynck ook hier."):
        makers.report(exchange["noord"], text, FERDINAND, now=now)
    return list(Duty.objects.filter(kind="acknowledge", holder=exchange["federal"]).order_by("due_at", "id"))


def signed_in(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    client.post("/language", {"language": "en", "next": "/"})
    return client


def test_the_first_row_is_marked_so_that_one_key_gives_it_away_and_the_next_follows(
    exchange: dict[str, Any], owed: list[Duty]
) -> None:
    supervisor, desk = (makers.seat(exchange["federal"], role) for role in ("supervisor", "desk"))
    client = signed_in(supervisor)
    for _ in range(2):
        page = client.get("/late").content.decode()
        marked = [line for line in page.splitlines() if 'name="duty"' in line and " checked" in line]
        assert len(marked) == 1, "one row is marked, the first"
        first = next(duty for duty in owed if duty.ref in marked[0])
        assert f'value="{desk.ref}" data-key="' in page
        client.post("/late/give", {"duty": first.ref, "to": desk.ref})
    assert {Duty.objects.get(pk=duty.pk).officer for duty in owed} == {desk}
    client.post("/late/give", {"duty": [duty.ref for duty in owed], "to": "desk"})
    assert {Duty.objects.get(pk=duty.pk).officer for duty in owed} == {None}


def test_what_one_colleague_cannot_hold_is_refused_aloud_and_the_rest_is_given(
    exchange: dict[str, Any], owed: list[Duty]
) -> None:
    supervisor, officer = (makers.seat(exchange["federal"], role) for role in ("supervisor", "officer"))
    makers.report(
        exchange["noord"], "Joesef Hadjeri.", makers.person("q", "Joesef Hadjeri"), now=timezone.now()
    )
    theirs = Duty.objects.filter(holder=exchange["federal"]).exclude(pk__in=[one.pk for one in owed])
    client = signed_in(supervisor)
    away = makers.seat(exchange["federal"], "desk")
    seats.go_away(officer=away, until=timezone.now() + timedelta(days=2), by=None, now=timezone.now())
    refused = client.post("/late/give", {"duty": owed[0].ref, "to": away.ref})
    assert refused.status_code == 409 and "cannot hold this duty now" in refused.content.decode()
    assert client.post("/late/give", {"duty": owed[0].ref, "to": officer.ref}).status_code == 302
    assert not theirs.filter(officer=officer).exists()


def test_a_duty_that_another_service_holds_cannot_be_marked(exchange: dict[str, Any], owed: list[Duty]) -> None:
    page = signed_in(makers.seat(exchange["noord"], "supervisor")).get("/late").content.decode()
    assert not any(duty.ref in page for duty in owed)


def test_the_page_of_absences_says_where_each_duty_went(exchange: dict[str, Any], owed: list[Duty]) -> None:
    supervisor, desk, officer = (makers.seat(exchange["federal"], role) for role in ("supervisor", "desk", "officer"))
    client = signed_in(supervisor)
    client.post("/late/give", {"duty": owed[0].ref, "to": officer.ref})
    now = timezone.now()
    seats.go_away(officer=officer, until=now + timedelta(days=3), by=None, now=now)
    page = client.get("/late/away").content.decode()
    assert f"{officer.name} is not there; now with Federal: Acknowledge." in page.replace("&#x27;", "'")
    assert f'href="/duty/{owed[0].ref}"' in page
    assert "Nobody is away." in signed_in(makers.seat(exchange["noord"], "head")).get("/late/away").content.decode()
    assert desk.name not in page


def test_what_is_late_with_others_is_no_red_figure_of_who_cannot_change_it(exchange: dict[str, Any]) -> None:
    long_ago = timezone.now() - timedelta(days=20)
    makers.dossier(exchange["federal"], FERDINAND, now=long_ago, until=(long_ago + timedelta(days=90)).date())
    makers.report(exchange["noord"], "Ferdinand Oosterlynck was er.", FERDINAND, now=long_ago)
    makers.report(
        exchange["noord"], "Ferdinand Oosterlynck ook hier.", FERDINAND, now=long_ago, handling="consent",
        handling_reason="a source to protect", handling_review_on=(timezone.now() + timedelta(days=30)).date(),
    )  # fmt: skip
    theirs = Duty.objects.get(kind="pass_on", holder=exchange["noord"])
    page = signed_in(makers.seat(exchange["federal"], "supervisor")).get("/late").content.decode()
    ours, others = page.split('<h2 id="elsewhere">')
    assert theirs.ref in others and theirs.ref not in ours, "it stands apart, and cannot be marked"
    late = Duty.objects.filter(holder=exchange["federal"], state="open", due_at__lt=timezone.now()).count()
    assert late and f"<b>{late}</b> dut" in ours
    assert '<b>1</b> Waiting for others<br><a href="#elsewhere">' in ours
