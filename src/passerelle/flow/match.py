"""New and changed subjects are compared with those of all other services, found by keys in the database."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from passerelle import matching
from passerelle.flow import oblige
from passerelle.flow.ledger_lines import Journal, journal
from passerelle.ledger.events import MatchFound, MatchWeighedAgain
from passerelle.matching.score import NONE, band_of
from passerelle.names import places
from passerelle.records.models import Key, Match, Relation, Subject
from passerelle.records.models.reports import new_salt

HUB_RECORDS_MAX = 200
"""A value borne by more records than this is over-common: ranked low, followed only so far, and shown."""

CANDIDATES_MAX = 80
"""So many of the best candidates are compared in full, for one subject."""

_MIRRORED = {
    "child_of": "parent_of",
    "parent_of": "child_of",
    "sibling_of": "sibling_of",
    "spouse_of": "spouse_of",
    "in_contact_with": "in_contact_with",
}
_AT_ONCE = 500


def waiting(at: datetime) -> QuerySet[Subject]:
    """The subjects that wait to be compared, the longest waiting first."""
    return Subject.objects.filter(to_match_at__isnull=False, to_match_at__lte=at).order_by("to_match_at", "id")


def match_waiting(subjects: Sequence[int], *, now: datetime) -> list[Match]:
    """Compare those of these that still wait with everything known, and raise what follows. One transaction."""
    with journal(now) as lines:
        mine = list(waiting(lines.now).select_for_update(of=("self",), skip_locked=True).filter(pk__in=subjects))
        if not mine:
            return []
        found = match_subjects(lines, mine)
        oblige.by_matches(lines, with_rows(found))
    return found


def with_rows(found: Iterable[Match]) -> list[Match]:
    ids = [match.pk for match in found]
    rows: list[Match] = []
    for start in range(0, len(ids), _AT_ONCE):
        rows.extend(Match.objects.select_related(*oblige.MATCH_ROWS).filter(pk__in=ids[start : start + _AT_ONCE]))
    return sorted(rows, key=lambda match: match.pk)


def match_subjects(lines: Journal, subjects: Sequence[Subject]) -> list[Match]:
    """Put the keys of these subjects into the index, compare them with what shares one, and keep what is alike.

    Returns the matches that are new or whose evidence changed. Each pair is weighed once, whichever came first.
    """
    prepared = as_matched(subjects)
    keys = {subject.pk: _digests(prepared[subject.pk]) for subject in subjects}
    Key.objects.filter(subject__in=[subject.pk for subject in subjects]).delete()
    Key.objects.bulk_create(
        (
            Key(subject=subject, service_id=subject.service_id, kind=kind, value=value)
            for subject in subjects
            for value, kind in keys[subject.pk].items()
        ),
        batch_size=2000,
    )
    found: list[Match] = []
    by_service: dict[int, list[Subject]] = defaultdict(list)
    for subject in subjects:
        by_service[subject.service_id].append(subject)
    for service_id, group in by_service.items():
        candidates = candidates_of(service_id, group, keys)
        kept = kept_pairs(group)
        for pair in kept:  # a pair that shares no key any more is weighed too, and says so
            for mine, other in (pair, pair[::-1]):
                if mine in candidates and other not in candidates[mine]:
                    candidates[mine].append(other)
        others = {other for near in candidates.values() for other in near}
        known = as_matched(_fetch(others))
        commonness = matching.Commonness(shared=SharedValues())
        pairs = [(subject.pk, other) for subject in group for other in candidates[subject.pk]]
        for mine, other in _worth_weighing(pairs, {**known, **{s.pk: prepared[s.pk] for s in group}}, kept, commonness):
            compared = matching.compare(prepared[mine], known[other], commonness=commonness)
            match = _keep(lines, _in_order(mine, other), kept.get(_in_order(mine, other)), compared)
            if match is not None:
                found.append(match)
        for subject in group:
            subject.to_match_at = None
    Subject.objects.bulk_update(subjects, ["to_match_at", "bounded"], batch_size=_AT_ONCE)
    return found


def _digests(subject: matching.Subject) -> dict[int, str]:
    return {digest(key.kind, key.value): key.kind for key in matching.keys(subject)}


def digest(kind: str, value: str) -> int:
    """A key as a signed 64-bit number. Two values that collide only cost one comparison more."""
    raw = hashlib.blake2b(f"{kind}\0{value}".encode(), digest_size=8).digest()
    return int.from_bytes(raw, "big", signed=True)


def candidates_of(service_id: int, group: Sequence[Subject], keys: dict[int, dict[int, str]]) -> dict[int, list[int]]:
    """For each subject of one service, the ids of others' subjects that share a key, best first, bounded."""
    values = sorted({value for subject in group for value in keys[subject.pk]})
    sizes: dict[int, int] = {}
    for start in range(0, len(values), _AT_ONCE):
        rows = Key.objects.filter(value__in=values[start : start + _AT_ONCE]).exclude(service=service_id)
        sizes.update(rows.values_list("value").annotate(Count("id")).order_by())
    bearers: dict[int, list[int]] = defaultdict(list)
    rare = [value for value in values if 0 < sizes.get(value, 0) <= HUB_RECORDS_MAX]
    for start in range(0, len(rare), _AT_ONCE):
        rows = Key.objects.filter(value__in=rare[start : start + _AT_ONCE]).exclude(service=service_id)
        for value, other in rows.values_list("value", "subject_id"):
            bearers[value].append(other)
    for value in (value for value in values if sizes.get(value, 0) > HUB_RECORDS_MAX):
        rows = Key.objects.filter(value=value).exclude(service=service_id).order_by("-subject_id")
        bearers[value] = list(rows.values_list("subject_id", flat=True)[:HUB_RECORDS_MAX])
    chosen: dict[int, list[int]] = {}
    for subject in group:
        weights: Counter[int] = Counter()
        bounded = []
        for value, kind in sorted(keys[subject.pk].items()):
            size = sizes.get(value, 0)
            if size > HUB_RECORDS_MAX:
                bounded.append([kind, size])
            for other in bearers.get(value, ()):
                weights[other] += 1_000_000 // (size + 1)
        subject.bounded = bounded
        chosen[subject.pk] = [
            other for other, _ in sorted(weights.items(), key=lambda w: (-w[1], w[0]))[:CANDIDATES_MAX]
        ]
    return chosen


def _fetch(ids: Iterable[int]) -> list[Subject]:
    wanted = sorted(ids)
    rows: list[Subject] = []
    for start in range(0, len(wanted), _AT_ONCE):
        rows.extend(Subject.objects.filter(pk__in=wanted[start : start + _AT_ONCE]))
    return rows


def as_matched(subjects: Iterable[Subject]) -> dict[int, matching.Subject]:
    """Rows as the matcher knows them, with their relations in both directions, by primary key."""
    rows = {subject.pk: subject for subject in subjects}
    around: dict[int, list[tuple[str, Subject]]] = defaultdict(list)
    ids = sorted(rows)
    for start in range(0, len(ids), _AT_ONCE):
        chunk = ids[start : start + _AT_ONCE]
        for relation in Relation.objects.filter(source__in=chunk).select_related("target").order_by("id"):
            around[relation.source_id].append((relation.kind, relation.target))
        back = (
            Relation.objects.filter(target__in=chunk, kind__in=list(_MIRRORED)).select_related("source").order_by("id")
        )
        for relation in back:
            around[relation.target_id].append((_MIRRORED[relation.kind], relation.source))
    return {
        pk: replace(
            matching.Subject.from_ftm(_entity(row)),
            relations=tuple(
                matching.Relation(kind=kind, other=matching.Subject.from_ftm(_entity(other)))
                for kind, other in around.get(pk, ())
            ),
        )
        for pk, row in rows.items()
    }


def _entity(subject: Subject) -> dict[str, Any]:
    return {"id": subject.ref, "schema": subject.schema, "properties": subject.properties}


class SharedValues(Mapping[str, int]):
    """How many reports and dossiers hold an address, a phone or a number, counted from the keys when it is asked for.

    A value stands under several keys; the rarest of them is the one that says it best.
    """

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def __getitem__(self, value: str) -> int:
        if value not in self._counts:
            wanted = [digest("address", key[:64]) for key in places.address_keys(value)]
            wanted += [digest(kind, value[:64]) for kind in ("phone", "identifier")]
            records = Count("subject__report", distinct=True) + Count("subject__dossier", distinct=True)
            rows = Key.objects.filter(value__in=wanted).values_list("value").annotate(records=records).order_by()
            self._counts[value] = min((count for _, count in rows), default=0)
        return self._counts[value]

    def __iter__(self) -> Iterator[str]:
        return iter(self._counts)

    def __len__(self) -> int:
        return len(self._counts)


def _in_order(mine: int, other: int) -> tuple[int, int]:
    return min(mine, other), max(mine, other)


def _worth_weighing(
    pairs: Sequence[tuple[int, int]],
    subjects: Mapping[int, matching.Subject],
    kept: Mapping[tuple[int, int], Match],
    commonness: matching.Commonness,
) -> list[tuple[int, int]]:
    """The pairs that a score in one batch finds possible, and those that are kept already: these need reasons."""
    rows = {pk: row for row, pk in enumerate(subjects)}
    batch = matching.Subjects(list(subjects.values()), commonness)
    scores = batch.score([rows[mine] for mine, _ in pairs], [rows[other] for _, other in pairs])
    return [
        pair for pair, score in zip(pairs, scores, strict=True) if band_of(score) != NONE or _in_order(*pair) in kept
    ]


def kept_pairs(group: Sequence[Subject]) -> dict[tuple[int, int], Match]:
    """The matches that these subjects already have, by pair; asked for once, and for new subjects there are none."""
    ids = [subject.pk for subject in group]
    kept = {}
    for start in range(0, len(ids), _AT_ONCE):
        chunk = ids[start : start + _AT_ONCE]
        for match in Match.objects.filter(Q(left__in=chunk) | Q(right__in=chunk)):
            kept[match.left_id, match.right_id] = match
    return kept


def digest_of(because: list[Any], salt: bytes = b"") -> str:
    """A digest of the evidence in sentences, salted for the ledger because they name people. How many records share a
    value is no part of it: a pair is not asked again because one more family moved into the house."""
    told = json.dumps([_without_counts(reason) for reason in because], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(salt + told.encode()).hexdigest()


def _without_counts(reason: list[Any]) -> list[Any]:
    text, facts = reason
    kept = {name: _without_counts(fact) if isinstance(fact, list) else fact for name, fact in facts.items()}
    return [text, {name: fact for name, fact in kept.items() if name != "count"}]


def _keep(lines: Journal, pair: tuple[int, int], match: Match | None, compared: matching.Comparison) -> Match | None:
    left, right = pair
    if match is None and compared.band == "none":
        return None
    because = [reason.to_json() for reason in compared.reasons]
    salt = new_salt() if match is None else bytes(match.salt)
    evidence = digest_of(because, salt)
    if match is not None:
        if match.evidence == evidence and match.band == compared.band:
            return None
        match.score, match.band, match.because, match.evidence = compared.score, compared.band, because, evidence
        match.save(update_fields=["score", "band", "because", "evidence"])
        lines.write(
            MatchWeighedAgain(
                match=match.ref, band=match.band, score_permille=round(match.score * 1000), evidence=evidence
            )
        )
        return match
    match = Match.objects.create(
        left_id=left,
        right_id=right,
        score=compared.score,
        band=compared.band,
        because=because,
        evidence=evidence,
        salt=salt,
        found_at=lines.now,
    )
    lines.write(
        MatchFound(
            match=match.ref,
            left=match.left.ref,
            right=match.right.ref,
            band=match.band,
            score_permille=round(match.score * 1000),
            evidence=evidence,
        )
    )
    return match
