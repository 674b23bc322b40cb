"""What the measures of errors and of calibration count: bars, bins, causes and slips, on invented names."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import calibration, fairness, respellings, worst_errors


def test_the_bar_of_a_recall_is_the_highest_that_so_many_true_pairs_reach() -> None:
    scores = [n / 100 for n in range(1, 101)]

    assert fairness.bar_of(scores, 0.95) == pytest.approx(0.06)
    assert sum(score >= fairness.bar_of(scores, 0.95) for score in scores) == 95


def test_scores_that_say_the_chance_have_no_error_and_scores_that_boast_have_the_difference() -> None:
    scores = np.array([0.9] * 100)

    honest = calibration.reliability(scores, np.array([True] * 90 + [False] * 10))
    boasting = calibration.reliability(scores, np.array([True] * 30 + [False] * 70))

    assert honest["expected calibration error"] == pytest.approx(0.0)
    assert boasting["expected calibration error"] == pytest.approx(0.6)
    assert honest["Brier"] == pytest.approx(0.09)


@pytest.mark.parametrize(
    ("left", "right", "same", "cause"),
    [
        ("Velda Sahmi", "Velda Samhi", False, "one word is near another"),
        ("Alvaro Quintero", "Alvaro Menko Quintero", False, "a part stands on one side only, the others agree"),
        ("Orvil Tandem", "Orvil Tandem", False, "the same name, another person"),
        ("Zephyra", "Orvil", True, "a single word on both sides"),
        ("Orvil Tandem", "Orvil Pomberg", True, "a word is spelt too far apart"),
    ],
)
def test_the_cause_of_an_error_is_read_off_the_comparison(left: str, right: str, same: bool, cause: str) -> None:
    assert cause in worst_errors.causes_of_persons(left, right, same=same)


def test_the_counts_of_the_worst_errors_hold_no_name() -> None:
    kind = worst_errors.Kind(
        true=1, faults=[worst_errors.Fault("missed", 0.4, "Orvil Tandem", "Orval Tandim", ("spelt",))]
    )

    assert "Orvil" not in str(kind.plain())
    assert kind.plain()["missed"]["causes"] == {"spelt": 1}


def test_a_slip_changes_one_thing_and_is_the_same_each_time() -> None:
    shorter = respellings.slip("one letter left out", "Orvil Pomberg", 1)

    assert shorter is not None and len(shorter) == len("Orvil Pomberg") - 1
    assert shorter == respellings.slip("one letter left out", "Orvil Pomberg", 1)
    assert respellings.slip("accents left out", "Orvil Pomberg", 1) is None
    assert respellings.slip("accents left out", "Orvíl Pömberg", 1) == "Orvil Pomberg"
