"""The UN and OFAC lists, with invented people: every name, date, document and address is found."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from passerelle.intake import BadRow, Row, open_source, reread
from passerelle.intake.ofac_sdn import remark_dates
from passerelle.intake.source import FileUnreadable
from passerelle.intake.un_consolidated import (
    DEPTH_MAX,
    RECORD_BYTES_MAX,
    XmlBroken,
    XmlRefused,
    alias_names,
    without_acronym,
)

DATA = Path(__file__).parent.parent / "data" / "intake"


def all_of(path: Path) -> list[Row | BadRow]:
    return list(open_source(path).read())


def good(path: Path) -> list[Row]:
    return [row for row in all_of(path) if isinstance(row, Row)]


def bad(path: Path) -> list[BadRow]:
    return [row for row in all_of(path) if isinstance(row, BadRow)]


def test_an_individual_of_the_un_list_lands_with_all_that_the_list_says() -> None:
    person = good(DATA / "un.xml")[0]
    said = person.entities[0]["properties"]
    assert person.external_id == "NOi.001"
    assert person.learnt_on == "2015-04-07"
    assert said["name"] == ["TARIQ AL-MITHALI NUMUDHAJ"]
    assert said["alias"] == ["طارق المثالي", "Tarek Mithaly", "Tareq Mithali"]
    assert said["weakAlias"] == ["The Example"]
    assert said["birthDate"] == ["1971-02-05", "1970-02-05", "1968~", "1974", "1975", "1976", "1979-11"]
    assert said["birthPlace"] == ["Morocco", "Nowhere, Syria"]
    assert said["birthCountry"] == ["ma", "sy"]
    assert said["nationality"] == ["sy"]
    assert said["passportNumber"] == ["N000001"]
    assert said["idNumber"] == ["000-111"]
    assert said["country"] == ["be", "iq"]
    assert said["position"] == ["Treasurer of nothing"]
    assert person.entities[1]["properties"]["street"] == ["Four Winds Street 79"]
    assert person.relations == (("NOi.001", "lives_at", person.entities[1]["id"]),)
    for words in (
        "Born: approximately 1968",
        "Born: between 1974 and 1976",
        "An invented person.",
        "(Low quality)",
        "as of 2016",
    ):
        assert words in person.text


@pytest.mark.parametrize(
    ("listed", "names"),
    [
        ("Tarek Mithaly; Tareq Mithali", ["Tarek Mithaly", "Tareq Mithali"]),
        ("a) Tarek b) Tareq Mithali", ["Tarek", "Tareq Mithali"]),
        ("طارق المثالي (Tarek; Tareq)", ["طارق المثالي", "Tarek", "Tareq"]),
        ("Mithali (the younger)", ["Mithali (the younger)"]),
        ("Tarek Mithali (طارق المثالي ),", ["Tarek Mithali", "طارق المثالي"]),
        ("Tarek (original script: Тарек)", ["Tarek", "Тарек"]),
        ("Tarek Mithali (previously listed as)", ["Tarek Mithali"]),
        ("Tarek Mithali, born in Nowhere on 01 Jan.1967", ["Tarek Mithali"]),
        (" ; ", []),
        ("", []),
    ],
)
def test_each_name_of_an_alias_is_found(listed: str, names: list[str]) -> None:
    assert alias_names(listed) == names


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("House of Invented Names (HIN)", ("House of Invented Names", "HIN")),
        ("House of Invented Names (KENYA)", ("House of Invented Names (KENYA)", "")),
        ("House of Invented Names (NGO)", ("House of Invented Names (NGO)", "")),
        ("House of Invented Names", ("House of Invented Names", "")),
    ],
)
def test_an_acronym_is_told_from_other_brackets(name: str, parts: tuple[str, str]) -> None:
    assert without_acronym(name) == parts


def test_an_entity_of_the_un_list_lands_with_both_its_names_and_its_former_one() -> None:
    entity = good(DATA / "un.xml")[1]
    said = entity.entities[0]["properties"]
    assert entity.entities[0]["schema"] == "Organization"
    assert said["name"] == ["EXAMPLE TRADING HOUSE", "MAISON EXEMPLE"]
    assert said["previousName"] == ["Old Example"]
    assert said["country"] == ["cd"]
    assert entity.relations[0][1] == "located_at"


def test_records_without_a_name_or_with_a_number_that_was_used_are_refused() -> None:
    assert [(row.number, row.external_id, row.code) for row in bad(DATA / "un.xml")] == [
        (2, "NOi.002", "intake.no_name"),
        (3, "NOi.001", "intake.id_twice"),
    ]
    assert str(bad(DATA / "un.xml")[0].sentence) == "un.xml, row 2: “FIRST_NAME” is empty. Give the name."


def test_a_mended_record_of_the_un_list_is_taken_in() -> None:
    refused = bad(DATA / "un.xml")[0]
    mended = reread(refused.raw.replace("<FIRST_NAME />", "<FIRST_NAME>NOW NAMED</FIRST_NAME>"), "un")
    assert isinstance(mended, Row)
    assert mended.entities[0]["properties"]["name"] == ["NOW NAMED"]


def test_a_name_that_its_publisher_spoilt_is_left_out_with_a_note_and_the_person_lands(tmp_path: Path) -> None:
    path = tmp_path / "un.xml"
    path.write_text(
        (DATA / "un.xml").read_text(encoding="utf-8").replace("طارق المثالي", "طارق ال\ufffd"), encoding="utf-8"
    )
    person = good(path)[0]
    assert person.entities[0]["properties"]["alias"] == ["Tarek Mithaly", "Tareq Mithali"]
    assert person.notes == ("“طارق ال\ufffd” holds spoilt signs; it stands in the text only.",)


def un(folder: Path, inside: str, before: str = "") -> Path:
    path = folder / "un.xml"
    path.write_text(
        f"{before}<CONSOLIDATED_LIST><INDIVIDUALS>{inside}</INDIVIDUALS></CONSOLIDATED_LIST>", encoding="utf-8"
    )
    return path


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "before",
    [
        f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>',
        '<!DOCTYPE x SYSTEM "file:///nowhere">',
        "<!DOCTYPE x>",
    ],
)
def test_a_document_type_or_entities_are_refused_before_anything_explodes(tmp_path: Path, before: str) -> None:
    path = un(tmp_path, "<INDIVIDUAL><FIRST_NAME>&l9;</FIRST_NAME></INDIVIDUAL>", before)
    with pytest.raises(XmlRefused, match="declares a document type or entities"):
        all_of(path)


def test_elements_without_an_end_in_depth_are_refused(tmp_path: Path) -> None:
    with pytest.raises(XmlRefused, match="deeper than 12"):
        all_of(un(tmp_path, "<a>" * (DEPTH_MAX + 1) + "</a>" * (DEPTH_MAX + 1)))


def test_a_record_without_an_end_in_length_is_refused(tmp_path: Path) -> None:
    path = un(tmp_path, f"<INDIVIDUAL><FIRST_NAME>{'a' * (RECORD_BYTES_MAX + 100_000)}</FIRST_NAME></INDIVIDUAL>")
    with pytest.raises(XmlRefused, match="a record of more than"):
        all_of(path)


def test_a_list_that_breaks_off_hands_on_what_came_before_and_says_where(tmp_path: Path) -> None:
    whole = (DATA / "un.xml").read_text(encoding="utf-8")
    path = tmp_path / "un.xml"
    path.write_text(whole[: whole.index("<ENTITIES>")], encoding="utf-8")
    rows: list[Row | BadRow] = []
    with pytest.raises(XmlBroken, match=r"un\.xml is not well-formed XML at line 44"):
        rows.extend(open_source(path).read())
    assert [row.number for row in rows] == [1, 2, 3]


def test_an_individual_of_the_sdn_list_lands_with_what_stands_in_its_remarks() -> None:
    person = good(DATA / "ofac")[0]
    said = person.entities[0]["properties"]
    assert said["name"] == ["Tariq AL-MITHALI"]
    assert said["lastName"] == ["AL-MITHALI"]
    assert said["firstName"] == ["Tariq"]
    assert said["alias"] == ["Tarek MITHALY"]
    assert said["previousName"] == ["Old EXAMPLE"]
    assert said["weakAlias"] == ["THE EXAMPLE"]
    assert said["birthDate"] == ["1970-02-05", "1968~", "1974", "1975", "1976", "1979-11"]
    assert said["birthCountry"] == ["sy"]
    assert said["nationality"] == ["sy"]
    assert said["citizenship"] == ["kp"]
    assert said["gender"] == ["male"]
    assert said["passportNumber"] == ["N000001", "X 22"]
    assert said["idNumber"] == ["000-111"]
    assert said["phone"] == ["+98 21 6615322"]
    assert said["email"] == ["tariq@example.org"]
    assert said["program"] == ["SDGT", "SYRIA"]
    assert said["residence"] == ["Aleppo, Syria"]
    assert person.relations[1] == ("101", "in_contact_with", "102")
    assert "issued 01 Jun 2010" in person.text


@pytest.mark.parametrize(
    ("listed", "full", "last", "first"),
    [
        ("AL-MITHALI, Tariq", "Tariq AL-MITHALI", ["AL-MITHALI"], ["Tariq"]),
        ("VOORBEELD, Jan Piet, Jr.", "Jan Piet VOORBEELD Jr.", ["VOORBEELD"], ["Jan Piet"]),
        ("VOORBEELD, JR., Jan", "Jan VOORBEELD JR.", ["VOORBEELD"], ["Jan"]),
        ("VOORBEELD", "VOORBEELD", None, None),
        ("VOORBEELD,", "VOORBEELD", None, None),
    ],
)
def test_a_listed_name_is_taken_apart_at_its_comma(
    listed: str, full: str, last: list[str] | None, first: list[str] | None
) -> None:
    row = reread(json.dumps({"sdn": ["1", listed, "individual", *["-0- "] * 9], "alt": [], "add": []}), "ofac")
    assert isinstance(row, Row)
    said = row.entities[0]["properties"]
    assert (said["name"], said.get("lastName"), said.get("firstName")) == ([full], last, first)


def test_companies_vessels_and_aircraft_land_with_their_numbers() -> None:
    _, firm, ship, plane = good(DATA / "ofac")
    assert firm.entities[0]["properties"]["registrationNumber"] == ["77"]
    assert firm.entities[0]["properties"]["country"] == ["mm"]
    assert ship.entities[0]["properties"]["imoNumber"] == ["9000001"]
    assert ship.entities[0]["properties"]["flag"] == ["ir"]
    assert ship.entities[0]["properties"]["pastFlags"] == ["tv"]
    assert ship.relations == ()
    assert plane.entities[0]["schema"] == "Airplane"
    assert plane.entities[0]["properties"]["serialNumber"] == ["408"]
    assert plane.entities[0]["properties"]["buildDate"] == ["1987-02-23"]


def test_what_fails_in_any_of_the_three_files_is_told_with_its_file_and_line() -> None:
    assert [(row.number, row.code, str(row.sentence).split(":")[0]) for row in bad(DATA / "ofac")] == [
        (5, "intake.unknown_schema", "sdn.csv, row 5"),
        (6, "intake.ragged", "add.csv, row 4"),
        (7, "intake.ofac_number_unknown", "alt.csv, row 4"),
    ]


@pytest.mark.parametrize("given", ["folder", "main", "three"])
def test_the_three_files_are_found_together_however_they_are_given(given: str) -> None:
    folder = DATA / "ofac"
    paths = {
        "folder": folder,
        "main": folder / "sdn.csv",
        "three": [folder / f"{n}.csv" for n in ("add", "sdn", "alt")],
    }
    source = open_source(paths[given])  # type: ignore[arg-type]  # each is a path or a list of paths
    assert source.format == "ofac"
    assert [row.number for row in source.read()] == [1, 2, 3, 4, 5, 6, 7]


def test_a_main_file_alone_is_read_and_what_is_missing_is_noted(tmp_path: Path) -> None:
    shutil.copy(DATA / "ofac" / "sdn.csv", tmp_path / "list_sdn.csv")
    shutil.copy(DATA / "ofac" / "alt.csv", tmp_path / "other_alt.csv")
    source = open_source(tmp_path / "list_sdn.csv")
    assert source.notes == (
        "No alt.csv was found beside list_sdn.csv: other names are missing.",
        "No add.csv was found beside list_sdn.csv: addresses are missing.",
    )
    assert sum(isinstance(row, Row) for row in source.read()) == 4


def test_a_part_alone_is_refused_with_the_way_out(tmp_path: Path) -> None:
    shutil.copy(DATA / "ofac" / "alt.csv", tmp_path / "alt.csv")
    with pytest.raises(Exception, match=r"alt.csv is a part of the OFAC SDN list. Give its sdn.csv"):
        open_source(tmp_path / "alt.csv")
    with pytest.raises(FileUnreadable, match=r"holds no sdn.csv"):
        open_source(tmp_path)


def test_a_mended_row_of_the_sdn_list_is_taken_in_with_its_names_and_addresses() -> None:
    refused = bad(DATA / "ofac")[0]
    mended = reread(refused.raw.replace("submarine", "vessel"), "ofac", number=refused.number)
    assert isinstance(mended, Row)
    assert mended.entities[0]["schema"] == "Vessel"
    for row in good(DATA / "ofac"):
        assert reread(row.raw, "ofac", number=row.number) == row


@pytest.mark.parametrize(
    ("words", "dates"),
    [
        ("12 Mar 1970", ("1970-03-12",)),
        ("Mar 1970", ("1970-03",)),
        ("1970", ("1970",)),
        ("circa 1965", ("1965~",)),
        ("1960 to 1962", ("1960", "1961", "1962")),
        ("01 Jan 1960 to 31 Dec 1961", ("1960", "1961")),
        ("circa 1961-1963", ("1961", "1962", "1963")),
        ("between 1962 and 1960", ("1960", "1961", "1962")),
        ("1950 or 1960", ("1950", "1960")),
        ("1940 to 1975", ()),
        ("31 Feb 1970", ()),
        ("unknown", ()),
    ],
)
def test_dates_of_the_remarks_are_as_precise_as_they_are_written(words: str, dates: tuple[str, ...]) -> None:
    assert remark_dates(words) == dates
