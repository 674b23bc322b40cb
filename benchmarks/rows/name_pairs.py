"""Rows on pairs of names: the peer's own, one person across languages and scripts, and names borne in Belgium."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchmarks import names_data
from benchmarks.bench import (
    BAR,
    HALVES,
    Bench,
    bar_that_passes,
    best_string,
    f1,
    f1_best,
    score_names,
    share,
    share_above,
)
from benchmarks.measures import OURS, Figures
from benchmarks.names_data import Pair
from benchmarks.peers import LOGIC, METAPHONE

SCRIPTS = {"arabic": "؀ۿ", "hebrew": "֐׿", "cyrillic": "ЀӿԀԯ", "chinese": "一鿿"}

Scores = dict[str, list[float]]
Told = dict[str, tuple[float, int]]
"""Figures of one method by measure: the value, and of how many cases."""


def figures(bench: Bench, key: str) -> Figures:
    """All figures of one of the rows here, by half, of us and of the peers."""
    found = Figures()
    tell = {
        "nomenklatura_names": nomenklatura, "people": people, "own_script": own_script, "belgium": belgium,
    }[key]  # fmt: skip
    path = names_data.folder(bench.data)
    for which, half in enumerate(HALVES):
        hard = names_data.negatives(path, which)
        pairs, told, leading = tell([] if key == "nomenklatura_names" else hard, path, which)
        scores = score_names(bench, pairs)
        methods = {name: told(given) for name, given in scores.items()}
        leads = {name: of[leading][0] for name, of in methods.items()}
        strings = best_string(leads.__getitem__, scores)
        columns = {OURS: OURS, "logic-v2": LOGIC, "string distance": strings, "metaphone": METAPHONE}
        for column, name in columns.items():
            for measure, (value, cases) in methods.get(name or "", {}).items():
                found.put(measure, column, half, value, cases, (name or "") if column == "string distance" else "")
    bench.note_missing(found, ("logic-v2", "string distance", "metaphone"))
    return found


Telling = tuple[Sequence[Pair], Callable[[list[float]], Told], str]
"""The pairs to score, what their scores tell, and the measure that chooses the best string distance."""


def nomenklatura(_: list[Pair], path: names_data.Path, which: int) -> Telling:
    """F1 on the peer's own pairs, of every schema."""
    pairs = names_data.nomenklatura(path, which)
    same = [pair.same for pair in pairs]

    def told(scores: list[float]) -> Told:
        return {"f1": (f1(scores, same, BAR), len(pairs)), "f1_best": (f1_best(scores, same)[0], len(pairs))}

    return pairs, told, "f1_best"


def people(hard: list[Pair], path: names_data.Path, which: int) -> Telling:
    """Latin spellings that differ, and the hard negatives."""
    true, _ = names_data.people(path, which)

    def told(scores: list[float]) -> Told:
        found, against = scores[: len(true)], scores[len(true) :]
        return {
            "recall": (share(found, BAR), len(found)),
            "false": (share(against, BAR), len(against)),
            "tenth": (share_above(found, bar_that_passes(against, 0.1)), len(found)),
        }

    return [*true, *hard], told, "tenth"


def own_script(hard: list[Pair], path: names_data.Path, which: int) -> Telling:
    """A Latin spelling with the person's own script, all and by script."""
    _, true = names_data.people(path, which)
    spots = {
        name: [at for at, pair in enumerate(true) if any(span[0] <= sign <= span[1] for sign in pair.right)]
        for name, span in SCRIPTS.items()
    }

    def told(scores: list[float]) -> Told:
        found, against = scores[: len(true)], scores[len(true) :]
        by_script = {name: (share([found[at] for at in spot], BAR), len(spot)) for name, spot in spots.items()}
        return {
            "recall": (share(found, BAR), len(found)),
            **by_script,
            "tenth": (share_above(found, bar_that_passes(against, 0.1)), len(found)),
        }

    return [*true, *hard], told, "tenth"


def belgium(hard: list[Pair], path: names_data.Path, which: int) -> Telling:
    """Full names whose parts are both spelled differently, in Latin letters or against Arabic."""
    latin, arabic = names_data.belgium(path, which)
    true = [*latin, *arabic]

    def told(scores: list[float]) -> Told:
        found, against = scores[: len(true)], scores[len(true) :]
        return {
            "recall": (share(found, BAR), len(found)),
            "arabic": (share(found[len(latin) :], BAR), len(arabic)),
            "tenth": (share_above(found, bar_that_passes(against, 0.1)), len(found)),
        }

    return [*true, *hard], told, "tenth"
