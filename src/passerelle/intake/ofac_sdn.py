"""Reads the OFAC SDN list in its three CSV files: who is listed, under which other names, at which addresses."""

from __future__ import annotations

import csv
import itertools
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from passerelle.errors import Refused
from passerelle.intake import schemas
from passerelle.intake.row import (
    BadRow,
    Draft,
    Row,
    RowFault,
    Seen,
    bad_row,
    check_external_id,
    check_length,
    check_readable,
    twice,
)
from passerelle.intake.source import PROGRESS_ROWS, Opened, Progress, Source, stream, translated
from passerelle.intake.table import Record, as_text, encoding_of, lines_of, records
from passerelle.words import sentence

_WIDTHS = {"sdn": 12, "alt": 5, "add": 6, "sdn_comments": 2}
_EMPTY = re.compile(r"\s*(-0-?\s*)?")
_KINDS = {
    "individual": "Person",
    "": "Organization",
    "entity": "Organization",
    "vessel": "Vessel",
    "aircraft": "Airplane",
}
_KNOWN_AS = {"aka": "alias", "fka": "previousName", "nka": "alias"}
_PART_NAME = re.compile(r"(?:^|[^a-z])(sdn_comments|sdn|alt|add)(?=[^a-z]*\.(?:csv|txt)(?:\.gz)?$)", re.IGNORECASE)
_NO_COUNTRY = frozenset({"undetermined", "none identified"})
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
_END_OF_FILE = "\x1a"

_INDEX_ROWS_MAX = 5_000_000
"""The files of aliases and addresses are kept in memory, by number; the real ones have some 20,000 rows each."""


class PartMissing(Refused):
    """The list without its main file."""

    code = "intake.ofac_part_missing"


def part_of(name: str) -> str | None:
    """Which of OFAC's files a name is that of: sdn, alt, add or sdn_comments; None where of none."""
    found = _PART_NAME.search(name)
    return None if found is None else found[1].lower()


def _without_part(name: str) -> str:
    found = _PART_NAME.search(name.removesuffix(".gz"))
    return name if found is None else (name[: found.start(1)] + name[found.end(1) :]).removesuffix(".gz").lower()


def is_set_of_files(opened: Sequence[Opened]) -> bool:
    """Whether these files are the parts of one SDN list: two or more, each another part, the main one among them."""
    parts = [part_of(one.plain_name) for one in opened]
    return len(parts) > 1 and None not in parts and len(set(parts)) == len(parts) and "sdn" in parts


def beside(opened: Opened) -> list[Opened]:
    """The other files of the list, found in the folder of its `sdn.csv` by names that differ in the part only."""
    if opened.member is not None:
        return []
    wanted = _without_part(opened.path.name)
    with translated(opened.name):
        near = sorted(opened.path.parent.iterdir())
    found: dict[str, Opened] = {}
    for path in near:
        part = part_of(path.name)
        if part not in (None, "sdn") and _without_part(path.name) == wanted and path.is_file():
            found.setdefault(str(part), Opened(path))
    return list(found.values())


def looks_like_sdn(text: str) -> bool:
    """Whether the first line of a file is a row of `sdn.csv`: twelve cells, a number first, and OFAC's `-0-`."""
    first = text.splitlines()[0] if text else ""
    try:
        cells = next(csv.reader([first]), [])
    except csv.Error:
        return False
    return len(cells) == _WIDTHS["sdn"] and cells[0].strip().isdigit() and any(cell.strip() == "-0-" for cell in cells)


@dataclass(slots=True)
class _Index:
    """What the other files say, by the number of the listed subject."""

    alt: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    add: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str | None] = field(default_factory=dict)
    faults: list[tuple[str, int, str | None, RowFault, str]] = field(default_factory=list)
    last_line: int = 0


def source(opened: Sequence[Opened]) -> Source:
    """The list ready to be read. Aliases and addresses are indexed by number when reading begins."""
    parts = {str(part_of(one.plain_name)): one for one in opened}
    main = parts.get("sdn") or (opened[0] if len(opened) == 1 else None)
    if main is None:
        raise PartMissing(
            sentence("Among {files} there is no sdn.csv.", files=", ".join(one.name for one in opened)),
            way_out=sentence("Give the main file of the SDN list."),
        )
    encoding, notes = encoding_of(main)
    for part, said in (
        ("alt", sentence("No alt.csv was found beside {file}: other names are missing.", file=main.name)),
        ("add", sentence("No add.csv was found beside {file}: addresses are missing.", file=main.name)),
    ):
        if part not in parts:
            notes.append(str(said))
    others = {part: one for part, one in parts.items() if part != "sdn" and one is not main}

    def reader(on_progress: Progress | None, start_after: int) -> Iterator[Row | BadRow]:
        return _rows(main, encoding, others, on_progress, start_after)

    return Source("ofac", tuple(one.name for one in (main, *others.values())), main.total(), tuple(notes), reader)


def reread(raw: str, number: int = 1) -> Row | BadRow:
    """One row that was mended: the JSON object that `raw` of a Row or BadRow is."""
    name = str(sentence("the mended row"))
    try:
        try:
            given = json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise RowFault("intake.bad_json", sentence("it is not good JSON ({reason}).", reason=str(error))) from error
        return _row(_checked(given), name, number, raw)
    except RowFault as fault:
        return bad_row(name, number, None, fault, raw)


def _checked(given: Any) -> dict[str, Any]:
    shape = RowFault(
        "intake.not_one_row",
        sentence("It must be an object with “sdn”, a list of twelve texts, and “alt” and “add”, lists of such lists."),
    )
    if not isinstance(given, dict):
        raise shape
    kept: dict[str, Any] = {"comment": given.get("comment", ""), "linked": given.get("linked", {})}
    for part in ("alt", "add"):
        kept[part] = given.get(part, [])
        if not isinstance(kept[part], list) or not all(_is_texts(one, _WIDTHS[part]) for one in kept[part]):
            raise shape
    kept["sdn"] = given.get("sdn")
    linked = kept["linked"]
    if not isinstance(linked, dict) or not all(isinstance(one, str) for pair in linked.items() for one in pair):
        raise shape
    if not _is_texts(kept["sdn"], _WIDTHS["sdn"]) or not isinstance(kept["comment"], str):
        raise shape
    for text in (
        *kept["sdn"],
        kept["comment"],
        *linked,
        *linked.values(),
        *itertools.chain(*kept["alt"], *kept["add"]),
    ):
        check_readable(text.replace("\ufffd", "?"), "row")
    return kept


def _is_texts(given: Any, width: int) -> bool:
    return isinstance(given, list) and len(given) == width and all(isinstance(one, str) for one in given)


def _table(opened: Opened, encoding: str) -> Iterator[tuple[Record, int]]:
    with stream(opened) as flow:
        for record in records(lines_of(as_text(flow, encoding)), ","):
            if record.cells is None or any(cell.strip(f" {_END_OF_FILE}") for cell in record.cells):
                yield record, flow.position()


def _check_width(record: Record, width: int) -> tuple[str, ...]:
    if record.fault is not None:
        raise record.fault
    cells = record.cells or ()
    if len(cells) != width:
        raise RowFault(
            "intake.ragged",
            sentence("The row has {count} cells; this file has {expected}.", count=len(cells), expected=width),
        )
    for cell in cells:
        check_readable(cell.replace("\ufffd", "?"), "row")
    return cells


def _index(main: Opened, encoding: str, others: dict[str, Opened]) -> _Index:
    index = _Index()
    listed: set[str] = set()
    for record, _ in _table(main, encoding):
        index.last_line = record.last_line
        if record.cells is not None and len(record.cells) > 1:
            listed.add(record.cells[0].strip())
            name = _folded(record.cells[1])
            index.numbers[name] = None if name in index.numbers else record.cells[0].strip()
    kept = 0
    for part, opened in others.items():
        written, _notes = encoding_of(opened)
        for record, _ in _table(opened, written):
            number: str | None = None
            try:
                cells = _check_width(record, _WIDTHS[part])
                number = cells[0].strip()
                kept += 1
                if kept > _INDEX_ROWS_MAX:
                    raise PartMissing(sentence("{file} has more rows than any SDN list.", file=opened.name))
                if number not in listed:
                    raise RowFault(
                        "intake.ofac_number_unknown",
                        sentence(
                            "It belongs to number {number}, which is not in {file}.", number=number, file=main.name
                        ),
                    )
            except RowFault as fault:
                index.faults.append((opened.name, record.line, number, fault, _raw_of_part(part, record)))
                continue
            if part == "sdn_comments":
                index.comments[number] = index.comments.get(number, "") + " " + cells[1]
            else:
                (index.alt if part == "alt" else index.add).setdefault(number, []).append(cells)
    return index


def _raw_of_part(part: str, record: Record) -> str:
    return json.dumps({part: [list(record.cells) if record.cells is not None else record.raw]}, ensure_ascii=False)


def _rows(
    main: Opened, encoding: str, others: dict[str, Opened], on_progress: Progress | None, start_after: int
) -> Iterator[Row | BadRow]:
    index = _index(main, encoding, others)
    seen = Seen()
    position = 0
    for count, (record, position) in enumerate(_table(main, encoding), 1):
        if on_progress is not None and count % PROGRESS_ROWS == 0:
            on_progress(position)
        number = record.cells[0].strip() if record.cells else None
        again = seen.again(number) if number else False
        if record.line <= start_after:
            continue
        raw = _raw_of_part("sdn", record)
        try:
            cells = _check_width(record, _WIDTHS["sdn"])
            if again and number is not None:
                raise twice(number)
            given = _joined(cells, index)
            raw = json.dumps(given, ensure_ascii=False)
            yield _row(given, main.name, record.line, raw)
        except RowFault as fault:
            yield bad_row(main.name, record.line, number[:200] if number else None, fault, raw)
    for extra, (file, line, number, why, raw) in enumerate(index.faults, 1):
        if index.last_line + extra > start_after:
            refused = bad_row(file, line, number, why, raw)
            yield BadRow(index.last_line + extra, refused.external_id, refused.code, refused.sentence, refused.raw)
    if on_progress is not None:
        on_progress(position)


def _joined(cells: tuple[str, ...], index: _Index) -> dict[str, Any]:
    number = cells[0].strip()
    comment = index.comments.get(number, "").strip()
    linked = {}
    for start, value in _parts(f"{cells[11]} {comment}"):
        if start == "linked" and (other := index.numbers.get(_folded(value))) is not None and other != number:
            linked[value] = other
    return {
        "sdn": list(cells),
        "alt": [list(one) for one in index.alt.get(number, [])],
        "add": [list(one) for one in index.add.get(number, [])],
        "comment": comment,
        "linked": linked,
    }


def _folded(name: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", name.casefold()).split())


def _value(cell: str) -> str:
    return "" if _EMPTY.fullmatch(cell) else cell.strip()


def _row(given: dict[str, Any], file: str, number: int, raw: str) -> Row | BadRow:
    external_id: str | None = None
    try:
        sdn = [_value(cell) for cell in given["sdn"]]
        for cell in (*sdn, given["comment"], *itertools.chain(*given["alt"], *given["add"])):
            check_length(cell, "row")
        external_id = check_external_id(sdn[0], "ent_num")
        schema = _KINDS.get(sdn[2].casefold())
        if schema is None:
            raise RowFault(
                "intake.unknown_schema",
                sentence(
                    "“{field}” holds “{value}”, which is no kind of subject. Write one of {known}.",
                    field="SDN_Type",
                    value=sdn[2][:100],
                    known="individual, entity, vessel, aircraft",
                ),
            )
        draft = Draft(external_id, schema, forgiving=True)
        _read_names(draft, sdn, given)
        _read_columns(draft, sdn)
        _read_addresses(draft, given["add"])
        remark = " ".join(part for part in (sdn[11], _value(given["comment"])) if part)
        for start, value in _parts(remark):
            _read_remark(draft, start, value, given["linked"])
        draft.say("Remarks", remark)
        return draft.finish(number, language="en", raw=raw)
    except RowFault as fault:
        return bad_row(file, number, external_id, fault, raw)


def _read_names(draft: Draft, sdn: list[str], given: dict[str, Any]) -> None:
    full, family, rest = _person_name(sdn[1]) if draft.schema == "Person" else (sdn[1], "", "")
    if not full:
        raise RowFault("intake.no_name", sentence("“{field}” is empty. Give the name.", field="SDN_Name"))
    draft.add("name", full)
    if draft.schema == "Airplane":
        draft.add("registrationNumber", full)
    draft.add("lastName", family)
    draft.add("firstName", rest)
    draft.say("Name", sdn[1])
    for alternative in given["alt"]:
        cells = [_value(cell) for cell in alternative]
        name = _person_name(cells[3])[0] if draft.schema == "Person" else cells[3]
        draft.add(_KNOWN_AS.get(cells[2].casefold(), "alias"), name)
        label = {"fka": "Formerly known as", "nka": "Now known as"}.get(cells[2].casefold(), "Also known as")
        draft.say(label, f"{cells[3]} ({cells[4]})" if cells[4] else cells[3])


def _person_name(listed: str) -> tuple[str, str, str]:
    """`LAST, First Second, Jr.` as full name (`First Second LAST Jr.`), family name and given names; a name without a
    comma is not taken apart."""
    pieces = [piece.strip() for piece in listed.split(",") if piece.strip()]
    suffixes = [piece for piece in pieces[1:] if _SUFFIX.fullmatch(piece)]
    given = " ".join(piece for piece in pieces[1:] if piece not in suffixes)
    if not given:
        return " ".join(pieces), "", ""
    return " ".join((given, pieces[0], *suffixes)), pieces[0], given


def _read_columns(draft: Draft, sdn: list[str]) -> None:
    kind = {"Person": "Individual", "Organization": "Entity", "Vessel": "Vessel", "Airplane": "Aircraft"}[draft.schema]
    draft.say("Type", kind)
    for program in re.split(r"\]\s*\[|;", sdn[3]):
        draft.add("program", program)
    draft.say("Program", sdn[3])
    for position, label, prop in (
        (4, "Title", "position" if draft.schema == "Person" else "description"),
        (5, "Call sign", "callSign"),
        (6, "Vessel type", "type"),
        (7, "Tonnage", "tonnage"),
        (8, "Gross registered tonnage", "grossRegisteredTonnage"),
        (9, "Flag", "flag"),
        (10, "Owner", "owner"),
    ):
        if prop in schemas.kinds()[draft.schema]:
            draft.add(prop, sdn[position])
        draft.say(label, sdn[position])


def _read_addresses(draft: Draft, addresses: list[list[str]]) -> None:
    for listed in addresses:
        street, city, country, remark = (_value(cell) for cell in listed[2:6])
        full = ", ".join(part for part in (street, city, country) if part)
        draft.say("Address", f"{full} ({remark})" if remark else full)
        if street:
            kind = schemas.relation_of("lives_at", draft.schema)
            parts = {
                "full": [full],
                "street": [street],
                "city": [city],
                "country": [country.removeprefix("Region: ")],
                "remarks": [remark],
            }
            draft.part(kind, "Address", parts)
        elif city:
            draft.add("residence", full)
        draft.add("country", "" if country.casefold() in _NO_COUNTRY else country.removeprefix("Region: "))


@cache
def _starts() -> tuple[tuple[str, str], ...]:
    pairs = [(start, prop) for prop, starts in schemas.table("ofac_remarks.yaml").items() for start in starts]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


@cache
def _start_pattern() -> re.Pattern[str]:
    either = "|".join(f"(?P<s{n}>{re.escape(start)})" for n, (start, _) in enumerate(_starts()))
    return re.compile(rf"(?:alt\. |Alt\. |alternate |Alternative )?(?:{either})(?![A-Za-z])")


def _parts(remark: str) -> Iterator[tuple[str, str]]:
    """The parts of a remark whose beginning is known, each with its property and the rest of its words."""
    if _EMPTY.fullmatch(remark):
        return
    for part in re.split(r"; ?", " ".join(remark.split())):
        text = part.strip().removesuffix(".") if not re.search(r"\b[A-Z]\.[A-Z]?\.?$", part.strip()) else part.strip()
        found = _start_pattern().match(text)
        if found is not None and found.lastgroup is not None:
            value = text[found.end() :].strip()
            if value:
                yield _starts()[int(found.lastgroup[1:])][1], value


_NUMBER = re.compile(
    r"(?:(?:No|Number)\b[.:]*|#|:|\([A-Z]{2}\))?\s*(.*?)(?=\s*\((?![0-9])|\s+issued\b|\s+at\s|\s+expires\b|\s*,\s|$)"
)


def _read_remark(draft: Draft, prop: str, value: str, linked: dict[str, str]) -> None:
    known = schemas.kinds()[draft.schema]
    if prop == "linked":
        if value in linked:
            draft.relate("in_contact_with", linked[value])
    elif prop == "birthDate" or prop == "buildDate":
        for date in remark_dates(value) if prop in known else ():
            draft.add(prop, date)
    elif prop == "birthPlace":
        if prop in known:
            draft.add(prop, value)
            _birth_country(draft, value)
    elif prop == "phone":
        if prop in known:
            for one in re.split(r",\s+|\s+or\s+", value):
                draft.add(prop, _phone(one))
    elif prop == "gender":
        if prop in known:
            draft.add(prop, value.casefold())
    elif prop in {"weakAlias", "previousName", "alias"}:
        name = value.strip("'\"‘’“”.,")
        draft.add(prop, _person_name(name)[0] if draft.schema == "Person" else name)
    elif prop in {"nationality", "citizenship"}:
        if prop in known:
            draft.add(prop, re.sub(r"^(possibly|probably|:)\s*", "", value))
    elif prop in {"flag", "pastFlags", "model", "operator", "email", "website"}:
        if prop in known:
            draft.add(prop, value)
    else:
        _read_number(draft, prop if prop in known else "idNumber", value)


def _read_number(draft: Draft, prop: str, value: str) -> None:
    found = _NUMBER.match(value)
    number = re.sub(r"^[A-Za-z]+:\s*", "", found[1].strip(" .,:#")) if found is not None else ""
    if number.startswith("MSN "):
        prop, number = "serialNumber", number.removeprefix("MSN ")
    if prop in schemas.kinds()[draft.schema] and (any(sign.isdigit() for sign in number) or prop == "swiftBic"):
        draft.add(prop, number)


def _birth_country(draft: Draft, place: str) -> None:
    pieces = [piece.strip() for piece in place.split(",")]
    for tail in (", ".join(pieces[-2:]), pieces[-1]):
        if (code := schemas.country_code(tail)) is not None:
            draft.add("birthCountry", code)
            return


def _phone(listed: str) -> str:
    given = listed.strip(" :.")
    if re.fullmatch(r"(\(\d+\)\s*-?)+\(?\d[\d -]*\)?.*", given):
        digits = " ".join(re.findall(r"\d+", given))
        return digits if digits.startswith("0") else f"+{digits}"
    return given.replace("+ ", "+") if sum(sign.isdigit() for sign in given) >= 5 else ""


def remark_dates(value: str) -> tuple[str, ...]:
    """The dates of `12 Mar 1970`, `circa 1965`, `1960 to 1962`, `01 Jan 1960 to 31 Dec 1960`: ISO dates, or the years
    from the one to the other. A single year that is approximate bears the sign of EDTF, `1965~`; the words stay in the
    text."""
    words = re.sub(
        r"\b(circa|ca\.?|approximately|between|early|late|mid|about|possibly)\b|[()]", " ", value, flags=re.IGNORECASE
    )
    ends = re.split(r"\s+(?:to|and|or)\s+|(?<=\d{4})\s*[-/]\s*(?=\d{4})", " ".join(words.split()))
    dates = [date for end in ends if (date := schemas.english_date(end)) is not None]
    if len(dates) == 2 and not re.search(r"\bor\b", value):
        return schemas.years_between(dates[0], dates[1])
    if re.search(r"\b(circa|ca|approximately|early|late|mid|about)\b", value, re.IGNORECASE):
        dates = [f"{date}~" if len(date) == 4 else date for date in dates]
    return tuple(dates)
