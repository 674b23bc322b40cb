"""What goes out, whatever the way: a pointer in the recipient's language, and what it means that it did not arrive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Protocol

import yaml

from passerelle.errors import Refused
from passerelle.words import Sentence, sentence

_PATH = Path(__file__).parent / "data" / "retries.yaml"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message. `id` is the same at every try: its recipient knows a second copy by it. `facts` are for machines,
    and hold references and moments only; `subject` and `text` are for people, and hold no more."""

    id: str
    to: str
    subject: str
    text: str
    facts: Mapping[str, str]


class NotSent(Refused):
    """A message that did not arrive, as far as we know. `for_good`: trying again would not help."""

    code = "channel.not_sent"

    def __init__(self, fault: str, says: Sentence, *, for_good: bool = False, way_out: Sentence | None = None) -> None:
        super().__init__(says, way_out=way_out)
        self.fault = fault[:60]
        self.for_good = for_good


class AddressRefused(Refused):
    """An address to which nothing is sent from here."""

    code = "channel.address_refused"


class Way(Protocol):
    """One way out: e-mail, a webhook, or the double that only records."""

    def check(self, address: str) -> None:
        """Raises AddressRefused for what this way does not send to."""

    def send(self, message: Outgoing, *, now: datetime) -> None:
        """Hand it over. Raises NotSent; returning means that the other side took it."""


@dataclass(frozen=True, slots=True)
class Retries:
    """The table of tries: the waits after each that failed, how long a relay may be at one, when it is told again."""

    waits: tuple[timedelta, ...]
    lease: timedelta
    told_again: timedelta


@cache
def retries() -> Retries:
    """The shipped table."""
    table = yaml.safe_load(_PATH.read_text(encoding="utf-8"))
    return Retries(
        tuple(timedelta(seconds=wait) for wait in table["waits_seconds"]),
        timedelta(seconds=table["lease_seconds"]),
        timedelta(hours=table["told_again_hours"]),
    )


def refused(address: str, says: str = "") -> AddressRefused:
    """The refusal of an address."""
    return AddressRefused(
        sentence("Nothing is sent to {address} from here.", address=address[:200]),
        way_out=sentence(
            "Give a plain e-mail address, or an https address on a host of the setting `webhook_hosts`."
        ),
    )
