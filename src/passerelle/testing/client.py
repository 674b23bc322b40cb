"""A client of the API for tests and for integrators: the standard library, and requests that are signed."""

from __future__ import annotations

import http.client
import json
import secrets  # bent: a nonce is never seeded
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from passerelle import signing

Answer = tuple[int, dict[str, str], bytes]
Send = Callable[[str, str, Mapping[str, str], bytes], Answer]
"""How a request goes out: method, address, headers, content; what comes back."""

ANSWER_BYTES_MAX = 50_000_000


class Refused(Exception):
    """What the API refused: its status, and the problem it answered with (RFC 9457)."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        says = problem.get("detail") or problem.get("title") or ""
        super().__init__(f"{status} {problem.get('code', '')}: {says} {problem.get('remedy', '')}".strip())
        self.status = status
        self.problem = problem


def over_http(method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """Over the network, without following redirects. Raises OSError."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=30)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body=body or None, headers=dict(headers))
        answer = connection.getresponse()
        read = answer.read(ANSWER_BYTES_MAX)
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, read
    finally:
        connection.close()


@dataclass
class Client:
    """Speaks for one account: `address` of the installation, the name of its key (`key-…`), its private key (32 bytes).

    `now` gives the seconds since 1970; `send` may be exchanged, so that a test needs no network.
    """

    address: str
    key_name: str
    private: bytes
    language: str = "en"
    send: Send = over_http
    now: Callable[[], float] = time.time
    headers: dict[str, str] = field(default_factory=dict)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        once: str = "",
        content_type: str = "application/json",
        **query: Any,
    ) -> Answer:
        """One signed request. `path` is that of /api/v1; `once` is the Idempotency-Key; the answer as it came."""
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        asked = urlencode({name: value for name, value in query.items() if value not in (None, "")})
        url = f"{self.address.rstrip('/')}/api/v1{path}" + (f"?{asked}" if asked else "")
        sent = {"accept-language": self.language, **self.headers}
        if content:
            sent["content-type"] = content_type
        if once:
            sent["idempotency-key"] = once
        request = signing.Asked.to(method, url, sent)
        made = signing.sign(
            request, content, key=self.private, key_name=self.key_name, created=int(self.now()),
            nonce=secrets.token_urlsafe(18),
        )  # fmt: skip
        return self.send(method, url, made, content)

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """One signed request; the JSON of its answer, or its text. Raises Refused."""
        status, headers, read = self.call(method, path, body, **more)
        json_said = "json" in headers.get("content-type", "") and "ndjson" not in headers.get("content-type", "")
        said = json.loads(read) if json_said else read.decode()
        if status >= 400:
            raise Refused(status, said if isinstance(said, dict) else {"title": said})
        return said

    def rows(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """All rows of a list, page by page."""
        cursor = ""
        while True:
            page = self.ask("GET", path, **query, cursor=cursor)
            yield from page["rows"]
            cursor = page["next"] or ""
            if not cursor:
                return

    def read(self, ref: str, purpose: str = "follows", reason: str = "taken over into our own system") -> Any:
        """One report, delivery, match or dossier by its reference."""
        kind = {"match": "matches", "delivery": "deliveries"}.get(ref.split("-")[0], ref.split("-")[0] + "s")
        return self.ask("POST", f"/{kind}/{ref}/read", {"purpose": purpose, "reason": reason})

    def do(self, path: str, body: Any = None, *, once: str = "") -> Any:
        """A command, which counts once: with the key that is given, or with one of its own."""
        return self.ask("POST", path, body, once=once or secrets.token_urlsafe(12))
