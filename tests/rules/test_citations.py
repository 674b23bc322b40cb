"""The law is cited in each language, and no word around its numbers stays behind in English unseen."""

from __future__ import annotations

import pytest

from passerelle.policy import deadlines
from passerelle.policy.citations import NOTES, cited

SOURCES = sorted({row.source for row in deadlines.shipped()})


@pytest.mark.parametrize("source", SOURCES)
def test_in_english_a_source_reads_as_the_table_has_it(source: str) -> None:
    assert str(cited(source)) == source


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_of_a_deadline_is_known_and_can_be_said(source: str) -> None:
    for part in source.split("; "):
        assert part in NOTES or cited(part).text != "{text}", f"give “{part}” to policy/citations.py"
        note = dict(cited(part).facts).get("note", "")
        assert not isinstance(note, str) or not note, f"give “{note}” to policy/citations.py"


def test_what_is_not_known_is_said_as_it_stands() -> None:
    assert str(cited("Some act of 1831, Art. 4")) == "Some act of 1831, Art. 4"
    assert cited("Some act of 1831, Art. 4").text == "{text}", "a sentence that no translator has stays out of the way"
    for note in NOTES:
        assert (cited(note).text, cited(note).facts) == (note, ()), "what has been translated is said in the language"
