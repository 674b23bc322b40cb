"""Two records side by side: which values go together, and inside each which words and letters agree, by which habit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from passerelle import names
from passerelle.flow.new_since_judged import RELATION, News
from passerelle.flow.views import MatchView
from passerelle.matching.subject import FAMILIES, PERSON
from passerelle.names import numbers, places
from passerelle.names.compare import aligned, explain
from passerelle.words import Sentence

ALIKE_FROM = 0.7
NAMES = frozenset({"name", "alias", "weakAlias", "previousName", "firstName", "lastName", "fatherName", "motherName"})
ADDRESSES = frozenset({"full", "address", "street", "city"})
NUMBERS = frozenset({
    "phone", "number", "registrationNumber", "licensePlate", "idNumber", "passportNumber", "taxNumber", "iban",
    "accountNumber", "vin", "imoNumber", "email",
})  # fmt: skip
DATE = re.compile(r"\d{4}(?:-\d{2}){0,2}")
MARKS = {"same": "=", "alike": "≈", "different": "≠", "one": "·"}
"""The sign beside the colour, so that nobody needs the colour."""

COMPARED_MAX = 36
"""So many pairs of values of one property are weighed to find which go together; of more, only equal ones are."""

_WORD = re.compile(r"[^\s,;/()]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a value: how it compares (empty: it is only what stands between), and within it the letters, each
    stretch with whether it differs."""

    how: str
    letters: tuple[tuple[str, bool], ...]

    @property
    def sign(self) -> str:
        """The sign that stands for it."""
        return MARKS.get(self.how, "")


@dataclass(frozen=True, slots=True)
class Values:
    """A value of each side that go together (either may be missing): how they compare, why, which of them is new."""

    left: tuple[Piece, ...]
    right: tuple[Piece, ...]
    how: str
    because: tuple[Sentence, ...] = ()
    new_left: bool = False
    new_right: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One property on both sides, and how they compare: same, alike (written differently), different, or one."""

    name: str
    how: str
    values: Sequence[Values] = field(default_factory=tuple)

    @property
    def sign(self) -> str:
        """The sign that stands for it."""
        return MARKS[self.how]


def lines(view: MatchView) -> list[Line]:
    """The properties of both sides; what agrees stands first, and what only one side has stands last."""
    if view.left.subject is None or view.right.subject is None:
        return []
    left, right = view.left.subject, view.right.subject
    persons = PERSON in FAMILIES.get(left.schema, ()) and PERSON in FAMILIES.get(right.schema, ())
    found = []
    for name in view.differences:
        mine = [str(value) for value in left.properties.get(name, ())]
        theirs = [str(value) for value in right.properties.get(name, ())]
        together = _together(left.schema, name, mine, theirs, persons, view.news)
        hows = {one.how for one in together}
        how = next((one for one in MARKS if one in hows), "one")
        found.append(Line(name, how, together))
    order = list(MARKS)
    return sorted(found, key=lambda line: (order.index(line.how), line.name != "name"))


def new_relations(view: MatchView) -> dict[str, frozenset[int]]:
    """By side, the places in the shown list of relations of those that are new since the pair was judged."""
    if view.news is None:
        return {}
    found: dict[str, frozenset[int]] = {}
    for side, shown in (("left", view.left), ("right", view.right)):
        new = {(name, place) for where, name, place in view.news.added if where == side and name.startswith(RELATION)}
        places_of: dict[str, int] = {}
        rows = set()
        for row, (kind, _) in enumerate(shown.relations):
            place = places_of.get(kind, 0)
            places_of[kind] = place + 1
            if (RELATION + kind, place) in new:
                rows.add(row)
        found[side] = frozenset(rows)
    return found


def marked(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[str, bool]]:
    """A text in stretches, each with whether it speaks of the subject."""
    found, at = [], 0
    for start, end in spans:
        found += [(text[at:start], False), (text[start:end], True)]
        at = end
    found.append((text[at:], False))
    return [(stretch, is_it) for stretch, is_it in found if stretch]


def _together(
    schema: str, name: str, mine: list[str], theirs: list[str], persons: bool, news: News | None
) -> list[Values]:
    scores: list[tuple[float, int, int]] = []
    few = len(mine) * len(theirs) <= COMPARED_MAX
    for i, one in enumerate(mine):
        for j, other in enumerate(theirs):
            if one.casefold() == other.casefold():
                scores.append((2.0, i, j))
            elif few:
                scores.append((_score(schema, name, one, other), i, j))
    scores.sort(key=lambda row: (-row[0], row[1], row[2]))
    free_left, free_right = set(range(len(mine))), set(range(len(theirs)))
    found: list[tuple[int, Values]] = []
    new = news.added if news is not None else frozenset()
    for score, i, j in scores:
        if i in free_left and j in free_right:
            free_left.discard(i)
            free_right.discard(j)
            how = "same" if score == 2.0 else "alike" if score >= ALIKE_FROM else "different"
            left, right, because = _inside(schema, name, mine[i], theirs[j], how, persons)
            found.append((
                i, Values(left, right, how, because, ("left", name, i) in new, ("right", name, j) in new)
            ))  # fmt: skip
    rest = [(i, Values(_plain(mine[i]), (), "one", (), ("left", name, i) in new)) for i in sorted(free_left)]
    rest += [
        (len(mine) + j, Values((), _plain(theirs[j]), "one", (), False, ("right", name, j) in new))
        for j in sorted(free_right)
    ]
    order = list(MARKS)
    return [values for _, values in sorted(found + rest, key=lambda row: (order.index(row[1].how), row[0]))]


def _score(schema: str, name: str, one: str, other: str) -> float:
    if name in NAMES:
        return names.compare(schema, one, other).score
    if name in ADDRESSES:
        return places.compare_addresses(one, other).score
    if name in NUMBERS:
        return 1.0 if numbers.document(one) == numbers.document(other) else 0.1
    if DATE.fullmatch(one) and DATE.fullmatch(other) and (one.startswith(other) or other.startswith(one)):
        return 0.9
    return 0.0


def _inside(
    schema: str, name: str, one: str, other: str, how: str, persons: bool
) -> tuple[tuple[Piece, ...], tuple[Piece, ...], tuple[Sentence, ...]]:
    """The pieces of two values that go together, and why in sentences where they are not simply equal."""
    if how == "same":
        return (_whole(one, "same"),), (_whole(other, "same"),), ()
    if name in NAMES and persons:
        return _names(one, other)
    if name in NAMES or name in ADDRESSES:
        compared = names.compare("Address" if name in ADDRESSES else schema, one, other)
        return (*_by_words(one, other, how), compared.reasons)
    if DATE.fullmatch(one) and DATE.fullmatch(other):
        return (*_by_places(one, other), ())
    if name in NUMBERS:
        return (*_by_signs(one, other, how), ())
    return (*_by_words(one, other, "different" if how == "different" else how), ())


_KINDS = {"same": "same", "sound": "alike", "near": "alike", "equivalent": "alike", "initial": "alike",
          "different": "different"}  # fmt: skip


def _names(one: str, other: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...], tuple[Sentence, ...]]:
    found = aligned(one, other)
    left: dict[int, tuple[str, str]] = {}
    right: dict[int, tuple[str, str]] = {}
    for pair in found.pairs:
        here, there = found.left.words[pair.left].text, found.right.words[pair.right].text
        left[pair.left] = (_KINDS[pair.kind], there)
        right[pair.right] = (_KINDS[pair.kind], here)
    return (
        _laid(one, [word.text for word in found.left.words], left),
        _laid(other, [word.text for word in found.right.words], right),
        explain(found),
    )


def _laid(value: str, words: Sequence[str], how: dict[int, tuple[str, str]]) -> tuple[Piece, ...]:
    """A value cut at its words, each marked by what it was set against. A word that is not found as it was read leaves
    the value whole."""
    pieces: list[Piece] = []
    at = 0
    low = value.casefold()
    if len(low) != len(value):
        return _plain(value)
    for number, word in enumerate(words):
        parts = re.split(r"[\W_]+", word.casefold())
        hit = re.compile(r"[\W_]*".join(map(re.escape, parts))).search(low, at)
        if hit is None or not hit[0]:
            return _plain(value)
        start, end = hit.span()
        kind, against = how.get(number, ("one", ""))
        if value[at:start]:
            pieces.append(_whole(value[at:start], ""))
        letters = _letters(value[start:end], against) if kind == "alike" else ((value[start:end], False),)
        pieces.append(Piece(kind, letters))
        at = end
    if value[at:]:
        pieces.append(_whole(value[at:], ""))
    return tuple(pieces)


def _letters(word: str, against: str) -> tuple[tuple[str, bool], ...]:
    """The letters of a word, in stretches that stand in the other one too and stretches that do not. Of words in two
    scripts no letter agrees, and none is marked."""
    low, other = word.casefold(), against.casefold()
    if len(low) != len(word) or not set(low) & set(other):
        return ((word, False),)
    found: list[tuple[str, bool]] = []
    for tag, start, end, _, _ in SequenceMatcher(None, low, other, autojunk=False).get_opcodes():
        if end > start:
            found.append((word[start:end], tag != "equal"))
    return tuple(found)


def _by_words(one: str, other: str, how: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Words that stand on both sides agree; the rest is as the whole is."""
    both = {word.casefold() for word in _WORD.findall(one)} & {word.casefold() for word in _WORD.findall(other)}

    def cut(value: str) -> tuple[Piece, ...]:
        pieces, at = [], 0
        for hit in _WORD.finditer(value):
            if value[at : hit.start()]:
                pieces.append(_whole(value[at : hit.start()], ""))
            pieces.append(_whole(hit[0], "same" if hit[0].casefold() in both else how))
            at = hit.end()
        return tuple([*pieces, _whole(value[at:], "")] if value[at:] else pieces)

    return cut(one), cut(other)


def _by_places(one: str, other: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Year, month and day, each against its own."""
    left, right = one.split("-"), other.split("-")

    def cut(mine: list[str], theirs: list[str]) -> tuple[Piece, ...]:
        pieces: list[Piece] = []
        for place, part in enumerate(mine):
            if place:
                pieces.append(_whole("-", ""))
            how = "one" if place >= len(theirs) else "same" if part == theirs[place] else "different"
            pieces.append(_whole(part, how))
        return tuple(pieces)

    return cut(left, right), cut(right, left)


def _by_signs(one: str, other: str, how: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """A number is one piece; the signs in it that differ are marked."""
    return (Piece(how, _letters(one, other)),), (Piece(how, _letters(other, one)),)


def _plain(value: str) -> tuple[Piece, ...]:
    return (_whole(value, "one"),)


def _whole(value: str, how: str) -> Piece:
    return Piece(how, ((value, False),))
