"""Subjects and their relations as rows of a form: read from what was typed, kept in a draft, made into drafts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext

from passerelle.flow.receive import RelationDraft, SubjectDraft
from passerelle.intake import text as reading
from passerelle.intake.text_things import find_dates
from passerelle.records.models.subjects import CATEGORIES
from passerelle.web.words_shown import MAIN_PROPERTY, RELATION_WORDS, SCHEMA_WORDS

ROWS_MAX = 120
SURE_FROM = 0.5
"""A relation that the reader of texts is less sure of is shown, and not ticked."""

VALUES_BETWEEN = ";"
"""Several values of one property are written with this between them."""

Row = dict[str, Any]
"""id, schema, category, caption, spans, values (property to list), keep, hand (written in by hand), seen (a person
looked at it and said yes or no)."""
Tie = dict[str, Any]
"""source, kind, target (ids of rows), keep."""


def blank(number: int, schema: str = "Person") -> Row:
    """A row to be written by hand."""
    return {
        "id": f"hand-{number}", "schema": schema, "category": "other", "caption": "", "spans": [], "values": {},
        "keep": True, "hand": True, "seen": True,
    }


def picked(text: str, start: int, end: int, schema: str, nameless: bool = False) -> Row:
    """A row for what the officer marked in the text; empty sides of it are left out. The place is one of the text."""
    said = text[start:end]
    start, end = start + len(said) - len(said.lstrip()), end - len(said) + len(said.rstrip())
    values = {} if nameless else {MAIN_PROPERTY[schema]: [text[start:end]]}
    return {
        "id": f"picked-{start}-{end}", "schema": schema, "category": "other",
        "caption": text[start:end] if nameless else "", "spans": [[start, end]], "values": values, "keep": True,
        "hand": False, "seen": True,
    }


def with_places(text: str, rows: Iterable[Row]) -> list[Row]:
    """Rows written in by hand get the places where the text says the same, whatever the size of its letters."""
    placed = []
    for row in rows:
        said = row["caption"] or (row["values"].get(MAIN_PROPERTY[row["schema"]]) or [""])[0]
        if row["hand"] and not row["spans"] and len(said) > 1:
            found = re.finditer(rf"(?i)(?<!\w){re.escape(said)}(?!\w)", text)
            row = {**row, "spans": [list(one.span()) for one in found]}
        placed.append(row)
    return placed


def proposed(text: str, language: str) -> tuple[list[Row], list[Tie]]:
    """What the text seems to speak of, to be confirmed, corrected or rejected by a person."""
    found = reading.propose(text, language)
    rows: list[Row] = []
    for number, subject in enumerate(found.subjects, start=1):
        main = MAIN_PROPERTY.get(subject.schema, "name")
        spans = [list(span) for span in subject.spans]
        rows.append(
            {
                "id": f"found-{number}", "schema": subject.schema, "category": subject.category or "other",
                "caption": text[slice(*spans[0])] if spans and main not in subject.properties else "", "spans": spans,
                "values": {name: list(values) for name, values in subject.properties.items()}, "keep": True,
                "hand": False, "seen": False,
            }
        )
    rows = rows[:ROWS_MAX]
    ids = {row["id"] for row in rows}
    ties: list[Tie] = [
        {
            "source": f"found-{tie.subject + 1}", "kind": tie.kind, "target": f"found-{tie.other + 1}",
            "keep": tie.confidence >= SURE_FROM,
        }
        for tie in found.relations
    ]
    ties = [tie for tie in ties if tie["source"] in ids and tie["target"] in ids]
    return rows, ties[:ROWS_MAX]


def rows_in(form: QueryDict) -> list[Row]:
    """The rows of a form, in their order."""
    rows = []
    for number in range(ROWS_MAX):
        at = f"s{number}-"
        if f"{at}id" not in form:
            break
        schema = form.get(f"{at}schema", "Person")
        schema = schema if schema in SCHEMA_WORDS else "Person"
        category = form.get(f"{at}category", "other")
        values = {
            name[len(f"{at}p-"):]: [part.strip() for part in form[name].split(VALUES_BETWEEN) if part.strip()]
            for name in form
            if name.startswith(f"{at}p-")
        }
        main = form.get(f"{at}main", "").strip()
        if main:
            values[MAIN_PROPERTY[schema]] = [part.strip() for part in main.split(VALUES_BETWEEN) if part.strip()]
        rows.append(
            {
                "id": form[f"{at}id"][:40], "schema": schema,
                "category": category if category in CATEGORIES else "other",
                "caption": form.get(f"{at}caption", "").strip(), "spans": spans_in(form.get(f"{at}spans", "")),
                "values": {name: given for name, given in values.items() if given},
                "keep": f"{at}keep" in form or f"{at}hand" in form, "hand": f"{at}hand" in form,
                "seen": f"{at}seen" in form or f"{at}hand" in form,
            }
        )
    return rows


def ties_in(form: QueryDict) -> list[Tie]:
    """The relations of a form: those that were proposed, and those that were chosen by hand."""
    ties = []
    for number in range(ROWS_MAX):
        at = f"t{number}-"
        if f"{at}kind" not in form:
            break
        tie = {
            "source": form.get(f"{at}source", ""), "kind": form[f"{at}kind"], "target": form.get(f"{at}target", ""),
            "keep": f"{at}keep" in form or f"{at}hand" in form,
        }
        if tie["source"] and tie["target"] and tie["source"] != tie["target"] and tie["kind"] in RELATION_WORDS:
            ties.append(tie)
    return ties


def spans_in(text: str) -> list[list[int]]:
    """`12-20,30-35` as pairs of offsets."""
    pairs = [part.split("-") for part in text.split(",") if part.count("-") == 1]
    return [[int(a), int(b)] for a, b in pairs if is_offset(a) and is_offset(b) and int(a) < int(b)]


def is_offset(text: str) -> bool:
    """A place in a text, in figures: `int` refuses “²”, and numbers of thousands of figures."""
    return text.isascii() and text.isdigit() and len(text) < 10


def drafts(rows: Iterable[Row], ties: Iterable[Tie]) -> tuple[list[SubjectDraft], list[RelationDraft]]:
    """The rows that were kept and say anything, by themselves or by how they hang together with others."""
    ties = [tie for tie in ties if tie["keep"]]
    tied = {tie["source"] for tie in ties} | {tie["target"] for tie in ties}
    kept = [row for row in rows if row["keep"] and (row["values"] or row["caption"] or row["id"] in tied)]
    ids = {row["id"] for row in kept}
    subjects = [
        SubjectDraft(
            local_id=row["id"], schema=row["schema"], properties=row["values"], category=row["category"],
            caption=row["caption"], spans=[(span[0], span[1]) for span in row["spans"]],
        )
        for row in kept
    ]
    relations = [
        RelationDraft(source=tie["source"], kind=tie["kind"], target=tie["target"])
        for tie in ties
        if tie["source"] in ids and tie["target"] in ids
    ]
    return subjects, relations


def label(row: Row, number: int) -> str:
    """How a row is called where another row is tied to it."""
    first = row["caption"] or next((values[0] for values in row["values"].values() if values), "")
    return f"{number}. {first or gettext(SCHEMA_WORDS[row['schema']])}"


def for_page(rows: Sequence[Row], ties: Sequence[Tie]) -> dict[str, Any]:
    """What the template of the rows needs: rows with their fields, ties in words, and the lists to choose from."""
    labels = {row["id"]: label(row, number) for number, row in enumerate(rows, start=1)}
    return {
        "rows": [
            {
                **row, "fields": fields(row), "main": main_value(row), "label": labels[row["id"]], "kind": kind_of(row),
                "sign": SIGNS[kind_of(row)],
            }
            for row in rows
        ],
        "ties": [
            {**tie, "from": labels[tie["source"]], "to": labels[tie["target"]]}
            for tie in ties
            if tie["source"] in labels and tie["target"] in labels
        ],
        "labels": labels, "schemas": SCHEMA_WORDS, "categories": [key for key in CATEGORIES if key != "none"],
        "relations": RELATION_WORDS,
    }


def fields(row: Row) -> list[tuple[str, str]]:
    """The properties of a row, each with what stands in its field. A row by hand has its main one apart."""
    main = MAIN_PROPERTY[row["schema"]]
    if main not in row["values"] and row["schema"] != "Person" and not row["hand"]:
        main = next(iter(row["values"]), main)
    names = [] if row["hand"] else [main]
    if row["schema"] in ("Person", "LegalEntity") or row["hand"]:
        names.append("birthDate")
    names += [name for name in row["values"] if name not in names and not (row["hand"] and name == main)]
    return [(name, f"{VALUES_BETWEEN} ".join(row["values"].get(name, ()))) for name in names]


def main_value(row: Row) -> str:
    """What stands in the main field of a row by hand."""
    return f"{VALUES_BETWEEN} ".join(row["values"].get(MAIN_PROPERTY[row["schema"]], ()))


SIGNS = {
    "person": "●", "nameless": "○", "organisation": "◆", "address": "⌂", "vehicle": "▣", "phone": "☏", "account": "€",
    "document": "▤", "date": "◷", "other": "▪",
}
"""A sign for each kind of mention, so that it is told from others without its colour."""

_KINDS = {
    "Address": "address", "Vehicle": "vehicle", "Vessel": "vehicle", "Airplane": "vehicle", "Phone": "phone",
    "BankAccount": "account", "Identification": "document", "Company": "organisation", "Organization": "organisation",
    "LegalEntity": "organisation",
}


def kind_of(row: Mapping[str, Any]) -> str:
    """Which kind of mention a row is, for its sign and colour."""
    if row["schema"] == "Person":
        return "person" if any(row["values"].get(name) for name in ("name", "lastName", "firstName")) else "nameless"
    return _KINDS.get(row["schema"], "other")


def marked(text: str, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The text in pieces: `text`, `numbers` of the rows it belongs to (from the longest place to the shortest; empty:
    none), and of the last of these `row`, `kind`, `sign`, `state` (kept, rejected, proposed) and where it `begins`."""
    places = [
        (span[0], span[1], number)
        for number, row in enumerate(rows, start=1)
        for span in row["spans"]
        if span[0] < span[1] <= len(text)
    ]
    cuts = sorted({0, len(text), *(at for start, end, _ in places for at in (start, end))})
    pieces: list[dict[str, Any]] = []
    for start, end in pairwise(cuts):
        over = sorted((p for p in places if p[0] <= start and end <= p[1]), key=lambda p: (p[0] - p[1], p[2]))
        piece: dict[str, Any] = {"text": text[start:end], "numbers": [number for _, _, number in over]}
        if over:
            row = rows[over[-1][2] - 1]
            piece |= {
                "row": row["id"], "number": over[-1][2], "kind": kind_of(row), "sign": SIGNS[kind_of(row)],
                "state": state_of(row), "begins": over[-1][0] == start, "ends": over[-1][1] == end,
            }
        pieces.append(piece)
    return pieces


def with_dates(pieces: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The pieces with each date that belongs to nobody (when somebody was seen) as a piece of its own: a `date`."""
    text = "".join(piece["text"] for piece in pieces)
    dates = sorted({(mention.start, mention.end) for mention in find_dates(text)})
    found: list[dict[str, Any]] = []
    begins = 0
    for piece in pieces:
        at, ends = begins, begins + len(piece["text"])
        for start, end in dates if not piece["numbers"] else ():
            if at <= start and end <= ends:
                found += [{"text": text[at:start], "numbers": []}] if at < start else []
                found.append({"text": text[start:end], "numbers": [], "date": True})
                at = end
        if at < ends:
            found.append(piece if at == begins else {**piece, "text": text[at:ends]})
        begins = ends
    return found


def state_of(row: Mapping[str, Any]) -> str:
    """rejected, kept (a person said yes), or proposed."""
    return "rejected" if not row["keep"] else "kept" if row.get("seen") else "proposed"


def kinds_found(
    rows: Sequence[Mapping[str, Any]], pieces: Sequence[Mapping[str, Any]] = ()
) -> list[tuple[str, str, int]]:
    """Kind, sign and how many of it were found, in the order of the signs."""
    counts = Counter(kind_of(row) for row in rows if row["spans"])
    counts["date"] = sum("date" in piece for piece in pieces)
    return [(kind, sign, counts[kind]) for kind, sign in SIGNS.items() if counts[kind]]
