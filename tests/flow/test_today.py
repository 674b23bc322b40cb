"""What a desk has before it today, off the tables: proposed, explained, and given only by those who lead."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from passerelle.flow import seats, work
from passerelle.flow import today as days
from passerelle.records.models import Duty
from passerelle.testing import makers
from passerelle.testing.makers import NOON, seat

pytestmark = pytest.mark.django_db

THIEF = makers.person("p", "Lambert Vercruysse", birthDate=["1980-05-06"])
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def told(exchange):
    """A Dutch report at the federal desk, whose officers read French and Dutch but for one."""
    makers.dossier(exchange["federal"], THIEF)
    makers.report(exchange["noord"], "Gezien.", THIEF)
    work.work_until_done(now=NOON)
    return exchange


def test_the_desk_gets_its_acknowledgement_with_the_language_of_the_report(told) -> None:
    day = days.day_of(service=told["federal"], reader=seat(told["federal"], "supervisor"), now=LATER)
    taken = [line for _, _, lines in day.shares for line in lines]
    assert [(line.task.kind, line.task.language) for line in taken] == [("acknowledge", "nl")]
    assert "reads Dutch" in str(taken[0].because[0])
    assert Duty.objects.get(kind="acknowledge").officer is None, "nothing was given by looking"


def test_who_is_away_takes_nothing(told) -> None:
    for role in ("officer", "desk"):
        seats.go_away(officer=seat(told["federal"], role), until=LATER + timedelta(days=3), by=None, now=NOON)
    day = days.day_of(service=told["federal"], reader=None, now=LATER)
    assert {one.role for one, _, _ in day.shares} == {"supervisor"}


def test_what_another_service_still_holds_tells_no_language(exchange) -> None:
    makers.dossier(exchange["federal"], THIEF)
    review = (NOON + timedelta(days=30)).date()
    strict = {"handling": "consent", "handling_reason": "the source could be recognised", "handling_review_on": review}
    makers.report(exchange["noord"], "Gezien.", THIEF, **strict)
    work.work_until_done(now=NOON)
    day = days.day_of(service=exchange["federal"], reader=seat(exchange["federal"], "supervisor"), now=LATER)
    assert all(line.task.language == "" for _, _, lines in day.shares for line in lines)


def test_a_supervisor_gives_a_share_with_one_button_and_a_desk_only_reads(told, monkeypatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATER)
    client = Client()
    client.force_login(seat(told["federal"], "desk"))
    assert "/late/give" not in client.get("/today").content.decode()
    client.force_login(seat(told["federal"], "supervisor"))
    page = client.get("/today").content.decode()
    assert "La personne concernée n" in page and "/late/give" in page, "whom a duty is about plays no part"
    day = days.day_of(service=told["federal"], reader=None, now=LATER)
    ((one, line),) = [(one, line) for one, _, lines in day.shares for line in lines]
    assert f'value="{one.ref}"' in page
    answer = client.post("/late/give", {"duty": line.task.ref, "to": one.ref})
    assert answer.status_code == 302
    assert Duty.objects.get(ref=line.task.ref).officer == one
    again = days.day_of(service=told["federal"], reader=None, now=LATER)
    assert [held for officer, held, _ in again.shares if officer == one] == [8.0], "it is in hand now"
