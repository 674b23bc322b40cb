"""What subjects say beside their names, as columns of figures: for many pairs at once, exactly or at most."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from passerelle.matching.evidence import address, birth, number, particulars
from passerelle.matching.evidence.finding import weights
from passerelle.matching.subject import FAMILIES, ORGANISATION, PHONE, VEHICLE, Subject

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

WIDE = 4
"""So many values of one kind are held for each subject; sets of more are met one by one."""


class Values:
    """A set of values for each subject, of which only is asked whether two have one in common."""

    def __init__(self, sets: Sequence[Iterable[Hashable]]) -> None:
        numbers: dict[Hashable, int] = {}
        self._sets = [frozenset(numbers.setdefault(value, len(numbers)) for value in values) for values in sets]
        self.has = np.array([bool(values) for values in self._sets], dtype=np.bool_)
        self.any = bool(self.has.any())
        wide = min(WIDE, max((len(values) for values in self._sets), default=0))
        self._held = np.full((len(self._sets), wide), -1, dtype=np.int32)
        self._many = np.zeros(len(self._sets), dtype=np.bool_)
        for row, values in enumerate(self._sets):
            self._many[row] = len(values) > WIDE
            if values and not self._many[row]:
                self._held[row, : len(values)] = sorted(values)

    def both(self, left: Ints, right: Ints) -> Bools:
        """Whether both sides have a value."""
        found: Bools = self.has[left] & self.has[right]
        return found

    def meet(self, left: Ints, right: Ints) -> Bools:
        """Whether the two sides have a value in common."""
        found = np.zeros(len(left), dtype=np.bool_)
        if not self.any:
            return found
        rows = np.flatnonzero(self.both(left, right))
        one, two = left[rows], right[rows]
        theirs = self._held[two]
        shared = np.zeros(len(rows), dtype=np.bool_)
        for slot in range(self._held.shape[1]):
            mine = self._held[one, slot]
            if not (mine >= 0).any():
                break
            shared |= ((mine[:, None] == theirs) & (mine >= 0)[:, None]).any(axis=1)
        found[rows] = shared
        for row in rows[self._many[one] | self._many[two]].tolist():
            found[row] = not self._sets[int(left[row])].isdisjoint(self._sets[int(right[row])])
        return found


class Columns:
    """Subjects read once. `exact` is what birth dates, gender, nationality, places, seats and e-mail say of each pair;
    `at_most` what numbers, addresses and relations can say; `open` whether these say anything at all."""

    def __init__(self, subjects: Sequence[Subject]) -> None:
        self._weigh: dict[str, Any] = weights()
        self._read_births(subjects)
        self._gender = np.array(
            [sum({"m": 1, "f": 2}[sex] for sex in particulars.genders_of(one)) for one in subjects], dtype=np.int8
        )
        nations = [{particulars.country(v) for v in one.values(*particulars.NATIONALITIES)} for one in subjects]
        self._nations, self._nation_codes = Values(nations), _codes(nations)
        self._birth_places = Values([{particulars.town(v) for v in one.values("birthPlace")} for one in subjects])
        self._lands = Values([{particulars.country(v) for v in one.values("birthCountry")} for one in subjects])
        organisations = [ORGANISATION in FAMILIES[one.schema] for one in subjects]
        seats = [
            {particulars.country(v) for v in one.values(*particulars.SEATS)} if is_one else set()
            for one, is_one in zip(subjects, organisations, strict=True)
        ]
        self._seats, self._seat_codes = Values(seats), _codes(seats)
        self._emails = Values([{v.lower() for v in one.values("email")} for one in subjects])
        self._read_numbers(subjects)
        self._addresses = np.array([bool(address.addresses(one)) for one in subjects], dtype=np.bool_)
        kinds = sorted({relation.kind for one in subjects for relation in one.relations} - {"lives_at", "located_at"})
        bits = {kind: 1 << place for place, kind in enumerate(kinds)}
        self._relations = np.array(
            [sum({bits.get(relation.kind, 0) for relation in one.relations}) for one in subjects], dtype=np.int64
        )
        self._most_related = float(max(self._weigh["relation"].values()))

    def _read_births(self, subjects: Sequence[Subject]) -> None:
        self._born = [birth.dates(one) for one in subjects]
        self._has_born = np.array([bool(dates) for dates in self._born], dtype=np.bool_)
        places: dict[tuple[birth.Date, ...], int] = {}
        self._born_number = np.array([places.setdefault(dates, len(places)) for dates in self._born], dtype=np.int64)
        self._dates = list(places)
        self._date = np.zeros((len(places), 3), dtype=np.int64)
        self._plain = np.zeros(len(places), dtype=np.bool_)
        for row, dates in enumerate(self._dates):
            if len(dates) == 1 and dates[0][1] and dates[0][2] and dates[0][1:] != (1, 1):
                self._date[row], self._plain[row] = dates[0], all(0 <= part <= 9999 for part in dates[0])

    def _read_numbers(self, subjects: Sequence[Subject]) -> None:
        documents = [number.documents(one) for one in subjects]
        long = [{value for values in found.values() for value in values if len(value) >= 4} for found in documents]
        self._documents = Values(long)
        names = {name: 1 << place for place, name in enumerate(number.DOCUMENTS)}
        self._document_names = np.array(
            [sum(names[name] for name, values in found.items() if values) for found in documents], dtype=np.int64
        )
        lengths = [{min(len(value), 62) for value in values if len(value) >= 7} for values in long]
        self._lengths = np.array([sum(1 << length for length in found) for found in lengths], dtype=np.int64)
        phones = [number.phone_numbers(one, PHONE in FAMILIES[one.schema]) for one in subjects]
        self._phones = Values(phones)
        self._own_phone = np.array([PHONE in FAMILIES[one.schema] for one in subjects], dtype=np.bool_)
        self._vehicle = np.array([VEHICLE in FAMILIES[one.schema] for one in subjects], dtype=np.bool_)

    def exact(self, left: Ints, right: Ints) -> tuple[Floats, Bools]:
        """The bits of each pair, and whether one piece of evidence speaks for it by which a pair can be known."""
        weigh = self._weigh
        bits = self._births(left, right)
        known = bits > 0
        sexes = (self._gender[left] > 0) & (self._gender[right] > 0) & ((self._gender[left] & self._gender[right]) == 0)
        bits += np.where(sexes, weigh["gender"]["different"], 0.0)
        bits += _alike_or_not(self._nations, self._nation_codes, weigh["nationality"], left, right)
        if self._birth_places.any:
            bits += np.where(self._birth_places.meet(left, right), weigh["birth_place"]["same"], 0.0)
        if self._lands.any:
            same = self._lands.meet(left, right)
            found = np.where(same, weigh["birth_country"]["same"], weigh["birth_country"]["different"])
            bits += np.where(self._lands.both(left, right), found, 0.0)
        seats = _alike_or_not(self._seats, self._seat_codes, weigh["organisation_country"], left, right)
        bits, known = bits + seats, known | (seats > 0)
        if self._emails.any:
            same = self._emails.meet(left, right)
            bits, known = bits + np.where(same, weigh["email"]["same"], 0.0), known | same
        return bits, known

    def at_most(self, left: Ints, right: Ints) -> tuple[Floats, Bools]:
        """The most that numbers, addresses and relations can say for each pair, and whether they say anything."""
        weigh = self._weigh
        bits = np.zeros(len(left), dtype=np.float64)
        shared = self._documents.meet(left, right)
        near = (self._lengths[left] & self._lengths[right]) != 0
        bits += np.where(shared, weigh["identifier"]["same"], np.where(near, weigh["identifier"]["near"], 0.0))
        open_ = shared | near | ((self._document_names[left] & self._document_names[right]) != 0)
        if self._phones.any:
            both = self._phones.both(left, right)
            own = self._own_phone[left] & self._own_phone[right]
            most = np.where(own, weigh["phone"]["own"], weigh["phone"]["same"])
            most = np.where(self._phones.meet(left, right), most, weigh["phone"]["near"])
            bits += np.where(both, most, 0.0)
            open_ |= both
        vehicles = self._vehicle[left] & self._vehicle[right]
        bits += np.where(vehicles, weigh["plate"]["same"], 0.0)
        doors = self._addresses[left] & self._addresses[right]
        bits += np.where(doors, weigh["address"]["same"], 0.0)
        related = self._relations[left] & self._relations[right]
        bits += np.bitwise_count(related) * self._most_related
        return bits, open_ | vehicles | doors | (related != 0)

    def _births(self, left: Ints, right: Ints) -> Floats:
        out = np.zeros(len(left), dtype=np.float64)
        rows = np.flatnonzero(self._has_born[left] & self._has_born[right])
        if not len(rows):
            return out
        one, two = self._born_number[left[rows]], self._born_number[right[rows]]
        plain = self._plain[one] & self._plain[two]
        out[rows[plain]] = self._plain_births(self._date[one[plain]], self._date[two[plain]])
        odd = np.flatnonzero(~plain)
        if len(odd):
            pairs, inverse = np.unique(one[odd] * len(self._dates) + two[odd], return_inverse=True)
            bits = np.array(
                [birth.best(*(self._dates[n] for n in divmod(p, len(self._dates))))[0] for p in pairs.tolist()]
            )
            out[rows[odd]] = bits[inverse.ravel()]
        return out

    def _plain_births(self, one: Ints, two: Ints) -> Floats:
        """`birth.between` for dates of which day, month and year are known and that are no first of January."""
        weigh = self._weigh["birth"]
        gap = np.abs(one[:, 0] - two[:, 0])
        same = (one == two).all(axis=1)
        months = one[:, 1] == two[:, 1]
        days = (one[:, 1:] == two[:, 1:]).all(axis=1)
        digits = np.zeros(len(one), dtype=np.int64)
        for part, tens in ((0, (1, 10, 100, 1000)), (1, (1, 10)), (2, (1, 10))):
            for ten in tens:
                digits += (one[:, part] // ten) % 10 != (two[:, part] // ten) % 10
        turned = (gap == 0) & (one[:, 1] == two[:, 2]) & (one[:, 2] == two[:, 1])
        return np.select(
            [
                same, turned, days & (gap == 1), days & ((gap == 10) | (digits == 1)), days, digits == 1,
                (gap == 0) & months, gap == 0, gap <= 1,
            ],
            [
                weigh["same"], weigh["swapped"], weigh["year_one_off"], weigh["one_digit"], weigh["near"],
                weigh["one_digit"], weigh["same_month"], weigh["same_year"], weigh["near"],
            ],
            weigh["apart"],
        )  # fmt: skip


def _codes(sets: Sequence[Iterable[str]]) -> tuple[Bools, Bools]:
    """For each set of countries: whether all of them are codes of two letters, and whether any is."""
    every = np.array([all(len(value) == 2 for value in values) for values in sets], dtype=np.bool_)
    some = np.array([any(len(value) == 2 for value in values) for values in sets], dtype=np.bool_)
    return every, some


def _alike_or_not(
    values: Values, codes: tuple[Bools, Bools], weigh: dict[str, float], left: Ints, right: Ints
) -> Floats:
    """Countries: one in common speaks for, none against, and a code beside a name says nothing."""
    if not values.any:
        return np.zeros(len(left), dtype=np.float64)
    every, some = codes
    comparable = (every[left] & every[right]) | ~(some[left] | some[right])
    other = np.where(comparable, weigh["different"], 0.0)
    return np.where(values.both(left, right), np.where(values.meet(left, right), weigh["same"], other), 0.0)
