"""Addresses are read, and recognised in another language, without a gazetteer."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerelle.names.places import (
    Gazetteer,
    GazetteerUnreadable,
    address_keys,
    compare_addresses,
    parse_address,
    town_forms,
)


@pytest.mark.parametrize(
    ("text", "street", "number", "box", "postcode", "town"),
    [
        ("Vierwindenstraat 79 bus 3, 2800 Mechelen", "Vierwindenstraat", "79", "3", "2800", "Mechelen"),
        ("rue des Quatre-Vents 79 bte 3", "rue des Quatre-Vents", "79", "3", "", ""),
        ("79, rue des Quatre Vents, 1080 Bruxelles", "rue des Quatre Vents", "79", "", "1080", "Bruxelles"),
        ("79 rue des Quatre-Vents Bruxelles", "rue des Quatre-Vents", "79", "", "", "Bruxelles"),
        ("Hauptstr. 12a, D-50667 Köln", "Hauptstr", "12a", "", "50667", "Köln"),
        ("Kerkstr. 5 2800 Mechelen", "Kerkstr", "5", "", "2800", "Mechelen"),
        ("chée de Mons 1230", "chée de Mons", "1230", "", "", ""),
        ("1080 chaussée de Mons", "chaussée de Mons", "1080", "", "", ""),
        ("Rue du 11 Novembre 12", "Rue du 11 Novembre", "12", "", "", ""),
        ("Vierwindenstraat 79/3", "Vierwindenstraat", "79", "3", "", ""),
        ("rue Haute 12-14", "rue Haute", "12-14", "", "", ""),
        ("12 High Street, London", "High Street", "12", "", "", "London"),
        ("Prinsengracht 263, 1016 GV Amsterdam", "Prinsengracht", "263", "", "1016 GV", "Amsterdam"),
        ("bd du Roi Albert II, n° 15, boîte 4, 1000 Bruxelles", "bd du Roi Albert II", "15", "4", "1000", "Bruxelles"),
        ("Laan 10", "Laan 10", "", "", "", ""),
        ("0\r/", "0 /", "", "", "", ""),
        ("Mechelen", "", "", "", "", "Mechelen"),
    ],
)
def test_an_address_is_read_into_its_parts(
    text: str, street: str, number: str, box: str, postcode: str, town: str
) -> None:
    address = parse_address(text)
    assert (address.street, address.number, address.box) == (street, number, box)
    assert (address.postcode, address.town) == (postcode, town)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Vierwindenstraat 79", "rue des Quatre-Vents 79"),
        ("Vierwindenstraat 79, Mechelen", "79, rue des Quatre Vents, Malines"),
        ("Four Winds Street 79", "rue des Quatre Vents 79"),
        ("avenue Louise 54, Ixelles", "Louizalaan 54, 1050 Brussel"),
        ("Grand-Place 1, Bruxelles", "Grote Markt 1, 1000 Brussel"),
        ("Hauptstr. 12a", "Hauptstraße 12a"),
        ("rue de l'Église 4", "Kirchstraße 4"),
        ("Sint-Jansstraat 4", "rue Saint-Jean 4"),
        ("Zevenbronnenstraat 12", "rue des Sept-Fontaines 12"),
        ("Antwerpsesteenweg 200", "chaussée d'Anvers 200"),
        ("bd du Roi Albert II 15", "Koning Albert II-laan 15"),
    ],
)
def test_one_address_in_two_languages_is_one_and_shares_a_key(left: str, right: str) -> None:
    assert compare_addresses(left, right).score >= 0.9
    assert address_keys(left) & address_keys(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Vierwindenstraat 79", "Kerkstraat 79"),
        ("Vierwindenstraat 79", "rue des Quatre-Vents 97"),
        ("Vierwindenstraat 79, Mechelen", "rue des Quatre-Vents 79, 1000 Bruxelles"),
        ("Kerkstraat 12, 9000 Gent", "rue de l'Église 12, 4000 Liège"),
        ("Eikenlaan 3", "avenue des Hêtres 3"),
    ],
)
def test_another_street_number_or_town_stays_below_the_bar(left: str, right: str) -> None:
    assert compare_addresses(left, right).score < 0.7


def test_the_reasons_say_the_language_the_number_and_the_town() -> None:
    because = compare_addresses("rue des Quatre-Vents 79, Malines", "Vierwindenstraat 79, Mechelen").because
    assert because == (
        "“Vierwindenstraat” is the Dutch for “rue des Quatre-Vents”.",
        "Same house number: 79.",
        "“Mechelen” and “Malines” are two names of one town.",
    )
    because = compare_addresses("Kerkstraat 12", "Kerkstraat 14").because
    assert "Different house numbers: 12 and 14." in because


def test_a_missing_town_is_neutral_and_a_different_box_hardly_speaks_against() -> None:
    bare = compare_addresses("Vierwindenstraat 79", "rue des Quatre-Vents 79").score
    one_town = compare_addresses("Vierwindenstraat 79, Mechelen", "rue des Quatre-Vents 79").score
    boxes = compare_addresses("Vierwindenstraat 79 bus 1", "rue des Quatre-Vents 79 bte 2").score
    assert one_town == pytest.approx(bare)
    assert 0.85 < boxes < bare


def test_brussels_may_mean_any_of_its_municipalities_but_two_of_them_differ() -> None:
    assert compare_addresses("rue Haute 4, Bruxelles", "Hoogstraat 4, 1060 Sint-Gillis").score >= 0.9
    assert compare_addresses("rue Haute 4, 1080 Molenbeek-Saint-Jean", "Hoogstraat 4, 1050 Elsene").score < 0.7


def test_a_town_has_all_its_names() -> None:
    assert {"Luik", "Liège", "Lüttich"} <= town_forms("Liege")
    assert {"Elsene", "Ixelles"} <= town_forms("ixelles")
    assert {"Sint-Gillis", "Saint-Gilles"} <= town_forms("St-Gilles")
    assert town_forms("Nergenshuizen") == {"Nergenshuizen"}


def test_a_gazetteer_joins_names_that_no_lexicon_can_and_only_in_its_town() -> None:
    gazetteer = Gazetteer.from_rows([("rue de la Blague", "Grapjasdreef", "Mechelen")])
    joined = compare_addresses("rue de la Blague 3", "Grapjasdreef 3, Malines", gazetteer=gazetteer)
    assert joined.score == 1.0
    assert "list of streets" in joined.because[0]
    elsewhere = compare_addresses("rue de la Blague 3, Gand", "Grapjasdreef 3, Gent", gazetteer=gazetteer)
    assert elsewhere.score < 0.7


def test_a_list_of_streets_teaches_words_that_serve_streets_it_does_not_hold(tmp_path: Path) -> None:
    before = compare_addresses("avenue de la Grande Blague 3", "Grote Grapjaslaan 3").score
    file = tmp_path / "streets.csv"
    file.write_text("nl,fr\nGrapjasdreef,rue de la Blague\n", encoding="utf-8")
    taught = compare_addresses(
        "avenue de la Grande Blague 3", "Grote Grapjaslaan 3", gazetteer=Gazetteer.read(file)
    ).score
    assert before < 0.7 < taught


def test_a_list_of_streets_without_two_languages_is_refused_and_says_which_columns_it_wants(tmp_path: Path) -> None:
    file = tmp_path / "streets.csv"
    file.write_text("street,town\nKerkstraat,Mechelen\n", encoding="utf-8")
    with pytest.raises(GazetteerUnreadable, match="has no two columns of names") as refused:
        Gazetteer.read(file)
    assert "street_fr, street_nl, street_de, street_en" in str(refused.value.way_out)


STREETS = {
    "avenue des Hêtres Pourpres": "Rode Beukenlaan",
    "avenue des Hêtres": "Beukenlaan",
    "rue du Moulin à Vent": "Windmolenstraat",
    "rue du Moulin à Papier": "Papiermolenstraat",
    "chaussée de Tournai": "Doornikse Steenweg",
    "chaussée de Namur": "Naamsesteenweg",
    "rue du Maraîcher": "Groentekwekersstraat",
    "clos des Roitelets": "Winterkoninkjeshof",
    "rue des Tisserands": "Weversstraat",
    "rue Jean-Baptiste Peeters": "Jan-Baptist Peetersstraat",
    "drève des Fougères": "Varendreef",
    "sentier des Mûres": "Braambessenpad",
    "quai au Foin": "Hooikaai",
    "square de l'Écluse": "Sluissquare",
    "venelle aux Abeilles": "Bijengang",
    "rue du Rempart des Nonnes": "Nonnenvest",
    "rue des Deux Églises": "Tweekerkenstraat",
    "avenue du Chevalier Blanc": "Witte Ridderlaan",
    "rue de la Reine Élisabeth": "Koningin Elisabethstraat",
    "place Sainte-Catherine": "Sint-Katelijneplein",
}


@given(st.sampled_from(sorted(STREETS)), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_a_translated_street_is_found_first_among_decoys(french: str, source: Random) -> None:
    dutch = [*STREETS.values()]
    source.shuffle(dutch)
    forth = [(compare_addresses(french, name).score, name) for name in dutch]
    assert max(forth)[1] == STREETS[french]
    assert [compare_addresses(name, french).score for name in dutch] == pytest.approx([score for score, _ in forth])
    assert address_keys(f"{french} 7") & address_keys(f"{STREETS[french]} 7")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mühlenweg 3", "chemin du Moulin 3"),
        ("Lindenallee 8", "avenue des Tilleuls 8"),
        ("Schulstr. 5", "School Street 5"),
        ("Church Lane 2", "Kerksteeg 2"),
        ("Bahnhofplatz 1", "place de la Gare 1"),
        ("Ruysbroeckstraet 4", "Ruisbroekstraat 4"),
        ("Groote Boschstraat 9", "Grote Bosstraat 9"),
        ("Ahornweg 6", "Maple Way 6"),
    ],
)
def test_german_english_and_old_spellings_are_one_street(one: str, other: str) -> None:
    assert compare_addresses(one, other).score >= 0.9


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Aachen", "Aix-la-Chapelle"),
        ("Rijsel", "Lille"),
        ("Köln", "Keulen"),
        ("Braine-l'Alleud", "Eigenbrakel"),
        ("Kelmis", "La Calamine"),
        ("Weismes", "Waimes"),
        ("Bitsingen", "Bassenge"),
        ("Den Bosch", "Bois-le-Duc"),
        ("Komen", "Comines"),
        ("Moeskroen", "Mouscron"),
    ],
)
def test_a_town_is_one_under_the_names_of_both_its_languages(one: str, other: str) -> None:
    assert other in town_forms(one)
    assert (
        compare_addresses(f"12, {one}", f"12, {other}").score == compare_addresses(f"12, {other}", f"12, {one}").score
    )


ADDRESSES = st.sampled_from(
    [
        "Vierwindenstraat 79, 2800 Mechelen",
        "rue des Quatre-Vents 79",
        "Hauptstr. 12a, 4700 Eupen",
        "12 High Street, London",
        "Kabul, Afghanistan",
        "Luik",
        "",
        "79",
    ]
)


@given(ADDRESSES | st.text(max_size=40), ADDRESSES | st.text(max_size=40))
@settings(max_examples=150, deadline=None)
def test_comparing_is_even_handed_and_never_fails(left: str, right: str) -> None:
    forth, back = compare_addresses(left, right), compare_addresses(right, left)
    assert forth.score == pytest.approx(back.score)
    assert 0.0 <= forth.score <= 1.0
    assert all(len(key) <= 64 for key in address_keys(left))


@given(ADDRESSES.filter(bool))
def test_an_address_is_like_itself(text: str) -> None:
    street = parse_address(text).street
    assert compare_addresses(text, text).score >= (0.9 if street or not parse_address(text).number else 0.0)


def test_no_key_of_an_address_is_empty_also_of_a_street_of_damaged_signs() -> None:
    damaged = b"Ker\xbbstraat rue d\\ud800ee dee de<!-- l'Eglise \xc3\x9f12 Ga".decode("utf-8", "replace")
    assert address_keys(damaged) and all(address_keys(damaged))
