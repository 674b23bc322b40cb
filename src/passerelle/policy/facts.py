"""The frozen facts that policy decides on, and the closed words they are said in."""

from __future__ import annotations

from dataclasses import dataclass

from passerelle.errors import Refused
from passerelle.words import Sentence, noop, sentence

SERVICE_KINDS: dict[str, str] = {
    "police": noop("a police zone"),
    "federal_police": noop("the federal police"),
    "prosecutor": noop("a prosecutor's office"),
    "municipality": noop("a municipality"),
    "youth_care": noop("a youth-care board"),
    "school": noop("a school"),
    "health": noop("a health service"),
    "neutral_desk": noop("the neutral desk of the exchange"),
    "oversight": noop("an oversight body"),
}
"""Kinds of service, each with how it is called in a sentence."""

REGIMES: dict[str, str] = {
    "law_enforcement": noop("law enforcement"),
    "data_protection": noop("data protection"),
    "professional_secrecy": noop("professional secrecy"),
}
"""Legal regimes under which a service holds its information."""

PURPOSES: dict[str, str] = {
    "investigation": noop("the investigation of offences"),
    "prosecution": noop("the prosecution of offences"),
    "public_safety": noop("the prevention of threats to public safety"),
    "missing_person": noop("the search for a missing person"),
    "child_protection": noop("the protection of a child"),
    "victim_protection": noop("the protection of a victim"),
    "administrative_enforcement": noop("administrative enforcement"),
}
"""What an interest is for (each explained in data/purposes.yaml)."""

CATEGORIES: dict[str, str] = {
    "suspect": noop("a suspect"),
    "contact": noop("a contact of a suspect"),
    "victim": noop("a victim"),
    "witness": noop("a witness"),
    "child": noop("a child"),
    "other": noop("another person"),
    "none": noop("a thing and no person"),
}
"""Categories of data subject (Directive (EU) 2016/680, Art. 6); `none` for an address, a vehicle, a number."""

FORMS: tuple[str, ...] = ("nothing", "pointer", "extract", "whole")
"""What may travel, from least to most."""

FORM_WORDS: dict[str, str] = {
    "nothing": noop("nothing"),
    "pointer": noop("a pointer"),
    "extract": noop("an extract"),
    "whole": noop("the whole report"),
}

HANDLINGS: tuple[str, ...] = ("open", "consent", "sealed")
"""What the owner allowed when filing, from loosest to strictest."""

STANDINGS: tuple[str, ...] = ("strong", "same", "unsure", "rule")
"""What a telling rests on: strong evidence nobody judged yet, a match judged the same, one judged unsure; or a rule of
theme or territory."""

URGENCIES: tuple[str, ...] = ("danger", "urgent_direct", "urgent", "normal")
"""From most to least urgent: danger to life; urgent and directly accessible; urgent; all else."""

DUTY_KINDS: tuple[str, ...] = ("pass_on", "judge", "acknowledge", "answer", "review", "correct", "request")
"""What a desk can owe."""

ROLES: tuple[str, ...] = ("officer", "desk", "supervisor", "head", "oversight", "administrator")
"""The seats an officer may have in a service."""

DESK_ROLES: frozenset[str] = frozenset({"desk", "supervisor", "head"})
"""Those who act for their service's desk."""

SERVICE_ROLES: frozenset[str] = DESK_ROLES | {"officer"}
"""Those who work with the contents their service holds; oversight and administrators are not among them."""

ACTS: tuple[str, ...] = (
    "list",
    "read",
    "read_content",
    "name_owner",
    "file",
    "judge",
    "acknowledge",
    "pass_on",
    "answer",
    "withhold",
    "review",
    "hold",
    "reassign",
    "correct",
    "erase",
    "recall",
    "manage",
    "send_away",
    "order_decision",
    "grant",
    "end",
    "export_ledger",
)
"""What a reader may want to do. `list`: it stands in a list; `read`: its state, its clock and its reasons, no content;
`read_content`: its text and its subjects; `name_owner`: be told which other service stands behind it."""

THING_KINDS: tuple[str, ...] = (
    "report",
    "subject",
    "dossier",
    "match",
    "duty",
    "delivery",
    "withholding",
    "interest",
    "grant",
    "question",
    "overload",
    "request",
    "ledger",
    "service",
    "officer",
)
"""What access is asked of."""


class UnknownWord(Refused):
    """A word that its closed list does not have: a purpose, a category, a kind of service …"""

    code = "policy.unknown_word"


def check_word(word: str, known: tuple[str, ...] | dict[str, str], *, what: str) -> None:
    """Raises UnknownWord, naming the list, unless `word` stands on it."""
    if word not in known:
        raise UnknownWord(
            sentence("“{word}” is no {what} that policy knows.", word=word, what=what),
            way_out=sentence("Use one of: {known}.", known=", ".join(known)),
        )


def word_of(table: dict[str, str], key: str) -> Sentence:
    """How `key` is called in a sentence, ready to be said in the reader's language."""
    return Sentence(table[key])


def lesser(*forms: str) -> str:
    """The form that tells least."""
    return min(forms, key=FORMS.index)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFacts:
    """What policy needs to know of a service. `tasks` and `territories` are those entrusted to it by law."""

    key: str
    kind: str
    regime: str
    tasks: frozenset[str] = frozenset()
    territories: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderFacts:
    """Who asks: an officer, in one role, for one service."""

    officer: str
    service: str
    role: str
    languages: frozenset[str] = frozenset()
    service_kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingFacts:
    """What is asked for, in the facts that grounds look at; each field is one column or one set of rows in a table.

    `service` owns it: for a duty, a delivery and a withholding, the service that owns what they are about.
    `discreet`: an interest behind it is discreet; every name of a service other than the reader's own then needs
    the act `name_owner`.
    `delivered_to` got a delivery of it in any form, `delivered_whole_to` the whole of it.
    `holder_service` and `assigned_to` (an officer, may be None) hold the duty now.
    `parties` are the services on either side of a match or a duty; `sees_both` those of them whose desk policy lets see
    both sides (see `disclosure.sees_other_side`). `filed_by` is the officer who filed it or, for a withholding, a
    judgement, an interest, who decided it. `judged_by`: services whose judgement of a match
    stands. `live`: a grant has not ended.
    """

    kind: str
    service: str | None = None
    handling: str = "open"
    delivered_to: frozenset[str] = frozenset()
    delivered_whole_to: frozenset[str] = frozenset()
    holder_service: str | None = None
    parties: frozenset[str] = frozenset()
    sees_both: frozenset[str] = frozenset()
    discreet: bool = False
    filed_by: str | None = None
    assigned_to: str | None = None
    judged_by: frozenset[str] = frozenset()
    live: bool = True
