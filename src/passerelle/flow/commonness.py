"""How common names are in the registers at hand: counted as persons are filed, used in versions, in coarse bands.

Only persons of open reports count; sealed ones, those on consent, dossiers and watches never do. A band begins at eight
bearers and doubles; so neither a score nor a sentence tells of one record that somebody else filed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from django.db import connection

from passerelle.flow.ledger_lines import Journal
from passerelle.ledger import canonical
from passerelle.ledger.events import NamesCounted
from passerelle.matching import Commonness, Subject
from passerelle.matching.subject import FAMILIES, PERSON
from passerelle.names import parts
from passerelle.records import sealed
from passerelle.records.models import NameCount, NameWord
from passerelle.records.models.commonness import ALL
from passerelle.records.models.reports import new_salt

BEARERS_MIN = 8
"""A word that fewer persons bear is as rare as one that nobody bears."""

PERSONS_MIN = 1000
"""Of fewer persons nothing is said: a name is weighed as if nothing were known of how common it is."""

GROWTH = 1.2
"""A new version is made when so many times as many persons are on record as in the last."""


def words_of(subject: Subject) -> set[int]:
    """The words of a person's names, each by its digest; none of whatever is no person."""
    if PERSON not in FAMILIES[subject.schema]:
        return set()
    return {_digest(word.stem) for name in subject.names for word in parts.parse(name).words}


def counted_of(subjects: Iterable[Subject]) -> Counter[int]:
    """What these subjects add to the counts."""
    found: Counter[int] = Counter()
    for subject in subjects:
        words = words_of(subject)
        if words:
            found.update(words)
            found[ALL] += 1
    return found


def add(found: Mapping[int, int]) -> None:
    """Add to the counts (or take off, where a number is below zero); for verbs, within their transaction."""
    rows = [(value, count) for value, count in sorted(found.items()) if count]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO records_nameword (value, bearers) VALUES (%s, %s) "
                "ON CONFLICT (value) DO UPDATE SET bearers = records_nameword.bearers + excluded.bearers",
                rows,
            )


def count_again(lines: Journal, *, persons_min: int = PERSONS_MIN) -> NameCount | None:
    """A new version of the counts where there are a fifth more persons than in the last, with its line."""
    persons = NameWord.objects.filter(value=ALL).values_list("bearers", flat=True).first() or 0
    last = NameCount.objects.order_by("-version").values_list("version", "persons").first() or (0, 0)
    if persons < persons_min or persons < GROWTH * last[1]:
        return None
    words = NameWord.objects.filter(bearers__gte=BEARERS_MIN).exclude(value=ALL).order_by("value")
    table = {str(value): bearers.bit_length() - 1 for value, bearers in words.values_list("value", "bearers")}
    made = NameCount.objects.create(
        version=last[0] + 1,
        subjects=in_steps(persons),
        words=table,
        persons=persons,
        salt=new_salt(),
        counted_at=lines.now,
    )
    lines.write(
        NamesCounted(
            version=made.version,
            subjects=made.subjects,
            words=len(table),
            commitment=canonical.commitment(bytes(made.salt), {"subjects": made.subjects, "words": table}),
        )
    )
    return made


def in_steps(count: int) -> int:
    """1, 2 or 5 and noughts: the largest such number that is no more than `count` (at least 1)."""
    power = 10 ** (len(str(count)) - 1)
    return max(power * step for step in (1, 2, 5) if power * step <= count)


def known(shared: Mapping[str, int], version: int | None = None) -> tuple[int, Commonness]:
    """The version in force (or the one that is asked for; 0: none yet), and what it knows of names."""
    asked = NameCount.objects.order_by("-version").values_list("version", "subjects", "salt")
    found = (asked if version is None else asked.filter(version=version)).first()
    if found is None:
        return 0, Commonness(shared=shared)
    return found[0], Commonness(found[1], _words(found[0], bytes(found[2])), shared)


@lru_cache(maxsize=4)
def _words(version: int, salt: bytes) -> Words:
    """One version as a mapping, kept in memory; the salt keeps two databases apart."""
    return Words(NameCount.objects.values_list("words", flat=True).get(version=version, salt=salt))


class Words(Mapping[str, int]):
    """How many persons bear a word, at least, told by its stem."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._table = {int(value): 1 << exponent for value, exponent in table.items()}

    def __getitem__(self, stem: str) -> int:
        return self._table[_digest(stem)]

    def __iter__(self) -> Iterator[str]:
        raise TypeError("only digests are kept, not the words themselves")

    def __len__(self) -> int:
        return len(self._table)


@lru_cache(maxsize=65536)
def _digest(stem: str) -> int:
    return sealed.keys().digest("word", stem, ring="names")
