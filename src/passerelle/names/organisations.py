"""Names of organisations compared: legal forms set aside, words translated, acronyms read out.

Likeness and weights are whole numbers, so that a pair alone and a pair in a batch (`organisations_batch`) add up alike.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import combinations

from rapidfuzz.distance import JaroWinkler, Levenshtein

from passerelle.names import sounds
from passerelle.names.comparison import Comparison
from passerelle.names.organisations_read import COUNTRY, GENERIC, NUMBER, WORD, Organisation, Token, read, units
from passerelle.names.towns import read_town, town_key
from passerelle.words import Sentence, noop, sentence

FORM_DIFFERS = 0.94
FORM_DIFFERS_HERE = 0.69
"""Two forms that the law of one country tells apart are two entries in its register."""

ALIKE = 10_000
"""The likeness of a word with itself."""
TRANSLATED, SAME_TOWN, SAME_SOUND, SAME_LETTER, HEARD_OTHER_SCRIPT, HEARD = 9_600, 9_600, 9_400, 6_000, 0.95, 0.92
SPELT_FROM = 0.7
HEARD_FROM = 0.45
"""Words spelt less alike than this are not listened to: they never sound nine tenths alike in one script."""
SOUND_LENGTH_MIN = 4
"""Of shorter words the rough sound says nothing: very many sound like *ham* and *set*."""
LEFT_OUT = 62
"""A word on one side only costs so many hundredths of what it says."""
CONTRAST_LEAST, CONTRAST = 30, 70
"""Where both sides have a word of the table the other lacks (*bank*, *trust*), each costs as if it said so much."""
NUMBER_ALONE = 150
"""A number on one side only (*Ocean II*) costs as if it said so much."""
TELLING = 140
"""Two words that say so much together tell something."""
ACRONYM, ACRONYM_BESIDE = 0.78, 0.72
"""The initials alone on one side; initials and words that say little."""
JOINED_FROM, JOINED = 0.85, 0.97
ALTERNATIVE = 0.97


@lru_cache(maxsize=262144)
def alike(left: Token, right: Token) -> int:
    """How alike two words of names of organisations are, from 0 to ALIKE."""
    if left.raw == right.raw:
        return ALIKE
    if left.meanings & right.meanings:
        return TRANSLATED
    if (left.meanings and right.meanings) or left.kind == NUMBER or right.kind == NUMBER:
        return 0
    if len(left.raw) == 1 or len(right.raw) == 1:
        return SAME_LETTER if left.raw[0] == right.raw[0] else 0
    one, other = read_town(left.raw), read_town(right.raw)
    if one and other and one.identities & other.identities:
        return SAME_TOWN
    listens = min(len(left.sound), len(right.sound)) >= SOUND_LENGTH_MIN
    if listens and left.sound == right.sound:
        return SAME_SOUND
    if not (left.raw.isascii() and right.raw.isascii()) and not (_LATIN.match(left.raw) and _LATIN.match(right.raw)):
        heard = _heard_alike(left.raw, right.raw)
        return round(ALIKE * HEARD_OTHER_SCRIPT * heard) if heard >= SPELT_FROM else 0
    ratio = max(
        Levenshtein.normalized_similarity(left.raw, right.raw),
        Levenshtein.normalized_similarity(left.sound, right.sound) - 0.03 if listens else 0.0,
        JaroWinkler.similarity(left.raw, right.raw) - 0.14,
    )
    spelt = 0.0 if ratio < SPELT_FROM else (ratio - 0.4) / 0.6
    if spelt < 0.85 and ratio >= HEARD_FROM and min(len(left.raw), len(right.raw)) > 4:
        heard = _heard_alike(left.raw, right.raw)
        if heard >= 0.9:
            spelt = max(spelt, HEARD * heard)
    return round(ALIKE * spelt)


_LATIN = re.compile(r"^[\x00-\u024f]*$")


def is_latin(word: str) -> bool:
    """Whether all signs of a word are Latin."""
    return word.isascii() or _LATIN.match(word) is not None


def _heard_alike(left: str, right: str) -> float:
    """How alike two words sound, in whatever scripts, from 0 to 1."""
    (one, one_abjad), (other, other_abjad) = units(left), units(right)
    if not one or not other:
        return 0.0
    weight = max(sounds.weigh(one), sounds.weigh(other), 1)
    return max(0.0, 1.0 - sounds.distance(one, other, one_abjad, other_abjad) / weight)


def legal_form(name: str) -> str | None:
    """The legal form in a name, folded (`Bakkerij Peeters N.V.` → `nv`); None where there is none."""
    return read(name).form


SAME_NAME = noop("“{left}” and “{right}” are one name.")
SAME_WORD = noop("Both names contain “{word}”.")
TRANSLATED_WORD = noop("“{right}” is another language's word for “{left}”.")
NEAR_WORD = noop("“{left}” and “{right}” are spelt alike.")
LEFT_OUT_WORD = noop("Only one of the names has “{word}”.")
FORM_TRANSLATED = noop("“{left}” and “{right}” are legal forms of one kind.")
FORM_DIFFERENT = noop("The legal forms “{left}” and “{right}” differ in kind.")
ACRONYM_OF = noop("“{short}” may be the initials of “{long}”.")
NO_NAME = noop("There is no name to compare.")


def compare_organisations(left: str, right: str) -> Comparison:
    """Whether two names may be one organisation's, across languages and legal forms. A name with a stroke in it
    (*Groene Linde / Tilleul Vert*) is also taken as each of its halves."""
    best = compare_read(read(left), read(right))
    for one in (left, *read(left).alternatives):
        for other in (right, *read(right).alternatives):
            if (one, other) != (left, right):
                found = compare_read(read(one), read(other))
                if found.score * ALTERNATIVE > best.score:
                    best = Comparison(found.score * ALTERNATIVE, found.reasons)
    return best


def compare_read(one: Organisation, other: Organisation) -> Comparison:
    """As `compare_organisations`, each name taken as a whole."""
    if not one.tokens or not other.tokens:
        return Comparison(0.0, (sentence(NO_NAME),))
    reasons: list[Sentence] = []
    if one.joined == other.joined:
        score = 1.0
        reasons.append(sentence(SAME_NAME, left=one.name, right=other.name))
    else:
        score = _aligned(one, other, reasons)
        joined = Levenshtein.normalized_similarity(one.joined, other.joined)
        if joined > JOINED_FROM and joined * JOINED > score and numbers_of(one) == numbers_of(other):
            if contrasted(one, other):
                joined = 0.0
            if joined * JOINED > score:
                score = joined * JOINED
                reasons = [sentence(NEAR_WORD, left=one.name, right=other.name)]
        for short, long in ((one, other), (other, one)):
            said = acronym_score(short, long)
            if score < said:
                score = said
                reasons = [sentence(ACRONYM_OF, short=short.name, long=long.name)]
    if one.form and other.form and one.form != other.form:
        score *= form_factor(one, other)
        same = bool(one.kinds & other.kinds)
        why = FORM_TRANSLATED if same else FORM_DIFFERENT
        reasons.append(sentence(why, left=one.form.upper(), right=other.form.upper()))
    return Comparison(min(1.0, score), tuple(reasons))


def form_factor(one: Organisation, other: Organisation) -> float:
    """What is left of a score by the legal forms: all, where they are of one kind or one side has none."""
    if not one.form or not other.form or one.form == other.form or one.kinds & other.kinds:
        return 1.0
    return FORM_DIFFERS_HERE if one.countries & other.countries else FORM_DIFFERS


def acronym_score(short: Organisation, long: Organisation) -> float:
    """What it says that one name may be the initials of the other: nothing where it cannot be."""
    if len(long.tokens) < 2 or len(short.core) < 3 or short.core not in long.acronyms:
        return 0.0
    return ACRONYM if len(short.tokens) == 1 else ACRONYM_BESIDE


def numbers_of(name: Organisation) -> list[str]:
    """The numbers in a name: "Unit 12" and "Unit 13" are spelt alike and are not alike."""
    return sorted(token.raw for token in name.tokens if token.kind == NUMBER)


def contrasted(one: Organisation, other: Organisation) -> bool:
    """Whether each name has a word of the table that means something the other does not say."""
    ours = [token.meanings for token in one.tokens if token.meanings and token.weight >= CONTRAST_LEAST]
    theirs = [token.meanings for token in other.tokens if token.meanings and token.weight >= CONTRAST_LEAST]
    return any(not any(mine & rows for rows in theirs) for mine in ours) and any(
        not any(mine & rows for rows in ours) for mine in theirs
    )


def over_weight(token: Token, *, contrast: bool) -> int:
    """What a word on one side only says, in hundredths; `contrast`: the other side has a word of the table over too."""
    if token.kind == NUMBER and not contrast:
        return NUMBER_ALONE
    if contrast and token.kind != WORD and CONTRAST_LEAST <= token.weight < CONTRAST:
        return CONTRAST
    return token.weight


def sets_apart(token: Token) -> bool:
    """Whether a word that is left over on both sides sets two names against one another."""
    return token.kind != WORD and token.weight >= CONTRAST_LEAST


def _aligned(one: Organisation, other: Organisation, reasons: list[Sentence]) -> float:
    """The share of what the words say that agrees. Greedy, the likest words first; the same both ways round."""
    swapped = one.name > other.name
    first, second = (other, one) if swapped else (one, other)
    options = sorted(
        (-found, abs(i - j), i, j)
        for i, a in enumerate(first.tokens)
        for j, b in enumerate(second.tokens)
        if (found := alike(a, b)) > 0
    )
    free_first, free_second = set(range(len(first.tokens))), set(range(len(second.tokens)))
    matched = total = 0
    specific = False
    for negative, _, i, j in options:
        if i not in free_first or j not in free_second:
            continue
        free_first.discard(i)
        free_second.discard(j)
        a, b = first.tokens[i], second.tokens[j]
        weight = a.weight + b.weight
        matched -= negative * weight
        total += ALIKE * weight
        specific = specific or (weight > TELLING and a.kind != COUNTRY and b.kind != COUNTRY)
        a, b = (b, a) if swapped else (a, b)
        if a.raw == b.raw:
            reasons.append(sentence(SAME_WORD, word=a.raw))
        elif a.meanings & b.meanings:
            reasons.append(sentence(TRANSLATED_WORD, left=a.raw, right=b.raw))
        else:
            reasons.append(sentence(NEAR_WORD, left=a.raw, right=b.raw))
    over = [[first.tokens[i] for i in sorted(free_first)], [second.tokens[j] for j in sorted(free_second)]]
    contrast = all(any(sets_apart(token) for token in side) for side in over)
    for side in reversed(over) if swapped else over:
        for token in side:
            total += ALIKE * over_weight(token, contrast=contrast) * 2 * LEFT_OUT // 100
            reasons.append(sentence(LEFT_OUT_WORD, word=token.raw))
    score = matched / total if total else 0.0
    return score * 0.8 if not specific and (over[0] or over[1]) else score


@lru_cache(maxsize=65536)
def organisation_keys(name: str) -> frozenset[str]:
    """Few short words of which two names of one organisation share at least one: the sounds of its telling words, the
    meanings of its generic ones in pairs, and its initials."""
    found: set[str] = set()
    for text in read(name).alternatives or (name,):
        found |= _keys(read(text))
    return frozenset(f for f in found if f)


def _keys(name: Organisation) -> set[str]:
    telling = sorted((t for t in name.tokens if not t.meanings and len(t.raw) > 2), key=lambda t: -len(t.raw))[:4]
    found = {town_key(t.raw) if read_town(t.raw) else t.sound[:32] for t in telling}
    heard = [skeleton for t in telling for skeleton in sounds.skeletons(units(t.raw)[0], 2)]
    found |= {f"~{skeleton}"[:32] for skeleton in heard if len(skeleton) > 1}
    means = sorted({f"m{min(t.meanings)}" for t in name.tokens if t.meanings and t.weight >= CONTRAST_LEAST})
    if not telling or len(means) >= 2:
        found.add("+".join(means[:5]) or name.joined[:32])
    if len(telling) <= 1:
        found |= {"+".join(pair) for pair in combinations(means[:4], 2)}
    if len(telling) > 1:  # *Fast Link* and *Fastlink*
        whole = "".join(token.raw for token in name.tokens if token in telling)
        found |= {f"~{skeleton}"[:32] for skeleton in sounds.skeletons(units(whole)[0], 1) if len(skeleton) > 3}
    if len(name.tokens) >= 2:
        found |= {f"={a}" for a in name.acronyms if len(a) <= 8}
    if 3 <= len(name.core) <= 8:
        found.add(f"={name.core}")
    return found


__all__ = ["COUNTRY", "GENERIC", "NUMBER", "WORD", "compare_organisations", "legal_form", "organisation_keys"]
