"""The table of moves by itself: every duty can come to an end, and nothing happens to one that has."""

from __future__ import annotations

import pytest

from passerelle.duty import ENDED, KINDS, LIVE, MOVES, OWED_ANEW, STATES, IllegalMove, after, moves_from


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_duty_can_end_from_every_state_it_can_be_in(kind: str) -> None:
    def reached_from(start: str) -> set[str]:
        reached, frontier = set(), {start}
        while frontier:
            reached |= frontier
            frontier = {
                move.target or state
                for state in frontier for move in MOVES if kind in move.kinds and state in move.sources
            } - reached
        return reached

    for state in reached_from("open"):
        assert reached_from(state) & set(ENDED), f"a duty to {kind} that is {state} can never end"


def test_an_ended_duty_can_never_move_again() -> None:
    assert not {source for move in MOVES for source in move.sources} & set(ENDED)
    for kind in KINDS:
        for state in ENDED:
            assert moves_from(kind, state) == ()
            with pytest.raises(IllegalMove, match="It has ended; nothing can happen to it any more"):
                after(kind, state, "deliver")


def test_an_ended_telling_may_be_owed_anew_for_two_reasons_that_the_tables_and_the_ledger_name_alike() -> None:
    assert OWED_ANEW == ("recalled", "again")


def test_live_and_ended_are_all_the_states_there_are() -> None:
    assert set(LIVE) | set(ENDED) == set(STATES)
    assert not set(LIVE) & set(ENDED)
    assert {move.target for move in MOVES} - {""} <= set(STATES)
    assert {kind for move in MOVES for kind in move.kinds} <= set(KINDS)


def test_a_move_outside_the_table_is_refused_and_names_what_can_be_done() -> None:
    with pytest.raises(IllegalMove) as refused:
        after("acknowledge", "open", "withhold")
    assert refused.value.code == "duty.illegal_move"
    assert "cannot take the step “withhold”" in str(refused.value)
    assert "It can take: acknowledge, " in str(refused.value)


def test_a_withheld_duty_ends_only_by_its_review_or_with_what_it_rested_on() -> None:
    ends = {move.name for move in MOVES if "withheld" in move.sources and move.target in ENDED}
    assert ends == {"uphold", "overturn", "void", "fold", "lapse"}


WRITTEN = """
    deliver: pass_on: open held deferred -> done
    withhold: pass_on answer: open held deferred -> withheld
    uphold: pass_on answer: withheld -> upheld
    overturn: pass_on: withheld -> done
    reopen: answer: withheld -> open
    judge: judge: open held deferred -> done
    acknowledge: acknowledge: open held deferred -> done
    answer: answer request: open held deferred -> done
    review: review: open held deferred -> done
    correct: correct: open held deferred -> done
    ask_back: answer: open -> held
    hear: answer: held -> open
    bounce: answer judge: open -> stays
    hand_back: all: open -> stays
    hold: all: open -> held
    defer: all: open -> deferred
    order: all: open held deferred -> open
    resume: all: held deferred -> open
    escalate: all: open withheld -> stays
    remind: all: open withheld -> stays
    assign: all: open held deferred withheld -> stays
    learn: all: open held deferred withheld -> stays
    set_right: all: open held deferred -> stays
    mirror: pass_on answer: withheld -> stays
    void: all: open held deferred withheld -> void
    lapse: pass_on judge review: open held deferred withheld -> void
    recall: acknowledge: open held deferred -> void
    reopen: pass_on: withheld -> open
    withdraw: judge acknowledge review: open held deferred -> void
    fold: all: open held deferred withheld -> void
"""
"""The table as the protocol has it, written a second time: a change is made here too, by somebody who means it."""


def test_every_move_from_every_state_of_every_kind_is_as_written_and_there_is_no_other() -> None:
    written: dict[tuple[str, str, str], str] = {}
    for line in WRITTEN.strip().splitlines():
        name, kinds, moves = (part.strip() for part in line.split(":"))
        sources, target = (part.strip() for part in moves.split("->"))
        for kind in KINDS if kinds == "all" else kinds.split():
            for state in sources.split():
                written[kind, state, name] = state if target == "stays" else target
    names = {move.name for move in MOVES}
    for kind in ("pass_on", "judge", "acknowledge", "answer", "review", "correct"):
        for state in ("open", "held", "deferred", "withheld", "done", "upheld", "void"):
            here = {name for known, source, name in written if (known, source) == (kind, state)}
            assert set(moves_from(kind, state)) == here
            for name in names:
                if name in here:
                    assert after(kind, state, name) == written[kind, state, name]
                else:
                    with pytest.raises(IllegalMove):
                        after(kind, state, name)
    assert LIVE == ("open", "held", "deferred", "withheld") and ENDED == ("done", "upheld", "void")
