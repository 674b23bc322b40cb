"""What a request may hold: each body with its fields, their kinds and their limits. Nothing is decided here."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, Field

from passerelle.flow.sizes import NAME_CHARACTERS_MAX, NOTE_CHARACTERS_MAX, TEXT_CHARACTERS_MAX, VALUES_MAX

SUBJECTS_MAX = 200
ENTITIES_MAX = 600

Note = Annotated[str, Field(max_length=NOTE_CHARACTERS_MAX)]
Words = Annotated[str, Field(min_length=1, max_length=NOTE_CHARACTERS_MAX)]
Word = Annotated[str, Field(min_length=1, max_length=60)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Value = Annotated[str, Field(max_length=NAME_CHARACTERS_MAX)]
Offset = Annotated[int, Field(ge=0, le=TEXT_CHARACTERS_MAX)]


class Body(Schema):
    """A body with no other fields than those it names."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class SubjectIn(Body):
    """A subject: FollowTheMoney's schema and properties, and a local id that the relations of this request use."""

    id: Name
    schema_: Word = Field(alias="schema")
    properties: dict[Word, Annotated[list[Value], Field(max_length=VALUES_MAX)]] = Field(default={}, max_length=100)
    category: Literal["suspect", "victim", "witness", "contact", "child", "other"] = "other"
    caption: Annotated[str, Field(max_length=300)] = ""
    spans: Annotated[list[tuple[Offset, Offset]], Field(max_length=50)] = []


class RelationIn(Body):
    """How two subjects of one request hang together, by their ids."""

    source: Name
    kind: Word
    target: Name


class Subjects(Body):
    """Subjects and their relations; or FollowTheMoney entities, their ties among them."""

    subjects: Annotated[list[SubjectIn], Field(max_length=SUBJECTS_MAX)] = []
    relations: Annotated[list[RelationIn], Field(max_length=2 * SUBJECTS_MAX)] = []
    entities: Annotated[list[dict[str, Any]], Field(max_length=ENTITIES_MAX)] = []


class ReportIn(Subjects):
    """A report to be filed."""

    text: Annotated[str, Field(min_length=1, max_length=TEXT_CHARACTERS_MAX)]
    language: Literal["nl", "fr", "de", "en"]
    source_grade: Literal["A", "B", "C", "X"] = "X"
    information_grade: Literal["1", "2", "3", "4"] = "4"
    handling: Literal["open", "consent", "sealed"] = "open"
    handling_reason: Note = ""
    handling_review_on: date | None = None
    handling_note: Note = ""
    themes: Annotated[list[Word], Field(max_length=20)] = []
    territory: Annotated[str, Field(max_length=60)] = ""
    assessment: bool = False
    danger_to_life: bool = False
    learnt_on: date | None = None
    dossier: Annotated[str, Field(max_length=40)] = ""


class DossierIn(Subjects):
    """A dossier to be opened."""

    title: Words
    language: Literal["nl", "fr", "de", "en"]
    purpose: Word
    legal_basis: Words
    until: date
    themes: Annotated[list[Word], Field(max_length=20)] = []
    note: Note = ""
    discreet: bool = False


class WatchIn(Subjects):
    """A watch (subjects without a dossier) or a rule (a theme or a territory) to be asked for."""

    kind: Literal["watch", "rule"] = "watch"
    purpose: Word
    legal_basis: Words
    until: date
    theme: Annotated[str, Field(max_length=40)] = ""
    territory: Annotated[str, Field(max_length=60)] = ""
    discreet: bool = False


class ReadIn(Body):
    """What something is read for. `follows`: from a duty, a filing or an arrival, which the house checks; any other
    purpose is one of the list that the role may give."""

    purpose: Word
    reason: Words


class SearchIn(Body):
    """A question, as one would type it, in any of the four languages; what it is put for; and at most how many."""

    question: Annotated[str, Field(min_length=2, max_length=400)]
    purpose: Word
    reason: Words
    limit: Annotated[int, Field(ge=1, le=30)] = 10


class JudgementIn(Body):
    """Same, different or unsure."""

    verdict: Literal["same", "different", "unsure"]
    reason: Note = ""


class AcknowledgementIn(Body):
    """What was done with what arrived."""

    outcome: Literal["acted_upon", "added", "known", "noted", "not_ours"]
    note: Note = ""


class NoteIn(Body):
    """A note."""

    note: Note = ""


class ReasonIn(Body):
    """A reason in words."""

    reason: Words


class OnwardIn(Body):
    """A further service by its key, what it would need the report for, and why. The reason stays empty where the law
    lets no words on these persons travel."""

    to: Word
    purpose: Word
    reason: Note = ""


class ConsentIn(Body):
    """Yes; `extract`: no more than an extract goes. The note is for who asked."""

    note: Note = ""
    extract: bool = False


class WithholdingIn(Body):
    """A ground of the closed list by its letter, and the reason in words."""

    ground: Word
    reason: Words


class ErasureIn(Body):
    """A ground of the list of endings, by its key."""

    ground: Word


class EndingIn(ErasureIn):
    """The same, and the reason in words."""

    reason: Words


class ReceiptIn(Body):
    """What was done with a copy; for a refusal, the note names the article of law."""

    receipt: Literal["corrected", "removed", "restricted", "not_found", "refused"]
    note: Note = ""


class ReviewIn(Body):
    """A second person upholds a decision, or overturns it."""

    uphold: bool
    reason: Words


class HoldIn(Body):
    """A pause with a reason and an end."""

    until: AwareDatetime
    reason: Words


class AssignmentIn(Body):
    """An officer of the service that holds the duty, by reference; none: back to the desk."""

    officer: Annotated[str, Field(max_length=40)] | None = None


class NoticesIn(Body):
    """Notices that were seen."""

    refs: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=100)]


