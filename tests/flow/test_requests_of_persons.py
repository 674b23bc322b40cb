"""A person asks; they are answered by a clock, with words that tell nobody whether anything is held."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from passerelle.flow import close, end_report, ledger_lines, requests, restrict, work
from passerelle.flow.facts import NotAllowed, NotThere
from passerelle.policy import requests as rules
from passerelle.policy.requests import RequestUnknown
from passerelle.records.models import Duty, PersonRequest, Reading
from passerelle.testing import makers
from passerelle.testing.makers import NOON

pytestmark = pytest.mark.django_db

PERSON = makers.person("p", "Lambert Vercruysse", birthDate=["1980-05-06"])
NOTE = "looked by name and day of birth"


def days(count: float) -> Any:
    return NOON + timedelta(days=count)


def recorded(exchange: dict[str, Any], kind: str = "access", way: str = "direct", **more: Any) -> PersonRequest:
    ask = {
        "officer": makers.seat(exchange["noord"], "desk"), "identity": "in_person", "person": PERSON.properties,
        "asks": "wat is er over mij bekend", "language": "nl", "received_on": NOON.date(), "now": NOON,
    }  # fmt: skip
    return requests.record(kind=kind, way=way, **{**ask, **more})


def answered(exchange: dict[str, Any], ref: str, key: str, outcome: str, day: float = 1, **more: Any) -> Any:
    role = "oversight" if key == "oversight" else "desk"
    officer = makers.seat(exchange[key], role)
    return requests.answer(ref=ref, officer=officer, outcome=outcome, note=NOTE, now=days(day), **more)


def letter(request: PersonRequest) -> list[str]:
    return [str(line) for line in rules.letter(request.outcome or "nothing_held", way=request.way)]


def test_a_request_has_a_holder_and_a_clock_of_less_than_a_month_and_climbs(exchange: dict[str, Any]) -> None:
    request = recorded(exchange)
    assert (request.duty.kind, request.duty.holder) == ("request", exchange["noord"])
    assert request.duty.due_at == NOON + timedelta(days=28)
    for day in range(28, 60, 2):
        work.work_until_done(now=days(day))
    request.duty.refresh_from_db()
    assert request.duty.live and request.duty.level > 1


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"identity": "he looked honest"}, RequestUnknown),
        ({"person": {"birthDate": ["1980-05-06"]}}, requests.RequestIncomplete),
        ({"received_on": days(3).date()}, requests.RequestIncomplete),
        ({"kind": "gossip"}, RequestUnknown),
    ],
)
def test_who_asks_is_made_sure_and_what_they_ask_is_on_the_list(
    exchange: dict[str, Any], more: dict[str, Any], why: type[Exception]
) -> None:
    with pytest.raises(why):
        recorded(exchange, **more)
    assert not PersonRequest.objects.exists() and not Duty.objects.exists()


def test_that_nothing_is_held_and_that_it_may_not_be_told_are_one_answer(exchange: dict[str, Any]) -> None:
    first, second = recorded(exchange), recorded(exchange)
    one = answered(exchange, first.ref, "noord", "nothing_held")
    other = answered(exchange, second.ref, "noord", "held_back", ground="a")
    assert one.letter == other.letter
    assert "necessary checks have been made" in letter(one)[0]
    with pytest.raises(requests.NotDoneYet):
        answered(exchange, first.ref, "noord", "nothing_held", 2)
    third = recorded(exchange)
    with pytest.raises(RequestUnknown):
        answered(exchange, third.ref, "noord", "held_back", ground="because")
    assert answered(exchange, third.ref, "noord", "granted").letter != one.letter


def test_the_desk_is_shown_what_its_own_service_holds_and_nothing_of_another(exchange: dict[str, Any]) -> None:
    own = makers.report(exchange["noord"], "Lambert Vercruysse.", PERSON)
    makers.report(exchange["midi"], "Lambert Vercruysse.", PERSON)
    request = recorded(exchange)
    view = requests.read_request(ref=request.ref, officer=makers.seat(exchange["noord"], "desk"), now=days(1))
    assert [ref for ref, _ in view.found] == [own.ref]
    assert Reading.objects.filter(thing=request.ref).exists(), "each look leaves its line"
    for key, role in (("noord", "officer"), ("midi", "desk"), ("neutral", "desk")):
        with pytest.raises(NotThere):
            requests.read_request(ref=request.ref, officer=makers.seat(exchange[key], role), now=days(1))


def test_by_way_of_the_authority_every_service_looks_and_only_the_authority_hears(exchange: dict[str, Any]) -> None:
    request = recorded(exchange, way="authority")
    parts = {part.service.key: part for part in request.parts.select_related("service")}
    assert set(parts) == {"noord", "midi", "federal", "stad", "jeugd"}, "who holds nothing is asked too"
    assert parts["midi"].duty.due_at == NOON + timedelta(days=14)
    desk = makers.seat(exchange["noord"], "desk")
    sent = requests.read_request(ref=request.ref, officer=desk, now=days(1))
    assert (sent.person, sent.asks, sent.letter, sent.duty, sent.may_answer) == ({}, "", [], None, False)
    with pytest.raises(NotThere):
        requests.read_request(ref=parts["midi"].ref, officer=desk, now=days(1))
    with pytest.raises(requests.NotDoneYet, match="have not looked yet"):
        answered(exchange, request.ref, "oversight", "", 1)
    for key, part in parts.items():
        answered(exchange, part.ref, key, "nothing_held", 2)
    with pytest.raises(NotAllowed):
        answered(exchange, request.ref, "noord", "nothing_held", 3)
    done = answered(exchange, request.ref, "oversight", "", 3)
    assert "necessary checks have been made" in letter(done)[0]
    assert not Duty.objects.filter(ended_at__isnull=True).exists()


def test_a_service_that_is_closed_is_not_asked(exchange: dict[str, Any]) -> None:
    successor = makers.service("stad-2", kind=exchange["stad"].kind)
    close.close_service(service=exchange["stad"], successor=successor, now=NOON)
    request = recorded(exchange, way="authority")
    asked = set(request.parts.values_list("service__key", flat=True))
    assert "stad-2" in asked and "stad" not in asked


def test_the_authority_answers_when_its_time_is_up_though_a_service_has_not_looked(exchange: dict[str, Any]) -> None:
    request = recorded(exchange, way="authority")
    assert answered(exchange, request.ref, "oversight", "", 28).answered_at is not None
    assert request.parts.filter(duty__ended_at__isnull=True).count() == 5, "their own clocks go on"


def test_what_an_answer_says_was_done_stands_in_the_tables(exchange: dict[str, Any]) -> None:
    report = makers.report(exchange["noord"], "Lambert Vercruysse.", PERSON)
    theirs = makers.report(exchange["midi"], "Lambert Vercruysse.", PERSON)
    request, again = recorded(exchange, "erasure"), recorded(exchange, "restriction")
    with pytest.raises(requests.NotDoneYet, match="do not show"):
        answered(exchange, request.ref, "noord", "erased", reports=[report.ref])
    with pytest.raises(NotThere):
        answered(exchange, request.ref, "noord", "erased", reports=[theirs.ref])
    desk, head = makers.seat(exchange["noord"], "desk"), makers.seat(exchange["noord"], "head")
    restrict.restrict(
        ref=report.ref, officer=desk, why="accuracy", reason="he contests that it was him", until=days(60).date(),
        now=days(1),
    )  # fmt: skip
    assert answered(exchange, again.ref, "noord", "restricted", 2, reports=[report.ref]).reports == [report.ref]
    end_report.erase(ref=report.ref, officer=head, ground="request", now=days(3))
    assert answered(exchange, request.ref, "noord", "erased", 4, reports=[report.ref]).outcome == "erased"


def test_the_ledger_says_that_a_request_was_answered_and_not_how(exchange: dict[str, Any]) -> None:
    request = recorded(exchange)
    answered(exchange, request.ref, "noord", "held_back", ground="d")
    lines = [line for line in ledger_lines.entries() if request.ref in line]
    assert len(lines) >= 2
    assert not any("Vercruysse" in line or "held_back" in line or "nothing_held" in line for line in lines)
