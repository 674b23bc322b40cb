"""Towns by all their names (Mechelen, Malines, Mecheln), and by postcode."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from passerelle.names.street_words import read_yaml, rows_of, words_of
from passerelle.words import noop

LANGUAGE_COLUMNS = ("fr", "nl", "de", "en")
BRUSSELS_POSTCODES = range(1000, 1300)
"""The postcodes of the Brussels-Capital Region: whoever writes "Brussels" may mean any of
its nineteen municipalities."""

LANGUAGE_WORDS = {"fr": noop("French"), "nl": noop("Dutch"), "de": noop("German"), "en": noop("English")}
_ABBREVIATIONS = {"sint": "st", "saint": "st", "sankt": "st", "sainte": "st", "ste": "st", "san": "st"} | {
    "bxl": "bruxelles",
    "bru": "bruxelles",
    "bsl": "brussel",
}
_DROPPED = frozenset(("le", "la", "les", "de", "den", "l", "ter", "te", "sur", "am", "an", "der"))


@dataclass(frozen=True, slots=True)
class Town:
    """A town as written, with the identities it may have and the languages whose name for it this is."""

    name: str
    identities: frozenset[int]
    languages: frozenset[str]
    in_brussels: bool
    is_brussels: bool
    postcodes: frozenset[str]


def _town_key(name: str) -> str:
    words = [_ABBREVIATIONS.get(word, word) for word in words_of(name)]
    return "".join(word for word in words if word not in _DROPPED) or "".join(words)


@cache
def _table() -> tuple[
    dict[str, dict[int, set[str]]], dict[int, tuple[str, ...]], dict[int, frozenset[str]], dict[str, set[int]]
]:
    """By key of a name: identities with languages; by identity: all names, postcodes; by postcode: identities."""
    by_key: dict[str, dict[int, set[str]]] = {}
    names: dict[int, tuple[str, ...]] = {}
    postcodes: dict[int, frozenset[str]] = {}
    by_postcode: dict[str, set[int]] = {}

    def add(name: str, identity: int, language: str) -> None:
        by_key.setdefault(_town_key(name), {}).setdefault(identity, set()).add(language)

    identity = 0
    for codes, dutch, french, german in rows_of(read_yaml("places_municipalities.yaml")["municipalities"]):
        identity += 1
        add(dutch, identity, "nl")
        add(french or dutch, identity, "fr")
        if german:
            add(german, identity, "de")
        names[identity] = tuple(dict.fromkeys(n for n in (dutch, french, german) if n))
        postcodes[identity] = frozenset(codes.split())
        for code in codes.split():
            by_postcode.setdefault(code, set()).add(identity)
    for row in rows_of(read_yaml("places_geography.yaml")["towns"]):
        identity += 1
        cells = [[n.strip() for n in cell.split(",") if n.strip()] for cell in row]
        for language, cell in zip(LANGUAGE_COLUMNS, cells, strict=True):
            for name in cell:
                add(name, identity, language)
        names[identity] = tuple(dict.fromkeys(n for cell in cells for n in cell))
    return by_key, names, postcodes, by_postcode


@lru_cache(maxsize=65536)
def read_town(name: str) -> Town | None:
    """The town of that name in any of the four languages; None where it is not known."""
    by_key, _, postcodes, _ = _table()
    found = by_key.get(_town_key(name))
    if not found:
        return None
    codes = frozenset(code for identity in found for code in postcodes.get(identity, ()))
    languages = frozenset(language for of in found.values() for language in of)
    brussels = by_key["brussel"].keys() & found.keys()
    in_brussels = any(int(code) in BRUSSELS_POSTCODES for code in codes) or _town_key(name) in _BRUSSELS_QUARTERS
    return Town(name, frozenset(found), languages, in_brussels, bool(brussels), codes)


_BRUSSELS_QUARTERS = frozenset(
    words_of(
        "laeken laken haren nederoverheembeek boitsfort bosvoorde watermael watermaal molenbeek woluwe "
        "stjosse stjoost cureghem kuregem stockel stokkel"
    )
)


def town_forms(name: str) -> frozenset[str]:
    """Every name of the town (`Malines` → Malines, Mechelen, Mecheln, Mechlin); at least the name itself."""
    town = read_town(name)
    if town is None:
        return frozenset((name,))
    _, names, _, _ = _table()
    return frozenset(n for identity in town.identities for n in names[identity]) | {name}


def names_of(identity: int) -> tuple[str, ...]:
    """Every name of one town, by its identity."""
    return _table()[1][identity]


def municipalities_at(postcode: str) -> frozenset[int]:
    """The identities of the Belgian municipalities with that postcode."""
    return frozenset(_table()[3].get(postcode, ()))


def town_key(name: str) -> str:
    """One short word for a town under whichever of its names; a folded spelling where it is not known."""
    town = read_town(name)
    return f"t{min(town.identities)}" if town else _town_key(name)[:24]
