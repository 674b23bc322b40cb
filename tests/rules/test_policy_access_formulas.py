"""Each ground of access is what its own head says in one formula: tried with every reader, act and thing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import product
from types import ModuleType
from typing import Any

import pytest

from passerelle.policy import access
from passerelle.policy.facts import ACTS, HANDLINGS, ROLES, THING_KINDS, ReaderFacts, ThingFacts

MINE, THEIRS = "zone-a", "zone-b"
SIDES = (frozenset({THEIRS}), frozenset({MINE, THEIRS}))
VARIED: dict[str, tuple[Any, ...]] = {
    "service": (MINE, THEIRS), "holder_service": (MINE, THEIRS), "handling": HANDLINGS, "delivered_to": SIDES,
    "delivered_whole_to": SIDES, "parties": SIDES, "sees_both": SIDES, "judged_by": SIDES, "discreet": (False, True),
    "live": (False, True), "filed_by": (None, "me", "other"), "assigned_to": (None, "me", "other"),
}  # fmt: skip
"""What each fact of a thing may be, seen by an officer `me` of the service MINE."""


def formula_of(ground: ModuleType) -> str:
    """The second paragraph of its head."""
    assert ground.__doc__ is not None
    return ground.__doc__.split("\n\n")[1]


def said(formula: str) -> Callable[[ReaderFacts, str, ThingFacts], bool]:
    """The formula as something that can be asked; a word in it that is none breaks."""
    words = {" AND ": " and ", " OR ": " or ", "NOT ": "not ", " IS not NULL": " is not None"}
    text = " ".join(formula.split())
    text = re.sub(r" IN \(([a-z_, ]+)\)", lambda some: f" in {set(some[1].split(', '))!r}", text)
    text = re.sub(r"(?<![.\w'])role(?![\w'])", "reader.role", text.replace(" IN ", " in "))
    text = re.sub(r"(?<![.\w'])(kind|handling|discreet)(?![\w'])", r"thing.\1", text)
    for word, other in (words | {"<>": "!=", " = ": " == "}).items():
        text = text.replace(word, other)
    code = compile(text, "formula", "eval")
    return lambda reader, act, thing: bool(eval(code, {"reader": reader, "act": act, "thing": thing}))


def things(formula: str) -> Iterator[ThingFacts]:
    """Every thing that differs in a fact that the formula names, of every kind."""
    named = [name for name in VARIED if re.search(rf"\b{name}\b", re.sub(r"'\w+'|reader\.\w+", "", formula))]
    for kind, *values in product(THING_KINDS, *(VARIED[name] for name in named)):
        yield ThingFacts(kind=kind, **dict(zip(named, values, strict=True)))


@pytest.mark.parametrize("ground", access.GROUNDS, ids=lambda ground: ground.NAME)
def test_a_ground_grants_what_its_formula_says_and_nothing_else(ground: ModuleType) -> None:
    formula = formula_of(ground)
    asked, granted = said(formula), 0
    kinds = ("police", "neutral_desk", "oversight") if "service_kind" in formula else ("police",)
    seats = product(ROLES, kinds)
    readers = [ReaderFacts(officer="me", service=MINE, role=role, service_kind=kind) for role, kind in seats]
    for thing in things(formula):
        for reader in readers:
            for act in ACTS:
                expected = asked(reader, act, thing)
                assert ground.grants(reader, act, thing) is expected, (reader, act, thing)
                granted += expected
    assert granted, "a ground that never grants is none"


def test_whose_filing_it_is_counts_only_where_somebody_filed_it_and_in_their_service() -> None:
    head = said(formula_of(next(ground for ground in access.GROUNDS if ground.NAME == "own_filing")))
    reader = ReaderFacts(officer="me", service=MINE, role="officer", service_kind="police")
    assert head(reader, "read_content", ThingFacts(kind="report", service=MINE, filed_by="me", handling="sealed"))
    assert not head(reader, "read_content", ThingFacts(kind="report", service=THEIRS, filed_by="me"))
