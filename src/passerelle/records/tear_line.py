"""A tear line: what of a version of a report an extract may carry, part by part and property by property."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")

CAPTION = "caption"
"""How the text calls a subject: marked like a property of it."""


@dataclass(frozen=True, slots=True)
class TearLine:
    """`parts`: places in the text, as pairs of offsets in order; `subjects`: by the subject's local id, the properties
    (and `caption`) that may be shown. A subject that is not named here is covered wherever it stands."""

    parts: tuple[tuple[int, int], ...]
    subjects: Mapping[str, frozenset[str]]

    def to_json(self) -> dict[str, Any]:
        """As it stands sealed beside the text."""
        return {
            "parts": [list(part) for part in self.parts],
            "subjects": {local_id: sorted(names) for local_id, names in sorted(self.subjects.items())},
        }

    def within(self, other: TearLine | None) -> TearLine:
        """What both let an extract carry: a desk takes away, and adds nothing to what the author marked."""
        if other is None:
            return self
        parts = [
            (max(a, c), min(b, d)) for a, b in self.parts for c, d in other.parts if max(a, c) < min(b, d)
        ]
        return TearLine(
            parts=tuple(sorted(parts)),
            subjects={
                local_id: names & other.subjects[local_id]
                for local_id, names in self.subjects.items()
                if local_id in other.subjects
            },
        )


def from_json(said: Mapping[str, Any]) -> TearLine | None:
    """The tear line of a version; None where nobody drew one."""
    if not said:
        return None
    return TearLine(
        parts=tuple((int(a), int(b)) for a, b in said["parts"]),
        subjects={local_id: frozenset(names) for local_id, names in said["subjects"].items()},
    )


def sentences(text: str) -> list[tuple[int, int]]:
    """The places of the sentences of a text, without the white space between them: what a form offers to be ticked."""
    found, start = [], 0
    for end in [*(hit.start() for hit in _SENTENCE_END.finditer(text)), len(text)]:
        piece = text[start:end]
        left = start + len(piece) - len(piece.lstrip())
        if piece.strip():
            found.append((left, left + len(piece.strip())))
        start = end
    return found


def carried_over(line: TearLine | None, before: str, after: str) -> TearLine | None:
    """The tear line of the next version: each part that stands in it word for word, and the same properties. What is
    new is carried by no extract before somebody has marked it."""
    if line is None:
        return None
    parts = []
    for start, end in line.parts:
        at = after.find(before[start:end])
        if at >= 0 and start < end:
            parts.append((at, at + end - start))
    return TearLine(parts=tuple(sorted(set(parts))), subjects=line.subjects)


def pieces(blacked: str, parts: Iterable[tuple[int, int]]) -> str:
    """The marked parts of a text in which whoever stays unseen is covered already."""
    return " […] ".join(blacked[start:end].strip() for start, end in parts if blacked[start:end].strip())


def properties(shown: Mapping[str, Sequence[str]], allowed: frozenset[str]) -> dict[str, Any]:
    """Those of a subject's properties that were marked."""
    return {name: values for name, values in shown.items() if name in allowed}
