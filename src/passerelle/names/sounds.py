"""How far apart two written words sound, each read under the spelling habits of several languages at once.

A word is cut into spelling units (*tsch*, *ou*, *ch*; in Arabic, one letter). A unit has one or more sounds, by habit
(`data/spellings.yaml`, `data/scripts.yaml`). Two units are as far apart as their two nearest sounds; two words as far
as the cheapest alignment of their units. All costs are whole hundredths of a consonant, so that every way of running
the comparison (one pair, a batch, a cluster) gives the same figure.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from passerelle.names import script as scripts

DATA = Path(__file__).parent / "data"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
FRONT = frozenset("eiyéèêëïíeiєіиеεηιυ")
VOWELS = frozenset("aeiouyáàâäãåéèêëíìîïóòôöõúùûüýıøæœ")
FAR = 400  # a cost at which two units have nothing in common


def load(name: str) -> Any:
    """One YAML file of `names/data`."""
    with (DATA / f"{name}.yaml").open(encoding="utf-8") as file:
        return yaml.load(file, Loader=_LOADER)  # noqa: S506 (both loaders are the safe ones)


@dataclass(frozen=True, slots=True)
class Reading:
    """One sound of a spelling unit, the habits that read it so, and what the rarest habit costs."""

    sound: str
    habits: tuple[str, ...]
    cost: int


@dataclass(frozen=True, slots=True)
class Unit:
    """A spelling unit: `text` with its marks of place, its script, its readings."""

    text: str
    script: str
    readings: tuple[Reading, ...]


class Tables:
    """All units and the costs between them. Built once per process by `tables()`.

    `apart[u][v]` and `missing[u]` are hundredths of a consonant; `missing_abjad[u]` is the cost of a unit that the
    other side does not write because its script leaves vowels out, `missing_both[u]` where both sides are in such a
    script; `weight[u]` is what the unit says about a word.
    """

    def __init__(self) -> None:
        rules = load("sounds")
        self.vowels = frozenset(rules["classes"]["vowel"])
        self._missing_sound: dict[str, int] = {str(k): v for k, v in rules["missing"].items()}
        self._apart_sound: dict[tuple[str, str], int] = {}
        self._between: dict[tuple[str, str], int] = {}
        for row in rules["apart"]:
            one, two = row["of"].split()
            self._apart_sound[one, two] = self._apart_sound[two, one] = row["cost"]
        self._habit_cost: dict[str, int] = rules["habit_cost"]
        self.units: list[Unit] = []
        self.number: dict[tuple[str, str], int] = {}
        self.apart_in_all: Callable[[int], list[int]] | None = None
        """`apart`, once the figures of all units were made as one array, which costs as much as some twenty rows."""
        for text, row in load("spellings")["units"].items():
            self._add(Unit(str(text), "latin", self._latin_readings(row)))
        written = load("scripts")
        self.abjads = frozenset(written.pop("abjads"))
        self.rewrite: dict[str, dict[str, str]] = written.pop("rewrite")
        for name, rows in written.items():
            for text, row in rows.items():
                self._add(Unit(str(text), name, _readings_in_order(str(row))))
        self.spellings: dict[str, frozenset[str]] = {}
        for unit in self.units:
            self.spellings.setdefault(unit.script, frozenset())
        for name in self.spellings:
            self.spellings[name] = frozenset(u.text.strip("^$>!") for u in self.units if u.script == name)
        self.sizes = {name: _sizes(texts) for name, texts in self.spellings.items()}
        self.placed: dict[str, dict[tuple[str, bool, str], int]] = {name: {} for name in self.spellings}
        overrides: dict[str, int] = rules["missing_unit"] | rules["missing_unit_arabic"]
        self.missing = [
            overrides[u.text] if u.text in overrides and u.script in {"latin", "arabic"} else self._unit_missing(u)
            for u in self.units
        ]
        for script, rows in rules["missing_written"].items():
            for text, cost in rows.items():
                self.missing[self.number[script, text]] = cost
        vowel_only = [
            any(set(r.sound) & self.vowels and set(r.sound) <= self.vowels | {"j", "w"} for r in u.readings)
            for u in self.units
        ]
        abjad: dict[str, Any] = rules["abjad"]
        by_unit: dict[str, int] = abjad["written"]
        self.missing_abjad = [
            by_unit[u.text] if u.script == "latin" and u.text in by_unit else abjad["short"] if is_vowel else cost
            for u, is_vowel, cost in zip(self.units, vowel_only, self.missing, strict=True)
        ]
        self.weight = [self._weigh(u) for u in self.units]
        self.apart_unit: dict[tuple[int, int], int] = {}
        for row in rules["apart_unit"]:
            first, second = (self.number["latin", text] for text in row["of"].split())
            self.apart_unit[first, second] = self.apart_unit[second, first] = row["cost"]
        self.missing_both = self._exact(rules["same_script"])
        self._rows: list[list[int] | None] = [None] * len(self.units)
        self._classes: list[list[tuple[str, int]] | None] = [None] * len(self.units)

    def _exact(self, rules: dict[str, Any]) -> list[int]:
        """Sets Arabic consonants apart from each other; and what each unit's absence costs between two such words."""
        shape = {sign: text[0] for text in rules["shapes"] for sign in text}
        letters = {
            number: shape.get(letter, letter)
            for number, unit in enumerate(self.units)
            if unit.script == "arabic" and len(letter := unit.text.strip("^$")) == 1 and letter in rules["exact"]
        }
        for one, mine in letters.items():
            for two, other in letters.items():
                if one < two and mine != other:
                    cost = max(rules["apart"], self._nearest_readings(one, two))
                    self.apart_unit[one, two] = self.apart_unit[two, one] = cost
        return [
            max(cost, rules["missing"]) if number in letters and not self.units[number].text.endswith("$") else cost
            for number, cost in enumerate(self.missing)
        ]

    def _nearest_readings(self, one: int, two: int) -> int:
        """What parts the two nearest sounds of two units."""
        return min(
            FAR,
            *(
                self.between_sounds(left.sound, right.sound) + left.cost + right.cost
                for left in self.units[one].readings
                for right in self.units[two].readings
            ),
        )

    def unit_at(self, script: str, text: str, first: bool, after: str) -> int:
        """The unit that `text` is at the beginning of a word (`first`) or within it, before the sign `after` ("" at the
        end); -1 where it is none there."""
        if text not in self.spellings[script]:
            return -1
        front, vowel = after in FRONT, after in VOWELS
        for marked in (
            f"^{text}$" if first and not after else None,
            f"^{text}>" if first and front else None,
            f"^{text}" if first else None,
            f"{text}$" if not after else None,
            f"{text}>" if front else None,
            None if vowel else f"{text}!",
            text,
        ):
            if marked is not None and (script, marked) in self.number:
                return self.number[script, marked]
        return -1

    def _add(self, unit: Unit) -> None:
        self.number[unit.script, unit.text] = len(self.units)
        self.units.append(unit)

    def _latin_readings(self, row: dict[str, Any]) -> tuple[Reading, ...]:
        found: dict[str, list[str]] = {}
        for habit, sounds in row.items():
            for sound in str(sounds).split():
                found.setdefault("" if sound == "0" else sound, []).append(habit)
        readings = []
        for sound, habits in found.items():
            cost = min(0 if habit == "*" else self._habit_cost[habit] for habit in habits)
            readings.append(Reading(sound, tuple(habits), cost))
        return tuple(readings)

    def _sound_missing(self, sound: str) -> int:
        costs = self._missing_sound
        return sum(costs.get(sign, costs["default"]) for sign in sound)

    def _unit_missing(self, unit: Unit) -> int:
        return min(self._sound_missing(r.sound) + r.cost for r in unit.readings)

    def _weigh(self, unit: Unit) -> int:
        sound = max((r.sound for r in unit.readings[:2]), key=len)
        return sum(30 if sign in self.vowels else 50 if sign in "jwh" else 100 for sign in sound)

    def between_sounds(self, one: str, two: str) -> int:
        """The cheapest alignment of two strings of sounds."""
        if one == two:
            return 0
        key = (one, two) if one < two else (two, one)
        known = self._between.get(key)
        if known is not None:
            return known
        costs, default = self._missing_sound, self._missing_sound["default"]
        row = [0]
        for sign in two:
            row.append(row[-1] + costs.get(sign, default))
        for left in one:
            gone = costs.get(left, default)
            fresh = [row[0] + gone]
            for column, right in enumerate(two):
                if left == right:
                    swap = 0
                else:
                    swap = self._apart_sound.get((left, right), gone + costs.get(right, default))
                fresh.append(min(row[column] + swap, row[column + 1] + gone, fresh[column] + costs.get(right, default)))
            row = fresh
        self._between[key] = row[-1]
        return row[-1]

    def classes(self, one: int) -> list[tuple[str, int]]:
        """What unit `one` says in coarse classes of consonants, by reading, each with how unlikely it is."""
        known = self._classes[one]
        if known is None:
            found: dict[str, int] = {}
            for place, reading in enumerate(self.units[one].readings):
                text = "".join(_CLASS.get(sign, "") for sign in reading.sound)
                found.setdefault(text, 10 * place + reading.cost)
            known = self._classes[one] = list(found.items())
        return known

    def apart(self, one: int) -> list[int]:
        """The costs from unit `one` to every unit."""
        row = self._rows[one]
        if row is None and self.apart_in_all is not None:
            row = self._rows[one] = self.apart_in_all(one)
        if row is None:
            row = []
            for number in range(len(self.units)):
                if number == one:
                    row.append(0)
                    continue
                known = self.apart_unit.get((one, number))
                row.append(self._nearest_readings(one, number) if known is None else known)
            self._rows[one] = row
        return row


def _sizes(texts: frozenset[str]) -> dict[str, tuple[int, ...]]:
    """By the first sign, how long the spellings are that begin with it: longest first."""
    found: dict[str, set[int]] = {}
    for text in texts:
        found.setdefault(text[:1], set()).add(len(text))
    return {sign: tuple(sorted(sizes, reverse=True)) for sign, sizes in found.items()}


@cache
def tables() -> Tables:
    """The units and costs of this installation's data files."""
    return Tables()


def _readings_in_order(row: str) -> tuple[Reading, ...]:
    """The sounds of a row of `data/scripts.yaml`: each later one a little less likely, or as much less as it says."""
    found = []
    for place, text in enumerate(row.split()):
        sound, _, cost = text.partition("/")
        found.append(Reading("" if sound == "0" else sound, (), int(cost) if cost else 4 * place))
    return tuple(found)


def _strip(sign: str) -> str:
    plain = unicodedata.normalize("NFD", sign)[0]
    return {"æ": "ae", "ð": "d", "ĳ": "ij", "ø": "o", "ł": "l", "đ": "d"}.get(plain, plain)


_DOUBLE_IS_TWO = frozenset({"latin", "arabic", "hebrew"})
"""Scripts in which a sign written twice is not one long sound: Latin has its own units for those (*tt*), and Arabic and
Hebrew write a long consonant once, so that two of them have a vowel between (فيدرر, *Federer*): all but a ل that is
copied (ميللر, *Miller*), and Sorani Kurdish, which writes its vowels."""


@lru_cache(maxsize=65536)
def cut(word: str, table: str = "") -> tuple[int, ...]:
    """The numbers of the spelling units of `word` (lower case, one script), longest first.

    `table` names another table than the word's script says: `pinyin`, `hangul_read` for words that arrive in Latin.
    """
    all_tables = tables()
    name = table or scripts.script_of(word)
    if name not in all_tables.spellings:
        word, name = scripts.in_latin(word) or word, "latin"
    for sign, plain in all_tables.rewrite.get(name, {}).items():
        word = word.replace(sign, plain)
    if not word.isascii():
        known = all_tables.spellings[name]
        word = "".join(
            sign if sign in known or not sign.isalpha() else _strip(sign) for sign in unicodedata.normalize("NFC", word)
        )
    sizes, found, weight = all_tables.sizes[name], all_tables.placed[name], all_tables.weight
    two_of_it = name in _DOUBLE_IS_TWO and "\u06d5" not in word
    out: list[int] = []
    place, end, before = 0, len(word), -1
    while place < end:
        for size in sizes.get(word[place], ()):
            text = word[place : place + size]
            after = place + size
            key = (text, place == 0, word[after] if after < end else "")
            unit = found.get(key)
            if unit is None:
                unit = found[key] = all_tables.unit_at(name, *key)
            if unit < 0:
                continue
            if unit != before or weight[unit] < 100 or (two_of_it and text != "ل"):
                out.append(unit)
                before = unit
            place = after
            break
        else:
            place += 1  # a digit or sign that has no sound
    return tuple(out)


def weigh(units: tuple[int, ...]) -> int:
    """What a word says: hundredths of a consonant, vowels counted for less."""
    weight = tables().weight
    return sum(weight[unit] for unit in units)


TRANSPOSED = 75


def distance(left: tuple[int, ...], right: tuple[int, ...], left_abjad: bool = False, right_abjad: bool = False) -> int:
    """The cheapest alignment of two words cut into units: hundredths of a consonant.

    When one side is written without vowels and the other is not, vowels of the other may be missing for almost nothing.
    Two neighbouring units may change places for the price of one error.
    """
    if left == right:
        return 0
    all_tables = tables()
    if left_abjad and right_abjad:
        gone_left = gone_right = all_tables.missing_both
    else:
        gone_left = all_tables.missing_abjad if right_abjad else all_tables.missing
        gone_right = all_tables.missing_abjad if left_abjad else all_tables.missing
    width = len(right)
    right_gone = [gone_right[unit] for unit in right]
    row = [0]
    for cost in right_gone:
        row.append(row[-1] + cost)
    before: list[int] = row
    apart_before: list[int] = []
    for index, unit in enumerate(left):
        apart = all_tables.apart(unit)
        gone = gone_left[unit]
        current = row[0] + gone
        fresh = [current]
        for column in range(width):
            other = right[column]
            best = row[column] + apart[other]
            cost = row[column + 1] + gone
            if cost < best:
                best = cost
            cost = current + right_gone[column]
            if cost < best:
                best = cost
            if index and column:
                cost = before[column - 1] + apart[right[column - 1]] + apart_before[other] + TRANSPOSED
                if cost < best:
                    best = cost
            current = best
            fresh.append(best)
        before, row, apart_before = row, fresh, apart
    return row[-1]


@lru_cache(maxsize=65536)
def skeletons(units: tuple[int, ...], limit: int = 4) -> tuple[str, ...]:
    """The consonants of a word cut into units, in coarse classes: at most `limit` readings, likeliest first. For keys.

    Classes: B (p b), F (f v), T, S (all sibilants), K (k g x), M, N, L, R; vowels, h, j, w say nothing.
    """
    all_tables = tables()
    kept: list[tuple[int, str]] = [(0, "")]  # how unlikely the reading is, and its consonants so far
    for unit in units:
        found = all_tables.classes(unit)
        if len(found) == 1:
            text = found[0][0]
            if text:
                kept = [(cost, _joined(before, text)) for cost, before in kept]
            continue
        fresh: dict[str, int] = {}
        for cost, before in kept:
            for text, price in found:
                longer = _joined(before, text)
                fresh[longer] = min(fresh.get(longer, 10_000), cost + price)
        kept = sorted((cost, text) for text, cost in fresh.items())[: 2 * limit]
    out: dict[str, None] = {}
    for _, text in sorted(kept):
        out.setdefault(text)
    return tuple(out)[:limit]


@lru_cache(maxsize=65536)
def heard(units: tuple[int, ...]) -> str:
    """A word cut into units in coarse classes of consonants and vowels, as its likeliest reading sounds. For keys."""
    all_tables = tables()
    out = ""
    for unit in units:
        for sign in all_tables.units[unit].readings[0].sound:
            coarse = _VOWEL_CLASS.get(sign) or _CLASS.get(sign, "")
            if not out.endswith(coarse):
                out += coarse
    return out


def _joined(before: str, text: str) -> str:
    for sign in text:
        if not before.endswith(sign):
            before += sign
    return before


_CLASS = {
    **dict.fromkeys("pb", "B"),
    **dict.fromkeys("fv", "F"),
    **dict.fromkeys("tdTD", "T"),
    **dict.fromkeys("szSZCJc", "S"),
    **dict.fromkeys("kgxG", "K"),
    "m": "M",
    "n": "N",
    "N": "N",
    "l": "L",
    "r": "R",
}
_VOWEL_CLASS = {"a": "A", **dict.fromkeys("eijy2@", "I"), **dict.fromkeys("ou", "U"), "w": "F"}
