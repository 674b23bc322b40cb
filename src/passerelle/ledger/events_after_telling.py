"""Facts of what follows a telling: corrections, periodic reviews, what persons ask. A part of `ledger/events.py`."""

from __future__ import annotations

from dataclasses import dataclass

from passerelle.ledger.event import Event


@dataclass(frozen=True, slots=True)
class ReportEnded(Event):
    """A report was withdrawn or erased, on a ground of the closed list. `commitment` is salted over the reason; an
    erased one leaves none."""

    report: str
    how: str
    ground: str
    by: str
    commitment: str


@dataclass(frozen=True, slots=True)
class ReportRestricted(Event):
    """The use of a report was restricted until a day (empty: it may be used again). `commitment` is salted over why."""

    report: str
    until: str
    restriction: str
    by: str
    commitment: str


@dataclass(frozen=True, slots=True)
class ReviewCame(Event):
    """The day came on which something about a report is looked at again: retention, handling or restriction."""

    review: str
    report: str
    of: str
    due_on: str
    duty: str


@dataclass(frozen=True, slots=True)
class ReviewDecided(Event):
    """Somebody said whether it stays as it is until `next_on`, or ended. `commitment` is salted over the reason."""

    review: str
    outcome: str
    next_on: str
    by: str
    commitment: str


@dataclass(frozen=True, slots=True)
class DeliveryRenewed(Event):
    """A delivery that nobody had opened carries a later version. `commitment` is salted over what travels now."""

    delivery: str
    version: int
    form: str
    commitment: str


@dataclass(frozen=True, slots=True)
class TellingOwedAnew(Event):
    """What an ended duty to pass on answered counts no more: what it told was recalled (`recalled`), or the answer
    would differ now (`again`). From here on, and only from here on, another duty may owe the same telling."""

    duty: str
    because: str


@dataclass(frozen=True, slots=True)
class CorrectionAsked(Event):
    """A holder of a copy is told what became of a report. Without a duty, nothing of what they have changed.
    `commitment` is salted over what changed."""

    correction: str
    report: str
    recipient: str
    delivery: str
    duty: str
    kind: str
    version: int
    commitment: str


@dataclass(frozen=True, slots=True)
class CorrectionReceived(Event):
    """A holder of a copy said what was done with it. `commitment` is salted over their note."""

    correction: str
    receipt: str
    by: str
    commitment: str


@dataclass(frozen=True, slots=True)
class RequestRecorded(Event):
    """A person's request was recorded; whose it is, and what of, stands behind the commitment."""

    request: str
    kind: str
    way: str
    service: str
    holder: str
    by: str
    duty: str
    commitment: str


@dataclass(frozen=True, slots=True)
class RequestPartAsked(Event):
    """One of all services looks, on a request that goes by way of the authority."""

    part: str
    request: str
    service: str
    duty: str


@dataclass(frozen=True, slots=True)
class RequestPartAnswered(Event):
    """A service told the authority what it found and did; what that was stands behind the commitment."""

    part: str
    by: str
    commitment: str


@dataclass(frozen=True, slots=True)
class RequestAnswered(Event):
    """The person was answered; how stands behind the commitment, because the kind of an answer could tell."""

    request: str
    by: str
    commitment: str


@dataclass(frozen=True, slots=True)
class ExtractMarked(Event):
    """What an extract of a version may carry was marked; `commitment` is salted over the marks."""

    report: str
    version: int
    by: str
    commitment: str


@dataclass(frozen=True, slots=True)
class OnwardAsked(Event):
    """A question asks whoever filed a report to pass it on to a further service (`to`)."""

    question: str
    report: str
    to: str


@dataclass(frozen=True, slots=True)
class OnwardDecided(Event):
    """Such a request was carried out under the duty to pass on: by a decision (consented), or, for what was filed
    openly, because nobody said no in time (by_silence)."""

    question: str
    duty: str
    how: str
    by: str
