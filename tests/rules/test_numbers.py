"""Numbers are brought into one form, checked, and compared sign by sign."""

from __future__ import annotations

import random

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle.names import numbers
from passerelle.names.numbers import compare_numbers


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("0470 12 34 56", "BE", "+32470123456"),
        ("+32 (0)470 12.34.56", "BE", "+32470123456"),
        ("0032 470/12.34.56", "BE", "+32470123456"),
        ("015 12 34 56", "BE", "+3215123456"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("٠٤٧٠ ١٢ ٣٤ ٥٦", "BE", "+32470123456"),
        ("12", "BE", None),
        ("no number", "BE", None),
    ],
)
def test_a_phone_becomes_e164_or_nothing(text: str, country: str, expected: str | None) -> None:
    assert numbers.phone(text, country) == expected


@pytest.mark.parametrize(
    ("text", "plate"),
    [
        ("1-ABC-123", "1ABC123"),
        ("B: 1 abc 123", "1ABC123"),
        ("AB-123-CD", "AB123CD"),
        ("12-AB-34", "12AB34"),
        ("AC-KL 4821", "ACKL4821"),
        ("LK19 XZB", "LK19XZB"),
    ],
)
def test_a_plate_loses_its_signs(text: str, plate: str) -> None:
    assert numbers.plate(text) == plate


def test_what_has_no_shape_of_a_plate_is_none() -> None:
    assert numbers.plate("hello") is None
    assert numbers.plate("1234567890") is None


def test_check_digits_are_checked() -> None:
    assert numbers.iban("BE71 0961 2345 6769") == "BE71096123456769"
    assert numbers.iban("BE71 0961 2345 6768") is None
    assert numbers.vat("BE 0403.019.261") == "BE0403019261"
    assert numbers.vat("BE 0403.019.262") is None
    assert numbers.imo("IMO 9074729") == "9074729"
    assert numbers.imo("IMO 9074728") is None
    assert numbers.vin("1M8GDM9AXKP042788") == "1M8GDM9AXKP042788"
    assert numbers.vin("IO8GDM9AXKP042788") is None


def test_a_document_keeps_only_its_signs() -> None:
    assert numbers.document("Passport no. EN 482-913") == "EN482913"
    assert numbers.document("  ") == ""


@pytest.mark.parametrize(
    ("kind", "left", "right", "least", "most", "said"),
    [
        ("phone", "0470 12 34 56", "+32 470 12 34 56", 1.0, 1.0, "are the same number"),
        ("plate", "1-ABC-123", "1-A8C-123", 0.8, 0.95, "easily misread: B for 8"),
        ("plate", "1-ABC-123", "1-ACB-123", 0.7, 0.9, "changed places"),
        ("document", "EN482913", "EN482931", 0.7, 0.9, "changed places"),
        ("document", "ENO82913", "EN082913", 0.8, 0.95, "easily misread: O for 0"),
        ("phone", "0470123456", "0471123456", 0.0, 0.69, "differ in one sign"),
        ("document", "EN482913", "FK902817", 0.0, 0.0, "are different numbers"),
        ("document", "", "FK902817", 0.0, 0.0, "no number to compare"),
    ],
)
def test_a_sign_misread_is_weaker_evidence_and_says_which(
    kind: str, left: str, right: str, least: float, most: float, said: str
) -> None:
    found = compare_numbers(kind, left, right)
    assert least <= found.score <= most
    assert said in found.because[0]


@given(st.sampled_from(numbers.KINDS), st.text(max_size=20), st.text(max_size=20))
def test_comparing_numbers_is_even_handed_and_never_fails(kind: str, left: str, right: str) -> None:
    assert compare_numbers(kind, left, right).score == compare_numbers(kind, right, left).score


@given(st.text("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", min_size=6, max_size=12), st.data())
def test_one_sign_changed_is_never_the_same_number(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text) - 1))
    sign = data.draw(st.sampled_from([c for c in "0123456789ABCXYZ" if c != text[place]]))
    changed = text[:place] + sign + text[place + 1 :]
    assert compare_numbers("document", text, text).score == 1.0
    assert compare_numbers("document", text, changed).score < 1.0


def test_a_plainly_written_phone_number_is_read_as_the_parser_reads_it() -> None:
    source = random.Random(11)
    codes = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
    plain = 0
    for turn in range(3000):
        digits = [source.choice("0123456789") for _ in range(source.randint(5, 12))]
        marks = ["", "", "", "", " ", ".", "/", "-"]
        text = f"+{source.choice(codes)}{''.join(digits)}"
        if turn % 2:
            text = "0" + "".join(digit + source.choice(marks) for digit in digits).rstrip(" ./-")
        short = numbers._plainly(text, "BE")
        if short is not None:
            plain += 1
            assert short == numbers._parsed(text, "BE"), text
    assert plain > 300, "too few numbers were plain for the test to say anything"
