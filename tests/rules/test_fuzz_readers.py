"""Every reader of outside input, at damaged input: an answer or a refusal, never an error, never a hang."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from passerelle import names
from passerelle.errors import Refused
from passerelle.flow import sizes
from passerelle.flow.receive import SubjectDraft
from passerelle.intake import BadRow, open_source
from passerelle.intake.row import NAME_CHARACTERS_MAX
from passerelle.words import sentence
from tools import fuzz

EXECUTIONS = int(os.environ.get("PASSERELLE_TEST_MUTATIONS", "150"))
SLOW = {"text": 3, "keys": 3, "places": 3, "numbers": 3, "names": 2, "mapping": 2}
"""These take longer for one example: so many times fewer of them."""


@pytest.mark.parametrize("target", fuzz.TARGETS)
def test_damaged_input_is_answered_or_refused_and_nothing_else(target: str) -> None:
    done, found, examples = fuzz.fuzz(target, seed=7, executions=EXECUTIONS // SLOW.get(target, 1))
    assert done >= EXECUTIONS // 3
    assert not found, "\n".join(f"{what}: {examples[what][:200]!r}" for what in found)


def planted_crash(example: bytes) -> None:
    if b"9" in example:
        raise KeyError("a planted crash")


def planted_hang(example: bytes) -> None:
    while b"9" in example:
        pass


def test_a_planted_crash_and_a_planted_hang_are_found() -> None:
    assert fuzz.broken_by(planted_crash, b"9").startswith("KeyError")
    with pytest.raises(fuzz.Hung), fuzz.within(0.05):
        planted_hang(b"9")
    assert not fuzz.broken_by(planted_crash, b"8")


def test_one_seed_gives_the_same_findings_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(fuzz.TARGETS, "planted", (planted_crash, lambda: (b"some good example",)))
    first, again = (fuzz.fuzz("planted", seed=3, executions=200)[1] for _ in range(2))
    assert first == again and first


@pytest.mark.parametrize(
    "name", ["a " * 250, "王" * 500, "ab-" * 166, "محمد " * 100, "o'" * 250, "van de " * 70, "\u0301" * 500, "1" * 500]
)
def test_a_name_as_long_as_one_may_be_is_compared_with_its_like(name: str) -> None:
    for schema in ("Person", "Company", "Address"):
        with fuzz.within():
            assert 0.0 <= names.compare(schema, name, "b" + name[1:]).score <= 1.0
            assert 0.0 <= names.compare(schema, name, "b c " * 100).score <= 1.0


def test_what_is_longer_than_anybody_means_or_is_no_text_is_refused_by_its_name() -> None:
    what = sentence("title")
    sizes.check_text("a" * sizes.NOTE_CHARACTERS_MAX, what)
    for wrong, code in (("a" * (sizes.NOTE_CHARACTERS_MAX + 1), "value.too_long"), ("a\0", "value.no_text"),
                        ("\ud800", "value.no_text")):  # fmt: skip
        with pytest.raises(Refused) as refused:
            sizes.check_text(wrong, what)
        assert refused.value.code == code
        assert "title" in str(refused.value)
    for properties in ({"name": ["a" * 501]}, {"name": [str(n) for n in range(201)]}):
        with pytest.raises(Refused, match=r"at most|more than"):
            sizes.check_subjects([SubjectDraft("p", "Person", properties)])


def test_a_register_s_name_that_is_too_long_to_compare_is_refused_and_the_next_row_lands(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text(
        f"id,schema,name\n1,Person,{'a' * (NAME_CHARACTERS_MAX + 1)}\n2,Person,Karel Vermassen\n", encoding="utf-8"
    )
    first, second = open_source(path).read()
    assert isinstance(first, BadRow) and first.code == "intake.field_too_long"
    assert second.external_id == "2" and not isinstance(second, BadRow)


QUADRATIC = "<!DOCTYPE a [<!ENTITY a '" + "a" * 50_000 + "'>]><CONSOLIDATED_LIST>" + "&a;" * 5_000
BILLION = "<!DOCTYPE a [<!ENTITY a0 'lol'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12)
) + "]><CONSOLIDATED_LIST><INDIVIDUALS>&a11;"  # fmt: skip
OUTSIDE = "<!DOCTYPE a [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><CONSOLIDATED_LIST><INDIVIDUALS>&a;"
DEEP = "<CONSOLIDATED_LIST>" + "<INDIVIDUALS>" * 200_000


@pytest.mark.parametrize("bomb", [QUADRATIC, BILLION, OUTSIDE, DEEP], ids=["quadratic", "billion", "outside", "deep"])
@pytest.mark.parametrize("packed", [False, True])
def test_an_xml_bomb_is_refused_before_it_goes_off(tmp_path: Path, bomb: str, packed: bool) -> None:
    path = tmp_path / ("un.xml.gz" if packed else "un.xml")
    content = ('<?xml version="1.0"?>' + bomb).encode()
    path.write_bytes(gzip.compress(content) if packed else content)
    with fuzz.within(), pytest.raises(Refused) as refused:
        list(open_source(path, format="un").read())
    assert refused.value.code.startswith("intake.")


@pytest.mark.parametrize(
    "line", ['{"id":' + "[" * 100_000, '{"id":"a","schema":"Person","properties":{"name":[' + '"a",' * 200_000,
             '{"id":"a","schema":"Person","properties":{"name":["' + "a" * 2_000_000 + '"]}}', '{"id":' + "9" * 90_000],
    ids=["deep", "many", "huge", "number"],
)  # fmt: skip
def test_a_json_bomb_costs_its_own_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "entities.jsonl"
    good = '{"id":"b","schema":"Person","properties":{"name":["Karel Vermassen"]}}'
    path.write_text(f"{line}\n{good}\n", encoding="utf-8")
    with fuzz.within():
        rows = list(open_source(path, format="ftm").read())
    assert [isinstance(row, BadRow) for row in rows] == [True, False]
