"""Registers that `link` reads: good records land, each refused one is named with its row and the remedy."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from passerelle.linkers import Record, RefusedRecord, RegisterWrong, records
from passerelle.matching import Subject


def read(path: Path) -> tuple[list[Record], list[RefusedRecord]]:
    found = list(records(path))
    return [one for one in found if isinstance(one, Record)], [one for one in found if isinstance(one, RefusedRecord)]


def test_the_same_records_come_from_csv_json_lines_and_parquet(tmp_path: Path) -> None:
    table = tmp_path / "register.csv"
    table.write_text(
        "id,schema,name,alias,birthDate,religion,drives\n"
        'a1,person,"Zorba, Émile",Émile Zorba;E. Zorba,1971-03-02,secret,1-ABC-234\n'
        "a2,Company,Vlinderhof BV,,,,\n",
        encoding="utf-8",
    )
    lines = tmp_path / "register.jsonl"
    entities = [
        {"id": "a1", "schema": "Person", "properties": {
            "name": ["Zorba, Émile"], "alias": ["Émile Zorba", "E. Zorba"], "birthDate": ["1971-03-02"],
            "drives": [{"schema": "Vehicle", "properties": {"registrationNumber": ["1-ABC-234"]}}],
        }},
        {"id": "own", "schema": "Ownership", "properties": {"owner": ["a1"], "asset": ["a2"]}},
        {"id": "a2", "schema": "Company", "properties": {"name": "Vlinderhof BV", "religion": ["secret"]}},
    ]  # fmt: skip
    lines.write_text("".join(json.dumps(one) + "\n" for one in entities), encoding="utf-8")
    packed = tmp_path / "register.parquet"
    duckdb.sql(f"COPY (SELECT * FROM read_csv('{table}', all_varchar = true)) TO '{packed}' (FORMAT PARQUET)")
    said = []
    for path in (table, lines, packed):
        good, refused = read(path)
        assert refused == []
        said.append([Subject.from_ftm(one.entity) for one in good])
    assert said[0] == said[1] == said[2]
    assert said[0][0].names == ("Zorba, Émile", "Émile Zorba", "E. Zorba")
    assert [relation.kind for relation in said[0][0].relations] == ["drives"]
    assert "religion" not in said[0][0].properties


@pytest.mark.parametrize(
    ("row", "code", "says"),
    [
        (",Person,Zorba", "link.no_id", "“id” is empty. Give the row an id of its own."),
        ("a1,Person,Again", "link.id_twice", "The id “a1” was used by an earlier row."),
        ("a3,Ghost,Zorba", "link.unknown_schema", "“Ghost” is no kind of subject. Write one of Person"),
        ("a3,Person,Zorba,more", "link.ragged", "the row has 4 cells and the header 3 columns."),
        ("a3,Person", "link.ragged", "the row has 2 cells and the header 3 columns."),
        ("a3,Person,", "link.nothing_to_recognise", "the row has no name, no number, no address and no relation."),
        ('a3,Person,"Zor"ba', "link.quotes", "the quotation marks of the row do not pair"),
        ('a3,Person,"Zorba', "link.quotes", "the quotation marks of the row do not pair"),
        ("a3,Person,Zor\0ba", "link.unreadable", "the row holds signs that are no text"),
        (f"{'a' * 181},Person,Zorba", "link.id_too_long", "The id is longer than 180 characters."),
    ],
)
def test_a_bad_row_is_refused_by_name_and_the_good_ones_land(tmp_path: Path, row: str, code: str, says: str) -> None:
    table = tmp_path / "register.csv"
    table.write_text(f"id,schema,name\na1,Person,Zorba\n{row}\na9,Person,Last\n", encoding="utf-8")
    if "\0" in row:  # a file that begins with a NUL is no text at all; further on it is one bad row
        filler = "".join(f"f{n},Person,Filler number {n}\n" for n in range(4000))
        table.write_text(f"id,schema,name\na1,Person,Zorba\n{filler}{row}\na9,Person,Last\n", encoding="utf-8")
    good, refused = read(table)
    assert [one.code for one in refused] == [code]
    assert says in str(refused[0].because)
    assert str(refused[0].because).startswith(f"register.csv, row {len(good) + 1}: ")
    assert (good[0].id, good[-1].id) == ("a1", "a9")


def test_a_value_may_run_over_lines_and_an_open_quotation_mark_swallows_nothing(tmp_path: Path) -> None:
    table = tmp_path / "register.csv"
    rows = ['a1,Person,"Two\nlines"', 'a2,Person,"never closed', *(f"b{n},Person,Name {n}" for n in range(500))]
    table.write_text("id,schema,name\n" + "\n".join(rows) + "\n", encoding="utf-8")
    good, refused = read(table)
    assert good[0].entity["properties"]["name"] == ["Two\nlines"]
    assert [one.row for one in refused] == [4]
    assert len(good) == 501


@pytest.mark.parametrize("sign", ["\u2028", "\x85", "\x0b", "\x1c"])
def test_a_sign_that_ends_a_line_elsewhere_ends_no_row_here(tmp_path: Path, sign: str) -> None:
    path = tmp_path / "register.csv"
    rows = f'z,Person,Émile{sign}Zorba,Kerkstraat 1\ny,Person,Émile{sign}Zorba,"Kerkstraat 1"\n'
    path.write_text(f"id,schema,name,address\n{rows}", encoding="utf-8", newline="")
    good, bad = read(path)
    assert not bad
    for one in good:
        assert one.entity["properties"] == {"name": [f"Émile{sign}Zorba"], "address": ["Kerkstraat 1"]}
    assert len(good) == 2


@pytest.mark.parametrize("text", ["Émile \\x00", "Émile \ufffd"])
def test_a_row_with_signs_that_are_no_text_is_refused_however_short_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "register.csv"
    path.write_text(f"id,schema,name\nz,Person,{text}\n", encoding="utf-8")
    good, bad = read(path)
    assert not good
    assert [one.code for one in bad] == ["link.unreadable"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"name,born\nZorba,1971\n", "has no column “id”"),
        (b"id,schema,name,name\na,Person,x,y\n", "has these columns twice: name"),
        (b"<xml/>", "is no register that `link` reads"),
        (b"PAR1 and then nothing", "is damaged Parquet"),
    ],
)
def test_what_is_no_register_is_refused_with_the_way_out(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "register"
    path.write_bytes(content)
    with pytest.raises(RegisterWrong, match=says):
        list(records(path))
