"""What is compared: a subject of a report or register, with its names, its properties and its relations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from passerelle.errors import Refused
from passerelle.words import sentence

PERSON, ORGANISATION, VESSEL, AIRCRAFT, VEHICLE, ADDRESS, PHONE, DOCUMENT, ACCOUNT = (
    "person", "organisation", "vessel", "aircraft", "vehicle", "address", "phone", "document", "account",
)  # fmt: skip

FAMILIES: Mapping[str, frozenset[str]] = {
    "Person": frozenset({PERSON}),
    "Company": frozenset({ORGANISATION}),
    "Organization": frozenset({ORGANISATION}),
    "PublicBody": frozenset({ORGANISATION}),
    "LegalEntity": frozenset({PERSON, ORGANISATION}),
    "Vessel": frozenset({VESSEL}),
    "Airplane": frozenset({AIRCRAFT}),
    "Vehicle": frozenset({VEHICLE}),
    "Address": frozenset({ADDRESS}),
    "Phone": frozenset({PHONE}),
    "Identification": frozenset({DOCUMENT}),
    "BankAccount": frozenset({ACCOUNT}),
}
"""The schemas, and the family each belongs to: subjects of two families are never compared."""

RELATIONS = frozenset(
    {
        "child_of", "parent_of", "sibling_of", "spouse_of", "lives_at", "drives", "uses", "in_contact_with",
        "works_for", "owns", "located_at", "is_one_of",
    }
)  # fmt: skip
"""The kinds of relation that count as evidence or carry an address."""


class UnknownSchema(Refused):
    """A schema that is not FollowTheMoney's, or not one that can be compared."""

    code = "matching.unknown_schema"


class UnknownRelation(Refused):
    """A kind of relation that is not in the list."""

    code = "matching.unknown_relation"


@dataclass(frozen=True, slots=True)
class Relation:
    """How a subject stands to another: *child of* a person, *lives at* an address. `other` has no relations itself."""

    kind: str
    other: Subject

    def __post_init__(self) -> None:
        if self.kind not in RELATIONS:
            raise UnknownRelation(
                sentence("There is no relation “{kind}”.", kind=self.kind),
                way_out=sentence("Use one of: {kinds}.", kinds=", ".join(sorted(RELATIONS))),
            )


@dataclass(frozen=True, slots=True)
class Subject:
    """Someone or something a record speaks of.

    `names` may be empty: such a subject lives by its relations. `weak_names` are nicknames and low-quality aliases.
    `properties` bear FollowTheMoney's names (`birthDate`, `nationality`, `idNumber`, `phone`, `address`, …), each with
    one value or several. Raises UnknownSchema.
    """

    id: str
    schema: str
    names: tuple[str, ...] = ()
    weak_names: tuple[str, ...] = ()
    properties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    relations: tuple[Relation, ...] = ()

    def __post_init__(self) -> None:
        if self.schema not in FAMILIES:
            raise UnknownSchema(
                sentence("There is no schema “{schema}” that can be compared.", schema=self.schema),
                way_out=sentence("Use one of: {schemas}.", schemas=", ".join(FAMILIES)),
            )

    def values(self, *properties: str) -> tuple[str, ...]:
        """All values of the named properties, in that order, without doubles."""
        known = self.properties
        if len(properties) == 1:
            values = known.get(properties[0], ())
            return tuple(values) if len(values) < 2 else tuple(dict.fromkeys(values))
        given = [known[name] for name in properties if name in known]
        if len(given) == 1 and len(given[0]) == 1:
            return tuple(given[0])
        return tuple(dict.fromkeys(value for values in given for value in values))

    @classmethod
    def from_ftm(cls, data: Mapping[str, Any]) -> Subject:
        """A subject from a FollowTheMoney entity: `{"id": …, "schema": …, "properties": {"name": […], …}}`.

        `name`, `alias` and `previousName` become names; a person's `firstName` and `lastName` make one when there is no
        other; `weakAlias` becomes a weak name; a value may be a text or a list. A property whose value is an entity
        (a dictionary) becomes a relation when its name is one (`childOf`, `livesAt` or `child_of`, `lives_at`).
        """
        given = data.get("properties", {})
        properties: dict[str, tuple[str, ...]] = {}
        relations: list[Relation] = []
        for name, value in given.items():
            if type(value) is list and len(value) == 1 and type(value[0]) is str:  # as nearly all are
                if text := value[0].strip():
                    properties[name] = (text,)
                continue
            values = value if isinstance(value, list | tuple) else [value]
            texts = [str(item).strip() for item in values if not isinstance(item, Mapping) and item is not None]
            kind = "".join("_" + sign.lower() if sign.isupper() else sign for sign in name)
            if kind in RELATIONS:
                relations.extend(Relation(kind, cls.from_ftm(item)) for item in values if isinstance(item, Mapping))
            if any(texts):
                properties[name] = tuple(text for text in texts if text)
        names = properties.pop("name", ())
        if len(names) != 1 or "alias" in properties or "previousName" in properties:
            names = _distinct(names, properties.pop("alias", ()), properties.pop("previousName", ()))
        if not names and (properties.get("firstName") or properties.get("lastName")):
            first, last = properties.get("firstName", ()), properties.get("lastName", ())
            names = (" ".join((*first[:1], *properties.get("middleName", ())[:1], *last[:1])),)
        if data.get("caption") and not names:
            names = (str(data["caption"]),)
        return cls(
            id=str(data.get("id", "")),
            schema=str(data.get("schema", "")),
            names=names,
            weak_names=_distinct(properties.pop("weakAlias")) if "weakAlias" in properties else (),
            properties=properties,
            relations=tuple(relations),
        )


def _distinct(*groups: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for group in groups for value in group if value))
