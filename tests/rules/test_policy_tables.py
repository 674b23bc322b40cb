"""The tables of policy are complete, say where they stand in law, and refuse rows that say too little."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from passerelle.policy import disclosure, facts, tables
from passerelle.policy.phrases import PHRASES

ALL = sorted(tables.DATA_FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_every_row_of_every_table_names_its_source_and_whether_it_binds(path: Path) -> None:
    blocks = {
        name: block
        for name, block in yaml.safe_load(path.read_text(encoding="utf-8")).items()
        if type(block) is list and name != "fillers"
    }
    assert blocks
    for rows in blocks.values():
        for row in rows:
            assert len(row["source"]) > 10, row
            assert row["standing"] in ("binding", "borrowed"), row


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("- just a list", "must be a mapping"),
        ("rows: []", "no rows"),
        ("rows: [{source: a law, standing: binding}]", "no id of its own"),
        ("rows: [{id: '', source: a law, standing: binding}]", "no id of its own"),
        ("rows: [{id: 7, source: a law, standing: binding}]", "no id of its own"),  # nor do two of 7 and “7”
        (
            "rows: [{id: a, source: law, standing: binding}, {id: a, source: law, standing: binding}]",
            "no id of its own",
        ),
        ("rows: [{id: a, standing: binding}]", "lacks “source”"),
        ("rows: [{id: a, source: '', standing: binding}]", "lacks “source”"),
        ("rows: [{id: a, source: law, standing: usual}]", "neither binding nor borrowed"),
    ],
)
def test_a_row_that_says_too_little_is_refused_with_the_name_of_its_table(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(tables.WrongTable, match=why) as refused:
        tables.rows(path, "rows", required={})
    assert refused.value.code == "policy.wrong_table"
    assert "wrong.yaml" in str(refused.value)


def test_a_table_that_the_installation_set_counts_only_where_it_is_set() -> None:
    assert tables.set_here("deadlines") is None
    with tables.in_force({"deadlines": ("own",)}):
        assert tables.set_here("deadlines") == ("own",) and tables.set_here("telling") is None
        with tables.in_force({}):
            assert tables.set_here("deadlines") is None
        assert tables.set_here("deadlines") == ("own",)
    assert tables.set_here("deadlines") is None


def test_the_version_of_the_rules_changes_with_any_byte_of_any_table(tmp_path: Path) -> None:
    seen = {tables.version()}
    for path in ALL:
        folder = tmp_path / path.stem
        folder.mkdir()
        for other in ALL:
            (folder / other.name).write_bytes(other.read_bytes() + (b"#" if other == path else b""))
        seen.add(tables.version(folder))
    assert len(seen) == len(ALL) + 1


def test_every_sentence_of_a_table_is_marked_for_translation_and_nothing_else_is() -> None:
    said = {
        row["says"]
        for path in ALL
        for block in yaml.safe_load(path.read_text(encoding="utf-8")).values()
        if type(block) is list
        for row in block
        if type(row) is dict and "says" in row
    }
    assert len(said) > 50
    assert said == set(PHRASES), "write the sentences of the tables into policy/phrases.py"


def test_the_tables_of_words_and_the_closed_lists_in_code_are_the_same() -> None:
    def ids(name: str, block: str) -> list[str]:
        return [row["id"] for row in tables.rows(tables.DATA_FOLDER / f"{name}.yaml", block, required={})]

    assert set(ids("regimes", "regimes")) == set(facts.SERVICE_KINDS)
    assert {disclosure.regime_of(kind) for kind in facts.SERVICE_KINDS} == set(facts.REGIMES)
    assert ids("purposes", "purposes") == list(facts.PURPOSES)
    assert ids("handling", "handling") == list(facts.HANDLINGS)
    assert list(facts.FORM_WORDS) == list(facts.FORMS)


def test_a_row_that_stands_for_millions_by_reference_is_refused_without_being_written_out(tmp_path: Path) -> None:
    """Each line names the one before ten times: they are short as long as nobody prints them."""
    lines = ["a0: &a0 [x]", *(f"a{step}: &a{step} [{', '.join([f'*a{step - 1}'] * 10)}]" for step in range(1, 6))]
    path = tmp_path / "wrong.yaml"
    path.write_text("\n".join([*lines, "rows: [*a5]"]), encoding="utf-8")
    with pytest.raises(tables.WrongTable, match="row 1 has no id of its own") as refused:
        tables.rows(path, "rows", required={})
    assert len(str(refused.value)) < 300
