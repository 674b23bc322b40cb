"""No ground means no; each ground gives exactly the acts it names; and a refusal tells nothing about the thing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerelle.policy import access
from passerelle.policy.facts import ACTS, HANDLINGS, ROLES, THING_KINDS, ReaderFacts, ThingFacts, UnknownWord
from passerelle.words import Sentence

MINE, THEIRS, THIRD, NEUTRAL = "zone-a", "zone-b", "board-c", "neutral"
READ = {"list", "read", "read_content"}
SEE = READ | {"name_owner"}
DECIDE = {"file", "pass_on", "withhold", "answer", "hold", "correct"}
END = READ | {"judge", "acknowledge", "answer", "hold"}


def reader(role: str = "desk", service: str = MINE, kind: str = "police", officer: str = "me") -> ReaderFacts:
    return ReaderFacts(officer=officer, service=service, role=role, languages=frozenset({"nl"}), service_kind=kind)


def thing(kind: str, **more: Any) -> ThingFacts:
    sets = {key: frozenset(value) for key, value in more.items() if isinstance(value, set | list | tuple)}
    return ThingFacts(kind=kind, **{**more, **sets})


def acts(who: ReaderFacts, what: ThingFacts) -> set[str]:
    return {act for act in ACTS if access.may(who, act, what).allowed}


def by_role(officer: set[str], desk: set[str], leader: set[str]) -> dict[str, set[str]]:
    """What each role of a service may do; oversight always reads, an administrator never does."""
    return {
        "officer": officer,
        "desk": desk,
        "supervisor": leader,
        "head": leader,
        "oversight": SEE,
        "administrator": set(),
    }


NOBODY = by_role(set(), set(), set())
SITUATIONS: list[tuple[str, ThingFacts, dict[str, set[str]]]] = [
    (
        "an exception of the reader's own, that lasts",
        thing("grant", service=THEIRS, holder_service=MINE, assigned_to="me"),
        by_role(READ, READ, READ),
    ),
    (
        "an exception of the reader's own, that is over",
        thing("grant", service=THEIRS, holder_service=MINE, assigned_to="me", live=False),
        by_role({"list", "read"}, {"list", "read"}, {"list", "read"}),
    ),
    (
        "a colleague's exception on another service's report",
        thing("grant", service=THEIRS, holder_service=MINE, assigned_to="other"),
        by_role(set(), set(), {"list", "read"}),
    ),
    (
        "another's exception on a report of the reader's own service",
        thing("grant", service=MINE, holder_service=THEIRS, assigned_to="other"),
        by_role(set(), {"list", "read"}, {"list", "read", "end"}),
    ),
    (
        "the exception of one whose interest is discreet, on a report of the reader's own service",
        thing("grant", service=MINE, holder_service=THEIRS, assigned_to="other", discreet=True),
        NOBODY,
    ),
    (
        "an exception between two other services",
        thing("grant", service=THEIRS, holder_service=THIRD, assigned_to="other"),
        NOBODY,
    ),
    (
        "a question that the reader's service asked",
        thing("question", service=MINE, holder_service=THEIRS, parties={THEIRS}),
        by_role(SEE, SEE, SEE),
    ),
    (
        "a question that the reader's service is to answer",
        thing("question", service=THEIRS, holder_service=MINE, parties={MINE}),
        by_role(set(), SEE, SEE),
    ),
    (
        "a question that was given to the reader",
        thing("question", service=THEIRS, holder_service=MINE, assigned_to="me"),
        by_role(SEE, SEE, SEE),
    ),
    (
        "a question out of a discreet interest, that climbed above the reader's service",
        thing("question", service=THEIRS, holder_service=THIRD, parties={MINE}, discreet=True),
        by_role(set(), READ, READ),
    ),
    (
        "a question between two other services",
        thing("question", service=THEIRS, holder_service=THIRD, parties={THIRD}),
        NOBODY,
    ),
    (
        "what the head of the reader's service signed for lack of people",
        thing("overload", service=MINE, holder_service=THEIRS, filed_by="other"),
        by_role({"list", "read"}, {"list", "read"}, {"list", "read"}),
    ),
    (
        "an overload that the reader signed",
        thing("overload", service=THEIRS, holder_service=MINE, filed_by="me"),
        NOBODY,
    ),
    (
        "an open report of the reader's own service",
        thing("report", service=MINE),
        by_role(SEE | {"file"}, SEE | DECIDE, SEE | DECIDE | {"reassign", "grant", "erase"}),
    ),
    (
        "a sealed report of the reader's own service, filed by another",
        thing("report", service=MINE, handling="sealed", filed_by="other"),
        by_role(set(), SEE | DECIDE | {"review"}, SEE | DECIDE | {"reassign", "review", "grant", "erase"}),
    ),
    (
        "a sealed report that the reader filed",
        thing("report", service=MINE, handling="sealed", filed_by="me"),
        by_role(SEE | {"file", "correct"}, SEE | DECIDE, SEE | DECIDE | {"reassign", "grant", "erase"}),
    ),
    (
        "a report of another service that the reader filed before changing service",
        thing("report", service=THEIRS, filed_by="me"),
        NOBODY,
    ),
    ("a report of another service", thing("report", service=THEIRS, filed_by="other"), NOBODY),
    ("a dossier of another service", thing("dossier", service=THEIRS, parties={MINE, THEIRS}), NOBODY),
    ("a thing of no service", thing("subject"), NOBODY),
    (
        "a report that came as a pointer or an extract",
        thing("report", service=THEIRS, delivered_to={MINE}),
        by_role({"list", "read", "name_owner"}, {"list", "read", "name_owner"}, {"list", "read", "name_owner"}),
    ),
    (
        "a report that came whole",
        thing("report", service=THEIRS, delivered_to={MINE}, delivered_whole_to={MINE}),
        by_role(SEE, SEE, SEE),
    ),
    (
        "a report that came whole to others",
        thing("report", service=THEIRS, delivered_to={THIRD}, delivered_whole_to={THIRD}),
        NOBODY,
    ),
    (
        "a delivery to the reader's service",
        thing("delivery", service=THEIRS, delivered_to={MINE}),
        by_role(SEE, SEE | {"acknowledge"}, SEE | {"acknowledge"}),
    ),
    (
        "a delivery by the reader's service",
        thing("delivery", service=MINE, delivered_to={THEIRS}),
        by_role(SEE | {"file"}, SEE | DECIDE | {"recall"}, SEE | DECIDE | {"reassign", "recall"}),
    ),
    (
        "a delivery by the reader's service to one with a discreet interest",
        thing("delivery", service=MINE, delivered_to={THEIRS}, discreet=True),
        by_role(READ | {"file"}, READ | DECIDE | {"recall"}, READ | DECIDE | {"reassign", "recall"}),
    ),
    (
        "a match of which the reader's desk may see both sides",
        thing("match", parties={MINE, THEIRS}, sees_both={MINE}),
        by_role(set(), SEE | {"judge"}, SEE | {"judge"}),
    ),
    (
        "a match that the reader's desk was given to judge",
        thing("match", parties={MINE, THEIRS}, holder_service=MINE, discreet=True),
        by_role(set(), READ | {"judge"}, READ | {"judge"}),
    ),
    (
        "a match judged by a colleague",
        thing("match", parties={MINE, THEIRS}, sees_both={MINE}, filed_by="other"),
        by_role(set(), SEE | {"judge", "review"}, SEE | {"judge", "review"}),
    ),
    (
        "a match of which only the other side's desk may see both sides",
        thing("match", parties={MINE, THEIRS}, sees_both={THEIRS}, holder_service=THEIRS, filed_by="other"),
        NOBODY,
    ),
    (
        "a match that led to a delivery here",
        thing("match", parties={MINE, THEIRS}, delivered_to={MINE}, delivered_whole_to={MINE}),
        by_role({"list", "read", "name_owner"}, {"list", "read", "name_owner"}, {"list", "read", "name_owner"}),
    ),
    ("a match between two others", thing("match", parties={THEIRS, THIRD}, sees_both={MINE}), NOBODY),
    (
        "a duty of the reader's service that its desk holds",
        thing("duty", service=MINE, holder_service=MINE, parties={MINE, THEIRS}),
        by_role(SEE | {"file"}, SEE | DECIDE | END, SEE | DECIDE | END | {"reassign"}),
    ),
    (
        "a duty that climbed to the neutral desk",
        thing("duty", service=MINE, holder_service=NEUTRAL, parties={MINE, THEIRS}),
        by_role(SEE | {"file"}, SEE | DECIDE | END, SEE | DECIDE | END | {"reassign"}),
    ),
    (
        "a duty of another service that the reader's desk holds, behind which stands a discreet interest",
        thing("duty", service=THEIRS, holder_service=MINE, discreet=True),
        by_role(set(), END, END | {"reassign"}),
    ),
    (
        "a duty assigned to the reader",
        thing("duty", service=THEIRS, holder_service=MINE, assigned_to="me"),
        by_role(END | {"name_owner"}, END | {"name_owner"}, END | {"name_owner", "reassign"}),
    ),
    (
        "a duty to correct what the reader's service was told",
        thing("duty", service=THEIRS, holder_service=MINE, delivered_to={MINE}),
        by_role(set(), END | {"name_owner", "correct"}, END | {"name_owner", "correct", "reassign"}),
    ),
    (
        "a duty of another service that the reader's was told to wait for",
        thing("duty", service=THEIRS, holder_service=THEIRS, parties={MINE, THEIRS}, delivered_to={MINE}),
        by_role(set(), {"list", "read"}, {"list", "read"}),
    ),
    (
        "a duty of another service that the reader's was told nothing of",
        thing("duty", service=THEIRS, holder_service=THEIRS, parties={MINE, THEIRS}),
        NOBODY,
    ),
    (
        "a duty about what is sealed",
        thing("duty", service=THEIRS, handling="sealed", parties={MINE, THEIRS}, delivered_to={MINE}),
        NOBODY,
    ),
    (
        "a withholding decided by a colleague",
        thing("withholding", service=MINE, filed_by="other"),
        by_role(SEE | {"file"}, SEE | DECIDE | {"review"}, SEE | DECIDE | {"review", "reassign"}),
    ),
    (
        "a withholding that the reader decided",
        thing("withholding", service=MINE, filed_by="me"),
        by_role(SEE | {"file"}, SEE | DECIDE, SEE | DECIDE | {"reassign"}),
    ),
    (
        "a withholding by nobody knows whom",
        thing("withholding", service=MINE),
        by_role(SEE | {"file"}, SEE | DECIDE, SEE | DECIDE | {"reassign"}),
    ),
    (
        "a withholding of another service whose review stands with the reader's desk",
        thing("withholding", service=THEIRS, holder_service=MINE, filed_by="other"),
        by_role(set(), READ | {"review"}, READ | {"review"}),
    ),
    (
        "an interest of the reader's own service, discreet",
        thing("interest", service=MINE, discreet=True),
        by_role(SEE | {"file"}, SEE | DECIDE, SEE | DECIDE | {"reassign"}),
    ),
    (
        "a person's request that the reader's service answers",
        thing("request", service=MINE, parties={MINE}),
        by_role(set(), READ | {"answer"}, READ | {"answer"}),
    ),
    (
        "a person's request that the reader's service recorded, and another answers",
        thing("request", service=THEIRS, parties={MINE}),
        by_role(set(), {"list", "read"}, {"list", "read"}),
    ),
    ("a person's request to another service", thing("request", service=THEIRS, parties={THEIRS}), NOBODY),
    (
        "a discreet interest of another service",
        thing("interest", service=THEIRS, discreet=True, parties={MINE, THEIRS}, delivered_to={MINE}),
        NOBODY,
    ),
]


def expected(what: ThingFacts, role: str, table: dict[str, set[str]]) -> set[str]:
    ordering = {"order_decision"} if role == "oversight" and what.kind in ("duty", "withholding") else set()
    return table[role] | ordering


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("said", "what", "table"), SITUATIONS, ids=[said for said, _, _ in SITUATIONS])
def test_in_each_situation_each_role_may_do_exactly_what_the_table_says(
    said: str, what: ThingFacts, table: dict[str, set[str]], role: str
) -> None:
    assert acts(reader(role), what) == expected(what, role, table), said


def test_the_neutral_desk_judges_what_it_was_given_and_hands_back_what_nobody_decided() -> None:
    desk = reader("desk", NEUTRAL, "neutral_desk")
    given = thing("match", parties={MINE, THEIRS}, holder_service=NEUTRAL, discreet=True)
    assert acts(desk, given) == READ | {"judge"}
    assert acts(desk, replace(given, holder_service=MINE)) == set()
    assert acts(reader("officer", NEUTRAL, "neutral_desk"), given) == set()
    assert acts(desk, replace(given, filed_by="other")) == READ | {"judge", "review"}
    judged = thing("match", parties={MINE, THEIRS}, judged_by={NEUTRAL}, discreet=True)
    assert acts(desk, judged) == READ | {"judge"}, "so that it can be taken back"
    assert acts(reader("desk", MINE, "police"), replace(judged, judged_by=frozenset({MINE}))) == set()
    climbed = thing("duty", service=MINE, holder_service=NEUTRAL, discreet=True)
    assert acts(desk, climbed) == END | {"reassign"}
    assert acts(desk, thing("report", service=MINE)) == set()
    assert acts(reader("desk", MINE, "police"), given) == set()


def test_neither_a_rung_above_nor_the_neutral_desk_passes_on_or_withholds_what_another_owns() -> None:
    for kind, service in (("neutral_desk", NEUTRAL), ("police", THEIRS)):
        for role in ("desk", "supervisor", "head"):
            climbed = thing("duty", service=MINE, holder_service=service)
            assert not acts(reader(role, service, kind), climbed) & {"pass_on", "withhold", "correct"}


def test_oversight_reads_everything_and_orders_but_decides_nothing() -> None:
    seat = reader("oversight", "oversight", "oversight")
    for kind in THING_KINDS:
        for handling in HANDLINGS:
            allowed = acts(seat, thing(kind, service=THEIRS, handling=handling, discreet=True, filed_by="other"))
            more = {"duty": {"order_decision"}, "withholding": {"order_decision"}, "ledger": {"export_ledger"}}
            assert allowed == SEE | more.get(kind, set()), kind


def test_oversight_answers_a_person_only_where_it_holds_the_request() -> None:
    seat = reader("oversight", "oversight", "oversight")
    assert acts(seat, thing("request", service="oversight", parties={MINE})) == SEE | {"answer"}
    assert acts(seat, thing("request", service=MINE, parties={MINE})) == SEE


def test_only_oversight_sees_or_exports_the_ledger() -> None:
    for role in ROLES:
        assert bool(acts(reader(role), thing("ledger", service=MINE))) == (role == "oversight")


def test_an_administrator_manages_their_own_service_and_its_officers_and_never_sees_content() -> None:
    own = reader("administrator")
    of_the_exchange = reader("administrator", NEUTRAL, "neutral_desk")
    for kind, also in (("service", set()), ("officer", {"send_away"})):
        assert acts(own, thing(kind, service=MINE)) == {"list", "read", "manage"} | also
        assert "manage" not in acts(own, thing(kind, service=THEIRS))
        assert acts(of_the_exchange, thing(kind, service=THEIRS)) == {"list", "read", "manage"} | also
        for role in set(ROLES) - {"administrator"}:
            assert "manage" not in acts(reader(role), thing(kind, service=MINE))
    for kind in set(THING_KINDS) - {"service", "officer"}:
        everything = thing(
            kind, service=MINE, delivered_to={MINE}, delivered_whole_to={MINE}, holder_service=MINE, parties={MINE},
            sees_both={MINE}, filed_by="me", assigned_to="me",
        )  # fmt: skip
        assert acts(own, everything) == set(), kind


def test_everybody_knows_which_services_take_part_and_only_their_own_colleagues() -> None:
    for role in set(ROLES) - {"administrator", "oversight"}:
        assert acts(reader(role), thing("service", service=THEIRS)) == {"list", "read"}
        leads = {"send_away"} if role in ("supervisor", "head") else set()
        assert acts(reader(role), thing("officer", service=MINE)) == {"list", "read"} | leads
        assert "send_away" in acts(reader(role), thing("officer", service=MINE, assigned_to="me"))
        assert acts(reader(role), thing("officer", service=THEIRS)) == set()


def test_an_overload_is_reviewed_by_who_holds_its_review_and_never_by_who_signed() -> None:
    held = thing("overload", service=THEIRS, holder_service=MINE, filed_by="other")
    for role in ("desk", "supervisor", "head"):
        assert acts(reader(role), held) == {"list", "read", "review"}
    assert "review" in acts(reader("oversight"), held)
    assert acts(reader("officer"), held) == acts(reader("administrator"), held) == set()
    assert "review" not in acts(reader("oversight"), replace(held, filed_by="me"))
    assert "review" not in acts(reader("oversight"), replace(held, holder_service=THEIRS))


def test_a_verdict_names_its_ground_and_says_it_in_a_sentence() -> None:
    verdict = access.may(reader(), "read_content", thing("report", service=MINE))
    assert (verdict.allowed, verdict.ground, str(verdict.because)) == (
        True, "own_service", "It belongs to your own service."
    )  # fmt: skip
    names = [ground.NAME for ground in access.GROUNDS]
    assert len(set(names)) == len(names) == 16
    for ground in access.GROUNDS:
        assert ground.__name__.rpartition(".")[2] == ground.NAME
        assert " IN (" in (ground.__doc__ or ""), f"{ground.NAME} does not say its expression for the SQL"


@pytest.mark.parametrize(
    ("who", "act", "what", "why"),
    [
        (reader(), "peek", thing("report"), "“peek” is no act"),
        (reader("chief"), "read", thing("report"), "“chief” is no role"),
        (reader(kind="army"), "read", thing("report"), "“army” is no kind of service"),
        (reader(), "read", thing("secret"), "“secret” is no kind of thing"),
    ],
)
def test_a_word_outside_its_closed_list_is_a_slip_and_not_an_answer(
    who: ReaderFacts, act: str, what: ThingFacts, why: str
) -> None:
    with pytest.raises(UnknownWord, match=why):
        access.may(who, act, what)


# --- Properties ------------------------------------------------------------------------------------------------------

KEYS = (MINE, THEIRS, THIRD, NEUTRAL)
services = st.sampled_from(KEYS)
some = st.frozensets(services, max_size=3)
readers = st.builds(
    reader, st.sampled_from(ROLES), services, st.sampled_from(["police", "youth_care", "neutral_desk", "oversight"])
)
things = st.builds(
    ThingFacts,
    kind=st.sampled_from(THING_KINDS),
    service=st.none() | services,
    handling=st.sampled_from(HANDLINGS),
    delivered_to=some,
    delivered_whole_to=some,
    holder_service=st.none() | services,
    parties=some,
    sees_both=some,
    discreet=st.booleans(),
    filed_by=st.none() | st.sampled_from(["me", "other"]),
    assigned_to=st.none() | st.sampled_from(["me", "other"]),
)
any_act = st.sampled_from(ACTS)
MANY = settings(max_examples=300)


@MANY
@given(readers, any_act, things)
def test_no_ground_means_no_and_the_refusal_is_the_same_bytes_whatever_was_asked_for(
    who: ReaderFacts, act: str, what: ThingFacts
) -> None:
    verdict = access.may(who, act, what)
    grounds = [ground.NAME for ground in access.GROUNDS if ground.grants(who, act, what)]
    assert verdict.allowed == bool(grounds)
    assert verdict.ground == (grounds[0] if grounds else None)
    if not verdict.allowed:
        assert verdict.because == Sentence("There is nothing here that you may see or do.")
        assert verdict == access.DENIED


@MANY
@given(readers, any_act, things)
def test_stricter_handling_never_allows_more(who: ReaderFacts, act: str, what: ThingFacts) -> None:
    allowed = [access.may(who, act, replace(what, handling=handling)).allowed for handling in HANDLINGS]
    assert allowed == sorted(allowed, reverse=True)


@MANY
@given(readers, any_act, things)
def test_discretion_never_allows_more(who: ReaderFacts, act: str, what: ThingFacts) -> None:
    discreet = access.may(who, act, replace(what, discreet=True)).allowed
    assert discreet <= access.may(who, act, replace(what, discreet=False)).allowed


@MANY
@given(readers, things)
def test_whose_discreet_interest_it_is_nobody_learns_but_its_own_service_and_oversight(
    who: ReaderFacts, what: ThingFacts
) -> None:
    what = replace(what, discreet=True)
    told = access.may(who, "name_owner", what).allowed
    assert not told or who.role == "oversight" or (what.kind == "interest" and what.service == who.service)
    if what.kind == "interest" and what.service != who.service and who.role != "oversight":
        assert acts(who, what) == set()


@MANY
@given(readers, things)
def test_nobody_reviews_their_own_decision_nor_one_that_nobody_is_known_to_have_taken(
    who: ReaderFacts, what: ThingFacts
) -> None:
    if access.may(who, "review", what).allowed:
        assert what.filed_by not in (None, who.officer)


@MANY
@given(readers, things)
def test_whoever_may_read_content_may_also_know_that_it_is_there(who: ReaderFacts, what: ThingFacts) -> None:
    if access.may(who, "read_content", what).allowed:
        assert access.may(who, "read", what).allowed
    assert access.may(who, "read", what).allowed == access.may(who, "list", what).allowed


@MANY
@given(readers, any_act, things)
def test_a_service_that_stands_in_no_fact_of_a_thing_may_do_nothing_with_it(
    who: ReaderFacts, act: str, what: ThingFacts
) -> None:
    def without(keys: frozenset[str]) -> frozenset[str]:
        return keys - {who.service}

    strange = replace(
        what,
        service=None if what.service == who.service else what.service,
        holder_service=None if what.holder_service == who.service else what.holder_service,
        delivered_to=without(what.delivered_to),
        delivered_whole_to=without(what.delivered_whole_to),
        parties=without(what.parties),
        sees_both=without(what.sees_both),
    )
    open_to_all = strange.kind == "service" and act in ("list", "read")
    exchange = (
        who.role == "administrator" and who.service_kind == "neutral_desk" and strange.kind in ("service", "officer")
    )
    if who.role != "oversight" and not open_to_all and not exchange:
        assert not access.may(who, act, strange).allowed


@MANY
@given(readers, any_act, things, st.sampled_from(["delivered_to", "delivered_whole_to", "parties", "sees_both"]))
def test_being_told_more_never_takes_anything_away(who: ReaderFacts, act: str, what: ThingFacts, fact: str) -> None:
    before = access.may(who, act, what).allowed
    changes: dict[str, Any] = {fact: getattr(what, fact) | {who.service}}
    assert before <= access.may(who, act, replace(what, **changes)).allowed
