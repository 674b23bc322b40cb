"""Forms: “label: value” on a line, or a cell of a table, where the label says what the value is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from passerelle.intake.mention import Mention, mention_of
from passerelle.intake.text_names import is_plain_word, known_name
from passerelle.intake.text_words import CAPITAL, all_titles, function_words, name_particles
from passerelle.intake.word_pieces import written_small
from passerelle.words import noop, sentence

LABELLED = noop("It stands behind the label “{label}”.")
IN_A_TABLE = noop("It stands in the column of names of a table.")
VALUE_SIGNS_MAX = 80


@cache
def label_table() -> Any:
    """The table of `data/text_labels.yaml`."""
    return yaml.safe_load((Path(__file__).parent / "data" / "text_labels.yaml").read_text(encoding="utf-8"))


@cache
def _labels() -> re.Pattern[str]:
    words = sorted({word for of in label_table()["labels"].values() for word in of}, key=len, reverse=True)
    said = "|".join(re.escape(word) for word in words)
    return re.compile(
        rf"(?im)(?:^|(?<=[|;•*(-]\s)|(?<=[.,]\s))[ \t]*(?P<label>{said})[ \t]?[:=][ \t]*"
        rf"[\"“„«'‘]?(?=(?P<value>[^\n|;]{{1,{VALUE_SIGNS_MAX}}}))"
    )


@cache
def _kind_of(label: str) -> str:
    return next(str(kind) for kind, of in label_table()["labels"].items() if label in of)


_NAME_WORD = rf"(?:{CAPITAL}[\w'’.-]*|[a-zà-ÿ]['’]{CAPITAL}[\w'’.-]*)"
_END = re.compile(r"\s*(?:\ufffc|[,;(|/\n\"”“»?]|\.\s|\.$|\s[-–]\s|$)")


def find_labelled(text: str, language: str) -> Iterator[Mention]:
    """Persons and organisations that a form names behind a label, and in the first column of a table of names."""
    for found in _labels().finditer(text):
        kind = _kind_of(found["label"].lower())
        value = _persons_name(found["value"]) if kind == "person" else _house(found["value"])
        if not value or not _may_be(kind, value, language):
            continue
        span = (found.start("value"), found.start("value") + len(value))
        because = sentence(LABELLED, label=found["label"].strip())
        yield mention_of(kind, text, span, value, 0.94, because, name=value)
    yield from _in_tables(text, language)


def _persons_name(value: str) -> str:
    particles = "|".join(re.escape(one) for one in name_particles() if one.isalpha())
    words = rf"(?:(?:{particles})\s)*{_NAME_WORD}(?:[ ](?:(?:{particles})\s)*{_NAME_WORD}){{0,4}}"
    found = re.match(words, value)
    if found is None:
        return ""
    name = found[0].rstrip(".") if not re.search(r"\s[A-ZÀ-Þ]\.$", found[0]) else found[0]
    return name if _END.match(value, len(found[0])) or _END.match(value, len(name)) else ""


def _house(value: str) -> str:
    value = re.split(r"(?<=[^\W\d_]{3})\.\s|(?<=[a-zà-ÿ]{2})\.\s", value)[0]
    found = re.match(r"(?:[^\W\d_]|\d)[\w'’&+./-]*(?:[ ](?:&|[\w'’+./-]+)){0,6}", value)
    if found is None or not _END.match(value, found.end()):
        return ""
    return found[0].rstrip(" .") if not found[0].endswith((".V.", ".A.", "o.o.")) else found[0]


def _may_be(kind: str, value: str, language: str) -> bool:
    words = value.split()
    if kind == "person":
        return not all(is_plain_word(word, language) for word in words) and value.lower() not in label_table()["none"]
    if (
        not value[:1].isupper()
        or value.lower() in label_table()["none"]
        or words[0].rstrip(".").lower() in all_titles()
    ):
        return False
    told = [word for word in words if word[:1].isupper()]
    if len(words) > 1 and words[1].lower() in function_words()[language] and len(told) == 1:
        return False  # “Werkgever: Niet gekend”, “School: Juf van het vierde zegt …”
    return not (len(words) < 3 and known_name(words[0])) and not (
        len(told) == 1 and len(words) > 1 and written_small(words[1])
    )


_ROW = re.compile(r"(?m)^[ \t]*\|(?P<cells>[^\n]*)\|[ \t]*$")


def _in_tables(text: str, language: str) -> Iterator[Mention]:
    """The names in a table whose head calls a column “name”."""
    columns: set[int] = set()
    last = -2
    for row in _ROW.finditer(text):
        if text.count("\n", max(last, 0), row.start()) > 1 or last < 0:
            columns = set()
        last = row.end()
        at = row.start("cells")
        for number, cell in enumerate(row["cells"].split("|")):
            bare = cell.strip()
            start = at + len(cell) - len(cell.lstrip())
            at += len(cell) + 1
            if bare.lower() in label_table()["columns"]:
                columns.add(number)
            elif (
                number in columns
                and (name := _persons_name(bare)) == bare
                and name
                and _may_be("person", name, language)
            ):
                yield mention_of(
                    "person", text, (start, start + len(name)), name, 0.94, sentence(IN_A_TABLE), name=name
                )
