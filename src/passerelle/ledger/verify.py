"""Checks an exported ledger with nothing but the file: each byte of each line, their order, their times and the root.

An outsider needs no database and no Django for it: `python -m passerelle.ledger.verify FILE`.
What it cannot know is whether this is the ledger's only history: for that, give it a root and a size that you, or a
witness, noted earlier.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from passerelle.ledger import canonical, chain, export
from passerelle.words import Sentence, sentence

FAULTS_MAX = 100
"""Faults told one by one; the rest are counted, so that a ruined file needs no more memory than a good one."""

_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_ENTRY_KEYS = {"at", "facts", "index", "kind"}
_PREFIX = b'{"entry":'
_SET_RIGHT = "ClockSetRight"
"""The one kind of line after which time may stand earlier: by the seconds that it names, and no more."""
_SET_RIGHT_SECONDS_MAX = 1000 * 366 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, in which line of the file (the header is line 1; 0: the file as a whole), and what to do."""

    line: int
    why: Sentence
    remedy: Sentence

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        return f"{place}{self.why} {self.remedy}"


@dataclass(frozen=True, slots=True)
class Report:
    """What was found: the lines there are, the root over them in hex, and the faults (none: it holds)."""

    size: int
    root: str
    faults: tuple[Fault, ...]
    faults_untold: int = 0
    header: export.Header | None = None
    noted: tuple[int, str] | None = None

    @property
    def holds(self) -> bool:
        """Is the export whole, in order and unaltered, and does it agree with what was noted?"""
        return not self.faults


@dataclass(slots=True)
class _Findings:
    faults: list[Fault] = field(default_factory=list)
    untold: int = 0

    def add(self, line: int, why: Sentence, remedy: Sentence) -> None:
        if len(self.faults) < FAULTS_MAX:
            self.faults.append(Fault(line, why, remedy))
        else:
            self.untold += 1


_COMPARE = sentence("Ask for a fresh export and compare the line; if it differs from this one, tell oversight.")
_TELL = sentence("Tell oversight: a ledger is never shortened, reordered or rewritten.")
_LATER = sentence("Verify it with the release that wrote it.")


def verify(
    path: Path,
    *,
    expected_root: str | None = None,
    expected_size: int | None = None,
    known_kinds: Collection[str] | None = None,
) -> Report:
    """Read the export at `path` once, in memory that does not grow with it, and report.

    `expected_root` with `expected_size`: the ledger had this root (hex) when it had this many lines; a ledger that has
    grown since still holds. `expected_root` alone must be the root over all lines; `expected_size` alone: it has at
    least so many. `known_kinds`: the vocabulary; a line of another kind is a fault. Raises OSError for a file that
    cannot be read.
    """
    found, frontier, noted_root = _Findings(), chain.Frontier(), None
    header: export.Header | None = None
    wanted, last_at, number = 0, "", 1
    with path.open("rb") as file:
        try:
            header = export.parse_header(file.readline(export.LINE_BYTES_MAX))
        except export.NotALedger as error:
            found.add(1, error.sentence, error.way_out or _COMPARE)
        while data := file.readline(export.LINE_BYTES_MAX):
            number += 1
            if expected_size == frontier.size:
                noted_root = frontier.root().hex()
            tail = b',"index":%d,"leaf":"' % wanted
            entry = data[len(_PREFIX) : -(len(tail) + 2 * chain.HASH_BYTES + 3)]
            leaf = chain.leaf_hash(entry)
            if data != export.line_bytes(entry, wanted, leaf.hex()):
                legible, wanted = _diagnose(data, wanted, number, found)
                if legible is None:
                    if not data.endswith(b"\n"):
                        break
                    wanted += 1
                    continue
                entry, leaf = legible, chain.leaf_hash(legible)
            frontier.append(leaf)
            last_at = _check_entry(entry, wanted, last_at, number, found, known_kinds)
            wanted += 1
    if expected_size == frontier.size:
        noted_root = frontier.root().hex()
    root = frontier.root().hex()
    if header is not None:
        if header.size != frontier.size:
            found.add(
                number,
                sentence(
                    "The header promises {promised} lines and there are {size}.",
                    promised=header.size,
                    size=frontier.size,
                ),
                _COMPARE,
            )
        if header.root != root:
            found.add(0, sentence("The root over the lines is not the one that the header names."), _COMPARE)
    _compare_with_noted(found, frontier.size, root, noted_root, expected_size, expected_root)
    noted = None if expected_size is None or noted_root is None else (expected_size, noted_root)
    return Report(frontier.size, root, tuple(found.faults), found.untold, header, noted)


def _diagnose(data: bytes, wanted: int, number: int, found: _Findings) -> tuple[bytes | None, int]:
    """Say why a line is not what it should be. Its entry and its place, where they can be read; else none."""
    if not data.endswith(b"\n"):
        if len(data) == export.LINE_BYTES_MAX:
            found.add(number, sentence("The line is longer than any line of a ledger."), _COMPARE)
        else:
            found.add(number, sentence("The file ends in the middle of the line."), _COMPARE)
        return None, wanted
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        found.add(number, sentence("The line is no JSON."), _COMPARE)
        return None, wanted
    if not isinstance(said, dict) or set(said) != {"entry", "index", "leaf"} or type(said["index"]) is not int:
        found.add(number, sentence("The line does not say its entry, its index and its leaf."), _COMPARE)
        return None, wanted
    index = said["index"]
    try:
        entry = canonical.to_bytes(said["entry"])
    except (canonical.NotCanonical, RecursionError):
        found.add(number, sentence("The entry is not in its canonical form."), _COMPARE)
        return None, wanted
    if index != wanted:
        found.add(
            number, sentence("Here stands index {index}; {wanted} was to come.", index=index, wanted=wanted), _TELL
        )
    if said["leaf"] != chain.leaf_hash(entry).hex():
        found.add(
            number,
            sentence("The leaf of index {index} is not the hash of its entry: one of them was changed.", index=index),
            _COMPARE,
        )
    elif data != export.line_bytes(entry, index, said["leaf"]):
        found.add(number, sentence("The line is not in its canonical form."), _COMPARE)
    return entry, index if 0 <= index <= canonical.INTEGER_MAX else wanted


def _check_entry(
    entry: bytes, index: int, last_at: str, number: int, found: _Findings, known_kinds: Collection[str] | None
) -> str:
    """Check what an entry says of itself; its time, which the next line may not come before."""
    try:
        said = canonical.from_bytes(entry)
    except canonical.NotCanonical:
        found.add(number, sentence("The entry of index {index} is not in its canonical form.", index=index), _COMPARE)
        return last_at
    if not isinstance(said, dict) or set(said) != _ENTRY_KEYS or not isinstance(said["facts"], dict):
        found.add(number, sentence("The entry of index {index} is no fact of a ledger.", index=index), _COMPARE)
        return last_at
    if said["index"] != index or type(said["index"]) is not int:
        found.add(number, sentence("The entry of index {index} says that it stands elsewhere.", index=index), _TELL)
    kind, at = said["kind"], said["at"]
    if known_kinds is not None and kind not in known_kinds:
        found.add(number, sentence("A fact of the kind “{kind}” is not in the vocabulary.", kind=str(kind)), _LATER)
    if not isinstance(at, str) or not _TIMESTAMP.fullmatch(at):
        found.add(number, sentence("The entry of index {index} has no time.", index=index), _COMPARE)
        return last_at
    if at < last_at:
        found.add(
            number, sentence("The time runs backwards here, from {before} to {after}.", before=last_at, after=at), _TELL
        )
    if kind == _SET_RIGHT:
        return _set_right(at, said["facts"].get("seconds"))
    return max(at, last_at)


def _set_right(at: str, seconds: object) -> str:
    """What the next line may not come before, after the clock was set right by so many seconds."""
    if type(seconds) is not int or not 0 <= seconds <= _SET_RIGHT_SECONDS_MAX:
        return at
    try:
        return canonical.timestamp(datetime.fromisoformat(at) - timedelta(seconds=seconds))
    except (ValueError, OverflowError):
        return at


def _compare_with_noted(
    found: _Findings, size: int, root: str, noted_root: str | None, expected_size: int | None, expected_root: str | None
) -> None:
    if expected_size is not None and size < expected_size:
        found.add(
            0,
            sentence("There were {expected} lines once, and there are {size} now.", expected=expected_size, size=size),
            _TELL,
        )
    elif expected_size is not None and expected_root is not None and noted_root != expected_root.lower():
        found.add(
            0,
            sentence("The first {expected} lines do not have the root that was noted.", expected=expected_size),
            _TELL,
        )
    elif expected_size is None and expected_root is not None and root != expected_root.lower():
        found.add(
            0,
            sentence("The root over all lines is not the one that was noted."),
            sentence("Give the size noted with it too, if the ledger has grown since; else tell oversight."),
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m passerelle.ledger.verify FILE [--root HEX] [--size N]`: 0 it holds, 1 it does not, 2 wrong usage."""
    from passerelle.ledger.events import EVENTS  # here: a library user brings a vocabulary of their own

    parser = argparse.ArgumentParser(prog="python -m passerelle.ledger.verify", description=__doc__)
    parser.add_argument("file", type=Path, help="an export, from `passerelle ledger export FILE`")
    parser.add_argument("--root", help="a root in hex that was noted earlier")
    parser.add_argument("--size", type=int, help="how many lines the ledger had then")
    given = parser.parse_args(arguments)
    try:
        report = verify(given.file, expected_root=given.root, expected_size=given.size, known_kinds=EVENTS)
    except OSError as error:
        parser.error(f"{given.file} cannot be read: {error.strerror}")
    sys.stdout.write(told(report) + "\n")
    return 0 if report.holds else 1


def told(report: Report) -> str:
    """What was checked and found, in lines of plain English."""
    lines = [str(fault) for fault in report.faults]
    if report.faults_untold:
        lines.append(f"… and {report.faults_untold} more.")
    if report.header is not None:
        lines.append(f"Exported {report.header.exported_at} by {report.header.installation}.")
    lines.append(
        f"Checked {report.size} lines: the form of each byte, the order, the leaf of each line, that time does not run "
        f"backwards, the vocabulary, the root."
    )
    if report.noted is not None:
        lines.append(f"The root over the first {report.noted[0]} lines is {report.noted[1]}.")
    lines.append(f"The root over all {report.size} lines is {report.root}.")
    if report.holds:
        lines.append("It holds. Note the size and the root: whoever shows you another history later can be caught.")
    else:
        lines.append("It does NOT hold.")
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
