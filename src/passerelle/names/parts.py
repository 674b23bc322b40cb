"""A personal name taken apart: its words in order, each with the small words (*ben*, *van der*) that belong to it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import NamedTuple

from passerelle.names import given, glides, japanese, latin, says, small_words, sounds, syllables
from passerelle.names import script as scripts
from passerelle.names.small_words import Rules

FAMILY, GIVEN, UNKNOWN = "family", "given", ""


@dataclass(frozen=True, slots=True)
class Form:
    """One way of writing a word: its spelling units, and what it costs to suppose it was written so (hundredths)."""

    units: tuple[int, ...]
    cost: int
    abjad: bool


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """One word of a name.

    `text` as written (with its small words), `stem` without them in lower case, `prefix` the kind of small word that
    was taken off (`ben`, `abd`, `abu`, `van`, or ""), `kind` one of `name`, `initial`, `number`; `title` whether it can
    be a title (*Haji*), `forms` the ways of writing it, plain one first; `weight` what it says, in hundredths of a
    consonant; `number` is its own in this process; `groups` the names it is known as, `known` whether one of them is
    spelt so, `heard` those it sounds like, `says` its weight, less when very many people bear it.
    """

    text: str
    stem: str
    prefix: str
    kind: str
    patronymic: bool
    title: bool
    script: str
    forms: tuple[Form, ...]
    weight: int
    number: int
    groups: frozenset[int]
    known: bool
    heard: frozenset[int]
    says: int

    @property
    def known_in(self) -> str:
        """The script in which it is known: a Chinese or Korean family name that has a row is known in Latin letters
        too, so that 최 (*Choi*) and *Cha* are told to be two names."""
        return "latin" if self.known and self.script in READ_AS else self.script

    @property
    def listed(self) -> bool:
        """Whether it stands in a list of names, as it is spelt."""
        return self.known or (self.kind == "name" and bool(self.groups) and given.is_listed(self.stem))

    @property
    def letters(self) -> str:
        """Its letters without accents, with a small word of its own (*ben*, *abd al-*): what a slip of the pen falls
        on, for *Abdlmenaf* is *Abdulmenaf* and *Benjain* is *Benjamin*."""
        if self.prefix not in {"abd", "ben"}:
            # in the scripts of India the sign that takes a vowel away is written like a letter, and slips like one
            return self.stem if self.script == "indic" else latin.bare(self.stem)
        return "".join(sign for sign in latin.bare(latin.plain(self.text)) if sign.isalnum())

    @property
    def signs(self) -> str:
        """The signs it is written in where each stands for a syllable, Chinese (the simplified ones) or Korean; "" for
        all else."""
        return scripts.simplified(self.text) if self.script in READ_AS and self.kind == "name" else ""

    @property
    def signs_heard(self) -> str:
        """How such signs are read, without what North and South Korea spell in two ways (련 and 연, 로 and 노)."""
        if self.script != "hangul":
            return self.stem
        return _KOREAN_FIRST.sub("", _KOREAN_R.sub("n", self.stem))

    @property
    def abjad(self) -> bool:
        """Whether its vowels are not written."""
        return any(form.abjad for form in self.forms[-1:])

    @property
    def first(self) -> int:
        """The spelling unit it begins with, or -1."""
        return self.forms[0].units[0] if self.forms else -1


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """A personal name: `words` in the order written, `roles` for each word (`family`, `given` or "" when unknown)."""

    raw: str
    words: tuple[Word, ...]
    roles: tuple[str, ...]
    merged: dict[int, Name | None] = field(default_factory=dict)


_numbers = itertools.count(1)


def next_number() -> int:
    """A number that no word has yet in this process, whatever other threads take at the same time."""
    return next(_numbers)


NUMERAL = "\0numeral"
_ABD_ONLY = re.compile(r"^(?:abd|abed|cabd)(?:[aeou]{1,2}[lrsndzt]{0,2})?$")
_ALLAH = re.compile(r"^(?:[aeou]{1,2})?ll?[aeo]{1,2}h?i?$")
_DIN_AFTER = re.compile(r"(?P<stem>.{2,}[aeou])l(?P<din>d(?:[iy]|ie|ee|ei)n{1,2}e?)")
"""*Nureldine*, *Aladdin*: "of the faith", with the l of the article written where it is not heard."""


ACCENTS_HEARD = 15
"""A word that sounds so much otherwise without its accents (*García*, *Žužić*) is also read without them."""
_KOREAN_R = re.compile(r"^r(?=[aeou])")
_KOREAN_FIRST = re.compile(r"^[nr](?=y|i)")
"""The rule of first sounds (두음 법칙): the South drops or softens a first ㄹ or ㄴ that the North writes."""


@lru_cache(maxsize=131072)
def word_of(stem: str, prefix: str = "", text: str = "") -> Word:
    """The Word for `stem` (lower case), kept: the same stem and prefix give the same object."""
    rules = small_words.rules()
    text = text or stem
    if text != NUMERAL and (prefix or text != stem):
        plain = word_of(stem) if not prefix else None
        if plain is not None:
            return _written(plain, text)
    script = scripts.script_of(stem)
    letters = latin.bare(stem)
    kind = "name"
    if stem.isdigit() or text == NUMERAL:
        kind = "number"
    elif len(stem.strip(".'")) == 1 and script in {"latin", "cyrillic", "greek", "hebrew", "arabic", "armenian"}:
        kind = "initial"
    abjad = script in sounds.tables().abjads and "\u06d5" not in stem
    forms: dict[tuple[int, ...], int] = {sounds.cut(stem): 0}
    for other, cost in (*_other_writings(stem, script, prefix, rules), *_whole(stem, prefix, text)):
        forms.setdefault(sounds.cut(other), cost)
    if script == "latin" and kind == "name" and len(letters) > 3 and syllables.in_wade_giles(letters):
        forms.setdefault(sounds.cut(letters, "wade_giles"), syllables.WADE_GILES_COST)
    first = next(iter(forms))
    return Word(
        text=text,
        stem=stem,
        prefix=prefix,
        kind=kind,
        patronymic=len(stem) > 6 and letters.endswith(rules.patronymics),
        title=letters in rules.titles,
        script=script,
        forms=tuple(Form(units, cost, abjad) for units, cost in forms.items() if units),
        weight=sounds.weigh(first),
        number=next_number(),
        groups=_groups(stem, kind, prefix),
        known=kind == "name" and prefix in {"", "abd"} and given.is_known(stem),
        heard=given.heard(stem) if kind == "name" and prefix in {"", "abd"} else frozenset(),
        says=says.said(stem, sounds.weigh(first)) if letters not in rules.titles else sounds.weigh(first) // 2,
    )


def _groups(stem: str, kind: str, prefix: str) -> frozenset[int]:
    """The rows of names it is known as; of single letters only family names (*O*, *U*)."""
    if prefix not in {"", "abd"} or kind == "number" or (kind == "initial" and stem not in "eiou"):
        return frozenset()
    return given.groups(stem)


def _other_writings(stem: str, script: str, prefix: str, rules: Rules) -> list[tuple[str, int]]:
    """Other ways the same word is written: without a joined article, cut at another place."""
    out: list[tuple[str, int]] = []
    if script == "latin":
        size = len(stem)
        if prefix == "abd" and stem[0] in "aeiou":
            out.append(("l" + stem, 20))  # Abdelatif: the l of the article and that of the name written once
        if size >= 6 and stem[:2] in {"el", "al", "ul"}:
            out.append((stem[2:], 20))
        elif size >= 6 and stem[0] in "ea" and stem[1] == stem[2] and stem[1] in rules.sun:
            out.append((stem[2:], 10))
        elif size >= 7 and stem[:2] == "ec" and stem.startswith("echch"):
            out.append((stem[3:], 10))
        elif size >= 6 and stem.startswith(("ech", "esh", "ach", "ash")):
            out.append((stem[1:], 45))
        elif size >= 6 and stem.startswith(("abu", "abou", "aboe")):
            out.append((stem[1:], 30))
        elif size >= 6 and stem[0] == "l" and stem[1] in "aeou":
            out.append((stem[1:], 45))
            if stem[1] == stem[2]:
                out.append((stem[2:], 45))
        without = rules.endings_off.fullmatch(latin.bare(stem))
        if without is not None and len(latin.bare(stem)) == size:
            out.append((stem[: without.end("stem")], 10))
        faith = _DIN_AFTER.fullmatch(stem)
        if faith is not None:
            out.append((f"{faith['stem']}d{faith['din']}", 5))
        apart = glides.taken_apart(stem)
        if apart != stem:
            out.append((apart, 5))
        plain = latin.bare(stem)
        if plain != stem and sounds.distance(sounds.cut(stem), sounds.cut(plain)) > ACCENTS_HEARD:
            out.append((plain, 5))
        apart = syllables.parted(plain)
        if apart:
            out.append((apart, 10))
    elif script == "greek":
        apart = stem.replace("μπ", "μ'π").replace("ντ", "ν'τ").replace("γκ", "ν'κ")
        if apart != stem:
            out.append((apart, 0))
    elif script == "arabic":
        if len(stem) >= 5 and stem.startswith("ال"):
            stem = stem[2:]
            out.append((stem, 0))
        joined = _joined_arabic().sub(r"+\g<0>", stem)
        if joined != stem:
            out.append((joined, 0))
    return out


def _whole(stem: str, prefix: str, text: str) -> list[tuple[str, int]]:
    """The word with its small words, written as one: another script may not part them (*Bensinger*), nor another
    register (*de la Roche*, *Delaroche*; *Di Gregorio*, *Digregorio*)."""
    if prefix not in {"ben", "van"} or (" " in text and prefix == "ben"):
        return []
    whole = latin.plain("".join(text.split()))
    return [(whole, 10)] if whole.isalpha() and whole.endswith(stem) and whole != stem else []


@cache
def _joined_arabic() -> re.Pattern[str]:
    """Arabic letters that stand for one Latin unit: those of `data/scripts.yaml` that begin with a plus."""
    joined = [text[1:] for name, text in sounds.tables().number if name == "arabic" and text.startswith("+")]
    return re.compile("|".join(sorted(joined, key=len, reverse=True)))


class Token(NamedTuple):
    """A piece of the text: in lower case, what joined it to the piece before (a space or a hyphen), and as written."""

    plain: str
    joint: str
    written: str


_SEPARATOR = re.compile(r"[\s,;/()\[\]{}\"“”«»_+·•.]+")
_SHIP = re.compile(r"^(?:[MFS]/[VTSY]|MV)\.?\s+(?=\w)", re.IGNORECASE)
"""What kind of ship it is, before its name: motor vessel, motor tanker, fishing vessel, steamship."""
_HYPHENS = re.compile(r"[-‐‑‒–—־]+")


WORDS_MOST = 24
"""So many words are read of a name: no person's has more, and each is set beside each of the other."""


@lru_cache(maxsize=65536)
def parse(text: str) -> Name:
    """`text` as a Name. Never fails: text without letters gives a name without words.

    Titles are dropped, articles are dropped, *ben*, *abd al-*, *abu* and *van der* become prefixes of the next word,
    *ed-Din* and *-ullah* join the word before, a comma puts the family name first. Very long texts are cut.
    """
    raw, text = text, _SHIP.sub("", text[: latin.LONGEST])
    plain = _plainly(text.split(" "))
    if plain:
        plain = plain[:WORDS_MOST]
        return Name(raw, plain, (UNKNOWN,) * len(plain))
    rules = small_words.rules()
    comma = text.count(",") == 1 and not text.strip().endswith(",")
    family_words = 0
    tokens: list[Token] = []
    for piece, half in enumerate(text.split(",")) if comma else enumerate((text,)):
        found = _tokens(half)
        if comma and piece == 0:
            family_words = len(found)
        tokens.extend(found)
    built = _build(tokens, rules)
    words = [word for word, _ in built]
    if comma and family_words:
        roles = [FAMILY if place < family_words else GIVEN for _, place in built]
    else:
        roles = [UNKNOWN] * len(words)
    if len(words) > 1 and syllables.MIDDLE_POINT.search(text) and all(word.script == "han" for word in words):
        read = [scripts.in_latin(word.stem, joint=JOINT) for word in words]
        words = [read_word(w.stem, one, script="han", table="xinhua") for w, one in zip(words, read, strict=True)]
        return Name(raw, tuple(words[:WORDS_MOST]), tuple(roles[:WORDS_MOST]))
    words, roles = _east(words[:WORDS_MOST], roles[:WORDS_MOST], rules)
    return Name(raw, tuple(words), tuple(roles))


def _plainly(pieces: list[str]) -> tuple[Word, ...] | None:
    """The words of a name that begins with pieces that are words whatever stands beside them; None for any other."""
    words: list[Word] = []
    for at, piece in enumerate(pieces):
        word = lone(piece)
        if word is None:
            rest = after(" ".join(pieces[at:])) if at else None
            return (*words, *rest) if rest else None
        words.append(word)
    return tuple(words)


Recalled = Callable[[str], "tuple[Word, ...] | None"]
_recalled: list[Recalled] = []


def recall(source: Recalled | None) -> None:
    """Lets `source` be asked first what words a piece of a name is: what `lone`, or `after`, said of it in another
    process. None: nobody is asked any longer."""
    _recalled[:] = [] if source is None else [source]
    lone.cache_clear()
    after.cache_clear()


@lru_cache(maxsize=65536)
def lone(piece: str) -> Word | None:
    """The word that a piece of a name is whatever stands beside it; None for any other piece."""
    for source in _recalled:
        words = source(piece)
        if words is not None:
            return words[0]
    if not piece.isalpha() or not latin.composed(latin.parted(piece)).isalpha() or _beside(piece) != "":
        return None
    built = _build(_tokens(piece), small_words.rules())
    return built[0][0] if len(built) == 1 and built[0][0].script not in READ_AS else None


@lru_cache(maxsize=32768)
def after(text: str) -> tuple[Word, ...] | None:
    """The words of what follows a word: small words and the words they belong to, the same whatever that word is."""
    for source in _recalled:
        words = source(text)
        if words is not None:
            return words
    if not all(lone(piece) or is_small(piece) for piece in text.split(" ")):
        return None
    return tuple(word for word, _ in _build(_tokens(f"Jan {text}"), small_words.rules())[1:])


def is_small(piece: str) -> bool:
    """Whether a piece of a name is a word that belongs to the next one (*van*, *el*)."""
    return piece.isalpha() and _beside(piece) == "small"


@lru_cache(maxsize=8192)
def _beside(piece: str) -> str:
    """What a piece does to those beside it: `small` if it belongs to the next word, "" if nothing."""
    rules, letters = small_words.rules(), latin.bare(latin.plain(piece))
    if letters in rules.acts_on_others:
        return "other"
    return "small" if letters in rules.of_the_next or _ABD_ONLY.match(letters) or letters == "عبد" else ""


def _tokens(text: str) -> list[Token]:
    out: list[Token] = []
    for chunk in _SEPARATOR.split(latin.composed(latin.parted(text))):
        joint = " "
        for written in _HYPHENS.split(chunk):
            token = latin.plain(written)
            token = token.strip("'") if len(token) > 2 else token
            if any(sign.isalnum() for sign in token):
                out.append(Token(token, joint, written))
                joint = "-"
    return out


def _build(tokens: list[Token], rules: Rules) -> list[tuple[Word, int]]:
    """Words with the place of their last token."""
    kept = list(enumerate(tokens))
    first = 0
    while (
        first < len(kept) - 1
        and latin.bare(kept[first][1].plain) in rules.titles
        and kept[first + 1][1].joint == " "
        and not _may_be_a_name(kept[first:], rules)
    ):
        first += 1
    kept = kept[first:]
    out: list[tuple[Word, int]] = []
    prefix = ""
    small: list[str] = []
    count = len(kept)
    index = 0
    van_is_a_name = any(latin.bare(token.plain) in rules.van_is_a_name_beside for _, token in kept)
    while index < count:
        place, (token, _, written) = kept[index]
        letters = latin.bare(token)
        last = index == count - 1
        next_joint = kept[index + 1][1].joint if not last else ""
        index += 1
        if not last and not _is_syllable_of_two(letters, kept[index][1], place == 0 or count > 2):
            following = latin.bare(kept[index][1].plain)
            if letters in rules.apart or (
                letters in rules.hyphened and next_joint == "-" and (letters[-1] == following[0] or len(letters) > 2)
            ):
                small.append(written)
                continue
            if letters in rules.hyphened and prefix == "abd":
                small.append(written)
                continue
            if letters in rules.ben and not (count == 2 and letters == "ben" and next_joint == " "):
                prefix = "ben"
                small.append(written)
                continue
            if _ABD_ONLY.match(letters) or letters == "عبد":
                prefix = "abd"
                small.append(written)
                continue
            if letters in rules.abu and (len(following) > 2 or (following in rules.apart and index + 1 < count)):
                prefix = prefix or "abu"
                small.append(written)
                continue
            if not (letters == "van" and van_is_a_name) and (
                (letters in rules.particles and out) or letters in {"van", "von", "de", "el", "d'", "di", "le", "la"}
            ):
                prefix = prefix or "van"
                small.append(written)
                continue
        if letters in rules.generations and (
            out or (written.isupper() and not last and not kept[index][1].written.isupper())
        ):
            number = word_of(token, "", NUMERAL)
            out.append((_written(number, written), place))
            continue
        if out and prefix == "" and (letters in rules.din or letters in rules.allah) and out[-1][0].prefix == "":
            before = out.pop()[0]
            ending = "eddin" if letters in rules.din else "allah"
            if before.script == "arabic":
                ending = "الدين" if letters in rules.din else "الله"
                joined = before.stem + ending[2:]
            else:
                joined = before.stem + ending
            out.append((word_of(joined, "", f"{before.text} {' '.join([*small, written])}"), place))
            small = []
            continue
        if len(out) >= 2 and not prefix and letters in rules.endings and out[-1][0].kind == "name":
            before = out.pop()[0]
            whole = f"{before.text} {' '.join([*small, written])}"
            out.append((word_of(before.stem + token, before.prefix, whole), place))
            small = []
            continue
        if prefix == "abu":
            stem, prefix = small_words.father_of(token), ""
        else:
            stem, prefix = _take_off(token, letters, prefix, rules)
        out.append((word_of(stem, prefix, " ".join([*small, written])), place))
        prefix, small = "", []
    if small and not out:
        out.append((word_of(latin.plain(small[-1]), text=small[-1]), len(tokens) - 1))
    return out


def _is_syllable_of_two(letters: str, following: Token, room: bool) -> bool:
    """Whether a small word is the first syllable of a given name: *Il-sung*, *Bin-woo*; *il* without a hyphen too."""
    if not room or not given.is_syllable(letters) or not given.is_syllable(latin.bare(following.plain)):
        return False
    return letters == "il" or (following.joint == "-" and following.written[:1].islower())


def _may_be_a_name(kept: list[tuple[int, Token]], rules: Rules) -> bool:
    """Whether a title is also a name (*Hafiz*) and needed as one: a single name would be left without it."""
    if latin.bare(kept[0][1].plain) not in rules.titles_or_names:
        return False
    small = rules.apart | rules.hyphened | rules.ben | rules.abu | rules.particles | rules.titles
    left = [token for _, token in kept[1:] if latin.bare(token.plain) not in small]
    return len([token for token in left if not _ABD_ONLY.match(latin.bare(token.plain))]) < 2


def _written(word: Word, text: str) -> Word:
    return Word(text, *(getattr(word, name) for name in Word.__slots__[1:]))


def _take_off(token: str, letters: str, prefix: str, rules: Rules) -> tuple[str, str]:
    """The stem of one token and its prefix, when the small word is joined to it."""
    if prefix == "abd" and (_ALLAH.match(letters) or letters in rules.allah):
        return ("الله" if scripts.script_of(token) == "arabic" else "allah"), "abd"
    if prefix in {"", "ben", "abu"}:
        if len(letters) >= 6:
            match = rules.abd.fullmatch(letters)
            if match is not None and (len(letters) == len(token)):
                stem = token[match.start("stem") :]
                tail = re.sub(r"^(?:abd|abed|cabd|abid|abt|apt|ebd)", "", letters)
                if _ALLAH.match(tail):
                    return "allah", "abd"
                return stem, "abd"
        if letters.startswith("عبد") and len(letters) >= 6:
            rest = token[3:]
            return (rest[2:] if rest.startswith("ال") and len(rest) >= 4 else rest), "abd"
    joined_ben = letters.startswith(("ben", "bin")) and len(letters) >= 6 and letters not in rules.ben_not
    if joined_ben and prefix in {"", "ben"}:
        return token[3:], "ben"
    if prefix == "" and letters.startswith("van") and letters not in rules.particles_not:
        for joined in rules.particles_joined:
            if letters.startswith(joined) and len(letters) >= len(joined) + 4:
                return token[len(joined) :], "van"
    if scripts.script_of(token) == "arabic" and token.startswith("ال") and len(token) >= (4 if prefix == "abd" else 6):
        return token[2:] if prefix else token, prefix
    return token, prefix


def _east(words: list[Word], roles: list[str], rules: Rules) -> tuple[list[Word], list[str]]:
    """Chinese and Korean characters: the family name stands first, in one sign or two; a given name is one word."""
    if not any(word.script in {"han", "hangul"} for word in words):
        return words, roles
    if len(words) <= JAPANESE_WORDS_MAX and any(
        word.script == "han" and (japanese.is_family(word.stem) or (len(words) == 1 and japanese.family_in(word.stem)))
        for word in words
    ):
        return _japanese(words, roles)
    out: list[Word] = []
    out_roles: list[str] = []
    whole = len(words) == 1
    for word, role in zip(words, roles, strict=True):
        stem = word.stem
        if word.script in {"han", "hangul"} and whole and 2 <= len(stem) <= 4:
            doubles = rules.han_double if word.script == "han" else rules.hangul_double
            cut = 2 if stem[:2] in doubles and len(stem) > 2 else 1
            for text, part in ((stem[:cut], FAMILY), (stem[cut:], GIVEN)):
                read = scripts.in_latin(text, surname=part == FAMILY, joint=JOINT)
                out.append(read_word(text, read, script=word.script, family=part == FAMILY))
                out_roles.append(part)
        elif word.script in {"han", "hangul"}:
            read = scripts.in_latin(stem, joint=JOINT)
            out.append(read_word(stem, read, script=word.script, family=len(stem) == 1))
            out_roles.append(role)
        else:
            out.append(word)
            out_roles.append(role)
    return out, out_roles


JAPANESE_WORDS_MAX = 4


def _japanese(words: list[Word], roles: list[str]) -> tuple[list[Word], list[str]]:
    """A name of which one word is a Japanese family name; a given name of unknown reading is read as Chinese."""
    pieces: list[tuple[Word, str, str]] = []
    for word, role in zip(words, roles, strict=True):
        cut = japanese.family_in(word.stem) if len(words) == 1 and not japanese.is_family(word.stem) else 0
        if cut:
            pieces += [(word, word.stem[:cut], FAMILY), (word, word.stem[cut:], GIVEN)]
        else:
            pieces.append((word, word.stem, role))
    out: list[Word] = []
    for word, text, role in pieces:
        if word.script != "han":
            out.append(word)
            continue
        known = japanese.readings(text, family=role == FAMILY or (role != GIVEN and japanese.is_family(text)))
        out.append(
            read_word(
                text, *(known or (scripts.in_latin(text, joint=JOINT),)), script="han", table="" if known else "pinyin"
            )
        )
    return out, [role for _, _, role in pieces]


JOINT = "'"
"""Between two syllables that are read by themselves: the n and g of 은규 are not the ng of 영."""
READ_AS = {"han": "pinyin", "hangul": "hangul_read"}


@lru_cache(maxsize=65536)
def read_word(text: str, *reads: str, script: str, family: bool = False, table: str | None = None) -> Word:
    """A word of Chinese or Korean signs, by its readings in Latin letters; `table` says how those are cut."""
    cuts = [sounds.cut(read, READ_AS[script] if table is None else table) for read in reads]
    stem = reads[0].replace(JOINT, "")
    rows = given.family_groups(text) if family else frozenset()
    weight = sounds.weigh(cuts[0])
    return Word(
        text=text,
        stem=stem or text,
        prefix="",
        kind="name",
        patronymic=False,
        title=False,
        script=script,
        forms=tuple(Form(units, 5 * place, False) for place, units in enumerate(cuts) if units),
        weight=weight,
        number=next_number(),
        groups=rows,
        known=bool(rows),
        heard=rows,
        says=says.said(stem, weight, text),
    )
