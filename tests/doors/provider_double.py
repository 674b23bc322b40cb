"""A provider of single sign-on on this machine: real keys, real tokens, and every lie it can be told to tell."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT, SECRET = "passerelle", "kept by the provider & us"
KEY, OTHER_KEY = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))


class Provider:
    """What it was asked, and what it says. A good provider, until it is told what to say wrongly (`tell`)."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}/realm"
        self.asked: list[str] = []
        self.codes: dict[str, dict[str, str]] = {}
        self.tell()

    def tell(self, **wrong: Any) -> None:
        """From now on: a good provider, but for what is named here."""
        self.claims: dict[str, Any] = wrong.get("claims", {})
        self.left_out: tuple[str, ...] = wrong.get("left_out", ())
        self.header: dict[str, Any] = wrong.get("header", {})
        self.algorithm: str = wrong.get("algorithm", "RS256")
        self.signed_with: Any = wrong.get("signed_with", KEY)
        self.metadata: dict[str, Any] = wrong.get("metadata", {})
        self.raw: bytes | None = wrong.get("raw")
        self.status: int = wrong.get("status", 200)
        self.token: str | None = wrong.get("token")
        self.published: dict[str, Any] = wrong.get("published", {})
        self.moves: str = wrong.get("moves", "")

    def signs_in(self, there: str, subject: str, now: float, **claims: Any) -> dict[str, str]:
        """A person signs in at the address the browser was sent to: what comes back in the address of our page."""
        asks = dict(parse_qsl(urlsplit(there).query))
        code = f"code-{len(self.codes)}"
        self.codes[code] = {**asks, "subject": subject, "now": str(now), "claims": json.dumps(claims)}
        return {"code": code, "state": asks["state"], "iss": self.issuer}

    def answer(self, path: str, sent: dict[str, str], authorization: str) -> Any:
        """What it answers a request of ours."""
        self.asked.append(path)
        if path.endswith("/.well-known/openid-configuration"):
            return {
                "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
                "authorization_response_iss_parameter_supported": True, **self.metadata,
            }
        if path.endswith("/keys"):
            public = json.loads(RSAAlgorithm.to_jwk(KEY.public_key()))
            return {"keys": [{**public, "kid": "one", "use": "sig", "alg": "RS256", **self.published}]}
        return self.given(sent, authorization)

    def given(self, sent: dict[str, str], authorization: str) -> Any:
        """A token, once for a code, to whoever knows its verifier and our secret."""
        asks = self.codes.pop(sent.get("code", ""), None)
        known = "Basic " + base64.b64encode(f"{CLIENT}:kept%20by%20the%20provider%20%26%20us".encode()).decode()
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=")
        if asks is None or authorization != known or challenge.decode() != asks["code_challenge"]:
            return {"error": "invalid_grant"}
        if asks["redirect_uri"] != sent["redirect_uri"]:
            return {"error": "invalid_grant"}
        now = float(asks["now"])
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": asks["subject"], "nonce": asks["nonce"], "iat": now,
            "exp": now + 300, **json.loads(asks["claims"]), **self.claims,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if name not in self.left_out}
        token = self.token or jwt.encode(claims, self.signed_with, self.algorithm, {"kid": "one", **self.header})
        return {"id_token": token, "token_type": "Bearer", "access_token": "none of ours"}


def public_pem() -> bytes:
    """The provider's public key as everybody can read it: what key confusion signs with."""
    return KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


@contextmanager
def running() -> Iterator[Provider]:
    """The provider, answering on a free port of this machine until the end."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply({})

        def do_POST(self) -> None:
            sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.reply({name: values[0] for name, values in sent.items()})

        def reply(self, sent: dict[str, str]) -> None:
            said = provider.answer(urlsplit(self.path).path, sent, self.headers.get("Authorization", ""))
            content = json.dumps(said).encode() if provider.raw is None else provider.raw
            self.send_response(400 if "error" in said else provider.status)
            if provider.moves:
                self.send_header("Location", provider.moves)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            with suppress(OSError):  # whoever asked has heard enough
                self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    provider = Provider(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
