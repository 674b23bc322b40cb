"""Rows on finding one name among many: spelling variants, single Arabic names, names in original script."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from benchmarks import listed, names_data
from benchmarks.bench import HALVES, Bench, best_string
from benchmarks.measures import OURS, WHOLE, Figures
from benchmarks.peers import LOGIC, METAPHONE, STRINGS, person
from passerelle.matching.keys import name_keys
from passerelle.names.batch import Names
from passerelle.names.script import script_of

VARIANT = 60.0
FEW = {LOGIC: 500, **dict.fromkeys((*STRINGS, METAPHONE), 1500)}
PAIRS_WITHOUT_KEYS = 2_000_000
ARABIC_NAMES = 3000
TOP = 10


@dataclass
class Task:
    """Names to find: `corpus` of names with whom each belongs to, and queries with all owners that are right."""

    corpus: list[str]
    owners: list[str]
    queries: list[str] = field(default_factory=list)
    right: list[set[str]] = field(default_factory=list)
    half: list[str] = field(default_factory=list)
    variant: list[bool] = field(default_factory=list)

    def ask(self, query: str, right: set[str], half: str, *, variant: bool = True) -> None:
        """Takes a query in."""
        self.queries.append(query)
        self.right.append(right)
        self.half.append(half)
        self.variant.append(variant)


def figures(bench: Bench, key: str) -> Figures:
    """Found first and found in ten, of us by our keys and scores, and of the peers."""
    path = names_data.folder(bench.data)
    task = {"variants": variants, "arabic": arabic, "original_script": original_script}[key](path)
    found = Figures()
    ranks, blocked = ours(task)
    known = {OURS: ranks}
    if bench.peers is not None:
        corpus, queries = [person(name) for name in task.corpus], [person(name) for name in task.queries]
        few = FEW if key == "variants" else {LOGIC: FEW[LOGIC]}
        answer = bench.peers.ranks((LOGIC, *STRINGS, METAPHONE), corpus, queries, 3 * TOP, few)
        known |= {name: [[place for place, _ in near] for near in given] for name, given in answer.items()}
    for half in dict.fromkeys(task.half):
        inside = [at for at, one in enumerate(task.half) if one == half]
        strings = best_string(lambda name, of=inside: within(task, known[name], of, 1)[0], known)  # type: ignore[misc]
        for column, name in ((OURS, OURS), (LOGIC, LOGIC), ("blocker alone", "blocker"), ("string distance", strings),
                             (METAPHONE, METAPHONE)):  # fmt: skip
            if name is None or name not in known:
                continue
            said = name if column == "string distance" else ""
            near = [at for at in inside if task.variant[at]]
            found.put("first", column, half, *within(task, known[name], near, 1), said)
            found.put("ten", column, half, *within(task, known[name], near, TOP), said)
            if key == "variants":
                found.put("all_first", column, half, *within(task, known[name], inside, 1), said)
                found.put("all_ten", column, half, *within(task, known[name], inside, TOP), said)
        if key == "arabic":
            among = sum(bool({task.owners[place] for place in blocked[at]} & task.right[at]) for at in inside)
            found.put("among", OURS, half, among / len(inside), len(inside))
    if key != "variants":
        few = min(len(task.queries), PAIRS_WITHOUT_KEYS // len(task.corpus))
        every = ranked(task, [list(range(len(task.corpus)))] * few)
        found.put("first_of_all", OURS, WHOLE, *within(task, every, range(few), 1))
        found.put("ten_of_all", OURS, WHOLE, *within(task, every, range(few), TOP))
    each = sum(map(len, blocked)) / max(1, len(blocked))
    found.notes.append(f"{len(task.corpus):,} names indexed; {each:.1f} candidates of our keys for each query.")
    found.notes.append(
        f"nomenklatura: its blocker's 75 nearest, ranked by logic-v2, for {FEW[LOGIC]} queries. String distances see "
        "all names."
    )
    bench.note_missing(found, (LOGIC, "string distance", METAPHONE))
    return found


def within(task: Task, ranks: Sequence[Sequence[int]], inside: Sequence[int], top: int) -> tuple[float, int]:
    """The share of these queries whose right owner stands in the first `top` owners; and of how many queries."""
    known = [at for at in inside if at < len(ranks)]
    hits = 0
    for at in known:
        owners = list(dict.fromkeys(task.owners[place] for place in ranks[at]))[:top]
        hits += bool(set(owners) & task.right[at])
    return (hits / len(known) if known else 0.0), len(known)


def ours(task: Task) -> tuple[list[list[int]], list[list[int]]]:
    """For each query its candidates by our keys, best score first; and the candidates."""
    index = defaultdict(list)
    for place, name in enumerate(task.corpus):
        for key in name_keys(name):
            index[key].append(place)
    blocked = [sorted({place for key in name_keys(query) for place in index.get(key, ())}) for query in task.queries]
    return ranked(task, blocked), blocked


def ranked(task: Task, blocked: Sequence[Sequence[int]]) -> list[list[int]]:
    """For each query its candidates, best score first; equal scores in the order of the corpus."""
    table = Names([*task.corpus, *task.queries])
    left = [len(task.corpus) + at for at, near in enumerate(blocked) for _ in near]
    scores = table.score(left, [place for near in blocked for place in near]).score
    ranks, begin = [], 0
    for near in blocked:
        mine = scores[begin : begin + len(near)]
        begin += len(near)
        ranks.append([place for _, place in sorted(zip(-mine, near, strict=True))][: 3 * TOP])
    return ranks


def variants(path: names_data.Path) -> Task:
    """Strong aliases that are spelled nearly as the primary name of the same person, among all names and strangers."""
    un, ofac = listed.both(path)
    names: dict[str, list[str]] = {number: listed.strong_names(entity) for number, entity in ofac.items()}
    for one, two in listed.links(path):
        names[two] += listed.strong_names(un[one])
    task = Task([], [])
    for number, mine in names.items():
        latin = list({fold(name): name for name in reversed(mine) if script_of(name) == "latin"}.values())[::-1]
        if not latin:
            continue
        near = [fuzz.token_sort_ratio(fold(latin[0]), fold(name)) >= VARIANT for name in latin[1:]]
        for name in latin[:1] if any(near) else latin:
            task.corpus.append(name)
            task.owners.append(number)
        if any(near):
            half = HALVES[names_data.half(number)]
            for name, variant in zip(latin[1:], near, strict=True):
                task.ask(name, {number}, half, variant=variant)
    for at, row in enumerate(names_data.rows(path / "people" / "strangers_yente.csv")):
        task.corpus.append(row["full_name"])
        task.owners.append(f"stranger {at}")
    order = list(range(len(task.queries)))
    random.Random(7).shuffle(order)
    for name in ("queries", "right", "half", "variant"):
        setattr(task, name, [getattr(task, name)[at] for at in order])
    return task


def fold(name: str) -> str:
    """Small letters and single spaces, without signs: names that only differ in these are one."""
    return " ".join("".join(sign if sign.isalnum() else " " for sign in name.lower()).split())


def arabic(path: names_data.Path) -> Task:
    """Single names in Arabic script, drawn; each finds its Latin forms among those of all that were drawn."""
    rows = list(names_data.rows(path / "names" / "arabic_latin_anetac.csv"))
    rows = random.Random(0).sample(rows, min(ARABIC_NAMES, len(rows)))
    right = defaultdict(set)
    for row in rows:
        right[row["arabic"]].add(row["latin"].lower())
    latin = sorted({row["latin"].lower() for row in rows})
    task = Task(latin, latin)
    for row in rows:
        task.ask(row["arabic"], right[row["arabic"]], WHOLE)
    return task


def original_script(path: names_data.Path) -> Task:
    """Names in original script on the UN list, each to find the primary Latin name of its person."""
    task = Task([], [])
    un = listed.entities(path / "registers" / "un_consolidated.xml")
    for number, entity in un.items():
        names = listed.strong_names(entity)
        task.corpus.append(names[0])
        task.owners.append(number)
        for name in names[1:]:
            if script_of(name) not in ("latin", ""):
                task.ask(name, {number}, WHOLE)
    return task
