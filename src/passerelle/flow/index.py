"""What can be searched for follows the tables: read at the worker's beat, gone in the transaction that ends it.

Nothing of a text stands in the index but digests made with the key of the index, one space of readers apart from the
next, and sealed vectors. What was filed is found one beat later; what may not be found any more is found by nobody from
the commit on that says so (docs/decisions/0018).
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.db.models import F, Q, QuerySet

from passerelle.flow.ledger_lines import journal
from passerelle.intake.language import detect_language
from passerelle.intake.text_things import find_addresses
from passerelle.names.places import parse_address
from passerelle.names.streets import kind_of
from passerelle.records import sealed, wall
from passerelle.records.models import Delivery, Dossier, Findable, Report, ReportVersion, Service, Subject
from passerelle.search import encoder, entries
from passerelle.words import LANGUAGES

STAYS_OUT, BROKEN = 32_767, 32_766
"""In the column `index_form`: what is not to be found, and what could not be read; 0 waits."""

AT_ONCE = 20
SENTENCES_MAX = 12
LONELY_STREET_SIGNS_MIN = 7
"""So many sentences of a text get a vector of their own; the whole has one anyway."""

_log = logging.getLogger(__name__)
_NAMES = frozenset({"name", "alias", "weakAlias", "previousName", "firstName", "middleName", "lastName", "maidenName"})
_STREETS = frozenset({"address", "full", "street"})
_NOT_LOOKED_FOR = frozenset({"gender", "country", "nationality", "topics", "language", "sourceUrl"})

Thing = Report | Delivery | Dossier
KINDS: dict[str, type[Any]] = {"report": Report, "delivery": Delivery, "dossier": Dossier}


@dataclass(frozen=True, slots=True)
class Said:
    """What a thing says to its readers, and whose these are."""

    service: int
    space: str
    language: str
    text: str
    subjects: Sequence[tuple[str, dict[str, Any]]]
    version: int


def space_of(service: int, handling: str = "open", author: int | None = None) -> str:
    """The readers who may all see the same: a service's; of a sealed report its desk and its author."""
    return f"{service}.sealed.{author or 0}" if handling == "sealed" else str(service)


def to_be_found(kind: str) -> QuerySet[Any]:
    """The things of a kind that may be found by searching: no pointer says anything; what is gone, recalled or of
    restricted use is left alone."""
    if kind == "report":
        return Report.objects.filter(gone="", restriction="")
    if kind == "delivery":
        rows = Delivery.objects.filter(report__gone="", report__restriction="")
        return rows.exclude(form="pointer").exclude(evidence="recalled")
    return Dossier.objects.all()


def said_by(thing: Thing) -> Said | None:
    """What a thing says; None where nothing is left of it."""
    if isinstance(thing, Report):
        said = ReportVersion.objects.filter(report=thing, number=thing.version).first()
        if said is None:
            return None
        space = space_of(thing.service_id, thing.handling, thing.author_id)
        note = f"{said.text}\n{thing.handling_note}" if thing.handling_note else str(said.text)
        return Said(thing.service_id, space, said.language, note, _subjects(thing.spoken_of()), thing.version)
    if isinstance(thing, Delivery):
        content = thing.content
        subjects = [(one.get("caption", ""), one.get("properties", {})) for one in content.get("subjects", ())]
        text = f"{content.get('text', '')}\n{content.get('handling_note', '')}".strip()
        return Said(thing.recipient_id, space_of(thing.recipient_id), content.get("language", ""), text, subjects, 0)
    text = f"{thing.title}\n{thing.note}".strip()
    return Said(thing.service_id, space_of(thing.service_id), thing.language, text, _subjects(thing.subjects.all()), 0)


def _subjects(rows: Iterable[Subject]) -> list[tuple[str, dict[str, Any]]]:
    return [(str(row.caption), row.properties) for row in rows]


def entries_of(said: Said) -> set[str]:
    """Everything that a thing is found by."""
    language = said.language if said.language in LANGUAGES else detect_language(said.text)
    found = entries.of_text(said.text, language)
    for street in streets_in(said.text):
        found |= entries.of_street(street)
    for caption, properties in said.subjects:
        found |= entries.of_text(caption, language)
        for name, values in properties.items():
            for value in values if isinstance(values, list | tuple) else ():
                found |= _of_value(name, str(value), language)
    return found


def _of_value(name: str, value: str, language: str) -> set[str]:
    if name in _NAMES:
        return {*entries.of_name(value), *entries.of_text(value, language)}
    if name in _STREETS:
        street = parse_address(value).street
        return set(entries.of_street(street)) if street else set()
    if name in _NOT_LOOKED_FOR:
        return set()
    return entries.of_number(value) | entries.of_text(value, language)


def streets_in(text: str) -> list[str]:
    """The streets that a text names, in any of the four languages."""
    found = (parse_address(mention.text).street for mention in find_addresses(text))
    return list(dict.fromkeys(street for street in found if street))


def streets_asked(text: str) -> list[str]:
    """The streets that a question names: as in a text, and a street's name alone, without a number or a town."""
    found = streets_in(text)
    for token in text.split():
        kinds, language = kind_of(token)
        if kinds and language is not None and len(token) > LONELY_STREET_SIGNS_MIN:
            found.append(token)
    parsed = parse_address(text)
    kinds, language = kind_of(text)
    if parsed.street and kinds and language is not None:
        found.append(parsed.street)
    return list(dict.fromkeys(found))


def meanings_of(said: Said, ask: encoder.Encoder) -> tuple[str, str]:
    """The vector of the whole text, and those of its sentences, as they are sealed; empty where there is no text."""
    if not said.text.strip():
        return "", ""
    parts = entries.sentences(said.text)[:SENTENCES_MAX]
    vectors = encoder.in_steps(ask.encode([said.text, *parts]))
    return packed(vectors[:1]), packed(vectors[1:])


def packed(vectors: Any) -> str:
    """Vectors as text."""
    return base64.b85encode(vectors.tobytes()).decode() if len(vectors) else ""


def unpacked(text: str) -> Any:
    """Back from `packed`: one row for each vector."""
    return np.frombuffer(base64.b85decode(text), dtype=np.int8).reshape(-1, encoder.SIZE)


def the_encoder() -> encoder.Encoder | None:
    """The encoder of this installation; None where its setting switches it off."""
    return encoder.sentence_encoder() if settings.SENTENCE_ENCODER else None


@wall.as_house()
def follow(*, now: datetime, limit: int = AT_ONCE, told: Callable[[int], None] = lambda done: None) -> int:
    """Read up to `limit` things that wait, and put them into the index; how many were done. What cannot be read is
    written to the log, left out, and told by `faults`. A database that cannot be reached stops it."""
    done = 0
    for kind, model in KINDS.items():
        waiting = list(model.objects.filter(index_form=0).order_by("pk").values_list("pk", flat=True)[: limit - done])
        for pk in waiting:
            try:
                _index(kind, pk, now)
            except (OperationalError, InterfaceError):
                raise
            except Exception:  # noqa: BLE001 (whatever it is, the others are read; `faults` tells of it)
                _log.exception("%s %s could not be read for searching", kind, pk)
                model.objects.filter(pk=pk).update(index_form=BROKEN)
            done += 1
            told(done)
    return done


def _index(kind: str, pk: int, now: datetime) -> None:
    thing = to_be_found(kind).filter(pk=pk).first()
    said = said_by(thing) if thing is not None else None
    found = entries_of(said) if said is not None else set()
    ask = the_encoder()
    meaning, sentences = meanings_of(said, ask) if said is not None and ask is not None else ("", "")
    with journal(now):  # its lock keeps every verb out meanwhile; what is found by is no fact of the ledger
        row = KINDS[kind].objects.filter(pk=pk, index_form=0).first()
        if row is None:
            return  # another worker did it
        drop(Findable.objects.filter(**{kind: pk}))
        still = to_be_found(kind).filter(pk=pk).first()
        if said is None or still is None:
            KINDS[kind].objects.filter(pk=pk).update(index_form=STAYS_OUT)
            return
        if getattr(still, "version", 0) != said.version or (kind == "report" and still.handling != thing.handling):
            return  # a new version came in between: it waits still
        put(kind, pk, said, found, meaning, sentences, ask.name if ask is not None and meaning else "")


def put(
    kind: str, pk: int, said: Said, found: set[str], meaning: str = "", sentences: str = "", by: str = ""
) -> Findable:
    """A thing into the index, within a verb's own transaction. It stands in no index yet."""
    number = sealed.keys().digester()
    digests = {number(_kind(said.space), entry): entry for entry in found}
    values = np.array(sorted(digests), dtype=np.int64)
    row = Findable.objects.create(
        **{f"{kind}_id": pk}, service_id=said.service, space=said.space, language=said.language or "en",
        form=entries.FORM, entries=values.tobytes(), meaning=meaning, sentences=sentences, encoder=by,
    )  # fmt: skip
    listed = values.tolist()
    new = _not_borne(listed)
    near = [
        (number(_kind(said.space, near=True), less), value)
        for value in new
        if digests[value].startswith(entries.WORD)
        for less in entries.near(digests[value][len(entries.WORD) :])
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO records_posting (value, findable_id) VALUES (%s, %s)", [(value, row.pk) for value in listed]
        )
        cursor.executemany(
            "INSERT INTO records_spelling (near, word) VALUES (%s, %s) ON CONFLICT DO NOTHING", sorted(near)
        )
    KINDS[kind].objects.filter(pk=pk).update(index_form=entries.FORM)
    return row


def _kind(space: str, *, near: bool = False) -> str:
    """What a digest of the index of searching is made for: no digest of matching is ever the same."""
    return f"{'near' if near else 'found'}:{space}"


def digests(space: str, wanted: Iterable[str], *, near: bool = False) -> dict[int, str]:
    """The entries that are looked for in a space, by their digests."""
    number = sealed.keys().digester()
    return {number(_kind(space, near=near), entry): entry for entry in wanted}


def listed(numbers: Sequence[int]) -> tuple[str, list[Any]]:
    """Any number of numbers as one parameter: a table `w` with the column `value`."""
    if connection.vendor == "postgresql":
        return "unnest(%s::bigint[]) AS w (value)", [list(numbers)]
    return "json_each(%s) AS w", [json.dumps(list(numbers))]


def _not_borne(values: Sequence[int]) -> list[int]:
    """Those of these digests that no findable has."""
    table, numbers = listed(values)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT w.value FROM {table} WHERE NOT EXISTS "  # noqa: S608 (a table of our own)
            "(SELECT 1 FROM records_posting p WHERE p.value = w.value)",
            numbers,
        )
        return [value for (value,) in cursor.fetchall()]


def drop(rows: QuerySet[Findable]) -> int:
    """Take findables out of the index, within a verb's own transaction: their digests, their vectors, and the
    spellings of words that nothing has any more. How many went."""
    gone = list(rows.values_list("pk", "entries"))
    for pk, kept in gone:
        values = np.frombuffer(bytes(kept), dtype=np.int64).tolist()
        table, numbers = listed(values)
        with connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM records_posting WHERE findable_id = %s AND value IN (SELECT w.value FROM {table})",  # noqa: S608
                [pk, *numbers],
            )
            table, numbers = listed(_not_borne(values))
            cursor.execute(f"DELETE FROM records_spelling WHERE word IN (SELECT w.value FROM {table})", numbers)  # noqa: S608
    Findable.objects.filter(pk__in=[pk for pk, _ in gone]).delete()
    return len(gone)


def take_out(report: Report) -> None:
    """Neither a report nor any copy of it is found any more: for the verb that withdraws, erases or restricts it."""
    drop(Findable.objects.filter(Q(report=report) | Q(delivery__report=report)))
    report.index_form = STAYS_OUT
    Report.objects.filter(pk=report.pk).update(index_form=STAYS_OUT)
    Delivery.objects.filter(report=report).update(index_form=STAYS_OUT)


def put_back(report: Report) -> None:
    """A report and its copies may be found again: they wait for the worker."""
    report.index_form = 0
    Report.objects.filter(pk=report.pk).update(index_form=0)
    Delivery.objects.filter(report=report).update(index_form=0)


def read_anew(thing: Thing) -> None:
    """A thing says something else, or to others, from now on: what it said is found by nobody, and it waits."""
    kind = thing._meta.model_name or ""
    drop(Findable.objects.filter(**{kind: thing}))
    thing.index_form = 0
    type(thing)._default_manager.filter(pk=thing.pk).update(index_form=0)


def read_anew_of(service: Service) -> None:
    """All that a service filed and opened waits: its readers are others from now on."""
    drop(Findable.objects.filter(Q(report__service=service) | Q(dossier__service=service)))
    Report.objects.filter(service=service, index_form=entries.FORM).update(index_form=0)
    Dossier.objects.filter(service=service).update(index_form=0)


def take_out_delivery(delivery: Delivery) -> None:
    """A copy that was recalled is found by nobody."""
    drop(Findable.objects.filter(delivery=delivery))
    delivery.index_form = STAYS_OUT
    Delivery.objects.filter(pk=delivery.pk).update(index_form=STAYS_OUT)


def start_anew() -> int:
    """Empty the index, within a verb's own transaction: everything that may be found waits. How many wait."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM records_posting")
        cursor.execute("DELETE FROM records_spelling")
    Findable.objects.all().delete()
    return sum(to_be_found(kind).update(index_form=0) for kind in KINDS)


def remake(*, now: datetime) -> int:
    """Everything is read for searching again, by the worker: for an index of an older form, or one that does not
    follow. How many things wait; a few may be found that were left out before."""
    with journal(now):
        return start_anew()


@dataclass(frozen=True, slots=True)
class Faults:
    """Where the index does not follow the tables: found and should not be; not found and should be; under other
    readers than may see it; not as it reads; could not be read. `waiting` is no fault: the worker comes to it."""

    surplus: int
    missing: int
    misplaced: int
    stale: int
    broken: int
    waiting: int

    def any(self) -> bool:
        """Whether something is wrong."""
        return bool(self.surplus or self.missing or self.misplaced or self.stale or self.broken)


@wall.as_house()
def faults(*, read_again: int = 0) -> Faults:
    """Compare the index with the tables; the newest `read_again` findables are also read again, word for word."""
    surplus = missing = waiting = broken = 0
    for kind, model in KINDS.items():
        should = to_be_found(kind)
        surplus += Findable.objects.filter(**{f"{kind}__isnull": False}).exclude(
            **{f"{kind}__in": should.values("pk")}
        ).count()  # fmt: skip
        missing += should.filter(index_form=entries.FORM, findable__isnull=True).count()
        missing += should.filter(index_form=STAYS_OUT).count()
        waiting += model.objects.filter(index_form=0).count()
        broken += should.filter(index_form=BROKEN).count()
    apart = Q(report__isnull=False) & ~Q(service=F("report__service"))
    apart |= Q(delivery__isnull=False) & ~Q(service=F("delivery__recipient"))
    apart |= Q(dossier__isnull=False) & ~Q(service=F("dossier__service"))
    apart |= Q(report__handling="sealed") & ~Q(space__contains=".sealed.")
    apart |= Q(report__isnull=False) & ~Q(report__handling="sealed") & Q(space__contains=".sealed.")
    misplaced = Findable.objects.filter(apart).count()
    stale = Findable.objects.exclude(form=entries.FORM).count()
    for row in Findable.objects.order_by("-pk")[:read_again]:
        thing: Any = row.report or row.delivery or row.dossier
        said = said_by(thing)
        wanted = sorted(digests(said.space, entries_of(said))) if said is not None else []
        stale += wanted != np.frombuffer(bytes(row.entries), dtype=np.int64).tolist() or bool(_not_borne(wanted))
    return Faults(surplus, missing, misplaced, stale, broken, waiting)
