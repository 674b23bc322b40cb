"""What was read, as FollowTheMoney entities: one JSON object a line, the text with its subjects and their ties."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

FAMILY = {"child_of": "parent", "parent_of": "child", "sibling_of": "sibling", "spouse_of": "spouse"}
"""What the relative is to the person, as FollowTheMoney's Family.relationship says it."""

ADDRESS = ("lives_at", "located_at")
EDGES = {"works_for": ("Employment", "employee", "employer"), "owns": ("Ownership", "owner", "asset")}
WITHOUT_SCHEMA = {"Phone": "phone"}
"""A phone is no entity of FollowTheMoney: it is a property of whoever uses it."""


def entities(
    *,
    ref: str,
    text: str,
    language: str,
    learnt_on: str,
    subjects: Iterable[Mapping[str, Any]],
    relations: Iterable[Sequence[str]],
) -> Iterator[dict[str, Any]]:
    """The text of a report or a delivery (where it has one) as a `PlainText`, its subjects (`ref`, `schema`,
    `properties`), and the ties among them (from, kind, to). Imported again it gives the same subjects and ties."""
    kept = {str(one["ref"]): one for one in subjects}
    ties = [(str(source), str(kind), str(target)) for source, kind, target in relations]
    more: dict[str, dict[str, list[str]]] = {one: {} for one in kept}
    told: list[dict[str, Any]] = []
    gone: set[str] = set()
    for source, kind, target in ties:
        if source not in kept or target not in kept:
            continue
        other = kept[target]["schema"]
        if kind in ADDRESS and other == "Address":
            more[source].setdefault("addressEntity", []).append(target)
        elif kind == "uses" and other in WITHOUT_SCHEMA:
            name = WITHOUT_SCHEMA[other]
            more[source].setdefault(name, []).extend(kept[target]["properties"].get(name, ()))
            gone.add(target)
        else:
            told.append(_edge(source, kind, target))
    if text:
        said = {"bodyText": [text], "language": [language], **({"date": [learnt_on]} if learnt_on else {})}
        yield {"id": ref, "schema": "PlainText", "properties": said}
    for one, row in kept.items():
        if one in gone:
            continue
        schema = "LegalEntity" if row["schema"] in WITHOUT_SCHEMA else row["schema"]
        properties = {name: list(values) for name, values in row["properties"].items()}
        for name, values in more[one].items():
            properties[name] = list(dict.fromkeys([*properties.get(name, ()), *values]))
        yield {"id": one, "schema": schema, "properties": properties}
        if text:
            ends = {"document": [ref], "entity": [one]}
            yield {"id": f"{one}-in-{ref}", "schema": "Documentation", "properties": ends}
    yield from told


def _edge(source: str, kind: str, target: str) -> dict[str, Any]:
    name = f"{source}-{kind}-{target}"
    if kind in FAMILY:
        ends = {"person": [source], "relative": [target], "relationship": [FAMILY[kind]]}
        return {"id": name, "schema": "Family", "properties": ends}
    if kind in EDGES:
        schema, near, far = EDGES[kind]
        return {"id": name, "schema": schema, "properties": {near: [source], far: [target]}}
    return {
        "id": name, "schema": "UnknownLink", "properties": {"subject": [source], "object": [target], "role": [kind]}
    }  # fmt: skip


def lines(found: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """One entity a line."""
    for entity in found:
        yield json.dumps(entity, ensure_ascii=False, sort_keys=True) + "\n"
