"""Measures all rows, each in a process of its own, and writes `benchmarks/results`; one that fails stops no other."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from benchmarks.measures import ROWS

RESULTS = Path(__file__).parent / "results"
SECONDS_MAX = 3600
PATHS = re.compile(r"(?<![\w.…])/(?:[\w.-]+/)+([\w.-]+)")


def run(key: str, options: list[str]) -> tuple[dict[str, Any] | None, str]:
    """The result of one row, or None and why not."""
    command = [sys.executable, "-m", "benchmarks.one", key, "--json", *options]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=SECONDS_MAX, cwd=RESULTS.parents[1]
        )
    except subprocess.TimeoutExpired:
        return None, f"It was stopped after {SECONDS_MAX} seconds."
    if done.returncode:
        return None, (done.stderr.strip().splitlines() or ["It ended without a word."])[-1][:400]
    result: dict[str, Any] = json.loads(done.stdout)
    return result, ""


def without_paths(text: str) -> str:
    """The text with the last word of each path of this machine alone.

    >>> without_paths("No such file: '/srv/data/names.csv' (see contrib/checks.yml)")
    "No such file: '…/names.csv' (see contrib/checks.yml)"
    """
    return PATHS.sub(r"…/\1", text)


def keep(key: str, result: dict[str, Any]) -> None:
    """Writes one result; no path of this machine goes with it."""
    RESULTS.mkdir(exist_ok=True)
    result = {**result, **({"why_not": without_paths(result["why_not"])} if "why_not" in result else {})}
    for said in ("notes", "missing"):
        if said in result:
            result[said] = [without_paths(line) for line in result[said]]
    (RESULTS / f"{key}.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


@click.command()
@click.option("--only", multiple=True, type=click.Choice([row.key for row in ROWS]), help="this row; may be repeated")
@click.option("--long", "with_long", is_flag=True, help="also the long ones: 100,000 linked, 1 million in a database")
@click.option("--data", default=None, help="the folder of development data")
@click.option("--peers", default=None, help="the peers' Python; by default that of make peers")
@click.option("--date", default=None, help="the date to write, as 2026-11-22; by default today")
@click.option("--json", "as_json", is_flag=True, help="one object instead of lines")
def main(
    only: tuple[str, ...], with_long: bool, data: str | None, peers: str | None, date: str | None, as_json: bool
) -> None:
    """Measure the rows named, or all but the long ones. Status 1 when one was not measured: an earlier result stays."""
    options = ["--date", date or datetime.now(UTC).date().isoformat()]
    options += ["--data", data] if data else []
    options += ["--peers", peers] if peers else []
    asked = [row.key for row in ROWS if (row.key in only if only else with_long or not row.long)]
    results: dict[str, Any] = {}
    failed: dict[str, str] = {}
    for key in asked:
        if not as_json:
            click.echo(f"{key} …", nl=False)
        begun = time.monotonic()
        result, why = run(key, options)
        if result is None:
            failed[key] = why
            before = RESULTS / f"{key}.json"
            if not before.is_file() or "why_not" in json.loads(before.read_text(encoding="utf-8")):
                keep(key, {"row": key, "date": options[1], "why_not": why})
        else:
            results[key] = result
            keep(key, result)
        if not as_json:
            click.echo(f" {time.monotonic() - begun:.0f} s" + (f", NOT measured: {why}" if why else ""))
    if as_json:
        click.echo(json.dumps({"results": results, "not_measured": failed}, indent=1, ensure_ascii=False))
    else:
        click.echo(f"{len(results)} rows measured, {len(failed)} not. The page: python -m benchmarks.page")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
