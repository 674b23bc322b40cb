"""The witness: a small program that another service runs on its own disk, without Django or a database."""

from __future__ import annotations

import secrets  # bent: a key is never seeded
import sys
from pathlib import Path

import click

from passerelle.cli.opening import as_json, in_folder, now, print_json, tell, tells
from passerelle.ledger import checkpoint, notes
from passerelle.ledger.witness import Witness


@click.group()
def witness() -> None:
    """Keep the newest checkpoint of another house's ledger, and sign no other history. Needs no installation."""


@witness.command("init")
@click.argument("name")
@click.option("--log", "logs", multiple=True, help="The key of a ledger to watch: `passerelle ledger key` prints it.")
@in_folder
@as_json
def init(name: str, logs: tuple[str, ...], folder: Path, as_json: bool) -> None:
    """Make a witness called NAME in a folder, with a key of its own."""
    made = Witness.make(folder, name=name, seed=secrets.token_bytes(32))
    for log in logs:
        made.watch(notes.key_from(log))
    if as_json:
        print_json({"name": name, "key": str(made.key), "logs": sorted(made.logs)})
        return
    click.echo(f"Made: the witness {name} in {folder.resolve()}. Its key, for whom it vouches and for outsiders:")
    click.echo(f"  {made.key}")
    click.echo("Next: `passerelle witness watch LOGKEY`, then `passerelle witness run`.")


@witness.command("watch")
@click.argument("log")
@in_folder
@tells
def watch(log: str, folder: Path) -> None:
    """Watch one more ledger: LOG is its key, from `passerelle ledger key`, heard by telephone or on paper."""
    key = notes.key_from(log)
    Witness(folder).watch(key)
    tell(f"Watching {key.name} from now on. Start `passerelle witness run` again if it is running.", log=key.name)


@witness.command("run")
@click.option("--port", type=click.IntRange(0, 65535), default=8100, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@in_folder
def run(port: int, host: str, folder: Path) -> None:
    """Answer over HTTP (C2SP tlog-witness, POST /add-checkpoint) until stopped."""
    from passerelle.cli.witness.server import serve

    serve(Witness(folder), host, port)


@witness.command("check")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Where to write the signature.")
@in_folder
@as_json
def check(file: Path, output: Path | None, folder: Path, as_json: bool) -> None:
    """Answer a request that came by file (`passerelle ledger checkpoint`); status 1 when it is not signed."""
    answer = Witness(folder).consider(file.read_text(encoding="utf-8"), now=now())
    if answer.status == 200 and output is not None:
        output.write_text(answer.body, encoding="utf-8")
    if as_json:
        said = {"status": answer.status, "because": str(answer.why), "alarm": answer.alarm, "signature": answer.body}
        print_json(said)
    else:
        click.echo(f"{'Signed' if answer.status == 200 else 'NOT signed'}: {answer.why}")
        if answer.status == 200:
            click.echo(f"Next: send {output} back." if output else answer.body.strip())
        elif answer.status == 409 and not answer.alarm:
            click.echo(f"Next: ask for `passerelle ledger checkpoint --since {answer.body.strip()}`.")
        elif answer.alarm:
            click.echo("Alarm: telephone that house's oversight. `passerelle witness show` keeps what was shown.")
    if answer.status != 200:
        sys.exit(1)


@witness.command("show")
@in_folder
@as_json
def show(folder: Path, as_json: bool) -> None:
    """What this witness saw last of each ledger, and every alarm; status 1 where there is one that stands."""
    kept = Witness(folder)
    seen = {origin: kept.last(origin) for origin in sorted(kept.logs)}
    alarms = kept.alarms()
    if as_json:
        told = {
            origin: {"size": last[0].size, "root": last[0].root.hex()} if last else {"size": 0, "root": ""}
            for origin, last in seen.items()
        }
        print_json({"name": kept.name, "key": str(kept.key), "seen": told, "alarms": alarms})
    else:
        click.echo(f"{kept.name}\n  {kept.key}")
        for origin, last in seen.items():
            click.echo(f"{origin}: " + (f"{last[0].size} lines, root {last[0].root.hex()}" if last else "nothing yet"))
        for alarm in alarms:
            click.echo(f"{alarm['at']} {alarm['kind']}: {alarm['why']}")
    if alarms and alarms[-1]["kind"] != "begun_again":
        sys.exit(1)


@witness.command("begin-again")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--sign", "signed", required=True, metavar="“NAME, REASON”", help="Who answers for it, and why.")
@in_folder
@tells
def begin_again(file: Path, signed: str, folder: Path) -> None:
    """After a restored backup whose gap was signed: keep the checkpoint in FILE from now on. The old one stays."""
    who, found, reason = signed.partition(",")
    if not found or not who.strip() or not reason.strip():
        raise click.UsageError('--sign says who and why: --sign "Ann Peeters, the disk of the house was lost"')
    text = file.read_text(encoding="utf-8")
    note = notes.read(text.partition("\n\n")[2] if text.startswith("old ") else text)
    line = Witness(folder).begin_again(note, signed_by=who.strip(), reason=reason.strip(), now=now())
    size = checkpoint.said_by(note).size
    tell(
        f"Begun again at {size} lines; what was kept before stands among the alarms.", line.strip(),
        size=size, signature=line.strip(),
    )  # fmt: skip
