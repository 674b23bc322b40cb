"""Names of organisations are one across legal forms, languages and initials."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerelle.names.organisations import compare_organisations, legal_form, organisation_keys
from passerelle.names.organisations_read import WORDS_READ_MAX, read


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("Bakkerij Peeters N.V.", "nv"),
        ("SA Delhomme", "sa"),
        ("Yildizlar Tekstil A.Ş.", "as"),
        ("Brandl Bau GmbH & Co. KG", "gmbh and co kg"),
        ("ООО Ромашкино", "ооо"),
        ("Vrienden van het Park vzw", "vzw"),
        ("De Vrienden", None),
    ],
)
def test_the_legal_form_is_found(name: str, form: str | None) -> None:
    assert legal_form(name) == form


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Bakkerij Peeters NV", "Boulangerie Peeters S.A."),
        ("Transport Vandamme BVBA", "Transports Vandamme SPRL"),
        ("Peeters & Zonen", "Peeters en Zonen BV"),
        ("Peeters & Zonen", "Peeters et Zonen"),
        ("Universiteit Gent", "Université de Gand"),
        ("Rode Kruis", "Croix-Rouge"),
        ("Al Barakat Trading LLC", "Al-Barakat Trade Co. Ltd"),
        ("Vereniging Groene Linde", "VGL"),
        ("ООО Ромашкино", "OOO Romashkino"),
        ("شركة النور للتجارة", "Al Nour Trading Company"),
        ("Garage Choukri", "Garage Sjoekri"),
        ("1st Linden Bank", "First Linden Bank"),
        ("U.S. Linden Society", "United States Linden Society"),
        ("Qa'dira Trading", "Qadira Trading"),
        ("Groene Linde / Tilleul Vert", "Tilleul Vert"),
        ("Vereniging Groene Linde (VGL)", "Vereniging Groene Linde"),
        ("АО Тиловарский завод", "JSC Tilovar Plant"),
        ("Comercializadora Tilovar S.A. de C.V.", "Tilovar Trading"),
        ("Banque Tilovar Allemagne", "Bank Tilovar Duitsland"),
        ("Fast Tilovar Link", "Fasttilovarlink"),
        ("Union nationale des femmes tunisiennes", "National Union of Tunisian Women"),
        ("Ministère de l'Intérieur", "Ministerie van Binnenlandse Zaken"),
        ("Rode Kruis Vlaanderen", "Croix-Rouge de Flandre"),
    ],
)
def test_one_organisation_is_recognised_and_shares_a_key(left: str, right: str) -> None:
    assert compare_organisations(left, right).score >= 0.75
    assert organisation_keys(left) & organisation_keys(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Garage Dubrulle SPRL", "Garage Lamberts SPRL"),
        ("Red Star Shipping", "Red Moon Shipping"),
        ("Unit 12 Trading", "Unit 13 Trading"),
        ("Bakkerij Peeters", "Slagerij Peeters"),
        ("NV", ""),
        ("Red Star Shipping", "Red Star Insurance"),
        ("Tilovar AG", "Tilovar GmbH"),
        ("Tilovar Meridon (France)", "Tilovar Meridon (Germany)"),
        ("Tilovar Germany", "Tilovar"),
        ("Bank of China", "Bank of China Trading Hotel"),
        ("Eleventh Meridian", "Twelfth Meridian"),
        ("Hamas", "Cham Holding"),
    ],
)
def test_sharing_the_generic_words_is_not_enough(left: str, right: str) -> None:
    assert compare_organisations(left, right).score < 0.7


def test_the_reasons_name_the_words() -> None:
    because = compare_organisations("Bakkerij Peeters NV", "Boulangerie Peeters SPRL").because
    assert "“boulangerie” is another language's word for “bakkerij”." in because
    assert "The legal forms “NV” and “SPRL” differ in kind." in because


@given(st.text(max_size=30), st.text(max_size=30))
@settings(max_examples=150, deadline=None)
def test_comparing_is_even_handed_and_never_fails(left: str, right: str) -> None:
    forth, back = compare_organisations(left, right), compare_organisations(right, left)
    assert forth.score == pytest.approx(back.score)
    assert all(0 < len(key) <= 64 for key in organisation_keys(left))


def test_of_a_name_of_hundreds_of_words_the_first_sixty_are_read() -> None:
    long = read(" ".join(f"woord{chr(97 + number % 26)}{chr(97 + number // 26)}" for number in range(400)))
    assert len(long.tokens) == WORDS_READ_MAX
