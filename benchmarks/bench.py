"""What a measurement is given: the data, the peers if they are there, and how pairs are scored by each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from benchmarks.measures import OTHER, OURS, TUNED, Figures
from benchmarks.names_data import Pair
from benchmarks.peers import LOGIC, METAPHONE, STRINGS, Peers, person
from passerelle.names import compare

BAR = 0.7
HALVES = (TUNED, OTHER)


@dataclass
class Bench:
    """The data folder as given, and the peers or None."""

    data: str | None
    peers: Peers | None

    def note_missing(self, figures: Figures, columns: Iterable[str]) -> None:
        """Says which columns are left out when there are no peers, and which peer failed."""
        if self.peers is None:
            figures.missing.append(f"The peers' environment is not there (make peers): left out: {', '.join(columns)}.")
        else:
            figures.missing += self.peers.faults


def share(scores: Sequence[float], bar: float) -> float:
    """The share of the scores that reach the bar."""
    return sum(score >= bar for score in scores) / len(scores) if scores else 0.0


def bar_that_passes(scores: Sequence[float], let_pass: float) -> float:
    """The score above which no more than `let_pass` of these are."""
    ordered = sorted(scores, reverse=True)
    return ordered[int(len(ordered) * let_pass)] if ordered else BAR


def share_above(scores: Sequence[float], bar: float) -> float:
    """The share of the scores strictly above the bar."""
    return sum(score > bar for score in scores) / len(scores) if scores else 0.0


def f1(scores: Sequence[float], same: Sequence[bool], bar: float, missed: int = 0) -> float:
    """F1 at a bar; `missed` true pairs are counted that were never scored."""
    true = sum(score >= bar and one for score, one in zip(scores, same, strict=True))
    false = sum(score >= bar and not one for score, one in zip(scores, same, strict=True))
    lost = sum(score < bar and one for score, one in zip(scores, same, strict=True)) + missed
    return 2 * true / (2 * true + false + lost) if true else 0.0


def f1_best(scores: Sequence[float], same: Sequence[bool], missed: int = 0) -> tuple[float, float]:
    """The best F1 of any bar, and that bar."""
    ranked = sorted(zip(scores, same, strict=True), reverse=True)
    every = sum(same) + missed
    best, bar, true = 0.0, 1.0, 0
    for count, (score, one) in enumerate(ranked, 1):
        true += one
        if count < len(ranked) and ranked[count][0] == score:
            continue
        found = 2 * true / (count + every)
        if found > best:
            best, bar = found, score
    return best, bar


def score_names(bench: Bench, pairs: Sequence[Pair]) -> dict[str, list[float]]:
    """The score of each pair of names, ours and every peer's that takes names alone."""
    found = {OURS: [compare(pair.schema, pair.left, pair.right).score for pair in pairs]}
    if bench.peers is not None and pairs:
        entities = [(person(pair.left, pair.schema), person(pair.right, pair.schema)) for pair in pairs]
        found |= bench.peers.scores((LOGIC, *STRINGS, METAPHONE), entities)
    return found


def best_string(value: Callable[[str], float], known: Iterable[str]) -> str | None:
    """The string distance for which `value` is highest; metaphone has a column of its own."""
    there = [name for name in STRINGS if name in known]
    return max(there, key=value) if there else None
