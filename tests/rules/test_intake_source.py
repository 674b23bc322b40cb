"""What a file is, and which archives are refused: bombs are made here, small, and set off."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from passerelle.errors import Refused
from passerelle.intake import ArchiveRefused, FileUnreadable, Row, UnknownFormat, open_source
from passerelle.intake import source as source_module
from passerelle.intake.source import MEMBERS_MAX, check_unpacked

DATA = Path(__file__).parent.parent / "data" / "intake"
TABLE = b"id,schema,name\n1,Person,Anna\n"


def file(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def zipped(folder: Path, members: dict[str, bytes], name: str = "register.zip") -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for member, content in members.items():
            packed.writestr(member, content)
    return path


@pytest.mark.parametrize(
    ("given", "found"),
    [("register.csv", "csv"), ("entities.jsonl", "ftm"), ("un.xml", "un"), ("ofac/sdn.csv", "ofac"), ("ofac", "ofac")],
)
def test_the_format_is_told_by_the_content(given: str, found: str) -> None:
    assert open_source(DATA / given).format == found


@pytest.mark.parametrize(("given", "found"), [("register.csv", "csv"), ("entities.jsonl", "ftm"), ("un.xml", "un")])
def test_a_wrong_name_misleads_nobody(tmp_path: Path, given: str, found: str) -> None:
    assert open_source(file(tmp_path, "list.dat", (DATA / given).read_bytes())).format == found


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        (
            "a.parquet",
            b"PAR1....",
            "a.parquet is a file of the kind Parquet, which is not read. Registers are read as CSV",
        ),
        ("a.csv", b"%PDF-1.7", "a.csv is a file of the kind PDF"),
        ("a.csv", b"", "a.csv is empty"),
        ("a.csv", b" \n\n", "a.csv is empty"),
        ("a.xml", b"<html></html>", "a.xml is XML, but not the UN consolidated list"),
        ("a.csv", b"\x00\x01\x02\x00\x00" * 20, "a.csv is not text"),
    ],
)
def test_what_is_no_register_is_refused_by_its_name_with_what_can_be_read(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    with pytest.raises(UnknownFormat) as refused:
        open_source(file(tmp_path, name, content))
    assert str(refused.value).startswith(words)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match=r"There is no file nothing\.csv\. Check the path\."):
        open_source(tmp_path / "nothing.csv")


def test_two_registers_at_once_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownFormat, match=r"one file was expected"):
        open_source([file(tmp_path, "a.csv", TABLE), file(tmp_path, "b.csv", TABLE)])


def test_a_format_that_does_not_exist_or_takes_no_mapping_is_refused(tmp_path: Path) -> None:
    path = file(tmp_path, "a.csv", TABLE)
    with pytest.raises(UnknownFormat, match=r"The formats are csv, ftm, un, ofac"):
        open_source(path, format="parquet")
    with pytest.raises(UnknownFormat, match=r"A mapping belongs to a table"):
        open_source(path, format="un", mapping=path)


@pytest.mark.parametrize("packing", ["gz", "zip"])
@pytest.mark.parametrize("given", ["register.csv", "entities.jsonl", "un.xml"])
def test_a_packed_register_reads_as_the_plain_one(tmp_path: Path, given: str, packing: str) -> None:
    content = (DATA / given).read_bytes()
    if packing == "gz":
        path = file(tmp_path, f"{given}.gz", gzip.compress(content))
    else:
        path = zipped(tmp_path, {f"folder/{given}": content, "__MACOSX/._x": b"x", ".hidden": b"x"})
    plain, packed = list(open_source(DATA / given).read()), list(open_source(path).read())
    assert [row for row in packed if isinstance(row, Row)] == [row for row in plain if isinstance(row, Row)]
    assert [row.number for row in packed] == [row.number for row in plain]


def test_the_sdn_list_is_read_out_of_one_zip(tmp_path: Path) -> None:
    parts = {f"{name}.csv": (DATA / "ofac" / f"{name}.csv").read_bytes() for name in ("sdn", "alt", "add")}
    source = open_source(zipped(tmp_path, parts))
    assert source.format == "ofac"
    assert len(list(source.read())) == 7


def test_a_gzip_bomb_is_refused(tmp_path: Path) -> None:
    bomb = gzip.compress(b"id,schema,name\n" + b"1,Person,Anna\n" * 2_000_000)
    assert len(bomb) < 200_000
    with pytest.raises(ArchiveRefused, match=r"unpacks to more than 200 times its size"):
        list(open_source(file(tmp_path, "bomb.csv.gz", bomb)).read())


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    with pytest.raises(ArchiveRefused, match=r"unpacks to more than 200 times its size"):
        open_source(zipped(tmp_path, {"bomb.csv": b"0" * 20_000_000}))


def test_a_zip_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"bomb.csv": b"id,schema,name\n" + b"1,Person,Anna\n" * 500_000})
    content = bytearray(path.read_bytes())
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = (100).to_bytes(4, "little")
    with pytest.raises(Refused):
        list(open_source(file(tmp_path, "liar.zip", bytes(content))).read())


def test_an_archive_larger_than_any_register_is_refused() -> None:
    with pytest.raises(ArchiveRefused):
        check_unpacked("a.zip", source_module.UNPACKED_BYTES_MAX + 1, source_module.UNPACKED_BYTES_MAX)
    check_unpacked("a.zip", 1_000_000, 1)


def test_an_archive_in_an_archive_is_refused(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as packed:
        packed.writestr("a.csv", TABLE)
    with pytest.raises(ArchiveRefused, match=r"holds another archive"):
        open_source(zipped(tmp_path, {"inner.zip": inner.getvalue()}))
    with pytest.raises(ArchiveRefused, match=r"holds another archive"):
        open_source(file(tmp_path, "twice.csv.gz", gzip.compress(gzip.compress(TABLE))))


def test_a_zip_with_very_many_files_or_two_registers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArchiveRefused, match=r"holds 51 files; at most 50 are read"):
        open_source(zipped(tmp_path, {f"{n}.csv": TABLE for n in range(MEMBERS_MAX + 1)}))
    with pytest.raises(UnknownFormat, match=r"one file was expected"):
        open_source(zipped(tmp_path, {"a.csv": TABLE, "b.csv": TABLE}))
    with pytest.raises(UnknownFormat, match=r"one file was expected"):
        open_source(zipped(tmp_path, {}))


def test_a_locked_zip_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"a.csv": TABLE})
    content = bytearray(path.read_bytes())
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(ArchiveRefused, match=r"is locked with a password"):
        open_source(file(tmp_path, "locked.zip", bytes(content)))


@pytest.mark.parametrize("start", [b"BZh91AY", b"\xfd7zXZ\x00\x00", b"7z\xbc\xaf\x27\x1c\x00", b"Rar!\x1a\x07"])
def test_other_archives_are_refused_with_the_way_out(tmp_path: Path, start: bytes) -> None:
    with pytest.raises(ArchiveRefused, match=r"Unpack it yourself"):
        open_source(file(tmp_path, "a.csv", start + b"\x00" * 50))


def test_an_archive_that_breaks_off_is_refused_after_what_could_be_read(tmp_path: Path) -> None:
    whole = gzip.compress(b"id,schema,name\n" + b"".join(b"%d,Person,Name %d\n" % (n, n) for n in range(50_000)))
    with pytest.raises(FileUnreadable, match=r"half\.csv\.gz is damaged or broken off"):
        list(open_source(file(tmp_path, "half.csv.gz", whole[: len(whole) // 2])).read())


def test_reading_can_start_after_any_row_and_tells_its_progress(tmp_path: Path) -> None:
    rows = b"".join(b"%d,Person,Name %d\n" % (n, n) for n in range(2_000)) + b"7,Person,Used before\n"
    path = file(tmp_path, "register.csv", b"id,schema,name\n" + rows)
    source = open_source(path)
    told: list[int] = []
    whole = list(source.read(told.append))
    assert told == sorted(told)
    assert told[-1] == source.total_estimate == path.stat().st_size
    assert list(source.read(start_after=1_500)) == [row for row in whole if row.number > 1_500]
    assert not isinstance(whole[-1], Row)
