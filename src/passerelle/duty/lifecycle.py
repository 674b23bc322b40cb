"""The one table of what can happen to a duty; nothing else can.

The database's check constraint, the diagram in `docs/duty.md` and the buttons on the pages come from this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from passerelle.errors import Refused
from passerelle.words import noop, sentence

Kind = Literal["pass_on", "judge", "acknowledge", "answer", "review", "correct", "request"]
State = Literal["open", "held", "deferred", "withheld", "done", "upheld", "void"]

KINDS: dict[str, str] = {
    "pass_on": noop("Pass on"),
    "judge": noop("Judge a match"),
    "acknowledge": noop("Acknowledge"),
    "answer": noop("Answer a question"),
    "review": noop("Review a decision"),
    "correct": noop("Correct"),
    "request": noop("Answer a person's request"),
}
"""What a desk may owe, with the words the pages use."""

STATES: dict[str, str] = {
    "open": noop("open"),
    "held": noop("on hold"),
    "deferred": noop("deferred"),
    "withheld": noop("withheld, to be reviewed"),
    "done": noop("done"),
    "upheld": noop("withholding upheld"),
    "void": noop("void"),
}
LIVE: tuple[str, ...] = ("open", "held", "deferred", "withheld")
"""States in which a duty has a holder, a due time and a next event."""
ENDED: tuple[str, ...] = ("done", "upheld", "void")
OWED_ANEW: tuple[str, ...] = ("recalled", "again")
"""Outcomes of a duty to pass on that has ended, and has since been owed anew by another: what was told was recalled, or
the answer would differ now."""

_ANY = tuple(KINDS)
_UNPAUSED = ("open",)
_UNDECIDED = ("open", "held", "deferred")


@dataclass(frozen=True, slots=True)
class Move:
    """One line of the table: `name` takes a duty of one of `kinds` from one of `sources` to `target`."""

    name: str
    kinds: tuple[str, ...]
    sources: tuple[str, ...]
    target: str
    says: str


MOVES: tuple[Move, ...] = (
    Move("deliver", ("pass_on",), _UNDECIDED, "done", noop("It was passed on.")),
    Move("withhold", ("pass_on", "answer"), _UNDECIDED, "withheld", noop("It was withheld; a second person reviews.")),
    Move("uphold", ("pass_on", "answer"), ("withheld",), "upheld", noop("A second person upheld the withholding.")),
    Move("overturn", ("pass_on",), ("withheld",), "done", noop("A second person overturned; it was passed on.")),
    Move(
        "reopen", ("answer",), ("withheld",), "open",
        noop("A second person overturned; the question is to be answered."),
    ),
    Move("judge", ("judge",), _UNDECIDED, "done", noop("The match was judged.")),
    Move("acknowledge", ("acknowledge",), _UNDECIDED, "done", noop("The recipient has got it and said what was done.")),
    Move("answer", ("answer", "request"), _UNDECIDED, "done", noop("The question was answered.")),
    Move("review", ("review",), _UNDECIDED, "done", noop("The decision was reviewed.")),
    Move("correct", ("correct",), _UNDECIDED, "done", noop("The correction was carried out.")),
    Move("ask_back", ("answer",), _UNPAUSED, "held", noop("A question was asked back; it waits for that answer.")),
    Move("hear", ("answer",), ("held",), "open", noop("The question that was asked back was answered.")),
    Move("bounce", ("answer", "judge"), _UNPAUSED, "", noop("“Not ours, but theirs”: it was passed on.")),
    Move("hand_back", _ANY, _UNPAUSED, "", noop("The neutral desk handed it back to the service that owes it.")),
    Move("hold", _ANY, _UNPAUSED, "held", noop("It was put on hold until a date.")),
    Move("defer", _ANY, _UNPAUSED, "deferred", noop("It was deferred, signed, until a date.")),
    Move("order", _ANY, _UNDECIDED, "open", noop("Oversight ordered a decision.")),
    Move("resume", _ANY, ("held", "deferred"), "open", noop("The pause ended.")),
    Move("escalate", _ANY, ("open", "withheld"), "", noop("It was late and climbed one rung.")),
    Move("remind", _ANY, ("open", "withheld"), "", noop("At the top of the ladder it was told again.")),
    Move("assign", _ANY, LIVE, "", noop("It was given to an officer, or back to the desk.")),
    Move("learn", _ANY, LIVE, "", noop("Another match or interest calls for the same.")),
    Move("set_right", _ANY, ("open", "held", "deferred"), "", noop("A false jump of the clock was taken back.")),
    Move("mirror", ("pass_on", "answer"), ("withheld",), "", noop("Its review moved.")),
    Move("void", _ANY, LIVE, "void", noop("What it rested on was ruled different by two persons.")),
    Move(
        "lapse", ("pass_on", "judge", "review"), LIVE, "void",
        noop("Nothing calls for this telling any more: the match was parted or the interest has ended."),
    ),
    Move("recall", ("acknowledge",), _UNDECIDED, "void", noop("What was passed on was recalled.")),
    Move(
        "reopen", ("pass_on",), ("withheld",), "open",
        noop("A second person overturned; it is passed on as soon as its match has been judged."),
    ),
    Move(
        "withdraw", ("judge", "acknowledge", "review"), _UNDECIDED, "void",
        noop("The report it is about was withdrawn or erased by its service."),
    ),
    Move("fold", _ANY, LIVE, "void", noop("Another duty tells the same.")),
)  # fmt: skip
"""An empty target means: the state stays, only the holder, the clock or the reasons change."""


class IllegalMove(Refused):
    """A move that the table does not have from that state, or for that kind."""

    code = "duty.illegal_move"


def after(kind: str, state: str, move: str) -> str:
    """The state of a duty of `kind` in `state` after `move`.

    Raises IllegalMove, naming what can be done instead; nothing is changed by asking.
    """
    for line in MOVES:
        if line.name == move and kind in line.kinds and state in line.sources:
            return line.target or state
    possible = ", ".join(moves_from(kind, state))
    raise IllegalMove(
        sentence(
            "A duty to {kind} that is {state} cannot take the step “{move}”.",
            kind=sentence(KINDS.get(kind, kind)), state=sentence(STATES.get(state, state)), move=move,
        ),
        way_out=sentence("It can take: {possible}.", possible=possible)
        if possible
        else sentence("It has ended; nothing can happen to it any more."),
    )


def moves_from(kind: str, state: str) -> tuple[str, ...]:
    """The names of all moves that a duty of `kind` in `state` can take; empty for an ended duty."""
    return tuple(line.name for line in MOVES if kind in line.kinds and state in line.sources)
