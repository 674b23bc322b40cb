"""A way out that only records, for tests and for integrators: the same checks as the real ones, and no network."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from passerelle.channels.sending import NotSent, Outgoing, refused
from passerelle.words import sentence


@dataclass
class Recording:
    """Keeps what was handed over, each message once by its id, as a recipient does that knows second copies.

    `failing`: so many tries fail before one is taken; `for_good`: they fail for good.
    """

    failing: int = 0
    for_good: bool = False
    taken: list[Outgoing] = field(default_factory=list)
    tries: list[tuple[datetime, str]] = field(default_factory=list)

    def check(self, address: str) -> None:
        """Raises AddressRefused for an empty address, or one with a line break."""
        if not address or not address.isprintable() or " " in address:
            raise refused(address)

    def send(self, message: Outgoing, *, now: datetime) -> None:
        """Record it. Raises NotSent as often as it was told to."""
        self.check(message.to)
        self.tries.append((now, message.id))
        if self.failing > 0:
            self.failing -= 1
            raise NotSent("recording.refused", sentence("The other side refused."), for_good=self.for_good)
        if message.id not in {one.id for one in self.taken}:
            self.taken.append(message)
