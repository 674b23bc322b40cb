"""Measures one row of the agreed measures: a table, or one JSON object."""

from __future__ import annotations

import importlib
import json
import sys
import time
from datetime import UTC, datetime
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from benchmarks import machine, measures
from benchmarks.bench import Bench
from benchmarks.peers import Peers, PeersMissing
from passerelle.errors import Refused


def measured(key: str, data: str | None, peers: str | None, date: str) -> dict[str, Any]:
    """The result of one row, as it stands in `benchmarks/results`. Raises Refused."""
    row = measures.row(key)
    try:
        found_peers: Peers | None = Peers.at(peers)
    except PeersMissing:
        if peers:  # named, and not there: that is not what was asked
            raise
        found_peers = None
    bench = Bench(data, found_peers)
    begun, processor = time.monotonic(), time.process_time()
    figures = importlib.import_module(row.module).figures(bench, key)
    return {
        "row": key,
        "date": date,
        "seconds": round(time.monotonic() - begun, 1),
        "our_processor_seconds": round(time.process_time() - processor, 1),
        "machine": machine.machine(),
        "versions": machine.versions(),
        "peers": dict(sorted(found_peers.versions.items())) if found_peers else {},
        "figures": figures.found,
        "notes": figures.notes,
        "missing": figures.missing,
    }


def show(result: dict[str, Any]) -> None:
    """One row as a table."""
    row = measures.row(result["row"])
    table = Table(row.says, "who", "half", "figure", "cases", "goal")
    for measure in row.measures:
        for who, halves in result["figures"].get(measure.key, {}).items():
            for half, figure in halves.items():
                who_said = f"{who} ({figure['said']})" if figure.get("said") else who
                value = f"{figure['value']:,.{measure.digits}f}"
                table.add_row(measure.says, who_said, half, value, f"{figure['cases']:,}", measure.goal_said)
    console = Console(width=140)
    console.print(table)
    for line in (*result["notes"], *result["missing"]):
        console.print(line)
    console.print(f"{result['seconds']} seconds; ours on the processor: {result['our_processor_seconds']}.")


@click.command()
@click.argument("key", type=click.Choice([row.key for row in measures.ROWS]))
@click.option("--data", default=None, help="the folder of development data")
@click.option("--peers", default=None, help="the peers' Python; by default that of make peers")
@click.option("--date", default=None, help="the date to write, as 2026-11-22; by default today")
@click.option("--json", "as_json", is_flag=True, help="one object instead of a table")
def main(key: str, data: str | None, peers: str | None, date: str | None, as_json: bool) -> None:
    """Measure one row."""
    try:
        result = measured(key, data, peers, date or datetime.now(UTC).date().isoformat())
    except Refused as refused:
        click.echo(str(refused), err=True)
        sys.exit(1)
    if as_json:
        click.echo(json.dumps(result, indent=1))
    else:
        show(result)


if __name__ == "__main__":
    main()
