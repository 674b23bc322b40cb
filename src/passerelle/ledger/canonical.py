"""One sequence of bytes for one fact: JSON with sorted keys and nothing left to taste; and salted commitments.

The form is a narrow part of RFC 8785: text, whole numbers, true, false, null, lists and objects. Numbers with a point
are refused, because two programs may write one of them in two ways.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from passerelle.errors import Refused
from passerelle.words import sentence

SALT_BYTES_MIN = 16
INTEGER_MAX = 2**53 - 1
"""Beyond it a reader in another language (RFC 7493) would not get the same number back."""

_COMMITMENT = b"passerelle commitment 1\x00"


class NotCanonical(Refused):
    """A value that has no one form in bytes."""

    code = "ledger.not_canonical"


def encode(*, kind: str, at: datetime, index: int, facts: Mapping[str, Any]) -> bytes:
    """The entry of one ledger line: `{"at":…,"facts":{…},"index":…,"kind":…}` in UTF-8, without spaces or a newline.

    Times become UTC with microseconds and a Z. Raises NotCanonical for a time without a zone, a float, a key that is
    no text, text that is not Unicode, or anything else that JSON cannot say in one way.
    """
    return to_bytes({"at": at, "facts": facts, "index": index, "kind": kind})


def to_bytes(value: Any) -> bytes:
    """The canonical bytes of a value made of mappings, lists, tuples, text, whole numbers, booleans, None and times."""
    try:
        return _ENCODER.encode(_plain(value)).encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonical(sentence("A text holds half of a character and is no Unicode.")) from error


def timestamp(at: datetime) -> str:
    """`2026-03-01T08:15:00.000000Z`. Raises NotCanonical for a time without a zone."""
    if at.tzinfo is None:
        raise NotCanonical(sentence("The time {at} has no zone.", at=at.isoformat()))
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def commitment(salt: bytes, content: Mapping[str, Any] | str) -> str:
    """A commitment to `content` in hex: who holds salt and content can show that they belong together; with the salt
    destroyed, nobody can find the content from it, not even by trying every name.

    SHA-256 over a mark of its own, the length of the salt, the salt, and the canonical bytes. Raises NotCanonical for a
    salt of fewer than 16 bytes.
    """
    if len(salt) < SALT_BYTES_MIN:
        raise NotCanonical(sentence("A salt has at least {count} random bytes.", count=SALT_BYTES_MIN))
    return hashlib.sha256(_COMMITMENT + len(salt).to_bytes(4, "big") + salt + to_bytes(content)).hexdigest()


def opens(committed: str, salt: bytes, content: Mapping[str, Any] | str) -> bool:
    """Is `committed` the commitment to this content under this salt?"""
    return hmac.compare_digest(committed, commitment(salt, content))


def from_bytes(data: bytes) -> Any:
    """The value of canonical bytes. Raises NotCanonical for bytes that `to_bytes` would not have written."""
    try:
        value = _DECODER.decode(data.decode("utf-8"))
        same = _ENCODER.encode(value).encode("utf-8") == data
    except (ValueError, RecursionError) as error:  # no UTF-8, no JSON, or half of a character, too
        raise NotCanonical(sentence("These bytes are not in their canonical form.")) from error
    if not same:
        raise NotCanonical(sentence("These bytes are not in their canonical form."))
    return value


def _whole(digits: str) -> int:
    if len(digits) > len(str(INTEGER_MAX)) + 1 or abs(int(digits)) > INTEGER_MAX:
        raise ValueError(digits)
    return int(digits)


def _no_number(said: str) -> Any:
    raise ValueError(said)


_DECODER = json.JSONDecoder(parse_int=_whole, parse_float=_no_number, parse_constant=_no_number)
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool) or type(value) is str:
        return value
    if type(value) is int:
        if abs(value) > INTEGER_MAX:
            raise NotCanonical(sentence("The number {value} is too large to be written in one way.", value=str(value)))
        return value
    if isinstance(value, Mapping):
        for key in value:
            if type(key) is not str:
                raise NotCanonical(sentence("The key {key} is no text.", key=repr(key)))
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, datetime):
        return timestamp(value)
    raise NotCanonical(
        sentence("A value of the kind {kind} has no one form in bytes.", kind=type(value).__name__),
        way_out=sentence("Write text, whole numbers, times, lists and mappings; a score in thousandths, say."),
    )
