"""Whose waits an officer may learn from: oversight all of them, those who lead a service its own, others none."""

from __future__ import annotations

from dataclasses import dataclass

from passerelle.words import Sentence, sentence

SMALL_NUMBER = 10
"""Where others read it, a cell of fewer waits says something of single cases and bears no figure."""


@dataclass(frozen=True, slots=True)
class Whose:
    """`service`: whose cells are shown ("" for all); `least`: smaller cells bear no figure (0: all do); and why."""

    service: str
    least: int
    because: Sentence


def whose(*, role: str, service: str) -> Whose | None:
    """What an officer of this role and service may read of where information waits; None for nothing.

    A service sees what it owes itself, whom it waits for it never sees: what another holds for it may be secret, and so
    may who it is that waits. Oversight sees every cell; nothing there names a person or a record.
    """
    if role == "oversight":
        return Whose("", 0, sentence("Oversight sees where information waits, in all services."))
    if role in ("supervisor", "head"):
        return Whose(service, 0, sentence("Those who lead a service see where information waits in it."))
    return None


def for_the_meeting() -> Whose:
    """What a sheet for the services together may show: every cell that is not small."""
    return Whose(
        "", SMALL_NUMBER,
        sentence("For all services together: cells of fewer than {count} are not shown.", count=SMALL_NUMBER),
    )  # fmt: skip
