"""Registers of invented persons joined with themselves: seconds, memory, growth, and what is found; Splink beside us.

The registers are made by `registers_invented` (no real person stands in them); nothing was tuned on the default seed.
Splink runs in the peers' environment (benchmarks/requirements-peers.lock): name its interpreter with `--peers PYTHON`
where it is not `.venv-peers/bin/python`. Its script stands below: blocks and comparisons as its handbook says for
persons, term frequencies, probabilities estimated by sampling and by EM on two blocks. Both are run in alternation,
`--repeat` times; the quickest run of each counts. Memory is the most that all processes of a run held together.
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
from benchmarks.peers import imports

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


def tree(root: int, worked: dict[int, float]) -> float:
    """What the processes below and at `root` hold in memory now, in MB; what they share is counted once (Linux). In
    `worked`, the seconds that each has worked so far: a fork of a fork is nobody's child whom we could ask later."""
    children: dict[int, list[int]] = {}
    ticks: dict[int, float] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # a process may end while it is looked at
            fields = entry.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            children.setdefault(int(fields[1]), []).append(int(entry.parent.name))
            ticks[int(entry.parent.name)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    held, waiting = 0.0, [root]
    while waiting:
        one = waiting.pop()
        waiting.extend(children.get(one, []))
        worked[one] = ticks.get(one, 0.0)
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{one}/smaps_rollup").read_text(encoding="utf-8").splitlines():
                if line.startswith("Pss:"):
                    held += int(line.split()[1]) / 1024
    return held


def timed(command: list[str]) -> tuple[dict[str, Any], str]:
    """The JSON a program prints, with its seconds on the clock and on the processors (its children's too), and the
    most memory that all its processes held together."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.monotonic()
    peak = 0.0
    worked: dict[int, float] = {}
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = subprocess.Popen(command, stdout=out, stderr=err, text=True)
        while process.poll() is None:
            peak = max(peak, tree(process.pid, worked))
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.5)
        out.seek(0)
        err.seek(0)
        done = subprocess.CompletedProcess(command, process.returncode, out.read(), err.read())
    seconds = time.monotonic() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    known = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    processor = max(known, sum(worked.values()))
    if done.returncode:
        return {}, done.stderr.strip()[-400:]
    said: dict[str, Any] = {}
    for place in (place for place, sign in enumerate(done.stdout) if sign == "{" and not said):
        with contextlib.suppress(ValueError):  # a peer's bars of progress may stand around its JSON
            said = json.JSONDecoder().raw_decode(done.stdout[place:])[0]
    if not said:
        return {}, f"it printed no JSON: {done.stdout[-200:]!r}"
    return {
        **said, "seconds": round(seconds, 1), "processor_seconds": round(processor, 1), "tree_mb": round(peak),
    }, ""  # fmt: skip


def measure(size: int, seed: int, folder: Path, peers: str | None, repeat: int) -> list[dict[str, Any]]:
    """One row for us and one for Splink, for a register of this size: the quickest of the runs, in alternation."""
    register = folder / f"register-{size}.csv"
    registers_invented.write(register, size, seed)
    command = [sys.executable, "-c", OURS, "link", str(register), str(register)]
    runs = {"passerelle": [*command, "-o", str(folder / "passerelle.csv"), "--json"]}
    if peers:
        runs["splink"] = [peers, "-c", SPLINK, str(register), str(folder / "splink.csv")]
    best: dict[str, dict[str, Any]] = {}
    keep = ("seconds", "processor_seconds", "tree_mb", "candidates", "bounded_keys", "version")
    for _ in range(repeat):
        for who, run in runs.items():
            found, fault = timed(run)
            row: dict[str, Any] = {"who": who, "size": size, "fault": fault}
            if not fault:
                pairs = folder / f"{who}.csv"
                row = {
                    "who": who,
                    "size": size,
                    **{k: found[k] for k in keep if k in found},
                    **quality(register, pairs),
                }
                pairs.unlink()
            if who not in best or row.get("seconds", math.inf) < best[who].get("seconds", math.inf):
                best[who] = row
    register.unlink()
    return list(best.values())


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
@click.option("--peers", metavar="PYTHON", help="a Python that has splink installed; default: .venv-peers")
@click.option("--repeat", default=1, show_default=True, help="runs of each, in alternation")
@click.option("--json", "as_json", is_flag=True, help="one object instead of a table")
def main(sizes: str, seed: int, peers: str | None, repeat: int, as_json: bool) -> None:
    """Measure linking. Seconds of the processor count less of what else a machine does than seconds on the clock."""
    rows: list[dict[str, Any]] = []
    there = Path(__file__).parent.parent / ".venv-peers" / "bin" / "python"
    peers = peers or (str(there) if there.exists() else None)
    if peers and not imports(peers, "splink"):
        raise click.ClickException(
            f"{peers} is no Python that has splink. Run `make peers` and leave --peers out, or name one that has it."
        )
    with tempfile.TemporaryDirectory() as folder:
        for size in (int(text) for text in sizes.split(",")):
            rows.extend(measure(size, seed, Path(folder), peers, repeat))
    found = {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()[0]},
        "seed": seed,
        "rows": rows,
        "growth": {
            who: {what: growth(rows, who, what) for what in ("seconds", "processor_seconds")}
            for who in ("passerelle", "splink")
        },
        "missing": [] if peers else ["splink: make peers, or name a Python that has it with --peers"],
    }
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    table = Table("", "records", "seconds", "on processors", "MB in all", "candidates", "pairs", "recall", "precision")
    for row in rows:
        columns = ("seconds", "processor_seconds", "tree_mb", "candidates", "pairs", "recall", "precision")
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
