"""Tells from a file's content and name which register it is, and opens it with the reader for that."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from passerelle.errors import Refused
from passerelle.intake import csv, followthemoney, ofac_sdn, un_consolidated
from passerelle.intake.row import BadRow, Row
from passerelle.intake.source import (
    ArchiveRefused,
    FileUnreadable,
    Opened,
    Source,
    head,
    looks_packed,
    members,
    translated,
)
from passerelle.words import sentence

FORMATS = ("csv", "ftm", "un", "ofac")
"""csv: a table; ftm: FollowTheMoney JSON lines; un: the UN consolidated list; ofac: the OFAC SDN list."""


class UnknownFormat(Refused):
    """A file that is none of the registers that can be read, or not the one that was named."""

    code = "intake.unknown_format"


_REMEDY = sentence(
    "Registers are read as CSV, FollowTheMoney JSON lines, the UN consolidated list (XML) or OFAC's sdn.csv; "
    "docs/how-to/import.md shows each."
)

_NOT_REGISTERS = (
    (b"PAR1", "Parquet"),
    (b"%PDF", "PDF"),
    (b"\xd0\xcf\x11\xe0", "Excel"),
    (b"SQLite format 3", "SQLite"),
    (b"\x7fELF", "program"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
)


def open_source(
    paths: Sequence[Path | Opened] | Path | Opened,
    *,
    format: str | None = None,  # noqa: A002 (what the option of the command is called)
    mapping: Path | None = None,
    language: str | None = None,
) -> Source:
    """A register ready to be read, from its file, its archive, or (OFAC) its folder or its three files; or from what
    is held in memory, as `Opened(Path(name), content=…)`.

    `format` (csv, ftm, un, ofac) is told by the content where it is None. `language` is that of a table that does not
    say it itself. Raises a Refused that names the file and the remedy.
    """
    given = [paths] if isinstance(paths, Path | Opened) else list(paths)
    if format is not None and format not in FORMATS:
        raise UnknownFormat(
            sentence("There is no format “{format}”.", format=format),
            way_out=sentence("The formats are {known}.", known=", ".join(FORMATS)),
        )
    if mapping is not None and format not in (None, "csv"):
        raise UnknownFormat(
            sentence("A mapping belongs to a table, not to the format “{format}”.", format=format),
            way_out=sentence("Leave the mapping or the format out."),
        )
    opened = _files(given)
    if ofac_sdn.is_set_of_files(opened) and format in (None, "ofac") and mapping is None:
        return ofac_sdn.source(opened)
    if len(opened) != 1:
        raise UnknownFormat(
            sentence("{files}: one file was expected.", files=", ".join(one.name for one in opened) or "-"),
            way_out=sentence(
                "Give one register at a time. Only OFAC's sdn.csv, alt.csv and add.csv are read together."
            ),
        )
    only = opened[0]
    found = format or ("csv" if mapping is not None else detect(only))
    if found == "un":
        return un_consolidated.source(only)
    if found == "ftm":
        return followthemoney.source(only)
    if found == "ofac":
        return ofac_sdn.source([only, *ofac_sdn.beside(only)])
    return csv.source(only, mapping, language)


def reread(
    raw: str,
    format: str,  # noqa: A002 (what the option of the command is called)
    mapping: Path | None = None,
    *,
    number: int = 1,
    language: str | None = None,
) -> Row | BadRow:
    """One row that somebody mended, from the `raw` of its Row or BadRow; the same result as from the whole file.
    `language`: as `open_source` was told."""
    if format == "un":
        return un_consolidated.reread(raw, number)
    if format == "ftm":
        return followthemoney.reread(raw, number)
    if format == "ofac":
        return ofac_sdn.reread(raw, number)
    if format == "csv":
        return csv.reread(raw, mapping, number, language=language)
    raise UnknownFormat(
        sentence("There is no format “{format}”.", format=format),
        way_out=sentence("The formats are {known}.", known=", ".join(FORMATS)),
    )


def _files(given: Sequence[Path | Opened]) -> list[Opened]:
    found: list[Opened] = []
    for path in given:
        if isinstance(path, Opened):
            found.append(path)
            continue
        with translated(path.name):
            inside = sorted(one for one in path.iterdir() if one.is_file()) if path.is_dir() else None
        if inside is None:
            found += members(path)
            continue
        parts = [Opened(one) for one in inside if ofac_sdn.part_of(one.name) is not None]
        if not any(ofac_sdn.part_of(one.name) == "sdn" for one in parts):
            raise FileUnreadable(
                sentence("The folder {file} holds no sdn.csv.", file=path.name),
                way_out=sentence("Give the register's file. A folder is read only as OFAC's three files."),
            )
        found += parts
    return found


def detect(opened: Opened) -> str:
    """The format of a file by its first bytes, and by its name where they could be either. Raises UnknownFormat."""
    start = head(opened)
    for sign, name in _NOT_REGISTERS:
        if start.startswith(sign):
            raise UnknownFormat(
                sentence("{file} is a file of the kind {kind}, which is not read.", file=opened.name, kind=name),
                way_out=_REMEDY,
            )
    if looks_packed(start):
        raise ArchiveRefused(
            sentence("{file} is packed in a way that is not read.", file=opened.name),
            way_out=sentence("Unpack it, or pack it as .zip or .gz."),
        )
    text = _first_text(start)
    if not text.strip():
        raise UnknownFormat(sentence("{file} is empty.", file=opened.name), way_out=_REMEDY)
    if text.lstrip().startswith("<"):
        if "<CONSOLIDATED_LIST" in text:
            return "un"
        raise UnknownFormat(
            sentence("{file} is XML, but not the UN consolidated list.", file=opened.name), way_out=_REMEDY
        )
    if text.lstrip().startswith("{"):
        if text.lstrip().splitlines()[0].strip() == "{":
            raise UnknownFormat(
                sentence("{file} has JSON objects that run over several lines.", file=opened.name),
                way_out=sentence("Write each entity on one line of its own."),
            )
        return "ftm"
    if text.lstrip().startswith("["):
        raise UnknownFormat(
            sentence("{file} is one JSON list; FollowTheMoney JSON has one object a line.", file=opened.name),
            way_out=sentence("Write each entity on its own line, without commas between them."),
        )
    if ofac_sdn.part_of(opened.plain_name) in {"alt", "add"} and _looks_like_ofac(text):
        raise UnknownFormat(
            sentence("{file} is a part of the OFAC SDN list.", file=opened.name),
            way_out=sentence("Give its sdn.csv; the aliases and addresses are found beside it."),
        )
    if ofac_sdn.looks_like_sdn(text) or (
        ofac_sdn.part_of(opened.plain_name) == "sdn" and re.match(r'\s*"?\d+"?,', text) is not None
    ):
        return "ofac"
    if text.count("\0") * 20 > len(text):
        raise UnknownFormat(sentence("{file} is not text.", file=opened.name), way_out=_REMEDY)
    return "csv"


def _looks_like_ofac(text: str) -> bool:
    return re.match(r'"?\d+"?,"?\d+"?,', text) is not None


def _first_text(start: bytes) -> str:
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if start.startswith(mark):
            return start.decode(encoding, "replace")
    return start.decode("utf-8", "replace")
