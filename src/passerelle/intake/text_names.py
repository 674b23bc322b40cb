"""Names that stand alone: part of one named in full elsewhere, behind a word of kin or naming, in a list, in quotes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache

from passerelle.intake.mention import Mention, mention_of
from passerelle.intake.text_words import (
    CAPITAL,
    all_function_words,
    all_titles,
    common_nouns,
    kin_words,
    name_particles,
    role_words,
    sentence_openers,
    word_table,
)
from passerelle.intake.word_pieces import written_small
from passerelle.names import given, towns
from passerelle.names.street_words import fold
from passerelle.words import noop, sentence

NAMED_ELSEWHERE = noop("A part of the name “{name}”, which the text has in full.")
BEHIND_WORD = noop("A name behind “{word}”.")
FIRST_IN_LINE = noop("A name at the head of a line of a list.")
IN_QUOTES = noop("A name in quotation marks.")
WITH_AGE = noop("A name with an age behind it.")
FAMILY_FIRST = noop("A family name and a first name.")
KNOWN_NAME = noop("A well-known first name.")
SIGNED = noop("The name at the end of a letter.")

_WORD = re.compile(r"[^\W\d_]+(?:['’.-](?=[^\W\d_])[^\W\d_]+)*\.?")
_PART = rf"{CAPITAL}(?:[\w'’-]*\w)?"
_NAME = rf"{_PART}(?:[ ](?:(?:van|von|de|der|den|el|al|ben|le|la|ter|du|da)\s)*{_PART}){{0,2}}"
_GIVEN = rf"{CAPITAL}[\w’-]*[a-zà-ÿ]"


@cache
def _never() -> frozenset[str]:
    return frozenset(word_table()["not_in_names"])


def known_name(word: str) -> bool:
    """Whether it is a well-known name, as it is spelt."""
    return given.is_known(word.lower())


@cache
def _role_endings() -> tuple[str, ...]:
    return tuple(word_table()["role_endings"])


def is_role(word: str) -> bool:
    """Whether a word says what somebody does or is; a compound of Dutch or German is what its last part says."""
    low = word.lower().rstrip(".")
    return low in role_words() or low in _ranks() or (len(low) > 7 and low.endswith(_role_endings()))


@cache
def _ranks() -> frozenset[str]:
    return frozenset(str(word) for word in word_table()["ranks"])


@cache
def salutes() -> frozenset[str]:
    """What stands before the name in the first or the last line of a letter: “Dag Jan”, “LG Peter”."""
    words = word_table()
    short = ("lg", "vg", "mvg", "grtz", "gr", "thx", "salut")
    return frozenset((*words["greetings"], *words["sign_offs"], *short))


def _before_a_role(text: str, first: re.Match[str], end: int) -> bool:
    """Whether this is a little word with a capital before a role: “Mein Schüler Leon”."""
    following = _WORD.match(text, first.end() + 1, end)
    little = first[0].lower() in all_function_words() or first[0].lower() in word_table()["my_and_our"]
    return following is not None and little and is_role(following[0])


def is_plain_word(word: str, language: str) -> bool:
    """Whether this is a word that is never a name: a little word, a role, kin, a maker of things."""
    low = word.lower().rstrip(".")
    return (
        low in sentence_openers(language)
        or low in all_function_words()
        or is_role(low)
        or low in kin_words(language)
        or low in _never()
    )


def is_word(word: str, language: str) -> bool:
    """Whether this is a word of the language and, for all that is known, no name."""
    return is_plain_word(word, language) or (fold(word.lower().rstrip(".")) in common_nouns() and not known_name(word))


def _alone(word: str, language: str, *, cued: bool = False) -> bool:
    """Whether a single capitalised word may be a name; `cued`: something beside it says so."""
    low = word.lower()
    known = is_plain_word(word, language) if cued else is_word(word, language)
    return len(word) > 1 and not known and (cued or not towns.read_town(word)) and low not in all_titles()


def refined(text: str, language: str, run: Mention) -> Mention | None:
    """A run of capitalised words as a name: without the words before it that say what the person does or is, and
    without the genitive's s; None where it is no name."""
    start, end = run.start, run.end
    stripped = ""
    while (first := _WORD.match(text, start, end)) and first.end() < end and first[0].lower() in salutes():
        start = first.end() + len(text[first.end() : end]) - len(text[first.end() : end].lstrip(" ,\n"))
    while (first := _WORD.match(text, start, end)) and first.end() < end:
        low = first[0].lower().rstrip(".")
        if not is_role(low) and low not in kin_words(language) and not _before_a_role(text, first, end):
            break
        stripped = first[0]
        start = first.end() + len(text[first.end() : end]) - len(text[first.end() : end].lstrip())
    end = start + len(re.sub(r"['’]s?$", "", text[start:end]))
    words = [found[0] for found in _WORD.finditer(text, start, end)]
    if not stripped and (before := re.search(r"([^\W\d_]+)\s?[:=]?\s$", text[max(0, start - 30) : start])):
        low = before[1].lower()
        stripped = before[1] if is_role(low) or low in kin_words(language) else ""
    if not words or any(
        word.lower().rstrip(".") in _never() or re.search(r"-[a-z]+(?:ed|te|ige|s)$", word) for word in words
    ):
        return None
    if re.search(r"\d", text[start:end]):
        return None
    if len(words) > 1 and all(word.isupper() and len(word) > 2 for word in words) and not any(map(known_name, words)):
        return None  # a heading in capitals
    if len(words) == 1 and not known_name(words[0]) and re.match(r"\s?:", text[end : end + 2]):
        return None
    if len(words) > 1 and not known_name(words[0]) and words[0].lower().endswith(tuple(word_table()["house_endings"])):
        return None
    counted = re.search(r"(?<!\w)\d+\s$", text[max(0, start - 5) : start])
    if language == "de" and counted and not any(map(known_name, words)):
        return None  # “40 Kartons Zigaretten”
    telling = [word for word in words if word[0].isupper() and word.lower() not in name_particles() and len(word) > 2]
    known = any(known_name(part) for word in words for part in word.split("-"))
    if len(words) == 1:
        if run.confidence < 0.9 and (
            not (stripped or run.confidence < 0.7) or not _alone(words[0], language, cued=bool(stripped))
        ):
            return None
    elif not known and run.confidence < 0.9:
        if telling and all(is_plain_word(word, language) for word in telling):
            return None
        if language == "de" and any(is_word(word, language) or _german(word) for word in telling) and not stripped:
            return None
        if _quoted(text, start, end):
            return None
    name = text[start:end]
    if (start, end) == (run.start, run.end):
        return run
    because = sentence(BEHIND_WORD, word=stripped) if stripped else run.because
    return mention_of("person", text, (start, end), name, max(run.confidence, 0.85), because, name=name)


_ENDINGS = (
    "ung", "heit", "keit", "schaft", "tion", "tät", "ismus", "nummer", "zeichen", "mittel", "geruch", "karte", "zeug",
    "arbeit", "gewehre", "protokoll", "schrank", "termin", "täter", "woche", "stelle", "jahr",
)  # fmt: skip


def _german(word: str) -> bool:
    return word.lower().endswith(_ENDINGS)


def _quoted(text: str, start: int, end: int) -> bool:
    return bool(
        re.search(r"[\"“„«]\s?$", text[max(0, start - 2) : start]) and re.match(r"\s?[\"”“»]", text[end : end + 2])
    )


def find_parts(text: str, language: str, persons: Iterable[Mention]) -> Iterator[Mention]:
    """The family name or the first name, alone, of somebody whom the text names in full."""
    done: set[str] = set()
    for person in {person.value: person for person in persons}.values():
        words = [word for word in re.split(r"[\s,()]+", person.value) if word]
        if len(words) < 2:
            continue
        parts = {words[0], words[-1], " ".join(words[1:])}
        if words[0].isupper() and not words[-1].isupper():
            parts.add(words[0].capitalize())
        parts |= {piece for word in (words[-1], words[0]) for piece in word.split("-") if len(piece) > 3}
        for part in parts:
            bare = part.strip(".")
            if bare in done:
                continue
            done.add(bare)
            telling = bare.split()[-1] if bare else ""
            if len(telling) < 3 or telling.lower() in all_function_words() or not bare[0].isalpha():
                continue
            if bare.lower() in all_titles() or bare.lower() in name_particles() or bare.lower() in role_words():
                continue
            for found in re.finditer(rf"(?<![\w-]){re.escape(bare)}(?=['’]s?\b|[^\w-]|$)", text):
                because = sentence(NAMED_ELSEWHERE, name=person.value)
                yield mention_of("person", text, found.span(), bare, 0.86, because, name=bare)


@cache
def _after_words(language: str) -> re.Pattern[str]:
    table = word_table()
    naming = [*table["naming_cues"], *table["roles"][language]]
    kin = sorted({*kin_words(language), *naming}, key=len, reverse=True)
    said = "|".join(re.escape(word) for word in kin)
    gap = (
        r"(?:\s(?:is|was|ist|war|est|était|heet|heißt|genaamd|s['’]appelle|called|named)|\s?[=:]|\s[a-zà-ÿ]{4,12},|,)?"
    )
    return re.compile(rf"(?<![\w-])(?P<cue>(?i:{said})){gap}\s+[\"“„«'‘]?\s?(?P<name>{_NAME})(?![\w-])")


@cache
def _children(language: str) -> re.Pattern[str]:
    said = "|".join(word_table()["several_kin"][language])
    one = rf"{_GIVEN}(?:\s\(\d{{1,2}}[^)]{{0,6}}\))?"
    return re.compile(
        rf"(?<!\w)(?P<cue>(?i:{said}))(?:\s[a-zà-ÿ]{{1,10}}){{0,1}}\s?[:,(]?\s(?P<list>{one}(?:,\s{one})*,?\s(?:en|et|und|and|&)\s{one})(?!\w)"
    )


@cache
def _speakers() -> re.Pattern[str]:
    return re.compile(
        rf"(?:moi\s+c['’]est|m['’]appelle|ik\sben|ich\s(?:bin|heiße)|my\sname\sis|I['’]m)\s(?P<name>{_NAME})(?![\w-])"
    )


@cache
def _ranked() -> re.Pattern[str]:
    said = {form for rank in _ranks() for form in (rank.upper(), rank.capitalize())} | {"MdC", "GpX", "HInp"}
    ranks = "|".join(re.escape(word) for word in sorted(said, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?P<cue>{ranks})\.?[ ](?:\d{{2,6}}[ ])?(?P<name>{_NAME})(?![\w-])")


_NICKNAMED = re.compile(rf"(?<![\w-])(?P<name>{_GIVEN}\s[\"“„«'‘]\s?[\w’ -]{{2,18}}\s?[\"”“»'’]\s{_PART})(?![\w-])")
_LINE = re.compile(
    rf"(?m)^[ \t]*(?:[-–•*·]|\(?\d{{1,2}}[.)])[ \t]*(?:(?i:mme|mr|m|mevr|dhr|herr|frau|mrs|ms)\.?\s)?[\"“„«]?\s?"
    rf"(?P<name>{_PART}(?:\s(?:{CAPITAL}\.|{_PART})){{0,3}}(?:,\s{_GIVEN}(?=[.;]|\s-))?)[\"”“»]?\s?(?=[,:;(.–-]|\s[-–—=]|$)"
)
_WITH_AGE = re.compile(
    rf"(?<![\w-])(?P<name>{_GIVEN})\s\(\s?(?:°|\d{{1,2}}\s?(?:\)|j\b|jr|jaar|ans?\b|Jahre|J\b|yrs?|years|y\b|m\b))"
)
_FAMILY_FIRST = re.compile(
    rf"(?<![\w-])(?P<name>(?P<family>{_NAME}),\s(?P<given>{_GIVEN}(?:[ ]{_GIVEN})?))(?=[.;:,()\n]|\s\(|\s[-–]|$)"
)
_IN_BRACKETS = re.compile(rf"(?<![\w-])(?P<name>(?:(?:Van|De|Von)\s)?{_PART}\s\((?P<given>{_GIVEN})\))")
_QUOTES = re.compile(rf"[\"“„«]\s?(?P<name>{_GIVEN}(?:\s{_GIVEN})?)\s?[\"”“»]")


def find_single_names(text: str, language: str) -> Iterator[Mention]:
    """Names of one word or more that only what stands beside them tells to be names."""
    for found in _children(language).finditer(text):
        for name in re.finditer(_GIVEN, found["list"]):
            if _alone(name[0], language, cued=True):
                span = (found.start("list") + name.start(), found.start("list") + name.end())
                yield _named(text, span, 0.84, BEHIND_WORD, word=found["cue"])
    for pattern in (_after_words(language), _speakers(), _ranked()):
        at = 0
        while one := pattern.search(text, at):
            at = max(one.start() + 1, one.start("name"))
            place = _trimmed(text, one.span("name"), language)
            if place:
                cue = one["cue"] if "cue" in one.groupdict() else one[0].split()[0]
                yield _named(text, place, 0.82, BEHIND_WORD, word=cue)
    for found in _LINE.finditer(text):
        words = re.findall(r"[\w'’.-]+", found["name"])
        heading = len(words) == 1 and found["name"].isupper() and text[found.end("name") : found.end("name") + 1] == ":"
        if (
            words
            and not heading
            and not any(is_word(word, language) and not known_name(word) for word in words if word[0].isupper())
        ):
            confidence = 0.94 if "," in found["name"] else 0.8
            yield _named(text, found.span("name"), confidence, FIRST_IN_LINE)
    for found in _NICKNAMED.finditer(text):
        if not is_word(found["name"].split()[0], language):
            yield _named(text, found.span("name"), 0.95, IN_QUOTES)
    for found in _WITH_AGE.finditer(text):
        if _alone(found["name"], language, cued=True):
            yield _named(text, found.span("name"), 0.8, WITH_AGE)
    for found in _FAMILY_FIRST.finditer(text):
        start = found.start("family")
        family = found["family"].split()
        if family[-1].lower() in salutes():
            continue
        while len(family) > 1 and (is_plain_word(family[0], language) or family[0].lower() in all_titles()):
            start += len(family.pop(0)) + 1
        tells = start != found.start("family") or not known_name(family[-1].split("-")[0])
        tells = tells or bool(
            re.match(r"[,;]?\s?\(?(?:°|\*|\d|geb|né|born|b\.|dob)", text[found.end() : found.end() + 20])
        )
        said = re.search(r"([^\W\d_]+)[\s:]+$", text[max(0, start - 30) : start])
        tells = tells or bool(said and is_role(said[1]))
        listed = re.search(r",\s?$", text[max(0, start - 3) : start]) or re.match(
            r",?\s(?:en|et|und|and|ou|of|or|oder)\s", text[found.end() : found.end() + 20]
        )
        sure = re.match(r",?\s?\(?(?:°|\*\s?\d|geb\b|née?\b|born|b\.|dob)", text[found.end() : found.end() + 20])
        if (
            (known_name(found["given"]) or sure)
            and tells
            and not listed
            and _alone(family[-1], language, cued=bool(sure))
            and len(family) < 4
        ):
            yield _named(text, (start, found.end("given")), 0.94, FAMILY_FIRST)
    for found in _IN_BRACKETS.finditer(text):
        if known_name(found["given"]) and _alone(found["name"].split("(")[0].split()[-1], language):
            yield _named(text, found.span("name"), 0.93, FAMILY_FIRST)
    yield from _in_quotes(text, language)
    yield from _known(text, language)
    yield from _signed(text, language)


def _trimmed(text: str, span: tuple[int, int], language: str) -> tuple[int, int] | None:
    """The words of a run that may be a name, from its beginning; None where there is none."""
    words = list(re.finditer(r"[^\s]+", text[slice(*span)]))
    kept = 0
    for word in words:
        bare = word[0].strip(".,")
        if bare.lower() in name_particles() or (kept == 0 and bare.lower() in all_titles()):
            continue
        more = re.match(rf"\s{CAPITAL}[a-z]", text[span[0] + word.end() : span[0] + word.end() + 3]) is not None
        if is_plain_word(bare, language) and not (kept == 0 and more and bare.lower() in _days_and_months()):
            break
        if kept == 0 and towns.read_town(bare) and not known_name(bare):
            break
        kept = word.end()
    if kept < 2:
        return None
    said = re.sub(r"['’]s$", "", text[span[0] : span[0] + kept])
    return (span[0], span[0] + len(said))


@cache
def _days_and_months() -> frozenset[str]:
    table = word_table()
    return frozenset(table["weekdays"]) | {month for of in table["months"].values() for month in of}


def _named(text: str, span: tuple[int, int], confidence: float, because: str, **facts: str) -> Mention:
    name = text[slice(*span)]
    plain = re.sub(r"\s*[(),]\s*", " ", name).strip()
    return mention_of("person", text, span, plain, confidence, sentence(because, **facts), name=plain)


_ALIAS_BEFORE = re.compile(
    r"(?i)(?:\b(?:dite?|alias|aka|of|ou|oder|or|genaamd|bijgenaamd|genannt|called|surnommée?|named|nicknamed|ook|as|met|by)\s+"
    r"|(?:^|\n)\s*(?:[-–•*]|\d{1,2}[.)])\s*|\()$"
)
_NUMBER_BEHIND = re.compile(r"[\"”“»]?\s?[,(]?\s?(?:\ufffc|(?:of|ou|oder|or)\s)")


def _in_quotes(text: str, language: str) -> Iterator[Mention]:
    for found in _QUOTES.finditer(text):
        beside = _ALIAS_BEFORE.search(text[max(0, found.start() - 20) : found.start()])
        if (beside or _NUMBER_BEHIND.match(text, found.end())) and not all(
            is_word(word, language) for word in found["name"].split()
        ):
            yield _named(text, found.span("name"), 0.8, IN_QUOTES)
    for found in re.finditer(rf"[\"“„«]\s?(?P<name>{_GIVEN})\s\ufffc", text):
        if _alone(found["name"], language):
            yield _named(text, found.span("name"), 0.8, IN_QUOTES)


def _known(text: str, language: str) -> Iterator[Mention]:
    """A well-known first name alone, where it is no word of the language and does not open a sentence by chance."""
    names = list(re.finditer(rf"(?<![\w'’-])(?P<name>{_GIVEN})(?![\w-])", text))
    times = Counter(found["name"] for found in names)
    for found in names:
        name = found["name"]
        if len(name) < 3 or name.isupper() or not _alone(name, language, cued=True) or towns.read_town(name):
            continue
        before = text[max(0, found.start() - 30) : found.start()]
        opens = not before.strip() or bool(re.search(r"[.!?:;\n«“„\"'’(]\s*$", before))
        if not known_name(name):
            if opens or times[name] < 2 or not given.groups(name.lower()) or fold(name) in common_nouns():
                continue
            if re.search(
                r"(?i)\b(?:in|te|à|at|from|van|naar|vers|aus|nach|bei|of|the|der|die|das|dem|den|le|la|les|l['’]|de|het|du)\s?$",
                before,
            ):
                continue
        if fold(name) in common_nouns() and (opens or language == "de"):
            continue
        if re.match(rf"\s{CAPITAL}[a-z]", text[found.end() : found.end() + 3]) or re.search(
            rf"{CAPITAL}[\w'’-]*\s$", before
        ):
            continue
        yield _named(text, found.span("name"), 0.72, KNOWN_NAME)


@cache
def _sign_off() -> re.Pattern[str]:
    said = "|".join(re.escape(word) for word in word_table()["sign_offs"])
    return re.compile(
        rf"(?i:(?:^|\n|\.\s)[^\n.]{{0,20}}\b(?:{said})\b[^\n]{{0,12}}),?\s*\n+\s*(?P<name>{_NAME})(?=\s*(?:[/,|\n]|$))"
    )


def _signed(text: str, language: str) -> Iterator[Mention]:
    for found in _sign_off().finditer(text):
        if not is_word(found["name"].split()[0], language):
            yield _named(text, found.span("name"), 0.85, SIGNED)


def find_names_in_small_letters(text: str, language: str) -> Iterator[Mention]:
    """In a text without capitals: the word behind a form of address, and a well-known name behind kin."""
    letters = [sign for sign in text if sign.isalpha()]
    if len(letters) < 20 or sum(sign.isupper() for sign in letters) > 0.02 * len(letters):
        return
    titles = "|".join(("monsieur", "madame", "mme", "mr", "mrs", "ms", "meneer", "mevrouw", "mevr", "dhr", "herr",
                       "herrn", "frau", "miss", "familie", "famille"))  # fmt: skip
    for found in re.finditer(rf"(?<!\w)(?P<cue>{titles})\.?\s(?P<name>[a-zà-ÿ'’-]{{3,}})(?!\w)", text):
        if found["name"] not in all_function_words() and found["name"] not in role_words():
            yield _named(text, found.span("name"), 0.75, BEHIND_WORD, word=found["cue"])
    more = ("is", "ist", "est", "c", "s'appel", "sappelle", "sapelle", "m'appelle", "name is", "name's", "naam is",
            "nom c'est", "met", "avec", "mit", "with", "guy", "gars", "typ", "pote", "gast")  # fmt: skip
    said = {*kin_words(language), *word_table()["naming_cues"], *more}
    cues = "|".join(re.escape(word) for word in sorted(said, key=len, reverse=True))
    little = "de|la|le|der|die|het|ne|is|ist|est|blijkbaar|apparently|wohl|angeblich|ook|aussi"
    naming = "called|named|heet|genaamd|genannt|heißt|heisst|s['’ ]?appelle|surnommé|bijgenaamd|alias|aka"
    for found in re.finditer(rf"(?<!\w)(?P<cue>{naming})\s(?P<name>[a-zà-ÿ'’-]{{3,}})(?!\w)", text):
        if not written_small(found["name"]) and not is_word(found["name"], language):
            yield _named(text, found.span("name"), 0.75, BEHIND_WORD, word=found["cue"])
    for found in re.finditer(rf"(?<!\w)(?P<cue>{cues})\s(?:(?:{little})\s)?(?P<name>[a-zà-ÿ'’-]{{3,}})(?!\w)", text):
        if known_name(found["name"]) and not is_word(found["name"], language):
            yield _named(text, found.span("name"), 0.75, BEHIND_WORD, word=found["cue"])
