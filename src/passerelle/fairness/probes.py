"""Invented persons by origin of name, each written in other ways: what errors are measured on. Nobody here exists."""

from __future__ import annotations

import random  # bent: invented persons, seeded by whoever measures
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

import yaml

from passerelle.matching import Subject
from passerelle.words import Sentence

DATA = Path(__file__).parent / "data" / "probes.yaml"

KINDS = ("spelling", "script", "slip", "order")
"""How a probe is written otherwise: another spelling in the same letters, another script, a slip of the pen that is the
same for every name, or its parts in the other order."""


@dataclass(frozen=True, slots=True)
class Tradition:
    """A way of naming, as a label of the test data: spellings in use for given and for family names."""

    id: str
    says: Sentence
    given: tuple[tuple[str, ...], ...]
    family: tuple[tuple[str, ...], ...]
    family_first: bool


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person of a tradition: which names, and a birth date."""

    tradition: Tradition
    given: int
    family: int
    born: str

    def written(self, given: str, family: str) -> str:
        """The name in the order of its tradition; signs that are words stand without a space."""
        first, last = (family, given) if self.tradition.family_first else (given, family)
        return f"{first}{last}" if _is_signs(family) and _is_signs(given) else f"{first} {last}"

    @property
    def name(self) -> str:
        """As it is usually written."""
        return self.written(self.tradition.given[self.given][0], self.tradition.family[self.family][0])

    def subject(self, ref: str, name: str = "", *, born: bool = False) -> Subject:
        """The person as a record has them."""
        return Subject.from_ftm(
            {
                "id": ref,
                "schema": "Person",
                "properties": {"name": [name or self.name], **({"birthDate": [self.born]} if born else {})},
            }
        )


@dataclass(frozen=True, slots=True)
class Probe:
    """One person written twice: as usual, and otherwise in one of KINDS."""

    person: Person
    other: str
    kind: str


@cache
def traditions() -> tuple[Tradition, ...]:
    """The traditions of the data, in its order."""
    rows = yaml.safe_load(DATA.read_text(encoding="utf-8"))["traditions"]
    return tuple(
        Tradition(
            id=row["id"],
            says=Sentence(row["says"]),
            given=tuple(tuple(names) for names in row["given"]),
            family=tuple(tuple(names) for names in row["family"]),
            family_first=bool(row.get("family_first")),
        )
        for row in rows
    )


def persons(tradition: Tradition, count: int, seed: int) -> list[Person]:
    """`count` invented persons, no two of the same given and family name; the same for the same seed."""
    dice = random.Random(f"{seed}:{tradition.id}")  # noqa: S311 (invented persons, the same for the same seed)
    pairs = list(product(range(len(tradition.given)), range(len(tradition.family))))
    dice.shuffle(pairs)
    return [
        Person(tradition, given, family, f"{dice.randrange(1945, 2006)}-{dice.randrange(1, 13):02}-{day:02}")
        for (given, family), day in zip(pairs[:count], (dice.randrange(2, 29) for _ in range(count)), strict=False)
    ]


def probes(people: Sequence[Person], seed: int) -> Iterator[Probe]:
    """Each person written otherwise, once in each way their names allow."""
    for person in people:
        dice = random.Random(f"{seed}:{person.tradition.id}:{person.given}:{person.family}")  # noqa: S311 (the same)
        given, family = person.tradition.given[person.given], person.tradition.family[person.family]
        usual = _is_latin(given[0] + family[0])
        latin = [(one, other) for one, other in product(given, family) if _is_latin(one + other)]
        others = [pair for pair in latin if pair != (given[0], family[0])]
        if others:
            yield Probe(person, person.written(*dice.choice(others)), "spelling")
        scripts = [pair for pair in product(given, family) if not _is_latin(pair[0]) and not _is_latin(pair[1])]
        if scripts and usual:
            yield Probe(person, person.written(*dice.choice(scripts)), "script")
        slip = _slipped(person.name, dice)
        if slip:
            yield Probe(person, slip, "slip")
        first, last = (given[0], family[0]) if person.tradition.family_first else (family[0], given[0])
        yield Probe(person, f"{first} {last}", "order")


def _slipped(name: str, dice: random.Random) -> str:
    """The longest word with one letter left out or two neighbours changed, never its first; none in short words."""
    words = name.split(" ")
    place = max(range(len(words)), key=lambda at: (len(words[at]), -at))
    word = words[place]
    if len(word) < 5:
        return ""
    at = dice.randrange(1, len(word) - 1)
    turned = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    left_out = word[:at] + word[at + 1 :]
    slip = dice.choice((turned, left_out))
    return "" if slip == word else " ".join([*words[:place], slip, *words[place + 1 :]])


def _is_latin(text: str) -> bool:
    return all(sign < "\u0370" or "\u1e00" <= sign < "\u1f00" or sign in "’ʼ" for sign in text)


def _is_signs(text: str) -> bool:
    return all("\u2e80" <= sign <= "\u9fff" or "\uac00" <= sign <= "\ud7a3" for sign in text)
