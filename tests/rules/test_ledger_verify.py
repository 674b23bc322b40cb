"""An exported ledger that was touched anywhere is found out, by a program that needs nothing but the file."""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from passerelle.ledger import canonical, chain, export
from passerelle.ledger.verify import FAULTS_MAX, main, verify

START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def entries(count: int, *, kind: str = "Read", start: datetime = START) -> Iterator[str]:
    for index in range(count):
        facts = {"officer": f"officer-{index % 7}", "thing": "report-1", "ground": "own_service"}
        yield canonical.encode(kind=kind, at=start + timedelta(seconds=index), index=index, facts=facts).decode()


def exported(path: Path, lines: list[str]) -> Path:
    export.write(path, lines, installation="Invented exchange", exported_at=NOW)
    return path


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return exported(tmp_path / "ledger.jsonl", list(entries(60)))


def rewritten(path: Path, lines: list[bytes]) -> Path:
    """The same header with other lines: what somebody with the file and no means to sign again could do."""
    header = path.read_bytes().split(b"\n", 1)[0] + b"\n"
    path.write_bytes(header + b"".join(lines))
    return path


def body(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)[1:]


def whys(path: Path, **noted: object) -> list[str]:
    return [str(fault) for fault in verify(path, **noted).faults]  # type: ignore[arg-type]


def test_an_untouched_export_holds_and_its_root_is_that_of_its_lines(ledger: Path) -> None:
    report = verify(ledger, known_kinds={"Read"})
    assert report.faults == ()
    assert report.holds
    assert report.size == 60
    assert report.root == chain.root_of(chain.leaf_hash(entry.encode()) for entry in entries(60)).hex()
    assert report.header is not None
    assert (report.header.installation, report.header.exported_at) == (
        "Invented exchange",
        "2026-03-02T00:00:00.000000Z",
    )


def test_an_empty_ledger_holds_too(tmp_path: Path) -> None:
    report = verify(exported(tmp_path / "empty", []))
    assert report.holds
    assert (report.size, report.root) == (0, chain.EMPTY_ROOT.hex())


def test_every_changed_byte_of_a_sixty_line_export_is_found(ledger: Path) -> None:
    whole = ledger.read_bytes()
    passed = []
    for at in range(len(whole)):
        flipped = bytearray(whole)
        flipped[at] ^= 1 << (5 * at) % 8
        ledger.write_bytes(flipped)
        if verify(ledger).holds:
            passed.append(at)
    assert passed == []


def test_every_cut_of_the_file_is_found(tmp_path: Path) -> None:
    path = exported(tmp_path / "ledger", list(entries(5)))
    whole = path.read_bytes()
    passed = []
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        if verify(path).holds:
            passed.append(length)
    assert passed == []


def test_a_line_that_was_deleted_doubled_or_swapped_is_named(ledger: Path) -> None:
    lines = body(ledger)
    assert "line 12: Here stands index 11; 10 was to come." in whys(rewritten(ledger, lines[:10] + lines[11:]))[0]
    assert "line 13: Here stands index 10; 11 was to come." in whys(rewritten(ledger, lines[:11] + lines[10:]))[0]
    swapped = [*lines[:10], lines[11], lines[10], *lines[12:]]
    found = whys(rewritten(ledger, swapped))
    assert "line 12: Here stands index 11; 10 was to come." in found[0]
    assert any("line 13: Here stands index 10; 12 was to come." in fault for fault in found)
    assert "The header promises 60 lines and there are 61." in "".join(whys(rewritten(ledger, [*lines, lines[-1]])))


def test_an_entry_changed_together_with_its_leaf_still_changes_the_root(ledger: Path) -> None:
    lines = body(ledger)
    entry = canonical.encode(kind="Read", at=START + timedelta(seconds=5), index=5, facts={"officer": "officer-9"})
    lines[5] = export.line_bytes(entry, 5, chain.leaf_hash(entry).hex())
    (fault,) = whys(rewritten(ledger, lines))
    assert fault.startswith("The root over the lines is not the one that the header names. Ask for a fresh export")


def test_a_ledger_written_again_with_another_past_is_caught_by_a_root_noted_earlier(
    ledger: Path, tmp_path: Path
) -> None:
    noted = verify(ledger)
    grown = exported(tmp_path / "grown", list(entries(75)))
    assert whys(grown, expected_size=60, expected_root=noted.root.upper()) == []
    other = [*entries(3), *list(entries(75, kind="Delivered"))[3:]]
    again = exported(tmp_path / "again", other)
    assert whys(again) == []
    assert (
        "The first 60 lines do not have the root that was noted."
        in whys(again, expected_size=60, expected_root=noted.root)[0]
    )
    restored = exported(tmp_path / "restored", list(entries(40)))
    assert "There were 60 lines once, and there are 40 now." in whys(restored, expected_size=60)[0]
    assert whys(grown, expected_size=60) == []
    assert "The root over all lines is not the one that was noted." in whys(grown, expected_root=noted.root)[0]
    assert whys(ledger, expected_root=noted.root) == []


def test_a_time_that_runs_backwards_is_named(tmp_path: Path) -> None:
    lines = list(entries(3))
    lines.append(canonical.encode(kind="Read", at=START, index=3, facts={}).decode())
    found = whys(exported(tmp_path / "ledger", lines))
    assert found == [
        "line 5: The time runs backwards here, from 2026-03-01T08:00:02.000000Z to 2026-03-01T08:00:00.000000Z. Tell "
        "oversight: a ledger is never shortened, reordered or rewritten."
    ]


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ('{"at":"2026-03-01T08:00:00.000000Z","facts":{},"index":1,"kind":"Read"}', "says that it stands elsewhere"),
        ('{"at":"yesterday","facts":{},"index":0,"kind":"Read"}', "has no time"),
        ('{"at":7,"facts":{},"index":0,"kind":"Read"}', "has no time"),
        ('{"at":"2026-03-01T08:00:00.000000Z","facts":[],"index":0,"kind":"Read"}', "is no fact of a ledger"),
        ('{"at":"2026-03-01T08:00:00.000000Z","facts":{},"index":0}', "is no fact of a ledger"),
        ('{"facts":{},"at":"2026-03-01T08:00:00.000000Z","index":0,"kind":"Read"}', "is not in its canonical form"),
        (
            '{"at":"2026-03-01T08:00:00.000000Z","facts":{"a":0.5},"index":0,"kind":"Read"}',
            "is not in its canonical form",
        ),
        ('{"at":"2026-03-01T08:00:00.000000Z","facts":{},"index":0,"kind":"Whispered"}', "is not in the vocabulary"),
        ('{"at":"2026-03-01T08:00:00.000000Z","facts":{},"index":true,"kind":"Read"}', "stands elsewhere"),
        ("nonsense", "is not in its canonical form"),
        ('"text"', "is no fact of a ledger"),
    ],
)
def test_an_entry_that_no_ledger_of_ours_would_write_is_named(tmp_path: Path, entry: str, why: str) -> None:
    report = verify(exported(tmp_path / "ledger", [entry]), known_kinds={"Read"})
    assert any(why in str(fault) for fault in report.faults), report.faults
    assert report.faults[0].line == 2


@pytest.mark.parametrize(
    ("first", "why"),
    [
        (b"\n", "it is no JSON"),
        (b"[1]\n", "is no header of a ledger"),
        (b'{"format":"other"}\n', "is no header of a ledger"),
        (b'{"format":"passerelle-ledger","version":2}\n', "version 2"),
        (b'{"format":"passerelle-ledger","version":1}\n', "how many lines"),
        (b'{"format":"passerelle-ledger","version":1,"size":1,"root":"00"}\n', "when and where"),
        (
            b'{"format":"passerelle-ledger","version":1,"size":1,"root":"0","exported_at":"","installation":""}\n',
            "damaged",
        ),
        (b"[" * 100_000 + b"\n", "it is no JSON"),
    ],
)
def test_a_file_whose_first_line_is_no_header_is_refused_in_words(tmp_path: Path, first: bytes, why: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(first)
    assert why in whys(path)[0]
    assert verify(path).faults[0].line == 1
    with pytest.raises(export.NotALedger, match=why):
        export.read(path)


def test_a_line_without_end_is_refused_without_reading_it_whole(ledger: Path) -> None:
    rewritten(ledger, [*body(ledger)[:2], b"[" * (5 << 20)])
    assert "line 4: The line is longer than any line of a ledger." in whys(ledger)[0]


def test_a_ruined_file_is_told_in_a_hundred_faults_and_a_count(tmp_path: Path) -> None:
    path = exported(tmp_path / "ledger", list(entries(3)))
    rewritten(path, [b"ruin\n"] * 500)
    report = verify(path)
    assert len(report.faults) == FAULTS_MAX
    assert report.faults_untold == 500 + 2 - FAULTS_MAX


def test_every_fault_says_what_to_do(ledger: Path) -> None:
    lines = body(ledger)
    faults = verify(rewritten(ledger, [b"{}\n", *lines[2:], b'{"entry":1}'])).faults
    assert len(faults) >= 4
    assert all(str(fault.remedy) for fault in faults)


def test_an_export_is_read_back_line_by_line(ledger: Path) -> None:
    header, lines = export.read(ledger)
    found = list(lines)
    assert header.size == 60
    assert [line.entry for line in found] == list(entries(60))
    assert [line.index for line in found] == list(range(60))
    assert found[3].leaf == chain.leaf_hash(found[3].entry.encode()).hex()


@pytest.mark.parametrize("line", [b"nonsense\n", b"{}\n", b"[]\n", b'{"entry":0.5,"index":0,"leaf":""}\n'])
def test_reading_a_line_that_is_none_is_refused_with_its_number(ledger: Path, line: bytes) -> None:
    rewritten(ledger, [*body(ledger)[:2], line])
    with pytest.raises(export.NotALedger, match="Line 4 is no line of a ledger"):
        list(export.read(ledger)[1])


def test_an_export_that_fails_leaves_the_earlier_file_and_nothing_beside_it(ledger: Path) -> None:
    before = ledger.read_bytes()

    def failing() -> Iterator[str]:
        yield from entries(2)
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk is full"):
        export.write(ledger, failing(), installation="Invented exchange", exported_at=NOW)
    assert ledger.read_bytes() == before
    assert [path.name for path in ledger.parent.iterdir()] == [ledger.name]


def test_memory_does_not_grow_with_the_ledger(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        path = tmp_path / str(count)
        tracemalloc.start()
        export.write(path, entries(count), installation="Invented exchange", exported_at=NOW)
        assert verify(path).holds
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(10)
    assert peak(8_000) < peak(1_000) + 200_000


def test_verify_as_a_program_says_what_it_did_with_django_absent(ledger: Path) -> None:
    code = (
        "import sys; sys.modules['django'] = None\n"
        "import runpy; sys.argv = ['verify', *sys.argv[1:]]\n"
        "runpy.run_module('passerelle.ledger.verify', run_name='__main__')"
    )

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", code, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)

    good = run(str(ledger), "--size", "60", "--root", verify(ledger).root)
    assert good.returncode == 0, good.stderr
    assert "Exported 2026-03-02T00:00:00.000000Z by Invented exchange." in good.stdout
    assert "Checked 60 lines" in good.stdout
    assert "It holds." in good.stdout
    rewritten(ledger, body(ledger)[:-1])
    bad = run(str(ledger))
    assert bad.returncode == 1
    assert "The header promises 60 lines and there are 59." in bad.stdout
    assert "It does NOT hold." in bad.stdout
    assert run(str(ledger.with_name("absent"))).returncode == 2
    assert run().returncode == 2


def test_the_program_knows_the_vocabulary_of_this_release(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(exported(tmp_path / "one", list(entries(1))))]) == 0
    assert main([str(exported(tmp_path / "two", list(entries(1, kind="Whispered"))))]) == 1
    assert "“Whispered” is not in the vocabulary" in capsys.readouterr().out


def test_a_line_of_an_export_is_plain_json(ledger: Path) -> None:
    line = json.loads(body(ledger)[7])
    assert set(line) == {"entry", "index", "leaf"}
    assert line["entry"]["kind"] == "Read"
