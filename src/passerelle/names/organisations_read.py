"""The name of an organisation, read: its legal form set aside, its words with their meanings, numbers and countries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from passerelle.names import latin, script, slips, sounds
from passerelle.names.street_words import fold, read_yaml, sound_of
from passerelle.names.towns import read_town

PHRASE_LENGTH_MAX = 4
WORDS_READ_MAX = 60
"""A name of more words is a text; each word is compared with each, so that one of hundreds held up a page."""

WORD, GENERIC, COUNTRY, NUMBER = 0, 1, 2, 3
"""The kinds of token: a word that tells, one of the table of meanings, a country, a number."""

FULL, TOWN, LETTER = 100, 50, 40
"""How much a word says, in hundredths: one of its own, a town, a single letter."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a name: as written (folded), its sound, its meaning where the table has one, how much it says (in
    hundredths) and of what kind it is."""

    raw: str
    sound: str
    meanings: frozenset[int]
    weight: int
    kind: int = WORD


@dataclass(frozen=True, slots=True)
class Organisation:
    """A name of an organisation, read: its words without legal form, the kinds its form may be, and its initials.

    `core` is its only telling word, where it has but one; `alternatives` are the names that a stroke sets apart.
    """

    name: str
    tokens: tuple[Token, ...]
    form: str | None
    kinds: frozenset[str]
    countries: frozenset[str]
    joined: str
    acronyms: frozenset[str]
    core: str
    alternatives: tuple[str, ...]


class Form(NamedTuple):
    """What a legal form may be: of these kinds, in the law of these countries."""

    kinds: frozenset[str]
    countries: frozenset[str]


_NO_COUNTRIES = frozenset({"EU", "INT", "EN"})


@cache
def forms() -> dict[str, Form]:
    """By form without signs: its kinds, and the countries whose law knows it."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    for row in read_yaml("organisations_forms.yaml")["forms"]:
        kind, *countries = (cell.strip() for cell in row.split("|"))
        for cell in countries:
            country, written = cell.split(":", 1)
            for form in written.split(","):
                kinds, lands = found.setdefault(bare(form), (set(), set()))
                kinds.add(kind)
                if country.strip() not in _NO_COUNTRIES:
                    lands.add(country.strip())
    return {form: Form(frozenset(kinds), frozenset(lands)) for form, (kinds, lands) in found.items()}


@cache
def _openings() -> frozenset[str]:
    """Forms that stand before the name as well as behind it in their language: all but those of one or two letters
    that are words elsewhere (*as*, *co*, *sc*)."""
    return frozenset(form for form in forms() if len(form) > 1)


def bare(text: str) -> str:
    """Folded letters and digits only, *&* as *and*."""
    return "".join(c for c in fold(text.replace("&", "and")) if c.isalnum())


@cache
def little() -> frozenset[str]:
    """Small words that say nothing."""
    return frozenset(fold(read_yaml("organisations_words.yaml")["little_words"]).split())


class Meaning(NamedTuple):
    """The rows of the table a word stands in, how much it says, and whether it is a word, a country or a number."""

    rows: frozenset[int]
    weight: int
    kind: int


@cache
def meanings() -> dict[str, Meaning]:
    """By word or phrase without spaces, folded."""
    data = read_yaml("organisations_words.yaml")
    found: dict[str, tuple[set[int], int, int]] = {}
    number = 0

    def add(written: str, weight: int, kind: int) -> None:
        key = "".join(p for p in re.findall(r"[^\W_]+", fold(written)) if p not in little()) or bare(written)
        if key:
            found.setdefault(key, (set(), weight, kind))[0].add(number)

    for row in data["words"]:
        number += 1
        share, *cells = (cell.strip() for cell in row.split("|"))
        for cell in cells:
            for written in filter(None, (w.strip() for w in cell.split(","))):
                add(written, round(100 * float(share)), GENERIC)
    for kind, name, weight in ((NUMBER, "numbers", 100), (COUNTRY, "countries", 100)):
        for row in data[name]:
            number += 1
            for written in row.split(","):
                add(written.strip(), weight, kind)
    return {key: Meaning(frozenset(rows), weight, kind) for key, (rows, weight, kind) in found.items()}


_AND = re.compile(r"\s*(?:&|\+)\s*")
_DOTTED = re.compile(r"(?<![^\W_])((?:[^\W\d_]\.\s?){2,}[^\W\d_]?)(?![^\W_])")
_SLASHED = re.compile(r"(?<![^\W_])([AaKk])/([SsIi])(?![^\W_])")
_LETTER_AND_APOSTROPHE = re.compile(r"(?<![^\W_])([^\W\d_])['’](?=[^\W\d_])")
_QUOTE_BEFORE_WORD = re.compile(r"(?<![^\W_])['’]|['’](?![^\W_])")
_IN_PARENTHESES = re.compile(r"\(([^()]{3,12})\)")
_SPLIT_BY_STROKE = re.compile(r"(?<=[^\W\d_]{3})\s*/\s*(?=[^\W\d_])")
_FORM_JOINED = re.compile(r"(?<=[^\W\d_]{2}[a-zß-ÿ])(?:[A-Z]{2,4}|GmbH)\.?$")
"""A legal form in capitals written on to a name in small letters: *KestrelAG*."""
LONG_FORM = 10
"""So many letters has a legal form that is known again with a slip of the pen in it."""
HALVES = 4
"""So many names may stand in one, parted by strokes."""
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}


@lru_cache(maxsize=65536)
def words_of(name: str) -> tuple[str, ...]:
    """The folded words of a name; `S.A.` and `A.Ş.` joined into one; signs for "and" as the word "and"; *d'* and *l'*
    apart, an apostrophe within a word (*Qa'ida*, *people's*) left out."""
    text = name[: latin.LONGEST]
    joined = _FORM_JOINED.search(text)
    if joined and bare(joined[0]) in forms():
        text = f"{text[: joined.start()]} {joined[0]}"
    text = _SLASHED.sub(r"\1\2", _AND.sub(" and ", text))
    text = _DOTTED.sub(lambda m: m.group(1).replace(".", "").replace(" ", "") + " ", text)
    if any(ord(c) > 0x24F and c.isalpha() for c in text):
        text = " ".join(_latin(part) for part in text.split())
    text = _QUOTE_BEFORE_WORD.sub(" ", _LETTER_AND_APOSTROPHE.sub(r"\1 ", text))
    return tuple(re.findall(r"[^\W_]+", fold(text.replace("'", "").replace("’", ""))))


def _latin(part: str) -> str:
    """A word in another script in plain signs, unless it is a legal form of its own script."""
    if all(ord(c) <= 0x24F or not c.isalpha() for c in part) or bare(part) in forms():
        return part
    return latin.plain(part)


@lru_cache(maxsize=65536)
def read(name: str) -> Organisation:
    """`name` read. Never fails: a text without letters gives no tokens."""
    name = name[: latin.LONGEST]
    words, form, kinds, countries = _without_form(list(words_of(name)))
    content = [word for word in words if word not in little()] or words
    own = _own_acronym(name, content)
    if own:
        content = [word for word in content if word != own]
    tokens = _tokens(content)
    initials = "".join(word[0] for word in content)
    every = "".join(word[0] for word in words if word != own)
    whole = "".join(word[0] for word in words_of(name) if word not in little() and word != own)
    spoken = "".join(token.raw[0] for token in tokens)  # chemins de fer is one word of SNCB
    acronyms = {a for a in (initials, every, whole, own, spoken) if len(a) >= 3}
    telling = [token for token in tokens if token.kind == WORD and token.weight > LETTER]
    core = telling[0].raw if len(telling) == 1 and telling[0].weight > TOWN else ""
    if not core and len(tokens) == 1:
        core = tokens[0].raw
    halves = tuple(
        half for half in (h.strip() for h in _SPLIT_BY_STROKE.split(name, HALVES - 1)) if len(bare(half)) >= 4
    )
    return Organisation(
        name, tuple(tokens), form, kinds, countries, "".join(content), frozenset(acronyms), core,
        halves if len(halves) > 1 else (),
    )  # fmt: skip


def _without_form(words: list[str]) -> tuple[list[str], str | None, frozenset[str], frozenset[str]]:
    known = forms()
    form: str | None = None
    kinds: set[str] = set()
    countries: set[str] = set()
    for at_end in (True, False):  # "Bakker NV" before "NV Bakker"
        for length in range(min(7, len(words) - 1), 0, -1):
            ending = words[-length:] if at_end else words[:length]
            key = "".join(ending)
            key = key if key in known or length > 1 or not at_end else _meant(key)
            if key in known and (at_end or key in _openings()):
                form = " ".join(ending)
                kinds |= known[key].kinds
                countries |= known[key].countries
                words = words[:-length] if at_end else words[length:]
                break
        if form:
            break
    if form and len(words) > 1 and words[-1] in known and len(words[-1]) > 1:
        kinds |= known[words[-1]].kinds
        countries |= known[words[-1]].countries
        words = words[:-1]
    return words, form, frozenset(kinds), frozenset(countries)


@lru_cache(maxsize=8192)
def _meant(word: str) -> str:
    """The long legal form that a word is with one slip (*Aktiengeselschaft*); the word itself for all else."""
    if len(word) < LONG_FORM or word in meanings():
        return word
    found = [form for form in forms() if len(form) >= LONG_FORM and slips.is_slip(word, form)]
    return found[0] if len(found) == 1 else word


def _own_acronym(name: str, content: list[str]) -> str:
    """The name's own initials in parentheses: *Vereniging Groene Linde (VGL)*."""
    for found in _IN_PARENTHESES.findall(name):
        short = bare(found)
        rest = [word for word in content if word != short]
        if 3 <= len(short) <= 8 and short in content and "".join(word[0] for word in rest) == short:
            return short
    return ""


def _tokens(content: list[str]) -> list[Token]:
    tokens: list[Token] = []
    table = meanings()
    content = content[:WORDS_READ_MAX]
    position = 0
    while position < len(content):
        for length in range(min(PHRASE_LENGTH_MAX, len(content) - position), 0, -1):
            piece = "".join(content[position : position + length])
            if piece in table:
                means = table[piece]
                said = " ".join(content[position : position + length])
                tokens.append(Token(said, sound_of(piece), means.rows, means.weight, means.kind))
                position += length
                break
        else:
            word = content[position]
            if position and word in _ROMAN:
                word = _ROMAN[word]
            if any(c.isdigit() for c in word):
                tokens.append(Token(word, word, frozenset(), FULL, NUMBER))
            else:
                weight = TOWN if read_town(word) else LETTER if len(word) == 1 else FULL
                tokens.append(Token(word, sound_of(word), frozenset(), weight))
            position += 1
    return tokens


_ARABIC_ARTICLE = re.compile(r"^(?:ال|لل|وال)(?=\w{2})")
_RUSSIAN_ADJECTIVE = re.compile(r"(?<=\w{4})(?:ск(?:ии|ий|ая|ое|ие|ои)|sk(?:iy|ii|ij|aya|aia|oye|oe))$")
"""*Муромский завод* is the works of Murom; as folded, the last sign of *-ский* is without its accent."""


@lru_cache(maxsize=65536)
def units(word: str) -> tuple[tuple[int, ...], bool]:
    """The spelling units of a word in any script, and whether its script leaves vowels out."""
    stem = _RUSSIAN_ADJECTIVE.sub("", _ARABIC_ARTICLE.sub("", word))
    return sounds.cut(stem), script.script_of(stem) in {"arabic", "hebrew"}
