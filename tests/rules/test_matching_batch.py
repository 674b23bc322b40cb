"""Subjects compared in a batch get the scores of single comparisons."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from passerelle.matching import Commonness, Relation, Subject, Subjects, compare

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


@pytest.mark.parametrize("commonness", [None, Commonness(9000, {"choukri": 12, "boujida": 3, "شكري": 4})])
def test_a_batch_of_subjects_scores_as_single_pairs_do(commonness: Commonness | None) -> None:
    pairs = list(itertools.product(range(len(PEOPLE)), repeat=2))
    left, right = np.array(pairs).T
    found = Subjects(PEOPLE, commonness).score(left, right, at_least=0.001)
    for (one, two), score in zip(pairs, found, strict=True):
        alone = compare(PEOPLE[one], PEOPLE[two], commonness=commonness).score
        assert score == pytest.approx(alone if alone >= 0.001 else score, abs=1e-9), (PEOPLE[one].id, PEOPLE[two].id)


def test_a_pair_that_cannot_reach_the_bar_is_left_at_nothing() -> None:
    assert Subjects(PEOPLE).score([0, 0], [1, 3]).tolist() == [pytest.approx(compare(PEOPLE[0], PEOPLE[1]).score), 0.0]
