"""The glossary of four languages has no hole and no double, and a text is read by it: whole terms, stems, compounds."""

from __future__ import annotations

from collections import Counter

import pytest

from passerelle.search import glossary
from passerelle.search.gist import gist
from passerelle.search.stems import LANGUAGES


def test_the_glossary_has_three_to_five_hundred_terms_of_every_field() -> None:
    assert 300 <= len(glossary.terms()) <= 500
    fields = Counter(term.field for term in glossary.terms())
    wanted = {"police", "justice", "procedure", "youth", "school", "violence", "property", "money", "drugs", "weapons",
              "vehicles", "documents", "communication", "crime_together", "persons", "places", "actions"}  # fmt: skip
    assert wanted <= set(fields)
    assert all(count >= 8 for count in fields.values())


def test_every_term_has_a_form_in_each_language_and_a_source_of_the_closed_list() -> None:
    for row in ("cp:461 | diefstal | vol | Diebstahl", "cp | diefstal ; | vol | Diebstahl | theft",
                "hearsay | diefstal | vol | Diebstahl | theft", "cp | | vol | Diebstahl | theft"):  # fmt: skip
        with pytest.raises(glossary.GlossaryWrong):
            glossary.read_row(row, "property", 0)
    for term in glossary.terms():
        assert term.source in glossary.sources()
        assert all(all(term.forms[language]) for language in LANGUAGES), term.key
    used = {term.source for term in glossary.terms()}
    assert used == set(glossary.sources()), "a source that no row names"


def test_no_term_is_doubled_and_no_form_stands_twice_in_one_language() -> None:
    for language in LANGUAGES:
        forms = Counter(
            form if form.isupper() else form.casefold() for term in glossary.terms() for form in term.forms[language]
        )
        assert [form for form, count in forms.items() if count > 1] == []
    keys = Counter(term.key for term in glossary.terms())
    assert [key for key, count in keys.items() if count > 1] == []


def test_every_first_form_is_found_in_a_text_of_its_language() -> None:
    for term in glossary.terms():
        for language in LANGUAGES:
            form = term.forms[language][0]
            found = glossary.find(f"- {form} -", language)
            assert any(term in one.terms for one in found), (language, form)


@pytest.mark.parametrize(("language", "word", "into", "gloss"), [
    ("nl", "huiszoekingen", "fr", "perquisition"),
    ("fr", "perquisitions", "nl", "huiszoeking"),
    ("de", "Fluchtfahrzeug", "nl", "vluchtauto"),
    ("nl", "vluchtwagenbestuurder", "fr", "voiture de fuite"),
    ("fr", "l'arme", "de", "Waffe"),
    ("de", "Jugendamt", "fr", "service d'aide à la jeunesse"),
    ("en", "stabbings", "nl", "neergestoken"),
    ("nl", "PV", "de", "Protokoll"),
    ("nl", "OM", "fr", "ministère public"),
    ("fr", "CPAS", "nl", "OCMW"),
])  # fmt: skip
def test_a_word_is_found_in_its_inflected_elided_and_compound_forms(
    language: str, word: str, into: str, gloss: str
) -> None:
    assert gloss in {term.gloss(into) for term in glossary.find(word, language)[0].terms}


def test_an_abbreviation_counts_only_as_it_is_written() -> None:
    assert not glossary.find("hij vroeg om geld dat om de hoek lag", "nl")[0].terms[0].key.startswith("public pros")
    assert glossary.find("om", "nl") == []


def test_the_gist_keeps_the_text_as_it_is_and_counts_what_it_knows() -> None:
    text = "Deux hommes cagoulés ont forcé la porte ; la victime, Zélie Vandamme, a porté plainte à 22h30."
    read = gist(text, "fr", "nl")
    assert "".join(piece.text for piece in read.pieces) == text
    glosses = {piece.text: piece.gloss for piece in read.pieces if piece.gloss}
    assert glosses["victime"] == "slachtoffer"
    assert glosses["porté plainte"] == "klacht"
    assert "Zélie" not in glosses and "22h30" not in glosses
    assert 0 < read.known < read.words


def test_half_a_compound_that_is_known_bears_no_gloss() -> None:
    assert all(not piece.gloss for piece in gist("een voorschot voor bouwwerken", "nl", "de").pieces)
    assert glossary.find("voorschot", "nl") == []
    assert {term.gloss("fr") for term in glossary.find("kelderinbraak", "nl")[0].terms} == {"cave", "cambriolage"}


def test_what_reads_the_same_in_both_languages_bears_no_gloss_and_is_known() -> None:
    read = gist("de la cocaïne", "fr", "nl")
    assert [piece.gloss for piece in read.pieces if piece.gloss] == []
    assert (read.known, read.words) == (1, 1)


def test_a_text_without_a_known_word_has_no_gloss() -> None:
    read = gist("Xyzzy plugh.", "en", "de")
    assert (read.known, read.words) == (0, 2)
    assert all(not piece.gloss for piece in read.pieces)
