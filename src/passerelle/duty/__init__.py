"""The life of a duty: its kinds, its states, and the one table of moves."""

from passerelle.duty.lifecycle import (
    ENDED,
    KINDS,
    LIVE,
    MOVES,
    OWED_ANEW,
    STATES,
    IllegalMove,
    Kind,
    Move,
    State,
    after,
    moves_from,
)

__all__ = [
    "ENDED", "KINDS", "LIVE", "MOVES", "OWED_ANEW", "STATES", "IllegalMove", "Kind", "Move", "State", "after",
    "moves_from",
]  # fmt: skip
