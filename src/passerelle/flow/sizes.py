"""How long what an officer gives may be: longer, and reading or comparing it would keep the clocks waiting."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from passerelle.errors import Refused
from passerelle.words import Sentence, sentence

TEXT_CHARACTERS_MAX = 20_000
"""Of a report filed by hand: some ten pages. Reading them for whom they speak of takes a third of a second, and
time grows by the square of what is found: 60,000 hung (`tools/fuzz.py`)."""

NOTE_CHARACTERS_MAX = 5_000
"""Of a reason, a note, a legal basis, a title."""

NAME_CHARACTERS_MAX = 500
"""Of one value of a subject. Comparing two names takes time by the square: two of 500 take 0.06 s, two of 8,000 hung
(`tools/fuzz.py`). The longest names on the public lists have some 250."""

VALUES_MAX = 200
"""Of one subject in all. The subject of the public lists with most names has some 100."""

_NO_TEXT = re.compile("[\0\ud800-\udfff]")


class TooLong(Refused):
    """Something is longer, or of more parts, than anything that was meant to be read; nothing was kept."""

    code = "value.too_long"


class NoText(Refused):
    """A NUL or half a sign: no text that a database or another service could hold."""

    code = "value.no_text"


class Given(Protocol):
    """A subject as it was given."""

    @property
    def caption(self) -> str: ...
    @property
    def properties(self) -> Mapping[str, Sequence[str]]: ...


def check_text(value: str, what: Sentence, *, most: int = NOTE_CHARACTERS_MAX) -> None:
    """Raises TooLong over `most` characters, NoText for a NUL or a lonely surrogate."""
    if len(value) > most:
        raise TooLong(
            sentence("The {what} has {length} characters; at most {limit} are taken.", what=what, length=len(value),
                     limit=most),
            way_out=sentence("Shorten it."),
        )  # fmt: skip
    if _NO_TEXT.search(value):
        raise NoText(
            sentence("The {what} holds a sign that is no text.", what=what),
            way_out=sentence("Type it anew, without what was pasted."),
        )


def check_subjects(subjects: Sequence[Given]) -> None:
    """Raises TooLong, NoText for any value of these."""
    for subject in subjects:
        if sum(len(values) for values in subject.properties.values()) > VALUES_MAX:
            raise TooLong(
                sentence("A subject has more than {limit} values.", limit=VALUES_MAX),
                way_out=sentence("Leave out what tells it from nobody."),
            )
        for value in (subject.caption, *(value for values in subject.properties.values() for value in values)):
            check_text(value, sentence("value of a subject"), most=NAME_CHARACTERS_MAX)
