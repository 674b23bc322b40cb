"""A command that is repeated counts once: it is noted in the transaction that carries it out, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac

from passerelle.errors import Refused
from passerelle.ledger.events import Event
from passerelle.records.models import Account
from passerelle.records.models import Command as Row
from passerelle.words import sentence

KEPT = timedelta(days=7)
"""So long a command is known again. Who has waited longer looks first what became of it."""

MADE: dict[str, str] = {
    "ReportFiled": "report", "DossierOpened": "dossier", "InterestAsked": "proposal", "Withheld": "withholding",
}  # fmt: skip
"""What came into being, by the fact that tells it: its field that names the thing."""


class OtherCommand(Refused):
    """The key of a command was used before, for another one."""

    code = "command.other"


class CountedAlready(Exception):
    """The command was carried out before; `made` is what came of it."""

    def __init__(self, made: str) -> None:
        super().__init__(made)
        self.made = made


@dataclass(slots=True)
class Command:
    """One request with the key its sender gave it; `noted` once its transaction has begun."""

    account: Account
    key: str
    request: str
    noted: bool = False
    made: str = ""


_running: ContextVar[Command | None] = ContextVar("command", default=None)


@contextmanager
def command(account: Account, key: str, request: bytes) -> Iterator[Command | None]:
    """Within it, the first transaction of a verb notes this command; without a key nothing is noted.

    Raises CountedAlready and OtherCommand from within the verb, before it has changed anything.
    """
    if not key:
        yield None
        return
    running = Command(account=account, key=_digest("key", key.encode()), request=_digest("request", request))
    token = _running.set(running)
    try:
        yield running
    finally:
        _running.reset(token)


def begin(now: datetime) -> None:
    """A transaction of a verb begins, alone behind the ledger's head: was its command carried out before?"""
    running = _running.get()
    if running is None or running.noted:
        return
    row = Row.objects.filter(account=running.account, key=running.key).first()
    if row is not None and row.done_at > now - KEPT:
        if row.request != running.request:
            raise OtherCommand(
                sentence("This key was used before, for another command."),
                way_out=sentence("Give each command a key of its own; send the same key only with the same command."),
            )
        raise CountedAlready(row.made)


def end(now: datetime, events: Sequence[Event]) -> None:
    """The transaction ends well: the command is noted in it, with what came into being."""
    running = _running.get()
    if running is None or running.noted:
        return
    for event in events:
        field = MADE.get(type(event).__name__)
        if field is not None:
            running.made = str(getattr(event, field))
            break
    Row.objects.filter(done_at__lte=now - KEPT).delete()
    Row.objects.create(
        account=running.account, key=running.key, request=running.request, made=running.made, done_at=now
    )
    running.noted = True


def _digest(kind: str, said: bytes) -> str:
    return salted_hmac(f"passerelle.command.{kind}", said.decode("latin-1"), algorithm="sha256").hexdigest()
