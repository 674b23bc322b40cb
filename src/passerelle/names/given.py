"""Which well-known name a word is, in whatever spelling, and in which other languages it has sisters."""

from __future__ import annotations

from functools import cache, lru_cache

from passerelle.names import latin, sounds

_HABITS = ("fr", "nl", "de", "en")
_COARSE = str.maketrans("oywj2xGTDZv@", "uuuiehgtdJf ")


@lru_cache(maxsize=65536)
def readings(word: str) -> frozenset[str]:
    """The word as French, Dutch, German and English readers would hear it, coarsely: a few short strings."""
    first = _first_sounds()
    out: set[str] = set()
    cut = sounds.cut(word)
    for sounds_of in first:
        text = "".join([sounds_of[unit] for unit in cut]).removesuffix("h")
        out.add("".join([sign for place, sign in enumerate(text) if place == 0 or text[place - 1] != sign]))
    return frozenset(out)


@cache
def _first_sounds() -> tuple[list[str], ...]:
    """For each of the four habits, the first sound of every unit, coarsely."""
    found: list[list[str]] = []
    for habit in _HABITS:
        row: list[str] = []
        for unit in sounds.tables().units:
            sound = next((r.sound for r in unit.readings if habit in r.habits), None)
            if sound is None:
                sound = next((r.sound for r in unit.readings if not r.habits or "*" in r.habits), "")
            row.append(sound.translate(_COARSE).replace(" ", ""))
        found.append(row)
    return tuple(found)


RESPELT = 10_000
"""From this number on, a row is one name of one language in several romanisations; below, one name in several
languages: *Jan* and *Jean*, or *Chen* and *Tan*, one Chinese sign that is read otherwise."""


@cache
def _index() -> tuple[dict[str, frozenset[int]], dict[str, frozenset[int]]]:
    data = sounds.load("given_names")
    rows: list[list[str]] = [[str(name) for name in row] for row in data["groups"]]
    rows += [str(row).split() for block in data["known"] for row in block]
    exact: dict[str, set[int]] = {}
    heard: dict[str, set[int]] = {}
    for number, row in enumerate(rows):
        for name in row:
            exact.setdefault(latin.bare(name), set()).add(number)
            if len(name) >= 4:
                for reading in readings(latin.plain(name)):
                    heard.setdefault(reading, set()).add(number)
    signs = [[str(name) for names in row for name in str(names).split()] for row in data["han_families"].values()]
    families = [[str(name) for name in row] for row in (*data["syllables"], *data["families"])]
    families += [[*signs, *str(names).split()] for signs, row in data["han_families"].items() for names in row]
    for number, row in (*enumerate(signs, len(rows)), *enumerate(families, RESPELT)):
        for name in row:
            exact.setdefault(latin.bare(name), set()).add(number)
    return {n: frozenset(g) for n, g in exact.items()}, {n: frozenset(g) for n, g in heard.items()}


def spellings() -> frozenset[str]:
    """Every spelling of a given or family name in `data/given_names.yaml`, bare."""
    return frozenset(_index()[0])


@lru_cache(maxsize=65536)
def groups(word: str) -> frozenset[int]:
    """The numbers of the rows of `data/given_names.yaml` the word stands in, by its letters or else by its sound."""
    exact, heard = _index()
    found = exact.get(_letters(word))
    if found is not None:
        return found
    if len(word) < 4:
        return frozenset()
    return frozenset(number for reading in readings(word) for number in heard.get(reading, ()))


@lru_cache(maxsize=65536)
def heard(word: str) -> frozenset[int]:
    """The rows the word stands in or sounds like: two known names that share none are two names."""
    exact, by_sound = _index()
    found = {number for reading in readings(word) for number in by_sound.get(reading, ())}
    return frozenset(found | exact.get(_letters(word), frozenset()))


@lru_cache(maxsize=4096)
def family_groups(sign: str) -> frozenset[int]:
    """The rows a Chinese or Korean family name stands in, by its sign."""
    exact, _ = _index()
    return exact.get(latin.bare(sign), frozenset())


def is_known(word: str) -> bool:
    """Whether the word is a well-known given or family name as it is spelt; a syllable that the Korean, Chinese
    and Vietnamese tables spell in several ways is not: what it is one with is known, what it is not is left to its
    sound. One that is spelt in one way alone (*Hung*, *Huong*) is."""
    return _letters(word) in _index()[0] and _letters(word) not in _only_syllables()


def is_listed(word: str) -> bool:
    """Whether the word stands in any list of `data/given_names.yaml`, syllables too."""
    return _letters(word) in _index()[0]


@lru_cache(maxsize=4096)
def is_syllable(letters: str) -> bool:
    """Whether the word, without accents, is a syllable of a given name in Korea, China or Vietnam."""
    return letters in _syllables()


@cache
def _syllables() -> frozenset[str]:
    return frozenset(latin.bare(str(name)) for row in sounds.load("given_names")["syllables"] for name in row)


@cache
def _only_syllables() -> frozenset[str]:
    data = sounds.load("given_names")
    rows = [*data["groups"], *data["families"], *(str(row).split() for block in data["known"] for row in block)]
    rows += [[*signs, *str(names).split()] for signs, given in data["han_families"].items() for names in given]
    rows += [row for row in data["syllables"] if len(row) == 1]
    others = {latin.bare(str(name)) for row in rows for name in row}
    return frozenset({latin.bare(str(name)) for row in data["syllables"] for name in row} - others)


def _letters(word: str) -> str:
    """Without accents, and without the apostrophe that marks a breath: *Ch'oe*, *Ra'fat*."""
    return latin.bare(word).replace("'", "")


@cache
def apart() -> frozenset[tuple[str, str]]:
    """Pairs of names that one letter parts and that are a man's and a woman's."""
    pairs = sounds.load("given_names")["men_and_women"]
    return frozenset(
        pair for one, two in pairs for pair in ((latin.bare(one), latin.bare(two)), (latin.bare(two), latin.bare(one)))
    )
