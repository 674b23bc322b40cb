"""Lists of streets that bear several names: put into the installation, listed, taken out."""

from __future__ import annotations

from pathlib import Path

import click

from passerelle.cli.opening import as_json, in_folder, now, open_installation, print_json


@click.group()
def gazetteer() -> None:
    """Lists of streets that bear several names, for addresses that no translation joins."""


@gazetteer.command("add")
@click.argument("files", metavar="FILE …", nargs=-1, required=True,
                type=click.Path(path_type=Path, exists=True, dir_okay=False))  # fmt: skip
@click.option(
    "--name", help="The list's name here, for one FILE; by default the file's. A list of that name is replaced."
)
@in_folder
@as_json
def add(files: tuple[Path, ...], name: str | None, folder: Path, as_json: bool) -> None:
    """Put lists in: CSV in UTF-8 with two or more of street_nl, street_fr, street_de, street_en, and town if known.

    From then on import, filing and matching know these streets, and every subject with an address is compared again.
    """
    if name is not None and len(files) > 1:
        raise click.UsageError("--name is for one FILE.")
    open_installation(folder)
    from passerelle.flow import gazetteers as verbs

    done = [verbs.add(file, name=name or _plain(file.stem), now=now()) for file in files]
    if as_json:
        print_json([{"name": one.name, "pairs": one.pairs, "waiting": one.waiting} for one in done])
        return
    for one in done:
        click.echo(f"{one.name}: {one.pairs} pairs of names of streets.")
    click.echo(
        f"{done[-1].waiting} subjects with an address wait to be compared again. Next: `passerelle work`, "
        "or leave it to the worker that runs."
    )


@gazetteer.command("list")
@in_folder
@as_json
def list_(folder: Path, as_json: bool) -> None:
    """The lists that are in, and how many pairs of names each holds."""
    open_installation(folder)
    from passerelle.flow import gazetteers as verbs

    found = verbs.every()
    if as_json:
        print_json([{"name": one.name, "pairs": one.pairs} for one in found])
        return
    for one in found:
        click.echo(f"{one.name}: {one.pairs} pairs of names of streets.")
    if not found:
        click.echo("There is no list of streets here. Next: `passerelle gazetteer add FILE`.")


@gazetteer.command("remove")
@click.argument("name")
@in_folder
@as_json
def remove(name: str, folder: Path, as_json: bool) -> None:
    """Take a list out: matches that rested on it are weighed again without it."""
    open_installation(folder)
    from passerelle.flow import gazetteers as verbs

    done = verbs.remove(name, now=now())
    if as_json:
        print_json({"name": done.name, "waiting": done.waiting})
        return
    click.echo(f"{done.name} is taken out. {done.waiting} subjects with an address wait to be compared again.")


def _plain(stem: str) -> str:
    return "-".join("".join(sign if sign.isascii() and sign.isalnum() else " " for sign in stem.lower()).split())[:40]
