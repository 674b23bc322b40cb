"""What was read of where information waits, as text that can be kept and read on from: no name, no content."""

from __future__ import annotations

import base64
import json
from array import array
from collections.abc import Mapping
from typing import Any

from passerelle.replay.waiting import Cell, Reader, Reports, Span, Sum, Wait

FORM = 1
"""Of the text; one of another form is not read, and made again."""

MonthRead = tuple[dict[Cell, Sum], dict[str, "array[float]"]]
"""The sums of a month, and how long reports lay."""


def month_text(found: MonthRead, languages: Mapping[str, frozenset[str]], lines: int) -> str:
    """A month that is over: its sums alone."""
    return json.dumps({"form": FORM, **_languages(languages), "lines": lines, **_month(*found)}, separators=(",", ":"))


def reader_text(reader: Reader) -> str:
    """A reader in the middle of a month, whole."""
    kept = {
        "form": FORM, **_languages(reader.languages), "lines": reader.lines, **_month(reader.sums, reader.lay),
        "span": [reader.span.begins, reader.span.ends], "judging": reader.judging, "gone": sorted(reader.gone),
        "live": {ref: [getattr(wait, name) for name in sorted(Wait.__slots__)] for ref, wait in reader.live.items()},
    }  # fmt: skip
    return json.dumps(kept, separators=(",", ":"))


def month_of(text: str) -> tuple[MonthRead, dict[str, frozenset[str]], int] | None:
    """The sums of a month, languages of services and how many lines were read; None for a text of another form."""
    kept = json.loads(text)
    if kept.get("form") != FORM:
        return None
    return _opened(kept), {key: frozenset(those) for key, those in kept["languages"].items()}, kept["lines"]


def reader_of(text: str, reports: Reports) -> Reader | None:
    """The reader, to read on; None for a text of another form."""
    kept = json.loads(text)
    if kept.get("form") != FORM:
        return None
    reader = Reader(reports, Span(*kept["span"]), languages=kept["languages"])
    reader.sums, reader.lay = _opened(kept)
    reader.lines, reader.judging, reader.gone = kept["lines"], kept["judging"], set(kept["gone"])
    for ref, values in kept["live"].items():
        reader.live[ref] = wait = Wait.__new__(Wait)
        for name, value in zip(sorted(Wait.__slots__), values, strict=True):
            setattr(wait, name, value)
    return reader


def _languages(languages: Mapping[str, frozenset[str]]) -> dict[str, Any]:
    return {"languages": {key: sorted(those) for key, those in languages.items()}}


def _month(sums: Mapping[Cell, Sum], lay: Mapping[str, array[float]]) -> dict[str, Any]:
    cells = [
        [cell.kind, cell.owner, cell.to, cell.language, _packed(one.lasted), one.late, one.live, one.hours, one.touched]
        for cell, one in sums.items()
    ]
    return {"sums": cells, "lay": {owner: _packed(those) for owner, those in lay.items()}}


def _opened(kept: Mapping[str, Any]) -> MonthRead:
    sums = {
        Cell(kind, owner, to, language): Sum(_unpacked(lasted), late, live, hours, touched)
        for kind, owner, to, language, lasted, late, live, hours, touched in kept["sums"]
    }
    return sums, {owner: _unpacked(those) for owner, those in kept["lay"].items()}


def _packed(hours: array[float]) -> str:
    return base64.b64encode(hours.tobytes()).decode()


def _unpacked(text: str) -> array[float]:
    found: array[float] = array("d")
    found.frombytes(base64.b64decode(text))
    return found
