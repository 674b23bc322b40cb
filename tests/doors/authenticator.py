"""An authenticator in software: makes passkeys and answers challenges as a browser and a key would, or wrongly."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

ORIGIN, PLACE = "https://passerelle.example", "passerelle.example"
PRESENT, VERIFIED, ATTESTED = 1, 4, 64


@dataclass
class Authenticator:
    """One key with one passkey. What is said wrongly is given by name: origin, place, kind, flags, challenge."""

    number: bytes = bytes(range(32))
    counter: int = 0
    counts: bool = True
    handle: str = ""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, asks: dict[str, Any], *, flags: int = PRESENT | VERIFIED, cose: Any = None, **wrong: Any) -> str:
        """The answer to `navigator.credentials.create`."""
        self.handle = asks["user"]["id"]
        credential = AttestedCredentialData.create(
            bytes(16), self.number, cose or ES256.from_cryptography_key(self.key.public_key())
        )
        data = AuthenticatorData.create(_place(wrong), flags | ATTESTED, self._count(), bytes(credential))
        response = {
            "clientDataJSON": _said("webauthn.create", asks, wrong),
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
        }
        return self._answer(response)

    def show(self, asks: dict[str, Any], *, flags: int = PRESENT | VERIFIED, **wrong: Any) -> str:
        """The answer to `navigator.credentials.get`."""
        data = AuthenticatorData.create(_place(wrong), flags, self._count())
        said = _said("webauthn.get", asks, wrong)
        signed = bytes(data) + hashlib.sha256(websafe_decode(said)).digest()
        response = {
            "clientDataJSON": said, "authenticatorData": websafe_encode(data),
            "signature": websafe_encode((wrong.get("key") or self.key).sign(signed, ec.ECDSA(hashes.SHA256()))),
            "userHandle": wrong.get("handle", self.handle),
        }  # fmt: skip
        return self._answer({name: value for name, value in response.items() if value})

    def _count(self) -> int:
        self.counter += self.counts
        return self.counter

    def _answer(self, response: dict[str, str]) -> str:
        number = websafe_encode(self.number)
        return json.dumps({"id": number, "rawId": number, "type": "public-key", "response": response})


def _place(wrong: dict[str, Any]) -> bytes:
    return hashlib.sha256(wrong.get("place", PLACE).encode()).digest()


def _said(kind: str, asks: dict[str, Any], wrong: dict[str, Any]) -> str:
    said = {
        "type": wrong.get("kind", kind), "challenge": wrong.get("challenge", asks["challenge"]),
        "origin": wrong.get("origin", ORIGIN), "crossOrigin": wrong.get("framed", False), **wrong.get("more", {}),
    }
    return websafe_encode(json.dumps(said).encode())
