"""A day as a form gives it."""

from __future__ import annotations

from datetime import date

from passerelle.flow.receive import ReportIncomplete
from passerelle.words import sentence


def day_in(text: str) -> date | None:
    """A day as a form gives it; None where the field was left empty. Raises ReportIncomplete."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ReportIncomplete(
            sentence("“{value}” is no date.", value=text), way_out=sentence("Write it as 2026-12-31.")
        ) from None
