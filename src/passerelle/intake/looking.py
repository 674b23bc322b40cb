"""Looks at a service's own table before it is taken in: what its columns mean, which of its real rows would fail."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from passerelle.errors import Refused
from passerelle.intake import headers
from passerelle.intake.csv import source
from passerelle.intake.headers import Proposed
from passerelle.intake.row import BadRow
from passerelle.intake.source import Opened
from passerelle.words import Sentence

REFUSALS_KEPT = 1000


@dataclass(slots=True)
class Looked:
    """What was found: the mapping that was proposed (None where one was given) and its text, how many rows were read,
    refused, and how many subjects they speak of; the first refused rows, each with number, code and remedy; `unusable`:
    why no row could be read at all."""

    proposed: Proposed | None
    text: str
    read: int = 0
    refused: int = 0
    subjects: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    refusals: list[tuple[int, str, Sentence]] = field(default_factory=list)
    notes: tuple[str, ...] = ()
    unusable: Refused | None = None


def look(path: Path, *, mapping: str | None = None) -> Looked:
    """Read every row of a table with a mapping (its text), or with one that is proposed; nothing is kept. Raises
    HeaderWrong."""
    proposed = headers.proposed(path) if mapping is None else None
    looked = Looked(proposed, proposed.as_yaml() if proposed is not None else mapping or "")
    with tempfile.TemporaryDirectory() as scratch:
        written = Path(scratch) / "mapping.yaml"
        written.write_text(looked.text, encoding="utf-8")
        try:
            found = source(Opened(path), written)
            looked.notes = tuple(found.notes)
            for row in found.read():
                looked.read += 1
                if isinstance(row, BadRow):
                    looked.refused += 1
                    looked.codes[row.code] += 1
                    if len(looked.refusals) < REFUSALS_KEPT:
                        looked.refusals.append((row.number, row.code, row.sentence))
                else:
                    looked.subjects += len(row.entities)
        except Refused as refusal:
            looked.unusable = refusal
    return looked
