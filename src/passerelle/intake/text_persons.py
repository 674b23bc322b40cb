"""Persons a text mentions: by name, or only by a relation ("the son of …", "one of the two brothers")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from passerelle.intake.mention import Mention, mention_of
from passerelle.intake.text_words import (
    CAPITAL,
    LANGUAGES,
    all_titles,
    function_words,
    name_particles,
    title_words,
    word_table,
    words_ending_names,
    words_no_name,
)
from passerelle.names import towns
from passerelle.names.places import country_names
from passerelle.words import noop, sentence

NAMELESS_RELATION = noop("Somebody known only by a relation to {name}.")
ONE_OF_SEVERAL = noop("One of several persons; which one is not said.")
TITLE_AND_NAME = noop("A name after a form of address.")
TWO_CAPITALS = noop("Two or more capitalised words in a row.")
NAME_CUE = noop("A capitalised word after “{cue}”.")
RELATION_NAME = noop("The name in “{said}”.")


_WORD = re.compile(rf"(?:{CAPITAL}\.(?:-?{CAPITAL}\.)*|[^\W\d_](?:[^\W_]|['’-](?=[^\W_]))*)(?:\.(?=\s))?", re.UNICODE)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int
    opens: bool
    """Whether a sentence begins here."""
    gap: str
    """What stands between this word and the one before."""


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    end = 0
    for match in _WORD.finditer(text):
        raw = match[0]
        initial = re.fullmatch(rf"(?:{CAPITAL}\.)(?:-?{CAPITAL}\.)*", raw)
        stop = match.end()
        if raw.endswith(".") and not initial:
            short = raw[:-1].lower()
            if not any(short in title_words(language) for language in LANGUAGES):
                raw, stop = raw[:-1], match.end() - 1
        gap = text[end : match.start()]
        opens = not found or bool(re.search(r"[.!?:;\n«“\"]", gap))
        if found and found[-1].text.rstrip(".").lower() in all_titles() and "\n" not in gap:
            opens = False
        found.append(_Token(raw, match.start(), stop, opens, gap))
        end = stop
    return found


def _capital(token: _Token) -> bool:
    return token.text[0].isupper()


def _initial(token: _Token) -> bool:
    return bool(re.fullmatch(rf"{CAPITAL}\.(?:-?{CAPITAL}\.)*|{CAPITAL}", token.text))


def _joined(token: _Token) -> bool:
    """Whether the word stands directly behind the one before, with nothing but a space or hyphen between."""
    return token.gap in (" ", "\u00a0", " \n", "-", "")


def find_persons(text: str, language: str, taken: list[tuple[int, int]]) -> Iterator[Mention]:
    """Runs of capitalised words that may be a name: titles before, particles and initials within."""
    tokens = _tokens(text)
    no_names, particles = words_no_name(language), name_particles()
    cues = frozenset(word_table()["name_cues"][language]) | frozenset(_relation_kinds(language))
    many = frozenset(word_table()["siblings_of_many"][language])
    busy = bytearray(len(text))
    for start, end in taken:
        busy[start:end] = b"\x01" * (end - start)
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if busy.find(1, token.start, token.end) >= 0:
            place += 1
            continue
        title = token.text.rstrip(".").lower() in title_words(language) and place + 1 < len(tokens)
        begin = place + 1 if title else place
        if title and not (_joined(tokens[begin]) and (_capital(tokens[begin]) or tokens[begin].text in particles)):
            place += 1
            continue
        run: list[_Token] = []
        position = begin
        while position < len(tokens):
            here = tokens[position]
            if run and not _joined(here):
                break
            if busy.find(1, here.start, here.end) >= 0:
                break
            lowered = here.text.lower()
            if _capital(here) and (
                lowered not in no_names
                or ((lowered in particles or lowered in words_ending_names()) and (run or title))
            ):
                if (
                    here.text.isupper()
                    and len(here.text) > 1
                    and not _initial(here)
                    and not run
                    and not title
                    and len(here.text) < 4
                ):
                    break
                run.append(here)
            elif lowered in particles and (run or title) and _name_follows(tokens, position, no_names, particles):
                noun = len(run) == 1 and not title and (run[0].opens or language == "de")
                if noun and _capitals_after(tokens, position) >= 2:
                    run = []  # "Kontakt von Murat Kaplan": a noun, and then the name
                    position += 1
                    begin = position
                    continue
                run.append(here)
            else:
                break
            position += 1
        while run and (run[-1].text.lower() in particles and not (title and len(run) == 1)):
            run.pop()
        if not run:
            place += 1
            continue
        telling = [t for t in run if _capital(t) and not _initial(t) and t.text.lower() not in particles]
        name = text[run[0].start : run[-1].end]
        before = tokens[begin - 1].text.lower() if begin > 0 and not title else ""
        place = max(position, place + 1)
        if run[0].text in _GERMAN_ARTICLES and language == "de":
            continue  # "die Frau des Zeugen" names nobody
        if not telling or towns.read_town(name) or _country(name):
            continue
        span = (run[0].start, run[-1].end)
        if title:
            yield mention_of("person", text, span, name, 0.95, sentence(TITLE_AND_NAME), name=name)
        elif len(telling) + sum(map(_initial, run)) >= 2:
            german_noun = language == "de" and len(telling) == 2 and all(_common_noun(t.text) for t in telling)
            if not german_noun and not all(towns.read_town(t.text) for t in telling):
                yield mention_of("person", text, span, name, 0.85, sentence(TWO_CAPITALS), name=name)
        elif (before in many or (before in cues and not (language == "de" and _common_noun(name)))) and _joined(run[0]):
            because = sentence(NAME_CUE, cue=before)
            yield mention_of("person", text, span, name, 0.6, because, name=name)


_GERMAN_ARTICLES = frozenset(("des", "der", "den", "dem"))
_NOUN_ENDINGS = (
    "ung",
    "heit",
    "keit",
    "schaft",
    "tion",
    "tät",
    "ismus",
    "nummer",
    "zeichen",
    "mittel",
    "stelle",
    "polizei",
    "zeug",
)


def _common_noun(word: str) -> bool:
    """Whether a capitalised German word looks like a common noun."""
    return word.lower().endswith(_NOUN_ENDINGS)


def _capitals_after(tokens: list[_Token], position: int) -> int:
    """How many capitalised words stand in a row behind this one."""
    count = 0
    for token in tokens[position + 1 :]:
        if not (_joined(token) and _capital(token)):
            break
        count += 1
    return count


def _name_follows(tokens: list[_Token], position: int, no_names: frozenset[str], particles: frozenset[str]) -> bool:
    for token in tokens[position + 1 : position + 4]:
        if not _joined(token):
            return False
        if _capital(token) and (token.text.lower() not in no_names or token.text.lower() in particles):
            return token.text.lower() not in ("", "en", "et", "und", "and")
        if token.text.lower() not in particles:
            return False
    return False


@cache
def _countries() -> frozenset[str]:
    return frozenset(country_names())


def _country(name: str) -> bool:
    return "".join(re.findall(r"[^\W_]+", name.lower())) in _countries()


@cache
def _relation_pattern(language: str) -> re.Pattern[str]:
    words = word_table()
    every = sorted({w for of in words["relations"].values() for w in of[language]}, key=len, reverse=True)
    links = "|".join(re.escape(link) for link in words["relation_links"][language])
    article = {
        "nl": r"(?:(?:de|het|een|zijn|haar|hun)\s+)?",
        "fr": r"(?:(?:le|la|un|une|son|sa)\s+|l['’])?",
        "de": r"(?:(?:der|die|das|den|dem|ein|eine|einen|einem|einer)\s+)?",
        "en": r"(?:(?:the|a|an|his|her)\s+)?",
    }[language]
    middle = r"(?:[a-zà-ÿ]+\s+)?" if language in ("nl", "en", "de") else ""
    late = r"(?:(?:wijlen|feu|feue|verstorbenen|the\s+late|late)\s+)?"
    return re.compile(
        rf"(?i)(?<!\w){article}{middle}(?P<word>{'|'.join(map(re.escape, every))})\s+"
        rf"(?:{links})(?:\s+|(?<=['’])){late}(?P<rest>\w)"
    )


@cache
def _relation_kinds(language: str) -> dict[str, str]:
    return {word: kind for kind, of in word_table()["relations"].items() for word in of[language]}


@cache
def one_of_pattern(language: str) -> re.Pattern[str]:
    many = "|".join(word_table()["siblings_of_many"][language])
    names = rf"(?P<names>(?:\s(?:{CAPITAL}[\w'’-]+|el|al|van|de|der|ben)(?!\w)){{0,4}})"
    compound = rf"(?P<compound>{CAPITAL}[\w'’]+)-"
    where = r"(?:\s(?:van|uit|from|de|du|aus|vom)\s(?:(?:de|het|the|der|dem|la|le)\s)?[a-zà-ÿ-]+"
    where += r"(?:\s(?:shop|winkel|house|bar))?)?"
    return {
        "nl": re.compile(
            rf"(?<!\w)(?i:(?:een|één|ene|de\s(?:oudste|jongste|grootste|kleinste))\s+van\s+(?:de|beide)\s+(?:twee\s+|drie\s+|beide\s+)?"
            rf"(?:(?-i:{compound}))?(?P<word>{many})){names}{where}"
        ),
        "fr": re.compile(
            rf"(?<!\w)(?i:(?:l['’]une?|l['’]aînée?|la?e?\splus\s(?:jeune|âgée?|vieux|grande?|petite?))\s+des\s+(?:deux\s+|trois\s+)?"
            rf"(?P<word>{many})){names}"
        ),
        "de": re.compile(
            rf"(?<!\w)(?i:(?:einer|eine|einen|einem|(?:der|die|den|dem)\s(?:ältere|jüngere|ältesten?|jüngsten?|größere|kleinere)n?)"
            rf"\s+(?:der|von\sden)\s+(?:beiden\s+|zwei\s+|drei\s+)?(?:(?-i:{compound}))?(?P<word>{many})){names}"
        ),
        "en": re.compile(
            rf"(?<!\w)(?i:(?:one|the\s(?:older|younger|elder|eldest|youngest|taller|shorter))\s+of\s+the\s+(?:two\s+|three\s+)?)"
            rf"(?P<names>(?:{CAPITAL}[\w'’-]+\s){{0,3}})(?i:(?P<word>{many}))(?!\w){where}"
        ),
    }[language]


def find_nameless(text: str, language: str, persons: list[Mention]) -> Iterator[Mention]:
    for found in one_of_pattern(language).finditer(text):
        raw = found[0].rstrip()
        family = (found["names"] or found.groupdict().get("compound") or "").strip()
        properties = {"relation": "sibling_of", "description": raw} | ({"lastName": family} if family else {})
        span = (found.start(), found.start() + len(raw))
        yield mention_of("nameless", text, span, raw, 0.9, sentence(ONE_OF_SEVERAL), **properties)
    for found in _relation_pattern(language).finditer(text):
        at = found.start("rest")
        person = next(
            (p for p in persons if p.start <= at < p.end or (p.start > at and _titled(text[at : p.start], language))),
            None,
        )
        if person is None:
            continue
        kind = _relation_kinds(language)[found["word"].lower()]
        start = found.start() + len(found[0]) - len(found[0].lstrip())
        start = _trim(text, start, found.start("word"), language)
        if any(p.end <= start and re.fullmatch(r"\s?[,(–-]+\s?", text[p.end : start]) for p in persons):
            continue  # “Sylvie Collin, compagne de Nguyen” has a name
        if any(p.start > person.end and re.fullmatch(r"\s?[,:]\s?", text[person.end : p.start]) for p in persons):
            continue  # and so has “la mère de Jordan, Aurélie Morel”
        span = (start, person.end)
        because = sentence(NAMELESS_RELATION, name=person.value)
        raw = text[start : person.end]
        yield mention_of("nameless", text, span, raw, 0.93, because, relation=kind, name=person.value, description=raw)


_ARTICLES = frozenset("de het een le la un une l der die das den dem ein eine einen einem einer the a an".split())  # noqa: SIM905


def _trim(text: str, start: int, word: int, language: str) -> int:
    """Drop a word before the article that the pattern took along ("dat de zoon" → "de zoon")."""
    before = text[start:word]
    parts = re.findall(r"[^\W\d_]+", before)
    if len(parts) > 1 and parts[-1].lower() in _ARTICLES:
        return start + before.rindex(parts[-1])
    if len(parts) == 1 and parts[0].lower() not in _ARTICLES and parts[0].lower() in function_words()[language]:
        return word
    return start


def _titled(between: str, language: str) -> bool:
    return between.strip().rstrip(".").lower() in title_words(language)


@cache
def _single_name_after(language: str) -> re.Pattern[str]:
    every = sorted({w for of in word_table()["relations"].values() for w in of[language]}, key=len, reverse=True)
    links = "|".join(re.escape(link) for link in word_table()["relation_links"][language])
    return re.compile(
        rf"(?:{'|'.join(map(re.escape, every))})\s+(?:{links})(?:\s+|(?<=['’]))(?P<name>{CAPITAL}[\w'’-]+)(?!\w)"
    )


LISTED_CONFIDENCE = 0.75
"""How sure a first name in a list of brothers is."""


def find_siblings(text: str, language: str, persons: list[Mention]) -> Iterator[Mention]:
    """The first names of "the brothers Nadir and Samir Belkasmi", and single names after a relation."""
    many = "|".join(word_table()["siblings_of_many"][language])
    pattern = re.compile(
        rf"(?i:\b(?:{many}))\s+(?P<list>{CAPITAL}[\w'’-]+(?:\s*,\s*{CAPITAL}[\w'’-]+)*)\s+(?:en|et|und|and)\s+(?={CAPITAL})"
    )
    for found in pattern.finditer(text):
        family = next((p for p in persons if p.start >= found.end() and p.start - found.end() < 2), None)
        for name in re.finditer(rf"{CAPITAL}[\w'’-]+", found["list"]):
            start = found.start("list") + name.start()
            properties = {"firstName": name[0]}
            if family is not None and len(family.value.split()) > 1:
                properties = {"name": f"{name[0]} {family.value.split(maxsplit=1)[1]}"}
            because = sentence(NAME_CUE, cue=found[0].split()[0])
            value = properties.get("name", name[0])
            yield mention_of(
                "person", text, (start, start + len(name[0])), value, LISTED_CONFIDENCE, because, **properties
            )
    for found in _single_name_after(language).finditer(text):
        name_ = found["name"]
        if name_.lower() not in words_no_name(language) and not towns.read_town(name_):
            because = sentence(RELATION_NAME, said=found[0])
            yield mention_of("person", text, found.span("name"), name_, 0.65, because, name=name_)
