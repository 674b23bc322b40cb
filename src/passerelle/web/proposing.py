"""What a text seems to speak of, and its language: asked of `intake.text`, which finds; until it is built, nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Nothing:
    """No proposal."""

    subjects: tuple[Any, ...] = ()
    relations: tuple[Any, ...] = ()


def propose(text: str, language: str) -> Any:
    """Subjects and relations to be confirmed by a person."""
    return Nothing()


def detect_language(text: str) -> str:
    """The language of a text; empty where it cannot be told."""
    return ""
