"""The row on French street names and their Dutch names in Brussels."""

from __future__ import annotations

import random
from collections import defaultdict

from benchmarks import names_data
from benchmarks.bench import HALVES, Bench, best_string
from benchmarks.measures import OURS, Figures
from benchmarks.peers import METAPHONE, STRINGS, person
from passerelle.names import compare
from passerelle.names.places import address_keys

SAMPLE = 150
"""Streets of each half that are compared with all Dutch streets, keys or not."""


def figures(bench: Bench, key: str) -> Figures:
    """Found first, by us among the candidates of our keys and among all, and by string distances among all."""
    streets = names_data.streets(names_data.folder(bench.data))
    dutch = sorted({nl for _, _, nl in streets})
    right = defaultdict(set)
    halves: dict[str, int] = {}
    for number, french, nl in streets:
        right[french].add(nl)
        halves.setdefault(french, names_data.half(number))
    index = defaultdict(set)
    for nl in dutch:
        for one in address_keys(nl):
            index[one].add(nl)
    found = Figures()
    for which, half in enumerate(HALVES):
        asked = sorted(french for french, at in halves.items() if at == which)
        random.Random(0).shuffle(asked)
        near = [{nl for one in address_keys(french) for nl in index[one]} for french in asked]
        first = [best(french, sorted(among)) for french, among in zip(asked, near, strict=True)]
        hits = sum(one in right[french] for french, one in zip(asked, first, strict=True))
        found.put("first", OURS, half, hits / len(asked), len(asked))
        lost = sum(not among & right[french] for french, among in zip(asked, near, strict=True))
        found.notes.append(f"{half}: our keys lose {lost} of {len(asked)} streets.")
        sample = asked[:SAMPLE]
        hits = sum(best(french, dutch) in right[french] for french in sample)
        found.put("first_of_all", OURS, half, hits / len(sample), len(sample))
        if bench.peers is not None:
            ranks = bench.peers.ranks((*STRINGS, METAPHONE), [person(nl) for nl in dutch], [person(fr) for fr in asked])
            shares = {
                name: sum(dutch[near[0][0]] in right[fr] for fr, near in zip(asked, given, strict=True)) / len(asked)
                for name, given in ranks.items()
            }
            strings = best_string(lambda name, of=shares: of[name], shares)  # type: ignore[misc]
            if strings:
                found.put("first_of_all", "string distance", half, shares[strings], len(asked), strings)
            found.put("first_of_all", METAPHONE, half, shares[METAPHONE], len(asked))
    bench.note_missing(found, ("string distance", METAPHONE))
    return found


def best(french: str, among: list[str]) -> str | None:
    """The Dutch name with the highest score; the first in the alphabet of equals."""
    return max(among, key=lambda nl: compare("Address", french, nl).score, default=None)
