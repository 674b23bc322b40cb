"""Subjects compared in a batch get the scores of single comparisons, whatever their schema and whatever they say."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from passerelle.matching import Commonness, Relation, Subject, Subjects, compare
from passerelle.matching.evidence import name
from passerelle.matching.subject import FAMILIES

PEOPLE = [
    Subject("1", "Person", ("Choukri Boujida",), properties={"birthDate": ("1980-03-02",)}),
    Subject("2", "Person", ("Sjoekri Boezjida", "Chouk"), properties={"birthDate": ("1980-02-03",)}),
    Subject("3", "Person", ("شكري بوجيدة",), ("Le Grand",), properties={"nationality": ("be",)}),
    Subject("4", "Person", ("Karima Boujida",), properties={"birthDate": ("1984-05-06",), "gender": ("female",)}),
    Subject("5", "Person", (), relations=(Relation("child_of", Subject("f", "Person", ("Ahmed Tazaghine",))),)),
    Subject("6", "Company", ("Boujida Transport BVBA",)),
    Subject("7", "Company", ("Boujida Transport SPRL",)),
    Subject("8", "LegalEntity", ("Choukri Boujida",)),
    Subject("9", "Person", ("Choukri Mohamed Boujida el Fassi",), properties={"idNumber": ("AB1234567",)}),
]
COMMON = Commonness(
    9000, {"choukri": 12, "boujida": 3, "شكري": 4}, {"Kerkstraat 12, 2800 Mechelen": 40, "+32470112233": 9}
)
PERSON_NAMES = (
    "Choukri Boujida", "Sjoekri Boezjida", "Boujida, Choukri", "شكري بوجيدة", "Chouk", "Karima Boujida", "J. Boujida",
    "Jan van den Eecken", "Jean Vandeneecken", "Wang Xiaoming", "王小明", "",
)  # fmt: skip
ORGANISATION_NAMES = (
    "Boujida Transport BVBA", "Boujida Transports S.A.", "Vereniging Groene Linde", "VGL", "VGL België",
    "Groene Linde / Tilleul Vert", "Tilleul Vert asbl", "ООО Ромашкино", "OOO Romashkino", "Unit 12 Trading",
    "Unit 13 Trading", "Red Star Shipping", "Red Star Bank", "شركة النور للتجارة", "Al Nour Trading Company", "",
    "Tilovar AG", "Tilovar GmbH", "Fast Tilovar Link", "Fasttilovarlink", "Tilovar II Holding Germany",
    "The Very Long Name of a Society for the Advancement of Green Lime Trees in the Old City of Mechelen",
)  # fmt: skip
THINGS = ("Zeester", "MV Zee Ster", "1-QXZ-987", "1QXZ978", "+32 470 11 22 33", "Kerkstraat 12, 2800 Mechelen")
VALUES: dict[str, tuple[str, ...]] = {
    "birthDate": ("1980-03-02", "1980-02-03", "1981-03-02", "1980", "1980-03", "1980-01-01", "1962-03-02", "no date"),
    "nationality": ("be", "ma", "Belgium", "Morocco", "fr"),
    "citizenship": ("be", "tr"),
    "gender": ("male", "vrouw", "m", "unknown"),
    "birthPlace": ("Mechelen", "Gent", "Mèchelen"),
    "birthCountry": ("be", "ma"),
    "country": ("be", "de", "Belgium"),
    "jurisdiction": ("fr",),
    "email": ("A@example.org", "a@example.org", "b@example.org"),
    "idNumber": ("AB1234567", "AB1234576", "ab 123-4567", "12", "X9"),
    "passportNumber": ("AB1234567", "EF7654321"),
    "imoNumber": ("9074729", "9176187"),
    "registrationNumber": ("1-QXZ-987", "1-QXZ-978", "0403170701"),
    "number": ("BE68539007547034", "BE71096123456769"),
    "phone": ("+32 470 11 22 33", "0470112233", "0470 11 22 34", "02 555 12 12"),
    "address": ("Kerkstraat 12, 2800 Mechelen", "rue de l'Église 12, Malines", "Veldweg 3, 9000 Gent"),
}


def _subject(source: random.Random, number: int) -> Subject:
    schema = source.choice(sorted(FAMILIES))
    pool = (
        PERSON_NAMES
        if schema == "Person"
        else ORGANISATION_NAMES
        if schema != "LegalEntity"
        else (*PERSON_NAMES, *THINGS)
    )
    if schema in {"Vessel", "Airplane", "Vehicle", "Address", "Phone", "Identification", "BankAccount"}:
        pool = THINGS
    many = source.choice((1, 1, 1, 2, 3, 6))
    names = tuple(filter(None, source.sample(pool, min(many, len(pool)))))
    weak = tuple(filter(None, source.sample(pool, source.choice((0, 0, 0, 1)))))
    kinds = source.sample(sorted(VALUES), source.randint(0, 6))
    properties = {
        kind: tuple(source.sample(VALUES[kind], min(len(VALUES[kind]), source.choice((1, 1, 2, 5))))) for kind in kinds
    }
    relations = ()
    if source.random() < 0.3:
        door = Subject("a", "Address", (source.choice(VALUES["address"]),))
        car = Subject("v", "Vehicle", (), properties={"registrationNumber": (source.choice(THINGS[2:4]),)})
        father = Subject("f", "Person", (source.choice(PERSON_NAMES),))
        relations = tuple(
            source.sample((Relation("lives_at", door), Relation("drives", car), Relation("child_of", father)), 2)
        )
    return Subject(str(number), schema, names, weak, properties, relations)


@pytest.mark.parametrize("commonness", [None, COMMON])
def test_a_batch_of_subjects_scores_as_single_pairs_do(commonness: Commonness | None) -> None:
    _demand_equal(PEOPLE, commonness, list(itertools.product(range(len(PEOPLE)), repeat=2)))


@pytest.mark.parametrize(("seed", "commonness"), [(1, None), (2, COMMON), (3, None)])
def test_a_batch_scores_made_up_subjects_of_every_schema_as_single_pairs_do(
    seed: int, commonness: Commonness | None
) -> None:
    source = random.Random(seed)
    subjects = [_subject(source, number) for number in range(150)]
    assert {subject.schema for subject in subjects} == set(FAMILIES)
    pairs = [
        (one, two)
        for one, two in itertools.product(range(len(subjects)), repeat=2)
        if FAMILIES[subjects[one].schema] & FAMILIES[subjects[two].schema]
    ]
    _demand_equal(subjects, commonness, source.sample(pairs, 3000))


def _demand_equal(subjects: list[Subject], commonness: Commonness | None, pairs: list[tuple[int, int]]) -> None:
    left, right = np.array(pairs).T
    whole = Subjects(subjects, commonness).score(left, right, at_least=1e-18)
    above = Subjects(subjects, commonness).score(left, right)
    for (one, two), score, least in zip(pairs, whole, above, strict=True):
        alone = compare(subjects[one], subjects[two], commonness=commonness).score
        assert score == pytest.approx(alone, abs=1e-9), (subjects[one], subjects[two])
        assert least == pytest.approx(alone, abs=1e-9) if alone >= 0.7 else least < 0.7, (subjects[one], subjects[two])


def test_a_pair_that_cannot_reach_the_bar_is_left_at_nothing() -> None:
    assert Subjects(PEOPLE).score([0, 0], [1, 3]).tolist() == [pytest.approx(compare(PEOPLE[0], PEOPLE[1]).score), 0.0]


def test_the_bits_of_names_are_those_of_the_evidence_and_what_is_not_wanted_is_not_looked_at() -> None:
    found = Subjects(PEOPLE).name_bits([0, 5, 4, 0], [1, 6, 0, 2], [True, True, True, False])
    alone = [name.of(PEOPLE[one], PEOPLE[two], None)[0].bits for one, two in ((0, 1), (5, 6), (4, 0))]
    assert found.tolist() == [*(pytest.approx(bits) for bits in alone), -1e9]


def test_of_very_many_names_of_organisations_a_batch_finds_the_best_pair() -> None:
    many = tuple(f"{first} {last} NV" for first in ("Nadir", "Zoltan", "Piet", "Omar") for last in ("Tilovar", "Kuran"))
    left = Subject("1", "Company", (*many, "Groene Linde Transport"))
    right = Subject("2", "Company", ("Vervoer Groene Linde SA", *(text.replace("r", "k") for text in many)))
    assert len(left.names) * len(right.names) >= name.MANY
    singles = [
        name.of(Subject("1", "Company", (one,)), Subject("2", "Company", (two,)), None)[0].bits
        for one, two in itertools.product(left.names, right.names)
    ]
    (best,) = name.of(left, right, None)
    assert best.bits == max(singles)
    assert "Groene Linde" in str(best.sentence)


def test_asking_in_pieces_gives_what_asking_at_once_gives() -> None:
    source = random.Random(8)
    subjects = [_subject(source, number) for number in range(60)]
    left, right = np.array(list(itertools.product(range(60), repeat=2))).T
    whole, pieces = Subjects(subjects).score(left, right), Subjects(subjects)
    for start in range(0, len(left), 700):
        part = slice(start, start + 700)
        assert pieces.score(left[part], right[part]).tolist() == pytest.approx(whole[part].tolist(), abs=1e-9)
