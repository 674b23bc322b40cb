"""How a report ends: the grounds for withdrawing or erasing it, what becomes of its duties, which receipts count."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from passerelle.errors import Refused
from passerelle.policy.facts import DUTY_KINDS
from passerelle.policy.tables import DATA_FOLDER, rows, wrong
from passerelle.words import Sentence, sentence

ENDING_ACTS = ("withdraw", "erase")
FATES = ("refuses", "ends", "stays")
REVIEWS = ("withholding", "glass", "sealing", "periodic", "watch", "")
"""What a duty to review looks at; empty for any other duty."""

_PATH = DATA_FOLDER / "ending_reports.yaml"


class EndingGroundUnknown(Refused):
    """No ground on which a report may be withdrawn, or erased."""

    code = "ending.ground_unknown"


class StillOwed(Refused):
    """A live duty about the report must be dealt with before it goes."""

    code = "ending.still_owed"


class ReceiptUnknown(Refused):
    """A receipt that this correction does not take."""

    code = "ending.receipt_unknown"


@dataclass(frozen=True, slots=True)
class EndingGround:
    """One ground: for which acts, how it is said, and where it stands in law."""

    key: str
    acts: frozenset[str]
    says: Sentence
    source: str
    standing: str


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a live duty about a report that goes."""

    duties: frozenset[str]
    reviews: frozenset[str]
    acts: frozenset[str]
    fate: str
    says: Sentence


@cache
def grounds(path: Path = _PATH) -> dict[str, EndingGround]:
    """The closed list of grounds, by key. Raises WrongTable."""
    found = {}
    for row in rows(path, "grounds", required={"acts": list, "says": str}):
        _known(path, row, "acts", ENDING_ACTS)
        found[row["id"]] = EndingGround(
            row["id"], frozenset(row["acts"]), Sentence(row["says"]), row["source"], row["standing"]
        )
    return found


@cache
def fates(path: Path = _PATH) -> tuple[Fate, ...]:
    """The table of what becomes of live duties, in its order. Raises WrongTable."""
    found = []
    for row in rows(path, "duties", required={"duties": list, "acts": list, "fate": str, "says": str}):
        for name, known in (("duties", DUTY_KINDS), ("acts", ENDING_ACTS), ("reviews", REVIEWS)):
            _known(path, row, name, known)
        if row["fate"] not in FATES:
            raise wrong(path, f"row {row['id']} has a fate that nobody knows")
        found.append(
            Fate(
                frozenset(row["duties"]),
                frozenset(row.get("reviews", ())),
                frozenset(row["acts"]),
                row["fate"],
                Sentence(row["says"]),
            )
        )
    return tuple(found)


def lawful(key: str, act: str) -> EndingGround:
    """The ground, if `act` may rest on it. Raises EndingGroundUnknown, with those it may."""
    found = grounds().get(key)
    if found is None or act not in found.acts:
        known = ", ".join(ground.key for ground in grounds().values() if act in ground.acts)
        raise EndingGroundUnknown(
            sentence("“{ground}” is no ground on which this may be done.", ground=key),
            way_out=sentence("Use one of: {known}.", known=known),
        )
    return found


def fate_of(kind: str, reviews: str, act: str) -> Fate:
    """What becomes of a live duty of `kind` (and for a review, of what it reviews) when its report goes by `act`."""
    for row in fates():
        if kind in row.duties and act in row.acts and (not row.reviews or reviews in row.reviews):
            return row
    raise AssertionError(f"the table of fates has no row for {kind}, {reviews}, {act}")


@cache
def receipts_for(kind: str, path: Path = _PATH) -> tuple[str, ...]:
    """Which receipts a correction of this kind takes."""
    table = {row["id"]: tuple(row["receipts"]) for row in rows(path, "receipts", required={"receipts": list})}
    return table[kind]


def check_receipt(receipt: str, kind: str, note: str) -> None:
    """Raises ReceiptUnknown; a refusal must name the law that asks for the copy as it is."""
    if receipt not in receipts_for(kind):
        raise ReceiptUnknown(
            sentence("“{receipt}” does not say what was done with your copy.", receipt=receipt),
            way_out=sentence("Use one of: {known}.", known=", ".join(receipts_for(kind))),
        )
    if receipt == "refused" and len(note.split()) < 3:
        raise ReceiptUnknown(
            sentence("A refusal names the law that asks you to keep your copy as it is."),
            way_out=sentence("Write the article, and what it asks for."),
        )


def _known(path: Path, row: dict[str, Any], key: str, words: tuple[str, ...]) -> None:
    given = row.get(key, [])
    if not isinstance(given, list) or not set(given) <= set(words):
        raise wrong(path, f"row {row['id']} has a word under “{key}” that nobody knows")
