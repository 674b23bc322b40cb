"""What the page on importing says is what the readers do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from passerelle.intake import open_source, schemas
from passerelle.intake.mapping import _MappingReader

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "how-to" / "import.md").read_text(encoding="utf-8")
CODE = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src" / "passerelle" / "intake").glob("*.py"))


@pytest.mark.parametrize("code", sorted(set(re.findall(r'"(intake\.[a-z_]+)"', CODE))))
def test_every_reason_for_a_refusal_stands_in_the_page(code: str) -> None:
    assert f"`{code}`" in PAGE


def test_the_page_names_no_reason_that_no_reader_gives() -> None:
    assert set(re.findall(r"`(intake\.[a-z_]+)`", PAGE)) == set(re.findall(r'"(intake\.[a-z_]+)"', CODE))


@pytest.mark.parametrize("key", sorted(_MappingReader._KEYS | _MappingReader._COLUMN_KEYS))
def test_every_key_of_a_mapping_stands_in_the_page(key: str) -> None:
    assert re.search(rf"\b{key}:", PAGE)


@pytest.mark.parametrize("word", [*schemas.kinds(), *schemas.relation_kinds(), *schemas.edges()])
def test_every_kind_of_subject_relation_and_tie_stands_in_the_page(word: str) -> None:
    assert word in PAGE


def test_the_mapping_of_the_page_is_a_good_one(tmp_path: Path) -> None:
    found = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    mapping = tmp_path / "zone.yaml"
    mapping.write_text(found[1], encoding="utf-8")
    table = tmp_path / "zone.csv"
    header = "Dossier;Volgnr;Soort;Rol;Datum;Opmerking;Schoenmaat;Naam;Voornaam;Geboren;Geslacht;Adres;Voertuig;Vader"
    row = "7;1;P;B;01/02/2026;Vrij.;39;Voorbeeld;Anouk;12.03.1970;V;Kade 1;1-ABC-000|1-ABC-001;Karel"
    table.write_text(f"{header}\n{row}\n", encoding="utf-8")
    (read,) = list(open_source(table, mapping=mapping).read())
    assert read.external_id == "7-1"
    assert not hasattr(read, "code")


def test_the_table_of_the_page_is_a_good_one(tmp_path: Path) -> None:
    found = re.search(r"```\n(id,schema.*?)```", PAGE, re.DOTALL)
    assert found is not None
    table = tmp_path / "register.csv"
    table.write_text(found[1], encoding="utf-8")
    assert [hasattr(row, "code") for row in open_source(table).read()] == [False, False]
