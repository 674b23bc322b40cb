"""What records say: the keys they are found by, the words of their names, and what many of them may share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from passerelle.linkers import digests
from passerelle.linkers.digests import KINDS, Ints
from passerelle.linkers.doors import door
from passerelle.linkers.lexicon import Lexicon, Table
from passerelle.matching import Subject
from passerelle.matching.evidence import address, birth
from passerelle.matching.keys import beside, joined_keys, keys, near_keys, plain_keys, said_of
from passerelle.matching.subject import FAMILIES, PERSON
from passerelle.names import parts
from passerelle.names.batch import ROLES, WORDS_MAX
from passerelle.names.compare import weights
from passerelle.names.word_table import PREFIXES

NAMED = np.dtype(
    [("r", np.int32), ("of", np.int64), ("stem", np.int64), ("prefix", np.uint8), ("role", np.uint8),
     ("over", np.int16)]
)  # fmt: skip
"""The words of the names of persons that have one name, in their order: the record's number, the word (`of` and `stem`
as in `word_table.WORD`), its small word, its role, and what it costs when it stands on one side alone."""


@dataclass(slots=True)
class Said:
    """What a run of records says: its keys by 64-bit digest, with the row that bears each and its kind; the words of
    names, and how many records bear each stem; the digests of values that many may share."""

    rows: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    digests: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    kinds: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    named: Table = field(default_factory=lambda: np.empty(0, dtype=NAMED))
    stems: Counter[str] = field(default_factory=Counter)
    shared: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))


def say(first: int, subjects: Sequence[Subject], lexicon: Lexicon | None = None) -> Said:
    """What these records say; the first of them has the number `first`. A run of many gives one lexicon for all."""
    return _Run(first, subjects, Lexicon() if lexicon is None else lexicon).said()


class _Run:
    """One run of records while it is read: what is said beside the names is noted as texts, names by their words."""

    def __init__(self, first: int, subjects: Sequence[Subject], lexicon: Lexicon) -> None:
        self._first, self._lexicon, self._count = first, lexicon, len(subjects)
        self._stems: Counter[str] = Counter()
        self._shared: list[str] = []
        # keys that are said as texts: the record, the kind, and the two halves of the value
        self._who: list[int] = []
        self._kind: list[int] = []
        self._one: list[str] = []
        self._two: list[str] = []
        # addresses of the plainest shape: the record, the street, the number
        self._door_owner: list[int] = []
        self._street: list[int] = []
        self._number: list[str] = []
        # names: the record, whether it counts as a name of it, how many words; and the words of all one after another
        self._owner: list[int] = []
        self._strong: list[bool] = []
        self._single: list[bool] = []
        self._long: list[int] = []
        self._text: list[str] = []
        self._words: list[int] = []
        self._roles: list[str] = []
        self._undated: list[bool] = []
        # years and days of birth: of a name the year, of a record the day
        self._year_name: list[int] = []
        self._year: list[int] = []
        self._day_owner: list[int] = []
        self._day: list[str] = []
        for place, subject in enumerate(subjects):
            self._read(place, subject)

    def _read(self, place: int, subject: Subject) -> None:
        lived = address.addresses(subject)
        self._shared.extend(lived)
        if FAMILIES[subject.schema] != _PERSONS:
            for kind, value in keys(subject):
                self._note(place, kind, value)
            self._stems.update({word.stem for name in subject.names for word in parts.parse(name).words})
            return
        odd: list[str] = []
        for text in lived:
            found = door(text)
            street = -1 if found is None else self._lexicon.street(found[0])
            if found is None or street < 0:
                odd.append(text)
            else:
                self._door_owner.append(place)
                self._street.append(street)
                self._number.append(found[1])
        for kind, value in beside(subject, odd):
            self._note(place, kind, value)
        years: set[int] = set()
        for text in subject.properties.get("birthDate", ()):
            date = birth.read(text)
            if date:
                year, month, day = date
                if month >= 0:
                    years.add(year)
                else:
                    years.update(birth.years(date))
                if day and (month != 1 or day != 1):
                    self._day_owner.append(place)
                    self._day.append(f"{year}{month:02}{day:02}" if month <= day else f"{year}{day:02}{month:02}")
        single = len(subject.names) == 1 and not subject.weak_names
        for name in subject.names:
            self._name(place, name, years, strong=True, single=single)
        for name in subject.weak_names:
            self._name(place, name, years, strong=False, single=False)

    def _name(self, place: int, name: str, years: set[int], *, strong: bool, single: bool) -> None:
        words = self._lexicon.places_of(name)
        roles: Sequence[str] = (parts.UNKNOWN,) * len(words)
        if not words:
            read = parts.parse(name)
            known = self._lexicon.place
            words, roles = [known(word) for word in read.words], read.roles
        for year in years:
            self._year_name.append(len(self._owner))
            self._year.append(year)
        self._owner.append(place)
        self._strong.append(strong)
        self._single.append(single and len(words) <= WORDS_MAX)
        self._undated.append(not years)
        self._long.append(len(words))
        self._text.append(name)
        self._words.extend(words)
        self._roles.extend(roles)

    def _note(self, place: int, kind: str, value: str) -> None:
        one, two = digests.halves(kind, value)
        self._who.append(place)
        self._kind.append(_PLACES.get(kind, _OTHER))
        self._one.append(one)
        self._two.append(two)
        if kind in _SHARED:
            self._shared.append(value)

    def said(self) -> Said:
        """All that was said."""
        table = self._lexicon.table()
        words = np.array(self._words, dtype=np.int64)
        long = np.array(self._long, dtype=np.int64)
        ends = np.cumsum(long)
        begins = ends - long
        rows, found, kinds = [], [], []
        for who, kind, digest in self._of_names(table, words, begins, long):
            rows.append(who)
            found.append(digest)
            kinds.append(np.full(len(who), kind, dtype=np.int64))
        for said in (self._of_texts(), self._of_doors()):
            for many, put in zip(said, (rows, kinds, found), strict=True):
                put.append(many)
        row, value, of = np.concatenate(rows), np.concatenate(found), np.concatenate(kinds)
        order = np.lexsort((value, row))
        row, value, of = row[order], value[order], of[order]
        fresh = np.ones(len(row), dtype=np.bool_)
        fresh[1:] = (row[1:] != row[:-1]) | (value[1:] != value[:-1])
        return Said(
            row[fresh] + self._first, value[fresh], of[fresh], self._named(table, words, begins, long),
            self._borne(table, words, long), digests.keys(digests.of_kind(""), digests.texts(self._shared), _ZERO),
        )  # fmt: skip

    def _of_texts(self) -> tuple[Ints, Ints, Ints]:
        kind = np.array(self._kind, dtype=np.int64)
        two = np.array([digests.text(text) if text else 0 for text in self._two], dtype=np.uint64)
        return np.array(self._who, dtype=np.int64), kind, digests.keys(_OF_KINDS[kind], digests.texts(self._one), two)

    def _of_doors(self) -> tuple[Ints, Ints, Ints]:
        words, ends = self._lexicon.streets()
        street = np.array(self._street, dtype=np.int64)
        many = ends[street + 1] - ends[street]
        at = np.repeat(ends[street] - np.cumsum(many) + many, many) + np.arange(int(many.sum()))
        number = np.array([digests.text(number) for number in self._number], dtype=np.uint64)
        who = np.repeat(np.array(self._door_owner, dtype=np.int64), many)
        return who, np.full(len(who), _PLACES["address"]), digests.keys(_ADDRESS, words[at], np.repeat(number, many))

    def _of_names(self, table: Table, words: Ints, begins: Ints, long: Ints) -> list[tuple[Ints, int, Ints]]:
        """Records, kind and digests of the keys that are made of names."""
        if not len(long):
            return []
        owner = np.array(self._owner, dtype=np.int64)
        keyed = table["keyed"][words]
        name_of = np.repeat(np.arange(len(long)), long)
        many = np.bincount(name_of, keyed, len(long)).astype(np.int64)
        slow = (np.bincount(name_of, table["slow"][words], len(long)) > 0) | (many > WORDS_MAX)
        self._slowly(np.flatnonzero(slow | (many == 1)).tolist(), slow, begins, long)
        wide = int(many[~slow].max(initial=1)) or 1
        held = np.full((len(long), wide), -1, dtype=np.int64)
        plain = keyed & ~slow[name_of]
        at: Ints = np.cumsum(plain) - plain
        starts = np.concatenate([[0], np.cumsum(np.where(slow, 0, many))])[name_of]
        held[name_of[plain], (at - starts)[plain]] = words[plain]
        out: list[tuple[Ints, int, Ints]] = []
        half, there, lone = table["half"], table["there"], table["long"]
        several = (many > 1) & ~slow
        for one in range(wide):
            for two in range(one + 1, wide):
                rows = np.flatnonzero(several & (held[:, two] >= 0))
                if not len(rows):
                    continue
                a, b = held[rows, one], held[rows, two]
                ours, theirs = np.broadcast_arrays(half[a][:, :, None], half[b][:, None, :])
                both = there[a][:, :, None] & there[b][:, None, :]
                who = np.nonzero(both)[0]
                out.append((owner[rows][who], _PLACES["name"], digests.keys(_NAME, ours[both], theirs[both])))
            rows = np.flatnonzero(several & (held[:, one] >= 0))
            found = lone[held[rows, one]]
            who = np.nonzero(found)[0]
            out.append((owner[rows][who], _PLACES["word"], digests.keys(_WORD, half[held[rows, one]][found], _ZERO)))
        self._joined(table, words, np.flatnonzero(several & (long == 3)), begins)
        out.append(self._wholes(np.flatnonzero(several).tolist(), begins, long))
        out.extend(self._born(table, held, owner))
        out.append(self._days(table, held, owner, slow))
        return out

    def _joined(self, table: Table, words: Ints, names: Ints, begins: Ints) -> None:
        """Of three words, two short ones as one, or two with a hyphen."""
        three = words[begins[names][:, None] + np.arange(3)]
        short = table["short"][three]
        hyphen = np.fromiter(("-" in self._text[name] for name in names.tolist()), dtype=np.bool_, count=len(names))
        may = table["whole"][three].all(axis=1) & (short[:, 1] & (short[:, 0] | short[:, 2]) | hyphen)
        for name in names[may].tolist():
            for value in joined_keys(self._text[name]):
                self._note(self._owner[name], "name", value[:64])

    def _slowly(self, names: list[int], slow: npt.NDArray[np.bool_], begins: Ints, long: Ints) -> None:
        """Names of one word, or with words that do not fit: their keys as texts."""
        years: dict[int, list[int]] = {}
        for name, year in zip(self._year_name, self._year, strict=True):
            years.setdefault(name, []).append(year)
        for name in names:
            place, text = self._owner[name], self._text[name]
            for kind, value in plain_keys(text):
                self._note(place, kind, value)
            if self._undated[name]:
                for kind, value in near_keys(text):
                    self._note(place, kind, value)
            if slow[name]:
                read = [word for word in parts.parse(text).words if word.kind == "name"]
                borne = {value for word in read for value in said_of(word).keys}
                for year in years.get(name, ()):
                    for value in borne:
                        self._note(place, "born", f"{value}|{year}")
                if self._strong[name]:
                    for owner, day in zip(self._day_owner, self._day, strict=True):
                        if owner == place:
                            for first in {value[:1] for value in borne}:
                                self._note(place, "birth", day + first)

    def _wholes(self, names: list[int], begins: Ints, long: Ints) -> tuple[Ints, int, Ints]:
        """The likeliest reading of the first words of a name, as one word; and of undated names those near it."""
        firsts, words = self._lexicon.firsts, self._words
        who: list[int] = []
        said: list[str] = []
        for name in names:
            start = int(begins[name])
            whole = "".join([firsts[word] for word in words[start : start + min(4, self._long[name])]])
            if len(whole) >= 3:
                who.append(self._owner[name])
                said.append(whole[:64])
            if self._undated[name]:
                for kind, value in near_keys(self._text[name]):
                    self._note(self._owner[name], kind, value)
        return np.array(who, dtype=np.int64), _PLACES["word"], digests.keys(_WORD, digests.texts(said), _ZERO)

    def _born(self, table: Table, held: Ints, owner: Ints) -> list[tuple[Ints, int, Ints]]:
        names = np.array(self._year_name, dtype=np.int64)
        years = np.array([digests.text(str(year)) for year in self._year], dtype=np.uint64)
        out = []
        for one in range(held.shape[1]):
            rows = np.flatnonzero(held[names, one] >= 0)
            word = held[names[rows], one]
            found = table["there"][word]
            who = np.nonzero(found)[0]
            digest = digests.keys(_BORN, table["half"][word][found], years[rows][who])
            out.append((owner[names[rows]][who], _PLACES["born"], digest))
        return out

    def _days(self, table: Table, held: Ints, owner: Ints, slow: npt.NDArray[np.bool_]) -> tuple[Ints, int, Ints]:
        """The days of birth of each record, with the first sign of each key of its names."""
        strong = np.flatnonzero(np.array(self._strong, dtype=np.bool_) & ~slow)
        day_owner = np.array(self._day_owner, dtype=np.int64)
        days = digests.texts(self._day)
        begins = np.searchsorted(day_owner, owner[strong])
        many = np.searchsorted(day_owner, owner[strong], side="right") - begins
        names = np.repeat(strong, many)
        day = np.repeat(begins, many) + np.arange(len(names)) - np.repeat(np.cumsum(many) - many, many)
        rows_of_names, found_days, firsts = [], [], []
        for one in range(held.shape[1]):
            rows = np.flatnonzero(held[names, one] >= 0)
            word = held[names[rows], one]
            found = table["there"][word]
            who = np.nonzero(found)[0]
            rows_of_names.append(owner[names[rows]][who])
            found_days.append(days[day[rows]][who])
            firsts.append(table["first"][word][found])
        digest = digests.keys(_BIRTH, np.concatenate(found_days), np.concatenate(firsts))
        return np.concatenate(rows_of_names), _PLACES["birth"], digest

    def _borne(self, table: Table, words: Ints, long: Ints) -> Counter[str]:
        """How many records bear each stem in a name that is not weak."""
        strong = np.repeat(np.array(self._strong, dtype=np.bool_), long)
        owner = np.repeat(np.array(self._owner, dtype=np.int64), long)[strong]
        count = len(self._lexicon.stems)
        both = np.unique(owner * max(1, count) + table["place"][words[strong]])
        borne = np.bincount(both % max(1, count), minlength=count)
        stems = self._lexicon.stems
        out = self._stems
        out.update({stems[place]: int(borne[place]) for place in np.flatnonzero(borne).tolist()})
        return out

    def _named(self, table: Table, words: Ints, begins: Ints, long: Ints) -> Table:
        """The words of records that have one name."""
        kept = np.repeat(np.array(self._single, dtype=np.bool_), long)
        held = table[["of", "stem", "prefix", "alone"]][words[kept]]
        out = np.zeros(len(held), dtype=NAMED)
        out["r"] = np.repeat(np.array(self._owner, dtype=np.int64), long)[kept] + self._first
        for name in ("of", "stem", "prefix"):
            out[name] = held[name]
        roles = np.array([_ROLES[role] for role in self._roles], dtype=np.uint8)[kept]
        within = (np.arange(len(words)) - np.repeat(begins, long))[kept]
        last = within == np.repeat(long, long)[kept] - 1
        costs = weights()
        left = np.repeat(long, long)[kept] - within - 1
        spanish, of = np.append(table["spanish"][words[kept]], False), np.append(roles, _ROLES[parts.UNKNOWN])
        family = _ROLES[parts.FAMILY]
        ends = np.where(roles == family, (left == 1) | (np.append(of[2:], 0) != family), (within > 0) & (left == 1))
        first_of_two = (left > 0) & (roles == of[1:]) & (roles != _ROLES[parts.GIVEN]) & spanish[1:] & ends
        prices = np.array([costs.left_over, costs.left_over_perhaps, costs.left_over_fathers])
        plain = prices[np.where(first_of_two, table["fathers"][words[kept]], 0)]
        at_first = np.where((within == 0) & (roles != family), costs.left_over_first, plain)
        over = np.where(held["alone"] >= 0, held["alone"], at_first)
        sons = (held["prefix"] == PREFIXES.index("ben")) & ~last & (held["alone"] != costs.left_over * 3)
        out["over"] = np.where(sons, costs.left_over_patronymic, over)
        out["role"] = roles
        return out


_PERSONS = frozenset({PERSON})
_SHARED = frozenset({"phone", "identifier"})
_PLACES = {kind: place for place, kind in enumerate(KINDS)}
_OTHER = _PLACES["other"]
_OF_KINDS = np.array([digests.of_kind(kind) for kind in KINDS], dtype=np.uint64)
_NAME, _WORD, _BORN, _BIRTH, _ADDRESS = (digests.of_kind(kind) for kind in ("name", "word", "born", "birth", "address"))
_ZERO = np.uint64(0)
_ROLES = {role: place for place, role in enumerate(ROLES)}
