"""Words of names written down as one line and read again in another process, in a tenth of the time."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any

from passerelle.names import parts


def written(words: Iterable[parts.Word]) -> str:
    """The words as one line of JSON."""
    said = [
        [
            word.text, word.stem, word.prefix, word.kind, word.patronymic, word.title, word.script,
            [[form.units, form.cost, form.abjad] for form in word.forms], word.weight, sorted(word.groups), word.known,
            sorted(word.heard), word.says,
        ]
        for word in words
    ]  # fmt: skip
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def read(line: str | bytes) -> tuple[parts.Word, ...]:
    """The words of a line of `written`, each with a number of its own in this process."""
    return tuple(_word(said) for said in json.loads(line))


def _word(said: list[Any]) -> parts.Word:
    text, stem, prefix, kind, patronymic, title, script, forms, weight, groups, known, heard, says = said
    return parts.Word(
        text=text,
        stem=stem,
        prefix=sys.intern(prefix),
        kind=sys.intern(kind),
        patronymic=patronymic,
        title=title,
        script=sys.intern(script),
        forms=tuple(parts.Form(tuple(units), cost, abjad) for units, cost, abjad in forms),
        weight=weight,
        number=parts.next_number(),
        groups=frozenset(groups),
        known=known,
        heard=frozenset(heard),
        says=says,
    )
