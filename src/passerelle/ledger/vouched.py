"""What an outsider's check proved and what it did not: an export, a signed checkpoint with witnesses, a receipt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from passerelle.errors import Refused
from passerelle.ledger import checkpoint, notes, receipt, verify
from passerelle.ledger.events import EVENTS
from passerelle.words import sentence


class NotVouched(Refused):
    """A witness whose signature was asked for did not sign."""

    code = "ledger.not_vouched"


@dataclass(slots=True)
class Found:
    """The result of a check: whether all of it holds, what to tell, and the same for machines."""

    holds: bool = True
    lines: list[str] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def told(self) -> str:
        """In lines of plain English."""
        return "\n".join(self.lines)

    def as_json(self) -> dict[str, Any]:
        """One object; `holds` first."""
        return {"holds": self.holds, **self.more}


def check(
    *,
    export: Path | None,
    root: str | None = None,
    size: int | None = None,
    note: Path | None = None,
    receipt_file: Path | None = None,
    log: str | None = None,
    witnesses: Sequence[str] = (),
) -> Found:
    """Check whatever was given, against keys that were given; says what was proved. Raises NotAKey, OSError."""
    found = Found()
    asked = [notes.key_from(one) for one in witnesses]
    key = notes.key_from(log) if log else None
    shown = None
    try:
        if note is not None and key is not None:
            shown = checkpoint.check(notes.read(_note_of(note)), log=key, witnesses=asked)
            _all_vouch(shown, asked)
        if receipt_file is not None and key is not None:
            _receipt(found, receipt_file, key, asked)
    except Refused as refused:
        return Found(False, [f"It does NOT hold. {refused}"], {"faults": [{"line": 0, "because": str(refused)}]})
    if export is not None:
        if shown is not None:
            root, size = shown.checkpoint.root.hex(), shown.checkpoint.size
        report = verify.verify(export, expected_root=root, expected_size=size, known_kinds=frozenset(EVENTS))
        found.holds = report.holds
        faults = [{"line": fault.line, "because": str(fault)} for fault in report.faults]
        found.more |= {"size": report.size, "root": report.root, "faults": faults}
        found.lines.append(verify.told(report))
        if shown is not None and report.holds:
            said = shown.checkpoint
            found.lines.append(f"Proved: its first {said.size} lines are those of the checkpoint of {said.origin}.")
            if report.size > said.size:
                found.lines.append(f"Not proved: that the {report.size - said.size} lines after them are final.")
    if shown is not None and found.holds:
        found.lines += receipt.vouched(shown)
        found.more["witnesses"] = [name for name, _ in shown.witnesses]
    return found


def _receipt(found: Found, path: Path, key: notes.Key, asked: list[notes.Key]) -> None:
    checked = receipt.check(path.read_bytes(), log=key, witnesses=asked)
    _all_vouch(checked.shown, asked)
    found.lines.append(receipt.told(checked))
    found.more |= {
        "duty": checked.duty,
        "lines": list(checked.lines),
        "checkpoint_size": checked.shown.checkpoint.size,
        "witnesses": [name for name, _ in checked.shown.witnesses],
    }


def _all_vouch(shown: checkpoint.Shown, asked: list[notes.Key]) -> None:
    vouching = {name for name, _ in shown.witnesses}
    silent = [one.name for one in asked if one.name not in vouching]
    if silent:
        raise NotVouched(
            sentence("{witness} did not sign this checkpoint.", witness=", ".join(silent)),
            way_out=sentence("Ask that witness what it saw last: `passerelle witness show`."),
        )


def _note_of(path: Path) -> str:
    """The checkpoint in a file, also where it stands in a request to a witness."""
    text = path.read_text(encoding="utf-8")
    return text.partition("\n\n")[2] if text.startswith("old ") else text
