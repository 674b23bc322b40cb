"""Plain text of a report: who and what it mentions, in Dutch, French, German and English, for a person to confirm."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from passerelle.names import numbers, organisations, towns
from passerelle.names.places import country_names, parse_address
from passerelle.words import Sentence, noop, sentence

KINDS = (
    "person",
    "nameless",
    "address",
    "vehicle",
    "phone",
    "plate",
    "account",
    "document",
    "date",
    "organisation",
    "relation",
)
LANGUAGES = ("nl", "fr", "de", "en")


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in a text that names somebody or something.

    `start` and `end` are positions in the text; `value` is the text in a form that can be compared; `properties` are
    FollowTheMoney names with values; `confidence` (0 to 1) says how sure the rule is, `because` which rule it was.
    """

    kind: str
    start: int
    end: int
    text: str
    value: str
    properties: tuple[tuple[str, str], ...]
    confidence: float
    because: Sentence


@dataclass(frozen=True, slots=True)
class ProposedSubject:
    """A subject that a text seems to speak of: FollowTheMoney schema and properties, and where it is mentioned.
    A person's category is left to the officer."""

    schema: str
    properties: dict[str, list[str]]
    spans: list[tuple[int, int]]
    category: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """`{"schema", "properties", "spans", "category"}`."""
        return {
            "schema": self.schema,
            "properties": {name: list(values) for name, values in self.properties.items()},
            "spans": list(self.spans),
            "category": self.category,
        }


@dataclass(frozen=True, slots=True)
class ProposedRelation:
    """That one proposed subject stands to another (both by their place in the proposal) as `kind` says. Below 0.5 it is no
    more than that both are mentioned together."""

    kind: str
    subject: int
    other: int
    confidence: float
    because: Sentence


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a text seems to say, for a person to confirm, correct or reject."""

    language: str
    subjects: tuple[ProposedSubject, ...]
    relations: tuple[ProposedRelation, ...]
    mentions: tuple[Mention, ...] = field(default=())


@cache
def _words() -> Any:
    text = (Path(__file__).parent / "data" / "text_words.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


@cache
def _function_words() -> dict[str, frozenset[str]]:
    return {language: frozenset(words.split()) for language, words in _words()["function_words"].items()}


_TOKEN = re.compile(r"[^\W\d_]+", re.UNICODE)
_DIACRITICS = {"fr": "éèêçàùâîôœ", "de": "äöüß", "nl": "", "en": ""}
_PIECES = {
    "nl": ("ij", "aan", "oe"),
    "fr": ("eau", "aux", "tion"),
    "de": ("sch", "ung", "ein"),
    "en": ("th", "ing", "wh"),
}


def detect_language(text: str) -> str:
    """The likeliest of nl, fr, de, en, by the share of each language's function words; "en" for a text without any."""
    tokens = [token.lower() for token in _TOKEN.findall(text)]
    points = dict.fromkeys(LANGUAGES, 0.0)
    owners: dict[str, int] = {}
    for words in _function_words().values():
        for word in words:
            owners[word] = owners.get(word, 0) + 1
    for token in tokens:
        for language in LANGUAGES:
            if token in _function_words()[language]:
                points[language] += 1.0 / owners[token]
            if any(piece in token for piece in _PIECES[language]):
                points[language] += 0.12
            if any(sign in token for sign in _DIACRITICS[language]):
                points[language] += 0.25
    best = max(LANGUAGES, key=lambda language: points[language])
    return best if points[best] > 0 else "en"


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
NAMELESS_RELATION = noop("Somebody known only by a relation to {name}.")
ONE_OF_SEVERAL = noop("One of several persons; which one is not said.")
TITLE_AND_NAME = noop("A name after a form of address.")
TWO_CAPITALS = noop("Two or more capitalised words in a row.")
NAME_CUE = noop("A capitalised word after “{cue}”.")
RELATION_NAME = noop("The name in “{said}”.")
RELATION_WORD = noop("The word “{word}” joins the two.")
SAME_PLACE = noop("They are mentioned together.")
LISTED_SIBLINGS = noop("They are named together as “{word}”.")


def _mention(
    kind: str,
    text: str,
    span: tuple[int, int],
    value: str,
    confidence: float,
    because: Sentence,
    **properties: str,
) -> Mention:
    start, end = span
    return Mention(kind, start, end, text[start:end], value, tuple(properties.items()), confidence, because)


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
    words = "|".join(re.escape(word) for word in sorted(_words()[key], key=len, reverse=True))
    return re.compile(
        rf"(?i:\b(?:{words})\b)[\s.:,]*(?i:(?:met|avec|mit|with|nr|no|n°|nummer|numéro|number|nummernschild)\b[\s.:°]*)*"
        rf"(?P<number>{_SOMETHING})(?!\w)"
    )


def _accounts(text: str) -> Iterator[Mention]:
    for found in _IBAN.finditer(text):
        value = numbers.iban(found[0])
        if value:
            yield _mention("account", text, found.span(), value, 0.99, sentence(CHECKED_ACCOUNT), iban=value)
        else:
            bare = re.sub(r"[^A-Z0-9]", "", found[0])
            yield _mention("account", text, found.span(), bare, 0.6, sentence(UNCHECKED_ACCOUNT), accountNumber=bare)


def _phones(text: str) -> Iterator[Mention]:
    cues = "|".join(re.escape(word) for word in _words()["phone_words"])
    for found in _PHONE.finditer(text):
        raw = found[0].strip()
        digits = re.sub(r"\D", "", raw)
        cued = re.search(rf"(?i)\b(?:{cues})\b[^.!?]{{0,40}}$", text[max(0, found.start() - 60) : found.start()])
        if not 8 <= len(digits) <= 15 or re.fullmatch(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}", raw):
            continue
        if not (raw.startswith(("+", "0", "(0")) or cued):
            continue
        value = numbers.phone(raw)
        if value:
            span = (found.start(), found.start() + len(found[0].rstrip()))
            yield _mention("phone", text, span, value, 0.95 if cued else 0.85, sentence(PHONE_NUMBER), number=value)


def _plates(text: str) -> Iterator[Mention]:
    for found in _after_word("plate_words").finditer(text):
        raw = found["number"].strip()
        value = numbers.plate(raw)
        if value:
            start = found.start("number")
            span = (start, start + len(raw))
            yield _mention("plate", text, span, value, 0.97, sentence(PLATE_WORD), registrationNumber=value)
    for found in _PLATE.finditer(text):
        value = numbers.plate(found[0])
        if value:
            yield _mention("plate", text, found.span(), value, 0.85, sentence(PLATE_SHAPE), registrationNumber=value)


def _documents(text: str) -> Iterator[Mention]:
    for found in _after_word("document_words").finditer(text):
        raw = found["number"].strip()
        if sum(c.isdigit() for c in raw) < 3:
            continue
        start = found.start("number")
        value = numbers.document(raw)
        yield _mention("document", text, (start, start + len(raw)), value, 0.9, sentence(DOCUMENT_WORD), number=value)


@cache
def _month_numbers() -> dict[str, int]:
    return {name: place for names in _words()["months"].values() for place, name in enumerate(names, 1)}


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


def _dates(text: str) -> Iterator[Mention]:
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
            yield _mention("date", text, found.span(), value, 0.95 if year else 0.8, sentence(DATE_WRITTEN), date=value)


@cache
def _vehicle_pattern() -> re.Pattern[str]:
    words = _words()
    makes = "|".join(re.escape(make) for make in sorted(words["makes"], key=len, reverse=True))
    colours = "|".join(sorted({c for of in words["colours"].values() for c in of}, key=len, reverse=True))
    return re.compile(
        rf"(?<!\w)(?P<before>(?i:{colours})\s+)?(?P<make>{makes})(?P<model>(?:\s(?:[A-Z][\w-]*|[A-Z]?\d{{1,4}}[a-z]?)(?!\w)){{0,2}})"
        rf"(?P<after>(?:\s(?i:{colours})(?!\w)){{1,2}})?(?!\w)"
    )


@cache
def _plain_vehicle_pattern() -> re.Pattern[str]:
    words = _words()
    colours = "|".join(sorted({c for of in words["colours"].values() for c in of}, key=len, reverse=True))
    things = "|".join(sorted({c for of in words["vehicle_words"].values() for c in of}, key=len, reverse=True))
    return re.compile(rf"(?i)(?<!\w)(?:(?:{colours})\s+(?:{things})|(?:{things})\s+(?:{colours}))(?!\w)")


@cache
def _colour_names() -> dict[str, str]:
    return {written: name for name, of in _words()["colour_names"].items() for written in of}


def _colour(*written: str | None) -> str:
    for words in written:
        for word in (words or "").lower().split():
            if word in _colour_names():
                return _colour_names()[word]
    return ""


def _vehicles(text: str) -> Iterator[Mention]:
    for found in _vehicle_pattern().finditer(text):
        colour = _colour(found["before"], found["after"])
        model = f"{found['make']}{found['model'] or ''}".strip()
        if not colour and found["make"] in ("Seat", "Mini", "Smart", "MAN", "DS", "Rover", "Triumph"):
            continue
        because = sentence(VEHICLE_COLOUR if colour else VEHICLE_MAKE)
        properties = {"model": model} | ({"colour": colour} if colour else {})
        value = f"{model} {colour}".strip()
        yield _mention("vehicle", text, found.span(), value, 0.95 if colour else 0.85, because, **properties)
    for found in _plain_vehicle_pattern().finditer(text):
        colour = _colour(found[0])
        because = sentence(VEHICLE_WORD)
        yield _mention("vehicle", text, found.span(), found[0].lower(), 0.7, because, colour=colour)


_UP = r"[A-ZÀ-ÖØ-ÞĀ-Ž]"
_NUMBER = r"\d{1,4}(?:\s?(?:bis|ter)\b)?(?:[a-zA-Z](?!\w))?(?:\s?[-/]\s?\d{1,4}(?![\w/.]))?"
_BOX = r"(?:[\s,]+(?i:bus|bte\.?|boîte|box|b\.)\s*[\w]{1,4})?"
_PLACE_WORD = (
    rf"{_UP}[\w'’.-]*(?:[\s-](?:sur|aan|an|am|der|den|de|la|le|ten|les|lez|sous|en|op)(?=[\s-]{_UP})|[\s-](?={_UP}))?"
)
_TOWN = (
    rf"(?P<town>(?:[\s,]+(?:(?:te|à|in|at|zu)\s+)?\(?(?:(?:B|BE|D|DE|F|FR|NL|L)-)?\d{{4,5}}\s+(?:{_PLACE_WORD}){{1,4}}\)?)"
    rf"|(?:(?:\s*,\s*|\s+(?:te|à|in|at|zu)\s+)(?:{_PLACE_WORD}){{1,3}}))?"
)


@cache
def _address_patterns() -> tuple[re.Pattern[str], ...]:
    words = _words()
    little = r"(?:de\s+la|de\s+l['’]|des|du|de|d['’]|aux|au|à\s+la|à\s+l['’]|l['’]|la|le|les|en|et|sous|sur)"
    return (
        re.compile(
            rf"(?<![\w-])(?P<first>{_NUMBER}\s*,?\s+)?(?i:{words['street_words_fr']})(?!\w)"
            rf"(?P<name>(?:[\s-]+{little}(?=[\s'’A-ZÀ-Þ])\s*|[\s-]*{_UP}[\w'’.-]*\.?|\s\d{{1,2}}(?=\s(?:janvier|février|mars|avril|mai|juin|"
            rf"juillet|août|septembre|octobre|novembre|décembre))|\s(?:janvier|mai|juillet|août|septembre|novembre)){{1,8}}"
            rf"|\s+[a-zà-ÿ-]+(?=\s+\d))"
            rf"(?P<number>[\s,]+(?:n[°o]\.?\s*)?(?!\d{{4,5}}\s+{_UP}){_NUMBER}(?!\s*\d{{2,}}\s))?{_BOX}{_TOWN}"
        ),
        re.compile(
            rf"(?<![\w-])(?:(?:{_UP}[\w'’.-]+|(?:van|de|den|der|het|ter|ten))\s){{0,4}}?{_UP}?[\w'’-]*(?:(?i:{words['street_suffixes_nl']}"
            rf"|{words['street_suffixes_de']}))(?!\w)(?P<number>[\s,]+(?:(?:nr|nummer|Nr)\.?\s*)?{_NUMBER}){_BOX}{_TOWN}"
        ),
        re.compile(
            rf"(?<![\w-])(?:(?:Oude|Nieuwe|Grote|Kleine|Lange|Korte|Hoge|Lage|Groene|Sint|St\.?|Am|Alte|Neue)\s)*{_UP}[\w'’-]*"
            rf"(?:straat|laan|steenweg|plein|dreef|kaai|straße|strasse|allee|platz|gasse)(?!\w)(?P<number>){_TOWN}"
        ),
        re.compile(
            rf"(?<![\w-])(?P<number>{_NUMBER})\s*,?\s+(?:{_UP}[\w'’-]+\s){{1,4}}(?:{words['street_words_en']})(?!\w){_TOWN}"
        ),
        re.compile(rf"(?<![\w-])(?:Grote Markt|Grand-Place|Grand’Place)(?P<number>[\s,]+{_NUMBER}){_BOX}{_TOWN}"),
    )


def _addresses(text: str) -> Iterator[Mention]:
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
            while first and first[0].lower() in _all_function_words() and " " in raw and not _french_street(first[0]):
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
            yield _mention("address", text, (start, end), raw, 0.93 if numbered else 0.7, because, **named)


def _french_street(word: str) -> bool:
    return bool(re.fullmatch(_words()["street_words_fr"], word, re.IGNORECASE))


@cache
def _all_function_words() -> frozenset[str]:
    return frozenset().union(*_function_words().values())


@cache
def _forms_pattern() -> re.Pattern[str]:
    at_end = r"N\.?V\.?|S\.?A\.?(?:R\.?L\.?)?|B\.?V\.?(?:B\.?A\.?)?|S\.?P\.?R\.?L\.?|S\.?R\.?L\.?|CVBA|SCRL|VZW|ASBL|VOF|SNC|GmbH|AG|KG|OHG|UG|e\.V\.|"
    at_end += r"Ltd\.?|Limited|LLC|LLP|PLC|plc|Inc\.?|Corp\.?|SE|SAS|EURL|A\.Ş\.|OOO"
    word = rf"(?:{_UP}[\w'’&.-]*|\d+)"
    return re.compile(
        rf"(?<!\w)(?:(?P<end>{word}(?:\s(?:{word}|&|et|en|und|and|de|du|des|van|la|le)){{0,5}}?\s(?:{at_end}))(?![\w.]*\w)"
        rf"|(?P<begin>(?:{at_end}|vzw|asbl)\s{word}(?:\s(?:{word}|&|et|en|und|and)){{0,4}})(?!\w))"
    )


def _organisations(text: str, language: str) -> Iterator[Mention]:
    skip = _starts(language)
    for found in _forms_pattern().finditer(text):
        start, end = found.span()
        raw = text[start:end]
        while (words := raw.split()) and words[0].lower().rstrip(".") in skip and len(words) > 2:
            cut = len(words[0]) + 1
            start, raw = start + cut, raw[cut:]
        raw = re.sub(r"\s(?:et|en|und|and|&)$", "", raw)
        heads = _words()["organisation_heads"]
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
        yield _mention("organisation", text, span, name, 0.93, sentence(LEGAL_FORM), name=name)


@cache
def _starts(language: str) -> frozenset[str]:
    """Words that open a sentence with a capital and are no names."""
    words = _words()
    every = {word for of in words["months"].values() for word in of} | set(words["weekdays"]) | set(words["not_names"])
    return _function_words()[language] | frozenset(words["sentence_starts"][language].split()) | every


@cache
def _no_names(language: str) -> frozenset[str]:
    words = _words()
    relations = {word for of in words["relations"].values() for word in of[language]}
    things = {*words["vehicle_words"][language], *words["colours"][language], *words["siblings_of_many"][language]}
    kinds = {
        w.lower() for w in (*words["document_words"], *words["plate_words"], *words["phone_words"], *words["makes"])
    }
    heads = set(words["organisation_heads"])
    return _starts(language) | relations | things | kinds | heads | _title_words(language)


@cache
def _soft_names() -> frozenset[str]:
    """Words that are no name by themselves but may end one: Noël, August."""
    words = _words()
    return frozenset(word for of in words["months"].values() for word in of) | frozenset(words["not_names"])


@cache
def _title_words(language: str) -> frozenset[str]:
    return frozenset(_words()["titles"][language])


@cache
def _particles() -> frozenset[str]:
    return frozenset(word.strip('"') for word in _words()["particles"].split())


_WORD = re.compile(rf"(?:{_UP}\.(?:-?{_UP}\.)*|[^\W\d_](?:[^\W_]|['’-](?=[^\W_]))*)(?:\.(?=\s))?", re.UNICODE)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int
    opens: bool
    """Whether a sentence begins here."""
    gap: str
    """What stands between this word and the one before."""


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    end = 0
    for match in _WORD.finditer(text):
        raw = match[0]
        initial = re.fullmatch(rf"(?:{_UP}\.)(?:-?{_UP}\.)*", raw)
        stop = match.end()
        if raw.endswith(".") and not initial:
            short = raw[:-1].lower()
            if not any(short in _title_words(language) for language in LANGUAGES):
                raw, stop = raw[:-1], match.end() - 1
        gap = text[end : match.start()]
        opens = not found or bool(re.search(r"[.!?:;\n«“\"]", gap))
        if found and found[-1].text.rstrip(".").lower() in _all_titles() and "\n" not in gap:
            opens = False
        found.append(_Token(raw, match.start(), stop, opens, gap))
        end = stop
    return found


@cache
def _all_titles() -> frozenset[str]:
    return frozenset(word for language in LANGUAGES for word in _title_words(language))


def _capital(token: _Token) -> bool:
    return token.text[0].isupper()


def _initial(token: _Token) -> bool:
    return bool(re.fullmatch(rf"{_UP}\.(?:-?{_UP}\.)*|{_UP}", token.text))


def _joined(token: _Token) -> bool:
    """Whether the word stands directly behind the one before, with nothing but a space or hyphen between."""
    return token.gap in (" ", "\u00a0", " \n", "-", "")


def _persons(text: str, language: str, taken: list[tuple[int, int]]) -> Iterator[Mention]:
    """Runs of capitalised words that may be a name: titles before, particles and initials within."""
    tokens = _tokens(text)
    no_names, particles = _no_names(language), _particles()
    cues = frozenset(_words()["name_cues"][language])
    many = frozenset(_words()["siblings_of_many"][language])
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if any(start < token.end and token.start < end for start, end in taken):
            place += 1
            continue
        title = token.text.rstrip(".").lower() in _title_words(language) and place + 1 < len(tokens)
        begin = place + 1 if title else place
        if title and not (_joined(tokens[begin]) and (_capital(tokens[begin]) or tokens[begin].text in particles)):
            place += 1
            continue
        run: list[_Token] = []
        position = begin
        while position < len(tokens):
            here = tokens[position]
            if run and not _joined(here):
                break
            if any(start < here.end and here.start < end for start, end in taken):
                break
            lowered = here.text.lower()
            if _capital(here) and (
                lowered not in no_names or ((lowered in particles or lowered in _soft_names()) and (run or title))
            ):
                if (
                    here.text.isupper()
                    and len(here.text) > 1
                    and not _initial(here)
                    and not run
                    and not title
                    and len(here.text) < 4
                ):
                    break
                run.append(here)
            elif lowered in particles and (run or title) and _name_follows(tokens, position, no_names, particles):
                noun = len(run) == 1 and not title and (run[0].opens or language == "de")
                if noun and _capitals_after(tokens, position) >= 2:
                    run = []  # "Kontakt von Murat Kaplan": a noun, and then the name
                    position += 1
                    begin = position
                    continue
                run.append(here)
            else:
                break
            position += 1
        while run and (run[-1].text.lower() in particles and not (title and len(run) == 1)):
            run.pop()
        if not run:
            place += 1
            continue
        telling = [t for t in run if _capital(t) and not _initial(t) and t.text.lower() not in particles]
        name = text[run[0].start : run[-1].end]
        before = tokens[begin - 1].text.lower() if begin > 0 and not title else ""
        place = max(position, place + 1)
        if not telling or towns.read_town(name) or _country(name):
            continue
        span = (run[0].start, run[-1].end)
        if title:
            yield _mention("person", text, span, name, 0.95, sentence(TITLE_AND_NAME), name=name)
        elif len(telling) + sum(map(_initial, run)) >= 2:
            german_noun = language == "de" and len(telling) == 2 and all(_common_noun(t.text) for t in telling)
            if not german_noun and not all(towns.read_town(t.text) for t in telling):
                yield _mention("person", text, span, name, 0.85, sentence(TWO_CAPITALS), name=name)
        elif before in cues | many and _joined(run[0]):
            if before in many or not _common_noun(name) or language != "de":
                because = sentence(NAME_CUE, cue=before)
                yield _mention("person", text, span, name, 0.6, because, name=name)


_NOUN_ENDINGS = (
    "ung",
    "heit",
    "keit",
    "schaft",
    "tion",
    "tät",
    "ismus",
    "nummer",
    "zeichen",
    "mittel",
    "stelle",
    "polizei",
    "zeug",
)


def _common_noun(word: str) -> bool:
    """Whether a capitalised German word looks like a common noun."""
    return word.lower().endswith(_NOUN_ENDINGS)


def _capitals_after(tokens: list[_Token], position: int) -> int:
    """How many capitalised words stand in a row behind this one."""
    count = 0
    for token in tokens[position + 1 :]:
        if not (_joined(token) and _capital(token)):
            break
        count += 1
    return count


def _name_follows(tokens: list[_Token], position: int, no_names: frozenset[str], particles: frozenset[str]) -> bool:
    for token in tokens[position + 1 : position + 4]:
        if not _joined(token):
            return False
        if _capital(token) and (token.text.lower() not in no_names or token.text.lower() in particles):
            return token.text.lower() not in ("", "en", "et", "und", "and")
        if token.text.lower() not in particles:
            return False
    return False


@cache
def _countries() -> frozenset[str]:
    return frozenset(country_names())


def _country(name: str) -> bool:
    return "".join(re.findall(r"[^\W_]+", name.lower())) in _countries()


@cache
def _relation_pattern(language: str) -> re.Pattern[str]:
    words = _words()
    every = sorted({w for of in words["relations"].values() for w in of[language]}, key=len, reverse=True)
    links = "|".join(re.escape(link) for link in words["relation_links"][language])
    article = {
        "nl": r"(?:(?:de|het|een|zijn|haar|hun)\s+)?",
        "fr": r"(?:(?:le|la|un|une|son|sa)\s+|l['’])?",
        "de": r"(?:(?:der|die|das|den|dem|ein|eine|einen|einem|einer)\s+)?",
        "en": r"(?:(?:the|a|an|his|her)\s+)?",
    }[language]
    middle = r"(?:[a-zà-ÿ]+\s+)?" if language in ("nl", "en", "de") else ""
    return re.compile(
        rf"(?i)(?<!\w){article}{middle}(?P<word>{'|'.join(map(re.escape, every))})\s+(?:{links})(?:\s+|(?<=['’]))(?P<rest>\w)"
    )


@cache
def _relation_kinds(language: str) -> dict[str, str]:
    return {word: kind for kind, of in _words()["relations"].items() for word in of[language]}


@cache
def _one_of_pattern(language: str) -> re.Pattern[str]:
    many = "|".join(_words()["siblings_of_many"][language])
    names = rf"(?P<names>(?:\s(?:{_UP}[\w'’-]+|el|al|van|de|der|ben)(?!\w)){{0,4}})"
    return {
        "nl": re.compile(
            rf"(?<!\w)(?i:(?:een|één|ene)\s+van\s+(?:de|beide)\s+(?:twee\s+|drie\s+|beide\s+)?(?P<word>{many})){names}"
        ),
        "fr": re.compile(rf"(?<!\w)(?i:l['’]une?\s+des\s+(?:deux\s+|trois\s+)?(?P<word>{many})){names}"),
        "de": re.compile(
            rf"(?<!\w)(?i:(?:einer|eine|einen|einem)\s+der\s+(?:beiden\s+|zwei\s+|drei\s+)?(?P<word>{many})){names}"
        ),
        "en": re.compile(
            rf"(?<!\w)(?i:one\s+of\s+the\s+(?:two\s+|three\s+)?)(?P<names>(?:{_UP}[\w'’-]+\s){{0,3}})(?i:(?P<word>{many}))(?!\w)"
        ),
    }[language]


def _nameless(text: str, language: str, persons: list[Mention]) -> Iterator[Mention]:
    for found in _one_of_pattern(language).finditer(text):
        raw = found[0].rstrip()
        family = (found["names"] or "").strip()
        properties = {"relation": "sibling_of", "description": raw} | ({"lastName": family} if family else {})
        span = (found.start(), found.start() + len(raw))
        yield _mention("nameless", text, span, raw, 0.9, sentence(ONE_OF_SEVERAL), **properties)
    for found in _relation_pattern(language).finditer(text):
        at = found.start("rest")
        person = next(
            (p for p in persons if p.start <= at < p.end or (p.start > at and _titled(text[at : p.start], language))),
            None,
        )
        if person is None:
            continue
        kind = _relation_kinds(language)[found["word"].lower()]
        start = found.start() + len(found[0]) - len(found[0].lstrip())
        start = _trim(text, start, found.start("word"), language)
        span = (start, person.end)
        because = sentence(NAMELESS_RELATION, name=person.value)
        raw = text[start : person.end]
        yield _mention("nameless", text, span, raw, 0.93, because, relation=kind, name=person.value, description=raw)


_ARTICLES = frozenset("de het een le la un une l der die das den dem ein eine einen einem einer the a an".split())  # noqa: SIM905


def _trim(text: str, start: int, word: int, language: str) -> int:
    """Drop a word before the article that the pattern took along ("dat de zoon" → "de zoon")."""
    before = text[start:word]
    parts = re.findall(r"[^\W\d_]+", before)
    if len(parts) > 1 and parts[-1].lower() in _ARTICLES:
        return start + before.rindex(parts[-1])
    if len(parts) == 1 and parts[0].lower() not in _ARTICLES and parts[0].lower() in _function_words()[language]:
        return word
    return start


def _titled(between: str, language: str) -> bool:
    return between.strip().rstrip(".").lower() in _title_words(language)


@cache
def _single_name_after(language: str) -> re.Pattern[str]:
    every = sorted({w for of in _words()["relations"].values() for w in of[language]}, key=len, reverse=True)
    links = "|".join(re.escape(link) for link in _words()["relation_links"][language])
    return re.compile(
        rf"(?:{'|'.join(map(re.escape, every))})\s+(?:{links})(?:\s+|(?<=['’]))(?P<name>{_UP}[\w'’-]+)(?!\w)"
    )


LISTED_CONFIDENCE = 0.75
"""How sure a first name in a list of brothers is."""


def _siblings(text: str, language: str, persons: list[Mention]) -> Iterator[Mention]:
    """The first names of "the brothers Nadir and Samir Belkasmi", and single names after a relation."""
    many = "|".join(_words()["siblings_of_many"][language])
    pattern = re.compile(
        rf"(?i:\b(?:{many}))\s+(?P<list>{_UP}[\w'’-]+(?:\s*,\s*{_UP}[\w'’-]+)*)\s+(?:en|et|und|and)\s+(?={_UP})"
    )
    for found in pattern.finditer(text):
        family = next((p for p in persons if p.start >= found.end() and p.start - found.end() < 2), None)
        for name in re.finditer(rf"{_UP}[\w'’-]+", found["list"]):
            start = found.start("list") + name.start()
            properties = {"firstName": name[0]}
            if family is not None and len(family.value.split()) > 1:
                properties = {"name": f"{name[0]} {family.value.split(maxsplit=1)[1]}"}
            because = sentence(NAME_CUE, cue=found[0].split()[0])
            value = properties.get("name", name[0])
            yield _mention(
                "person", text, (start, start + len(name[0])), value, LISTED_CONFIDENCE, because, **properties
            )
    for found in _single_name_after(language).finditer(text):
        name_ = found["name"]
        if name_.lower() not in _no_names(language) and not towns.read_town(name_):
            because = sentence(RELATION_NAME, said=found[0])
            yield _mention("person", text, found.span("name"), name_, 0.65, because, name=name_)


def _verbs(text: str, language: str) -> Iterator[Mention]:
    for kind, of in _words()["verbs"].items():
        pattern = re.compile(rf"(?i)(?<![\w-])(?:{'|'.join(map(re.escape, of[language]))})(?![\w-])")
        for found in pattern.finditer(text):
            yield _mention("relation", text, found.span(), kind, 0.5, sentence(RELATION_WORD, word=found[0]))


def _without_overlaps(found: Iterable[Mention]) -> list[Mention]:
    """The longest of each group that overlaps; where they are as long, the surest."""
    kept: list[Mention] = []
    for mention in sorted(found, key=lambda m: (-(m.confidence > 0.65), m.start - m.end, -m.confidence)):
        if all(mention.end <= other.start or other.end <= mention.start for other in kept):
            kept.append(mention)
    return kept


def mentions(text: str, language: str | None = None) -> tuple[Mention, ...]:
    """What a text mentions, in the order of the text. `language` is nl, fr, de or en; None lets it be detected.

    A nameless description holds the mention of the person it names; other mentions do not overlap.
    """
    said = language if language in LANGUAGES else detect_language(text)
    fixed: list[Mention] = []
    for reader in (_accounts, _plates, _documents, _dates, _addresses, _phones, _vehicles):
        taken = [(m.start, m.end) for m in fixed]
        new = [m for m in reader(text) if not any(s < m.end and m.start < e for s, e in taken)]
        fixed += _without_overlaps(new)
    taken = [(m.start, m.end) for m in fixed]
    fixed += _without_overlaps(
        m for m in _organisations(text, said) if not any(s < m.end and m.start < e for s, e in taken)
    )
    taken = [(m.start, m.end) for m in fixed]
    several = [(f.start(), f.end()) for f in _one_of_pattern(said).finditer(text)]
    persons = _without_overlaps(_persons(text, said, taken + several))
    more = [m for m in _siblings(text, said, persons) if not any(s < m.end and m.start < e for s, e in taken + several)]
    named = [m for m in more if m.confidence >= LISTED_CONFIDENCE]
    persons = [p for p in persons if not any(p.start < m.end and m.start < p.end for m in named)] + named
    persons += [m for m in more if not any(p.start < m.end and m.start < p.end for p in persons)]
    persons.sort(key=lambda m: m.start)
    nameless = _without_overlaps(_nameless(text, said, persons))
    covered = [(m.start, m.end) for m in fixed + persons]
    joining = [m for m in _verbs(text, said) if not any(s < m.end and m.start < e for s, e in covered)]
    every = [*fixed, *persons, *nameless, *joining]
    return tuple(sorted(every, key=lambda m: (m.start, -m.end, m.kind)))


def propose(text: str, language: str | None = None) -> Proposal:
    """The subjects and relations that a text seems to speak of, for an officer to confirm, correct or reject.

    One subject per name or value; a nameless description is a subject of its own, joined by its relation to the
    person it names. Relations are guessed within a sentence, and from a pronoun to the last person spoken of.
    """
    said = language if language in LANGUAGES else detect_language(text)
    found = mentions(text, said)
    return _Proposing(text, said, found).proposal()


_SCHEMAS = {
    "person": "Person",
    "nameless": "Person",
    "address": "Address",
    "vehicle": "Vehicle",
    "plate": "Vehicle",
    "phone": "Phone",
    "account": "BankAccount",
    "document": "Identification",
    "organisation": "Company",
}
_PROPERTIES = {"relation": None, "colour": "notes"}
"""Properties of mentions that are not FollowTheMoney's: left out, or put where it has room."""

_RELATION_OF = {"address": "lives_at", "vehicle": "drives", "plate": "drives", "phone": "uses", "account": "uses"}


class _Proposing:
    """The mentions of one text, gathered into subjects and joined by relations."""

    def __init__(self, text: str, language: str, found: tuple[Mention, ...]) -> None:
        self.text = text
        self.language = language
        self.found = found
        self.subjects: list[ProposedSubject] = []
        self.relations: list[ProposedRelation] = []
        self.by_value: dict[tuple[str, str], int] = {}
        self.places: dict[Mention, int] = {}

    def proposal(self) -> Proposal:
        for mention in self.found:
            if mention.kind in _SCHEMAS:
                self.places[mention] = self._subject(mention)
        self._name_relations()
        self._list_siblings()
        self._relate_sentences()
        return Proposal(self.language, tuple(self.subjects), tuple(self.relations), self.found)

    def _subject(self, mention: Mention) -> int:
        schema = _SCHEMAS[mention.kind]
        properties = self._properties(mention)
        if mention.kind == "plate" and (vehicle := self._vehicle_beside(mention)) is not None:
            subject = self.subjects[vehicle]
            subject.properties.update(properties)
            subject.spans.append((mention.start, mention.end))
            return vehicle
        key = (schema, mention.value.casefold())
        if mention.kind == "person":
            for (kind, value), place in self.by_value.items():
                if kind == "Person" and self.subjects[place].properties.get("name") and _one_name(value, key[1]):
                    self.subjects[place].spans.append((mention.start, mention.end))
                    return place
        if mention.kind != "nameless" and mention.kind != "vehicle" and key in self.by_value:
            self.subjects[self.by_value[key]].spans.append((mention.start, mention.end))
            return self.by_value[key]
        self.subjects.append(ProposedSubject(schema, properties, [(mention.start, mention.end)]))
        place = len(self.subjects) - 1
        if mention.kind != "nameless":
            self.by_value.setdefault(key, place)
        return place

    def _properties(self, mention: Mention) -> dict[str, list[str]]:
        if mention.kind == "nameless":
            kept = {"description": mention.text}
            family = dict(mention.properties).get("lastName")
            return {name: [value] for name, value in (kept | ({"lastName": family} if family else {})).items()}
        properties = {}
        for name, value in mention.properties:
            into = _PROPERTIES.get(name, name)
            if into:
                properties[into] = [value]
        if mention.kind == "document":
            return {"number": [mention.value]}
        return properties

    def _vehicle_beside(self, plate: Mention) -> int | None:
        near = [
            m
            for m in self.places
            if m.kind == "vehicle" and 0 <= plate.start - m.end < 60 and "." not in self.text[m.end : plate.start]
        ]
        return self.places[near[-1]] if near else None

    def _relate(self, kind: str, subject: int, other: int, because: Sentence) -> None:
        confidence = 0.4 if because.text == SAME_PLACE else 0.8
        if subject == other or any((r.kind, r.subject, r.other) == (kind, subject, other) for r in self.relations):
            return
        if kind in ("in_contact_with", "sibling_of") and any(
            (r.kind, r.subject, r.other) == (kind, other, subject) for r in self.relations
        ):
            return
        self.relations.append(ProposedRelation(kind, subject, other, confidence, because))

    def _name_relations(self) -> None:
        for mention, place in self.places.items():
            if mention.kind != "nameless":
                continue
            kind = dict(mention.properties)["relation"]
            for inner, other in self.places.items():
                if inner.kind == "person" and mention.start <= inner.start and inner.end <= mention.end:
                    self._relate(kind, place, other, sentence(RELATION_WORD, word=mention.text))

    def _list_siblings(self) -> None:
        many = _words()["siblings_of_many"][self.language]
        for found in re.finditer(rf"(?i)\b(?:{'|'.join(many)})\b", self.text):
            listed = [m for m in self.places if m.kind == "person" and m.start >= found.end()]
            row: list[Mention] = []
            end = found.end()
            for mention in sorted(listed, key=lambda m: m.start):
                if not re.fullmatch(r"\s*(?:,|en|et|und|and)?\s*", self.text[end : mention.start]):
                    break
                row.append(mention)
                end = mention.end
            for one, other in zip(row, row[1:], strict=False):
                because = sentence(LISTED_SIBLINGS, word=found[0])
                self._relate("sibling_of", self.places[one], self.places[other], because)

    def _relate_sentences(self) -> None:
        focus: Mention | None = None
        pronouns = frozenset(_words()["pronouns"][self.language])
        for start, end in _sentences(self.text):
            here = [m for m in self.found if start <= m.start < end]
            inner = {
                m
                for m in here
                if m.kind == "person" and any(n.kind == "nameless" and n.start <= m.start < n.end for n in here)
            }
            people = [m for m in here if m.kind in ("person", "nameless") and m not in inner]
            first = re.match(r"[^\w]*([^\W\d_]+)", self.text[start:end])
            opening = bool(first) and first is not None and first[1].lower() in pronouns
            if focus is not None and (opening or not people):
                current: Mention | None = focus
            else:
                current = people[0] if people else focus
            verbs = [m for m in here if m.kind == "relation"]
            for mention in here:
                if mention.kind not in _SCHEMAS or mention in inner:
                    continue
                owner = self._owner(mention, people, current)
                if owner is None:
                    continue
                kind = _RELATION_OF.get(mention.kind)
                if mention.kind == "document":
                    self._relate("is_identified_by", self.places[owner], self.places[mention], sentence(SAME_PLACE))
                elif mention.kind == "organisation":
                    word = next((v for v in verbs if v.value == "works_for"), None)
                    if word:
                        because = sentence(RELATION_WORD, word=word.text)
                        self._relate("works_for", self.places[owner], self.places[mention], because)
                elif kind:
                    word = next((v for v in verbs if v.value == kind), None)
                    because = sentence(RELATION_WORD, word=word.text) if word else sentence(SAME_PLACE)
                    self._relate(kind, self.places[owner], self.places[mention], because)
            contact = next((v for v in verbs if v.value == "in_contact_with"), None)
            if contact is not None and current is not None:
                for other in people:
                    if other is not current and other.start > contact.start:
                        because = sentence(RELATION_WORD, word=contact.text)
                        self._relate("in_contact_with", self.places[current], self.places[other], because)
            if people and not (opening and focus is not None):
                focus = people[0]

    def _owner(self, mention: Mention, people: list[Mention], current: Mention | None) -> Mention | None:
        """The person a thing belongs to: the last one named before it in the sentence, else whom the text is about."""
        if mention.kind in ("person", "nameless"):
            return None
        before = [m for m in people if m.end <= mention.start]
        joined = [
            v for v in self.found if v.kind == "relation" and v.value == "in_contact_with" and v.end <= mention.start
        ]
        if before and not any(v.end <= before[-1].start for v in joined):
            return before[-1]
        return current


def _one_name(left: str, right: str) -> bool:
    """Whether two names of one text are one person's: equal, or one the end of the other ("Dewinter", "Joris Dewinter")."""
    one, other = left.split(), right.split()
    short, long = sorted((one, other), key=len)
    return bool(short) and (one == other or (len(short) < len(long) and long[-len(short) :] == short))


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in re.finditer(rf"[.!?\n]+\s+(?=[{_UP[1:-1]}])", text):
        word = re.search(r"([^\W\d_]+)\.$", text[start : found.start() + 1])
        if word and (word[1].lower() in _all_titles() or len(word[1]) == 1):
            continue
        yield start, found.end()
        start = found.end()
    if start < len(text):
        yield start, len(text)
