"""How long an exception lasts: the glass that somebody broke, and what those who lead a service let an officer read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

from passerelle.policy.tables import DATA_FOLDER, rows
from passerelle.words import Sentence, noop

GRANT_KINDS: dict[str, str] = {
    "glass": noop("the glass was broken"),
    "given": noop("given by those who lead the service"),
}


@dataclass(frozen=True, slots=True)
class Limit:
    """The longest that a grant of this kind lasts, and by which source."""

    longest: timedelta
    says: Sentence
    source: str
    standing: str


@cache
def limits(path: Path = DATA_FOLDER / "grants.yaml") -> dict[str, Limit]:
    """The limits by kind of grant."""
    return {
        row["id"]: Limit(timedelta(hours=row["longest"]), Sentence(row["says"]), row["source"], row["standing"])
        for row in rows(path, "limits", required={"longest": int, "says": str})
    }
