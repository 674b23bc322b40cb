"""The law is cited in each language, and no word around its numbers stays behind in English unseen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from passerelle.policy import deadlines, disclosure, ending, requests
from passerelle.policy.citations import NOTES, cited
from passerelle.policy.grounds import GROUNDS
from passerelle.words import Sentence

SOURCES = sorted(
    {row.source for row in deadlines.shipped()}
    | {ground.source for ground in GROUNDS.values()}
    | {row.legal_source for row in disclosure.telling_table()}
    | {row.legal_source for row in disclosure.handlings().values()}
    | {ground.source for ground in ending.grounds().values()}
    | {word.source for block in ("kinds", "grounds") for word in requests.words(block).values()}
)
"""What the pages show beside a rule."""


def as_it_stands(said: Sentence) -> Iterator[str]:
    """The pieces that no language says otherwise."""
    facts = dict(said.facts)
    if said.text == "{text}":
        yield str(facts["text"])
    for fact in facts.values():
        if isinstance(fact, Sentence):
            yield from as_it_stands(fact)


@pytest.mark.parametrize("source", SOURCES)
def test_in_english_a_source_reads_as_the_table_has_it(source: str) -> None:
    assert str(cited(source)) == source


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_that_a_page_shows_is_known_and_can_be_said(source: str) -> None:
    assert not list(as_it_stands(cited(source))), "give it to policy/citations.py"


def test_what_is_not_known_is_said_as_it_stands() -> None:
    assert str(cited("Some act of 1831, Art. 4")) == "Some act of 1831, Art. 4"
    assert cited("Some act of 1831, Art. 4").text == "{text}", "a sentence that no translator has stays out of the way"
    for note in NOTES:
        assert (cited(note).text, cited(note).facts) == (note, ()), "what has been translated is said in the language"


def test_several_notes_of_one_source_are_said_one_by_one() -> None:
    source = "Belgian Criminal Code of 1867, Art. 458 (shared secrecy; renumbered in the Code of 2024); An act, Art. 1"
    assert str(cited(source)) == source and list(as_it_stands(cited(source))) == ["An act, Art. 1"]
