"""Reads FollowTheMoney entities, one JSON object a line, and gives each its addresses, documents and relations.

Entities and what ties them may stand in any order, so the file is read twice: first to note the ties, addresses and
documents in a table on disk that vanishes afterwards, then to hand on the rows. Memory stays bounded whatever its size.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from passerelle.intake import schemas
from passerelle.intake.row import (
    BadRow,
    Draft,
    Row,
    RowFault,
    Seen,
    bad_row,
    check_external_id,
    check_readable,
    label_of,
    twice,
)
from passerelle.intake.source import PROGRESS_ROWS, FileUnreadable, Opened, Progress, Source, stream
from passerelle.intake.table import as_text, encoding_of, lines_of
from passerelle.words import sentence

LINE_CHARACTERS_MAX = 1_000_000
"""One entity may be this long as it stands in the file."""

PARTS_MAX = 5_000
"""One entity may have so many addresses, documents and ties."""

_ENTITIES_BESIDE = frozenset({"Position"})
_TEXTS = frozenset({"PlainText", "Documentation"})
"""A text and where its subjects stand in it, as `passerelle export` writes them: no subject of a register."""

_DOCUMENTS = frozenset({"Identification", "Passport"})
_TIES_PER_EDGE_MAX = 100


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity of the file, its properties as lists of texts; `inner`: entities that stand inside it."""

    id: str
    schema: str
    properties: Mapping[str, tuple[str, ...]]
    inner: Mapping[str, tuple[Entity, ...]] = field(default_factory=dict)


def source(opened: Opened) -> Source:
    """The entities ready to be read; `number` is the line on which one stands."""
    encoding, notes = encoding_of(opened)

    def reader(on_progress: Progress | None, start_after: int) -> Iterator[Row | BadRow]:
        return _rows(opened, encoding, on_progress, start_after)

    return Source("ftm", (opened.name,), opened.total(), tuple(notes), reader)


def reread(raw: str, number: int = 1) -> Row | BadRow:
    """One row that was mended: its entity on the first line, what belongs to it after it, as `raw` has them."""
    name = str(sentence("the mended row"))
    lines = [line for line in raw.split("\n") if line.strip()]  # a value may hold U+2028: no end of a line here
    try:
        if not lines:
            raise RowFault("intake.not_one_row", sentence("It is empty. Give one entity."))
        names: dict[str, str] = {}
        beside = []
        for line in lines[1:]:
            if (given := _names_of(line)) is not None:
                names |= given
            else:
                beside.append(parse(line))
        main = parse(lines[0])
    except RowFault as fault:
        return bad_row(name, number, None, fault, raw)
    return _row(main, beside, names, name, number, raw)


def _names_of(line: str) -> dict[str, str] | None:
    with contextlib.suppress(ValueError, RecursionError):
        given = json.loads(line)
        if isinstance(given, dict) and set(given) == {"names"} and isinstance(given["names"], dict):
            return {str(one): str(other) for one, other in given["names"].items()}
    return None


def parse(line: str) -> Entity:
    """The entity on one line. Raises RowFault for what is no entity."""
    if len(line) > LINE_CHARACTERS_MAX:
        raise RowFault(
            "intake.row_too_long",
            sentence("The line is longer than {limit} characters. Shorten it.", limit=LINE_CHARACTERS_MAX),
        )
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise RowFault(
            "intake.bad_json",
            sentence(
                "The line is not good JSON, or breaks off ({reason}). Write one entity a line.", reason=str(error)[:200]
            ),
        ) from error
    return _entity(given, 0)


def _entity(given: Any, depth: int) -> Entity:
    if not isinstance(given, dict) or not isinstance(given.get("properties", {}), dict) or depth > 3:
        raise RowFault(
            "intake.no_entity", sentence("The line is no entity: an object with “id”, “schema” and “properties”.")
        )
    raw_id = given.get("id", "")
    external_id = check_external_id(raw_id if isinstance(raw_id, str) else "", "id")
    check_readable(external_id, "id")
    schema = given.get("schema")
    if not isinstance(schema, str):
        raise RowFault(
            "intake.unknown_schema", sentence("“{field}” is missing. Give the kind of entity.", field="schema")
        )
    check_readable(schema, "schema")
    properties: dict[str, tuple[str, ...]] = {}
    inner: dict[str, tuple[Entity, ...]] = {}
    for prop, values in given.get("properties", {}).items():
        listed = values if isinstance(values, list) else [values]
        check_readable(str(prop), "properties")
        texts = tuple(str(one) for one in listed if isinstance(one, (str, int, float)) and not isinstance(one, bool))
        within = tuple(_entity(one, depth + 1) for one in listed if isinstance(one, dict) and one.get("schema"))
        if len(texts) + len(within) < len([one for one in listed if one is not None]):
            raise RowFault(
                "intake.bad_value",
                sentence("“{field}” holds a value that is no text. Write a list of texts.", field=str(prop)),
            )
        for text in texts:
            check_readable(text, str(prop))
        if texts:
            properties[str(prop)] = texts
        if within:
            inner[str(prop)] = within
    return Entity(external_id, schema, properties, inner)


class _Beside:
    """What stands in the file besides its main entities, in a table on disk that vanishes when it is closed."""

    def __init__(self) -> None:
        self._table = sqlite3.connect("", isolation_level=None)
        self._table.executescript(
            """
            PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384; BEGIN;
            CREATE TABLE main (id TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID;
            CREATE TABLE thing (id TEXT PRIMARY KEY, line TEXT) WITHOUT ROWID;
            CREATE TABLE asked (id TEXT PRIMARY KEY) WITHOUT ROWID;
            CREATE TABLE part (owner TEXT, position INTEGER, line TEXT);
            """
        )

    def note(self, entity: Entity, line: str, position: int) -> None:
        run = self._table.execute
        if entity.schema in schemas.edges():
            near = schemas.edges()[entity.schema][0]
            for end in entity.properties.get(near, ())[:_TIES_PER_EDGE_MAX]:
                run("INSERT INTO part VALUES (?, ?, ?)", (end, position, line))
        elif entity.schema in _DOCUMENTS and entity.properties.get("holder"):
            for holder in entity.properties["holder"][:_TIES_PER_EDGE_MAX]:
                run("INSERT INTO part VALUES (?, ?, ?)", (holder, position, line))
        elif entity.schema in _ENTITIES_BESIDE:
            run("INSERT OR IGNORE INTO thing VALUES (?, ?)", (entity.id, line))
        else:
            if entity.schema == "Address":
                run("INSERT OR IGNORE INTO thing VALUES (?, ?)", (entity.id, line))
            run("INSERT OR IGNORE INTO main VALUES (?, ?)", (entity.id, _caption(entity)))
            for address in entity.properties.get("addressEntity", ()):
                run("INSERT OR IGNORE INTO asked VALUES (?)", (address,))

    def ready(self) -> None:
        self._table.execute("CREATE INDEX by_owner ON part (owner, position)")

    def has(self, entity_id: str) -> bool:
        return self._table.execute("SELECT 1 FROM main WHERE id = ?", (entity_id,)).fetchone() is not None

    def name(self, entity_id: str) -> str | None:
        found = self._table.execute("SELECT name FROM main WHERE id = ?", (entity_id,)).fetchone()
        return None if found is None else str(found[0])

    def is_asked_for(self, address_id: str) -> bool:
        return self._table.execute("SELECT 1 FROM asked WHERE id = ?", (address_id,)).fetchone() is not None

    def thing(self, entity_id: str) -> str | None:
        found = self._table.execute("SELECT line FROM thing WHERE id = ?", (entity_id,)).fetchone()
        return None if found is None else str(found[0])

    def parts_of(self, entity_id: str) -> list[str]:
        return [
            str(line)
            for (line,) in self._table.execute(
                "SELECT line FROM part WHERE owner = ? ORDER BY position LIMIT ?", (entity_id, PARTS_MAX + 1)
            )
        ]

    def close(self) -> None:
        self._table.close()


def _caption(entity: Entity) -> str:
    for prop in ("name", "full", "registrationNumber", "number", "iban"):
        if values := entity.properties.get(prop):
            return values[0][:200]
    return entity.id


def _lines(opened: Opened, encoding: str) -> Iterator[tuple[int, str, int]]:
    with stream(opened) as flow:
        for number, line in lines_of(as_text(flow, encoding), limit=LINE_CHARACTERS_MAX):
            if line.strip():
                yield number, line.strip() if len(line) <= LINE_CHARACTERS_MAX else line, flow.position()


def _rows(opened: Opened, encoding: str, on_progress: Progress | None, start_after: int) -> Iterator[Row | BadRow]:
    beside = _Beside()
    try:
        for number, line, _ in _lines(opened, encoding):
            with contextlib.suppress(RowFault):
                beside.note(parse(line), line, number)
        beside.ready()
        yield from _second_pass(opened, encoding, beside, on_progress, start_after)
    except sqlite3.Error as error:
        raise FileUnreadable(
            sentence("The ties of {file} cannot be noted on disk: {reason}.", file=opened.name, reason=str(error)),
            way_out=sentence("Make room in the folder for temporary files."),
        ) from error
    finally:
        beside.close()


def _second_pass(
    opened: Opened, encoding: str, beside: _Beside, on_progress: Progress | None, start_after: int
) -> Iterator[Row | BadRow]:
    seen = Seen()
    position = 0
    for count, (number, line, position) in enumerate(_lines(opened, encoding), 1):
        if on_progress is not None and count % PROGRESS_ROWS == 0:
            on_progress(position)
        external_id: str | None = None
        try:
            entity = parse(line)
            external_id = entity.id
            if seen.again(external_id):
                raise twice(external_id)
            if number <= start_after or _is_told_elsewhere(entity, beside):
                continue
            parts = _parts(entity, beside)
            names = _names(entity, parts, beside)
        except RowFault as fault:
            if number > start_after:
                yield bad_row(opened.name, number, external_id, fault, line)
            continue
        raw = "\n".join([line, *parts, *([json.dumps({"names": names}, ensure_ascii=False)] if names else [])])
        yield _row(entity, [parse(part) for part in parts], names, opened.name, number, raw)
    if on_progress is not None:
        on_progress(position)


def _is_told_elsewhere(entity: Entity, beside: _Beside) -> bool:
    """Whether this entity is part of another's row. Refuses a tie whose ends are not in the file."""
    if entity.schema in _ENTITIES_BESIDE or entity.schema in _TEXTS:
        return True
    if entity.schema == "Address":
        return beside.is_asked_for(entity.id)
    if entity.schema in schemas.edges():
        near, far, kind = schemas.edges()[entity.schema]
        ends = [(near, entity.properties.get(near, ())), (far, entity.properties.get(far, ()))]
    elif entity.schema in _DOCUMENTS and entity.properties.get("holder"):
        kind, ends = "", [("holder", entity.properties["holder"])]
    else:
        return False
    for prop, values in ends:
        for value in values:
            if not (beside.has(value) or (kind == "post" and prop == "post" and beside.thing(value) is not None)):
                raise RowFault(
                    "intake.end_unknown",
                    sentence(
                        "“{field}” names “{value}”, which is not in the file. Add it, or leave the tie out.",
                        field=prop,
                        value=value[:200],
                    ),
                )
        if not values:
            raise RowFault(
                "intake.end_unknown", sentence("“{field}” is missing. Name both ends of the tie.", field=prop)
            )
    return True


def _parts(entity: Entity, beside: _Beside) -> list[str]:
    lines = beside.parts_of(entity.id)
    lines += [line for one in entity.properties.get("addressEntity", ()) if (line := beside.thing(one)) is not None]
    for line in list(lines):
        part = parse(line)
        if part.schema == "Occupancy":
            lines += [found for post in part.properties.get("post", ()) if (found := beside.thing(post)) is not None]
    if len(lines) > PARTS_MAX:
        raise RowFault(
            "intake.too_many_values",
            sentence(
                "“{id}” has more than {limit} addresses, documents and ties. Split it.", id=entity.id, limit=PARTS_MAX
            ),
        )
    return lines


def _names(entity: Entity, parts: list[str], beside: _Beside) -> dict[str, str]:
    names = {}
    for line in parts:
        part = parse(line)
        if part.schema in schemas.edges():
            for other in part.properties.get(schemas.edges()[part.schema][1], ())[:_TIES_PER_EDGE_MAX]:
                if (name := beside.name(other)) is not None:
                    names[other] = name
    return names


def _row(
    main: Entity, beside: list[Entity], names: Mapping[str, str], file: str, number: int, raw: str
) -> Row | BadRow:
    try:
        draft = _draft(main)
        for prop, values in main.properties.items():
            _read_property(draft, prop, values)
        _read_inner(draft, main)
        things = {one.id: one for one in beside}
        for address in main.properties.get("addressEntity", ()):
            if address in things:
                _read_address(draft, things[address])
            else:
                draft.note(sentence("The address “{id}” is not in the file.", id=address[:200]))
        for one in beside:
            if one.schema in schemas.edges():
                _read_edge(draft, one, things, names)
            elif one.schema in _DOCUMENTS:
                _read_document(draft, one)
        return draft.finish(number, language="en", raw=raw)
    except RowFault as fault:
        return bad_row(file, number, main.id, fault, raw)


def _draft(main: Entity) -> Draft:
    kind = schemas.known_kind(main.schema)
    if kind is None:
        raise RowFault(
            "intake.unknown_schema",
            sentence(
                "“{field}” holds “{value}”, which is no kind of subject. Write one of {known}.",
                field="schema",
                value=main.schema[:100],
                known=", ".join(schemas.kinds()),
            ),
        )
    draft = Draft(main.id, kind)
    if kind != main.schema:
        draft.note(sentence("A {given} is taken in as {kind}.", given=main.schema[:100], kind=kind))
    return draft


def _read_property(draft: Draft, prop: str, values: tuple[str, ...]) -> None:
    if schemas.is_never_taken(prop):
        draft.note(sentence("“{field}” is of a kind that is never taken over.", field=prop))
        return
    if prop == "addressEntity":
        return
    known = prop in schemas.kinds()[draft.schema]
    if not known:
        draft.note(
            sentence("A {schema} has no “{field}”; it stands in the text only.", schema=draft.schema, field=prop[:100])
        )
    for value in values:
        if known:
            draft.add(prop, _checked(prop, value))
        draft.say(label_of(prop[:100]), value)


def _checked(prop: str, value: str) -> str:
    if not schemas.is_date(prop) or not value.strip():
        return value
    read = schemas.iso_date(value)
    if read is None:
        raise RowFault(
            "intake.bad_date",
            sentence(
                "“{field}” holds “{value}”, which is no date as {formats}. "
                "Correct it, or name its format in a mapping.",
                field=prop,
                value=value[:100],
                formats="1970-03-12, 1970-03, 1970",
            ),
        )
    return read


def _read_inner(draft: Draft, main: Entity) -> None:
    for prop, entities in main.inner.items():
        for entity in entities:
            if prop == "addressEntity" and entity.schema == "Address":
                _read_address(draft, entity)
            else:
                draft.note(
                    sentence("“{field}” holds a whole entity inside another, which is left out.", field=prop[:100])
                )


def _read_address(draft: Draft, address: Entity) -> None:
    known = schemas.kinds()["Address"]
    kept = {prop: list(values) for prop, values in address.properties.items() if prop in known}
    full = address.properties.get("full") or (
        ", ".join(
            value
            for prop in ("street", "number", "postalCode", "city", "region", "country")
            for value in address.properties.get(prop, ())[:1]
        ),
    )
    if any(full):
        kept["full"] = list(full)
    kind = schemas.relation_of("lives_at", draft.schema)
    if draft.schema != "Address":
        draft.part(kind, "Address", kept, key=address.id)
        draft.say("Address", full[0])


def _read_document(draft: Draft, document: Entity) -> None:
    if draft.external_id not in document.properties.get("holder", ()):
        return
    kinds = document.properties.get("type", ())
    is_passport = document.schema == "Passport" or any("pass" in kind.casefold() for kind in kinds)
    prop = "passportNumber" if is_passport and draft.schema == "Person" else "idNumber"
    numbers = (*document.properties.get("number", ()), *document.properties.get("passportNumber", ()))
    for number in numbers:
        if prop in schemas.kinds()[draft.schema]:
            draft.add(prop, number)
        words = (" ".join((kinds[0] if kinds else document.schema, number)), *document.properties.get("country", ()))
        draft.say("Document", ", ".join(words))


def _read_edge(draft: Draft, edge: Entity, things: Mapping[str, Entity], names: Mapping[str, str]) -> None:
    near, far, kind = schemas.edges()[edge.schema]
    if draft.external_id not in edge.properties.get(near, ()):
        return
    words = [
        value
        for prop in (
            "relationship",
            "role",
            "status",
            "summary",
            "description",
            "percentage",
            "startDate",
            "endDate",
            "date",
        )
        for value in edge.properties.get(prop, ())
    ]
    if kind == "family":
        told = edge.properties.get("relationship", ())
        kind = next((found for one in told if (found := schemas.family_kind(one)) is not None), "in_contact_with")
    for other in itertools.islice(edge.properties.get(far, ()), _TIES_PER_EDGE_MAX):
        further = f" ({', '.join(words)})" if words else ""
        if kind == "post":
            for name in things[other].properties.get("name", ()) if other in things else ():
                if "position" in schemas.kinds()[draft.schema]:
                    draft.add("position", name)
                draft.say("Position", f"{name}{further}")
        elif other != draft.external_id and other in names:
            draft.relate(kind, other)
            draft.say(edge.schema, f"{names[other]}{further}")
