"""A common word of a question is looked for in the other languages too, and a compound by its parts."""

from __future__ import annotations

from passerelle.search.dictionary import translated, translated_parts
from passerelle.search.question import read


def test_a_common_word_is_known_in_the_other_languages_whatever_its_ending() -> None:
    assert ("fr", "veuve") in translated("Weduwe", "nl")
    assert ("nl", "rivier") in translated("Rivers", "en")


def test_a_little_word_and_a_name_are_no_common_words() -> None:
    assert translated("het", "nl") == ()
    assert translated("Bouzid", "fr") == ()


def test_a_compound_is_known_by_its_parts_and_counts_less() -> None:
    assert ("fr", "argent") in translated_parts("spaargeld", "nl")
    (unit,) = read("spaargeld", "nl").units
    assert unit.alternatives["w:argent"] < unit.alternatives["w:spaargeld"]
