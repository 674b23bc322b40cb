"""Where a town lies and which canton it is in, for the map of a dossier: a town by any of its names, never a house."""

from __future__ import annotations

import pytest

from passerelle.names import outlines


@pytest.mark.parametrize(
    ("written", "town", "country"),
    [
        ("rue des Sept-Étoiles 41, 1000 Bruxelles", "Brussels", "be"),
        ("Zilverdistelstraat 17, 1000 Brussel", "Brussels", "be"),
        ("Veemarkt 3, 2800 Mechelen", "Mechelen", "be"),
        ("Grote Markt, Malines", "Mechelen", "be"),
        ("Bahnhofstraße 3, 4700 Eupen", "Eupen", "be"),
        ("Olmenlaan 256, 1070 Anderlecht", "Anderlecht", "be"),
        ("12 rue du Fossé, L-2536 Luxembourg", "Luxembourg", "lu"),
        ("Boulevard de la Liberté 1, 59000 Lille", "Lille", "fr"),
    ],
)
def test_an_address_in_any_language_is_placed_in_its_town(written: str, town: str, country: str) -> None:
    found = outlines.place_of_address(written)
    assert found is not None and (found.name, found.country) == (town, country)
    assert (found.canton is not None) == (country == "be")


def test_a_town_that_nobody_knows_is_not_placed() -> None:
    assert outlines.place_of_address("Hoofdstraat 1, Narnia") is None
    assert outlines.place_of("", postcode="") is None


def test_of_two_towns_of_one_name_the_postcode_decides() -> None:
    near_antwerp, near_ghent = (outlines.place_of("Beveren", postcode=code) for code in ("9120", "8800"))
    assert near_antwerp is not None and near_ghent is not None
    assert near_antwerp.point != near_ghent.point
    assert near_antwerp.point[0] > 4 > near_ghent.point[0]


def test_every_canton_has_an_outline_around_each_of_its_towns() -> None:
    cantons = outlines.cantons()
    assert len(cantons) == 162 and all(canton.rings and canton.municipalities for canton in cantons)
    for name in ("Mechelen", "Liège", "Eupen", "Brugge", "Arlon", "Kortrijk"):
        place = outlines.place_of(name)
        assert place is not None and place.canton is not None
        assert any(_inside(place.point, ring) for ring in cantons[place.canton].rings), name


def _inside(point: outlines.Point, ring: tuple[outlines.Point, ...]) -> bool:
    x, y = point
    within = False
    for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            within = not within
    return within
