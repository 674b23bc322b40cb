"""What protected content is read for: a closed list of purposes, and which of them the house can say by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from passerelle.errors import Refused
from passerelle.policy.facts import ROLES
from passerelle.policy.tables import DATA_FOLDER, Given, read, rows, wrong
from passerelle.words import Sentence, sentence

_PATH = DATA_FOLDER / "reading_purposes.yaml"
TEXT_WORDS_MIN = 3
"""What is said in words says something about this case: fewer words than these do not."""


@dataclass(frozen=True, slots=True)
class ReadingPurpose:
    """One purpose: how it is called, who may give it, whether it asks for words, and where it stands in law."""

    key: str
    says: Sentence
    roles: frozenset[str]
    preset: bool
    needs_text: bool
    source: str
    standing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Follows:
    """What a reading may follow from: a live duty about the thing, held by the reader or their desk; having filed or
    opened it, or a case of theirs that it concerns; having arrived at their desk, where nobody opened it yet."""

    holds_duty: bool = False
    filed_it: bool = False
    has_arrived: bool = False


class PurposeUnknown(Refused):
    """A purpose that is not on the list, that this role does not have, or that only the house itself says."""

    code = "read.purpose_unknown"


class PurposeNeedsText(Refused):
    """This purpose says too little without words of one's own."""

    code = "read.purpose_needs_text"


def preset(follows: Follows) -> str:
    """The purpose that the house says by itself; empty where the reader must say it."""
    if follows.holds_duty:
        return "my_duty"
    if follows.filed_it:
        return "my_filing"
    return "arrived" if follows.has_arrived else ""


def offered(role: str) -> tuple[ReadingPurpose, ...]:
    """What a reader in this role may choose from, in the order of the table."""
    return tuple(purpose for purpose in PURPOSES.values() if role in purpose.roles and not purpose.preset)


def stated(key: str, role: str, text: str) -> ReadingPurpose:
    """The purpose that a reader gives. Raises PurposeUnknown, PurposeNeedsText."""
    mine = {purpose.key: purpose for purpose in offered(role)}
    if key not in mine:
        raise PurposeUnknown(
            sentence("This is no purpose that you can read for."),
            way_out=sentence("Choose one of those that are shown."),
        )
    if mine[key].needs_text and len(text.split()) < TEXT_WORDS_MIN:
        raise PurposeNeedsText(
            sentence("This purpose needs a few words of your own."),
            way_out=sentence("Say what for: the number of the request or the case, or who asked."),
        )
    return mine[key]


def load(path: Given = _PATH) -> Mapping[str, ReadingPurpose]:
    """The purposes of a table, by key. Raises WrongTable for one that is for nobody."""
    found = {}
    for row in rows(path, "reading", required={"says": str, "roles": list, "preset": bool, "text": bool}):
        if not row["roles"] or not set(row["roles"]) <= set(ROLES):
            raise wrong(path, f"row {row['id']} names a role that nobody has")
        found[row["id"]] = ReadingPurpose(
            key=row["id"], says=Sentence(row["says"]), roles=frozenset(row["roles"]), preset=row["preset"],
            needs_text=row["text"], source=row["source"], standing=row["standing"],
        )  # fmt: skip
    return MappingProxyType(found)


PURPOSES: Mapping[str, ReadingPurpose] = load()
"""The closed list, by key."""

VISIT = timedelta(minutes=int(read(_PATH)["visit_minutes"]))
"""So long a purpose that was given for a thing holds; after it, it is asked again."""
