"""Reads the UN Security Council consolidated list (XML): the individuals and entities listed, one after the other."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

from defusedxml import ElementTree as Defused
from defusedxml.common import DefusedXmlException

from passerelle.errors import Refused
from passerelle.intake import schemas
from passerelle.intake.row import BadRow, Draft, Row, RowFault, Seen, bad_row, check_external_id, twice
from passerelle.intake.source import PROGRESS_ROWS, Opened, Progress, Source, Stream, stream
from passerelle.words import sentence

RECORD_BYTES_MAX = 2 * 1024**2
"""One individual or entity may take so many bytes of XML. The longest takes some 10,000."""

DEPTH_MAX = 12
"""So many elements may stand in each other. The list has five."""

_RECORDS = {"INDIVIDUAL": "Person", "ENTITY": "Organization"}
_DOCUMENT_IS_PASSPORT = re.compile(r"pass|pasaporte", re.IGNORECASE)
_IN_SCRIPT = re.compile(r"in \w+ script:\s*(.+)", re.IGNORECASE)
_SCRIPT = r"[\u0370-\u1fff\u2e80-\uffff]"
_SCRIPT_AND_SPELLINGS = re.compile(rf"([^A-Za-z(]*{_SCRIPT}[^A-Za-z(]*)\(([^()]+)\)\s*")
_SPELLING_AND_SCRIPT = re.compile(rf"([^()]+?)\s*\((?:original script:\s*)?([^()A-Za-z]*{_SCRIPT}[^()A-Za-z]*)\)")
_REMARK = re.compile(
    r"\s*\((?:previously listed as|birth name|original script)\)|\s*\([^()]{40,}\)?|,?\s+born (?:in|on)\s.*$"
)
_ACRONYM = re.compile(r"(\S+ .*\S) \(([A-Za-z0-9/-]{2,12})\)")
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")
_ALSO = re.compile(r";|(?:^|\s)[a-z]\)\s")


class XmlRefused(Refused):
    """XML that carries what no list carries: a document type, entities, endless depth or endless text."""

    code = "intake.xml_refused"


class XmlBroken(Refused):
    """XML that breaks off or is not well-formed."""

    code = "intake.xml_broken"


def source(opened: Opened) -> Source:
    """The list ready to be read; `number` is the how manieth record it is."""

    def reader(on_progress: Progress | None, start_after: int) -> Iterator[Row | BadRow]:
        return _rows(opened, on_progress, start_after)

    return Source("un", (opened.name,), opened.total(), (), reader)


def reread(raw: str, number: int = 1) -> Row | BadRow:
    """One record that was mended: the XML fragment that `raw` of a Row or BadRow is."""
    name = str(sentence("the mended row"))
    try:
        if len(raw) > RECORD_BYTES_MAX:
            raise RowFault("intake.row_too_long", sentence("It is longer than {limit} bytes.", limit=RECORD_BYTES_MAX))
        try:
            element = Defused.fromstring(raw, forbid_dtd=True)
        except (ET.ParseError, ValueError, LookupError) as error:
            raise RowFault(
                "intake.xml_broken", sentence("It is not well-formed XML ({reason}).", reason=str(error))
            ) from error
        if element.tag not in _RECORDS:
            raise RowFault("intake.not_one_row", sentence("It must be one INDIVIDUAL or one ENTITY."))
    except RowFault as fault:
        return bad_row(name, number, None, fault, raw)
    return _row(element, name, number, raw)


class _Measured:
    """A file for the parser that stops when one record has taken more bytes than any does."""

    def __init__(self, flow: Stream, name: str) -> None:
        self._flow = flow
        self._name = name
        self._since = 0

    def read(self, size: int = -1) -> bytes:
        self._since += max(size, 0)
        if self._since > RECORD_BYTES_MAX:
            raise XmlRefused(
                sentence(
                    "{file} has a record of more than {limit} bytes: it is not read further.",
                    file=self._name,
                    limit=RECORD_BYTES_MAX,
                ),
                way_out=sentence("Fetch the list again from the United Nations."),
            )
        return self._flow.read(size) or b""

    def record_ended(self) -> None:
        self._since = 0


def _elements(flow: Stream, name: str) -> Iterator[ET.Element]:
    """Each record in turn, let go of afterwards."""
    measured = _Measured(flow, name)
    above: list[ET.Element] = []
    try:
        for event, element in Defused.iterparse(measured, events=("start", "end"), forbid_dtd=True):
            if event == "start":
                above.append(element)
                if len(above) > DEPTH_MAX:
                    raise XmlRefused(
                        sentence(
                            "{file} has elements deeper than {limit}: it is not read further.",
                            file=name,
                            limit=DEPTH_MAX,
                        ),
                        way_out=sentence("Fetch the list again from the United Nations."),
                    )
                continue
            above.pop()
            if len(above) == 2 and element.tag in _RECORDS:
                yield element
            if len(above) <= 2:
                measured.record_ended()
                element.clear()
                if above:
                    above[-1].remove(element)
    except DefusedXmlException as error:
        raise XmlRefused(
            sentence(
                "{file} declares a document type or entities, which the UN list does not: it is not read.", file=name
            ),
            way_out=sentence("Fetch the list again from the United Nations."),
        ) from error
    except ET.ParseError as error:
        line, column = error.position
        raise XmlBroken(
            sentence(
                "{file} is not well-formed XML at line {line}, column {column}.", file=name, line=line, column=column
            ),
            way_out=sentence("Fetch the list again; the records before that place have been read."),
        ) from error
    except (ValueError, LookupError) as error:
        raise XmlBroken(
            sentence("{file} is written in an encoding that cannot be read: {reason}.", file=name, reason=str(error)),
            way_out=sentence("Save it as UTF-8."),
        ) from error


def _rows(opened: Opened, on_progress: Progress | None, start_after: int) -> Iterator[Row | BadRow]:
    seen = Seen()
    with stream(opened) as flow:
        for number, element in enumerate(_elements(flow, opened.name), 1):
            if on_progress is not None and number % PROGRESS_ROWS == 0:
                on_progress(flow.position())
            external_id = _text(element, "REFERENCE_NUMBER")
            again = seen.again(external_id) if external_id else False
            if number <= start_after:
                continue
            element.tail = None
            raw = ET.tostring(element, encoding="unicode").strip()
            yield (
                bad_row(opened.name, number, external_id, twice(external_id), raw)
                if again
                else _row(element, opened.name, number, raw)
            )
        if on_progress is not None:
            on_progress(flow.position())


def _text(element: Any, name: str) -> str:
    return " ".join((element.findtext(name) or "").split())


def _values(element: Any, name: str) -> list[str]:
    return [text for one in element.findall(f"{name}/VALUE") if (text := " ".join((one.text or "").split()))]


def _row(element: Any, file: str, number: int, raw: str) -> Row | BadRow:
    external_id = _text(element, "REFERENCE_NUMBER")
    try:
        external_id = check_external_id(external_id, "REFERENCE_NUMBER")
        draft = Draft(external_id, _RECORDS[element.tag], forgiving=True)
        _read_names(draft, element)
        _read_plain(draft, element)
        prefix = "INDIVIDUAL" if draft.schema == "Person" else "ENTITY"
        for birth in element.findall("INDIVIDUAL_DATE_OF_BIRTH"):
            _read_birth(draft, birth)
        for place in element.findall("INDIVIDUAL_PLACE_OF_BIRTH"):
            _read_place_of_birth(draft, place)
        for document in element.findall("INDIVIDUAL_DOCUMENT"):
            _read_document(draft, document)
        for address in element.findall(f"{prefix}_ADDRESS"):
            _read_address(draft, address)
        draft.say("Comments", element.findtext("COMMENTS1"))
        return draft.finish(number, language="en", raw=raw, learnt_on=_listed_on(element))
    except RowFault as fault:
        return bad_row(file, number, external_id[:200] or None, fault, raw)


def _listed_on(element: Any) -> str | None:
    given = _text(element, "LISTED_ON")
    read = schemas.iso_date(given)
    if given and read is None:
        raise RowFault(
            "intake.bad_date",
            sentence("“{field}” holds “{value}”, which is no date. Correct it.", field="LISTED_ON", value=given[:100]),
        )
    return read


def _read_names(draft: Draft, element: Any) -> None:
    parts = [_text(element, name) for name in ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")]
    full = " ".join(part for part in parts if part)
    if not full:
        raise RowFault("intake.no_name", sentence("“{field}” is empty. Give the name.", field="FIRST_NAME"))
    names = [full] if draft.schema == "Person" else [name.strip() for name in full.split(";") if name.strip()]
    for name in names:
        _add_name(draft, "name", name)
    draft.say("Name", full)
    original = _text(element, "NAME_ORIGINAL_SCRIPT")
    draft.add("alias", original)
    draft.say("Name in original script", original)
    for alias in element.findall("INDIVIDUAL_ALIAS") + element.findall("ENTITY_ALIAS"):
        _read_alias(draft, alias)


def _add_name(draft: Draft, prop: str, name: str) -> None:
    if draft.schema == "Person":
        draft.add(prop, name)
        return
    full, acronym = without_acronym(name)
    draft.add(prop, full)
    draft.add("weakAlias", acronym)


def _read_alias(draft: Draft, alias: Any) -> None:
    quality, name, note = (_text(alias, tag) for tag in ("QUALITY", "ALIAS_NAME", "NOTE"))
    prop = {"low": "weakAlias", "f.k.a.": "previousName"}.get(quality.casefold(), "alias")
    for one in alias_names(name):
        _add_name(draft, prop, one)
    if (scripted := _IN_SCRIPT.search(note)) is not None:
        draft.add("alias", scripted[1])
    born, city, country = (_text(alias, tag) for tag in ("DATE_OF_BIRTH", "CITY_OF_BIRTH", "COUNTRY_OF_BIRTH"))
    if draft.schema == "Person":
        draft.add("birthDate", _date(born))
        draft.add("birthPlace", ", ".join(part for part in (city, country) if part))
        draft.add("birthCountry", country)
    if name:
        label = "Formerly known as" if prop == "previousName" else "Also known as"
        further = ", ".join(part for part in (f"{quality} quality" if quality in {"Good", "Low"} else "", note) if part)
        draft.say(label, f"{name} ({further})" if further else name)
        draft.say("Born (under that name)", ", ".join(part for part in (born, city, country) if part))


def alias_names(listed: str) -> list[str]:
    """The names that one alias holds: `A; B`, `a) A b) B`, a name in another script with its spellings in brackets,
    `أ (A; B)`, or the other way about, `A (أ)`. Remarks on the name are left off; other brackets belong to it."""
    spelt = _SCRIPT_AND_SPELLINGS.fullmatch(listed)
    parts = [spelt[1], *_ALSO.split(spelt[2])] if spelt is not None else _ALSO.split(listed)
    names: list[str] = []
    for part in parts:
        name = _REMARK.sub("", part).strip(" ,")
        scripted = _SPELLING_AND_SCRIPT.fullmatch(name)
        names += [scripted[1], scripted[2]] if scripted is not None else [name]
    return [name.strip() for name in names if name.strip()]


def without_acronym(name: str) -> tuple[str, str]:
    """`House of Invented Names (HIN)` as name and acronym, which is empty where the bracket says something else."""
    found = _ACRONYM.fullmatch(name)
    if found is None or schemas.country_code(found[2]) is not None:
        return name, ""
    letters = iter(found[1].casefold())
    if not all(sign in letters for sign in found[2].casefold() if sign.isalpha()):
        return name, ""
    return found[1], found[2]


def _read_plain(draft: Draft, element: Any) -> None:
    for title in _values(element, "TITLE"):
        draft.add("title", title)
        draft.say("Title", title)
    for designation in _values(element, "DESIGNATION"):
        draft.add("position", designation)
        draft.say("Designation", designation)
    for nationality in _values(element, "NATIONALITY"):
        draft.add("nationality", nationality)
        draft.say("Nationality", nationality)
    gender = _text(element, "GENDER")
    draft.add("gender", gender.casefold())
    draft.say("Gender", gender)
    program = _text(element, "UN_LIST_TYPE")
    draft.add("program", program)
    draft.say("List", program)
    draft.say("Listed on", _text(element, "LISTED_ON"))
    for updated in _values(element, "LAST_DAY_UPDATED"):
        draft.say("Updated on", updated)


def _date(given: str) -> str | None:
    return schemas.iso_date(given) or schemas.english_date(given)


def _read_birth(draft: Draft, birth: Any) -> None:
    kind, date, year, first, last, note = (
        _text(birth, tag) for tag in ("TYPE_OF_DATE", "DATE", "YEAR", "FROM_YEAR", "TO_YEAR", "NOTE")
    )
    dates = [read for given in (date, year) if (read := _date(given)) is not None]
    if first and last:
        dates += schemas.years_between(first, last)
    if not dates and (read := _date(note)) is not None:
        dates = [read]
    if not dates:
        dates = _YEAR.findall(note)[:3]
    about = kind.upper() == "APPROXIMATELY"
    for one in dates:
        draft.add("birthDate", f"{one}~" if about and len(one) == 4 and not (first and last) else one)
    words = date or year or (f"between {first} and {last}" if first and last else first or last)
    if words and about:
        words = f"approximately {words}"
    draft.say("Born", " ".join(part for part in (words, f"({note})" if words and note else note) if part))


def _read_place_of_birth(draft: Draft, place: Any) -> None:
    parts = [_text(place, tag) for tag in ("STREET", "CITY", "STATE_PROVINCE", "COUNTRY")]
    full = ", ".join(part for part in parts if part)
    draft.add("birthPlace", full)
    draft.add("birthCountry", parts[-1])
    note = _text(place, "NOTE")
    draft.say("Born in", " ".join(part for part in (full, f"({note})" if full and note else note) if part))


def _read_document(draft: Draft, document: Any) -> None:
    kind = " ".join(
        part for part in (_text(document, "TYPE_OF_DOCUMENT"), _text(document, "TYPE_OF_DOCUMENT2")) if part
    )
    number = _text(document, "NUMBER")
    if (
        not number
        and (found := re.search(r"(?:number|no\.?):?\s+([A-Z]{0,4}[\d /-]*\d)$", kind, re.IGNORECASE)) is not None
    ):
        number = found[1]
    if number and any(sign.isdigit() for sign in number):
        draft.add("passportNumber" if _DOCUMENT_IS_PASSPORT.search(kind) else "idNumber", number)
    country = _text(document, "ISSUING_COUNTRY") or _text(document, "COUNTRY_OF_ISSUE")
    issued = [_text(document, tag) for tag in ("CITY_OF_ISSUE", "DATE_OF_ISSUE", "NOTE")]
    words = ", ".join(part for part in (f"{kind} {number}".strip(), country, *issued) if part)
    draft.say("Document", words)


def _read_address(draft: Draft, address: Any) -> None:
    street, city, state, code, country, note = (
        _text(address, tag) for tag in ("STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE", "COUNTRY", "NOTE")
    )
    full = ", ".join(part for part in (street, f"{code} {city}".strip(), state, country) if part)
    if street:
        kind = schemas.relation_of("lives_at", draft.schema)
        parts = {
            "full": full,
            "street": street,
            "city": city,
            "postalCode": code,
            "state": state,
            "country": country,
            "remarks": note,
        }
        draft.part(kind, "Address", {name: [value] for name, value in parts.items()})
    elif city or state:
        draft.add("residence", full)
    draft.add("country", country)
    draft.say("Address", " ".join(part for part in (full, f"({note})" if full and note else note) if part))
