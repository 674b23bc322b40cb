"""Two family names of Spanish use, small words of the Maghreb, and an initial beside a family name."""

from __future__ import annotations

import numpy as np
import pytest

from passerelle.linkers.lexicon import Lexicon
from passerelle.linkers.saying import say
from passerelle.matching import Subject, Subjects
from passerelle.matching import compare as match
from passerelle.names import compare, parts
from passerelle.names.compare import over_cost

SPANISH = (
    "Jesús Joaquín Olivas Ojeda", "OLIVAS OJEDA, Jesús Joaquín", "Olivas Ruiz Ojeda, Jesús", "Ana María Lopes",
    "Jan van den Berg López", "Mohamed Ait Ali López", "Juan Pedro López", "García López", "Salvador 3 López",
    "Pedro J. López", "王小明", "Zineb Oulad Foubrahir",
)  # fmt: skip


def test_the_second_of_two_spanish_surnames_may_be_left_out_and_the_first_hardly_ever() -> None:
    whole = "Jesús Joaquín Olivas Ojeda"
    assert compare("Person", "Jesús Olivas", whole).score > 0.9
    assert compare("Person", "Joaquín Ojeda", whole).score < 0.7
    assert compare("Person", "Joaquín Ojeda", "OLIVAS OJEDA, Jesús Joaquín").score < 0.7


@pytest.mark.parametrize("whole", ["Pedro José López", "João Pedro Fernandes", "Karim Ahmed Benhachem"])
def test_a_middle_name_may_be_left_out_as_before(whole: str) -> None:
    first, _, last = whole.split()
    assert compare("Person", f"{first} {last}", whole).score > 0.8


def test_registers_price_a_word_on_one_side_as_one_name_does() -> None:
    said = say(0, [Subject(f"{row}", "Person", (name,)) for row, name in enumerate(SPANISH)], Lexicon())
    for row, name in enumerate(SPANISH):
        read = parts.parse(name)
        found = said.named["over"][said.named["r"] == row].tolist()
        assert found == [over_cost(read, place) for place in range(len(read.words))], name


@pytest.mark.parametrize(
    ("left", "right"),
    [("Said Ait Hamou", "Said Aït-Hamou"), ("Zineb Oulad Haddou", "Zineb Ouled Haddou"),
     ("Said Ait Hamou", "سعيد ايت حمو"), ("Oulad Haddou Zineb", "Zineb Awlad Haddou"),
     ("Ait Benali, Lahcen", "Lahsen Aït Ben Ali")],
)  # fmt: skip
def test_ait_and_oulad_belong_to_the_family_name(left: str, right: str) -> None:
    assert len(parts.parse(left).words) == len(parts.parse(right).words) == 2
    assert compare("Person", left, right).score > 0.9


@pytest.mark.parametrize(
    ("left", "right", "least", "most"),
    [("K. Benhachem", "Karim Benhachem", 0.7, 0.75), ("Jean Dupont", "J Dupont", 0.7, 0.85),
     ("S. Benhachem", "Karim Benhachem", 0.0, 0.3), ("Marie Dupont", "J. Dupont", 0.0, 0.3)],
)  # fmt: skip
def test_an_initial_that_agrees_beside_a_family_name_is_at_least_possible(
    left: str, right: str, least: float, most: float
) -> None:
    one, two = Subject("1", "Person", (left,)), Subject("2", "Person", (right,))
    assert least <= match(one, two).score <= most
    both = Subjects([one, two]).score(np.array([0]), np.array([1]), at_least=1e-6)
    assert both.tolist() == pytest.approx([match(one, two).score], abs=1e-9)
