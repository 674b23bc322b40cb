"""The row on false alarms: invented persons who are on no list, against both lists, at the bar of 95 % recall."""

from __future__ import annotations

import numpy as np

from benchmarks import listed, names_data
from benchmarks.bench import BAR, HALVES, Bench, best_string
from benchmarks.measures import OURS, Figures
from benchmarks.peers import LOGIC, METAPHONE, STRINGS, Entity
from passerelle.matching import Subject, Subjects

RECALL = 0.95
FEW = {LOGIC: 300, **dict.fromkeys((*STRINGS, METAPHONE), 750)}
"""Strangers that a peer is asked about, of each half; we are asked about all."""


def figures(bench: Bench, key: str) -> Figures:
    """False alarms for each thousand strangers, names alone and with birth date and nationality."""
    data = names_data.folder(bench.data)
    un, ofac = listed.both(data)
    links = sorted(listed.links(data))
    found = Figures()
    for measure, kept in (("names", ()), ("full", listed.PRIMARY)):
        corpus = [listed.only(one, kept, primary=False) for one in (*ofac.values(), *un.values())]
        halves = [[told(row, full=bool(kept)) for row in rows] for rows in names_data.strangers(data)]
        true = [
            (listed.only(un[one], kept, primary=True), listed.only(ofac[two], kept, primary=True)) for one, two in links
        ]
        count = [len(rows) for rows in halves]
        asked = [row for rows in halves for row in rows]
        alarms = {OURS: ours(corpus, asked)}
        reached = {OURS: ours_pairs(true)}
        if bench.peers is not None:
            scorers = (LOGIC,) if kept else (LOGIC, *STRINGS, METAPHONE)
            reached |= bench.peers.scores(scorers, true)
            for group in ((LOGIC,),) if kept else ((LOGIC,), (*STRINGS, METAPHONE)):
                some = [row for rows in halves for row in rows[: FEW[group[0]]]]
                answer = bench.peers.ranks(group, corpus, some, 1)
                alarms |= {name: highest(answer[name]) for name in group if name in answer}
        for which, half in enumerate(HALVES):
            rates: dict[str, tuple[float, int, float]] = {}
            for name in (name for name in reached if name in alarms):
                size = count if name == OURS else [FEW[name]] * 2
                begin = sum(size[:which])
                scores = alarms[name][begin : begin + size[which]]
                bar = sorted(reached[name], reverse=True)[int(np.ceil(RECALL * len(true))) - 1]
                rates[name] = sum(score >= bar for score in scores) / len(scores) * 1000, len(scores), bar
                if name in (OURS, LOGIC):
                    at_bar = sum(score >= BAR for score in scores) / len(scores) * 1000
                    found.put(f"{measure}_at_bar", name, half, at_bar, len(scores))
            strings = best_string(lambda name, of=rates: -of[name][0], rates)  # type: ignore[misc]
            for column, name in ((OURS, OURS), (LOGIC, LOGIC), ("string distance", strings), (METAPHONE, METAPHONE)):
                if name in rates:
                    rate, cases, bar = rates[name]
                    said = f"{name}, at {bar:.2f}" if column == "string distance" else f"at {bar:.2f}"
                    found.put(measure, column, half, rate, cases, said)
    found.notes.append(
        f"{len(ofac) + len(un):,} persons on the lists; the bars rest on the primary names of {len(links)} links."
    )
    found.notes.append(
        "nomenklatura is asked about its blocker's 75 nearest, we about those that share a key; string distances see "
        "all names."
    )
    bench.note_missing(found, (LOGIC, "string distance", METAPHONE))
    return found


def told(row: dict[str, str], *, full: bool) -> Entity:
    """A stranger as an entity, with birth date and nationality if so asked."""
    properties = {"name": [row["full_name"]]}
    if full:
        properties |= {"birthDate": [row["date_of_birth"]], "nationality": [row["nationality"]]}
    return {"schema": "Person", "properties": properties}


def subject(number: str, entity: Entity) -> Subject:
    """An entity as a subject of ours, under an id of this run."""
    return Subject.from_ftm({**entity, "id": number})


def ours(corpus: list[Entity], asked: list[Entity]) -> list[float]:
    """For each stranger the highest score with anybody listed who shares a key."""
    persons = {str(at): subject(str(at), entity) for at, entity in enumerate(corpus)}
    index = listed.index_of(persons)
    strangers = [subject(f"stranger {at}", entity) for at, entity in enumerate(asked)]
    near = [sorted(int(number) for number in listed.near(one, index)) for one in strangers]
    table = Subjects([*persons.values(), *strangers])
    left = np.repeat(np.arange(len(strangers)) + len(corpus), [len(places) for places in near])
    scores = table.score(left, np.array([place for places in near for place in places]), at_least=0.01)
    best = np.zeros(len(strangers))
    np.maximum.at(best, left - len(corpus), scores)
    return [float(score) for score in best]


def ours_pairs(true: list[tuple[Entity, Entity]]) -> list[float]:
    """The scores of the pairs that are known to be one person."""
    persons = [subject(f"{at} {side}", entity) for at, pair in enumerate(true) for side, entity in enumerate(pair)]
    scores = Subjects(persons).score(np.arange(0, len(persons), 2), np.arange(1, len(persons), 2), at_least=0.01)
    return [float(score) for score in scores]


def highest(ranks: list[list[tuple[int, float]]]) -> list[float]:
    """The best score of each query; nothing found is 0."""
    return [near[0][1] if near else 0.0 for near in ranks]
