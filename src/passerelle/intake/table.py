"""The records of a table as they stand in the file, whatever its quotation marks, line ends and encoding."""

from __future__ import annotations

import codecs
import csv
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from passerelle.intake.row import ROW_CHARACTERS_MAX, RowFault
from passerelle.intake.source import Opened, stream
from passerelle.words import sentence

DELIMITERS = (",", ";", "\t", "|")

RECOVERIES_MAX = 50
"""So many times in one file a row whose quotation marks do not pair is given up on its first line, and the lines that
it swallowed are read by themselves."""

LOOKAHEAD_CHARACTERS_MAX = 1_000_000
"""So far a row that is too long is followed to see whether its quotation marks pair after all. If they do, it is one
long row: its lines are never read as rows, for whoever wrote the long text would then be writing rows."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the table as it stood: its first and last line, its cells (None if they cannot be told apart)."""

    line: int
    last_line: int
    cells: tuple[str, ...] | None
    raw: str
    fault: RowFault | None = None


class _TooLong(Exception):
    """A record that does not end within the limit."""


class _Feed:
    """Lines for the CSV reader; it remembers which ones the present record took, so that they can be given back."""

    def __init__(self, lines: Iterator[tuple[int, str]]) -> None:
        self._lines = lines
        self._returned: deque[tuple[int, str]] = deque()
        self.taken: list[tuple[int, str]] = []
        self.last_line = 0
        self._length = 0

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = self._pull()
        if self._length > ROW_CHARACTERS_MAX:
            raise _TooLong
        return line

    def _pull(self) -> str:
        number, line = self._returned.popleft() if self._returned else next(self._lines)
        self._length += len(line)
        self.last_line = number
        if not self.taken or self.has_all:
            self.taken.append((number, line))
        return line

    @property
    def has_all(self) -> bool:
        """Whether every line of the present record is still there to be given back."""
        return self._length <= LOOKAHEAD_CHARACTERS_MAX

    def begin(self) -> None:
        self.taken = []
        self._length = 0

    def follow_to_its_end(self, delimiter: str) -> bool:
        """Take the rest of a record that is too long; whether its quotation marks pair."""
        inside: bool | None = False
        for _, line in self.taken:
            inside = inside_after(line, delimiter, inside=bool(inside))
        while inside:
            try:
                inside = inside_after(self._pull(), delimiter, inside=True)
            except StopIteration:
                return False
        return inside is not None

    def give_back_all_but_first(self) -> None:
        self._returned.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]
        self.last_line = self.taken[0][0]


def inside_after(line: str, delimiter: str, *, inside: bool) -> bool | None:
    """Whether a value in quotation marks is open after this line; None where they do not pair."""
    body = line.rstrip("\r\n")
    at = 0
    while True:
        if inside:
            mark = body.find('"', at)
            if mark < 0:
                return True
            at = mark + 1
            if body[at : at + 1] == '"':
                at += 1
                continue
            if at == len(body):
                return False
            if body[at] != delimiter:
                return None
            at += 1
            inside = False
        if body[at : at + 1] == '"':
            inside = True
            at += 1
            continue
        found = body.find(delimiter, at)
        if found < 0:
            return False
        at = found + 1


def lines_of(text: io.TextIOBase, first: int = 1, limit: int = LOOKAHEAD_CHARACTERS_MAX) -> Iterator[tuple[int, str]]:
    """Lines with their numbers; of a line longer than `limit`, only the beginning (one sign over it)."""
    number = first
    while line := text.readline(limit + 1):
        rest = line
        while len(rest) > limit and not rest.endswith(("\n", "\r")):
            rest = text.readline(limit + 1)
        yield number, line
        number += 1


def records(lines: Iterator[tuple[int, str]], delimiter: str) -> Iterator[Record]:
    """The records of a table. One whose quotation marks do not pair is given up on its first line, and the lines that
    it swallowed are read by themselves (RECOVERIES_MAX times in a file, and never those of one that is merely long)."""
    feed = _Feed(lines)
    recoveries = 0
    while True:
        feed.begin()
        fault: RowFault | None = None
        cells: list[str] | None = None
        unpaired = False
        try:
            cells = next(csv.reader(feed, delimiter=delimiter, strict=True))
        except StopIteration:
            return
        except _TooLong:
            unpaired = not feed.follow_to_its_end(delimiter)
            fault = _too_long(feed)
        except csv.Error as error:
            unpaired = True
            fault = RowFault(
                "intake.quotes",
                sentence(
                    "the quotation marks of the row do not pair ({reason}). "
                    "Put a value that holds the delimiter or a quotation mark in quotation marks, "
                    "and double those inside it.",
                    reason=str(error),
                ),
            )
        if unpaired and len(feed.taken) > 1 and feed.has_all and recoveries < RECOVERIES_MAX:
            recoveries += 1
            feed.give_back_all_but_first()
            fault = RowFault(
                "intake.quotes",
                sentence(
                    "a quotation mark is opened in the row and not closed on its line. "
                    "Close it, or double it if it is part of the value."
                ),
            )
        raw = "".join(line for _, line in feed.taken)
        yield Record(feed.taken[0][0], feed.last_line, None if cells is None else tuple(cells), raw, fault)


def _too_long(feed: _Feed) -> RowFault:
    return RowFault(
        "intake.row_too_long",
        sentence(
            "the row is longer than {limit} characters (to line {line}). Shorten it, or close its quotation marks.",
            limit=ROW_CHARACTERS_MAX,
            line=feed.last_line,
        ),
    )


def sniff(header: str) -> str:
    """The delimiter of a header line: the one that makes most cells of it; a comma where none makes two."""
    return max(DELIMITERS, key=lambda sign: (len(cells_of(header, sign)), -DELIMITERS.index(sign)))


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of one line."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return line.rstrip("\r\n").split(delimiter)


def encoding_of(opened: Opened) -> tuple[str, list[str]]:
    """How the file is written, from its first bytes and, if need be, all of them; and what to note about it."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    unreadable = foreign = 0
    with stream(opened) as flow:
        buffered = io.BufferedReader(flow, 1 << 18)
        start = buffered.peek(4)[:4]
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16", []
        if start.startswith(codecs.BOM_UTF8):
            return "utf-8-sig", []
        while block := buffered.read(1 << 18):
            if not block.isascii() or unreadable + foreign:
                text = decoder.decode(block)
                unreadable += text.count("\ufffd")
                foreign += sum(1 for sign in text if sign > "\x7f")
    if unreadable * 10 <= foreign:
        return "utf-8", []
    note = sentence("{file} is not UTF-8; it was read as Windows-1252 (Western European).", file=opened.name)
    return "cp1252", [str(note)]


def as_text(flow: io.RawIOBase, encoding: str) -> io.TextIOWrapper:
    """The bytes as text, with what cannot be read marked by U+FFFD and line ends left as they are."""
    return io.TextIOWrapper(io.BufferedReader(flow, 1 << 16), encoding=encoding, errors="replace", newline="")
