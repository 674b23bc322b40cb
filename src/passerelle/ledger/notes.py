"""Signed notes as C2SP's signed-note writes them: a text, an empty line, and signatures by named Ed25519 keys.

A key for checking is one line, `name+hash+base64`, and holds no secret; a signature names its key and the first four
bytes of its hash. Two kinds of key are read: a log's (Ed25519 over the text) and a witness's (`cosignature/v1`: over a
time and the text). Others are passed over, as the specification asks. https://c2sp.org/signed-note,
https://c2sp.org/tlog-cosignature
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from passerelle.errors import Refused
from passerelle.words import sentence

LOG = 0x01
"""The kind of a log's key: Ed25519 over the text of the note."""
WITNESS = 0x04
"""The kind of a witness's key: Ed25519 over the time and the text (`cosignature/v1`)."""

NOTE_CHARACTERS_MAX = 1 << 20
SIGNATURES_MAX = 100
_DASH = "— "
_NAME = re.compile(r"[^\s+]+")


class NotANote(Refused):
    """A text that is no signed note."""

    code = "ledger.not_a_note"


class NotAKey(Refused):
    """A line that is no key for checking notes."""

    code = "ledger.not_a_key"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: the name of its key, the four bytes of the key's hash, and what was signed with it."""

    name: str
    key_hash: bytes
    signed: bytes

    def line(self) -> str:
        """As it stands in the note, with its newline."""
        return f"{_DASH}{self.name} {base64.b64encode(self.key_hash + self.signed).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A signed text; it ends with a newline."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(signature.line() for signature in self.signatures)


@dataclass(frozen=True, slots=True)
class Key:
    """A key for checking: whose it is, of which kind, and its 32 public bytes."""

    name: str
    kind: int
    public: bytes

    @property
    def key_hash(self) -> bytes:
        """The four bytes by which a signature names its key."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_hash.hex()}+{base64.b64encode(bytes([self.kind]) + self.public).decode()}"


def key_from(line: str) -> Key:
    """The key that a line says. Raises NotAKey, also for one whose hash does not agree with it."""
    name, _, rest = line.strip().partition("+")
    said, _, body = rest.partition("+")
    try:
        raw = bytes_of(body)
        key = Key(name, raw[0] if raw else 0, raw[1:])
        if not _NAME.fullmatch(name) or key.kind not in (LOG, WITNESS) or len(key.public) != 32:
            raise ValueError(line)
        if key.key_hash.hex() != said:
            raise ValueError(said)
    except ValueError as error:
        raise NotAKey(
            sentence("“{line}” is no key of a ledger or a witness.", line=line[:120]),
            way_out=sentence("It is one line, name+hash+key, as `passerelle ledger key` or `witness show` print it."),
        ) from error
    return key


def key_of(name: str, seed: bytes, kind: int) -> Key:
    """The key for checking what `seed` (32 secret bytes) signs under `name`."""
    assert _NAME.fullmatch(name), "a key's name has no space and no plus sign"
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    return Key(name, kind, public.public_bytes(Encoding.Raw, PublicFormat.Raw))


def sign(text: str, *, name: str, seed: bytes) -> Signature:
    """A log's signature over `text`."""
    assert text.endswith("\n") and "\n\n" not in text, "a note's text ends with one newline and has no empty line"
    signed = Ed25519PrivateKey.from_private_bytes(seed).sign(text.encode())
    return Signature(name, key_of(name, seed, LOG).key_hash, signed)


def cosign(text: str, *, name: str, seed: bytes, seconds: int) -> Signature:
    """A witness's signature over `text` at a time, in whole seconds since 1970 (UTC)."""
    signed = Ed25519PrivateKey.from_private_bytes(seed).sign(_cosigned(text, seconds))
    return Signature(name, key_of(name, seed, WITNESS).key_hash, seconds.to_bytes(8, "big") + signed)


def read(said: str) -> Note:
    """The note that a text says; nothing is checked yet. Raises NotANote."""
    text, found, rest = said.rpartition("\n\n")
    if len(said) > NOTE_CHARACTERS_MAX or not found or not rest.endswith("\n"):
        raise _no_note()
    lines = rest.removesuffix("\n").split("\n")
    if not 0 < len(lines) <= SIGNATURES_MAX:
        raise _no_note()
    return Note(text + "\n", tuple(signature_from(line) for line in lines))


def signature_from(line: str) -> Signature:
    """One signature line. Raises NotANote."""
    name, _, body = line.removeprefix(_DASH).partition(" ")
    try:
        raw = bytes_of(body)
    except ValueError as error:
        raise _no_note() from error
    if not line.startswith(_DASH) or not _NAME.fullmatch(name) or len(raw) < 5:
        raise _no_note()
    return Signature(name, raw[:4], raw[4:])


def signed_by(note: Note, key: Key) -> int | None:
    """Whether `key` signed this note: none, or the time a witness says (seconds since 1970), and 0 for a log's key."""
    for signature in note.signatures:
        if signature.name != key.name or signature.key_hash != key.key_hash:
            continue
        seconds, signed, message = 0, signature.signed, note.text.encode()
        if key.kind == WITNESS:
            seconds, signed = int.from_bytes(signed[:8], "big"), signed[8:]
            message = _cosigned(note.text, seconds)
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(signed, message)
        except InvalidSignature:
            return None  # a line that bears this key's name and is none of its signatures spoils the note
        return seconds
    return None


def bytes_of(said: str) -> bytes:
    """The bytes that base64 says in its one form. Raises ValueError, also for bits of a last sign that nobody reads."""
    raw = base64.b64decode(said, validate=True)
    if base64.b64encode(raw).decode() != said:
        raise ValueError(said)
    return raw


def _cosigned(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _no_note() -> NotANote:
    return NotANote(
        sentence("This is no signed note: a text, an empty line, and lines of signatures."),
        way_out=sentence("Ask for the file again, and give it as it came."),
    )
