"""Facts of questions, of duties that go on to others, of overload and of clocks; the vocabulary lists them."""

from __future__ import annotations

from dataclasses import dataclass

from passerelle.ledger.event import Event


@dataclass(frozen=True, slots=True)
class QuestionAsked(Event):
    """An officer asked a question about something they may see (`about`), or asked back (`parent`); `duty` is what
    whoever can answer owes. `commitment` is salted over the text."""

    question: str
    service: str
    by: str
    about: str
    parent: str
    duty: str
    commitment: str


@dataclass(frozen=True, slots=True)
class QuestionAnswered(Event):
    """A question was answered; `commitment` is salted over the answer."""

    question: str
    by: str
    commitment: str


@dataclass(frozen=True, slots=True)
class DutyPassedOn(Event):
    """A duty was said to be another service's: from now on it climbs that one's ladder."""

    duty: str
    service: str
    by: str


@dataclass(frozen=True, slots=True)
class OverloadSigned(Event):
    """The head of a service signed that one kind of duty is deferred until a moment, for lack of people; oversight
    reviews it. `commitment` is salted over the reason."""

    overload: str
    service: str
    kind: str
    by: str
    until: str
    review: str
    commitment: str


@dataclass(frozen=True, slots=True)
class OverloadEnded(Event):
    """An overload was reviewed (upheld, overturned) or ran out (empty); `ended`: it defers nothing any more."""

    overload: str
    outcome: str
    by: str
    ended: bool


@dataclass(frozen=True, slots=True)
class ClockWentBack(Event):
    """The clock on the wall was found so many seconds behind what was acted on before. Effective time does not go back:
    it goes on from where it was."""

    seconds: int


@dataclass(frozen=True, slots=True)
class ClockSetRight(Event):
    """An operator acknowledged that the clock had jumped forward by mistake: effective time, which still ran so many
    seconds ahead, is the clock on the wall again. After this line, and no other, time may stand earlier, by so much.
    `cause` is a word of a closed list; `duties` counts those whose clocks were set in the false time and moved back."""

    cause: str
    seconds: int
    duties: int


@dataclass(frozen=True, slots=True)
class ShiftHandedOver(Event):
    """A shift of a desk signed what the next must know, until a moment; so much stood open and late then. `commitment`
    is salted over the note."""

    handover: str
    service: str
    by: str
    until: str
    open: int
    late: int
    commitment: str


@dataclass(frozen=True, slots=True)
class ShiftTakenOver(Event):
    """Somebody of the next shift took a handover over."""

    handover: str
    by: str


@dataclass(frozen=True, slots=True)
class ShiftNotTakenOver(Event):
    """Nobody took a handover over in time: who stands on that rung was told (empty: the desk). `ended`: its note has
    ended with that."""

    handover: str
    level: int
    told: str
    ended: bool


@dataclass(frozen=True, slots=True)
class ShiftGoesOn(Event):
    """A service closed before anybody took a handover over: it is its successor's, and its clock goes on there."""

    handover: str
    service: str


@dataclass(frozen=True, slots=True)
class ProbesTried(Event):
    """Invented pairs of records that should meet were put on the live road of matching, and undone. Of one group of
    invented names written in one way: pairs tried, those that met, met strongly, and probes that met a real record too.
    `by` signed for them; who repeats `seed` invents the same."""

    probes: str
    by: str
    seed: int
    group: str
    way: str
    tried: int
    met: int
    strong: int
    met_others: int
