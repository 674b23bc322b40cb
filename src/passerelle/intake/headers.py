"""Proposes what the columns of a service's own table mean, from their names in four languages and from how values look.

A proposal is a mapping file to be read and mended by whoever knows the register; nothing is taken in by it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rapidfuzz import fuzz, process

from passerelle.intake import schemas
from passerelle.intake.csv import COLUMNS_MAX, HeaderWrong
from passerelle.intake.row import ROW_CHARACTERS_MAX
from passerelle.intake.source import Opened, stream
from passerelle.intake.table import as_text, cells_of, encoding_of, lines_of, records, sniff
from passerelle.words import Sentence, noop, sentence

ROWS_LOOKED_AT = 200
ALIKE_LEAST = 88
"""Of 100: a name of a column that is so like a known word is taken for it, and marked as unsure."""

MEANS: dict[str, str] = {
    "known": noop("known by its name"),
    "alike": noop("like a known name; look at it"),
    "values": noop("by how its values look; look at it"),
    "never": noop("never taken over"),
    "unknown": noop("not known; it stays in the text of the rows"),
}

_DATES: tuple[tuple[str, str], ...] = (
    (r"\d{4}-\d{1,2}-\d{1,2}", ""),
    (r"\d{1,2}/\d{1,2}/\d{4}", "%d/%m/%Y"),
    (r"\d{1,2}-\d{1,2}-\d{4}", "%d-%m-%Y"),
    (r"\d{1,2}\.\d{1,2}\.\d{4}", "%d.%m.%Y"),
    (r"\d{1,2}/\d{1,2}/\d{2}", "%d/%m/%y"),
    (r"\d{8}", "%Y%m%d"),
)
_LOOKS: tuple[tuple[str, str], ...] = (
    (r"\d{2}[.]?\d{2}[.]?\d{2}[- ]?\d{3}[. ]?\d{2}", "socialSecurityNumber"),
    (r"[^@\s]+@[^@\s]+\.[a-z]{2,}", "email"),
    (r"(\+|00)\d[\d /.()-]{7,16}|0\d{1,3}[ /.]\d[\d .]{5,11}", "phone"),
    (r"\d-[A-Z]{3}-\d{3}", "drives"),
)


@dataclass(frozen=True, slots=True)
class Column:
    """What one column may mean: a property, a relation, a column of the row's own, or nothing; why (a key of `MEANS`);
    the formats of its dates; what its values stand for; how many of the rows looked at have one."""

    name: str
    kind: str
    means: str
    why: str
    formats: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    filled: int = 0

    def says(self) -> Sentence:
        """Why it is taken for that."""
        return Sentence(MEANS[self.why])


@dataclass(frozen=True, slots=True)
class Proposed:
    """A mapping that was proposed: its columns, and the problems that a person must decide on first."""

    file: str
    delimiter: str
    encoding: str
    rows: int
    columns: tuple[Column, ...]
    open_questions: tuple[Sentence, ...]

    def as_yaml(self) -> str:
        """The mapping file, with a remark beside each column that is not sure."""
        own = {one.means: one for one in self.columns if one.kind == "own"}
        lines = [f"# Proposed from the header of {self.file}; read it, and mend what is wrong."]
        if "id" in own:
            lines.append(f"id: {_quoted(own['id'].name)}")
        else:
            lines.append("# id: which column is the register's own number, the same in the next edition?")
        if "schema" in own and own["schema"].values:
            lines.append(f"schema_column: {_quoted(own['schema'].name)}")
            lines.append("schemas: {" + ", ".join(f"{_quoted(a)}: {b}" for a, b in own["schema"].values) + "}")
        else:
            lines.append("schema: Person")
        if "category" in own and own["category"].values:
            lines.append(f"category_column: {_quoted(own['category'].name)}")
            lines.append("categories: {" + ", ".join(f"{_quoted(a)}: {b}" for a, b in own["category"].values) + "}")
        if "learnt_on" in own:
            lines.append(f"learnt_on_column: {_quoted(own['learnt_on'].name)}")
        texts = [one.name for one in self.columns if (one.kind, one.means) == ("own", "text")]
        if texts:
            lines.append("text_columns: [" + ", ".join(map(_quoted, texts)) + "]")
        ignored = [one.name for one in self.columns if one.why == "never"]
        if ignored:
            lines.append("ignore: [" + ", ".join(map(_quoted, ignored)) + "]  # never taken over")
        formats = sorted({one for column in self.columns for one in column.formats})
        if formats:
            lines.append("date_formats: [" + ", ".join(f'"{one}"' for one in formats) + "]")
        if self.delimiter != ",":
            lines.append(f'delimiter: "{self.delimiter}"'.replace("\t", "\\t"))
        lines.append("columns:")
        for one in self.columns:
            if one.kind in ("property", "relation"):
                remark = "" if one.why == "known" else "  # not sure"
                lines.append(f"  {_quoted(one.name)}: {_meaning(one)}{remark}")
        if lines[-1] == "columns:":
            lines[-1] = "columns: {}"
        return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z][A-Za-z0-9_ ]*[A-Za-z0-9_]", text) and text.lower() not in _YAML_WORDS else (
        '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    )  # fmt: skip


_YAML_WORDS = frozenset({"yes", "no", "on", "off", "true", "false", "null", "y", "n"})


def _meaning(one: Column) -> str:
    if one.kind == "relation":
        single = ", single: true" if one.means == "lives_at" else ""
        return "{relation: " + one.means + single + "}"
    if one.values:
        return "{property: " + one.means + ", values: {" + ", ".join(f"{_quoted(a)}: {b}" for a, b in one.values) + "}}"
    return one.means


def proposed(path: Path) -> Proposed:
    """Read the header and the first rows of a table, and propose what its columns mean. Raises HeaderWrong."""
    opened = Opened(path)
    encoding, _ = encoding_of(opened)
    with stream(opened) as flow:
        text = as_text(flow, encoding)
        first = text.readline(ROW_CHARACTERS_MAX + 1).removeprefix("\ufeff")
        if not first.strip() or len(first) > ROW_CHARACTERS_MAX or "\0" in first:
            raise HeaderWrong(
                sentence("{file} has no header: its first line is empty, too long, or not text.", file=path.name),
                way_out=sentence("The first line must name the columns."),
            )
        delimiter = sniff(first)
        header = tuple(name.strip() for name in cells_of(first, delimiter))[:COLUMNS_MAX]
        rows = []
        for record in records(lines_of(text), delimiter):
            if record.cells:
                rows.append(record.cells)
            if len(rows) == ROWS_LOOKED_AT:
                break
    columns = _decided([_column(name, [row[at] if at < len(row) else "" for row in rows])
                        for at, name in enumerate(header)])  # fmt: skip
    return Proposed(path.name, delimiter, encoding, len(rows), columns, _questions(columns))


@cache
def _words() -> dict[str, tuple[str, str]]:
    """By folded name of a column: kind and meaning."""
    table = schemas.table("header_words.yaml")
    found: dict[str, tuple[str, str]] = {}
    for block, kind in (("own", "own"), ("properties", "property"), ("relations", "relation")):
        for means, names in table[block].items():
            for name in names:
                found.setdefault(folded(str(name)), (kind, means))
    found.update({folded(str(name)): ("never", "") for name in table["never"]})
    return found


def folded(name: str) -> str:
    """The name of a column without case, accents and signs: `N° de dossier` is `numero de dossier`."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", re.sub(r"\b[Nn][°º]", "numero ", name))
    plain = unicodedata.normalize("NFKD", spaced).casefold().replace("ß", "ss")
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[a-z0-9]+", plain))


def _column(name: str, cells: Sequence[str]) -> Column:
    filled = [cell.strip() for cell in cells if cell and cell.strip()]
    known, why = _words().get(folded(name)), "known"
    agreed = name if any(name in props for props in schemas.kinds().values()) else ""
    if known is None and agreed and not schemas.is_never_taken(agreed):
        known = ("property", agreed)
    if known is None and name in schemas.relation_kinds():
        known = ("relation", name)
    if known is None and folded(name):
        near = process.extractOne(folded(name), _words().keys(), scorer=fuzz.ratio, score_cutoff=ALIKE_LEAST)
        if near is not None:
            known, why = _words()[near[0]], "alike"
    if known is None:
        known, why = _by_values(filled), "values"
    if known is None:
        return Column(name, "", "", "unknown", filled=len(filled))
    kind, means = known
    if kind == "never" or schemas.is_never_taken(means):
        return Column(name, "never", "", "never", filled=len(filled))
    formats = _formats(filled) if means == "learnt_on" or schemas.is_date(means) else ()
    return Column(name, kind, means, why, formats, _values(means, filled), len(filled))


def _by_values(filled: Sequence[str]) -> tuple[str, str] | None:
    """What a column of an unknown name means, where nine of ten values look alike."""
    if len(filled) < 3:
        return None
    for pattern, means in _LOOKS:
        if sum(bool(re.fullmatch(pattern, cell, re.IGNORECASE)) for cell in filled) >= 0.9 * len(filled):
            return ("relation" if means in schemas.relation_kinds() else "property"), means
    return None


def _formats(filled: Sequence[str]) -> tuple[str, ...]:
    """How these dates are written, beside the way that is always read."""
    return tuple(
        written for pattern, written in _DATES if written and any(re.fullmatch(pattern, cell) for cell in filled)
    )


def _values(means: str, filled: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """What the values of a closed list stand for: those that are known, in the order in which they come."""
    block = {"gender": "genders", "category": "categories", "schema": "schemas"}.get(means)
    if block is None:
        return ()
    table = {str(word): stands for word, stands in schemas.table("header_words.yaml")[block].items()}
    return tuple((cell, table[folded(cell)]) for cell in dict.fromkeys(filled) if folded(cell) in table)


def _decided(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Where two columns would be the same of the row's own, the first known by its name is it; the other is text.
    A table with a first name has `name` as its last name; one without has a whole name in it."""
    taken: set[str] = set()
    found = []
    has_first = any(one.means == "firstName" for one in columns)
    for one in columns:
        if one.kind == "own" and one.means in ("id", "schema", "category", "learnt_on", "language"):
            closed = one.means in ("schema", "category") and not one.values
            if one.means in taken or closed:
                one = Column(one.name, "", "", "unknown", filled=one.filled)
            else:
                taken.add(one.means)
        if one.means == "lastName" and not has_first:
            one = Column(one.name, "property", "name", one.why, filled=one.filled)
        if one.means == "name" and has_first and one.why == "known" and folded(one.name) == "name":
            one = Column(one.name, "property", "lastName", one.why, filled=one.filled)
        found.append(one)
    return tuple(found)


def _questions(columns: Sequence[Column]) -> tuple[Sentence, ...]:
    found = []
    if not any((one.kind, one.means) == ("own", "id") for one in columns):
        found.append(sentence("Which column is the register's own number, the same in the next edition?"))
    if not any(one.means in ("name", "lastName", "registrationNumber", "drives", "lives_at") for one in columns):
        found.append(sentence("No column was found by which a subject could be recognised again."))
    for one in columns:
        if one.why in ("alike", "values"):
            found.append(
                sentence("Is “{column}” really “{means}”?", column=one.name, means=one.means)
            )
    return tuple(found)

