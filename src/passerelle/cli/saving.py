"""Backups: one sealed file while the house serves, and a house again from it."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import click

from passerelle import conf, keyring
from passerelle.cli.installation import write_settings
from passerelle.cli.opening import as_json, in_folder, now, open_installation, print_json

MAY_BE_THERE = {conf.FILE_NAME, keyring.FILE_NAME}


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@in_folder
@as_json
def backup(file: Path, folder: Path, as_json: bool) -> None:
    """Write the whole house to FILE, sealed, while it serves. The keys are not in it: keep a copy of them elsewhere."""
    open_installation(folder)
    from passerelle.flow import backup as verb

    done = verb.backup(file=file.resolve(), now=now())
    if as_json:
        print_json({"file": str(file), "size": done.size, "root": done.root, "bytes": done.bytes})
        return
    click.echo(f"Wrote {file}: {done.bytes} bytes, the ledger at {done.size} lines, root {done.root}.")
    click.echo("The keys are NOT in it. Without keys.json, kept elsewhere, nobody can ever open this file.")
    click.echo(f"Next: try it, in a folder of its own: `passerelle restore {file} --dir TRIAL --keys KEYS`.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@in_folder
@click.option("--keys", "keys_file", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="The file of keys; default: keys.json in the folder.")  # noqa: E501
@click.option("--known", multiple=True, type=click.Path(path_type=Path, dir_okay=False, exists=True), help="A checkpoint that somebody kept, from a witness or an auditor.")  # noqa: E501
@click.option("--sign-gap", "signed", default="", metavar="“NAME, REASON”", help="Who answers for lines that are missing, and why.")  # noqa: E501
@as_json
def restore(
    file: Path, folder: Path, keys_file: Path | None, known: tuple[Path, ...], signed: str, as_json: bool
) -> None:
    """Make a house again from FILE, in a folder (and a PostgreSQL) that holds none; all is checked first."""
    folder = folder.resolve()
    there = {path.name for path in folder.iterdir()} - MAY_BE_THERE if folder.is_dir() else set()
    if there:
        raise click.UsageError(f"{folder} is not empty ({min(there)}): a backup goes into a folder of its own.")
    who, _, reason = (part.strip() for part in signed.partition(","))
    if signed and not (who and reason):
        raise click.UsageError('--sign-gap says who and why: --sign-gap "Ann Peeters, the disk was lost"')
    keys_file = (keys_file or folder / keyring.FILE_NAME).resolve()
    ring = keyring.read(keys_file)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".passerelle-restore-") as name:
        told = _build(Path(name), folder, file, keys_file, ring, known, who, reason)
    if as_json:
        print_json(told)
        return
    click.echo(f"Restored to {folder}: the ledger at {told['size']} lines, made {told['made_at']}.")
    if told["gap"]:
        click.echo(f"The gap is written down: others know of {told['known'] or 'an unknown number of'} lines; {who}.")
        click.echo("Next: each witness begins again only when somebody asks it to: docs/how-to/witness.md.")
    elif not told["asked"]:
        click.echo("Nobody outside could say whether this was the newest backup: there is no witness.")
    click.echo(f"Next: `passerelle check --dir {folder}`, then `passerelle serve`: what fell due happens then.")


def _build(
    stage: Path, folder: Path, file: Path, keys_file: Path, ring: keyring.Keyring, known: tuple[Path, ...],
    who: str, reason: str,
) -> dict[str, object]:  # fmt: skip
    """Everything happens in `stage`; only when all of it holds does the house appear in `folder`."""
    fresh = not (folder / conf.FILE_NAME).exists()
    if fresh:
        write_settings(stage / conf.FILE_NAME, demonstration=False)
        if keys_file != folder / keyring.FILE_NAME:
            with (stage / conf.FILE_NAME).open("a", encoding="utf-8") as settings:
                settings.write(f'keys_file = "{keys_file}"\n')
    else:
        shutil.copy(folder / conf.FILE_NAME, stage / conf.FILE_NAME)
    os.environ["PASSERELLE_KEYS_FILE"] = str(keys_file)
    open_installation(stage, bare=True)
    from django.db import connection

    from passerelle.cli.witness import asking
    from passerelle.flow import restore as verb

    manifest = verb.opened(file, into=stage, ring=ring)
    notes = [path.read_text(encoding="utf-8") for path in known]
    notes = [text.partition("\n\n")[2] if text.startswith("old ") else text for text in notes]
    knowledge = verb.what_others_know(manifest, ring=ring, known=notes, ask=asking.newest)
    gap = verb.check_gap(manifest, knowledge, signed=bool(who))
    verb.load(manifest, stage)
    verb.settle(manifest, gap=gap, known=knowledge.known, signed_by=who, reason=reason, now=now())
    connection.close()
    folder.mkdir(exist_ok=True)
    if manifest["witnesses"] and fresh:
        with (stage / conf.FILE_NAME).open("a", encoding="utf-8") as settings:
            settings.write(f'witnesses = "{manifest["witnesses"]}"\n')
    names = [conf.FILE_NAME] if fresh else []
    for name in [*names, *(["passerelle.sqlite3"] if manifest["vendor"] == "sqlite" else [])]:
        os.replace(stage / name, folder / name)
    asked = knowledge.known > 0
    return {"size": manifest["size"], "root": manifest["root"], "made_at": manifest["made_at"], "known": knowledge.known, "gap": gap, "asked": asked}  # noqa: E501
