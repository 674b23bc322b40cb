"""What protected content is read for: the closed list, who may give what, and what the house says by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from passerelle.policy import reading
from passerelle.policy.facts import ROLES, SERVICE_ROLES
from passerelle.policy.reading import Follows
from passerelle.policy.tables import WrongTable


def test_every_role_that_reads_contents_is_offered_something_and_an_administrator_nothing() -> None:
    for role in ROLES:
        offered = [purpose.key for purpose in reading.offered(role)]
        assert bool(offered) == (role in SERVICE_ROLES | {"oversight"}), role
    assert not {"my_duty", "my_filing", "arrived"} & {one.key for role in ROLES for one in reading.offered(role)}


@pytest.mark.parametrize(
    ("follows", "says"),
    [
        (Follows(), ""),
        (Follows(has_arrived=True), "arrived"),
        (Follows(filed_it=True, has_arrived=True), "my_filing"),
        (Follows(holds_duty=True, filed_it=True, has_arrived=True), "my_duty"),
    ],
)
def test_where_a_reading_follows_from_a_duty_or_a_filing_the_house_says_what_for(follows: Follows, says: str) -> None:
    assert reading.preset(follows) == says
    assert not says or reading.PURPOSES[says].preset


@pytest.mark.parametrize(
    ("purpose", "role", "text", "code"),
    [
        ("my_duty", "desk", "", "read.purpose_unknown"),
        ("curiosity", "desk", "he lives next door", "read.purpose_unknown"),
        ("", "desk", "", "read.purpose_unknown"),
        ("supervision", "officer", "", "read.purpose_unknown"),
        ("my_case", "oversight", "", "read.purpose_unknown"),
        ("other", "officer", "because", "read.purpose_needs_text"),
        ("request_of_person", "oversight", "   ", "read.purpose_needs_text"),
    ],
)
def test_a_purpose_that_is_none_or_that_says_too_little_is_refused(
    purpose: str, role: str, text: str, code: str
) -> None:
    with pytest.raises((reading.PurposeUnknown, reading.PurposeNeedsText)) as refused:
        reading.stated(purpose, role, text)
    assert refused.value.code == code


@pytest.mark.parametrize("roles", ["[]", "[officer, magician]", "[magician]"])
def test_a_purpose_for_nobody_or_for_a_role_that_is_none_is_refused(tmp_path: Path, roles: str) -> None:
    path = tmp_path / "reading_purposes.yaml"
    row = f"id: a, says: For this, roles: {roles}, preset: false, text: false, source: a law, standing: binding"
    path.write_text(f"reading:\n  - {{{row}}}\n", encoding="utf-8")
    with pytest.raises(WrongTable, match="row a names a role that nobody has"):
        reading.load(path)


def test_every_purpose_has_its_source_in_law() -> None:
    assert all("Directive" in purpose.source for purpose in reading.PURPOSES.values())
    assert reading.stated("other", "officer", "asked by the magistrate").needs_text


def test_a_few_words_are_as_many_as_the_house_says_and_no_more() -> None:
    assert reading.stated("other", "officer", " ".join(["word"] * reading.TEXT_WORDS_MIN)).key == "other"
    with pytest.raises(reading.PurposeNeedsText):
        reading.stated("other", "officer", " ".join(["word"] * (reading.TEXT_WORDS_MIN - 1)))
