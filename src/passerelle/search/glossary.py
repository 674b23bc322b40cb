"""The glossary of police, justice and youth care: its terms in four languages, and where they stand in a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import NamedTuple

from passerelle.names.street_words import fold
from passerelle.search.stems import LANGUAGES, Token, is_little, read_yaml, stem, tokens

COMPOUND_SIGNS_MIN = 8
PART_SIGNS_MIN = 4
LONE_PART_SIGNS_MIN = 6
"""A last part that stands alone, because what is before it is no term, must say more."""
_LINKS = ("", "s", "en", "n", "e", "er", "es")
"""What Dutch and German put between the parts of a compound word."""


@dataclass(frozen=True, slots=True)
class Term:
    """One row: its number, the block it stands in, its forms by language (the first is the gloss), and its source, with
    the article behind it where the row names one."""

    number: int
    field: str
    forms: Mapping[str, tuple[str, ...]]
    source: str
    article: str

    @property
    def key(self) -> str:
        """What the term is called in the index: its English gloss, which no other term has."""
        return self.forms["en"][0]

    def gloss(self, language: str) -> str:
        """How the term is shown in a language."""
        return self.forms[language][0]


class Found(NamedTuple):
    """Terms in a text: those of which the word is a form to the letter, else all whose stem it shares; of a compound
    those of its parts. `part`: only the last part of the compound is a term."""

    start: int
    end: int
    terms: tuple[Term, ...]
    part: bool


class GlossaryWrong(ValueError):
    """A row that is no row of the glossary: our own mistake, found by a test."""


@cache
def sources() -> Mapping[str, str]:
    """The closed list of sources, by key."""
    return MappingProxyType(dict(read_yaml("glossary.yaml")["sources"]))


@cache
def terms() -> tuple[Term, ...]:
    """Every term, in the order of the table. Raises GlossaryWrong."""
    found: list[Term] = []
    for field, block in read_yaml("glossary.yaml")["terms"].items():
        for row in block.strip().splitlines():
            found.append(read_row(row, field, len(found)))
    return tuple(found)


def read_row(row: str, field: str, number: int) -> Term:
    """One row of the table. Raises GlossaryWrong for one without five cells, with an empty form, or of no source."""
    cells = [cell.strip() for cell in row.split("|")]
    if len(cells) != 1 + len(LANGUAGES):
        raise GlossaryWrong(f"{row!r} has not five cells")
    forms = {
        language: tuple(form.strip() for form in cell.split(";"))
        for language, cell in zip(LANGUAGES, cells[1:], strict=True)
    }
    source, _, article = cells[0].partition(":")
    if source not in sources() or not all(all(written) for written in forms.values()):
        raise GlossaryWrong(f"{row!r} names no source of the list, or has an empty form")
    return Term(number, field, MappingProxyType(forms), source, article)


class _Form(NamedTuple):
    stems: tuple[str, ...]
    folded: str
    exact: str
    term: Term


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """The forms of one language, by the stem of their first word; and single words, folded, for compounds."""

    by_first: Mapping[str, tuple[_Form, ...]]
    singles: Mapping[str, tuple[Term, ...]]


def _is_abbreviation(form: str) -> bool:
    return len(form) <= 5 and form.isupper()


@cache
def _lexicon(language: str) -> _Lexicon:
    by_first: dict[str, list[_Form]] = {}
    singles: dict[str, list[Term]] = {}
    for term in terms():
        for form in term.forms[language]:
            read = tuple(stem(language, token.text) for token in tokens(form))
            exact = form if _is_abbreviation(form) else ""
            by_first.setdefault(read[0], []).append(_Form(read, fold(form), exact, term))
            if len(read) == 1 and not exact and len(form) >= PART_SIGNS_MIN:
                for said in {fold(form), read[0]}:
                    if term not in singles.setdefault(said, []) and len(said) >= PART_SIGNS_MIN:
                        singles[said].append(term)
    return _Lexicon(
        {first: tuple(sorted(forms, key=lambda form: -len(form.stems))) for first, forms in by_first.items()},
        {said: tuple(found) for said, found in singles.items() if found},
    )


def find(text: str, language: str, said: Sequence[Token] | None = None) -> list[Found]:
    """Where terms stand in a text of one of the four languages: the longest first at each word, none within another.
    An abbreviation counts only as it is written: *OM* is a service, *om* a little word."""
    words = list(tokens(text)) if said is None else said
    stems = [stem(language, token.text) for token in words]
    lexicon = _lexicon(language)
    found: list[Found] = []
    at = 0
    while at < len(words):
        hit = _at(lexicon, language, words, stems, at)
        if hit is None:
            at += 1
            continue
        count, terms_here, part = hit
        found.append(Found(words[at].start, words[at + count - 1].end, terms_here, part))
        at += count
    return found


def _at(
    lexicon: _Lexicon, language: str, words: Sequence[Token], stems: Sequence[str], at: int
) -> tuple[int, tuple[Term, ...], bool] | None:
    whole: list[Term] = []
    as_written: list[Term] = []
    count = 0
    for form in lexicon.by_first.get(stems[at], ()):
        size = len(form.stems)
        if size < count:
            break
        if tuple(stems[at : at + size]) != form.stems:
            continue
        if form.exact and words[at].text.rstrip("'s") != form.exact:
            continue
        if size == 1 and not form.exact and (is_little(language, words[at].text) or words[at].text.isdigit()):
            continue
        count = size
        if form.term not in whole:
            whole.append(form.term)
        if form.folded == fold(words[at].text):
            as_written.append(form.term)
    if whole:
        return count, tuple(as_written or whole), False
    parts = compound(words[at].text, language)
    return (1, parts[0], parts[1]) if parts is not None else None


@lru_cache(maxsize=16384)
def compound(word: str, language: str) -> tuple[tuple[Term, ...], bool] | None:
    """The terms that a Dutch or German compound is made of (*vluchtwagenbestuurder*), and whether a part of it is in
    no row; None where its last part, which says what it is, is no term."""
    folded = fold(word)
    if language not in ("nl", "de") or len(folded) < COMPOUND_SIGNS_MIN or not folded.isalpha():
        return None
    singles = _lexicon(language).singles
    for cut in range(3, len(folded) - PART_SIGNS_MIN + 1):
        last = singles.get(folded[cut:]) or singles.get(stem(language, folded[cut:]))
        if last is None:
            continue
        before = folded[:cut]
        for link in _LINKS:
            first = singles.get(before[: len(before) - len(link)]) if before.endswith(link) else None
            if first is not None:
                return (*first, *(term for term in last if term not in first)), False
        return (last, True) if len(folded) - cut >= LONE_PART_SIGNS_MIN else None
    return None
