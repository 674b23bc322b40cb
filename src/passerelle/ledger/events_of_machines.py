"""The facts of machines: their accounts, their keys, the channels by which desks are told."""

from __future__ import annotations

from dataclasses import dataclass

from passerelle.ledger.event import Event


@dataclass(frozen=True, slots=True)
class AccountOpened(Event):
    """A machine got a seat in a service, with the scopes of what it may do; its requests are signed."""

    account: str
    officer: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccountChanged(Event):
    """An account got other scopes, or ended: then it has none, and none of its keys counts any more."""

    account: str
    scopes: tuple[str, ...]
    ended: bool


@dataclass(frozen=True, slots=True)
class AccountKeyAdded(Event):
    """An account got a public key, by which its requests are known from now on."""

    account: str
    key: str
    public: str


@dataclass(frozen=True, slots=True)
class AccountKeyEnded(Event):
    """A key of an account counts until a moment, and no longer."""

    account: str
    key: str
    until: str


@dataclass(frozen=True, slots=True)
class ChannelAdded(Event):
    """A desk (`officer` empty), or one officer, is told by e-mail or webhook too. The address stands in the tables."""

    channel: str
    service: str
    officer: str
    kind: str


@dataclass(frozen=True, slots=True)
class ChannelEnded(Event):
    """Nothing goes out by a channel any more."""

    channel: str


@dataclass(frozen=True, slots=True)
class MessageParked(Event):
    """A message did not arrive after its last try; a named person was told, and is told again until it is resent."""

    message: str
    channel: str
    fault: str


@dataclass(frozen=True, slots=True)
class MessageResent(Event):
    """A parked message is tried again."""

    message: str
    channel: str
