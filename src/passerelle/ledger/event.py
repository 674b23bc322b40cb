"""What every fact of the ledger is."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """What every fact of the ledger is; only its subclasses are written."""

    def facts(self) -> dict[str, Any]:
        """The fields of the line by name, ready for the canonical form (tuples become lists)."""
        values = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values}
