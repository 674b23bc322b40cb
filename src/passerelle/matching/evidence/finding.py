"""One piece of evidence: of what kind, how much it weighs in bits, and the sentence that says it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from passerelle.words import Sentence

WEIGHTS = Path(__file__).parent.parent / "data" / "weights.yaml"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What two subjects say for being one (`bits` above 0) or against it (below 0).

    `say` builds the sentence when it is asked for: most comparisons are never read.
    """

    kind: str
    bits: float
    say: Callable[[], Sentence]

    @property
    def sentence(self) -> Sentence:
        """The evidence in words."""
        return self.say()


@cache
def weights() -> dict[str, Any]:
    """The table of bits, `data/weights.yaml`."""
    with WEIGHTS.open(encoding="utf-8") as file:
        found: dict[str, Any] = yaml.safe_load(file)
    return found
