"""Reads the tables of policy from YAML, refuses rows that say too little, and gives the tables a version."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from passerelle.errors import Refused
from passerelle.words import sentence

DATA_FOLDER = Path(__file__).parent / "data"
"""The shipped tables. An installation may read its own rows from a file of the same shape."""

LEGAL_STANDINGS = ("binding", "borrowed")
"""*binding*: it binds these services in this exchange; *borrowed*: a sound standard taken from elsewhere."""


class WrongTable(Refused):
    """A table of policy that cannot be used: a row without a source, a word nobody knows, two rows of one name."""

    code = "policy.wrong_table"


@dataclass(frozen=True, slots=True)
class Written:
    """A table as text, where a file of it would stand: a name for messages, and what it says."""

    name: str
    text: str

    def open(self, *, encoding: str) -> io.StringIO:
        """The text, read as a file is."""
        assert encoding == "utf-8"
        return io.StringIO(self.text)


Given = Path | Written
"""Where a table stands: a file, or its text."""

_in_force: ContextVar[Mapping[str, Any] | None] = ContextVar("in_force", default=None)
"""The tables that the installation set, parsed, by name; the shipped ones count for what is not named."""


@contextmanager
def in_force(tables: Mapping[str, Any]) -> Iterator[None]:
    """What is decided in here is decided by these tables (parsed, by the name of their file without its ending)."""
    before = _in_force.set(tables)
    try:
        yield
    finally:
        _in_force.reset(before)


def set_here(name: str) -> Any:
    """The table of that name as the installation set it; None: the shipped one counts."""
    return (_in_force.get() or {}).get(name)


def read(path: Given) -> dict[str, Any]:
    """The YAML of `path`, which must be a mapping. Raises WrongTable, naming the file."""
    try:
        with path.open(encoding="utf-8") as file:
            data = yaml.safe_load(file)
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # no such day, no such sign, too deep
        raise wrong(path, " ".join(str(error).split())) from None
    if not isinstance(data, dict):
        raise wrong(path, "it must be a mapping with its rows under a name")
    return data


def rows(path: Given, block: str, *, required: Mapping[str, type | tuple[type, ...]]) -> list[dict[str, Any]]:
    """The rows under `block`, each with an `id` of its own, a `source`, a `standing` in law, and `required`."""
    found = read(path).get(block)
    if not isinstance(found, list) or not found:
        raise wrong(path, f"there are no rows under “{block}”")
    seen: set[str] = set()
    for number, row in enumerate(found, start=1):
        name = row.get("id") if isinstance(row, dict) else None
        if not isinstance(name, str) or not name or name in seen:
            raise wrong(path, f"row {number} has no id of its own")
        seen.add(name)
        for key, kind in {**required, "source": str}.items():
            if not isinstance(row.get(key), kind) or row[key] == "":
                raise wrong(path, f"row {name} lacks “{key}”")
        if row.get("standing") not in LEGAL_STANDINGS:
            raise wrong(path, f"row {name} is neither binding nor borrowed")
    return found


def knows(words: Collection[str], given: Sequence[Any]) -> bool:
    """Whether every one of these is among the words; what is no word at all is not."""
    return all(isinstance(one, str) and one in words for one in given)


def wrong(path: Given, why: str) -> WrongTable:
    """A refusal that names the file and what is wrong with it."""
    return WrongTable(
        sentence("The table {name} cannot be used: {why}.", name=path.name, why=why),
        way_out=sentence("Mend the row; the shipped table of the same name shows the shape."),
    )


@cache
def version(folder: Path = DATA_FOLDER) -> str:
    """Twelve hexadecimal signs of the SHA-256 of all tables in `folder`: which rules a decision was taken under."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.yaml")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
