"""A register's file as bytes, out of its archive if it is in one, within limits that no honest register meets."""

from __future__ import annotations

import contextlib
import gzip
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from passerelle.errors import Refused
from passerelle.intake.row import BadRow, Row
from passerelle.words import sentence

UNPACKED_BYTES_MAX = 4 * 1024**3
"""An archive may unpack to this many bytes."""

RATIO_MAX = 200
"""An archive may unpack to this many times its own size. Registers reach 10 to 40."""

RATIO_FREE_BYTES = 1024**2
"""Below this size the ratio is not looked at: a short list of like rows packs well and harms nobody."""

MEMBERS_MAX = 50
"""A zip may hold this many files."""

PROGRESS_ROWS = 500
"""Progress is told once in so many rows."""

HEAD_BYTES = 65_536
"""So much of a file is looked at to tell what it is."""

Progress = Callable[[int], None]


class FileUnreadable(Refused):
    """A file that is not there, cannot be opened, or is broken off."""

    code = "intake.file_unreadable"


class ArchiveRefused(Refused):
    """An archive that explodes, holds archives, is locked, or does not say which of its files is meant."""

    code = "intake.archive_refused"


@dataclass(frozen=True, slots=True)
class Opened:
    """One file of a register: on disk, or a member of a zip, or packed by gzip. `name` is what the user calls it.
    With `content` it is held in memory under that name, and nothing of it is on any disk."""

    path: Path
    member: str | None = None
    content: bytes | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        return self.path.name if self.member is None else f"{self.path.name}/{self.member}"

    @property
    def plain_name(self) -> str:
        """The name of the register's file itself, without `.gz` and without its folder."""
        name = self.path.name if self.member is None else PurePosixPath(self.member).name
        return name[:-3] if name.lower().endswith(".gz") else name

    def total(self) -> int:
        """Size in the bytes that `Stream.position` counts: on disk, or unpacked for a member of a zip."""
        with translated(self.name):
            if self.content is not None:
                return len(self.content)
            if self.member is None:
                return self.path.stat().st_size
            with zipfile.ZipFile(self.path) as packed:
                return packed.getinfo(self.member).file_size


@dataclass(frozen=True, slots=True)
class Source:
    """A register ready to be read, as often as you like and each time alike.

    `format`: csv, ftm, un or ofac. `total_estimate`: bytes, in the measure that `on_progress` is told of.
    `notes`: what the reader found out about the whole file (an encoding that was guessed, columns that are unknown).
    """

    format: str
    names: tuple[str, ...]
    total_estimate: int
    notes: tuple[str, ...]
    reader: Callable[[Progress | None, int], Iterator[Row | BadRow]] = field(repr=False)

    def read(self, on_progress: Progress | None = None, *, start_after: int = 0) -> Iterator[Row | BadRow]:
        """The rows in the order of the file, good and bad, from the first whose `number` is over `start_after`.

        `on_progress` is called with the bytes read so far. Raises a Refused when the file itself breaks off or turns
        out to be a bomb; the rows before it have been handed on by then.
        """
        return self.reader(on_progress, start_after)


class Stream(io.RawIOBase):
    """Unpacked bytes that are counted, and stopped when an archive explodes."""

    def __init__(self, inner: IO[bytes], name: str, *, packed_size: int | None, on_disk: IO[bytes] | None) -> None:
        super().__init__()
        self._inner = inner
        self._name = name
        self._packed_size = packed_size
        self._on_disk = on_disk
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with translated(self._name):
            got = self._inner.read(len(buffer))
        buffer[: len(got)] = got
        self._count += len(got)
        if self._packed_size is not None:
            check_unpacked(self._name, self._count, self._packed_size)
        return len(got)

    def position(self) -> int:
        """Bytes read so far, of the file on disk (or unpacked, for a member of a zip)."""
        return self._count if self._on_disk is None or self._on_disk.closed else self._on_disk.tell()

    def close(self) -> None:
        if not self.closed:
            self._inner.close()
            if self._on_disk is not None:
                self._on_disk.close()
        super().close()


def check_unpacked(name: str, unpacked: int, packed: int) -> None:
    """Refuse an archive that has unpacked, or says it will unpack, to more than an honest one does."""
    too_many = unpacked > RATIO_FREE_BYTES and unpacked > RATIO_MAX * max(packed, 1)
    if unpacked > UNPACKED_BYTES_MAX or too_many:
        raise ArchiveRefused(
            sentence(
                "{file} unpacks to more than {ratio} times its size, or to more than {limit} bytes: it is not read.",
                file=name,
                ratio=RATIO_MAX,
                limit=UNPACKED_BYTES_MAX,
            ),
            way_out=sentence("If the register is honest, unpack it yourself and give the file."),
        )


_DAMAGED = (
    EOFError,
    gzip.BadGzipFile,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    NotImplementedError,
    LookupError,
    OverflowError,
)


@contextlib.contextmanager
def translated(name: str) -> Iterator[None]:
    """Whatever an operating system or an archive can throw at a reader, as a refusal that names the file."""
    try:
        yield
    except FileNotFoundError as error:
        raise FileUnreadable(
            sentence("There is no file {file}.", file=name), way_out=sentence("Check the path.")
        ) from error
    except _DAMAGED as error:
        raise FileUnreadable(
            sentence("{file} is damaged or broken off, or packed in a way that cannot be read.", file=name),
            way_out=sentence("Fetch it again, or unpack it yourself and give the file."),
        ) from error
    except (OSError, ValueError, RuntimeError) as error:
        raise FileUnreadable(
            sentence("{file} cannot be opened: {reason}.", file=name, reason=str(error)),
            way_out=sentence("Check that it is a file and that you may read it."),
        ) from error


@contextlib.contextmanager
def stream(opened: Opened) -> Iterator[Stream]:
    """The unpacked bytes of a file, closed afterwards."""
    with contextlib.ExitStack() as stack:
        with translated(opened.name):
            flow = _stream(opened, stack)
        with flow:
            yield flow


def _stream(opened: Opened, stack: contextlib.ExitStack) -> Stream:
    if opened.member is not None:
        packed = stack.enter_context(zipfile.ZipFile(opened.path))
        about = packed.getinfo(opened.member)
        check_unpacked(opened.name, about.file_size, about.compress_size)
        return Stream(packed.open(about), opened.name, packed_size=about.compress_size, on_disk=None)
    held = opened.content
    on_disk: IO[bytes] = stack.enter_context(opened.path.open("rb") if held is None else io.BytesIO(held))
    if on_disk.read(2) == b"\x1f\x8b":
        on_disk.seek(0)
        unpacked: IO[bytes] = gzip.GzipFile(fileobj=on_disk)  # type: ignore[assignment]  # a reader of bytes all the same
        return Stream(unpacked, opened.name, packed_size=opened.total(), on_disk=on_disk)
    on_disk.seek(0)
    return Stream(on_disk, opened.name, packed_size=None, on_disk=on_disk)


def head(opened: Opened) -> bytes:
    """The first bytes of a file, unpacked."""
    with stream(opened) as flow:
        return io.BufferedReader(flow, HEAD_BYTES).read(HEAD_BYTES)


_ARCHIVE_STARTS = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\x00",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!",
    b"\x28\xb5\x2f\xfd",
)


def looks_packed(start: bytes) -> bool:
    """Whether these first bytes are those of an archive."""
    return start.startswith(_ARCHIVE_STARTS)


def members(path: Path) -> list[Opened]:
    """The files that a path stands for: itself, or what a zip holds (hidden files of an operating system aside).

    Raises ArchiveRefused for a zip with too many files, a locked one, one that explodes, and an archive in an archive.
    """
    with translated(path.name):
        if path.is_dir():
            raise FileUnreadable(
                sentence("{file} is a folder.", file=path.name), way_out=sentence("Give the register's file.")
            )
        with path.open("rb") as on_disk:
            start = on_disk.read(8)
        if not start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            found = [Opened(path)]
        else:
            with zipfile.ZipFile(path) as packed:
                found = [Opened(path, about.filename) for about in _members(path, packed)]
    for opened in found:
        if (opened.member is not None or start.startswith(b"\x1f\x8b") or looks_packed(start)) and looks_packed(
            head(opened)
        ):
            raise ArchiveRefused(
                sentence("{file} is an archive that cannot be read, or holds another archive.", file=opened.name),
                way_out=sentence("Unpack it yourself and give the register's file."),
            )
    return found


def _members(path: Path, packed: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    listed = packed.infolist()
    if len(listed) > MEMBERS_MAX:
        raise ArchiveRefused(
            sentence(
                "{file} holds {count} files; at most {limit} are read.",
                file=path.name,
                count=len(listed),
                limit=MEMBERS_MAX,
            ),
            way_out=sentence("Unpack it yourself and give the register's file."),
        )
    kept = []
    for about in listed:
        name = PurePosixPath(about.filename)
        if about.is_dir() or name.name.startswith(".") or "__MACOSX" in name.parts:
            continue
        if about.flag_bits & 1:
            raise ArchiveRefused(
                sentence("{file} is locked with a password.", file=path.name),
                way_out=sentence("Unpack it yourself and give the register's file."),
            )
        kept.append(about)
    check_unpacked(path.name, sum(about.file_size for about in kept), path.stat().st_size)
    if len({about.filename for about in kept}) < len(kept):
        raise ArchiveRefused(
            sentence("{file} holds two files of one name.", file=path.name),
            way_out=sentence("Unpack it yourself and give the register's file."),
        )
    return kept
