"""One fact has one sequence of bytes, and a commitment opens to one content only."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle.ledger import canonical

AT = datetime(2026, 3, 1, 8, 15, tzinfo=UTC)
SALT = bytes(range(16))

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-canonical.INTEGER_MAX, canonical.INTEGER_MAX)
    | st.text(st.characters(exclude_categories=("Cs",))),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_categories=("Cs",))), inner)
    ),
    max_leaves=12,
)


def test_an_entry_has_sorted_keys_no_spaces_and_its_time_in_utc() -> None:
    brussels = timezone(timedelta(hours=2))
    entry = canonical.encode(
        kind="Read", at=datetime(2026, 7, 1, 10, 0, 0, 5, tzinfo=brussels), index=3, facts={"b": ["é", True], "a": None}
    )
    assert entry.decode() == (
        '{"at":"2026-07-01T08:00:00.000005Z","facts":{"a":null,"b":["é",true]},"index":3,"kind":"Read"}'
    )


@given(values)
def test_whatever_has_a_form_is_read_back_as_it_was_and_written_again_the_same(value: Any) -> None:
    written = canonical.to_bytes(value)
    assert json.loads(written) == value
    assert canonical.from_bytes(written) == value
    assert b"\n" not in written


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 9), min_size=2))
def test_the_order_in_which_facts_were_put_together_leaves_no_trace(facts: dict[str, int]) -> None:
    assert canonical.to_bytes(facts) == canonical.to_bytes(dict(reversed(facts.items())))


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (0.5, "float has no one form"),
        (float("nan"), "float has no one form"),
        ({"a": [1, 2.0]}, "float has no one form"),
        ({1: "a"}, "The key 1 is no text"),
        ({"a": b"bytes"}, "bytes has no one form"),
        ({"a": {1, 2}}, "set has no one form"),
        (2**53, "too large"),
        (-(2**53), "too large"),
        ("\ud800", "half of a character"),
        ({"\udfff": 1}, "half of a character"),
        (datetime(2026, 3, 1, 8, 15), "has no zone"),  # noqa: DTZ001 (a time without a zone is what is refused)
    ],
)
def test_a_value_without_one_form_is_refused_and_the_refusal_says_which(value: Any, why: str) -> None:
    with pytest.raises(canonical.NotCanonical, match=why) as refused:
        canonical.to_bytes(value)
    assert refused.value.code == "ledger.not_canonical"


@pytest.mark.parametrize(
    "data",
    [
        b'{"a": 1}', b'{"b":1,"a":1}', b'{"a":1,"a":1}', b"1.0", b"1e3", b"NaN", b"01", b"9007199254740992",
        b"9" * 5000,
        b'"\\u0041"', b'"\\ud800"', b"\xff", b"[" * 100_000, b"", b"1 ", b'"\xc3"',
    ],
)  # fmt: skip
def test_bytes_that_we_would_not_have_written_are_refused(data: bytes) -> None:
    with pytest.raises(canonical.NotCanonical, match="not in their canonical form"):
        canonical.from_bytes(data)


def test_a_commitment_opens_to_its_content_and_to_nothing_else() -> None:
    committed = canonical.commitment(SALT, {"text": "grey car", "born": 1990})
    assert canonical.opens(committed, SALT, {"born": 1990, "text": "grey car"})
    assert not canonical.opens(committed, SALT, {"born": 1991, "text": "grey car"})
    assert not canonical.opens(committed, SALT + b"\0", {"born": 1990, "text": "grey car"})
    assert len(committed) == 64


def test_a_commitment_to_a_text_is_not_one_to_the_mapping_that_reads_like_it() -> None:
    assert canonical.commitment(SALT, '{"a":1}') != canonical.commitment(SALT, {"a": 1})


@given(
    st.binary(min_size=16, max_size=20), st.binary(min_size=16, max_size=20), st.text(max_size=4), st.text(max_size=4)
)
def test_two_commitments_agree_only_where_salt_and_content_do(one: bytes, two: bytes, left: str, right: str) -> None:
    same = canonical.commitment(one, {"t": left}) == canonical.commitment(two, {"t": right})
    assert same == (one == two and left == right)


def test_a_short_salt_is_refused_because_names_could_be_tried() -> None:
    with pytest.raises(canonical.NotCanonical, match="at least 16 random bytes"):
        canonical.commitment(b"short", "content")
