"""Proofs: what is owed against what was sent, and the ledger exported and checked."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from passerelle.cli.opening import as_json, in_folder, now, open_installation, print_json


@click.command()
@in_folder
@as_json
def reconcile(folder: Path, as_json: bool) -> None:
    """Compute afresh what is owed, and compare it with what was sent, withheld or is live; 1 on a difference."""
    open_installation(folder)
    from passerelle.flow import reconcile as verb

    result = verb.reconcile(now=now())
    if as_json:
        print_json(
            {
                "owed": result.owed,
                "sent": result.sent,
                "withheld": result.withheld,
                "live": result.live,
                "missing": len(result.missing),
                "surplus": len(result.surplus),
                "missing_tellings": [list(t) for t in result.missing],
                "surplus_tellings": [list(t) for t in result.surplus],
            }
        )
    else:
        click.echo(f"Owed {result.owed} = sent {result.sent} + withheld {result.withheld} + live {result.live}.")
        for report, to in result.missing:
            click.echo(f"Missing: {report} is owed to {to} and nothing stands in the tables.")
        for report, to in result.surplus:
            click.echo(f"Surplus: {report} to {to} is live and nothing calls for it.")
        click.echo("It balances." if result.balances else "It does not balance: tell oversight.")
    if not result.balances:
        sys.exit(1)


@click.group()
def ledger() -> None:
    """The ledger: exported for an outsider, checked by anybody."""


@ledger.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@in_folder
@as_json
def export(file: Path, folder: Path, as_json: bool) -> None:
    """Write the whole ledger to FILE: no name, no text, only identifiers, states and commitments."""
    open_installation(folder)
    from passerelle.flow import ledger_lines
    from passerelle.ledger import export as writer

    header = writer.write(file, ledger_lines.entries(), installation=folder.resolve().name, exported_at=now())
    if as_json:
        print_json({"file": str(file), "size": header.size, "root": header.root})
    else:
        click.echo(f"Wrote {header.size} lines to {file}; root {header.root}.")
        click.echo(f"Next: anybody can check it, also without Django: `passerelle ledger verify {file}`.")


@ledger.command("verify")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--root", help="The root hash that was noted elsewhere; a whole replaced ledger is found by it only.")
@as_json
def verify(file: Path, root: str | None, as_json: bool) -> None:
    """Check an export without a database: leaves, root, order, times, vocabulary; status 1 on a fault."""
    from passerelle.ledger import verify as checker
    from passerelle.ledger.events import EVENTS

    report = checker.verify(file, expected_root=root, known_kinds=frozenset(EVENTS))
    if as_json:
        print_json(
            {
                "holds": report.holds,
                "size": report.size,
                "root": report.root,
                "faults": [{"line": fault.line, "because": str(fault)} for fault in report.faults],
            }
        )
    else:
        click.echo(checker.told(report))
    if not report.holds:
        sys.exit(1)
