"""Somebody without a name, by looks, age or dress: “a tall man with a gold tooth”; and kin in another town."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from passerelle.intake.mention import Mention, mention_of
from passerelle.intake.text_words import CAPITAL, all_function_words, kin_words, word_table
from passerelle.names import given, towns
from passerelle.words import noop, sentence

BY_LOOKS = noop("Somebody described by looks, age or dress.")
BY_TOWN = noop("Kin of somebody, known only by where they are.")

_ARTICLES = {
    "nl": r"(?:een|de|het|één|twee|drie|vier|die|deze|nog\seen)",
    "fr": r"(?:une?|le|la|les|des|deux|trois|quatre|l['’]|cette?|ce|plusieurs)",
    "de": r"(?:eine?[rmn]?|der|die|das|dem|den|des|zwei|drei|vier|diese[rmn]?)",
    "en": r"(?:an?|the|two|three|four|some|this|that|another)",
}
_WITH = {
    "nl": r"(?:met|in|zonder)", "fr": r"(?:avec|aux?|à\sla|à\sl['’]|en|sans|portant|vêtue?\sd['’]une?)",
    "de": r"(?:mit|in|ohne)", "en": r"(?:with|in|wearing|without)",
}  # fmt: skip
_JOINS = r"(?:en|et|und|and|&|,|met|avec|mit|with|of|ou|oder|or)"
_PLACED = (
    r"(?:onder|boven|op|aan|in|van|au|aux|sur|sous|dans|du|de|à|am|an|auf|unter|über|im|on|under|over|above|behind|to)"
)


@cache
def appearance() -> Any:
    """The table of `data/text_appearance.yaml`."""
    return yaml.safe_load((Path(__file__).parent / "data" / "text_appearance.yaml").read_text(encoding="utf-8"))


@cache
def _seeing() -> frozenset[str]:
    return frozenset(appearance()["seeing"])


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    table = appearance()
    heads = "|".join(sorted(map(re.escape, table["heads"][language]), key=len, reverse=True))
    apart = "|".join(
        re.escape(words).replace("\\ ", r"\s") for words in sorted(table["told_apart"][language], key=len, reverse=True)
    )
    looks = "|".join(sorted(map(re.escape, table["looks"][language]), key=len, reverse=True))
    if language in ("de", "nl"):
        long = "|".join(re.escape(word) for word in table["looks"][language] if len(word) > 4)
        looks += rf"|[^\W\d_]+(?:{long})(?:n|en|s)?"
    else:
        long = "|".join(re.escape(word) for word in table["looks"][language] if len(word) > 3)
        looks += rf"|(?:{long})s"
    ways = "|".join(re.escape(word) for word in sorted(table["ways"][language], key=len, reverse=True))
    ages = "|".join(table["ages"][language])
    word = r"[^\W\d_][\w'’-]*"
    before = r"(?:(?:etwa|ca\.|environ|about|around|ongeveer)\s)?(?:[\w'’-]+\s){0,3}?"
    adjective = rf"(?:\s(?!(?:{ages})|{_WITH[language]}(?:\s|(?<=['’])))[a-zà-ÿ]+(?=\s|,))?" if language == "fr" else ""
    head = (
        rf"(?<![\w-])(?:(?:{_ARTICLES[language]}(?:\s|(?<=['’])))(?P<before>{before})(?:{heads})(?![\w-])(?!\s(?:{heads})(?![\w-])){adjective}"
        rf"|(?P<bare>(?:[a-zà-ÿ-]{{3,}}\s){{1,3}})(?:{heads})(?![\w-])(?!\s(?:{heads})(?![\w-])){adjective}"
        rf"|(?:^|(?<=\n)|(?<=[-–•*:,;]\s))(?:{heads})(?=\s(?:{_WITH[language]}))|(?:{apart})(?![\w-]))"
    )
    colours = "|".join(word_table()["colours"]["fr"])
    coloured = rf"(?:\s(?:{colours}|longs?|longues?|courte?s?)s?(?!\w))*" if language == "fr" else ""
    the = r"(?:(?:zijn|haar|son|sa|ses|seine[rmn]?|ihre[rmn]?|de|het|la|le|les|l['’]|der|dem|den|the|his|her)\s?)?"
    stuff = r"(?:\s(?:en|de)\s(?:cuir|jeans?|laine|coton|toile|velours)|\s(?:van|in)\s(?:leer|leder|jeans))?"
    worn = (
        rf"(?:(?!(?:{_JOINS}|{_WITH[language]})\s){word}\s){{0,4}}?"
        rf"(?:{looks})(?![\w-])(?:\s(?:{looks})(?![\w-]))?{stuff}"
        rf"{coloured}(?:\s{_PLACED}\s{the}(?:{looks})(?![\w-]))?"
    )
    last = (
        r"(?:\s(?:en|et|und|and)\s(?:(?:een|une?|eine[nrm]?|an?)\s)?[a-zà-ÿ-]+(?:\s[a-zà-ÿ-]+)?"
        r"(?=\s?[.,;)\n]|$|\s(?:who|die|qui|der|that|dat)\s))?"
    )
    modifier = rf"(?:\s(?:{ages})(?!\w)|\s{_WITH[language]}\s?{worn}(?:\s?{_JOINS}\s{worn})*{last})"
    chunk = (
        rf",\s(?:(?:{ways})(?!\w)|(?:{_WITH[language]}\s)?{worn}(?:\s[a-zà-ÿ]+){{0,2}}|(?:{ages}))(?=\s?[,.;:()\n]|$)"
    )
    return (
        re.compile(rf"(?i:{head})(?P<mod>(?i:{modifier})*)(?P<chunks>(?:(?i:{chunk}))*)"),
        re.compile(rf"(?i:{chunk})"),
        re.compile(rf"(?i:(?:{looks}))(?!\w)"),
    )


def find_descriptions(text: str, language: str) -> Iterator[Mention]:
    """Who is described and not named. The words before the noun count only beside looks, age or dress after it."""
    pattern, _, _ = _patterns(language)
    for found in pattern.finditer(text):
        if not found["mod"] and not found["chunks"]:
            continue
        start, end = found.span()
        words = (found["before"] or found["bare"] or "").lower().split()
        cut = next(
            (at for at in reversed(range(len(words))) if words[at] in all_function_words() or words[at] in _seeing()),
            -1,
        )
        if cut >= 0 and words[cut] in ("deux", "trois", "twee", "drie", "zwei", "drei", "two", "three"):
            cut -= 1
        if found["bare"] and cut >= 0:
            skipped = re.match(rf"(?:\S+\s+){{{cut + 1}}}", text[start:end])
            start += skipped.end() if skipped else 0
        raw = text[start:end].rstrip(" ,")
        yield mention_of("nameless", text, (start, start + len(raw)), raw, 0.85, sentence(BY_LOOKS), description=raw)


@cache
def _kin_in_town(language: str) -> re.Pattern[str]:
    kin = "|".join(re.escape(word) for word in sorted(kin_words(language), key=len, reverse=True))
    article = {
        "nl": "een|zijn|haar",
        "fr": "une?|son|sa",
        "de": "eine[nmr]?|ein|seine[nmr]?|sein|ihre[nmr]?|ihr",
        "en": "an?|his|her",
    }[language]
    link = {"nl": "in|uit|te", "fr": "à|de|en", "de": "in|aus", "en": "in|from"}[language]
    return re.compile(rf"(?<!\w)(?:{article})\s(?:{kin})\s(?:{link})\s(?P<town>{CAPITAL}[\w'’-]+)")


def find_kin_in_towns(text: str, language: str) -> Iterator[Mention]:
    for found in _kin_in_town(language).finditer(text):
        if towns.read_town(found["town"]) or not given.is_known(found["town"].lower()):
            yield mention_of("nameless", text, found.span(), found[0], 0.75, sentence(BY_TOWN), description=found[0])
