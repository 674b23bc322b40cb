"""Registers of invented persons joined with themselves: seconds, memory, growth, and what is found; Splink beside us.

The registers are made by `registers_invented` (no real person stands in them); nothing was tuned on the default seed.
Splink runs in its own environment: `python3 -m venv DIR && DIR/bin/pip install splink`, then name
`--splink DIR/bin/python` (or the setting LINK_SPLINK_PYTHON).
"""

from __future__ import annotations

import contextlib
import csv
import json
import math
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from benchmarks import registers_invented

OURS = "import sys; from passerelle.cli import main; main(sys.argv[1:])"

SPLINK = '''
import json, resource, sys, duckdb, splink
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
source, out = sys.argv[1:]
base = duckdb.connect()
base.execute(f"""CREATE TABLE person AS SELECT id AS unique_id, lower(split_part(name, ' ', 1)) AS given,
  lower(substr(name, strpos(name, ' ') + 1)) AS family,
  CASE WHEN length("birthDate") = 10 THEN "birthDate" END AS born, left("birthDate", 4) AS year, nationality, address,
  phone, "idNumber" AS number FROM read_csv('{source}', all_varchar = true)""")
api = DuckDBAPI(connection=base)
table = api.register("person") if hasattr(api, "register") else "person"
comparisons = [
  cl.JaroWinklerAtThresholds("given", [0.92, 0.8]).configure(term_frequency_adjustments=True),
  cl.JaroWinklerAtThresholds("family", [0.92, 0.8]).configure(term_frequency_adjustments=True),
  cl.DamerauLevenshteinAtThresholds("born", [1, 2]), cl.ExactMatch("nationality"), cl.ExactMatch("address"),
  cl.ExactMatch("phone"), cl.ExactMatch("number"),
]
blocks = [block_on("family"), block_on("given", "year"), block_on("born"), block_on("number"), block_on("phone")]
settings = SettingsCreator(link_type="dedupe_only", comparisons=comparisons,
  blocking_rules_to_generate_predictions=blocks)
linker = Linker(table, settings)
linker.training.estimate_probability_two_random_records_match([block_on("number"), block_on("phone")], recall=0.5)
linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
for rule in (block_on("born"), block_on("family", "given")):
    linker.training.estimate_parameters_using_expectation_maximisation(rule)
found = linker.inference.predict(threshold_match_probability=0.7)
base.execute(f"COPY (SELECT unique_id_l AS left_id, unique_id_r AS right_id, match_probability AS score "
  f"FROM {found.physical_name}) TO '{out}' (FORMAT CSV, HEADER)")
print(json.dumps({"memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
  "version": splink.__version__}))
'''


def quality(register: Path, pairs: Path) -> dict[str, float]:
    """How many of the doubles are among the pairs from 0.7 on, and how many of these pairs are doubles."""
    with register.open(encoding="utf-8", newline="") as file:
        doubles = sum(1 for row in csv.DictReader(file) if row["id"].endswith("-2"))
    with pairs.open(encoding="utf-8", newline="") as file:
        rows = [(row["left_id"], row["right_id"]) for row in csv.DictReader(file) if float(row["score"]) >= 0.7]
    true = sum(1 for left, right in rows if left.removesuffix("-2") == right.removesuffix("-2"))
    return {
        "pairs": len(rows), "recall": round(true / max(1, doubles), 4), "precision": round(true / max(1, len(rows)), 4),
    }  # fmt: skip


def timed(command: list[str]) -> tuple[dict[str, Any], str]:
    """The JSON a program prints, with its seconds on the clock and on the processors (its children's too)."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if done.returncode:
        return {}, done.stderr.strip()[-400:]
    said: dict[str, Any] = {}
    for place in (place for place, sign in enumerate(done.stdout) if sign == "{" and not said):
        with contextlib.suppress(ValueError):  # a peer's bars of progress may stand around its JSON
            said = json.JSONDecoder().raw_decode(done.stdout[place:])[0]
    if not said:
        return {}, f"it printed no JSON: {done.stdout[-200:]!r}"
    return {**said, "seconds": round(seconds, 1), "processor_seconds": round(processor, 1)}, ""


def measure(size: int, seed: int, folder: Path, splink: str | None) -> list[dict[str, Any]]:
    """One row for us and one for Splink, for a register of this size."""
    register = folder / f"register-{size}.csv"
    registers_invented.write(register, size, seed)
    out = []
    command = [sys.executable, "-c", OURS, "link", str(register), str(register)]
    runs = {"passerelle": [*command, "-o", str(folder / "ours.csv"), "--json"]}
    if splink:
        runs["splink"] = [splink, "-c", SPLINK, str(register), str(folder / "theirs.csv")]
    for who, run in runs.items():
        found, fault = timed(run)
        if fault:
            out.append({"who": who, "size": size, "fault": fault})
            continue
        pairs = folder / ("ours.csv" if who == "passerelle" else "theirs.csv")
        keep = ("seconds", "processor_seconds", "memory_mb", "candidates", "bounded_keys", "version")
        out.append({"who": who, "size": size, **{k: found[k] for k in keep if k in found}, **quality(register, pairs)})
        pairs.unlink()
    register.unlink()
    return out


def growth(rows: list[dict[str, Any]], who: str, what: str) -> float | None:
    """The exponent with which a figure grows from the smallest register to the largest."""
    known = sorted((row["size"], row[what]) for row in rows if row["who"] == who and what in row)
    if len(known) < 2:
        return None
    (small, low), (large, high) = known[0], known[-1]
    return round(math.log(high / low) / math.log(large / small), 2)


@click.command()
@click.option("--sizes", default="10000,100000", show_default=True, help="records, with commas between")
@click.option("--seed", default=2026, show_default=True)
@click.option("--splink", envvar="LINK_SPLINK_PYTHON", help="a Python that has splink installed")
@click.option("--json", "as_json", is_flag=True, help="one object instead of a table")
def main(sizes: str, seed: int, splink: str | None, as_json: bool) -> None:
    """Measure linking. Seconds of the processor count less of what else a machine does than seconds on the clock."""
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        for size in (int(text) for text in sizes.split(",")):
            rows.extend(measure(size, seed, Path(folder), splink))
    found = {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()[0]},
        "seed": seed,
        "rows": rows,
        "growth": {
            who: {what: growth(rows, who, what) for what in ("seconds", "processor_seconds")}
            for who in ("passerelle", "splink")
        },
        "missing": [] if splink else ["splink: name a Python that has it with --splink"],
    }
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    table = Table("", "records", "seconds", "on processors", "MB", "candidates", "pairs", "recall", "precision")
    for row in rows:
        columns = ("seconds", "processor_seconds", "memory_mb", "candidates", "pairs", "recall", "precision")
        table.add_row(row["who"], f"{row['size']:,}", *(str(row.get(column, "-")) for column in columns))
    console = Console(width=120)
    console.print(table)
    for row in rows:
        if "fault" in row:
            console.print(f"{row['who']} at {row['size']:,}: {row['fault']}")
    console.print(f"Growth exponents: {found['growth']}")
    for line in found["missing"]:
        console.print(f"Missing: {line}")


if __name__ == "__main__":
    main()
