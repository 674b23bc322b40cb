"""The processes that work for one run, one for each core: each reads its task from the folder and leaves its result."""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import resource
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from passerelle.linkers import sieve
from passerelle.linkers.keeping import Kept, save, save_text
from passerelle.linkers.lexicon import Lexicon, Vocabulary, read_words
from passerelle.linkers.naming import Naming, Noted
from passerelle.linkers.processes import TASK_SECONDS_MAX, Processes, ProcessLost
from passerelle.linkers.saying import say
from passerelle.linkers.weighing import Terms, bar_of, commonness, line_of, that_may, values_of, weigh
from passerelle.matching import Commonness, Subject
from passerelle.matching.keys import PER_NAME
from passerelle.names import gazetteers, parts, places
from passerelle.words import sentence

KEYS = np.dtype([("d", np.int64), ("r", np.int32), ("kind", np.uint8)])
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

SMALL = 1e-6
"""Bits by which sums of the same figures in another order may differ, and many times more."""
LEXICON_MAX = 150_000
"""A process that knows more words begins anew: memory stays bounded."""
AHEAD = 4

PER_RECORD = (*PER_NAME, parts.parse, places.parse_address, places.address_keys)
"""What these remember seldom comes again in another task, and that of a million records does not fit in memory."""


class WorkerLost(ProcessLost):
    """A process of the run was ended from outside, most often for want of memory."""

    code = "link.worker_lost"


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work. `kind`: words (of the pieces of names `first` to `last`), keys (of records `first` to `last`
    of a side), hubs (their values), or scores (of one file of pairs)."""

    kind: str
    number: int
    side: str = "left"
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class Done:
    """A task that is done, how many pairs it found, and the most memory (MB) its process has had."""

    task: Task
    found: int
    process: int
    memory_mb: float


def prepare() -> None:
    """Starts the process from which the others are forked: it reads the tables of sounds and streets, once for all,
    while the registers are still being read."""
    multiprocessing.set_forkserver_preload(["passerelle.linkers.tables"])
    forkserver.ensure_running()


class Crew:
    """Processes that start when the first task comes, and end with the run; with 0 `workers`, this process alone."""

    def __init__(self, folder: Path, workers: int, terms: Terms, *, alone: bool) -> None:
        self.workers = workers
        self.memory: dict[int, float] = {}
        self._memory_before = 0.0
        self._told = str(folder), terms, alone
        self._pool: Processes | None = None
        if not workers:
            _tell(*self._told)
            return
        self._pool = self._new()

    def _new(self) -> Processes:
        return Processes(self.workers, _begin, self._told)

    def memory_mb(self) -> float:
        """The most memory that the processes of one time have had, in MB."""
        return max(self._memory_before, sum(self.memory.values()))

    def renew(self) -> None:
        """Lets new processes do what is still to do: what the others remember of their work takes memory, and would
        not be asked for again."""
        if self._pool is not None:
            self._pool.close()
            self._memory_before = self.memory_mb()
            self.memory = {}
            self._pool = self._new()

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.close()
        else:
            _let_go()

    def work(self, tasks: Iterable[Task]) -> Iterator[Done]:
        """The tasks as they get done; a few are handed out ahead. Raises WorkerLost."""
        if self._pool is None:
            yield from map(_do, tasks)
            return
        waiting: set[Future[Done]] = set()
        source = iter(tasks)
        try:
            while True:
                while len(waiting) < self.workers * AHEAD and (task := next(source, None)) is not None:
                    waiting.add(self._pool.submit(_do, task))
                if not waiting:
                    return
                ready, waiting = wait(waiting, timeout=2 * TASK_SECONDS_MAX, return_when=FIRST_COMPLETED)
                if not ready:
                    raise _lost()
                for future in ready:
                    done = future.result()  # bent: it is among those that are done
                    self.memory[done.process] = max(done.memory_mb, self.memory.get(done.process, 0.0))
                    yield done
        except ProcessLost as error:
            raise _lost() from error


def _lost() -> WorkerLost:
    return WorkerLost(
        sentence("A process of this run was ended from outside, perhaps for want of memory."),
        way_out=sentence("Start the same command again: it goes on where it was."),
    )


def keys_file(side: str, number: int) -> str:
    """Where the keys of a run of records stand."""
    return f"keys-{side}-{number:06}.npy"


def counts_file(side: str, number: int) -> str:
    """Where the counts of a run of records stand."""
    return f"counts-{side}-{number:06}.json"


def facts_file(side: str, number: int) -> str:
    """Where the facts of a run of records stand, for the sieve."""
    return f"facts-{side}-{number:06}.npy"


def named_file(side: str, number: int) -> str:
    """Where the names of a run of records stand, word by word."""
    return f"named-{side}-{number:06}.npy"


def words_file(side: str, number: int) -> str:
    """Where the words stand that a process met for the first time in a run of records."""
    return f"words-{side}-{number:06}.npy"


def scores_file(number: int) -> str:
    """Where the pairs of one file of candidates stand that reached the bar."""
    return f"scored-{number:06}.jsonl"


def memory_mb() -> float:
    """The most memory this process has had, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 if sys.platform != "darwin" else peak / 1024**2


class _Here:
    """What this process has been told, and what it has opened."""

    folder: Path
    terms: Terms
    alone: bool
    kept: dict[str, Kept]
    known: Commonness | None
    vocabulary: Vocabulary | None
    lexicon: Lexicon | None
    noted: dict[str, Noted]
    naming: Naming | None


_here = _Here()


def _tell(folder: str, terms: Terms, alone: bool) -> None:
    _here.folder, _here.terms, _here.alone = Path(folder), terms, alone
    _here.kept, _here.known = {}, None
    _here.vocabulary, _here.lexicon, _here.noted, _here.naming = None, None, {}, None
    gazetteers.take_up(terms.streets)


def _let_go() -> None:
    for kept in _here.kept.values():
        kept.close()
    if _here.vocabulary is not None:
        _here.vocabulary.close()
        parts.recall(None)
    _tell("", replace(_here.terms, streets=()), _here.alone)


SELDOM = (100_000, 20, 50)
"""What is read of records has no rings: the collector, which looks for them, would find nothing, again and again."""


def _begin(folder: str, terms: Terms, alone: bool) -> None:
    gc.set_threshold(*SELDOM)
    _tell(folder, terms, alone)


def _do(task: Task) -> Done:
    act: Callable[[Task], int] = {"words": _words, "keys": _keys, "hubs": _hubs, "scores": _scores}[task.kind]
    found = act(task)
    if task.kind == "keys" or task.number % 4 == 3:
        for remembered in PER_RECORD:
            remembered.cache_clear()
    return Done(task, found, os.getpid(), memory_mb())


def _kept(side: str) -> Kept:
    if side not in _here.kept:
        _here.kept[side] = Kept(_here.folder, side)
    return _here.kept[side]


def _subjects(side: str, rows: Iterable[int]) -> list[Subject]:
    return [Subject.from_ftm(entity) for entity in _kept(side).entities(rows)]


def _words(task: Task) -> int:
    pieces = json.loads((_here.folder / "pieces.json").read_text(encoding="utf-8"))
    read_words(_here.folder, task.number, pieces[task.first : task.last])
    return 0


def _vocabulary() -> Vocabulary | None:
    """The words that were read once for all, where they were."""
    if _here.vocabulary is None and (_here.folder / "vocabulary.json").exists():
        _here.vocabulary = Vocabulary(_here.folder)
        parts.recall(_here.vocabulary.words)
    return _here.vocabulary


def _keys(task: Task) -> int:
    if _here.lexicon is None or len(_here.lexicon) > LEXICON_MAX:
        _here.lexicon = Lexicon(_vocabulary())
    subjects = _subjects(task.side, range(task.first, task.last))
    said = say(task.first, subjects, _here.lexicon)
    save(_here.folder / facts_file(task.side, task.number), sieve.facts(subjects))
    save(_here.folder / named_file(task.side, task.number), said.named)
    save(_here.folder / words_file(task.side, task.number), _here.lexicon.untold())
    array = np.empty(len(said.rows), dtype=KEYS)
    array["d"], array["r"], array["kind"] = said.digests, said.rows, said.kinds
    save(_here.folder / keys_file(task.side, task.number), array)
    counts = {"stems": said.stems, "shared": said.shared.tolist()}
    save_text(_here.folder / counts_file(task.side, task.number), json.dumps(counts, ensure_ascii=False))
    return 0


def _hubs(_: Task) -> int:
    """The values of over-common keys, of which only digests were kept."""
    bearers = json.loads((_here.folder / "hubs.json").read_text(encoding="utf-8"))
    named = values_of((value, *_subjects("left", [row])) for value, row in bearers)
    save_text(_here.folder / "hubs.named.json", json.dumps(named, ensure_ascii=False))
    return len(named)


def _commonness() -> Commonness:
    if _here.known is None:
        told: dict[str, Any] = json.loads((_here.folder / "commonness.json").read_text(encoding="utf-8"))
        shared = {int(value): count for value, count in told["shared"].items()}
        _here.known = commonness(told["subjects"], told["stems"], shared, _here.terms)
    return _here.known


def _noted(side: str) -> Noted:
    if side not in _here.noted:
        _here.noted[side] = Noted(_here.folder, side)
    return _here.noted[side]


def _alive(pairs: Ints) -> tuple[Ints, Bools, Ints]:
    """The places of the pairs that can reach the bar by what was noted of their records; which of these do so with
    what their names say word by word (of the others that is not known, or no bound); and the places of these for
    `Naming.remember`."""
    left, right = _noted("left"), _noted("left" if _here.alone else "right")
    ours, theirs = pairs[:, 0], pairs[:, 1]
    one, two = left.facts[ours], right.facts[theirs]
    rows = np.flatnonzero(that_may(one, two, np.minimum(left.most[ours], right.most[theirs]), _here.terms))
    bits, sure = _naming().bits(ours[rows], theirs[rows])
    reach = sieve.most(one[rows], two[rows]) + bits >= bar_of(_here.terms) - SMALL
    kept = np.flatnonzero(~sure | reach)
    return rows[kept], reach[kept], kept[reach[kept]]


def _naming() -> Naming:
    if _here.naming is None:
        sides = _noted("left"), _noted("left" if _here.alone else "right")
        _here.naming = Naming(_here.folder, *sides, _commonness())
    return _here.naming


def _scores(task: Task) -> int:
    _vocabulary()
    pairs = np.load(_here.folder / f"pairs-{task.number:06}.npy").astype(np.int64)
    rows, promising, known = _alive(pairs)
    pairs = pairs[rows]
    if _here.alone:
        read, where = np.unique(pairs, return_inverse=True)
        subjects = _subjects("left", read.tolist())
        where = where.reshape(pairs.shape)
        left, right = where[:, 0], where[:, 1]
    else:
        ours, left = np.unique(pairs[:, 0], return_inverse=True)
        theirs, right = np.unique(pairs[:, 1], return_inverse=True)
        subjects = [*_subjects("left", ours.tolist()), *_subjects("right", theirs.tolist())]
        right = right + len(ours)
    names = [[subjects[row].names[0] for row in side[promising].tolist()] for side in (left, right)]
    _naming().remember(known, *names)
    found = weigh(subjects, pairs.tolist(), left, right, _commonness(), _here.terms, promising)
    places = {(one, two): place for place, (one, two) in enumerate(pairs.tolist())}
    met = [(pair, places[pair.left, pair.right]) for pair in found]
    lines = [line_of(pair, subjects[int(left[at])], subjects[int(right[at])]) for pair, at in met]
    save_text(_here.folder / scores_file(task.number), "".join(line + "\n" for line in lines))
    return len(found)


def gather(files: Iterable[Path]) -> tuple[Counter[str], Counter[int]]:
    """The counts of all runs of records: stems of names, and digests of values that more than two records share."""
    stems: Counter[str] = Counter()
    digests: list[np.ndarray[Any, np.dtype[np.int64]]] = []
    for file in files:
        told = json.loads(file.read_text(encoding="utf-8"))
        stems.update(told["stems"])
        digests.append(np.array(told["shared"], dtype=np.int64))
    shared: Counter[int] = Counter()
    if digests:
        values, counts = np.unique(np.concatenate(digests), return_counts=True)
        shared.update({int(v): int(n) for v, n in zip(values[counts > 2], counts[counts > 2], strict=True)})
    return stems, shared
