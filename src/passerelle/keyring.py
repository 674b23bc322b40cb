"""The keys of an installation, outside its database: rings for fields, for the index, and for counts of names.

What is sealed is bound to where it stands: AES-256-GCM (NIST SP 800-38D) with the table, the column and the row as
associated data, so that a value moved to another row or column does not open. What is looked for by value is found by
a keyed hash (BLAKE2b, RFC 7693, with a key), so that a stolen index tells nobody's name to who tries names.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets  # bent: keys and nonces are never seeded
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from passerelle.errors import Refused
from passerelle.words import sentence

FILE_NAME = "keys.json"
KEY_BYTES = 32
NONCE_BYTES = 12
DIGEST_BYTES = 8
_SIGNED = struct.Struct(">q").unpack
PURPOSES = ("fields", "index", "names")
LATER_PURPOSES = ("signing", "backups", "webhooks")
"""Signs checkpoints of the ledger; seals backups; signs webhooks. An older file has none: `complete` makes them."""
MARK = "p1"
"""What a sealed value begins with: `p1.KEY.BASE64`; the figure is that of the form."""


class KeysMissing(Refused):
    """There is no file of keys, or not the key that a value was sealed with."""

    code = "keys.missing"


class KeysUnusable(Refused):
    """A file of keys that cannot be read, or that anybody on this machine may read."""

    code = "keys.unusable"


class DoesNotOpen(Refused):
    """A sealed value that was changed, or that stands where it was not put."""

    code = "keys.does_not_open"


@dataclass(slots=True)
class Ring:
    """The keys for one purpose by their number; new values are sealed with the active one."""

    active: str
    keys: dict[str, bytes]
    _ciphers: dict[str, AESGCM] = field(default_factory=dict, repr=False)

    def cipher(self, number: str) -> AESGCM:
        """Raises KeysMissing for a number that this ring does not have."""
        found = self._ciphers.get(number)
        if found is None:
            if number not in self.keys:
                raise KeysMissing(
                    sentence("Key {number} is not on the ring: what it sealed cannot be read.", number=number),
                    way_out=sentence("Put back the file of keys from where you keep its copy; nothing else is lost."),
                )
            found = self._ciphers[number] = AESGCM(self.keys[number])
        return found


@dataclass(slots=True)
class Keyring:
    """All rings of an installation."""

    rings: dict[str, Ring]

    def seal(self, plain: str, place: str) -> str:
        """`plain` sealed for one place (`table|column|row`); each sealing differs, even of the same text."""
        ring = self.rings["fields"]
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = ring.cipher(ring.active).encrypt(nonce, plain.encode(), place.encode())
        return f"{MARK}.{ring.active}.{base64.b64encode(nonce + sealed).decode()}"

    def open(self, token: str, place: str) -> str:
        """What was sealed for this place. Raises KeysMissing, DoesNotOpen."""
        mark, _, rest = token.partition(".")
        number, _, body = rest.partition(".")
        if mark != MARK or not body:
            raise _changed(place)
        cipher = self.rings["fields"].cipher(number)
        try:
            raw = base64.b64decode(body, validate=True)
            if base64.b64encode(raw).decode() != body:  # the last sign has bits that no byte holds
                raise _changed(place)
            return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise _changed(place) from error

    def digest(self, kind: str, value: str, ring: str = "index") -> int:
        """A key of the index as a signed 64-bit number, which nobody without the index key can compute.

        Two values that collide only cost one comparison more.
        """
        return self.digester(ring)(kind, value)

    def digester(self, ring: str = "index") -> Callable[[str, str], int]:
        """`digest` for many values in a row: the key is taken once, so it is not to be kept while keys may change."""
        keys = self.rings[ring]
        keyed = hashlib.blake2b(digest_size=DIGEST_BYTES, key=keys.keys[keys.active]).copy

        def digest(kind: str, value: str) -> int:
            hashed = keyed()
            hashed.update(f"{kind}\0{value}".encode())
            number: int = _SIGNED(hashed.digest())[0]
            return number

        return digest

    def sealed_with(self, token: str) -> str:
        """The number of the key that sealed a value."""
        return token.split(".", 2)[1]

    def fresh(self, purpose: str) -> str:
        """Put a new key on a ring and make it the active one; the old ones stay, to open what they sealed."""
        ring = self.rings[purpose]
        number = str(max(map(int, ring.keys)) + 1)
        ring.keys[number] = secrets.token_bytes(KEY_BYTES)
        ring.active = number
        return number

    def active(self, purpose: str) -> tuple[str, bytes]:
        """The number and the key that serve a purpose now. Raises KeysMissing."""
        ring = self.rings.get(purpose)
        if ring is None:
            raise KeysMissing(
                sentence("The file of keys has none for {purpose} yet.", purpose=purpose),
                way_out=sentence("Make it with `passerelle init`, then keep a new copy of the file elsewhere."),
            )
        return ring.active, ring.keys[ring.active]

    def complete(self) -> list[str]:
        """Put a first key on each ring that an older file does not have; the purposes that got one."""
        bare = [name for name in LATER_PURPOSES if name not in self.rings]
        for name in bare:
            self.rings[name] = Ring("1", {"1": secrets.token_bytes(KEY_BYTES)})
        return bare

    def retire(self, purpose: str) -> list[str]:
        """Take the keys that are no longer active off a ring; the numbers that went."""
        ring = self.rings[purpose]
        gone = sorted(number for number in ring.keys if number != ring.active)
        for number in gone:
            del ring.keys[number]
            ring._ciphers.pop(number, None)
        return gone

    def write(self, path: Path) -> None:
        """Write the file, for its owner only, whole or not at all."""
        beside = path.with_name(path.name + ".new")
        plain = {
            name: {
                "active": ring.active,
                "keys": {number: base64.b64encode(key).decode() for number, key in ring.keys.items()},
            }
            for name, ring in self.rings.items()
        }
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"version": 1, **plain}, file, indent=2)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)


def make() -> Keyring:
    """A ring of fresh keys for each purpose."""
    names = (*PURPOSES, *LATER_PURPOSES)
    return Keyring({name: Ring("1", {"1": secrets.token_bytes(KEY_BYTES)}) for name in names})


def read(path: Path) -> Keyring:
    """The keys in `path`. Raises KeysMissing where there is no file, KeysUnusable where it is none of ours or is open
    to others than its owner."""
    if not path.exists():
        raise KeysMissing(
            sentence("The file of keys {path} is missing: what is sealed cannot be read.", path=str(path)),
            way_out=sentence("Put it back from where you keep its copy; `passerelle init` makes one for a new folder."),
        )
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise KeysUnusable(
            sentence("The file of keys {path} can be read by others than its owner.", path=str(path)),
            way_out=sentence("Close it: chmod 600 {path}", path=str(path)),
        )
    try:
        return _from_plain(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeysUnusable(
            sentence("The file of keys {path} cannot be read.", path=str(path)),
            way_out=sentence("Put it back from where you keep its copy."),
        ) from error


def _from_plain(plain: Mapping[str, Any]) -> Keyring:
    if plain["version"] != 1:
        raise ValueError(plain["version"])
    rings = {}
    for name in (*PURPOSES, *(name for name in LATER_PURPOSES if name in plain)):
        keys = {str(number): base64.b64decode(key, validate=True) for number, key in plain[name]["keys"].items()}
        active = str(plain[name]["active"])
        if active not in keys or any(len(key) != KEY_BYTES or not number.isdigit() for number, key in keys.items()):
            raise ValueError(name)
        rings[name] = Ring(active, keys)
    return Keyring(rings)


def _changed(place: str) -> DoesNotOpen:
    table, _, _ = place.partition("|")
    return DoesNotOpen(
        sentence("A sealed value in {table} was changed, or stands where it was not put.", table=table),
        way_out=sentence("Restore the database from a backup, and find out who wrote to it."),
    )
