"""The records of a register, one after another: CSV with the agreed header, FollowTheMoney JSON lines, or Parquet."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from passerelle.errors import Refused
from passerelle.matching.subject import FAMILIES
from passerelle.words import Sentence, sentence

LINES_PER_RECORD_MAX = 200
"""A value in quotation marks may run over so many lines; longer, and its quotation mark was never closed."""

CHARACTERS_PER_RECORD_MAX = 1_000_000
ID_CHARACTERS_MAX = 180
DELIMITERS = (",", ";", "\t", "|")

NEVER_TAKEN = frozenset({"religion", "ethnicity", "political"})
"""Taken over in no form (Directive (EU) 2016/680, Art. 10), as in `passerelle import`."""

OF_THE_ROW = frozenset({"category", "language", "learnt_on", "text", "notes"})
"""Columns that speak of the row, and are no evidence."""

TIES = frozenset(
    {
        "Ownership", "Directorship", "Employment", "Membership", "Representation", "Associate", "Family",
        "UnknownLink", "Succession", "Payment", "Debt", "Occupancy", "Position",
    }
)  # fmt: skip
"""FollowTheMoney's entities that tie two others: they are no subjects, and are passed over."""

RELATED = {
    "child_of": ("Person", "name"), "parent_of": ("Person", "name"), "sibling_of": ("Person", "name"),
    "spouse_of": ("Person", "name"), "in_contact_with": ("Person", "name"), "lives_at": ("Address", "full"),
    "located_at": ("Address", "full"), "drives": ("Vehicle", "registrationNumber"), "uses": ("Phone", "phone"),
    "works_for": ("Organization", "name"), "owns": ("Company", "name"),
}  # fmt: skip
"""Columns that speak of another subject, with its schema and property, as in `passerelle import`."""


class RegisterWrong(Refused):
    """A file that is no register, or whose header does not say what its columns are."""

    code = "link.register_wrong"


@dataclass(frozen=True, slots=True)
class Record:
    """One record read well: its id, and the FollowTheMoney entity that `Subject.from_ftm` takes."""

    id: str
    entity: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RefusedRecord:
    """One record that was left out: where it stands, why, and what would mend it."""

    file: str
    row: int
    code: str
    what: Sentence

    @property
    def because(self) -> Sentence:
        """The refusal with its file and row."""
        return sentence("{file}, row {number}: {what}", file=self.file, number=self.row, what=self.what)


class _Fault(Exception):
    """Raised while one record is read; never seen outside this file."""

    def __init__(self, code: str, what: Sentence) -> None:
        super().__init__(str(what))
        self.code = code
        self.what = what


Told = Callable[[int], None]

_Read = tuple[int, Mapping[str, Any] | _Fault, bool]
"""Where a record stands, what it says or what is wrong with it, and whether it is known to hold no odd sign."""

PLAIN_MAX = 20_000
_ODD = re.compile("[\\\\\0\ufffd]")
"""A shorter line without these signs holds nothing that is no text."""


def records(path: Path, told: Told | None = None) -> Iterator[Record | RefusedRecord]:
    """The records in the order of the file, good and refused. `told` hears now and then how many bytes were read.

    Raises RegisterWrong, before the first record, for a file that is none of the three kinds.
    """
    seen: set[int] = set()
    for row, made, plain in _entities(path, told or _unheard):
        try:
            if isinstance(made, _Fault):
                raise made
            entity = _entity(made, plain)
            key = hash(entity["id"])
            if key in seen:
                raise _Fault(
                    "link.id_twice",
                    sentence("The id “{id}” was used by an earlier row. Give this row its own.", id=entity["id"]),
                )
            seen.add(key)
            yield Record(entity["id"], entity)
        except _Fault as fault:
            yield RefusedRecord(path.name, row, fault.code, fault.what)


def kind_of(path: Path) -> str:
    """csv, ftm or parquet, by the first bytes of the file. Raises RegisterWrong."""
    try:
        with path.open("rb") as file:
            start = file.read(65_536)
    except OSError as error:
        raise RegisterWrong(
            sentence("{file} cannot be read ({reason}).", file=path.name, reason=str(error.strerror)),
            way_out=sentence("Name a file that is there and that you may read."),
        ) from error
    if start.startswith(b"PAR1"):
        return "parquet"
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        raise RegisterWrong(sentence("{file} is empty.", file=path.name), way_out=_READ)
    if text.startswith(b"{"):
        return "ftm"
    if text.startswith((b"<", b"[")) or b"\0" in start:
        raise RegisterWrong(sentence("{file} is no register that `link` reads.", file=path.name), way_out=_READ)
    return "csv"


_READ = sentence(
    "Give CSV with the header id,schema,name,…, FollowTheMoney JSON lines, or Parquet: docs/how-to/link.md."
)


def _unheard(_: int) -> None:
    """Nobody listens."""


def _entities(path: Path, told: Told) -> Iterator[_Read]:
    kind = kind_of(path)
    if kind == "parquet":
        return _from_parquet(path, told)
    return _from_lines(path, told) if kind == "ftm" else _from_table(path, told)


def _from_parquet(path: Path, told: Told) -> Iterator[_Read]:
    with duckdb.connect(config={"memory_limit": "256MB"}) as connection:
        try:
            found = connection.execute("SELECT * FROM read_parquet(?)", [str(path)])
        except duckdb.Error as error:
            raise RegisterWrong(
                sentence("{file} is damaged Parquet ({reason}).", file=path.name, reason=str(error)[:200]),
                way_out=_READ,
            ) from error
        header = [column[0] for column in found.description or ()]
        _check_header(path, header)
        plan = _plan(header)
        row, size = 0, path.stat().st_size
        while block := found.fetchmany(2_000):
            for cells in block:
                row += 1
                yield row, _of_cells(header, plan, [_cell(cell) for cell in cells]), False
            told(min(size, row * 100))


def _cell(cell: Any) -> str:
    if cell is None:
        return ""
    return ";".join(str(one) for one in cell) if isinstance(cell, list | tuple) else str(cell)


def _from_lines(path: Path, told: Told) -> Iterator[_Read]:
    for row, line, position in _lines(path):
        if row % 2_000 == 0:
            told(position)
        if not line.strip():
            continue
        try:
            given = json.loads(line)
        except (ValueError, RecursionError) as error:
            what = sentence("the line is no JSON ({reason}). Write one entity a line.", reason=str(error)[:200])
            yield row, _Fault("link.bad_json", what), False
            continue
        if not isinstance(given, dict) or not isinstance(given.get("properties", {}), dict):
            what = sentence("the line is no entity: an object with “id”, “schema” and “properties”.")
            yield row, _Fault("link.no_entity", what), False
        elif given.get("schema") not in TIES:
            taken = {
                name: value if isinstance(value, list) else [value]
                for name, value in given.get("properties", {}).items()
                if name not in NEVER_TAKEN
            }
            yield row, {"id": given.get("id"), "schema": given.get("schema"), "properties": taken}, False


def _lines(path: Path) -> Iterator[tuple[int, str, int]]:
    """The lines, their numbers from 1, and the bytes read up to their ends."""
    position = 0
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            position += len(raw)
            line = raw.decode("utf-8", "replace")
            yield number, line.removeprefix("\ufeff") if number == 1 else line, position


def _from_table(path: Path, told: Told) -> Iterator[_Read]:
    lines = _lines(path)
    _, first, _ = next(lines)
    delimiter = max(DELIMITERS, key=lambda sign: (len(_split(first, sign)), -DELIMITERS.index(sign)))
    header = [name.strip() for name in _split(first, delimiter)]
    _check_header(path, header)
    plan = _plan(header)
    for row, text, position in _whole(lines):
        if row % 2_000 == 0:
            told(position)
        if not text.strip():
            continue
        if '"' not in text and len(text) < PLAIN_MAX and "\r" not in (line := text.rstrip("\r\n")):
            cells = line.split(delimiter)  # as the reader would, which takes three times as long to be made
        else:
            try:
                cells = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
            except (csv.Error, StopIteration) as error:
                what = sentence(
                    "the quotation marks of the row do not pair ({reason}). Close each, and double those in a value.",
                    reason=str(error),
                )
                yield row, _Fault("link.quotes", what), False
                continue
        yield row, _of_cells(header, plan, cells), len(text) < PLAIN_MAX and _ODD.search(text) is None


def _split(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line.strip("\r\n")], delimiter=delimiter), [])


def _whole(lines: Iterable[tuple[int, str, int]]) -> Iterator[tuple[int, str, int]]:
    """Lines put together until their quotation marks pair; if they never do, the first stands alone."""
    waiting: list[tuple[int, str, int]] = []
    returned: list[tuple[int, str, int]] = []
    source = iter(lines)
    while True:
        found = returned.pop() if returned else next(source, None)
        if found is not None and not waiting and found[1].count('"') % 2 == 0:
            yield found
            continue
        if found is not None:
            waiting.append(found)
            if len(waiting) > 1 and found[1].count('"') % 2:
                yield waiting[0][0], "".join(line for _, line, _ in waiting), found[2]
                waiting = []
                continue
        if not waiting:
            return
        if found is None or len(waiting) > LINES_PER_RECORD_MAX:
            yield waiting[0]
            returned.extend(reversed(waiting[1:]))
            waiting = []


def _check_header(path: Path, header: list[str]) -> None:
    for name in ("id", "schema"):
        if name not in header:
            raise RegisterWrong(
                sentence("The header of {file} has no column “{column}”.", file=path.name, column=name), way_out=_READ
            )
    doubled = sorted({name for name in header if name and header.count(name) > 1})
    if doubled:
        raise RegisterWrong(
            sentence("The header of {file} has these columns twice: {columns}.", file=path.name,
                     columns=", ".join(doubled)),
            way_out=sentence("Name each column once; several values of one kind stand in one cell, with “;” between."),
        )  # fmt: skip


_Plan = list[tuple[int, str, bool]]
"""The columns that are taken over, by place and name, and whether each speaks of another subject."""


def _plan(header: list[str]) -> _Plan:
    passed = {"", "id", "schema", *NEVER_TAKEN, *OF_THE_ROW}
    return [(place, name, name in RELATED) for place, name in enumerate(header) if name not in passed]


def _of_cells(header: list[str], plan: _Plan, cells: list[str]) -> Mapping[str, Any] | _Fault:
    count = len(header)
    if len(cells) != count and (len(cells) < count or any(cell.strip() for cell in cells[count:])):
        return _Fault(
            "link.ragged",
            sentence(
                "the row has {count} cells and the header {expected} columns. "
                "Put a value that holds the delimiter in quotation marks.",
                count=len(cells), expected=count,
            ),
        )  # fmt: skip
    properties: dict[str, list[Any]] = {}
    for place, name, related in plan:
        cell = cells[place]
        if not cell:
            continue
        if ";" in cell:
            values = [value for part in cell.split(";") if (value := part.strip())]
        else:
            cell = cell.strip()
            values = [cell] if cell else []
        if related:
            schema, prop = RELATED[name]
            properties[name] = [{"schema": schema, "properties": {prop: [value]}} for value in values]
        elif values:
            properties[name] = values
    return {
        "id": cells[header.index("id")].strip(), "schema": cells[header.index("schema")].strip(),
        "properties": properties,
    }  # fmt: skip


def _entity(given: Mapping[str, Any], plain: bool) -> dict[str, Any]:
    """The record as an entity, its schema one that can be compared; that it is text needs no look where it is `plain`.
    Raises _Fault."""
    external = given["id"]
    if not isinstance(external, str) or not external.strip():
        raise _Fault("link.no_id", sentence("“id” is empty. Give the row an id of its own."))
    if len(external) > ID_CHARACTERS_MAX:
        raise _Fault("link.id_too_long", sentence("The id is longer than {limit} characters.", limit=ID_CHARACTERS_MAX))
    schema = _SCHEMAS.get(str(given["schema"]).casefold())
    if schema is None:
        raise _Fault(
            "link.unknown_schema",
            sentence("“{schema}” is no kind of subject. Write one of {known}.", schema=str(given["schema"])[:100],
                     known=", ".join(FAMILIES)),
        )  # fmt: skip
    properties = given["properties"]
    if not properties:
        raise _Fault(
            "link.nothing_to_recognise",
            sentence("the row has no name, no number, no address and no relation. Give it one of these."),
        )
    said = "" if plain else str(properties.values())
    if "\\x00" in said or "\ufffd" in said or len(said) > CHARACTERS_PER_RECORD_MAX:
        raise _Fault(
            "link.unreadable",
            sentence("the row holds signs that are no text, or is too long. Save the file as UTF-8 and mend the row."),
        )
    return {"id": external.strip(), "schema": schema, "properties": properties}


_SCHEMAS = {name.casefold(): name for name in FAMILIES}
