"""An explanation says every ground, and for a denial the one fact that would change it; asking leaves its line."""

from __future__ import annotations

from datetime import timedelta

import pytest

from passerelle.flow import end_report, explain
from passerelle.flow.ledger_lines import entries
from passerelle.policy import access
from passerelle.policy.explain import explain as explain_act
from passerelle.policy.facts import ACTS, ReaderFacts, ThingFacts
from passerelle.testing import makers
from passerelle.testing.makers import NOON

STRICT = {"handling_reason": "the source could be recognised", "handling_review_on": (NOON + timedelta(days=30)).date()}


@pytest.mark.django_db
def test_a_sealed_report_is_explained_to_its_own_officer_and_to_another_service(exchange) -> None:
    makers.dossier(exchange["midi"], makers.person("p", "Lambert Vercruysse", birthDate=["1980-05-06"]))
    sealed = makers.report(
        exchange["noord"], "Een tip.", makers.person("p", "Lambert Vercruysse", birthDate=["1980-05-06"]),
        handling="sealed", author=makers.seat(exchange["noord"], "desk"), **STRICT,
    )  # fmt: skip
    own = explain.why(username=makers.seat(exchange["noord"], "officer").username, ref=sealed.ref, now=NOON)
    reading = next(line for line in own.acts if line.act == "read_content")
    assert not reading.allowed
    said = [str(near) for near in reading.otherwise]
    assert (
        "with the role “desk”" in said
        and "if its handling were “open”" in said
        and "if this officer had filed it" in said
    )
    other = explain.why(username=makers.seat(exchange["midi"], "desk").username, ref=sealed.ref, now=NOON)
    near = [str(near) for line in other.acts if line.act == "read" for near in line.otherwise]
    assert "as an officer of noord, which owns it" in near and "if it had been delivered to midi" in near
    assert [(telling.recipient.key, telling.form) for telling in other.tellings] == [("midi", "nothing")]
    asked = [entry for entry in entries() if '"kind":"Read"' in entry and sealed.ref in entry]
    assert len(asked) == 2


@pytest.mark.django_db
def test_of_a_report_that_is_gone_nothing_is_said_to_travel(exchange) -> None:
    makers.dossier(exchange["midi"], makers.person("p", "Lambert Vercruysse", birthDate=["1980-05-06"]))
    gone = makers.report(
        exchange["noord"], "Een tip.", makers.person("p", "Lambert Vercruysse", birthDate=["1980-05-06"])
    )
    desk = makers.seat(exchange["noord"], "desk")
    assert explain.why(username=desk.username, ref=gone.ref, now=NOON).tellings
    end_report.erase(ref=gone.ref, officer=makers.seat(exchange["noord"], "head"), ground="not_needed", now=NOON)
    assert explain.why(username=desk.username, ref=gone.ref, now=NOON).tellings == ()


@pytest.mark.django_db
def test_what_has_no_reference_and_who_has_no_seat_are_said_to_be_unknown(exchange) -> None:
    for username, ref in (("nobody", "report-0"), (makers.seat(exchange["noord"], "desk").username, "duty-nowhere")):
        with pytest.raises(explain.NoSuchThing):
            explain.why(username=username, ref=ref, now=NOON)


def test_each_near_fact_that_is_named_does_change_the_verdict() -> None:
    reader = ReaderFacts(officer="me", service="a", role="officer", service_kind="police")
    thing = ThingFacts(kind="grant", service="b", holder_service="a", assigned_to="other", live=False)
    by_act = {act: explain_act(reader, act, thing) for act in ACTS}
    assert [str(near) for near in by_act["read"].otherwise] == [
        "with the role “supervisor”", "with the role “head”", "with the role “oversight”",
        "if it were given to this officer",
    ]  # fmt: skip
    assert all(line.allowed == access.may(reader, act, thing).allowed for act, line in by_act.items())
    assert not by_act["end"].otherwise, "two facts would have to change"
