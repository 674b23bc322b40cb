"""A map without tiles: outlines of cantons, the towns of a dossier's subjects as numbered pins, drawn on the server."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from passerelle.names import outlines
from passerelle.names.outlines import Canton, Place, Point
from passerelle.records.models import Subject

WIDTH, HEIGHT = 400.0, 300.0
"""The size of the drawing in its own units; the page scales it."""

SPAN_LEAST = 0.45
"""Degrees to the north that a map shows at least: fifty kilometres, so that a town is seen in its surroundings."""

MARGIN = 0.35
"""What is left free around the places, as a part of what they span."""

At = Callable[[Point], tuple[float, float]]
"""From degrees to units of the drawing."""

PIN = 11.0
"""The radius of a pin."""

NAMED_MAX = 7
"""So many towns are named for orientation beside the pins."""

NAMED_AWAY = 34.0
"""A name keeps so far from every pin and every other name."""


@dataclass(slots=True)
class Pin:
    """A town with the subjects that are placed in it; `number` is its place in the list below the map."""

    number: int
    place: Place
    x: float
    y: float
    who: list[tuple[Subject, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Named:
    """The name of a town, for orientation."""

    name: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class TownMap:
    """What a page draws: paths of all cantons in sight and of those with a pin, the pins, names for orientation."""

    width: float
    height: float
    land: str
    marked: str
    pins: Sequence[Pin]
    named: Sequence[Named]
    cantons: Sequence[str]
    elsewhere: Sequence[tuple[Subject, str]]


def drawn(subjects: Iterable[Subject]) -> TownMap | None:
    """The map of the towns in which these subjects are, by their addresses. None where nothing is placed."""
    towns: dict[Place, list[tuple[Subject, str]]] = {}
    elsewhere: list[tuple[Subject, str]] = []
    for subject in subjects:
        for text, place in placed(subject):
            if place is None:
                elsewhere.append((subject, text))
            else:
                towns.setdefault(place, []).append((subject, text))
    if not towns:
        return None
    west, east, south, north = _window([place.point for place in towns])

    def at(point: Point) -> tuple[float, float]:
        x = (point[0] - west) / (east - west) * WIDTH
        return round(x, 1), round((north - point[1]) / (north - south) * HEIGHT, 1)

    ordered = sorted(towns.items(), key=lambda one: (-one[0].point[1], one[0].point[0], one[0].name))
    pins = [Pin(number, place, *at(place.point), who) for number, (place, who) in enumerate(ordered, start=1)]
    _apart(pins)
    seen = [
        canton
        for canton, (left, right, low, high) in zip(outlines.cantons(), _bounds(), strict=True)
        if left < east and right > west and low < north and high > south
    ]
    marked = sorted({place.canton for place in towns if place.canton is not None})
    return TownMap(
        width=WIDTH,
        height=HEIGHT,
        land=" ".join(_path(canton, at) for canton in seen),
        marked=" ".join(_path(outlines.cantons()[number], at) for number in marked),
        pins=pins,
        named=_names(pins, (west, east, south, north), at),
        cantons=[outlines.cantons()[number].name for number in marked],
        elsewhere=elsewhere,
    )


def placed(subject: Subject) -> list[tuple[str, Place | None]]:
    """The addresses of a subject in its own words, each with its town where that is known; each town once."""
    said = subject.properties
    country = next((str(one).lower()[:2] for one in said.get("country", ()) if len(str(one)) == 2), "be")
    texts = [str(text) for name in ("full", "address") for text in said.get(name, ())]
    if not texts:
        postcode = next(map(str, said.get("postalCode", ())), "")
        texts = [f"{postcode} {town}".strip() for town in said.get("city", ())] or [postcode] * bool(postcode)
    found: dict[Place | str, tuple[str, Place | None]] = {}
    for text in texts:
        place = outlines.place_of_address(text, country=country)
        if place is None:
            town = next(map(str, said.get("city", ())), "")
            place = outlines.place_of(town or text, country=country)
        found.setdefault(place or text, (text, place))
    return list(found.values())


def _window(points: Sequence[Point]) -> tuple[float, float, float, float]:
    """West, east, south and north of what is shown: the places with a margin, in the shape of the drawing."""
    middle = (min(p[1] for p in points) + max(p[1] for p in points)) / 2
    across = (min(p[0] for p in points) + max(p[0] for p in points)) / 2
    shrink = math.cos(math.radians(middle))
    tall = (max(p[1] for p in points) - min(p[1] for p in points)) * (1 + 2 * MARGIN)
    wide = (max(p[0] for p in points) - min(p[0] for p in points)) * (1 + 2 * MARGIN) * shrink
    tall = max(tall, wide * HEIGHT / WIDTH, SPAN_LEAST)
    wide = tall * WIDTH / HEIGHT / shrink
    return across - wide / 2, across + wide / 2, middle - tall / 2, middle + tall / 2


@cache
def _bounds() -> tuple[tuple[float, float, float, float], ...]:
    found = []
    for canton in outlines.cantons():
        xs = [x for ring in canton.rings for x, _ in ring]
        ys = [y for ring in canton.rings for _, y in ring]
        found.append((min(xs), max(xs), min(ys), max(ys)))
    return tuple(found)


def _path(canton: Canton, at: At) -> str:
    """The outline as an SVG path, to the whole unit: what falls together is drawn once."""
    parts = []
    for ring in canton.rings:
        points: list[tuple[int, int]] = []
        for point in ring:
            x, y = at(point)
            rounded = (round(x), round(y))
            if not points or rounded != points[-1]:
                points.append(rounded)
        if len(points) > 2:
            parts.append("M" + "L".join(f"{x} {y}" for x, y in points) + "Z")
    return "".join(parts)


def _apart(pins: Sequence[Pin]) -> None:
    """Towns that lie close together: their pins are pushed apart until each number can be read."""
    for _ in range(24):
        for number, one in enumerate(pins):
            for other in pins[number + 1 :]:
                dx, dy = other.x - one.x, other.y - one.y
                far = math.hypot(dx, dy)
                if far < 2 * PIN:
                    push = (2 * PIN - far) / 2 + 0.5
                    ux, uy = (dx / far, dy / far) if far > 0.01 else (1.0, 0.0)
                    one.x, one.y = one.x - ux * push, one.y - uy * push
                    other.x, other.y = other.x + ux * push, other.y + uy * push
    for pin in pins:
        pin.x = round(min(max(pin.x, PIN + 2), WIDTH - PIN - 2), 1)
        pin.y = round(min(max(pin.y, PIN + 2), HEIGHT - PIN - 2), 1)


def _names(pins: Sequence[Pin], window: tuple[float, float, float, float], at: At) -> list[Named]:
    """The largest towns in sight that are not under a pin."""
    west, east, south, north = window
    taken = [(pin.x, pin.y) for pin in pins]
    found: list[Named] = []
    for place in outlines.largest():
        if not (west < place.point[0] < east and south < place.point[1] < north):
            continue
        x, y = at(place.point)
        if not (40 < x < WIDTH - 40 and 14 < y < HEIGHT - 8):
            continue
        if all(abs(x - a) > NAMED_AWAY * 1.6 or abs(y - b) > NAMED_AWAY / 1.5 for a, b in taken):
            found.append(Named(place.name, x, y))
            taken.append((x, y))
        if len(found) == NAMED_MAX:
            break
    return found
