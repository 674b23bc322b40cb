"""Addresses: read from Dutch, French, German and English text, and compared across those languages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz.distance import Levenshtein

from passerelle.names import gazetteers, latin
from passerelle.names.comparison import Comparison
from passerelle.names.gazetteers import Gazetteer, GazetteerUnreadable
from passerelle.names.street_words import fold, lexicon, read_yaml, rows_of, words_of
from passerelle.names.streets import (
    Street,
    kind_likeness,
    kind_of,
    read_street,
    street_keys,
    street_likeness,
)
from passerelle.names.towns import LANGUAGE_WORDS, Town, municipalities_at, read_town, town_forms, town_key
from passerelle.words import Sentence, noop, sentence

__all__ = [
    "Address",
    "Gazetteer",
    "GazetteerUnreadable",
    "address_keys",
    "compare_addresses",
    "parse_address",
    "town_forms",
]

NUMBER_DIFFERS = 0.5
"""What is left of the score of a street when the house numbers differ."""
TOWN_DIFFERS = 0.5
BOX_DIFFERS = 0.95
NUMBER_MISSING = 0.97
TOWN_ONLY = 0.6
"""The score of two addresses of which no more is known than that the town is one: below the bar, it is no news."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address, read. Every part is as written, or "" where the text does not say it."""

    street: str
    number: str
    box: str
    postcode: str
    town: str
    country: str
    raw: str


_BOX = re.compile(
    r"(?:[,\s]|(?<=\d)|(?<=\d[a-z]))\s*(?:bus|bte|boîte|boite|bo[iî]te|box|bt|postbus|app?t?\.?|appartement|apartment|flat|wohnung|whg)"
    r"\.?\s*(?:n[°or]\.?\s*)?(?P<box>[0-9]{1,5}[a-z]?|[a-z]{1,2}[0-9]{0,4}|[0-9]+[./][0-9a-z]+)(?![\w])",
    re.IGNORECASE,
)
_NUMBER_WORD = re.compile(
    r"(?<!\w)(?:n°|n\s?[°º]|nr\.?|no\.|nummer|numéro|num\.|hausnummer|hausnr\.?)\s*(?=\d)", re.IGNORECASE
)
_NUMBER = r"\d{1,5}(?:\s?(?:bis|ter|quater))?(?:\s?[a-z](?![a-z]))?(?:\s?[-–+/]\s?\d{1,5}(?:\s?[a-z](?![a-z]))?)?"
_NUMBER_AT_END = re.compile(rf"^(?P<street>.*?\D)[\s,]\s*(?P<number>{_NUMBER})$", re.IGNORECASE)
_NUMBER_AT_START = re.compile(rf"^(?P<number>{_NUMBER})\s*,?\s+(?P<street>[^\d\s].*)$", re.IGNORECASE)
_NUMBER_ALONE = re.compile(rf"^{_NUMBER}$", re.IGNORECASE)
_NUMBER_THEN_WORDS = re.compile(
    rf"^(?P<street>.*?[^\W\d].*?)\s(?P<number>{_NUMBER})\s+(?P<town>[^\W\d].*)$", re.IGNORECASE
)
_POSTCODE = re.compile(
    r"(?<![\w/])(?:(?P<land>be|b|nl|l|lu|f|fr|d|de)[-\s])?(?P<code>[1-9]\d{3}\s?[A-Z]{2}(?![a-zA-Z])|\d{5}|[1-9]\d{3})(?!\s*[-/]?\d)"
    r"\s+(?:(?:te|à|a|in)\s+)?(?P<town>[^\W\d][^,;\d()]*)",
    re.IGNORECASE,
)
_POSTCODE_ALONE = re.compile(r"^(?:(?:be|b|nl|l|lu|f|fr|d|de)[-\s])?(?P<code>\d{4,5}|\d{4}\s?[A-Z]{2})$", re.IGNORECASE)
_IN_TOWN = re.compile(r"^(?:te|à|a|in|at|zu|à la commune de)\s+", re.IGNORECASE)
_MONTHS = frozenset(
    words_of(
        "januari februari maart april mei juni juli augustus september oktober november december "
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre "
        "januar februar märz dezember"
    )
)


@cache
def country_names() -> dict[str, str]:
    """By folded name in any of the four languages: a two-letter code where we have one, else the English name."""
    found: dict[str, str] = {}
    for cells in rows_of(read_yaml("places_geography.yaml")["regions"]):
        english = fold((cells[3] or cells[0]).split(",")[0])
        for written in ",".join(cells).split(","):
            found["".join(words_of(written))] = english
    codes = {
        "belgium": "be",
        "france": "fr",
        "netherlands": "nl",
        "germany": "de",
        "luxembourg": "lu",
        "united kingdom": "gb",
    }
    return {name: codes.get(english, english) for name, english in found.items()} | {"thenetherlands": "nl", "uk": "gb"}


def _is_street(text: str) -> bool:
    kinds, language = kind_of(text)
    return bool(kinds) and language is not None and not read_town(text)


@lru_cache(maxsize=131072)
def parse_address(text: str, *, country: str = "be") -> Address:
    """The parts of an address written on one line or several, in any of the four languages.

    What is not recognised stays in `street`. `country` is a two-letter code taken where the text names none.
    """
    rest = " ".join(text[: latin.LONGEST].replace("\n", ", ").replace(";", ",").split()).strip(" ,.")
    land = ""
    parts = [part.strip(" .") for part in re.split(r"[,()]", rest) if part.strip(" .")]
    if (
        len(parts) > 1
        and (code := country_names().get("".join(words_of(parts[-1]))))
        and parts[-1].lower() != "luxembourg"
    ):
        land = code
        parts.pop()
        rest = ", ".join(parts)
    box = postcode = town = number = street = ""
    rest = _NUMBER_WORD.sub("", rest)
    if (found := _BOX.search(rest)) and any(c.isdigit() for c in rest[: found.start() + 1]):
        box = found["box"]
        rest = f"{rest[: found.start()]} {rest[found.end() :]}".strip(" ,")
    for found in _POSTCODE.finditer(rest):
        before, words = rest[: found.start()].strip(" ,"), found["town"].strip(" .")
        if (
            not before
            and found["land"] is None
            and (_is_street(words) or fold(words.split()[0]) in lexicon().kinds["fr"])
        ):
            continue  # a long house number before a French street
        if fold(words.split()[0]) in _MONTHS:
            continue
        postcode, town = found["code"].upper(), words
        land = land or {"b": "be", "l": "lu", "f": "fr", "d": "de"}.get(
            (found["land"] or "").lower(), found["land"] or ""
        )
        after = rest[found.end() :].strip(" ,")
        rest = ", ".join(p for p in (before, after) if p)
        break
    left = [part.strip(" .") for part in re.split(r"[,()]", rest) if part.strip(" .")]
    others: list[str] = []
    for part in left:
        if not postcode and street and (found := _POSTCODE_ALONE.match(part)):
            postcode = found["code"]
        elif not number and _NUMBER_ALONE.match(part):
            number = part
        elif not street and (_is_street(part) or any(c.isdigit() for c in part)):
            street = part
        else:
            others.append(part)
    if not street and others:
        index = next((i for i, part in enumerate(others) if not read_town(part)), None)
        if index is not None and (len(others) > 1 or town or number or not read_town(others[index])):
            street = others.pop(index)
    if not town:
        known = [part for part in others if read_town(_IN_TOWN.sub("", part))]
        town = known[0] if known else (others[-1] if others else "")
    if street and not number:
        street, number, more = _street_number(street)
        town = town or more
    if street and not town:
        street, town = _street_town(street)
    number, box = _number_box(number, box)
    town = _IN_TOWN.sub("", town).strip(" .")
    return Address(street.strip(" .,"), number, box, postcode, town, land or country, text)


def _street_number(text: str) -> tuple[str, str, str]:
    """(street, number, what stands behind it) of one part of an address."""
    if found := _NUMBER_AT_END.match(text):
        street = found["street"].strip(" ,")
        bare = words_of(street)
        kinds = lexicon().kinds
        if (
            bare
            and not (len(bare) == 1 and any(bare[0] in kinds[language] for language in kinds))
            and fold(bare[-1])
            not in (
                "du",
                "le",
            )
        ):
            return street, found["number"], ""
    if (found := _NUMBER_AT_START.match(text)) and words_of(found["street"]):
        first = words_of(found["street"])[0]
        only = found["street"].strip(" .")
        alone = " " not in only and any(fold(only) in kinds for kinds in lexicon().kinds.values())  # "7 Weg"
        if not any(first.startswith(month) for month in _MONTHS) and not _ordinal(text) and not alone:
            street, town = _french_town(found["street"])
            return street, found["number"], town
    if found := _NUMBER_THEN_WORDS.match(text):
        words = found["town"]
        if read_town(_IN_TOWN.sub("", words)) and len("".join(words_of(found["street"])[:1])) > 1:
            return found["street"], found["number"], words
    return text, "", ""


def _french_town(text: str) -> tuple[str, str]:
    """Cut a town from the end of "rue des Quatre-Vents Bruxelles", but not from "rue de Bruxelles"."""
    lex = lexicon()
    words = text.split()
    for size in (3, 2, 1):
        head = words[:-size]
        if len(head) < 2 or fold(head[-1]) in lex.little or head[-1].endswith(("’", "'")):
            continue
        if kind_of(" ".join(head))[1] == "fr" and read_town(" ".join(words[-size:])):
            return " ".join(head), " ".join(words[-size:])
    return text, ""


def _ordinal(text: str) -> bool:
    return bool(re.match(r"^\d+(?:er|ère|e|ème|ᵉ|de|ste|th|st|nd|rd)\b", text, re.IGNORECASE))


def _street_town(text: str) -> tuple[str, str]:
    """Cut a known town from the end of a street ("Kerkstraat Mechelen"), never the words that make it a street."""
    words = text.split()
    for size in (3, 2, 1):
        if len(words) > size:
            end = " ".join(words[-size:])
            if words[-size - 1].lower() in ("te", "à", "in", "at") and read_town(end) and len(words) > size + 1:
                return " ".join(words[: -size - 1]), end
            head = " ".join(words[:-size])
            kinds, language = kind_of(head)
            if kinds and language in ("nl", "de", "en") and read_town(end):
                return head, end
    return text, ""


def _number_box(number: str, box: str) -> tuple[str, str]:
    number = re.sub(r"\s+", "", number).lower().replace("–", "-")
    if (found := re.match(r"^(\d+[a-z]?)/(\w+)$", number)) and not box:
        return found[1], found[2]
    return number, box.lower()


def _numbers(number: str) -> tuple[int, int, str]:
    """(first, last, letter) of a house number; a range has two."""
    found = re.match(r"^(\d+)([a-z]*)(?:[-+/](\d+)[a-z]?)?$", number)
    if not found:
        return -1, -1, number
    first = int(found[1])
    last = int(found[3]) if found[3] else first
    return first, max(first, last), found[2]


SAME_NUMBER = noop("Same house number: {number}.")
DIFFERENT_NUMBER = noop("Different house numbers: {left} and {right}.")
NEAR_NUMBER = noop("House numbers {left} and {right} may be one building.")
SAME_STREET = noop("“{left}” and “{right}” are one street name.")
SAME_STREET_GAZETTEER = noop("“{left}” and “{right}” are two names of one street in the list of streets.")
TRANSLATED_STREET = noop("“{right}” is the {language} for “{left}”.")
ALIKE_STREET = noop("“{left}” and “{right}” are much alike as names of streets.")
DIFFERENT_STREET = noop("“{left}” and “{right}” are different streets.")
OTHER_KIND = noop("They are called by different kinds of street.")
SAME_TOWN = noop("Same town: {town}.")
TRANSLATED_TOWN = noop("“{right}” and “{left}” are two names of one town.")
DIFFERENT_TOWN = noop("Different towns: {left} and {right}.")
WITHIN_BRUSSELS = noop("{left} and {right} are both in Brussels.")
SAME_POSTCODE = noop("Same postcode: {postcode}.")
DIFFERENT_BOX = noop("Different boxes in one building: {left} and {right}.")
SAME_BOX = noop("Same box: {box}.")
NOTHING_IN_COMMON = noop("The two addresses have no part that can be compared.")


def _street_reasons(left: Street, right: Street, score: float) -> list[Sentence]:
    if left.joined == right.joined:
        found = [sentence(SAME_STREET, left=left.name, right=right.name)]
    elif score >= 0.7:
        told = (left.language, right.language)
        if None not in told and told[0] != told[1] and right.language in LANGUAGE_WORDS:
            language = sentence(LANGUAGE_WORDS[right.language])
            found = [sentence(TRANSLATED_STREET, left=left.name, right=right.name, language=language)]
        else:
            found = [sentence(ALIKE_STREET, left=left.name, right=right.name)]
    else:
        return [sentence(DIFFERENT_STREET, left=left.name, right=right.name)]
    if left.kinds and right.kinds and kind_likeness(left, right) < 0.5:
        found.append(sentence(OTHER_KIND))
    return found


def _compare_towns(left: Address, right: Address) -> tuple[float | None, list[Sentence]]:
    """From 1 (same) to 0 (different), or None where nothing can be said."""
    if left.postcode and left.postcode == right.postcode:
        return 1.0, [sentence(SAME_POSTCODE, postcode=left.postcode)]
    ours, theirs = _identities(left), _identities(right)
    one, other = read_town(left.town) if left.town else None, read_town(right.town) if right.town else None
    if left.town and right.town and fold(left.town) == fold(right.town):
        return 1.0, [sentence(SAME_TOWN, town=left.town)]
    if (
        one
        and other
        and not one.identities & other.identities
        and one.in_brussels | one.is_brussels
        and other.in_brussels | other.is_brussels
    ):
        within = 0.9 if ours & theirs or _vague(one, left) or _vague(other, right) else 0.0
        if within:
            return within, [sentence(WITHIN_BRUSSELS, left=left.town, right=right.town)]
    if ours and theirs:
        if ours & theirs:
            if left.town and right.town:
                return 1.0, [sentence(TRANSLATED_TOWN, left=left.town, right=right.town)]
            return 1.0, [sentence(SAME_TOWN, town=left.town or right.town or left.postcode)]
        if _in_brussels(left, one) and _in_brussels(right, other) and _vague(one, left) | _vague(other, right):
            return 0.8, [sentence(WITHIN_BRUSSELS, left=left.town or left.postcode, right=right.town or right.postcode)]
        return 0.0, [sentence(DIFFERENT_TOWN, left=left.town or left.postcode, right=right.town or right.postcode)]
    if left.town and right.town:
        alike = Levenshtein.normalized_similarity("".join(words_of(left.town)), "".join(words_of(right.town)))
        if alike >= 0.8:
            return alike, [sentence(SAME_TOWN, town=left.town)]
        if fold(right.town) in fold(left.town) or fold(left.town) in fold(right.town):
            return 0.8, []
        return 0.0, [sentence(DIFFERENT_TOWN, left=left.town, right=right.town)]
    return None, []


def _identities(address: Address) -> frozenset[int]:
    found = municipalities_at(address.postcode) if address.postcode else frozenset()
    town = read_town(address.town) if address.town else None
    return found | town.identities if town else found


def _in_brussels(address: Address, town: Town | None) -> bool:
    return (address.postcode.isdigit() and 1000 <= int(address.postcode) < 1300) or (
        town is not None and town.in_brussels
    )


def _vague(town: Town | None, address: Address) -> bool:
    """Whether the town is said as no more than "Brussels"."""
    return town is not None and town.is_brussels and not address.postcode


@lru_cache(maxsize=262144)
def _compare_streets(left: str, right: str) -> float:
    return street_likeness(read_street(left), read_street(right))


def compare_addresses(left: str | Address, right: str | Address, *, gazetteer: Gazetteer | None = None) -> Comparison:
    """Whether two addresses may be one, in whichever of the four languages each is written.

    A missing town or number is neutral, a different one speaks against, a different box hardly does. Without a list of
    streets of its own, a comparison knows the one at hand (`gazetteers.take_up`).
    """
    gazetteer = gazetteers.at_hand() if gazetteer is None else gazetteer
    one = parse_address(left) if isinstance(left, str) else left
    other = parse_address(right) if isinstance(right, str) else right
    reasons: list[Sentence] = []
    town, town_reasons = _compare_towns(one, other)
    if not one.street or not other.street:
        if town is None:
            return Comparison(0.0, (sentence(NOTHING_IN_COMMON),))
        if one.street or other.street or one.number or other.number:
            return Comparison(TOWN_ONLY * town, tuple(town_reasons))
        return Comparison(0.95 * town, tuple(town_reasons))
    if gazetteer is not None and gazetteer.same(one.street, other.street, (one.town, other.town)):
        score = 1.0
        reasons.append(sentence(SAME_STREET_GAZETTEER, left=one.street, right=other.street))
    else:
        score = _compare_streets(one.street, other.street)
        if gazetteer is not None and gazetteer.learned and score < 0.9:
            pair = read_street(one.street), read_street(other.street)
            score = max(score, street_likeness(*pair, gazetteer.learned))
        reasons += _street_reasons(read_street(one.street), read_street(other.street), score)
    if one.number and other.number:
        first, last, letter = _numbers(one.number)
        start, end, sign = _numbers(other.number)
        if one.number == other.number:
            reasons.append(sentence(SAME_NUMBER, number=one.number))
            if score >= 0.6:
                score += (1.0 - score) * 0.3
        elif first <= end and start <= last and first >= 0:
            reasons.append(sentence(NEAR_NUMBER, left=one.number, right=other.number))
            if letter and sign and letter != sign:
                score *= 0.9
        else:
            reasons.append(sentence(DIFFERENT_NUMBER, left=one.number, right=other.number))
            score *= NUMBER_DIFFERS
    elif one.number or other.number:
        score *= NUMBER_MISSING
    if town is not None:
        reasons += town_reasons
        if town < 0.5:
            score *= TOWN_DIFFERS
        elif score >= 0.6:
            score += (1.0 - score) * 0.2 * town
    if one.box and other.box:
        if one.box == other.box:
            reasons.append(sentence(SAME_BOX, box=one.box))
        else:
            reasons.append(sentence(DIFFERENT_BOX, left=one.box, right=other.box))
            score *= BOX_DIFFERS
    return Comparison(min(1.0, score), tuple(reasons))


@lru_cache(maxsize=65536)
def address_keys(text: str) -> frozenset[str]:
    """Few short words of which two writings of one address share at least one, across languages.

    With a house number: each meaning (or sound) in the street's name with that number; without: with the town, or
    the whole name by its sound and its meanings.
    """
    address = parse_address(text)
    if not address.street:
        return frozenset((f"@{town_key(address.town)}",)) if address.town else frozenset()
    street = read_street(address.street)
    words = street_keys(street)
    if (known := gazetteers.at_hand()) is not None:
        words |= known.keys(address.street)
    words = frozenset(word for word in words if word)  # a street of signs alone has a key that says nothing
    first, _, _ = _numbers(address.number) if address.number else (-1, -1, "")
    if first >= 0:
        return frozenset(f"{word}#{first}" for word in words)
    if address.town:
        return frozenset(f"{word}@{town_key(address.town)}" for word in words)
    return words


gazetteers.when_changed(address_keys.cache_clear)
