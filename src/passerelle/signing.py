"""Requests that say who sent them: RFC 9421 with Ed25519, over a digest of the content after RFC 9530.

What is signed: the method, the host, the target with its query, the digest of the content where there is one, the
moment and a nonce. Nothing here reads a clock or draws a nonce; both are told. Who makes such a request and who checks
one use this same file: a machine of a service and the API, a webhook and its receiver.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from passerelle.errors import Refused
from passerelle.words import Sentence, sentence

LABEL = "passerelle"
ALGORITHM = "ed25519"
KEY_BYTES = 32
NONCE_CHARACTERS = range(16, 101)
HEADER_CHARACTERS_MAX = 2000
COMPONENTS_MAX = 20
"""A signature covers a handful of parts; a header that names more was not made by an honest machine."""

NEEDED = ("@method", "@authority", "@request-target")
"""Covered by every signature. Where there is content: `content-digest` and `content-type` too; where there is an
`idempotency-key`, that as well."""

COVERED_IF_SENT = ("content-digest", "content-type", "idempotency-key")

_INPUT = re.compile(
    r'(?P<label>[a-z*][a-z0-9_.*-]{0,39})=(?P<said>\((?P<parts>(?:"[^"\\]*"(?: "[^"\\]*")*)?)\)'
    r'(?P<more>(?:;[a-z]+=(?:[0-9]{1,15}|"[^"\\]*"))*))'
)
_MORE = re.compile(r';([a-z]+)=(?:([0-9]{1,15})|"([^"\\]*)")')
_MADE = re.compile(r"(?P<label>[a-z*][a-z0-9_.*-]{0,39})=:(?P<body>[A-Za-z0-9+/=]{1,200}):")
_DIGEST = re.compile(r"(?P<name>[a-z0-9-]{1,20})=:(?P<body>[A-Za-z0-9+/=]{1,200}):")
_DIGESTS = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}


class NotSigned(Refused):
    """A request without a signature that could be looked at, or whose content is not the one that was signed.

    What is wrong is told: it says something about the request, and nothing about who is known here.
    """

    code = "signed.unreadable"


class NoKey(Refused):
    """A text that is no Ed25519 key."""

    code = "signed.no_key"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as both sides see it. `target` is the path with its query (`/api/v1/duties?late=true`); names of
    `headers` are in small letters."""

    method: str
    scheme: str
    authority: str
    target: str
    headers: Mapping[str, str]

    @classmethod
    def to(cls, method: str, url: str, headers: Mapping[str, str]) -> Asked:
        """A request to an address (`https://host/path?query`)."""
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        small = {name.lower(): value for name, value in headers.items()}
        return cls(method.upper(), parts.scheme, authority_of(parts.scheme, parts.netloc), target, small)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a request says of its signature: which parts it covers, when it was made, by which key."""

    parts: tuple[str, ...]
    said: str
    made: bytes
    key: str
    created: int
    expires: int | None
    nonce: str


def authority_of(scheme: str, host: str) -> str:
    """The host in small letters, without the port that goes without saying (RFC 9421, 2.2.3)."""
    host = host.rpartition("@")[2].lower()
    usual = {"https": ":443", "http": ":80"}.get(scheme, "")
    return host.removesuffix(usual) if usual else host


def digest(body: bytes) -> str:
    """The `Content-Digest` of a content (RFC 9530): `sha-256=:…:`."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def digest_fits(header: str, body: bytes) -> bool:
    """Whether every digest of the header that we can compute is this content's, and there is one."""
    found = 0
    for part in header.split(","):
        match = _DIGEST.fullmatch(part.strip())
        if match is None:
            return False
        made = _DIGESTS.get(match["name"])
        if made is None:
            continue
        found += 1
        if not hmac.compare_digest(base64.b64encode(made(body).digest()).decode(), match["body"]):
            return False
    return found > 0


def sign(
    asked: Asked, body: bytes, *, key: bytes, key_name: str, created: int, nonce: str, more: Sequence[str] = ()
) -> dict[str, str]:
    """The headers to be sent, those of the request among them. `key` is a private key of 32 bytes; `more` names
    headers to be covered beside those that always are."""
    headers = dict(asked.headers)
    if body:
        headers["content-digest"] = digest(body)
    covered = [*NEEDED, *(name for name in (*COVERED_IF_SENT, *more) if name in headers)]
    listed = " ".join(f'"{name}"' for name in covered)
    said = f'({listed});created={created};nonce="{nonce}";keyid="{key_name}";alg="{ALGORITHM}"'
    base = _base(Asked(asked.method, asked.scheme, asked.authority, asked.target, headers), covered, said)
    made = Ed25519PrivateKey.from_private_bytes(key).sign(base)
    headers["signature-input"] = f"{LABEL}={said}"
    headers["signature"] = f"{LABEL}=:{base64.b64encode(made).decode()}:"
    return headers


def read(asked: Asked, body: bytes) -> Signature:
    """The one signature of a request, which covers all it must. Raises NotSigned, with what to do instead."""
    headers = asked.headers
    told, made = headers.get("signature-input", ""), headers.get("signature", "")
    if not told or not made:
        raise _not_signed(sentence("This request bears no signature."))
    if max(len(told), len(made)) > HEADER_CHARACTERS_MAX:
        raise _not_signed(sentence("The signature of this request cannot be read."))
    signed, value = _INPUT.fullmatch(told.strip()), _MADE.fullmatch(made.strip())
    if signed is None or value is None or signed["label"] != value["label"]:
        raise _not_signed(sentence("The signature of this request cannot be read."))
    parts = tuple(part.strip('"') for part in signed["parts"].split(" ")) if signed["parts"] else ()
    more = [(name, number or text) for name, number, text in _MORE.findall(signed["more"])]
    names = dict(more)
    if len(names) != len(more) or len(set(parts)) != len(parts) or len(parts) > COMPONENTS_MAX:
        raise _not_signed(sentence("The signature of this request cannot be read."))
    if names.get("alg", ALGORITHM) != ALGORITHM:
        raise _not_signed(sentence("The signature of this request is not one by Ed25519."))
    for name in ("created", "nonce", "keyid"):
        if not names.get(name):
            raise _not_signed(sentence("The signature of this request does not say “{name}”.", name=name))
    if not names["created"].isdigit() or not names.get("expires", "0").isdigit():
        raise _not_signed(sentence("The signature of this request cannot be read."))
    if len(names["nonce"]) not in NONCE_CHARACTERS:
        raise _not_signed(
            sentence(
                "The nonce of a signature has {least} to {most} characters.",
                least=NONCE_CHARACTERS[0], most=NONCE_CHARACTERS[-1],
            )
        )  # fmt: skip
    needed = [*NEEDED, *(name for name in COVERED_IF_SENT if name in headers)]
    if body and "content-digest" not in needed:
        needed.append("content-digest")
    for name in needed:
        if name not in parts:
            raise _not_signed(sentence("The signature of this request does not cover “{name}”.", name=name))
    if "content-digest" in headers and not digest_fits(headers["content-digest"], body):
        raise _not_signed(sentence("The content of this request is not the one that its digest was made of."))
    for name in parts:
        if name not in _derived(asked) and name not in headers:
            raise _not_signed(sentence("The signature covers “{name}”, which this request does not have.", name=name))
    try:
        raw = base64.b64decode(value["body"], validate=True)
    except binascii.Error as error:
        raise _not_signed(sentence("The signature of this request cannot be read.")) from error
    expires = int(names["expires"]) if "expires" in names else None
    return Signature(parts, signed["said"], raw, names["keyid"], int(names["created"]), expires, names["nonce"])


def fits(asked: Asked, signature: Signature, public: bytes) -> bool:
    """Whether the owner of this public key (32 bytes) made this signature of this request."""
    try:
        key = Ed25519PublicKey.from_public_bytes(public)
        key.verify(signature.made, _base(asked, signature.parts, signature.said))
    except (InvalidSignature, ValueError):
        return False
    return True


def public_of(private: bytes) -> bytes:
    """The public key (32 bytes) of a private one (32 bytes)."""
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def as_text(key: bytes) -> str:
    """A key as one line of base 64."""
    return base64.b64encode(key).decode()


def private_as_pem(private: bytes) -> str:
    """A private key as PKCS 8 in PEM, which every other program reads."""
    return (
        Ed25519PrivateKey.from_private_bytes(private)
        .private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        .decode()
    )  # fmt: skip


def private_in(text: str) -> bytes:
    """The private key in a text: PEM, or 32 bytes in base 64. Raises NoKey."""
    if "-----BEGIN" in text:
        try:
            key = serialization.load_pem_private_key(text.encode(), password=None)
        except (ValueError, TypeError) as error:
            raise _no_key() from error
        if not isinstance(key, Ed25519PrivateKey):
            raise _no_key()
        return key.private_bytes_raw()
    return _raw(text)


def public_in(text: str) -> bytes:
    """The public key in a text: PEM, or 32 bytes in base 64. Raises NoKey."""
    if "-----BEGIN" in text:
        try:
            key = serialization.load_pem_public_key(text.encode())
        except (ValueError, TypeError) as error:
            raise _no_key() from error
        if not isinstance(key, Ed25519PublicKey):
            raise _no_key()
        return key.public_bytes_raw()
    return _raw(text)


def _raw(text: str) -> bytes:
    try:
        raw = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _no_key() from error
    if len(raw) != KEY_BYTES:
        raise _no_key()
    return raw


def _derived(asked: Asked) -> dict[str, str]:
    path, _, query = asked.target.partition("?")
    return {
        "@method": asked.method,
        "@scheme": asked.scheme,
        "@authority": asked.authority,
        "@target-uri": f"{asked.scheme}://{asked.authority}{asked.target}",
        "@request-target": asked.target,
        "@path": path,
        "@query": f"?{query}",
    }


def _base(asked: Asked, parts: Sequence[str], said: str) -> bytes:
    """RFC 9421, 2.5: a line for each part that is covered, and the parameters last."""
    derived = _derived(asked)
    lines = [
        f'"{name}": {derived[name] if name in derived else " ".join(asked.headers[name].split())}' for name in parts
    ]
    return "\n".join([*lines, f'"@signature-params": {said}']).encode()


def _not_signed(says: Sentence) -> NotSigned:
    return NotSigned(says, way_out=sentence("docs/how-to/api.md says how a request is signed."))


def _no_key() -> NoKey:
    return NoKey(
        sentence("This is no key of Ed25519."),
        way_out=sentence("Give it in PEM, or as 32 bytes in base 64; `openssl genpkey -algorithm ed25519` makes one."),
    )
