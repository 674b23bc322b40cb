"""Which subjects of other services share a key with these: found in the database, best first, each search bounded."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from passerelle import matching
from passerelle.flow import gazetteers
from passerelle.matching.evidence import address
from passerelle.names import places
from passerelle.records import sealed
from passerelle.records.models import ReportVersion, Subject

Ints = npt.NDArray[np.int64]

MadeWith = tuple[str, tuple[tuple[str, int, int], ...]]

HUB_RECORDS_MAX = 200
"""A value borne by more records than this is over-common: ranked low, followed only so far, and shown."""

CANDIDATES_MAX = 80
"""So many of the best candidates are compared in full, for one subject."""

SHARED_RECORDS_MIN, SHARED_RECORDS_MAX = 10, 4096
"""An address or a number that fewer records share is as if it were theirs alone; of more, so many are counted."""

REMEMBERED_MAX = 10_000
"""So many subjects of others are kept in memory at most, by a process that weighs one batch after another."""

_AT_ONCE = 5_000
_SHARINGS_AT_ONCE = 1_000_000
_WEIGHT = 1_000_000

_PROPERTIES: Any = Subject._meta.get_field("properties")
_MIRRORED = {
    "child_of": "parent_of",
    "parent_of": "child_of",
    "sibling_of": "sibling_of",
    "spouse_of": "spouse_of",
    "in_contact_with": "in_contact_with",
}

_OTHERS = (
    "SELECT k.subject_id AS other FROM records_key k WHERE k.value = w.value AND k.service_id < %s "
    "UNION ALL SELECT k.subject_id AS other FROM records_key k WHERE k.value = w.value AND k.service_id > %s LIMIT %s"
)
_LATEST = (
    "SELECT k.subject_id AS other FROM records_key k WHERE k.value = w.value AND k.service_id = s.id "
    "ORDER BY k.subject_id DESC LIMIT %s"
)
_BEARING = (
    "FROM (SELECT coalesce(s.report_id, -s.dossier_id) AS record "
    "FROM records_key k JOIN records_subject s ON s.id = k.subject_id LEFT JOIN records_report r ON r.id = s.report_id "
    "WHERE k.value = w.value AND (r.handling IS NULL OR r.handling <> 'sealed') LIMIT %s) b"
)
_TIES = "SELECT r.source_id, r.kind, r.target_id FROM"
_AS_SAID = " ORDER BY r.id"
_PLAIN = "SELECT s.id, s.report_id, s.ref, s.schema, s.properties FROM"
_SHARED = f"SELECT count(DISTINCT b.record) {_BEARING}"
_FEW_ROWS = 40
_HUBS = frozenset({"address", "phone", "identifier"})


def digest(kind: str, value: str) -> int:
    """A key as a signed 64-bit number that nobody computes without the key of the index. Two values that collide only
    cost one comparison more."""
    return sealed.keys().digest(kind, value)


def digests(subject: matching.Subject) -> dict[int, str]:
    """The keys of a subject: the kind of each, by its digest."""
    number = sealed.keys().digester()
    return {number(kind, value): kind for kind, value in matching.keys(subject)}


def made_with() -> MadeWith:
    """What keys are made with now: the number of the index's key, and the lists of streets. Who keeps keys, or what was
    found by them, in another transaction than they were made in, sees by it that they are still those of the index."""
    return sealed.keys().active("index")[0], gazetteers.take_up()


def put_keys(rows: Sequence[tuple[int, int, str, int]]) -> None:
    """Put (subject, service, kind, digest) into the index; in the order of the index, so that pages are filled in turn.

    Raw, because a million subjects have some fourteen million keys.
    """
    ordered = sorted(rows, key=lambda row: row[3])
    into = "INSERT INTO records_key (subject_id, service_id, kind, value) VALUES (%s, %s, %s, %s)"
    at_once = (
        "INSERT INTO records_key (subject_id, service_id, kind, value) "
        "SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[])"
    )
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(at_once, [list(column) for column in zip(*ordered, strict=True)] or [[], [], [], []])
        elif ordered:
            cursor.executemany(into, ordered)


def drop_keys(subjects: Iterable[int]) -> None:
    """Take all keys of these subjects out of the index."""
    with connection.cursor() as cursor:
        text, numbers = _listed(sorted(subjects))
        cursor.execute(f"DELETE FROM records_key WHERE subject_id IN (SELECT w.value FROM {text})", numbers)  # noqa: S608


def keys_of(subjects: Iterable[int]) -> dict[int, dict[int, str]]:
    """The keys that stand in the index for these subjects."""
    found: dict[int, dict[int, str]] = {pk: {} for pk in subjects}
    text, numbers = _listed(sorted(found))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT k.subject_id, k.value, k.kind FROM {text} JOIN records_key k ON k.subject_id = w.value",  # noqa: S608
            numbers,
        )
        for pk, value, kind in cursor.fetchall():
            found[pk][value] = kind
    return found


def _listed(numbers: Sequence[int]) -> tuple[str, list[Any]]:
    """Any number of numbers as one parameter: a table `w` with the column `value`."""
    if connection.vendor == "postgresql":
        return "unnest(%s::bigint[]) AS w (value)", [list(numbers)]
    return "json_each(%s) AS w", [json.dumps(list(numbers))]


def _listing(query: str) -> str:
    """One column of a query as text in one field: numbers with commas between, or nothing at all."""
    told = "string_agg(b.other::text, ',')" if connection.vendor == "postgresql" else "group_concat(b.other)"
    return f"(SELECT {told} FROM ({query}) b)"  # noqa: S608 (a query of our own)


@dataclass(frozen=True, slots=True)
class _Bearers:
    """For each value that others bear, in order: how many they are (of over-common ones `HUB_RECORDS_MAX` + 1), where
    they begin in `others`, and how many of them are followed. `hubs` are the over-common values."""

    values: Ints
    sizes: Ints
    starts: Ints
    lengths: Ints
    others: Ints
    hubs: frozenset[int]


def _bearers(service_id: int, values: Sequence[int]) -> _Bearers:
    """The subjects of other services that bear these values; of over-common values those recorded last. No query reads
    more than `HUB_RECORDS_MAX` + 1 rows for one value and service."""
    found: list[tuple[int, str]] = []
    hubs: set[int] = set()
    for start in range(0, len(values), _AT_ONCE):
        table, numbers = _listed(values[start : start + _AT_ONCE])
        asked = f"SELECT w.value, {_listing(_OTHERS)} FROM {table}"  # noqa: S608 (tables and queries of our own)
        with connection.cursor() as cursor:
            cursor.execute(asked, [service_id, service_id, HUB_RECORDS_MAX + 1, *numbers])
            for value, others in cursor.fetchall():
                if others is None:
                    continue
                if others.count(",") >= HUB_RECORDS_MAX:
                    hubs.add(value)
                else:
                    found.append((value, others))
    if hubs:
        table, numbers = _listed(sorted(hubs))
        asked = f"SELECT w.value, {_listing(_LATEST)} FROM {table} CROSS JOIN records_service s WHERE s.id <> %s"  # noqa: S608
        last: dict[int, list[str]] = defaultdict(list)
        with connection.cursor() as cursor:
            cursor.execute(asked, [HUB_RECORDS_MAX, *numbers, service_id])
            for value, others in cursor.fetchall():
                if others is not None:
                    last[value].append(others)
        for value, parts in last.items():
            latest = sorted(map(int, ",".join(parts).split(",")), reverse=True)[:HUB_RECORDS_MAX]
            found.append((value, ",".join(map(str, latest))))
    found.sort()
    keys = np.fromiter((value for value, _ in found), dtype=np.int64, count=len(found))
    lengths = np.fromiter((others.count(",") + 1 for _, others in found), dtype=np.int64, count=len(found))
    others = np.fromstring(",".join(others for _, others in found), dtype=np.int64, sep=",")
    over = np.fromiter((value in hubs for value, _ in found), dtype=np.bool_, count=len(found))
    sizes = np.where(over, HUB_RECORDS_MAX + 1, lengths)
    return _Bearers(keys, sizes, np.cumsum(lengths) - lengths, lengths, others, frozenset(hubs))


def candidates_of(
    service_id: int, group: Sequence[Subject], keys: Mapping[int, Mapping[int, str]]
) -> dict[int, list[int]]:
    """For each subject of one service, the ids of others' subjects that share a key, best first, bounded.

    Leaves on each subject which of its values are over-common (`bounded`: kind, and how many were counted at most).
    """
    found, bounded = near(service_id, {subject.pk: keys[subject.pk] for subject in group})
    for subject in group:
        subject.bounded = bounded[subject.pk]
    return found


def near(
    service_id: int, keys: Mapping[int, Mapping[int, str]]
) -> tuple[dict[int, list[int]], dict[int, list[list[Any]]]]:
    """As `candidates_of`, from the keys of subjects of one service by primary key: candidates, and what was bounded.

    A key weighs the less the more subjects bear it; candidates stand by what they share in all, then by age.
    """
    mine = sorted(keys)
    bearers = _bearers(service_id, sorted({value for found in keys.values() for value in found}))
    bounded = {
        pk: [[kind, HUB_RECORDS_MAX + 1] for value, kind in sorted(keys[pk].items()) if value in bearers.hubs]
        if not bearers.hubs.isdisjoint(keys[pk])
        else []
        for pk in mine
    }
    chosen: dict[int, list[int]] = {pk: [] for pk in mine}
    if not len(bearers.values):
        return chosen, bounded
    whose = np.repeat(np.arange(len(mine)), [len(keys[pk]) for pk in mine])
    said = np.fromiter((value for pk in mine for value in keys[pk]), dtype=np.int64, count=len(whose))
    place = np.minimum(np.searchsorted(bearers.values, said), len(bearers.values) - 1)
    borne = bearers.values[place] == said
    whose, place = whose[borne], place[borne]
    ends = np.cumsum(bearers.lengths[place])
    start = 0
    while start < len(whose):  # so many at once that they fit in memory, and all of one subject together
        before = int(ends[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + _SHARINGS_AT_ONCE)))
        stop = int(np.searchsorted(whose, whose[stop - 1], side="right"))
        for row, others in _best(whose[start:stop], place[start:stop], bearers):
            chosen[mine[row]] = others
        start = stop
    return chosen, bounded


def _best(whose: Ints, place: Ints, bearers: _Bearers) -> Iterator[tuple[int, list[int]]]:
    """For each of these rows of subjects, who shares its values, the best first, at most `CANDIDATES_MAX`."""
    lengths = bearers.lengths[place]
    at = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    other = bearers.others[at + np.repeat(bearers.starts[place], lengths)]
    row = np.repeat(whose, lengths)
    weight = np.repeat(_WEIGHT // (bearers.sizes[place] + 1), lengths)
    order = np.lexsort((other, row))
    row, other, weight = row[order], other[order], weight[order]
    first = np.flatnonzero(np.concatenate([[True], (row[1:] != row[:-1]) | (other[1:] != other[:-1])]))
    row, other, weight = row[first], other[first], np.add.reduceat(weight, first)
    order = np.lexsort((other, -weight, row))
    row, other = row[order], other[order]
    begins = np.flatnonzero(np.concatenate([[True], row[1:] != row[:-1]]))
    for begin, end in zip(begins.tolist(), [*begins[1:].tolist(), len(row)], strict=True):
        yield int(row[begin]), other[begin : min(end, begin + CANDIDATES_MAX)].tolist()


class Known:
    """Subjects as the matcher knows them, by primary key, remembered from one batch to the next as far as they fit.

    `look_again` forgets those that a new version changed since.
    """

    def __init__(self, at_most: int = 0) -> None:
        self._at_most = at_most
        self._kept: dict[int, matching.Subject] = {}
        self._of_report: dict[int, list[int]] = defaultdict(list)
        self._seen = 0

    def look_again(self) -> None:
        """Forget the subjects of reports that got a new version since this was last called."""
        newest = ReportVersion.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        if newest > self._seen:
            changed = ReportVersion.objects.filter(pk__gt=self._seen, number__gt=1).values_list("report_id", flat=True)
            for report in changed if self._kept else ():
                for pk in self._of_report.pop(report, ()):
                    self._kept.pop(pk, None)
            self._seen = newest
        if len(self._kept) > self._at_most:
            self._kept.clear()
            self._of_report.clear()

    def of(self, ids: Iterable[int]) -> dict[int, matching.Subject]:
        """These subjects with their relations; one that is no longer there is left out."""
        wanted = list(ids)
        missing = sorted(pk for pk in wanted if pk not in self._kept)
        if missing:
            self._kept.update(self._read(missing))
        found = {pk: self._kept[pk] for pk in wanted if pk in self._kept}
        if not self._at_most:
            self._kept.clear()
        return found

    def _read(self, ids: Sequence[int]) -> dict[int, matching.Subject]:
        plain: dict[int, matching.Subject] = {}
        for start in range(0, len(ids), _AT_ONCE):
            self._plain(ids[start : start + _AT_ONCE], plain)
        around: dict[int, list[tuple[str, int]]] = defaultdict(list)
        for start in range(0, len(ids), _AT_ONCE):
            chunk = ids[start : start + _AT_ONCE]
            table, numbers = _listed(chunk)
            with connection.cursor() as cursor:
                cursor.execute(f"{_TIES} {table} JOIN records_relation r ON r.source_id = w.value{_AS_SAID}", numbers)
                for source, kind, target in cursor.fetchall():
                    around[source].append((kind, target))
                cursor.execute(f"{_TIES} {table} JOIN records_relation r ON r.target_id = w.value{_AS_SAID}", numbers)
                for source, kind, target in cursor.fetchall():
                    if kind in _MIRRORED:
                        around[target].append((_MIRRORED[kind], source))
        beside = sorted({other for near in around.values() for _, other in near} - plain.keys())
        for start in range(0, len(beside), _AT_ONCE):
            self._plain(beside[start : start + _AT_ONCE], plain)
        return {pk: related(plain[pk], [(kind, plain[other]) for kind, other in around.get(pk, ())]) for pk in ids
                if pk in plain}  # fmt: skip

    def _plain(self, ids: Sequence[int], into: dict[int, matching.Subject]) -> None:
        opened = _PROPERTIES.opener()
        table, numbers = _listed(ids)
        with connection.cursor() as cursor:
            cursor.execute(f"{_PLAIN} {table} JOIN records_subject s ON s.id = w.value", numbers)
            rows = cursor.fetchall()
        for pk, report, ref, schema, given in rows:
            into[pk] = plain(ref, schema, opened(given, ref))
            if self._at_most and report is not None:
                self._of_report[report].append(pk)


def plain(ref: str, schema: str, given: Mapping[str, Any]) -> matching.Subject:
    """A row as the matcher knows it, without its relations."""
    return matching.Subject.from_ftm({"id": ref, "schema": schema, "properties": given})


def related(subject: matching.Subject, others: Sequence[tuple[str, matching.Subject]]) -> matching.Subject:
    """The same subject with its relations."""
    if not others:
        return subject
    return matching.Subject(
        subject.id, subject.schema, subject.names, subject.weak_names, subject.properties,
        tuple(matching.Relation(kind=kind, other=other) for kind, other in others),
    )  # fmt: skip


def both_ways(relations: Iterable[tuple[Any, str, Any]]) -> Iterator[tuple[Any, str, Any]]:
    """Relations as each of their two ends sees them: whose, of which kind, to whom."""
    for source, kind, target in relations:
        yield source, kind, target
        if kind in _MIRRORED:
            yield target, _MIRRORED[kind], source


class SharedValues(Mapping[str, int]):
    """How many reports and dossiers hold an address, a phone or a number, counted from the keys when it is asked for.

    In the steps in which it is also shown, from ten on, and sealed reports are not counted: neither the score nor the
    sentence tells of one record that somebody else filed. A value stands under several keys; the rarest says it best.
    `few` are keys that are known to be borne by so few subjects that no step is reached (`seldom`).
    """

    def __init__(self, few: Mapping[int, int] | None = None) -> None:
        self._few = few or {}
        self._counts: dict[str, int] = {}

    def __getitem__(self, value: str) -> int:
        if value not in self._counts:
            number = sealed.keys().digester()
            wanted = {number("address", key[:64]) for key in places.address_keys(value)}
            wanted |= {number(kind, value[:64]) for kind in ("phone", "identifier")}
            told = 0 if any(self._few.get(key) for key in wanted) else _shared_by(wanted)
            self._counts[value] = told
        return self._counts[value]

    def __iter__(self) -> Iterator[str]:
        return iter(self._counts)

    def __len__(self) -> int:
        return len(self._counts)


def seldom(keys: Iterable[Mapping[int, str]]) -> dict[int, int]:
    """Of the addresses and numbers among these keys, those that fewer records share than `SHARED_RECORDS_MIN`, and how
    many: counted in one query for all of them, where each by itself would cost one."""
    values = sorted({value for found in keys for value, kind in found.items() if kind in _HUBS})
    few: dict[int, int] = {}
    for start in range(0, len(values), _AT_ONCE):
        table, numbers = _listed(values[start : start + _AT_ONCE])
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT w.value, (SELECT count(*) * 64 + count(DISTINCT b.record) {_BEARING}) FROM {table}",  # noqa: S608
                [_FEW_ROWS, *numbers],
            )
            for value, told in cursor.fetchall():
                rows, records = divmod(told, 64)
                if rows < _FEW_ROWS and 0 < records < SHARED_RECORDS_MIN:
                    few[value] = records
    return few


def _shared_by(wanted: Iterable[int]) -> int:
    table, numbers = _listed(sorted(wanted))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT ({_SHARED}) FROM {table}", [SHARED_RECORDS_MAX, *numbers])  # noqa: S608
        least = min((count for (count,) in cursor.fetchall() if count), default=0)
    return max((step for step in address.STEPS if SHARED_RECORDS_MIN <= step <= least), default=0)
