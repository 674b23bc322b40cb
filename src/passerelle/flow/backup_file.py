"""A backup as one sealed file: a tar in AES-256-GCM pieces that can be neither cut, reordered nor changed unseen.

    passerelle-backup 1 KEYNUMBER SALT\n          one line in the open; all else is sealed, and bound to it
    length (4 bytes) sealed piece …               64 KiB of plain text each, numbered; the last one is marked as last

The key is derived for each file (HKDF-SHA256, RFC 5869) from the ring `backups`; the pieces are STREAM (Hoang,
Reyhanitabar, Rogaway and Vizár, 2015). No key of the installation is ever inside.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import zlib
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from passerelle.errors import Refused
from passerelle.keyring import Keyring, KeysMissing
from passerelle.words import sentence

MARK = "passerelle-backup"
VERSION = "1"
PIECE_BYTES = 1 << 16
SALT_BYTES = 16
MANIFEST = "manifest.json"
MANIFEST_BYTES_MAX = 1 << 24
_TAG = 16


class NotABackup(Refused):
    """A file that is no backup, or one that was changed or cut."""

    code = "backup.not_a_backup"


def write(path: Path, manifest: dict[str, Any], parts: dict[str, Path], *, ring: Keyring, salt: bytes) -> None:
    """Seal the manifest and the parts, by name, into `path`: whole or not at all. The manifest gets the SHA-256 and the
    bytes of each part. Raises KeysMissing."""
    number, key = ring.active("backups")
    head = f"{MARK} {VERSION} {number} {salt.hex()}\n".encode()
    sums = {name: {"sha256": _sum(part), "bytes": part.stat().st_size} for name, part in parts.items()}
    said = json.dumps({**manifest, "parts": sums}, indent=1, sort_keys=True).encode()
    beside = path.with_name(f".{path.name}.part")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(head)
            sealing = _Sealing(file, _cipher(key, salt), head)
            squeezing = _Squeezing(sealing)
            with tarfile.open(fileobj=squeezing, mode="w|") as tar:  # type: ignore[call-overload]
                _add(tar, MANIFEST, io.BytesIO(said), len(said))
                for name, part in parts.items():
                    with part.open("rb") as content:
                        _add(tar, name, content, part.stat().st_size)
            squeezing.close()
            sealing.close()
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    _keep_folder(path.parent)


def read(path: Path, into: Path, *, ring: Keyring) -> dict[str, Any]:
    """Open a backup into a folder, checking each byte of it; its manifest. Raises NotABackup, KeysMissing."""
    with path.open("rb") as file:
        head = file.readline(200)
        words = head.decode("ascii", "replace").split()
        if len(words) != 4 or words[0] != MARK:
            raise NotABackup(sentence("{path} is no backup.", path=str(path)))
        if words[1] != VERSION:
            raise NotABackup(
                sentence("The backup is of version {version}, which this program does not read.", version=words[1])
            )
        try:
            keys = ring.rings["backups"].keys if "backups" in ring.rings else {}
            cipher = _cipher(keys[words[2]], bytes.fromhex(words[3]))
        except KeyError as error:
            raise KeysMissing(
                sentence("Key {number} for backups is not on the ring.", number=words[2]),
                way_out=sentence("Give the file of keys of the installation that was backed up: --keys FILE."),
            ) from error
        except ValueError as error:
            raise _changed() from error
        return _unpack(_Opening(file, cipher, head), into)


def _unpack(opening: _Opening, into: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = {}
    found: dict[str, str] = {}
    try:
        with tarfile.open(fileobj=opening, mode="r|") as tar:  # type: ignore[call-overload]
            for member in tar:
                content = tar.extractfile(member)
                if content is None or "/" in member.name or member.name.startswith("."):
                    raise _changed()
                if member.name == MANIFEST:
                    manifest = json.loads(content.read(MANIFEST_BYTES_MAX))
                    continue
                if member.name not in manifest.get("parts", {}):
                    raise _changed()
                _copy(content, into / member.name)
                found[member.name] = _sum(into / member.name)
        opening.finish()
    except (tarfile.TarError, ValueError, zlib.error, EOFError) as error:
        raise _changed() from error
    if {name: said["sha256"] for name, said in manifest.get("parts", {}).items()} != found:
        raise _changed()
    return manifest


class _Sealing:
    """Takes plain bytes and writes sealed pieces."""

    def __init__(self, file: IO[bytes], cipher: AESGCM, head: bytes) -> None:
        self._file, self._cipher, self._head = file, cipher, head
        self._left, self._count = bytearray(), 0

    def write(self, data: bytes) -> None:
        self._left += data
        while len(self._left) > PIECE_BYTES:
            self._put(bytes(self._left[:PIECE_BYTES]), last=False)
            del self._left[:PIECE_BYTES]

    def close(self) -> None:
        self._put(bytes(self._left), last=True)

    def _put(self, piece: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._count, last), piece, self._head)
        self._file.write(len(sealed).to_bytes(4, "big") + sealed)
        self._count += 1


class _Squeezing:
    """Takes plain bytes and hands them on compressed."""

    def __init__(self, to: _Sealing) -> None:
        self._to, self._squeeze = to, zlib.compressobj(6)

    def write(self, data: bytes) -> int:
        self._to.write(self._squeeze.compress(data))
        return len(data)

    def close(self) -> None:
        self._to.write(self._squeeze.flush())


class _Opening:
    """Gives the plain bytes of sealed pieces, in order; what was changed, cut or moved raises NotABackup."""

    def __init__(self, file: IO[bytes], cipher: AESGCM, head: bytes) -> None:
        self._file, self._cipher, self._head = file, cipher, head
        self._plain, self._count, self._ended = bytearray(), 0, False
        self._swell = zlib.decompressobj()

    def read(self, count: int) -> bytes:
        while len(self._plain) < count and not self._ended:
            self._next()
        data = bytes(self._plain[:count])
        del self._plain[:count]
        return data

    def finish(self) -> None:
        """What is left is read, so that nothing stands behind the end."""
        while not self._ended:
            self._next()
        if self._file.read(1) or not self._swell.eof:
            raise _changed()

    def _next(self) -> None:
        length = int.from_bytes(self._file.read(4), "big")
        sealed = self._file.read(length) if _TAG <= length <= PIECE_BYTES + _TAG else b""
        for last in (False, True):
            try:
                piece = self._cipher.decrypt(_nonce(self._count, last), sealed, self._head)
            except (InvalidTag, ValueError):
                continue
            self._plain += self._swell.decompress(piece)
            self._count, self._ended = self._count + 1, last
            return
        raise _changed()


def _nonce(count: int, last: bool) -> bytes:
    return bytes(7) + count.to_bytes(4, "big") + bytes([last])


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    if len(salt) != SALT_BYTES:
        raise ValueError(salt)
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"passerelle backup 1").derive(key))


def _add(tar: tarfile.TarFile, name: str, content: IO[bytes], size: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    tar.addfile(member, content)


def _copy(content: IO[bytes], to: Path) -> None:
    with to.open("wb") as file:
        while data := content.read(1 << 20):
            file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _keep_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _changed() -> NotABackup:
    return NotABackup(
        sentence("The backup was changed or cut, or it was sealed with another key."),
        way_out=sentence("Take another copy of it; nothing was restored."),
    )


