"""Where two foldings differ: a row that only one has, or a field that the two say differently."""

from __future__ import annotations

from dataclasses import dataclass, fields

from passerelle.replay.fold import Folded


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference, by table, reference and field; `field` is empty where a whole row is missing on one side."""

    table: str
    ref: str
    field: str
    ledger: str
    tables: str

    def __str__(self) -> str:
        where = f"{self.table} {self.ref}" + (f" {self.field}" if self.field else "")
        return f"{where}: the ledger says {self.ledger!r}, the tables say {self.tables!r}"


def differences(ledger: Folded, tables: Folded) -> list[Difference]:
    """All differences, by table and reference; empty when replay equals reality."""
    found = []
    for table in (part.name for part in fields(Folded) if part.name != "lines"):
        told, stands = getattr(ledger, table), getattr(tables, table)
        for ref in sorted({*told, *stands}):
            if ref not in stands or ref not in told:
                found.append(Difference(table, ref, "", str(told.get(ref, "")), str(stands.get(ref, ""))))
                continue
            for name in sorted({*told[ref], *stands[ref]}):
                if told[ref].get(name) != stands[ref].get(name):
                    found.append(Difference(table, ref, name, str(told[ref].get(name)), str(stands[ref].get(name))))
    return found
