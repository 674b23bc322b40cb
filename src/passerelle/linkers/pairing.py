"""Which records of two registers share a key, rarest keys first, with the work that over-common keys make bounded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from passerelle.linkers.keeping import save
from passerelle.linkers.weighing import BESIDE, KINDS, NAMED, WEIGHT, Terms

MEMORY = "256MB"
BLOCK_ROWS = 50_000
"""Candidates are sought for so many records at a time."""

HUBS_TOLD_MAX = 100

Told = Callable[[float], None]


def open_database(folder: Path, threads: int) -> duckdb.DuckDBPyConnection:
    """A database on disk that spills what does not fit in its memory."""
    path = folder / "pairing.duckdb"
    path.unlink(missing_ok=True)
    path.with_suffix(".duckdb.wal").unlink(missing_ok=True)
    settings: dict[str, Any] = {
        "memory_limit": MEMORY, "threads": threads, "temp_directory": str(folder / "spilled"),
        "preserve_insertion_order": False,
    }  # fmt: skip
    return duckdb.connect(str(path), config=settings)


def take_keys(base: duckdb.DuckDBPyConnection, side: str, files: Sequence[Path]) -> None:
    """The keys of one side, from the files that the workers left: arrays of row, digest and kind."""
    base.execute(f"CREATE OR REPLACE TABLE raw_{side} (r INTEGER, d BIGINT, kind UTINYINT)")
    for file in files:
        array = np.load(file)
        given = {"r": array["r"], "d": array["d"], "kind": array["kind"]}
        base.register("given", given)
        base.execute(f"INSERT INTO raw_{side} SELECT * FROM given")  # noqa: S608 (left or right)
        base.unregister("given")


def count_keys(base: duckdb.DuckDBPyConnection, *, alone: bool, hub: int) -> None:
    """`shared`: each key that may join two records, with how many bear it; `over`: those that too many bear."""
    if alone:
        found = "SELECT d, any_value(kind) AS kind, count(*) AS n, count(*) AS most FROM raw_left GROUP BY d"
        enough = "n > 1"
    else:
        found = (
            "SELECT d, a.kind AS kind, a.n + b.n AS n, greatest(a.n, b.n) AS most "
            "FROM (SELECT d, any_value(kind) AS kind, count(*) AS n FROM raw_left GROUP BY d) a "
            "JOIN (SELECT d, count(*) AS n FROM raw_right GROUP BY d) b USING (d)"
        )
        enough = "true"
    base.execute(f"CREATE OR REPLACE TABLE counted AS SELECT * FROM ({found}) WHERE {enough}")  # noqa: S608 (ours)
    named = ", ".join(str(KINDS.index(kind)) for kind in sorted(NAMED))
    beside = ", ".join(str(KINDS.index(kind)) for kind in sorted(BESIDE))
    sides = ("left",) if alone else ("left", "right")
    for side in sides:
        base.execute(
            f"CREATE OR REPLACE TABLE hubs_{side} AS SELECT r, d, raw.kind AS kind FROM raw_{side} raw "  # noqa: S608
            f"JOIN counted USING (d) WHERE most > {hub}"
        )
        base.execute(
            f"CREATE OR REPLACE TABLE both_{side} AS SELECT DISTINCT a.r AS r, hash(a.d, b.d) AS d "  # noqa: S608
            f"FROM hubs_{side} a JOIN hubs_{side} b ON a.r = b.r AND a.kind IN ({named}) AND b.kind IN ({beside})"
        )
    if alone:
        found = "SELECT d, count(*) AS n, count(*) AS most FROM both_left GROUP BY d HAVING count(*) > 1"
    else:
        found = (
            "SELECT d, a.n + b.n AS n, greatest(a.n, b.n) AS most "
            "FROM (SELECT d, count(*) AS n FROM both_left GROUP BY d) a "
            "JOIN (SELECT d, count(*) AS n FROM both_right GROUP BY d) b USING (d)"
        )
    base.execute(f"CREATE OR REPLACE TABLE counted_both AS SELECT * FROM ({found}) WHERE most <= {hub}")  # noqa: S608
    for side in sides:
        base.execute(
            f"CREATE OR REPLACE TABLE keys_{side} AS "  # noqa: S608 (left or right)
            f"SELECT r, d, n::INTEGER AS n FROM raw_{side} JOIN counted USING (d) WHERE most <= {hub} "
            f"UNION ALL SELECT r, (d % 4611686018427387904)::BIGINT AS d, n::INTEGER AS n FROM both_{side} "
            "JOIN counted_both USING (d) ORDER BY r"
        )
        base.execute(f"DROP TABLE both_{side}")
        base.execute(f"DROP TABLE hubs_{side}")


def bounded(base: duckdb.DuckDBPyConnection, *, hub: int) -> tuple[int, list[tuple[int, str, int]]]:
    """How many keys were bounded, and the most common of them: digest, kind, records that bear it."""
    many = base.execute("SELECT count(*) FROM counted WHERE most > ?", [hub]).fetchall()[0][0]
    top = base.execute(
        "SELECT d, kind, n FROM counted WHERE most > ? ORDER BY n DESC, d LIMIT ?", [hub, HUBS_TOLD_MAX]
    ).fetchall()
    return int(many), [(int(d), KINDS[kind], int(n)) for d, kind, n in top]


def choose(base: duckdb.DuckDBPyConnection, rows: int, *, alone: bool, terms: Terms, told: Told) -> int:
    """`candidate`: the pairs to be weighed, each once, with the commonest key that joins them; how many there are."""
    base.execute("CREATE OR REPLACE TABLE chosen (l INTEGER, r INTEGER, best BIGINT)")
    other = "left" if alone else "right"
    apart = "AND a.r <> b.r" if alone else ""
    one, two = ("least(x, y)", "greatest(x, y)") if alone else ("x", "y")
    for start in range(0, rows, BLOCK_ROWS):
        base.execute(
            f"INSERT INTO chosen SELECT {one}, {two}, best FROM ("  # noqa: S608 (numbers and names of ours)
            f"  SELECT a.r AS x, b.r AS y, sum({WEIGHT} // a.n) AS weight,"
            "   max((a.n::BIGINT << 40) + (a.d & 1099511627775)) AS best"
            f"  FROM keys_left a JOIN keys_{other} b ON a.d = b.d {apart}"
            f"  WHERE a.r >= {start} AND a.r < {start + BLOCK_ROWS} GROUP BY a.r, b.r"
            f") QUALIFY row_number() OVER (PARTITION BY x ORDER BY weight DESC, y) <= {terms.each}"
        )
        told(min(1.0, (start + BLOCK_ROWS) / max(1, rows)))
    base.execute("CREATE OR REPLACE TABLE candidate AS SELECT l, r, any_value(best) AS best FROM chosen GROUP BY l, r")
    base.execute("DROP TABLE chosen")
    return int(base.execute("SELECT count(*) FROM candidate").fetchall()[0][0])


def write_chunks(base: duckdb.DuckDBPyConnection, folder: Path, size: int) -> int:
    """The candidates in files of `size` pairs: those that one key joins stand together, so that a file
    speaks of few records. How many files."""
    found = base.execute("SELECT l, r FROM candidate ORDER BY best, l, r")
    number = 0
    while rows := found.fetchmany(size):
        save(folder / f"pairs-{number:06}.npy", np.array(rows, dtype=np.int32))
        number += 1
    return number
