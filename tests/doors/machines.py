"""Machines for tests: an account of a service and a role, whose signed requests go through Django's own client."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.test import Client as Browser

from passerelle import signing
from passerelle.flow import accounts
from passerelle.records.models import Account, Officer, Service
from passerelle.records.models.accounts import SCOPES
from passerelle.testing.client import Answer, Client
from passerelle.testing.makers import NOON

ADDRESS = "http://testserver"


def through_django(method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
    sent = {
        "HTTP_" + name.upper().replace("-", "_"): value for name, value in headers.items() if name != "content-type"
    }
    answer = Browser(raise_request_exception=False).generic(
        method, url.removeprefix(ADDRESS), body, content_type=headers.get("content-type", ""), **sent
    )
    return answer.status_code, {name.lower(): value for name, value in answer.items()}, answer.content


def machine(
    of: Service, role: str = "desk", *, scopes: Sequence[str] = tuple(SCOPES), now: datetime = NOON,
    clock: Callable[[], float] = time.time,
) -> Client:  # fmt: skip
    """A machine of a service in a role: with all scopes, unless others are given."""
    private = hashlib.sha256(f"{of.key}.{role}.{Account.objects.count()}".encode()).digest()
    account, key = accounts.open_account(
        username=f"{of.key}.{role}.machine.{Officer.objects.count()}", name=f"machine of {of.key}", service=of,
        role=role, scopes=scopes, public=signing.public_of(private), language=of.languages[0], now=now,
    )  # fmt: skip
    client = Client(ADDRESS, key.ref, private, send=through_django, now=clock)
    client.account = account  # type: ignore[attr-defined]
    return client


def status(client: Client, method: str, path: str, body: Any = None, **more: Any) -> int:
    return client.call(method, path, body, **more)[0]
