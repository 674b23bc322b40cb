"""The processes that help an import: they make keys and weigh pairs, and read the database by connections of their own.

They never write. What they read was committed before they were asked, so it is the same whichever process reads it.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import resource
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import forkserver
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from passerelle.linkers.processes import TASK_SECONDS_MAX, Processes, ProcessLost
from passerelle.words import sentence

if TYPE_CHECKING:
    from passerelle.flow.candidates import Known, MadeWith
    from passerelle.flow.match import Findings

T = TypeVar("T")

Said = tuple[Sequence[tuple[str, Mapping[str, Sequence[str]]]], Sequence[tuple[int, str, int]]]
"""The subjects of one row, each a schema and its properties, and the relations among them by their places."""

_READ_FIRST = [
    "django.core.management", "django.db.models", "django.forms", "cryptography.hazmat.primitives.ciphers.aead",
    "passerelle.linkers.tables",
]  # fmt: skip
"""What a helper needs and what asks for no settings; the tables last, because they freeze what was read."""

_COLLECTED = (100_000, 50, 50)
"""Rows and subjects come in thousands and refer to each other in no circle: looking for circles took a sixth of all."""


class HelperLost(ProcessLost):
    """A process of an import was ended from outside, most often for want of memory."""

    code = "import.helper_lost"


@dataclass(frozen=True, slots=True)
class Keyed:
    """For each subject, in order, its keys (the kind of each by its digest); what all of them add to the counts of
    names; and what the keys were made with."""

    keys: list[dict[int, str]]
    words: Counter[int]
    made_with: MadeWith


@dataclass(frozen=True, slots=True)
class Told(Generic[T]):
    """An answer, the process that gave it, and the most memory (MB) that this process has had."""

    answer: T
    process: int
    memory_mb: float


class Soon(Generic[T]):
    """An answer that is on its way."""

    def __init__(self, ask: Callable[[], T] | Future[Told[T]], memory: dict[int, float] | None = None) -> None:
        self._ask = ask
        self._memory = {} if memory is None else memory

    @property
    def here(self) -> bool:
        """Whether it can be had without waiting."""
        return not isinstance(self._ask, Future) or self._ask.done()

    def get(self) -> T:
        """The answer. Raises HelperLost."""
        if not isinstance(self._ask, Future):
            return self._ask()
        try:
            told = self._ask.result(2 * TASK_SECONDS_MAX)
            self._memory[told.process] = max(told.memory_mb, self._memory.get(told.process, 0.0))
            return told.answer
        except (ProcessLost, TimeoutError) as error:
            raise HelperLost(
                sentence("A process of this import was ended from outside, perhaps for want of memory."),
                way_out=sentence("Start the same command again: it goes on where it was."),
            ) from error


def prepare() -> None:
    """Starts the process that the helpers are forks of, if it does not run yet. It needs more than a second to read its
    tables, in which whoever asked can read their own."""
    multiprocessing.set_forkserver_preload(_READ_FIRST)
    forkserver.ensure_running()


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Within it, this process looks for circles of dead objects more seldom."""
    before = gc.get_threshold()
    gc.set_threshold(*_COLLECTED)
    try:
        yield
    finally:
        gc.set_threshold(*before)


class Crew:
    """So many helping processes; with 0 `workers`, this process does the work when it is asked for the answer.

    `memory` is the most memory (MB) that each has had, by process.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.memory: dict[int, float] = {}
        self._known: Known | None = None
        self._pool: Processes | None = None
        if workers:
            prepare()
            self._pool = Processes(workers, _begin, (dict(os.environ),))

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.close()

    def keys(self, rows: Sequence[Said]) -> Soon[Keyed]:
        """The keys of the subjects of these rows."""
        if self._pool is not None:
            return Soon(self._pool.submit(_keys, rows), self.memory)
        return Soon(lambda: keys_of_rows(rows))

    def find(self, subjects: Sequence[int]) -> Soon[Findings]:
        """What there is to find for subjects whose keys stand in the index, and are committed."""
        if self._pool is not None:
            return Soon(self._pool.submit(_find, subjects), self.memory)
        return Soon(lambda: self._find_here(subjects))

    def _find_here(self, subjects: Sequence[int]) -> Findings:
        from passerelle.flow.candidates import REMEMBERED_MAX, Known
        from passerelle.flow.match import find

        if self._known is None:
            self._known = Known(REMEMBERED_MAX)
        return find(subjects, self._known)


def keys_of_rows(rows: Sequence[Said]) -> Keyed:
    """The keys of the subjects of these rows, and the words of their names."""
    from passerelle.flow.candidates import both_ways, digests, made_with, plain, related
    from passerelle.flow.commonness import counted_of

    before = made_with()
    keys: list[dict[int, str]] = []
    words: Counter[int] = Counter()
    for said, relations in rows:
        alone = [plain(str(place), schema, given) for place, (schema, given) in enumerate(said)]
        around: dict[int, list[tuple[str, Any]]] = {}
        for mine, kind, other in both_ways(relations):
            around.setdefault(mine, []).append((kind, alone[other]))
        keys.extend(digests(related(one, around.get(place, ()))) for place, one in enumerate(alone))
        words.update(counted_of(alone))
    return Keyed(keys, words, before)


class _Here:
    """What a helping process keeps."""

    known: Known


def _begin(surroundings: Mapping[str, str]) -> None:
    import django

    os.environ.update(surroundings)  # the first process may have been started for another installation
    django.setup()
    from passerelle.flow.candidates import REMEMBERED_MAX, Known

    _Here.known = Known(REMEMBERED_MAX)
    gc.freeze()
    gc.set_threshold(*_COLLECTED)


def _told(answer: T) -> Told[T]:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Told(answer, os.getpid(), peak / (1024**2 if sys.platform == "darwin" else 1024))


def _keys(rows: Sequence[Said]) -> Told[Keyed]:
    from passerelle.matching.keys import PER_NAME
    from passerelle.names import places

    told = _told(keys_of_rows(rows))
    for remembered in (*PER_NAME, places.address_keys):
        remembered.cache_clear()  # the keys of thirty thousand names, which seldom come again, take a hundred MB
    return told


def _find(subjects: Sequence[int]) -> Told[Findings]:
    from passerelle.flow.match import find

    return _told(find(subjects, _Here.known))
