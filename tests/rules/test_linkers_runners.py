"""One scorer, several runners: DuckDB with its processes finds what the plain reference finds, to the last figure."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from benchmarks.registers_invented import rows, write
from passerelle.linkers import EngineMissing, Record, Terms, link, records
from passerelle.linkers.duckdb import OutputWrong
from passerelle.linkers.reference import candidates, pairs_of
from passerelle.linkers.sieve import Sieve
from passerelle.matching import Subject, compare


def subjects_of(path: Path) -> list[Subject]:
    return [Subject.from_ftm(one.entity) for one in records(path) if isinstance(one, Record)]


def told(path: Path) -> list[tuple[str, str, float, str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            (row["left_id"], row["right_id"], float(row["score"]), row["band"], row["because"])
            for row in csv.DictReader(file)
        ]


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("registers") / "invented.csv"
    write(path, 2_000, seed=7)
    return path


def test_duckdb_and_the_reference_find_the_same_doubles_with_the_same_scores(register: Path, tmp_path: Path) -> None:
    terms = Terms(hub=12, each=3)  # so low that both bounds are met by two thousand rows
    subjects = subjects_of(register)
    expected = pairs_of(subjects, None, terms)
    done = link(register, register, tmp_path / "pairs.csv", terms=terms, workers=2)
    assert done.left == done.right == 2_000 and done.refused == 0
    assert done.candidates == len(candidates(subjects, None, terms))
    assert done.bounded_keys > 0 and done.bounded[0]["records"] > 12 and done.bounded[0]["value"]
    found = told(tmp_path / "pairs.csv")
    assert [(one, two, band, why) for one, two, _, band, why in found] == [
        (subjects[pair.left].id, subjects[pair.right].id, pair.band, pair.because) for pair in expected
    ]
    assert max(abs(row[2] - pair.score) for row, pair in zip(found, expected, strict=True)) <= 1e-9
    assert len(found) > 100
    assert not (tmp_path / "pairs.csv.work").exists()


def test_two_registers_are_joined_alike_by_both(tmp_path: Path) -> None:
    everyone = list(rows(1_200, seed=11, doubles=0.3))
    sides = ([row for row in everyone if not row["id"].endswith("-2")], [r for r in everyone if r["id"].endswith("-2")])
    paths = tmp_path / "left.csv", tmp_path / "right.csv"
    for path, side in zip(paths, sides, strict=True):
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(everyone[0]))
            writer.writeheader()
            writer.writerows(side)
    terms = Terms(hub=10, each=5)
    left, right = (subjects_of(path) for path in paths)
    expected = pairs_of(left, right, terms)
    done = link(*paths, tmp_path / "pairs.parquet", terms=terms, workers=1)
    import duckdb

    found = duckdb.sql(f"SELECT left_id, right_id, score, because FROM '{tmp_path / 'pairs.parquet'}'").fetchall()
    assert {(one, two): (round(score, 9), why) for one, two, score, why in found} == {
        (left[pair.left].id, right[pair.right].id): (round(pair.score, 9), pair.because) for pair in expected
    }
    assert (done.left, done.right, done.pairs) == (len(left), len(right), len(expected))
    true = sum(1 for one, two, _, _ in found if two == f"{one}-2")
    assert true >= 0.97 * len(right), "the doubles of an invented register are found"


def test_the_most_that_a_pair_can_reach_is_never_less_than_what_it_reaches(register: Path) -> None:
    subjects = subjects_of(register)[:600]
    pairs = candidates(subjects, None, Terms(hub=100, each=30))
    left, right = np.array(pairs).T
    most = Sieve(subjects).most(left, right, np.full(len(pairs), 5.5), -50.0)
    for (one, two), bound in zip(pairs, most.tolist(), strict=True):
        beside = sum(f.bits for f in compare(subjects[one], subjects[two]).evidence if f.kind != "name")
        assert bound >= beside - 1e-9, (subjects[one], subjects[two])


def test_a_bar_and_reasons_are_as_asked(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    write(path, 800, seed=3)
    low = link(path, path, tmp_path / "low.csv", terms=Terms(because=False))
    high = link(path, path, tmp_path / "high.csv", terms=Terms(because=False, bar=0.99))
    assert 0 < high.pairs < low.pairs
    assert all(score >= 0.99 and not why for _, _, score, _, why in told(tmp_path / "high.csv"))
    assert {row[:3] for row in told(tmp_path / "low.csv") if row[2] >= 0.99} == {
        row[:3] for row in told(tmp_path / "high.csv")
    }


def test_an_engine_that_is_not_built_is_refused_with_the_way_out(register: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineMissing, match=r"The engine Spark is not built yet\. Leave --engine out"):
        link(register, register, tmp_path / "pairs.csv", engine="spark")
    with pytest.raises(EngineMissing, match="There is no engine “abacus”"):
        link(register, register, tmp_path / "pairs.csv", engine="abacus")


def test_an_output_that_cannot_be_is_refused_and_nothing_of_another_is_touched(register: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputWrong, match=r"pairs.xls is neither .csv nor .parquet"):
        link(register, register, tmp_path / "pairs.xls")
    theirs = tmp_path / "pairs.csv.work"
    theirs.mkdir()
    (theirs / "diary.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputWrong, match="is not of a run that broke off"):
        link(register, register, tmp_path / "pairs.csv")
    assert (theirs / "diary.txt").read_text(encoding="utf-8") == "mine"


def test_an_empty_register_has_no_pairs(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("id,schema,name\n", encoding="utf-8")
    done = link(path, path, tmp_path / "pairs.csv", workers=1)
    assert (done.left, done.right, done.candidates, done.pairs) == (0, 0, 0, 0)
    assert (tmp_path / "pairs.csv").read_text(encoding="utf-8").strip() == "left_id,right_id,score,band,because"
