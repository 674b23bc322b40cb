"""Many pairs at once give the very figures that one pair gives."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from passerelle.names import parts, sounds
from passerelle.names.batch import Names
from passerelle.names.compare import align
from passerelle.names.distances import distances
from passerelle.names.organisations import compare_organisations
from passerelle.names.organisations_batch import OrganisationNames
from passerelle.names.pair_table import PairTable

WORDS = (
    "Choukri", "Sjoekri", "Shukri", "شكري", "Boujida", "Boezjida", "Karim", "Karima", "كريم", "Ben", "بن",
    "Hachem", "هاشم", "Abdel", "Krim", "Abdelkrim", "Abu", "Bakr", "Nour", "Eddine", "Jan", "Jean",
    "Johannes", "van", "der", "Eecken", "Vandereecken", "Vandenabeele", "Tchekhine", "Tsjechin", "Чехин",
    "Петрович", "Petrovitch", "Kim", "Min-su", "김민수", "王小明", "Wang", "Xiaoming", "Γιώργος", "Martin",
    "Martine", "Haji", "J.", "II", "El", "Fassi", "Elfassi", "Fassi", "O'Neill", "Mac", "Donald", "Li",
    "김승수", "이", "리", "련희", "연희", "張", "张", "章", "García", "Gonzalez",
)  # fmt: skip


def _names(seed: int, count: int) -> list[str]:
    source = random.Random(seed)
    made = []
    for _ in range(count):
        words = source.sample(WORDS, source.randint(1, 6))
        made.append(f"{words[0]}, {' '.join(words[1:])}" if source.random() < 0.2 else " ".join(words))
    return made


def test_a_batch_gives_the_scores_of_single_pairs_to_a_billionth() -> None:
    names = _names(7, 120)
    table = Names(names)
    left, right = np.meshgrid(np.arange(len(names)), np.arange(len(names)))
    found = table.score(left.ravel(), right.ravel())
    for at, (one, two) in enumerate(zip(left.ravel(), right.ravel(), strict=True)):
        alone = align(parts.parse(names[one]), parts.parse(names[two]))
        assert found.score[at] == pytest.approx(alone.score, abs=1e-9), (names[one], names[two])
        assert found.cost[at] == alone.cost, (names[one], names[two])


def test_asking_twice_gives_the_same_and_an_empty_batch_gives_nothing() -> None:
    table = Names(["Choukri Boujida", "Sjoekri Boezjida"])
    assert table.score([0, 1], [1, 0]).score.tolist() == table.score([0, 1], [1, 0]).score.tolist()
    assert len(table.score([], []).score) == 0


@settings(max_examples=40, deadline=None)
@example("0A;B", 'Y0"A"A')
@given(st.text(max_size=30), st.text(max_size=30))
def test_any_two_texts_have_one_figure_in_a_batch_and_alone(left: str, right: str) -> None:
    found = Names([left, right]).score([0], [1])
    assert found.score[0] == pytest.approx(align(parts.parse(left), parts.parse(right)).score, abs=1e-9)


def test_a_table_of_pairs_gives_back_what_was_put_and_knows_what_was_not() -> None:
    table = PairTable()
    source = np.random.default_rng(3)
    keys = np.unique(source.integers(0, 2**44, 30_000))
    source.shuffle(keys)
    held, others = keys[:20_000], keys[20_000:]
    for at in range(0, len(held), 3_000):
        table.put(held[at : at + 3_000], held[at : at + 3_000] % 20_000)
    assert len(table) == len(held)
    assert (table.at(table.find(held)) == held % 20_000).all()
    assert (table.find(others) == -1).all()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_any_two_texts_have_one_figure_as_organisations_in_a_batch_and_alone(left: str, right: str) -> None:
    found = OrganisationNames([left, right]).score([0], [1])
    assert found[0] == pytest.approx(compare_organisations(left, right).score, abs=1e-9)


def test_names_of_organisations_have_one_figure_in_a_batch_and_alone() -> None:
    source = random.Random(5)
    words = (
        "Tilovar", "Tilowar", "Meridon", "Meridón", "Transport", "Vervoer", "Bank", "Trust", "NV", "S.A.", "GmbH", "AG",
        "Gent", "Gand", "Germany", "Deutschland", "II", "2", "First", "1st", "Ромашкино", "завод", "Plant",
        "النور", "Nour", "/", "(TM)", "&", "Co", "A", "Holding", "'t", "Qa'dira", "of", "Тиловарский",
    )  # fmt: skip
    names = [" ".join(source.choices(words, k=source.choice((1, 2, 3, 3, 4, 5, 14)))) for _ in range(90)]
    left, right = np.meshgrid(np.arange(len(names)), np.arange(len(names)))
    found = OrganisationNames(names).score(left.ravel(), right.ravel())
    for score, one, two in zip(found, left.ravel(), right.ravel(), strict=True):
        alone = compare_organisations(names[one], names[two]).score
        assert score == pytest.approx(alone, abs=1e-9), (names[one], names[two])


@pytest.mark.parametrize("even", [True, False])
def test_a_pair_of_words_that_is_far_enough_is_not_followed_and_no_nearer_one_is_told_wrong(even: bool) -> None:
    source = np.random.default_rng(7)
    many, wide = 1500, 9
    units = len(sounds.tables().units)
    left, right = source.integers(0, units, (2, many, wide))
    alike = source.random(many) < 0.4
    right[alike] = np.where(source.random((int(alike.sum()), wide)) < 0.8, left[alike], right[alike])
    lengths = np.full((2, many), wide) if even else source.integers(1, wide + 1, (2, many))
    abjad = source.random((2, many)) < 0.2
    enough = source.integers(0, 500, many)
    found = distances(left, lengths[0], right, lengths[1], *abjad, enough)
    whole = distances(left, lengths[0], right, lengths[1], *abjad)
    near = whole < enough
    assert near.any()
    assert not near.all()
    assert (found[near] == whole[near]).all()
    assert (found[~near] >= enough[~near]).all()
    assert (found != whole).any()  # some were not followed to their ends
    for row in range(0, many, 50):
        words = (tuple(side[row, : lengths[place, row]].tolist()) for place, side in enumerate((left, right)))
        assert whole[row] == sounds.distance(*words, *abjad[:, row].tolist())
