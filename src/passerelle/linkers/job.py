"""What an engine is given, and what it says when it is done."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from passerelle.errors import Refused
from passerelle.linkers.weighing import Terms

Progress = Callable[[str, float], None]
"""Hears what is being done (reading, keys, candidates, scores, writing), and how far it is, from 0 to 1."""


class EngineMissing(Refused):
    """An engine that is not built, or whose programs are not here."""

    code = "link.engine_missing"


@dataclass(frozen=True, slots=True)
class Found:
    """What an engine says when it is done: it leaves the pairs in `files`, in the working folder."""

    candidates: int
    bounded_keys: int
    bounded: tuple[dict[str, Any], ...]
    files: tuple[Path, ...]
    memory_mb: float


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is done at once: so many `records` or `pieces` of names are one task, so many `pairs` stand in one file,
    and after so many `files` new processes go on, for what one remembers of names would grow with the register."""

    records: int = 2_000
    pieces: int = 1_000
    pairs: int = 50_000
    files: int = 25


@dataclass(frozen=True, slots=True)
class Job:
    """What an engine is given: the working folder, the files, the terms, how many `workers`, who hears, and for Spark
    the address of its `master` (none: this machine); and how much is done at once."""

    folder: Path
    left: Path
    right: Path
    terms: Terms
    workers: int
    progress: Progress
    master: str | None = None
    sizes: Sizes = Sizes()

    @property
    def alone(self) -> bool:
        """Whether one register is searched for doubles."""
        return self.left.resolve() == self.right.resolve()

    @property
    def sides(self) -> tuple[str, ...]:
        """The registers there are to read."""
        return ("left",) if self.alone else ("left", "right")


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
