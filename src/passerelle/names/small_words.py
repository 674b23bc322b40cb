"""The small words of personal names: titles, articles, *ben*, *van der*, and what they do to the words beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from passerelle.names import script as scripts
from passerelle.names import sounds


@dataclass(frozen=True, slots=True)
class Rules:
    """What is known of small words, titles and endings, as `data/parts.yaml` has them."""

    titles: frozenset[str]
    titles_or_names: frozenset[str]
    endings: frozenset[str]
    endings_off: re.Pattern[str]
    generations: frozenset[str]
    apart: frozenset[str]
    hyphened: frozenset[str]
    sun: frozenset[str]
    ben: frozenset[str]
    ben_not: frozenset[str]
    abd: re.Pattern[str]
    abu: frozenset[str]
    din: frozenset[str]
    allah: frozenset[str]
    particles: frozenset[str]
    particles_joined: tuple[str, ...]
    particles_not: frozenset[str]
    van_is_a_name_beside: frozenset[str]
    patronymics: tuple[str, ...]
    han_double: frozenset[str]
    hangul_double: frozenset[str]
    # what acts on the words beside it, and what belongs to the next word
    acts_on_others: frozenset[str]
    of_the_next: frozenset[str]


@cache
def rules() -> Rules:
    """The rules, read once."""
    data: dict[str, Any] = sounds.load("parts")
    apart = {name: frozenset(data[name]["apart"]) for name in ("articles", "ben", "abu", "particles")}
    others = [data["titles"], data["titles_or_names"], data["generations"], data["particles"]["van_is_a_name_beside"]]
    others += [data[name]["apart"] for name in ("din", "allah", "endings")]
    return Rules(
        titles=frozenset(data["titles"]),
        titles_or_names=frozenset(data["titles_or_names"]),
        endings=frozenset(data["endings"]["apart"]),
        endings_off=re.compile(rf"(?P<stem>.{{3,}}){data['endings_of_case']}"),
        generations=frozenset(data["generations"]),
        apart=frozenset(data["articles"]["apart"]),
        hyphened=frozenset(data["articles"]["hyphened"]),
        sun=frozenset(data["articles"]["sun"]),
        ben=frozenset(data["ben"]["apart"]),
        ben_not=frozenset(data["ben"]["not"]),
        abd=re.compile(
            rf"(?:{data['abd']['forms']})(?:[aeiou]{{1,2}}(?:l|r(?=r)|s(?=s)|n(?=n)|d(?=d)|z(?=z)|t(?=t))|(?=[aeiou]))(?P<stem>.{{3,}})"
        ),
        abu=frozenset(data["abu"]["apart"]),
        din=frozenset(data["din"]["apart"]),
        allah=frozenset(data["allah"]["apart"]),
        particles=frozenset(data["particles"]["apart"]),
        particles_joined=tuple(data["particles"]["joined"]),
        particles_not=frozenset(data["particles"]["not"]),
        van_is_a_name_beside=frozenset(data["particles"]["van_is_a_name_beside"]),
        patronymics=tuple(sorted(set(data["patronymics"]) - set(data["patronymics_not"]), key=len, reverse=True)),
        han_double=frozenset(data["surname_first"]["han_double"]),
        hangul_double=frozenset(data["surname_first"]["hangul_double"]),
        acts_on_others=frozenset(word for words in others for word in words),
        of_the_next=frozenset(data["articles"]["hyphened"]).union(*apart.values()),
    )


def father_of(token: str) -> str:
    """*Abu Bakr*, *Bou Bakr*, *Aboubakr* are written as one word."""
    if scripts.script_of(token) == "arabic":
        return "ابو" + (token[2:] if token.startswith("ال") and len(token) > 4 else token)
    return "abu" + token
