"""Two registers are joined without a database, or one is searched for doubles."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import click

from passerelle.cli.opening import as_json, print_json

_DOING = {
    "reading": "reading", "keys": "what each is found by", "candidates": "who shares a key", "scores": "weighing",
    "writing": "writing",
}  # fmt: skip


@click.command()
@click.argument("left", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("right", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "-o", "--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Pairs, as .csv or .parquet."
)
@click.option(
    "--engine",
    default="duckdb",
    show_default=True,
    metavar="ENGINE",
    help="duckdb: one machine; spark: a cluster (docs/how-to/link-on-spark.md).",
)
@click.option("--master", metavar="URL", help="Spark's master; without it Spark runs on this machine.")
@click.option(
    "--bar",
    type=click.FloatRange(0.5, 1.0),
    default=0.7,
    show_default=True,
    help="Pairs from this score on are written; 0.7 is the bar of possible.",
)
@click.option("--because/--no-because", default=True, show_default=True, help="Write the reasons of each pair.")
@click.option(
    "--gazetteer",
    "lists",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Streets that bear several names: CSV with street_nl, street_fr, … and town; may be given several times.",
)
@click.option("--workers", type=click.IntRange(1, 256), help="Processes; default: one for each core.")
@as_json
def link(
    left: Path,
    right: Path,
    out: Path,
    engine: str,
    master: str | None,
    bar: float,
    because: bool,
    lists: tuple[Path, ...],
    workers: int | None,
    as_json: bool,
) -> None:
    """Join the registers LEFT and RIGHT: every pair that may be one subject, with its score and why.

    CSV (id,schema,name,…), FollowTheMoney JSON lines or Parquet; no installation is needed. LEFT twice finds its
    doubles. A run that was stopped goes on when the same command is given again.
    """
    from passerelle import linkers
    from passerelle.names import gazetteers

    streets = tuple(row for file in lists for row in gazetteers.rows_of_file(file))
    begun = time.monotonic()
    with _Bar(quiet=as_json) as shown:
        linked = linkers.link(
            left, right, out,
            terms=linkers.Terms(bar=bar, because=because, streets=streets), engine=engine, workers=workers,
            progress=shown.to, master=master,
        )  # fmt: skip
    seconds = round(time.monotonic() - begun, 2)
    if as_json:
        print_json(
            {
                "engine": engine,
                "left": linked.left,
                "right": linked.right,
                "candidates": linked.candidates,
                "pairs": linked.pairs,
                "seconds": seconds,
                "memory_mb": linked.memory_mb,
                "streets": len(streets),
                "refused": linked.refused,
                "refusals": [
                    {"file": one.file, "row": one.row, "code": one.code, "because": str(one.because)}
                    for one in linked.refusals
                ],
                "bounded_keys": linked.bounded_keys,
                "bounded": list(linked.bounded),
                "resumed": linked.resumed,
                "out": str(out),
            }
        )
        return
    _say(linked, seconds, out)


def _say(linked: Any, seconds: float, out: Path) -> None:
    for one in linked.refusals[:10]:
        click.echo(f"Refused: {one.because}")
    if linked.refused > 10:
        click.echo(f"… and {linked.refused - 10} more.")
    if linked.bounded_keys:
        most = ", ".join(f"{one['kind']} {one['value']} ({one['records']})" for one in linked.bounded[:3])
        click.echo(f"{linked.bounded_keys} keys are borne by too many to join them alone, most of all {most}.")
    click.echo(
        f"{linked.left} and {linked.right} records, {linked.refused} refused; {linked.candidates} candidates weighed, "
        f"{linked.pairs} pairs in {seconds} s, {linked.memory_mb} MB."
    )
    click.echo(f"Next: open {out}; the best pairs stand first.")


class _Bar:
    """A bar for each step, on standard error; nothing at all for machines."""

    def __init__(self, *, quiet: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            TextColumn("{task.description:>21}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=quiet or not sys.stderr.isatty(),
        )
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> _Bar:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def to(self, step: str, share: float) -> None:
        if step not in self._tasks:
            self._tasks[step] = self._bar.add_task(_DOING[step], total=1.0)
        self._bar.update(self._tasks[step], completed=share)
