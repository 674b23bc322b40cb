"""By webhook: a signed request to a host that was named beforehand; no redirect is followed, and little is read."""

from __future__ import annotations

import base64
import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import SplitResult, urlsplit

from passerelle import signing
from passerelle.channels.sending import NotSent, Outgoing, refused
from passerelle.ids import fresh_bytes
from passerelle.words import sentence

TIMEOUT_SECONDS = 10.0
ANSWER_BYTES_MAX = 16_384
LOOPBACK = ("localhost", "127.0.0.1", "::1")
GONE = 410


@dataclass(frozen=True, slots=True)
class Webhook:
    """Signs with the installation's own key (32 bytes), called `key_name`; `hosts` are those that may be asked: a name,
    or a name with a port where it is not 443."""

    key: bytes
    key_name: str
    hosts: frozenset[str]
    timeout_seconds: float = TIMEOUT_SECONDS

    def check(self, address: str) -> None:
        """Raises AddressRefused for a host that was not named, and for what is neither https nor this machine."""
        self._parts(address)

    def _parts(self, address: str) -> SplitResult:
        try:
            parts = urlsplit(address)
            port, host = parts.port, (parts.hostname or "").lower()
        except ValueError:
            raise refused(address) from None
        plain = address.isascii() and address.isprintable() and " " not in address and "\\" not in address
        named = host if port in (None, 443 if parts.scheme == "https" else 80) else f"{host}:{port}"
        if (
            not plain or not host or parts.username is not None or parts.fragment
            or parts.scheme not in ("https", "http")
            or (parts.scheme == "http" and host not in LOOPBACK)
            or named not in self.hosts
        ):  # fmt: skip
            raise refused(address)
        return parts

    def send(self, message: Outgoing, *, now: datetime) -> None:
        """One request; a 2xx means that it was taken. Raises NotSent, AddressRefused."""
        parts = self._parts(message.to)
        body = json.dumps({"id": message.id, **message.facts, "says": message.subject}, ensure_ascii=False).encode()
        sent = {"content-type": "application/json", "webhook-id": message.id}
        asked = signing.Asked.to("POST", message.to, sent)
        nonce = base64.urlsafe_b64encode(fresh_bytes(18)).decode()
        headers = signing.sign(
            asked, body, key=self.key, key_name=self.key_name, created=int(now.timestamp()), nonce=nonce,
            more=("webhook-id",),
        )  # fmt: skip
        try:
            status = self._status(parts, asked, headers, body)
        except (OSError, ValueError) as error:
            raise NotSent(
                f"webhook.{type(error).__name__}", sentence("The address of the webhook could not be reached.")
            ) from error
        if not 200 <= status < 300:
            raise NotSent(
                f"webhook.{status}",
                sentence("The webhook was answered with {status}.", status=status), for_good=status == GONE,
            )  # fmt: skip

    def _status(self, parts: SplitResult, asked: signing.Asked, headers: Mapping[str, str], body: bytes) -> int:
        """The status of the answer; its head is read up to a limit and a moment, its body not at all."""
        until = time.monotonic() + self.timeout_seconds
        lines = [f"POST {asked.target} HTTP/1.1", f"host: {asked.authority}", "connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        head = "\r\n".join([*lines, f"content-length: {len(body)}", "", ""]).encode("ascii")
        with self._connected(parts) as line:
            line.settimeout(max(0.01, until - time.monotonic()))
            line.sendall(head + body)
            read = b""
            while b"\r\n" not in read and len(read) < ANSWER_BYTES_MAX:
                left = until - time.monotonic()
                if left <= 0:
                    raise TimeoutError
                line.settimeout(left)
                more = line.recv(1024)
                if not more:
                    break
                read += more
        words = read.partition(b"\r\n")[0].decode("ascii", "replace").split(" ")
        if len(words) < 2 or not words[0].startswith("HTTP/1.") or not words[1].isdigit() or len(words[1]) != 3:
            raise ValueError("no answer of a web server")
        return int(words[1])

    def _connected(self, parts: SplitResult) -> socket.socket:
        host = str(parts.hostname)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        place = reachable(host, port)
        line = socket.create_connection(place, timeout=self.timeout_seconds)
        if parts.scheme == "http":
            return line
        try:
            return ssl.create_default_context().wrap_socket(line, server_hostname=host)
        except BaseException:
            line.close()
            raise


def reachable(host: str, port: int) -> tuple[str, int]:
    """Where a host stands, asked once. A name that was allowed does not lead to this machine, to its network's own
    services (169.254.0.0/16) or to nobody in particular: only a host that is called by such an address does."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    place = str(found[0][4][0])
    address = ipaddress.ip_address(place.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped  # ::ffff:127.0.0.1 is this machine too
    within = address.is_loopback or address.is_link_local or address.is_multicast or address.is_unspecified
    if within and not (address.is_loopback and host.lower() in LOOPBACK):
        raise ValueError("this name leads to a place that is not asked")
    return place, port
