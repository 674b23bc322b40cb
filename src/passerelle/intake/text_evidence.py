"""What each word of a text looks like: its shape, the tables it stands in, its letters, and what stands beside it."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from passerelle.intake.mention import Mention
from passerelle.intake.text_names import is_role, known_name
from passerelle.intake.text_organisations import organisation_table
from passerelle.intake.text_words import (
    CAPITAL,
    LANGUAGES,
    all_function_words,
    all_titles,
    common_nouns,
    kin_words,
    name_particles,
    sentence_openers,
    word_table,
)
from passerelle.intake.word_pieces import pieces
from passerelle.names import given, organisations, towns
from passerelle.names.street_words import fold

_TOKEN = re.compile(
    rf"\ufffc+|(?:{CAPITAL}\.-?)+|[^\W\d_]+(?:['’.-](?=[^\W\d_])[^\W\d_]+)*|\d+|\n|[^\s\w]|_", re.UNICODE
)
WORD_SIGNS_MAX = 40


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number, a sign or a thing that was found before (its kind is then in `thing`), and where it stands."""

    text: str
    start: int
    end: int
    thing: str = ""


def tokens(text: str, things: Sequence[Mention]) -> list[Token]:
    """The words and signs of a text in which things found before are masked."""
    kinds = {thing.start: thing.kind for thing in things}
    return [
        Token("¤" if found[0][0] == "\ufffc" else found[0][:WORD_SIGNS_MAX], found.start(), found.end(),
              kinds.get(found.start(), "thing") if found[0][0] == "\ufffc" else "")
        for found in _TOKEN.finditer(text)
    ]  # fmt: skip


@cache
def _letters() -> tuple[Mapping[str, float], float]:
    """For each run of three letters, how much it speaks for a name against a common word, in bits: counted over the
    house's own tables of names and of common words (`names/data`), with one added to each count."""
    names, words = Counter[str](), Counter[str]()
    for name in given.spellings():
        names.update(_runs(fold(name)))
    for word in common_nouns():
        words.update(_runs(word))
    of_names, of_words = sum(names.values()), sum(words.values())
    every = names.keys() | words.keys()
    return {
        run: math.log2((names[run] + 0.5) / (of_names + 0.5 * len(every)))
        - math.log2((words[run] + 0.5) / (of_words + 0.5 * len(every)))
        for run in every
    }, 0.0


def _runs(word: str) -> Iterator[str]:
    around = f"^{word}$"
    return (around[at : at + 3] for at in range(len(around) - 2))


@lru_cache(maxsize=16384)
def name_bits(word: str) -> float:
    """How much the letters of a word speak for a name (above 0) or a common word (below), in bits for each letter."""
    table, unseen = _letters()
    runs = list(_runs(fold(word.lower())))
    return sum(table.get(run, unseen) for run in runs) / max(len(runs), 1)


@cache
def _tables() -> dict[str, frozenset[str]]:
    """The house's word lists that tell something of a word, by the sign they get among the features."""
    words, houses = word_table(), organisation_table()
    every = {language: frozenset(kin_words(language)) for language in LANGUAGES}
    return {
        "title": all_titles(),
        "kin": frozenset().union(*every.values()),
        "particle": name_particles(),
        "little": all_function_words(),
        "opens": frozenset().union(*(sentence_openers(language) for language in LANGUAGES)),
        "month": frozenset(name for of in words["months"].values() for name in of) | frozenset(words["weekdays"]),
        "head": frozenset(
            str(head).lower()
            for of in (houses["heads"], houses["outside"], words["organisation_heads"], words["institutions"])
            for head in of
        ),
        "tail": frozenset(tail.strip().lower() for tail in houses["tails"]) | frozenset(
            str(end).lower() for of in words["institution_ends"].values() for end in of
        ),
        "chain": frozenset(str(one).lower() for one in houses["chains"]),
        "work": frozenset(str(one).lower() for of in houses["work"].values() for one in of["said"]),
        "naming": frozenset(str(one).lower() for one in words["naming_cues"])
        | frozenset(str(one).lower() for of in words["name_cues"].values() for one in of),
        "make": frozenset(one.lower() for one in (*words["makes"], *words["models"])),
        "never": frozenset(words["not_in_names"]),
        "network": frozenset(str(one).lower() for one in words["network_words"]),
    }  # fmt: skip


@cache
def _compounds() -> tuple[str, ...]:
    return tuple(str(one) for one in organisation_table()["compounds"])


@cache
def _streets() -> re.Pattern[str]:
    words = word_table()
    return re.compile(
        rf"(?i)[^\W\d_]*(?:{words['street_suffixes_nl']}|{words['street_suffixes_de']})"
        rf"|{words['street_words_fr']}|{words['street_words_en']}"
    )


@lru_cache(maxsize=16384)
def of_word(word: str) -> tuple[str, ...]:
    """What is known of a word by itself, as features."""
    if word == "\n":
        return ("line",)
    if not word[0].isalpha():
        return (f"sign={word}",) if not word[0].isdigit() else ("number",)
    low = word.lower()
    bare = low.rstrip(".")
    found = [f"is={name}" for name, of in _tables().items() if low in of or bare in of]
    found.append(_shape(word))
    if is_role(low):
        found.append("is=role")
    if known_name(word):
        found.append("is=name")
    elif any(known_name(part) for part in re.split(r"['’-]", word) if len(part) > 2):
        found.append("is=halfname")
    if towns.read_town(word) is not None:
        found.append("is=town")
    if low.endswith(_compounds()) and len(low) > 6:
        found.append("is=compound")
    if _streets().fullmatch(low):
        found.append("is=street")
    if organisations.legal_form(f"Abc {word}") is not None:
        found.append("is=form")
    noun = fold(bare) in common_nouns()
    if noun:
        found.append("is=noun")
    small, capital = pieces().get(bare), pieces().get(bare.capitalize())
    found.append(f"said={_step(small)}{_step(capital)}")
    if small is not None and capital is not None:
        found.append("rather=small" if small > capital else "rather=capital")
    if "is=name" not in found and not noun:
        found.append(f"letters={max(-3, min(3, round(name_bits(bare))))}")
    return tuple(found)


def _step(share: float | None) -> str:
    return "0" if share is None else str(min(3, int((share + 17) / 2)))


def _shape(word: str) -> str:
    if re.fullmatch(rf"(?:{CAPITAL}\.-?)+|{CAPITAL}", word):
        return "shape=initial"
    if word.isupper():
        return "shape=CAPITALS" if len(word) > 3 else "shape=CAP"
    if word[0].isupper():
        return "shape=Capital" if word[1:].islower() else "shape=CapMixed"
    if not word[0].isascii() and not re.match(r"[à-ÿœß]", word[0]):
        return "shape=foreign"
    return "shape=small"


def features(words: Sequence[Token], language: str) -> list[list[str]]:
    """For each word what speaks for what it is: of itself, of its neighbours, and of where it stands."""
    alone = [(f"thing={w.thing}",) if w.thing else of_word(w.text) for w in words]
    small_text = _small(words)
    found: list[list[str]] = []
    for at, word in enumerate(words):
        mine = [f"0{one}" for one in alone[at]]
        for gap in (-2, -1, 1, 2):
            place = at + gap
            if 0 <= place < len(words):
                mine += [f"{gap}{one}" for one in alone[place]]
                near = words[place]
                if abs(gap) == 1 and not near.thing and (near.text[0].islower() or not near.text[0].isalnum()):
                    mine.append(f"{gap}w={near.text.lower()}")
            else:
                mine.append(f"{gap}none")
        shape = next((one for one in alone[at] if one.startswith("shape=")), "sign")
        opens = at == 0 or words[at - 1].text in (".", "!", "?", ":", "\n", "-", "|", "•", "–", "“", '"', "„", "«")
        mine.append(f"opens={opens},{shape}")
        mine.append(f"{language},{shape}")
        mine.append(f"small={small_text},{shape}")
        if at:
            mine.append(f"glued={words[at - 1].end == word.start}")
        if at + 1 < len(words):
            after = next((one for one in alone[at + 1] if one.startswith(("shape=", "sign="))), "")
            mine.append(f"{shape}>{after}")
        if at:
            before = next((one for one in alone[at - 1] if one.startswith(("shape=", "sign="))), "")
            mine.append(f"{before}>{shape}")
        if word.text[0].isupper() and len(word.text) > 5:
            mine.append(f"{language},end={word.text[-3:].lower()}")
        label = _label(words, at)
        if label:
            mine.append(f"label={label}")
        found.append(mine)
    return found


def _small(words: Iterable[Token]) -> bool:
    """Whether a text is written without capitals."""
    letters = [word.text for word in words if word.text[0].isalpha()]
    return sum(word[0].isupper() for word in letters) < 0.06 * max(len(letters), 1)


def _label(words: Sequence[Token], at: int) -> str:
    """The word before the colon at whose right a word stands, on the same line: “Employer: …”."""
    for back in range(1, 5):
        place = at - back
        if place < 1 or words[place].text == "\n":
            return ""
        if words[place].text == ":":
            return words[place - 1].text.lower() if words[place - 1].text[0].isalpha() else ""
    return ""
