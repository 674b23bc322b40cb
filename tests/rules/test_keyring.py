"""What is sealed opens only where it was put, with the key that sealed it; the file of keys is its owner's alone."""

from __future__ import annotations

import json
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle import keyring

PLACE = "records_report|text|report-1"


@given(st.text(), st.text(min_size=1))
def test_what_is_sealed_opens_in_its_place_and_in_no_other(plain: str, elsewhere: str) -> None:
    ring = keyring.make()
    token = ring.seal(plain, PLACE)
    assert ring.open(token, PLACE) == plain
    if elsewhere != PLACE:
        with pytest.raises(keyring.DoesNotOpen):
            ring.open(token, elsewhere)


def test_the_same_text_is_sealed_otherwise_each_time_and_says_nothing_of_itself() -> None:
    ring = keyring.make()
    tokens = {ring.seal("Lambert Vercruysse", PLACE) for _ in range(50)}
    assert len(tokens) == 50 and not any("Lambert" in token for token in tokens)


def test_a_sealed_value_with_one_sign_changed_does_not_open() -> None:
    ring = keyring.make()
    token = ring.seal("Lambert Vercruysse", PLACE)
    for place in range(len(token)):
        for other in set(string.ascii_letters + string.digits + "+/=") - {token[place]}:
            with pytest.raises((keyring.DoesNotOpen, keyring.KeysMissing)):
                ring.open(token[:place] + other + token[place + 1 :], PLACE)
    with pytest.raises(keyring.DoesNotOpen):
        ring.open("Lambert Vercruysse, never sealed", PLACE)


def test_a_new_key_seals_and_the_old_one_still_opens_until_it_is_taken_off_the_ring() -> None:
    ring = keyring.make()
    old = ring.seal("before", PLACE)
    assert ring.fresh("fields") == "2"
    new = ring.seal("after", PLACE)
    assert (ring.sealed_with(old), ring.sealed_with(new)) == ("1", "2")
    assert ring.open(old, PLACE) == "before"
    assert ring.retire("fields") == ["1"]
    assert ring.open(new, PLACE) == "after"
    with pytest.raises(keyring.KeysMissing, match="Put back the file of keys"):
        ring.open(old, PLACE)


def test_the_index_cannot_be_computed_without_its_key_and_changes_with_it() -> None:
    ring, other = keyring.make(), keyring.make()
    assert ring.digest("name", "vercruysse") == ring.digest("name", "vercruysse")
    assert ring.digest("name", "vercruysse") != other.digest("name", "vercruysse")
    assert ring.digest("name", "vercruysse") != ring.digest("phone", "vercruysse")
    before = ring.digest("name", "vercruysse")
    ring.fresh("index")
    assert ring.digest("name", "vercruysse") != before


def test_the_file_is_written_for_its_owner_only_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / keyring.FILE_NAME
    ring = keyring.make()
    ring.write(path)
    assert path.stat().st_mode & 0o777 == 0o600 and not path.with_name("keys.json.new").exists()
    assert keyring.read(path).open(ring.seal("x", PLACE), PLACE) == "x"


def test_a_file_that_is_missing_open_to_others_or_broken_is_refused_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / keyring.FILE_NAME
    with pytest.raises(keyring.KeysMissing, match="Put it back"):
        keyring.read(path)
    keyring.make().write(path)
    path.chmod(0o644)
    with pytest.raises(keyring.KeysUnusable, match="chmod 600"):
        keyring.read(path)
    path.chmod(0o600)
    good = json.loads(path.read_text(encoding="utf-8"))
    broken = [
        {**good, "version": 2},
        {**good, "fields": {"active": "7", "keys": good["fields"]["keys"]}},
        {**good, "index": {"active": "1", "keys": {"1": "c2hvcnQ="}}},
        {"version": 1},
        [],
    ]
    for wrong in broken:
        path.write_text(json.dumps(wrong), encoding="utf-8")
        with pytest.raises(keyring.KeysUnusable):
            keyring.read(path)
    path.write_text("no json", encoding="utf-8")
    with pytest.raises(keyring.KeysUnusable):
        keyring.read(path)
