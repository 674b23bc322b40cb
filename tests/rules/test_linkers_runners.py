"""One scorer, several runners: DuckDB with its processes finds what the plain reference finds, to the last figure."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

import numpy as np
import pytest

from benchmarks.registers_invented import rows, write
from passerelle.linkers import EngineMissing, Record, Terms, link, pairing, records
from passerelle.linkers.digests import digest
from passerelle.linkers.doors import door
from passerelle.linkers.job import Sizes
from passerelle.linkers.joining import OutputWrong
from passerelle.linkers.lexicon import Lexicon, Pieces, Vocabulary, gather, read_words
from passerelle.linkers.reference import candidates, pairs_of
from passerelle.linkers.saying import say
from passerelle.linkers.sieve import facts, most
from passerelle.linkers.weighing import commonness, rarity_of
from passerelle.matching import Subject, Subjects, compare, keys
from passerelle.names import parts, words_kept
from passerelle.names.gazetteers import rows_of_file


def subjects_of(path: Path) -> list[Subject]:
    return [Subject.from_ftm(one.entity) for one in records(path) if isinstance(one, Record)]


def told(path: Path) -> list[tuple[str, str, float, str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            (row["left_id"], row["right_id"], float(row["score"]), row["band"], row["because"])
            for row in csv.DictReader(file)
        ]


def odd_subjects() -> list[Subject]:
    """Records with several values, half dates, other shapes of numbers, relations, and none of these."""
    said: list[dict[str, object]] = [
        {"name": ["Zorba Émile", "É. Zorba"], "birthDate": ["1971-03-02", "1972"], "nationality": ["be", "fr"]},
        {"name": ["Zorba Emile"], "birthDate": ["1971-03"], "nationality": ["Belgium"], "phone": ["+32470123456"]},
        {"name": ["Emile Zorba"], "birthDate": ["1971-01-01"], "idNumber": ["AB12345"], "passportNumber": ["AB12354"]},
        {"name": ["E. Zorba"], "birthDate": ["1971"], "idNumber": ["AB12354"], "phone": ["+32470123465", "0470123456"]},
        {"name": ["Zorba"], "address": ["Kerkstraat 12 bus 3, 9000 Gent", "rue de l'Église 4, 1000 Bruxelles"]},
        {"name": ["Zorba Emil"], "address": ["Kerkstraat 12-14, 9000 Gent"], "passportNumber": ["AB12345"]},
        {"name": ["Emil Zorba"], "address": ["Kerkstraat 12, 9000 Gent"], "email": ["e@example.org"]},
        {"name": ["Zorba, Emil"], "lives_at": [{"schema": "Address", "properties": {"full": ["Kerkstraat 12, Gent"]}}]},
        {"name": ["Zorba, E."], "idNumber": ["12"], "birthDate": ["2/3/1971"], "nationality": ["nl"]},
    ]  # fmt: skip
    return [
        Subject.from_ftm({"id": f"o{n}", "schema": "Person", "properties": properties})
        for n, properties in enumerate(said)
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
    few = Sizes(pairs=500, files=5)  # so few that new processes go on
    done = link(register, register, tmp_path / "pairs.csv", terms=terms, workers=2, sizes=few)
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
    subjects = [*subjects_of(register)[:600], *odd_subjects()]
    odd = range(600, len(subjects))
    pairs = [*candidates(subjects, None, Terms(hub=100, each=30)), *((one, two) for one in odd for two in odd)]
    left, right = np.array(pairs).T
    noted = facts(subjects)
    bounds = most(noted[left], noted[right])
    for (one, two), bound in zip(pairs, bounds.tolist(), strict=True):
        beside = sum(f.bits for f in compare(subjects[one], subjects[two]).evidence if f.kind != "name")
        assert bound >= beside - 1e-9, (subjects[one], subjects[two])


def test_what_a_name_can_say_at_most_is_never_less_than_what_it_says(register: Path) -> None:
    subjects = [*subjects_of(register), *odd_subjects()]
    said = say(0, subjects)
    known = commonness(len(subjects), said.stems, {}, Terms())
    found = said.named
    bounds = rarity_of(len(subjects), said.stems, Terms()).most(found, len(subjects))
    assert bounds.min() < 1.0 < bounds.max(), "there are common names and rare ones"
    pairs = np.array([*candidates(subjects, None, Terms(hub=100)), *((row, row) for row in range(len(subjects)))])
    bits = Subjects(subjects, known).name_bits(pairs[:, 0], pairs[:, 1])
    assert (np.minimum(bounds[pairs[:, 0]], bounds[pairs[:, 1]]) >= bits - 1e-9).all()


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        ("Kerkstraat 12, 9000 Gent", True),
        ("Rue de l'Église 7, 1000 Bruxelles", True),
        ("Kerkstraat bus 12, 9000 Gent", True),
        ("rue du 12, 1000 Bruxelles", False),
        ("Kerkstraat 1234, 9000 Gent", False),
        ("Gent 12, 9000 Gent", True),
    ],
)
def test_a_plain_address_is_found_by_the_same_keys_as_any_other(address: str, plain: bool) -> None:
    assert (door(address) is not None) is plain
    subject = Subject("a", "Person", ("Zorba Émile",), (), {"address": (address,), "birthDate": ("1971-03-02",)})
    assert sorted(say(0, [subject]).digests) == sorted(digest(kind, value) for kind, value in keys(subject))


def test_what_is_said_of_a_register_is_its_keys(register: Path) -> None:
    subjects = [*subjects_of(register)[:500], *odd_subjects()]
    said = say(0, subjects)
    for row, subject in enumerate(subjects):
        theirs = sorted(value for value, of in zip(said.digests, said.rows, strict=True) if of == row)
        assert theirs == sorted(digest(kind, value) for kind, value in keys(subject))


def test_a_lexicon_kept_from_one_run_of_records_to_the_next_says_the_same_and_tells_each_word_once(
    register: Path,
) -> None:
    subjects = [*subjects_of(register)[:600], *odd_subjects()]
    lexicon = Lexicon()
    told: list[int] = []
    for first in (0, 300):
        run = subjects[first : first + 300] if not first else subjects[first:]
        kept, alone = say(first, run, lexicon), say(first, run)
        assert kept.digests.tolist() == alone.digests.tolist() and kept.stems == alone.stems
        assert kept.named.tolist() == alone.named.tolist()
        told += lexicon.untold()["of"].tolist()
        assert set(kept.named["of"].tolist()) <= set(told), "each word of a name is told by the end of its run"
    assert len(told) == len(set(told)) > 300
    assert not len(lexicon.untold())


def test_of_a_first_run_any_number_of_new_words_is_kept() -> None:
    """Six thousand at once: a table that only ever grew by half was too small for them."""
    signs = "bdfgklmnprstvz"
    subjects = [Subject(str(n), "Person", (f"{a}a{b}o{c}i Ver{c}e{b}u{a}",)) for n, (a, b, c) in enumerate(
        itertools.product(signs, repeat=3))]  # fmt: skip
    lexicon = Lexicon()
    assert len(say(0, subjects, lexicon).rows) and len(lexicon) > 5_000
    assert len(set(lexicon.untold()["of"].tolist())) > 5_000


def test_words_that_were_read_once_for_all_processes_say_the_same(register: Path, tmp_path: Path) -> None:
    entities = [one.entity for one in records(register) if isinstance(one, Record)][:800]
    subjects = [*(Subject.from_ftm(entity) for entity in entities), *odd_subjects()]
    pieces = Pieces()
    for entity in entities:
        pieces.add(entity)
    held = pieces.sorted()
    assert any(" " in piece for piece in held), "what follows a word is held with its small words"
    for number in (0, 1):
        read_words(tmp_path, number, held[number::2])
    gather(tmp_path, 2)
    vocabulary = Vocabulary(tmp_path)
    lexicon = Lexicon(vocabulary)
    assert sum(bool(lexicon.places_of(subject.names[0])) for subject in subjects) > 700
    kept, alone = say(0, subjects, lexicon), say(0, subjects)
    assert kept.digests.tolist() == alone.digests.tolist() and kept.stems == alone.stems
    assert kept.named.tolist() == alone.named.tolist()
    names = [name for subject in subjects for name in subject.names]
    before = [words_kept.written(parts.parse(name).words) for name in names]
    parts.parse.cache_clear()
    parts.recall(vocabulary.words)
    try:
        assert [words_kept.written(parts.parse(name).words) for name in names] == before
    finally:
        parts.recall(None)
        parts.parse.cache_clear()
        vocabulary.close()


def test_candidates_are_the_same_in_both_ways_of_asking_and_however_much_two_records_share(tmp_path: Path) -> None:
    dice = np.random.default_rng(5)
    with pairing.open_database(tmp_path, 1) as base:
        base.execute("CREATE TABLE keys_left (r INTEGER, d BIGINT, w INTEGER)")
        keys_borne = {(int(row), int(key)) for key in range(400) for row in dice.integers(0, 60, 4)}
        keys_borne |= {(row, key) for row in (7, 41, 59) for key in range(1_000, 3_000)}
        base.executemany("INSERT INTO keys_left VALUES (?, ?, 5000000)", [list(pair) for pair in keys_borne])
        plain = set(base.execute(f"SELECT DISTINCT l, r FROM ({pairing.chosen(alone=True, each=3)}) c").fetchall())
        pairing.choose(base, 60, 60, alone=True, terms=Terms(each=3), told=lambda share: None)
        found = set(base.execute("SELECT l, r FROM candidate").fetchall())
    assert found == plain and {(7, 41), (7, 59), (41, 59)} <= found


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


@pytest.mark.spark
def test_three_runners_find_the_same_pairs_with_the_same_scores(tmp_path: Path) -> None:
    register = tmp_path / "invented.csv"
    write(register, 1_000, seed=17)
    terms = Terms(hub=12, each=3)  # so low that both bounds are met
    subjects = subjects_of(register)
    expected = pairs_of(subjects, None, terms)
    one = link(register, register, tmp_path / "duckdb.csv", terms=terms, workers=2)
    two = link(register, register, tmp_path / "spark.csv", terms=terms, workers=2, engine="spark")
    assert one.bounded_keys > 0 and len(expected) > 50
    for done, file in ((one, "duckdb.csv"), (two, "spark.csv")):
        assert (done.candidates, done.pairs) == (len(candidates(subjects, None, terms)), len(expected))
        assert (done.bounded_keys, done.bounded) == (one.bounded_keys, one.bounded)
        found = told(tmp_path / file)
        assert [(left, right, band, why) for left, right, _, band, why in found] == [
            (subjects[pair.left].id, subjects[pair.right].id, pair.band, pair.because) for pair in expected
        ]
        assert max(abs(row[2] - pair.score) for row, pair in zip(found, expected, strict=True)) <= 1e-9
    assert not (tmp_path / "spark.csv.work").exists()


def test_an_engine_that_is_not_there_is_refused_with_the_way_out(
    register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(EngineMissing, match="There is no engine “abacus”"):
        link(register, register, tmp_path / "pairs.csv", engine="abacus")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "pyspark" else object())
    with pytest.raises(EngineMissing, match=r"needs the package pyspark.*Install passerelle\[spark\]"):
        link(register, register, tmp_path / "pairs.csv", engine="spark")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(EngineMissing, match=r"no “java” is on the path\. On Debian: apt-get install openjdk-17"):
        link(register, register, tmp_path / "pairs.csv", engine="spark")
    assert not list(tmp_path.iterdir()), "nothing was begun"


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


def test_a_list_of_streets_joins_two_registers_that_share_no_word_of_a_street(tmp_path: Path) -> None:
    streets = tmp_path / "streets.csv"
    streets.write_text("street_fr;street_nl;town_fr\nrue de la Blague;Grapjasdreef;Malines\n", encoding="utf-8")
    left, right = tmp_path / "left.csv", tmp_path / "right.csv"
    left.write_text('id,schema,full\na,Address,"Grapjasdreef 17, 2800 Mechelen"\n', encoding="utf-8")
    right.write_text('id,schema,full\nb,Address,"17 rue de la Blague, 2800 Malines"\n', encoding="utf-8")
    assert link(left, right, tmp_path / "without.csv", workers=1).pairs == 0
    terms = Terms(streets=tuple(rows_of_file(streets)))
    assert link(left, right, tmp_path / "with.csv", terms=terms, workers=1).pairs == 1
    assert [row[:2] for row in told(tmp_path / "with.csv")] == [("a", "b")]
    sides = (subjects_of(left), subjects_of(right))
    assert len(pairs_of(*sides, terms)) == 1 and pairs_of(*sides, Terms()) == []
