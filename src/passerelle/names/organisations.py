"""Names of organisations: legal forms set aside, words translated, acronyms read out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz.distance import JaroWinkler, Levenshtein

from passerelle.names import latin, script, sounds
from passerelle.names.comparison import Comparison
from passerelle.names.street_words import fold, read_yaml, sound_of
from passerelle.names.towns import read_town, town_key
from passerelle.words import Sentence, noop, sentence

FORM_DIFFERS = 0.94
FORM_OF_OTHER_LANGUAGE = 1.0
PHRASE_LENGTH_MAX = 4


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a name: as written (folded), its sound, its meaning where the table has one, how much it says."""

    raw: str
    sound: str
    meanings: frozenset[int]
    weight: float


@dataclass(frozen=True, slots=True)
class Organisation:
    """A name of an organisation, read: its words without legal form, the kinds its form may be, and its initials."""

    name: str
    tokens: tuple[Token, ...]
    form: str | None
    form_kinds: frozenset[str]
    joined: str
    acronyms: frozenset[str]


@cache
def _forms() -> dict[str, frozenset[str]]:
    """By form without signs: its kinds."""
    found: dict[str, set[str]] = {}
    for row in read_yaml("organisations_forms.yaml")["forms"]:
        kind, *countries = (cell.strip() for cell in row.split("|"))
        for cell in countries:
            for form in cell.split(":", 1)[1].split(","):
                found.setdefault(_bare(form), set()).add(kind)
    return {form: frozenset(kinds) for form, kinds in found.items()}


def _bare(text: str) -> str:
    return "".join(c for c in fold(text.replace("&", "and")) if c.isalnum())


@cache
def _little() -> frozenset[str]:
    return frozenset(fold(read_yaml("organisations_words.yaml")["little_words"]).split())


@cache
def _meanings() -> dict[str, tuple[frozenset[int], float]]:
    found: dict[str, tuple[set[int], float]] = {}
    for number, row in enumerate(read_yaml("organisations_words.yaml")["words"]):
        weight, *cells = (cell.strip() for cell in row.split("|"))
        for cell in cells:
            for written in filter(None, (w.strip() for w in cell.split(","))):
                key = "".join(p for p in re.findall(r"[^\W_]+", fold(written)) if p not in _little()) or _bare(written)
                meanings, _ = found.setdefault(key, (set(), float(weight)))
                meanings.add(number)
    return {key: (frozenset(meanings), weight) for key, (meanings, weight) in found.items()}


_AND = re.compile(r"\s*(?:&|\+)\s*")
_DOTTED = re.compile(r"(?<![^\W_])((?:[^\W\d_]\.\s?){2,}[^\W\d_]?)(?![^\W_])")
_SLASHED = re.compile(r"(?<![^\W_])([AaKk])/([SsIi])(?![^\W_])")


@lru_cache(maxsize=65536)
def _words(name: str) -> tuple[str, ...]:
    """The folded words of a name; `S.A.` and `A.Ş.` joined into one; signs for "and" as the word "and"."""
    text = _SLASHED.sub(r"\1\2", _AND.sub(" and ", name))
    text = _DOTTED.sub(lambda m: m.group(1).replace(".", "").replace(" ", "") + " ", text)
    if any(ord(c) > 0x24F and c.isalpha() for c in text):
        text = " ".join(_latin(part) for part in text.split())
    return tuple(re.findall(r"[^\W_]+", fold(text.replace("'", " ").replace("’", " "))))


def _latin(part: str) -> str:
    """A word in another script in Latin letters, unless it is a legal form of its own script."""
    if all(ord(c) <= 0x24F or not c.isalpha() for c in part) or _bare(part) in _forms():
        return part
    return latin.plain(part)


@lru_cache(maxsize=65536)
def _read(name: str) -> Organisation:
    forms, little = _forms(), _little()
    words = list(_words(name))
    form: str | None = None
    kinds: frozenset[str] = frozenset()
    for at_end in (True, False):  # "Bakker NV" before "NV Bakker"
        for length in range(min(6, len(words) - 1), 0, -1):
            ending = words[-length:] if at_end else words[:length]
            key = "".join(ending)
            if key in forms and (at_end or len(key) > 1):
                form = form or " ".join(ending)
                kinds = kinds | forms[key]
                words = words[:-length] if at_end else words[length:]
                break
        if form:
            break
    if form and len(words) > 1 and words[-1] in forms and len(words[-1]) > 1:
        kinds |= forms[words[-1]]
        words = words[:-1]
    content = [word for word in words if word not in little] or words
    tokens = []
    meanings = _meanings()
    position = 0
    while position < len(content):
        for length in range(min(PHRASE_LENGTH_MAX, len(content) - position), 0, -1):
            piece = "".join(content[position : position + length])
            if piece in meanings:
                means, weight = meanings[piece]
                said = " ".join(content[position : position + length])
                tokens.append(Token(said, sound_of(piece), means, weight))
                position += length
                break
        else:
            word = content[position]
            weight = 0.5 if read_town(word) else (0.4 if len(word) == 1 else 1.0)
            tokens.append(Token(word, sound_of(word), frozenset(), weight))
            position += 1
    initials = "".join(word[0] for word in content)
    every = "".join(word[0] for word in words)
    whole = "".join(word[0] for word in _words(name) if word not in little)
    acronyms = {a for a in (initials, every, whole) if len(a) >= 3}
    return Organisation(name, tuple(tokens), form, kinds, "".join(content), frozenset(acronyms))


def legal_form(name: str) -> str | None:
    """The legal form in a name, folded (`Bakkerij Peeters N.V.` → `nv`); None where there is none."""
    return _read(name).form


def without_form(name: str) -> str:
    """The name without its legal form and little words, folded."""
    return " ".join(token.raw for token in _read(name).tokens)


_LATIN = re.compile(r"^[\x00-\u024f]*$")
_ARABIC_ARTICLE = re.compile(r"^(?:ال|لل|وال)(?=\w{2})")


@lru_cache(maxsize=65536)
def _units(word: str) -> tuple[tuple[int, ...], bool]:
    """The spelling units of a word in any script, and whether its script leaves vowels out."""
    bare = _ARABIC_ARTICLE.sub("", word)
    return sounds.cut(bare), script.script_of(bare) in {"arabic", "hebrew"}


HEARD_FROM = 0.45
"""Words spelt less alike than this are not listened to: they never sound nine tenths alike in one script."""


def _heard_alike(left: str, right: str) -> float:
    """How alike two words sound, in whatever scripts."""
    (one, one_abjad), (other, other_abjad) = _units(left), _units(right)
    if not one or not other:
        return 0.0
    weight = max(sounds.weigh(one), sounds.weigh(other), 1)
    return max(0.0, 1.0 - sounds.distance(one, other, one_abjad, other_abjad) / weight)


@lru_cache(maxsize=262144)
def _alike(left: Token, right: Token) -> float:
    if left.raw == right.raw:
        return 1.0
    if left.meanings & right.meanings:
        return 0.96
    if left.meanings and right.meanings:
        return 0.0
    if len(left.raw) == 1 or len(right.raw) == 1:
        return 0.6 if left.raw[0] == right.raw[0] else 0.0
    if any(c.isdigit() for c in left.raw + right.raw):
        return 0.0
    one, other = read_town(left.raw), read_town(right.raw)
    if one and other and one.identities & other.identities:
        return 0.96
    if left.sound == right.sound and len(left.sound) > 2:
        return 0.94
    if not (_LATIN.match(left.raw) and _LATIN.match(right.raw)):
        alike = _heard_alike(left.raw, right.raw)
        return 0.95 * alike if alike >= 0.7 else 0.0
    ratio = max(
        Levenshtein.normalized_similarity(left.raw, right.raw),
        Levenshtein.normalized_similarity(left.sound, right.sound) - 0.03,
        JaroWinkler.similarity(left.raw, right.raw) - 0.14,
    )
    spelt = 0.0 if ratio < 0.7 else (ratio - 0.4) / 0.6
    if spelt < 0.85 and ratio >= HEARD_FROM and min(len(left.raw), len(right.raw)) > 4:
        heard = _heard_alike(left.raw, right.raw)
        return max(spelt, 0.92 * heard) if heard >= 0.9 else spelt
    return spelt


SAME_NAME = noop("“{left}” and “{right}” are one name.")
SAME_WORD = noop("Both names contain “{word}”.")
TRANSLATED_WORD = noop("“{right}” is another language's word for “{left}”.")
NEAR_WORD = noop("“{left}” and “{right}” are spelt alike.")
LEFT_OUT = noop("Only one of the names has “{word}”.")
FORM_TRANSLATED = noop("“{left}” and “{right}” are legal forms of one kind.")
FORM_DIFFERENT = noop("The legal forms “{left}” and “{right}” differ in kind.")
ACRONYM = noop("“{short}” may be the initials of “{long}”.")
NO_NAME = noop("There is no name to compare.")


def compare_organisations(left: str, right: str) -> Comparison:
    """Whether two names may be one organisation's, across languages and legal forms."""
    one, other = _read(left), _read(right)
    if not one.tokens or not other.tokens:
        return Comparison(0.0, (sentence(NO_NAME),))
    reasons: list[Sentence] = []
    if one.joined == other.joined:
        score = 1.0
        reasons.append(sentence(SAME_NAME, left=left, right=right))
    else:
        score = _aligned(one, other, reasons)
        joined = Levenshtein.normalized_similarity(one.joined, other.joined)
        if joined > 0.85 and joined * 0.97 > score and not _numbered_apart(one, other):
            score = joined * 0.97
            reasons = [sentence(NEAR_WORD, left=left, right=right)]
        for short, long in ((one, other), (other, one)):
            if len(short.tokens) == 1 and len(long.tokens) >= 2 and short.joined in long.acronyms and score < 0.78:
                score = 0.78
                reasons = [sentence(ACRONYM, short=short.name, long=long.name)]
    if one.form and other.form:
        if one.form == other.form:
            pass
        elif one.form_kinds & other.form_kinds:
            score *= FORM_OF_OTHER_LANGUAGE
            reasons.append(sentence(FORM_TRANSLATED, left=one.form.upper(), right=other.form.upper()))
        else:
            score *= FORM_DIFFERS
            reasons.append(sentence(FORM_DIFFERENT, left=one.form.upper(), right=other.form.upper()))
    return Comparison(min(1.0, score), tuple(reasons))


def _numbered_apart(one: Organisation, other: Organisation) -> bool:
    """Whether numbers set them apart: "Unit 12" and "Unit 13" are spelt alike and are not alike."""
    return _numbered(one) != _numbered(other)


def _numbered(name: Organisation) -> list[str]:
    return sorted(token.raw for token in name.tokens if any(c.isdigit() for c in token.raw))


def _aligned(one: Organisation, other: Organisation, reasons: list[Sentence]) -> float:
    pairs = sorted(
        (
            (alike, -i, -j)
            for i, a in enumerate(one.tokens)
            for j, b in enumerate(other.tokens)
            if (alike := _alike(a, b)) > 0.0
        ),
        reverse=True,
    )
    free_left, free_right = set(range(len(one.tokens))), set(range(len(other.tokens)))
    matched = total = 0.0
    specific = False
    for alike, i, j in pairs:
        if -i not in free_left or -j not in free_right:
            continue
        free_left.discard(-i)
        free_right.discard(-j)
        a, b = one.tokens[-i], other.tokens[-j]
        weight = (a.weight + b.weight) / 2
        matched += alike * weight
        total += weight
        specific = specific or weight > 0.7
        if a.raw == b.raw:
            reasons.append(sentence(SAME_WORD, word=a.raw))
        elif a.meanings & b.meanings:
            reasons.append(sentence(TRANSLATED_WORD, left=a.raw, right=b.raw))
        else:
            reasons.append(sentence(NEAR_WORD, left=a.raw, right=b.raw))
    for left, tokens in ((free_left, one.tokens), (free_right, other.tokens)):
        for index in sorted(left):
            total += tokens[index].weight * 0.62
            reasons.append(sentence(LEFT_OUT, word=tokens[index].raw))
    score = matched / total if total else 0.0
    if not specific and (free_left or free_right):
        score *= 0.8
    return score


@lru_cache(maxsize=65536)
def organisation_keys(name: str) -> frozenset[str]:
    """Few short words of which two names of one organisation share at least one: the sounds of its telling words, the
    meanings of its generic ones in pairs, and its initials."""
    read = _read(name)
    telling = sorted((t for t in read.tokens if not t.meanings and len(t.raw) > 2), key=lambda t: -len(t.raw))[:4]
    found = {town_key(t.raw) if read_town(t.raw) else t.sound[:32] for t in telling}
    heard = [skeleton for t in telling for skeleton in sounds.skeletons(_units(t.raw)[0], 2)]
    found |= {f"~{skeleton}"[:32] for skeleton in heard if len(skeleton) > 1}
    means = sorted({f"m{min(t.meanings)}" for t in read.tokens if t.meanings and t.weight >= 0.3})
    if not telling or len(means) >= 2:
        found.add("+".join(means[:5]) or read.joined[:32])
    if len(read.tokens) >= 2:
        found |= {f"={a}" for a in read.acronyms if len(a) <= 8}
    elif len(read.tokens) == 1 and 3 <= len(read.joined) <= 8:
        found.add(f"={read.joined}")
    return frozenset(f for f in found if f)
