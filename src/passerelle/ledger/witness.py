"""What a witness decides: it keeps the newest checkpoint of each ledger it saw and signs only what that one began.

A request is C2SP's tlog-witness `add-checkpoint`: the size the asker believes the witness has, a consistency proof, and
a signed checkpoint. The witness needs neither the ledger nor trust in who keeps it. Its memory is a folder of its own,
on a disk of its own: this is what a restored old backup and an insider with the ledger's key cannot change.
https://c2sp.org/tlog-witness
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from passerelle.errors import Refused
from passerelle.ledger import canonical, chain, checkpoint, notes
from passerelle.ledger.notes import Key, Note
from passerelle.words import Sentence, sentence

FILE_NAME = "witness.json"
ALARMS_NAME = "alarms.jsonl"
PROOF_HASHES_MAX = 63
REQUEST_BYTES_MAX = 1 << 20
OLD = re.compile(r"old [0-9]{1,19}")


class NoWitness(Refused):
    """The folder holds no witness, or one of a later version."""

    code = "witness.missing"


class WitnessThere(Refused):
    """The folder holds a witness already."""

    code = "witness.there_already"


class NotARequest(Refused):
    """Bytes that ask a witness nothing."""

    code = "witness.not_a_request"


@dataclass(frozen=True, slots=True)
class Request:
    """`old`: the size that the asker believes the witness saw last; `proof`: hashes from there to the checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    note: Note

    def __str__(self) -> str:
        return f"old {self.old}\n" + "".join(base64.b64encode(h).decode() + "\n" for h in self.proof) + f"\n{self.note}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a witness answers: an HTTP status, its signature line or the size it knows, and why, in a sentence.

    200 signed; 400 no request; 403 not signed by the ledger's key; 404 a ledger it does not watch; 409 it knows another
    size (`body` says which) or another root at this size; 422 the proof does not hold. `alarm`: a rollback or a fork.
    """

    status: int
    body: str
    why: Sentence
    alarm: str = ""


def request_from(said: str) -> Request:
    """The request that a text says. Raises NotARequest, NotANote."""
    head, found, rest = said.partition("\n\n")
    first, *hashes = head.split("\n")
    try:
        if not found or not OLD.fullmatch(first) or len(hashes) > PROOF_HASHES_MAX:
            raise ValueError(first)
        proof = tuple(notes.bytes_of(line) for line in hashes)
        if any(len(one) != chain.HASH_BYTES for one in proof):
            raise ValueError(hashes)
    except ValueError as error:
        raise NotARequest(
            sentence("This is no request to a witness: its size, its proof, an empty line and a checkpoint.")
        ) from error
    return Request(int(first[4:]), proof, notes.read(rest))


class Witness:
    """A witness in its folder. One process at a time: `run` holds the folder's lock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            said: dict[str, Any] = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
            if said["version"] != 1:
                raise KeyError(said["version"])
            self.name = str(said["name"])
            self._seed = notes.bytes_of(said["seed"])
            self.logs = {key.name: key for key in map(notes.key_from, said["logs"])}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise NoWitness(
                sentence("There is no witness in {folder}.", folder=str(folder)),
                way_out=sentence("Make one: passerelle witness init NAME --dir {folder}", folder=str(folder)),
            ) from error

    @classmethod
    def make(cls, folder: Path, *, name: str, seed: bytes) -> Witness:
        """A new witness with a key of its own (`seed`: 32 secret bytes). Raises WitnessThere."""
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / FILE_NAME).exists():
            raise WitnessThere(sentence("There is a witness in {folder} already.", folder=str(folder)))
        notes.key_of(name, seed, notes.WITNESS)
        _write(folder / FILE_NAME, _said(name, seed, ()), mode=0o600)
        return cls(folder)

    @property
    def key(self) -> Key:
        """The key by which others check what this witness signed."""
        return notes.key_of(self.name, self._seed, notes.WITNESS)

    def watch(self, log: Key) -> None:
        """Watch this ledger from now on."""
        self.logs[log.name] = log
        _write(self.folder / FILE_NAME, _said(self.name, self._seed, tuple(self.logs.values())), mode=0o600)

    def last(self, origin: str) -> tuple[checkpoint.Checkpoint, Note] | None:
        """The newest checkpoint of a ledger that this witness signed, with its signatures; none before the first."""
        path = self._place(origin)
        if not path.exists():
            return None
        note = notes.read(path.read_text(encoding="utf-8"))
        return checkpoint.said_by(note), note

    def alarms(self) -> list[dict[str, Any]]:
        """What it refused and why, oldest first, and each new beginning that somebody signed."""
        path = self.folder / ALARMS_NAME
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []

    def consider(self, said: str, *, now: datetime) -> Answer:
        """Answer a request: sign, remember, or refuse; what shows a rollback or a fork is written down."""
        try:
            asked = request_from(said)
            shown = checkpoint.said_by(asked.note)
        except (NotARequest, notes.NotANote, checkpoint.NotACheckpoint) as refused:
            return Answer(400, "", refused.sentence)
        log = self.logs.get(shown.origin)
        if log is None:
            return Answer(404, "", sentence("This witness does not watch {origin}.", origin=shown.origin))
        try:
            checkpoint.check(asked.note, log=log)
        except checkpoint.NotACheckpoint as refused:
            return Answer(403, "", refused.sentence)
        answer = self._compare(asked, shown)
        if answer.alarm and not self._told(answer.alarm, asked.note):
            self._alarm(answer.alarm, answer.why, asked.note, now)
        if answer.status != 200:
            return answer
        signature = notes.cosign(asked.note.text, name=self.name, seed=self._seed, seconds=int(now.timestamp()))
        self._remember(asked.note, signature)
        return Answer(200, signature.line(), answer.why)

    def begin_again(self, note: Note, *, signed_by: str, reason: str, now: datetime) -> str:
        """After somebody answers for a gap: this checkpoint takes the place of the one that was kept, which stays in
        the file of alarms. The signature line. Raises NotACheckpoint."""
        log = self.logs.get(checkpoint.said_by(note).origin)
        if log is None:
            raise checkpoint.NotACheckpoint(sentence("This witness does not watch that ledger."))
        shown = checkpoint.check(note, log=log).checkpoint
        before = self.last(shown.origin)
        why = sentence(
            "{who} answers for beginning again at {size} lines: {reason}", who=signed_by, size=shown.size, reason=reason
        )
        self._alarm("begun_again", why, before[1] if before else note, now)
        signature = notes.cosign(note.text, name=self.name, seed=self._seed, seconds=int(now.timestamp()))
        self._remember(note, signature)
        return signature.line()

    def _compare(self, asked: Request, shown: checkpoint.Checkpoint) -> Answer:
        kept = self.last(shown.origin)
        known, root = (0, chain.EMPTY_ROOT) if kept is None else (kept[0].size, kept[0].root)
        if shown.size < known:
            why = sentence("A rollback: {known} lines were seen, and {size} are shown.", known=known, size=shown.size)
            return Answer(409, f"{known}\n", why, alarm="rollback")
        if shown.size == known and shown.root != root:
            why = sentence("A fork: two roots over the same {size} lines.", size=known)
            return Answer(409, f"{known}\n", why, alarm="fork")
        if asked.old > shown.size:
            return Answer(400, "", sentence("The old size is larger than the new one."))
        if asked.old != known:
            why = sentence("This witness saw {known} lines, not {old}.", known=known, old=asked.old)
            return Answer(409, f"{known}\n", why)
        if not chain.verify_consistency(
            first=known, size=shown.size, first_root=root, root=shown.root, proof=list(asked.proof)
        ):
            why = sentence(
                "A fork: {size} lines are shown, and no proof that they begin with the {known} that were seen.",
                size=shown.size, known=known,
            )  # fmt: skip
            return Answer(422, "", why, alarm="fork")
        same = sentence("The first {known} of {size} lines are the same.", known=known, size=shown.size)
        return Answer(200, "", same)

    def _remember(self, note: Note, signature: notes.Signature) -> None:
        kept = Note(note.text, (*(s for s in note.signatures if s.name != self.name), signature))
        path = self._place(checkpoint.said_by(note).origin)
        path.parent.mkdir(exist_ok=True)
        _write(path, str(kept))

    def _told(self, kind: str, note: Note) -> bool:
        """Whether this was written down already since the last new beginning: whoever can reach the witness can show
        one old checkpoint for ever."""
        for alarm in reversed(self.alarms()):
            if alarm["kind"] == "begun_again":
                return False
            if alarm["kind"] == kind and notes.read(alarm["note"]).text == note.text:
                return True
        return False

    def _alarm(self, kind: str, why: Sentence, note: Note, now: datetime) -> None:
        line = {"at": canonical.timestamp(now.astimezone(UTC)), "kind": kind, "why": str(why), "note": str(note)}
        with (self.folder / ALARMS_NAME).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def _place(self, origin: str) -> Path:
        return self.folder / "seen" / f"{hashlib.sha256(origin.encode()).hexdigest()[:32]}.checkpoint"


def _said(name: str, seed: bytes, logs: tuple[Key, ...]) -> str:
    said = {"version": 1, "name": name, "seed": base64.b64encode(seed).decode(), "logs": [str(log) for log in logs]}
    return json.dumps(said, indent=2) + "\n"


def _write(path: Path, text: str, mode: int = 0o600) -> None:
    """Whole or not at all, and on the disk before it returns: what a witness forgot it cannot refuse."""
    beside = path.with_name(path.name + ".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
