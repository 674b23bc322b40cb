"""A slip of the pen costs the same on whatever letters it falls, for one pair and for many at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle.matching.keys import name_keys
from passerelle.names import compare, parts, slips
from passerelle.names.batch import Names
from passerelle.names.compare import aligned

WORDS = st.text(alphabet="aehiknrsو한", max_size=7)

SLIPPED = (
    ("Laleh Sadeghi", "Laleh Saedghi"),
    ("Oğuz Güneş", "Oğuz Gnüeş"),
    ("Faustin Tshibangu", "Faustin Tshibnagu"),
    ("Lê Hồng Trường", "Lê Hồng Trườg"),
    ("Xu Zhiqiang", "Xu Zhiqinag"),
    ("Brendan O'Neill", "Brendan O'Nelil"),
    ("Oh Bo-ram", "Oh Bo-rma"),
    ("Kwon Sung-min", "Kwon Sun-gmin"),
    ("Hwang Eun-gyu", "Hwang Eung-yu"),
    ("Solange Thiry", "Solnage Thiry"),
    ("Benjamin Hogan", "Benjain Hogan"),
    ("Abdulmenaf Yildirim", "Abdlmenaf Yildirim"),
    ("عبد الحفيظ مهناوي", "عبد الفيظ مهناوي"),
    ("Jessica Farmer", "Jessic Farmer"),
    ("Laurie Stones", "Lauire Stones"),
)
LEFT_OUT = (("Sylvie Mansveld", "Sylvie Masveld"), ("Erika Agostini", "Erika Agotini"))
ANOTHER_NAME = (("Karim Sahli", "Karima Sahli"), ("Selim Aydın", "Selin Aydın"), ("Dario Belli", "Daria Belli"))


@pytest.mark.parametrize(("left", "right"), SLIPPED)
def test_one_slip_leaves_a_name_to_be_found_whatever_its_letters_are(left: str, right: str) -> None:
    assert compare("Person", left, right).score >= 0.7


@pytest.mark.parametrize(("left", "right"), ANOTHER_NAME)
def test_a_last_vowel_or_another_letter_is_no_slip(left: str, right: str) -> None:
    assert compare("Person", left, right).score < 0.7
    one, two = (parts.parse(name).words[0].stem for name in (left, right))
    assert not slips.is_slip(one, two)


@given(WORDS, WORDS, st.sampled_from((slips.LEAST, slips.LEAST_OF_KNOWN)), st.booleans())
def test_many_pairs_at_once_find_the_slips_that_one_pair_finds(left: str, right: str, least: int, last: bool) -> None:
    rows = (np.array([slips.letters_of(text)], dtype=np.uint16) for text in (left, right))
    found = slips.are_slips(*rows, np.array([least]), np.array([last])).tolist()
    assert found == [slips.is_slip(left, right, least, last)]
    assert slips.is_slip(left, right, least, last) == slips.is_slip(right, left, least, last)


@pytest.mark.parametrize(("left", "right"), LEFT_OUT)
def test_a_consonant_left_out_of_one_of_two_words_leaves_a_key_to_share(left: str, right: str) -> None:
    assert name_keys(left) & name_keys(right)


def test_a_given_name_with_a_hyphen_or_written_as_one_shares_a_key() -> None:
    assert name_keys("Pieter-Jan Verhaeghe") & name_keys("Pieterjan Verhaege")


@given(WORDS, st.integers(min_value=1, max_value=5))
def test_a_slip_changes_one_bit_of_the_letters_held_at_most(word: str, place: int) -> None:
    slipped = word[:place] + word[place + 1 :]
    assert (slips.held_in(word) ^ slips.held_in(slipped)).bit_count() <= 1


def test_a_batch_scores_slips_and_parted_syllables_as_one_pair_does() -> None:
    pairs = (*SLIPPED, *ANOTHER_NAME)
    names = [name for pair in pairs for name in pair]
    at = np.arange(len(pairs)) * 2
    found = Names(names).score(at, at + 1)
    assert found.cost.tolist() == [aligned(*pair).cost for pair in pairs]


@pytest.mark.parametrize(
    ("left", "right"),
    [("KestrelAG", "Kestrel AG"), ("Kestrel Aktiengeselschaft", "Kestrel AG"), ("LindenhofGmbH", "Lindenhof GmbH")],
)
def test_a_legal_form_is_known_joined_to_the_name_and_with_a_slip_in_it(left: str, right: str) -> None:
    assert compare("Company", left, right).score >= 0.9


@pytest.mark.parametrize(
    ("left", "right"), [("Lim Yoon-ah", "임윤아"), ("Chung Mi-kyung", "정미경"), ("Im Yuna", "Lim Yoon-ah")]
)
def test_a_spelling_of_several_names_shares_a_key_with_each(left: str, right: str) -> None:
    assert name_keys(left) & name_keys(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [("Sarah Jenkins", "Sarah Jenins"), ("أريج كانو", "أيج كانو"), ("Lola Medina", "Lola Media"),
     ("أنس رحماني", "أنس حرماني"), ("Anna Fischer", "Anna Fiscehr"), ("Ιωάννης Κάππος", "Ιωάννης Κάπος")],
)  # fmt: skip
def test_a_name_with_a_slip_shares_a_key_with_the_name_in_any_script(left: str, right: str) -> None:
    assert name_keys(left) & name_keys(right)


@pytest.mark.parametrize(("left", "right"), [("اليا كمالي", "اليا كماي"), ("अंकिता सक्सेना", "अंकिता स्कसेना")])
def test_a_slip_costs_no_more_where_vowels_are_not_written_or_taken_away_by_a_sign(left: str, right: str) -> None:
    assert compare("Person", left, right).score >= 0.7
    found = Names([left, right]).score([0], [1])
    assert found.cost.tolist() == [aligned(left, right).cost]
