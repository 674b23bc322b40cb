"""The arithmetic of equal errors: small counts give no verdict, chance is not called a difference, a difference is."""

from __future__ import annotations

import numpy as np
import pytest

from passerelle.fairness import gaps as equality


def test_groups_with_one_rate_are_not_called_different_and_their_ratio_shrinks_to_one() -> None:
    groups = {f"g{n}": (10.0 + n % 3, 1000.0) for n in range(8)}

    said = equality.verdict(groups)

    assert said.equality_rejected is False
    assert said.raw_ratio is not None and said.raw_ratio > 1.05
    assert said.shrunken_ratio == pytest.approx(1.0)


def test_a_group_with_four_times_the_rate_of_others_is_called_different() -> None:
    groups = {**{f"g{n}": (20.0, 1000.0) for n in range(7)}, "worst": (80.0, 1000.0)}

    said = equality.verdict(groups)

    assert (said.equality_rejected, said.worst) == (True, "worst")
    assert said.shrunken_ratio is not None and 3.0 < said.shrunken_ratio < 4.0
    assert said.seen_from is not None and said.seen_from <= 2.5


def test_events_that_come_in_clusters_ask_for_more_before_they_are_called_a_difference() -> None:
    groups = {**{f"g{n}": (10.0, 1000.0) for n in range(7)}, "worst": (22.0, 1000.0)}

    alone, clustered = equality.verdict(groups), equality.verdict(groups, [10] * 9 + [2])

    assert alone.p_spread is not None and clustered.p_spread is not None
    assert alone.p_spread < 0.2 < clustered.p_spread


def test_groups_too_small_to_expect_five_events_have_no_verdict() -> None:
    said = equality.verdict({"one": (3.0, 100.0), "two": (0.0, 100.0)})

    assert (said.large, said.equality_rejected, said.raw_ratio) == (0, None, None)


def test_an_interval_holds_the_true_rate_in_nineteen_of_twenty() -> None:
    dice = np.random.default_rng(5)
    inside = [
        low <= 0.05 <= high for low, high in (equality.wilson(int(n), 400) for n in dice.binomial(400, 0.05, 800))
    ]

    assert 0.92 <= np.mean(inside) <= 0.98
