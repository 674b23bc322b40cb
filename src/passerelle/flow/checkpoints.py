"""The ledger shown to outsiders: checkpoints signed once a minute, witnesses asked, receipts, what must stop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from passerelle.errors import Refused
from passerelle.flow import duties, ledger_lines
from passerelle.ledger import chain, checkpoint, notes, receipt, witness
from passerelle.ledger.notes import Key, Note
from passerelle.records import sealed, wall
from passerelle.records.models import Checkpoint, Notice, Service, Witness
from passerelle.words import Sentence, sentence

SIGNED_EVERY = timedelta(seconds=60)
"""No two checkpoints are signed closer together, however fast the ledger grows."""

ASKED_EVERY = timedelta(seconds=60)
"""A witness that could not be reached is asked again after so long."""

SILENT_MAX = timedelta(minutes=10)
"""A ledger that does not grow is shown again after so long: a house set back to an old backup hears of it."""

UNWITNESSED_MAX = timedelta(hours=24)
"""After so long without any witness, nothing is exported; what comes in still comes in."""

SIZE_FIGURES_MAX = 18
"""Of the size of a ledger, as a witness says it."""

Send = Callable[[str, str], tuple[int, str]]
"""Sends a body to an address; an HTTP status and a body come back. Raises OSError when nobody answers."""


class NoCheckpoint(Refused):
    """Nothing was signed yet that could be shown."""

    code = "ledger.no_checkpoint"


class NoWitnessLately(Refused):
    """No witness vouched for the ledger for a day: exports wait."""

    code = "ledger.no_witness_lately"


class NoSuchDuty(Refused):
    """The ledger has no line of this duty, or none under the last checkpoint yet."""

    code = "ledger.no_such_duty"


@dataclass(frozen=True, slots=True)
class Configured:
    """A witness of the settings: the key it signs with, and where it listens (empty: it is asked by files)."""

    key: Key
    url: str


def configured() -> tuple[Configured, ...]:
    """The witnesses of the setting `witnesses`: `KEY URL, KEY URL`; a key alone is asked by files. Raises NotAKey."""
    parts = [part.split() for part in str(settings.WITNESSES).split(",") if part.strip()]
    return tuple(Configured(notes.key_from(part[0]), part[1] if len(part) > 1 else "") for part in parts)


def origin() -> str:
    """The name of this ledger. Raises NoCheckpoint for one without a line."""
    for leaf in ledger_lines.leaves(0, 1):
        return checkpoint.origin_of(leaf)
    raise NoCheckpoint(sentence("The ledger has no line yet."))


def log_key() -> Key:
    """The key by which others check what this ledger signed. Raises KeysMissing, NoCheckpoint."""
    return notes.key_of(origin(), sealed.keys().active("signing")[1], notes.LOG)


@wall.as_house()
def sign(*, now: datetime) -> Checkpoint | None:
    """Sign a checkpoint of the ledger as it stands, if it grew and the last is a minute old; else none is made."""
    last = Checkpoint.objects.last()
    if last is not None and abs(now - last.made_at) < SIGNED_EVERY:
        return None
    frontier = ledger_lines.frontier()
    if frontier.size == 0 or (last is not None and frontier.size <= last.size):
        return None
    said = checkpoint.Checkpoint(origin(), frontier.size, frontier.root())
    made, fresh = Checkpoint.objects.get_or_create(
        size=said.size,
        defaults={
            "root": said.root.hex(),
            "frontier": frontier.to_bytes(),
            "note": str(checkpoint.signed(said, sealed.keys().active("signing")[1])),
            "made_at": now,
        },
    )
    return made if fresh else None


def newest() -> Checkpoint:
    """The newest checkpoint. Raises NoCheckpoint."""
    found = Checkpoint.objects.last()
    if found is None:
        raise NoCheckpoint(
            sentence("No checkpoint was signed yet."),
            way_out=sentence("The worker signs one a minute: `passerelle serve`, or `passerelle work --once`."),
        )
    return found


@wall.as_house()
def request(*, since: int) -> str:
    """What to ask a witness that saw `since` lines: the newest checkpoint and the proof. Raises NoCheckpoint."""
    return _request(newest(), since)


def _request(shown: Checkpoint, since: int) -> str:
    if since >= shown.size or since == 0:
        proof: list[bytes] = []
    elif (old := Checkpoint.objects.filter(size=since).first()) is not None:
        frontier = chain.Frontier.from_bytes(bytes(old.frontier))
        proof = chain.consistency_proof_after(
            frontier, ledger_lines.leaves(since, shown.size - since), size=shown.size
        )
    else:
        proof = chain.consistency_proof(ledger_lines.leaves(0, shown.size), first=since, size=shown.size)
    signed = notes.read(shown.note)
    ours = tuple(one for one in signed.signatures if one.name == checkpoint.said_by(signed).origin)
    return str(witness.Request(since, tuple(proof), Note(signed.text, ours)))


@wall.as_house()
def ask_witnesses(*, now: datetime, send: Send) -> list[Witness]:
    """Show the newest checkpoint to each witness with an address that has not vouched for it; those that were asked.

    Nothing waits for a witness: one that does not answer, or refuses, leaves its trouble here and is asked again.
    """
    asked = []
    for one in configured():
        shown = Checkpoint.objects.last()
        if shown is None or not one.url:
            continue
        row, _ = Witness.objects.get_or_create(name=one.key.name)
        lately = row.vouched_at is not None and abs(now - row.vouched_at) < SILENT_MAX
        if lately and row.seen_size >= shown.size and not row.trouble:
            continue
        if not _claim(row, now):
            continue
        try:
            status, body = send(one.url, _request(shown, row.seen_size))
            known = _size_said(body) if status == 409 else row.seen_size
            known = row.seen_size if known is None else known
            if known != row.seen_size and known <= shown.size:  # another size than we believed: told, we ask from there
                status, body = send(one.url, _request(shown, known))
        except OSError as error:
            _trouble(row, sentence("{witness} does not answer: {error}", witness=row.name, error=str(error)), now)
        else:
            _heard(row, one.key, shown, status, body, now)
        asked.append(row)
    return asked


@wall.as_house()
def take_signature(*, line: str, now: datetime) -> Witness:
    """A witness's signature that came by file is added to the newest checkpoint. Raises NotANote, NoCheckpoint."""
    shown = newest()
    name = notes.signature_from(line.strip()).name
    for one in configured():
        if one.key.name == name:
            row, _ = Witness.objects.get_or_create(name=name)
            _heard(row, one.key, shown, 200, line.strip() + "\n", now)
            return row
    raise notes.NotAKey(
        sentence("{name} is no witness of the settings.", name=name),
        way_out=sentence("Add its key to `witnesses` in passerelle.toml."),
    )


def refuse_unwitnessed(*, now: datetime) -> None:
    """Raises NoWitnessLately where witnesses are configured and none vouched for a day."""
    names = [one.key.name for one in configured()]
    if not names:
        return
    times = [at for at in Witness.objects.filter(name__in=names).values_list("vouched_at", flat=True) if at]
    first = Checkpoint.objects.first()
    since = max(times) if times else first.made_at if first is not None else now
    if now - since > UNWITNESSED_MAX:
        raise NoWitnessLately(
            sentence(
                "No witness has vouched for this ledger since {since}; nothing is exported before one does.",
                since=duties.said_moment(since),
            ),
            way_out=sentence("Start the witness, or ask it by file: docs/how-to/witness.md."),
        )


@wall.as_house()
def receipt_of(duty: str) -> bytes:
    """The receipt of a duty's lines under the newest checkpoint that covers them, with whoever vouches for it.

    Raises NoSuchDuty, NoCheckpoint.
    """
    shown = newest()
    lines = list(ledger_lines.lines_of_duty(duty))
    covered = [(index, entry) for index, entry in lines if index < shown.size]
    if not covered:
        raise NoSuchDuty(
            sentence("The ledger has no line of {duty} under its last checkpoint.", duty=duty),
            way_out=sentence("If it was raised just now, wait a minute: the worker signs the next one."),
        )
    vouched = Checkpoint.objects.filter(size__gt=covered[-1][0]).order_by("size")
    best = max(vouched, key=lambda one: (one.note.count("\n— "), one.size))
    leaves = ledger_lines.leaves(0, best.size)
    return receipt.make(duty, entries=covered, leaves=leaves, note=notes.read(best.note))


def _claim(row: Witness, now: datetime) -> bool:
    """One worker asks at a time: whether this one may."""
    mine = Witness.objects.filter(pk=row.pk, asked_at=row.asked_at)
    if row.asked_at is not None and abs(now - row.asked_at) < ASKED_EVERY:
        return False
    return bool(mine.update(asked_at=now))


def _heard(row: Witness, key: Key, shown: Checkpoint, status: int, body: str, now: datetime) -> None:
    if status == 200:
        signed = notes.read(shown.note)
        try:
            with_it = Note(signed.text, (*signed.signatures, *(map(notes.signature_from, body.strip().split("\n")))))
        except notes.NotANote:
            with_it = signed
        if notes.signed_by(with_it, key) is not None:
            with transaction.atomic():
                Checkpoint.objects.filter(pk=shown.pk).update(note=str(with_it))
                row.seen_size, row.vouched_at, row.trouble, row.alarm = shown.size, now, "", False
                row.save()
            return
        says = sentence("What {witness} answered is no signature of its key.", witness=row.name)
        _trouble(row, says, now)
    elif status == 409 and (known := _size_said(body)) is not None and known > ledger_lines.frontier().size:
        says = sentence(
            "{witness} saw {known} lines of this ledger, which has {size}: lines are missing here.",
            witness=row.name, known=known, size=ledger_lines.frontier().size,
        )  # fmt: skip
        _trouble(row, says, now, alarm=True)
    elif status in (409, 422):
        says = sentence(
            "{witness} saw another history than this ledger tells, and does not sign it.", witness=row.name
        )
        _trouble(row, says, now, alarm=True)
    else:
        _trouble(row, sentence("{witness} refused: {status}", witness=row.name, status=str(status)), now)


def _size_said(body: str) -> int | None:
    """The size that a witness says it knows; None for what is no size of a ledger."""
    text = body.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= SIZE_FIGURES_MAX else None


def _trouble(row: Witness, says: Sentence, now: datetime, *, alarm: bool = False) -> None:
    """Keep what is wrong; oversight is told of an alarm once, when it begins."""
    told = row.alarm
    row.trouble, row.alarm = str(says), alarm
    with transaction.atomic():
        row.save()
        if alarm and not told:
            for service in Service.objects.filter(kind="oversight"):
                Notice.objects.create(service=service, kind="witness", says=says.to_json(), told_at=now)


def troubles() -> Iterator[tuple[bool, str]]:
    """What is wrong with the witnesses of the settings: whether it is an alarm, and the sentence."""
    for one in configured():
        row = Witness.objects.filter(name=one.key.name).first()
        if row is not None and row.trouble:
            yield row.alarm, row.trouble
