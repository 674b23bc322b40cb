"""Joins registers on one machine: DuckDB finds who shares a key, a process for each core weighs the pairs."""

from __future__ import annotations

import json
from typing import Any

import duckdb

from passerelle.linkers import lexicon, pairing
from passerelle.linkers.crew import (
    Crew,
    Task,
    counts_file,
    facts_file,
    gather,
    keys_file,
    memory_mb,
    named_file,
    scores_file,
    words_file,
)
from passerelle.linkers.job import Found, Job
from passerelle.linkers.keeping import save_text
from passerelle.linkers.naming import gather_records, gather_words
from passerelle.linkers.weighing import commonness, rarity_of

FEW_RECORDS = 1_500
"""So few are weighed by this process alone: others would take longer to start."""


def run(job: Job, counts: dict[str, int]) -> Found:
    """All steps but reading and writing; each leaves a file, and is not done again when that file is there."""
    workers = job.workers if sum(counts.values()) > FEW_RECORDS else 0
    with Crew(job.folder, workers, job.terms, alone=job.alone) as crew:
        _words(job, crew)
        _keys(job, crew, counts)
        crew.renew()
        found = _candidates(job, crew, counts)
        chunks = int(found["chunks"])
        _scores(job, crew, chunks)
        memory = memory_mb() + crew.memory_mb()
    return Found(
        candidates=int(found["candidates"]),
        bounded_keys=int(found["bounded_keys"]),
        bounded=tuple(found["bounded"]),
        files=tuple(job.folder / scores_file(number) for number in range(chunks)),
        memory_mb=memory,
    )


def _words(job: Job, crew: Crew) -> None:
    """The words of names, each read by one process for all others."""
    if not crew.workers or (job.folder / "vocabulary.json").exists():
        return
    pieces: set[str] = set()
    for side in job.sides:
        pieces.update(json.loads((job.folder / lexicon.pieces_file(side)).read_text(encoding="utf-8")))
    held = sorted(pieces)
    save_text(job.folder / "pieces.json", json.dumps(held, ensure_ascii=False))
    tasks = [
        Task("words", number, "", first, first + job.sizes.pieces)
        for number, first in enumerate(range(0, len(held), job.sizes.pieces))
    ]
    missing = [task for task in tasks if not (job.folder / lexicon.vocabulary_file(task.number)).exists()]
    for place, _ in enumerate(crew.work(missing), len(tasks) - len(missing) + 1):
        job.progress("keys", WORDS_SHARE * place / len(tasks))
    lexicon.gather(job.folder, len(tasks))
    crew.renew()


WORDS_SHARE = 0.2
"""Of the keys, the words of names are so much of the work."""


def _keys(job: Job, crew: Crew, counts: dict[str, int]) -> None:
    if (job.folder / "commonness.json").exists():
        return
    tasks = [
        Task("keys", number, side, first, min(first + job.sizes.records, counts[side]))
        for side in job.sides
        for number, first in enumerate(range(0, counts[side], job.sizes.records))
    ]
    missing = [task for task in tasks if not (job.folder / counts_file(task.side, task.number)).exists()]
    for place, _ in enumerate(crew.work(missing), len(tasks) - len(missing) + 1):
        job.progress("keys", WORDS_SHARE + (1.0 - WORDS_SHARE) * place / len(tasks))
    stems, shared = gather(job.folder / counts_file(task.side, task.number) for task in tasks)
    told = {"subjects": sum(counts.values()), "stems": stems, "shared": shared}
    save_text(job.folder / "commonness.json", json.dumps(told, ensure_ascii=False))


def _candidates(job: Job, crew: Crew, counts: dict[str, int]) -> dict[str, Any]:
    done = job.folder / "candidates.json"
    if not done.exists():
        job.progress("candidates", 0.0)
        chunks = {side: range(-(-counts[side] // job.sizes.records)) for side in job.sides}
        with pairing.open_database(job.folder, job.workers) as base:
            for side in job.sides:
                pairing.take_keys(base, side, [job.folder / keys_file(side, number) for number in chunks[side]])
            pairing.count_keys(base, alone=job.alone, hub=job.terms.hub)
            bounded_keys, hubs = pairing.bounded(base)
            bounded = _named(job, crew, base, hubs)
            many = pairing.choose(
                base, counts["left"], counts["left" if job.alone else "right"], alone=job.alone, terms=job.terms,
                told=lambda share: job.progress("candidates", 0.8 * share),
            )  # fmt: skip
            written = pairing.write_chunks(base, job.folder, job.sizes.pairs)
        _notes(job, counts, chunks)
        (job.folder / "pairing.duckdb").unlink()
        found = {"candidates": many, "chunks": written, "bounded_keys": bounded_keys, "bounded": bounded}
        save_text(done, json.dumps(found, ensure_ascii=False))
        job.progress("candidates", 1.0)
    said: dict[str, Any] = json.loads(done.read_text(encoding="utf-8"))
    return said


def _notes(job: Job, counts: dict[str, int], chunks: dict[str, range]) -> None:
    """What was noted of all records, put together for those who weigh pairs."""
    told = json.loads((job.folder / "commonness.json").read_text(encoding="utf-8"))
    known = commonness(told["subjects"], told["stems"], {}, job.terms)
    words = [job.folder / words_file(side, number) for side in job.sides for number in chunks[side]]
    words += sorted(job.folder.glob("words-vocabulary-*.npy"))
    numbers = gather_words(job.folder, words, told["stems"], known)
    for side in job.sides:
        gather_records(
            job.folder, side, counts[side],
            [job.folder / facts_file(side, number) for number in chunks[side]],
            [job.folder / named_file(side, number) for number in chunks[side]],
            numbers, rarity_of(told["subjects"], told["stems"], job.terms),
        )  # fmt: skip


def _named(
    job: Job, crew: Crew, base: duckdb.DuckDBPyConnection, hubs: list[tuple[int, str, int]]
) -> list[dict[str, Any]]:
    """The bounded keys with their values: a worker reads each again off one record that bears it."""
    bearers = base.execute(
        "SELECT d, min(r) FROM raw_left WHERE d IN (SELECT unnest(?::BIGINT[])) GROUP BY d",
        [[value for value, _, _ in hubs]],
    ).fetchall()
    save_text(job.folder / "hubs.json", json.dumps(bearers))
    for _ in crew.work([Task("hubs", 0)]):
        pass
    values = dict(json.loads((job.folder / "hubs.named.json").read_text(encoding="utf-8")))
    return pairing.told(hubs, values)


def _scores(job: Job, crew: Crew, chunks: int) -> None:
    missing = [number for number in range(chunks) if not (job.folder / scores_file(number)).exists()]
    done = chunks - len(missing)
    for start in range(0, len(missing), job.sizes.files):
        if start:
            crew.renew()
        part = missing[start : start + job.sizes.files]
        for place, _ in enumerate(crew.work(Task("scores", number) for number in part), done + 1):
            job.progress("scores", place / chunks)
        done += len(part)
