"""The versions of the tables of rules that count, read from their rows once and kept: a version never changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from passerelle.flow import sizes
from passerelle.policy import deadlines, disclosure
from passerelle.policy.tables import Given, Written
from passerelle.records import wall
from passerelle.records.models import RuleTable
from passerelle.words import sentence

TABLE_CHARACTERS_MAX = 200_000
"""Of a table as it is asked for: several times the longest that is shipped."""

LOADERS: dict[str, Callable[[Given], Any]] = {
    "deadlines": deadlines.whole,
    "who_may_tell_whom": disclosure.telling_table,
}
"""How each table of the installation is read and refused when it is proposed, by the name of its file."""

APPROVED: dict[str, Callable[[Given], Any]] = {**LOADERS, "deadlines": deadlines.load}
"""How a version that was approved is read: what a later release asks for besides stops no house."""


def parsed(named: Mapping[str, str]) -> dict[str, Any]:
    """The tables that these references name, by their names; empty where the shipped ones count."""
    return {table: _version(table, ref) for table, ref in named.items()}


@lru_cache(maxsize=64)
def _version(table: str, ref: str) -> Any:
    with wall.as_house():
        text = RuleTable.objects.values_list("text", flat=True).get(ref=ref)
    return approved(table, text)


def approved(table: str, text: str) -> Any:
    """A version that stands in its row, as it was let in. Raises WrongTable."""
    return APPROVED[table](Written(f"{table}.yaml", text))


def read(table: str, text: str) -> Any:
    """A table that somebody asks for, from its text. Raises WrongTable, TooLong, NoText."""
    sizes.check_text(text, sentence("text"), most=TABLE_CHARACTERS_MAX)
    return LOADERS[table](Written(f"{table}.yaml", text))
