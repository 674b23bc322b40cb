"""The one place that writes the ledger: a transaction, its effective time, and its lines, all or nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from passerelle.duty.effective import EffectiveTime
from passerelle.duty.effective import effective as effective_time
from passerelle.flow import commit_points, once, rules_in_force
from passerelle.flow.told_together import Together
from passerelle.ledger import canonical, chain
from passerelle.ledger.events import Event
from passerelle.ledger.events_of_clocks import ClockWentBack
from passerelle.policy import tables
from passerelle.records import wall
from passerelle.records.models import Message, Notice
from passerelle.records.models.ledger import LedgerHead, LedgerLine

LINES_OF_A_COPY = 'SELECT entry, leaf FROM records_ledgerline ORDER BY "index"'
HEAD_OF_A_COPY = "SELECT size, frontier FROM records_ledgerhead"
"""How a backup reads the ledger of the copy it made, over a connection that is not Django's."""


class Journal:
    """The lines of one transaction, in order. `now` is its effective time (`duty.effective`): no line is dated before
    another, and a clock on the wall that went back is noted in a line of its own.
    """

    def __init__(self, now: datetime, head: LedgerHead) -> None:
        told = _told(now, head)
        self.now, self.ahead = told.at, told.ahead
        self._head, self._wall, self._set_right = head, now, False
        self._events: list[Event] = []
        self.channels: dict[int, list[Any]] = {}
        """The channels of services, as this transaction read them once."""
        self.overloads: dict[int, dict[str, Any]] = {}
        """What services signed that they have too few people for, by kind of duty; read once. A verb that signs one or
        ends one raises nothing that it would defer."""
        self.together = Together()
        """Duties and deliveries for very many, written together."""
        self.notices: list[Notice] = []
        self.messages: list[Message] = []
        """What is told, and what is put out for channels: rows that are written with the lines, all at once."""
        if told.went_back:
            self.write(ClockWentBack(seconds=int(told.went_back.total_seconds())))

    def set_right(self) -> None:
        """From the end of this transaction on, the clock on the wall counts again: the lead was a false jump."""
        self._set_right = True

    def write(self, event: Event) -> None:
        """Add a line; it is written when the transaction ends well, and not at all when it does not."""
        self._events.append(event)

    def put_in_force(self, table: str, ref: str) -> None:
        """From the next transaction on, this version of a table of rules decides."""
        self._head.rules = {**self._head.rules, table: ref}
        self._head.save(update_fields=["rules"])

    @property
    def events(self) -> tuple[Event, ...]:
        """The lines so far."""
        return tuple(self._events)

    def flush(self) -> None:
        """Put the lines into the table, grow the tree, move the head: three writes for any number of lines.
        What is told and put out stands before them, in one write each."""
        self.together.put()
        Notice.objects.bulk_create(self.notices)
        Message.objects.bulk_create(self.messages)
        self.notices.clear()
        self.messages.clear()
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
        if self._set_right:
            self._head.last_at = self._head.seen_at = self._wall
            self._head.ahead, self._head.back_at = timedelta(), None
        else:
            self._head.last_at, self._head.ahead = self.now, self.ahead
            self._head.back_at = (self._head.back_at or self._wall) if self.ahead else None
        self._head.save(update_fields=["size", "frontier", "last_at", "seen_at", "ahead", "back_at"])
        self._events.clear()


@contextmanager
def journal(now: datetime) -> Iterator[Journal]:
    """One transaction that ends with its ledger lines, or leaves nothing at all.

    The ledger's head is locked first, so that on PostgreSQL verbs queue here instead of deadlocking later; on SQLite
    the transaction is IMMEDIATE and holds the write lock anyway. Verbs do not nest. They see both sides: behind the
    second wall (`records/wall.py`) a verb is the house, and asks its rules itself what its officer may see.
    """
    assert now.tzinfo is not None, "a verb's `now` must know its time zone"
    point = commit_points.here()
    with transaction.atomic(durable=True), wall.as_house():
        head, _ = LedgerHead.objects.select_for_update().get_or_create(name="ledger")
        lines = Journal(now, head)
        once.begin(lines.now)
        commit_points.reached(point, "begun")
        with tables.in_force(rules_in_force.parsed(head.rules)):
            yield lines
        commit_points.reached(point, "changed")
        once.end(lines.now, lines.events)
        lines.flush()
        commit_points.reached(point, "written")
    commit_points.reached(point, "committed")


def _told(now: datetime, head: LedgerHead | None) -> EffectiveTime:
    if head is None:
        return effective_time(now, None, timedelta())
    floors = [moment for moment in (head.last_at, head.seen_at) if moment is not None]
    return effective_time(now, max(floors, default=None), head.ahead)


def effective(now: datetime) -> datetime:
    """The time that a verb begun at `now` would write: never before the ledger's last line."""
    return _told(now, LedgerHead.objects.filter(name="ledger").first()).at


def look_at_the_clock(now: datetime) -> datetime:
    """The effective time; where the clock on the wall went back, a line says so before anything else happens."""
    told = _told(now, LedgerHead.objects.filter(name="ledger").first())
    if told.went_back:
        with journal(now) as lines:
            return lines.now
    return told.at


@contextmanager
def rules_applied() -> Iterator[None]:
    """What is asked of the rules in here, outside a verb, is answered by the versions in force."""
    named = LedgerHead.objects.filter(name="ledger").values_list("rules", flat=True).first()
    with tables.in_force(rules_in_force.parsed(named or {})):
        yield


def keep_time(at: datetime) -> None:
    """The worker has acted on everything up to this effective time: it never runs back behind it."""
    heads = LedgerHead.objects.filter(Q(seen_at__isnull=True) | Q(seen_at__lt=at), name="ledger")
    heads.update(seen_at=at)


def lead() -> tuple[timedelta, datetime | None]:
    """How far effective time runs before the clock on the wall, and when that clock was found to have gone back."""
    row = LedgerHead.objects.filter(name="ledger").first()
    return (timedelta(), None) if row is None else (row.ahead, row.back_at)


def lines_since(moment: datetime, kinds: frozenset[str] = frozenset()) -> Iterator[dict[str, Any]]:
    """The entries dated after a moment, of these kinds (of all, where none are named), in order, read as JSON. Lines
    are in order of time but for clocks that were set right: it is looked for from the end."""
    lines = LedgerLine.objects.filter(kind__in=sorted(kinds)) if kinds else LedgerLine.objects.all()
    rows = lines.order_by("-index").values_list("entry", flat=True)
    found = []
    for text in rows.iterator(chunk_size=2000):
        entry = json.loads(text)
        if datetime.fromisoformat(entry["at"]) <= moment:
            break
        found.append(entry)
    yield from reversed(found)


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


def entries_of(kinds: frozenset[str]) -> Iterator[str]:
    """The canonical entries of some kinds, from the first line, streamed in order."""
    rows = LedgerLine.objects.filter(kind__in=sorted(kinds)).order_by("index").values_list("entry", flat=True)
    yield from rows.iterator(chunk_size=5000)


def entries_between(kinds: frozenset[str], start: int, stop: int) -> Iterator[str]:
    """The canonical entries of some kinds from line `start` on, before line `stop`, streamed in order."""
    rows = LedgerLine.objects.filter(index__gte=start, index__lt=stop, kind__in=sorted(kinds)).order_by("index")
    yield from rows.values_list("entry", flat=True).iterator(chunk_size=5000)


def leaf_at(index: int) -> str:
    """The hash of the leaf of one line, in hex; empty where there is no such line."""
    return LedgerLine.objects.filter(index=index).values_list("leaf", flat=True).first() or ""


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
