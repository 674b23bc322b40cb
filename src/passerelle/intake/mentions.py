"""What a text mentions, in the order of the text: things and persons together, without overlaps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from passerelle.intake.language import detect_language
from passerelle.intake.mention import Mention, mention_of
from passerelle.intake.text_descriptions import find_descriptions, find_kin_in_towns
from passerelle.intake.text_names import find_names_in_small_letters, find_parts, find_single_names, refined
from passerelle.intake.text_organisations import find_trades
from passerelle.intake.text_persons import LISTED_CONFIDENCE, find_nameless, find_persons, find_siblings, one_of_pattern
from passerelle.intake.text_things import (
    find_accounts,
    find_addresses,
    find_dates,
    find_documents,
    find_institutions,
    find_organisations,
    find_phones,
    find_plates,
    find_vehicles,
)
from passerelle.intake.text_web import find_emails, find_usernames
from passerelle.intake.text_words import LANGUAGES, word_table
from passerelle.words import noop, sentence

READERS = (
    find_emails,
    find_accounts,
    find_documents,
    find_plates,
    find_usernames,
    find_dates,
    find_addresses,
    find_phones,
    find_vehicles,
)
"""The readers of what has a shape of its own, in the order in which they take their places in the text."""

JOINS = noop("The word “{word}” tells how they stand to each other.")


def find_relation_words(text: str, language: str) -> Iterator[Mention]:
    for kind, of in word_table()["verbs"].items():
        pattern = re.compile(rf"(?i)(?<![\w-])(?:{'|'.join(map(re.escape, of[language]))})(?![\w-])")
        for found in pattern.finditer(text):
            yield mention_of("relation", text, found.span(), kind, 0.5, sentence(JOINS, word=found[0]))


def _without_overlaps(found: Iterable[Mention]) -> list[Mention]:
    """The longest of each group that overlaps; where they are as long, the surest."""
    wanted = sorted(found, key=lambda m: (-(m.confidence > 0.65), m.start - m.end, -m.confidence))
    taken = _taken(max((m.end for m in wanted), default=0))
    kept: list[Mention] = []
    for mention in wanted:
        if _free(mention, taken):
            kept.append(mention)
            _take(taken, mention)
    return kept


def _taken(length: int, mentions_: Iterable[Mention] = ()) -> bytearray:
    """One byte for each sign of the text, set where something stands; looked at in one step, however much that is."""
    taken = bytearray(length)
    for mention in mentions_:
        _take(taken, mention)
    return taken


def _take(taken: bytearray, mention: Mention) -> None:
    taken[mention.start : mention.end] = b"\x01" * (mention.end - mention.start)


def _free(mention: Mention, taken: bytearray) -> bool:
    return taken.find(1, mention.start, mention.end) < 0


def _persons(text: str, language: str, fixed: list[Mention]) -> list[Mention]:
    """Those who are named, in the order of the text, without overlaps."""
    masked = _masked(text, fixed)
    several = [found.span() for found in one_of_pattern(language).finditer(text)]
    taken = _taken(len(text), fixed)
    things = bytearray(taken)
    for start, end in several:
        taken[start:end] = b"\x01" * (end - start)
    places = [(m.start, m.end) for m in fixed] + several
    runs = (refined(text, language, run) for run in find_persons(text, language, places))
    persons = _without_overlaps(run for run in runs if run is not None)
    more = [m for m in find_siblings(text, language, persons) if _free(m, taken)]
    named = [m for m in more if m.confidence >= LISTED_CONFIDENCE]
    over = _taken(len(text), named)
    persons = [p for p in persons if _free(p, over)] + named
    more += [m for m in find_single_names(masked, language) if _free(m, taken)]
    more += [m for m in find_names_in_small_letters(masked, language) if _free(m, things)]
    longer = _taken(len(text), (m for m in more if m.confidence >= 0.93))
    persons = [p for p in persons if longer.find(0, p.start, p.end) >= 0]
    over = _taken(len(text), persons)
    persons += _without_overlaps(m for m in more if _free(m, over))
    over = _taken(len(text), persons)
    persons += _without_overlaps(m for m in find_parts(masked, language, persons) if _free(m, over))
    return sorted(persons, key=lambda m: m.start)


TAKEN = "\ufffc"


def _masked(text: str, taken: Iterable[Mention]) -> str:
    """The text as long as it was, with a sign that nothing reads where something was found already."""
    signs = list(text)
    for mention in taken:
        signs[mention.start : mention.end] = TAKEN * (mention.end - mention.start)
    return "".join(signs)


def mentions(text: str, language: str | None = None) -> tuple[Mention, ...]:
    """What a text mentions, in the order of the text. `language` is nl, fr, de or en; None lets it be detected.

    A nameless description holds the mention of the person it names; other mentions do not overlap.
    """
    said = language if language in LANGUAGES else detect_language(text)
    fixed: list[Mention] = []
    for reader in (
        *READERS,
        lambda masked: (
            *find_organisations(masked, said),
            *find_institutions(masked, said),
            *find_trades(masked, said),
        ),
    ):
        fixed += _without_overlaps(reader(_masked(text, fixed)))
    persons = _persons(text, said, fixed)
    masked = _masked(text, [*fixed, *persons])
    described = (*find_descriptions(masked, said), *find_kin_in_towns(text, said))
    nameless = _without_overlaps((*find_nameless(text, said, persons), *described))
    covered = _taken(len(text), [*fixed, *persons])
    joining = [m for m in find_relation_words(text, said) if _free(m, covered)]
    every = [*fixed, *persons, *nameless, *joining]
    return tuple(sorted(every, key=lambda m: (m.start, -m.end, m.kind)))
