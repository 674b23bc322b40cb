"""What a person may ask of those who may hold something on them, and the words they are answered with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from passerelle.errors import Refused
from passerelle.policy.tables import DATA_FOLDER, rows, wrong
from passerelle.words import Sentence, sentence

_PATH = DATA_FOLDER / "requests.yaml"


class RequestUnknown(Refused):
    """A kind of request, a way of making sure who asks, an outcome or a ground that its closed list does not have."""

    code = "request.unknown"


@dataclass(frozen=True, slots=True)
class Word:
    """One row of a closed list: its sentence and its source."""

    key: str
    says: Sentence
    source: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What may come of a request. `full`: the person is told so; else they are told only that it was looked at."""

    key: str
    kinds: frozenset[str]
    full: bool
    needs_ground: bool
    says: Sentence


@cache
def words(block: str, path: Path = _PATH) -> dict[str, Word]:
    """The rows of `kinds`, `identities` or `grounds`, by key. Raises WrongTable."""
    found = rows(path, block, required={"says": str})
    return {row["id"]: Word(row["id"], Sentence(row["says"]), row["source"]) for row in found}


@cache
def outcomes(path: Path = _PATH) -> dict[str, Outcome]:
    """What may come of a request, by key. Raises WrongTable for a kind that nobody knows."""
    found = {}
    needed: dict[str, type | tuple[type, ...]] = {"kinds": list, "full": bool, "ground": bool, "says": str}
    for row in rows(path, "outcomes", required=needed):
        if not set(row["kinds"]) <= set(words("kinds", path)):
            raise wrong(path, f"row {row['id']} has a kind of request that nobody knows")
        found[row["id"]] = Outcome(
            row["id"], frozenset(row["kinds"]), row["full"], row["ground"], Sentence(row["says"])
        )
    return found


def check(block: str, key: str) -> Word:
    """The row, if its list has it. Raises RequestUnknown."""
    found = words(block).get(key)
    if found is None:
        raise _unknown(key, words(block))
    return found


def check_outcome(kind: str, key: str, ground: str, reason: str) -> Outcome:
    """The outcome, if a request of `kind` may come to it and a ground is named where it needs one. Raises
    RequestUnknown."""
    found = outcomes().get(key)
    if found is None or kind not in found.kinds:
        raise _unknown(key, {name: one for name, one in outcomes().items() if kind in one.kinds})
    if found.needs_ground and ground not in words("grounds"):
        raise _unknown(ground, words("grounds"))
    if len(reason.split()) < 3:
        raise RequestUnknown(
            sentence("An answer needs a few words on what was looked at, and by whom."),
            way_out=sentence("They are kept for the supervisory authority; the person does not read them."),
        )
    return found


def _unknown(key: str, known: dict[str, Word] | dict[str, Outcome]) -> RequestUnknown:
    return RequestUnknown(
        sentence("“{value}” is not on the list.", value=key),
        way_out=sentence("Use one of: {known}.", known=", ".join(known)),
    )


CHECKED = sentence("The necessary checks have been made. The law does not let us say more.")
COMPLAIN = sentence("You may turn to the supervisory authority, and to a court.")


def letter(outcome: str, *, way: str) -> list[Sentence]:
    """What the person is told. By way of the authority it is the same for every outcome: an authority that says more
    in one case says something in all others. A service that answers for itself tells what it did, or the same words
    whether it holds nothing or may not say (Directive (EU) 2016/680, Art. 15(3) and 17(3))."""
    if way == "direct" and outcomes()[outcome].full:
        return [outcomes()[outcome].says, COMPLAIN]
    return [CHECKED, COMPLAIN]
