"""What a text mentions, in the order of the text: things and persons together, without overlaps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from passerelle.intake.language import detect_language
from passerelle.intake.mention import Mention, mention_of
from passerelle.intake.text_descriptions import find_descriptions, find_kin_in_towns
from passerelle.intake.text_evidence import tokens
from passerelle.intake.text_labels import find_labelled
from passerelle.intake.text_names import (
    IN_QUOTES,
    NAMED_ELSEWHERE,
    find_names_in_small_letters,
    find_parts,
    find_single_names,
    is_plain_word,
    known_name,
    refined,
    salutes,
)
from passerelle.intake.text_organisations import find_trades, is_house_word
from passerelle.intake.text_persons import (
    LISTED_CONFIDENCE,
    NAME_CUE,
    find_nameless,
    find_persons,
    find_siblings,
    one_of_pattern,
)
from passerelle.intake.text_streets import find_streets
from passerelle.intake.text_tags import marked
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
from passerelle.intake.text_words import CAPITAL, LANGUAGES, word_table
from passerelle.intake.word_pieces import written_small, written_with_capital
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
    find_streets,
)
"""The readers of what has a shape of its own, in the order in which they take their places in the text."""

WEIGHED = noop("The words and what stands beside them look like a name.")
RULE_SURE = 0.93
BELIEVED = frozenset((NAMED_ELSEWHERE, NAME_CUE, IN_QUOTES))
"""What a rule says that the weights do not overrule."""
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


def _persons(text: str, language: str, fixed: list[Mention], labelled: list[Mention]) -> list[Mention]:
    """Those who are named, in the order of the text, without overlaps."""
    masked = _masked(text, fixed)
    several = [found.span() for found in one_of_pattern(language).finditer(text)]
    taken = _taken(len(text), fixed)
    things = bytearray(taken)
    for start, end in several:
        taken[start:end] = b"\x01" * (end - start)
    places = [(m.start, m.end) for m in fixed] + several
    runs = (refined(text, language, run) for run in find_persons(text, language, places))
    labelled = [m for m in labelled if _free(m, things)]
    persons = _without_overlaps((*labelled, *(run for run in runs if run is not None)))
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


def things(text: str) -> tuple[str, list[Mention]]:
    """What has a shape of its own, and the text with a sign that nothing reads in its place."""
    fixed: list[Mention] = []
    for reader in READERS:
        fixed += _without_overlaps(reader(_masked(text, fixed)))
    return _masked(text, fixed), sorted(fixed, key=lambda m: m.start)


MARKED_CHARACTERS_MAX = 12_000
"""So much of a text is weighed word by word; a longer one is read by the rules alone beyond it."""
SURE = {"person": 40.0, "organisation": 50.0}
"""By how much a word must be likelier in a name than outside any for the weights alone to say so: set on the open half
of `tests/data/text_fresh`, each part by weights made without it, so that of five added at most two are wrong. A wrong
mention costs the officer a key, a missed one is written in."""
COMMON_MARGIN = 30.0


def _marks(text: str, masked: str, fixed: list[Mention], language: str) -> list[tuple[Mention, float]]:
    """The persons and organisations that the trained weights find, each with its margin."""
    beginning = masked[:MARKED_CHARACTERS_MAX]
    found = []
    for kind, start, end, margin in marked(tokens(beginning, fixed), language):
        start = _without_salute(text, start, end)
        if kind == "organisation" and re.fullmatch(rf"{CAPITAL}[^\W\d_]+\s{CAPITAL}\.?", text[start:end]):
            kind = "person"  # “Yonas T.”
        if kind == "organisation" and _no_house(text[start:end], language, margin):
            continue
        end = start + len(re.sub(r"['’]s?$", "", text[start:end]))
        name = text[start:end]
        if any(sign.isalpha() for sign in name) and "\n" not in name and TAKEN not in masked[start:end]:
            plain = re.sub(r"\s*[(),]\s*", " ", name).strip()
            confidence = 0.7 if margin < 1.5 * SURE[kind] else 0.8
            found.append(
                (mention_of(kind, text, (start, end), plain, confidence, sentence(WEIGHED), name=plain), margin)
            )
    return found


def _without_salute(text: str, start: int, end: int) -> int:
    """Where a name begins behind a greeting that was taken for a part of it."""
    first = re.match(r"[^\W\d_]+[ ,\n]+", text[start:end])
    return start + first.end() if first and first[0].strip(" ,\n").lower() in salutes() else start


def _no_house(name: str, language: str, margin: float) -> bool:
    """Whether what the weights take for a house is one plain word, or begins with a well-known given name."""
    words = name.split()
    if len(words) == 1:
        common = written_with_capital(name) and margin < COMMON_MARGIN
        plain = is_plain_word(name, language) or name.lower() in salutes()
        return plain or common or known_name(name) or written_small(name)
    return known_name(words[0]) and not any(is_house_word(word) for word in words)


def _weighed(
    text: str,
    fixed: list[Mention],
    persons: list[Mention],
    marks: list[tuple[Mention, float]],
    several: re.Pattern[str],
) -> tuple[list[Mention], list[Mention]]:
    """What the rules found, and what the weights found, as one: where a rule took a house for a person, the weights are
    believed; where they see the name within what a rule took for it, its ends are theirs; and what no rule saw is added
    if they are sure."""
    houses: list[Mention] = []
    kept: list[Mention] = []
    for person in persons:
        over = [(mark, margin) for mark, margin in marks if mark.start < person.end and person.start < mark.end]
        doubtful = person.confidence < RULE_SURE and person.because.text not in BELIEVED
        house = next((mark for mark, _ in over if mark.kind == "organisation"), None)
        if doubtful and house is not None and len(over) == 1:
            houses.append(house)
        elif doubtful and over and all(person.start <= m.start and m.end <= person.end for m, _ in over):
            kept += [mark if mark.text != person.text else person for mark, _ in over if mark.kind == "person"]
            houses += [mark for mark, _ in over if mark.kind == "organisation"]
        else:
            kept.append(person)
    fixed = sorted([*fixed, *_without_overlaps(houses)], key=lambda m: m.start)
    taken = _taken(len(text), [*fixed, *kept])
    for found in several.finditer(text):
        taken[found.start() : found.end()] = b"\x01" * (found.end() - found.start())
    more = [mark for mark, margin in marks if margin >= SURE[mark.kind] and _free(mark, taken)]
    fixed += [mark for mark in more if mark.kind == "organisation"]
    kept = [person for person in kept if not any(h.start < person.end and person.start < h.end for h in houses)]
    return fixed, sorted([*kept, *(mark for mark in more if mark.kind == "person")], key=lambda m: m.start)


def mentions(text: str, language: str | None = None) -> tuple[Mention, ...]:
    """What a text mentions, in the order of the text. `language` is nl, fr, de or en; None lets it be detected.

    A nameless description holds the mention of the person it names; other mentions do not overlap.
    """
    said = language if language in LANGUAGES else detect_language(text)
    masked, fixed = things(text)
    marks = _marks(text, masked, fixed, said)
    labelled = list(find_labelled(masked, said))
    houses = (*find_organisations(masked, said), *find_institutions(masked, said), *find_trades(masked, said))
    fixed += _without_overlaps((*(m for m in labelled if m.kind == "organisation"), *houses))
    persons = _persons(text, said, fixed, [m for m in labelled if m.kind == "person"])
    fixed, persons = _weighed(text, fixed, persons, marks, one_of_pattern(said))
    masked = _masked(text, [*fixed, *persons])
    described = (*find_descriptions(masked, said), *find_kin_in_towns(text, said))
    nameless = _without_overlaps((*find_nameless(text, said, persons), *described))
    covered = _taken(len(text), [*fixed, *persons])
    joining = [m for m in find_relation_words(text, said) if _free(m, covered)]
    every = [*fixed, *persons, *nameless, *joining]
    return tuple(sorted(every, key=lambda m: (m.start, -m.end, m.kind)))
