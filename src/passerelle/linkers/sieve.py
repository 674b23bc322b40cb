"""How much evidence beside the name a pair can have at most: what cannot reach the bar is not weighed any further."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from passerelle.linkers.doors import door
from passerelle.matching import Subject
from passerelle.matching.evidence import address, birth
from passerelle.matching.evidence.finding import weights
from passerelle.matching.evidence.number import DOCUMENTS, SINGULAR
from passerelle.matching.evidence.particulars import country
from passerelle.matching.subject import FAMILIES, PERSON
from passerelle.names import numbers, places

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Table = npt.NDArray[Any]
"""Rows of FACTS."""

SIGNS = 16
FACTS = np.dtype(
    [
        ("person", np.uint8), ("dates", np.uint8), ("year", np.int16), ("month", np.uint8), ("day", np.uint8),
        ("nations", np.uint8), ("nation", "S4"), ("addresses", np.uint8), ("house", np.int32),
        ("documents", np.uint8), ("kind", np.uint8), ("document", f"S{SIGNS}"),
        ("phones", np.uint8), ("phone", f"S{SIGNS}"), ("rest", np.float32), ("text", f"S{SIGNS}"),
    ]
)  # fmt: skip
"""What is noted of a record, so that most pairs are put aside without reading it again. `dates`, `nations`,
`addresses`, `documents`, `phones`: 0 for none, 1 where the one there is stands beside, 2 where nothing is known of
them but that they are there. `rest`: the most bits that all else can add. `text`: how the first name begins."""

NONE, ONE, ANY = 0, 1, 2
_SMALL = 1e-6
_LITTLE = {"email": "email", "birthPlace": "birth_place", "birthCountry": "birth_country"}
_HOUSE = re.compile(r"[1-9]\d{0,6}[a-z]?")


def facts(subjects: Sequence[Subject]) -> Table:
    """What is noted of these records, one row for each."""
    weigh = weights()
    rows = [_facts(subject, weigh) for subject in subjects]
    return np.array(rows, dtype=FACTS)


def _facts(subject: Subject, weigh: dict[str, Any]) -> tuple[Any, ...]:
    given = subject.properties
    names = subject.names
    dates = year = month = day = NONE
    if "birthDate" in given:
        born = {date for text in given["birthDate"] if (date := birth.read(text))}
        dates = min(len(born), ANY)
        if dates == ONE:
            ((year, month, day),) = born
            if not -9999 <= year <= 9999 or not 0 <= month <= 99 or day > 99:
                dates, year, month, day = ANY, 0, 0, 0
    nations, nation = NONE, ""
    if "nationality" in given or "citizenship" in given:
        nations, nation = _one({country(text) for text in subject.values("nationality", "citizenship")}, 4)
    lived = address.addresses(subject)
    addresses, house = NONE, 0
    if lived:
        addresses, house = ANY, 0
        if len(lived) == 1 and (number := _house(lived[0])):
            addresses, house = ONE, number
    documents, document, kind = NONE, "", 0
    if not _DOCUMENTS.isdisjoint(given):
        said = {(name, numbers.document(value)) for name in given.keys() & _DOCUMENTS for value in given[name]}
        documents, document = _one({value for _, value in said}, SIGNS)
        if documents == ONE and (len(said) > 1 or len(document) < 4):
            documents, document = ANY, ""
        if documents == ONE:
            kind = _PLACES[next(iter(said))[0]]
    phones, phone = NONE, ""
    if "phone" in given:
        phones, phone = _one({read for text in given["phone"] if (read := numbers.phone(text))}, SIGNS)
    rest = _SMALL
    if not _LITTLE.keys().isdisjoint(given):
        rest += sum(float(weigh[how]["same"]) for name, how in _LITTLE.items() if name in given)
    if subject.relations:
        rest += len(subject.relations) * float(max(weigh["relation"].values()))
    return (
        bool(names) and FAMILIES[subject.schema] == _PERSONS, dates, year, month, day, nations, nation, addresses,
        house, documents, kind, document, phones, phone, rest,
        names[0][:SIGNS].encode("utf-8", "replace")[:SIGNS] if names else b"",
    )  # fmt: skip


_PERSONS = {PERSON}
_DOCUMENTS = frozenset(DOCUMENTS)
_PLACES = {name: place for place, name in enumerate(DOCUMENTS)}


def _one(found: set[str], signs: int) -> tuple[int, str]:
    """How many there are, and the one there is when it is short and plain."""
    if len(found) != 1:
        return min(len(found), ANY), ""
    (only,) = found
    return (ONE, only) if only.isascii() and 0 < len(only) <= signs and "\0" not in only else (ANY, "")


@lru_cache(maxsize=4096)
def _house(text: str) -> int:
    """The house number of an address where it is plain, else 0."""
    plain = door(text)
    number = plain[1] if plain else places.parse_address(text).number
    return int(number.rstrip("abcdefghijklmnopqrstuvwxyz")) if _HOUSE.fullmatch(number) else 0


def most(left: Table, right: Table) -> Floats:
    """For each pair of rows of FACTS, the most bits that all evidence but the name can add: never less than what
    `compare` would find."""
    weigh = weights()
    out: Floats = np.minimum(left["rest"], right["rest"]).astype(np.float64)
    out += _births(left, right, weigh["birth"])
    out += _nations(left, right, weigh["nationality"])
    both = (left["addresses"] > 0) & (right["addresses"] > 0)
    apart = (left["addresses"] == ONE) & (right["addresses"] == ONE) & (left["house"] != right["house"])
    out += np.where(both & ~apart, float(weigh["address"]["same"]), 0.0)
    out += _numbers(left, right, "document", "documents", weigh["identifier"])
    out += _numbers(left, right, "phone", "phones", weigh["phone"])
    return out


def _births(left: Table, right: Table, weigh: dict[str, float]) -> Floats:
    """As `birth.between` where each side has one date; the most there can be where a side has several."""
    year, other = left["year"].astype(np.int64), right["year"].astype(np.int64)
    month, second = left["month"].astype(np.int64), right["month"].astype(np.int64)
    day, third = left["day"].astype(np.int64), right["day"].astype(np.int64)
    gap = np.abs(year - other)
    first, first_too = (month == 1) & (day == 1), (second == 1) & (third == 1)
    months, days = month == second, (month == second) & (day == third)
    same = (gap == 0) & days & (month > 0) & (day > 0)
    vague = (month == 0) | (second == 0) | first | first_too
    half = (day == 0) | (third == 0)
    turned = (gap == 0) & (month == third) & (day == second)
    digits = np.zeros(len(left), dtype=np.int64)
    for one, two, tens in ((year, other, (1, 10, 100, 1000)), (month, second, (1, 10)), (day, third, (1, 10))):
        for ten in tens:
            digits += (one // ten) % 10 != (two // ten) % 10
    figures = np.select(
        [
            same & first, same, vague & (gap == 0), vague & (gap == 1), vague & (gap == 2), vague,
            half & (gap == 0) & months, half & (gap == 0), half,
            turned, days & (gap == 1), (digits == 1) | (days & (gap == 10)),
            (gap == 0) & months, gap == 0, days | (gap <= 1),
        ],
        [
            weigh["same_first_of_january"], weigh["same"], weigh["year_same_only"], weigh["year_near"], weigh["near"],
            weigh["apart"], weigh["month_same"], weigh["same_year"], weigh["apart"],
            weigh["swapped"], weigh["year_one_off"], weigh["one_digit"],
            weigh["same_month"], weigh["same_year"], weigh["near"],
        ],
        weigh["apart"],
    )  # fmt: skip
    single = (left["dates"] == ONE) & (right["dates"] == ONE)
    either = (left["dates"] == ANY) | (right["dates"] == ANY)
    most_said = float(max(weigh.values()))
    there = (left["dates"] > 0) & (right["dates"] > 0)
    return np.where(single, figures, np.where(there & either, most_said, 0.0))


def _nations(left: Table, right: Table, weigh: dict[str, float]) -> Floats:
    both = (left["nations"] > 0) & (right["nations"] > 0)
    single = (left["nations"] == ONE) & (right["nations"] == ONE)
    same = left["nation"] == right["nation"]
    codes = (np.char.str_len(left["nation"]) == 2) & (np.char.str_len(right["nation"]) == 2)
    figures = np.where(same, weigh["same"], np.where(codes, weigh["different"], 0.0))
    return np.where(single, figures, np.where(both, weigh["same"], 0.0))


def _numbers(left: Table, right: Table, name: str, count: str, weigh: dict[str, float]) -> Floats:
    both = (left[count] > 0) & (right[count] > 0)
    out = np.where(both, float(weigh["same"]), 0.0)
    rows = np.flatnonzero((left[count] == ONE) & (right[count] == ONE))
    ours, theirs = left[name][rows], right[name][rows]
    apart = ours != theirs
    rows, ours, theirs = rows[apart], ours[apart], theirs[apart]
    near = _slipped(ours, theirs)
    out[rows] = np.where(near, float(weigh["near"]), 0.0)
    if "different" in weigh:
        alone = np.array([name in SINGULAR for name in DOCUMENTS], dtype=np.bool_)
        kinds = left["kind"][rows]
        against = np.where(alone[kinds], 4.0, 1.0) * float(weigh["different"])
        out[rows] += np.where(~near & (kinds == right["kind"][rows]), against, 0.0)
    return out


def _slipped(ours: Table, theirs: Table) -> Bools:
    """As `number.slipped`: of one length, and one sign differs, or two neighbours changed places."""
    if not len(ours):
        return np.zeros(0, dtype=np.bool_)
    one = np.frombuffer(np.ascontiguousarray(ours).tobytes(), dtype=np.uint8).reshape(len(ours), SIGNS)
    two = np.frombuffer(np.ascontiguousarray(theirs).tobytes(), dtype=np.uint8).reshape(len(theirs), SIGNS)
    apart = one != two
    many = apart.sum(axis=1)
    long = np.char.str_len(ours) == np.char.str_len(theirs)
    at = apart.argmax(axis=1)
    row = np.arange(len(ours))
    beside = np.minimum(at + 1, SIGNS - 1)
    turned = (many == 2) & apart[row, beside] & (one[row, at] == two[row, beside]) & (one[row, beside] == two[row, at])
    near: Bools = long & ((many == 1) | turned)
    return near
