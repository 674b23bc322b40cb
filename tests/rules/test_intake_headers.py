"""What the columns of a service's own table may mean: from their names in four languages, and from how values look."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from passerelle import intake
from passerelle.intake import BadRow, headers
from passerelle.intake.csv import HeaderWrong

TABLES = {
    "nl": "Dossiernr;Naam;Voornaam;Geb.datum;Geslacht;Adres;Nummerplaat;Rol;Godsdienst;Opmerkingen\n"
    'Z-1;Van de Voorde;An;12/03/1970;V;"Vierwindenstraat 79, 2800 Mechelen";1-ABC-123;Verdachte;x;Zag niets.\n'
    'Z-2;Peeters;Jan;21/02/1980;M;"Veemarkt 1, 2800 Mechelen";;Getuige;;\n',
    "fr": "N° de dossier,Nom,Prénom,Date de naissance,Sexe,Adresse,Plaque d'immatriculation,Qualité,Culte,Remarques\n"
    'A-1,Lambert,Anne,12/03/1970,F,"rue du Moulin 3, 4000 Liège",1-ABC-123,Suspect,x,Rien vu.\n'
    'A-2,Dubois,Jean,21/02/1980,H,"place du Marché 1, 4000 Liège",,Témoin,,\n',
    "de": "Aktenzeichen;Nachname;Vorname;Geburtsdatum;Geschlecht;Anschrift;Kennzeichen;Rolle;Konfession;Bemerkungen\n"
    'E-1;Schmitz;Anna;12.03.1970;W;"Bahnhofstraße 3, 4700 Eupen";1-ABC-123;Verdächtiger;x;Nichts gesehen.\n'
    'E-2;Meyer;Jan;21.02.1980;M;"Marktplatz 1, 4700 Eupen";;Zeuge;;\n',
    "en": "Case number,Surname,First name,Date of birth,Gender,Home address,License plate,Role,Religion,Remarks\n"
    'L-1,Smith,Anne,1970-03-12,F,"Mill Street 3, 2800 Mechelen",1-ABC-123,Suspect,x,Saw nothing.\n'
    'L-2,Jones,John,1980-02-21,M,"Market 1, 2800 Mechelen",,Witness,,\n',
}
MEANT = ["id", "lastName", "firstName", "birthDate", "gender", "lives_at", "drives", "category", "", "text"]


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "zone.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("language", TABLES)
def test_a_header_in_any_of_four_languages_is_understood_and_its_rows_are_read(tmp_path: Path, language: str) -> None:
    path = written(tmp_path, TABLES[language])
    found = headers.proposed(path)
    assert [column.means for column in found.columns] == MEANT
    assert not found.open_questions
    mapping = tmp_path / "columns.yaml"
    mapping.write_text(found.as_yaml(), encoding="utf-8")
    rows = list(intake.open_source(path, format="csv", mapping=mapping).read())
    assert len(rows) == 2 and not any(isinstance(row, BadRow) for row in rows)
    person = next(entity for entity in rows[0].entities if entity["schema"] == "Person")  # type: ignore[union-attr]
    assert list(person["properties"]["birthDate"]) == ["1970-03-12"]


def test_what_is_never_taken_over_is_left_out_in_every_language(tmp_path: Path) -> None:
    for text in TABLES.values():
        found = headers.proposed(written(tmp_path, text))
        (left_out,) = yaml.safe_load(found.as_yaml())["ignore"]
        assert next(column for column in found.columns if column.name == left_out).why == "never"


def test_a_name_that_is_only_alike_is_proposed_and_asked_about(tmp_path: Path) -> None:
    found = headers.proposed(written(tmp_path, "id,Familienaamm,Xyz\n1,Peeters,a\n"))
    alike = found.columns[1]
    assert (alike.means, alike.why) == ("name", "alike")
    assert "# not sure" in found.as_yaml() and "Familienaamm" in str(found.open_questions[0])
    assert found.columns[2].why == "unknown"


def test_a_column_without_a_telling_name_is_known_by_how_its_values_look(tmp_path: Path) -> None:
    rows = "".join(f"{n},85.07.30-033.{n:02},a{n}@zone.example,1-ABC-10{n}\n" for n in range(1, 6))
    found = headers.proposed(written(tmp_path, "id,A,B,C\n" + rows))
    assert [(one.means, one.why) for one in found.columns[1:]] == [
        ("socialSecurityNumber", "values"), ("email", "values"), ("drives", "values"),
    ]  # fmt: skip


def test_a_table_without_a_number_of_its_own_is_asked_for_one(tmp_path: Path) -> None:
    found = headers.proposed(written(tmp_path, "Naam,Adres\nPeeters,Veemarkt 1\n"))
    assert "the register's own number" in str(found.open_questions[0])
    assert "# id:" in found.as_yaml()


@pytest.mark.parametrize("text", ["", "\n\n", "\0\0\0"])
def test_a_file_without_a_header_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(HeaderWrong):
        headers.proposed(written(tmp_path, text))
