"""What a text seems to say: subjects and relations, proposed to an officer to confirm, correct or reject."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from passerelle.intake.language import detect_language
from passerelle.intake.mention import Mention
from passerelle.intake.mentions import mentions
from passerelle.intake.text_words import CAPITAL, LANGUAGES, all_titles, word_table
from passerelle.words import Sentence, noop, sentence

RELATION_WORD = noop("The word “{word}” joins the two.")
SAME_PLACE = noop("They are mentioned together.")
LISTED_SIBLINGS = noop("They are named together as “{word}”.")


@dataclass(frozen=True, slots=True)
class ProposedSubject:
    """A subject that a text seems to speak of: FollowTheMoney schema and properties, and where it is mentioned.
    A person's category is left to the officer."""

    schema: str
    properties: dict[str, list[str]]
    spans: list[tuple[int, int]]
    category: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """`{"schema", "properties", "spans", "category"}`."""
        return {
            "schema": self.schema,
            "properties": {name: list(values) for name, values in self.properties.items()},
            "spans": list(self.spans),
            "category": self.category,
        }


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

_RELATION_OF = {"address": "lives_at", "vehicle": "drives", "plate": "drives", "phone": "uses", "account": "uses"}


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

    def proposal(self) -> Proposal:
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
        key = (schema, mention.value.casefold())
        if mention.kind == "person":
            for (kind, value), place in self.by_value.items():
                if kind == "Person" and self.subjects[place].properties.get("name") and _one_name(value, key[1]):
                    self.subjects[place].spans.append((mention.start, mention.end))
                    return place
        if mention.kind != "nameless" and mention.kind != "vehicle" and key in self.by_value:
            self.subjects[self.by_value[key]].spans.append((mention.start, mention.end))
            return self.by_value[key]
        self.subjects.append(ProposedSubject(schema, properties, [(mention.start, mention.end)]))
        place = len(self.subjects) - 1
        if mention.kind != "nameless":
            self.by_value.setdefault(key, place)
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
        confidence = 0.4 if because.text == SAME_PLACE else 0.8
        if subject == other or any((r.kind, r.subject, r.other) == (kind, subject, other) for r in self.relations):
            return
        if kind in ("in_contact_with", "sibling_of") and any(
            (r.kind, r.subject, r.other) == (kind, other, subject) for r in self.relations
        ):
            return
        self.relations.append(ProposedRelation(kind, subject, other, confidence, because))

    def _name_relations(self) -> None:
        for mention, place in self.places.items():
            if mention.kind != "nameless":
                continue
            kind = dict(mention.properties)["relation"]
            for inner, other in self.places.items():
                if inner.kind == "person" and mention.start <= inner.start and inner.end <= mention.end:
                    self._relate(kind, place, other, sentence(RELATION_WORD, word=mention.text))

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
        focus: Mention | None = None
        pronouns = frozenset(word_table()["pronouns"][self.language])
        for start, end in _sentences(self.text):
            here = [m for m in self.found if start <= m.start < end]
            inner = {
                m
                for m in here
                if m.kind == "person" and any(n.kind == "nameless" and n.start <= m.start < n.end for n in here)
            }
            people = [m for m in here if m.kind in ("person", "nameless") and m not in inner]
            first = re.match(r"[^\w]*([^\W\d_]+)", self.text[start:end])
            opening = bool(first) and first is not None and first[1].lower() in pronouns
            if focus is not None and (opening or not people):
                current: Mention | None = focus
            else:
                current = people[0] if people else focus
            verbs = [m for m in here if m.kind == "relation"]
            for mention in here:
                if mention.kind not in _SCHEMAS or mention in inner:
                    continue
                owner = self._owner(mention, people, current)
                if owner is None:
                    continue
                kind = _RELATION_OF.get(mention.kind)
                if mention.kind == "document":
                    self._relate("is_identified_by", self.places[owner], self.places[mention], sentence(SAME_PLACE))
                elif mention.kind == "organisation":
                    word = next((v for v in verbs if v.value == "works_for"), None)
                    if word:
                        because = sentence(RELATION_WORD, word=word.text)
                        self._relate("works_for", self.places[owner], self.places[mention], because)
                elif kind:
                    word = next((v for v in verbs if v.value == kind), None)
                    because = sentence(RELATION_WORD, word=word.text) if word else sentence(SAME_PLACE)
                    self._relate(kind, self.places[owner], self.places[mention], because)
            contact = next((v for v in verbs if v.value == "in_contact_with"), None)
            if contact is not None and current is not None:
                for other in people:
                    if other is not current and other.start > contact.start:
                        because = sentence(RELATION_WORD, word=contact.text)
                        self._relate("in_contact_with", self.places[current], self.places[other], because)
            if people and not (opening and focus is not None):
                focus = people[0]

    def _owner(self, mention: Mention, people: list[Mention], current: Mention | None) -> Mention | None:
        """The person a thing belongs to: the last one named before it in the sentence, else whom the text is about."""
        if mention.kind in ("person", "nameless"):
            return None
        before = [m for m in people if m.end <= mention.start]
        joined = [
            v for v in self.found if v.kind == "relation" and v.value == "in_contact_with" and v.end <= mention.start
        ]
        if before and not any(v.end <= before[-1].start for v in joined):
            return before[-1]
        return current


def _one_name(left: str, right: str) -> bool:
    """Whether two names of one text are one person's: equal, or one the end of the other ("Dewinter")."""
    one, other = left.split(), right.split()
    short, long = sorted((one, other), key=len)
    return bool(short) and (one == other or (len(short) < len(long) and long[-len(short) :] == short))


TITLE_CHARACTERS_MAX = 40
"""A full stop after a title (*dr.*, *Mme.*) ends no sentence; no title is longer."""

_BETWEEN = re.compile(r"[.!?\s]+")
_STOP = re.compile(r"[.!?\n]")
_BEGINS = re.compile(CAPITAL)
_SHORTENED = re.compile(r"([^\W\d_]+)\.$")


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
        word = _SHORTENED.search(text[max(start, stop.start() - TITLE_CHARACTERS_MAX) : stop.end()])
        if word and (word[1].lower() in all_titles() or len(word[1]) == 1):
            continue
        yield start, run.end()
        start = run.end()
    if start < len(text):
        yield start, len(text)
