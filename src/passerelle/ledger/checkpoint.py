"""A checkpoint says how many lines the ledger has and which root, signed: C2SP's tlog-checkpoint.

Whoever keeps one can later ask for a proof that the ledger only grew. A witness keeps the newest it has seen and signs
no other history; this file is what both sides agree on. https://c2sp.org/tlog-checkpoint
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass

from passerelle.errors import Refused
from passerelle.ledger import chain, notes
from passerelle.ledger.notes import Key, Note
from passerelle.words import sentence

_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")


class NotACheckpoint(Refused):
    """A text that is no checkpoint of the ledger that was meant, or one its key did not sign."""

    code = "ledger.not_a_checkpoint"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint says: whose ledger (`origin`), how many lines, and the root over them (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class Shown:
    """A checkpoint that was checked: what it says, and which witnesses vouch for it since when (seconds since 1970)."""

    checkpoint: Checkpoint
    witnesses: tuple[tuple[str, int], ...]


def origin_of(first_leaf: bytes) -> str:
    """The name of a ledger: made from its first line, so that another history from the first line has another name."""
    return f"passerelle/{first_leaf.hex()[:32]}"


def signed(checkpoint: Checkpoint, seed: bytes) -> Note:
    """The checkpoint signed with the ledger's key (32 secret bytes)."""
    text = checkpoint.text()
    return Note(text, (notes.sign(text, name=checkpoint.origin, seed=seed),))


def said_by(note: Note) -> Checkpoint:
    """What the text of a note says, unchecked; lines after the third are allowed and passed over. Raises
    NotACheckpoint."""
    lines = note.text.split("\n")
    try:
        if len(lines) < 4 or not lines[0] or not _SIZE.fullmatch(lines[1]):
            raise ValueError(lines)
        root = notes.bytes_of(lines[2])
        if len(root) != chain.HASH_BYTES:
            raise ValueError(root)
    except ValueError as error:
        raise NotACheckpoint(sentence("This note says no origin, size and root.")) from error
    return Checkpoint(lines[0], int(lines[1]), root)


def check(note: Note, *, log: Key, witnesses: Iterable[Key] = ()) -> Shown:
    """What a checkpoint says, if the ledger's key signed it; and who of `witnesses` did. Raises NotACheckpoint."""
    checkpoint = said_by(note)
    if checkpoint.origin != log.name:
        raise NotACheckpoint(
            sentence("The checkpoint is of {origin}, not of {meant}.", origin=checkpoint.origin, meant=log.name)
        )
    if notes.signed_by(note, log) is None:
        raise NotACheckpoint(
            sentence("The key of {origin} did not sign this checkpoint.", origin=checkpoint.origin),
            way_out=sentence("Tell oversight: somebody shows a checkpoint that the ledger did not make."),
        )
    vouch = ((witness.name, notes.signed_by(note, witness)) for witness in witnesses)
    return Shown(checkpoint, tuple((name, seconds) for name, seconds in vouch if seconds is not None))
