"""Numbers that identify: phones, plates, accounts, documents, vessels. Read into one form, and compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

import phonenumbers
from rapidfuzz.distance import OSA
from stdnum import iban as stdnum_iban
from stdnum import imo as stdnum_imo
from stdnum.be import nn as belgian_national_number
from stdnum.eu import vat as stdnum_vat

from passerelle.names.comparison import Comparison
from passerelle.names.street_words import read_yaml
from passerelle.words import noop, sentence

KINDS = ("phone", "plate", "iban", "vat", "national", "document", "vin", "imo", "mmsi", "number")
SAME_SCORE = 1.0
MISREAD_SCORE = 0.88
"""Two numbers that differ in one sign that is easily misread for the other (O and 0)."""
TRANSPOSED_SCORE = 0.8
ONE_SIGN_SCORE = 0.6
"""One sign differs, or is missing, without such an excuse: below the bar by itself, numbers are handed out in rows."""
LENGTH_MIN_FOR_NEAR = 6
"""Shorter numbers say too little for a near miss to count."""


def _signs(text: str) -> str:
    """Capital letters and digits only; digits of other scripts as ours (٧٩ → 79)."""
    folded = unicodedata.normalize("NFKD", text)
    return "".join(
        str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c.upper() for c in folded if c.isalnum()
    )


@lru_cache(maxsize=65536)
def phone(text: str, country: str = "BE") -> str | None:
    """The phone number in E.164 (`+32470123456`), or None where the text is no number that could exist.

    `country` is the two-letter code of the country whose national format is assumed where no prefix is written.
    """
    return _plainly(text, country.upper()) or _parsed(text, country)


_PLAIN = re.compile(r"\+[1-9][0-9]{6,14}|0[1-9](?:[ ./-]?[0-9]){7,8}")


def _plainly(text: str, country: str) -> str | None:
    """A number that is written so plainly that the table of lengths says all: already E.164, or the Belgian way. None
    where the parser must look: it takes ten times as long."""
    if not _PLAIN.fullmatch(text):
        return None
    if text[0] == "+":
        digits = text[1:]
    elif country == "BE":
        digits = "32" + re.sub(r"[^0-9]", "", text)[1:]
    else:
        return None
    for size in (1, 2, 3):
        known = _lengths(int(digits[:size]))
        if known is not None:
            lengths, stripped = known
            national = digits[size:]
            plain = national[0] != "0" and len(national) in lengths and not (stripped and stripped.match(national))
            return f"+{digits}" if plain else None
    return None


@lru_cache(maxsize=1024)
def _lengths(calling_code: int) -> tuple[frozenset[int], re.Pattern[str] | None] | None:
    """How long the national numbers behind a calling code may be, and what would be taken off before them; None where
    no country has that code."""
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(calling_code)
    if not regions:
        return None
    metadata = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(calling_code, regions[0])
    if metadata is None or metadata.general_desc is None:
        return None
    prefix = metadata.national_prefix_for_parsing
    return frozenset(metadata.general_desc.possible_length), re.compile(prefix) if prefix else None


def _parsed(text: str, country: str) -> str | None:
    cleaned = "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in text)
    cleaned = re.sub(r"\(0\)", "", cleaned)
    try:
        parsed = phonenumbers.parse(cleaned, country.upper())
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(maxsize=1)
def _plate_shapes() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((row["country"], re.compile(row["shape"])) for row in read_yaml("numbers_plates.yaml")["plates"])


_COUNTRY_MARK = re.compile(r"^\s*\(?(?:B|NL|F|D|L|GB|UK)\)?\s*[:·]\s*", re.IGNORECASE)


@lru_cache(maxsize=65536)
def plate(text: str) -> str | None:
    """A number plate as capitals and digits without signs between (`1-ABC-123` → `1ABC123`), or None where the text has
    no shape of a plate: between 4 and 9 signs, with both letters and digits, or a shape of the table."""
    bare = _signs(_COUNTRY_MARK.sub("", text))
    if not 4 <= len(bare) <= 9:
        return None
    if any(shape.match(bare) for _, shape in _plate_shapes()):
        return bare
    return bare if any(c.isdigit() for c in bare) and any(c.isalpha() for c in bare) else None


def iban(text: str) -> str | None:
    """An IBAN without spaces, checked by its own digits; None where it is none."""
    bare = _signs(text)
    return bare if stdnum_iban.is_valid(bare, check_country=False) else None


def vat(text: str) -> str | None:
    """A VAT number of a Member State, without spaces, checked; a Belgian enterprise number gets its `BE`."""
    bare = _signs(text)
    for candidate in (bare, "BE" + bare.zfill(10) if bare.isdigit() and len(bare) in (9, 10) else ""):
        if candidate and stdnum_vat.is_valid(candidate):
            return str(stdnum_vat.compact(candidate))
    return None


def national_number(text: str) -> str | None:
    """A Belgian national number as eleven digits, checked; None where it is none."""
    bare = _signs(text)
    return bare if belgian_national_number.is_valid(bare) else None


def vin(text: str) -> str | None:
    """A vehicle identification number of 17 signs (check digit not asked for: European makers do not use it)."""
    bare = _signs(text)
    return bare if len(bare) == 17 and re.fullmatch(r"[A-HJ-NPR-Z0-9]{17}", bare) else None


def imo(text: str) -> str | None:
    """The seven digits of a ship's IMO number, checked; None where it is none."""
    bare = re.sub(r"^IMO", "", _signs(text))
    return bare if stdnum_imo.is_valid(bare) else None


_DOCUMENT_WORDS = re.compile(
    r"(?i)^\s*(?:(?:passport|passeport|paspoort|reisepass|pass|no|nr|n°|number|num[ée]ro|nummer)(?!\w)[\s.:#°]*)+"
)


_REGISTER = re.compile(r"^(?:IMO(?=\d{7}$)|BE(?=[01]\d{9}$))")


@lru_cache(maxsize=65536)
def document(text: str) -> str:
    """A document's or register's number as capitals and digits; "" for a text without either. What only says of which
    register it is goes: *IMO* before seven digits, *BE* before the ten of a Belgian enterprise."""
    if text.isdigit() and text.isascii():
        return text
    without = _DOCUMENT_WORDS.sub("", text)
    signs = _signs(without) or _signs(text)
    return _REGISTER.sub("", signs)


_READERS: dict[str, Callable[[str], str | None]] = {
    "phone": phone,
    "plate": plate,
    "iban": iban,
    "vat": vat,
    "national": national_number,
    "vin": vin,
    "imo": imo,
}


def canonical(kind: str, text: str) -> str:
    """The form in which two numbers of one kind are compared; where a check fails, the bare signs."""
    read = _READERS.get(kind)
    found = read(text) if read is not None else None
    return found if found is not None else document(text)


@lru_cache(maxsize=1)
def _misread() -> frozenset[frozenset[str]]:
    return frozenset(frozenset(pair) for pair in read_yaml("numbers_misread.yaml")["pairs"])


@lru_cache(maxsize=1)
def _alike() -> dict[int, str]:
    """For each sign the first of those it may be misread for, or be misread for what they are misread for."""
    of: dict[str, str] = {}
    for pair in sorted("".join(sorted(pair)) for pair in _misread()):
        one, two = sorted(of.get(sign, sign) for sign in pair)
        of |= dict.fromkeys((*pair, *(sign for sign, first in of.items() if first == two)), one)
    return str.maketrans(of)


def as_misread(number: str) -> str:
    """A number with one sign for all that are misread for each other: equal where two differ by such signs alone.

    >>> as_misread("1ABO234") == as_misread("1AB0234")
    True
    """
    return number.translate(_alike())


SAME = noop("{left} and {right} are the same number.")
MISREAD = noop("{left} and {right} differ in one sign that is easily misread: {one} for {other}.")
TRANSPOSED = noop("{left} and {right} differ in two neighbouring signs that changed places.")
ONE_SIGN = noop("{left} and {right} differ in one sign.")
OTHER = noop("{left} and {right} are different numbers.")
EMPTY = noop("There is no number to compare.")
NATIONAL_PART = noop("{left} and {right} share the national part; one lacks the country.")


def compare_numbers(kind: str, left: str, right: str) -> Comparison:
    """Whether two numbers of one kind (see KINDS) are one. A sign misread or two transposed is weaker evidence;
    anything further apart scores nothing: numbers are not alike by degrees."""
    assert kind in KINDS, f"a kind of number is one of {', '.join(KINDS)}, not {kind}"
    one, other = canonical(kind, left), canonical(kind, right)
    facts = {"left": left.strip(), "right": right.strip()}
    if not one or not other:
        return Comparison(0.0, (sentence(EMPTY),))
    if one == other:
        return Comparison(SAME_SCORE, (sentence(SAME, **facts),))
    short, long = sorted((one, other), key=len)
    if kind == "phone" and short.lstrip("+0") and len(short.lstrip("+0")) >= 8 and long.endswith(short.lstrip("+0")):
        return Comparison(0.85, (sentence(NATIONAL_PART, **facts),))
    if min(len(one), len(other)) >= LENGTH_MIN_FOR_NEAR or (kind == "plate" and len(one) == len(other)):
        if len(one) == len(other):
            apart = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
            if len(apart) == 1:
                if frozenset(apart[0]) in _misread():
                    said = sentence(MISREAD, one=apart[0][0], other=apart[0][1], **facts)
                    return Comparison(MISREAD_SCORE, (said,))
                return Comparison(ONE_SIGN_SCORE, (sentence(ONE_SIGN, **facts),))
            if all(frozenset(pair) in _misread() for pair in apart) and len(apart) == 2:
                return Comparison(TRANSPOSED_SCORE, (sentence(MISREAD, one=apart[0][0], other=apart[0][1], **facts),))
            if len(apart) == 2 and OSA.distance(one, other) == 1:
                return Comparison(TRANSPOSED_SCORE, (sentence(TRANSPOSED, **facts),))
        elif abs(len(one) - len(other)) == 1 and OSA.distance(one, other) == 1 and len(one) > 7:
            return Comparison(ONE_SIGN_SCORE, (sentence(ONE_SIGN, **facts),))
    return Comparison(0.0, (sentence(OTHER, **facts),))
