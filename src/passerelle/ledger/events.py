"""The closed vocabulary of the ledger: one frozen class for each kind of fact.

A line holds identifiers, states and salted commitments, never a name, a text or a number of a person. It holds the
state that *resulted*, so that a line written under older rules stays true when the rules change, and the ledger
folded from its first line gives the tables back (`passerelle.replay.fold`).
"""

from __future__ import annotations

from dataclasses import dataclass

from passerelle.ledger.event import Event
from passerelle.ledger.events_after_telling import (
    CorrectionAsked,
    CorrectionReceived,
    DeliveryRenewed,
    ExtractMarked,
    OnwardAsked,
    OnwardDecided,
    ReportEnded,
    ReportRestricted,
    RequestAnswered,
    RequestPartAnswered,
    RequestPartAsked,
    RequestRecorded,
    ReviewCame,
    ReviewDecided,
    TellingOwedAnew,
)
from passerelle.ledger.events_of_clocks import (
    ClockSetRight,
    ClockWentBack,
    DutyPassedOn,
    OverloadEnded,
    OverloadSigned,
    ProbesTried,
    QuestionAnswered,
    QuestionAsked,
    ShiftGoesOn,
    ShiftHandedOver,
    ShiftNotTakenOver,
    ShiftTakenOver,
)
from passerelle.ledger.events_of_machines import (
    AccountChanged,
    AccountKeyAdded,
    AccountKeyEnded,
    AccountOpened,
    ChannelAdded,
    ChannelEnded,
    MessageParked,
    MessageResent,
)
from passerelle.ledger.events_of_rules import RulesDecided, RulesInForce, RulesProposed


@dataclass(frozen=True, slots=True)
class ServiceAdded(Event):
    """A service joined the exchange. Lines before 24 November 2026 do not say in which `languages` it works."""

    service: str
    kind: str
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceClosed(Event):
    """A service closed for good: what it held and what it owed is its successor's. The duties that moved, and the seats
    that were closed, stand in lines of their own."""

    service: str
    successor: str


@dataclass(frozen=True, slots=True)
class OfficerSeated(Event):
    """An officer got a seat in a service, with a role."""

    officer: str
    service: str
    role: str


@dataclass(frozen=True, slots=True)
class OfficerAway(Event):
    """An officer is absent until a day (empty: back again); what was theirs returned to the desk."""

    officer: str
    until: str


@dataclass(frozen=True, slots=True)
class DeputyNamed(Event):
    """Somebody stands in for an officer who is away (empty: nobody any more)."""

    officer: str
    deputy: str


@dataclass(frozen=True, slots=True)
class OfficerReseated(Event):
    """An officer got another role; what was theirs returned to the desk, and their sessions ended."""

    officer: str
    service: str
    role: str


@dataclass(frozen=True, slots=True)
class OfficerLeft(Event):
    """An officer's seat was closed; what was theirs returned to the desk, and their sessions ended."""

    officer: str


@dataclass(frozen=True, slots=True)
class SecondFactorChanged(Event):
    """An officer's second factor was added, removed or reset, or got other recovery codes; `second`: whether one is
    asked of them now. `by` is empty for the command line. A reset is salted over its reason. Lines before 22 November
    2026 name no `factor`."""

    officer: str
    act: str
    kind: str
    factor: str
    by: str
    second: bool
    commitment: str


@dataclass(frozen=True, slots=True)
class SignedIn(Event):
    """An officer signed in: by password, by password and code or passkey, by a passkey alone, by the provider of single
    sign-on. Tries that failed stand in no line: they name nobody for certain."""

    officer: str
    by: str


@dataclass(frozen=True, slots=True)
class IdentityChanged(Event):
    """An officer was linked to somebody of the provider of single sign-on, or unlinked (`act`). `by` is empty for the
    command line; `commitment` is salted over issuer and subject."""

    identity: str
    officer: str
    act: str
    by: str
    commitment: str


@dataclass(frozen=True, slots=True)
class ReportFiled(Event):
    """A service filed a report. `commitment` is salted over its content; `subjects` are references only. Lines before
    24 November 2026 do not say the `language` of its text."""

    report: str
    service: str
    by: str
    version: int
    handling: str
    dossier: str
    commitment: str
    subjects: tuple[str, ...]
    language: str = ""


@dataclass(frozen=True, slots=True)
class ReportVersioned(Event):
    """A report got a new version; the old one stays as it was."""

    report: str
    by: str
    version: int
    commitment: str
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HandlingChanged(Event):
    """A second person let a sealed report fall back to a looser handling."""

    report: str
    handling: str


@dataclass(frozen=True, slots=True)
class DossierOpened(Event):
    """A service opened a dossier."""

    dossier: str
    service: str
    by: str
    commitment: str


@dataclass(frozen=True, slots=True)
class SubjectsAdded(Event):
    """Subjects were added to a dossier or a watch."""

    to: str
    by: str
    commitment: str
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InterestStated(Event):
    """A service stated why it needs to know: a dossier, a watch or a rule, with purpose and end. `commitment` is salted
    over the legal basis, which is free text and may name somebody."""

    interest: str
    service: str
    kind: str
    dossier: str
    theme: str
    territory: str
    purpose: str
    commitment: str
    until: str
    discreet: bool
    by: str


@dataclass(frozen=True, slots=True)
class InterestAsked(Event):
    """Somebody asked for a watch or a rule; a second person must approve. `commitment` is salted over all of it."""

    proposal: str
    service: str
    kind: str
    by: str
    review: str
    commitment: str


@dataclass(frozen=True, slots=True)
class InterestDecided(Event):
    """A second person approved (then `interest` is what came of it) or refused."""

    proposal: str
    outcome: str
    interest: str
    by: str


@dataclass(frozen=True, slots=True)
class InterestEnded(Event):
    """A watch or a rule ended before its day."""

    interest: str
    until: str
    by: str


@dataclass(frozen=True, slots=True)
class MatchFound(Event):
    """Two subjects of different services may be the same. `score_permille` is the score in thousandths, `counted` the
    version of the counts of names that it was weighed by (0: none)."""

    match: str
    left: str
    right: str
    band: str
    score_permille: int
    evidence: str
    counted: int


@dataclass(frozen=True, slots=True)
class MatchWeighedAgain(Event):
    """The evidence of a match changed, and with it its score or band."""

    match: str
    band: str
    score_permille: int
    evidence: str
    counted: int


@dataclass(frozen=True, slots=True)
class NamesCounted(Event):
    """A new version of how common names are here, by which matches are weighed from now on. `subjects` is told in
    steps; `words` says how many words of names it knows; `commitment` is salted over the whole table."""

    version: int
    subjects: int
    words: int
    commitment: str


@dataclass(frozen=True, slots=True)
class MatchJudged(Event):
    """A person judged a match: same, different or unsure (empty: took an earlier judgement back)."""

    match: str
    verdict: str
    by: str
    evidence: str


@dataclass(frozen=True, slots=True)
class DutyRaised(Event):
    """A duty came into being, with its holder, its clock and its next event."""

    duty: str
    kind: str
    report: str
    recipient: str
    match: str
    about: str
    state: str
    level: int
    holder: str
    officer: str
    due_at: str
    next_event: str
    next_event_at: str
    deadline: str


@dataclass(frozen=True, slots=True)
class DutyMoved(Event):
    """A duty took a step of the table of moves; what stands here is what resulted."""

    duty: str
    move: str
    by: str
    version: int
    state: str
    level: int
    holder: str
    officer: str
    due_at: str
    next_event: str
    next_event_at: str


@dataclass(frozen=True, slots=True)
class Delivered(Event):
    """A recipient got a report: whole, an extract, or a pointer. `commitment` is salted over what travelled."""

    delivery: str
    duty: str
    report: str
    version: int
    sender: str
    recipient: str
    form: str
    commitment: str


@dataclass(frozen=True, slots=True)
class DeliveryClimbed(Event):
    """The evidence of a delivery climbed: opened, acknowledged, acted upon."""

    delivery: str
    evidence: str
    by: str


@dataclass(frozen=True, slots=True)
class DeliveryRecalled(Event):
    """Its sender recalled a delivery: the recipient sees it no more, and owes its destruction if it was read.
    `commitment` is salted over the reason."""

    delivery: str
    by: str
    was_read: bool
    commitment: str


@dataclass(frozen=True, slots=True)
class Withheld(Event):
    """A decision not to pass on, on one ground of the closed list; the reason stands in the tables."""

    withholding: str
    duty: str
    ground: str
    by: str
    commitment: str


@dataclass(frozen=True, slots=True)
class WithholdingReviewed(Event):
    """A second person reviewed a withholding: upheld or overturned."""

    withholding: str
    outcome: str
    by: str


@dataclass(frozen=True, slots=True)
class DecisionOrdered(Event):
    """Oversight ordered a decision; `commitment` is salted over its reason."""

    order: str
    duty: str
    by: str
    commitment: str


@dataclass(frozen=True, slots=True)
class GrantGiven(Event):
    """An officer may read one report for a time: they broke the glass, or were let. `commitment` is salted over the
    reason and what may be read."""

    grant: str
    kind: str
    report: str
    version: int
    officer: str
    by: str
    form: str
    until: str
    review: str
    commitment: str


@dataclass(frozen=True, slots=True)
class GrantEnded(Event):
    """A grant ended before its time."""

    grant: str
    by: str


@dataclass(frozen=True, slots=True)
class GrantReviewed(Event):
    """A second person said whether the glass was rightly broken: justified or unjustified."""

    grant: str
    outcome: str
    by: str


@dataclass(frozen=True, slots=True)
class SampleDrawn(Event):
    """Oversight drew what it will look at: at random, from the root of this ledger at `size`, and by risk."""

    sample: str
    kind: str
    by: str
    size: int
    root: str
    population: int
    things: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SampleExamined(Event):
    """Oversight looked at one thing of a sample: in order, or to be followed up."""

    sample: str
    thing: str
    outcome: str
    by: str
    commitment: str


@dataclass(frozen=True, slots=True)
class Read(Event):
    """An officer read protected content. `thing` is a reference, `commitment` is salted over the reason in words."""

    officer: str
    service: str
    thing: str
    purpose: str
    ground: str
    commitment: str


@dataclass(frozen=True, slots=True)
class Searched(Event):
    """An officer put a question to the index. `commitment` is salted over the question and the reason in words."""

    search: str
    officer: str
    service: str
    purpose: str
    commitment: str


@dataclass(frozen=True, slots=True)
class RegisterTaken(Event):
    """An import ended: how many rows were read, added, changed, left as they were and refused."""

    register: str
    service: str
    by: str
    read: int
    added: int
    changed: int
    unchanged: int
    refused: int


@dataclass(frozen=True, slots=True)
class KeysChanged(Event):
    """A ring of keys changed: a fresh key, everything sealed anew with it, or an old one taken off (by number only).
    Ring `form`: another version of the rules of names makes the keys by which subjects meet."""

    ring: str
    key: str
    step: str


@dataclass(frozen=True, slots=True)
class GapSigned(Event):
    """A backup was restored that has `size` lines where others know of `known` (0: nobody could say). A named person
    answers for it; `commitment` is salted over who and why."""

    gap: str
    size: int
    known: int
    commitment: str


@dataclass(frozen=True, slots=True)
class Restored(Event):
    """The tables and the ledger were restored from a backup that ended at `size` lines with this root."""

    size: int
    root: str
    made_at: str


@dataclass(frozen=True, slots=True)
class StreetsListed(Event):
    """A list of streets that bear several names was put in or (with no rows) taken out; so many subjects wait again."""

    gazetteer: str
    rows: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Reconciled(Event):
    """What is owed was computed afresh and compared with what stands in the tables."""

    owed: int
    sent: int
    withheld: int
    live: int
    missing: int
    surplus: int
    uncorrected: int


EVENTS: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        ServiceAdded,
        ServiceClosed,
        OfficerSeated,
        OfficerAway,
        DeputyNamed,
        OfficerReseated,
        OfficerLeft,
        SecondFactorChanged, IdentityChanged, SignedIn,
        AccountOpened, AccountChanged, AccountKeyAdded, AccountKeyEnded,
        ChannelAdded, ChannelEnded, MessageParked, MessageResent,
        ReportFiled,
        ReportVersioned,
        HandlingChanged,
        ReportEnded, ReportRestricted, ReviewCame, ReviewDecided, ExtractMarked,
        DossierOpened,
        SubjectsAdded,
        InterestStated, InterestAsked, InterestDecided, InterestEnded,
        MatchFound,
        MatchWeighedAgain,
        MatchJudged,
        NamesCounted,
        DutyRaised,
        DutyMoved,
        Delivered,
        DeliveryClimbed,
        DeliveryRecalled,
        DeliveryRenewed, TellingOwedAnew, CorrectionAsked, CorrectionReceived,
        RequestRecorded, RequestPartAsked, RequestPartAnswered, RequestAnswered,
        Withheld,
        WithholdingReviewed,
        DecisionOrdered,
        QuestionAsked, QuestionAnswered, OnwardAsked, OnwardDecided, DutyPassedOn, OverloadSigned, OverloadEnded,
        ShiftHandedOver, ShiftTakenOver, ShiftNotTakenOver, ShiftGoesOn,
        GrantGiven,
        GrantEnded,
        GrantReviewed,
        SampleDrawn,
        SampleExamined,
        Read, Searched,
        RegisterTaken,
        RulesProposed, RulesDecided, RulesInForce,
        KeysChanged, StreetsListed, GapSigned, Restored, ClockWentBack, ClockSetRight, Reconciled, ProbesTried,
    )
}
"""Every kind of fact by its name; a line of any other kind is a fault."""
