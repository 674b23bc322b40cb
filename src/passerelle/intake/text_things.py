"""Things a text mentions: accounts, phones, plates, documents, dates, vehicles, addresses, organisations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

from passerelle.intake.mention import Mention, mention_of
from passerelle.intake.text_words import CAPITAL, all_function_words, sentence_openers, word_table
from passerelle.names import given, numbers, organisations, towns
from passerelle.names.places import parse_address
from passerelle.words import noop, sentence

CHECKED_ACCOUNT = noop("An account number whose check digits are right.")
UNCHECKED_ACCOUNT = noop("It looks like an account number, but its check digits are wrong.")
PHONE_NUMBER = noop("Digits in the shape of a phone number.")
PLATE_SHAPE = noop("The shape of a number plate.")
PLATE_WORD = noop("It follows a word for number plate.")
DOCUMENT_WORD = noop("It follows a word for an identity document.")
NATIONAL_SHAPE = noop("The shape of a national number, or of a Belgian identity card.")
DATE_WRITTEN = noop("A date.")
VEHICLE_MAKE = noop("A make of vehicle.")
VEHICLE_COLOUR = noop("A make of vehicle with a colour.")
VEHICLE_WORD = noop("A word for a vehicle with a colour.")
STREET_NUMBER = noop("A street with a house number.")
STREET_ONLY = noop("The name of a street.")
INSTITUTION = noop("A name with a word for a school, a hospital or a shop.")
LEGAL_FORM = noop("A name with a legal form.")


_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?:[ .-]?[A-Z0-9]{4}){2,7}(?:[ .-]?[A-Z0-9]{1,3})?(?![A-Za-z0-9])")
_PHONE = re.compile(
    r"(?<![\w.,/-])(?:\+|00)?\(?\d{1,5}\)?(?:(?:[\s./-]{0,2}|\s[-–/]\s)\(?\d{1,4}\)?){2,7}(?!\w|[.,/-]\d)"
)
_PLATE = re.compile(
    r"(?<![\w-])(?:"
    r"\d[-\s]?[A-Z]{3}[-\s]?\d{3}|[A-Z]{3}[-\s]\d{3}|\d{3}-[A-Z]{3}"  # Belgium
    r"|[A-Z]{2}-\d{3}-[A-Z]{2}|\d{2}-[A-Z]{3}-\d|[A-Z]{2}-\d{2}-[A-Z]{2}|\d{2}-[A-Z]{2}-[A-Z]{2}|[A-Z]-\d{3}-[A-Z]{2}"
    r"|\d-[A-Z]{3}-\d{2}|[A-Z]{2}-\d{3}-[A-Z]|[A-Z]{2}-[A-Z]{2}-\d{2}"  # France, the Netherlands
    r"|[A-ZÄÖÜ]{1,3}[- ][A-Z]{1,2}[ -]?\d{2,4}[EH]?|[A-Z]{2}\d{2}\s?[A-Z]{3}"  # Germany, Britain
    r"|[A-Z]{1,2}-\d{2,3}-[A-Z]{3}"  # Romania
    r")(?![\w-]|\.\.)"
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


COUNTRIES_TRIED = ("BE", "NL", "FR", "DE", "LU", "GB")
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
        countries = (
            COUNTRIES_TRIED if cued or (raw.startswith(("0", "(0")) and len(digits) >= 9) else COUNTRIES_TRIED[:1]
        )
        called = re.sub(r"^(\+|00)([\d\s]*?)\(0\)", r"\1\2 ", raw)
        value = next((number for country in countries if (number := numbers.phone(called, country))), None)
        if value:
            span = (found.start(), found.start() + len(found[0].rstrip()))
            yield mention_of("phone", text, span, value, 0.95 if cued else 0.85, sentence(PHONE_NUMBER), number=value)


@cache
def _ends_in_document_word() -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in sorted(word_table()["document_words"], key=len, reverse=True))
    return re.compile(rf"(?i)\b(?:{words})(?:\s+[\w(]+){{0,2}}[\s.:]*$")


def _after_document_word(text: str, at: int) -> bool:
    return bool(_ends_in_document_word().search(text[max(0, at - 60) : at]))


@cache
def _plate_in_small_letters() -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in sorted(word_table()["plate_words"], key=len, reverse=True))
    return re.compile(
        rf"(?i)\b(?:{words})\b[\s.:,]*(?:\w+\s){{0,2}}?"
        r"(?P<number>\d[- ]?[a-z]{3}[- ]?\d{3}|[a-z]{2}[- ]?\d{3}[- ]?[a-z]{2})(?!\w)"
    )


@cache
def _foreign_plate() -> re.Pattern[str]:
    """A plate of any country, behind a word for it on the same line: “with Serbian plates BG 1102-XL”."""
    words = "|".join(re.escape(word) for word in sorted(word_table()["plate_words"], key=len, reverse=True))
    return re.compile(
        rf"(?i:(?<!\w)(?:{words})(?!\w))[^\n.;\d]{{0,25}}?[\s(,:]"
        rf"(?P<number>(?:[A-ZÄÖÜČŠŽ]{{1,3}}[- ]?\d{{1,5}}(?:[- ]?[A-Z]{{1,3}}(?![a-z]))?(?:[- ]?\d{{1,3}})?"
        r"|\d{1,3}[- ]?[A-Z]{1,3}[- ]?\d{1,4}|\d[A-Z]\d[- ]\d{4}))(?![\w-])"
    )


def find_plates(text: str) -> Iterator[Mention]:
    for found in _after_word("plate_words").finditer(text):
        shape = _PLATE.search(text, found.start("number"), found.end("number") + 8)
        raw = (shape[0] if shape else found["number"]).strip()
        value = numbers.plate(raw)
        if value:
            start = shape.start() if shape else found.start("number")
            span = (start, start + len(raw))
            yield mention_of("plate", text, span, value, 0.97, sentence(PLATE_WORD), registrationNumber=value)
    for found in _foreign_plate().finditer(text):
        if value := numbers.plate(found["number"]):
            span = found.span("number")
            yield mention_of("plate", text, span, value, 0.96, sentence(PLATE_WORD), registrationNumber=value)
    for found in _plate_in_small_letters().finditer(text):
        if value := numbers.plate(found["number"].upper()):
            span = found.span("number")
            yield mention_of("plate", text, span, value, 0.93, sentence(PLATE_WORD), registrationNumber=value)
    makes = {make.lower() for make in (*word_table()["makes"], *word_table()["models"])}
    for found in _PLATE.finditer(text):
        value = numbers.plate(found[0])
        if (
            value
            and re.split(r"[- ]", found[0])[0].lower() not in makes
            and not _after_document_word(text, found.start())
        ):
            yield mention_of("plate", text, found.span(), value, 0.85, sentence(PLATE_SHAPE), registrationNumber=value)


_NATIONAL = re.compile(r"(?<![\w.-])\d{2}[. ]\d{2}[. ]\d{2}[-– ]\d{3}[. ]\d{2}(?![\w-])")
_BELGIAN_CARD = re.compile(r"(?<![\w.-])\d{3}-\d{7}-\d{2}(?![\w-])")


@cache
def _document_after_word() -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in sorted(word_table()["document_words"], key=len, reverse=True))
    number = r"(?=(?:[A-Z .-]*\d){4})[A-Z0-9](?:[A-Z0-9]|[-.](?=[A-Z0-9])|(?<=\d)/(?=\d)|\s(?=[A-Z]*\d)){3,17}"
    between = r"(?:(?:\s+|\s*\()(?:[a-zà-ÿ]{1,15}|[A-ZÀ-Þ][a-zà-ÿ]{2,14})\)?(?![\w.@])){0,3}?"
    holder = (
        rf"(?:\s(?i:au\snom\sde|op\snaam\svan|auf\sden\snamen(?:\svon)?|in\sthe\sname\sof|van|de|von|of|des|der)"
        rf"(?:\s(?:{CAPITAL}[\w'’-]+|\ufffc+|van|de|el|al|ben)){{1,4}},?)?"
    )
    return re.compile(
        rf"(?i:(?<!\w)(?:{words})(?:s|e|en|n)?\b){holder}{between}[\s.:,(°#]*(?i:n[°or]\.?\s*)?(?P<number>{number})(?!\w)"
    )


def find_documents(text: str) -> Iterator[Mention]:
    for pattern in (_NATIONAL, _BELGIAN_CARD):
        for found in pattern.finditer(text):
            value = numbers.document(found[0])
            yield mention_of("document", text, found.span(), value, 0.93, sentence(NATIONAL_SHAPE), number=value)
    for found in _document_after_word().finditer(text):
        raw = found["number"].strip(" .-")
        if sum(c.isdigit() for c in raw) < 4:
            continue
        start = found.start("number")
        value = numbers.document(raw)
        yield mention_of("document", text, (start, start + len(raw)), value, 0.9, sentence(DOCUMENT_WORD), number=value)


@cache
def _month_numbers() -> dict[str, int]:
    whole = {name: place for names in word_table()["months"].values() for place, name in enumerate(names, 1)}
    return {**word_table()["months_short"], **whole}


@cache
def _date_patterns() -> tuple[re.Pattern[str], ...]:
    months = "|".join(sorted(word_table()["months_short"], key=len, reverse=True))
    months = "|".join((*sorted({n for of in word_table()["months"].values() for n in of}, key=len, reverse=True),
                       rf"(?:{months})\b\.?"))  # fmt: skip
    cues = "|".join(re.escape(cue) for cue in sorted(word_table()["day_cues"], key=len, reverse=True))
    return (
        re.compile(
            rf"(?i)(?<![\w/.:])(?:\d{{1,2}}\.?\s?[-–/]\s?)?(?P<d>\d{{1,2}})(?:er|ste|de|st|nd|rd|th|\.)?\s+(?:of\s+)?(?P<m>{months})"
            rf"(?:,?\s+(?P<y>\d{{4}}))?(?!\w)"
        ),
        re.compile(rf"(?i)(?<!\w)(?P<m>{months})\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<y>\d{{4}}))?(?![\w:.])"),
        re.compile(rf"(?i)(?<!\w)(?P<m>{months})(?P<d>)\s+(?P<y>(?:19|20)\d{{2}})(?!\w)"),
        re.compile(r"(?<![\w./-])(?P<d>\d{1,2})[./-](?P<m>\d{1,2})[./-](?P<y>\d{4}|\d{2})(?![\w/-]|\.\d)"),
        re.compile(r"(?<![\w./-])(?P<y>(?:19|20)\d{2})-(?P<m>\d{2})-(?P<d>\d{2})(?![\w-])"),
        re.compile(
            rf"(?i)(?:(?<=^)|(?<=\n)|(?<!\w)(?:{cues})[.:]?\s+|\(\s*|vast\s+)(?P<span>(?P<d>\d{{1,2}})[/.](?P<m>\d{{1,2}})(?P<y>))\.?"
            r"(?![\w/-]|[.,]\d)"
        ),
        re.compile(r"(?<![\w./-])(?P<span>(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>))(?![\w/-])"),
        re.compile(
            r"(?i)(?<![\w./,-])(?P<span>(?P<d>\d{1,2})/(?P<m>\d{1,2})(?P<y>))"
            r"(?=\s?:\s|,?\s(?:rond|om|omstreeks|vers|à\s\d|gegen|um|approx|about|around|at|circa|ca)\b)"
        ),
    )


def find_dates(text: str) -> Iterator[Mention]:
    for pattern in _date_patterns():
        for found in pattern.finditer(text):
            month = _month_numbers().get(found["m"].lower().rstrip(".")) or (
                int(found["m"]) if found["m"].isdigit() else 0
            )
            year = found["y"] or ""
            whole = (
                int(year)
                if len(year) == 4
                else (2000 + int(year) if year and int(year) < 50 else 1900 + int(year or 0))
            )
            try:
                value = date(whole if year else 2000, month, int(found["d"] or 1)).isoformat()
            except ValueError:
                continue
            value = value if year else f"--{value[5:]}"
            value = value if found["d"] else value[:7]
            span = found.span("span") if "span" in found.groupdict() else found.span()
            yield mention_of("date", text, span, value, 0.95 if year else 0.8, sentence(DATE_WRITTEN), date=value)


@cache
def _colour_words() -> str:
    words = word_table()
    colours = "|".join(sorted({c for of in words["colours"].values() for c in of}, key=len, reverse=True))
    shades = (
        r"(?:licht|donker|hell|dunkel|light|dark|fel|knal|zilver|metaal|silber|mint|marine|nacht|antraciet|anthrazit)?"
    )
    shine = "|".join(words["shine"])
    return rf"(?:(?:{shine})\s)?{shades}(?:{colours})(?:\s(?:{shine}))?"


@cache
def _vehicle_pattern() -> re.Pattern[str]:
    words = word_table()
    makes = "|".join(re.escape(make) for make in sorted([*words["makes"], *words["models"]], key=len, reverse=True))
    small = "|".join(re.escape(make.lower()) for make in sorted(words["makes"], key=len, reverse=True) if len(make) > 3)
    little = "|".join(re.escape(m.lower()) for m in sorted(words["models"], key=len, reverse=True)
                      if m.lower() not in words["models_in_words"])  # fmt: skip
    model = (
        r"(?:-(?:scooter|motor|motorfiets|moto|bus|busje|bestelwagen|bestelbus|jeep|vrachtwagen|roller|motorrad|"
        r"transporter|lkw)(?!\w))?"
        r"(?:[ ](?!(?:BE|NL|DE|FR|LU|D|F|PV)\b)(?:[A-Z][\w-]*|[A-Z]?\d{1,4}[a-z]?)(?!\w)"
        r"(?:[ ](?:[A-Z]{0,2}\d[\w]{0,3}|[A-Z]{1,4}|Connect|Custom|Tourer|Touring|Estate|Combi|Variant|Cross|"
        r"Kombi|break|kombi|estate|stationwagen|cabrio)"
        r"(?![\w-]))?"
        r"|(?<=[a-zë])[ ][a-z]{0,2}\d{1,3}(?![\w-]))"
    )
    said = r"(?:de\scouleur\s|kleur\s|in\s|couleur\s|farbe\s)?"
    colour = _colour_words()
    after = rf"(?:(?:,?\s{said}(?i:{colour})(?!\w)){{1,2}}|\s\((?i:{colour})\))"
    return re.compile(
        rf"(?<!\w)(?P<before>(?i:{_colour_words()})\s+)?(?P<make>{makes}|bmw|(?:{small})(?=\s[a-z])|(?:{little}|{small})(?!\w))"
        rf"(?P<model>(?<=[a-zë])\s(?:{'|'.join(re.escape(one.lower()) for one in words['models'])})(?!\w)|{model}?)"
        rf"(?P<after>{after})?(?!\w)"
    )


@cache
def _plain_vehicle_pattern() -> re.Pattern[str]:
    words = word_table()
    things = {c for of in words["vehicle_words"].values() for c in of} | set(words["vehicle_things"])
    said = "|".join(sorted(map(re.escape, things), key=len, reverse=True))
    return re.compile(rf"(?i)(?<!\w)(?:{_colour_words()}\s+(?:{said})|(?:{said})\s+{_colour_words()})(?!\w)")


@cache
def _colour_names() -> dict[str, str]:
    return {written: name for name, of in word_table()["colour_names"].items() for written in of}


def _colour(*written: str | None) -> str:
    for words in written:
        for word in re.findall(r"[^\W\d_]+", (words or "").lower()):
            for bare in (
                word,
                re.sub(
                    r"^(?:licht|donker|hell|dunkel|light|dark|fel|knal|zilver|metaal|silber|mint|marine|nacht)",
                    "",
                    word,
                ),
            ):
                if bare in _colour_names():
                    return _colour_names()[bare]
    return ""


@cache
def _models() -> frozenset[str]:
    return frozenset(model.lower() for model in (*word_table()["models"], *word_table()["makes"]))


def find_vehicles(text: str) -> Iterator[Mention]:
    for found in _vehicle_pattern().finditer(text):
        colour = _colour(found["before"], found["after"])
        model = f"{found['make']}{found['model'] or ''}".strip()
        if not colour and found["make"].islower():
            continue
        called = (found["model"] or "").strip()
        if (
            not colour
            and not (re.fullmatch(r"[A-Z]{2,4}\d{0,3}|[A-Z]?\d{1,4}", called) or called.lower() in _models())
            and found["make"] not in word_table()["clear_models"]
            and found["make"]
            in (
                *word_table()["models"],
                "Seat",
                "Mini",
                "Smart",
                "MAN",
                "DS",
                "Rover",
                "Triumph",
            )
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


_HOUR = r"(?!(?:[01]?\d|2[0-4])[hu],)"
"""Not the hour of “vers 21h, rue du Moulin”."""
_NUMBER = r"\d{1,4}(?:\s?(?:bis|ter)\b)?(?:[a-zA-Z](?!\w))?(?:\s?[-/]\s?\d{1,4}(?!\w|/|\.\d))?"
_BOX = r"(?:[\s,]+(?i:bus|bte\.?|boîte|box|b\.)\s*[\w]{1,4})?"
_PLACE_WORD = (
    rf"(?:Ste?\.|{CAPITAL}[\w'’]*)"
    rf"(?:[ -](?:sur|aan|an|am|der|den|de|la|le|ten|les|lez|sous|en|op)(?=[ -]{CAPITAL})|[ -](?={CAPITAL}))?"
)
_TOWN = (
    rf"(?P<town>(?:[\s,]+(?:(?:te|à|in|at|zu)\s+)?\(?(?:(?:B|BE|D|DE|F|FR|NL|L)-)?\d{{4,5}}\s+(?:{_PLACE_WORD}){{1,4}}\)?)"
    rf"|(?:(?:\s*,\s*|\s+(?:te|à|in|at|zu)\s+|\s(?={CAPITAL}))(?:{_PLACE_WORD}){{1,3}}(?:\s[A-Z]{{1,2}}\d[A-Z\d]?\s\d[A-Z]{{2}}(?!\w))?))?"
)
_BRITISH_CODE = re.compile(r"\s[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}$")


@cache
def _address_patterns() -> tuple[re.Pattern[str], ...]:
    words = word_table()
    little = r"(?:de\s+la|de\s+l['’]|des|du|de|d['’]|aux|au|à\s+la|à\s+l['’]|l['’]|la|le|les|en|et|sous|sur)"
    return (
        re.compile(
            rf"(?<![\w-])(?P<first>{_HOUR}{_NUMBER}\s*,?\s+)?(?i:{words['street_words_fr']})(?!\w)"
            rf"(?P<name>(?:[\s-]+{little}(?=[\s'’A-ZÀ-Þ])\s*|[\s-]*{CAPITAL}[\w'’.-]*\.?|\s\d{{1,2}}(?=\s(?:janvier|février|mars|avril|mai|juin|"
            rf"juillet|août|septembre|octobre|novembre|décembre))|\s(?:janvier|mai|juillet|août|septembre|novembre)){{1,8}}"
            rf"|\s+[a-zà-ÿ-]+(?=\s+\d))"
            rf"(?P<number>[\s,]+(?:n[°o]\.?\s*)?(?!\d{{4,5}}\s+{CAPITAL}){_NUMBER}(?!\s*\d{{2,}}\s))?{_BOX}{_TOWN}"
        ),
        re.compile(
            rf"(?<![\w-])(?:(?:{CAPITAL}[\w'’.-]+|(?:van|de|den|der|het|ter|ten))\s){{0,4}}?{CAPITAL}?[\w'’-]*(?:(?i:{words['street_suffixes_nl']}"
            rf"|{words['street_suffixes_de']})(?:-(?:Noord|Zuid|Oost|West|Nord|Süd|Ost))?)(?!\w)"
            rf"(?P<number>[\s,]+(?:(?:nr|nummer|Nr)\.?\s*)?{_NUMBER}){_BOX}{_TOWN}"
        ),
        re.compile(
            rf"(?<![\w-])(?:(?:Oude|Nieuwe|Grote|Kleine|Lange|Korte|Hoge|Lage|Groene|Sint|St\.?|Am|Alte|Neue)\s)*{CAPITAL}[\w'’-]*"
            rf"(?:straat|laan|steenweg|plein|dreef|kaai|straße|strasse|allee|platz|gasse)(?!\w)(?P<number>){_TOWN}"
        ),
        re.compile(
            rf"(?<![\w-])(?:(?:Unit|Flat|Plot|Room)\s)?(?P<number>{_HOUR}{_NUMBER})\s*,?\s+(?:{CAPITAL}[\w'’-]+\s){{1,4}}(?:{words['street_words_en']})"
            rf"(?:\s(?:North|South|East|West))?(?!\w)"
            rf"(?P<town>,\s(?:{_PLACE_WORD}){{1,2}}\s?[A-Z]{{1,2}}\d[A-Z\d]?\s\d[A-Z]{{2}}(?!\w)"
            rf"|{_TOWN.replace('(?P<town>', '(?:')})"
        ),
        re.compile(
            rf"(?<![\w-])(?:Zum|Zur|Am|Im|An\s(?:der|den)|Auf\s(?:der|dem|den)|In\s(?:der|den)|Unter\sden|Hinter\sder)"
            rf"\s{CAPITAL}[\w'’-]+(?:\s{CAPITAL}[\w'’-]+)?(?P<number>\s{_NUMBER})(?![\w.:]|\s(?:Uhr|Jahre)){_TOWN}"
        ),
        re.compile(
            rf"(?<![\w-])[a-zà-ÿ]{{2,}}(?:straat|laan|steenweg|straße|strasse|weg|platz|plein|gasse|allee|dreef)"
            rf"(?P<number>\s{_NUMBER})(?P<town>(?:\s(?:te|à|in|at|zu)|,)\s[^\W\d_][\w'’-]+)?"
        ),
        re.compile(
            rf"(?<![\w-])(?:{words['street_words_fr']})(?:\s(?:de|du|des|la|le|les|aux?|sur|d['’]|l['’]|de\sla|de\sl['’]))*(?:\s|(?<=['’]))"
            rf"[a-zà-ÿ'’-]+(?:\s[a-zà-ÿ'’-]+){{0,3}}?(?P<number>,?\s{_NUMBER})(?P<town>(?:\sà|,)\s[^\W\d_][\w'’-]+)?"
        ),
        re.compile(rf"(?<![\w-])(?:Grote Markt|Grand-Place|Grand’Place)(?P<number>[\s,]+{_NUMBER}){_BOX}{_TOWN}"),
    )


def find_addresses(text: str) -> Iterator[Mention]:
    for pattern in _address_patterns():
        for found in pattern.finditer(text):
            start, end = found.span()
            town = found["town"]
            if town and _BRITISH_CODE.search(town):
                town = None
            if town and not re.search(r"\d{4}", town):
                name = re.sub(r"^[\s,]*(?:(?:te|à|in|at|zu)\s+)?", "", town).strip(" .")
                words = name.split()
                while words and not towns.read_town(" ".join(words)):
                    words.pop()
                kept = " ".join(words)
                end = found.start("town") + (town.index(kept) + len(kept) if kept else 0)
            if stop := re.search(rf"[^\W\d_]{{3,}}(?<!str)(?<!Str)(?=\.\s{CAPITAL})", text[start:end]):
                end = start + stop.end()
            end = _with_what_stands_behind(text, end, found["number"])
            raw = text[start:end].rstrip(" ,.;:(")
            end = start + len(raw)
            first = re.match(r"[^\W\d]+", raw)
            while (
                first
                and first[0].lower() in all_function_words()
                and " " in raw
                and not _french_street(first[0])
                and not (first[0][0].isupper() and _GERMAN_PLACE.match(raw))
            ):
                cut = len(first[0]) + len(raw[len(first[0]) :]) - len(raw[len(first[0]) :].lstrip())
                start, raw = start + cut, raw[cut:]
                first = re.match(r"[^\W\d]+", raw)
            if raw.split() and raw.split()[-1].lower() in all_function_words():
                continue
            if house := _HOUSE_WORD.match(raw):
                start, raw = start + house.end(), raw[house.end() :]
            start, raw = _with_what_stands_before(text, start, raw)
            numbered = any(c.isdigit() for c in raw)
            if not raw or (not numbered and len(raw) < 8):
                continue
            small = not raw[0].isupper() and not raw[0].isdigit() and not _french_street(raw.split()[0])
            if small and not re.match(
                r"[a-zà-ÿ]+(?:straat|laan|weg|straße|strasse|platz|plein|gasse|allee|dreef)\s\d", raw
            ):
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


_GERMAN_PLACE = re.compile(
    r"(?:Zum|Zur|Am|Im|An\s(?:der|den)|Auf\s(?:der|dem|den)|In\s(?:der|den)|Unter\sden|Hinter\sder)\s"
)
_FLAT = re.compile(
    r"(?i)(?<!\w)(?:flat|apartment|apt\.?|unit|room|appartement|app\.?|appt\.?|wohnung)\s\w{1,4},\s(?-i:(?:[A-Z][\w'’-]+\s){1,3}?"
    r"(?:Court|House|Lodge|Tower|Mansions|Point|Heights),\s)?$"
)
_NUMBER_BEFORE = re.compile(
    r"(?<![\w/.])\d{1,4}(?:\s?bis|\s?ter|[a-zA-Z])?,?\s(?:de\sla|de\sl['’]|du|des|de|d['’])\s?$"
)
_HOUSE_WORD = re.compile(r"(?:Unterkunft|Wohnung|Haus|Adresse|Anschrift|Wohnhaus|Woning|Adres|Pand|Huis)\s(?=[A-ZÀ-Þ])")
_TOWN_BEFORE = re.compile(
    rf"(?<![\w-])(?P<code>\d{{4,5}}\s)?(?P<town>{CAPITAL}[\w'’-]+(?:\s{CAPITAL}[\w'’-]+){{0,2}}),\s$"
)


_CODE_BEHIND = re.compile(
    rf"(?:,\s{CAPITAL}[\w'’-]+(?:\s{CAPITAL}[a-z][\w'’-]+){{0,2}}){{0,2}},?\s[A-Z]{{1,2}}\d[A-Z\d]?\s?\d[A-Z]{{2}}(?!\w)"
    rf"|,\s\d{{4}}\s?[A-Z]{{2}}\s{CAPITAL}[\w'’-]+"
)
_TOWN_BEHIND = re.compile(
    rf"(?:,\s|\s(?:à|te|in)\s)(?P<town>{CAPITAL}[a-zà-ÿ][\w'’-]+(?:[ -]{CAPITAL}[\w'’-]+){{0,2}})(?=\s?[.,;)\n]|$)"
)


def _with_what_stands_behind(text: str, end: int, number: str | None) -> int:
    """Where the address ends with a postcode behind it, or with a place no table knows (“Quarry Close, Telford.”)."""
    if code := _CODE_BEHIND.match(text, end):
        return code.end()
    town = _TOWN_BEHIND.match(text, end)
    if number and town and not given.is_known(town["town"].split()[0].lower()):
        return town.end()
    return end


def _with_what_stands_before(text: str, start: int, raw: str) -> tuple[int, str]:
    """The address with the flat, or with the town that is named before its street (“Verviers, rue de la Colline 3”)."""
    before = text[max(0, start - 60) : start]
    flat = _FLAT.search(before)
    town = _TOWN_BEFORE.search(before)
    if flat:
        back = len(before) - flat.start()
    elif town and (town["code"] or towns.read_town(town["town"])):
        back = len(before) - town.start()
    elif (code := re.search(r"(?<![\w/.])\d{4,5}\s$", before)) and re.match(rf"{CAPITAL}[\w'’-]+,", raw):
        back = len(before) - code.start()
    elif (number := _NUMBER_BEFORE.search(before)) and _french_street(raw.split()[0]):
        back = len(before) - number.start()
    else:
        return start, raw
    return start - back, text[start - back : start] + raw


def _french_street(word: str) -> bool:
    return bool(re.fullmatch(word_table()["street_words_fr"], word, re.IGNORECASE))


@cache
def _forms_pattern() -> re.Pattern[str]:
    at_end = r"N\.?V\.?|S\.?A\.?(?:R\.?L\.?)?|B\.?V\.?(?:B\.?A\.?)?|S\.?P\.?R\.?L\.?|S\.?R\.?L\.?|"
    at_end += r"CVBA|CV|SCRL|SC|VZW|ASBL|VOF|V\.O\.F\.|SNC|SComm|Comm\.?\s?V\.?|GCV|PGmbH|GmbH|AG|KG|OHG|UG|GbR|VoG|"
    at_end += r"e\.V\.|S\.?\s?à\s?r\.?\s?l\.?|"
    at_end += r"Ltd\.?|Limited|LLC|LLP|PLC|plc|Inc\.?|Corp\.?|SE|SAS|SASU|EURL|A\.Ş\.|OOO"
    word = rf"(?:{CAPITAL}[\w'’&-]*(?:\.[\w]+)*|\d+)"
    return re.compile(
        rf"(?<!\w)(?:(?P<end>{word}(?:\s(?:{word}|&|et|en|und|and|de|du|des|van|la|le|der|für|pour|voor)){{0,5}}?\s(?:{at_end}))(?![\w.]*\w)"
        rf"|(?P<begin>(?:{at_end}|vzw|asbl)\s{word}(?:\s(?:{word}|&|et|en|und|and|de|du|des|van|la|le)(?=\s)){{0,5}}(?<![a-z]\sde)(?<=[\w]))(?!\w))"
    )


@cache
def _institutions(language: str) -> tuple[re.Pattern[str], ...]:
    words = word_table()
    heads = "|".join({head for of in words["institution_heads"].values() for head in of})
    ends = "|".join({end for key in ("nl", "de") for end in words["institution_ends"][key]})
    english = "|".join(words["institution_ends"]["en"])
    little = r"(?:de\sla|de\sl['’]|des|du|de|d['’]|van\sde|van|der|zum|zur|am)"
    name = rf"{CAPITAL}[\w'’-]*"
    shops = "|".join(words["shops"])
    called = r"heet|heette|s['’]appelle|heißt|genaamd|named|is\scalled|called|nommée?|namens"
    return (
        re.compile(
            rf"(?<![\w-])(?P<name>(?:(?:Vrije|Gemeentelijke|Koninklijke|Stedelijke|Koninklijk|Freie|Städtische)\s)*"
            rf"(?:{heads})(?:\s(?:{little}\s?)?{name}){{1,5}}(?:\sde\s{name})?)(?![\w-])"
        ),
        re.compile(
            rf"(?<![\w-])(?P<name>(?:St\.-|{CAPITAL}[\w’']{{0,40}}-)(?:{CAPITAL}[\w’']{{0,40}}-){{0,4}}[\w’']{{0,40}}"
            rf"(?:{ends}|[Hh]ospital|[Kk]olleg|[Ss]tift|[Zz]entrum|[Hh]eim)"
            rf"|{CAPITAL}[\w’']{{2,}}(?:basisschool|gymnasium|grundschule|gesamtschule|krankenhaus))(?![\w-])"
        ),
        re.compile(rf"(?<![\w-])(?P<name>(?:{name}\s){{1,4}}(?:{english}))(?![\w-])"),
        re.compile(rf"(?i:\b(?:{shops})\b(?:\s\w+)?\s(?:{called}))\s[\"“„«]?\s?(?P<name>{name}(?:\s{name}){{0,3}})"),
    )


def find_institutions(text: str, language: str) -> Iterator[Mention]:
    """Schools, hospitals and shops by the word for what they are, or by being called something."""
    skip = sentence_openers(language)
    for pattern in _institutions(language):
        for found in pattern.finditer(text):
            start, end = found.span("name")
            raw = text[start:end]
            while (words := raw.split()) and len(words) > 2 and (words[0].lower() in skip or words[0] in ("The", "A")):
                start += len(words[0]) + 1
                raw = text[start:end]
            if (len(words) < 2 and "-" not in raw and pattern is not _institutions(language)[3]) or words[
                0
            ].lower() in skip:
                continue
            yield mention_of("organisation", text, (start, end), raw, 0.8, sentence(INSTITUTION), name=raw)


def find_organisations(text: str, language: str) -> Iterator[Mention]:
    skip = sentence_openers(language)
    for found in _forms_pattern().finditer(text):
        start, end = found.span()
        raw = text[start:end]
        roles = {role for of in word_table()["roles"].values() for role in of}
        while (
            (words := raw.split())
            and (words[0].lower().rstrip(".") in skip or words[0].lower() in roles)
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
        if organisations.legal_form(name) is None and not re.search(
            r"(?:PGmbH|Comm\.?\s?V\.?|VoG|SComm|GCV|r\.?\s?l\.?)$", name
        ):
            continue
        span = (start, start + len(raw))
        yield mention_of("organisation", text, span, name, 0.93, sentence(LEGAL_FORM), name=name)
