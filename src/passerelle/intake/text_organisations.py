"""Organisations without a legal form: by the word for their trade before or behind the name, or by who works there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from passerelle.intake.mention import Mention, mention_of
from passerelle.intake.text_names import is_plain_word, is_word, known_name
from passerelle.intake.text_words import CAPITAL, all_function_words, all_titles, role_words, sentence_openers
from passerelle.names import towns
from passerelle.words import noop, sentence

TRADE = noop("A name with the word “{word}”, which says what kind of place it is.")
EMPLOYER = noop("A name behind “{word}”, which says where somebody works.")
CHAIN = noop("A well-known company.")

_CAPITAL_WORD = rf"{CAPITAL}[\w'’&-]{{0,40}}(?:\.(?=\w)[\w'’-]{{1,40}})?(?![\w'’&-])"
_ARTICLE = r"(?:de\sla\s|de\sl['’]|du\s|des\s|de\s|d['’]|la\s|le\s|les\s|l['’]|aux?\s|van\sde\s|van\shet\s|van\s|"
_ARTICLE += r"het\s|den\s|'t\s|"
_ARTICLE += r"am\s|an\sder\s|zum\s|zur\s|im\s|der\s|the\s|St\.?\s|Ste\.?\s)"
_NAME = rf"(?:{_ARTICLE})?{_CAPITAL_WORD}(?:[ ](?:&\s|{_ARTICLE})?{_CAPITAL_WORD}){{0,3}}"


@cache
def organisation_table() -> Any:
    """The table of `data/text_organisations.yaml`."""
    return yaml.safe_load((Path(__file__).parent / "data" / "text_organisations.yaml").read_text(encoding="utf-8"))


@cache
def _house_words() -> frozenset[str]:
    table = organisation_table()
    return frozenset(str(one).strip().lower() for key in ("heads", "outside", "tails", "kinship") for one in table[key])


def is_house_word(word: str) -> bool:
    """Whether a word says that what it stands in is a house and no person: a trade, a kind of place, a legal form."""
    low = word.lower().rstrip(".")
    clubs = ("fc", "sc", "sv", "tv")
    return low in _house_words() or low.endswith(tuple(organisation_table()["compounds"])) or low in clubs


def _either(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    table = organisation_table()
    compound = rf"[^\W\d_]{{3,}}(?:{_either(table['compounds'])})"
    return (
        re.compile(rf"(?<![\w-])(?P<head>(?i:{_either(table['heads'])})|{compound})[ ](?P<name>{_NAME})(?![\w-])"),
        re.compile(rf"(?<![\w-])(?P<head>(?i:{_either(table['outside'])}))\s[\"“„«]?\s?(?P<name>{_NAME})(?![\w-])"),
        re.compile(
            rf"(?<![\w-])(?P<name>(?:{_CAPITAL_WORD}[ ]){{1,3}}?&\s(?:{_either(table['kinship'])})(?![\w-])"
            rf"(?:[ ]{_CAPITAL_WORD}){{0,2}})"
        ),
        re.compile(
            rf"(?<![\w-])(?P<name>(?:{_CAPITAL_WORD}[ ]){{1,3}}(?:{_either(table['tails'])}))"
            r"(?![\w-])(?![ ][A-Z][a-z])"
        ),
        re.compile(rf"(?<![\w@.-])(?P<name>{_either(table['chains'])})(?![\w@-])"),
    )


@cache
def _work(language: str) -> re.Pattern[str]:
    words = organisation_table()["work"][language]
    return re.compile(
        rf"(?<![\w-])(?P<cue>(?i:{_either(words['said'])}))(?:\s[\wà-ÿ-]+){{0,3}}?\s(?:{_either(words['by'])})\s?"
        rf"(?:(?:de|het|den|la|le|les|der|die|the)\s)?[\"“„«]?\s?"
        rf"(?P<name>{_CAPITAL_WORD}(?:[ ](?:&\s|{_ARTICLE})?{_CAPITAL_WORD}){{0,3}})(?![\w-])"
    )


def _nobody(words: list[str], language: str, *, headed: bool = False) -> bool:
    """Whether the words are no name of a house: all words of the language, a town, or a person's name."""
    told = [word for word in words if word[:1].isupper()]
    if headed and language != "de":
        return all(is_plain_word(word, language) for word in told)
    if not told or told[0].lower().rstrip(".") in all_titles():
        return True
    plain = [word for word in told if is_word(word, language) and not known_name(word)]
    return len(plain) == len(told) or (language == "de" and is_word(told[0], language) and not known_name(told[0]))


def _end_of_name(text: str, start: int, end: int) -> int:
    """Where the name ends: a genitive's s and a stop at its end are no part of it."""
    return start + len(re.sub(r"['’]s$|[.'’-]+$", "", text[start:end]))


def find_trades(text: str, language: str) -> Iterator[Mention]:
    """Places of trade, learning and care by the words of their trade; where somebody works; well-known companies."""
    headed, outside, kin, tailed, chains = _patterns()
    for found in headed.finditer(text):
        words = re.findall(r"[\w'’.-]+", found["name"])
        told = [word for word in words if word[:1].isupper()]
        of_somebody = re.match(r"(?:van|von|de|d['’]|of)\s?[A-ZÀ-Þ]", found["name"]) and known_name(told[0])
        in_german = language == "de" and not found["head"][0].isupper()
        if _nobody(words, language, headed=True) or of_somebody or in_german:
            continue
        span = (found.start("head"), _end_of_name(text, found.start("head"), found.end("name")))
        if language != "de" and found["head"][0].isupper() and found["head"].lower() in ("bar", "home", "club"):
            continue
        yield _organisation(text, span, 0.75, TRADE, found["head"])
    for found in outside.finditer(text):
        words = found["name"].split()
        if not _nobody(words, language) and not (len(words) == 1 and towns.read_town(words[0])):
            start = found.start("name") + len(found["name"]) - len(re.sub(rf"^{_ARTICLE}", "", found["name"]))
            yield _organisation(text, (start, _end_of_name(text, start, found.end("name"))), 0.8, TRADE, found["head"])
    for pattern in (kin, tailed):
        for found in pattern.finditer(text):
            start, words = found.start("name"), found["name"].split()
            while len(words) > 1 and (
                words[0].lower().rstrip(".") in sentence_openers(language)
                or words[0].lower() in role_words()
                or words[0].lower() in all_function_words()
                or words[0].lower() in organisation_table()["outside"]
            ):
                start += len(words.pop(0)) + 1
            if len(words) > 1 and words[0] != "&" and not _nobody(words[:-1], language):
                yield _organisation(text, (start, found.end("name")), 0.78, TRADE, words[-1])
    for found in chains.finditer(text):
        yield mention_of("organisation", text, found.span(), found[0], 0.8, sentence(CHAIN), name=found[0])
    for found in _work(language).finditer(text):
        words = found["name"].split()
        town = bool(towns.read_town(words[0].rstrip("."))) and len(words) == 1
        if _nobody(words, language) or town or (len(words) < 3 and known_name(words[0])):
            continue
        start = found.start("name")
        yield _organisation(text, (start, _end_of_name(text, start, found.end("name"))), 0.72, EMPLOYER, found["cue"])
    yield from _in_small_letters(text)


def _in_small_letters(text: str) -> Iterator[Mention]:
    """“café de gouden leeuw”, in a text without capitals: a place of trade with an article in its name."""
    letters = [sign for sign in text if sign.isalpha()]
    if len(letters) < 20 or sum(sign.isupper() for sign in letters) > 0.02 * len(letters):
        return
    heads = _either(organisation_table()["heads"])
    for found in re.finditer(
        rf"(?<![\w-])(?:{heads})\s(?:(?:de|het|den|'t|le|la|les|chez|zum|zur|the)\s)[a-zà-ÿ'’-]+(?:\s[a-zà-ÿ'’-]+)?(?=\s?[.,;:)\n]|$)",
        text,
    ):
        yield _organisation(text, found.span(), 0.7, TRADE, found[0].split()[0])


def _organisation(text: str, span: tuple[int, int], confidence: float, because: str, word: str) -> Mention:
    name = text[slice(*span)]
    return mention_of("organisation", text, span, name, confidence, sentence(because, word=word), name=name)
