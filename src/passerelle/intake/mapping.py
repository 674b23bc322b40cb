"""What the columns of a register's table mean: a mapping file, or the agreed header itself."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from passerelle.errors import Refused
from passerelle.intake import schemas
from passerelle.words import LANGUAGES, Sentence, sentence

CATEGORIES = ("suspect", "victim", "witness", "contact", "other")

OWN_COLUMNS = ("id", "schema", "category", "language", "learnt_on", "text")
"""Columns of the agreed header that speak of the row itself."""


MAPPING_BYTES_MAX = 200_000
"""A mapping may be this long. One for a hundred columns has some 5,000."""

_HALF_SIGN = re.compile(r"\\(?:u|U0000)d[89a-f]", re.IGNORECASE)


class MappingWrong(Refused):
    """A mapping file that cannot be read, or does not fit the table. `problems`: each of them, in a sentence."""

    code = "intake.mapping_wrong"

    def __init__(self, file: str, problems: list[Sentence]) -> None:
        said = problems[0]
        for problem in problems[1:]:
            said = sentence("{first} {second}", first=said, second=problem)
        super().__init__(
            sentence("The mapping {file} cannot be used: {problems}", file=file, problems=said),
            way_out=sentence("The keys of a mapping are explained in docs/how-to/import.md."),
        )
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one column says: a property of the main subject, or, with `relation`, of a subject tied to it."""

    prop: str
    relation: str | None = None
    schema: str | None = None
    date_formats: tuple[str, ...] = ()
    values: Mapping[str, str] | None = None
    single: bool = False


@dataclass(frozen=True, slots=True)
class TableMapping:
    """A mapping, read and checked by itself: what each column of one register's table means."""

    file: str
    columns: Mapping[str, Meaning] = field(default_factory=dict)
    ids: tuple[str, ...] = ("id",)
    schema: str | None = None
    schema_column: str | None = None
    schema_values: Mapping[str, str] = field(default_factory=dict)
    category: str | None = None
    category_column: str | None = None
    category_values: Mapping[str, str] = field(default_factory=dict)
    learnt_on_column: str | None = None
    text_columns: tuple[str, ...] = ()
    ignored: frozenset[str] = frozenset()
    constants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    delimiter: str | None = None
    encoding: str | None = None
    separator: str | None = ";"
    language: str | None = None
    date_formats: tuple[str, ...] = ()


def read_mapping(path: Path) -> TableMapping:
    """The mapping in a YAML file. Raises MappingWrong with every problem it has by itself, each with its key."""
    try:
        with path.open("rb") as opened:
            text = opened.read(MAPPING_BYTES_MAX + 1).decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise MappingWrong(path.name, [sentence("it cannot be read as text: {reason}.", reason=str(error))]) from error
    if len(text) > MAPPING_BYTES_MAX:
        raise MappingWrong(path.name, [sentence("it is longer than {limit} bytes.", limit=MAPPING_BYTES_MAX)])
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)) or _HALF_SIGN.search(text):
            raise MappingWrong(
                path.name, [sentence("it holds aliases (*name) or halves of signs (\\ud800); write everything out.")]
            )
        table = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise MappingWrong(path.name, [sentence("it is not good YAML: {reason}.", reason=reason[:300])]) from error
    if not isinstance(table, dict):
        raise MappingWrong(path.name, [sentence("it has no keys such as “columns” and “id”.")])
    return _MappingReader(path.name, table).read()


class _MappingReader:
    """Turns the keys of a mapping into a TableMapping, and keeps every problem on the way."""

    _KEYS = frozenset({
        "schema", "schema_column", "schemas", "id", "columns", "constants", "delimiter", "encoding", "separator",
        "language", "date_formats", "category", "categories", "category_column", "learnt_on_column", "text_columns",
        "ignore",
    })  # fmt: skip
    _COLUMN_KEYS = frozenset({"property", "relation", "schema", "date_formats", "values", "single"})

    def __init__(self, file: str, table: dict[Any, Any]) -> None:
        self._file = file
        self._table = table
        self._problems: list[Sentence] = []

    def read(self) -> TableMapping:
        for key in self._table:
            if key not in self._KEYS:
                self._wrong(str(key), sentence("there is no such key"))
        columns = self._columns()
        ids = self._texts("id", ("id",))
        if not ids:
            self._wrong("id", sentence("it names no column"))
        schema = self._kind("schema", self._table.get("schema"))
        schema_column = self._text("schema_column")
        if schema is None and schema_column is None and "schema" not in self._table:
            self._wrong("schema", sentence("say what the rows are (Person, Organization, …), or give “schema_column”"))
        schema_values = {
            given: kind
            for given, named in self._table_of_texts("schemas").items()
            if (kind := self._kind("schemas", named))
        }
        category = self._text("category")
        category_values = self._table_of_texts("categories")
        for given in (*([category] if category else []), *category_values.values()):
            if given not in CATEGORIES:
                self._wrong(
                    "category", sentence("“{given}” is none of {known}", given=given, known=", ".join(CATEGORIES))
                )
        delimiter = self._text("delimiter")
        if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
            self._wrong("delimiter", sentence("it must be one sign"))
        encoding = self._text("encoding")
        if encoding is not None and not _is_text_encoding(encoding):
            self._wrong("encoding", sentence("“{given}” is not known", given=encoding))
        language = self._text("language")
        if language is not None and language not in LANGUAGES:
            self._wrong(
                "language", sentence("“{given}” is none of {known}", given=language, known=", ".join(LANGUAGES))
            )
        constants = self._constants()
        mapping = TableMapping(
            file=self._file, columns=columns, ids=ids, schema=schema, schema_column=schema_column,
            schema_values=schema_values, category=category, category_column=self._text("category_column"),
            category_values=category_values, learnt_on_column=self._text("learnt_on_column"),
            text_columns=self._texts("text_columns", ()), ignored=frozenset(self._texts("ignore", ())),
            constants=constants, delimiter=delimiter, encoding=encoding,
            separator=None if self._table.get("separator", ";") in (None, "") else self._text("separator"),
            language=language, date_formats=self._formats("date_formats", self._table.get("date_formats")),
        )  # fmt: skip
        if self._problems:
            raise MappingWrong(self._file, self._problems)
        return mapping

    def _wrong(self, key: str, what: Sentence) -> None:
        self._problems.append(sentence("“{key}”: {what}.", key=key, what=what))

    def _text(self, key: str) -> str | None:
        given = self._table.get(key)
        if given is None:
            return None
        if not isinstance(given, str):
            self._wrong(key, sentence("it must be text"))
            return None
        return given

    def _texts(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        given = self._table.get(key)
        if given is None:
            return default
        listed = [given] if isinstance(given, str) else given
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            self._wrong(key, sentence("it must be a text or a list of texts"))
            return default
        return tuple(listed)

    def _table_of_texts(self, key: str, given: Any = None) -> dict[str, str]:
        given = self._table.get(key) if given is None else given
        if given is None:
            return {}
        if not isinstance(given, dict) or not all(
            isinstance(one, (str, int)) for pair in given.items() for one in pair
        ):
            self._wrong(key, sentence("it must be a table of what stands in the file and what it means"))
            return {}
        return {str(one): str(other) for one, other in given.items()}

    def _kind(self, key: str, given: Any) -> str | None:
        if given is None:
            return None
        kind = schemas.known_kind(given) if isinstance(given, str) else None
        if kind is None:
            self._wrong(
                key, sentence("“{given}” is none of {known}", given=str(given)[:100], known=", ".join(schemas.kinds()))
            )
        return kind

    def _formats(self, key: str, given: Any) -> tuple[str, ...]:
        listed = [given] if isinstance(given, str) else given or []
        if not isinstance(listed, list) or not all(isinstance(one, str) and "%" in one for one in listed):
            self._wrong(key, sentence("it must be a list of formats such as “%d/%m/%Y”"))
            return ()
        return tuple(listed)

    def _constants(self) -> dict[str, tuple[str, ...]]:
        kept = {}
        for prop, given in self._items("constants"):
            listed = given if isinstance(given, list) else [given]
            if not all(isinstance(one, (str, int)) for one in listed):
                self._wrong("constants", sentence("“{prop}” must be a text or a list of texts", prop=prop))
                continue
            if self._known("constants", prop):
                kept[prop] = tuple(str(one) for one in listed)
        return kept

    def _items(self, key: str) -> list[tuple[str, Any]]:
        given = self._table.get(key)
        if given is None:
            return []
        if not isinstance(given, dict):
            self._wrong(key, sentence("it must be a table"))
            return []
        return [(str(name), value) for name, value in given.items()]

    def _known(self, key: str, prop: str) -> bool:
        if schemas.is_never_taken(prop):
            self._wrong(key, sentence("“{prop}” is never taken over; list its column under “ignore”", prop=prop))
            return False
        if not any(prop in known for known in schemas.kinds().values()):
            self._wrong(key, sentence("there is no property “{prop}”", prop=prop))
            return False
        return True

    def _columns(self) -> dict[str, Meaning]:
        kept = {}
        for column, given in self._items("columns"):
            key = f"columns.{column}"
            said = {"property": given} if isinstance(given, str) else given
            if not isinstance(said, dict):
                self._wrong(key, sentence("it must be a property, or a table with “property” or “relation”"))
                continue
            for inner in said:
                if inner not in self._COLUMN_KEYS:
                    self._wrong(key, sentence("there is no such key as “{inner}”", inner=str(inner)))
            relation, prop = said.get("relation"), said.get("property")
            schema = self._kind(key, said.get("schema"))
            if relation is not None and relation not in schemas.relation_kinds():
                self._wrong(
                    key,
                    sentence(
                        "“{given}” is no relation; they are {known}",
                        given=str(relation)[:100],
                        known=", ".join(schemas.relation_kinds()),
                    ),
                )
                continue
            if relation is None and prop is None:
                self._wrong(key, sentence("it must have “property” or “relation”"))
                continue
            if relation is not None:
                default_schema, default_prop = schemas.relation_kinds()[relation]
                schema, prop = schema or default_schema, prop or default_prop
            if not isinstance(prop, str) or not self._known(key, prop):
                continue
            values = self._table_of_texts(key, said["values"]) if said.get("values") is not None else None
            formats = self._formats(key, said.get("date_formats"))
            kept[column] = Meaning(prop, relation, schema, formats, values, bool(said.get("single", False)))
        return kept


def _is_text_encoding(name: str) -> bool:
    try:
        return (
            re.fullmatch(r"utf-(8|8-sig|16|16-le|16-be|32)|cp\d+|iso8859-\d+|mac-roman", codecs.lookup(name).name)
            is not None
        )
    except (LookupError, ValueError):
        return False


def mapping_for_header(header: tuple[str, ...]) -> TableMapping:
    """The mapping that the agreed header itself is: each column named for a property or a relation.

    `address` is where the subject lives (a person) or is found (all else); `id`, `schema`, `category`, `language`,
    `learnt_on` and `text` speak of the row.
    """
    columns = {}
    for column in header:
        if column in schemas.relation_kinds():
            schema, prop = schemas.relation_kinds()[column]
            columns[column] = Meaning(prop, column, schema, single=column in {"lives_at", "located_at"})
        elif column == "address":
            columns[column] = Meaning("full", "address", "Address")
        elif column not in OWN_COLUMNS and any(column in known for known in schemas.kinds().values()):
            columns[column] = Meaning(column)
    return TableMapping(
        file="",
        columns=columns,
        schema_column="schema",
        category_column="category" if "category" in header else None,
        learnt_on_column="learnt_on" if "learnt_on" in header else None,
        text_columns=("text",) if "text" in header else (),
    )


def problems_with(mapping: TableMapping, header: tuple[str, ...]) -> list[Sentence]:
    """Where a mapping speaks of columns that the table does not have."""
    asked = [
        *((f"columns.{name}", name) for name in mapping.columns),
        *(("id", name) for name in mapping.ids),
        *(("text_columns", name) for name in mapping.text_columns),
        *(("ignore", name) for name in sorted(mapping.ignored)),
        ("schema_column", mapping.schema_column),
        ("category_column", mapping.category_column),
        ("learnt_on_column", mapping.learnt_on_column),
    ]
    return [
        sentence("“{key}”: the table has no column “{column}”.", key=key, column=name)
        for key, name in asked
        if name is not None and name not in header
    ]
