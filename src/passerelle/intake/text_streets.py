"""Streets named without a house number, where a word before them says that a place follows: “on Ferry Road”."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from passerelle.intake.mention import Mention, mention_of
from passerelle.intake.text_words import CAPITAL, all_function_words, word_table
from passerelle.names import towns
from passerelle.names.places import parse_address
from passerelle.words import noop, sentence

NAMED_STREET = noop("The name of a street, behind “{word}”.")

_WHERE = (
    r"in|on|at|off|near|along|from|to|of|aan|op|in|uit|naar|langs|bij|van|ter|hoogte|à|dans|sur|"
    r"vers|près|devant|au|am|an|auf|bei|zum|zur|aus|nach|vom|"
    r"de|het|the|der|die|den|dem|la|le|address|adres|adresse|anschrift|adressen"
)


_EN = "Street|Road|Lane|Avenue|Drive|Crescent|Terrace|Close|Grove|Way|Gardens|Parkway|Industrial Estate|Trading Estate"
_NL_DE = "straat|laan|steenweg|weg|plein|dreef|kaai|singel|straße|strasse|allee|platz|gasse"


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    before = rf"(?:(?<![\w-])(?i:(?P<word>{_WHERE}))\s|(?P<sign>[,(:]\s|^|\n))"
    town = rf"(?P<town>(?:,\s|\s(?:in|te|à)\s){CAPITAL}[\w'’-]+(?:[ -]{CAPITAL}[\w'’-]+)?)?"
    name = rf"{CAPITAL}[\w'’-]*"
    old = r"(?:(?:Oude|Nieuwe|Grote|Kleine|Lange|Korte|Alte|Neue)\s)?"
    return (
        re.compile(
            rf"{before}(?P<street>(?:{name}[ ]){{1,3}}(?:{_EN})(?:\s(?:North|South|East|West))?)(?![\w-]){town}"
        ),
        re.compile(rf"{before}(?P<street>{old}{CAPITAL}[a-zà-ÿ'’-]{{2,30}}(?:{_NL_DE}))(?![\w-]){town}"),
        re.compile(
            r"(?<![\w-])(?P<word>)(?P<sign>)(?P<street>[a-zà-ÿ]{3,30}(?:straat|laan|steenweg|straße|strasse|gasse|dreef))"
            r"(?![\w-])(?P<town>(?:\s(?:in|te)\s[a-zà-ÿ]+)?)"
        ),
        re.compile(
            r"(?<![\w-])(?P<word>)(?P<sign>)(?P<street>(?:\d{1,4}[a-z]?\s[a-z]{3,20}\s(?:road|street|lane|avenue|close|drive|grove|crescent|terrace))"
            r"|(?:(?<=on\s)|(?<=in\s)|(?<=off\s))[a-z]{3,20}\s(?:road|street|lane|avenue))"
            r"(?![\w-])(?P<town>)"
        ),
    )


@cache
def _no_streets() -> frozenset[str]:
    """Common words that end as streets do."""
    return frozenset(word_table()["no_streets"])


def find_streets(text: str) -> Iterator[Mention]:
    """Streets without a number. A word that is common, or that no word of place stands before, is none."""
    for pattern in _patterns():
        for found in pattern.finditer(text):
            start, end = found.span("street")
            street = found["street"]
            first = street.split()[0].lower()
            if street.lower() in _no_streets() or first in all_function_words() or towns.read_town(street):
                continue
            if found["sign"] and not re.match(r"\s?(?:[.,;)\n]|$)", text[end : end + 2]):
                continue
            if found["town"] and towns.read_town(re.sub(r"^[\s,]*(?:in|te|à)?\s*", "", found["town"])):
                end = found.end("town")
            raw = text[start:end]
            address = parse_address(raw)
            named = {"full": raw, "street": address.street, "city": address.town}
            told = {name: value for name, value in named.items() if value}
            yield mention_of(
                "address", text, (start, end), raw, 0.72, sentence(NAMED_STREET, word=found["word"] or raw), **told
            )
