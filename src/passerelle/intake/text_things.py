"""Things a text mentions: accounts, phones, plates, documents, dates, vehicles, addresses, organisations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

from passerelle.intake.mention import Mention, mention_of
from passerelle.intake.text_words import CAPITAL, all_function_words, sentence_openers, word_table
from passerelle.names import numbers, organisations, towns
from passerelle.names.places import parse_address
from passerelle.words import noop, sentence

CHECKED_ACCOUNT = noop("An account number whose check digits are right.")
UNCHECKED_ACCOUNT = noop("It looks like an account number, but its check digits are wrong.")
PHONE_NUMBER = noop("Digits in the shape of a phone number.")
PLATE_SHAPE = noop("The shape of a number plate.")
PLATE_WORD = noop("It follows a word for number plate.")
DOCUMENT_WORD = noop("It follows a word for an identity document.")
DATE_WRITTEN = noop("A date.")
VEHICLE_MAKE = noop("A make of vehicle.")
VEHICLE_COLOUR = noop("A make of vehicle with a colour.")
VEHICLE_WORD = noop("A word for a vehicle with a colour.")
STREET_NUMBER = noop("A street with a house number.")
STREET_ONLY = noop("The name of a street.")
LEGAL_FORM = noop("A name with a legal form.")


_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?:[ .-]?[A-Z0-9]{4}){2,7}(?:[ .-]?[A-Z0-9]{1,3})?(?![A-Za-z0-9])")
_PHONE = re.compile(r"(?<![\w.,/-])(?:\+|00)?\(?\d{1,4}\)?(?:[\s./-]{0,2}\(?\d{1,4}\)?){2,6}(?!\w|[.,/-]\d)")
_PLATE = re.compile(
    r"(?<![\w-])(?:"
    r"\d[-\s]?[A-Z]{3}[-\s]?\d{3}|[A-Z]{3}[-\s]\d{3}|\d{3}-[A-Z]{3}"  # Belgium
    r"|[A-Z]{2}-\d{3}-[A-Z]{2}|\d{2}-[A-Z]{3}-\d|[A-Z]{2}-\d{2}-[A-Z]{2}|\d{2}-[A-Z]{2}-[A-Z]{2}|[A-Z]-\d{3}-[A-Z]{2}"
    r"|\d-[A-Z]{3}-\d{2}|[A-Z]{2}-\d{3}-[A-Z]|[A-Z]{2}-[A-Z]{2}-\d{2}"  # France, the Netherlands
    r"|[A-ZÄÖÜ]{1,3}[- ][A-Z]{1,2}[ -]?\d{1,4}[EH]?|[A-Z]{2}\d{2}\s?[A-Z]{3}"  # Germany, Britain
    r")(?![\w-])"
)
_SOMETHING = r"[A-Z0-9](?:[A-Z0-9]|[-.\s](?=[A-Z0-9]*\d)){3,14}"


@cache
def _after_word(key: str) -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in sorted(word_table()[key], key=len, reverse=True))
    return re.compile(
        rf"(?i:\b(?:{words})\b)[\s.:,]*(?i:(?:met|avec|mit|with|nr|no|n°|nummer|numéro|number|nummernschild)\b[\s.:°]*)*"
        rf"(?P<number>{_SOMETHING})(?!\w)"
    )


def find_accounts(text: str) -> Iterator[Mention]:
    for found in _IBAN.finditer(text):
        value = numbers.iban(found[0])
        if value:
            yield mention_of("account", text, found.span(), value, 0.99, sentence(CHECKED_ACCOUNT), iban=value)
        else:
            bare = re.sub(r"[^A-Z0-9]", "", found[0])
            yield mention_of("account", text, found.span(), bare, 0.6, sentence(UNCHECKED_ACCOUNT), accountNumber=bare)


COUNTRIES_TRIED = ("BE", "NL", "FR", "DE", "LU")
"""Whose national format a phone number without a prefix may have, in the order in which they are tried."""


def find_phones(text: str) -> Iterator[Mention]:
    cues = "|".join(re.escape(word) for word in word_table()["phone_words"])
    for found in _PHONE.finditer(text):
        raw = found[0].strip()
        digits = re.sub(r"\D", "", raw)
        cued = re.search(rf"(?i)\b(?:{cues})\b[^.!?]{{0,40}}$", text[max(0, found.start() - 60) : found.start()])
        if not 8 <= len(digits) <= 15 or re.fullmatch(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}", raw):
            continue
        if not (raw.startswith(("+", "0", "(0")) or cued):
            continue
        countries = COUNTRIES_TRIED if cued else COUNTRIES_TRIED[:1]
        value = next((number for country in countries if (number := numbers.phone(raw, country))), None)
        if value:
            span = (found.start(), found.start() + len(found[0].rstrip()))
            yield mention_of("phone", text, span, value, 0.95 if cued else 0.85, sentence(PHONE_NUMBER), number=value)


def find_plates(text: str) -> Iterator[Mention]:
    for found in _after_word("plate_words").finditer(text):
        raw = found["number"].strip()
        value = numbers.plate(raw)
        if value:
            start = found.start("number")
            span = (start, start + len(raw))
            yield mention_of("plate", text, span, value, 0.97, sentence(PLATE_WORD), registrationNumber=value)
    for found in _PLATE.finditer(text):
        value = numbers.plate(found[0])
        if value:
            yield mention_of("plate", text, found.span(), value, 0.85, sentence(PLATE_SHAPE), registrationNumber=value)


def find_documents(text: str) -> Iterator[Mention]:
    for found in _after_word("document_words").finditer(text):
        raw = found["number"].strip()
        if sum(c.isdigit() for c in raw) < 3:
            continue
        start = found.start("number")
        value = numbers.document(raw)
        yield mention_of("document", text, (start, start + len(raw)), value, 0.9, sentence(DOCUMENT_WORD), number=value)


@cache
def _month_numbers() -> dict[str, int]:
    return {name: place for names in word_table()["months"].values() for place, name in enumerate(names, 1)}


@cache
def _date_patterns() -> tuple[re.Pattern[str], ...]:
    months = "|".join(sorted(_month_numbers(), key=len, reverse=True))
    return (
        re.compile(
            rf"(?i)(?<!\w)(?P<d>\d{{1,2}})(?:er|st|nd|rd|th|\.)?\s+(?:of\s+)?(?P<m>{months})(?:\s+(?P<y>\d{{4}}))?(?!\w)"
        ),
        re.compile(rf"(?i)(?<!\w)(?P<m>{months})\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})(?!\w)"),
        re.compile(r"(?<![\w./-])(?P<d>\d{1,2})[./-](?P<m>\d{1,2})[./-](?P<y>\d{4}|\d{2})(?![\w/-])"),
        re.compile(r"(?<![\w./-])(?P<y>(?:19|20)\d{2})-(?P<m>\d{2})-(?P<d>\d{2})(?![\w-])"),
    )


def find_dates(text: str) -> Iterator[Mention]:
    for pattern in _date_patterns():
        for found in pattern.finditer(text):
            month = _month_numbers().get(found["m"].lower()) or (int(found["m"]) if found["m"].isdigit() else 0)
            year = found["y"] or ""
            whole = (
                int(year)
                if len(year) == 4
                else (2000 + int(year) if year and int(year) < 50 else 1900 + int(year or 0))
            )
            try:
                value = date(whole if year else 2000, month, int(found["d"])).isoformat()
            except ValueError:
                continue
            value = value if year else f"--{value[5:]}"
            yield mention_of(
                "date", text, found.span(), value, 0.95 if year else 0.8, sentence(DATE_WRITTEN), date=value
            )


@cache
def _vehicle_pattern() -> re.Pattern[str]:
    words = word_table()
    makes = "|".join(re.escape(make) for make in sorted([*words["makes"], *words["models"]], key=len, reverse=True))
    colours = "|".join(sorted({c for of in words["colours"].values() for c in of}, key=len, reverse=True))
    return re.compile(
        rf"(?<!\w)(?P<before>(?i:{colours})\s+)?(?P<make>{makes})"
        rf"(?P<model>(?:[ ](?:[A-Z][\w-]*|[A-Z]?\d{{1,4}}[a-z]?)(?!\w)"
        rf"(?:[ ](?:[A-Z]{{0,2}}\d[\w]{{0,3}}|[A-Z]{{1,4}})(?!\w))?)?)"
        rf"(?P<after>(?:\s(?i:{colours})(?!\w)){{1,2}})?(?!\w)"
    )


@cache
def _plain_vehicle_pattern() -> re.Pattern[str]:
    words = word_table()
    colours = "|".join(sorted({c for of in words["colours"].values() for c in of}, key=len, reverse=True))
    things = "|".join(sorted({c for of in words["vehicle_words"].values() for c in of}, key=len, reverse=True))
    return re.compile(rf"(?i)(?<!\w)(?:(?:{colours})\s+(?:{things})|(?:{things})\s+(?:{colours}))(?!\w)")


@cache
def _colour_names() -> dict[str, str]:
    return {written: name for name, of in word_table()["colour_names"].items() for written in of}


def _colour(*written: str | None) -> str:
    for words in written:
        for word in (words or "").lower().split():
            if word in _colour_names():
                return _colour_names()[word]
    return ""


def find_vehicles(text: str) -> Iterator[Mention]:
    for found in _vehicle_pattern().finditer(text):
        colour = _colour(found["before"], found["after"])
        model = f"{found['make']}{found['model'] or ''}".strip()
        if not colour and found["make"] in (
            *word_table()["models"],
            "Seat",
            "Mini",
            "Smart",
            "MAN",
            "DS",
            "Rover",
            "Triumph",
        ):
            continue
        because = sentence(VEHICLE_COLOUR if colour else VEHICLE_MAKE)
        properties = {"model": model} | ({"colour": colour} if colour else {})
        value = f"{model} {colour}".strip()
        yield mention_of("vehicle", text, found.span(), value, 0.95 if colour else 0.85, because, **properties)
    for found in _plain_vehicle_pattern().finditer(text):
        colour = _colour(found[0])
        because = sentence(VEHICLE_WORD)
        yield mention_of("vehicle", text, found.span(), found[0].lower(), 0.7, because, colour=colour)


_NUMBER = r"\d{1,4}(?:\s?(?:bis|ter)\b)?(?:[a-zA-Z](?!\w))?(?:\s?[-/]\s?\d{1,4}(?![\w/.]))?"
_BOX = r"(?:[\s,]+(?i:bus|bte\.?|boîte|box|b\.)\s*[\w]{1,4})?"
_PLACE_WORD = (
    rf"(?:Ste?\.|{CAPITAL}[\w'’]*)"
    rf"(?:[ -](?:sur|aan|an|am|der|den|de|la|le|ten|les|lez|sous|en|op)(?=[ -]{CAPITAL})|[ -](?={CAPITAL}))?"
)
_TOWN = (
    rf"(?P<town>(?:[\s,]+(?:(?:te|à|in|at|zu)\s+)?\(?(?:(?:B|BE|D|DE|F|FR|NL|L)-)?\d{{4,5}}\s+(?:{_PLACE_WORD}){{1,4}}\)?)"
    rf"|(?:(?:\s*,\s*|\s+(?:te|à|in|at|zu)\s+)(?:{_PLACE_WORD}){{1,3}}))?"
)


@cache
def _address_patterns() -> tuple[re.Pattern[str], ...]:
    words = word_table()
    little = r"(?:de\s+la|de\s+l['’]|des|du|de|d['’]|aux|au|à\s+la|à\s+l['’]|l['’]|la|le|les|en|et|sous|sur)"
    return (
        re.compile(
            rf"(?<![\w-])(?P<first>{_NUMBER}\s*,?\s+)?(?i:{words['street_words_fr']})(?!\w)"
            rf"(?P<name>(?:[\s-]+{little}(?=[\s'’A-ZÀ-Þ])\s*|[\s-]*{CAPITAL}[\w'’.-]*\.?|\s\d{{1,2}}(?=\s(?:janvier|février|mars|avril|mai|juin|"
            rf"juillet|août|septembre|octobre|novembre|décembre))|\s(?:janvier|mai|juillet|août|septembre|novembre)){{1,8}}"
            rf"|\s+[a-zà-ÿ-]+(?=\s+\d))"
            rf"(?P<number>[\s,]+(?:n[°o]\.?\s*)?(?!\d{{4,5}}\s+{CAPITAL}){_NUMBER}(?!\s*\d{{2,}}\s))?{_BOX}{_TOWN}"
        ),
        re.compile(
            rf"(?<![\w-])(?:(?:{CAPITAL}[\w'’.-]+|(?:van|de|den|der|het|ter|ten))\s){{0,4}}?{CAPITAL}?[\w'’-]*(?:(?i:{words['street_suffixes_nl']}"
            rf"|{words['street_suffixes_de']}))(?!\w)(?P<number>[\s,]+(?:(?:nr|nummer|Nr)\.?\s*)?{_NUMBER}){_BOX}{_TOWN}"
        ),
        re.compile(
            rf"(?<![\w-])(?:(?:Oude|Nieuwe|Grote|Kleine|Lange|Korte|Hoge|Lage|Groene|Sint|St\.?|Am|Alte|Neue)\s)*{CAPITAL}[\w'’-]*"
            rf"(?:straat|laan|steenweg|plein|dreef|kaai|straße|strasse|allee|platz|gasse)(?!\w)(?P<number>){_TOWN}"
        ),
        re.compile(
            rf"(?<![\w-])(?P<number>{_NUMBER})\s*,?\s+(?:{CAPITAL}[\w'’-]+\s){{1,4}}(?:{words['street_words_en']})(?!\w){_TOWN}"
        ),
        re.compile(rf"(?<![\w-])(?:Grote Markt|Grand-Place|Grand’Place)(?P<number>[\s,]+{_NUMBER}){_BOX}{_TOWN}"),
    )


def find_addresses(text: str) -> Iterator[Mention]:
    for pattern in _address_patterns():
        for found in pattern.finditer(text):
            start, end = found.span()
            town = found["town"]
            if town and not re.search(r"\d{4}", town):
                name = re.sub(r"^[\s,]*(?:(?:te|à|in|at|zu)\s+)?", "", town).strip(" .")
                words = name.split()
                while words and not towns.read_town(" ".join(words)):
                    words.pop()
                kept = " ".join(words)
                end = found.start("town") + (town.index(kept) + len(kept) if kept else 0)
            raw = text[start:end].rstrip(" ,.;:(")
            end = start + len(raw)
            first = re.match(r"[^\W\d]+", raw)
            while first and first[0].lower() in all_function_words() and " " in raw and not _french_street(first[0]):
                cut = len(first[0]) + len(raw[len(first[0]) :]) - len(raw[len(first[0]) :].lstrip())
                start, raw = start + cut, raw[cut:]
                first = re.match(r"[^\W\d]+", raw)
            numbered = any(c.isdigit() for c in raw)
            if not raw or (not numbered and len(raw) < 8):
                continue
            if not raw[0].isupper() and not raw[0].isdigit() and not _french_street(raw.split()[0]):
                continue
            address = parse_address(raw)
            properties = {
                "full": raw,
                "street": " ".join(part for part in (address.street, address.number) if part),
                "city": address.town,
                "postalCode": address.postcode,
            }
            because = sentence(STREET_NUMBER if numbered else STREET_ONLY)
            named = {name: value for name, value in properties.items() if value}
            yield mention_of("address", text, (start, end), raw, 0.93 if numbered else 0.7, because, **named)


def _french_street(word: str) -> bool:
    return bool(re.fullmatch(word_table()["street_words_fr"], word, re.IGNORECASE))


@cache
def _forms_pattern() -> re.Pattern[str]:
    at_end = r"N\.?V\.?|S\.?A\.?(?:R\.?L\.?)?|B\.?V\.?(?:B\.?A\.?)?|S\.?P\.?R\.?L\.?|S\.?R\.?L\.?|"
    at_end += r"CVBA|SCRL|VZW|ASBL|VOF|SNC|GmbH|AG|KG|OHG|UG|e\.V\.|"
    at_end += r"Ltd\.?|Limited|LLC|LLP|PLC|plc|Inc\.?|Corp\.?|SE|SAS|EURL|A\.Ş\.|OOO"
    word = rf"(?:{CAPITAL}[\w'’&.-]*|\d+)"
    return re.compile(
        rf"(?<!\w)(?:(?P<end>{word}(?:\s(?:{word}|&|et|en|und|and|de|du|des|van|la|le)){{0,5}}?\s(?:{at_end}))(?![\w.]*\w)"
        rf"|(?P<begin>(?:{at_end}|vzw|asbl)\s{word}(?:\s(?:{word}|&|et|en|und|and)){{0,4}})(?!\w))"
    )


def find_organisations(text: str, language: str) -> Iterator[Mention]:
    skip = sentence_openers(language)
    for found in _forms_pattern().finditer(text):
        start, end = found.span()
        raw = text[start:end]
        while (
            (words := raw.split())
            and words[0].lower().rstrip(".") in skip
            and len(words) > 2
            and words[0] != words[0].upper()
        ):
            cut = len(words[0]) + 1
            start, raw = start + cut, raw[cut:]
        raw = re.sub(r"\s(?:et|en|und|and|&)$", "", raw)
        heads = word_table()["organisation_heads"]
        for link in re.finditer(r"\s(?:van|de|du|des|von|of|bij|chez|bei|der)\s", raw):
            if raw[link.end() :].split()[0].lower() in heads or len(raw[: link.start()].split()) > 1:
                start, raw = start + link.end(), raw[link.end() :]
                break
        if raw.endswith(".") and "." not in raw[:-1].split()[-1]:
            raw = raw[:-1]
        name = " ".join(raw.split())
        if organisations.legal_form(name) is None:
            continue
        span = (start, start + len(raw))
        yield mention_of("organisation", text, span, name, 0.93, sentence(LEGAL_FORM), name=name)
