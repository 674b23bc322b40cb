"""Asks a witness over HTTP, briefly: no page and no clock ever waits for one, however slowly it speaks."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

SECONDS = 5.0
"""In all: looking up its name, speaking, and hearing it out."""

ANSWER_BYTES_MAX = 1 << 16


def post(address: str, body: str, *, seconds: float = SECONDS) -> tuple[int, str]:
    """Send a request to a witness: its status and its answer. Raises OSError when nobody answers within its time."""
    return _ask("POST", f"{_checked(address)}/add-checkpoint", body.encode(), seconds)


def newest(address: str, origin: str) -> str:
    """The newest checkpoint that a witness knows of a ledger; empty when it saw none. Raises OSError."""
    status, body = _ask("GET", f"{_checked(address)}/{origin}", None, SECONDS)
    if status not in (200, 404):
        raise OSError(f"the witness answers {status}")
    return body if status == 200 else ""


def _ask(method: str, url: str, body: bytes | None, seconds: float) -> tuple[int, str]:
    """One request to this address and no other: where it sends us on to, nobody goes. It speaks in a thread of its own,
    which is left behind and cut off when its seconds are over; so is a name that is looked up for ever."""
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    try:
        line = kind(str(parts.hostname), parts.port, timeout=seconds)
    except (ValueError, HTTPException) as error:
        raise OSError(str(error)) from error
    said: list[Any] = []
    speaking = threading.Thread(target=_speak, args=[line, method, parts.path, body, said], daemon=True)
    speaking.start()
    speaking.join(seconds)
    if not said:
        found = line.sock
        if found is not None:
            with suppress(OSError):
                found.shutdown(socket.SHUT_RDWR)
        raise OSError(f"no answer within {seconds:g} seconds")
    if isinstance(said[0], Exception):
        raise OSError(str(said[0]) or type(said[0]).__name__) from said[0]
    status, content = said[0]
    return int(status), content.decode("utf-8", "replace")


def _speak(line: HTTPConnection, method: str, path: str, body: bytes | None, said: list[Any]) -> None:
    try:
        line.request(method, path or "/", body=body)
        answer = line.getresponse()
        said.append((answer.status, answer.read(ANSWER_BYTES_MAX)))
    except (OSError, HTTPException, ValueError) as error:
        said.append(error)
    finally:
        line.close()


def _checked(address: str) -> str:
    if urlsplit(address).scheme not in ("http", "https"):
        raise OSError(f"{address} is no address of a witness")
    return address.rstrip("/")
