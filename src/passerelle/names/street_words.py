"""The words that streets are made of, in Dutch, French, German and English: folded, inflected, by meaning."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data"
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
FRENCH, DUTCH, GERMAN, ENGLISH = "fr", "nl", "de", "en"
LANGUAGES = (FRENCH, DUTCH, GERMAN, ENGLISH)
SHORT_SEGMENTS = frozenset({"ei", "os", "es", "if"})
"""Segments of two letters that may stand inside a compound; any other has at least three."""


def read_yaml(name: str) -> Any:
    """The parsed content of one data file of this package."""
    return yaml.load((DATA / name).read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 (a safe loader, in C)


_LETTERS = str.maketrans(
    {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "’": "'", "ʼ": "'"}
)


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Lower case, without accents; ligatures written out."""
    text = text.translate(_LETTERS).casefold()
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


_WORD = re.compile(r"[^\W_]+")
_ORDINAL = re.compile(r"^(\d+)(?:ere|er|re|eme|ieme|e|de|ste|th|st|nd|rd)$")


def words_of(text: str) -> list[str]:
    """The folded words of a text; ordinals in one form (`12ème`, `12de`, `12th` → `12e`)."""
    found = []
    for word in _WORD.findall(fold(text)):
        ordinal = _ORDINAL.match(word)
        found.append(ordinal.group(1) + "e" if ordinal else word)
    return found


_SOUNDS = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (r"sch\b", "s"),
        (r"(?:tion|tie|cie|sie)s?\b", "si"),
        (r"(?:ique|iek|isch|ica|ics?)(?=s?\b)", "ik"),
        (r"(?:teit|te|taet|tat)\b", "te"),
        (r"(?:ville)\b", "vil"),
        (r"uy|uij|ui", "ui"),
        (r"ij|ey|ei|y", "i"),
        (r"ae|aa", "a"),
        (r"oe|ou", "u"),
        (r"ie", "i"),
        (r"eau|au", "o"),
        (r"ph", "f"),
        (r"th", "t"),
        (r"gh", "g"),
        (r"ck|qu|q", "k"),
        (r"ch", "h"),
        (r"c(?=[eiy])", "s"),
        (r"c", "k"),
        (r"x", "ks"),
        (r"z", "s"),
        (r"w", "v"),
        (r"j", "i"),
        (r"([a-z])\1+", r"\1"),
        (r"(?<=[aeiou])h\b", ""),
        (r"(?:ens|en|es|us|os|as|e|s|a|n)\b", ""),
    )
)


@lru_cache(maxsize=65536)
def sound_of(folded: str) -> str:
    """A rough common sound of a word in French and the Germanic languages, old spellings included
    (`Ruysbroeck` and `Ruisbroek`, `valériane` and `valeriaan`). Not for persons' names: see names/sounds.py."""
    sound = folded
    for pattern, by in _SOUNDS:
        sound = pattern.sub(by, sound)
    return sound or folded


_VOWELS = "aeiou"


def _dutch_forms(word: str) -> Iterator[tuple[str, bool]]:
    """The word with its plurals and inflections (over-generating), each with whether it is a plural."""
    yield word, False
    stem = word
    if word.endswith("e"):
        yield from ((word + "n", True), (word + "s", True))
        return
    if len(word) > 2 and word[-1] not in _VOWELS:
        if word[-2] == word[-3] and word[-2] in _VOWELS:
            stem = word[:-2] + word[-1]
        elif word[-2] in _VOWELS and word[-3] not in _VOWELS and word[-1] not in "wx":
            stem = word + word[-1]
            yield from ((word + "en", True), (word + "e", False))
        if stem[-1] == "f":
            yield from ((stem[:-1] + "ven", True), (stem[:-1] + "ve", False), (stem[:-1] + "v", False))
        if stem[-1] == "s" and not stem.endswith("ss"):
            yield from ((stem[:-1] + "zen", True), (stem[:-1] + "ze", False))
        yield from ((stem + "en", True), (stem + "e", False), (stem + "er", False), (stem + "eren", True))
    yield from (
        (word + "s", True),
        (word + "tje", False),
        (word + "tjes", True),
        (word + "je", False),
        (word + "jes", True),
    )
    if word[-1] in "iuao":
        yield from ((word + "en", True), (word + "n", True))
    if word.endswith("heid"):
        yield word[:-4] + "heden", True


def _german_forms(word: str) -> Iterator[tuple[str, bool]]:
    yield word, False
    for end in ("e", "en", "er", "n", "s", "es", "em", "ern"):
        yield word + end, end in ("e", "en", "er", "n", "ern")
    if word.endswith("e") and len(word) > 4:
        yield word[:-1], False  # Kirche, Kirchstraße


def _french_forms(word: str) -> Iterator[tuple[str, bool]]:
    yield word, False
    yield from ((word + "s", True), (word + "x", True), (word + "e", False), (word + "es", True))
    if word.endswith("al"):
        yield word[:-2] + "aux", True
    if word.endswith("er"):
        yield from ((word[:-2] + "ere", False), (word[:-2] + "eres", True))
    if word.endswith("eur"):
        yield from ((word[:-1] + "se", False), (word[:-1] + "ses", True), (word[:-3] + "rice", False))
    if word.endswith("eux"):
        yield from ((word[:-1] + "se", False), (word[:-1] + "ses", True))
    if word.endswith("f"):
        yield from ((word[:-1] + "ve", False), (word[:-1] + "ves", True))
    if word[-1:] in "nlt":
        yield from ((word + word[-1] + "e", False), (word + word[-1] + "es", True))


def _english_forms(word: str) -> Iterator[tuple[str, bool]]:
    yield word, False
    yield from ((word + "s", True), (word + "es", True))
    if word.endswith("y"):
        yield word[:-1] + "ies", True


_FORMS = {FRENCH: _french_forms, DUTCH: _dutch_forms, GERMAN: _german_forms, ENGLISH: _english_forms}


@dataclass(frozen=True)
class Lexicon:
    """What street words mean. Forms are folded, without little words or spaces."""

    whole: dict[str, frozenset[int]]
    """Forms of all four languages, for words that stand by themselves."""
    inside: dict[str, frozenset[int]]
    """Forms of Dutch and German, for parts of compounds."""
    plurals: frozenset[str]
    dutch: tuple[tuple[str, ...], ...]
    """By meaning, its Dutch words as the table has them."""
    labels: tuple[str, ...]
    """By meaning: a short stable name of it, for keys."""
    titles: frozenset[int]
    kinds: dict[str, dict[str, frozenset[int]]]
    """By language, the words for kinds of street."""
    near: dict[int, frozenset[int]]
    little: frozenset[str]
    adjectives_before: frozenset[str]
    bare: frozenset[str]
    """Names that are a whole street without a kind: Grand-Place, Grote Markt."""


def rows_of(block: str) -> list[list[str]]:
    """The rows of one block of a data file: a row a line, its cells split by a bar."""
    return [[cell.strip() for cell in line.split("|")] for line in block.splitlines() if line.strip()]


def _rows(document: Any) -> Iterator[list[str]]:
    for key, value in document.items():
        if key != "source":
            for block in value.values() if isinstance(value, dict) else (value,):
                yield from rows_of(block)


def _adjectives(town: str) -> Iterator[str]:
    """The Dutch adjective of a town: Brussel → Brussels(e), Jette → Jets(e), Antwerpen → Antwerps(e)."""
    stems = {town}
    if town.endswith("en"):
        stems.add(town[:-2])
        stems.add(town[:-2] + "s")
        if len(town) > 4 and town[-4] in _VOWELS and town[-3] not in _VOWELS and town[-5] not in _VOWELS:
            stems.add(town[:-3] + town[-4] + town[-3])  # Namen, Naamse
    if town.endswith("e"):
        stems.add(town[:-1])
    if town.endswith("ve"):
        stems.add(town[:-2] + "f")
    if len(town) > 4 and town[-1] not in _VOWELS and town[-2] == town[-3] and town[-2] in _VOWELS:
        stems.add(town[:-2] + town[-1])
    if town.endswith("oo"):
        stems.add(town[:-1])
    for stem in stems:
        yield from (stem + end for end in ("s", "se", "er", "ers", "erse", "e", "sche"))


@cache
def lexicon() -> Lexicon:
    """The words of the data files, inflected, by form. Read once."""
    streets = read_yaml("places_streets.yaml")
    little = frozenset(words_of(streets["little_words"]))
    whole: dict[str, frozenset[int]] = {}
    inside: dict[str, frozenset[int]] = {}
    shared: dict[frozenset[int], frozenset[int]] = {}
    plurals: set[str] = set()
    labels: list[str] = []
    dutch_words: list[tuple[str, ...]] = []

    def put(forms: dict[str, frozenset[int]], form: str, meaning: frozenset[int]) -> None:
        """Equal sets of meanings are one object: most forms mean one thing, and there are many forms."""
        old = forms.setdefault(form, meaning)
        if old is not meaning and not meaning <= old:
            union = old | meaning
            forms[form] = shared.setdefault(union, union)

    def add(form: str, meaning: frozenset[int], within: bool) -> None:
        put(whole, form, meaning)
        if within and (len(form) > 2 or form in SHORT_SEGMENTS):
            put(inside, form, meaning)

    def inflect(first: str, word: str, last: str, language: str, meaning: frozenset[int]) -> list[str]:
        """Adds each form of a word, with what stands before and after it; its plurals. Half a million forms are put:
        those that mean one thing are not looked at twice."""
        germanic = language in (DUTCH, GERMAN)
        many = []
        for form, plural in _FORMS[language](word):
            said = f"{first}{form}{last}"
            if plural:
                many.append(said)
            if whole.setdefault(said, meaning) is not meaning:
                put(whole, said, meaning)
            if germanic and (len(said) > 2 or said in SHORT_SEGMENTS):  # noqa: SIM102 (as above)
                if inside.setdefault(said, meaning) is not meaning:
                    put(inside, said, meaning)
        return many

    def meant(label: str, dutch: tuple[str, ...]) -> frozenset[int]:
        labels.append("".join(w for w in words_of(label) if w not in little)[:24])
        dutch_words.append(dutch)
        return frozenset((len(labels) - 1,))

    for name, inflected in (
        ("places_words.yaml", True),
        ("places_words_nature.yaml", True),
        ("places_words_things.yaml", True),
        ("places_words_society.yaml", True),
        ("places_words_flemish.yaml", True),
        ("places_geography.yaml", False),
        ("places_persons.yaml", False),
    ):
        for cells in _rows(read_yaml(name)):
            meaning = meant(cells[0].split(",")[0], tuple("".join(words_of(w)) for w in cells[1].split(",")))
            for language, cell in zip(LANGUAGES, cells, strict=True):
                germanic = language in (DUTCH, GERMAN)
                for written in cell.split(","):
                    parts = words_of(written)
                    parts = [p for p in parts if p not in little] or parts
                    if not parts:
                        continue
                    phrase = "".join(parts)
                    if inflected:
                        *head, last = parts
                        start = "".join(head)
                        plurals.update(inflect(start, last, "", language, meaning))
                        if len(head) == 1:  # the first word is inflected as well: croix(s) pierre, rood → rode
                            both = inflect("", start, last, language, meaning)
                            if language == FRENCH:  # both are plural: hêtres pourpres
                                ends = [end for end, also in _french_forms(last) if also]
                                for form in both:
                                    for end in ends:
                                        add(form.removesuffix(last) + end, meaning, False)
                    else:
                        add(phrase, meaning, germanic)
                        if germanic:
                            add(phrase + "s", meaning, True)
                            if name == "places_geography.yaml":
                                for adjective in _adjectives(phrase):
                                    add(adjective, meaning, True)
    for _, dutch, french, german in rows_of(read_yaml("places_municipalities.yaml")["municipalities"]):
        if not french and not german:
            continue
        meaning = meant(french or dutch, ())
        for form in {"".join(p for p in words_of(t) if p not in little) for t in (dutch, french, german)} - {""}:
            add(form, meaning, False)
        phrase = "".join(words_of(dutch))
        add(phrase, meaning, True)
        for adjective in _adjectives(phrase):
            add(adjective, meaning, True)

    kinds: dict[str, dict[str, set[int]]] = {language: {} for language in LANGUAGES}
    numbers: dict[str, int] = {}
    near: dict[int, frozenset[int]] = {}
    table = [[cell.strip() for cell in row.split("|")] for row in streets["kinds"]]
    for number, cells in enumerate(table):
        numbers[cells[0]] = number
        for language, cell in zip(LANGUAGES, cells[1:5], strict=True):
            for written in filter(None, cell.split(",")):
                kinds[language].setdefault("".join(words_of(written)), set()).add(number)
    for cells in table:
        near[numbers[cells[0]]] = frozenset(numbers[n] for n in cells[5].split())
    titles = frozenset(m for w in words_of(streets["titles"]) for m in whole.get(w, ()))
    return Lexicon(
        whole=whole,
        inside=inside,
        plurals=frozenset(plurals),
        dutch=tuple(dutch_words),
        labels=tuple(labels),
        titles=titles,
        kinds={language: {w: frozenset(k) for w, k in of.items()} for language, of in kinds.items()},
        near=near,
        little=little,
        adjectives_before=frozenset(words_of(streets["adjectives_before"])),
        bare=frozenset("".join(words_of(name)) for name in streets["bare_streets"].split(",")),
    )
