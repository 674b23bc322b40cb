"""Why a reader may not: exactly the single facts that would allow it, were they otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from passerelle.policy import access
from passerelle.policy import explain as explaining
from passerelle.policy.facts import ACTS, HANDLINGS, ROLES, ReaderFacts, ThingFacts

MINE, THEIRS = "zone-a", "zone-b"
Rule = Callable[[ReaderFacts, str, ThingFacts], bool]


def reader(**more: Any) -> ReaderFacts:
    return replace(ReaderFacts(officer="me", service=MINE, role="officer", service_kind="police"), **more)


def said(rule: Rule, thing: ThingFacts, who: ReaderFacts | None = None) -> list[str]:
    """What an explanation names when `rule` is all there is to access."""

    class Only:
        NAME, BECAUSE, grants = "only", "It is so.", staticmethod(rule)

    before = access.GROUNDS
    access.GROUNDS = (Only,)  # type: ignore[assignment]
    try:
        found = explaining.explain(who or reader(), "read", thing)
    finally:
        access.GROUNDS = before
    assert not found.allowed and found.ground is None and found.because == access.NO_GROUND and found.act == "read"
    return [str(one) for one in found.otherwise]


REPORT = ThingFacts(kind="report", service=THEIRS, handling="consent")
CASES: list[tuple[str, Rule, ThingFacts, list[str]]] = [
    ("a role", lambda who, act, thing: who.role == "head", REPORT, ["with the role “head”"]),
    ("a handling", lambda who, act, thing: thing.handling == "open", REPORT, ["if its handling were “open”"]),
    (
        "the owner", lambda who, act, thing: who.service == thing.service, REPORT,
        ["as an officer of zone-b, which owns it"],
    ),
    (
        "a delivery", lambda who, act, thing: who.service in thing.delivered_to, REPORT,
        ["if it had been delivered to zone-a"],
    ),
    (
        "holding it", lambda who, act, thing: thing.holder_service == who.service,
        ThingFacts(kind="duty", holder_service=THEIRS), ["if zone-a held it"],
    ),
    (
        "having it", lambda who, act, thing: thing.assigned_to == who.officer,
        ThingFacts(kind="duty", service=MINE, holder_service=MINE), ["if it were given to this officer"],
    ),
    (
        "having filed it", lambda who, act, thing: thing.filed_by == who.officer, replace(REPORT, filed_by="you"),
        ["if this officer had filed it"],
    ),
    (
        "not having decided it", lambda who, act, thing: thing.filed_by != who.officer, replace(REPORT, filed_by="me"),
        ["if another had decided it: nobody reviews their own decision"],
    ),
    ("its living", lambda who, act, thing: thing.live, replace(REPORT, live=False), ["if it had not ended"]),
    (
        "its openness", lambda who, act, thing: not thing.discreet, replace(REPORT, discreet=True),
        ["if the interest behind it were not discreet"],
    ),
    ("nothing", lambda who, act, thing: False, replace(REPORT, filed_by="you", live=False, discreet=True), []),
]  # fmt: skip


@pytest.mark.parametrize(("what", "rule", "thing", "expected"), CASES, ids=[case[0] for case in CASES])
def test_the_one_fact_that_would_change_the_answer_is_named_and_no_other(
    what: str, rule: Rule, thing: ThingFacts, expected: list[str]
) -> None:
    assert said(rule, thing) == expected, what


def test_what_is_so_already_is_never_named_as_if_it_could_be_otherwise() -> None:
    asked: list[tuple[ReaderFacts, ThingFacts]] = []

    def never(who: ReaderFacts, act: str, thing: ThingFacts) -> bool:
        asked.append((who, thing))
        return False

    own = ThingFacts(kind="report", service=MINE, handling="open", assigned_to="me")
    assert said(never, own) == []
    first, *others = asked
    assert first == (reader(), own) and (reader(), own) not in others, "the facts as they are were asked again"
    assert {who.role for who, _ in others} == set(ROLES)
    assert {thing.handling for _, thing in others} == set(HANDLINGS)
    assert len(others) == len(ROLES) - 1 + len(HANDLINGS) - 1, "its owner, its holder, its filing are as they must be"
    asked.clear()
    nobodys = ThingFacts(kind="report", handling="open", assigned_to="me", delivered_to=frozenset({"x"}))
    said(never, nobodys)
    assert all(thing.delivered_to == {"x"} and who.service == MINE for who, thing in asked), "it has no owner"
    asked.clear()
    delivered = replace(REPORT, delivered_to=frozenset({"x"}))
    said(never, delivered)
    assert frozenset({"x", MINE}) in {thing.delivered_to for _, thing in asked}


@pytest.mark.parametrize("kind", ["duty", "match", "withholding"])
def test_only_what_can_be_held_is_said_to_be_held(kind: str) -> None:
    def holds(who: ReaderFacts, act: str, thing: ThingFacts) -> bool:
        return thing.holder_service == who.service

    assert said(holds, ThingFacts(kind=kind)) == ["if zone-a held it"]
    assert said(holds, ThingFacts(kind="report")) == []


def test_what_is_allowed_says_its_ground_and_nothing_else() -> None:
    own = ThingFacts(kind="report", service=MINE)
    allowed = [explaining.explain(reader(role="desk"), act, own) for act in ACTS]
    for act, found in zip(ACTS, allowed, strict=True):
        verdict = access.may(reader(role="desk"), act, own)
        assert (found.act, found.allowed, found.ground, found.because) == (
            act, verdict.allowed, verdict.ground, verdict.because,
        )  # fmt: skip
        assert not (found.allowed and found.otherwise)
    assert any(found.allowed for found in allowed) and not all(found.allowed for found in allowed)
