"""What a text mentions, in the order of the text: things and persons together, without overlaps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from passerelle.intake.language import detect_language
from passerelle.intake.mention import Mention, mention_of
from passerelle.intake.text_persons import LISTED_CONFIDENCE, find_nameless, find_persons, find_siblings, one_of_pattern
from passerelle.intake.text_things import (
    find_accounts,
    find_addresses,
    find_dates,
    find_documents,
    find_organisations,
    find_phones,
    find_plates,
    find_vehicles,
)
from passerelle.intake.text_words import LANGUAGES, word_table
from passerelle.words import noop, sentence

JOINS = noop("The word “{word}” tells how they stand to each other.")


def find_relation_words(text: str, language: str) -> Iterator[Mention]:
    for kind, of in word_table()["verbs"].items():
        pattern = re.compile(rf"(?i)(?<![\w-])(?:{'|'.join(map(re.escape, of[language]))})(?![\w-])")
        for found in pattern.finditer(text):
            yield mention_of("relation", text, found.span(), kind, 0.5, sentence(JOINS, word=found[0]))


def _without_overlaps(found: Iterable[Mention]) -> list[Mention]:
    """The longest of each group that overlaps; where they are as long, the surest."""
    kept: list[Mention] = []
    for mention in sorted(found, key=lambda m: (-(m.confidence > 0.65), m.start - m.end, -m.confidence)):
        if all(mention.end <= other.start or other.end <= mention.start for other in kept):
            kept.append(mention)
    return kept


def mentions(text: str, language: str | None = None) -> tuple[Mention, ...]:
    """What a text mentions, in the order of the text. `language` is nl, fr, de or en; None lets it be detected.

    A nameless description holds the mention of the person it names; other mentions do not overlap.
    """
    said = language if language in LANGUAGES else detect_language(text)
    fixed: list[Mention] = []
    for reader in (find_accounts, find_plates, find_documents, find_dates, find_addresses, find_phones, find_vehicles):
        taken = [(m.start, m.end) for m in fixed]
        new = [m for m in reader(text) if not any(s < m.end and m.start < e for s, e in taken)]
        fixed += _without_overlaps(new)
    taken = [(m.start, m.end) for m in fixed]
    fixed += _without_overlaps(
        m for m in find_organisations(text, said) if not any(s < m.end and m.start < e for s, e in taken)
    )
    taken = [(m.start, m.end) for m in fixed]
    several = [(f.start(), f.end()) for f in one_of_pattern(said).finditer(text)]
    persons = _without_overlaps(find_persons(text, said, taken + several))
    more = [
        m for m in find_siblings(text, said, persons) if not any(s < m.end and m.start < e for s, e in taken + several)
    ]
    named = [m for m in more if m.confidence >= LISTED_CONFIDENCE]
    persons = [p for p in persons if not any(p.start < m.end and m.start < p.end for m in named)] + named
    persons += [m for m in more if not any(p.start < m.end and m.start < p.end for p in persons)]
    persons.sort(key=lambda m: m.start)
    nameless = _without_overlaps(find_nameless(text, said, persons))
    covered = [(m.start, m.end) for m in fixed + persons]
    joining = [m for m in find_relation_words(text, said) if not any(s < m.end and m.start < e for s, e in covered)]
    every = [*fixed, *persons, *nameless, *joining]
    return tuple(sorted(every, key=lambda m: (m.start, -m.end, m.kind)))
