"""The kinds of subject that registers may hold, the properties each may have, and dates and countries in one form."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml


@cache
def table(name: str) -> dict[str, Any]:
    """One of the tables in `data/`."""
    text = (Path(__file__).parent / "data" / name).read_text(encoding="utf-8")
    read: dict[str, Any] = yaml.safe_load(text)
    return read


@cache
def kinds() -> dict[str, frozenset[str]]:
    """Each kind of subject with the names of the properties it may have."""
    known = table("schemas.yaml")
    return {
        kind: frozenset(name for part in parts for name in known["properties"][part])
        for kind, parts in known["kinds"].items()
    }


@cache
def taken_as() -> dict[str, str]:
    """Kinds that are taken in as another kind: `PublicBody` as `Organization`."""
    return dict(table("schemas.yaml")["taken_as"])


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(table("schemas.yaml")[name])


def is_country(prop: str) -> bool:
    """Whether this property holds countries."""
    return prop in _listed("countries")


def is_date(prop: str) -> bool:
    """Whether this property holds dates."""
    return prop in _listed("dates")


def is_never_taken(prop: str) -> bool:
    """Whether this property is one that Passerelle takes over in no form (Directive (EU) 2016/680, Art. 10)."""
    return prop in _listed("never")


def is_recognisable(properties: frozenset[str]) -> bool:
    """Whether a subject with values for these properties could be recognised again by any of them."""
    return not _listed("recognised_by").isdisjoint(properties)


@cache
def relation_kinds() -> dict[str, tuple[str, str]]:
    """Each kind of relation that a column may state, with the kind of subject it speaks of and its property."""
    return {kind: (schema, prop) for kind, (schema, prop) in table("schemas.yaml")["relations"].items()}


def relation_of(kind: str, schema: str) -> str:
    """The kind of relation that fits this kind of subject: a person lives at an address, all else is located there."""
    if kind in {"lives_at", "located_at"}:
        return "lives_at" if schema == "Person" else "located_at"
    return kind


@cache
def edges() -> dict[str, tuple[str, str, str]]:
    """FollowTheMoney's entities that tie two others: the property of the one end, of the other, and the kind of tie."""
    return {name: (near, far, kind) for name, (near, far, kind) in table("schemas.yaml")["edges"].items()}


@cache
def _family() -> dict[str, str]:
    return {word.casefold(): kind for kind, words in table("schemas.yaml")["family"].items() for word in words}


def family_kind(relationship: str) -> str | None:
    """What a person is to a relative who is their `relationship` (“mother”: child_of); None if not known."""
    return _family().get(relationship.strip().casefold())


@lru_cache(maxsize=1024)
def known_kind(given: str) -> str | None:
    """The kind that `given` names, whatever its capitals: `person` is `Person`. None where there is no such kind."""
    wanted = given.strip().casefold()
    for kind in (*kinds(), *taken_as()):
        if kind.casefold() == wanted:
            return taken_as().get(kind, kind)
    return None


def _folded(name: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w]+", " ", bare.replace("&", " and ")).split())


@cache
def _countries() -> dict[str, str]:
    known: dict[str, str] = {}
    for code, names in table("countries.yaml").items():
        for name in (code, *names):
            known.setdefault(_folded(name), code)
    return known


@lru_cache(maxsize=4096)
def country_code(given: str) -> str | None:
    """The ISO 3166-1 code, in small letters, of a country by its name (English, Dutch, French, German, or as the UN and
    OFAC write it) or its code; None where it is not known."""
    code = _countries().get(_folded(given))
    if code is None and given.count(",") == 1:
        first, _, last = given.partition(",")
        code = _countries().get(_folded(f"{last} {first}"))
    return code


_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ][\d:.]+)?(?:Z|[+-]\d{2}:?\d{2})?)?)?")


def iso_date(given: str) -> str | None:
    """A date as `1970`, `1970-03` or `1970-03-12` (time of day and zone left off), or `1970~` where the year is
    approximate (EDTF, ISO 8601-2); None if it is none of these."""
    given = given.strip()
    about = "~" if re.fullmatch(r"\d{4}~", given) else ""
    found = _PARTIAL.fullmatch(given.removesuffix(about))
    if found is None:
        return None
    year, month, day = found.groups()
    try:
        dt.date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    return "-".join(part for part in (year, month, day) if part) + about


def date_by_formats(given: str, formats: tuple[str, ...]) -> str | None:
    """A date by the first of `formats` (as Python's strptime writes them) that fits, as precise as that format is."""
    for form in formats:
        try:
            read = dt.datetime.strptime(given.strip(), form).date()  # noqa: DTZ007 (a date of birth has no zone)
        except (ValueError, OverflowError, re.error):
            continue
        if "%d" in form or "%j" in form or "%x" in form:
            return f"{read.year:04}-{read.month:02}-{read.day:02}"
        if any(sign in form for sign in ("%m", "%b", "%B")):
            return f"{read.year:04}-{read.month:02}"
        return f"{read.year:04}"
    return None


_IN_WORDS = re.compile(r"(?:(\d{1,2}) )?(?:([A-Za-z]{3})[a-z]*\.? )?(\d{4})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

YEARS_SPAN_MAX = 10
"""A birth between two years is taken over as each of these years when they are no more than this many."""


def english_date(given: str) -> str | None:
    """A date in English words, `12 Mar 1970`, `Nov. 1973` or `1970`, as precise as it is; None if it is none."""
    found = _IN_WORDS.fullmatch(given.strip())
    if found is None:
        return None
    day, month, year = found.groups()
    if month is None:
        return year if day is None and int(year) >= 1000 else None
    if month.lower() not in _MONTHS:
        return None
    number = _MONTHS.index(month.lower()) + 1
    return iso_date(f"{year}-{number:02}" + (f"-{int(day):02}" if day else ""))


def years_between(first: str, last: str) -> tuple[str, ...]:
    """Each year from the one date to the other, if they are at most YEARS_SPAN_MAX apart; else none, for so wide a span
    tells nobody apart."""
    if not (re.match(r"\d{4}", first) and re.match(r"\d{4}", last)):
        return ()
    start, end = sorted((int(first[:4]), int(last[:4])))
    return tuple(f"{year:04}" for year in range(start, end + 1)) if end - start <= YEARS_SPAN_MAX else ()
