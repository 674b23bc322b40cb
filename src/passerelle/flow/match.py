"""New and changed subjects are compared with those of all other services, found by keys in the database."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Q, QuerySet

from passerelle import matching
from passerelle.flow import commonness, gazetteers, new_since_judged, oblige
from passerelle.flow.candidates import (
    CANDIDATES_MAX,
    HUB_RECORDS_MAX,
    Known,
    MadeWith,
    SharedValues,
    candidates_of,
    digest,
    digests,
    drop_keys,
    keys_of,
    made_with,
    near,
    put_keys,
    seldom,
)
from passerelle.flow.ledger_lines import Journal, journal
from passerelle.flow.rows_at_once import put_rows
from passerelle.ledger.events import MatchFound, MatchWeighedAgain
from passerelle.linkers.weighing import Terms, least
from passerelle.records.models import Match, Subject
from passerelle.records.models.reports import new_salt

_AT_ONCE = 500
_TERMS = Terms(because=False)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A pair of subjects by primary key, with its score, its band and its reasons as they are kept."""

    left: int
    right: int
    score: float
    band: str
    because: list[Any]


@dataclass(slots=True)
class Findings:
    """What was found for some subjects: the pairs that may be one, and what was over-common. `refs` are the references
    of both sides; `counted` is the version of the count of names by which they were weighed (0: none)."""

    subjects: list[int] = field(default_factory=list)
    pairs: list[Weighed] = field(default_factory=list)
    bounded: dict[int, list[list[Any]]] = field(default_factory=dict)
    refs: dict[int, str] = field(default_factory=dict)
    counted: int = 0


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
        commonness.count_again(lines)
    return found


def keep_waiting(findings: Findings, *, now: datetime, found_by: MadeWith | None = None) -> list[Match]:
    """Keep what was found for subjects that still wait, and raise what follows. One transaction.

    Whoever compared one of them in between has kept what there was to find: it is left as it is. Where the keys by
    which it was found (`found_by`) are no longer those of the index, they all wait on: the worker makes them new ones.
    """
    with journal(now) as lines:
        if found_by is not None and found_by != made_with():
            findings.subjects, findings.pairs = [], []
            return []
        still = set(
            Subject.objects.select_for_update(of=("self",))
            .filter(pk__in=findings.subjects, to_match_at__isnull=False)
            .values_list("pk", flat=True)
        )
        done = [pk for pk in findings.subjects if pk not in still]
        if done:
            gone = set(done)
            findings.subjects = [pk for pk in findings.subjects if pk in still]
            findings.pairs = [pair for pair in findings.pairs if not {pair.left, pair.right} & gone]
        found = keep(lines, findings)
        oblige.by_matches(lines, with_rows(found))
    return found


def with_rows(found: Iterable[Match]) -> list[Match]:
    """These matches with all that obliging needs at hand; of many, those of which a side is part of an interest, for
    any other calls for nothing."""
    ids = [match.pk for match in found]
    wanted = Q()
    for side in ("left", "right"):
        for part in ("dossier", "watch", "report__dossier"):
            wanted |= Q(**{f"{side}__{part}__isnull": False})
    rows: list[Match] = []
    for start in range(0, len(ids), _AT_ONCE):
        chunk = ids[start : start + _AT_ONCE]
        if len(ids) > 50:  # a register: seldom is any of them part of an interest
            chunk = list(Match.objects.filter(wanted, pk__in=chunk).order_by().values_list("pk", flat=True))
        if chunk:
            rows.extend(Match.objects.select_related(*oblige.MATCH_ROWS).filter(pk__in=chunk).order_by())
    return sorted(rows, key=lambda match: match.pk)


def match_subjects(lines: Journal, subjects: Sequence[Subject]) -> list[Match]:
    """Put the keys of these subjects into the index, compare them with what shares one, and keep what is alike.

    Returns the matches that are new or whose evidence changed. Each pair is weighed once, whichever came first.
    """
    gazetteers.take_up()
    known = Known(at_most=len(subjects))
    mine = known.of([subject.pk for subject in subjects])
    keys = {subject.pk: digests(mine[subject.pk]) for subject in subjects}
    drop_keys(keys)
    put_keys(
        [
            (subject.pk, subject.service_id, kind, value)
            for subject in subjects
            for value, kind in keys[subject.pk].items()
        ]
    )
    found = keep(lines, _find({subject.pk: subject.service_id for subject in subjects}, keys, known))
    for subject in subjects:
        subject.to_match_at = None
    return found


def find(subjects: Sequence[int], known: Known) -> Findings:
    """What there is to find for subjects whose keys stand in the index. It only reads, so that another process can do
    it; as long as the keys were there first, whoever files in between finds them in turn."""
    gazetteers.take_up()
    known.look_again()
    of = dict(Subject.objects.filter(pk__in=subjects).order_by().values_list("pk", "service_id"))
    return _find(of, keys_of(of), known)


def _find(services: Mapping[int, int], keys: Mapping[int, Mapping[int, str]], known: Known) -> Findings:
    findings = Findings(subjects=list(services))
    by_service: dict[int, dict[int, Mapping[int, str]]] = defaultdict(dict)
    for pk, service_id in services.items():
        by_service[service_id][pk] = keys[pk]
    kept = _kept_pairs(services)
    pairs = dict.fromkeys(kept)  # a pair that shares no key any more is weighed too, and says so
    for service_id, group in by_service.items():
        chosen, bounded = near(service_id, group)
        findings.bounded.update(bounded)
        pairs.update(dict.fromkeys(_in_order(mine, other) for mine, others in chosen.items() for other in others))
    if not pairs:
        return findings
    subjects = known.of({pk for pair in pairs for pk in pair})
    findings.counted, counted = commonness.known(SharedValues(seldom(keys.values())))
    for left, right in _worth_weighing(list(pairs), subjects, kept, counted):
        one, two = (left, right) if left in services else (right, left)
        compared = matching.compare(subjects[one], subjects[two], commonness=counted)
        if compared.band != "none" or (left, right) in kept:
            because = [reason.to_json() for reason in compared.reasons]
            findings.pairs.append(Weighed(left, right, compared.score, compared.band, because))
            findings.refs.update({left: subjects[left].id, right: subjects[right].id})
    return findings


def as_matched(subjects: Iterable[Subject]) -> dict[int, matching.Subject]:
    """Rows as the matcher knows them, with their relations in both directions, by primary key."""
    return Known().of([subject.pk for subject in subjects])


def _in_order(mine: int, other: int) -> tuple[int, int]:
    return min(mine, other), max(mine, other)


def _worth_weighing(
    pairs: Sequence[tuple[int, int]],
    subjects: Mapping[int, matching.Subject],
    kept: set[tuple[int, int]],
    counted: matching.Commonness,
) -> list[tuple[int, int]]:
    """The pairs that a score in one batch finds possible, and those that are kept already: these need reasons."""
    there = [pair for pair in pairs if pair[0] in subjects and pair[1] in subjects]
    if not there:
        return []
    rows = {pk: row for row, pk in enumerate(subjects)}
    left = np.array([rows[one] for one, _ in there], dtype=np.int64)
    right = np.array([rows[two] for _, two in there], dtype=np.int64)
    bar = least(_TERMS)
    scores = matching.Subjects(list(subjects.values()), counted).score(left, right, at_least=bar)
    return [pair for pair, may in zip(there, (scores >= bar).tolist(), strict=True) if may or pair in kept]


def _kept_pairs(subjects: Iterable[int]) -> set[tuple[int, int]]:
    ids = list(subjects)
    kept: set[tuple[int, int]] = set()
    for start in range(0, len(ids), _AT_ONCE):
        chunk = ids[start : start + _AT_ONCE]
        for side in ("left", "right"):
            kept.update(Match.objects.filter(**{f"{side}__in": chunk}).order_by().values_list("left_id", "right_id"))
    return kept


def kept_pairs(group: Sequence[Subject]) -> dict[tuple[int, int], Match]:
    """The matches that these subjects already have, by pair; asked for once, and for new subjects there are none."""
    ids = [subject.pk for subject in group]
    kept = {}
    for start in range(0, len(ids), _AT_ONCE):
        chunk = ids[start : start + _AT_ONCE]
        for side in ("left", "right"):
            for match in Match.objects.filter(**{f"{side}__in": chunk}).order_by():
                kept[match.left_id, match.right_id] = match
    return kept


def digest_of(because: list[Any], salt: bytes = b"") -> str:
    """A digest of the evidence in sentences, salted for the ledger because they name people. How common a name or a
    value is here is no part of it: a pair is not asked again because one more family moved into the house."""
    told = json.dumps([_without_counts(reason) for reason in because], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(salt + told.encode()).hexdigest()


def _without_counts(reason: list[Any]) -> list[Any]:
    text, facts = reason
    if "before" in facts and "after" not in facts:  # what is said of its commonness, after the evidence itself
        return _without_counts(facts["before"])
    kept = {name: _without_counts(fact) if isinstance(fact, list) else fact for name, fact in facts.items()}
    return [text, {name: fact for name, fact in kept.items() if name != "count"}]


def keep(lines: Journal, findings: Findings) -> list[Match]:
    """Write down what was found: new matches, those whose evidence or band changed, and that nobody waits any more."""
    kept = _rows_of(findings.pairs)
    ends = {pk for pair in findings.pairs for pk in (pair.left, pair.right)}
    there = {
        pk
        for start in range(0, len(ends), _AT_ONCE)
        for pk in Subject.objects.filter(pk__in=sorted(ends)[start : start + _AT_ONCE]).values_list("pk", flat=True)
    }
    new: list[Match] = []
    again: list[Match] = []
    for pair in sorted(findings.pairs, key=lambda pair: (pair.left, pair.right)):
        match = kept.get((pair.left, pair.right))
        salt = new_salt() if match is None else bytes(match.salt)
        evidence = digest_of(pair.because, salt)
        if match is None:
            if pair.band != "none" and pair.left in there and pair.right in there:
                new.append(
                    Match(
                        left_id=pair.left,
                        right_id=pair.right,
                        score=pair.score,
                        band=pair.band,
                        because=pair.because,
                        evidence=evidence,
                        salt=salt,
                        counted=findings.counted,
                        found_at=lines.now,
                    )
                )
        elif match.evidence != evidence or match.band != pair.band:
            if match.verdict and new_since_judged.only_said_otherwise(match, pair.band, pair.score):
                match.judged_evidence = evidence
            match.score, match.band, match.because, match.evidence = pair.score, pair.band, pair.because, evidence
            match.counted, match.weighed_at = findings.counted, lines.now
            match.save(
                update_fields=["score", "band", "because", "evidence", "counted", "weighed_at", "judged_evidence"]
            )
            again.append(match)
    put_rows(Match, new)
    for match in new:
        lines.write(
            MatchFound(
                match=match.ref,
                left=findings.refs[match.left_id],
                right=findings.refs[match.right_id],
                band=match.band,
                score_permille=round(match.score * 1000),
                evidence=match.evidence,
                counted=match.counted,
            )
        )
    for match in again:
        lines.write(
            MatchWeighedAgain(
                match=match.ref,
                band=match.band,
                score_permille=round(match.score * 1000),
                evidence=match.evidence,
                counted=match.counted,
            )
        )
    _no_longer_waiting(findings)
    return [*new, *again]


def _rows_of(pairs: Sequence[Weighed]) -> dict[tuple[int, int], Match]:
    wanted = {(pair.left, pair.right) for pair in pairs}
    left = sorted({pair.left for pair in pairs})
    rows = {}
    for start in range(0, len(left), _AT_ONCE):
        for match in Match.objects.filter(left__in=left[start : start + _AT_ONCE]).order_by():
            if (match.left_id, match.right_id) in wanted:
                rows[match.left_id, match.right_id] = match
    return rows


def _no_longer_waiting(findings: Findings) -> None:
    rows = [
        (json.dumps(findings.bounded.get(pk, [])), findings.counted, pk) for pk in findings.subjects
    ]  # raw: of a register every row changes here
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE records_subject SET to_match_at = NULL, bounded = %s, counted = %s WHERE id = %s", rows
        )


__all__ = [
    "CANDIDATES_MAX", "HUB_RECORDS_MAX", "Findings", "Known", "SharedValues", "Weighed", "as_matched", "candidates_of",
    "digest", "digest_of", "find", "keep", "keep_waiting", "kept_pairs", "match_subjects", "match_waiting", "put_keys",
    "waiting", "with_rows",
]  # fmt: skip
