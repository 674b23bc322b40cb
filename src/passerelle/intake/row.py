"""One row of a register as a reader hands it on: read well, or refused with its reason."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from passerelle.intake import schemas
from passerelle.words import Sentence, sentence

ENTITY_ID_CHARACTERS_MAX = 200
"""No id of an entity that a reader hands on is longer than this, those of parts included."""

EXTERNAL_ID_CHARACTERS_MAX = 180
"""A register's own id may be this long; a longer one is a sign that the wrong column was taken for it."""

FIELD_CHARACTERS_MAX = 20_000
"""One value may be this long. The longest remark on the public lists has some 4,000."""

NAME_CHARACTERS_MAX = 500
"""One value by which somebody is recognised may be this long: comparing takes time by the square, and two names of
8,000 signs hung. The longest on the public lists have some 250."""

ROW_CHARACTERS_MAX = 100_000
"""One row may be this long as it stands in the file (a FollowTheMoney line: see followthemoney.py)."""

VALUES_MAX = 1_000
"""One subject may have this many values in all."""

RAW_CHARACTERS_MAX = ROW_CHARACTERS_MAX
"""Of a row that is longer than this, the beginning is kept for mending."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a register that was read well.

    `number`: where it stands, counted from 1, rising through the file: in CSV, OFAC and JSON lines the line on which it
    begins (a CSV header is line 1, so the first row is 2); in the UN list the how manieth individual or entity it is.
    `entities`: the main subject first, then its parts (addresses, kin, vehicles a cell speaks of); each
    `{"id", "schema", "properties": {name: [text, …]}}`. The main subject's id is `external_id`; a part's id begins with
    it and `#`, says the same in the next edition as long as its content does, and belongs to this row alone.
    `relations`: (from entity id, kind, to entity id). The last may be the main subject of another row of this register.
    `text`: everything the row says, in words. `digest`: SHA-256 of all that matters of it (not its number, not `raw`).
    `raw`: the row as it stood, in the form that `reread` takes back.
    `category`: the category of person (suspect, victim, witness, contact, other) where the register says it.
    """

    number: int
    external_id: str
    entities: tuple[Mapping[str, Any], ...]
    relations: tuple[tuple[str, str, str], ...]
    text: str
    language: str
    learnt_on: str | None
    notes: tuple[str, ...]
    digest: str
    raw: str
    category: str | None = None


@dataclass(frozen=True, slots=True)
class BadRow:
    """One record that is refused. `sentence` names the file, the row, the field where there is one, and the remedy;
    `code` is stable; `raw` is the row as it stood, to be mended and given to `reread`."""

    number: int
    external_id: str | None
    code: str
    sentence: Sentence
    raw: str


class RowFault(Exception):
    """Raised while one row is read, and turned into its BadRow by the reader: never seen outside `intake`."""

    def __init__(self, code: str, what: Sentence) -> None:
        super().__init__(str(what))
        self.code = code
        self.what = what


def bad_row(file: str, number: int, external_id: str | None, fault: RowFault, raw: str) -> BadRow:
    """The refusal of one row, with its file and number before the reason."""
    said = sentence("{file}, row {number}: {what}", file=file, number=number, what=fault.what)
    safe = raw[:RAW_CHARACTERS_MAX].encode("utf-8", "replace").decode("utf-8").replace("\0", "\N{SYMBOL FOR NULL}")
    return BadRow(number, external_id, fault.code, said, safe)


def label_of(prop: str) -> str:
    """A property or relation as words: `birthDate` is “Birth date”, `child_of` “Child of”."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", prop).replace("_", " ").capitalize()


_UNREADABLE = re.compile("[\0\ud800-\udfff\ufffd]")
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")


def check_readable(text: str, name: str) -> None:
    """Refuse a value with signs that no register means: NUL, half a sign, or what stands for unreadable bytes."""
    found = _UNREADABLE.search(text)
    if found is None:
        return
    if found[0] == "\0":
        raise RowFault(
            "intake.nul", sentence("“{field}” holds a NUL character. Remove it and take the row in again.", field=name)
        )
    raise RowFault(
        "intake.unreadable_characters",
        sentence(
            "“{field}” holds bytes that cannot be read as text. Save the file as UTF-8 and mend them.", field=name
        ),
    )


def check_length(text: str, name: str, most: int = FIELD_CHARACTERS_MAX) -> None:
    """Refuse a value longer than any register means."""
    if len(text) > most:
        raise RowFault(
            "intake.field_too_long",
            sentence(
                "“{field}” has {length} characters; at most {limit} are taken in. Shorten it.",
                field=name,
                length=len(text),
                limit=most,
            ),
        )


def check_external_id(given: str, name: str) -> str:
    """The register's own id of a row, refused where it is empty or too long."""
    external_id = given.strip()
    if not external_id:
        raise RowFault(
            "intake.no_id",
            sentence("“{field}” is empty. Give the row an id that stays the same in the next edition.", field=name),
        )
    if len(external_id) > EXTERNAL_ID_CHARACTERS_MAX:
        raise RowFault(
            "intake.id_too_long",
            sentence(
                "The id in “{field}” is longer than {limit} characters.", field=name, limit=EXTERNAL_ID_CHARACTERS_MAX
            ),
        )
    return external_id


@dataclass(slots=True)
class Draft:
    """A row in the making: properties, parts, relations and words are added, then `finish` makes the Row.

    `forgiving`: a value whose bytes its own publisher has spoilt is left out with a note, and does not cost the row.
    For lists that nobody here can mend.
    """

    external_id: str
    schema: str
    forgiving: bool = False
    properties: dict[str, list[str]] = field(default_factory=dict)
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)
    relations: list[tuple[str, str, str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    values: int = 0

    def add(self, prop: str, value: str | None) -> None:
        """One value more of the main subject; said twice it counts once. Countries become codes where known."""
        self._put(self.properties, prop, value)

    def part(
        self, kind: str, schema: str, properties: Mapping[str, list[str]], *, key: str | None = None
    ) -> str | None:
        """A subject that this row speaks of besides its main one, tied to it by `kind`; its id, or None if it is empty.

        The id is made of `key`, or else of the content, so that it stays the same from edition to edition.
        """
        kept: dict[str, list[str]] = {}
        for prop, values in properties.items():
            for value in values:
                self._put(kept, prop, value)
        if not kept:
            return None
        content = json.dumps([schema, kept], ensure_ascii=False, sort_keys=True)
        part_id = f"{self.external_id}#{key}"
        if key is None or len(part_id) > ENTITY_ID_CHARACTERS_MAX:
            part_id = f"{self.external_id}#{hashlib.sha256((key or content).encode()).hexdigest()[:12]}"
        self.parts.setdefault(part_id, {"id": part_id, "schema": schema, "properties": kept})
        self.relate(kind, part_id)
        return part_id

    def relate(self, kind: str, other_id: str) -> None:
        """The main subject stands in this relation to the subject with that id, here or in another row."""
        relation = (self.external_id, kind, other_id)
        if relation not in self.relations:
            self.relations.append(relation)

    def say(self, label: str, value: str | None) -> None:
        """One line of the row's text: `Born: 1971`. Nothing is said of an empty value."""
        if value and value.strip():
            check_readable(value.replace("\ufffd", "?") if self.forgiving else value, label)
            check_length(value, label)
            line = f"{label}: {_tidy(value)}" if label else _tidy(value)
            if line not in self.said:
                self.said.append(line)

    def note(self, said: Sentence) -> None:
        """Something the reader of the import should know about this row, once."""
        if str(said) not in self.notes:
            self.notes.append(str(said))

    def finish(
        self, number: int, *, language: str, raw: str, learnt_on: str | None = None, category: str | None = None
    ) -> Row:
        """The Row. Refuses one by which nothing could be recognised again."""
        if not self.relations and not schemas.is_recognisable(frozenset(self.properties)):
            raise RowFault(
                "intake.nothing_to_recognise",
                sentence(
                    "The row has no name, no number, no address and no relation: nothing could be recognised by it. "
                    "Give it one of these."
                ),
            )
        if self.schema == "Person" and not self.properties.get("name"):
            parts = [self.properties.get(prop, [""])[0] for prop in ("firstName", "middleName", "lastName")]
            self.add("name", " ".join(part for part in parts if part))
        main = {"id": self.external_id, "schema": self.schema, "properties": self.properties}
        entities = (main, *self.parts.values())
        text = "\n".join(self.said)
        content = [entities, sorted(self.relations), text, language, learnt_on, category]
        packed = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return Row(
            number=number,
            external_id=self.external_id,
            entities=entities,
            relations=tuple(self.relations),
            text=text,
            language=language,
            learnt_on=learnt_on,
            notes=tuple(self.notes),
            digest=hashlib.sha256(packed.encode("utf-8")).hexdigest(),
            raw=raw,
            category=category,
        )

    def _put(self, into: dict[str, list[str]], prop: str, value: str | None) -> None:
        if value is None or not value.strip():
            return
        if self.forgiving and "\ufffd" in value:
            self.note(sentence("“{value}” holds spoilt signs; it stands in the text only.", value=_tidy(value)[:200]))
            return
        check_readable(value, prop)
        kept = _tidy(value)
        if self.forgiving and len(kept) > NAME_CHARACTERS_MAX:
            check_length(value, prop)
            self.note(sentence("“{value}” is too long to compare; it stands in the text only.", value=kept[:200]))
            return
        check_length(kept, prop, NAME_CHARACTERS_MAX)
        if schemas.is_country(prop):
            code = schemas.country_code(kept)
            if code is None:
                self.note(sentence("“{value}” is no country that is known; it is kept as it stands.", value=kept))
            kept = code or kept
        already = into.setdefault(prop, [])
        if kept not in already:
            self.values += 1
            if self.values > VALUES_MAX:
                raise RowFault(
                    "intake.too_many_values",
                    sentence("The row has more than {limit} values. Split it.", limit=VALUES_MAX),
                )
            already.append(kept)


def _tidy(value: str) -> str:
    return _CONTROL.sub(" ", value).strip()


class Seen:
    """Which ids a file has had already, by hashes of eight bytes: of a million ids, two fall together in one
    file of 30 million."""

    def __init__(self) -> None:
        self._ids: set[int] = set()

    def again(self, external_id: str) -> bool:
        """Whether this id was there before; from now on it was."""
        number = int.from_bytes(hashlib.blake2b(external_id.encode("utf-8", "replace"), digest_size=8).digest(), "big")
        if number in self._ids:
            return True
        self._ids.add(number)
        return False


def twice(external_id: str) -> RowFault:
    """The fault of a row whose id an earlier row of the file has."""
    return RowFault(
        "intake.id_twice",
        sentence(
            "The id “{id}” was used by an earlier row of this file. Give this row its own id, or join the two.",
            id=external_id,
        ),
    )
