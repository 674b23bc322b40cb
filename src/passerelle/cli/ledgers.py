"""Proofs: what is owed against what was sent, and the ledger exported and checked."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from passerelle.cli.opening import as_json, in_folder, now, open_installation, print_json, tell, tells


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
                "uncorrected": len(result.uncorrected),
                "missing_tellings": [list(t) for t in result.missing],
                "surplus_tellings": [list(t) for t in result.surplus],
                "uncorrected_copies": [list(t) for t in result.uncorrected],
            }
        )
    else:
        click.echo(f"Owed {result.owed} = sent {result.sent} + withheld {result.withheld} + live {result.live}.")
        for report, to in result.missing:
            click.echo(f"Missing: {report} is owed to {to} and nothing stands in the tables.")
        for report, to in result.surplus:
            click.echo(f"Surplus: {report} to {to} is live and nothing calls for it.")
        for report, to in result.uncorrected:
            click.echo(f"Uncorrected: the copy of {report} that {to} has says something else, and no duty stands.")
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
    from passerelle.flow import checkpoints, ledger_lines
    from passerelle.ledger import export as writer

    checkpoints.refuse_unwitnessed(now=now())
    header = writer.write(file, ledger_lines.entries(), installation=folder.resolve().name, exported_at=now())
    if as_json:
        print_json({"file": str(file), "size": header.size, "root": header.root})
    else:
        click.echo(f"Wrote {header.size} lines to {file}; root {header.root}.")
        click.echo(f"Next: anybody can check it, also without Django: `passerelle ledger verify {file}`.")


@ledger.command("key")
@in_folder
@tells
def key(folder: Path) -> None:
    """Print the key by which others check what this ledger signs; it holds no secret. Tell it by another way."""
    open_installation(folder)
    from passerelle.flow import checkpoints

    key = str(checkpoints.log_key())
    tell(key, key=key)


@ledger.command("checkpoint")
@click.option("--since", default=0, show_default=True, help="How many lines the witness saw last.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True)
@in_folder
@tells
def checkpoint(since: int, output: Path, folder: Path) -> None:
    """Write the newest signed checkpoint with the proof of growth: what a witness is asked, by file."""
    open_installation(folder)
    from passerelle.flow import checkpoints

    checkpoints.sign(now=now())
    output.write_text(checkpoints.request(since=since), encoding="utf-8")
    size = checkpoints.newest().size
    tell(
        f"Wrote the checkpoint of {size} lines, and the proof from {since}, to {output}.",
        f"Next: the witness runs `passerelle witness check {output} -o SIGNATURE` and sends SIGNATURE back.",
        file=str(output), size=size, since=since,
    )  # fmt: skip


@ledger.command("cosign")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@in_folder
@tells
def cosign(file: Path, folder: Path) -> None:
    """Take in the signature that a witness sent back by file."""
    open_installation(folder)
    from passerelle.flow import checkpoints

    row = checkpoints.take_signature(line=file.read_text(encoding="utf-8"), now=now())
    if row.trouble:
        raise click.ClickException(f"{row.trouble} It signs the newest checkpoint only: ask again.")
    tell(f"{row.name} vouches for {row.seen_size} lines.", witness=row.name, size=row.seen_size)


@ledger.command("receipt")
@click.argument("duty")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True)
@in_folder
@tells
def receipt(duty: str, output: Path, folder: Path) -> None:
    """Write the proof that DUTY stands in the ledger, for whoever waits for it: checked without us, years later."""
    open_installation(folder)
    from passerelle.flow import checkpoints

    checkpoints.sign(now=now())
    output.write_bytes(checkpoints.receipt_of(duty))
    tell(
        f"Wrote the receipt of {duty} to {output}; anybody checks it without a database:",
        f"  passerelle ledger verify --receipt {output} --log {checkpoints.log_key()}",
        duty=duty, file=str(output), log=str(checkpoints.log_key()),
    )  # fmt: skip


@ledger.command("verify")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True), required=False)
@click.option("--root", help="The root hash that was noted elsewhere; a whole replaced ledger is found by it only.")
@click.option("--size", type=int, help="How many lines there were when the root was noted.")
@click.option(
    "--checkpoint", "note", type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="A signed checkpoint, with the signatures of witnesses, that the export must agree with.",
)
@click.option(
    "--receipt", "receipt_file", type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="The receipt of a duty; needs no export.",
)
@click.option("--log", help="The ledger's key, heard by another way than the file.")
@click.option("--witness", "witnesses", multiple=True, help="The key of a witness whose signature is asked.")
@as_json
def verify(
    file: Path | None, root: str | None, size: int | None, note: Path | None, receipt_file: Path | None,
    log: str | None, witnesses: tuple[str, ...], as_json: bool,
) -> None:  # fmt: skip
    """Check an export, a checkpoint or a receipt without a database, and say what was proved; status 1 on a fault."""
    from passerelle.ledger import vouched

    if file is None and receipt_file is None:
        raise click.UsageError("Name an export, or --receipt FILE.")
    if (note or receipt_file) and not log:
        raise click.UsageError("--log KEY is asked: a signature proves nothing without knowing whose it must be.")
    found = vouched.check(
        export=file, root=root, size=size, note=note, receipt_file=receipt_file, log=log, witnesses=witnesses
    )
    if as_json:
        print_json(found.as_json())
    else:
        click.echo(found.told)
    if not found.holds:
        sys.exit(1)
