"""FollowTheMoney entities that stand together in one report: its subjects, and the ties among them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from passerelle.intake import schemas
from passerelle.intake.followthemoney import Entity, parse
from passerelle.intake.row import BadRow, RowFault, bad_row
from passerelle.matching.subject import FAMILIES, RELATIONS
from passerelle.words import sentence

Read = tuple[list[dict[str, Any]], list[tuple[str, str, str]]]
"""Subjects as `{"id", "schema", "properties"}`, and relations as (from id, kind, to id)."""

LEFT_OUT = frozenset({"Documentation", "Mention", "PlainText", "Document", "Note"})
"""What tells where something stands, and is no subject: the report's own text says it."""


def entities_in(entities: Sequence[Mapping[str, Any]]) -> Read | BadRow:
    """Whom and what these entities speak of. A value of a kind that is never taken over is left out; an entity that
    cannot be read, and a tie to one that is not among them, are refused with their number, counted from 0."""
    read: list[Entity] = []
    for number, given in enumerate(entities):
        raw = json.dumps(given, ensure_ascii=False)
        try:
            read.append(parse(raw))
        except RowFault as fault:
            return bad_row("entities", number, None, fault, raw)
    subjects: dict[str, dict[str, Any]] = {}
    ties: list[tuple[int, str, str, str]] = []
    for number, entity in enumerate(read):
        try:
            if entity.schema in schemas.edges():
                ties += [(number, *tie) for tie in _ties(entity)]
            elif entity.schema not in LEFT_OUT:
                subjects[entity.id] = _subject(entity, entity.id in subjects)
                kind = schemas.relation_of("lives_at", entity.schema)
                ties += [(number, entity.id, kind, other) for other in entity.properties.get("addressEntity", ())]
        except RowFault as fault:
            return bad_row("entities", number, entity.id, fault, "")
    for number, source, _, target in ties:
        for end in (source, target):
            if end not in subjects:
                unknown = RowFault(
                    "intake.end_unknown", sentence("“{id}” is not among these entities.", id=end[:200])
                )
                return bad_row("entities", number, end, unknown, "")
    return list(subjects.values()), [(source, kind, target) for _, source, kind, target in ties if source != target]


def _subject(entity: Entity, twice: bool) -> dict[str, Any]:
    if twice:
        raise RowFault("intake.twice", sentence("“{id}” stands here twice.", id=entity.id[:200]))
    kind = schemas.known_kind(entity.schema) or entity.schema
    if kind not in FAMILIES:
        raise RowFault(
            "intake.unknown_schema",
            sentence("There is no schema “{schema}” that can be compared.", schema=entity.schema[:100]),
        )
    kept = {
        name: list(values)
        for name, values in entity.properties.items()
        if name != "addressEntity" and not schemas.is_never_taken(name)
    }
    return {"id": entity.id, "schema": kind, "properties": kept}


def _ties(edge: Entity) -> list[tuple[str, str, str]]:
    near, far, kind = schemas.edges()[edge.schema]
    if kind == "post":
        return []
    sources, targets = edge.properties.get(near, ()), edge.properties.get(far, ())
    if not sources or not targets:
        raise RowFault(
            "intake.end_unknown", sentence("“{field}” is missing. Name both ends of the tie.", field=near)
        )
    said = edge.properties.get("relationship", ()) or edge.properties.get("role", ())
    word = said[0] if said else ""
    if kind == "family":
        kind = schemas.family_kind(word) or "in_contact_with"
    elif word in RELATIONS:
        kind = word
    return [(source, kind, target) for source in sources for target in targets]
