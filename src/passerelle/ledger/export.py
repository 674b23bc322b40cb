"""The ledger as a file: a header that says how many lines and which root, then one line for each fact.

UTF-8, one JSON object a line, each in its canonical form, so that any byte that differs shows:

    {"check":…,"exported_at":…,"format":"passerelle-ledger","installation":…,"root":…,"size":…,"version":1}
    {"entry":{"at":…,"facts":{…},"index":0,"kind":…},"index":0,"leaf":…}

`check` is the SHA-256 of the header without it; `leaf` the RFC 6962 hash of the entry's bytes; `root` that of all.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from passerelle.errors import Refused
from passerelle.ledger import canonical, chain
from passerelle.words import Sentence, sentence

FORMAT = "passerelle-ledger"
VERSION = 1
LINE_BYTES_MAX = 1 << 20
"""No line is longer; a reader need not hold more than this."""


@dataclass(frozen=True, slots=True)
class Header:
    """The first line of an export. `root` is in hex, `exported_at` a UTC timestamp in text."""

    size: int
    root: str
    exported_at: str
    installation: str
    format: str = FORMAT
    version: int = VERSION


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an export: its place, its leaf hash in hex, and the canonical entry as it was written."""

    index: int
    leaf: str
    entry: str


class NotALedger(Refused):
    """A file that is no export of a ledger, or one of a later version."""

    code = "ledger.not_a_ledger"


def write(path: Path, entries: Iterable[str], *, installation: str, exported_at: datetime) -> Header:
    """Write the canonical `entries`, from the first, to `path`; returns the header, with the size and root it found.

    Entries are streamed; memory does not grow with the ledger. The file appears whole, or not at all, and replaces one
    that is there. Needs room for the lines twice while it writes.
    """
    frontier = chain.Frontier()
    with tempfile.TemporaryFile(dir=path.parent) as body:
        for index, entry in enumerate(entries):
            data = entry.encode("utf-8")
            leaf = chain.leaf_hash(data)
            line = line_bytes(data, index, leaf.hex())
            assert b"\n" not in data, "a canonical entry has no newline"
            assert len(line) <= LINE_BYTES_MAX, "an entry of the ledger is far shorter than a megabyte"
            frontier.append(leaf)
            body.write(line)
        header = Header(
            size=frontier.size,
            root=frontier.root().hex(),
            exported_at=canonical.timestamp(exported_at),
            installation=installation,
        )
        body.seek(0)
        _put_in_place(path, header_bytes(header), body)
    return header


def header_bytes(header: Header) -> bytes:
    """The first line, with its check and its newline."""
    said: dict[str, Any] = {
        "exported_at": header.exported_at,
        "format": header.format,
        "installation": header.installation,
        "root": header.root,
        "size": header.size,
        "version": header.version,
    }
    check = hashlib.sha256(canonical.to_bytes(said)).hexdigest()
    return canonical.to_bytes({**said, "check": check}) + b"\n"


def line_bytes(entry: bytes, index: int, leaf: str) -> bytes:
    """One line with its newline; `entry` is canonical already and goes in as it is."""
    return b'{"entry":%b,"index":%d,"leaf":"%b"}\n' % (entry, index, leaf.encode("ascii"))


def read(path: Path) -> tuple[Header, Iterator[Line]]:
    """The header and the lines of an export, streamed. It reads and does not judge: `verify` does.

    Raises NotALedger, naming the line, where the file has not the shape of an export.
    """
    with path.open("rb") as file:
        header = parse_header(file.readline(LINE_BYTES_MAX))
    return header, _lines(path)


def parse_header(data: bytes) -> Header:
    """The header from its line. Raises NotALedger, saying what is wrong with it."""
    try:
        said = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NotALedger(sentence("The first line is no header of a ledger: it is no JSON.")) from error
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise NotALedger(sentence("The first line is no header of a ledger."), way_out=_ASK_AGAIN)
    if said.get("version") != VERSION:
        raise NotALedger(
            sentence(
                "The export is of version {version}, which this program does not read.",
                version=str(said.get("version")),
            ),
            way_out=sentence("Verify it with the release that wrote it."),
        )
    size, root = said.get("size"), said.get("root")
    exported_at, installation = said.get("exported_at"), said.get("installation")
    if type(size) is not int or size < 0 or not isinstance(root, str):
        raise NotALedger(
            sentence("The header does not say how many lines there are and which root."), way_out=_ASK_AGAIN
        )
    if not isinstance(exported_at, str) or not isinstance(installation, str):
        raise NotALedger(sentence("The header does not say when and where it was written."), way_out=_ASK_AGAIN)
    header = Header(size=size, root=root, exported_at=exported_at, installation=installation)
    try:
        expected = header_bytes(header)
    except canonical.NotCanonical as error:
        raise NotALedger(
            sentence("The header is damaged: it is not in its canonical form."), way_out=_ASK_AGAIN
        ) from error
    if data != expected:
        raise NotALedger(sentence("The header is damaged: its check does not agree with it."), way_out=_ASK_AGAIN)
    return header


_ASK_AGAIN: Sentence = sentence("Ask for a fresh export, and compare its root with one that you or a witness noted.")


def _lines(path: Path) -> Iterator[Line]:
    with path.open("rb") as file:
        file.readline(LINE_BYTES_MAX)
        number = 1
        while data := file.readline(LINE_BYTES_MAX):
            number += 1
            try:
                said = json.loads(data)
                index, leaf, entry = said["index"], said["leaf"], canonical.to_bytes(said["entry"]).decode()
            except (ValueError, RecursionError, TypeError, KeyError, canonical.NotCanonical) as error:
                raise NotALedger(sentence("Line {number} is no line of a ledger.", number=number)) from error
            if type(index) is not int or not isinstance(leaf, str):
                raise NotALedger(sentence("Line {number} is no line of a ledger.", number=number))
            yield Line(index=index, leaf=leaf, entry=entry)


def _put_in_place(path: Path, header: bytes, body: IO[bytes]) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(header)
            shutil.copyfileobj(body, file, 1 << 16)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
