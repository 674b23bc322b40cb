"""Street names across Dutch, French, German and English: read into words with meanings, and compared by them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import JaroWinkler, Levenshtein

from passerelle.names.street_words import DUTCH, ENGLISH, FRENCH, GERMAN, Lexicon, lexicon, sound_of, words_of

PHRASE_LENGTH_MAX = 4
KIND_LENGTH_MAX = 20
"""More letters than any Dutch or German word for a kind of street has."""


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """One word of a street name: as written (folded), as it sounds, what it may mean, how much it says."""

    raw: str
    sound: str
    meanings: frozenset[int]
    weight: float
    plural: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Street:
    """A street name, read. `readings` are the ways of cutting it into words (phrases and compounds whole, or split)."""

    name: str
    kinds: frozenset[int]
    language: str | None
    joined: str
    sound: str
    readings: tuple[tuple[Word, ...], ...]
    words: tuple[Word, ...] = ()
    """Every word of every reading, once."""
    full: Street | None = None
    """The same name read as if its last part (berg, vest, dal) were no kind of street but a thing it is named after."""
    particle: bool = False
    """Whether a family name's *van* or *von* stands in it."""


def _weight(raw: str, meanings: frozenset[int], lex: Lexicon) -> float:
    if len(raw) == 1 and not raw.isdigit():
        return 0.3
    if meanings and meanings & lex.titles:
        return 0.5
    return 1.0


@lru_cache(maxsize=32768)
def _compound_meanings(word: str) -> frozenset[int]:
    """What the parts of a Dutch or German compound mean; nothing for a word that is none."""
    parts = _split(word) if len(word) > 6 else None
    inside = lexicon().inside
    if parts is None or len(parts) < 2:
        return frozenset()
    return frozenset(m for part, known in parts if known and len(part) > 3 for m in inside[part])


@lru_cache(maxsize=8192)
def _made_of(meaning: int) -> frozenset[int]:
    """What the parts mean of the Dutch words for a meaning."""
    found = frozenset(m for word in lexicon().dutch[meaning] for m in _compound_meanings(word))
    return found - {meaning}


@lru_cache(maxsize=32768)
def _word(raw: str, meanings: frozenset[int], plural: bool) -> Word:
    """One object for one word: two streets that hold it share it."""
    return Word(raw, sound_of(raw), meanings, _weight(raw, meanings, lexicon()), plural)


@lru_cache(maxsize=32768)
def _parts(word: Word) -> frozenset[int]:
    """What the parts mean of which this word, or a Dutch word for it, is made (gierzwaluw: vulture, swallow)."""
    if word.meanings:
        return frozenset(m for meaning in word.meanings for m in _made_of(meaning))
    return _compound_meanings(word.raw)


def _phrases(tokens: list[str], lex: Lexicon, length_max: int) -> Iterator[tuple[str, frozenset[int], bool]]:
    """Longest phrases first: (text, meanings, whether the little word before it was a plural article)."""
    plural_next = False
    position = 0
    content: list[tuple[str, bool]] = []
    for token in tokens:
        if token in lex.little:
            plural_next = token in ("des", "les", "aux")
            continue
        content.append((token, plural_next))
        plural_next = False
    while position < len(content):
        for length in range(min(length_max, len(content) - position), 0, -1):
            text = "".join(t for t, _ in content[position : position + length])
            meanings = lex.whole.get(text)
            if meanings is not None and (length == 1 or len(text) > 4):
                yield text, meanings, content[position][1] or text in lex.plurals
                position += length
                break
        else:
            yield content[position][0], frozenset(), content[position][1]
            position += 1


_ENDINGS = tuple(words_of("in innen ster sters aar aars er ers ing ings ij erij heid heids schap"))
"""Endings that make one Dutch word of another (boogschutter, boogschutterin): they may close a compound."""
_LINKS = ("", "s", "e", "n", "en", "es", "er")


@lru_cache(maxsize=32768)
def _split(compound: str) -> tuple[tuple[str, bool], ...] | None:
    """The cheapest cut of a Dutch or German compound into (part, known); None where it cannot be cut.

    Known parts cost 1, an unknown rest (at most one) costs 2.2, linking letters a little.
    """
    inside = lexicon().inside
    size = len(compound)
    best: list[list[tuple[float, tuple[tuple[str, bool], ...]] | None]] = [[None, None] for _ in range(size + 1)]
    best[0][0] = (0.0, ())
    for start in range(size):
        for unknowns in (0, 1):
            here = best[start][unknowns]
            if here is None:
                continue
            cost, parts = here
            for end in range(start + 2, size + 1):
                if start == 0 and end == size:
                    continue  # the whole is no cut
                piece = compound[start:end]
                if piece in inside:
                    for link in _LINKS:
                        stop = end + len(link)
                        if link and (stop >= size or not compound.startswith(link, end)):
                            continue
                        total = cost + 1 + 0.15 * len(link) - 0.02 * len(piece)
                        there = best[stop][unknowns]
                        if there is None or total < there[0]:
                            best[stop][unknowns] = (total, (*parts, (piece, True)))
                    rest = compound[end:]
                    if rest in _ENDINGS and len(piece) > 3:
                        total = cost + 1.4 - 0.02 * len(piece)
                        there = best[size][unknowns]
                        if there is None or total < there[0]:
                            best[size][unknowns] = (total, (*parts, (piece, True)))
                elif unknowns == 0 and len(piece) >= 3 and (start == 0 or end == size) and len(piece) < size:
                    total = cost + 2.2
                    there = best[end][1]
                    if there is None or total < there[0]:
                        best[end][1] = (total, (*parts, (piece, False)))
    options = [option for option in best[size] if option is not None]
    return min(options, key=lambda option: option[0])[1] if options else None


def _find_kind(tokens: list[str], lex: Lexicon) -> tuple[frozenset[int], str | None, list[str]]:
    """The kind of street, the language it is said in, and the words that are left."""
    kinds = lex.kinds
    if len(tokens) > 1:
        for first in (0, 1):
            if first == 1 and (tokens[0] not in lex.adjectives_before or len(tokens) < 2):
                break
            for length in (2, 1):
                head = "".join(tokens[first : first + length])
                left = tokens[:first] + tokens[first + length :]
                if head in kinds[FRENCH] and left and not (len(head) == 1 and first == 1):
                    if (
                        tokens[-1] in kinds[DUTCH]
                        and tokens[-1] not in kinds[FRENCH]
                        and head not in ("rue", "avenue", "place", "chemin")
                    ):
                        break
                    return kinds[FRENCH][head], FRENCH, left
    last = tokens[-1]
    if len(tokens) > 1:
        for language in (DUTCH, GERMAN, ENGLISH):
            if last in kinds[language] and len(last) > 1:
                return kinds[language][last], language, tokens[:-1]
        if last in ("avenue", "place", "boulevard"):
            return kinds[FRENCH][last], FRENCH, tokens[:-1]
    if (
        len(last) > 6
        and last.endswith("je")
        and any(last[:-2].endswith(kind) for kind in ("dreef", "weg", "straat", "pad"))
    ):
        tokens = ["klein", *tokens[:-1], last[:-2]]  # Mezendreefje is a petite drève
        last = tokens[-1]
    for size in range(min(KIND_LENGTH_MAX, len(last) - 2), 2, -1):
        for language in (DUTCH, GERMAN):
            if last[-size:] in kinds[language]:
                return kinds[language][last[-size:]], language, [*tokens[:-1], last[:-size]]
    if len(tokens) > 1:
        for language in (DUTCH, GERMAN, ENGLISH):
            if tokens[0] in kinds[language]:
                return kinds[language][tokens[0]], language, tokens[1:]
    return frozenset(), None, tokens


def kind_of(name: str) -> tuple[frozenset[int], str | None]:
    """The kinds of street a text may be called by, and in which language: nothing where it is called by none."""
    tokens = words_of(name)
    if not tokens:
        return frozenset(), None
    if "".join(tokens) in lexicon().bare:
        return lexicon().kinds[FRENCH]["place"], None
    return _find_kind(tokens, lexicon())[:2]


THINGS = frozenset(words_of("berg vest dal vallei poort hoek hof wal brug veld gang erf dijk oever tuin park"))
"""Kinds of street that are also things a street is named after: Papenvest is the *rue du Rempart des Moines*."""
PARTICLES = frozenset(("van", "von", "vande", "vanden", "vander"))


@lru_cache(maxsize=65536)
def read_street(name: str) -> Street:
    """Read one street name (no number, no town) into its kind, its words and their meanings."""
    lex = lexicon()
    tokens = words_of(name)
    if not tokens:
        return Street(name, frozenset(), None, "", "", ((),))
    if "".join(tokens) in lex.bare:
        return _read(name, lex.kinds[FRENCH]["place"], None, tokens)
    kinds, language, left = _find_kind(tokens, lex)
    full = None
    if language in (DUTCH, GERMAN) and len(left) == len(tokens) and any(tokens[-1].endswith(t) for t in THINGS):
        full = _read(name, frozenset(), language, tokens)
    return _read(name, kinds, language, left, full)


def _read(
    name: str, kinds: frozenset[int], language: str | None, left: list[str], full: Street | None = None
) -> Street:
    lex = lexicon()
    content = [token for token in left if token not in lex.little]
    if not content:
        content = left = ["".join(left)]
    joined = "".join(content)
    readings: list[tuple[Word, ...]] = []
    for length_max in (PHRASE_LENGTH_MAX, 1):
        whole: list[Word] = []
        cut: list[Word] = []
        for text, meanings, plural in _phrases(left, lex, length_max):
            word = _word(text, meanings, plural)
            whole.append(word)
            parts = None if language == FRENCH or len(text) < (8 if meanings else 5) else _split(text)
            if parts is None or (meanings and not all(known for _, known in parts)):
                cut.append(word)
            else:
                for part, known in parts:
                    means = lex.inside[part] if known else frozenset()
                    cut.append(_word(part, means, part in lex.plurals))
        for reading in (tuple(whole), tuple(cut)):
            if reading not in readings:
                readings.append(reading)
    words = tuple(dict.fromkeys(word for reading in readings for word in reading))
    particle = not PARTICLES.isdisjoint(left)
    return Street(name, kinds, language, joined, sound_of(joined), tuple(readings), words, full, particle)


@lru_cache(maxsize=262144)
def _likeness(left: str, right: str) -> float:
    """How alike two unknown words sound, 0 to 1; below a floor nothing."""
    if left == right:
        return 0.96
    ratio = max(Levenshtein.normalized_similarity(left, right), JaroWinkler.similarity(left, right) - 0.12)
    return 0.0 if ratio < 0.5 else 0.92 * (ratio - 0.3) / 0.7


@lru_cache(maxsize=262144)
def _derived_likeness(raw: str, meanings: frozenset[int]) -> float:
    """How alike a word is to the French word for one of those meanings: `cerisaie` and *cerise* (kers)."""
    labels = lexicon().labels
    best = 0.0
    for meaning in meanings:
        label = labels[meaning]
        if len(label) < 4:
            continue
        start = 0
        while start < min(len(label), len(raw)) and label[start] == raw[start]:
            start += 1
        if start >= max(4, 0.7 * len(label)):
            best = max(best, start / max(len(label), len(raw) - 2))
        elif len(label) >= 5 and raw.rstrip("s").endswith(label):
            best = max(best, len(label) / len(raw))
    return 0.75 * min(best, 1.0)


PART_SHARED = 0.6
"""Two words of which one part means the same: martinet (*gierzwaluw*) and *steenzwaluw*. Below the bar by itself."""


def _word_likeness(left: Word, right: Word) -> float:
    if left is right or left.raw == right.raw:
        return 1.0
    ours, theirs = left.meanings, right.meanings
    if not ours.isdisjoint(theirs):
        # of several words that may be meant, the one that can mean little else: brebis is ooi before schaap
        shared = len(ours & theirs)
        among = len(ours) + len(theirs) - shared
        return (0.96 if left.plural == right.plural else 0.945) + 0.01 * shared / among
    if len(left.raw) == 1 or len(right.raw) == 1:
        return 0.7 if left.raw[0] == right.raw[0] else 0.0
    if left.raw[0].isdigit() or right.raw[0].isdigit():
        return 0.8 if left.raw.rstrip("e") == right.raw.rstrip("e") else 0.0
    if ours and theirs:
        alike = 0.0
        if left.sound[0] == right.sound[0]:
            alike = _likeness(left.sound, right.sound)
            alike = alike * 0.8 if alike > 0.75 else 0.0
        if not _parts(left).isdisjoint(theirs) or not _parts(right).isdisjoint(ours):
            alike = max(alike, 0.4)
        if alike == 0.0 and left.raw[0] != right.raw[0]:
            return 0.0
    else:
        alike = _likeness(left.sound, right.sound)
        if not _parts(left).isdisjoint(_parts(right)):
            alike = max(alike, PART_SHARED)
    if theirs:
        alike = max(alike, _derived_likeness(left.raw, theirs))
    if ours:
        alike = max(alike, _derived_likeness(right.raw, ours))
    return alike


Learned = frozenset[tuple[str, str]]
"""Pairs of folded words that a list of streets showed to be translations of each other, each pair in both orders."""
LEARNED = 0.95


def learned_words(pairs: Iterable[tuple[str, str, bool]]) -> Learned:
    """What pairs of names of one street teach: where all but one word on each side is understood, the two that are left
    mean the same (*rue de la Blague*, *Grapjasdreef*). It serves streets that the list does not hold.

    Each pair says whether it holds in one town only: such words are believed when two streets show them.
    """
    shown: Counter[tuple[str, str]] = Counter()
    for left, right, bound in pairs:
        found: set[tuple[str, str]] = set()
        for ours in read_street(left).readings:
            for theirs in read_street(right).readings:
                met = {(a, b) for a in ours for b in theirs if _word_likeness(a, b) >= 0.7}
                left_over = [word for word in ours if all(word is not a for a, _ in met)]
                right_over = [word for word in theirs if all(word is not b for _, b in met)]
                if len(left_over) == len(right_over) == 1 and len(ours) == len(theirs):
                    one, other = left_over[0].raw, right_over[0].raw
                    if len(one) > 2 and len(other) > 2:
                        found |= {(one, other), (other, one)}
        for words in found:
            shown[words] += 1 if bound else 2
    return frozenset(words for words, times in shown.items() if times > 1)


def _content_likeness(left: Street, right: Street, learned: Learned = frozenset()) -> float:
    """The best of all ways of reading the two names, each pair of words compared once."""
    known: dict[tuple[Word, Word], float] = {}
    for one in left.words:
        for other in right.words:
            alike = _word_likeness(one, other)
            if learned and alike < LEARNED and (one.raw, other.raw) in learned:
                alike = LEARNED
            if alike > 0.0:
                known[one, other] = alike
    if not known:
        return 0.0
    return max(_reading_likeness(one, other, known) for one in left.readings for other in right.readings)


def _reading_likeness(left: tuple[Word, ...], right: tuple[Word, ...], known: dict[tuple[Word, Word], float]) -> float:
    total = sum(word.weight for word in left) + sum(word.weight for word in right)
    pairs = [
        (known[one, other], i, j, one.weight + other.weight)
        for i, one in enumerate(left)
        for j, other in enumerate(right)
        if (one, other) in known
    ]
    if not pairs or not total:
        return 0.0
    if len(pairs) > 1:
        pairs.sort(reverse=True)
    matched = 0.0
    used_left = used_right = 0
    for alike, i, j, weight in pairs:
        if used_left >> i & 1 or used_right >> j & 1:
            continue
        used_left |= 1 << i
        used_right |= 1 << j
        matched += alike * weight
    return matched / total


def kind_likeness(left: Street, right: Street) -> float:
    """1 where both are called by the same kind, less for neighbouring kinds, least for kinds nobody confuses."""
    if not left.kinds or not right.kinds:
        return 0.6
    if left.kinds == right.kinds:
        return 1.0
    if not left.kinds.isdisjoint(right.kinds):
        return 0.97
    near = lexicon().near
    if any(near[kind] & right.kinds for kind in left.kinds) or any(near[kind] & left.kinds for kind in right.kinds):
        return 0.8
    return 0.0


PARTICLE_KEPT = 0.996
"""What is left where only one of two names has a *van*: Van Ooststraat is rue Van Oost rather than rue de l'Est."""
THING_SHARE = 0.94
"""What is left of the score where a last part is read as a thing and not as a kind of street."""
KIND_SHARE = 0.14
"""How much of the score hangs on the kind of street (avenue, lane): "Louise" is more of a name than "avenue"."""


def street_likeness(left: Street, right: Street, learned: Learned = frozenset()) -> float:
    """How likely two street names are one street's, 0 to 1, whatever their languages; `learned` as `learned_words`."""
    if left.joined == right.joined and left.joined:
        content = 1.0
    else:
        content = 0.98 * Levenshtein.normalized_similarity(left.joined, right.joined, score_cutoff=0.6)
        if left.sound == right.sound and left.sound:
            content = max(content, 0.96)
        content = max(content, _content_likeness(left, right, learned))
    if left.particle != right.particle:
        content *= PARTICLE_KEPT
    kind = kind_likeness(left, right)
    score = content * (1.0 - KIND_SHARE + KIND_SHARE * kind)
    if kind < 0.97:  # the wall of the monks is a street of that name, and the street is not called one
        for one, other in ((left.full, right), (right.full, left)):
            if one is not None and any(len(reading) > 1 for reading in other.readings):
                score = max(score, THING_SHARE * _content_likeness(one, other, learned))
    return score


def street_keys(street: Street) -> frozenset[str]:
    """Short words by which translations of one street name find each other: meanings, or sounds of unknown words."""
    lex = lexicon()
    found: set[str] = set()
    for read in (street, street.full):
        for word in read.words if read is not None else ():
            if (
                word.weight >= 1.0 and (len(word.raw) > 2 or word.raw[0].isdigit()) and word.raw != street.joined
            ) or word.meanings:
                found.update(lex.labels[m] for m in word.meanings) if word.meanings else found.add(word.sound[:24])
    if street.sound:
        found.add("=" + street.sound[:32])
    return frozenset(found)
