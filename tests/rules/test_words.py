"""Sentences keep their facts apart: a day is said in the words of who reads, whenever it is read."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from passerelle.intake.text_words import colours_said, word_table
from passerelle.words import LANGUAGES, Day, Sentence, sentence


@pytest.mark.parametrize(
    ("language", "said"),
    [("nl", "1 maart 2026"), ("fr", "1er mars 2026"), ("de", "1. März 2026"), ("en", "1 March 2026")],
)
def test_a_day_in_a_sentence_is_said_as_each_language_writes_it(language: str, said: str) -> None:
    kept = sentence("{day}", day=Day(date(2026, 3, 1))).to_json()
    assert Sentence.from_json(json.loads(json.dumps(kept))).in_language(language) == said


def test_a_moment_in_a_sentence_has_its_hour_and_a_language_that_is_not_known_reads_english() -> None:
    at = Day(datetime(2026, 11, 2, 8, 5, tzinfo=UTC))
    assert Day.from_json(at.to_json()) == at
    assert [at.in_language(one) for one in (*LANGUAGES, "es")] == [
        "2 november 2026, 08:05", "2 novembre 2026, 08:05", "2. November 2026, 08:05", "2 November 2026, 08:05",
        "2 November 2026, 08:05",
    ]  # fmt: skip


def test_a_sentence_within_a_sentence_says_its_day_in_the_same_language() -> None:
    within = sentence("{day}", day=Day(date(2026, 12, 24)))
    assert Sentence.from_json(sentence("{what}", what=within).to_json()).in_language("fr") == "24 décembre 2026"


def test_a_day_written_as_text_by_an_older_house_is_said_as_it_stands() -> None:
    assert Sentence.from_json(["{day}", {"day": "2026-11-19"}]).in_language("nl") == "2026-11-19"


def test_every_colour_by_which_a_vehicle_is_kept_has_a_word_in_each_language() -> None:
    kept = set(word_table()["colour_names"])
    assert {language: set(colours_said(language)) for language in LANGUAGES} == dict.fromkeys(LANGUAGES, kept)
    assert [colours_said(language)["grey"] for language in LANGUAGES] == ["grijs", "gris", "grau", "grey"]
