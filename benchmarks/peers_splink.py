"""Runs Splink in the peers' interpreter: two lists of persons as JSON linked, or the pairs it scores in a second.

It imports nothing of ours. A job is `{"left": […], "right": […], "rate": false}`, each person `{"id", "name", "born":
[…], "country"}`; the answer holds `pairs` of `[left, right, probability]`, and for a rate `rate`, pairs in a second of
the processor on one thread.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sys
import time
from typing import Any


def linked(job: dict[str, Any]) -> dict[str, Any]:
    """Trains on the lists themselves, as its handbook says, and predicts."""
    import duckdb
    import splink
    import splink.comparison_level_library as level
    import splink.comparison_library as library
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    base = duckdb.connect()
    base.execute("SET threads = 1")
    rate = job.get("rate", False)
    for table in ("left", "right"):
        base.execute(
            f'CREATE TABLE "{table}_list" (unique_id VARCHAR, name VARCHAR, words VARCHAR[], born VARCHAR,'
            " dates VARCHAR[], year VARCHAR, years VARCHAR[], country VARCHAR)"
        )
        rows = [
            (one["id"], " ".join(sorted(one["name"].split())), sorted(set(one["name"].split())),
             (one["born"] or [None])[0], one["born"] or None, ((one["born"] or [""])[0])[:4] or None,
             sorted({text[:4] for text in one["born"]}) or None, one["country"])
            for one in job[table]
        ]  # fmt: skip
        rows and base.executemany(f'INSERT INTO "{table}_list" VALUES (?, ?, ?, ?, ?, ?, ?, ?)', rows)
    comparisons = [
        library.CustomComparison(
            output_column_name="name",
            comparison_levels=[
                level.NullLevel("name"),
                level.ExactMatchLevel("name").configure(tf_adjustment_column="name"),
                level.JaroWinklerLevel("name", 0.95),
                level.ArrayIntersectLevel("words", 3),
                level.JaroWinklerLevel("name", 0.88),
                level.ArrayIntersectLevel("words", 2),
                level.JaroWinklerLevel("name", 0.8),
                level.ElseLevel(),
            ],
        ),
        library.CustomComparison(
            output_column_name="born",
            comparison_levels=[
                level.NullLevel("born"),
                level.ArrayIntersectLevel("dates", 1),
                level.DamerauLevenshteinLevel("born", 1),
                level.ArrayIntersectLevel("years", 1),
                level.ElseLevel(),
            ],
        ),
        library.ExactMatch("country"),
    ]
    blocks = [
        block_on("words", arrays_to_explode=["words"]),
        block_on("born"),
        block_on("year", "substr(name, 1, 3)"),
    ]
    settings = SettingsCreator(
        link_type="dedupe_only" if rate else "link_only", comparisons=comparisons,
        blocking_rules_to_generate_predictions=blocks, retain_intermediate_calculation_columns=False,
    )  # fmt: skip
    api = DuckDBAPI(connection=base)
    tables = ["left_list"] if rate else ["left_list", "right_list"]
    registered = [api.register(table) for table in tables] if hasattr(api, "register") else tables
    linker = Linker(registered if len(registered) > 1 else registered[0], settings)
    with contextlib.suppress(Exception):  # as its handbook says when no rule is certain: its default is kept
        linker.training.estimate_probability_two_random_records_match([block_on("name", "year")], recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    for rule in (block_on("born"), block_on("name")):
        with contextlib.suppress(Exception):  # EM may find nothing to train on; the answer then rests on the other rule
            linker.training.estimate_parameters_using_expectation_maximisation(rule)
    begun = time.process_time()
    found = linker.inference.predict() if rate else linker.inference.predict(threshold_match_probability=0.001)
    count = base.execute(f"SELECT count(*) FROM {found.physical_name}").fetchone()
    seconds = time.process_time() - begun
    answer: dict[str, Any] = {"versions": {"splink": splink.__version__, "duckdb": duckdb.__version__}}
    if rate:
        return {**answer, "rate": (count or (0,))[0] / seconds, "scored": (count or (0,))[0]}
    pairs = base.execute(f"SELECT unique_id_l, unique_id_r, match_probability FROM {found.physical_name}").fetchall()
    known = {one["id"] for one in job["left"]}
    answer["pairs"] = [(one, two, score) if one in known else (two, one, score) for one, two, score in pairs]
    return answer


def main() -> None:
    """One job in, one answer out; bars of progress go to the error output."""
    logging.disable(logging.WARNING)
    job = json.load(sys.stdin)
    with contextlib.redirect_stdout(sys.stderr):
        answer = linked(job)
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
