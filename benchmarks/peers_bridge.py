"""Runs the peers in their own interpreter: one job as JSON on standard input, scores and seconds as JSON on the output.

It imports nothing of ours. A job is `{"do": …, "scorers": […], …}`:

- `pairs`: `pairs` of entities; answers one list of scores for each scorer.
- `ranks`: `corpus` and `queries` of entities; answers for each query `[place in the corpus, score]`, best first.
- `rates`: `pairs` of names; answers pairs scored in a second of the processor.

An entity is `{"schema": …, "properties": {"name": […], …}}`. nomenklatura caches names by the entity's id: each entity
gets an id of its own each time it is compared. Seconds are of this process's processor time.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import itertools
import json
import logging
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

STRINGS = ("jaro-winkler", "token-sort", "token-set", "levenshtein", "metaphone")
MODELS = ("logic-v2", "er-unstable")
PACKAGES = ("nomenklatura", "followthemoney", "rigour", "splink", "duckdb", "rapidfuzz", "doublemetaphone")

_numbers = itertools.count()


def versions() -> dict[str, str]:
    """The packages of this environment that are measured, each with its version."""
    found = {}
    for name in PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def names_of(entity: dict[str, Any]) -> list[str]:
    """All names of an entity, strong and weak."""
    given = entity["properties"]
    return [name for kind in ("name", "alias", "previousName", "weakAlias") for name in given.get(kind, ())]


def plain(name: str) -> str:
    """Latin letters without marks (by ICU), small, without signs: string distances get this much help."""
    from normality import latinize_text

    text = latinize_text(name, ascii=True) or ""
    return " ".join("".join(sign if sign.isalnum() else " " for sign in text.lower()).split())


def codes(text: str) -> str:
    """The double metaphone of each word, in the order of the alphabet."""
    from doublemetaphone import doublemetaphone

    return " ".join(sorted(doublemetaphone(word)[0] or word for word in text.split()))


def string_scorer(name: str) -> tuple[Any, float]:
    """rapidfuzz's function, and what its score is divided by."""
    from rapidfuzz import fuzz
    from rapidfuzz.distance import JaroWinkler, Levenshtein

    return {
        "jaro-winkler": (JaroWinkler.normalized_similarity, 1.0),
        "token-sort": (fuzz.token_sort_ratio, 100.0),
        "token-set": (fuzz.token_set_ratio, 100.0),
        "levenshtein": (Levenshtein.normalized_similarity, 1.0),
        "metaphone": (Levenshtein.normalized_similarity, 1.0),
    }[name]


def proxy(entity: dict[str, Any]) -> Any:
    """A FollowTheMoney entity with an id that was never used before."""
    from followthemoney import ValueEntity, model

    made = ValueEntity(model.get(entity["schema"]), {"id": f"never-used-before-{next(_numbers)}"})
    for name, values in entity["properties"].items():
        if name in made.schema.properties:
            made.add(name, values, quiet=True)
    return made


def model_pairs(name: str, pairs: list[Any]) -> tuple[list[float], float]:
    """The scores of one of nomenklatura's algorithms, and its seconds."""
    from nomenklatura.matching import get_algorithm

    algorithm = get_algorithm(name)
    config = algorithm.default_config()
    scores = []
    begun = time.process_time()
    for left, right in pairs:
        scores.append(float(algorithm.compare(proxy(left), proxy(right), config).score))
    return scores, time.process_time() - begun


def string_pairs(name: str, pairs: list[Any]) -> tuple[list[float], float]:
    """The best score of any name of the one with any name of the other."""
    function, over = string_scorer(name)
    shape = codes if name == "metaphone" else str
    begun = time.process_time()
    scores = []
    for left, right in pairs:
        ones, twos = ([shape(plain(text)) for text in names_of(entity)] for entity in (left, right))
        scores.append(max((function(one, two) / over for one in ones for two in twos), default=0.0))
    return scores, time.process_time() - begun


def string_ranks(name: str, corpus: list[Any], queries: list[Any], top: int) -> tuple[list[Any], float]:
    """For each query the best entities of the whole corpus: no blocking, so nothing is lost to it."""
    import numpy as np
    from rapidfuzz import process

    function, over = string_scorer(name)
    shape = codes if name == "metaphone" else str
    begun = time.process_time()
    texts, owners = [], []
    for place, entity in enumerate(corpus):
        for text in names_of(entity):
            texts.append(shape(plain(text)))
            owners.append(place)
    owner = np.array(owners)
    found = []
    for query in queries:
        asked = [shape(plain(text)) for text in names_of(query)]
        scores = process.cdist(asked, texts, scorer=function, dtype=np.float32).max(axis=0) / over
        several = min(len(scores), top * 8)
        best: dict[int, float] = {}
        places = np.argpartition(-scores, several - 1)[:several]
        for place in places[np.lexsort((places, -scores[places]))]:
            best.setdefault(int(owner[place]), float(scores[place]))
        found.append(list(best.items())[:top])
    return found, time.process_time() - begun


def model_ranks(name: str, corpus: list[Any], queries: list[Any], top: int) -> tuple[Any, Any, float]:
    """For each query the best by the blocker alone, and by the algorithm among what the blocker found (75 at most)."""
    from nomenklatura.blocker import index as blocker

    class View:
        """What the blocker asks of a store: its entities."""

        def entities(self, include_schemata: Any = None) -> Any:
            for place, entity in enumerate(corpus):
                made = proxy(entity)
                made.id = f"corpus-{place}"
                yield made

    def asked() -> Any:
        for place, entity in enumerate(queries):
            made = proxy(entity)
            made.id = f"query-{place}"
            yield made

    begun = time.process_time()
    blocked: list[list[tuple[int, float]]] = [[] for _ in queries]
    with tempfile.TemporaryDirectory() as folder:
        index = blocker.Index(View(), Path(folder))
        index.build()
        for query, matches in index.match_entities(asked()):
            blocked[int(str(query).rsplit("-", 1)[1])] = [
                (int(str(match).rsplit("-", 1)[1]), float(score)) for match, score in matches
            ]
    found = []
    for query, near in zip(queries, blocked, strict=True):
        scores, _ = model_pairs(name, [(query, corpus[place]) for place, _ in near])
        ranked = sorted(zip((place for place, _ in near), scores, strict=True), key=lambda item: -item[1])
        found.append(ranked[:top])
    return found, [near[:top] for near in blocked], time.process_time() - begun


def rates(scorers: list[str], pairs: list[Any]) -> dict[str, float]:
    """Pairs a second on one core: whole entities for nomenklatura, prepared strings for string distances."""
    from rapidfuzz import process

    found = {}
    for name in scorers:
        if name in MODELS:
            model_pairs(name, pairs[:50])  # its tables are loaded once, and that is not counted
            few = pairs[:3000]
            _, seconds = model_pairs(name, few)
            found[name] = len(few) / seconds
            continue
        function, _ = string_scorer(name)
        shape = codes if name == "metaphone" else str
        left = [shape(plain(names_of(one)[0])) for one, _ in pairs]
        right = [shape(plain(names_of(two)[0])) for _, two in pairs]
        begun = time.process_time()
        process.cpdist(left, right, scorer=function, workers=1)
        found[name] = len(pairs) / (time.process_time() - begun)
    return found


def work(job: dict[str, Any]) -> dict[str, Any]:
    """The answer to one job."""
    answer: dict[str, Any] = {"versions": versions(), "seconds": {}, "faults": {}}
    if job["do"] == "rates":
        answer["rates"] = rates(job["scorers"], job["pairs"])
    for name in job["scorers"] if job["do"] in ("pairs", "ranks") else ():
        few = job.get("few", {}).get(name)
        try:
            if job["do"] == "pairs":
                score = model_pairs if name in MODELS else string_pairs
                score(name, job["pairs"][:1])  # its tables are loaded once, and that is not counted
                scores, seconds = score(name, job["pairs"][:few])
                answer.setdefault("scores", {})[name] = scores
            elif name in MODELS:
                queries = job["queries"][:few]
                ranks, blocked, seconds = model_ranks(name, job["corpus"], queries, job["top"])
                answer.setdefault("ranks", {}).update({name: ranks, "blocker": blocked})
            else:
                ranks, seconds = string_ranks(name, job["corpus"], job["queries"][:few], job["top"])
                answer.setdefault("ranks", {})[name] = ranks
        except Exception as error:  # noqa: BLE001  # a peer that fails is named, and the others go on
            answer["faults"][name] = f"{type(error).__name__}: {error}"[:300]
        else:
            answer["seconds"][name] = round(seconds, 3)
    return answer


def main() -> None:
    """One job in, one answer out; what the peers print goes to the error output."""
    logging.disable(logging.WARNING)
    job = json.load(sys.stdin)
    with contextlib.redirect_stdout(sys.stderr):
        answer = work(job)
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
