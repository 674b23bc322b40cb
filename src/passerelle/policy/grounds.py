"""The closed list of grounds on which information may be withheld, and the refusal of whatever is not on it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from passerelle.errors import Refused
from passerelle.policy.tables import DATA_FOLDER, read, rows
from passerelle.words import Sentence, sentence

_PATH = DATA_FOLDER / "grounds.yaml"
REASON_WORDS_MIN = 3
"""A reason says something about this case: fewer words than these do not."""


@dataclass(frozen=True, slots=True)
class Ground:
    """One lawful ground: its letter, its text, where it stands in law, and whether that binds or is borrowed."""

    letter: str
    text: Sentence
    source: str
    standing: str


class GroundNotLawful(Refused):
    """What was given as a ground does not stand on the closed list."""

    code = "withhold.ground_not_lawful"


class ReasonMissing(GroundNotLawful):
    """The ground is lawful, and nothing says why it applies here."""

    code = "withhold.reason_missing"


def lawful(ground: str, reason: str) -> Ground:
    """The ground of this letter (a to j), given a reason of at least three words that is about the case.

    Raises GroundNotLawful, naming the closed list, for anything else; with a sentence of its own for a doubtful source,
    a lack of time and not having been asked, also when one of these is all that the reason says. Raises ReasonMissing.
    """
    refuse_what_is_no_ground(ground)
    found = GROUNDS.get(ground)
    if found is None:
        raise GroundNotLawful(
            sentence("“{ground}” is no lawful ground for withholding.", ground=ground), way_out=_way_out()
        )
    refuse_what_is_no_ground(reason)
    if len(re.findall(r"\w+", reason)) < REASON_WORDS_MIN:
        raise ReasonMissing(
            sentence("Ground {letter} needs a reason that says why it applies here.", letter=found.letter),
            way_out=sentence("Say in a sentence what would happen if this were passed on."),
        )
    return found


def refuse_what_is_no_ground(said: str) -> None:
    """Raises GroundNotLawful if a doubtful source, a lack of time or not having been asked is all that `said` says, in
    any of the four languages; for a reason to withhold, and for one to hold or to defer."""
    instead = _not_grounds().get(_plain(said))
    if instead is not None:
        raise GroundNotLawful(instead, way_out=_way_out())


def _way_out() -> Sentence:
    return sentence("The lawful grounds are: {grounds}", grounds=_the_list())


def _load() -> Mapping[str, Ground]:
    return MappingProxyType(
        {
            row["id"]: Ground(
                letter=row["id"], text=Sentence(row["says"]), source=row["source"], standing=row["standing"]
            )
            for row in rows(_PATH, "grounds", required={"says": str})
        }
    )


GROUNDS: Mapping[str, Ground] = _load()
"""The closed list, by letter, a to j."""


@cache
def _not_grounds() -> dict[frozenset[str], Sentence]:
    found = {}
    for row in rows(_PATH, "not_grounds", required={"says": str, "also": list}):
        for said in (row["id"], *row["also"]):
            found[_plain(said)] = Sentence(row["says"])
    return found


@cache
def _fillers() -> frozenset[str]:
    return frozenset(read(_PATH)["fillers"])


@cache
def _the_list() -> Sentence:
    places = " ".join(f"{letter}) {{{letter}}}" for letter in GROUNDS)
    return Sentence(places, tuple((letter, ground.text) for letter, ground in GROUNDS.items()))


def _plain(said: str) -> frozenset[str]:
    """The words that carry meaning, in no order: “The source is rather doubtful!” says what “doubtful source” says."""
    words = frozenset(re.findall(r"[^\W_]+", said.casefold()))
    return words - _fillers() or words
