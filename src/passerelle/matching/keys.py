"""A few keys for each subject, such that two subjects that may be the same share at least one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from passerelle.matching.evidence import address, birth
from passerelle.matching.evidence.number import DOCUMENTS
from passerelle.matching.subject import ADDRESS, FAMILIES, ORGANISATION, PERSON, PHONE, VEHICLE, Subject
from passerelle.names import as_one, given, numbers, organisations, parts, places, sounds

FORM = 5
"""Raised by one with each change of the rules or the data that gives a subject other keys: what stands in a database
was made by the rules of its day, and meets nothing made by others. A test holds it to the keys of a sample."""


class Key(NamedTuple):
    """A kind, by which a caller can bound values that very many share, and a value of at most 64 signs."""

    kind: str
    value: str


def keys(subject: Subject) -> frozenset[Key]:
    """The keys of a subject; empty only when nothing is known of it."""
    found: set[Key] = set()
    family = FAMILIES[subject.schema]
    if PERSON in family:
        dates = [date for text in subject.values("birthDate") if (date := birth.read(text))]
        born = {year for date in dates for year in birth.years(date)}
        for name in (*subject.names, *subject.weak_names):
            found |= plain_keys(name) if born else name_keys(name)
            for word in _word_keys(name):
                found |= {Key("born", f"{word}|{year}") for year in born}
        for text in subject.values("birthDate"):
            date = birth.read(text)
            if date and date[2] and date[1:] != (1, 1):
                low, high = sorted(date[1:])
                for first in {word[:1] for name in subject.names for word in _word_keys(name)}:
                    found.add(Key("birth", f"{date[0]}{low:02}{high:02}{first}"))
    if ORGANISATION in family:
        for name in (*subject.names, *subject.weak_names):
            found |= {Key("organisation", value[:64]) for value in organisations.organisation_keys(name)}
    if not family & {PERSON, ORGANISATION, ADDRESS, PHONE}:
        for name in (*subject.names, *subject.weak_names):
            found |= name_keys(name)
    found |= beside(subject, address.texts(subject) if ADDRESS in family else address.addresses(subject))
    return frozenset(found)


def beside(subject: Subject, lived: Iterable[str]) -> set[Key]:
    """The keys of a subject that are not of its names and its birth: numbers, the addresses `lived`, relations."""
    family = FAMILIES[subject.schema]
    found = _number_keys(subject, family)
    for text in lived:
        found |= {Key("address", value[:64]) for value in places.address_keys(text)}
    for relation in subject.relations:
        for name in relation.other.names if relation.kind not in {"lives_at", "located_at"} else ():
            found |= {Key("relation", f"{relation.kind}:{key.value}"[:64]) for key in plain_keys(name)}
        if relation.kind in {"drives", "uses", "owns"}:
            found |= {
                Key("relation", f"{relation.kind}:{key.value}"[:64])
                for key in _number_keys(relation.other, FAMILIES[relation.other.schema])
            }
    return found


def _number_keys(subject: Subject, family: frozenset[str]) -> set[Key]:
    found: set[Key] = set()
    given = subject.properties
    if not _DOCUMENTS.isdisjoint(given):
        for value in subject.values(*DOCUMENTS):
            number = numbers.document(value)
            if len(number) >= 4:
                found.add(Key("identifier", number[:64]))
    phones = given.get("phone", ())
    for text in (*phones, *subject.names, *subject.values("number")) if PHONE in family else phones:
        phone = numbers.phone(text)
        if phone:
            found.add(Key("phone", phone))
    if VEHICLE in family:
        for text in (*subject.values("registrationNumber", "number"), *subject.names):
            plate = numbers.plate(text)
            if plate:
                found.add(Key("plate", plate))
                found |= {Key("plate_part", plate[:4]), Key("plate_part", plate[-4:])}
                found.add(Key("plate_part", f"~{numbers.as_misread(plate)}"))
    for text in given.get("email", ()):
        found.add(Key("email", text.lower()[:64]))
    return found


_DOCUMENTS = frozenset(DOCUMENTS)


def name_keys(name: str) -> frozenset[Key]:
    """The keys of one personal name: pairs of its words as they sound; a long, lonely or unusual word alone."""
    return plain_keys(name) | near_keys(name)


@lru_cache(maxsize=32768)
def plain_keys(name: str) -> frozenset[Key]:
    """The keys of a name but those with one consonant left out of all its words."""
    read = parts.parse(name).words
    words = [found for word in read if word.kind == "name" and (found := said_of(word).keys)]
    out: set[Key] = set()
    if len(words) == 1:
        out |= {Key("word", value) for value in words[0]}
        out |= {Key("word", value) for value in _one_less(words[0])}
    for index, one in enumerate(words):
        for two in words[index + 1 :]:
            out |= {Key("name", (f"{a}|{b}" if a <= b else f"{b}|{a}")[:64]) for a in one for b in two}
        out |= {Key("word", value) for value in one if len(value) >= 5 and not value.startswith("=")}
    if len(words) > 1:
        whole = "".join(said_of(word).first for word in read[:4])
        if len(whole) >= 3:
            out.add(Key("word", whole[:64]))
    out |= {Key("name", value[:64]) for value in joined_keys(name)}
    for word in read:
        if word.prefix == "abd" and word.forms:  # Abdul Rashid says more than Rashid: found also without a second word
            out |= {Key("word", f"abd {value}"[:64]) for value in sounds.skeletons(word.forms[0].units, 2) if value}
    return frozenset(out)


SHORT = 300
"""What a syllable says at most, in hundredths of a consonant."""


def joined_keys(name: str) -> set[str]:
    """Of three words, two as one beside the third, short ones (*Kim Byung-chul*, *Byeongcheol Kim*) or ones with a
    hyphen (*Pieter-Jan Verhaeghe*)."""
    read = parts.parse(name)
    if len(read.words) != 3 or not all(word.kind == "name" and not word.prefix for word in read.words):
        return set()
    out: set[str] = set()
    for place, other in ((0, read.words[2]), (1, read.words[0])):
        one, two = read.words[place : place + 2]
        if max(one.weight, two.weight) > SHORT and f"{one.text}-{two.text}" not in name:
            continue
        joined = as_one.merged(read, place)
        if joined is not None:
            out |= {"|".join(sorted((a, b))) for a in said_of(joined.words[place]).keys for b in said_of(other).keys}
    return out


@lru_cache(maxsize=4096)
def near_keys(name: str) -> frozenset[Key]:
    """The keys of a name of which one word may be another: each word by itself that is no well-known given name, and a
    name of few words with one consonant left out of all of them."""
    return _alone_keys(name) | _one_less_keys(name) | _slip_keys(name)


def _alone_keys(name: str) -> frozenset[Key]:
    """Each unusual word by itself: by its consonants with its vowels in coarse classes where it writes them, and by
    its consonants where they are enough. *Kamchi Kolbayev* and *Kamchybek Asanbekovich Kolbayev* share one word."""
    out: set[Key] = set()
    for word in parts.parse(name).words:
        if word.kind != "name" or word.known or not word.forms:
            continue
        form = word.forms[0]
        least = LEAST_FOR_ALONE
        found = {value for value in sounds.skeletons(form.units, 3 if form.abjad else 1) if len(value) >= least}
        if not form.abjad and len(heard := sounds.heard(form.units)) >= least:
            found.add(f"+{heard}")
        out |= {Key("near", f".{value}"[:64]) for value in found}
    return frozenset(out)


LEAST_FOR_ALONE = 4
"""So many consonants, or consonants and vowels, has a word that a name is found by, whatever its other words are."""


def _one_less_keys(name: str) -> frozenset[Key]:
    read = parts.parse(name).words
    if len(read) > WORDS_FOR_ONE_LESS or sum(1 for word in read if word.kind == "name" and said_of(word).keys) < 2:
        return frozenset()
    whole = "".join(sorted(said_of(word).first for word in read))
    if len(whole) < LEAST_FOR_ONE_LESS:
        return frozenset()
    found = {f"~{whole}"}  # a name that has one more is found by leaving that one out
    if len(whole) >= LEAST_FOR_ONE_LESS_IN_ALL:
        found |= _one_less([whole])
    return frozenset(Key("near", value[:64]) for value in found)


def _slip_keys(name: str) -> frozenset[Key]:
    """The letters of a short name of two words or three, and the same with one of them left out: a slip of the pen is
    found whatever it does to the sound. Two letters that changed places leave the same when one of them is left out."""
    read = parts.parse(name).words
    if not 1 < len(read) <= WORDS_FOR_ONE_LESS or any(word.kind != "name" or word.signs for word in read):
        return frozenset()
    whole = "".join(sorted(word.letters for word in read))
    if not LETTERS_FOR_SLIPS[0] <= len(whole) <= LETTERS_FOR_SLIPS[1]:
        return frozenset()
    found = {whole, *(f"{whole[:place]}{whole[place + 1 :]}" for place in range(1, len(whole)))}
    return frozenset(Key("near", f"'{value}") for value in found)


LETTERS_FOR_SLIPS = (6, 24)
"""So many letters, at least and at most, has a name that is looked for with one of them left out."""

LEAST_FOR_ONE_LESS = 4
"""So many consonants a lonely word has when it is also looked for with one of them left out."""

WORDS_FOR_ONE_LESS = 3
LEAST_FOR_ONE_LESS_IN_ALL = 5
"""So many words at most, and so many consonants in all, has a name that is also looked for with one left out: of a
subject without a birth date, that is, for each single word and the year of birth are a key already."""


def _one_less(skeletons: Iterable[str]) -> set[str]:
    """The skeletons of a lonely word with one consonant left out: it has no second word to be found by, and with one
    letter missing, too many or another (*Zedkov*, زيكوف) it is found all the same."""
    return {
        f"~{value[:place]}{value[place + 1 :]}"
        for value in skeletons
        if len(value) >= LEAST_FOR_ONE_LESS and not value.startswith("=")
        for place in range(len(value))
    }


@lru_cache(maxsize=32768)
def _word_keys(name: str) -> frozenset[str]:
    return frozenset(value for word in parts.parse(name).words if word.kind == "name" for value in word_keys(word))


def word_keys(word: parts.Word) -> frozenset[str]:
    """The consonants of one word in coarse classes, one string for each way of reading it, and its given-name row."""
    return frozenset(said_of(word).keys)


class Said(NamedTuple):
    """What one word is found by, in order; and its likeliest reading as it is written ("" where it has none)."""

    keys: tuple[str, ...]
    first: str


ROMANISATIONS = 5
"""A spelling that stands for several Korean and Chinese names is found by so many of them at most."""
_WORDS_MAX = 65_536
_words: dict[int, Said] = {}
"""What was found for a word, by the number of the word: a register says the same words over and over."""


def said_of(word: parts.Word) -> Said:
    """What one word is found by."""
    known = _words.get(word.number)
    if known is not None:
        return known
    found: set[str] = set()
    for form in word.forms:
        if form.cost <= 45:
            found.update(value or "0" for value in sounds.skeletons(form.units, _readings(form)))
    named = sorted(word.groups)
    languages, spellings = [row for row in named if row < given.RESPELT], [row for row in named if row >= given.RESPELT]
    found.update(f"={row}" for row in (*languages[:2], *spellings[:ROMANISATIONS]))
    first = sounds.skeletons(word.forms[0].units, _readings(word.forms[0]))[0] if word.forms else ""
    if len(_words) >= _WORDS_MAX:
        _words.clear()
    said = _words[word.number] = Said(tuple(sorted(found)), first)
    return said


def _readings(form: parts.Form) -> int:
    """In so many ways at most a form is read."""
    return 5 if form.abjad or not form.cost else 3


PER_NAME = (plain_keys, near_keys, _word_keys)
"""What these remember is of one name each; a caller that reads a register once may let go of it."""
