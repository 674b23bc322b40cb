"""Which records of two registers share a key, rarest keys first, with the work that over-common keys make bounded.

The stages are said in SQL that DuckDB and Spark both understand, so that there is one of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from passerelle.linkers.digests import KINDS
from passerelle.linkers.keeping import save
from passerelle.linkers.weighing import BESIDE, NAMED, WEIGHT, Terms

MEMORY = "256MB"
BLOCK_ROWS = 50_000
"""Candidates are sought for so many records at a time."""

HUBS_TOLD_MAX = 100

Told = Callable[[float], None]
Stage = tuple[str, str]
"""A table, and the query that makes it."""


def stages(*, alone: bool, hub: int) -> Iterator[Stage]:
    """From `raw_left` and `raw_right` (r, d, kind: record, digest of a key, its kind) to `keys_left` and `keys_right`
    (r, d, w: the keys that join, each with what it weighs); on the way, `counted` and `common` (the bounded keys)."""
    sides = ("left",) if alone else ("left", "right")
    yield "counted", _counted("raw", "min(kind) AS kind", "a.kind AS kind", alone=alone)
    yield (
        "common",
        f"SELECT d, kind, n, row_number() OVER (ORDER BY d) AS number FROM counted WHERE most > {hub}",  # noqa: S608
    )
    named = ", ".join(str(KINDS.index(kind)) for kind in sorted(NAMED))
    beside = ", ".join(str(KINDS.index(kind)) for kind in sorted(BESIDE))
    for side in sides:
        yield (
            f"hubs_{side}",
            "SELECT raw.r AS r, common.number AS number, raw.kind AS kind "  # noqa: S608 (names of ours)
            f"FROM raw_{side} raw JOIN common ON raw.d = common.d",
        )
        yield (
            f"both_{side}",
            f"SELECT DISTINCT a.r AS r, -(a.number * {1 << 31} + b.number) AS d FROM hubs_{side} a "  # noqa: S608
            f"JOIN hubs_{side} b ON a.r = b.r WHERE a.kind IN ({named}) AND b.kind IN ({beside})",
        )
    yield "counted_both", _counted("both", "1 AS kind", "a.kind AS kind", alone=alone)
    for side in sides:
        weight = f"CAST(floor({WEIGHT} / n) AS INTEGER) AS w"
        yield (
            f"keys_{side}",
            f"SELECT r, raw.d AS d, {weight} FROM raw_{side} raw JOIN counted ON raw.d = counted.d "  # noqa: S608
            f"WHERE most <= {hub} UNION ALL "
            f"SELECT r, raw.d AS d, {weight} FROM both_{side} raw JOIN counted_both ON raw.d = counted_both.d "
            f"WHERE most <= {hub}",
        )


def _counted(table: str, kind: str, kept: str, *, alone: bool) -> str:
    """Each key that may join two records, with how many bear it, and how many on the side where most do."""
    one = f"SELECT d, {kind}, count(*) AS n FROM {table}_left GROUP BY d"  # noqa: S608 (names of ours)
    if alone:
        return f"SELECT d, kind, n, n AS most FROM ({one}) a WHERE n > 1"  # noqa: S608
    other = f"SELECT d, count(*) AS n FROM {table}_right GROUP BY d"  # noqa: S608
    return (
        f"SELECT a.d AS d, {kept}, a.n + b.n AS n, greatest(a.n, b.n) AS most "  # noqa: S608
        f"FROM ({one}) a JOIN ({other}) b ON a.d = b.d"
    )


def chosen(*, alone: bool, each: int) -> str:
    """The query for candidates (l, r): for each record its `each` weightiest, of equals those with the lower number."""
    other = "left" if alone else "right"
    one, two = ("least(x, y)", "greatest(x, y)") if alone else ("x", "y")
    return (
        f"SELECT {one} AS l, {two} AS r FROM ("  # noqa: S608 (numbers and names of ours)
        " SELECT x, y, row_number() OVER (PARTITION BY x ORDER BY weight DESC, y) AS place FROM ("
        "  SELECT a.r AS x, b.r AS y, sum(a.w) AS weight"
        f"  FROM keys_left a JOIN keys_{other} b ON a.d = b.d"
        f"  {'WHERE a.r <> b.r' if alone else ''} GROUP BY a.r, b.r"
        " ) met"
        f") placed WHERE place <= {each}"
    )


def chosen_in_block(*, alone: bool, each: int, first: int, last: int, rows: int) -> str:
    """As `chosen`, of the records from `first` to `last`, in DuckDB's own words: it keeps the greatest few numbers of
    a group without putting all in order, which Spark cannot. A weight and a record (of fewer than `rows` on the other
    side) stand in one number of 63 bits: of a million records, two share fewer than a million keys."""
    end = 1 << rows.bit_length()
    heaviest = (1 << 62) // end - 1
    other = "left" if alone else "right"
    one, two = ("least(x, y)", "greatest(x, y)") if alone else ("x", "y")
    return (
        f"SELECT {one} AS l, {two} AS r FROM ("  # noqa: S608 (numbers and names of ours)
        f" SELECT x, {end - 1} - unnest(max(weight * {end} + ({end - 1} - y), {each})) % {end} AS y FROM ("
        f"  SELECT a.r AS x, b.r AS y, least(CAST(sum(a.w) AS BIGINT), {heaviest}) AS weight"
        f"  FROM keys_left a JOIN keys_{other} b ON a.d = b.d"
        f"  WHERE {'a.r <> b.r AND ' if alone else ''}a.r >= {first} AND a.r < {last} GROUP BY a.r, b.r"
        " ) met GROUP BY x)"
    )


def told(hubs: Sequence[tuple[int, str, int]], values: Mapping[int, str]) -> list[dict[str, Any]]:
    """The bounded keys for people: their kind, value, and how many records bear it."""
    return [{"kind": kind, "value": values.get(value, ""), "records": count} for value, kind, count in hubs]


def open_database(folder: Path, threads: int) -> duckdb.DuckDBPyConnection:
    """A database on disk that spills what does not fit in its memory."""
    path = folder / "pairing.duckdb"
    path.unlink(missing_ok=True)
    path.with_suffix(".duckdb.wal").unlink(missing_ok=True)
    settings: dict[str, Any] = {
        "memory_limit": MEMORY, "threads": threads, "temp_directory": str(folder / "spilled"),
        "preserve_insertion_order": False,
    }  # fmt: skip
    base = duckdb.connect(str(path), config=settings)
    base.execute("SET enable_progress_bar = false")
    return base


def take_keys(base: duckdb.DuckDBPyConnection, side: str, files: Sequence[Path]) -> None:
    """The keys of one side, from the files that the workers left: arrays of row, digest and kind."""
    base.execute(f"CREATE OR REPLACE TABLE raw_{side} (r INTEGER, d BIGINT, kind UTINYINT)")
    for start in range(0, len(files), 20):
        arrays = [np.load(file) for file in files[start : start + 20]]
        array = np.concatenate(arrays)
        given = {name: np.ascontiguousarray(array[name]) for name in ("r", "d", "kind")}
        base.register("given", given)
        base.execute(f"INSERT INTO raw_{side} SELECT * FROM given")  # noqa: S608 (left or right)
        base.unregister("given")


def count_keys(base: duckdb.DuckDBPyConnection, *, alone: bool, hub: int) -> None:
    """Makes the tables of `stages`, and lets go of those that are no longer needed."""
    for table, query in stages(alone=alone, hub=hub):
        base.execute(f"CREATE OR REPLACE TABLE {table} AS {query}")
    for table in [
        f"{name}_{side}" for name in ("hubs", "both") for side in (("left",) if alone else ("left", "right"))
    ]:
        base.execute(f"DROP TABLE {table}")


def bounded(base: duckdb.DuckDBPyConnection) -> tuple[int, list[tuple[int, str, int]]]:
    """How many keys were bounded, and the most common of them: digest, kind, records that bear it."""
    many = base.execute("SELECT count(*) FROM common").fetchall()[0][0]
    top = base.execute(f"SELECT d, kind, n FROM common ORDER BY n DESC, d LIMIT {HUBS_TOLD_MAX}").fetchall()  # noqa: S608
    return int(many), [(int(d), KINDS[kind], int(n)) for d, kind, n in top]


def choose(base: duckdb.DuckDBPyConnection, rows: int, others: int, *, alone: bool, terms: Terms, told: Told) -> int:
    """`candidate`: the pairs that share enough, each once; how many there are. On the left side are `rows` records, on
    the right `others`."""
    base.execute("CREATE OR REPLACE TABLE chosen (l INTEGER, r INTEGER)")
    for start in range(0, rows, BLOCK_ROWS):
        block = chosen_in_block(alone=alone, each=terms.each, first=start, last=start + BLOCK_ROWS, rows=others)
        base.execute(f"INSERT INTO chosen {block}")
        told(min(1.0, (start + BLOCK_ROWS) / max(1, rows)))
    base.execute("CREATE OR REPLACE TABLE candidate AS SELECT DISTINCT l, r FROM chosen")
    base.execute("DROP TABLE chosen")
    return int(base.execute("SELECT count(*) FROM candidate").fetchall()[0][0])


def write_chunks(base: duckdb.DuckDBPyConnection, folder: Path, size: int) -> int:
    """The candidates in files of `size` pairs: those of one record stand near each other. How many files."""
    found = base.execute("SELECT l, r FROM candidate ORDER BY l, r").fetchnumpy()
    number = 0
    for number, start in enumerate(range(0, len(found["l"]), size), 1):
        pairs = np.stack([found[name][start : start + size] for name in ("l", "r")], axis=1)
        save(folder / f"pairs-{number - 1:06}.npy", pairs)
    return number
