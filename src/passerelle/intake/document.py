"""A document dropped into the box: its text as it was taken out, and the refusals of one that is not read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from passerelle.errors import Refused
from passerelle.words import Sentence, sentence

BYTES_MAX = 10_000_000
"""Of the file as it is dropped."""

UNPACKED_BYTES_MAX = 20_000_000
"""Of any one part of it, unpacked. The text of a thousand pages in a DOCX takes some 10 MB."""

RATIO_MAX = 200
"""A packed part may unpack to this many times its own size. Honest documents reach 10 to 40."""

RATIO_FREE_BYTES = 1_000_000
"""Below this size the ratio is not looked at."""

MEMBERS_MAX = 2_000
"""Files in a DOCX or ODT: pictures, styles, and the text."""

PAGES_MAX = 100
"""Of a PDF."""

CHARACTERS_MAX = 100_000
"""Of the text that is taken out. The box itself takes less; it says so where the text is shown."""

ATTACHMENTS_MAX = 20
"""Of one e-mail that are looked at."""


@dataclass(frozen=True, slots=True)
class Document:
    """The text of a document. `kind` is text, html, email, pdf, docx or odt, by its content and not by its name.

    `notes` are what a reader should know: what was guessed, what was left out. `learnt_on` is the day of an e-mail
    (ISO 8601), empty where there is none.
    """

    kind: str
    text: str
    notes: tuple[Sentence, ...] = field(default=())
    learnt_on: str = ""

    def to_json(self) -> dict[str, Any]:
        """For another process; `from_json` takes it back."""
        return {
            "kind": self.kind, "text": self.text, "notes": [note.to_json() for note in self.notes],
            "learnt_on": self.learnt_on,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Document:
        """Back from `to_json`."""
        notes = tuple(Sentence.from_json(note) for note in data["notes"])
        return cls(data["kind"], data["text"], notes, data["learnt_on"])


class DocumentTooLarge(Refused):
    """A document over one of the limits: bytes, pages, characters, or what its parts unpack to."""

    code = "intake.document_too_large"


class DocumentUnreadable(Refused):
    """A document that is damaged, locked, or holds no text at all."""

    code = "intake.document_unreadable"


class DocumentKindUnknown(Refused):
    """Something that is no document of a kind that is read."""

    code = "intake.document_kind"


def paste() -> Sentence:
    """The way out that always is there."""
    return sentence("Open it yourself, and paste what matters into the box.")


def damaged(name: str) -> DocumentUnreadable:
    """The refusal of a file that breaks off, or is not what it says."""
    return DocumentUnreadable(
        sentence("{file} is damaged, or made in a way that cannot be read.", file=name), way_out=paste()
    )


def locked(name: str) -> DocumentUnreadable:
    """The refusal of a file with a password."""
    return DocumentUnreadable(
        sentence("{file} is locked with a password.", file=name),
        way_out=sentence("Save a copy without the password, or open it and paste what matters into the box."),
    )


def no_text(name: str) -> DocumentUnreadable:
    """The refusal of a file with nothing to read in it."""
    return DocumentUnreadable(sentence("{file} holds no text.", file=name), way_out=paste())


def check_part(name: str, unpacked: int, packed: int) -> None:
    """Raises DocumentTooLarge for a part that unpacks, or says it will, to more than an honest one does."""
    if unpacked > UNPACKED_BYTES_MAX or (unpacked > RATIO_FREE_BYTES and unpacked > RATIO_MAX * max(packed, 1)):
        raise DocumentTooLarge(
            sentence(
                "{file} unpacks to over {ratio} times its size, or to over {limit} million bytes: it is not read.",
                file=name, ratio=RATIO_MAX, limit=UNPACKED_BYTES_MAX // 1_000_000,
            ),
            way_out=paste(),
        )  # fmt: skip


def check_characters(name: str, count: int) -> None:
    """Raises DocumentTooLarge over what is taken out of one document."""
    if count > CHARACTERS_MAX:
        raise DocumentTooLarge(
            sentence("{file} holds more than {limit} characters of text.", file=name, limit=CHARACTERS_MAX),
            way_out=paste(),
        )
