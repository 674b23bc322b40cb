"""The door to plain text: what a report mentions, what it seems to say, and in which of the four languages."""

from __future__ import annotations

from passerelle.intake.language import detect_language
from passerelle.intake.mention import KINDS, Mention
from passerelle.intake.mentions import mentions
from passerelle.intake.proposal import Proposal, ProposedRelation, ProposedSubject, propose

__all__ = [
    "KINDS",
    "Mention",
    "Proposal",
    "ProposedRelation",
    "ProposedSubject",
    "detect_language",
    "mentions",
    "propose",
]
