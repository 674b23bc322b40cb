"""A receipt: the lines of one duty, each with the proof that it stands in the ledger a signed checkpoint speaks of.

Whoever was told that a duty was raised keeps its receipt and checks it alone, years later, without the ledger. A ledger
in which the duty was never raised cannot have that checkpoint; and a witness signs no other.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from passerelle.errors import Refused
from passerelle.ledger import canonical, chain, checkpoint, notes
from passerelle.ledger.notes import Key, Note
from passerelle.words import sentence

FORMAT = "passerelle-receipt"
VERSION = 1


class NotAReceipt(Refused):
    """A file that is no receipt, or one whose proofs do not hold."""

    code = "ledger.not_a_receipt"


@dataclass(frozen=True, slots=True)
class Receipted:
    """What a receipt that was checked shows: the facts of each line in order, and the checkpoint they stand under."""

    duty: str
    lines: tuple[dict[str, Any], ...]
    shown: checkpoint.Shown


def make(duty: str, *, entries: Sequence[tuple[int, str]], leaves: Iterable[bytes], note: Note) -> bytes:
    """The receipt of a duty's lines, each (index, canonical entry), under `note`; `leaves` are those of the ledger from
    its first, at least as many as the checkpoint says."""
    size = checkpoint.said_by(note).size
    proofs = chain.inclusion_proofs(leaves, indexes=[index for index, _ in entries], size=size)
    return canonical.to_bytes(
        {
            "checkpoint": str(note),
            "duty": duty,
            "format": FORMAT,
            "lines": [
                {
                    "entry": json.loads(entry),
                    "index": index,
                    "proof": [base64.b64encode(one).decode() for one in proof],
                }
                for (index, entry), proof in zip(entries, proofs, strict=True)
            ],
            "version": VERSION,
        }
    )


def check(data: bytes, *, log: Key, witnesses: Iterable[Key] = ()) -> Receipted:
    """What a receipt shows, if every line of it stands under a checkpoint that the ledger's key signed.

    Raises NotAReceipt, saying which line does not; NotACheckpoint; NotANote.
    """
    try:
        said = canonical.from_bytes(data)
        if said["format"] != FORMAT or said["version"] != VERSION:
            raise KeyError(said["format"])
        duty, text = str(said["duty"]), str(said["checkpoint"])
        lines = [
            (line["index"], line["entry"], [notes.bytes_of(one) for one in line["proof"]])
            for line in said["lines"]
        ]
    except (canonical.NotCanonical, KeyError, TypeError, ValueError) as error:
        raise NotAReceipt(sentence("This file is no receipt of a duty, or it was changed.")) from error
    shown = checkpoint.check(notes.read(text), log=log, witnesses=witnesses)
    if not lines:
        raise NotAReceipt(sentence("The receipt holds no line."))
    for index, entry, proof in lines:
        if not _of(duty, entry, index):
            raise NotAReceipt(sentence("Line {index} does not speak of {duty}.", index=index, duty=duty))
        leaf = chain.leaf_hash(canonical.to_bytes(entry))
        if not chain.verify_inclusion(
            leaf=leaf, index=index, size=shown.checkpoint.size, proof=proof, root=shown.checkpoint.root
        ):
            raise NotAReceipt(
                sentence("Line {index} does not stand in the ledger that the checkpoint speaks of.", index=index),
                way_out=sentence("Tell oversight: the receipt was changed, or made for another ledger."),
            )
    return Receipted(duty, tuple(entry for _, entry, _ in lines), shown)


def _of(duty: str, entry: Any, index: Any) -> bool:
    if type(index) is not int or not isinstance(entry, dict) or entry.get("index") != index:
        return False
    facts = entry.get("facts")
    return isinstance(facts, dict) and facts.get("duty") == duty


def told(found: Receipted) -> str:
    """What a receipt proves and what it does not, in plain English."""
    said = found.shown.checkpoint
    lines = []
    for line in found.lines:
        facts = line["facts"]
        names = ("move", "state", "holder", "due_at", "next_event_at")
        parts = [f"{name} {facts[name]}" for name in names if facts.get(name)]
        lines.append(f"{line['at']}  line {line['index']}  {line['kind']}: {', '.join(parts)}")
    lines.append(f"Proved: these lines of {found.duty} stand in {said.origin}, which had {said.size} lines then.")
    lines += vouched(found.shown)
    lines.append("Not proved: that the duty has no later line, or that these are all there were. An export shows that.")
    return "\n".join(lines)


def vouched(shown: checkpoint.Shown) -> list[str]:
    """Who vouches for a checkpoint, and what it means when nobody does."""
    if not shown.witnesses:
        return [
            "Signed by the ledger's own key alone. Not proved: that all are shown this same history. An old backup, "
            "or a history written anew by somebody who holds the key, passes this check. Name a witness: --witness KEY."
        ]
    names = ", ".join(name for name, _ in shown.witnesses)
    return [
        f"Proved: {names} saw this history grow from what it saw before, and will sign no other. "
        f"Not proved: that what was written was true when it was written."
    ]
