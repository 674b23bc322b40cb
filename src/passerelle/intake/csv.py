"""Reads a register kept as a table: CSV with the agreed header, or any other with a mapping that explains it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from passerelle.errors import Refused
from passerelle.intake import schemas
from passerelle.intake.mapping import (
    CATEGORIES,
    OWN_COLUMNS,
    MappingWrong,
    Meaning,
    TableMapping,
    mapping_for_header,
    problems_with,
    read_mapping,
)
from passerelle.intake.row import (
    ROW_CHARACTERS_MAX,
    BadRow,
    Draft,
    Row,
    RowFault,
    Seen,
    bad_row,
    check_external_id,
    check_length,
    check_readable,
    label_of,
    twice,
)
from passerelle.intake.source import PROGRESS_ROWS, Opened, Progress, Source, stream
from passerelle.intake.table import Record, as_text, cells_of, encoding_of, lines_of, records, sniff
from passerelle.words import LANGUAGES, sentence

COLUMNS_MAX = 500
"""A header may have this many columns."""


class HeaderWrong(Refused):
    """A table whose header does not say what its columns are."""

    code = "intake.header_wrong"


@dataclass(frozen=True, slots=True)
class Table:
    """What is known of a table before its rows are read: how it is written, its header, and what its columns mean."""

    file: str
    delimiter: str
    header: tuple[str, ...]
    header_text: str
    header_lines: int
    mapping: TableMapping
    language: str


def source(opened: Opened, mapping_path: Path | None, language: str | None = None) -> Source:
    """A table ready to be read. Raises HeaderWrong or MappingWrong before the first row, with the remedy."""
    mapping = None if mapping_path is None else read_mapping(mapping_path)
    given = mapping.encoding if mapping is not None else None
    encoding, notes = (given, []) if given is not None else encoding_of(opened)
    with stream(opened) as flow:
        text = as_text(flow, encoding)
        table = open_table(opened.name, text, mapping, language)
    unknown = [name for name in table.header if _means_nothing(table.mapping, name)]
    if unknown:
        notes.append(
            str(
                sentence(
                    "These columns are not known and stand in the text of the rows only: {columns}.",
                    columns=", ".join(unknown),
                )
            )
        )

    def reader(on_progress: Progress | None, start_after: int) -> Iterator[Row | BadRow]:
        return _rows(opened, encoding, table, on_progress, start_after)

    return Source("csv", (opened.name,), opened.total(), tuple(notes), reader)


def reread(
    raw: str, mapping_path: Path | None, number: int = 1, file: str = "", language: str | None = None
) -> Row | BadRow:
    """One row that was mended: its header line and itself, as `raw` of a Row or BadRow has them."""
    name = file or str(sentence("the mended row"))
    mapping = None if mapping_path is None else read_mapping(mapping_path)
    text = io.StringIO(raw, newline="")
    try:
        table = open_table(name, text, mapping, language)
    except (HeaderWrong, MappingWrong) as refused:
        return bad_row(name, number, None, RowFault(refused.code, refused.sentence), raw)
    found = [record for record in records(lines_of(text), table.delimiter) if record.cells != ()]
    if len(found) != 1:
        fault = RowFault(
            "intake.not_one_row",
            sentence("there must be one row after the header, and there are {count}.", count=len(found)),
        )
        return bad_row(name, number, None, fault, raw)
    return _row(table, found[0], number)


def open_table(file: str, text: io.TextIOBase, mapping: TableMapping | None, language: str | None) -> Table:
    """Read the header off the beginning of `text`, and say what the columns mean."""
    first = text.readline(ROW_CHARACTERS_MAX + 1)
    lines = 1
    while first and not first.strip() and lines < 10:
        first = text.readline(ROW_CHARACTERS_MAX + 1)
        lines += 1
    first = first.removeprefix("\ufeff")
    if not first.strip() or len(first) > ROW_CHARACTERS_MAX or "\0" in first:
        raise HeaderWrong(
            sentence("{file} has no header: its first line is empty, too long, or not text.", file=file),
            way_out=sentence("The first line must name the columns: id,schema,name,…"),
        )
    delimiter = mapping.delimiter if mapping is not None and mapping.delimiter else sniff(first)
    header = tuple(name.strip() for name in cells_of(first, delimiter))
    while len(header) > 1 and not header[-1]:
        header = header[:-1]
    if len(header) > COLUMNS_MAX:
        raise HeaderWrong(sentence("The header of {file} has more than {limit} columns.", file=file, limit=COLUMNS_MAX))
    doubled = sorted({name for name in header if header.count(name) > 1})
    if doubled:
        raise HeaderWrong(
            sentence("The header of {file} has these columns twice: {columns}.", file=file, columns=", ".join(doubled)),
            way_out=sentence("Name each column once; several values of one kind stand in one cell, with “;” between."),
        )
    if mapping is None:
        _check_agreed(file, header)
        mapping = mapping_for_header(header)
    elif problems := problems_with(mapping, header):
        raise MappingWrong(mapping.file, problems)
    return Table(file, delimiter, header, first.rstrip("\r\n"), lines, mapping, mapping.language or language or "en")


def _check_agreed(file: str, header: tuple[str, ...]) -> None:
    missing = [name for name in ("id", "schema") if name not in header]
    if missing:
        raise HeaderWrong(
            sentence("The header of {file} has no column “{column}”.", file=file, column=missing[0]),
            way_out=sentence(
                "Name the columns as docs/how-to/import.md says (id,schema,name,…), or give a mapping with --mapping."
            ),
        )


def _means_nothing(mapping: TableMapping, name: str) -> bool:
    return bool(name) and not (
        name in mapping.columns
        or name in mapping.ids
        or name in mapping.text_columns
        or name in mapping.ignored
        or name in {mapping.schema_column, mapping.category_column, mapping.learnt_on_column}
        or schemas.is_never_taken(name)
        or (not mapping.file and name in OWN_COLUMNS)
    )


def _rows(
    opened: Opened, encoding: str, table: Table, on_progress: Progress | None, start_after: int
) -> Iterator[Row | BadRow]:
    seen = Seen()
    with stream(opened) as flow:
        text = as_text(flow, encoding)
        for _ in range(table.header_lines):
            text.readline(ROW_CHARACTERS_MAX + 1)
        lines = lines_of(text, table.header_lines + 1)
        for count, record in enumerate(records(lines, table.delimiter), 1):
            if on_progress is not None and count % PROGRESS_ROWS == 0:
                on_progress(flow.position())
            if record.cells is not None and not any(cell.strip() for cell in record.cells):
                continue
            again = seen.again(external) if (external := _external_id(table, record.cells)) else False
            if record.line <= start_after:
                continue
            if again and external is not None:
                yield bad_row(table.file, record.line, external, twice(external), _raw(table, record))
            else:
                yield _row(table, record, record.line)
        if on_progress is not None:
            on_progress(flow.position())


def _raw(table: Table, record: Record) -> str:
    return f"{table.header_text}\n{record.raw}"


def _external_id(table: Table, cells: tuple[str, ...] | None) -> str | None:
    if cells is None or len(cells) < len(table.header):
        return None
    by_name = dict(zip(table.header, cells, strict=False))
    parts = [by_name[name].strip() for name in table.mapping.ids]
    return "-".join(parts) if all(parts) else None


def _row(table: Table, record: Record, number: int) -> Row | BadRow:
    raw = _raw(table, record)
    try:
        return _read_row(table, record, number, raw)
    except RowFault as fault:
        external_id = _external_id(table, record.cells)
        return bad_row(table.file, number, external_id[:200] if external_id else None, fault, raw)


def _read_row(table: Table, record: Record, number: int, raw: str) -> Row:
    if record.fault is not None:
        raise record.fault
    cells = record.cells or ()
    if len(cells) < len(table.header) or any(cell.strip() for cell in cells[len(table.header) :]):
        raise RowFault(
            "intake.ragged",
            sentence(
                "the row has {count} cells and the header {expected} columns. "
                "Put a value that holds “{delimiter}” in quotation marks.",
                count=len(cells),
                expected=len(table.header),
                delimiter=table.delimiter,
            ),
        )
    mapping = table.mapping
    by_name = dict(zip(table.header, cells, strict=False))
    for name, cell in by_name.items():
        check_readable(cell, name)
        check_length(cell, name)
    parts = [check_external_id(by_name[name], name) for name in mapping.ids]
    draft = Draft(check_external_id("-".join(parts), "-".join(mapping.ids)), _schema(mapping, by_name))
    for prop, constants in mapping.constants.items():
        for constant in constants:
            _add(draft, prop, constant, Meaning(prop), mapping, prop)
    for name, cell in by_name.items():
        if name in mapping.ignored or not cell.strip():
            continue
        if schemas.is_never_taken(name):
            draft.note(sentence("“{field}” is of a kind that is never taken over.", field=name))
            continue
        _read_cell(draft, mapping, name, cell)
    return draft.finish(
        number,
        language=_language(table, by_name),
        raw=raw,
        learnt_on=_learnt_on(mapping, by_name),
        category=_category(mapping, by_name),
    )


def _read_cell(draft: Draft, mapping: TableMapping, name: str, cell: str) -> None:
    meaning = mapping.columns.get(name)
    if meaning is not None:
        whole = meaning.single or mapping.separator is None
        for value in [cell] if whole else cell.split(mapping.separator):
            if value.strip():
                _add(draft, meaning.prop, value, meaning, mapping, name)
    elif _means_nothing(mapping, name):
        draft.note(sentence("The column “{field}” is not known; it stands in the text only.", field=name))
    if name in mapping.text_columns:
        draft.say("", cell)
    elif name in mapping.columns or _means_nothing(mapping, name):
        draft.say(name if mapping.file else label_of(name), cell)


def _add(draft: Draft, prop: str, value: str, meaning: Meaning, mapping: TableMapping, name: str) -> None:
    kept = value.strip()
    if meaning.values is not None:
        if kept not in meaning.values:
            raise RowFault(
                "intake.unknown_value",
                sentence(
                    "“{field}” holds “{value}”, which the mapping does not explain.", field=name, value=kept[:100]
                ),
            )
        kept = meaning.values[kept]
    if schemas.is_date(prop):
        kept = _date(kept, meaning.date_formats or mapping.date_formats, name)
    if meaning.relation == "address":
        if draft.schema == "Address":
            draft.add("full", kept)
        else:
            draft.part(schemas.relation_of("lives_at", draft.schema), "Address", {"full": [kept]})
    elif meaning.relation is not None and meaning.schema is not None:
        draft.part(schemas.relation_of(meaning.relation, draft.schema), meaning.schema, {prop: [kept]})
    elif prop in schemas.kinds()[draft.schema]:
        draft.add(prop, kept)
    else:
        draft.note(
            sentence("A {schema} has no “{field}”; it stands in the text only.", schema=draft.schema, field=prop)
        )


def _date(given: str, formats: tuple[str, ...], name: str) -> str:
    read = schemas.date_by_formats(given, formats) or schemas.iso_date(given)
    if read is None:
        raise RowFault(
            "intake.bad_date",
            sentence(
                "“{field}” holds “{value}”, which is no date as {formats}. "
                "Correct it, or name its format in a mapping.",
                field=name,
                value=given[:100],
                formats=", ".join((*formats, "1970-03-12, 1970-03, 1970")),
            ),
        )
    return read


def _schema(mapping: TableMapping, by_name: Mapping[str, str]) -> str:
    if mapping.schema_column is None:
        return mapping.schema or "Person"
    given = by_name[mapping.schema_column].strip()
    if mapping.schema_values:
        kind = mapping.schema_values.get(given)
    else:
        kind = schemas.known_kind(given) if given else None
    if kind is None and not given:
        kind = mapping.schema
    if kind is None:
        raise RowFault(
            "intake.unknown_schema",
            sentence(
                "“{field}” holds “{value}”, which is no kind of subject. Write one of {known}.",
                field=mapping.schema_column,
                value=given[:100],
                known=", ".join(mapping.schema_values or schemas.kinds()),
            ),
        )
    return kind


def _category(mapping: TableMapping, by_name: Mapping[str, str]) -> str | None:
    if mapping.category_column is None or not (given := by_name[mapping.category_column].strip()):
        return mapping.category
    category = mapping.category_values.get(given, given)
    if category not in CATEGORIES:
        raise RowFault(
            "intake.unknown_category",
            sentence(
                "“{field}” holds “{value}”, which is no category of person. Write one of {known}.",
                field=mapping.category_column,
                value=given[:100],
                known=", ".join(CATEGORIES),
            ),
        )
    return category


def _learnt_on(mapping: TableMapping, by_name: Mapping[str, str]) -> str | None:
    if mapping.learnt_on_column is None or not (given := by_name[mapping.learnt_on_column].strip()):
        return None
    return _date(given, mapping.date_formats, mapping.learnt_on_column)


def _language(table: Table, by_name: Mapping[str, str]) -> str:
    given = "" if table.mapping.file else by_name.get("language", "").strip()
    if given and given not in LANGUAGES:
        raise RowFault(
            "intake.unknown_language",
            sentence(
                "“{field}” holds “{value}”. Write one of {known}.",
                field="language",
                value=given[:100],
                known=", ".join(LANGUAGES),
            ),
        )
    return given or table.language
