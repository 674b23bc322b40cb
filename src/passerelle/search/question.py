"""A question as it is looked for: each word with everything that would answer it, and how well each would."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from passerelle.names.street_words import fold
from passerelle.search import entries
from passerelle.search.dictionary import translated, translated_parts
from passerelle.search.entries import NAME, STREET, TERM, WORD
from passerelle.search.glossary import Term, find, terms
from passerelle.search.stems import LANGUAGES, Token, is_little, parts_of, stem, tokens

SIGNS_MAX = 400
WORDS_MAX = 24
"""What is asked with more words than these is cut: each costs a look into the index."""

EXACT, OF_TERM, OF_PART, MISSPELT, NEAR_WORD, NAME_SOUND, NAME_GUESSED = 1.0, 1.0, 0.6, 0.7, 0.6, 0.8, 0.5
STREET_OF, NUMBER_OF = 1.0, 1.0
TRANSLATED, PART_TRANSLATED = 0.9, 0.5
"""A common word in another language counts less than a term of the glossary: it may be another of its meanings."""
SHARE_MIN = {"number": 0.75, "street": 0.28}
"""So much of a number or a street that is looked for a text must have: a street's name has more meanings in one
language than in another (*Vierwindenstraat*: four or bindweed, wind or windlass)."""
STEEPNESS = {"number": 2.0, "street": 0.5}
MISSPELT_SIGNS_MIN, MISSPELT_TWICE_MIN = 5, 9


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing that is looked for. `kind`: word, number or street. A word is answered by its best alternative; a
    number or a street by the share of its `all_of` that is there. `near` are the stems whose neighbours count too."""

    text: str
    kind: str
    alternatives: Mapping[str, float]
    all_of: tuple[frozenset[str], ...] = ()
    near: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for, its names, and the text whose meaning is: with what is plainly misspelt put right."""

    text: str
    units: tuple[Unit, ...]
    names: tuple[str, ...]
    meaning: str

    def entries(self) -> frozenset[str]:
        """Every entry that could answer; the neighbours of its words are looked up first."""
        return frozenset(
            entry
            for unit in self.units
            for entry in (*unit.alternatives, *(one for wanted in unit.all_of for one in wanted))
        )


def read(text: str, language: str, streets: Iterable[str] = ()) -> Question:
    """A question as typed, for a reader who works in `language`; `streets` are those that its addresses name.

    A word is looked for under the endings of all four languages, so that a quoted foreign word is found too.
    """
    text = " ".join(text[:SIGNS_MAX].split())
    streets = tuple(streets)
    units: list[Unit] = []
    taken: list[tuple[int, int]] = []
    for found in entries._NUMBERLIKE.finditer(text):
        number = entries.bare_number(found[0])
        if len(number) < 3 or not any(sign.isdigit() for sign in number):
            continue
        sizes = {entries.gram_size(number)}
        if len(number) <= entries.PLATE_SIGNS_MAX:
            sizes |= {entries.GRAM_OF_NUMBER} if len(number) >= entries.GRAM_OF_NUMBER else set()
            sizes |= {entries.GRAM_OF_PLATE} if not number.isdigit() else set()
        wanted = tuple(frozenset(entries.grams(number, size)) for size in sorted(sizes))
        units.append(Unit(found[0], "number", {}, wanted))
        taken.append(found.span())
    for street in dict.fromkeys(streets):
        keys = entries.of_street(street)
        if keys:
            units.append(Unit(street, "street", {}, (keys,)))
    said = [
        token for token in tokens(text) if not any(start <= token.start < end for start, end in taken)
    ][:WORDS_MAX]
    meaning = text
    known = _terms_at(text, language, said)
    for token in said:
        if is_little(language, token.text) or (is_little_anywhere(token.text) and token.start not in known):
            continue
        of_street = any(token.text in street for street in streets)
        unit, right = _word(token, language, ((), 1.0) if of_street else known.get(token.start, ((), 1.0)))
        units.append(unit)
        if right:
            meaning = meaning.replace(token.text, right, 1)
    return Question(text, tuple(units), tuple(names_in(said, language)), meaning)


def is_little_anywhere(word: str) -> bool:
    """Whether a short word says nothing in any of the languages: a question may be asked in another than one's own."""
    return len(word) <= 3 and any(is_little(language, word) for language in LANGUAGES)


def _terms_at(text: str, language: str, said: list[Token]) -> dict[int, tuple[tuple[Term, ...], float]]:
    """The terms that stand at each word, read in the reader's language first, else in another."""
    known: dict[int, tuple[tuple[Term, ...], float]] = {}
    for reading in (language, *(other for other in LANGUAGES if other != language)):
        for found in find(text, reading):
            for token in said:
                if found.start <= token.start < found.end and token.start not in known:
                    known[token.start] = (found.terms, OF_PART if found.part else OF_TERM)
    return known


def _word(token: Token, language: str, known: tuple[tuple[Term, ...], float]) -> tuple[Unit, str]:
    found, weight = known
    right = ""
    if not found:
        right, found = misspelt(token.text, language)
        weight = MISSPELT
    alternatives: dict[str, float] = {}
    for word in (token.text, *parts_of(token.text)):
        for reading in LANGUAGES:
            alternatives.setdefault(WORD + stem(reading, word), EXACT)
    for term in found:
        alternatives[TERM + term.key] = weight
    near = tuple(sorted({entry[len(WORD) :] for entry in alternatives if entry.startswith(WORD)}))
    for said, weight_of in ((translated, TRANSLATED), (translated_parts, PART_TRANSLATED)):
        for other, word in said(right or token.text, language):
            alternatives.setdefault(WORD + stem(other, word), weight_of)
    if not found or right:
        sure = entries.may_be_name(token.text)
        for entry in entries.of_name(token.text):
            alternatives.setdefault(entry, NAME_SOUND if sure else NAME_GUESSED)
    if right:
        alternatives.setdefault(WORD + stem(language, right), MISSPELT)
    return Unit(token.text, "word", alternatives, near=near, terms=found), right


@cache
def _forms(language: str) -> dict[str, tuple[str, tuple[Term, ...]]]:
    """The single words of the glossary in one language, folded, with how they are written and their terms."""
    found: dict[str, tuple[str, tuple[Term, ...]]] = {}
    for term in terms():
        for form in term.forms[language]:
            if form.isalpha() and len(form) >= MISSPELT_SIGNS_MIN and not form.isupper():
                written, others = found.get(fold(form), (form, ()))
                found[fold(form)] = (written, (*others, term))
    return found


@lru_cache(maxsize=4096)
def misspelt(word: str, language: str) -> tuple[str, tuple[Term, ...]]:
    """The term of the reader's language that a word misspells by one letter (a long one by two), and how it is
    written; nothing where there is none."""
    folded = fold(word)
    if len(folded) < MISSPELT_SIGNS_MIN or not folded.isalpha():
        return "", ()
    most = 2 if len(folded) >= MISSPELT_TWICE_MIN else 1
    hit = process.extractOne(folded, _forms(language).keys(), scorer=OSA.distance, score_cutoff=most)
    return _forms(language)[hit[0]] if hit is not None and hit[0][:1] == folded[:1] else ("", ())


def names_in(said: Iterable[Token], language: str) -> list[str]:
    """What may be names in a question, whole: words beside each other that are written as names are."""
    runs: list[list[Token]] = []
    for token in said:
        if not entries.may_be_name(token.text) or any(sign.isdigit() for sign in token.text):
            continue
        if runs and token.start - runs[-1][-1].end <= 2:
            runs[-1].append(token)
        else:
            runs.append([token])
    return [" ".join(token.text for token in run) for run in runs]


def kind_of(entry: str) -> str:
    """Why an entry answered: word, term, name, number or street."""
    return {WORD: "word", TERM: "term", NAME: "name", STREET: "street"}.get(entry[:2], "number")
