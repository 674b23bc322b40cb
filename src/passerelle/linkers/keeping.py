"""The records of a register on disk, each found again by its number: memory does not grow with the register."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from passerelle.linkers.register import Record

_BLOCK = 4_096
_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Kept:
    """Records kept by `keep`, opened to be read; a process opens its own."""

    def __init__(self, folder: Path, side: str) -> None:
        self._ends = mapped(folder / f"{side}.ends.npy")
        self._file = os.open(folder / f"{side}.records", os.O_RDONLY)

    def __len__(self) -> int:
        return len(self._ends) - 1

    def close(self) -> None:
        """Lets go of the file."""
        os.close(self._file)

    def texts(self) -> Iterator[str]:
        """All records as JSON, in their order."""
        for row in range(len(self)):
            begin, end = int(self._ends[row]), int(self._ends[row + 1])
            yield os.pread(self._file, end - begin, begin).decode("utf-8")

    def entities(self, rows: Iterable[int]) -> Iterator[Mapping[str, Any]]:
        """The entities with these numbers, in that order."""
        if isinstance(rows, range) and rows.step == 1 and len(rows):
            begin, end = int(self._ends[rows.start]), int(self._ends[rows.stop])
            lines = os.pread(self._file, end - begin, begin).decode("utf-8").split("\n")
            entities: list[dict[str, Any]] = json.loads(f"[{','.join(lines[:-1])}]")
            yield from entities
            return
        at = np.fromiter(rows, dtype=np.int64)
        for begin, end in zip(self._ends[at].tolist(), self._ends[at + 1].tolist(), strict=True):
            entity: dict[str, Any] = json.loads(os.pread(self._file, end - begin, begin))
            yield entity


def keep(folder: Path, side: str, records: Iterable[Record]) -> int:
    """Writes the records down and says how many there are. What is half written is not there."""
    ends = [0]
    blocks: list[np.ndarray[Any, np.dtype[np.int64]]] = []
    count = 0
    with (folder / f"{side}.records").open("wb") as file:
        end = 0
        for record in records:
            data = _written(record.entity).encode("utf-8", "replace")
            end += file.write(data + b"\n")
            ends.append(end)
            count += 1
            if len(ends) >= _BLOCK:
                blocks.append(np.array(ends, dtype=np.int64))
                ends = []
        file.flush()
        os.fsync(file.fileno())
    blocks.append(np.array(ends, dtype=np.int64))
    save(folder / f"{side}.ends.npy", np.concatenate(blocks))
    return count


def mapped(path: Path) -> np.ndarray[Any, Any]:
    """An array in a file, read where it is looked at. A plain view of it: numpy's own takes a microsecond more for
    each look."""
    return np.load(path, mmap_mode="r").view(np.ndarray)  # type: ignore[no-any-return]


def save(path: Path, array: np.ndarray[Any, Any]) -> None:
    """An array in a file that is there whole, or not at all."""
    draft = path.with_name(path.name + ".part")
    with draft.open("wb") as file:
        np.save(file, array)
    draft.replace(path)


def save_text(path: Path, text: str) -> None:
    """A text in a file that is there whole, or not at all."""
    draft = path.with_name(path.name + ".part")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
