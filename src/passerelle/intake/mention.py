"""A place in a text that names somebody or something."""

from __future__ import annotations

from dataclasses import dataclass

from passerelle.words import Sentence

KINDS = (
    "person",
    "nameless",
    "address",
    "vehicle",
    "phone",
    "plate",
    "account",
    "document",
    "date",
    "organisation",
    "email",
    "username",
    "relation",
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in a text that names somebody or something.

    `start` and `end` are positions in the text; `value` is the text in a form that can be compared; `properties` are
    FollowTheMoney names with values; `confidence` (0 to 1) says how sure the rule is, `because` which rule it was.
    """

    kind: str
    start: int
    end: int
    text: str
    value: str
    properties: tuple[tuple[str, str], ...]
    confidence: float
    because: Sentence


def mention_of(
    kind: str,
    text: str,
    span: tuple[int, int],
    value: str,
    confidence: float,
    because: Sentence,
    **properties: str,
) -> Mention:
    start, end = span
    return Mention(kind, start, end, text[start:end], value, tuple(properties.items()), confidence, because)
