"""The one place that writes the ledger: a transaction, its effective time, and its lines, all or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from passerelle.flow import once
from passerelle.ledger import canonical, chain
from passerelle.ledger.events import Event
from passerelle.records import wall
from passerelle.records.models.ledger import LedgerHead, LedgerLine


class Journal:
    """The lines of one transaction, in order. `now` is its effective time: never before the ledger's last line.

    A clock that jumps back therefore postpones nothing by more than the jump, and no line is dated before another.
    """

    def __init__(self, now: datetime, head: LedgerHead) -> None:
        self.now = now if head.last_at is None else max(now, head.last_at)
        self._head = head
        self._events: list[Event] = []

    def write(self, event: Event) -> None:
        """Add a line; it is written when the transaction ends well, and not at all when it does not."""
        self._events.append(event)

    @property
    def events(self) -> tuple[Event, ...]:
        """The lines so far."""
        return tuple(self._events)

    def flush(self) -> None:
        """Put the lines into the table, grow the tree, move the head: three writes for any number of lines."""
        if not self._events:
            return
        frontier = chain.Frontier.from_bytes(bytes(self._head.frontier))
        lines = []
        for index, event in enumerate(self._events, start=self._head.size):
            entry = canonical.encode(kind=type(event).__name__, at=self.now, index=index, facts=event.facts())
            leaf = chain.leaf_hash(entry)
            frontier.append(leaf)
            lines.append(LedgerLine(index=index, kind=type(event).__name__, entry=entry.decode(), leaf=leaf.hex()))
        LedgerLine.objects.bulk_create(lines)
        self._head.size += len(lines)
        self._head.frontier = frontier.to_bytes()
        self._head.last_at = self.now
        self._head.save(update_fields=["size", "frontier", "last_at"])
        self._events.clear()


@contextmanager
def journal(now: datetime) -> Iterator[Journal]:
    """One transaction that ends with its ledger lines, or leaves nothing at all.

    The ledger's head is locked first, so that on PostgreSQL verbs queue here instead of deadlocking later; on SQLite
    the transaction is IMMEDIATE and holds the write lock anyway. Verbs do not nest. They see both sides: behind the
    second wall (`records/wall.py`) a verb is the house, and asks its rules itself what its officer may see.
    """
    assert now.tzinfo is not None, "a verb's `now` must know its time zone"
    with transaction.atomic(durable=True), wall.as_house():
        head, _ = LedgerHead.objects.select_for_update().get_or_create(name="ledger")
        lines = Journal(now, head)
        once.begin(lines.now)
        yield lines
        once.end(lines.now, lines.events)
        lines.flush()


def effective(now: datetime) -> datetime:
    """The time that a verb begun at `now` would write: never before the ledger's last line."""
    last = LedgerHead.objects.filter(name="ledger").values_list("last_at", flat=True).first()
    return now if last is None else max(now, last)


def head() -> tuple[int, str]:
    """How many lines the ledger has, and the root hash over them in hex."""
    row = LedgerHead.objects.filter(name="ledger").first()
    if row is None:
        return 0, chain.Frontier().root().hex()
    return row.size, chain.Frontier.from_bytes(bytes(row.frontier)).root().hex()


def entries(start: int = 0) -> Iterator[str]:
    """The canonical entries from line `start` on, streamed in order."""
    rows = LedgerLine.objects.filter(index__gte=start).order_by("index").values_list("entry", flat=True)
    yield from rows.iterator(chunk_size=5000)


def frontier() -> chain.Frontier:
    """The right edge of the tree as it stands: its size and its root."""
    row = LedgerHead.objects.filter(name="ledger").first()
    return chain.Frontier() if row is None else chain.Frontier.from_bytes(bytes(row.frontier))


def leaves(start: int, count: int) -> Iterator[bytes]:
    """The leaf hashes of `count` lines from line `start` on, streamed in order."""
    rows = LedgerLine.objects.filter(index__gte=start, index__lt=start + count).order_by("index")
    for leaf in rows.values_list("leaf", flat=True).iterator(chunk_size=20_000):
        yield bytes.fromhex(leaf)


def lines_of_duty(duty: str) -> Iterator[tuple[int, str]]:
    """Place and canonical entry of each line of one duty, in order; reads through the whole ledger."""
    rows = LedgerLine.objects.filter(kind__in=("DutyRaised", "DutyMoved"), entry__contains=f'"duty":"{duty}"')
    yield from rows.order_by("index").values_list("index", "entry")
