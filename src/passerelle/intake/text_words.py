"""The words by which plain text is read, from data/text_words.yaml."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from passerelle.names.street_words import fold, read_yaml

LANGUAGES = ("nl", "fr", "de", "en")
CAPITAL = r"[A-ZÀ-ÖØ-ÞĀ-Ž]"
"""A capital letter, for patterns."""


@cache
def word_table() -> Any:
    text = (Path(__file__).parent / "data" / "text_words.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


@cache
def colours_said(language: str) -> dict[str, str]:
    """What each colour by which vehicles are kept (`grey`) is called, in its first form."""
    known = set(word_table()["colours"][language])
    every = word_table()["colour_names"].items()
    return {name: next(word for word in of if word in known) for name, of in every if not known.isdisjoint(of)}


@cache
def function_words() -> dict[str, frozenset[str]]:
    return {language: frozenset(words.split()) for language, words in word_table()["function_words"].items()}


@cache
def all_function_words() -> frozenset[str]:
    return frozenset().union(*function_words().values())


@cache
def sentence_openers(language: str) -> frozenset[str]:
    """Words that open a sentence with a capital and are no names."""
    words = word_table()
    every = {word for of in words["months"].values() for word in of} | set(words["weekdays"]) | set(words["not_names"])
    return function_words()[language] | frozenset(words["sentence_starts"][language].split()) | every


@cache
def words_no_name(language: str) -> frozenset[str]:
    words = word_table()
    relations = {word for of in words["relations"].values() for word in of[language]}
    things = {*words["vehicle_words"][language], *words["colours"][language], *words["siblings_of_many"][language]}
    kinds = {
        w.lower() for w in (*words["document_words"], *words["plate_words"], *words["phone_words"], *words["makes"])
    }
    heads = {*words["organisation_heads"], *words["institutions"]}
    return sentence_openers(language) | relations | things | kinds | heads | title_words(language)


@cache
def words_ending_names() -> frozenset[str]:
    """Words that are no name by themselves but may end one: Noël, August."""
    words = word_table()
    return frozenset(word for of in words["months"].values() for word in of) | frozenset(words["not_names"])


@cache
def title_words(language: str) -> frozenset[str]:
    return frozenset(word_table()["titles"][language])


@cache
def name_particles() -> frozenset[str]:
    return frozenset(word.strip('"') for word in word_table()["particles"].split())


@cache
def all_titles() -> frozenset[str]:
    return frozenset(word for language in LANGUAGES for word in title_words(language))


@cache
def role_words() -> frozenset[str]:
    """What a person does or is in a report, in any of the four languages: driver, getuige, Inhaber."""
    return frozenset(word for of in word_table()["roles"].values() for word in of)


@cache
def kin_words(language: str) -> frozenset[str]:
    """The words for kin and company of this language."""
    words = word_table()
    return frozenset(word for of in words["relations"].values() for word in of[language]) | frozenset(
        words["siblings_of_many"][language]
    )


COMMON_FILES = (
    "places_words",
    "places_words_flemish",
    "places_words_nature",
    "places_words_society",
    "places_words_things",
)


@cache
def common_nouns() -> frozenset[str]:
    """Common words of the four languages, folded: those that streets are named after (`names/data`)."""
    found = set()
    for name in COMMON_FILES:
        for block in read_yaml(f"{name}.yaml")["words"].values():
            for line in block.splitlines():
                found |= {fold(word.strip()) for column in line.split("|") for word in column.split(",")}
    return frozenset(word for word in found if word and " " not in word)
