"""Registers with bytes changed at random: a reader answers with rows and refusals, and with nothing else."""

from __future__ import annotations

import json
import os
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from passerelle.errors import Refused
from passerelle.intake import BadRow, Row, Source, open_source, reread

DATA = Path(__file__).parent.parent / "data" / "intake"
EXAMPLES = int(os.environ.get("PASSERELLE_TEST_MUTATIONS", "150"))

BITS = (
    b'"', b"\0", b";", b",", b"\n", b"\r", b"{", b"}", b"[", b"<", b">", b"&", b"&#0;", b"<!DOCTYPE a>",
    b"\\ud800", b"\\u0000", b"\xff\xfe", b"-0-", b"9" * 40, b"0001-00-00", b"(", b" to ", b'"""', b": ",
    b"null", b"*a", b"&a ", b"</INDIVIDUAL>",
)  # fmt: skip

change = st.tuples(
    st.sampled_from(["put", "cut", "flip", "repeat", "end"]),
    st.integers(0, 10_000),
    st.integers(1, 40),
    st.one_of(st.sampled_from(BITS), st.binary(min_size=1, max_size=4)),
)


def changed(content: bytes, changes: list[tuple[str, int, int, bytes]]) -> bytes:
    for kind, where, length, put in changes:
        at = where % (len(content) + 1)
        if kind == "put":
            content = content[:at] + put + content[at:]
        elif kind == "cut":
            content = content[:at] + content[at + length :]
        elif kind == "flip" and at < len(content):
            content = content[:at] + bytes([content[at] ^ 1 << length % 8]) + content[at + 1 :]
        elif kind == "repeat":
            content = content[:at] + content[at : at + length] * 5 + content[at:]
        elif kind == "end":
            content = content[: max(at, 1)]
    return content


def check(paths: Path | list[Path], mapping: Path | None = None) -> None:
    source: Source | None = None
    rows: list[Row | BadRow] = []
    said = ""
    try:
        source = open_source(paths, mapping=mapping)
        rows.extend(source.read())
    except Refused as refused:
        said = f"{refused.code}: {refused}"
    assert not said or said.startswith("intake.")
    said.encode()
    numbers = [row.number for row in rows]
    assert numbers == sorted(set(numbers))
    for row in rows:
        assert source is not None
        assert "\0" not in row.raw
        again = reread(row.raw, source.format, mapping, number=row.number)
        if isinstance(row, Row):
            json.dumps([row.entities, row.relations, row.text, row.notes], ensure_ascii=False).encode()
            assert again == row
        else:
            json.dumps([row.sentence.to_json(), row.external_id, row.raw], ensure_ascii=False).encode()


run = settings(max_examples=EXAMPLES, deadline=10_000, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("name", ["register.csv", "entities.jsonl", "un.xml"])
@run
@given(changes=st.lists(change, min_size=1, max_size=6))
def test_a_register_with_changed_bytes_gives_rows_and_refusals_only(
    name: str, changes: list[tuple[str, int, int, bytes]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(changed((DATA / name).read_bytes(), changes))
        check(path)


@run
@given(changes=st.lists(change, min_size=1, max_size=6), part=st.sampled_from(["sdn", "alt", "add"]))
def test_an_sdn_list_with_changed_bytes_gives_rows_and_refusals_only(
    changes: list[tuple[str, int, int, bytes]], part: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in ("sdn", "alt", "add"):
            content = (DATA / "ofac" / f"{name}.csv").read_bytes()
            (Path(folder) / f"{name}.csv").write_bytes(changed(content, changes) if name == part else content)
        check(Path(folder) / "sdn.csv")


@run
@given(changes=st.lists(change, min_size=1, max_size=6), in_mapping=st.booleans())
def test_a_mapped_table_with_changed_bytes_gives_rows_and_refusals_only(
    changes: list[tuple[str, int, int, bytes]], in_mapping: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        table, mapping = Path(folder) / "zone.csv", Path(folder) / "zone.yaml"
        table.write_bytes(changed((DATA / "zone.csv").read_bytes(), [] if in_mapping else changes))
        mapping.write_bytes(changed((DATA / "zone.yaml").read_bytes(), changes if in_mapping else []))
        check(table, mapping)


@pytest.mark.parametrize(
    "bit", [" ", "(", "(1)", "1 ", "no 1", "; ", "DOB ", "a.k.a. ", "Passport ", "Telephone (1)", "]", "'", "-"]
)
def test_endless_repetition_in_a_remark_or_a_name_takes_no_time(bit: str) -> None:
    for before in ("", "DOB ", "Passport ", "Telephone ", "POB "):
        remark = before + bit * (19_000 // len(bit)) + "x"
        cells = ["1", "NAME", "individual", *["-0- "] * 8, remark]
        started = time.process_time()
        reread(json.dumps({"sdn": cells, "alt": [], "add": []}), "ofac")
        reread(
            f"<INDIVIDUAL><REFERENCE_NUMBER>1</REFERENCE_NUMBER><FIRST_NAME>{remark}</FIRST_NAME><INDIVIDUAL_DOCUMENT>"
            f"<TYPE_OF_DOCUMENT>number {remark}</TYPE_OF_DOCUMENT></INDIVIDUAL_DOCUMENT></INDIVIDUAL>",
            "un",
        )
        assert time.process_time() - started < 1


@run
@given(text=st.text(max_size=400))
def test_a_row_mended_into_anything_is_a_row_or_a_refusal(text: str) -> None:
    for form in ("csv", "ftm", "un", "ofac"):
        assert isinstance(reread(text, form), (Row, BadRow))
