"""What a comparison of two values says: how alike they are, and why."""

from __future__ import annotations

from dataclasses import dataclass

from passerelle.words import Sentence


@dataclass(frozen=True, slots=True)
class Comparison:
    """How alike two values are, from 0 (nothing speaks for it) to 1 (the same), with the reasons for and against.

    0.7 is the bar above which two values are at least *possibly* the same.
    """

    score: float
    reasons: tuple[Sentence, ...] = ()

    def __post_init__(self) -> None:
        assert 0.0 <= self.score <= 1.0, f"a score stands between 0 and 1, not at {self.score}"

    @property
    def because(self) -> tuple[str, ...]:
        """The reasons as English sentences."""
        return tuple(str(reason) for reason in self.reasons)
