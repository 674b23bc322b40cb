"""Two subjects weighed: what counts for being one, what against, what is neutral, and which keys they share."""

from __future__ import annotations

import pytest

from passerelle.matching import Commonness, Relation, Subject, compare, keys
from passerelle.matching.subject import UnknownRelation, UnknownSchema


def person(*names: str, relations: tuple[Relation, ...] = (), **properties: str) -> Subject:
    return Subject("p", "Person", names, properties={k: (v,) for k, v in properties.items()}, relations=relations)


def child_of(name: str) -> Relation:
    return Relation("child_of", person(name))


def drives(plate: str) -> Relation:
    return Relation("drives", Subject("v", "Vehicle", properties={"registrationNumber": (plate,)}))


def test_a_name_alone_in_two_spellings_is_possible_and_not_strong() -> None:
    found = compare(person("Choukri Boujida"), person("Sjoekri Boezjida"))
    assert found.band == "possible"
    assert any("written the Dutch way" in reason for reason in found.because)


def test_a_common_name_alone_is_no_news_and_a_rare_one_is() -> None:
    here = Commonness(subjects=50_000, counts={"mohamed": 1500, "ali": 900, "zephyrin": 1, "abeele": 12})
    common = compare(person("Mohamed Ali"), person("Mohamed Ali"), commonness=here)
    rare = compare(person("Zephyrin Vandenabeele"), person("Zephyrin Vandenabeele"), commonness=here)
    assert common.band == "none"
    assert any("of the 50000 subjects here would bear it by chance" in reason for reason in common.because)
    assert rare.band in {"possible", "strong"}
    assert any("The name is rare here." in reason for reason in rare.because)


def test_a_birth_date_with_day_and_month_swapped_speaks_for_and_is_said() -> None:
    found = compare(
        person("Choukri Boujida", birthDate="1980-03-02"), person("Sjoekri Boezjida", birthDate="1980-02-03")
    )
    assert found.band == "strong"
    assert "The birth dates 1980-03-02 and 1980-02-03 have day and month swapped." in found.because


def test_a_brother_at_the_same_door_is_related_and_not_the_same() -> None:
    found = compare(
        person("Karim Benhachem", birthDate="1980-03-02", address="rue Haute 12, 1000 Bruxelles"),
        person("Samir Benhachem", birthDate="1984-11-21", address="Hoogstraat 12, 1000 Brussel"),
    )
    assert found.band == "none"
    assert any("they may be related, which is not the same" in reason for reason in found.because)


def test_an_address_alone_is_no_identity_of_two_persons() -> None:
    left = person(address="Kerkstraat 12, 2800 Mechelen")
    assert compare(left, left).band == "none"


def test_a_son_without_a_name_is_found_by_his_father_and_his_car() -> None:
    left = person(relations=(child_of("Ahmed Tazaghine"), drives("1-QXZ-987")))
    right = person(relations=(child_of("Ahmad Tazarin"), drives("1 QXZ 987")))
    same = person(relations=(child_of("Achmed Tazarhine"), drives("1QXZ987")))
    assert compare(left, same).band in {"possible", "strong"}
    assert keys(left) & keys(same)
    assert compare(left, right).score < compare(left, same).score


def test_what_one_side_lacks_is_neutral() -> None:
    bare = person("Choukri Boujida")
    full = person("Choukri Boujida", birthDate="1980-03-02", nationality="be", gender="male")
    assert compare(bare, full).score == compare(bare, bare).score


def test_two_families_of_schema_do_not_compare() -> None:
    found = compare(person("Choukri Boujida"), Subject("v", "Vehicle", ("Choukri Boujida",)))
    assert (found.score, found.band) == (0.0, "none")
    assert found.because == ("A Person and a Vehicle cannot be the same.",)


def test_a_number_with_one_sign_misread_counts_for_less_than_the_same() -> None:
    left = person("Choukri Boujida", idNumber="AB1234567")
    same = compare(left, person("Sjoekri Boezjida", idNumber="ab 123-4567")).evidence
    near = compare(left, person("Sjoekri Boezjida", idNumber="AB1234561")).evidence
    bits = {found.kind: found.bits for found in same}, {found.kind: found.bits for found in near}
    assert 0 < bits[1]["identifier"] < bits[0]["identifier"]


def test_an_unknown_schema_and_an_unknown_relation_are_refused_in_words() -> None:
    with pytest.raises(UnknownSchema, match="There is no schema “Wizard” that can be compared"):
        Subject("w", "Wizard")
    with pytest.raises(UnknownRelation, match="There is no relation “owes”"):
        Relation("owes", person("Choukri Boujida"))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Choukri Boujida", "Sjoekri Boezjida"),
        ("Karim Benhachem", "كريم بن هاشم"),
        ("Igor Tchekhine", "Игорь Чехин"),
        ("Jan Vandenabeele", "Jean Van den Abeele"),
        ("Wang Xiaoming", "王小明"),
        ("Boujida Choukri", "Choukri Boujida"),
    ],
)
def test_one_name_in_two_spellings_shares_a_key(left: str, right: str) -> None:
    assert keys(person(left)) & keys(person(right))
    assert all(len(key.value) <= 64 for key in keys(person(left)))


def test_a_subject_is_read_from_followthemoney() -> None:
    subject = Subject.from_ftm(
        {
            "id": "q1",
            "schema": "Person",
            "properties": {"name": ["Choukri Boujida"], "alias": "Chouk", "weakAlias": ["CB"], "birthDate": ["1980"]},
        }
    )
    assert subject.names == ("Choukri Boujida", "Chouk")
    assert subject.weak_names == ("CB",)
    assert subject.values("birthDate") == ("1980",)


@pytest.mark.parametrize(("left", "right", "band"), [
    ("1-ABO-234", "1-AB0-234", "possible"), ("1-ABC-234", "1-A8C-234", "possible"),
    ("1-ABC-238", "1-ABC-283", "possible"), ("1-ABC-233", "1-ABC-238", "possible"), ("1-ABC-234", "1-AHC-234", "none"),
])  # fmt: skip
def test_a_plate_with_one_sign_misread_is_possible_by_itself_and_another_sign_is_not(
    left: str, right: str, band: str
) -> None:
    one, two = (Subject(text, "Vehicle", properties={"registrationNumber": (text,)}) for text in (left, right))
    assert compare(one, two).band == band
    assert band == "none" or keys(one) & keys(two)
