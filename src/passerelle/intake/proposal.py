"""What a text seems to say: subjects and relations, proposed to an officer to confirm, correct or reject."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from passerelle.intake import text_relations
from passerelle.intake.language import detect_language
from passerelle.intake.mention import Mention
from passerelle.intake.mentions import mentions
from passerelle.intake.text_aliases import aliases
from passerelle.intake.text_labels import label_table
from passerelle.intake.text_relations import MAYBE, PARTICULARS, RELATION_WORD, SAME_PLACE
from passerelle.intake.text_words import CAPITAL, LANGUAGES, all_titles, word_table
from passerelle.words import Sentence, noop, sentence

LISTED_SIBLINGS = noop("They are named together as “{word}”.")


@dataclass(frozen=True, slots=True)
class ProposedSubject:
    """A subject that a text seems to speak of: FollowTheMoney schema and properties, and where it is mentioned.
    A person's category is left to the officer."""

    schema: str
    properties: dict[str, list[str]]
    spans: list[tuple[int, int]]
    category: str | None = None


@dataclass(frozen=True, slots=True)
class ProposedRelation:
    """That one proposed subject stands to another (both by their place in the proposal) as `kind` says.

    A confidence below 0.5 means no more than that both are mentioned together."""

    kind: str
    subject: int
    other: int
    confidence: float
    because: Sentence


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a text seems to say, for a person to confirm, correct or reject."""

    language: str
    subjects: tuple[ProposedSubject, ...]
    relations: tuple[ProposedRelation, ...]
    mentions: tuple[Mention, ...] = field(default=())


def propose(text: str, language: str | None = None) -> Proposal:
    """The subjects and relations that a text seems to speak of, for an officer to confirm, correct or reject.

    One subject per name or value; a nameless description is a subject of its own, joined by its relation to the
    person it names. Relations are guessed within a sentence, and from a pronoun to the last person spoken of.
    """
    said = language if language in LANGUAGES else detect_language(text)
    found = mentions(text, said)
    return _Proposing(text, said, found).proposal()


_SCHEMAS = {
    "person": "Person",
    "nameless": "Person",
    "address": "Address",
    "vehicle": "Vehicle",
    "plate": "Vehicle",
    "phone": "Phone",
    "account": "BankAccount",
    "document": "Identification",
    "organisation": "Company",
}
_PROPERTIES = {"relation": None, "colour": "notes"}
"""Properties of mentions that are not FollowTheMoney's: left out, or put where it has room."""


class _Proposing:
    """The mentions of one text, gathered into subjects and joined by relations."""

    def __init__(self, text: str, language: str, found: tuple[Mention, ...]) -> None:
        self.text = text
        self.language = language
        self.found = found
        self.subjects: list[ProposedSubject] = []
        self.relations: list[ProposedRelation] = []
        self.by_value: dict[tuple[str, str], int] = {}
        self.places: dict[Mention, int] = {}
        self.called: dict[str, str] = {}
        self.owned: set[Mention] = set()
        self.also: dict[Mention, Mention] = {}

    def proposal(self) -> Proposal:
        self.also = aliases(self.text, [m for m in self.found if m.kind == "person"])
        self.called = _full_names([m.value for m in self.found if m.kind == "person"])
        for mention in self.found:
            if mention.kind in _SCHEMAS:
                self.places[mention] = self._subject(mention)
        self._name_relations()
        self._list_siblings()
        self._relate_sentences()
        return Proposal(self.language, tuple(self.subjects), tuple(self.relations), self.found)

    def _subject(self, mention: Mention) -> int:
        schema = _SCHEMAS[mention.kind]
        properties = self._properties(mention)
        if mention.kind == "plate" and (vehicle := self._vehicle_beside(mention)) is not None:
            subject = self.subjects[vehicle]
            subject.properties.update(properties)
            subject.spans.append((mention.start, mention.end))
            return vehicle
        if mention in self.also:
            return self._also(mention)
        key = (schema, mention.value.casefold())
        if mention.kind == "person":
            key = (schema, self.called.get(mention.value, mention.value).casefold())
        if mention.kind != "nameless" and mention.kind != "vehicle" and key in self.by_value:
            self.subjects[self.by_value[key]].spans.append((mention.start, mention.end))
            return self.by_value[key]
        if mention.kind == "person" and mention.value in self.called:
            properties = {"name": [self.called[mention.value]]}
        self.subjects.append(ProposedSubject(schema, properties, [(mention.start, mention.end)]))
        place = len(self.subjects) - 1
        if mention.kind != "nameless":
            self.by_value.setdefault(key, place)
        return place

    def _also(self, mention: Mention) -> int:
        """Another name of one who is there: an alias, or the first name of a form whose family name came before."""
        place = self.places[self.also[mention]]
        subject = self.subjects[place]
        subject.spans.append((mention.start, mention.end))
        if str(dict(mention.because.facts).get("label", "")).lower() in label_table()["given_names"]:
            family = subject.properties["name"][0]
            subject.properties["name"] = [f"{mention.value} {family}"]
        else:
            subject.properties.setdefault("alias", []).append(mention.value)
        self.by_value.setdefault((subject.schema, mention.value.casefold()), place)
        return place

    def _properties(self, mention: Mention) -> dict[str, list[str]]:
        if mention.kind == "nameless":
            kept = {"description": mention.text}
            family = dict(mention.properties).get("lastName")
            return {name: [value] for name, value in (kept | ({"lastName": family} if family else {})).items()}
        properties = {}
        for name, value in mention.properties:
            into = _PROPERTIES.get(name, name)
            if into:
                properties[into] = [value]
        if mention.kind == "document":
            return {"number": [mention.value]}
        return properties

    def _vehicle_beside(self, plate: Mention) -> int | None:
        near = [
            m
            for m in self.places
            if m.kind == "vehicle" and 0 <= plate.start - m.end < 60 and "." not in self.text[m.end : plate.start]
        ]
        return self.places[near[-1]] if near else None

    def _relate(self, kind: str, subject: int, other: int, because: Sentence) -> None:
        confidence = {SAME_PLACE: 0.4, MAYBE: 0.45}.get(because.text, 0.8)
        if subject == other or any((r.kind, r.subject, r.other) == (kind, subject, other) for r in self.relations):
            return
        if kind in ("in_contact_with", "sibling_of", "spouse_of") and any(
            (r.kind, r.subject, r.other) == (kind, other, subject) for r in self.relations
        ):
            return
        turned = {"child_of": "parent_of", "parent_of": "child_of"}.get(kind)
        if turned and any((r.kind, r.subject, r.other) == (turned, other, subject) for r in self.relations):
            return
        self.relations.append(ProposedRelation(kind, subject, other, confidence, because))

    def _name_relations(self) -> None:
        for mention, place in self.places.items():
            if mention.kind != "nameless":
                continue
            kind = dict(mention.properties).get("relation", "")
            if not kind:
                continue
            for inner, other in self.places.items():
                if inner.kind == "person" and mention.start <= inner.start and inner.end <= mention.end:
                    loose = MAYBE if kind == "in_contact_with" else RELATION_WORD
                    self._relate(kind, place, other, sentence(loose, word=mention.text))

    def _list_siblings(self) -> None:
        many = word_table()["siblings_of_many"][self.language]
        for found in re.finditer(rf"(?i)\b(?:{'|'.join(many)})\b", self.text):
            listed = [m for m in self.places if m.kind == "person" and m.start >= found.end()]
            row: list[Mention] = []
            end = found.end()
            for mention in sorted(listed, key=lambda m: m.start):
                if not re.fullmatch(r"\s*(?:,|en|et|und|and)?\s*", self.text[end : mention.start]):
                    break
                row.append(mention)
                end = mention.end
            for one, other in pairwise(row):
                because = sentence(LISTED_SIBLINGS, word=found[0])
                self._relate("sibling_of", self.places[one], self.places[other], because)

    def _relate_sentences(self) -> None:
        def relate(kind: str, one: Mention, other: Mention, because: Sentence) -> None:
            if one in self.places and other in self.places:
                self._relate(kind, self.places[one], self.places[other], because)
            elif kind in PARTICULARS and one in self.places and because.text != SAME_PLACE:
                subject = self.subjects[self.places[one]]
                if subject.schema == "Person":
                    subject.properties.setdefault(PARTICULARS[kind], []).append(other.value)
                    subject.spans.append((other.start, other.end))
                    self.owned.add(other)

        text_relations.relations(self.text, self.language, self.found, _sentences(self.text), relate)
        for mention in self.found:
            if mention.kind in ("email", "username") and mention not in self.owned:
                properties = {PARTICULARS[mention.kind]: [mention.value]}
                self.subjects.append(ProposedSubject("Person", properties, [(mention.start, mention.end)]))


def _full_names(names: list[str]) -> dict[str, str]:
    """For each name that can be short for a fuller name of the same text, that name; among several the last one that
    was said before it: *Dewinter*, *BOUZIANI*,
    *S. Lentz*, *Blessing*."""
    full: dict[str, str] = {}
    folded = {name: _words_of_name(name) for name in names}
    for name, words in folded.items():
        longer: dict[tuple[str, ...], str] = {}
        for other, more in folded.items():
            if other != name and _short_for(words, more):
                longer.setdefault(tuple(sorted(more)), other)
        fullest = [
            one for one in longer.values() if not any(_short_for(folded[one], folded[o]) for o in longer.values())
        ]
        said_before = [one for one in names[: names.index(name)] if one in fullest]
        if len(fullest) == 1:
            full[name] = fullest[0]
        elif said_before:
            full[name] = said_before[-1]
    return full


def _words_of_name(name: str) -> list[str]:
    return [word.strip(".,()").casefold() for word in name.split() if word.strip(".,()")]


def _short_for(short: list[str], long: list[str]) -> bool:
    """Whether each word of one name is a word of the other, or its initial, or half of a double name."""
    if not short or len(short) > len(long) or short == long or not any(len(word) > 1 for word in short):
        return False
    pieces = {piece for word in long for piece in (word, *word.split("-"))}
    if len(short) == len(long) and not any(
        len(word) == 1 or "-" in other for word, other in zip(short, long, strict=True)
    ):
        return False
    return all(
        word in pieces or (len(word) == 1 and len(short) > 1 and any(other.startswith(word) for other in long))
        for word in short
    )


TITLE_CHARACTERS_MAX = 40
"""A full stop after a title (*dr.*, *Mme.*) ends no sentence; no title is longer."""

_BETWEEN = re.compile(r"[.!?\s]+")
_STOP = re.compile(r"[.!?\n]")
_BEGINS = re.compile(CAPITAL)
_SHORTENED = re.compile(r"([^\W\d_]+)\.$")
_DAY = re.compile(r"(?<!\d)\d{1,2}\.$")
_WORD = re.compile(r"[^\W\d_]+")


def _month_follows(text: str, at: int) -> bool:
    """Whether a month stands here: the full stop of *12. Juni* ends no sentence."""
    word = _WORD.match(text, at)
    return word is not None and any(word[0].lower() in of for of in word_table()["months"].values())


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """Where the sentences stand. Each run of full stops and spaces is looked at once: a regular expression that may
    begin anywhere in it took time by the square (20,000 empty lines hung)."""
    start = 0
    for run in _BETWEEN.finditer(text):
        stop = _STOP.search(text, run.start(), run.end())
        if stop is None or stop.end() == run.end() or not text[run.end() - 1].isspace():
            continue
        if not _BEGINS.match(text, run.end()):
            continue
        if _DAY.search(text[max(start, stop.start() - 3) : stop.end()]) and _month_follows(text, run.end()):
            continue
        word = _SHORTENED.search(text[max(start, stop.start() - TITLE_CHARACTERS_MAX) : stop.end()])
        if word and (word[1].lower() in all_titles() or len(word[1]) == 1):
            continue
        yield start, run.end()
        start = run.end()
    if start < len(text):
        yield start, len(text)
