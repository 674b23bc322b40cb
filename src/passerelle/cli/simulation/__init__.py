"""`simulate` and `replay-seed`: years of an invented exchange in minutes, with crashes, on a clock that is told."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from passerelle import conf, keyring
from passerelle.cli.opening import as_json, open_installation, print_json

_KEPT_OUT = "PASSERELLE_"


@click.command()
@click.option("--years", type=click.FloatRange(0, 1000, min_open=True), default=1.0, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Everything is drawn from it.")
@click.option("--silence", type=click.IntRange(0, 120), default=0, help="Months at the end in which nobody acts.")
@click.option("--kernel", is_flag=True, help="The rules alone, without a database: very many years.")
@click.option("--plant", default="", hidden=True, help="A bug on purpose, by name: it must be found.")
@as_json
def simulate(years: float, seed: int, silence: int, kernel: bool, plant: str, as_json: bool) -> None:
    """Play YEARS of an invented exchange: reports, people who leave, crashes at every commit point, clocks that jump.

    After each step the invariants of the protocol are checked, at the end the ledger is verified and folded. Status 1
    when one of them did not hold; then it prints the step, and `passerelle replay-seed` repeats it bit for bit.
    """
    _play(years, seed, silence, kernel, plant, as_json, steps=False)


@click.command("replay-seed")
@click.argument("seed", type=int)
@click.option("--years", type=click.FloatRange(0, 1000, min_open=True), default=1.0, show_default=True)
@click.option("--silence", type=click.IntRange(0, 120), default=0, help="As it was simulated.")
@click.option("--kernel", is_flag=True, help="As it was simulated.")
@click.option("--plant", default="", hidden=True)
@as_json
def replay_seed(seed: int, years: float, silence: int, kernel: bool, plant: str, as_json: bool) -> None:
    """Repeat the simulation of SEED and tell each step; its ledger has the same root, bit for bit."""
    _play(years, seed, silence, kernel, plant, as_json, steps=True)


def _play(years: float, seed: int, silence: int, kernel: bool, plant: str, as_json: bool, *, steps: bool) -> None:
    if os.environ.get("PYTHONHASHSEED") != "0":  # the order of sets is part of what repeats
        again = [sys.executable, "-c", "from passerelle.cli import main; main()", *sys.argv[1:]]
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_KEPT_OUT)}
        told = {**kept, "PYTHONHASHSEED": "0"}
        done = subprocess.run(again, env=told, check=False)  # noqa: S603  # bent: many years take as long as they take
        sys.exit(done.returncode)
    if kernel:
        from passerelle.cli.simulation.kernel import run

        told = run(years=years, seed=seed, plant=plant)
    else:
        told = _whole(years, seed, silence, plant, steps)
    if as_json:
        print_json(told)
    else:
        _tell(told)
    if told["violations"]:
        sys.exit(1)


def _whole(years: float, seed: int, silence: int, plant: str, steps: bool) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="passerelle-simulation-") as name:
        folder = Path(name)
        key = hashlib.sha256(f"secret {seed}".encode()).hexdigest()
        (folder / conf.FILE_NAME).write_text(f'secret_key = "{key}"\ndemonstration = true\n', encoding="utf-8")
        rings = (*keyring.PURPOSES, *keyring.LATER_PURPOSES)
        keyring.Keyring(
            {ring: keyring.Ring("1", {"1": hashlib.sha256(f"{ring} {seed}".encode()).digest()}) for ring in rings}
        ).write(folder / keyring.FILE_NAME)
        open_installation(folder, migrate=True)
        from passerelle.cli.simulation.plants import PLANTS
        from passerelle.cli.simulation.whole import Simulation
        from passerelle.flow import commit_points

        if plant:
            PLANTS[plant]()
        say = (lambda line: click.echo(line, err=True)) if steps else None
        done = Simulation(years=years, seed=seed, silence=silence, say=say).run()
        known = set(commit_points.known())
        visited = {place.partition(" ")[0] for place in done.visited}
        killed = {place.partition(" ")[0] for place in done.killed_at}
        return {
            "years": years, "transactions": done.transactions, "crashes": done.crashes, "duties": done.duties,
            "violations": len(done.violations), "seed": seed, "seconds": done.seconds, "ended": done.ended,
            "steps": done.steps, "lines": done.lines, "root": done.root, "refused": done.refused,
            "duplicates": done.duplicates, "delayed": done.delayed, "clock_jumps": done.clock_jumps,
            "commit_points": {
                "known": len(known), "visited": len(visited & known), "killed_at": len(killed & known),
                "moments_killed_at": len(done.killed_at), "not_visited": sorted(known - visited),
                "places": sorted(visited & known),
            },
            "found": [
                {"step": one.step, "at": one.at, "invariant": one.invariant, "says": one.says}
                for one in done.violations
            ],
            "told": done.told, "silence": done.silence,
        }  # fmt: skip


def _tell(told: dict[str, Any]) -> None:
    points = told.get("commit_points")
    click.echo(
        f"{told['years']:g} years, {told['transactions']} transactions, {told['crashes']} crashes, "
        f"{told['duties']} duties, {told['violations']} violations; seed {told['seed']}, {told['seconds']} s."
    )
    if points:
        click.echo(
            f"Commit points: {points['visited']} of {points['known']} visited, killed at {points['killed_at']} of them "
            f"({points['moments_killed_at']} moments). Ledger: {told['lines']} lines, root {told['root']}."
        )
    for line in told.get("told", ()):
        click.echo(line)
    for one in told["found"]:
        click.echo(f"step {one['step']} {one['at']} invariant {one['invariant']}: {one['says']}")
    if told["violations"]:
        click.echo(f"Next: `passerelle replay-seed {told['seed']} --years {told['years']:g}` tells every step.")
