"""What a clerk needs beside two records: where the texts speak of them, what is new, and what was said of the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from passerelle.flow.match import digest_of
from passerelle.records import extracts, visibility
from passerelle.records.models import Match, Officer, ReportVersion, Subject

EARLIER_MAX = 20
"""So many judged pairs of the same subject are looked at for the same evidence."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """Another pair of the same record, judged on the same evidence: which, how, by whom, when, and why in words."""

    match: str
    verdict: str
    officer: str
    judged_at: datetime
    reason: str


def mentions(said: ReportVersion | None, subject: Subject, *, as_filed: bool) -> list[tuple[int, int]]:
    """Where the text that is shown speaks of the subject: places in it, in order and apart. Where the text stands as it
    was filed, those that were marked when it was."""
    if said is None:
        return []
    found = extracts.places(str(said.text), subject)
    if as_filed:
        found += [(int(start), int(end)) for start, end in subject.spans if 0 <= start < end <= len(said.text)]
    apart: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


def earlier(officer: Officer, match: Match) -> list[Earlier]:
    """The pairs of either record with another that the same reasons spoke for, and that were judged; those that this
    reader sees in full. A report filed twice makes two pairs: the second says how the first was judged."""
    told = digest_of(match.because)
    ends = (match.left_id, match.right_id)
    rows = visibility.matches_in_full(officer).filter(Q(left__in=ends) | Q(right__in=ends)).exclude(pk=match.pk)
    found = []
    for row in rows.exclude(verdict="").order_by("-pk")[:EARLIER_MAX]:
        if digest_of(row.because) != told:
            continue
        last = row.judgements.filter(taken_back_at__isnull=True).select_related("officer").last()
        if last is not None:
            found.append(Earlier(row.ref, last.verdict, last.officer.name, last.judged_at, last.reason))
    return found
