"""Withholding needs a ground of the closed list and a reason about the case; the rest is refused in its own words."""

from __future__ import annotations

import pytest

from passerelle.policy import grounds

REASON = "A search of the house is planned for Friday."


def test_the_list_is_closed_and_has_ten_grounds_with_their_place_in_law() -> None:
    assert "".join(grounds.GROUNDS) == "abcdefghij"
    for letter, ground in grounds.GROUNDS.items():
        assert ground.letter == letter
        assert ground.source.startswith("Directive (EU) 2023/977, Art. 6(1)(")
        assert ground.standing == "borrowed"
    assert len({str(ground.text) for ground in grounds.GROUNDS.values()}) == 10


def test_a_ground_of_the_list_with_a_reason_is_lawful() -> None:
    ground = grounds.lawful("g", REASON)
    assert grounds.lawful("g", "search planned Friday") == ground, "three words are enough"
    assert str(ground.text) == "Passing it on would put an ongoing investigation or a person's safety at risk."


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("source_unreliable", "A doubtful source is no lawful ground"),
        ("Source doubtful", "A doubtful source is no lawful ground"),
        ("source unreliable", "A doubtful source is no lawful ground"),
        ("De bron is zeer onbetrouwbaar.", "A doubtful source is no lawful ground"),
        ("Une source contestée", "A doubtful source is no lawful ground"),
        ("Die Quelle ist zweifelhaft", "A doubtful source is no lawful ground"),
        ("no_time", "A lack of time is no lawful ground"),
        ("No time!", "A lack of time is no lawful ground"),
        ("Wij hebben geen tijd", "A lack of time is no lawful ground"),
        ("we are too busy", "A lack of time is no lawful ground"),
        ("not_asked", "Not having been asked is no lawful ground"),
        ("We have not been asked", "Not having been asked is no lawful ground"),
        ("on ne nous a pas demandé", "“on ne nous a pas demandé” is no lawful ground"),
        ("k", "“k” is no lawful ground"),
        ("G", "“G” is no lawful ground"),
        ("", "“” is no lawful ground"),
    ],
)
def test_anything_else_as_a_ground_is_refused_and_the_closed_list_is_named(said: str, answer: str) -> None:
    with pytest.raises(grounds.GroundNotLawful, match=answer) as refused:
        grounds.lawful(said, REASON)
    assert refused.value.code == "withhold.ground_not_lawful"
    for ground in grounds.GROUNDS.values():
        assert f"{ground.letter}) {ground.text}" in str(refused.value.way_out)


@pytest.mark.parametrize("letter", list(grounds.GROUNDS))
def test_a_doubtful_source_is_no_lawful_ground_under_any_letter(letter: str) -> None:
    with pytest.raises(grounds.GroundNotLawful, match="never stops it"):
        grounds.lawful(letter, "The source is rather doubtful…")


@pytest.mark.parametrize("reason", ["", "   ", "no", "because so", "… !"])
def test_a_lawful_ground_without_a_reason_is_refused(reason: str) -> None:
    with pytest.raises(grounds.ReasonMissing, match="Ground g needs a reason") as refused:
        grounds.lawful("g", reason)
    assert refused.value.code == "withhold.reason_missing"


def test_a_reason_that_mentions_the_source_and_says_more_is_heard() -> None:
    said = "The source is an informant whose safety depends on this not being traced back."
    assert grounds.lawful("g", said).letter == "g"
    grounds.refuse_what_is_no_ground(said)


def test_a_pause_is_refused_for_the_same_words() -> None:
    with pytest.raises(grounds.GroundNotLawful, match="A lack of time"):
        grounds.refuse_what_is_no_ground("no time")
