"""An unusual recipient is said in sentences before somebody passes on by hand; a usual one is said nothing about."""

from __future__ import annotations

import pytest

from passerelle.policy import unusual

USUAL = {"recipient": "Midi", "told_before": True, "language": "fr", "languages": ["fr"]}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({}, []),
        ({"told_before": False}, ["Your service never passed anything on to Midi before."]),
        ({"language": "de"}, ["Midi does not work in the language of this report."]),
        ({"language": "de", "languages": []}, []),
        ({"territory": "gent", "territories": ["brussel"]}, ["The territory of this report is none of those of Midi."]),
        ({"territory": "gent", "territories": ["gent"]}, []),
        ({"territory": "gent"}, []),
        ({"territory": "", "territories": ["gent"]}, []),
    ],
)
def test_a_warning_is_said_for_what_does_not_fit_and_for_nothing_else(more: dict, says: list[str]) -> None:
    assert [str(one) for one in unusual.warnings(**{**USUAL, **more})] == says
