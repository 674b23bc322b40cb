"""Street names across Dutch, French, German and English: read into words with meanings, and compared by them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz.distance import JaroWinkler, Levenshtein

DATA = Path(__file__).parent / "data"
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
FRENCH, DUTCH, GERMAN, ENGLISH = "fr", "nl", "de", "en"
LANGUAGES = (FRENCH, DUTCH, GERMAN, ENGLISH)
PHRASE_LENGTH_MAX = 4
SHORT_SEGMENTS = frozenset({"ei", "os", "es", "if"})
"""Segments of two letters that may stand inside a compound; any other has at least three."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a street name: as written (folded), as it sounds, what it may mean, how much it says."""

    raw: str
    sound: str
    meanings: frozenset[int]
    weight: float
    plural: bool = False


@dataclass(frozen=True, slots=True)
class Street:
    """A street name, read. `readings` are the ways of cutting it into words (phrases and compounds whole, or split)."""

    name: str
    kinds: frozenset[int]
    language: str | None
    joined: str
    sound: str
    readings: tuple[tuple[Word, ...], ...]


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


def _rows(document: Any) -> Iterable[str]:
    for key, value in document.items():
        if key == "source":
            continue
        for rows in value.values() if isinstance(value, dict) else (value,):
            yield from rows


def _adjectives(town: str) -> Iterator[str]:
    """The Dutch adjective of a town: Brussel → Brussels(e), Jette → Jets(e), Antwerpen → Antwerps(e)."""
    stems = {town}
    if town.endswith("en"):
        stems.add(town[:-2])
        stems.add(town[:-2] + "s")
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
    whole: dict[str, set[int]] = {}
    inside: dict[str, set[int]] = {}
    plurals: set[str] = set()
    labels: list[str] = []

    def add(form: str, meaning: int, within: bool) -> None:
        whole.setdefault(form, set()).add(meaning)
        if within and (len(form) > 2 or form in SHORT_SEGMENTS):
            inside.setdefault(form, set()).add(meaning)

    for name, inflected in (
        ("places_words.yaml", True),
        ("places_geography.yaml", False),
        ("places_persons.yaml", False),
    ):
        for row in _rows(read_yaml(name)):
            meaning = len(labels)
            cells = [cell.strip() for cell in row.split("|")]
            labels.append("".join(w for w in words_of(cells[0].split(",")[0]) if w not in little)[:24])
            for language, cell in zip(LANGUAGES, cells, strict=True):
                for written in cell.split(","):
                    parts = words_of(written)
                    phrase = "".join(p for p in parts if p not in little) or "".join(parts)
                    if not phrase:
                        continue
                    germanic = language in (DUTCH, GERMAN)
                    if inflected:
                        *head, last = [p for p in parts if p not in little] or parts
                        for form, plural in _FORMS[language](last):
                            add("".join(head) + form, meaning, germanic)
                            if plural:
                                plurals.add("".join(head) + form)
                        if (
                            len(head) == 1
                        ):  # inflect the adjective or noun in front as well: croix(s) pierre, rood → rode
                            for form, _ in _FORMS[language](head[0]):
                                for end, _ in _FORMS[language](last):
                                    add(form + end, meaning, germanic)
                    else:
                        add(phrase, meaning, germanic)
                        if germanic:
                            add(phrase + "s", meaning, True)
                            if name == "places_geography.yaml":
                                for adjective in _adjectives(phrase):
                                    add(adjective, meaning, True)
    for row in read_yaml("places_municipalities.yaml")["municipalities"]:
        _, dutch, french, german = (cell.strip() for cell in row.split("|"))
        if not french and not german:
            continue
        meaning = len(labels)
        labels.append("".join(w for w in words_of(french or dutch) if w not in little)[:24])
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
        whole={form: frozenset(m) for form, m in whole.items()},
        inside={form: frozenset(m) for form, m in inside.items()},
        plurals=frozenset(plurals),
        labels=tuple(labels),
        titles=titles,
        kinds={language: {w: frozenset(k) for w, k in of.items()} for language, of in kinds.items()},
        near=near,
        little=little,
        adjectives_before=frozenset(words_of(streets["adjectives_before"])),
        bare=frozenset("".join(words_of(name)) for name in streets["bare_streets"].split(",")),
    )


def _weight(raw: str, meanings: frozenset[int], lex: Lexicon) -> float:
    if len(raw) == 1 and not raw.isdigit():
        return 0.3
    if meanings and meanings & lex.titles:
        return 0.5
    return 1.0


def _word(raw: str, meanings: frozenset[int], lex: Lexicon, *, plural: bool = False) -> Word:
    return Word(raw, sound_of(raw), meanings, _weight(raw, meanings, lex), plural)


def _phrases(tokens: list[str], lex: Lexicon, length_max: int) -> Iterator[tuple[str, frozenset[int], bool]]:
    """Longest phrases first: (text, meanings, whether the little word before it was a plural article)."""
    plural_next = False
    position = 0
    content: list[tuple[str, bool]] = []
    for token in tokens:
        if token in lex.little:
            plural_next = token in ("des", "les", "aux")
            continue
        content.append((token, plural_next))
        plural_next = False
    while position < len(content):
        for length in range(min(length_max, len(content) - position), 0, -1):
            text = "".join(t for t, _ in content[position : position + length])
            meanings = lex.whole.get(text)
            if meanings is not None and (length == 1 or len(text) > 4):
                yield text, meanings, content[position][1] or text in lex.plurals
                position += length
                break
        else:
            yield content[position][0], frozenset(), content[position][1]
            position += 1


_LINKS = ("", "s", "e", "n", "en", "es", "er")


@lru_cache(maxsize=32768)
def _split(compound: str) -> tuple[tuple[str, bool], ...] | None:
    """The cheapest cut of a Dutch or German compound into (part, known); None where it cannot be cut.

    Known parts cost 1, an unknown rest (at most one) costs 2.2, linking letters a little.
    """
    inside = lexicon().inside
    size = len(compound)
    best: list[list[tuple[float, tuple[tuple[str, bool], ...]] | None]] = [[None, None] for _ in range(size + 1)]
    best[0][0] = (0.0, ())
    for start in range(size):
        for unknowns in (0, 1):
            here = best[start][unknowns]
            if here is None:
                continue
            cost, parts = here
            for end in range(start + 2, size + 1):
                piece = compound[start:end]
                if piece in inside:
                    for link in _LINKS:
                        stop = end + len(link)
                        if link and (stop >= size or not compound.startswith(link, end)):
                            continue
                        total = cost + 1 + 0.15 * len(link) - 0.02 * len(piece)
                        there = best[stop][unknowns]
                        if there is None or total < there[0]:
                            best[stop][unknowns] = (total, (*parts, (piece, True)))
                elif unknowns == 0 and len(piece) >= 3 and (start == 0 or end == size) and len(piece) < size:
                    total = cost + 2.2
                    there = best[end][1]
                    if there is None or total < there[0]:
                        best[end][1] = (total, (*parts, (piece, False)))
    options = [option for option in best[size] if option is not None and len(option[1]) > 1]
    return min(options, key=lambda option: option[0])[1] if options else None


def _find_kind(tokens: list[str], lex: Lexicon) -> tuple[frozenset[int], str | None, list[str]]:
    """The kind of street, the language it is said in, and the words that are left."""
    kinds = lex.kinds
    if len(tokens) > 1:
        for first in (0, 1):
            if first == 1 and (tokens[0] not in lex.adjectives_before or len(tokens) < 2):
                break
            for length in (2, 1):
                head = "".join(tokens[first : first + length])
                left = tokens[:first] + tokens[first + length :]
                if head in kinds[FRENCH] and left and not (len(head) == 1 and first == 1):
                    if (
                        tokens[-1] in kinds[DUTCH]
                        and tokens[-1] not in kinds[FRENCH]
                        and head not in ("rue", "avenue", "place", "chemin")
                    ):
                        break
                    return kinds[FRENCH][head], FRENCH, left
    last = tokens[-1]
    if len(tokens) > 1:
        for language in (DUTCH, GERMAN, ENGLISH):
            if last in kinds[language] and len(last) > 1:
                return kinds[language][last], language, tokens[:-1]
        if last in ("avenue", "place", "boulevard"):
            return kinds[FRENCH][last], FRENCH, tokens[:-1]
    attached = [
        (len(kind), language, kind)
        for language in (DUTCH, GERMAN)
        for kind in kinds[language]
        if len(kind) > 2 and last.endswith(kind) and len(last) > len(kind) + 1
    ]
    if attached:
        size, language, kind = max(attached, key=lambda a: (a[0], a[1] == DUTCH))
        return kinds[language][kind], language, [*tokens[:-1], last[:-size]]
    if len(tokens) > 1:
        for language in (DUTCH, GERMAN, ENGLISH):
            if tokens[0] in kinds[language]:
                return kinds[language][tokens[0]], language, tokens[1:]
    return frozenset(), None, tokens


@lru_cache(maxsize=65536)
def read_street(name: str) -> Street:
    """Read one street name (no number, no town) into its kind, its words and their meanings."""
    lex = lexicon()
    tokens = words_of(name)
    if not tokens:
        return Street(name, frozenset(), None, "", "", ((),))
    if "".join(tokens) in lex.bare:
        kinds, language, left = lex.kinds[FRENCH]["place"], None, tokens
    else:
        kinds, language, left = _find_kind(tokens, lex)
    content = [token for token in left if token not in lex.little]
    if not content:
        content = left = ["".join(left)]
    joined = "".join(content)
    readings: list[tuple[Word, ...]] = []
    for length_max in (PHRASE_LENGTH_MAX, 1):
        whole: list[Word] = []
        cut: list[Word] = []
        for text, meanings, plural in _phrases(left, lex, length_max):
            word = _word(text, meanings, lex, plural=plural)
            whole.append(word)
            parts = None if language == FRENCH or len(text) < (8 if meanings else 5) else _split(text)
            if parts is None or (meanings and not all(known for _, known in parts)):
                cut.append(word)
            else:
                for part, known in parts:
                    means = lex.inside[part] if known else frozenset()
                    cut.append(_word(part, means, lex, plural=part in lex.plurals))
        readings += [reading for reading in (tuple(whole), tuple(cut)) if reading not in readings]
    return Street(name, kinds, language, joined, sound_of(joined), tuple(readings))


@lru_cache(maxsize=262144)
def _likeness(left: str, right: str) -> float:
    """How alike two unknown words sound, 0 to 1; below a floor nothing."""
    if left == right:
        return 0.96
    ratio = max(Levenshtein.normalized_similarity(left, right), JaroWinkler.similarity(left, right) - 0.12)
    return 0.0 if ratio < 0.5 else 0.92 * (ratio - 0.3) / 0.7


def _word_likeness(left: Word, right: Word) -> float:
    if left.raw == right.raw:
        return 1.0
    if left.meanings and right.meanings:
        if left.meanings & right.meanings:
            return 0.97 if left.plural == right.plural else 0.955
        alike = _likeness(left.sound, right.sound)
        return alike * 0.8 if alike > 0.75 else 0.0
    if len(left.raw) == 1 or len(right.raw) == 1:
        return 0.7 if left.raw[0] == right.raw[0] else 0.0
    if left.raw[0].isdigit() or right.raw[0].isdigit():
        return 0.8 if left.raw.rstrip("e") == right.raw.rstrip("e") else 0.0
    return _likeness(left.sound, right.sound)


def _reading_likeness(left: tuple[Word, ...], right: tuple[Word, ...]) -> float:
    total = 0.0
    for word in left:
        total += word.weight
    for word in right:
        total += word.weight
    if not total:
        return 0.0
    pairs = []
    for i, one in enumerate(left):
        for j, other in enumerate(right):
            alike = _word_likeness(one, other)
            if alike > 0.0:
                pairs.append((alike, i, j, one.weight + other.weight))
    if not pairs:
        return 0.0
    if len(pairs) > 1:
        pairs.sort(reverse=True)
    matched = 0.0
    used_left = used_right = 0
    for alike, i, j, weight in pairs:
        if used_left >> i & 1 or used_right >> j & 1:
            continue
        used_left |= 1 << i
        used_right |= 1 << j
        matched += alike * weight
    return matched / total


def kind_likeness(left: Street, right: Street) -> float:
    """1 where both are called by the same kind, less for neighbouring kinds, least for kinds nobody confuses."""
    if not left.kinds or not right.kinds:
        return 0.6
    if left.kinds & right.kinds:
        return 1.0
    near = lexicon().near
    if any(near[kind] & right.kinds for kind in left.kinds) or any(near[kind] & left.kinds for kind in right.kinds):
        return 0.8
    return 0.0


KIND_SHARE = 0.14
"""How much of the score hangs on the kind of street (avenue, lane): "Louise" is more of a name than "avenue"."""


def street_likeness(left: Street, right: Street) -> float:
    """How likely two street names are one street's, 0 to 1, whatever their languages."""
    if left.joined == right.joined and left.joined:
        content = 1.0
    else:
        content = 0.98 * Levenshtein.normalized_similarity(left.joined, right.joined, score_cutoff=0.6)
        if left.sound == right.sound and left.sound:
            content = max(content, 0.96)
        for one in left.readings:
            for other in right.readings:
                alike = _reading_likeness(one, other)
                if alike > content:
                    content = alike
    return content * (1.0 - KIND_SHARE + KIND_SHARE * kind_likeness(left, right))


def street_keys(street: Street) -> frozenset[str]:
    """Short words by which translations of one street name find each other: meanings, or sounds of unknown words."""
    lex = lexicon()
    found: set[str] = set()
    for reading in street.readings:
        for word in reading:
            if (
                word.weight >= 1.0 and (len(word.raw) > 2 or word.raw[0].isdigit()) and word.raw != street.joined
            ) or word.meanings:
                found.update(lex.labels[m] for m in word.meanings) if word.meanings else found.add(word.sound[:24])
    if street.sound:
        found.add("=" + street.sound[:32])
    return frozenset(found)
