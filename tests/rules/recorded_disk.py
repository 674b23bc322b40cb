"""A disk that is recorded: SQLite's file layer with a pen beside it, and the images a power cut could leave of it.

The layer is SQLite's own (`sqlite3_vfs`), of the very library the house runs on; each write, truncation and sync of the
database and of its log is noted before it is passed on. After a power cut, what was synced is there; of what was not,
any part may be. The index beside the log (`-shm`) is memory and is built anew. Not covered: a disk that lies about its
sync, and a folder that forgets what it just got or lost.
"""

from __future__ import annotations

import ctypes
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pysqlite3
from pysqlite3 import _sqlite3

POINTER, INT, LONG = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64
OPEN = ctypes.CFUNCTYPE(INT, POINTER, POINTER, POINTER, INT, POINTER)
DELETE = ctypes.CFUNCTYPE(INT, POINTER, POINTER, INT)
WRITE = ctypes.CFUNCTYPE(INT, POINTER, POINTER, INT, LONG)
TRUNCATE = ctypes.CFUNCTYPE(INT, POINTER, LONG)
SYNC = ctypes.CFUNCTYPE(INT, POINTER, INT)
METHODS = 19  # int iVersion, then eighteen functions
X_WRITE, X_TRUNCATE, X_SYNC = 3, 4, 5


class Layer(ctypes.Structure):
    """The beginning of `sqlite3_vfs`; the functions after `xOpen` are copied as they are."""

    _fields_ = [
        ("version", INT), ("file_bytes", INT), ("path_max", INT), ("next", POINTER), ("name", ctypes.c_char_p),
        ("data", POINTER), ("open", POINTER), ("delete", POINTER), ("rest", POINTER * 15),
    ]  # fmt: skip


def layers() -> list[bytes]:
    """The names in SQLite's list of layers. Raises AssertionError where the list is a circle."""
    find = ctypes.CDLL(_sqlite3.__file__).sqlite3_vfs_find
    find.restype, place = POINTER, ctypes.c_char_p(None)
    at, names, seen = find(place), [], set[int]()
    while at:
        assert at not in seen, f"a circle after {names}"
        seen.add(at)
        layer = Layer.from_address(at)
        names.append(layer.name)
        at = layer.next
    return names


@dataclass(frozen=True)
class Done:
    """One thing that was done to a file, or (`told`) a commit that was acknowledged to its client."""

    kind: str
    name: str = ""
    at: int = 0
    data: bytes = b""


@dataclass
class Disk:
    """What was done, in order."""

    done: list[Done] = field(default_factory=list)
    _kept: list[Any] = field(default_factory=list)
    _names: dict[int, str] = field(default_factory=dict)

    @contextmanager
    def connect(self, path: Path) -> Iterator[Any]:
        """A connection whose every write is recorded; afterwards it is closed, and SQLite knows the layer no more.

        A layer that stays in SQLite's list when its memory goes makes a circle of that list once another layer comes
        to lie at the same address: then every opening of any database looks for its layer without an end.
        """
        library = ctypes.CDLL(_sqlite3.__file__)
        library.sqlite3_vfs_find.restype = ctypes.POINTER(Layer)
        plain = library.sqlite3_vfs_find(None)
        ours = Layer()
        ctypes.memmove(ctypes.byref(ours), plain, ctypes.sizeof(Layer))
        ours.name = name = f"recorded{id(self)}".encode()
        opening = ctypes.cast(plain.contents.open, OPEN)
        patched: dict[int, Any] = {}

        def opened(layer: int, said: int | None, file: int, flags: int, out: int | None) -> int:
            status = int(opening(ctypes.addressof(plain.contents), said, file, flags, out))
            if status == 0 and said is not None:
                self._names[file] = Path(ctypes.string_at(said).decode()).name
                place = POINTER.from_address(file)
                if place.value not in patched:
                    patched[place.value] = self._patched(place.value)
                place.value = ctypes.addressof(patched[place.value])
            return status

        deleting = ctypes.cast(plain.contents.delete, DELETE)

        def deleted(layer: int, said: int, folder: int) -> int:
            self.done.append(Done("delete", Path(ctypes.string_at(said).decode()).name))
            return int(deleting(ctypes.addressof(plain.contents), said, folder))

        callback, removal = OPEN(opened), DELETE(deleted)
        ours.open = ctypes.cast(callback, POINTER).value
        ours.delete = ctypes.cast(removal, POINTER).value
        assert library.sqlite3_vfs_register(ctypes.byref(ours), 0) == 0
        self._kept += [ours, callback, removal, patched, name, library]
        try:
            connection = pysqlite3.connect(f"file:{path}?vfs={name.decode()}", uri=True, isolation_level=None)
            try:
                yield connection
            finally:
                connection.close()
        finally:
            library.sqlite3_vfs_unregister(ctypes.byref(ours))

    def _patched(self, methods: int | None) -> Any:
        """The functions of an open file, with ours before three of them."""
        table = (POINTER * METHODS)()
        ctypes.memmove(table, methods, ctypes.sizeof(table))
        write, truncate = ctypes.cast(table[X_WRITE], WRITE), ctypes.cast(table[X_TRUNCATE], TRUNCATE)
        sync = ctypes.cast(table[X_SYNC], SYNC)

        def writes(file: int, data: int, count: int, at: int) -> int:
            self.done.append(Done("write", self._names[file], at, ctypes.string_at(data, count)))
            return int(write(file, data, count, at))

        def truncates(file: int, size: int) -> int:
            self.done.append(Done("truncate", self._names[file], size))
            return int(truncate(file, size))

        def syncs(file: int, flags: int) -> int:
            status = int(sync(file, flags))
            self.done.append(Done("sync", self._names[file]))
            return status

        callbacks = (WRITE(writes), TRUNCATE(truncates), SYNC(syncs))
        for place, callback in zip((X_WRITE, X_TRUNCATE, X_SYNC), callbacks, strict=True):
            table[place] = ctypes.cast(callback, POINTER).value
        self._kept.append((callbacks, write, truncate, sync))
        return table

    def told(self, number: int) -> None:
        """A client was told that its commit stands."""
        self.done.append(Done("told", at=number))

    def images(self, seed: int, every: int = 1) -> Iterator[tuple[int, dict[str, bytes]]]:
        """For each moment: the last commit that was told, and files as a power cut then could leave them."""
        dice = random.Random(seed)
        synced: dict[str, bytearray] = {}
        pending: dict[str, list[Done]] = {}
        told = 0
        for number, one in enumerate(self.done):
            if one.kind == "told":
                told = one.at
            elif one.kind == "delete":
                synced.pop(one.name, None)
                pending.pop(one.name, None)
            elif one.kind == "sync":
                for waiting in pending.pop(one.name, ()):
                    _apply(synced.setdefault(one.name, bytearray()), waiting)
            else:
                pending.setdefault(one.name, []).append(one)
            if number % every:
                continue
            for keep in _WAYS:
                image = {name: bytearray(data) for name, data in synced.items()}
                for name, waiting in pending.items():
                    for place, change in enumerate(keep(waiting, dice)):
                        _apply(image.setdefault(name, bytearray()), change)
                        assert place < len(waiting)
                yield told, {name: bytes(data) for name, data in image.items()}


def _apply(data: bytearray, change: Done) -> None:
    if change.kind == "truncate":
        del data[change.at :]
        return
    if len(data) < change.at:
        data.extend(bytes(change.at - len(data)))
    data[change.at : change.at + len(change.data)] = change.data


def _torn(waiting: list[Done], dice: random.Random) -> list[Done]:
    """All but the last, and of that one only the first sectors."""
    if not waiting or waiting[-1].kind != "write":
        return waiting[:-1]
    last, cut = waiting[-1], 512 * dice.randint(0, len(waiting[-1].data) // 512)
    return [*waiting[:-1], Done("write", last.name, last.at, last.data[:cut])]


_WAYS: tuple[Callable[[list[Done], random.Random], list[Done]], ...] = (
    lambda waiting, dice: [],
    lambda waiting, dice: waiting,
    lambda waiting, dice: waiting[: dice.randint(0, len(waiting))],
    lambda waiting, dice: [one for one in waiting if dice.random() < 0.5],
    lambda waiting, dice: waiting[1:],
    _torn,
)
"""None of what was not synced, all, the first part, any part, all but the first, and the last torn."""
