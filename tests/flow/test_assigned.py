"""Who is given a duty can end it; who is merely on a rung above cannot say what a recipient did."""

from __future__ import annotations

from datetime import timedelta

import pytest

from passerelle.flow import acknowledge, consult, hold, receive, work
from passerelle.flow.facts import NotAllowed, NotThere
from passerelle.flow.receive import ReportDraft
from passerelle.records.models import Duty
from passerelle.testing import makers
from passerelle.testing.makers import NOON

pytestmark = pytest.mark.django_db

THIEF = makers.person("p", "Lambert Vercruysse", birthDate=["1980-05-06"])


def _to_acknowledge(exchange) -> Duty:
    receive.open_dossier(
        service=exchange["midi"], officer=makers.seat(exchange["midi"], "desk"), title="Vols", language="fr",
        purpose="investigation", legal_basis="an article", until=(NOON + timedelta(days=90)).date(), subjects=[THIEF],
        now=NOON,
    )  # fmt: skip
    receive.file_report(
        service=exchange["noord"], author=makers.seat(exchange["noord"], "officer"), now=NOON + timedelta(minutes=1),
        draft=ReportDraft(text="Lambert Vercruysse stal een fiets.", language="nl", subjects=[THIEF]),
    )  # fmt: skip
    work.work_until_done(now=NOON + timedelta(minutes=2))
    return Duty.objects.get(kind="acknowledge")


def test_an_officer_who_was_given_the_duty_acknowledges_it_and_another_may_not(exchange) -> None:
    duty, now = _to_acknowledge(exchange), NOON + timedelta(hours=1)
    supervisor, given = makers.seat(exchange["midi"], "supervisor"), makers.seat(exchange["midi"], "officer")
    with pytest.raises(NotAllowed):
        acknowledge.acknowledge_duty(ref=duty.ref, officer=given, outcome="added", now=now)
    hold.assign(ref=duty.ref, officer=supervisor, to=given, now=now)
    assert "acknowledge" in consult.read_duty(ref=duty.ref, officer=given, now=now).acts
    ended = acknowledge.acknowledge_duty(ref=duty.ref, officer=given, outcome="added", now=now)
    assert (ended.state, ended.outcome) == ("done", "added")


def test_the_neutral_desk_that_holds_a_late_one_cannot_say_what_the_recipient_did(exchange) -> None:
    duty = _to_acknowledge(exchange)
    for days in range(1, 5):
        work.work_until_done(now=NOON + timedelta(days=days))
    duty.refresh_from_db()
    neutral = makers.seat(exchange["neutral"], "desk")
    now = NOON + timedelta(days=4)
    assert duty.holder == exchange["neutral"]
    assert "acknowledge" not in consult.read_duty(ref=duty.ref, officer=neutral, now=now).acts
    with pytest.raises(NotThere):
        acknowledge.acknowledge_duty(ref=duty.ref, officer=neutral, outcome="noted", now=now)
