"""The row on speed: pairs of persons scored in a second of one processor, by us and by the peers in the same run."""

from __future__ import annotations

import random
import time

import numpy as np

from benchmarks import names_data, registers_invented
from benchmarks.bench import Bench, best_string
from benchmarks.measures import OURS, WHOLE, Figures
from benchmarks.peers import LOGIC, METAPHONE, STRINGS, UNSTABLE, PeersFailed
from benchmarks.rows.strangers import subject, told
from passerelle.matching import Subjects
from passerelle.names import compare
from passerelle.names.batch import Names

PAIRS = 300_000
FEW = 10_000


def figures(bench: Bench, key: str) -> Figures:
    """Rates of us, of nomenklatura, of string distances and of Splink, on the same persons."""
    rows = [row for half in names_data.strangers(names_data.folder(bench.data), 12_000) for row in half]
    rows = [row for row in rows if row["full_name"].isascii()]
    persons = [told(row, full=True) for row in rows]
    source = random.Random(0)
    by_word: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        for word in row["full_name"].split():
            by_word.setdefault(word, []).append(number)
    shared = [group for group in by_word.values() if len(group) > 1]
    pairs = [
        source.sample(source.choice(shared), 2) if at % 2 else source.sample(range(len(rows)), 2)
        for at in range(2 * PAIRS)
    ]
    left, right = np.array(pairs).T
    before, after = slice(0, PAIRS), slice(PAIRS, None)
    names = [row["full_name"] for row in rows]
    found = Figures()

    Names(names[:50]).score([0], [1])  # the tables are loaded once, and that is not counted
    begun = time.process_time()
    table = Names(names)
    read = time.process_time() - begun
    begun = time.process_time()
    table.score(left[before], right[before])
    fresh = time.process_time() - begun
    begun = time.process_time()
    table.score(left[after], right[after])
    found.put("batch", OURS, WHOLE, PAIRS / (time.process_time() - begun), PAIRS)
    subjects = Subjects([subject(str(at), entity) for at, entity in enumerate(persons)])
    subjects.score(left[before], right[before])
    begun = time.process_time()
    subjects.score(left[after], right[after])
    found.put("subjects", OURS, WHOLE, PAIRS / (time.process_time() - begun), PAIRS)
    found.notes.append(
        f"Ours: {len(names) / read:,.0f} names read a second; the first {PAIRS:,} pairs, of which no two words had "
        "been compared, "
        f"{PAIRS / fresh:,.0f} a second; then, as in the table, as many other pairs of the same persons. `subjects` "
        "passes over "
        "pairs that no birth date could bring to the bar."
    )
    few = [(names[one], names[two]) for one, two in pairs[:FEW]]
    begun = time.process_time()
    for one, two in few:
        compare("Person", one, two)
    found.put("single", OURS, WHOLE, FEW / (time.process_time() - begun), FEW)
    if bench.peers is not None:
        peers(bench, found, [(persons[one], persons[two]) for one, two in pairs[:FEW]], rows)
    bench.note_missing(found, (LOGIC, UNSTABLE, "splink", "string distance", METAPHONE))
    return found


def peers(bench: Bench, found: Figures, pairs: list, rows: list[dict[str, str]]) -> None:
    """The peers' rates."""
    assert bench.peers is not None
    rates = bench.peers.rates((LOGIC, UNSTABLE, *STRINGS, METAPHONE), pairs * 10)
    for name in (LOGIC, UNSTABLE):
        found.put("subjects", name, WHOLE, rates[name], 3000)
    strings = best_string(lambda name: rates[name], rates)
    if strings:
        found.put("batch", "string distance", WHOLE, rates[strings], len(pairs) * 10, strings)
    found.put("batch", METAPHONE, WHOLE, rates[METAPHONE], len(pairs) * 10)
    persons = [
        {"id": row["id"], "name": row["name"].lower(), "born": [row["birthDate"]] * bool(row["birthDate"]),
         "country": row["nationality"]}
        for row in registers_invented.rows(20_000, 1)
    ]  # fmt: skip
    try:
        answer = bench.peers.run("peers_splink.py", (), {"left": persons, "right": [], "rate": True})
    except PeersFailed as failed:
        bench.peers.faults.append(f"splink: {failed}")
        return
    found.put("subjects", "splink", WHOLE, answer["rate"], answer["scored"])
