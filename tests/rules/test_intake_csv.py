"""A register kept as a table: what lands, what is refused, and in which words."""

from __future__ import annotations

from pathlib import Path

import pytest

from passerelle.intake import BadRow, Row, open_source, reread
from passerelle.intake.csv import HeaderWrong
from passerelle.intake.mapping import MappingWrong
from passerelle.intake.row import FIELD_CHARACTERS_MAX, ROW_CHARACTERS_MAX
from passerelle.intake.table import RECOVERIES_MAX, inside_after

DATA = Path(__file__).parent.parent / "data" / "intake"


def table(folder: Path, text: str | bytes, name: str = "register.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def all_of(path: Path, mapping: Path | None = None) -> list[Row | BadRow]:
    return list(open_source(path, mapping=mapping).read())


def good(path: Path, mapping: Path | None = None) -> list[Row]:
    return [row for row in all_of(path, mapping) if isinstance(row, Row)]


def only_bad(path: Path) -> BadRow:
    (bad,) = [row for row in all_of(path) if isinstance(row, BadRow)]
    return bad


def test_a_table_with_the_agreed_header_lands_with_its_address_as_a_part_and_countries_as_codes() -> None:
    first = good(DATA / "register.csv")[0]
    main, address = first.entities
    assert first.number == 2 and first.external_id == "z-1" and first.category == "contact"
    assert main["properties"]["name"] == ["Anouk Vandervoorbeeld"]
    assert main["properties"]["alias"] == ["Noekie", "A. Vandervoorbeeld"]
    assert main["properties"]["nationality"] == ["be"]
    assert address == {
        "id": address["id"], "schema": "Address", "properties": {"full": ["Vierwindenstraat 79, 2800 Mechelen"]},
    }  # fmt: skip
    assert address["id"].startswith("z-1#")
    assert first.relations == (("z-1", "lives_at", address["id"]),)
    assert "Nationality: Belgisch" in first.text


def test_a_person_without_a_name_lands_by_its_relations() -> None:
    nameless = good(DATA / "register.csv")[1]
    assert "name" not in nameless.entities[0]["properties"]
    assert [(kind, other.split("#")[0]) for _, kind, other in nameless.relations] == [
        ("lives_at", "z-2"),
        ("child_of", "z-2"),
    ]
    assert nameless.entities[2]["properties"] == {"name": ["Karel Voorbeeld"]}


def test_a_company_is_located_at_each_of_its_addresses() -> None:
    company = good(DATA / "register.csv")[2]
    assert [kind for _, kind, _ in company.relations] == ["located_at", "located_at"]


def test_a_row_by_which_nothing_can_be_recognised_is_refused_and_says_what_to_give() -> None:
    bad = only_bad(DATA / "register.csv")
    assert (bad.number, bad.external_id, bad.code) == (5, "z-4", "intake.nothing_to_recognise")
    assert str(bad.sentence) == (
        "register.csv, row 5: The row has no name, no number, no address and no relation: nothing could be recognised "
        "by it. "
        "Give it one of these."
    )


def test_a_mapping_explains_a_table_of_another_shape() -> None:
    person, firm = good(DATA / "zone.csv", DATA / "zone.yaml")
    assert person.external_id == "2026/7-1" and person.language == "nl" and person.category == "contact"
    properties = person.entities[0]["properties"]
    assert properties["name"] == ["Anouk Voorbeeld"] and properties["lastName"] == ["Voorbeeld"]
    assert properties["birthDate"] == ["1970-03-12"] and properties["country"] == ["be"]
    assert [one["properties"] for one in person.entities[1:]] == [
        {"full": ["Vierwindenstraat 79, Mechelen"]},
        {"registrationNumber": ["1-ABC-000"]},
        {"registrationNumber": ["1-ABC-001"]},
    ]
    assert [kind for _, kind, _ in person.relations] == ["lives_at", "drives", "drives"]
    assert "Rijdt met een grijze wagen." in person.text and "39" not in person.text
    assert firm.entities[0]["schema"] == "Organization"
    assert [kind for _, kind, _ in firm.relations] == ["located_at"]


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("1,Person,Anna,1970-13-01", "intake.bad_date", "“birthDate” holds “1970-13-01”, which is no date"),
        ("1,Person,Anna,12/03/1970", "intake.bad_date", "name its format in a mapping"),
        ("1,Person,Anna", "intake.ragged", "the row has 3 cells and the header 4 columns"),
        ("1,Person,Peeters, Anna,1970", "intake.ragged", "Put a value that holds “,” in quotation marks"),
        (",Person,Anna,1970", "intake.no_id", "“id” is empty"),
        ("1,Persn,Anna,1970", "intake.unknown_schema", "“schema” holds “Persn”, which is no kind of subject"),
        ("1,Person,An\0na,1970", "intake.nul", "“name” holds a NUL character"),
        (f"1,Person,{'a' * (FIELD_CHARACTERS_MAX + 1)},1970", "intake.field_too_long", "“name” has 20001 characters"),
        (f"1,Person,{'a' * (ROW_CHARACTERS_MAX + 1)},1970", "intake.row_too_long", "longer than 100000 characters"),
        (f"{'i' * 181},Person,Anna,1970", "intake.id_too_long", "longer than 180 characters"),
        ('1,Person,"Anna" x,1970', "intake.quotes", "do not pair"),
        (
            f"1,Person,{'a;b;' * 600}{';'.join(map(str, range(1001)))},1970",
            "intake.too_many_values",
            "more than 1000 values",
        ),
    ],
)
def test_a_bad_row_is_refused_with_its_reason_and_the_next_one_lands(
    tmp_path: Path, line: str, code: str, words: str
) -> None:
    path = table(tmp_path, f"id,schema,name,birthDate\n{line}\n2,Person,Bert,1980\n")
    bad, row = all_of(path)
    assert isinstance(bad, BadRow) and bad.code == code and bad.number == 2
    assert str(bad.sentence).startswith("register.csv, row 2: ") and words in str(bad.sentence)
    assert isinstance(row, Row) and row.external_id == "2" and row.number == 3


def test_the_second_row_with_one_id_is_refused(tmp_path: Path) -> None:
    path = table(tmp_path, "id,schema,name\n1,Person,Anna\n1,Person,Bert\n")
    bad = only_bad(path)
    assert (bad.number, bad.external_id, bad.code) == (3, "1", "intake.id_twice")
    assert "The id “1” was used by an earlier row" in str(bad.sentence)


def test_a_quotation_mark_left_open_costs_its_own_line_only(tmp_path: Path) -> None:
    rows = "".join(f"{n},Person,Name {n}\n" for n in range(2, 40))
    path = table(tmp_path, f'id,schema,name\n1,Person,"open\n{rows}40,Person,"closed"\n')
    assert only_bad(path).number == 2
    assert [row.external_id for row in good(path)] == [str(n) for n in range(2, 41)]


def test_a_long_text_cannot_write_rows(tmp_path: Path) -> None:
    lines = "7,Person,Written in a text\n" * 8_000
    path = table(tmp_path, f'id,schema,name,text\n1,Person,Anna,"{lines}"\n2,Person,Bert,\n')
    bad, row = all_of(path)
    assert isinstance(bad, BadRow)
    assert bad.code == "intake.row_too_long"
    assert "(to line 8002)" in str(bad.sentence)
    assert row.external_id == "2"


def test_a_quotation_mark_left_open_over_many_long_lines_costs_its_own_line_only(tmp_path: Path) -> None:
    rows = "".join(f"{n},Person,{'a' * 400}\n" for n in range(2, 302))
    path = table(tmp_path, f'id,schema,name\n1,Person,"open\n{rows}')
    assert only_bad(path).code == "intake.quotes"
    assert [row.external_id for row in good(path)] == [str(n) for n in range(2, 302)]


@pytest.mark.parametrize(
    ("line", "inside", "after"),
    [
        ("a,b\n", False, False),
        ('a,"b\n', False, True),
        ('a,"b ""c"" d"\r\n', False, False),
        ('b",c\n', True, False),
        ('b" c\n', True, None),
        ('b","c\n', True, True),
        ('a "b" c\n', False, False),
        ('""', True, True),
        ("", True, True),
    ],
)
def test_quotation_marks_are_followed_over_lines(line: str, inside: bool, after: bool | None) -> None:
    assert inside_after(line, ",", inside=inside) is after


def test_very_many_open_quotation_marks_are_told_to_the_last_line_and_do_not_hang(tmp_path: Path) -> None:
    path = table(tmp_path, "id,schema,name\n" + '1,Person,"open"x\n2,Person,"\n' * (RECOVERIES_MAX * 4))
    rows = all_of(path)
    assert rows and all(isinstance(row, BadRow) and row.code == "intake.quotes" for row in rows)


def test_a_value_over_several_lines_is_read_and_the_next_number_is_its_line(tmp_path: Path) -> None:
    path = table(tmp_path, 'id,schema,name,text\r\n1,Person,Anna,"first\r\nsecond"\r\n2,Person,Bert,\r\n')
    first, second = good(path)
    assert first.text == "Name: Anna\nfirst\r\nsecond" and (first.number, second.number) == (2, 4)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_delimiter_and_encoding_are_found_out(tmp_path: Path, delimiter: str, encoding: str) -> None:
    text = "id,schema,name,address\n1,Person,Zoë Müller-Français,Nergenslaan 1\n".replace(",", delimiter)
    source = open_source(table(tmp_path, text.encode(encoding)))
    (row,) = list(source.read())
    assert isinstance(row, Row) and row.entities[0]["properties"]["name"] == ["Zoë Müller-Français"]
    assert any("Windows-1252" in note for note in source.notes) == (encoding == "cp1252")


def test_a_few_spoilt_bytes_in_a_utf8_table_cost_their_own_rows_only(tmp_path: Path) -> None:
    rows = "".join(f"{n},Person,Zoë {n}\n" for n in range(2, 30)).encode()
    path = table(tmp_path, b"id,schema,name\n1,Person,Zo\xeb\n" + rows)
    bad = only_bad(path)
    assert bad.code == "intake.unreadable_characters" and bad.number == 2
    assert good(path)[0].entities[0]["properties"]["name"] == ["Zoë 2"]


def test_an_unknown_column_is_noted_and_stands_in_the_text(tmp_path: Path) -> None:
    source = open_source(table(tmp_path, "id,schema,name,shoe\n1,Person,Anna,44\n"))
    (row,) = list(source.read())
    assert isinstance(row, Row) and "Shoe: 44" in row.text and "shoe" not in row.entities[0]["properties"]
    assert row.notes == ("The column “shoe” is not known; it stands in the text only.",)
    assert source.notes == ("These columns are not known and stand in the text of the rows only: shoe.",)


def test_religion_is_taken_over_in_no_form(tmp_path: Path) -> None:
    (row,) = good(table(tmp_path, "id,schema,name,religion\n1,Person,Anna,private\n"))
    assert "private" not in row.text and "private" not in str(row.entities)
    assert row.notes == ("“religion” is of a kind that is never taken over.",)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("name,schema", "has no column “id”"),
        ("id,name", "has no column “schema”"),
        ("id,schema,name,name", "has these columns twice: name"),
        ("id\0,schema", "has no header"),
        ("id,schema," + ",".join(f"c{n}" for n in range(600)), "more than 500 columns"),
    ],
)
def test_a_header_that_does_not_say_what_it_must_is_refused_before_the_first_row(
    tmp_path: Path, header: str, words: str
) -> None:
    with pytest.raises(HeaderWrong, match=words):
        open_source(table(tmp_path, f"{header}\n1,2\n"), format="csv")


def mapping(folder: Path, text: str) -> Path:
    path = folder / "mapping.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("colums: {}\nschema: Person", "“colums”: there is no such key"),
        ("schema: Persn", "“schema”: “Persn” is none of Person"),
        ("columns: {Naam: nam}\nschema: Person", "“columns.Naam”: there is no property “nam”"),
        ("columns: {Naam: {relation: uncle_of}}\nschema: Person", "“uncle_of” is no relation"),
        ("columns: {Geloof: religion}\nschema: Person", "“religion” is never taken over"),
        ("id: [Nummer]\nschema: Person", "“id”: the table has no column “Nummer”"),
        ("id: id\nschema: Person\ncolumns: {Weg: name}", "“columns.Weg”: the table has no column “Weg”"),
        ("schema: Person\nlanguage: la", "“language”: “la” is none of nl, fr, de, en"),
        ("schema: Person\nencoding: rot13", "“encoding”: “rot13” is not known"),
        ("schema: Person\ndelimiter: ab", "“delimiter”: it must be one sign"),
        ("schema: Person\ndate_formats: [dd]", "“date_formats”: it must be a list of formats"),
        ("schema: Person\ncategory: villain", "“villain” is none of suspect"),
        ("{", "it is not good YAML"),
        ("- a", "it has no keys"),
        ("a: &a [x, x]\nb: &b [*a, *a]\nschema: [*b, *b]", "it holds aliases"),
        ('schema: Person\nconstants: {name: "\\ud800"}', "halves of signs"),
        ("# " + "x" * 200_000, "it is longer than 200000 bytes"),
        ("columns: {}", "“schema”: say what the rows are"),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_file_and_key(tmp_path: Path, text: str, words: str) -> None:
    path = table(tmp_path, "id,Naam\n1,Anna\n")
    with pytest.raises(MappingWrong) as refused:
        open_source(path, mapping=mapping(tmp_path, text))
    assert str(refused.value).startswith("The mapping mapping.yaml cannot be used: ") and words in str(refused.value)


def test_every_problem_of_a_mapping_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(MappingWrong) as refused:
        open_source(table(tmp_path, "id\n1\n"), mapping=mapping(tmp_path, "schema: Persn\nlanguage: la\nfoo: 1"))
    assert len(refused.value.problems) == 3


def test_a_mapping_that_does_not_explain_a_value_refuses_the_row(tmp_path: Path) -> None:
    path = table(tmp_path, "id,Naam,G\n1,Anna,V\n2,Bert,X\n")
    rows = all_of(
        path, mapping(tmp_path, "schema: Person\ncolumns: {Naam: name, G: {property: gender, values: {V: female}}}")
    )
    assert isinstance(rows[0], Row) and rows[0].entities[0]["properties"]["gender"] == ["female"]
    assert isinstance(rows[1], BadRow) and "“G” holds “X”, which the mapping does not explain" in str(rows[1].sentence)


def test_a_mended_row_is_the_row_that_the_whole_file_would_have_given(tmp_path: Path) -> None:
    text = "id,schema,name,birthDate\n1,Person,Anna,1970-02-30\n"
    bad = only_bad(table(tmp_path, text))
    mended = reread(bad.raw.replace("1970-02-30", "1970-02-20"), "csv", number=bad.number)
    (whole,) = good(table(tmp_path, text.replace("1970-02-30", "1970-02-20")))
    assert mended == whole


def test_a_mended_row_that_became_two_is_refused() -> None:
    twofold = reread("id,schema,name\n1,Person,Anna\n2,Person,Bert\n", "csv")
    assert isinstance(twofold, BadRow) and twofold.code == "intake.not_one_row"


def test_the_digest_is_that_of_the_content_whatever_the_line_or_the_order_of_rows(tmp_path: Path) -> None:
    one = good(table(tmp_path, "id,schema,name\n1,Person,Anna\n2,Person,Bert\n"))
    other = good(table(tmp_path, "id;schema;name\n2;Person;Bert\n\n1;Person;Anna\n"))
    changed = good(table(tmp_path, "id,schema,name\n1,Person,Anne\n"))
    assert {row.external_id: row.digest for row in one} == {row.external_id: row.digest for row in other}
    assert changed[0].digest != one[0].digest
