"""FollowTheMoney entities as JSON lines: ties, addresses and documents find their entity wherever they stand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from passerelle.intake import BadRow, Row, UnknownFormat, open_source, reread
from passerelle.intake.followthemoney import LINE_CHARACTERS_MAX
from passerelle.intake.row import ENTITY_ID_CHARACTERS_MAX

DATA = Path(__file__).parent.parent / "data" / "intake"


def lines(folder: Path, *entities: dict[str, Any] | str) -> Path:
    path = folder / "entities.ftm.json"
    path.write_text("".join((e if isinstance(e, str) else json.dumps(e)) + "\n" for e in entities), encoding="utf-8")
    return path


def person(entity_id: str, **properties: Any) -> dict[str, Any]:
    return {"id": entity_id, "schema": "Person", "properties": {"name": [f"Name of {entity_id}"], **properties}}


def all_of(path: Path) -> list[Row | BadRow]:
    return list(open_source(path).read())


def good(path: Path) -> list[Row]:
    return [row for row in all_of(path) if isinstance(row, Row)]


def test_ties_addresses_and_documents_become_part_of_their_entity_in_any_order() -> None:
    first, second = good(DATA / "entities.jsonl")[:2]
    assert first.relations == (("p1", "lives_at", "p1#a1"), ("p1", "child_of", "p2"))
    assert first.entities[1] == {
        "id": "p1#a1",
        "schema": "Address",
        "properties": {"full": ["Vierwindenstraat 79, Mechelen"], "city": ["Mechelen"]},
    }
    assert first.entities[0]["properties"]["passportNumber"] == ["ZZ000001"]
    assert "Family: Karim Voorbeeld (Father)" in first.text
    assert second.relations == (("p2", "owns", "c1"),)
    assert second.entities[0]["properties"]["position"] == ["Burgomaster of Nergens"]


def test_religion_is_taken_over_in_no_form_and_an_unknown_property_stands_in_the_text() -> None:
    first = good(DATA / "entities.jsonl")[0]
    assert "nobody" not in first.text + str(first.entities)
    assert first.notes == (
        "“religion” is of a kind that is never taken over.",
        "A Person has no “shoeSize”; it stands in the text only.",
    )
    assert "Shoe size: 44" in first.text


def test_an_address_that_nobody_lives_at_lands_by_itself() -> None:
    assert [row.external_id for row in good(DATA / "entities.jsonl") if row.entities[0]["schema"] == "Address"] == [
        "a2"
    ]


def test_each_line_that_fails_is_told_with_its_reason() -> None:
    told = [
        (row.number, row.external_id, row.code) for row in all_of(DATA / "entities.jsonl") if isinstance(row, BadRow)
    ]
    assert told == [
        (9, "lost", "intake.end_unknown"),
        (13, "p2", "intake.id_twice"),
        (14, "s1", "intake.unknown_schema"),
        (15, None, "intake.bad_json"),
    ]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('"text"', "intake.no_entity"),
        ("[" * 100_000, "intake.bad_json"),
        ('{"schema": "Person", "properties": {}}', "intake.no_id"),
        ('{"id": "x", "properties": {}}', "intake.unknown_schema"),
        ('{"id": "x", "schema": "Person", "properties": {"name": [{"a": 1}]}}', "intake.bad_value"),
        ('{"id": "x", "schema": "Person", "properties": {"name": ["a\\u0000"]}}', "intake.nul"),
        ('{"id": "x", "schema": "Person", "properties": {"name": ["a\\ud800"]}}', "intake.unreadable_characters"),
        ('{"id": "x", "schema": "Person", "properties": {"birthDate": ["soon"], "name": "a"}}', "intake.bad_date"),
        ('{"id": "x", "schema": "Person", "properties": {}}', "intake.nothing_to_recognise"),
        ('{"id": "x", "schema": "Ownership", "properties": {"asset": ["p1"]}}', "intake.end_unknown"),
        ('{"id": "' + "x" * LINE_CHARACTERS_MAX + '"}', "intake.row_too_long"),
    ],
)
def test_a_bad_line_is_refused_and_the_next_one_lands(tmp_path: Path, line: str, code: str) -> None:
    bad, row = list(open_source(lines(tmp_path, line, person("p1")), format="ftm").read())
    assert isinstance(bad, BadRow)
    assert bad.code == code
    assert bad.number == 1
    assert isinstance(row, Row)


@pytest.mark.parametrize(
    ("word", "kind"),
    [("mother", "child_of"), ("Vader", "child_of"), ("fils", "parent_of"), ("Bruder", "sibling_of"),
     ("épouse", "spouse_of"), ("neighbour's cat", "in_contact_with")],
)  # fmt: skip
def test_kin_is_understood_in_four_languages(tmp_path: Path, word: str, kind: str) -> None:
    tie = {"id": "f", "schema": "Family", "properties": {"person": ["a"], "relative": ["b"], "relationship": [word]}}
    assert good(lines(tmp_path, person("a"), tie, person("b")))[0].relations == (("a", kind, "b"),)


def test_a_tie_to_nobody_is_refused_and_leaves_no_relation_behind(tmp_path: Path) -> None:
    tie = {"id": "t", "schema": "UnknownLink", "properties": {"subject": ["a"], "object": ["nobody"]}}
    row, bad = all_of(lines(tmp_path, person("a"), tie))
    assert isinstance(row, Row)
    assert row.relations == ()
    assert isinstance(bad, BadRow)
    assert "“object” names “nobody”, which is not in the file" in str(bad.sentence)


def test_no_id_of_a_part_is_longer_than_the_tables_hold(tmp_path: Path) -> None:
    home = {"id": "a" * 180, "schema": "Address", "properties": {"full": ["Kade 1"]}}
    row = good(lines(tmp_path, person("p" * 180, addressEntity=["a" * 180]), home))[0]
    assert len(row.entities[1]["id"]) <= ENTITY_ID_CHARACTERS_MAX
    assert row.relations == (("p" * 180, "lives_at", row.entities[1]["id"]),)


def test_a_mended_row_keeps_its_ties_and_addresses() -> None:
    for row in good(DATA / "entities.jsonl"):
        assert reread(row.raw, "ftm", number=row.number) == row


def test_an_address_inside_its_entity_is_a_part_of_it(tmp_path: Path) -> None:
    inner = {"id": "a9", "schema": "Address", "properties": {"street": ["Kade 1"], "city": ["Mechelen"]}}
    row = good(lines(tmp_path, person("a", addressEntity=[inner])))[0]
    assert row.entities[1]["properties"]["full"] == ["Kade 1, Mechelen"]


@pytest.mark.parametrize(("text", "words"), [("[{}]", "is one JSON list"), ('{\n  "id": 1\n}', "over several lines")])
def test_json_of_another_shape_is_refused_with_the_way_out(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UnknownFormat, match=words):
        open_source(lines(tmp_path, text))


def test_a_mended_entity_may_hold_what_other_programs_take_for_the_end_of_a_line() -> None:
    raw = '{"id": "a", "schema": "Person", "properties": {"name": ["Jan\u2028Jansen"]}}\n'
    read = reread(raw, "ftm")
    assert isinstance(read, Row) and read.entities[0]["properties"]["name"] == ["Jan\u2028Jansen"]
