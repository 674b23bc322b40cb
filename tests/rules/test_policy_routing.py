"""A question goes to who holds the subject, else by theme and territory, and among equals to who reads it."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle.policy.facts import ServiceFacts
from passerelle.policy.routing import WHY, Answerer, nobody_in_particular, rank_of, routes


def one(
    key: str, *, kind: str = "police", holds: bool = False, tasks: str = "", places: str = "", reads: str = "nl"
) -> Answerer:
    return Answerer(
        service=ServiceFacts(
            key=key, kind=kind, regime="law_enforcement", tasks=frozenset(tasks.split()),
            territories=frozenset(places.split()),
        ),
        holds=holds, reads=frozenset(reads.split()),
    )  # fmt: skip


def asked(*others: Answerer, themes: str = "drugs", territory: str = "zuid", language: str = "nl") -> list[str]:
    found = routes(others, asking="me", themes=frozenset(themes.split()), territory=territory, language=language)
    return [route.key for route in found]


HOLDS = one("a", holds=True)
BOTH = one("b", tasks="drugs fraud", places="zuid noord")
THEME, PLACE, NEITHER = one("c", tasks="drugs"), one("d", places="zuid"), one("e", tasks="fraud", places="noord")


def test_the_best_reason_comes_first_whatever_the_order() -> None:
    for order in itertools.permutations((HOLDS, BOTH, THEME, PLACE, NEITHER)):
        assert asked(*order) == ["a", "b", "c", "d"]
    assert [rank_of(who, frozenset({"drugs"}), "zuid") for who in (HOLDS, BOTH, THEME, PLACE, NEITHER)] == [
        0,
        1,
        2,
        3,
        4,
    ]


@pytest.mark.parametrize(("who", "why"), [(HOLDS, 0), (BOTH, 1), (THEME, 2), (PLACE, 3)])
def test_each_route_says_why_it_was_chosen(who: Answerer, why: int) -> None:
    (route,) = routes([who], asking="me", themes=frozenset({"drugs"}), territory="zuid", language="fr")
    assert str(route.because) == WHY[why] and not route.reads_it
    assert str(nobody_in_particular()) == WHY[-1]


def test_among_equals_who_reads_the_language_then_by_key() -> None:
    readers = [one(key, tasks="drugs", reads=reads) for key, reads in (("z", "nl fr"), ("y", "nl"), ("x", "fr"))]
    assert asked(*readers, language="nl") == ["y", "z", "x"]
    assert asked(*readers, language="fr") == ["x", "z", "y"]
    assert asked(one("f", holds=True, reads="de"), one("g", tasks="drugs")) == ["f", "g"], "who holds it knows more"


def test_neither_oneself_nor_the_exchange_is_asked_as_a_service() -> None:
    assert (
        asked(one("me", holds=True), one("n", kind="neutral_desk", holds=True), one("o", kind="oversight", holds=True))
        == []
    )


def test_no_territory_is_nobodys_territory() -> None:
    assert asked(one("d", places="zuid"), territory="", themes="") == []


@given(st.lists(st.sampled_from((HOLDS, BOTH, THEME, PLACE, NEITHER)), unique=True), st.booleans())
def test_one_more_service_never_changes_the_order_of_the_others(found: list[Answerer], more: bool) -> None:
    with_it = asked(*found, one("aa", holds=True)) if more else asked(*found)
    assert [key for key in with_it if key != "aa"] == asked(*found)
