"""Asks a witness over HTTP, briefly: no page and no clock ever waits for one."""

from __future__ import annotations

import urllib.error
import urllib.request
from urllib.parse import urlsplit

SECONDS = 5
ANSWER_BYTES_MAX = 1 << 16
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Whoever vouches is asked directly: no proxy of the surroundings stands between."""


def post(address: str, body: str) -> tuple[int, str]:
    """Send a request to a witness: its status and its answer. Raises OSError when nobody answers."""
    return _ask(urllib.request.Request(_checked(address) + "/add-checkpoint", data=body.encode(), method="POST"))  # noqa: S310


def newest(address: str, origin: str) -> str:
    """The newest checkpoint that a witness knows of a ledger; empty when it saw none. Raises OSError."""
    status, body = _ask(urllib.request.Request(f"{_checked(address)}/{origin}"))  # noqa: S310
    if status not in (200, 404):
        raise OSError(f"the witness answers {status}")
    return body if status == 200 else ""


def _ask(asked: urllib.request.Request) -> tuple[int, str]:
    try:
        with _DIRECT.open(asked, timeout=SECONDS) as answer:
            return int(answer.status), answer.read(ANSWER_BYTES_MAX).decode("utf-8", "replace")
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read(ANSWER_BYTES_MAX).decode("utf-8", "replace")
    except ValueError as error:
        raise OSError(str(error)) from error


def _checked(address: str) -> str:
    if urlsplit(address).scheme not in ("http", "https"):
        raise OSError(f"{address} is no address of a witness")
    return address.rstrip("/")
