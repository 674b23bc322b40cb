"""Opens a page as a reader would: where it asks what it is read for, the first purpose that is offered is given."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

ASKS = re.compile(r'action="(/why/[^"]+)"')
OFFERED = re.compile(r'name="purpose" value="([a-z_]+)"')


def asks(answer: Any) -> bool:
    """Whether the page asks what for, and shows nothing yet."""
    return answer.status_code == 200 and bool(ASKS.search(answer.content.decode()))


def opened(client: Client, address: str) -> Any:
    """The page at last, whatever it asked first."""
    answer = client.get(address)
    if not asks(answer):
        return answer
    page = answer.content.decode()
    given = client.post(ASKS.findall(page)[0], {"purpose": OFFERED.findall(page)[0], "reason": "a test that reads"})
    assert given.status_code == 302, given.content.decode()
    return client.get(given["Location"])
