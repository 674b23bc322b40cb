"""Facts of the tables of rules: proposed by one, decided by another, in force from a day on."""

from __future__ import annotations

from dataclasses import dataclass

from passerelle.ledger.event import Event


@dataclass(frozen=True, slots=True)
class RulesProposed(Event):
    """Somebody asked for another version of a table of rules (`digest` is the SHA-256 of its text); a second person
    owes a review. `commitment` is salted over the reason."""

    rules: str
    table: str
    digest: str
    by: str
    starts: str
    review: str
    commitment: str


@dataclass(frozen=True, slots=True)
class RulesDecided(Event):
    """A second person approved a version (it has a number from then on) or refused it (0)."""

    rules: str
    outcome: str
    version: int
    by: str


@dataclass(frozen=True, slots=True)
class RulesInForce(Event):
    """From the next line on, this version of the table decides; what was raised before keeps its row and its clock."""

    rules: str
    table: str
    version: int
