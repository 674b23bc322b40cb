"""How alike two names are, and why."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise

from passerelle.names import as_one, given, latin, numbers, organisations, parts, places, slips, sounds, surnames
from passerelle.names.comparison import Comparison
from passerelle.names.parts import FAMILY, GIVEN, Name, Word
from passerelle.words import Sentence, noop, sentence

ORGANISATION_SCHEMAS = frozenset({"Company", "Organization", "LegalEntity", "PublicBody"})


@dataclass(frozen=True, slots=True)
class Pair:
    """Two words set side by side: what their difference costs (in hundredths of a logit) and of what kind it is.

    Kinds: `same`, `sound` (spelt otherwise, heard alike), `near`, `equivalent` (one given name in two languages),
    `initial`, `different`.
    """

    left: int
    right: int
    cost: int
    kind: str


@dataclass(frozen=True, slots=True)
class Alignment:
    """The best way to set two names side by side: its pairs, the words left over, the total cost, the score."""

    left: Name
    right: Name
    pairs: tuple[Pair, ...]
    left_over: tuple[int, ...]
    right_over: tuple[int, ...]
    cost: int
    score: float


@dataclass(frozen=True, slots=True)
class Weights:
    """How differences between names add up: see `data/weights.yaml`."""

    base: int
    base_least: int
    said_least: int
    said_enough: int
    said_near: int
    said_full: int
    forgiven: int
    single_base: int
    initial_base: int
    over_slack: float
    over_thin: float
    scale: float
    power: float
    length_floor: float
    length_share: float
    cap: int
    equivalent: int
    respelt: int
    known_apart: float
    known_apart_least: int
    initial: int
    left_over: int
    left_over_patronymic: int
    left_over_first: int
    left_over_perhaps: int
    left_over_fathers: int
    prefix: dict[str, int]
    reorder: int
    merge: int
    father_for_son: int


@cache
def weights() -> Weights:
    """The figures of `data/weights.yaml`."""
    data = sounds.load("weights")["names"]
    return Weights(**data)


MERGED_APART = 150
"""Two words that are one word elsewhere say as much as it, give or take so many hundredths of a consonant."""
MERGED_FIRST_APART = 60
"""Two words that are one word elsewhere begin as it does, give or take so much."""
SIGNS_SAME_SOUND = 150
"""Two Chinese words of one sound in other signs: perhaps two forms of one sign."""
_KEPT: dict[tuple[int, int], tuple[int, str]] = {}
_KEPT_MAX = 300_000


def word_cost(left: Word, right: Word) -> tuple[int, str]:
    """What the difference of two words costs, in hundredths of a logit, and of what kind it is."""
    one, two = left.number, right.number
    key = (one, two) if one < two else (two, one)
    found = _KEPT.get(key)
    if found is None:
        if len(_KEPT) >= _KEPT_MAX:
            _KEPT.clear()
        found = _KEPT[key] = plain_word_cost(left, right)
    if left.prefix is not right.prefix:
        return found[0] + _prefix_cost(left.prefix, right.prefix), found[1]
    return found


def remember(left: Word, right: Word, cost: int, kind: str) -> None:
    """Takes over what a batch found for two words: what `plain_word_cost` says of them."""
    one, two = left.number, right.number
    if len(_KEPT) < _KEPT_MAX:
        _KEPT[(one, two) if one < two else (two, one)] = cost, kind


def _prefix_cost(one: str, two: str) -> int:
    prices = weights().prefix
    if one and two:
        return max(prices[one], prices[two])
    return prices[one or two]


def plain_word_cost(left: Word, right: Word) -> tuple[int, str]:
    """As `word_cost`, without the small words and without keeping it."""
    table = weights()
    if left.kind != "name" or right.kind != "name":
        if left.kind == right.kind == "initial" and left.script != right.script:
            return _initial_cost(left, right)
        if left.kind == right.kind or _numeral(left) == _numeral(right) != 0:
            same = left.stem.strip(".") == right.stem.strip(".") or _numeral(left) == _numeral(right) != 0
            return (0, "same") if same else (table.cap, "different")
        if "initial" in {left.kind, right.kind} and "number" not in {left.kind, right.kind}:
            return (table.respelt, "equivalent") if left.groups & right.groups else _initial_cost(left, right)
        return table.cap, "different"
    if left.signs and right.signs and left.script == right.script and left.signs != right.signs:
        if left.groups & right.groups:
            return table.equivalent, "equivalent"
        if left.signs_heard != right.signs_heard:
            return table.cap, "different"
        return (SIGNS_SAME_SOUND, "near") if left.script == "han" else (table.equivalent, "equivalent")
    if left.stem == right.stem:
        return 0, "same"
    one, two = latin.bare(left.stem), latin.bare(right.stem)
    cost = min(
        (
            sounds.distance(a.units, b.units, a.abjad, b.abjad) + a.cost + b.cost
            for a in left.forms
            for b in right.forms
        ),
        default=1000,
    )
    price = price_of(cost, left.weight, right.weight)
    if left.script == right.script:
        price = min(price, _slip_price(left, right))
    kind = "sound" if cost <= 40 else "near"
    if (one, two) in given.apart():
        return table.cap, "different"
    if left.groups & right.groups:
        if price > table.respelt and any(row >= given.RESPELT for row in left.groups & right.groups):
            return table.respelt, "equivalent"
        if price > table.equivalent:
            return table.equivalent, "equivalent"
    elif left.known and right.known and left.known_in == right.known_in and not left.heard & right.heard:
        price = min(table.cap, round(price * table.known_apart) + table.known_apart_least)
        kind = "near" if kind == "sound" and price > 100 else kind
    return price, (kind if price < table.cap else "different")


def _slip_price(left: Word, right: Word) -> int:
    """What it costs that one word is the other with a slip of the pen, less what their small words cost beside it: a
    slip that falls on one hides it. `weights().cap` where it is none."""
    table, one, two = weights(), left.letters, right.letters
    one_known = left.listed != right.listed
    least = slips.LEAST_OF_KNOWN if one_known else slips.LEAST
    last = one_known and left.listed == (len(one) > len(two))
    if not slips.is_slip(one, two, least, last):
        return table.cap
    price = price_of(slips.cost(one, two, one_known), max(slips.said(w.weight, w.abjad) for w in (left, right)), 10**9)
    return max(0, price - _prefix_cost(left.prefix, right.prefix)) if left.prefix != right.prefix else price


_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10, "xi": 11}


def _numeral(word: Word) -> int:
    """What a number says, in figures or in Roman ones (*Sea Star 1*, *Sea Star I*); 0 for any other word."""
    stem = word.stem.strip(".")
    return int(stem) if stem.isdecimal() and len(stem) <= 4 else _ROMAN.get(stem, 0) if word.kind != "name" else 0


def price_of(cost: int, left_weight: int, right_weight: int) -> int:
    """From a difference of sounds (hundredths of a consonant) to its cost in hundredths of a logit, by length."""
    table = weights()
    length = min(left_weight, right_weight) / 100
    share = cost / 100 / (table.length_floor + table.length_share * length)
    return min(table.cap, round(table.scale * float(share**table.power)))


def _initial_cost(left: Word, right: Word) -> tuple[int, str]:
    table = weights()
    tables = sounds.tables()
    best = min(
        (tables.apart(a.units[0])[b.units[0]] for a in left.forms for b in right.forms),
        default=sounds.FAR,
    )
    alike = latin.bare(left.stem)[:1] == latin.bare(right.stem)[:1]
    if alike or (left.script != right.script and best <= 15):
        return table.initial, "initial"
    return table.cap, "different"


def align(left: Name, right: Name) -> Alignment:
    """The two names side by side in the cheapest way found; the same both ways round."""
    if left.raw > right.raw:
        return _mirrored(align(right, left))
    best = _align(left, right)
    if may_merge(best):
        longer, shorter = (left, right) if len(left.words) > len(right.words) else (right, left)
        table = weights()
        for place in range(len(longer.words) - 1):
            joined = as_one.merged(longer, place)
            if joined is None:
                continue
            other = _align(joined, shorter) if longer is left else _align(shorter, joined)
            cost = other.cost + table.merge
            if cost < best.cost:
                best = replace(other, cost=cost, score=_score(other, cost))
    if len(left.words) == len(right.words) and may_rejoin(best):
        for place, opposite in joints(left, right):
            one, two = as_one.merged(left, place), as_one.merged(right, opposite)
            if one is None or two is None:
                continue
            other = _align(one, two)
            cost = other.cost + weights().merge
            if cost < best.cost:
                best = replace(other, cost=cost, score=_score(other, cost))
    return best


REJOINED_SHORT = 300
"""What a syllable says at most: such words are parted at another place now and then (*Eun-gyu*, *Eung-yu*)."""
REJOINED_APART = 110


def may_rejoin(found: Alignment) -> bool:
    """Whether two short words may be the same two parted at another place: as many words on both sides, and at most one
    pair of them differs altogether."""
    if len(found.left.words) != len(found.right.words) or found.cost == 0:
        return False
    return sum(pair.kind == "different" for pair in found.pairs) <= 1


def joints(left: Name, right: Name) -> Iterator[tuple[int, int]]:
    """The places of two short neighbours on both sides that begin alike, say about as much, and of which neither is
    written the same."""
    apart = sounds.tables().apart
    for place in range(len(left.words) - 1):
        one, after = left.words[place : place + 2]
        if one.first < 0:
            continue
        short = max(one.weight, after.weight) <= REJOINED_SHORT
        row = apart(one.first)
        for opposite in range(len(right.words) - 1):
            two, then = right.words[opposite : opposite + 2]
            if (
                (short or max(two.weight, then.weight) <= REJOINED_SHORT)
                and two.first >= 0
                and one.stem != two.stem
                and after.stem != then.stem
                and row[two.first] <= MERGED_FIRST_APART
                and abs(one.weight + after.weight - two.weight - then.weight) <= REJOINED_APART
            ):
                yield place, opposite


def may_merge(found: Alignment) -> bool:
    """Whether two neighbours of the longer name may be one word of the shorter: they say about as much together as a
    word there and begin as it does, none of the three is written the same as another, and at most one pair of words
    differs altogether."""
    left, right = found.left.words, found.right.words
    if len(left) == len(right) or found.cost == 0 or sum(pair.kind == "different" for pair in found.pairs) > 1:
        return False
    same_left = {pair.left for pair in found.pairs if pair.kind == "same"}
    same_right = {pair.right for pair in found.pairs if pair.kind == "same"}
    if len(left) < len(right):
        left, right, same_left, same_right = right, left, same_right, same_left
    apart = sounds.tables().apart
    return any(
        abs(left[place].weight + left[place + 1].weight - word.weight) <= MERGED_APART + word.weight // 4
        and apart(left[place].first)[word.first] <= MERGED_FIRST_APART
        for place in range(len(left) - 1)
        if place not in same_left and place + 1 not in same_left and left[place].first >= 0
        for other, word in enumerate(right)
        if other not in same_right and word.first >= 0
    )


def _mirrored(found: Alignment) -> Alignment:
    pairs = sorted((Pair(pair.right, pair.left, pair.cost, pair.kind) for pair in found.pairs), key=_left_place)
    return Alignment(found.right, found.left, tuple(pairs), found.right_over, found.left_over, found.cost, found.score)


def _left_place(pair: Pair) -> int:
    return pair.left


def _align(left: Name, right: Name) -> Alignment:
    rows, columns = left.words, right.words
    options: list[tuple[int, int, int, int, str]] = []
    for i, one in enumerate(rows):
        for j, two in enumerate(columns):
            cost, kind = word_cost(one, two)
            options.append((cost, abs(i - j), i, j, kind))
    options.sort()
    free_left, free_right = set(range(len(rows))), set(range(len(columns)))
    pairs: list[Pair] = []
    total = 0
    for cost, _, i, j, kind in options:
        if i in free_left and j in free_right:
            free_left.discard(i)
            free_right.discard(j)
            pairs.append(Pair(i, j, cost, kind))
            total += cost
    pairs.sort(key=_left_place)
    crossed = sum(1 for one, two in pairwise(pairs) if one.right > two.right)
    if crossed and len(pairs) > 1:
        total += _order_cost(left, right, pairs)
    total += _fathers_cost(rows, columns, pairs)
    over = sum(over_cost(left, place) for place in free_left) + sum(over_cost(right, place) for place in free_right)
    if over:
        table = weights()
        slack = sum(pair.cost for pair in pairs if pair.kind != "different") * table.over_slack
        thin = (1.0 - _share_said(left, right, pairs)) * table.over_thin
        total += round(over * (1.0 + min(1.5, slack) + thin))
    found = Alignment(left, right, tuple(pairs), tuple(sorted(free_left)), tuple(sorted(free_right)), total, 0.0)
    return Alignment(left, right, found.pairs, found.left_over, found.right_over, total, _score(found, total))


def _fathers_cost(rows: tuple[Word, ...], columns: tuple[Word, ...], pairs: list[Pair]) -> int:
    """What it costs that a father's name (after *ben*) was set against a name of one's own, both sides saying *ben*."""
    if not any(word.prefix == "ben" for word in rows) or not any(word.prefix == "ben" for word in columns):
        return 0
    crossed = sum((rows[pair.left].prefix == "ben") != (columns[pair.right].prefix == "ben") for pair in pairs)
    return crossed * weights().father_for_son if crossed >= 2 else 0


def _order_cost(left: Name, right: Name, pairs: list[Pair]) -> int:
    """Swapped words are a usual thing (family name first); only a swap against known roles speaks against."""
    clash = any({left.roles[pair.left], right.roles[pair.right]} == {FAMILY, GIVEN} for pair in pairs)
    return weights().reorder * (3 if clash else 1)


def over_cost(name: Name, place: int) -> int:
    """What a word on one side only costs."""
    table = weights()
    word = name.words[place]
    if word.kind == "number":
        return table.left_over * 3
    if word.prefix == "ben" and place < len(name.words) - 1:
        return table.left_over_patronymic
    if word.patronymic or word.title or word.kind == "initial":
        return table.left_over_patronymic
    if place == 0 and name.roles[place] != FAMILY:
        return table.left_over_first
    return (table.left_over, table.left_over_perhaps, table.left_over_fathers)[surnames.first_of_two(name, place)]


def _share_said(left: Name, right: Name, pairs: Sequence[Pair]) -> float:
    """How much the agreeing words say, from 0 (as little as *Li Wei*) to 1 (as much as *Karim Benhachem*)."""
    table = weights()
    said = _said(left, right, pairs)
    return min(1.0, max(0.0, (said - table.said_least) / (table.said_enough - table.said_least)))


def _said(left: Name, right: Name, pairs: Sequence[Pair]) -> int:
    """What the agreeing words say, in hundredths of a consonant."""
    near = weights().said_near
    return sum(
        min(left.words[pair.left].says, right.words[pair.right].says) * max(0, near - pair.cost) // near
        for pair in pairs
        if pair.kind not in {"initial", "different"}
    )


def _score(alignment: Alignment, cost: int) -> float:
    """From cost to score. What two names can say at best grows with what their agreeing words say; where those say
    more than enough, a part of the cost is forgiven."""
    table = weights()
    if not alignment.pairs:
        return 0.0
    said = _said(alignment.left, alignment.right, alignment.pairs)
    share = min(1.0, max(0.0, (said - table.said_least) / (table.said_enough - table.said_least)))
    full = sum(pair.kind not in {"initial", "different"} for pair in alignment.pairs)
    base = table.base_least + share * (table.base - table.base_least)
    over = sum(not alignment.left.words[place].title for place in alignment.left_over)
    over += sum(not alignment.right.words[place].title for place in alignment.right_over)
    if not full or (full == 1 and over):
        base = min(base, table.single_base)
    elif full < len(alignment.pairs):
        base = min(base, table.initial_base)
    else:
        surplus = min(1.0, max(0.0, (said - table.said_enough) / (table.said_full - table.said_enough)))
        base += min(float(cost), surplus * table.forgiven)
    return 1.0 / (1.0 + math.exp(min(700.0, (cost - base) / 100)))


def compare(schema: str, left: str, right: str) -> Comparison:
    """How alike two names of one schema are (FollowTheMoney: Person, Company, Vessel, Address, …), and why.

    >>> compare("Person", "Choukri Boujida", "Sjoekri Boezjida").score > 0.9
    True
    """
    if schema in ORGANISATION_SCHEMAS:
        return organisations.compare_organisations(left, right)
    if schema == "Address":
        return places.compare_addresses(left, right)
    if schema == "Vehicle" and numbers.plate(left) and numbers.plate(right):
        return numbers.compare_numbers("plate", left, right)
    alignment = aligned(left, right)
    return Comparison(round(alignment.score, 6), explain(alignment))


@lru_cache(maxsize=65536)
def aligned(left: str, right: str) -> Alignment:
    """The alignment of two personal names given as text."""
    return align(parts.parse(left), parts.parse(right))


def score(left: str, right: str) -> float:
    """The score of two personal names, without the reasons."""
    return align(parts.parse(left), parts.parse(right)).score


_HABITS: dict[str, str] = {
    "fr": noop("the French way"),
    "nl": noop("the Dutch way"),
    "de": noop("the German way"),
    "en": noop("the English way"),
    "tr": noop("the Turkish way"),
    "pl": noop("the Polish way"),
    "es": noop("the Spanish way"),
    "it": noop("the Italian way"),
    "pt": noop("the Portuguese way"),
    "ro": noop("the Romanian way"),
    "hu": noop("the Hungarian way"),
    "sh": noop("the South Slavic way"),
    "sq": noop("the Albanian way"),
    "so": noop("the Somali way"),
    "zh": noop("the Chinese way (pinyin)"),
    "ko": noop("the Korean way"),
    "ku": noop("the Kurdish way"),
}
_SCRIPTS: dict[str, str] = {
    "cyrillic": noop("in Cyrillic letters"), "greek": noop("in Greek letters"), "georgian": noop("in Georgian letters"),
    "armenian": noop("in Armenian letters"), "arabic": noop("in Arabic letters"), "hebrew": noop("in Hebrew letters"),
    "han": noop("in Chinese characters"), "hangul": noop("in Korean letters"), "kana": noop("in Japanese kana"),
    "thai": noop("in Thai letters"), "khmer": noop("in Khmer letters"), "ethiopic": noop("in Ethiopic letters"),
    "indic": noop("in letters of South Asia"),
}  # fmt: skip


def explain(alignment: Alignment) -> tuple[Sentence, ...]:
    """The alignment in sentences: which word matched which, by which habit, and what speaks against."""
    said: list[Sentence] = []
    for pair in alignment.pairs:
        said.append(_say(alignment.left.words[pair.left], alignment.right.words[pair.right], pair))
    if not alignment.pairs:
        return (sentence("One of the names has no word that can be compared."),)
    lefts = [pair.right for pair in alignment.pairs]
    if lefts != sorted(lefts):
        said.append(sentence("The words stand in another order."))
    for name, over in ((alignment.left, alignment.left_over), (alignment.right, alignment.right_over)):
        for place in over:
            word = name.words[place]
            said.append(
                sentence("“{word}” stands on one side only; it has the form of a father's name.", word=word.text)
                if word.patronymic
                else sentence("“{word}” stands on one side only.", word=word.text)
            )
    if (
        min(len(alignment.left.words), len(alignment.right.words))
        == 1
        < max(len(alignment.left.words), len(alignment.right.words))
    ):
        said.append(sentence("One side has a single word, which says little."))
    return tuple(said)


def _say(left: Word, right: Word, pair: Pair) -> Sentence:
    if pair.kind == "different":
        return sentence("“{left}” and “{right}” are different names.", left=left.text, right=right.text)
    if pair.kind == "initial":
        return (
            sentence("“{left}” can be the initial of “{right}”.", left=left.text, right=right.text)
            if left.kind == "initial"
            else sentence("“{left}” can be the initial of “{right}”.", left=right.text, right=left.text)
        )
    if (
        pair.kind == "equivalent"
        and left.script == right.script
        and any(row >= given.RESPELT for row in left.groups & right.groups)
    ):
        return sentence("“{left}” and “{right}” are two spellings of one name.", left=left.text, right=right.text)
    if pair.kind == "equivalent":
        return sentence(
            "“{left}” and “{right}” are one name in two languages or forms.", left=left.text, right=right.text
        )
    if left.script != right.script and left.kind == right.kind == "name" and pair.kind in {"same", "sound"}:
        return _say_across(left, right)
    if pair.kind == "same":
        if "name" not in {left.kind, right.kind} and left.text.lower() != right.text.lower():
            return sentence("“{left}” and “{right}” are one number.", left=left.text, right=right.text)
        if left.text.lower() == right.text.lower() or left.prefix == right.prefix:
            return sentence("“{left}” is written the same.", left=left.text)
        return sentence("“{left}” and “{right}” differ in the small words only.", left=left.text, right=right.text)
    habits = habits_of(left, right)
    if habits is not None:
        one, two = habits
        return sentence(
            "“{left}”, written {one}, sounds like “{right}”, written {two}.",
            left=left.text, right=right.text, one=Sentence(one), two=Sentence(two),
        )  # fmt: skip
    if pair.kind == "sound":
        return sentence("“{left}” sounds like “{right}”.", left=left.text, right=right.text)
    return sentence(
        "“{left}” is near to “{right}”, with a difference in sound or a slip.", left=left.text, right=right.text
    )


def _say_across(left: Word, right: Word) -> Sentence:
    """Two words in two scripts that sound alike: by which habit the Latin one is written, where that shows."""
    if right.script == "latin" or right.script not in _SCRIPTS:
        left, right = right, left
    if right.script not in _SCRIPTS:
        return sentence("“{left}” sounds like “{right}”.", left=left.text, right=right.text)
    habits = habits_of(left, right)
    if habits is not None:
        return sentence(
            "“{left}”, written {one}, sounds like “{right}”, written {two}.",
            left=left.text, right=right.text, one=Sentence(habits[0]), two=Sentence(habits[1]),
        )  # fmt: skip
    return sentence(
        "“{left}” sounds like “{right}”, written {two}.",
        left=left.text, right=right.text, two=Sentence(_SCRIPTS[right.script]),
    )  # fmt: skip


def habits_of(left: Word, right: Word) -> tuple[str, str] | None:
    """By which habits the two words were written, in words, where the units in which they differ say so."""
    tables = sounds.tables()
    names: list[str | None] = []
    votes: list[dict[str, int]] = [{}, {}]
    for one, two in _differing(left, right):
        mine, other = tables.units[one], tables.units[two]
        best = min(
            (
                (tables.between_sounds(a.sound, b.sound) + a.cost + b.cost, n, m)
                for n, a in enumerate(mine.readings)
                for m, b in enumerate(other.readings)
            ),
        )
        for side, reading in ((0, mine.readings[best[1]]), (1, other.readings[best[2]])):
            shared = left.script != right.script and "*" in reading.habits  # to read it so takes no habit
            for habit in () if shared else reading.habits:
                if habit in _HABITS:
                    votes[side][habit] = votes[side].get(habit, 0) + 1
    for word, vote in ((left, votes[0]), (right, votes[1])):
        if word.script in _SCRIPTS:
            names.append(_SCRIPTS[word.script])
        elif vote:
            order = list(_HABITS)
            top = max(vote.values())
            winners = [habit for habit in order if vote.get(habit, 0) == top]
            names.append(_HABITS[winners[0]] if len(winners) == 1 or top > 1 or len(winners) <= 2 else None)
        else:
            names.append(None)
    one_name, two_name = names
    if one_name is None or two_name is None or one_name == two_name:
        return None
    return one_name, two_name


def _differing(left: Word, right: Word) -> list[tuple[int, int]]:
    """The pairs of unlike units that the two plain forms set against each other, when they have equally many units."""
    if not left.forms or not right.forms:
        return []
    one, two = left.forms[0].units, right.forms[0].units
    if len(one) != len(two):
        return []
    return [(a, b) for a, b in zip(one, two, strict=True) if a != b]
