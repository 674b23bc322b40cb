"""`passerelle import` with matching, into an installation that already holds a register: subjects a second and memory.

Measured on invented persons of six origins in two scripts (`registers_invented`): two registers of `--rows` rows, a
tenth of whom are the same persons written by another clerk. The first is taken in by one service (nothing to compare
with), the second by another (each compared with all of the first); then the second once more (nothing changed). With
the data of the commissioner beside it, also the real lists: the United Nations' by one service, then OFAC's by another.
Each import is the command itself in a process of its own, with its helping processes; `processor_seconds` are those of
all of them, and count less of what else the machine does. `memory_mb` is the most that all held together, what they
share counted once; the command itself (`memory_told_mb`) adds up its processes, shared pages in each. Nothing is tuned
on what is measured here.
"""

from __future__ import annotations

import contextlib
import csv
import json
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import click

from benchmarks import names_data, registers_invented
from benchmarks.link_registers import tree

COMMAND = [sys.executable, "-c", "from passerelle.cli import main; main()"]


def run(folder: Path, *arguments: str) -> dict[str, Any]:
    """One command on an installation, with its figures. Raises RuntimeError with what it said when it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.monotonic()
    peak = 0.0
    worked: dict[int, float] = {}  # helpers are forks of a fork: they are nobody's children whom we could ask later
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = subprocess.Popen([*COMMAND, *arguments, "--dir", str(folder)], stdout=out, stderr=err, text=True)
        while process.poll() is None:
            peak = max(peak, tree(process.pid, worked))
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.5)
        out.seek(0)
        err.seek(0)
        printed, complained = out.read(), err.read()
    seconds = time.monotonic() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode not in (0, 1):
        raise RuntimeError(complained[-2000:])
    known = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    processor = known + sum(spent for one, spent in worked.items() if one != process.pid)
    said: dict[str, Any] = json.loads(printed) if "--json" in arguments else {}
    figures = {"clock_seconds": round(seconds, 1), "processor_seconds": round(processor, 1), "tree_mb": round(peak)}
    return {**said, **figures}


def take(folder: Path, what: str, service: str, file: Path, workers: int) -> dict[str, Any]:
    """One import, as a row of the table."""
    told = run(folder, "import", service, str(file), "--json", "--workers", str(workers))
    subjects = told["subjects"]
    return {
        "what": what, "rows": told["read"], "subjects": subjects, "matches": told["matches"],
        "refused": told["refused"], "seconds": told["seconds"], "processor_seconds": told["processor_seconds"],
        "subjects_per_second": round(subjects / told["seconds"]) if subjects else None,
        "rows_per_second": round(told["read"] / told["seconds"]),
        "subjects_per_processor_second": round(subjects / told["processor_seconds"]) if subjects else None,
        "memory_mb": told["tree_mb"], "memory_told_mb": told["memory_mb"], "load": round(os.getloadavg()[0], 1),
    }  # fmt: skip


def invented(folder: Path, rows: int, seed: int) -> tuple[Path, Path]:
    """Two registers that overlap by a tenth."""
    dice = random.Random(seed)
    paths = folder / "first.csv", folder / "second.csv"
    with paths[0].open("w", encoding="utf-8") as one, paths[1].open("w", encoding="utf-8") as two:
        first, second = (csv.DictWriter(file, registers_invented.COLUMNS, lineterminator="\n") for file in (one, two))
        first.writeheader()
        second.writeheader()
        for row in registers_invented.rows(2 * rows, seed):
            (second if row["id"].endswith("-2") or dice.random() < 0.45 else first).writerow(row)
    return paths


@click.command()
@click.option("--rows", default=20_000, show_default=True, help="rows of each invented register")
@click.option("--seed", default=2026, show_default=True)
@click.option("--workers", default=2, show_default=True)
@click.option("--data", help="folder with registers/ (the real lists); default: ../shared/data where it is there")
@click.option("--json", "as_json", is_flag=True, help="one object instead of a table")
def main(rows: int, seed: int, workers: int, data: str | None, as_json: bool) -> None:
    """Measure imports with matching."""
    out: list[dict[str, Any]] = []
    missing: list[str] = []
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        run(place / "house", "init")
        first, second = invented(place, rows, seed)
        out.append(take(place / "house", "invented, first", "first", first, workers))
        out.append(take(place / "house", "invented, second", "second", second, workers))
        out.append(take(place / "house", "invented, second, again", "second", second, workers))
        try:
            lists = names_data.folder(data) / "registers"
        except names_data.DataMissing as error:
            missing.append(str(error))
        else:
            run(place / "lists", "init")
            out.append(take(place / "lists", "UN list", "un", lists / "un_consolidated.xml", workers))
            out.append(take(place / "lists", "OFAC list", "ofac", lists, workers))
    found = {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()[0]},
        "seed": seed, "workers": workers, "rows": out, "missing": missing,
    }  # fmt: skip
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for row in out:
        click.echo(", ".join(f"{name} {value}" for name, value in row.items()))
    for line in missing:
        click.echo(f"Missing: {line}")


if __name__ == "__main__":
    main()
