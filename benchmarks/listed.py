"""The persons of the two public lists as FollowTheMoney entities and as subjects, whole or with little said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.names_data import DataMissing, rows
from passerelle.intake import Row, open_source
from passerelle.matching import Key, Subject, keys
from passerelle.words import sentence

PRIMARY = ("birthDate", "nationality", "citizenship")

Entity = dict[str, Any]


def entities(source: Path) -> dict[str, Entity]:
    """The persons of one list by their number: `{"id", "schema", "properties"}`. Raises DataMissing."""
    if not source.exists():
        raise DataMissing(sentence("The list {path} is not there.", path=source.name))
    found: dict[str, Entity] = {}
    for row in open_source(source).read():
        if isinstance(row, Row) and row.entities[0]["schema"] == "Person":
            one = row.entities[0]
            properties = {
                name: [str(item) for item in (value if isinstance(value, list | tuple) else [value])]
                for name, value in one["properties"].items()
            }
            found[row.external_id] = {"id": row.external_id, "schema": "Person", "properties": properties}
    return found


def both(data: Path) -> tuple[dict[str, Entity], dict[str, Entity]]:
    """The persons of the UN list, and of OFAC's."""
    folder = data / "registers"
    return entities(folder / "un_consolidated.xml"), entities(folder)


def links(data: Path) -> dict[tuple[str, str], bool]:
    """The pairs known to be one person, `(UN number, OFAC number)`, and whether documents or birth prove it."""
    return {
        (row["un_reference_number"], row["ofac_ent_num"]): row["evidence"] == "strict"
        for row in rows(data / "registers" / "links_un_ofac.csv")
    }


def strong_names(entity: Entity) -> list[str]:
    """The names an entity bears, primary first, without those of low quality."""
    given = entity["properties"]
    return list(dict.fromkeys([*given.get("name", ()), *given.get("alias", ()), *given.get("previousName", ())]))


def only(entity: Entity, kept: Iterable[str], *, primary: bool) -> Entity:
    """The entity with its names (the primary one alone, if so asked) and the properties named."""
    names = ("name",) if primary else ("name", "alias", "previousName", "weakAlias")
    given: Mapping[str, list[str]] = entity["properties"]
    properties = {name: list(given[name]) for name in (*names, *kept) if name in given}
    if primary:
        properties["name"] = properties["name"][:1]
    return {**entity, "properties": properties}


def subjects(given: Mapping[str, Entity]) -> dict[str, Subject]:
    """The same as subjects of ours."""
    return {number: Subject.from_ftm(entity) for number, entity in given.items()}


def index_of(given: Mapping[str, Subject]) -> dict[Key, set[str]]:
    """Which subjects bear each key."""
    index: dict[Key, set[str]] = defaultdict(set)
    for number, subject in given.items():
        for key in keys(subject):
            index[key].add(number)
    return index


def near(subject: Subject, index: Mapping[Key, set[str]]) -> set[str]:
    """Which subjects share a key with this one."""
    return {number for key in keys(subject) for number in index.get(key, ())}
