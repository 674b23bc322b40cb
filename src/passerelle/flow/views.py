"""What a reader gets to see of each thing: as much as policy lets them, and no field more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from passerelle.flow.beside_the_pair import Earlier
from passerelle.flow.new_since_judged import News
from passerelle.records.models import (
    Correction,
    Delivery,
    Dossier,
    Duty,
    Grant,
    Interest,
    Judgement,
    Match,
    Proposal,
    Report,
    ReportVersion,
    Service,
    Subject,
    Withholding,
)
from passerelle.words import Sentence


@dataclass(frozen=True, slots=True)
class SubjectView:
    """A subject with its relations, as its reader may see it."""

    subject: Subject
    relations: Sequence[tuple[str, Subject]]


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report of the reader's own service (or for oversight), with what was owed and sent of it, and what became of
    each copy (its service is None where it may not be named). `said` is None for one that was erased."""

    report: Report
    said: ReportVersion | None
    subjects: Sequence[SubjectView]
    duties: Sequence[Duty]
    deliveries: Sequence[Delivery]
    receipts: Sequence[tuple[Correction, Service | None]]
    may_withdraw: bool
    may_erase: bool
    may_revise: bool


@dataclass(frozen=True, slots=True)
class ChangesView:
    """What a holder of a copy is asked to follow, and which receipts it may give."""

    duty: Duty
    corrections: Sequence[Correction]
    receipts: Sequence[str]
    may_answer: bool


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """Exactly what travelled, and the reader's duty to acknowledge it where there is one. `because` is what its reader
    was told: a sender never sees which interest of the other side it met."""

    delivery: Delivery
    because: Sequence[Any]
    acknowledge: Duty | None
    awaited: Duty | None
    corrections: Sequence[Correction]
    dossiers: Sequence[Dossier]


@dataclass(frozen=True, slots=True)
class MatchLine:
    """A match in a list; `band` and `verdict` are empty for who may know that it is and no more."""

    ref: str
    found_at: datetime
    band: str
    verdict: str


@dataclass(frozen=True, slots=True)
class SideView:
    """One side of a match. `subject` is None where the reader may not see it; `service` where it may not be named.
    `mentions`: places in the text of `said` that speak of the subject."""

    service: Service | None
    subject: Subject | None
    relations: Sequence[tuple[str, Subject]]
    report: Report | None
    said: ReportVersion | None
    dossier: Dossier | None
    mentions: Sequence[tuple[int, int]] = ()


@dataclass(frozen=True, slots=True)
class MatchView:
    """Two sides, how they were judged, and whether this reader may judge. `differences` marks properties by name:
    'same', 'different' or 'one side only'; empty unless both sides are seen."""

    match: Match
    left: SideView
    right: SideView
    differences: dict[str, str]
    judgements: Sequence[Judgement]
    duty: Duty | None
    may_judge: bool
    shows_reasons: bool
    news: News | None = None
    earlier: Sequence[Earlier] = ()


@dataclass(frozen=True, slots=True)
class RecordView:
    """A report of a dossier with the subjects it speaks of."""

    report: Report
    subjects: Sequence[SubjectView]


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened in a dossier: when, of which kind, about what; `service` is the other one, where it may
    be named. Kinds: opened, filed, received, sent, acknowledged, matched (several at one moment), judged, asked,
    answered, withheld, reviewed."""

    at: datetime
    kind: str
    thing: Any
    service: Service | None = None


@dataclass(slots=True)
class OtherService:
    """Another service that is concerned, and how: it told us, it was told, it is owed a telling, a match is known."""

    service: Service
    told_us: list[Delivery] = field(default_factory=list)
    was_told: list[Delivery] = field(default_factory=list)
    is_owed: list[Duty] = field(default_factory=list)
    matched: list[Match] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class DossierView:
    """A dossier with its subjects, its interest, and what happened, latest first. `records`: its reports with their
    subjects, where they were asked for. `others`: never a discreet interest. `tasks`: the live duties about it.
    `concerns`: by match seen in full, which of the dossier's subjects it is about."""

    dossier: Dossier
    interest: Interest | None
    subjects: Sequence[SubjectView]
    reports: Sequence[Report]
    deliveries: Sequence[Delivery]
    matches: Sequence[MatchLine]
    timeline: Sequence[Moment]
    records: Sequence[RecordView]
    others: Sequence[OtherService]
    tasks: Sequence[Duty]
    concerns: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class DutyView:
    """A duty as its reader may see it: the recipient is None where it may not be named. Who only waits for it sees the
    state and the clock: `in_full` is false, and `because` has no more than that a subject of theirs is concerned.
    `follows`: it asks to follow a correction, not only to destroy what was recalled. `periodic`: what about
    its report came up to be looked at again on its day. `request`: the person's request that it
    answers, or the part of one."""

    duty: Duty
    in_full: bool
    because: Sequence[Any]
    recipient: Service | None
    acts: frozenset[str]
    warnings: Sequence[Sentence]
    withholdings: Sequence[Withholding]
    matches: Sequence[MatchLine]
    report: Report | None
    deliveries: Sequence[Delivery]
    glass: str
    asked: str
    rules: str
    follows: bool
    periodic: str
    request: str


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A watch or a rule that somebody asked for, and whether this reader is the second person."""

    proposal: Proposal
    content: dict[str, Any]
    may_review: bool


@dataclass(frozen=True, slots=True)
class GrantView:
    """An exception; `content` is None for who may know that it is and no more."""

    grant: Grant
    content: dict[str, Any] | None
    live: bool
    may_end: bool
