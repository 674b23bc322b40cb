"""One invented register joined by the plain reference, by DuckDB and by Spark: pairs and scores compared."""

from __future__ import annotations

import csv
import json
import platform
import tempfile
import time
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from benchmarks import registers_invented
from passerelle.linkers import EngineMissing, Record, Terms, link, records
from passerelle.linkers.reference import pairs_of
from passerelle.matching import Subject

Scores = dict[tuple[str, str], tuple[float, str]]


def by_reference(register: Path, terms: Terms) -> Scores:
    """One pair after another, by `matching.compare`."""
    subjects = [Subject.from_ftm(one.entity) for one in records(register) if isinstance(one, Record)]
    return {
        (subjects[pair.left].id, subjects[pair.right].id): (pair.score, pair.because)
        for pair in pairs_of(subjects, None, terms)
    }


def by_engine(register: Path, terms: Terms, engine: str, workers: int) -> Scores:
    """By the command's own function."""
    out = register.with_name(f"{engine}.csv")
    link(register, register, out, terms=terms, engine=engine, workers=workers)
    with out.open(encoding="utf-8", newline="") as file:
        return {
            (row["left_id"], row["right_id"]): (float(row["score"]), row["because"]) for row in csv.DictReader(file)
        }


@click.command()
@click.option("--rows", default=20_000, show_default=True)
@click.option("--seed", default=2026, show_default=True)
@click.option("--workers", default=2, show_default=True)
@click.option("--because/--no-because", default=False, show_default=True, help="compare the reasons too")
@click.option("--json", "as_json", is_flag=True, help="one object instead of a table")
def main(rows: int, seed: int, workers: int, because: bool, as_json: bool) -> None:
    """Join one register by three runners. Exit status 1 where they differ."""
    terms = Terms(because=because)
    found: dict[str, Scores] = {}
    seconds: dict[str, float] = {}
    missing: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        register = Path(folder) / "register.csv"
        registers_invented.write(register, rows, seed)
        for runner in ("reference", "duckdb", "spark"):
            begun = time.monotonic()
            try:
                found[runner] = (
                    by_reference(register, terms)
                    if runner == "reference"
                    else by_engine(register, terms, runner, workers)
                )
            except EngineMissing as refusal:
                missing.append(f"{runner}: {refusal}")
                continue
            seconds[runner] = round(time.monotonic() - begun, 1)
    first = found["reference"]
    lines: list[dict[str, Any]] = []
    for runner, scores in found.items():
        both = first.keys() & scores.keys()
        lines.append(
        {
            "runner": runner, "pairs": len(scores), "seconds": seconds[runner],
            "pairs_that_differ": len(first.keys() ^ scores.keys()),
            "reasons_that_differ": sum(first[pair][1] != scores[pair][1] for pair in both),
            "score_apart_most": max((abs(first[p][0] - scores[p][0]) for p in both), default=0.0),
        }
        )  # fmt: skip
    same = all(not one["pairs_that_differ"] and one["score_apart_most"] <= 1e-9 for one in lines)
    said = {"rows": rows, "seed": seed, "python": platform.python_version(), "same": same, "runners": lines,
            "missing": missing}  # fmt: skip
    if as_json:
        click.echo(json.dumps(said, indent=2))
    else:
        table = Table("runner", "pairs", "seconds", "pairs that differ", "scores apart by at most")
        for one in lines:
            table.add_row(
                one["runner"], f"{one['pairs']:,}", str(one["seconds"]), str(one["pairs_that_differ"]),
                f"{one['score_apart_most']:.1e}",
            )  # fmt: skip
        Console(width=110).print(table)
        for line in missing:
            click.echo(f"Missing: {line}")
    raise SystemExit(0 if same and not missing else 1)


if __name__ == "__main__":
    main()
