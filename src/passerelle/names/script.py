"""Which script a word is written in, and how its signs are read when they are not Latin letters."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

_RANGES: tuple[tuple[int, int, str], ...] = (
    (0x0041, 0x024F, "latin"), (0x1E00, 0x1EFF, "latin"), (0x0370, 0x03FF, "greek"), (0x1F00, 0x1FFF, "greek"),
    (0x0400, 0x052F, "cyrillic"), (0x0530, 0x058F, "armenian"), (0x0590, 0x05FF, "hebrew"),
    (0x0600, 0x06FF, "arabic"), (0x0750, 0x077F, "arabic"), (0xFB50, 0xFDFF, "arabic"), (0xFE70, 0xFEFF, "arabic"),
    (0x10A0, 0x10FF, "georgian"), (0x1C90, 0x1CBF, "georgian"), (0x1100, 0x11FF, "hangul"), (0xAC00, 0xD7A3, "hangul"),
    (0x3040, 0x30FF, "kana"), (0x3400, 0x4DBF, "han"), (0x4E00, 0x9FFF, "han"), (0xF900, 0xFAFF, "han"),
    (0x20000, 0x2FA1F, "han"), (0x1200, 0x137F, "ethiopic"),
    (0x0900, 0x0DFF, "indic"), (0x0E00, 0x0EFF, "thai"), (0x1000, 0x109F, "indic"), (0x1780, 0x17FF, "khmer"),
)  # fmt: skip


@lru_cache(maxsize=65536)
def script_of_sign(sign: str) -> str:
    """The script of one sign (`latin`, `cyrillic`, `arabic`, …), or "" for digits, marks and the rest."""
    number = ord(sign)
    for low, high, name in _RANGES:
        if low <= number <= high:
            return name if sign.isalpha() or name in {"indic", "khmer", "thai"} else ""
    return ""


def script_of(word: str) -> str:
    """The script of the first sign of `word` that has one, or ""."""
    for sign in word:
        found = script_of_sign(sign)
        if found:
            return found
    return ""


# Hangul, Revised Romanization (National Institute of Korean Language, 2000), each with the McCune-Reischauer value.
_INITIALS = ("g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h")
_MEDIALS = (
    "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "weo", "we", "wi", "yu", "eu",
    "ui", "i",
)  # fmt: skip
_FINALS = (
    "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p", "t", "t", "ng", "t",
    "t", "k", "t", "p", "t",
)  # fmt: skip


def hangul_in_latin(word: str, joint: str = "") -> str:
    """Korean syllables as Revised Romanization writes them, syllable by syllable, with `joint` between two."""
    parts: list[str] = []
    for sign in unicodedata.normalize("NFC", word):
        number = ord(sign) - 0xAC00
        if 0 <= number < 11172:
            parts.append(_INITIALS[number // 588] + _MEDIALS[number % 588 // 28] + _FINALS[number % 28])
    return joint.join(parts)


# Readings as a family name that differ from the usual reading of the character (Hanyu Da Cidian, entries on surnames).
_SURNAME_READING = {
    "单": "shan", "單": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "任": "ren", "查": "zha", "区": "ou",
    "區": "ou", "盖": "ge", "蓋": "ge", "朴": "piao", "尉": "yu", "万": "wan", "萬": "wan", "翟": "zhai",
    "覃": "qin", "缪": "miao", "繆": "miao", "晁": "chao", "华": "hua", "華": "hua", "葛": "ge", "宁": "ning",
    "乐": "yue", "樂": "yue", "哈": "ha",
}  # fmt: skip


@cache
def _pinyin() -> dict[int, str]:
    from pypinyin.pinyin_dict import pinyin_dict  # a table of 1 MB: read on the first Chinese character only

    return dict(pinyin_dict)


def han_in_latin(word: str, *, surname: bool = False, joint: str = "") -> str:
    """Chinese characters in Hanyu Pinyin without tones, with `joint` between two; `surname` prefers the reading as a
    family name."""
    parts: list[str] = []
    for sign in word:
        if surname and sign in _SURNAME_READING:
            parts.append(_SURNAME_READING[sign])
            continue
        reading = _pinyin().get(ord(sign), "").split(",")[0]
        if reading:
            plain = unicodedata.normalize("NFD", reading)
            parts.append("".join(mark for mark in plain if not unicodedata.combining(mark)))
    return joint.join(parts)


@cache
def _forms() -> dict[int, int]:
    with (Path(__file__).parent / "data" / "han_forms.yaml").open(encoding="utf-8") as file:
        pairs: str = yaml.safe_load(file)["pairs"]
    return {ord(pair[0]): ord(pair[1]) for pair in pairs.split()}


@lru_cache(maxsize=65536)
def simplified(word: str) -> str:
    """Chinese characters in the simplified form, where `data/han_forms.yaml` knows it; all else as it is."""
    return word.translate(_forms())


@cache
def _syllables() -> Any:
    with (Path(__file__).parent / "data" / "syllables.yaml").open(encoding="utf-8") as file:
        return yaml.safe_load(file)


def _ethiopic(name: str) -> str:
    """The letters of an Ethiopic sign from its Unicode name: *glottal a* is *a*, *baa* is *ba*, *ba* is *be*."""
    data = _syllables()
    guttural, _, last = name.rpartition(" ")
    consonant = last.rstrip("aeiou")
    vowel = last[len(consonant) :]
    if vowel == "a" and (guttural or consonant) in data["ethiopic_gutturals"]:
        return consonant + "a"
    if vowel == "e" and guttural:
        return "i"
    return consonant + str(data["ethiopic_vowels"].get(vowel, vowel))


@lru_cache(maxsize=4096)
def _named(sign: str) -> tuple[str, str]:
    """(kind, letters) of a sign of a syllabic script, read off its Unicode name: the standard is the source."""
    name = unicodedata.name(sign, "")
    if "SYLLABLE " in name:
        return "whole", _ethiopic(name.rsplit("SYLLABLE ", 1)[1].lower())
    if name.startswith(("KATAKANA LETTER ", "HIRAGANA LETTER ")):
        rest = name.split("LETTER ", 1)[1]
        return ("small", rest[6:].lower()) if rest.startswith("SMALL ") else ("whole", rest.lower())
    if "VOWEL SIGN" in name or "SARA" in name or "MAI HAN-AKAT" in name:
        return "vowel", name.rsplit(" ", 1)[1].lower().replace("han-akat", "a")
    if name.startswith("KHMER LETTER "):
        letters = name.rsplit(" ", 1)[1].lower()
        letters = letters[:-1] if letters.endswith(("a", "o")) else letters
        return "whole", str(_syllables()["khmer_consonants"].get(letters, letters))
    if name == "KHMER SIGN NIKAHIT":
        return "whole", "m"
    if name.endswith(("VIRAMA", "SIGN HALANT")):
        return "stop", ""
    if name.endswith(("ANUSVARA", "CANDRABINDU", "BINDI", "TIPPI")):
        return "whole", "n"
    if "CHARACTER" in name:
        letters = name.split("CHARACTER ", 1)[1].split(" ")[0].lower()
        return "bare", letters.rstrip("o") if letters.endswith("o") else letters
    if " LETTER " in name:
        letters = name.rsplit("LETTER ", 1)[1].split(" ")[-1].lower()
        if letters.startswith(("a", "e", "i", "o", "u")):
            return "whole", letters
        return "consonant", letters.rstrip("a")
    return "none", ""


def syllabic_in_latin(word: str) -> str:
    """Kana, Indic, Khmer and Ethiopic words in Latin letters, by the names of their signs in the Unicode standard.

    An inherent vowel is written *a* inside a word and left out at its end.
    """
    out: list[str] = []
    data, kana, before = _syllables(), script_of(word) == "kana", ""
    pending = False  # a consonant that still carries its inherent vowel
    for sign in word:
        kind, letters = _named(sign)
        if kind == "none":
            continue
        if pending and kind in {"consonant", "whole"}:
            out.append("a")
        pending = kind == "consonant"
        if kind == "small" and out and letters in {"ya", "yu", "yo"}:
            glided = data["kana_glided"].get(before)
            out[-1] = glided + letters[1:] if glided else out[-1].rstrip("i") + letters
        elif kind == "small" and letters == "tu":
            continue
        else:
            out.append(data["kana"].get(letters, letters) if kana else letters)
        before = letters
    text = "".join(out)
    if "\u0b80" <= word[:1] <= "\u0bff":
        voiced: dict[str, str] = data["tamil_voiced"]
        text = re.sub("(?<=[aeioumn])[ktp](?=[aeiou])", lambda found: voiced[found[0]], text)
    return text


def thai_in_latin(word: str) -> str:
    """A Thai word in Latin letters, by the general system; vowels that are not written are left out."""
    data = _syllables()
    consonants: dict[str, str] = data["thai_consonants"]
    word = re.sub("[ดตทธฎฏ]?ร์|[ก-ฮ][ิุ]?์", "", word)  # a sign that is silenced, with the t before a silenced r
    word = re.sub("[่-๋]", "", word)  # tones
    word = re.sub("ญ(?![ะ-ู])(?=.|$)(?<=.ญ)", "น", word)  # at the end of a syllable
    word = re.sub("ห(?=[งญนมยรลว])", "", word)  # raises the tone of the next, and is not heard
    word = re.sub("([เแโใไ])([ก-ฮ][รลว](?=[ก-ฮะ-ู])|[ก-ฮ])", r"\2\1", word)
    out: list[str] = []
    for place, sign in enumerate(word):
        if sign in consonants:
            last = place == len(word) - 1 and len(word) > 1
            carried = sign == "อ" and place > 0 and word[place - 1] in consonants
            finals: dict[str, str] = data["thai_finals"] if last else {}
            out.append("o" if carried else finals.get(sign, consonants[sign]))
        else:
            out.append(str(data["thai_before"].get(sign, "")) or data["thai_vowels"].get(sign, ""))
    text = "".join(out)
    return text.replace("eia", "ia").replace("eiy", "ia").replace("euea", "uea").replace("ea", "ao")


def in_latin(word: str, *, surname: bool = False, joint: str = "") -> str:
    """A word of a script that is read by signs or syllables, in Latin letters; "" when it cannot be read. `joint`
    stands between two Chinese or Korean signs."""
    script = script_of(word)
    if script == "han":
        return han_in_latin(word, surname=surname, joint=joint)
    if script == "hangul":
        return hangul_in_latin(word, joint)
    if script == "thai":
        return thai_in_latin(word)
    if script in {"kana", "indic", "khmer", "ethiopic"}:
        return syllabic_in_latin(word)
    return ""
