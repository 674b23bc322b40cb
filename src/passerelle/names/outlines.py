"""Where a town lies, and the outlines of the judicial cantons of Belgium: what a map without tiles is drawn from.

A place is a town, never a house: a map of subjects says in which town they are, and no more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from passerelle.names.places import parse_address
from passerelle.names.street_words import fold, read_yaml, rows_of
from passerelle.names.towns import municipalities_at, names_of, read_town, town_forms

Point = tuple[float, float]
"""Degrees east, degrees north (WGS 84)."""


@dataclass(frozen=True, slots=True)
class Place:
    """A town: its name, two letters of its country, where it lies, and the place of its canton in `cantons()`; None
    over the border."""

    name: str
    country: str
    point: Point
    canton: int | None


@dataclass(frozen=True, slots=True)
class Canton:
    """A judicial canton: its name in Dutch and French, the Dutch names of its municipalities, and its outline."""

    name: str
    municipalities: tuple[str, ...]
    rings: tuple[tuple[Point, ...], ...]


@cache
def cantons() -> tuple[Canton, ...]:
    """All judicial cantons of Belgium. Their outlines are true to about 200 metres."""
    table = read_yaml("places_outlines.yaml")
    step = float(table["step"])
    found = []
    for row in table["cantons"]:
        name, towns, rings = (cell.strip() for cell in row.split("|"))
        inside = tuple(town.strip() for town in towns.split(","))
        found.append(Canton(name, inside, tuple(tuple(_ring(ring, step)) for ring in rings.split(";"))))
    return tuple(found)


def _ring(text: str, step: float) -> Iterator[Point]:
    numbers = [int(number) for number in text.split()]
    east = north = 0
    for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
        east, north = east + dx, north + dy
        yield east * step, north * step


@cache
def _places() -> dict[str, tuple[Place, ...]]:
    """By folded name, the largest first."""
    table = read_yaml("places_outlines.yaml")
    step = float(table["step"])
    found: dict[str, list[Place]] = {}
    for name, country, east, north, canton in rows_of(table["places"]):
        point = (int(east) * step, int(north) * step)
        place = Place(name, country, point, int(canton) - 1 if canton else None)
        found.setdefault(_key(name), []).append(place)
    return {key: tuple(places) for key, places in found.items()}


@cache
def largest() -> tuple[Place, ...]:
    """The four hundred largest towns that the map knows, the largest first."""
    table = read_yaml("places_outlines.yaml")
    names = [row[0] for row in rows_of(table["places"])][:400]
    found = []
    seen: dict[str, int] = {}
    for name in names:
        number = seen.get(_key(name), 0)
        seen[_key(name)] = number + 1
        found.append(_places()[_key(name)][number])
    return tuple(found)


def _key(name: str) -> str:
    return "".join(sign for sign in fold(name) if sign.isalnum())


def place_of(town: str, *, postcode: str = "", country: str = "be") -> Place | None:
    """The town of that name in any of the four languages, or of that Belgian postcode; None where it is not known.

    Of several towns of one name, the one in the canton of the postcode; else the largest.
    """
    land = country.lower() or "be"
    within = _cantons_at(postcode) if land == "be" and postcode else frozenset()
    named = [place for name in sorted(town_forms(town)) for place in _places().get(_key(name), ())] if town else []
    if len(postcode) == 5 and land == "be":  # no Belgian one: the country was not written
        return next((place for place in named if place.country in ("fr", "de")), None)
    here = [place for place in named if place.country == land]
    for place in here:
        if place.canton in within:
            return place
    if within:
        for identity in sorted(municipalities_at(postcode)):
            for name in names_of(identity):
                for place in _places().get(_key(name), ()):
                    if place.canton in within:
                        return place
    known = read_town(town) is not None
    return here[0] if here else named[0] if named and known and not postcode else None


@lru_cache(maxsize=4096)
def _cantons_at(postcode: str) -> frozenset[int]:
    """The cantons in which a municipality of that postcode lies."""
    names = {_key(name) for identity in municipalities_at(postcode) for name in names_of(identity)}
    return frozenset(
        number for number, canton in enumerate(cantons()) if names & {_key(town) for town in canton.municipalities}
    )


def place_of_address(text: str, *, country: str = "be") -> Place | None:
    """The town of an address written in full; None where it names none that is known."""
    read = parse_address(text, country=country)
    if not read.town and not read.postcode:
        return None
    return place_of(read.town, postcode=read.postcode, country=read.country or country)
