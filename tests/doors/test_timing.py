"""The tool that times denied against absent: its t is Welch's, and the address it plants is one it would see."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from passerelle.flow import search as search_verbs
from passerelle.ids import fresh_ref
from passerelle.records import visibility
from passerelle.records.models import Findable
from tests.doors.test_two_worlds import TOKEN, shape
from tools import timing

REF = re.compile(r"'[a-z]+-[0-9a-z]{16}'")


def test_t_is_welch_s_and_the_bar_leaves_the_slowest_tenth_out() -> None:
    left, right = [1.0, 2.0, 3.0, 4.0, 5.0], [2.0, 4.0, 6.0, 8.0, 10.0]  # -3 / √(2.5/5 + 10/5)
    assert round(timing.welch(left, right), 3) == -1.897 == -round(timing.welch(right, left), 3)
    assert timing.welch([1.0, 1.0], [1.0, 1.0]) == 0
    assert timing.cropped(range(1, 101), timing.bar_of(range(1, 101))) == list(range(1, 91))


def test_a_difference_is_judged_to_be_one_and_noise_is_not() -> None:
    noise = [1.0 + 0.01 * (number % 7) for number in range(500)]
    same = dict.fromkeys(("denied cpu", "denied clock", "absent cpu", "absent clock"), noise)
    assert timing.judged("report", same)["within"]
    assert not timing.judged("report", {**same, "denied cpu": [value + 0.01 for value in noise]})["within"]


@pytest.mark.django_db
def test_denied_and_absent_ask_the_same_and_the_planted_address_does_not(settings: Any) -> None:
    asker, denied = timing.world(4)
    client = timing.signed_in(asker)
    client.get("/law")  # the first page of a session writes down that it is used
    assert set(denied) == {"report", "dossier", "duty", "delivery", "match"} and all(denied.values())

    def asked(client: Client, address: str) -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 404
        return [REF.sub("?", shape(query["sql"])) for query in queries.captured_queries]

    for kind, refs in denied.items():
        there, nowhere = (asked(client, f"/{kind}/{ref}") for ref in (refs[0], fresh_ref(kind)))
        assert there == nowhere and there, kind
    settings.ROOT_URLCONF = "tools.planted"
    there, nowhere = (asked(client, f"/planted/{ref}") for ref in (denied["report"][0], fresh_ref("report")))
    assert len(there) > len(nowhere)


@pytest.mark.django_db
def test_searching_for_who_is_known_to_others_asks_the_same_as_searching_for_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asker, _ = timing.world(4)
    search, whose_turn = timing.searching(asker)
    whose_turn()
    assert Findable.objects.exists()
    search(timing.SEARCHED["denied"]), search(timing.SEARCHED["absent"])

    def asked(name: str) -> tuple[list[str], str]:
        with CaptureQueriesContext(connection) as queries:
            answer = search(timing.SEARCHED[name])
        said = TOKEN.sub("", answer.content.decode()).replace(timing.SEARCHED[name], "who")
        return [REF.sub("?", shape(query["sql"])) for query in queries.captured_queries], said

    (there, said), (nowhere, said_nowhere) = asked("denied"), asked("absent")
    assert there == nowhere and there
    assert said == said_nowhere

    everything = Findable.objects.all
    monkeypatch.setattr(visibility, "findables", lambda officer: everything())  # bent: a leak is planted
    spaces = list(Findable.objects.values_list("space", flat=True).distinct())
    monkeypatch.setattr(search_verbs, "_spaces", lambda officer: spaces)  # bent: a leak is planted
    assert asked("denied") != asked("absent"), "a search of the whole index would not be seen"
